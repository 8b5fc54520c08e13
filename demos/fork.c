// SPDX-License-Identifier: MIT
/**
 * What does a process get a copy of?
 *
 * fork() makes a second process, which goes on at the same place with a copy of all
 * memory: what either of them writes from then on, the other does not see, though it
 * stands at the same address.  fork() returns twice, with the child's pid in the parent
 * and with 0 in the child.  Descriptors are copied too, but an open file and its offset
 * are shared, as is memory mapped with MAP_SHARED.  Of the threads only the one that
 * called fork() is in the child.
 *
 * Look at `done` in the end: in `sequential` it is the number of tasks, in `fork` it is
 * 1 in each child and 0 in the parent.  And at the lanes that end as a zombie: a child
 * that has ended stays one until its parent has waited for it.
 *
 *     conc fork --ttl 1 2
 *     conc fork --ttl 1 2 --only unflushed,no-wait
 *
 * The parent is called darthvader, the children after their tasks.  `unflushed` is
 * UNSAFE: what waits in stdio's buffer is copied too.  `no-wait` is UNSAFE: it leaves
 * zombies and orphans.  Read next: demos/threads.c, where all memory is shared.
 */

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo.h"

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
    note("address", (int64_t)(intptr_t)&done);
    for (size_t i = 0; i < tasks->count; i++)
        job(&tasks->at[i]);
    note("parent_value", done);
}

/** The parent, and room for the pids of its children. */
static pid_t *parent(const struct tasks *tasks)
{
    pthread_setname_np(pthread_self(), "darthvader");
    note("address", (int64_t)(intptr_t)&done);
    note("ppid", getppid());
    return must_alloc(tasks->count, sizeof(pid_t));
}

/** What a child does, and sees of itself. */
static void child(const struct task *task)
{
    pthread_setname_np(pthread_self(), task->thread_name);
    note("address", (int64_t)(intptr_t)&done);
    note("ppid", getppid());
    job(task);
    note("child_value", done);
    note("ppid_after", getppid());
}

/** By what fork() returned, each knows who it is.  dprintf() writes at once: nothing of
 * it is in a buffer when the next fork() comes. */
static void say_who(pid_t returned, const struct task *task)
{
    dprintf(STDOUT_FILENO, "fork() returned %d: I am %s, pid %d, child of %d\n",
            returned, returned == 0 ? task->name : "darthvader", getpid(), getppid());
}

/** Reap a child: take what it gave to exit(), of which 8 bits get through, or the
 * signal that killed it.  Then nothing of it is left. */
static void wait_for(pid_t pid, const struct task *task)
{
    siginfo_t info;
    int status;

    /* Only to show the zombie: this waits for the end, and does not reap.  A program of
     * your own needs waitpid() alone. */
    must_posix(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), "waitid");
    mark_state(pid);
    must_posix(waitpid(pid, &status, 0), "waitpid");
    if (WIFEXITED(status))
        dprintf(STDOUT_FILENO, "darthvader: %s ended with status %d\n", task->name,
                WEXITSTATUS(status));
    else
        dprintf(STDOUT_FILENO, "darthvader: %s was killed by signal %d\n", task->name,
                WTERMSIG(status));
}

/** A child for each task, then a wait for each. */
static void forked(const struct tasks *tasks)
{
    pid_t *pid = parent(tasks);

    for (size_t i = 0; i < tasks->count; i++) {
        pid[i] = fork();
        must_posix(pid[i], "fork");
        say_who(pid[i], &tasks->at[i]);
        if (pid[i] == 0) {
            child(&tasks->at[i]);
            _exit((int)i + 1);
        }
    }
    for (size_t i = 0; i < tasks->count; i++)
        wait_for(pid[i], &tasks->at[i]);
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
 *     ends by exit(): writes it again
 *
 * It hides on a terminal, where stdio writes at each newline; here stdout is a pipe.
 * fflush(stdout) before fork() mends it.  So does _exit() in the child, which also
 * drops what the child itself has printed.  (exit() in a child calls the atexit()
 * handlers that the parent had set up, too.)
 */
static void unflushed(const struct tasks *tasks)
{
    pid_t *pid = parent(tasks);

    printf("darthvader prints this once\n");
    note("waiting_bytes", (int64_t)__fpending(stdout)); /* not in POSIX */
    for (size_t i = 0; i < tasks->count; i++) {
        pid[i] = fork();
        must_posix(pid[i], "fork");
        say_who(pid[i], &tasks->at[i]);
        if (pid[i] == 0) {
            child(&tasks->at[i]);
            exit((int)i + 1);
        }
    }
    for (size_t i = 0; i < tasks->count; i++)
        wait_for(pid[i], &tasks->at[i]);
    note("parent_value", done);
    free(pid);
}

/**
 * UNSAFE: nobody waits.  A child that ends is a zombie as long as its parent lives, and
 * a server lives long (unless it has set SIGCHLD to SIG_IGN: then the system reaps).
 * One that outlives its parent is an orphan: it is reparented to init, or to a
 * subreaper such as conc has, which reaps it and all zombies that were left.
 */
static void no_wait(const struct tasks *tasks)
{
    pid_t *pid = parent(tasks);

    for (size_t i = 0; i < tasks->count; i++) {
        pid[i] = fork();
        must_posix(pid[i], "fork");
        say_who(pid[i], &tasks->at[i]);
        if (pid[i] == 0) {
            child(&tasks->at[i]);
            _exit((int)i + 1);
        }
    }
    pause_ns(longest_ttl_ns(tasks) * 3 / 4); /* does something else */
    for (size_t i = 0; i < tasks->count; i++)
        mark_state(pid[i]);
    note("parent_value", done);
    free(pid);
}

static const struct variant variants[] = {
    {"sequential", "call each task's function, one after the other", sequential,
     .shape = SHAPE_SERIAL},
    {"fork", "fork a child for each task, then wait for them all", forked,
     .shape = SHAPE_CONCURRENT, .forks = true},
    {"unflushed", "UNSAFE: text in stdio's buffer is copied, and comes out again",
     unflushed, .shape = SHAPE_CONCURRENT, .forks = true, .extra = true},
    {"no-wait", "UNSAFE: nobody waits for the children: zombies and orphans", no_wait,
     .shape = SHAPE_CONCURRENT, .forks = true, .extra = true, .leaves_processes = true,
     .other_work = true, .returns_at = 3.0 / 4},
    {0},
};

const struct demo fork_demo = {.name = "fork", .variants = variants};
