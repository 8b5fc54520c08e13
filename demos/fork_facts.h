// SPDX-License-Identifier: MIT
/** What a run of demos/fork.c came to: the children, for its card alone. */

#ifndef CONC_DEMOS_FORK_FACTS_H
#define CONC_DEMOS_FORK_FACTS_H

#include "report.h"

#include <jansson.h>

/** Added up over the children of a run. */
struct fork_facts {
    size_t count, killed, orphans, same_address, told_value;
    size_t zombies;             /**< that the system called so when it was asked */
    int64_t value, value_least; /**< what children had in their copies, at the end */
    int64_t fork_least_ns, fork_most_ns, fork_sum_ns;
    int64_t zombie_most_ns;
    const struct lane *zombie_most;
};

struct fork_facts fork_facts(const struct timeline *timeline);

bool fork_is_child(const struct lane *lane);
bool fork_was_killed(const struct lane *lane);

/** What a lane told under that key, the last time it did.  @return false: never. */
bool fork_told(const struct timeline *timeline, const struct lane *lane,
               const char *key, int64_t *value);

/** It had another parent in the end than the one that forked it. */
bool fork_is_orphan(const struct timeline *timeline, const struct lane *lane);

/** What a run came to, in the words of the demo, as a card's outcome(). */
json_t *fork_outcome(const struct report *report, const struct run *run);

#endif
