// SPDX-License-Identifier: MIT

#include "stage/cores.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/** Room for machines that cpu_set_t, with its 1,024, is too small for. */
#define MOST_CORES 8192

union core_set {
    cpu_set_t set;
    unsigned char bytes[MOST_CORES / 8];
};

static int read_allowed(union core_set *cores)
{
    memset(cores, 0, sizeof *cores);
    return sched_getaffinity(0, sizeof *cores, &cores->set) == 0 ? 0 : -errno;
}

unsigned cores_allowed(void)
{
    double quota = cores_quota("");
    union core_set cores;
    unsigned count;

    if (read_allowed(&cores) != 0)
        return 1;
    count = (unsigned)CPU_COUNT_S(sizeof cores, &cores.set);
    if (quota > 0 && quota < count)
        count = (unsigned)quota + ((unsigned)quota < quota ? 1 : 0);
    return count > 0 ? count : 1;
}

/** The first `count` numbers in a file.  @return false when they are not there. */
static bool read_numbers(const char *folder, const char *name, long long *numbers,
                         int count)
{
    char path[4200];
    FILE *file;
    int got;

    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return false;
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    got = fscanf(file, count == 1 ? "%lld" : "%lld %lld", &numbers[0], &numbers[1]);
    fclose(file);
    return got == count;
}

/** A quota and its period, in µs, of one cgroup: "max" and -1 are none. */
static void lower_by_folder(const char *folder, double *quota)
{
    long long us[2] = {-1, -1}, period[2] = {-1, -1};

    if (!read_numbers(folder, "cpu.max", us, 2) &&
        read_numbers(folder, "cpu.cfs_quota_us", us, 1) &&
        read_numbers(folder, "cpu.cfs_period_us", period, 1))
        us[1] = period[0];
    if (us[0] <= 0 || us[1] <= 0)
        return;
    if (!(*quota > 0) || (double)us[0] / (double)us[1] < *quota)
        *quota = (double)us[0] / (double)us[1];
}

/**
 * From a cgroup up to the top of its hierarchy.  In a container the path may be the
 * one outside of it, of which only the top can be seen.
 */
static void lower_up_to(const char *top, const char *cgroup, double *quota)
{
    char folder[4096];
    size_t top_length = strlen(top);

    if (snprintf(folder, sizeof folder, "%s%s", top, cgroup) >= (int)sizeof folder)
        return;
    for (;;) {
        lower_by_folder(folder, quota);
        if (strlen(folder) <= top_length)
            return;
        *strrchr(folder, '/') = '\0';
    }
}

/** Whether a name is one of those in a list with commas. */
static bool is_in_list(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (;; list++) {
        size_t end = strcspn(list, ",");

        if (end == length && memcmp(list, name, length) == 0)
            return true;
        list += end;
        if (*list == '\0')
            return false;
    }
}

/** "NUMBER:CONTROLLERS:PATH", with no controllers for the second version. */
static void lower_by_line(const char *root, char *line, double *quota)
{
    char *controllers = strchr(line, ':'), *path, top[256];

    line[strcspn(line, "\n")] = '\0';
    path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
    if (path == NULL || path[1] != '/')
        return;
    *controllers++ = *path++ = '\0';
    if (*controllers != '\0' && !is_in_list(controllers, "cpu"))
        return;
    snprintf(top, sizeof top, "%s/sys/fs/cgroup%s%s", root,
             *controllers != '\0' ? "/" : "", controllers);
    lower_up_to(top, path, quota);
    if (*controllers != '\0' && strcmp(controllers, "cpu") != 0) {
        snprintf(top, sizeof top, "%s/sys/fs/cgroup/cpu", root);
        lower_up_to(top, path, quota);
    }
}

double cores_quota(const char *root)
{
    char path[256], line[4096];
    double quota = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    file = fopen(path, "re");
    if (file == NULL)
        return 0;
    while (fgets(line, sizeof line, file) != NULL)
        lower_by_line(root, line, &quota);
    fclose(file);
    return quota;
}

/** Use only so many of the cores in the mask, leaving out the first ones. */
static int restrict_to(unsigned left_out, unsigned count)
{
    union core_set cores;
    int error = read_allowed(&cores);
    unsigned number = 0;

    if (error != 0)
        return error;
    if (left_out == 0 && count >= (unsigned)CPU_COUNT_S(sizeof cores, &cores.set))
        return 0;
    for (size_t core = 0; core < MOST_CORES; core++) {
        if (!CPU_ISSET_S(core, sizeof cores, &cores.set))
            continue;
        if (number < left_out || number - left_out >= count)
            CPU_CLR_S(core, sizeof cores, &cores.set);
        number++;
    }
    return sched_setaffinity(0, sizeof cores, &cores.set) == 0 ? 0 : -errno;
}

int cores_stay(void)
{
    union core_set cores;
    int here = sched_getcpu();

    if (here < 0 || here >= MOST_CORES)
        return here < 0 ? -errno : -EINVAL;
    memset(&cores, 0, sizeof cores);
    CPU_SET_S((size_t)here, sizeof cores, &cores.set);
    return sched_setaffinity(0, sizeof cores, &cores.set) == 0 ? 0 : -errno;
}

int cores_restrict(unsigned count)
{
    return restrict_to(0, count);
}

int cores_pin(unsigned number)
{
    return restrict_to(number, 1);
}
