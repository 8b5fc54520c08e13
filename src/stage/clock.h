// SPDX-License-Identifier: MIT
/** Reading the clocks.  Any thread, any process. */

#ifndef CONC_STAGE_CLOCK_H
#define CONC_STAGE_CLOCK_H

#include <stdint.h>
#include <sys/resource.h>
#include <time.h>

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

/** The time of any of clock_gettime(2)'s clocks, in ns.  Those used here cannot fail.
 */
static inline int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/** Wall time: monotonic, shared by all processes, not set by anybody. */
static inline int64_t wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/** CPU time, in user mode and in the kernel, of whom getrusage(2) or wait4(2) told. */
static inline int64_t rusage_cpu_ns(const struct rusage *usage)
{
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * NS_PER_S +
           (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * NS_PER_US;
}

static inline struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}

#endif
