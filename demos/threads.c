// SPDX-License-Identifier: MIT
/**
 * What does starting a thread change?
 *
 * Calling a function runs it to its end before the next line.  Starting a thread on it
 * lets the next line go on at once: whole waits happen side by side, and main has time
 * for a heartbeat of its own.  What threads do not bring is more cores: look at where
 * the lanes run, and where they are only ready to.
 *
 *     conc threads --ttl 5 10
 *     conc threads --ttl 1 2 --work cpu --cores 1
 *
 * `shared-arg` is UNSAFE: it gives all threads the address of one variable that goes on
 * changing.  Read next: demos/daemon.c, on what ends them.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

/** For tens of thousands of threads: the usual stacks take 8 MiB of addresses each.  64
 * KiB is too little for much of real code: yours calls uv_thread_create(). */
static const uv_thread_options_t small_stack = {
    .flags = UV_THREAD_HAS_STACK_SIZE,
    .stack_size = (size_t)64 * 1024,
};

/** The job: all variants call it, so what differs is only how. */
static void job(const struct task *task)
{
    work(task);
}

/** One after the other, by plain calls.  It is also what comes of worker(arg) where
 * uv_thread_create() was meant. */
static void sequential(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        job(&tasks->at[i]);
}

/** What a thread runs.  Its name is seen in `ps -L`, `top -H` and debuggers. */
static void worker(void *arg)
{
    const struct task *task = arg;

    pthread_setname_np(pthread_self(), task->thread_name);
    job(task);
}

/** Main has time for something else: three beats, an eighth of the shortest task's time
 * apart, so that they are over long before it. */
static void heartbeat(const struct tasks *tasks)
{
    unsigned pause_ms = (unsigned)(shortest_ttl_ns(tasks) / 8 / 1000000);

    for (int i = 0; i < 3 && pause_ms > 0; i++) {
        uv_sleep(pause_ms);
        beat("main is free");
    }
}

/** Start them all, do something else, then wait for each to end. */
static void threads(const struct tasks *tasks)
{
    uv_thread_t *thread = must_alloc(tasks->count, sizeof *thread);

    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_create_ex(&thread[i], &small_stack, worker, &tasks->at[i]),
             "uv_thread_create_ex");
    heartbeat(tasks);
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
    free(thread);
}

/** What all threads of `shared-arg` get the address of. */
struct slot {
    atomic_size_t number; /* main writes, threads read: atomic, else a data race */
    uv_sem_t moved_on;    /* posted when `number` has changed, or will no more */
    const struct tasks *tasks;
};

/**
 * A real thread does something before it looks at its argument, and the loop goes on
 * meanwhile.  Here it waits for `number` to change, but not for long.
 */
static void late_worker(void *arg)
{
    struct slot *slot = arg;
    const struct task *task;

    gap_wait(&slot->moved_on);
    task = &slot->tasks->at[atomic_load(&slot->number)];
    pthread_setname_np(pthread_self(), task->thread_name);
    job(task);
}

/**
 * UNSAFE: every thread gets the address of the one number that the loop goes on
 * changing, as by the slip
 *
 *     uv_thread_create(&thread[i], worker, &i);    with `*(size_t *)arg` in worker()
 *
 * where threads() above gives each one a pointer of its own, to `tasks->at[i]`.
 *
 *     main                          the first thread
 *     number = 0
 *     starts it with &slot
 *     number = 1                    (is being set up)
 *     starts another with &slot     reads number: 1 or later, and 0 is nobody's
 */
static void shared_arg(const struct tasks *tasks)
{
    uv_thread_t *thread = must_alloc(tasks->count, sizeof *thread);
    struct slot slot = {.tasks = tasks};

    must(uv_sem_init(&slot.moved_on, 0), "uv_sem_init");
    for (size_t i = 0; i < tasks->count; i++) {
        atomic_store(&slot.number, i);
        if (i > 0)
            uv_sem_post(&slot.moved_on);
        must(uv_thread_create_ex(&thread[i], &small_stack, late_worker, &slot),
             "uv_thread_create_ex");
    }
    uv_sem_post(&slot.moved_on);
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
    uv_sem_destroy(&slot.moved_on);
    free(thread);
}

static const struct variant variants[] = {
    {"sequential", "call each task's function, one after the other", sequential,
     .shape = SHAPE_SERIAL},
    {"threads", "start a thread for each task, then join them all", threads,
     .shape = SHAPE_CONCURRENT},
    {"shared-arg", "UNSAFE: all threads get a pointer to the one loop variable",
     shared_arg, .shape = SHAPE_CONCURRENT, .extra = true, .other_work = true},
    {0},
};

const struct demo threads_demo = {.name = "threads", .variants = variants};
