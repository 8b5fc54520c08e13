// SPDX-License-Identifier: MIT

#include "stage/process.h"

#include "array.h"
#include "stage/clock.h"
#include "stage/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/**
 * Call `visit` for each child of this process's main thread, which is the one that
 * forks. /proc/TASK/children is described in proc(5).  @return false without /proc.
 */
static bool for_each_child(void (*visit)(pid_t child, void *data), void *data)
{
    char text[4096];
    long child = 0;
    bool digits = false;
    ssize_t got;
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    while ((got = read(fd, text, sizeof text)) > 0)
        for (ssize_t i = 0; i < got; i++)
            if (text[i] >= '0' && text[i] <= '9') {
                child = child * 10 + (text[i] - '0');
                digits = true;
            } else if (digits) {
                visit((pid_t)child, data);
                child = 0;
                digits = false;
            }
    close(fd);
    return true;
}

struct listing {
    struct spared *children;
    size_t room;
    bool failed;
};

static void remember(pid_t child, void *data)
{
    struct listing *listing = data;
    struct spared *children = listing->children;
    pid_t *pids =
        array_grow(children->pids, children->count, &listing->room, sizeof *pids);

    if (pids == NULL) {
        listing->failed = true;
        return;
    }
    children->pids = pids;
    pids[children->count++] = child;
}

int process_children(struct spared *children)
{
    struct listing listing = {.children = children};

    *children = (struct spared){NULL, 0};
    for_each_child(remember, &listing);
    if (!listing.failed)
        return 0;
    process_forget(children);
    return -ENOMEM;
}

void process_forget(struct spared *children)
{
    free(children->pids);
    *children = (struct spared){NULL, 0};
}

/** A group that is looked for among the children. */
struct group {
    pid_t pgid;
    bool found;
};

static void look_for_group(pid_t child, void *data)
{
    struct group *group = data;

    group->found = group->found || getpgid(child) == group->pgid;
}

static bool is_unreaped_child(pid_t pid)
{
    siginfo_t info;

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool process_signal_group(pid_t pgid, int number)
{
    struct group group = {.pgid = pgid};

    if (pgid <= 0)
        return false;
    if (!is_unreaped_child(pgid)) {
        for_each_child(look_for_group, &group);
        if (!group.found)
            return false;
    }
    return kill(-pgid, number) == 0;
}

static bool is_spared(const struct spared *spared, pid_t pid)
{
    for (size_t i = 0; i < spared->count; i++)
        if (spared->pids[i] == pid)
            return true;
    return false;
}

/** One round over the children: kill those that live, reap those that are dead. */
struct round {
    const struct spared *spared;
    size_t found;
};

static void end_child(pid_t child, void *data)
{
    struct round *round = data;

    if (is_spared(round->spared, child))
        return;
    round->found++;
    kill(child, SIGKILL);
    waitpid(child, NULL, WNOHANG);
}

/** A process that a dead disk holds, or that is another user's now, cannot be killed.
 */
#define PATIENCE_NS (5 * NS_PER_S)

void process_end_all(pid_t pgid, const struct spared *spared)
{
    const struct timespec pause = timespec_of(200 * NS_PER_US);
    const int64_t give_up_ns = wall_ns() + PATIENCE_NS;
    struct round round = {.spared = spared, .found = 1};

    /* A killed process needs a moment to become a zombie, and to hand on its children.
     */
    while (round.found > 0 && wall_ns() < give_up_ns) {
        process_signal_group(pgid, SIGKILL);
        round.found = 0;
        if (!for_each_child(end_child, &round)) {
            while (waitpid(-1, NULL, WNOHANG) > 0)
                continue;
            return;
        }
        if (round.found > 0)
            nanosleep(&pause, NULL);
    }
}

/** A line of /proc/PID/stat, as much of it as is wanted here. */
struct stat_line {
    char text[512];
};

/**
 * proc(5): "PID (NAME) STATE ...", and the name may hold anything.
 * @return the line from STATE on; NULL: there is no such process or thread, or no
 * /proc.
 */
static const char *read_stat(const char *path, struct stat_line *line)
{
    const char *end;

    proc_read(path, line->text, sizeof line->text);
    end = strrchr(line->text, ')');
    return end != NULL && end[1] == ' ' && end[2] != '\0' ? end + 2 : NULL;
}

static const char *read_stat_of(pid_t pid, struct stat_line *line)
{
    char path[32];

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    return read_stat(path, line);
}

char process_state(pid_t pid)
{
    struct stat_line line;
    const char *state = read_stat_of(pid, &line);

    if (state == NULL)
        return '\0';
    return *state;
}

/** From STATE, the third field, to the ninth and the twentieth. */
#define FIELDS_TO_FLAGS   6
#define FIELDS_TO_THREADS 17

/** The number so many fields behind STATE; 0: there is none. */
static unsigned long number_behind(const char *state, int fields)
{
    const char *at = state;

    for (int field = 0; at != NULL && field < fields; field++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtoul(at, NULL, 10) : 0;
}

unsigned process_threads(pid_t pid)
{
    struct stat_line line;

    return (unsigned)number_behind(read_stat_of(pid, &line), FIELDS_TO_THREADS);
}

static const char *read_stat_of_thread(pid_t pid, const char *thread,
                                       struct stat_line *line)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/task/%.20s/stat", (int)pid, thread);
    return read_stat(path, line);
}

/** Of the kernel's flags (include/linux/sched.h). */
#define PF_EXITING 0x4

bool process_thread_ends(pid_t pid, const char *thread)
{
    struct stat_line line;
    const char *state = read_stat_of_thread(pid, thread, &line);

    return state == NULL || (number_behind(state, FIELDS_TO_FLAGS) & PF_EXITING) != 0;
}

static bool is_thread_asleep(pid_t pid, const char *thread)
{
    struct stat_line line;
    const char *state = read_stat_of_thread(pid, thread, &line);

    return state != NULL && *state == 'S';
}

bool process_is_asleep(pid_t pid)
{
    char path[64];
    const struct dirent *entry;
    bool is_asleep = true;
    DIR *threads;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    threads = opendir(path);
    if (threads == NULL)
        return false;
    while (is_asleep && (entry = readdir(threads)) != NULL)
        if (entry->d_name[0] != '.')
            is_asleep = is_thread_asleep(pid, entry->d_name);
    closedir(threads);
    return is_asleep;
}
