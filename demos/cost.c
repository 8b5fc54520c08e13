// SPDX-License-Identifier: MIT
/**
 * What does a flow of execution cost?
 *
 * A process, a program, a thread, a task for a pool, a task on a loop: each goes its
 * own way through the code.  What differs is what the system has to set up for it, and
 * to clear away.  Here are the shortest ways to start each and to wait for its end;
 * look at the bars below the picture, each scale mark of which is ten times the one
 * before.
 *
 *     conc cost
 *     conc cost --only process,thread
 *
 * The pictures show a few of them at work.  What is measured stands beside each, in a
 * loop of its own, which is not traced.  What it costs to go from one to the other, and
 * how much memory each takes, is in demos/cost_switch.c; the floors under them are in
 * demos/cost_floors.c.  Read next: demos/all.c, where all are at work on the same
 * tasks.
 */

#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#include "cost.h"

/* No flow but this one: a call ----------------------------------------------------- */

static void sequential(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        work(&tasks->at[i]);
}

static void nothing(void *unused)
{
    (void)unused;
}

/** Which function is called is looked up each time: else no call would be left. */
static void (*volatile called)(void *) = nothing;

static void calls(uint64_t times)
{
    for (; times > 0; times--)
        called(NULL);
}

/* A process ------------------------------------------------------------------------ */

static void wait_for_all(const pid_t *pid, size_t count)
{
    for (size_t i = 0; i < count; i++)
        must_posix(waitpid(pid[i], NULL, 0), "waitpid");
}

static void processes(const struct tasks *tasks)
{
    pid_t *pid = must_alloc(tasks->count, sizeof *pid);

    for (size_t i = 0; i < tasks->count; i++) {
        pid[i] = fork();
        must_posix(pid[i], "fork");
        if (pid[i] == 0) {
            pthread_setname_np(pthread_self(), tasks->at[i].thread_name);
            work(&tasks->at[i]);
            _exit(EXIT_SUCCESS);
        }
    }
    wait_for_all(pid, tasks->count);
    free(pid);
}

static void process_starts(uint64_t times)
{
    for (; times > 0; times--) {
        pid_t pid = fork();

        must_posix(pid, "fork");
        if (pid == 0)
            _exit(EXIT_SUCCESS);
        must_posix(waitpid(pid, NULL, 0), "waitpid");
    }
}

/* A program, in a process of its own ----------------------------------------------- */

static void programs(const struct tasks *tasks)
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

/** One that does nothing. */
static void program_starts(uint64_t times)
{
    char name[] = "true", *argv[] = {name, NULL};

    for (; times > 0; times--) {
        pid_t pid;

        must_pthread(posix_spawnp(&pid, name, NULL, NULL, argv, environ),
                     "posix_spawnp of true");
        must_posix(waitpid(pid, NULL, 0), "waitpid");
    }
}

/* A thread ------------------------------------------------------------------------- */

static void thread_main(void *arg)
{
    const struct task *task = arg;

    pthread_setname_np(pthread_self(), task->thread_name);
    work(task);
}

static void threads(const struct tasks *tasks)
{
    uv_thread_t *thread = must_alloc(tasks->count, sizeof *thread);

    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_create(&thread[i], thread_main, &tasks->at[i]),
             "uv_thread_create");
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
    free(thread);
}

static void thread_starts(uint64_t times)
{
    uv_thread_t thread;

    for (; times > 0; times--) {
        must(uv_thread_create(&thread, nothing, NULL), "uv_thread_create");
        must(uv_thread_join(&thread), "uv_thread_join");
    }
}

/* A task for threads that are there already: libuv's pool -------------------------- */

void size_pool(const char *threads)
{
    must_posix(setenv("UV_THREADPOOL_SIZE", threads, 1), "setenv");
}

static void in_pool(uv_work_t *request)
{
    if (request->data != NULL)
        work(request->data);
}

/** On the loop again. */
static void after_pool(uv_work_t *request, int status)
{
    (void)request;
    must(status, "uv_queue_work");
}

