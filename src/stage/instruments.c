// SPDX-License-Identifier: MIT
/** The instruments' state: which lane a thread writes, and the events themselves. */

#include "stage/instruments_inner.h"

#include "stage/clock.h"
#include "stage/flows.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#endif

/* What a linker defines for a section whose name is an identifier; weak: no site, none.
 */
extern const struct site __start_conc_sites[] __attribute__((weak));
extern const struct site __stop_conc_sites[] __attribute__((weak));

/* The instruments stand outside the lessons, so their state is the process's own. */
static struct trace *the_trace;
static _Thread_local struct trace_writer writer;
static _Thread_local bool has_lane;
static _Thread_local int64_t started_ns;
static _Thread_local int64_t thread_id; /* 0: not known yet */

/** Whether thread_id_by_clock() was right when it was tried. */
static bool clocks_tell_ids;

/** What a task writes with whose callback this thread is in; NULL: in none. */
_Thread_local struct trace_writer *instruments_turn;

_Thread_local bool instruments_quiet;
bool instruments_measuring;

/** What a thread has spent. */
struct spent {
    int64_t cpu_ns, voluntary, involuntary; /**< switches are -1 where not known */
};

/** Before its lane began: the stage's main has lived already, other threads are new. */
static _Thread_local struct spent spent_before;

const struct site *instruments_sites(size_t *count)
{
    /* Two names of the linker's: to C they are different objects. */
    *count = ((uintptr_t)__stop_conc_sites - (uintptr_t)__start_conc_sites) /
             sizeof(struct site);
    return __start_conc_sites;
}

IN_CHILD uint16_t instruments_site_number(const struct site *site)
{
    size_t number;

    if (site == NULL)
        return SITE_NONE;
    number = (size_t)(site - __start_conc_sites);
    return number < SITE_NONE ? (uint16_t)number : SITE_NONE;
}

/**
 * The id of the calling thread, from the name of the clock of its CPU time: the kernel
 * takes such names apart in this way (include/linux/posix-timers_types.h), and the C
 * library makes them of what it knows, where asking the kernel takes 160 ns.  @return
 * 0: not known.
 */
static int64_t thread_id_by_clock(void)
{
    clockid_t clock;

    return pthread_getcpuclockid(pthread_self(), &clock) == 0 ? ~(clock >> 3) : 0;
}

IN_CHILD int64_t instruments_thread_id(void)
{
    if (thread_id == 0 && clocks_tell_ids)
        thread_id = thread_id_by_clock();
    if (thread_id == 0)
        thread_id = (int64_t)syscall(SYS_gettid);
    return thread_id;
}

IN_CHILD void instruments_open_lane(uint32_t lane)
{
    if (the_trace == NULL)
        return;
    trace_open(&writer, the_trace, lane);
    has_lane = true;
}

IN_CHILD void instruments_adopt(const struct trace_writer *other)
{
    writer = *other;
    has_lane = writer.trace != NULL;
    /* That is its thread's id too, from a function that lies near fork(): syscall() is
     * so far away that it costs a new process one page fault more. */
    thread_id = getpid();
}

struct trace *instruments_trace(void)
{
    return the_trace;
}

/** Without a trace the primitives work all the same, on no lane. */
uint32_t instruments_add_lane(enum lane_kind kind, uint32_t parent)
{
    return the_trace == NULL ? LANE_NONE : trace_add_lane(the_trace, kind, parent);
}

/** A thread that nobody announced (libuv's own, say) gets a lane at its first event. */
IN_CHILD struct trace_writer *instruments_writer(void)
{
    if (!has_lane && the_trace != NULL) {
        instruments_open_lane(instruments_add_lane(LANE_THREAD, 0));
        trace_set_started(&writer, instruments_thread_id());
    }
    return &writer;
}

/**
 * The processor that this thread is on, from where the kernel keeps it for the C
 * library: a call into a part of the library that was not used so far costs a new
 * process a page fault, about 2 µs.
 */
IN_CHILD static uint32_t processor(void)
{
#ifdef RSEQ_SIG
    if (__rseq_size > 0) {
        const struct rseq *kept =
            (const struct rseq *)((const char *)__builtin_thread_pointer() +
                                  __rseq_offset);
        uint32_t number = *(const volatile uint32_t *)&kept->cpu_id;

        if ((int32_t)number >= 0)
            return number;
    }
#endif
    return (uint32_t)sched_getcpu();
}

IN_CHILD static void write_on(struct trace_writer *lane, int64_t time_ns,
                              enum event_kind kind, const struct site *site,
                              uint64_t object, uint64_t value)
{
    if (lane->trace == NULL)
        return;
    lane->processor = processor();
    trace_write(lane, time_ns, kind, instruments_site_number(site), object, value);
}

IN_CHILD static void write_at(int64_t time_ns, enum event_kind kind,
                              const struct site *site, uint64_t object, uint64_t value)
{
    write_on(instruments_writer(), time_ns, kind, site, object, value);
}

