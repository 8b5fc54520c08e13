// SPDX-License-Identifier: MIT
/** What the system tells a lesson of processes, by proc(5): memory and threads. */

#include "demo.h"
#include "stage/proc.h"
#include "stage/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** What stands behind a key, in kB, in such a file; 0: nothing does. */
static int64_t bytes_behind(const char *key, const char *path)
{
    char text[4096];
    const char *at;

    proc_read(path, text, sizeof text);
    at = strstr(text, key);
    return at != NULL ? strtoll(at + strlen(key), NULL, 10) * 1024 : 0;
}

/** Memory of the process's own, without what it shares with others, such as the trace.
 */
int64_t memory_bytes(void)
{
    return bytes_behind("\nRssAnon:", "/proc/self/status");
}

/** What was copied on a write is among it, what a forked process only reads is not. */
int64_t memory_bytes_of(pid_t pid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    return bytes_behind("\nPrivate_Dirty:", path);
}

/** So many are named. */
#define THREADS_PRINTED 100

static void print_thread(const char *id)
{
    char path[64], name[32] = "";
    FILE *comm;

    snprintf(path, sizeof path, "/proc/self/task/%.20s/comm", id);
    comm = fopen(path, "re");
    if (comm == NULL)
        return; /* it has ended meanwhile */
    if (fgets(name, sizeof name, comm) != NULL)
        printf("  %s  %s", id, name);
    fclose(comm);
}

/** The next thread that goes on, as its id; NULL: there are no more. */
static const char *next_thread(DIR *tasks)
{
    struct dirent *entry;

    while ((entry = readdir(tasks)) != NULL)
        if (entry->d_name[0] != '.' && !process_thread_ends(getpid(), entry->d_name))
            return entry->d_name;
    return NULL;
}

static unsigned count_threads(DIR *tasks)
{
    unsigned count = 0;

    while (next_thread(tasks) != NULL)
        count++;
    rewinddir(tasks);
    return count;
}

void print_threads(const char *when)
{
    DIR *tasks = opendir("/proc/self/task");
    unsigned count = tasks != NULL ? count_threads(tasks) : 0, printed = 0;
    const char *id;

    printf("%u thread%s %s:\n", count, count == 1 ? "" : "s", when);
    while (printed < THREADS_PRINTED && tasks != NULL &&
           (id = next_thread(tasks)) != NULL) {
        print_thread(id);
        printed++;
    }
    fflush(stdout);
    if (tasks != NULL)
        closedir(tasks);
}
