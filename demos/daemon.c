// SPDX-License-Identifier: MIT
/**
 * What happens to a thread when the program ends?
 *
 * It ends too, wherever it is.  When main returns, exit() is called, and that takes all
 * threads of the process with it: what they had not written yet is never written, and
 * no cleanup runs.  C has no flag that makes a thread a "daemon": every thread that
 * main does not join is one.  Look for the lanes that end in a cross, and at the lines.
 *
 *     conc daemon --ttl 1 2
 *     conc daemon --ttl 1 2 --with detached
 *
 * `daemon` and `detached` are UNSAFE: they leave work behind that nobody finishes.
 * Read next: demos/join.c, on when a result is there.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#define LINES 10

/** When main has done what it had to do, in parts of the longest ttl. */
#define ENOUGH 0.55

static const uv_thread_options_t small_stack = {
    .flags = UV_THREAD_HAS_STACK_SIZE,
    .stack_size = (size_t)64 * 1024,
};

/** In a program of your own: give back a lock, delete a half-written file. */
static void clean_up(void *unused)
{
    (void)unused;
    beat("cleanup");
}

/**
 * The job: ten lines, each after a tenth of the work.  A line is one write(2) to a file
 * opened for appending, so those of different threads do not mix.  What is pushed runs
 * when the job is done, and where the thread ends before by pthread_exit() or
 * pthread_cancel().  Where the program ends it, nobody runs it.
 */
static void job(const struct task *task)
{
    pthread_cleanup_push(clean_up, NULL);
    for (unsigned line = 0; line < LINES; line++) {
        work_part(task, line, LINES);
        must_posix(dprintf(stage_file(), "%s %u\n", task->name, line + 1), "dprintf");
    }
    pthread_cleanup_pop(1);
}

/** One after the other, by plain calls. */
static void sequential(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        job(&tasks->at[i]);
}

/** What `arg` points to must live as long as the thread: as long as the program. */
static void worker(void *arg)
{
    const struct task *task = arg;

    pthread_setname_np(pthread_self(), task->thread_name);
    job(task);
}

static uv_thread_t *start_all(const struct tasks *tasks)
{
    uv_thread_t *thread = must_alloc(tasks->count, sizeof *thread);

    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_create_ex(&thread[i], &small_stack, worker, &tasks->at[i]),
             "uv_thread_create");
    return thread;
}

static void join_all(uv_thread_t *thread, const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
}

/** What main does meanwhile.  It takes less than the longest task does. */
static void own_business(const struct tasks *tasks)
{
    int64_t longest_ns = 0, enough_ns;
    struct timespec pause = {0};

    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns > longest_ns)
            longest_ns = tasks->at[i].ttl_ns;
    enough_ns = (int64_t)(ENOUGH * (double)longest_ns);
    pause.tv_sec = enough_ns / 1000000000;
    pause.tv_nsec = enough_ns % 1000000000;
    nanosleep(&pause, NULL);
    beat("beat");
}

/** Nothing else to do: wait for them. */
static void joined(const struct tasks *tasks)
{
    uv_thread_t *thread = start_all(tasks);

    join_all(thread, tasks);
    free(thread);
}

/**
 * UNSAFE: returns while threads are at work.
 *
 *     main                      darthvader
 *     starts him                writes a line
 *     its own business          writes a line
 *     returns: exit()           (in the midst of the next)
 *     the process is gone       no more lines, no cleanup
 */
static void left_alone(const struct tasks *tasks)
{
    uv_thread_t *thread = start_all(tasks);

    own_business(tasks);
    free(thread);
}

/** The same and one line more: a thread's work is safe once it has been joined. */
static void left_alone_then_joined(const struct tasks *tasks)
{
    uv_thread_t *thread = start_all(tasks);

    own_business(tasks);
    join_all(thread, tasks);
    free(thread);
}

/** UNSAFE: to detach only says that nobody will join.  The end of the program is theirs
 * too. */
static void detached(const struct tasks *tasks)
{
    uv_thread_t *thread = start_all(tasks);

    for (size_t i = 0; i < tasks->count; i++)
        must(-pthread_detach(thread[i]), "pthread_detach");
    own_business(tasks);
    free(thread);
}

static const struct variant variants[] = {
    {
        .name = "sequential",
        .about = "call each task's function, one after the other",
        .run = sequential,
        .shape = SHAPE_SERIAL,
    },
    {
        .name = "joined",
        .about = "start a thread for each task, and wait for them all",
        .run = joined,
        .shape = SHAPE_CONCURRENT,
    },
    {
        .name = "daemon",
        .about = "UNSAFE: main returns while threads are still at work",
        .run = left_alone,
        .shape = SHAPE_CONCURRENT,
        .other_work = true,
        .returns_at = ENOUGH,
    },
    {
        .name = "daemon+join",
        .about = "main does something else as long, and then joins them",
        .run = left_alone_then_joined,
        .shape = SHAPE_CONCURRENT,
    },
    {
        .name = "detached",
        .about = "UNSAFE: the same with threads that are detached",
        .run = detached,
        .shape = SHAPE_CONCURRENT,
        .extra = true,
        .other_work = true,
        .returns_at = ENOUGH,
    },
    {0},
};

const struct demo daemon_demo = {.name = "daemon", .variants = variants};
