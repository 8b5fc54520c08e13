// SPDX-License-Identifier: MIT
/**
 * The variant `python` of demos/gil.c: the tasks in threads of a program in Python,
 * demos/gil_python.py, which tells when each of them had the interpreter's lock.
 */

#include "gil_python.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

/** demos/gil_python.py, as it is in the source. */
extern const char gil_python_script[];

/** Stands for the interpreter's lock. */
static const char python_lock;

/** Nothing of the user's own is loaded, and all text is UTF-8. */
static const char *const command[] = {"python3", "-I", "-S", "-X", "utf8", "-c"};

#define COMMAND_WORDS (sizeof command / sizeof *command)

/** Why nothing is known of a program that ended well, or was not started. */
static const char *what_failed(int error)
{
    if (error == UV_EOF)
        return "python3 ended without telling what it measured";
    if (error == UV_EPROTO)
        return "python3 printed something else than what it was to tell";
    return "python3, looked for on PATH";
}

/** PROGRAM, SCRIPT, wait|cpu, and of each task NAME and NANOSECONDS. */
void gil_in_python(const struct tasks *tasks)
{
    char **argv = must_alloc(COMMAND_WORDS + 2 * tasks->count + 3, sizeof *argv);
    char(*ttls)[24] = must_alloc(tasks->count, sizeof *ttls);
    char **next = argv;
    int status;

    for (size_t i = 0; i < COMMAND_WORDS; i++)
        *next++ = (char *)(uintptr_t)command[i];
    *next++ = (char *)(uintptr_t)gil_python_script;
    *next++ = (char *)(uintptr_t)(tasks_compute() ? "cpu" : "wait");
    for (size_t i = 0; i < tasks->count; i++) {
        snprintf(ttls[i], sizeof ttls[i], "%" PRId64, tasks->at[i].ttl_ns);
        *next++ = (char *)(uintptr_t)tasks->at[i].name;
        *next++ = ttls[i];
    }
    status = run_told(&python_lock, argv);
    must(status < 0 ? status : 0, what_failed(status));
    if (WIFSIGNALED(status)) {
        dprintf(STDERR_FILENO, "python3 was killed by signal %d (%s)\n",
                WTERMSIG(status), strsignal(WTERMSIG(status)));
        exit(128 + WTERMSIG(status)); /* as shells do */
    }
    if (status != 0) /* it has said why */
        exit(WEXITSTATUS(status));
    free(ttls);
    free(argv);
}
