// SPDX-License-Identifier: MIT
/** The job of demos/pool.c, and what comes of all results. */

#include <stdbool.h>
#include <uv.h>

#include "demo.h"

#include "pool.h"

/** More tasks than these are not drawn one by one. */
#define CROWD 10000

bool is_crowd(const struct tasks *tasks)
{
    return tasks->count > CROWD;
}

void job(struct future *future)
{
    int64_t number = (int64_t)future->task->number + 1;

    quiet(future->is_quiet);
    work(future->task);
    if (future->fails)
        beat("fails");
    future->error = future->fails ? UV_EIO : 0;
    future->value = number * number;
}

void nothing(struct future *future)
{
    quiet(true);
    future->value = 0;
}

struct future future_for(const struct tasks *tasks, size_t i, size_t failing)
{
    return (struct future){.task = &tasks->at[i],
                           .function = job,
                           .fails = i + 1 == failing,
                           .is_quiet = is_crowd(tasks)};
}

struct future *futures_for(const struct tasks *tasks)
{
    struct future *futures = must_alloc(tasks->count, sizeof *futures);
    size_t failing = (size_t)option("--fail");

    for (size_t i = 0; i < tasks->count; i++)
        futures[i] = future_for(tasks, i, failing);
    return futures;
}

unsigned workers_wanted(void)
{
    return (unsigned)option("--workers");
}

void take_in(struct totals *totals, int error, int64_t value)
{
    if (error != 0) {
        totals->failed++;
        beat("the error comes out");
    } else {
        totals->done++;
        totals->digest = (totals->digest * 31 + value) % 1000003;
    }
}

void tell(const struct totals *totals)
{
    note("results", totals->done);
    note("errors", totals->failed);
    note("digest", totals->digest);
}

void take_all(const struct future *futures, size_t count)
{
    struct totals totals = {0};

    for (size_t i = 0; i < count; i++)
        take_in(&totals, futures[i].error, futures[i].value);
    tell(&totals);
}
