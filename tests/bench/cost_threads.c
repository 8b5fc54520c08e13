// SPDX-License-Identifier: MIT
// What libuv and tracing add to starting a flow and waiting for its end: raw and
// traced, in turns, in one process.
//
//     cost_threads thread|fork|spawn ROUNDS COUNT
//
// Each round prints two medians of COUNT each, in ns: raw, traced.

#define CONC_NO_INSTRUMENTS
#include "stage/clock.h"
#include "stage/instruments.h"
#include "stage/spawned.h"

#include <fcntl.h>
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

/* A program that does nothing, of a name given on the command line: its output is read
 * to the end, then it is waited for. */
static char true_name[] = "true";
static char *true_argv[] = {true_name, NULL};
static char **programs[] = {true_argv};
static struct task the_task = {.name = true_name};
static const struct tasks tasks = {.count = 1, .at = &the_task};
static struct options options = {.programs = programs};
static const struct staging staging = {.options = &options, .tasks = &tasks};

static int raw_spawnp(pid_t *pid, const posix_spawn_file_actions_t *actions)
{
    return posix_spawnp(pid, true_name, actions, NULL, true_argv, environ);
}

static int traced_spawnp(pid_t *pid, const posix_spawn_file_actions_t *actions)
{
    return traced_posix_spawnp(CONC_SITE("posix_spawnp", "&pid"), pid, true_name,
                               actions, NULL, true_argv, environ);
}

static int piped(int (*spawn)(pid_t *pid, const posix_spawn_file_actions_t *actions),
                 pid_t *pid, int *output)
{
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    int error = spawn(pid, &actions);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    *output = ends[0];
    return error;
}

static int raw_spawn(void)
{
    char text[64];
    int output;
    pid_t pid;
    if (piped(raw_spawnp, &pid, &output) != 0)
        return 1;
    while (read(output, text, sizeof text) > 0)
        continue;
    close(output);
    return waitpid(pid, NULL, 0) != pid;
}

static int traced_spawn_wait(void)
{
    char text[64];
    int output;
    pid_t pid;
    if (piped(traced_spawnp, &pid, &output) != 0)
        return 1;
    while (traced_read_file(CONC_SITE("read", "output"), output, text, sizeof text) > 0)
        continue;
    close(output);
    return traced_waitpid(CONC_SITE("waitpid", "pid"), pid, NULL, 0) != pid;
}

static const struct flow {
    const char *name;
    int (*raw)(void);
    int (*traced)(void);
} flows[] = {
    {"thread", raw_thread, traced_thread},
    {"fork", raw_fork, traced_fork_wait},
    {"spawn", raw_spawn, traced_spawn_wait},
};

static const struct flow *flow_named(const char *name)
{
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
        if (strcmp(flows[i].name, name) == 0)
            return &flows[i];
    return NULL;
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
    const struct flow *flow = argc == 4 ? flow_named(argv[1]) : NULL;
    if (flow == NULL)
        return 2;
    stay_here();
    spawned_begin(&staging);
    size_t rounds = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10);
    int64_t *raw = calloc(count, sizeof *raw), *traced = calloc(count, sizeof *traced);
    struct trace *trace;
    if (!raw || !traced || trace_create(&trace, TRACE_BYTES) != 0)
        return 1;
    for (size_t round = 0; round < rounds; round++) {
        trace_reset(trace);
        instruments_begin(trace, trace_add_lane(trace, LANE_PROCESS, LANE_NONE));
        for (size_t i = 0; i < count; i++) {
            raw[i] = timed(flow->raw);
            traced[i] = timed(flow->traced);
        }
        printf("%lld %lld\n", (long long)median(raw, count),
               (long long)median(traced, count));
    }
    free(raw);
    free(traced);
    return trace_dropped(trace) != 0;
}
