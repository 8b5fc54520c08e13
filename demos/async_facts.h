// SPDX-License-Identifier: MIT
/** What a run of demos/async.c came to: who was late, memory, and threads, for its card
 * alone. */

#ifndef CONC_DEMOS_ASYNC_FACTS_H
#define CONC_DEMOS_ASYNC_FACTS_H

#include "report.h"

#include <jansson.h>

/** What took long in a callback, or in libuv's pool; end_ns is 0 where nothing has. */
struct errand {
    int64_t start_ns, end_ns;
};

struct errand errand_on_loop(const struct timeline *timeline);
struct errand errand_in_pool(const struct timeline *timeline);

/** Of some waits: how late they were over, after their own start and their ttl. */
struct lateness {
    size_t count;   /**< how many waits */
    int64_t max_ns; /**< of the latest one */
    size_t latest;  /**< which task that was */
};

/** Of all waits that are over. */
struct lateness lateness(const struct timeline *timeline);

/** Of those that were to be over while the errand was done. */
struct lateness lateness_during(const struct timeline *timeline,
                                const struct errand *errand);

/** How many tasks were done, and on how many lanes besides main. */
size_t tasks_done(const struct timeline *timeline);
size_t lanes_at_work(const struct timeline *timeline);

/** Memory for each task while all of them waited.  @return false where there are too
 * few for that to be known, or they did not all wait at the same time. */
bool bytes_per_task(const struct timeline *timeline, int64_t *bytes);

/** The threads that the lesson listed, first or last. */
struct thread_list {
    size_t count;           /**< how many there were; 0: there is no list */
    const char *text, *end; /**< a line each, of 100 at most */
};

struct thread_list first_list(const struct run *run);
struct thread_list last_list(const struct run *run);

/** ["conc-stage", ...]; a new reference, or NULL when memory ran out, or there is no
 * list. */
json_t *names_json(const struct thread_list *list);

#endif
