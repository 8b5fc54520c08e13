// SPDX-License-Identifier: MIT
/**
 * What it costs to go from one flow to the other, and what memory each takes.
 *
 * Two processes, or two threads, that take turns: each wakes the other, and sleeps.  So
 * one round trip is two switches.  A thread of a pool goes from one task to the next in
 * its queue, a loop from one callback to the next, and neither sleeps.
 *
 * All is measured on one core, so that a switch is no more than that: where the other
 * flow sleeps on another core, that one has to be woken first, and it takes longer.
 */

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#include "cost.h"

/* Processes, over two pipes -------------------------------------------------------- */

/** A process that sends back each byte that it gets. */
struct echo {
    pid_t pid;
    int to, from;
};

/** Start one, at the far ends of the pipes there and back. */
typedef pid_t start_echo(const int there[2], const int back[2]);

static void round_trip(const struct echo *echo)
{
    char byte = 0;

    must_posix(write(echo->to, &byte, 1), "write");
    must_posix(read(echo->from, &byte, 1), "read");
}

/** A copy of this process. */
static pid_t echo_process(const int there[2], const int back[2])
{
    pid_t pid = fork();
    char byte;

    if (pid == 0) {
        close(there[1]);
        while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
            continue;
        _exit(EXIT_SUCCESS);
    }
    return pid;
}

/** A program of its own, which does the same. */
static pid_t echo_program(const int there[2], const int back[2])
{
    char name[] = "cat", *argv[] = {name, NULL};
    posix_spawn_file_actions_t files;
    pid_t pid;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, there[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, back[1], STDOUT_FILENO);
    must_pthread(posix_spawnp(&pid, name, &files, NULL, argv, environ),
                 "posix_spawnp of cat");
    posix_spawn_file_actions_destroy(&files);
    return pid;
}

/** From its first round trip on, it waits for more. */
static struct echo echo_from(start_echo *start)
{
    struct echo echo;
    int there[2], back[2];

    must_posix(pipe2(there, O_CLOEXEC), "pipe2");
    must_posix(pipe2(back, O_CLOEXEC), "pipe2");
    echo = (struct echo){.to = there[1], .from = back[0]};
    echo.pid = start(there, back);
    must_posix(echo.pid, "fork");
    close(there[0]);
    close(back[1]);
    round_trip(&echo);
    return echo;
}

/** When nobody can write to it any more, it ends. */
static void end_echo(const struct echo *echo)
{
    close(echo->to);
    close(echo->from);
    must_posix(waitpid(echo->pid, NULL, 0), "waitpid");
}

/** Two switches each; the other one is kept for the next time. */
static void round_trips(struct echo *echo, start_echo *start, uint64_t switches)
{
    if (echo->pid == 0)
        *echo = echo_from(start);
    for (uint64_t i = 0; i < switches; i += 2)
        round_trip(echo);
}

void process_switches(uint64_t times)
{
    static struct echo echo;

    round_trips(&echo, echo_process, times);
}

void program_switches(uint64_t times)
{
    static struct echo echo;

    round_trips(&echo, echo_program, times);
}

/** So many wait at once; pages that only the first one would have for itself are shared
 * by then. */
#define PROCESSES 16

static int64_t echo_bytes(start_echo *start)
{
    struct echo echo[PROCESSES];
    int started = 0;
    int64_t bytes = 0;

    while (started < PROCESSES)
        echo[started++] = echo_from(start);
    for (int i = 0; i < PROCESSES; i++)
        bytes += memory_bytes_of(echo[i].pid);
    while (started > 0) /* each has copies of the pipes of those before it */
        end_echo(&echo[--started]);
    return bytes / PROCESSES;
}

int64_t process_bytes(void)
{
    return echo_bytes(echo_process);
}

int64_t program_bytes(void)
{
    return echo_bytes(echo_program);
}

/* Threads, over two semaphores ----------------------------------------------------- */

struct turns {
    uv_sem_t there, back;
};

static void take_turns(void *arg)
{
    struct turns *turns = arg;

    for (;;) {
        uv_sem_wait(&turns->there);
        uv_sem_post(&turns->back);
    }
}

/** It waits for its turn until the program ends. */
static struct turns *partner(void)
{
    struct turns *turns = must_alloc(1, sizeof *turns);
    uv_thread_t thread;