IN_CHILD void instruments_event_at(int64_t time_ns, enum event_kind kind,
                                   const struct site *site, uint64_t object,
                                   uint64_t value)
{
    write_at(time_ns, kind, site, object, value);
    /* A task that computes in a callback has no core when its loop has none. */
    if (kind == EVENT_READY && instruments_turn != NULL)
        write_on(instruments_turn, time_ns, kind, site, object, value);
}

IN_CHILD void instruments_event(enum event_kind kind, const struct site *site,
                                uint64_t object, uint64_t value)
{
    write_at(wall_ns(), kind, site, object, value);
}

void instruments_access(enum event_kind kind, const struct site *site,
                        const volatile void *variable, int64_t value)
{
    write_on(instruments_turn != NULL ? instruments_turn : instruments_writer(),
             wall_ns(), kind, site, (uint64_t)(uintptr_t)variable, (uint64_t)value);
}

void instruments_doing(enum event_kind kind, uint64_t object)
{
    trace_set_doing(instruments_writer(), kind, SITE_NONE, object, 0);
}

void instruments_begin_wait(enum event_kind kind, const struct site *site,
                            uint64_t object, uint64_t value)
{
    int64_t now_ns = wall_ns();

    trace_set_doing(instruments_writer(), kind, instruments_site_number(site), object,
                    now_ns);
    write_at(now_ns, kind, site, object, value);
}

void instruments_begin_limited_wait(enum event_kind kind, const struct site *site,
                                    uint64_t object, uint64_t value)
{
    trace_set_doing(instruments_writer(), kind, instruments_site_number(site), object,
                    0);
    write_at(wall_ns(), kind, site, object, value);
}

void instruments_end_wait(enum event_kind kind, const struct site *site,
                          uint64_t object, uint64_t value)
{
    trace_set_doing(instruments_writer(), EVENT_NONE, SITE_NONE, 0, 0);
    write_at(wall_ns(), kind, site, object, value);
}

void instruments_locked(const struct site *site, const void *lock, bool waited)
{
    struct hold hold = {.object = (uint64_t)(uintptr_t)lock,
                        .since_ns = wall_ns(),
                        .site = instruments_site_number(site)};

    if (waited)
        trace_set_doing(instruments_writer(), EVENT_NONE, SITE_NONE, 0, 0);
    trace_add_hold(instruments_writer(), &hold);
    write_at(hold.since_ns, EVENT_LOCK_END, site, hold.object, 0);
}

void instruments_unlock(const struct site *site, const void *lock)
{
    trace_drop_hold(instruments_writer(), (uint64_t)(uintptr_t)lock);
    instruments_event(EVENT_UNLOCK, site, (uint64_t)(uintptr_t)lock, 0);
}

IN_CHILD void instruments_start_lane(void)
{
    started_ns = wall_ns();
    write_at(started_ns, EVENT_START, NULL, 0, 0);
    trace_set_started(instruments_writer(), instruments_thread_id());
}

IN_CHILD static struct spent spent_now(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_THREAD, &usage) != 0)
        usage.ru_nvcsw = usage.ru_nivcsw = -1;
    return (struct spent){clock_ns(CLOCK_THREAD_CPUTIME_ID), usage.ru_nvcsw,
                          usage.ru_nivcsw};
}

void instruments_lane_start(void)
{
    spent_before = spent_now();
    instruments_start_lane();
}

/**
 * Asking for CPU time and switches takes 1 µs.  A lane that lived less than this is not
 * asked about: the question would be a part of its life that can be measured.
 */
#define SHORT_LIFE_NS (100 * NS_PER_US)

IN_CHILD void instruments_lane_end(uint64_t status)
{
    int64_t now_ns = wall_ns();
    struct spent spent;

    write_at(now_ns, EVENT_END, NULL, 0, status);
    if (now_ns - started_ns < SHORT_LIFE_NS) {
        trace_set_ended(instruments_writer(), -1, -1, -1);
        return;
    }
    spent = spent_now();
    if (spent.voluntary >= 0) {
        spent.voluntary -= spent_before.voluntary;
        spent.involuntary -= spent_before.involuntary;
    }
    trace_set_ended(instruments_writer(), spent.cpu_ns - spent_before.cpu_ns,
                    spent.voluntary, spent.involuntary);
}

/** In a child of fork, only the thread that forked lives on, on a lane of its own; it
 * has spent nothing yet. */
IN_CHILD static void forget_lane(void)
{
    has_lane = false;
    thread_id = 0;
    spent_before = (struct spent){0, 0, 0};
}

void instruments_begin(struct trace *trace, uint32_t lane)
{
    the_trace = trace;
    clocks_tell_ids = thread_id_by_clock() == (int64_t)syscall(SYS_gettid);
    flows_begin();
    instruments_open_lane(lane);
    pthread_atfork(NULL, NULL, forget_lane);
}
