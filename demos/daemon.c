// SPDX-License-Identifier: MIT
/**
 * What happens to a thread when the program ends?
 *
 * It ends too, wherever it is.  When main returns, exit() is called: atexit() handlers
 * run and stdio's buffers are written, with the threads still at work, and then the
 * process is gone with all its threads.  What they had not written yet is never
 * written, and their cleanup handlers do not run.  Python and Java have a flag that
 * makes a thread a "daemon"; in C, each one that main does not wait for is a daemon.
 * (What Unix calls a daemon is another thing: a process in the background.)
 * (A main that ends by pthread_exit() leaves the process to the threads that are left.)
 * Look for lanes that end in a cross, and at how many lines were written.
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
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#define LINES 10

/** In a program of your own: give back a lock, delete a half-written file. */
static void clean_up(void *unused)
{
    (void)unused;
    beat("cleanup");
}

/** One write(2) to a file opened for appending, so lines of different threads do not
 * mix; and no dprintf(), which exit(), in glibc, may have write what it has a second
 * time. */
static void write_line(const char *name, unsigned number)
{
    char *line;
    int length = asprintf(&line, "%s %u\n", name, number);

    must_posix(length, "asprintf");
    must_posix(write(stage_file(), line, (size_t)length), "write");
    free(line);
}

/**
 * The job: ten lines, each after a tenth of the work.  The cleanup handler runs at the
 * pop (of 1; of 0 it would not), or where pthread_exit() or pthread_cancel() ends the
 * thread before it gets there.  Push and pop are a pair in one block, which must not be
 * left by `return`.
 */
static void job(const struct task *task)
{
    pthread_cleanup_push(clean_up, NULL);
    for (unsigned line = 0; line < LINES; line++) {
        work_part(task, line, LINES);
        write_line(task->name, line + 1);
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
        must(uv_thread_create(&thread[i], worker, &tasks->at[i]), "uv_thread_create");
    return thread;
}

static void join_all(uv_thread_t *thread, const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
}

/** What main does meanwhile: as long as the longest task takes for five lines and a
 * half of its ten. */
static void own_business(const struct tasks *tasks)
{
    pause_ns(longest_ttl_ns(tasks) * 11 / 20);
    beat("main is done");
}

/** Nothing else to do: wait for them. */
static void joined(const struct tasks *tasks)
{
    uv_thread_t *thread = start_all(tasks);

    join_all(thread, tasks);
    free(thread);
}

/**
 * UNSAFE: returns while threads are at work.  (It frees only the handles; a thread does
 * not need its own.)
 *
 *     main                      a thread
 *     starts it                 writes a line
 *     its own business          writes a line
 *     returns: exit()           (in the midst of the next)
 *     the process is gone       no more lines, no cleanup
 */
static void unjoined(const struct tasks *tasks)
{
    uv_thread_t *thread = start_all(tasks);

    own_business(tasks);
    free(thread);
}

/** The same and one line more: a thread's work is safe once it has been joined. */
static void joined_late(const struct tasks *tasks)
{
    uv_thread_t *thread = start_all(tasks);

    own_business(tasks);
    join_all(thread, tasks);
    free(thread);
}

/**
 * UNSAFE: to detach a thread says that nobody will join it, so what the system keeps of
 * it is given back when it ends.  It does not outlive the program for that.
 */
static void detached(const struct tasks *tasks)
{
    uv_thread_t *thread = start_all(tasks);

    for (size_t i = 0; i < tasks->count; i++)
        must_pthread(pthread_detach(thread[i]), "pthread_detach");
    own_business(tasks);
    free(thread);
}

static const struct variant variants[] = {
    {"sequential", "call each task's function, one after the other", sequential,
     .shape = SHAPE_SERIAL},
    {"joined", "start a thread for each task, and wait for them all", joined,
     .shape = SHAPE_CONCURRENT},
    {"daemon", "UNSAFE: main returns while threads are still at work", unjoined,
     .shape = SHAPE_CONCURRENT, .other_work = true, .returns_at = 11.0 / 20},
    {"daemon+join", "main does something else as long, and then joins them",
     joined_late, .shape = SHAPE_CONCURRENT},
    {"detached", "UNSAFE: the same with threads that are detached", detached,
     .shape = SHAPE_CONCURRENT, .extra = true, .other_work = true,
     .returns_at = 11.0 / 20},
    {0},
};

const struct demo daemon_demo = {.name = "daemon", .variants = variants};