    must(uv_sem_init(&turns->there, 0), "uv_sem_init");
    must(uv_sem_init(&turns->back, 0), "uv_sem_init");
    must(uv_thread_create(&thread, take_turns, turns), "uv_thread_create");
    return turns;
}

void thread_switches(uint64_t times)
{
    static struct turns *turns;

    if (turns == NULL)
        turns = partner();
    for (uint64_t i = 0; i < times; i += 2) {
        uv_sem_post(&turns->there);
        uv_sem_wait(&turns->back);
    }
}

#define THREADS 64

struct crowd {
    uv_sem_t begun, end;
};

static void stay(void *arg)
{
    struct crowd *crowd = arg;

    uv_sem_post(&crowd->begun);
    uv_sem_wait(&crowd->end);
}

int64_t thread_bytes(void)
{
    uv_thread_t thread[THREADS];
    struct crowd crowd;
    int64_t bytes = memory_bytes();

    must(uv_sem_init(&crowd.begun, 0), "uv_sem_init");
    must(uv_sem_init(&crowd.end, 0), "uv_sem_init");
    for (int i = 0; i < THREADS; i++)
        must(uv_thread_create(&thread[i], stay, &crowd), "uv_thread_create");
    for (int i = 0; i < THREADS; i++)
        uv_sem_wait(&crowd.begun);
    bytes = memory_bytes() - bytes;
    for (int i = 0; i < THREADS; i++)
        uv_sem_post(&crowd.end);
    for (int i = 0; i < THREADS; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
    return bytes / THREADS;
}

/* A pool's queue ------------------------------------------------------------------- */

/** So many tasks are in it. */
#define QUEUED 4096

static void do_nothing(uv_work_t *request)
{
    (void)request;
}

static void is_done(uv_work_t *request, int status)
{
    (void)request;
    must(status, "uv_queue_work");
}

static void queue_tasks(uv_work_t *requests, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        must(uv_queue_work(the_loop(), &requests[i], do_nothing, is_done),
             "uv_queue_work");
}

/** One thread, so that it goes from one task to the next. */
void pool_switches(uint64_t times)
{
    static uv_work_t requests[QUEUED];
    uint64_t count;

    size_pool("1");
    for (; times > 0; times -= count) {
        count = times < QUEUED ? times : QUEUED;
        queue_tasks(requests, count);
        must(uv_run(the_loop(), UV_RUN_DEFAULT), "uv_run");
    }
}

int64_t pool_bytes(void)
{
    uv_work_t one, *requests;
    int64_t bytes;

    size_pool("1");
    queue_tasks(&one, 1); /* which starts the thread */
    must(uv_run(the_loop(), UV_RUN_DEFAULT), "uv_run");
    bytes = memory_bytes();
    requests = must_alloc(QUEUED, sizeof *requests);
    queue_tasks(requests, QUEUED);
    bytes = memory_bytes() - bytes;
    must(uv_run(the_loop(), UV_RUN_DEFAULT), "uv_run");
    free(requests);
    return bytes / QUEUED;
}

/* A loop's callbacks --------------------------------------------------------------- */

static void count_down(uv_idle_t *idle)
{
    uint64_t *left = idle->data;

    if (--*left == 0)
        uv_close((uv_handle_t *)idle, NULL);
}

/** In each turn of the loop it is called once, and the loop asks the system for news.
 */
void loop_switches(uint64_t times)
{
    uv_idle_t idle;

    uv_idle_init(the_loop(), &idle);
    idle.data = &times;
    uv_idle_start(&idle, count_down);
    must(uv_run(the_loop(), UV_RUN_DEFAULT), "uv_run");
}

static void never_called(uv_timer_t *timer)
{
    (void)timer;
}

int64_t loop_bytes(void)
{
    uv_loop_t *loop = the_loop();
    uv_timer_t *timers;
    int64_t bytes = memory_bytes();

    timers = must_alloc(QUEUED, sizeof *timers);
    for (int i = 0; i < QUEUED; i++) {
        uv_timer_init(loop, &timers[i]);
        must(uv_timer_start(&timers[i], never_called, 3600000, 0), "uv_timer_start");
    }
    bytes = memory_bytes() - bytes;
    for (int i = 0; i < QUEUED; i++)
        uv_close((uv_handle_t *)&timers[i], NULL);
    must(uv_run(loop, UV_RUN_DEFAULT), "uv_run");
    free(timers);
    return bytes / QUEUED;
}
