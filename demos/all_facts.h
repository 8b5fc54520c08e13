// SPDX-License-Identifier: MIT
/** What runs of demos/all.c came to: flows, and differences, for its card alone. */

#ifndef CONC_DEMOS_ALL_FACTS_H
#define CONC_DEMOS_ALL_FACTS_H

#include "report.h"

/** Whether a few workers do all its tasks; else each task has a flow of its own. */
bool all_has_workers(const struct variant *variant);

/** So many flows of a kind a run had besides its first process; and, of those that are
 * the system's own, the median time from the call that made one to its first act. */
json_t *all_outcome(const struct report *report, const struct run *run);

/** The spread of that median over the runs.  @return how many these were. */
size_t start_of_flows(const struct variant_report *variant, struct spread *spread);

/** What can be said of one time against another. */
enum finding { UNKNOWN, NOISE, LESS, MORE };

/** Fewer runs than this tell no small difference. */
#define FEW_RUNS 3

/**
 * Times of so many runs each: one is less than the other where their ranges do not
 * overlap; or, with few runs, where it is less by a fifth and more.
 */
enum finding compare_ranges(const struct spread *one, const struct spread *other,
                            size_t runs);
enum finding compare_walls(const struct variant_report *one,
                           const struct variant_report *other);

#endif
