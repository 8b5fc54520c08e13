// SPDX-License-Identifier: MIT
/** Figures of a run, from its tasks and its timelines.  Pure, like timeline.h. */

#ifndef CONC_TIMELINE_FIGURES_H
#define CONC_TIMELINE_FIGURES_H

#include "demo.h"
#include "timeline/timeline.h"

/** The smallest, the median and the largest of some values. */
struct spread {
    int64_t min, median, max;
};

/** Sorts `values` in place; `count` is at least 1.  Even counts: the lower middle. */
struct spread spread_of(int64_t *values, size_t count);

/** Whether two spreads overlap, so that a difference of medians may be noise. */
bool spreads_overlap(const struct spread *a, const struct spread *b);

/**
 * The shortest wall time that a variant's work allows.
 *
 * Serial: the sum of the ttls.  Concurrent: for waits the longest; for computing
 * max(longest, sum / cores), the bound that no schedule beats (Graham, "Bounds on
 * multiprocessing timing anomalies", 1969, section 1).  One that returns earlier takes
 * as long as it is to take. Saturates at INT64_MAX.
 */
int64_t ideal_of_variant(const struct variant *variant, const struct tasks *tasks,
                         bool computes, unsigned cores);

/**
 * The same for the work that a timeline shows was begun, which is what counts where a
 * variant did other work than it was asked for.
 */
int64_t ideal_of_timeline(const struct timeline *timeline, enum shape shape,
                          bool computes, unsigned cores);

#endif
