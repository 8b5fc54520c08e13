// SPDX-License-Identifier: MIT
/**
 * A few workers, many tasks: who takes which, and where is the result?
 *
 * A pool is some threads that live on, and a queue that they take tasks from.  Whoever
 * submits a task has a future for it: a place where its result will stand, or its
 * error.  Look at who is idle, at how long tasks wait in the queue, and at the order in
 * which they are done; main takes the results in the order in which it submitted.
 *
 *     conc pool
 *     conc pool --only pool --fail 2
 *     conc pool --only pool --queue 1
 *
 * With --fail 2, an error stands where the second task's result would.  With --queue 1,
 * there is room for one task in the queue, and a full queue holds main up.  Two other
 * pools stand in demos/pool_processes.c and demos/pool_uv.c; the job that all do, and
 * how main takes the results in, in demos/pool_job.c.  Read next: demos/async.c, on
 * many tasks and no worker.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

#include "pool.h"

struct worker {
    struct pool *pool;
    unsigned number;
    uv_thread_t thread;
};

struct pool {
    uv_mutex_t lock; /* whoever looks at what follows, or changes it, holds this: */
    struct future *first, **end; /* the queue, and where the next one's address goes */
    size_t queued, most_queued;  /* how many are in it, and ever were */
    size_t unfinished;           /* in the queue, or at work */
    bool is_closing;             /* nothing will be submitted any more */

    uv_cond_t work;     /* there is a task in the queue, or none will come */
    uv_cond_t room;     /* there is room in the queue */
    uv_cond_t finished; /* what somebody waits for is done */

    size_t limit; /* of the queue; 0: none; set before there are workers */
    unsigned worker_count;
    struct worker *workers; /* of whoever opens and closes the pool */
};

/**
 * Take the next task; NULL: there will be none.
 *
 * No wakeup is lost: what is waited for changes under the lock only, and to wait gives
 * the lock up and begins to wait in one step, so that nobody can submit, or close, in
 * between.  Another worker may be quicker to take what this one was woken for, and a
 * wait may end without any reason ("spuriously"): hence the loop.  Here as everywhere,
 * the lock is given up first, and then somebody is woken, who will want it at once.
 */
static struct future *take(struct pool *pool)
{
    struct future *future;

    uv_mutex_lock(&pool->lock);
    while (pool->first == NULL && !pool->is_closing)
        uv_cond_wait(&pool->work, &pool->lock);
    future = pool->first;
    if (future != NULL) {
        pool->first = future->next;
        if (pool->first == NULL)
            pool->end = &pool->first;
        pool->queued--;
    }
    uv_mutex_unlock(&pool->lock);
    if (future != NULL && pool->limit > 0)
        uv_cond_signal(&pool->room);
    return future;
}

/**
 * The task is done.  Whoever wants its result has set is_awaited under the lock before
 * it looked at is_done: so either it sees that, or it is seen here, and woken.  All
 * that wait are, since they may wait for different tasks: the others look, and sleep
 * again.
 */
static void finish(struct pool *pool, struct future *future)
{
    bool is_awaited;

    uv_mutex_lock(&pool->lock);
    future->is_done = true;
    pool->unfinished--;
    is_awaited = future->is_awaited || pool->unfinished == 0;
    uv_mutex_unlock(&pool->lock);
    if (is_awaited)
        uv_cond_broadcast(&pool->finished);
}

/** What a worker's thread runs.  While it does a task, it has no lock. */
static void run_tasks(void *arg)
{
    struct worker *worker = arg;
    struct pool *pool = worker->pool;
    struct future *future;
    char name[16];

    snprintf(name, sizeof name, "worker %u", worker->number);
    pthread_setname_np(pthread_self(), name);
    idle_between_tasks();
    while ((future = take(pool)) != NULL) {
        future->function(future);
        finish(pool, future);
    }
}

static void pool_open(struct pool *pool, unsigned workers, size_t limit)
{
    *pool = (struct pool){.end = &pool->first, .limit = limit, .worker_count = workers};
    must(uv_mutex_init(&pool->lock), "uv_mutex_init");
    must(uv_cond_init(&pool->work), "uv_cond_init");
    must(uv_cond_init(&pool->room), "uv_cond_init");
    must(uv_cond_init(&pool->finished), "uv_cond_init");
    pool->workers = must_alloc(workers, sizeof *pool->workers);
    for (unsigned i = 0; i < workers; i++) {
        struct worker *worker = &pool->workers[i];

        *worker = (struct worker){.pool = pool, .number = i + 1};
        must(uv_thread_create(&worker->thread, run_tasks, worker),
             "a worker's uv_thread_create");
    }
}

/** Put a task in the queue; not after pool_close() is called.  While the queue is full,
 * wait: whoever is quicker than the workers is slowed down to their pace, in place of
 * filling the memory, which is called back-pressure. */
static void submit(struct pool *pool, struct future *future)
{
    uv_mutex_lock(&pool->lock);
    while (pool->limit > 0 && pool->queued == pool->limit)
        uv_cond_wait(&pool->room, &pool->lock);
    queued(future->task);
    *pool->end = future;
    pool->end = &future->next;
    pool->queued++;
    pool->unfinished++;
    if (pool->queued > pool->most_queued)
        pool->most_queued = pool->queued;
    uv_mutex_unlock(&pool->lock);
    uv_cond_signal(&pool->work);
}

