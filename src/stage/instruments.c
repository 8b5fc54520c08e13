// SPDX-License-Identifier: MIT
/** The instruments' state, and the flows of execution: threads and processes. */

#include "stage/instruments_inner.h"

#include "stage/clock.h"
#include "stage/flows.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

_Thread_local bool instruments_quiet;

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

static uint16_t site_number(const struct site *site)
{
    size_t number;

    if (site == NULL)
        return SITE_NONE;
    number = (size_t)(site - __start_conc_sites);
    return number < SITE_NONE ? (uint16_t)number : SITE_NONE;
}

static int64_t own_id(void)
{
    return (int64_t)syscall(SYS_gettid);
}

static void open_lane(uint32_t lane)
{
    if (the_trace == NULL)
        return;
    trace_open(&writer, the_trace, lane);
    has_lane = true;
}

/** Without a trace the primitives work all the same, on no lane. */
static uint32_t add_lane(enum lane_kind kind, uint32_t parent)
{
    return the_trace == NULL ? LANE_NONE : trace_add_lane(the_trace, kind, parent);
}

/** A thread that nobody announced (libuv's own, say) gets a lane at its first event. */
static struct trace_writer *own_writer(void)
{
    if (!has_lane && the_trace != NULL) {
        open_lane(add_lane(LANE_THREAD, 0));
        trace_set_started(&writer, own_id());
    }
    return &writer;
}

/**
 * The processor that this thread is on, from where the kernel keeps it for the C
 * library: a call into a part of the library that was not used so far costs a new
 * process a page fault, about 2 µs.
 */
static uint32_t processor(void)
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

static void write_at(int64_t time_ns, enum event_kind kind, const struct site *site,
                     uint64_t object, uint64_t value)
{
    struct trace_writer *own = own_writer();

    if (own->trace == NULL)
        return;
    own->processor = processor();
    trace_write(own, time_ns, kind, site_number(site), object, value);
}

void instruments_event_at(int64_t time_ns, enum event_kind kind,
                          const struct site *site, uint64_t object, uint64_t value)
{
    write_at(time_ns, kind, site, object, value);
}

void instruments_event(enum event_kind kind, const struct site *site, uint64_t object,
                       uint64_t value)
{
    write_at(wall_ns(), kind, site, object, value);
}

void instruments_doing(enum event_kind kind, uint64_t object)
{
    trace_set_doing(own_writer(), kind, SITE_NONE, object, 0);
}

void instruments_begin_wait(enum event_kind kind, const struct site *site,
                            uint64_t object, uint64_t value)
{
    int64_t now_ns = wall_ns();

    trace_set_doing(own_writer(), kind, site_number(site), object, now_ns);
    write_at(now_ns, kind, site, object, value);
}

void instruments_begin_limited_wait(enum event_kind kind, const struct site *site,
                                    uint64_t object, uint64_t value)
{
    trace_set_doing(own_writer(), kind, site_number(site), object, 0);
    write_at(wall_ns(), kind, site, object, value);
}

void instruments_end_wait(enum event_kind kind, const struct site *site,
                          uint64_t object, uint64_t value)
{
    trace_set_doing(own_writer(), EVENT_NONE, SITE_NONE, 0, 0);
    write_at(wall_ns(), kind, site, object, value);
}

void instruments_locked(const struct site *site, const void *lock, bool waited)
{
    struct hold hold = {.object = (uint64_t)(uintptr_t)lock,
                        .since_ns = wall_ns(),
                        .site = site_number(site)};

    if (waited)
        trace_set_doing(own_writer(), EVENT_NONE, SITE_NONE, 0, 0);
    trace_add_hold(own_writer(), &hold);
    write_at(hold.since_ns, EVENT_LOCK_END, site, hold.object, 0);
}

void instruments_unlock(const struct site *site, const void *lock)
{
    trace_drop_hold(own_writer(), (uint64_t)(uintptr_t)lock);
    instruments_event(EVENT_UNLOCK, site, (uint64_t)(uintptr_t)lock, 0);
}

