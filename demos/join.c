// SPDX-License-Identifier: MIT
/**
 * When is a result there?
 *
 * Starting a thread says nothing about when it is done.  Joining it does: that returns
 * when the thread has ended, and from then on all that it wrote can be read.  Look at
 * where main reads the results, and at where the threads end.
 *
 *     conc join --ttl 1 2
 *     conc join --only join,sleep --load
 *     conc join --only join --fail 1
 *
 * With --load, other programs want the cores too; with --fail 1, the first task fails.
 * `no-join` and `sleep` are UNSAFE: they read without knowing whether there is anything
 * to read.  Read next: demos/race.c, on what threads share.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

/** What main finds, where it looks for a result. */
enum state { NOT_YET, READY, FAILED };

/** What a thread is given, and where it leaves what it found. */
struct result {
    const struct task *task;   /* set before the thread starts, then only read */
    uint32_t value;            /* the thread writes it once, */
    _Atomic(enum state) state; /* and then this */
    uv_thread_t thread;        /* main's */
    bool joined;               /* main's, in `timeout` */
};

/** The job: the task's work, then a result, unless it is the task to --fail. */
static void job(struct result *result)
{
    bool fails = option("--fail") == (int64_t)result->task->number + 1;

    work(result->task);
    result->value = checksum(result->task);
    atomic_store(&result->state, fails ? FAILED : READY);
}

static struct result *prepare(const struct tasks *tasks)
{
    struct result *results = must_alloc(tasks->count, sizeof *results);

    /* All else is 0, and so NOT_YET. */
    for (size_t i = 0; i < tasks->count; i++)
        results[i].task = &tasks->at[i];
    if (option("--load"))
        load_cores(2);
    return results;
}

/** Look at all results now, and tell which are there. */
static void read_all(struct result *results, size_t count)
{
    int64_t ready = 0, failed = 0, total = 0;

    beat("reads");
    for (size_t i = 0; i < count; i++) {
        enum state state = atomic_load(&results[i].state);

        ready += state == READY;
        failed += state == FAILED;
        total += state == READY ? results[i].value : 0;
    }
    note("results_ready", ready);
    note("failed", failed);
    note("total", total);
}

static void sequential(const struct tasks *tasks)
{
    struct result *results = prepare(tasks);

    for (size_t i = 0; i < tasks->count; i++)
        job(&results[i]);
    read_all(results, tasks->count);
    free(results);
}

/** libuv's start routines return nothing: what a thread found stands in its result. */
static void worker(void *arg)
{
    struct result *result = arg;

    pthread_setname_np(pthread_self(), result->task->thread_name);
    job(result);
}

static void start_one(struct result *result)
{
    must(uv_thread_create(&result->thread, worker, result), "uv_thread_create");
}

/**
 * uv_thread_join() returns 0 for a thread that failed, too: it tells that a thread has
 * ended, not how.  (pthread_join() hands over what the start routine returned, which
 * can be an error, if the program means it so.)
 */
static void join_one(struct result *result)
{
    must(uv_thread_join(&result->thread), "uv_thread_join");
}

static void start_all(struct result *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        start_one(&results[i]);
}

static void join_all(struct result *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        join_one(&results[i]);
}

/** Start all, join all, read. */
static void join(const struct tasks *tasks)
{
    struct result *results = prepare(tasks);

    start_all(results, tasks->count);
    join_all(results, tasks->count);
    read_all(results, tasks->count);
    free(results);
}

/** The same calls in one loop: each thread has ended before the next one starts. */
static void one_by_one(const struct tasks *tasks)
{
    struct result *results = prepare(tasks);

    for (size_t i = 0; i < tasks->count; i++) {
        start_one(&results[i]);
        join_one(&results[i]);
    }
    read_all(results, tasks->count);
    free(results);
}

/**
 * UNSAFE: reads before it has joined.
 *
 *     main                           a thread
 *     starts it
 *     reads its state: NOT_YET       works
 *     joins it                       writes its result, ends
 *
 * Here the state is atomic, so that it can be read too early.  A plain one is enough
 * after a join; read before, it is a data race, and C does not say what comes of that.
 * A lock would mend the race, but not the order: the reading would still come first.
 * The joins come too late, but no thread may be left that writes to results that are
 * freed.
 */
