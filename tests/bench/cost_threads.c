// SPDX-License-Identifier: MIT
// What libuv and tracing add to starting a flow and waiting for its end: raw and
// traced, in turns, in one process.
//
//     cost_threads thread|fork ROUNDS COUNT
//
// Each round prints two medians of COUNT each, in ns: raw, traced.

#define CONC_NO_INSTRUMENTS
#include "stage/clock.h"
#include "stage/instruments.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRACE_BYTES = 256 << 20 };

static void *nothing(void *arg)
{
    return arg;
}

static void nothing_uv(void *arg)
{
    (void)arg;
}

static int raw_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL);
}

static int traced_thread(void)
{
    uv_thread_t thread;
    const struct site *create = CONC_SITE("uv_thread_create", "&thread");
    return traced_uv_thread_create(create, &thread, nothing_uv, NULL) ||
           traced_uv_thread_join(CONC_SITE("uv_thread_join", "&thread"), &thread);
}

static int raw_fork(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child < 0 || waitpid(child, NULL, 0) != child;
}

static int traced_fork_wait(void)
{
    pid_t child = traced_fork(CONC_SITE("fork", ""));
    if (child == 0)
        traced__exit(CONC_SITE("_exit", "0"), 0);
    return child < 0 ||
           traced_waitpid(CONC_SITE("waitpid", "child"), child, NULL, 0) != child;
}

static int by_value(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static int64_t median(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

static int64_t timed(int (*flow)(void))
{
    int64_t begin = wall_ns();
    if (flow() != 0) {
        fprintf(stderr, "cost_threads: the system gave no more\n");
        exit(1);
    }
    return wall_ns() - begin;
}

/**
 * On one core: where a new flow starts on another, waking that core up takes two thirds
 * of the time, and whether it does is chance, a different one for each of the two.
 */
static void stay_here(void)
{
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET((size_t)sched_getcpu(), &here);
    sched_setaffinity(0, sizeof here, &here);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    stay_here();
    bool forks = strcmp(argv[1], "fork") == 0;
    size_t rounds = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10);
    int64_t *raw = calloc(count, sizeof *raw), *traced = calloc(count, sizeof *traced);
    struct trace *trace;
    if (!raw || !traced || trace_create(&trace, TRACE_BYTES) != 0)
        return 1;
    for (size_t round = 0; round < rounds; round++) {
        trace_reset(trace);
        instruments_begin(trace, trace_add_lane(trace, LANE_PROCESS, LANE_NONE));
        for (size_t i = 0; i < count; i++) {
            raw[i] = timed(forks ? raw_fork : raw_thread);
            traced[i] = timed(forks ? traced_fork_wait : traced_thread);
        }
        printf("%lld %lld\n", (long long)median(raw, count),
               (long long)median(traced, count));
    }
    free(raw);
    free(traced);
    return trace_dropped(trace) != 0;
}