static void start_lane(int64_t os_id)
{
    started_ns = wall_ns();
    write_at(started_ns, EVENT_START, NULL, 0, 0);
    trace_set_started(own_writer(), os_id);
}

static struct spent spent_now(void)
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
    start_lane(own_id());
}

/**
 * Asking for CPU time and switches takes 1 µs.  A lane that lived less than this is not
 * asked about: the question would be a part of its life that can be measured.
 */
#define SHORT_LIFE_NS (100 * NS_PER_US)

void instruments_lane_end(uint64_t status)
{
    int64_t now_ns = wall_ns();
    struct spent spent;

    write_at(now_ns, EVENT_END, NULL, 0, status);
    if (now_ns - started_ns < SHORT_LIFE_NS) {
        trace_set_ended(own_writer(), -1, -1, -1);
        return;
    }
    spent = spent_now();
    if (spent.voluntary >= 0) {
        spent.voluntary -= spent_before.voluntary;
        spent.involuntary -= spent_before.involuntary;
    }
    trace_set_ended(own_writer(), spent.cpu_ns - spent_before.cpu_ns, spent.voluntary,
                    spent.involuntary);
}

/** In a child of fork, only the thread that forked lives on, on a lane of its own; it
 * has spent nothing yet. */
static void forget_lane(void)
{
    has_lane = false;
    spent_before = (struct spent){0, 0, 0};
}

void instruments_begin(struct trace *trace, uint32_t lane)
{
    the_trace = trace;
    flows_begin();
    open_lane(lane);
    pthread_atfork(NULL, NULL, forget_lane);
}

/** However a thread ends, by return, pthread_exit() or cancellation, its lane does. */
static void end_of_thread(void *unused)
{
    (void)unused;
    instruments_lane_end(0);
}

/**
 * A new thread's argument is the number of its lane, where what to call stands, and
 * with what.  Memory that it had to free would cost it more than all else that is
 * traced: the first free() of a thread sets its part of the heap up.
 */
static struct trace_words begin_thread(void *data)
{
    uint32_t lane = (uint32_t)(uintptr_t)data;

    open_lane(lane);
    start_lane(own_id());
    return trace_take(the_trace, lane);
}

static void uv_thread_main(void *data)
{
    struct trace_words start = begin_thread(data);

    pthread_cleanup_push(end_of_thread, NULL);
    ((uv_thread_cb)start.first)((void *)start.second);
    pthread_cleanup_pop(1);
}

static void *posix_thread_main(void *data)
{
    struct trace_words start = begin_thread(data);

    pthread_cleanup_push(end_of_thread, NULL);
    start.first = (uintptr_t)((void *(*)(void *))start.first)((void *)start.second);
    pthread_cleanup_pop(1);
    return (void *)start.first;
}

/** A lane for a thread to be; LANE_NONE: it starts untraced, as it would without conc.
 */
static uint32_t prepare_thread(uintptr_t entry, void *arg)
{
    uint32_t lane = add_lane(LANE_THREAD, own_writer()->lane);

    if (lane != LANE_NONE)
        trace_leave(the_trace, lane, (struct trace_words){entry, (uintptr_t)arg});
    return lane;
}

/** The creating call, of `called_ns`, has worked. */
static void created(const struct site *site, int64_t called_ns, uint32_t lane,
                    pthread_t thread)
{
    flows_add_thread(thread, lane);
    write_at(called_ns, EVENT_CREATE, site, lane, 0);
}

int traced_uv_thread_create_ex(const struct site *site, uv_thread_t *thread,
                               const uv_thread_options_t *options, uv_thread_cb entry,
                               void *arg)
{
    uint32_t lane = prepare_thread((uintptr_t)entry, arg);
    int64_t called_ns = wall_ns();
    int error;

    if (lane == LANE_NONE)
        return uv_thread_create_ex(thread, options, entry, arg);
    error =
        uv_thread_create_ex(thread, options, uv_thread_main, (void *)(uintptr_t)lane);
    if (error == 0)
        created(site, called_ns, lane, *thread);
    return error;
}

