// SPDX-License-Identifier: MIT
/**
 * The same tasks, every way: what differs?
 *
 * Not what waiting costs: seven ways of doing the same are on one axis here, and all
 * but `sequential` let the waits go on at once.  What differs is the flow that waits,
 * what it costs to make one, and how many of them there can be; and that a loop, which
 * has but one thread, computes one thing after the other.  Each way is shown as short
 * as it can be right; the demo of its own is named beside it.
 *
 *     conc all
 *     conc all --work cpu
 *     conc all --tasks 5 --ttl 0.1
 *     conc all --ttl 5 10
 *
 * With more tasks than cores, look at `pool` and `processes`: their few workers are a
 * bound.  Read next: demos/spawn.c, or the demo of the way that you would choose.
 */

#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

/** The job: all ways do it, so what differs is only what flow it is done in. */
static void job(const struct task *task)
{
    work(task);
}

/** One after the other, by plain calls. */
static void sequential(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        job(&tasks->at[i]);
}

/* A process for each task: demos/fork.c --------------------------------------- */

/** What one that was killed had to do is not done. */
static void wait_for_all(const pid_t *pid, size_t count)
{
    int status;

    for (size_t i = 0; i < count; i++) {
        must_posix(waitpid(pid[i], &status, 0), "waitpid");
        must(status == 0 ? 0 : UV_ECANCELED, "a process");
    }
}

/** A copy of this process, which goes on from here. */
static void forked(const struct tasks *tasks)
{
    pid_t *pid = must_alloc(tasks->count, sizeof *pid);

    for (size_t i = 0; i < tasks->count; i++) {
        pid[i] = fork();
        must_posix(pid[i], "fork");
        if (pid[i] == 0) {
            pthread_setname_np(pthread_self(), tasks->at[i].thread_name);
            job(&tasks->at[i]);
            _exit(EXIT_SUCCESS);
        }
    }
    wait_for_all(pid, tasks->count);
    free(pid);
}

/**
 * Another program, from its main() on: it has nothing of this one's memory, and is told
 * by its arguments what to do.  Here it is conc itself, which does one task as job()
 * does; any program would do.
 */
static void spawned(const struct tasks *tasks)
{
    pid_t *pid = must_alloc(tasks->count, sizeof *pid);

    for (size_t i = 0; i < tasks->count; i++) {
        char **argv = task_program(&tasks->at[i]);

        must_pthread(posix_spawn(&pid[i], "/proc/self/exe", NULL, NULL, argv, environ),
                     "posix_spawn");
        free(argv);
    }
    wait_for_all(pid, tasks->count);
    free(pid);
}

/* A thread for each task: demos/threads.c, demos/join.c ----------------------- */

/** For tens of thousands of threads: the usual stacks take 8 MiB of addresses each. */
static const uv_thread_options_t small_stack = {
    .flags = UV_THREAD_HAS_STACK_SIZE,
    .stack_size = (size_t)64 * 1024,
};

static void thread_main(void *arg)
{
    const struct task *task = arg;

    pthread_setname_np(pthread_self(), task->thread_name);
    job(task);
}

static void threads(const struct tasks *tasks)
{
    uv_thread_t *thread = must_alloc(tasks->count, sizeof *thread);

    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_create_ex(&thread[i], &small_stack, thread_main, &tasks->at[i]),
             "uv_thread_create_ex");
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
    free(thread);
}

/* A few workers for all tasks: demos/pool.c ----------------------------------- */

/**
 * What workers take tasks from.  All tasks are there from the start, so that a number
 * is queue enough: to read it and to add one is one step, and so no task is taken
 * twice.
 */
struct queue {
    const struct tasks *tasks;
    atomic_size_t next;
};

static void work_through(struct queue *queue, unsigned number)
{
    char name[16];
    size_t i;

    snprintf(name, sizeof name, "worker %u", number);
    pthread_setname_np(pthread_self(), name);
    while ((i = atomic_fetch_add(&queue->next, 1)) < queue->tasks->count)
        job(&queue->tasks->at[i]);
}

/** A worker for each core: more could not compute at once, but more could wait. */
static size_t workers_for(const struct tasks *tasks)
{
    size_t cores = uv_available_parallelism();

    return cores < tasks->count ? cores : tasks->count;
}

