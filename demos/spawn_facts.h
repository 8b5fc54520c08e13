// SPDX-License-Identifier: MIT
/** What a run of demos/spawn.c came to: its programs, for its card alone. */

#ifndef CONC_DEMOS_SPAWN_FACTS_H
#define CONC_DEMOS_SPAWN_FACTS_H

#include "report.h"

#include <jansson.h>

/** Over the programs of a run. */
struct spawn_facts {
    size_t started, not_started;
    size_t failed;   /**< ended with another status than 0 */
    size_t signaled; /**< ended by a signal */
    uint64_t bytes, lines;
    const struct captured *most; /**< who printed most; NULL: nobody printed */
    int64_t call_least_ns, call_most_ns, call_sum_ns; /**< of posix_spawn() */
    const struct lane *longest;    /**< who lived longest; NULL: none was started */
    int64_t longest_ns, second_ns; /**< how long that was; who lived longest but one */
    int64_t ended_ns;              /**< when the last of them was seen to have ended */
    int64_t open_ns; /**< for so long main read, or waited to, when none was left */
    int64_t late_ns; /**< an end may be seen so much later than it was */
};

/** What went wrong with a program, over the runs of a variant. */
struct spawn_wrong {
    size_t not_started; /**< in so many runs */
    int error;          /**< with this one, the last time */
    size_t ended;       /**< badly, in so many runs: */
    int status, signal; /**< with this status, or 0, by this signal */
    bool differs;       /**< not always in that way */
};

/** Of each task of the variant; NULL: out of memory.  The caller's, for free(). */
struct spawn_wrong *spawn_wrong(const struct variant_report *variant, size_t tasks);

struct spawn_facts spawn_facts(const struct run *run);

/** Whether it is the lane of a program. */
bool spawn_is_program(const struct lane *lane);

/** What a run came to, in the words of the demo, as a card's outcome(). */
json_t *spawn_outcome(const struct report *report, const struct run *run);

#endif