static void pool(const struct tasks *tasks)
{
    uv_work_t *requests = must_alloc(tasks->count, sizeof *requests);
    uv_loop_t loop;

    size_pool("4");
    must(uv_loop_init(&loop), "uv_loop_init");
    for (size_t i = 0; i < tasks->count; i++) {
        requests[i].data = &tasks->at[i];
        queued(&tasks->at[i]);
        must(uv_queue_work(&loop, &requests[i], in_pool, after_pool), "uv_queue_work");
    }
    must(uv_run(&loop, UV_RUN_DEFAULT), "uv_run");
    must(uv_loop_close(&loop), "uv_loop_close");
    free(requests);
}

/** What is measured is not how long it takes to make a loop: one is there for all. */
uv_loop_t *the_loop(void)
{
    static uv_loop_t events;
    static bool is_there;

    if (!is_there)
        must(uv_loop_init(&events), "uv_loop_init");
    is_there = true;
    return &events;
}

static void pool_starts(uint64_t times)
{
    uv_work_t request = {.data = NULL};

    size_pool("4");
    for (; times > 0; times--) {
        must(uv_queue_work(the_loop(), &request, in_pool, after_pool), "uv_queue_work");
        must(uv_run(the_loop(), UV_RUN_DEFAULT), "uv_run");
    }
}

/* A task on a loop: a callback ----------------------------------------------------- */

static void on_due(uv_timer_t *timer)
{
    const struct task *task = timer->data;

    loop_task_run(task);
    if (tasks_compute())
        work(task);
    loop_task_end(task);
    uv_close((uv_handle_t *)timer, NULL);
}

/** Timers count whole milliseconds from uv_now(): more on that in demos/async.c. */
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
    must(uv_run(&events, UV_RUN_DEFAULT), "uv_run");
    must(uv_loop_close(&events), "uv_loop_close");
    free(timer);
}

static void close_it(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, NULL);
}

static void loop_starts(uint64_t times)
{
    uv_timer_t timer;

    for (; times > 0; times--) {
        uv_timer_init(the_loop(), &timer);
        must(uv_timer_start(&timer, close_it, 0, 0), "uv_timer_start");
        must(uv_run(the_loop(), UV_RUN_DEFAULT), "uv_run");
    }
}

/* What is measured ----------------------------------------------------------------- */

static const struct variant variants[] = {
    {"sequential", "call a function for each task: no flow besides this one",
     sequential, .shape = SHAPE_SERIAL},
    {"process", "fork a process for each task, a copy of this one", processes,
     .shape = SHAPE_CONCURRENT, .forks = true},
    {"program", "start a program for each task, by posix_spawn", programs,
     .shape = SHAPE_CONCURRENT},
    {"thread", "start a thread for each task", threads, .shape = SHAPE_CONCURRENT},
    {"pool", "give each task to the threads of libuv's pool", pool,
     .shape = SHAPE_CONCURRENT},
    {"loop", "one thread, a timer and a callback for each task", loop,
     .shape = SHAPE_CONCURRENT},
    {0},
};

static const char starts[] = "time to start one and wait for its end";
static const char switches[] = "time to go from one to another";
static const char memory[] = "memory that one has while it waits";

static const struct gauge gauges[] = {
    {starts, "sequential", .operations = calls},
    {starts, "process", .operations = process_starts},
    {starts, "program", .operations = program_starts},
    {starts, "thread", .operations = thread_starts},
    {starts, "pool", .operations = pool_starts},
    {starts, "loop", .operations = loop_starts},
    {starts, "reading the clock", .operations = clock_readings, .is_floor = true},
    {starts, "a system call", .operations = system_calls, .is_floor = true},
    {starts, "fork, _exit, waitpid", .operations = bare_processes, .is_floor = true},
    {starts, "pthread_create, _join", .operations = bare_threads, .is_floor = true},
    {switches, "process", .operations = process_switches},
    {switches, "program", .operations = program_switches},
    {switches, "thread", .operations = thread_switches},
    {switches, "pool", .operations = pool_switches},
    {switches, "loop", .operations = loop_switches},
    {switches, "a byte through a pipe", .operations = pipe_bytes, .is_floor = true},
    {switches, "a semaphore, up, down", .operations = semaphore_pairs,
     .is_floor = true},
    {memory, "process", .bytes = process_bytes},
    {memory, "program", .bytes = program_bytes},
    {memory, "thread", .bytes = thread_bytes},
    {memory, "pool", .bytes = pool_bytes},
    {memory, "loop", .bytes = loop_bytes},
    {0},
};

const struct demo cost_demo = {.name = "cost", .variants = variants, .gauges = gauges};
