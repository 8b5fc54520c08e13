// SPDX-License-Identifier: MIT
#include "stage/cost.h"

#include "demo.h"
#include "stage/clock.h"
#include "stage/cores.h"
#include "stage/instruments.h"

#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/** A round takes so long at least: reading the clock and waking up are next to nothing.
 */
#define ROUND_NS (4 * NS_PER_MS)

/** More than these make it no more contended, only longer. */
#define MOST_THREADS 64

static const struct staging *the_staging;

struct crowd {
    void (*operations)(uint64_t times);
    uint64_t times;
    unsigned threads;
    pthread_barrier_t gate;
    _Atomic int64_t begun_ns, ended_ns; /**< of a round: the first, and the last */
};

void cost_begin(const struct staging *staging)
{
    the_staging = staging;
}

int64_t cost_each_ps(int64_t ns, uint64_t operations)
{
    return (int64_t)((double)ns * 1000 / (double)operations);
}

int64_t cost_all_ns(void (*operations)(uint64_t times), uint64_t times)
{
    int64_t begun_ns = wall_ns();

    operations(times);
    return wall_ns() - begun_ns;
}

/** @return how many operations make a round. */
static uint64_t measure_alone(void (*operations)(uint64_t times))
{
    uint64_t times = 1;

    while (cost_all_ns(operations, times) < ROUND_NS)
        times *= 2;
    for (int round = 0; round < COST_ROUNDS; round++)
        atomic_store(&the_staging->shared->cost_ps[0][round],
                     cost_each_ps(cost_all_ns(operations, times), times));
    return times;
}

static void note_least(_Atomic int64_t *least, int64_t ns)
{
    int64_t there = atomic_load(least);

    while (ns < there && !atomic_compare_exchange_weak(least, &there, ns))
        continue;
}

static void note_most(_Atomic int64_t *most, int64_t ns)
{
    int64_t there = atomic_load(most);

    while (ns > there && !atomic_compare_exchange_weak(most, &there, ns))
        continue;
}

static void take_rounds(void *arg)
{
    struct crowd *crowd = arg;

    instruments_quiet = true;
    for (int round = 0; round < COST_ROUNDS; round++) {
        pthread_barrier_wait(&crowd->gate);
        note_least(&crowd->begun_ns, wall_ns());
        crowd->operations(crowd->times);
        note_most(&crowd->ended_ns, wall_ns());
        pthread_barrier_wait(&crowd->gate);
    }
}

static void note_round(struct crowd *crowd, int round)
{
    int64_t ns = atomic_load(&crowd->ended_ns) - atomic_load(&crowd->begun_ns);

    atomic_store(&the_staging->shared->cost_ps[1][round],
                 cost_each_ps(ns, crowd->times * crowd->threads));
}

static void measure_together(struct crowd *crowd)
{
    uv_thread_t *thread = must_alloc(crowd->threads, sizeof *thread);

    pthread_barrier_init(&crowd->gate, NULL, crowd->threads + 1);
    for (unsigned i = 0; i < crowd->threads; i++)
        must(uv_thread_create(&thread[i], take_rounds, crowd), "uv_thread_create");
    for (int round = 0; round < COST_ROUNDS; round++) {
        atomic_store(&crowd->begun_ns, INT64_MAX);
        atomic_store(&crowd->ended_ns, 0);
        pthread_barrier_wait(&crowd->gate);
        pthread_barrier_wait(&crowd->gate);
        note_round(crowd, round);
    }
    for (unsigned i = 0; i < crowd->threads; i++)
        uv_thread_join(&thread[i]);
    pthread_barrier_destroy(&crowd->gate);
    free(thread);
}

/* Flows ----------------------------------------------------------------------- */

/** It does nothing, and is on every system. */
static void programs(uint64_t times)
{
    char name[] = "true", *argv[] = {name, NULL};
    pid_t pid;

    while (times-- > 0) {
        must_pthread(posix_spawnp(&pid, name, NULL, NULL, argv, environ),
                     "posix_spawnp");
        must_posix(waitpid(pid, NULL, 0), "waitpid");
    }
}

static void forks(uint64_t times)
{
    while (times-- > 0) {
        pid_t pid = fork();

        must_posix(pid, "fork");
        if (pid == 0)
            _exit(EXIT_SUCCESS);
        must_posix(waitpid(pid, NULL, 0), "waitpid");
    }
}

static void do_nothing(void *unused)
{
    (void)unused;
}

static void threads(uint64_t times)
{
    uv_thread_t thread;

    while (times-- > 0) {
        must(uv_thread_create(&thread, do_nothing, NULL), "uv_thread_create");
        must(uv_thread_join(&thread), "uv_thread_join");
    }
}

void (*const cost_flows[FLOW_KINDS])(uint64_t times) = {programs, forks, threads};

void cost_measure_alone(const struct tasks *tasks)
{
    (void)tasks;
    must(cores_stay(), "sched_setaffinity"); /* waking another core up is luck */
    measure_alone(atomic_load(&the_staging->shared->operations));
}

void cost_measure(const struct tasks *tasks)
{
    struct crowd crowd = {.operations = atomic_load(&the_staging->shared->operations)};
    uint64_t times;

    instruments_quiet = instruments_measuring = true;
    crowd.threads = tasks->count < MOST_THREADS ? (unsigned)tasks->count : MOST_THREADS;
    times = measure_alone(crowd.operations);
    crowd.times = times / crowd.threads + 1;
    if (crowd.threads > 1)
        measure_together(&crowd);
}
