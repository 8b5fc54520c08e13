// SPDX-License-Identifier: MIT
/** What a run of demos/pool.c came to: queues, workers and orders, for its card alone.
 */

#ifndef CONC_DEMOS_POOL_FACTS_H
#define CONC_DEMOS_POOL_FACTS_H

#include "report.h"

#include <jansson.h>
#include <stdio.h>

/** Of one run.  What nobody told is 0: tasks of a crowd are not drawn one by one. */
struct pool_facts {
    size_t queued;          /**< how many tasks were seen being queued, and begun */
    int64_t queue_ns;       /**< waiting in the queue, of all those */
    int64_t longest_ns;     /**< of the one that waited longest, */
    uint32_t longest;       /**< which is this; TASK_NONE: none waited */
    size_t done;            /**< how many tasks were seen being done */
    int64_t overtaken_ns;   /**< by how much one was done after one submitted later */
    uint32_t early, late;   /**< where that was most: `early` was done after `late` */
    size_t workers;         /**< lanes that were there to do tasks */
    size_t unused;          /**< of these, those that did none */
    int64_t idle_ns;        /**< for how long all of them had nothing to do */
    int64_t held_up_ns;     /**< main waited for room in the queue */
    uint32_t failed;        /**< the task that failed; TASK_NONE: none */
    int64_t failed_ns;      /**< when it did */
    int64_t failure_out_ns; /**< when main asked for its result; -1: it has not */
};

/** @return 0 or UV_ENOMEM. */
int pool_facts(const struct timeline *timeline, struct pool_facts *facts);

/** What a run came to, in the words of the demo, as a card's outcome(). */
json_t *pool_outcome(const struct report *report, const struct run *run);

/** How the time depended on the number of workers, in a sentence, after a space. */
void pool_say_sweep(const struct report *report, const struct variant_report *variant,
                    FILE *out);

#endif
