// SPDX-License-Identifier: MIT
/**
 * What can threads do at once that share one global lock?
 *
 * In an interpreter such as CPython a thread takes a step only while it has the global
 * interpreter lock, the GIL.  So threads that compute take turns, on however many
 * cores, and 8 of them are no faster than 1.  Threads that wait give the lock up, and
 * all wait at once.  Look at the lock as it goes from lane to lane.
 *
 *     conc gil
 *     conc gil --work wait
 *     conc gil --only race,own-lock
 *     conc gil --only gil --python
 *
 * `race` is UNSAFE: the lock is the interpreter's, and protects it; not what a program
 * looks at in one step and acts on in another.  The lock itself is demos/gil_lock.c, as
 * CPython's is made.  Read before: demos/race.c; next: demos/pool.c, on processes,
 * which have a lock each.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

#include "gil_lock.h"
#include "gil_python.h"

/** There is one of it, which is the point. */
static struct gil gil;

/** A step of the interpreter.  (A real one is a few instructions, in some 50 ns.) */
#define STEP_NS 250000

/** Code in Python that computes: it has the lock, and lets others have it only between
 * two steps. */
static void compute_in_steps(const struct task *task)
{
    unsigned steps = (unsigned)(task->ttl_ns / STEP_NS) + 1;

    for (unsigned step = 0; step < steps; step++) {
        gil_step(&gil);
        work_part(task, step, steps);
    }
}

/** time.sleep(), reading from a socket: a call that waits gives the lock up meanwhile.
 * In C, between Py_BEGIN_ALLOW_THREADS and Py_END_ALLOW_THREADS. */
static void work_without_lock(const struct task *task)
{
    gil_give(&gil);
    work(task);
    gil_take(&gil);
}

static void work_in_python(const struct task *task)
{
    if (tasks_compute())
        compute_in_steps(task);
    else
        work_without_lock(task);
}

/* The job, in each variant. */

static void job_free(const struct task *task)
{
    work(task);
}

static void job_gil(const struct task *task)
{
    gil_take(&gil);
    work_in_python(task);
    gil_give(&gil);
}

/** The same, but a library in C does the computing, as zlib or NumPy do. */
static void job_released(const struct task *task)
{
    gil_take(&gil);
    work_without_lock(task);
    gil_give(&gil);
}

/** What the program itself shares.  No two threads touch it at once: each has the lock
 * when it does. */
static _Atomic int64_t count;
static bool has_met, is_alone;
static uv_mutex_t own_lock;       /* the program's, not the interpreter's */
static uv_sem_t started, another; /* a post for each thread that runs; that looked */

/** Between any two steps a turn may end.  Here it is arranged, openly, that the first
 * thread's does, and another comes to look; if it can, for 20 ms. */
static void end_turn_here(void)
{
    if (has_met || is_alone) {
        uv_sem_post(&another);
        return;
    }
    has_met = true;
    gil_give(&gil);
    uv_sem_wait(&started); /* this thread's own post */
    uv_sem_wait(&started);
    gap_wait(&another);
    gil_take(&gil);
}

/**
 * `count += 1`, with some work in it.
 *
 *     luke                      darthvader                count
 *     takes the lock, looks: 0                            0
 *     its turn ends             takes the lock, looks: 0  0
 *                               writes 0 + 1              1
 *     writes 0 + 1                                        1, and should be 2
 */
static void add_one(const struct task *task)
{
    int64_t seen = atomic_load_explicit(&count, memory_order_relaxed);

    end_turn_here();
    work_in_python(task);
    atomic_store_explicit(&count, seen + 1, memory_order_relaxed);
}

/** UNSAFE: it has the global lock when it looks and when it acts, and not in between.
 */
static void job_race(const struct task *task)
{
    uv_sem_post(&started);
    gil_take(&gil);
    add_one(task);
    gil_give(&gil);
}

/** The same under a lock of its own, from looking to acting.  That one is taken first:
 * who waits for it with the global lock in hand keeps its holder from going on. */
static void job_own_lock(const struct task *task)
{
    uv_sem_post(&started);
    uv_mutex_lock(&own_lock);
    gil_take(&gil);
    add_one(task);
    gil_give(&gil);
    uv_mutex_unlock(&own_lock);
}

/* From here on all variants are the same, but for the job. */

/** No threads, and nobody to share with. */
static void sequential(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        job_free(&tasks->at[i]);
}

struct worker {
    const struct task *task;
    void (*job)(const struct task *task);
    uv_thread_t thread;
};

static void run_worker(void *arg)
{
    struct worker *me = arg;

    pthread_setname_np(pthread_self(), me->task->thread_name);
    me->job(me->task);
}

static void in_threads(const struct tasks *tasks, void (*job)(const struct task *task))
{
    struct worker *workers = must_alloc(tasks->count, sizeof *workers);

    for (size_t i = 0; i < tasks->count; i++) {
        workers[i] = (struct worker){.task = &tasks->at[i], .job = job};
        must(uv_thread_create(&workers[i].thread, run_worker, &workers[i]),
             "uv_thread_create");
    }
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&workers[i].thread), "uv_thread_join");
    free(workers);
}

static void under_gil(const struct tasks *tasks, void (*job)(const struct task *task))
{
    gil_init(&gil);
    in_threads(tasks, job);
    gil_destroy(&gil);
}

static void count_under_gil(const struct tasks *tasks,
                            void (*job)(const struct task *task))
{
    must(uv_mutex_init(&own_lock), "uv_mutex_init");
    must(uv_sem_init(&started, 0), "uv_sem_init");
    must(uv_sem_init(&another, 0), "uv_sem_init");
    is_alone = tasks->count == 1;
    under_gil(tasks, job);
    note("expected", (int64_t)tasks->count);
    note("actual", atomic_load(&count));
    uv_sem_destroy(&another);
    uv_sem_destroy(&started);
    uv_mutex_destroy(&own_lock);
}

static void threads(const struct tasks *tasks)
{
    in_threads(tasks, job_free);
}

static void with_gil(const struct tasks *tasks)
{
    under_gil(tasks, job_gil);
}

static void released(const struct tasks *tasks)
{
    under_gil(tasks, job_released);
}

static void race(const struct tasks *tasks)
{
    count_under_gil(tasks, job_race);
}

static void with_own_lock(const struct tasks *tasks)
{
    count_under_gil(tasks, job_own_lock);
}

static const struct variant variants[] = {
    {"sequential", "one task after the other, in one thread", sequential,
     .shape = SHAPE_SERIAL},
    {"threads", "a thread for each task, and no lock", threads,
     .shape = SHAPE_CONCURRENT},
    {"gil", "threads under a global interpreter lock; who waits gives it up", with_gil,
     .shape = SHAPE_CONCURRENT},
    {"released", "threads that give that lock up for computing, too", released,
     .shape = SHAPE_CONCURRENT},
    {"race", "UNSAFE: look and act, in two steps, under that lock alone", race,
     .shape = SHAPE_CONCURRENT, .extra = true},
    {"own-lock", "look and act under a lock of the program's own as well",
     with_own_lock, .shape = SHAPE_CONCURRENT, .extra = true},
    {"python", "the same tasks in threads of the python3 that is on PATH",
     gil_in_python, .shape = SHAPE_CONCURRENT, .extra = true},
    {0},
};

const struct demo gil_demo = {.name = "gil", .variants = variants};
