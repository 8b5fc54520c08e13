// SPDX-License-Identifier: MIT
/**
 * How does a program run other programs, at the same time?
 *
 * posix_spawn() starts a program as a new process, from its main() on, and returns at
 * once: from then on both run.  Nothing of the caller's memory is in it, as it would be
 * after fork(); what it gets are arguments, an environment, and open files.  What it
 * prints comes through a pipe, if it was given one; how it ended, waitpid() tells.
 *
 * Look at when each program begins: in `sequential` when the one before has ended, in
 * `parallel` at once.  And at what the programs printed, and how they ended.
 *
 *     conc spawn
 *     conc spawn -- sh -c 'echo hello; sleep 0.2; exit 3' -- sleep 0.4
 *
 * A pipe holds 64 KiB.  A program that prints more is blocked until somebody reads; a
 * parent that first waits for its end, and then reads, waits for ever.  So read to the
 * end first, and of several at once.  But what the program leaves running in the
 * background has its output too, and to read to the end is to wait for that as well.
 * Read next: demos/stop.c.
 */

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo.h"

/** A program that was started. */
struct program {
    pid_t pid; /* 0: it could not be started */
    int output;
};

/**
 * Start it, with a pipe in place of its standard output and standard error.  The ends
 * are closed in any program that is started (O_CLOEXEC), but for the copy that dup2()
 * makes: were one left open in another, the end of this output would not be seen.
 */
static void start(const struct task *task, struct program *program)
{
    char **argv = task_program(task);
    posix_spawn_file_actions_t files;
    int ends[2], error;

    must_posix(pipe2(ends, O_CLOEXEC), "pipe2");
    must_pthread(posix_spawn_file_actions_init(&files), "posix_spawn");
    must_pthread(posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO),
                 "posix_spawn");
    must_pthread(posix_spawn_file_actions_adddup2(&files, ends[1], STDERR_FILENO),
                 "posix_spawn");
    error =
        posix_spawnp(&program->pid, program_file(task), &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]); /* the program has it now, and what it starts: nobody else */
    free(argv);
    program->output = ends[0];
    if (error == 0)
        return;
    program->pid = 0;
    not_started(task, error);
}

/** Take what there is, once.  @return false at the end of the output. */
static bool take_output(const struct task *task, const struct program *program)
{
    static char text[64 * 1024];
    ssize_t got = read(program->output, text, sizeof text);

    must_posix(got, "read");
    captured(task, text, (size_t)got);
    return got > 0;
}

/** Reap it: how it ended is a status, or the signal that ended it. */
static void wait_for(const struct task *task, const struct program *program)
{
    int status;

    if (program->pid == 0)
        return;
    must_posix(waitpid(program->pid, &status, 0), "waitpid");
    if (WIFSIGNALED(status))
        dprintf(STDOUT_FILENO, "%s: killed by signal %d (%s)\n", task->name,
                WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        dprintf(STDOUT_FILENO, "%s: ended with status %d\n", task->name,
                WEXITSTATUS(status));
}

/** Start one, and take all of its output, before the next. */
static void sequential(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++) {
        struct program program;

        start(&tasks->at[i], &program);
        while (take_output(&tasks->at[i], &program))
            continue;
        close(program.output);
        wait_for(&tasks->at[i], &program);
    }
}

/** Of several pipes poll() tells which have something to read, or have ended. */
static void take_all_output(const struct tasks *tasks, const struct program *program)
{
    struct pollfd *pipe = must_alloc(tasks->count, sizeof *pipe);
    size_t open = tasks->count;

    for (size_t i = 0; i < tasks->count; i++)
        pipe[i] = (struct pollfd){.fd = program[i].output, .events = POLLIN};
    while (open > 0) {
        must_posix(poll(pipe, tasks->count, -1), "poll");
        for (size_t i = 0; i < tasks->count; i++) {
            if (pipe[i].revents == 0 || take_output(&tasks->at[i], &program[i]))
                continue;
            close(pipe[i].fd);
            pipe[i].fd = -1; /* which poll() leaves out */
            open--;
        }
    }
    free(pipe);
}

/** Start all; then take their output, from whichever has some; then wait for each. */
static void parallel(const struct tasks *tasks)
{
    struct program *program = must_alloc(tasks->count, sizeof *program);

    for (size_t i = 0; i < tasks->count; i++)
        start(&tasks->at[i], &program[i]);
    take_all_output(tasks, program);
    for (size_t i = 0; i < tasks->count; i++)
        wait_for(&tasks->at[i], &program[i]);
    free(program);
}

static const struct variant variants[] = {
    {"sequential", "start a program when the one before has ended", sequential,
     .shape = SHAPE_SERIAL},
    {"parallel", "start all, read what they print, then wait for each", parallel,
     .shape = SHAPE_CONCURRENT},
    {0},
};

const struct demo spawn_demo = {.name = "spawn", .variants = variants};