/** Wait for a task.  Its error comes out here.  The worker had the lock after it wrote
 * the result, and main has had it since: so main can read it. */
static int result(struct pool *pool, struct future *future)
{
    uv_mutex_lock(&pool->lock);
    future->is_awaited = true;
    while (!future->is_done)
        uv_cond_wait(&pool->finished, &pool->lock);
    uv_mutex_unlock(&pool->lock);
    return future->error;
}

/** Wait for all at once: task by task, main would be woken for nearly every one.  When
 * it returns, no result() has to wait any more. */
static void await_all(struct pool *pool)
{
    uv_mutex_lock(&pool->lock);
    while (pool->unfinished > 0)
        uv_cond_wait(&pool->finished, &pool->lock);
    uv_mutex_unlock(&pool->lock);
}

/** What was submitted is still done, and then the workers end. */
static void pool_close(struct pool *pool)
{
    uv_mutex_lock(&pool->lock);
    pool->is_closing = true;
    uv_mutex_unlock(&pool->lock);
    uv_cond_broadcast(&pool->work);
    for (unsigned i = 0; i < pool->worker_count; i++)
        must(uv_thread_join(&pool->workers[i].thread), "uv_thread_join");
    free(pool->workers);
    uv_cond_destroy(&pool->finished);
    uv_cond_destroy(&pool->room);
    uv_cond_destroy(&pool->work);
    uv_mutex_destroy(&pool->lock);
}

static void take_result(struct pool *pool, struct future *future, struct totals *totals)
{
    int error = result(pool, future);

    take_in(totals, error, future->value);
}

/** So many results may wait for main, where the queue has a limit. */
#define KEPT 1000

/** Futures that are used again, around in a circle. */
struct circle {
    struct future *futures;
    size_t count, at;
};

/** The place to go on with: the oldest one. */
static struct future *oldest(struct circle *circle)
{
    struct future *future = &circle->futures[circle->at];

    circle->at = circle->at + 1 < circle->count ? circle->at + 1 : 0;
    return future;
}

/**
 * Results are taken in the order of submitting.  Without a limit, main keeps a future
 * for each task, and takes all results at the end.  With one, a future is used again
 * when its result has been taken: memory does not grow with the number of tasks.
 */
static void pool(const struct tasks *tasks)
{
    size_t limit = (size_t)option("--queue"), failing = (size_t)option("--fail");
    int64_t before_bytes = is_crowd(tasks) ? memory_bytes() : 0;
    struct circle circle = {.count = tasks->count};
    struct totals totals = {0};
    struct pool pool;

    if (limit > 0 && limit + KEPT < tasks->count)
        circle.count = limit + KEPT;
    circle.futures = must_alloc(circle.count, sizeof *circle.futures);
    pool_open(&pool, workers_wanted(), limit);
    quiet(is_crowd(tasks));
    for (size_t i = 0; i < tasks->count; i++) {
        struct future *future = oldest(&circle);

        if (i >= circle.count)
            take_result(&pool, future, &totals);
        *future = future_for(tasks, i, failing);
        submit(&pool, future);
    }
    if (limit > 0)
        beat("has submitted all");
    await_all(&pool);
    if (is_crowd(tasks))
        note("memory_bytes", memory_bytes() - before_bytes);
    for (size_t i = 0; i < circle.count; i++)
        take_result(&pool, oldest(&circle), &totals);
    note("most_queued", (int64_t)pool.most_queued);
    pool_close(&pool);
    tell(&totals);
    free(circle.futures);
}

/* What a round trip costs, from submitting a task to its result -------------------- */

/** Of an open pool, whose workers are idle. */
static struct pool idle_pool;

static void open_idle_pool(void)
{
    pool_open(&idle_pool, workers_wanted(), 0);
}

static void pool_round_trips(uint64_t times)
{
    static uv_once_t once = UV_ONCE_INIT;

    uv_once(&once, open_idle_pool);
    for (; times > 0; times--) {
        struct future future = {.function = nothing};

        submit(&idle_pool, &future);
        result(&idle_pool, &future);
    }
}

static const struct variant variants[] = {
    {"sequential", "call each task's function, one after the other", sequential,
     .shape = SHAPE_SERIAL},
    {"threads", "start a thread for each task, then join them all", threads,
     .shape = SHAPE_CONCURRENT, .operations = thread_round_trips},
    {"pool", "let --workers threads take the tasks from a queue", pool,
     .shape = SHAPE_CONCURRENT, .operations = pool_round_trips, .is_swept = true},
    {"processes", "send the tasks to --workers processes", processes,
     .shape = SHAPE_CONCURRENT, .forks = true},
    {"uv", "give the tasks to libuv's own pool, of --workers threads", uv_pool,
     .shape = SHAPE_CONCURRENT, .operations = uv_round_trips},
    {0},
};

const struct demo pool_demo = {.name = "pool", .variants = variants};
