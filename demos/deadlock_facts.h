// SPDX-License-Identifier: MIT
/** What a run of demos/deadlock.c came to: names, JSON and times, for its card alone.
 */

#ifndef CONC_DEMOS_DEADLOCK_FACTS_H
#define CONC_DEMOS_DEADLOCK_FACTS_H

#include "report.h"

#include <jansson.h>

/** A name, or what somebody is called whose name nobody knows. */
struct words {
    char text[96];
};

struct words lane_words(const struct timeline *timeline, uint64_t id);
struct words wanted_words(const struct timeline *timeline,
                          const struct wait_link *link);

/** [{"lane": "luke", "holds": "left", "wants": "right", "source": ...}, ...]; each a
 * new reference, or NULL when memory ran out. */
json_t *cycle_json(const struct run *run);

/** How many deadlocks there were of each kind: {"cycle": 1}. */
json_t *kinds_json(const struct run *run);

/** From the beginning of the last wait until it was seen, in an array, so that what is
 * made of several runs tells it of each. */
json_t *detected_json(const struct run *run);

/** The most tasks that were at work at the same time; 0: not known. */
size_t most_at_work(const struct timeline *timeline);

/** How long lanes waited to meet others, who did or did not come. */
int64_t meeting_ns(const struct timeline *timeline);

/** From the first try that failed to the first task that was begun: nobody got on. */
int64_t livelock_ns(const struct timeline *timeline);

#endif