int traced_uv_thread_create(const struct site *site, uv_thread_t *thread,
                            uv_thread_cb entry, void *arg)
{
    uv_thread_options_t options = {.flags = UV_THREAD_NO_FLAGS};

    return traced_uv_thread_create_ex(site, thread, &options, entry, arg);
}

int traced_pthread_create(const struct site *site, pthread_t *thread,
                          const pthread_attr_t *attr, void *(*entry)(void *), void *arg)
{
    uint32_t lane = prepare_thread((uintptr_t)entry, arg);
    int64_t called_ns = wall_ns();
    int error;

    if (lane == LANE_NONE)
        return pthread_create(thread, attr, entry, arg);
    error = pthread_create(thread, attr, posix_thread_main, (void *)(uintptr_t)lane);
    if (error == 0)
        created(site, called_ns, lane, *thread);
    return error;
}

/** A wait is over, and so is the flow, unless the call has failed. */
static void end_join(const struct site *site, uint32_t lane, int error)
{
    bool is_alive = error == EBUSY || error == ETIMEDOUT;

    if (error == 0)
        instruments_end_wait(EVENT_JOIN_END, site, lane, 0);
    else
        instruments_end_wait(EVENT_JOIN_FAIL, site, lane,
                             is_alive ? 0 : (uint64_t)error);
}

int traced_pthread_join(const struct site *site, pthread_t thread, void **result)
{
    uint32_t lane = flows_thread(thread);
    int error;

    instruments_begin_wait(EVENT_JOIN_BEGIN, site, lane, 0);
    error = pthread_join(thread, result);
    end_join(site, lane, error);
    return error;
}

/** Whether a thread has ended already; then it is joined. */
int traced_pthread_tryjoin_np(const struct site *site, pthread_t thread, void **result)
{
    uint32_t lane = flows_thread(thread);
    int64_t called_ns = wall_ns();
    int error = pthread_tryjoin_np(thread, result);

    if (error == 0)
        write_at(called_ns, EVENT_JOIN_BEGIN, site, lane, 0);
    end_join(site, lane, error);
    return error;
}

#ifdef __SANITIZE_THREAD__
/** ThreadSanitizer knows the join on the realtime clock only; to it, others lose a
 * thread. */
static int join_until(pthread_t thread, void **result, clockid_t clock,
                      const struct timespec *until)
{
    int64_t left_ns = until->tv_sec * NS_PER_S + until->tv_nsec - clock_ns(clock);
    struct timespec realtime = timespec_of(clock_ns(CLOCK_REALTIME) + left_ns);

    return pthread_timedjoin_np(thread, result, &realtime);
}
#else
static int join_until(pthread_t thread, void **result, clockid_t clock,
                      const struct timespec *until)
{
    return pthread_clockjoin_np(thread, result, clock, until);
}
#endif

int traced_pthread_clockjoin_np(const struct site *site, pthread_t thread,
                                void **result, clockid_t clock,
                                const struct timespec *until)
{
    uint32_t lane = flows_thread(thread);
    int error;

    instruments_begin_limited_wait(EVENT_JOIN_BEGIN, site, lane, 0);
    error = join_until(thread, result, clock, until);
    end_join(site, lane, error);
    return error;
}

int traced_uv_thread_join(const struct site *site, uv_thread_t *thread)
{
    uint32_t lane = flows_thread(*thread);
    int error;

    instruments_begin_wait(EVENT_JOIN_BEGIN, site, lane, 0);
    error = uv_thread_join(thread);
    end_join(site, lane, -error);
    return error;
}

int traced_pthread_setname_np(const struct site *site, pthread_t thread,
                              const char *name)
{
    int error = pthread_setname_np(thread, name);

    if (error == 0 && pthread_equal(thread, pthread_self())) {
        trace_set_name(own_writer(), name);
        instruments_event(EVENT_NAME, site, 0, 0);
    }
    return error;
}