static void no_join(const struct tasks *tasks)
{
    struct result *results = prepare(tasks);

    start_all(results, tasks->count);
    read_all(results, tasks->count);
    join_all(results, tasks->count);
    free(results);
}

/** Of a join that may give up.  @return true: joined; false: the thread has not ended
 * yet, which the one kind of join calls ETIMEDOUT, the other EBUSY. */
static bool has_joined(int error)
{
    if (error != ETIMEDOUT && error != EBUSY)
        must_pthread(error, "pthread_join");
    return error == 0;
}

/**
 * Wait for all until a time, the same for each.  Ask those that were late whether they
 * are alive: some may have ended since.  Do something else; then join what is left, and
 * read.
 */
static void timeout(const struct tasks *tasks)
{
    struct result *results = prepare(tasks), *one;
    struct timespec until;
    int64_t timed_out = 0, alive = 0;

    start_all(results, tasks->count);
    until = deadline_in(option("--timeout"));
    for (one = results; one < results + tasks->count; one++) {
        one->joined = has_joined(
            pthread_clockjoin_np(one->thread, NULL, CLOCK_MONOTONIC, &until));
        timed_out += !one->joined;
    }
    for (one = results; one < results + tasks->count; one++) {
        if (!one->joined)
            one->joined = has_joined(pthread_tryjoin_np(one->thread, NULL));
        alive += !one->joined;
    }
    note("timed_out", timed_out);
    note("alive_after", alive);
    if (alive > 0)
        pause_ns(option("--timeout") / 4); /* main does something else */
    for (one = results; one < results + tasks->count; one++)
        if (!one->joined)
            join_one(one);
    read_all(results, tasks->count);
    free(results);
}

/**
 * A guess, and a fair one (how it is made is not the lesson): the longest ttl; then as
 * long as the tasks that end with it compute, each core one at a time; and three
 * quarters of a checksum to spare.
 */
static int64_t long_enough_ns(const struct tasks *tasks)
{
    int64_t longest_ns = longest_ttl_ns(tasks), one_ns = checksum_ns();
    size_t cores = uv_available_parallelism(), last = 0;

    for (size_t i = 0; i < tasks->count; i++)
        last += tasks->at[i].ttl_ns == longest_ns;
    return longest_ns + (int64_t)((last + cores - 1) / cores) * one_ns + one_ns * 3 / 4;
}

/**
 * UNSAFE: a time takes the place of the joins.  It is well measured, with time to
 * spare, for a machine that has nothing else to do:
 *
 *     main                       the last thread        beside two busy programs
 *     sleeps for its ttl         works                  works
 *     and 1.75 checksums         computes one           has a third of a core, and
 *     reads                      (has ended)            needs the time of 3
 */
static void sleep_instead(const struct tasks *tasks)
{
    struct result *results = prepare(tasks);
    int64_t enough_ns = long_enough_ns(tasks);

    start_all(results, tasks->count);
    pause_ns(enough_ns);
    read_all(results, tasks->count);
    join_all(results, tasks->count);
    free(results);
}

/** Joined from the last to the first: it takes as long, and gives the same. */
static void other_order(const struct tasks *tasks)
{
    struct result *results = prepare(tasks);

    start_all(results, tasks->count);
    for (size_t i = tasks->count; i-- > 0;)
        join_one(&results[i]);
    read_all(results, tasks->count);
    free(results);
}

static const struct variant variants[] = {
    {"sequential", "call each task's function, one after the other", sequential,
     .shape = SHAPE_SERIAL},
    {"join", "start all threads, join all, then read the results", join,
     .shape = SHAPE_CONCURRENT},
    {"one-by-one", "start a thread and join it, then the next one", one_by_one,
     .shape = SHAPE_SERIAL},
    {"no-join", "UNSAFE: read the results as soon as all threads are started", no_join,
     .shape = SHAPE_CONCURRENT},
    {"timeout", "join for --timeout at most, go on, join the rest later", timeout,
     .shape = SHAPE_CONCURRENT},
    {"sleep", "UNSAFE: sleep \"long enough\" in place of joining; see --load",
     sleep_instead, .shape = SHAPE_CONCURRENT, .extra = true},
    {"other-order", "join the last thread first", other_order,
     .shape = SHAPE_CONCURRENT, .extra = true},
    {0},
};

const struct demo join_demo = {
    .name = "join", .variants = variants, .computes_besides = true};
