// SPDX-License-Identifier: MIT
/** The job of demos/pool.c, what comes of all results, and how it goes without a pool.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
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

void sequential(const struct tasks *tasks)
{
    struct future *futures = futures_for(tasks);
    struct totals totals = {0};

    for (size_t i = 0; i < tasks->count; i++) {
        job(&futures[i]);
        take_in(&totals, futures[i].error, futures[i].value);
    }
    tell(&totals);
    free(futures);
}

static const uv_thread_options_t small_stack = {
    .flags = UV_THREAD_HAS_STACK_SIZE,
    .stack_size = (size_t)64 * 1024,
};

static void run_one(void *arg)
{
    struct future *future = arg;

    pthread_setname_np(pthread_self(), future->task->thread_name);
    job(future);
}

void threads(const struct tasks *tasks)
{
    uv_thread_t *thread = must_alloc(tasks->count, sizeof *thread);
    struct future *futures = futures_for(tasks);

    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_create_ex(&thread[i], &small_stack, run_one, &futures[i]),
             "uv_thread_create_ex");
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
    take_all(futures, tasks->count);
    free(futures);
    free(thread);
}

static void run_nothing(void *arg)
{
    nothing(arg);
}

void thread_round_trips(uint64_t times)
{
    struct future future = {0};
    uv_thread_t thread;

    for (; times > 0; times--) {
        must(uv_thread_create_ex(&thread, &small_stack, run_nothing, &future),
             "uv_thread_create_ex");
        must(uv_thread_join(&thread), "uv_thread_join");
    }
}
