// SPDX-License-Identifier: MIT
/**
 * The pool that libuv has already.
 *
 * Where the system has no way to do something in the background, such as to read a
 * file, or to ask for the address of a name, libuv does it on threads of its own.  It
 * starts them unasked, with the first request.  A program can use them too: what it
 * gives to uv_queue_work() is done on one of them, and then the loop's thread is told.
 *
 *     conc pool --only pool,uv
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

#include "pool.h"

/** Its threads are started with the first request, as many as this says by then. */
static void size_uv_pool(void)
{
    char workers[16];

    snprintf(workers, sizeof workers, "%u", workers_wanted());
    must_posix(setenv("UV_THREADPOOL_SIZE", workers, 1), "setenv");
}

/** libuv leaves its threads without names: each takes one at its first task. */
static void take_name(void)
{
    static atomic_uint named;
    static _Thread_local bool has_name;
    char name[16];

    if (has_name)
        return;
    has_name = true;
    snprintf(name, sizeof name, "uv worker %u", atomic_fetch_add(&named, 1) + 1);
    pthread_setname_np(pthread_self(), name);
}

/** On a thread of libuv's pool. */
static void uv_job(uv_work_t *request)
{
    struct future *future = request->data;

    take_name();
    future->function(future);
}

/** On the loop's thread, when it gets round to it.  libuv sees to it that what the
 * other thread wrote can be read by now. */
static void uv_done(uv_work_t *request, int status)
{
    size_t *unfinished = request->loop->data;

    must(status, "uv_queue_work");
    (*unfinished)--;
}

/** libuv's queue has no limit.  Where it is to have one, whoever submits has to count,
 * and to run the loop until there is room. */
void uv_pool(const struct tasks *tasks)
{
    struct future *futures = futures_for(tasks);
    uv_work_t *requests = must_alloc(tasks->count, sizeof *requests);
    size_t unfinished = 0, limit = (size_t)option("--queue") + workers_wanted();
    uv_loop_t loop;

    size_uv_pool();
    must(uv_loop_init(&loop), "uv_loop_init");
    loop.data = &unfinished;
    quiet(futures->is_quiet);
    for (size_t i = 0; i < tasks->count; i++) {
        while (option("--queue") > 0 && unfinished == limit)
            must(uv_run(&loop, UV_RUN_ONCE), "uv_run");
        requests[i].data = &futures[i];
        queued(&tasks->at[i]);
        must(uv_queue_work(&loop, &requests[i], uv_job, uv_done), "uv_queue_work");
        unfinished++;
    }
    quiet(false);
    if (option("--queue"))
        beat("has submitted all");
    must(uv_run(&loop, UV_RUN_DEFAULT), "uv_run");
    must(uv_loop_close(&loop), "uv_loop_close");
    take_all(futures, tasks->count);
    free(requests);
    free(futures);
}

/** From a request to its result, so many times. */
void uv_round_trips(uint64_t times)
{
    static uv_once_t once = UV_ONCE_INIT;
    size_t unfinished = 0;
    uv_loop_t loop;

    uv_once(&once, size_uv_pool);
    must(uv_loop_init(&loop), "uv_loop_init");
    loop.data = &unfinished;
    for (; times > 0; times--) {
        struct future future = {.function = nothing};
        uv_work_t request = {.data = &future};

        unfinished++;
        must(uv_queue_work(&loop, &request, uv_job, uv_done), "uv_queue_work");
        must(uv_run(&loop, UV_RUN_DEFAULT), "uv_run");
    }
    must(uv_loop_close(&loop), "uv_loop_close");
}
