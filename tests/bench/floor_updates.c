// SPDX-License-Identifier: MIT
// What it costs to add 1 to a number that threads share, without conc: as the loops of
// demos/race.c do, and measured as conc does it.
//
//     floor_updates unsafe|mutex|atomic THREADS
//
// Prints ns an addition, of some rounds: by one thread alone the least, since what else
// the machine does only adds to it; by THREADS at once the median.  One alone is not
// main either: in a process that has never had another thread, the C library's locks
// cost half.

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

enum { ROUNDS = 11, ROUND_NS = 4000000, THREADS_MAX = 64 };

/* In one cache line, as in demos/race.c: in two, the contended mutex costs half. */
static _Alignas(64) struct {
    uv_mutex_t lock;
    _Atomic int64_t count;
} shared;

static void unsafe_updates(uint64_t times)
{
    for (; times > 0; times--) {
        int64_t seen = atomic_load_explicit(&shared.count, memory_order_relaxed);
        atomic_store_explicit(&shared.count, seen + 1, memory_order_relaxed);
    }
}

static void locked_updates(uint64_t times)
{
    for (; times > 0; times--) {
        uv_mutex_lock(&shared.lock);
        unsafe_updates(1);
        uv_mutex_unlock(&shared.lock);
    }
}

static void atomic_updates(uint64_t times)
{
    for (; times > 0; times--)
        atomic_fetch_add_explicit(&shared.count, 1, memory_order_relaxed);
}

static const struct {
    const char *name;
    void (*updates)(uint64_t times);
} kinds[] = {
    {"unsafe", unsafe_updates},
    {"mutex", locked_updates},
    {"atomic", atomic_updates},
};

struct crowd {
    void (*updates)(uint64_t times);
    uint64_t times;
    pthread_barrier_t gate;
    int64_t begun_ns[THREADS_MAX], ended_ns[THREADS_MAX];
};

struct member {
    struct crowd *crowd;
    unsigned number;
    pthread_t thread;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t time_of(void (*updates)(uint64_t times), uint64_t times)
{
    int64_t begin = now_ns();
    updates(times);
    return now_ns() - begin;
}

static void *take_rounds(void *arg)
{
    struct member *me = arg;
    struct crowd *crowd = me->crowd;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&crowd->gate);
        crowd->begun_ns[me->number] = now_ns();
        crowd->updates(crowd->times);
        crowd->ended_ns[me->number] = now_ns();
        pthread_barrier_wait(&crowd->gate);
    }
    return NULL;
}

/** From the first to begin until the last to end. */
static int64_t round_ns(const struct crowd *crowd, unsigned threads)
{
    int64_t begun = INT64_MAX, ended = 0;
    for (unsigned i = 0; i < threads; i++) {
        begun = crowd->begun_ns[i] < begun ? crowd->begun_ns[i] : begun;
        ended = crowd->ended_ns[i] > ended ? crowd->ended_ns[i] : ended;
    }
    return ended - begun;
}

static int by_value(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/** The ns that an addition took. */
static double measure(struct crowd *crowd, uint64_t times, unsigned threads)
{
    struct member members[THREADS_MAX];
    int64_t took[ROUNDS];
    crowd->times = times / threads + 1;
    pthread_barrier_init(&crowd->gate, NULL, threads + 1);
    for (unsigned i = 0; i < threads; i++) {
        members[i].crowd = crowd;
        members[i].number = i;
        if (pthread_create(&members[i].thread, NULL, take_rounds, &members[i]) != 0)
            exit(1);
    }
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&crowd->gate);
        pthread_barrier_wait(&crowd->gate);
        took[round] = round_ns(crowd, threads);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(members[i].thread, NULL);
    pthread_barrier_destroy(&crowd->gate);
    qsort(took, ROUNDS, sizeof *took, by_value);
    return (double)took[threads > 1 ? ROUNDS / 2 : 0] /
           (double)(crowd->times * threads);
}

int main(int argc, char **argv)
{
    static struct crowd crowd;
    uint64_t times = 1;
    unsigned threads = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    for (size_t i = 0; argc == 3 && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(argv[1], kinds[i].name) == 0)
            crowd.updates = kinds[i].updates;
    }
    if (!crowd.updates || threads < 1 || threads > THREADS_MAX)
        return 2;
    uv_mutex_init(&shared.lock);
    while (time_of(crowd.updates, times) < ROUND_NS)
        times *= 2;
    printf("%f ", measure(&crowd, times, 1));
    printf("%f\n", measure(&crowd, times, threads));
    return 0;
}
