// SPDX-License-Identifier: MIT
// How long programs take to start and end: posix_spawn to waitpid, taken in turns.
//
//     floor_starts ROUNDS PROGRAM [ARG...] [-- PROGRAM [ARG...]]...
//
// Prints, for each program, the median of its times in ns.  Their output goes to
// /dev/null.

#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

enum { PROGRAMS_MAX = 8 };

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "floor_starts: %s\n", what);
    exit(1);
}

static int64_t start_and_end(char **argv, const posix_spawn_file_actions_t *actions)
{
    pid_t pid;
    int status;
    int64_t begin = now_ns();
    if (posix_spawn(&pid, argv[0], actions, NULL, argv, environ) != 0)
        fail(argv[0]);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        fail("a program did not end with status 0");
    return now_ns() - begin;
}

static int by_value(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        fail("ROUNDS PROGRAM [ARG...] [-- PROGRAM [ARG...]]...");
    size_t rounds = strtoul(argv[1], NULL, 10);
    char **programs[PROGRAMS_MAX] = {&argv[2]};
    size_t count = 1;
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0 && count < PROGRAMS_MAX) {
            argv[i] = NULL;
            programs[count++] = &argv[i + 1];
        }
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);

    int64_t *times = calloc(rounds * count, sizeof *times);
    if (!times || rounds == 0)
        fail("ROUNDS must be 1 or more");
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < count; i++)
            times[i * rounds + round] = start_and_end(programs[i], &actions);
    }
    for (size_t i = 0; i < count; i++) {
        qsort(&times[i * rounds], rounds, sizeof *times, by_value);
        printf("%lld\n", (long long)times[i * rounds + rounds / 2]);
    }
    free(times);
    posix_spawn_file_actions_destroy(&actions);
    return 0;
}
