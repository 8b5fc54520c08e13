// SPDX-License-Identifier: MIT
/** What the system tells a lesson of its own process: memory and threads. */

#include "demo.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/** proc(5): "RssAnon:      1234 kB" is memory of the process's own, without what it
 * shares with others, such as the trace. */
int64_t memory_bytes(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[128];
    int64_t kib = 0;

    if (status == NULL)
        return 0;
    while (fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "RssAnon: %" SCNd64, &kib) == 1)
            break;
    fclose(status);
    return kib * 1024;
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
