// SPDX-License-Identifier: MIT
/** What the system tells a lesson of its own process: memory and threads. */

#include "demo.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/**
 * proc(5): "RssAnon:      1234 kB" is memory of the process's own, without what it
 * shares with others, such as the trace.  One read gives all of the file.
 */
int64_t memory_bytes(void)
{
    char text[4096], *line;
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (file < 0)
        return 0;
    got = read(file, text, sizeof text - 1);
    close(file);
    text[got > 0 ? got : 0] = '\0';
    line = strstr(text, "\nRssAnon:");
    return line != NULL ? strtoll(line + strlen("\nRssAnon:"), NULL, 10) * 1024 : 0;
}

/** proc(5): "Private_Dirty:    116 kB"; what was copied on a write is among it, what a
 * forked process only reads is not. */
int64_t memory_bytes_of(pid_t pid)
{
    char path[64], text[4096], *line;
    ssize_t got;
    int file;

    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    got = read(file, text, sizeof text - 1);
    close(file);
    text[got > 0 ? got : 0] = '\0';
    line = strstr(text, "\nPrivate_Dirty:");
    return line != NULL ? strtoll(line + strlen("\nPrivate_Dirty:"), NULL, 10) * 1024
                        : 0;
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

static unsigned count_threads(DIR *tasks)
{
    struct dirent *entry;
    unsigned count = 0;

    while ((entry = readdir(tasks)) != NULL)
        count += entry->d_name[0] != '.';
    rewinddir(tasks);
    return count;
}

void print_threads(const char *when)
{
    DIR *tasks = opendir("/proc/self/task");
    unsigned count = tasks != NULL ? count_threads(tasks) : 0, printed = 0;
    struct dirent *entry;

    printf("%u thread%s %s:\n", count, count == 1 ? "" : "s", when);
    while (printed < THREADS_PRINTED && tasks != NULL &&
           (entry = readdir(tasks)) != NULL)
        if (entry->d_name[0] != '.') {
            print_thread(entry->d_name);
            printed++;
        }
    fflush(stdout);
    if (tasks != NULL)
        closedir(tasks);
}