struct worker {
    struct queue *queue;
    unsigned number;
    uv_thread_t thread;
};

static void worker_main(void *arg)
{
    const struct worker *worker = arg;

    work_through(worker->queue, worker->number);
}

/** Threads share all memory, and with it the queue. */
static void pool(const struct tasks *tasks)
{
    size_t workers = workers_for(tasks);
    struct worker *worker = must_alloc(workers, sizeof *worker);
    struct queue queue = {.tasks = tasks};

    for (unsigned i = 0; i < workers; i++) {
        worker[i] = (struct worker){.queue = &queue, .number = i + 1};
        must(uv_thread_create_ex(&worker[i].thread, &small_stack, worker_main,
                                 &worker[i]),
             "a worker's uv_thread_create_ex");
    }
    for (unsigned i = 0; i < workers; i++)
        must(uv_thread_join(&worker[i].thread), "uv_thread_join");
    free(worker);
}

/** Of their memory, processes share what is mapped as shared before the fork, and
 * nothing else.  What is atomic among threads without a lock is so among processes. The
 * tasks themselves are at the same address in each, as fork() has copied them. */
static void processes(const struct tasks *tasks)
{
    size_t workers = workers_for(tasks);
    pid_t *pid = must_alloc(workers, sizeof *pid);
    struct queue *queue = mmap(NULL, sizeof *queue, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    must_posix(queue == MAP_FAILED ? -1 : 0, "mmap");
    queue->tasks = tasks;
    for (unsigned i = 0; i < workers; i++) {
        pid[i] = fork();
        must_posix(pid[i], "a worker's fork");
        if (pid[i] == 0) {
            work_through(queue, i + 1);
            _exit(EXIT_SUCCESS);
        }
    }
    wait_for_all(pid, workers);
    munmap(queue, sizeof *queue);
    free(pid);
}

/* No flow but this one: demos/async.c ----------------------------------------- */

/** A wait is over; what computes begins, and until it ends no other is called. */
static void on_due(uv_timer_t *timer)
{
    const struct task *task = timer->data;

    loop_task_run(task);
    if (tasks_compute())
        job(task);
    loop_task_end(task);
    uv_close((uv_handle_t *)timer, NULL);
}

/** uv_run() returns when no timer is left.  Timers count whole milliseconds from
 * uv_now(): more on that in demos/async.c, at call_at(). */
static void loop(const struct tasks *tasks)
{
    uv_timer_t *timer = must_alloc(tasks->count, sizeof *timer);
    uv_loop_t events;

    must(uv_loop_init(&events), "uv_loop_init");
    for (size_t i = 0; i < tasks->count; i++) {
        uint64_t due_ms = (uint64_t)loop_task_begin(&tasks->at[i]) / 1000000;

        uv_timer_init(&events, &timer[i]);
        timer[i].data = &tasks->at[i];
        must(uv_timer_start(&timer[i], on_due, due_ms - uv_now(&events), 0),
             "uv_timer_start");
    }
    uv_run(&events, UV_RUN_DEFAULT);
    must(uv_loop_close(&events), "uv_loop_close");
    free(timer);
}

static const struct variant variants[] = {
    {"sequential", "call each task's function, one after the other", sequential,
     .shape = SHAPE_SERIAL},
    {"fork", "fork a child for each task: a copy of this process", forked,
     .shape = SHAPE_CONCURRENT, .forks = true},
    {"spawn", "start a program for each task, by posix_spawn", spawned,
     .shape = SHAPE_CONCURRENT},
    {"threads", "start a thread for each task", threads, .shape = SHAPE_CONCURRENT},
    {"pool", "as many threads as cores, which take tasks from a queue", pool,
     .shape = SHAPE_CONCURRENT},
    {"processes", "as many processes as cores; the queue is in shared memory",
     processes, .shape = SHAPE_CONCURRENT, .forks = true},
    {"loop", "one thread, a timer for each task, and callbacks", loop,
     .shape = SHAPE_CONCURRENT},
    {0},
};

const struct demo all_demo = {.name = "all", .variants = variants};