/**
 * All that can be got ready is, before the call: the child has few pages, and each that
 * it needs besides costs it a fault.
 */
pid_t traced_fork(const struct site *site)
{
    uint32_t parent = own_writer()->lane;
    uint32_t lane = add_lane(LANE_PROCESS, parent);
    struct trace_writer childs = {.trace = NULL};
    int64_t called_ns;
    pid_t pid;

    if (the_trace != NULL)
        trace_open(&childs, the_trace, lane);
    called_ns = wall_ns();
    pid = fork();
    if (pid == 0) {
        writer = childs;
        has_lane = the_trace != NULL;
        start_lane(getpid());
    } else if (pid > 0) {
        uint64_t took_ns = (uint64_t)(wall_ns() - called_ns);

        flows_add_process(pid, lane);
        write_at(called_ns, EVENT_CREATE, site, lane, took_ns);
    }
    return pid;
}

/** It may also be told of a process that it has stopped, or goes on: that is alive. */
static void end_wait_for(const struct site *site, uint32_t lane, int status)
{
    bool has_ended = WIFEXITED(status) || WIFSIGNALED(status);

    instruments_end_wait(has_ended ? EVENT_JOIN_END : EVENT_JOIN_FAIL, site, lane,
                         has_ended ? (uint64_t)status : 0);
}

pid_t traced_waitpid(const struct site *site, pid_t pid, int *status, int options)
{
    int unasked_for = 0, *told = status != NULL ? status : &unasked_for;
    uint32_t lane = pid > 0 ? flows_process(pid) : LANE_NONE;
    bool waits = (options & WNOHANG) == 0;
    pid_t ended;

    if (waits)
        instruments_begin_wait(EVENT_JOIN_BEGIN, site, lane, 0);
    ended = waitpid(pid, told, options);
    if (ended > 0)
        end_wait_for(site, flows_process(ended), *told);
    else if (waits)
        instruments_end_wait(EVENT_JOIN_FAIL, site, lane, (uint64_t)errno);
    return ended;
}

/** What waitpid() would have told, of what waitid() did. */
static int status_of(const siginfo_t *info)
{
    int status = info->si_status;

    switch (info->si_code) {
    case CLD_EXITED:
        return W_EXITCODE(status & 0xff, 0);
    case CLD_KILLED:
        return W_EXITCODE(0, status);
    case CLD_DUMPED:
        return W_EXITCODE(0, status) | WCOREFLAG;
    default:
        return W_STOPCODE(status);
    }
}

/** With WNOWAIT it sees that a process has ended, and leaves it to be waited for. */
int traced_waitid(const struct site *site, idtype_t type, id_t id, siginfo_t *info,
                  int options)
{
    siginfo_t unasked_for, *told = info != NULL ? info : &unasked_for;
    bool waits = (options & WNOHANG) == 0;
    uint32_t lane = type == P_PID ? flows_process((pid_t)id) : LANE_NONE;
    int result, status;

    told->si_pid = 0;
    if (waits)
        instruments_begin_wait(EVENT_JOIN_BEGIN, site, lane, 0);
    result = waitid(type, id, told, options);
    if (result == 0 && told->si_pid != 0) {
        lane = flows_process(told->si_pid);
        status = status_of(told);
        if ((options & WNOWAIT) != 0 && !WIFSTOPPED(status))
            instruments_end_wait(EVENT_JOIN_SEEN, site, lane, (uint64_t)status);
        else
            end_wait_for(site, lane, status);
    } else if (waits) {
        instruments_end_wait(EVENT_JOIN_FAIL, site, lane, (uint64_t)errno);
    }
    return result;
}

void traced__exit(const struct site *site, int status)
{
    (void)site;
    instruments_lane_end((uint64_t)status);
    _exit(status);
}

/** Unlike _exit(), it writes what waits in stdio's buffers, and calls atexit()'s. */
void traced_exit(const struct site *site, int status)
{
    (void)site;
    instruments_lane_end((uint64_t)status);
    exit(status);
}
