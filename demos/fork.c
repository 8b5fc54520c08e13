// SPDX-License-Identifier: MIT
/**
 * What does a process get a copy of?
 *
 * fork() makes a second process that goes on at the same place with the same memory:
 * the same, and not shared.  What either of them writes from then on, the other does
 * not see, though it stands at the same address.  Only fork()'s return value tells them
 * apart.  A child that has ended is a zombie until its parent waits for it.
 *
 *     conc fork --ttl 1 2
 *     conc fork --ttl 2 1 --with no-wait
 *
 * `unflushed` is UNSAFE: what waits in stdio's buffer is copied too.  `no_wait` is
 * UNSAFE: it leaves zombies and orphans.  Read next: demos/threads.c, where all memory
 * is shared.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "demo.h"

/** When the parent of `no_wait` has had enough, in parts of the longest ttl. */
#define ENOUGH 0.75

/** How many tasks are done, as far as this process knows. */
static int done;

/** The job: all variants call it, so what differs is only whose `done` it is. */
static void job(const struct task *task)
{
    work(task);
    done++;
}

/** One after the other, by plain calls: one process, one `done`. */
static void sequential(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        job(&tasks->at[i]);
    note("parent_value", done);
}

/** What a child does in all variants, and what it can see of itself. */
static void child(const struct task *task)
{
    pthread_setname_np(pthread_self(), task->thread_name);
    note("address", (int64_t)(intptr_t)&done);
    note("ppid", getppid());
    job(task);
    note("child_value", done);
    note("ppid_after", getppid());
}

static pid_t *begin_parent(const struct tasks *tasks)
{
    pthread_setname_np(pthread_self(), "darthvader");
    note("address", (int64_t)(intptr_t)&done);
    note("ppid", getppid());
    return must_alloc(tasks->count, sizeof(pid_t));
}

/** Take leave of a child.  Its status is what it gave to exit(), or a signal's. */
static void wait_for(const struct task *task, pid_t pid)
{
    int status = 0;

    /* Returns when it has ended, and leaves it to be waited for: it is a zombie now. */
    must_posix(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT), "waitid");
    process_state(pid);
    must_posix(waitpid(pid, &status, 0), "waitpid");
    if (WIFEXITED(status))
        dprintf(STDOUT_FILENO, "darthvader: %s ended with status %d\n", task->name,
                WEXITSTATUS(status));
    else
        dprintf(STDOUT_FILENO, "darthvader: %s was killed by signal %d\n", task->name,
                WTERMSIG(status));
}

/**
 * A child for each task, then a wait for each.  dprintf() writes at once: nothing is in
 * a buffer when the next fork() comes.  Of an exit status 8 bits get through.
 */
static void forked(const struct tasks *tasks)
{
    pid_t *pid = begin_parent(tasks);

    for (size_t i = 0; i < tasks->count; i++) {
        pid[i] = fork();
        must_posix(pid[i], "fork");
        if (pid[i] == 0) {
            dprintf(STDOUT_FILENO, "fork() returned 0: I am %s, %d, child of %d\n",
                    tasks->at[i].name, getpid(), getppid());
            child(&tasks->at[i]);
            _exit((int)i + 1);
        }
        dprintf(STDOUT_FILENO, "fork() returned %d: I am darthvader, %d\n", pid[i],
                getpid());
    }
    for (size_t i = 0; i < tasks->count; i++)
        wait_for(&tasks->at[i], pid[i]);
    note("parent_value", done);
    free(pid);
}

/**
 * UNSAFE: text is in stdio's buffer at the fork, and a buffer is memory.
 *
 *     darthvader                          luke
 *     printf(): into the buffer
 *     fork() ---------------------------> has the buffer too, with the text
 *     waitpid()                           exit(): writes what is in it
 *     returns from main, which is
 *     exit(): writes it once more
 *
 * It hides on a terminal, where stdio writes at each newline; here stdout is a pipe.
 * Either one mends it: fflush(stdout) before fork(), or _exit(), which writes nothing.
 */
static void unflushed(const struct tasks *tasks)
{
    pid_t *pid = begin_parent(tasks);

    printf("darthvader prints this once\n");
    note("waiting_bytes", (int64_t)__fpending(stdout));
    for (size_t i = 0; i < tasks->count; i++) {
        pid[i] = fork();
        must_posix(pid[i], "fork");
        if (pid[i] == 0) {
            child(&tasks->at[i]);
            exit((int)i + 1);
        }
    }
    for (size_t i = 0; i < tasks->count; i++)
        must_posix(waitpid(pid[i], NULL, 0), "waitpid");
    note("parent_value", done);
    free(pid);
}

/** What the parent does meanwhile, and how long: not as long as the longest task. */
static void own_business(const struct tasks *tasks)
{
    int64_t longest_ns = 0;

    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns > longest_ns)
            longest_ns = tasks->at[i].ttl_ns;
    longest_ns = (int64_t)(ENOUGH * (double)longest_ns);
    nanosleep(&(struct timespec){.tv_sec = longest_ns / 1000000000,
                                 .tv_nsec = longest_ns % 1000000000},
              NULL);
}

/**
 * UNSAFE: nobody waits.  A child that ends stays a zombie as long as its parent lives,
 * and a server lives long; one that outlives its parent gets another.
 */
static void no_wait(const struct tasks *tasks)
{
    pid_t *pid = begin_parent(tasks);

    for (size_t i = 0; i < tasks->count; i++) {
        pid[i] = fork();
        must_posix(pid[i], "fork");
        if (pid[i] == 0) {
            child(&tasks->at[i]);
            _exit((int)i + 1);
        }
    }
    own_business(tasks);
    for (size_t i = 0; i < tasks->count; i++)
        process_state(pid[i]);
    note("parent_value", done);
    free(pid);
}

static const struct variant variants[] = {
    {
        .name = "sequential",
        .about = "call each task's function, one after the other",
        .run = sequential,
        .shape = SHAPE_SERIAL,
    },
    {
        .name = "fork",
        .about = "fork a child for each task, then wait for them all",
        .run = forked,
        .shape = SHAPE_CONCURRENT,
    },
    {
        .name = "unflushed",
        .about = "UNSAFE: text in stdio's buffer is copied, and comes out again",
        .run = unflushed,
        .shape = SHAPE_CONCURRENT,
        .extra = true,
    },
    {
        .name = "no-wait",
        .about = "UNSAFE: nobody waits for the children: zombies and orphans",
        .run = no_wait,
        .shape = SHAPE_CONCURRENT,
        .extra = true,
        .leaves_processes = true,
        .other_work = true,
        .returns_at = ENOUGH,
    },
    {0},
};

const struct demo fork_demo = {.name = "fork", .variants = variants};
