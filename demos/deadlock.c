// SPDX-License-Identifier: MIT
/**
 * Who waits for whom?
 *
 * luke has taken the lock `left` and wants `right`; darthvader has taken `right` and
 * wants `left`.  Each waits for the other, so neither ever goes on: a deadlock.  The
 * system does nothing about it, since threads that wait are nothing unusual to it.
 * It takes four conditions at once (Coffman's): mutual exclusion, hold and wait, no
 * preemption, circular wait; each way out breaks one of them.  Look at who holds what
 * and wants what, and at the jobs, which are the same work, a line or two apart.
 *
 *     conc deadlock
 *     conc deadlock --philosophers 5
 *     conc deadlock --only self,abandoned
 *
 * `opposite` is UNSAFE; so are `no-backoff`, `self` and `abandoned`, which only run
 * when they are named.  Read before: demos/race.c; next: demos/pool.c.
 */

#include <pthread.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

/** What a thread is given.  Main fills it in before the thread starts. */
struct job {
    const struct task *task;
    void (*how)(struct job *job);
    uv_mutex_t *first, *second; /* the locks that it takes, in this order */
    uv_sem_t is_there;          /* posted when its thread has started */
    uv_sem_t has_first;         /* posted when it has taken its first lock */
    struct job *next;           /* whose first lock is this one's second */
    unsigned dice;              /* for random pauses: another in each job */
    uv_thread_t thread;         /* main's */
};

/** In place of all others, in some variants. */
static uv_mutex_t one_lock;

/**
 * Real code opens a file here, or asks a server, with one lock held.  That gives the
 * next job the time to take its first lock too: 20 ms at most from when its thread is
 * there.  So what is luck otherwise is certain, and --natural leaves it to luck.
 */
static void meet_the_next(struct job *job)
{
    if (option("--natural"))
        return;
    uv_sem_wait(&job->next->is_there);
    uv_sem_post(&job->next->is_there); /* and stays so */
    uv_sem_post(&job->has_first);
    gap_wait(&job->next->has_first);
}

/**
 * UNSAFE where jobs take their locks in no common order: it holds one lock while it
 * waits for another, which is "hold and wait".
 *
 *     luke                          darthvader
 *     locks left
 *                                   locks right
 *     wants right: waits
 *                                   wants left: waits, and so do both for ever
 */
static void hold_and_wait(struct job *job)
{
    uv_mutex_lock(job->first);
    meet_the_next(job);
    uv_mutex_lock(job->second);
    work(job->task);
    uv_mutex_unlock(job->second);
    uv_mutex_unlock(job->first);
}

/**
 * The same, but all take the lower lock first: no "circular wait".  Whoever waits for a
 * lock holds only lower ones.  So whoever holds the highest one that is taken waits for
 * nobody, and will give it back: the waits lead upwards, and never back to their
 * beginning.  (Both are elements of one array; elsewhere addresses have no order in C,
 * and locks need numbers.)
 */
static void lower_first(struct job *job)
{
    uv_mutex_t *first = job->first;

    if (job->second < first) {
        job->first = job->second;
        job->second = first;
    }
    hold_and_wait(job);
}

/** Pause for a random time: up to 0.1 ms at first, then 0.2 ms, and on to 12.8 ms. */
static void back_off(struct job *job, int64_t times)
{
    int64_t most_ns = INT64_C(100000) << (times < 7 ? times : 7);

    pause_ns(rand_r(&job->dice) % most_ns);
}

/**
 * Never waits for the second lock: where it cannot be had, the first one goes back, so
 * that others can go on.  Here locks are taken away again: no "no preemption".
 */
static void try_and_back_off(struct job *job)
{
    int64_t retries = 0;

    uv_mutex_lock(job->first);
    meet_the_next(job);
    while (uv_mutex_trylock(job->second) != 0) {
        uv_mutex_unlock(job->first);
        back_off(job, retries++);
        uv_mutex_lock(job->first);
    }
    note("retries", retries);
    work(job->task);
    uv_mutex_unlock(job->second);
    uv_mutex_unlock(job->first);
}

/** So often `no-backoff` does without a pause: it might never end. */
#define STUBBORN 100

/**
 * UNSAFE: the same, but tries again at once.  All may do so at the same time, again and
 * again: a livelock, in which all run and none gets on.  How long it lasts is luck;
 * that they meet each time helps it along.  Random pauses would have parted them.
 */
static void try_again_at_once(struct job *job)
{
    int64_t retries = 0;

    uv_mutex_lock(job->first);
    meet_the_next(job);
    while (uv_mutex_trylock(job->second) != 0) {
        uv_mutex_unlock(job->first);
        if (retries++ >= STUBBORN)
            back_off(job, retries - STUBBORN);
        uv_mutex_lock(job->first);
        if (retries <= STUBBORN)
            meet_the_next(job);
    }
    note("retries", retries);
    work(job->task);
    uv_mutex_unlock(job->second);
    uv_mutex_unlock(job->first);
}

/** One lock for everything: who waits for it holds no other, so no "hold and wait". */
static void with_one_lock(struct job *job)
{
    uv_mutex_lock(&one_lock);
    work(job->task);
    uv_mutex_unlock(&one_lock);
}

