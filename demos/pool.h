// SPDX-License-Identifier: MIT
/** What demos/pool.c, demos/pool_processes.c and demos/pool_uv.c share: the futures,
 * the job, and how main takes the results in. */

#ifndef CONC_DEMOS_POOL_H
#define CONC_DEMOS_POOL_H

#include "demo.h"

/** Where a task's result will stand. */
struct future {
    /* Set before the task is submitted, then only read. */
    const struct task *task;
    void (*function)(struct future *future); /* job(), or nothing() */
    bool fails;                              /* it is the task to --fail */
    bool is_quiet; /* it is one of so many that it is not drawn */

    /* Written by who does the task (with `processes`, by main, from what was sent
     * back); to be read when it is known to be done. */
    bool is_retried; /* its first worker died of it, or with it: told by main */
    int error;
    int64_t value;

    /* The pool's, under its lock. */
    bool is_done, is_awaited;
    struct future *next;
};

/** Whether there are so many tasks that they are not drawn one by one. */
bool is_crowd(const struct tasks *tasks);

/** A future for task `i`, which fails if it is number `failing`, from 1; for each task,
 * and then the caller frees them. */
struct future future_for(const struct tasks *tasks, size_t i, size_t failing);
struct future *futures_for(const struct tasks *tasks);

/** How many workers there are to be. */
unsigned workers_wanted(void);

/** What all results come to. */
struct totals {
    int64_t done, failed, digest;
};

/** Take a result in, or the error in its place, in the order of submitting. */
void take_in(struct totals *totals, int error, int64_t value);

/** Tell conc the totals. */
void tell(const struct totals *totals);

/** Take all in, and tell. */
void take_all(const struct future *futures, size_t count);

/** The job: all variants call it, so what differs is only how.  And one that does
 * nothing, to measure what it costs to have it done. */
void job(struct future *future);
void nothing(struct future *future);

/** Variants that stand in files of their own, and their round trips. */
void sequential(const struct tasks *tasks);
void threads(const struct tasks *tasks);
void processes(const struct tasks *tasks);
void uv_pool(const struct tasks *tasks);
void thread_round_trips(uint64_t times);
void uv_round_trips(uint64_t times);

#endif
