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
 * `no_join` and `sleep_instead` are UNSAFE: they read without knowing whether there is
 * anything to read.  Read next: demos/daemon.c, on threads that nobody joins.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

#include "demo.h"

/** In place of a result that is not there.  Above it are results, below it errors. */
#define NOT_YET 0

/** What a thread is given, and where it leaves what it found. */
struct job {
    const struct task *task; /* set before the thread starts, then only read */
    uint32_t steps;          /* likewise */
    _Atomic int64_t result;  /* the thread writes it once.  It is atomic for those that
                                read before they have joined; after, it need not be */
    uv_thread_t thread;      /* main's */
    bool joined;             /* main's */
};

static struct job *prepare(const struct tasks *tasks)
{
    struct job *jobs = must_alloc(tasks->count, sizeof *jobs);

    for (size_t i = 0; i < tasks->count; i++) {
        jobs[i].task = &tasks->at[i];
        jobs[i].steps = (1u << 24) / (1 + (uint32_t)tasks->count / 16);
    }
    if (option("--load"))
        load_cores(2);
    return jobs;
}

/** A checksum: some 25 ms of computing, and less where there are very many tasks. */
static int64_t result_of(const struct job *job)
{
    return 1 + (int64_t)checksum((uint32_t)job->task->number, job->steps);
}

/** The job: the task's work, then its result, or an error if it is the one to --fail.
 */
static void do_job(struct job *job)
{
    bool fails = option("--fail") == (int64_t)job->task->number + 1;

    work(job->task);
    atomic_store(&job->result, fails ? UV_EIO : result_of(job));
}

/** Look at the results now, and tell which are there. */
static void read_results(struct job *jobs, size_t count)
{
    int64_t ready = 0, failed = 0, total = 0;

    beat("reads");
    for (size_t i = 0; i < count; i++) {
        int64_t result = atomic_load(&jobs[i].result);

        ready += result > NOT_YET;
        failed += result < NOT_YET;
        total += result > NOT_YET ? result : 0;
    }
    note("results_ready", ready);
    note("failed", failed);
    note("total", total);
}

static void sequential(const struct tasks *tasks)
{
    struct job *jobs = prepare(tasks);

    for (size_t i = 0; i < tasks->count; i++)
        do_job(&jobs[i]);
    read_results(jobs, tasks->count);
    free(jobs);
}

/** A thread's main function returns nothing: what it found stands in its job. */
static void worker(void *arg)
{
    struct job *job = arg;

    pthread_setname_np(pthread_self(), job->task->thread_name);
    do_job(job);
}

static void start_all(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        must(uv_thread_create(&jobs[i].thread, worker, &jobs[i]), "uv_thread_create");
}

/**
 * Returns 0 for a thread that failed, too: a join tells that a thread has ended, never
 * how.  What went wrong is known only where the thread has left word of it.
 */
static void join_all(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        must(uv_thread_join(&jobs[i].thread), "uv_thread_join");
}

/** Start all, join all, read. */
static void join(const struct tasks *tasks)
{
    struct job *jobs = prepare(tasks);

    start_all(jobs, tasks->count);
    join_all(jobs, tasks->count);
    read_results(jobs, tasks->count);
    free(jobs);
}

/** The same calls in one loop: each thread has ended before the next one starts. */
static void one_by_one(const struct tasks *tasks)
{
    struct job *jobs = prepare(tasks);

    for (size_t i = 0; i < tasks->count; i++) {
        start_all(&jobs[i], 1);
        join_all(&jobs[i], 1);
    }
    read_results(jobs, tasks->count);
    free(jobs);
}

/**
 * UNSAFE: reads before it has joined.
 *
 *     main                           a thread
 *     starts it
 *     reads its result: NOT_YET      works
 *     joins it                       writes its result, ends
 *
 * A lock around the reading and the writing would not help: both are one step already,
 * and the wrong one comes first.  The joins are too late for the reading, but no thread
 * must be left that writes to its job when the jobs are freed.
 */
static void no_join(const struct tasks *tasks)
{
    struct job *jobs = prepare(tasks);

    start_all(jobs, tasks->count);
    read_results(jobs, tasks->count);
    join_all(jobs, tasks->count);
    free(jobs);
}

static void pause_for(int64_t ns)
{
    struct timespec pause = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

    nanosleep(&pause, NULL);
}

/** On the clock that nobody sets, unlike that of pthread_timedjoin_np(). */
static struct timespec from_now(int64_t ns)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    ns += time.tv_nsec;
    time.tv_sec += ns / 1000000000;
    time.tv_nsec = ns % 1000000000;
    return time;
}