/** UNSAFE: has the lock, and calls a function that wants it too.  POSIX does not say
 * what comes of that; here the thread waits for itself.  (libuv built for debugging
 * aborts.)
 */
static void lock_twice(struct job *job)
{
    uv_mutex_lock(&one_lock);
    with_one_lock(job);
    uv_mutex_unlock(&one_lock);
}

/** UNSAFE: returns without the unlock, as it is easily forgotten on the way out after
 * an error, and the thread ends.  No other thread may unlock it.  (A "robust" mutex
 * tells the next one that its holder has died: pthread_mutexattr_setrobust(3).) */
static void forget_to_unlock(struct job *job)
{
    uv_mutex_lock(&one_lock);
    work(job->task);
}

/* From here on all variants are the same, but for the job. */

/** Two locks, by the names under which they are shown. */
static void make_two(uv_mutex_t *locks)
{
    uv_mutex_t *left = &locks[0], *right = &locks[1];

    must(uv_mutex_init(left), "uv_mutex_init");
    must(uv_mutex_init(right), "uv_mutex_init");
}

/** A fork between any two philosophers. */
static void make_forks(uv_mutex_t *forks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        must(uv_mutex_init(&forks[i]), "uv_mutex_init");
}

static void worker(void *arg)
{
    struct job *job = arg;

    pthread_setname_np(pthread_self(), job->task->thread_name);
    if (!option("--natural"))
        uv_sem_post(&job->is_there);
    job->how(job);
}

static void start_and_join(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        must(uv_thread_create(&jobs[i].thread, worker, &jobs[i]), "uv_thread_create");
    for (size_t i = 0; i < count; i++)
        must(uv_thread_join(&jobs[i].thread), "uv_thread_join");
}

/** One job takes left, then right, the next one right, then left, and so on;
 * philosopher i takes fork i, then fork i + 1. */
static void run(const struct tasks *tasks, void (*how)(struct job *job))
{
    size_t lock_count = option("--philosophers") ? tasks->count : 2;
    uv_mutex_t *locks = must_alloc(lock_count, sizeof *locks);
    struct job *jobs = must_alloc(tasks->count, sizeof *jobs);

    must(uv_mutex_init(&one_lock), "uv_mutex_init");
    if (option("--philosophers"))
        make_forks(locks, lock_count);
    else
        make_two(locks);
    for (size_t i = 0; i < tasks->count; i++) {
        jobs[i] = (struct job){
            .task = &tasks->at[i], .how = how, .dice = random_seed(&tasks->at[i])};
        jobs[i].first = &locks[i % lock_count];
        jobs[i].second = &locks[(i + 1) % lock_count];
        jobs[i].next = &jobs[(i + 1) % tasks->count];
        must(uv_sem_init(&jobs[i].is_there, 0), "uv_sem_init");
        must(uv_sem_init(&jobs[i].has_first, 0), "uv_sem_init");
    }
    start_and_join(jobs, tasks->count);
    for (size_t i = 0; i < tasks->count; i++) {
        uv_sem_destroy(&jobs[i].is_there);
        uv_sem_destroy(&jobs[i].has_first);
    }
    for (size_t i = 0; i < lock_count; i++)
        uv_mutex_destroy(&locks[i]);
    uv_mutex_destroy(&one_lock);
    free(jobs);
    free(locks);
}

/** No threads, and nobody to lock out. */
static void sequential(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        work(&tasks->at[i]);
}

static void opposite(const struct tasks *tasks)
{
    run(tasks, hold_and_wait);
}

static void ordered(const struct tasks *tasks)
{
    run(tasks, lower_first);
}

static void trylock(const struct tasks *tasks)
{
    run(tasks, try_and_back_off);
}

static void no_backoff(const struct tasks *tasks)
{
    run(tasks, try_again_at_once);
}

static void one_for_all(const struct tasks *tasks)
{
    run(tasks, with_one_lock);
}

static void self(const struct tasks *tasks)
{
    run(tasks, lock_twice);
}

static void abandoned(const struct tasks *tasks)
{
    run(tasks, forget_to_unlock);
}

static const struct variant variants[] = {
    {"sequential", "call each task's function, one after the other", sequential,
     .shape = SHAPE_SERIAL},
    {"opposite", "UNSAFE: take two locks, in no common order", opposite,
     .shape = SHAPE_CONCURRENT},
    {"ordered", "take two locks, all in the same order", ordered,
     .shape = SHAPE_CONCURRENT},
    {"trylock", "try the second lock, or put back the first and try again", trylock,
     .shape = SHAPE_CONCURRENT},
    {"one-lock", "take one lock in place of both", one_for_all, .shape = SHAPE_SERIAL},
    {"no-backoff", "UNSAFE: as trylock, but try again at once", no_backoff,
     .shape = SHAPE_CONCURRENT, .extra = true},
    {"self", "UNSAFE: want a lock that the thread itself holds", self,
     .shape = SHAPE_SERIAL, .extra = true},
    {"abandoned", "UNSAFE: end without unlocking what others want", abandoned,
     .shape = SHAPE_SERIAL, .extra = true},
    {0},
};

const struct demo deadlock_demo = {.name = "deadlock", .variants = variants};
