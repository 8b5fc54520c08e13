// SPDX-License-Identifier: MIT
/**
 * The floors under demos/cost.c: calls that flows of execution are made of, bare, by
 * one thread, and compiled without conc's instruments.  Whatever a flow costs beyond
 * its floor, something else took.
 */

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cost.h"

/** Without a call into the kernel, on most machines. */
void clock_readings(uint64_t times)
{
    struct timespec now;

    for (; times > 0; times--)
        clock_gettime(CLOCK_MONOTONIC, &now);
}

/** Into the kernel and back: there is hardly a shorter one. */
void system_calls(uint64_t times)
{
    for (; times > 0; times--)
        syscall(SYS_getppid);
}

void bare_processes(uint64_t times)
{
    for (; times > 0; times--) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(EXIT_SUCCESS);
        must_posix(pid, "fork");
        must_posix(waitpid(pid, NULL, 0), "waitpid");
    }
}

static void *nothing(void *arg)
{
    return arg;
}

void bare_threads(uint64_t times)
{
    pthread_t thread;

    for (; times > 0; times--) {
        must_pthread(pthread_create(&thread, NULL, nothing, NULL), "pthread_create");
        must_pthread(pthread_join(thread, NULL), "pthread_join");
    }
}

/** Written and read by the same thread, which never has to wait. */
void pipe_bytes(uint64_t times)
{
    static int ends[2];
    char byte = 0;

    if (ends[1] == 0)
        must_posix(pipe2(ends, O_CLOEXEC), "pipe2");
    for (; times > 0; times--) {
        must_posix(write(ends[1], &byte, 1), "write");
        must_posix(read(ends[0], &byte, 1), "read");
    }
}

/** The same. */
void semaphore_pairs(uint64_t times)
{
    sem_t sem;

    must_posix(sem_init(&sem, 0, 0), "sem_init");
    for (; times > 0; times--) {
        sem_post(&sem);
        sem_wait(&sem);
    }
    sem_destroy(&sem);
}