/** Wait until a time, ask who is still alive, do something else, join those later. */
static void timeout(const struct tasks *tasks)
{
    struct job *jobs = prepare(tasks);
    struct timespec until;
    int64_t timed_out = 0, alive = 0;

    start_all(jobs, tasks->count);
    until = from_now(option("--timeout"));
    for (size_t i = 0; i < tasks->count; i++) {
        int error = pthread_clockjoin_np(jobs[i].thread, NULL, CLOCK_MONOTONIC, &until);

        jobs[i].joined = error == 0;
        timed_out += error == ETIMEDOUT;
    }
    for (size_t i = 0; i < tasks->count; i++)
        if (!jobs[i].joined) {
            int error = pthread_tryjoin_np(jobs[i].thread, NULL);

            jobs[i].joined = error == 0; /* it has ended meanwhile */
            alive += error == EBUSY;
        }
    note("timed_out", timed_out);
    note("alive_after", alive);
    if (alive > 0)
        pause_for(option("--timeout") / 4);
    for (size_t i = 0; i < tasks->count; i++)
        if (!jobs[i].joined)
            join_all(&jobs[i], 1);
    read_results(jobs, tasks->count);
    free(jobs);
}

/** The longest ttl, and then as long as those that end with it compute, and more. */
static int64_t long_enough_ns(struct job *jobs, const struct tasks *tasks)
{
    size_t cores = uv_available_parallelism(), last = 0;
    int64_t longest_ns = 0, one_ns;
    struct timespec begin, end;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    atomic_store(&jobs[0].result, result_of(&jobs[0]));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    atomic_store(&jobs[0].result, NOT_YET);
    one_ns = (end.tv_sec - begin.tv_sec) * 1000000000 + end.tv_nsec - begin.tv_nsec;
    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns > longest_ns)
            longest_ns = tasks->at[i].ttl_ns;
    for (size_t i = 0; i < tasks->count; i++)
        last += tasks->at[i].ttl_ns == longest_ns;
    return longest_ns + one_ns * (int64_t)((last + cores - 1) / cores) + one_ns * 3 / 4;
}

/**
 * UNSAFE: a time takes the place of the joins.  It was measured well, with time to
 * spare, for a machine that has nothing else to do:
 *
 *     main                       the last thread        beside two busy programs
 *     sleeps for its ttl         works                  works
 *     and 1.75 results           computes its result    has a third of a core, and
 *     reads                      (has ended)            needs the time of 3 results
 */
static void sleep_instead(const struct tasks *tasks)
{
    struct job *jobs = prepare(tasks);
    int64_t enough_ns = long_enough_ns(jobs, tasks);

    start_all(jobs, tasks->count);
    pause_for(enough_ns);
    read_results(jobs, tasks->count);
    join_all(jobs, tasks->count);
    free(jobs);
}

/** Joined from the last to the first: it takes as long, and gives the same. */
static void other_order(const struct tasks *tasks)
{
    struct job *jobs = prepare(tasks);

    start_all(jobs, tasks->count);
    for (size_t i = tasks->count; i-- > 0;)
        join_all(&jobs[i], 1);
    read_results(jobs, tasks->count);
    free(jobs);
}

static const struct variant variants[] = {
    {
        .name = "sequential",
        .about = "call each task's function, one after the other",
        .run = sequential,
        .shape = SHAPE_SERIAL,
    },
    {
        .name = "join",
        .about = "start all threads, join all, then read the results",
        .run = join,
        .shape = SHAPE_CONCURRENT,
    },
    {
        .name = "one-by-one",
        .about = "start a thread and join it, then the next one",
        .run = one_by_one,
        .shape = SHAPE_SERIAL,
    },
    {
        .name = "no-join",
        .about = "UNSAFE: read the results as soon as all threads are started",
        .run = no_join,
        .shape = SHAPE_CONCURRENT,
    },
    {
        .name = "timeout",
        .about = "join for --timeout at most, go on, join the rest later",
        .run = timeout,
        .shape = SHAPE_CONCURRENT,
    },
    {
        .name = "sleep",
        .about = "UNSAFE: sleep \"long enough\" in place of joining; see --load",
        .run = sleep_instead,
        .shape = SHAPE_CONCURRENT,
        .extra = true,
    },
    {
        .name = "other-order",
        .about = "join the last thread first",
        .run = other_order,
        .shape = SHAPE_CONCURRENT,
        .extra = true,
    },
    {0},
};

const struct demo join_demo = {
    .name = "join", .variants = variants, .computes_besides = true};
