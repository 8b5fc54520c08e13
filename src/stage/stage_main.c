// SPDX-License-Identifier: MIT
/** What a stage does: make the process as a fresh program's would be, run the variant.
 */

#include "stage/keeper.h"

#include "stage/captures.h"
#include "stage/clients.h"
#include "stage/clock.h"
#include "stage/cores.h"
#include "stage/cost.h"
#include "stage/instruments.h"
#include "stage/lesson.h"
#include "stage/measure.h"
#include "stage/spawned.h"
#include "stage/told.h"
#include "stage/work.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void default_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/** Its input is empty: a stage that read from the terminal would be stopped for it. */
static void standard_files(int output)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    must_posix(null, "open of /dev/null");
    must_posix(dup2(null, STDIN_FILENO), "dup2");
    must_posix(dup2(output, STDOUT_FILENO), "dup2");
    must_posix(dup2(output, STDERR_FILENO), "dup2");
}

/** From Linux 5.9 on, and not in every sandbox.  @return whether it was done. */
static bool close_range_at_once(unsigned first, unsigned last)
{
#ifdef SYS_close_range
    return first > last || syscall(SYS_close_range, first, last, 0) == 0;
#else
    return first > last;
#endif
}

static void close_one_by_one(int one, int other)
{
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        int fd = (int)strtol(entry->d_name, NULL, 10);

        if (fd > STDERR_FILENO && fd != one && fd != other && fd != dirfd(folder))
            close(fd);
    }
    if (folder != NULL)
        closedir(folder);
}

/**
 * What a lesson does to wild descriptors is not to reach the watcher's files.  Two are
 * kept; those that are not there are negative.
 */
static void close_all_but(int one, int other)
{
    int lower = one < other ? one : other, higher = one < other ? other : one;

    lower = lower > STDERR_FILENO ? lower : STDERR_FILENO;
    higher = higher > STDERR_FILENO ? higher : STDERR_FILENO;
    if (!close_range_at_once(STDERR_FILENO + 1, (unsigned)lower - 1) ||
        !close_range_at_once((unsigned)lower + 1, (unsigned)higher - 1) ||
        !close_range_at_once((unsigned)higher + 1, ~0U))
        close_one_by_one(one, other);
}

static void nothing(void *unused)
{
    (void)unused;
}

/** A thread made and joined beforehand: the first one costs more than the others. */
static void warm_up(void)
{
    uv_thread_options_t small = {.flags = UV_THREAD_HAS_STACK_SIZE,
                                 .stack_size = (size_t)64 * 1024};
    uv_thread_t thread;

    if (uv_thread_create_ex(&thread, &small, nothing, NULL) == 0)
        uv_thread_join(&thread);
}

/** CPU time of this process, and of its children that it has waited for. */
static int64_t cpu_spent_ns(void)
{
    struct rusage children;
    int64_t ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

    if (getrusage(RUSAGE_CHILDREN, &children) == 0)
        ns += rusage_cpu_ns(&children);
    return ns;
}

void stage_main(const struct staging *staging, const struct keeper_request *request,
                int output)
{
    struct shared *shared = staging->shared;
    int64_t cpu_ns;

    lesson_begin(staging);
    default_signals();
    standard_files(output);
    close_all_but(staging->file, trace_file(staging->trace));
    /* What the watcher had not written yet is not the stage's to write. */
    __fpurge(stdout);
    prctl(PR_SET_NAME, "conc-stage");
    prctl(PR_SET_TIMERSLACK, 1);
    must(cores_restrict(staging->cores), "sched_setaffinity");
    work_begin(staging);
    cost_begin(staging);
    measure_begin(staging);
    spawned_begin(staging);
    captures_begin(staging);
    told_begin(staging);
    clients_open(staging);
    trace_map_warm(staging->trace);
    if (!request->forks)
        warm_up();
    if (atomic_load(&shared->is_load))
        instruments_quiet = true;
    else
        instruments_begin(staging->trace,
                          trace_add_lane(staging->trace, LANE_PROCESS, LANE_NONE));

    cpu_ns = cpu_spent_ns();
    atomic_store(&shared->start_cpu_ns, cpu_ns);
    atomic_store(&shared->start_ns, wall_ns());
    instruments_lane_start();
    request->run(staging->tasks);
    instruments_lane_end(0);
    atomic_store(&shared->cpu_ns, cpu_spent_ns() - cpu_ns);
    atomic_store(&shared->end_ns, wall_ns());
    exit(EXIT_SUCCESS);
}
