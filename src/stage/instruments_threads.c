// SPDX-License-Identifier: MIT
/** The instruments of threads: starting them, joining them, their names. */

#include "stage/instruments_inner.h"

#include "demo.h"
#include "stage/clock.h"
#include "stage/flows.h"

#include <errno.h>
#include <signal.h>

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

    instruments_open_lane(lane);
    instruments_start_lane();
    return trace_take(instruments_trace(), lane);
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
    uint32_t lane = instruments_add_lane(LANE_THREAD, instruments_writer()->lane);

    if (lane != LANE_NONE)
        trace_leave(instruments_trace(), lane,
                    (struct trace_words){entry, (uintptr_t)arg});
    return lane;
}

/** The creating call, of `called_ns`, has worked. */
static void created(const struct site *site, int64_t called_ns, uint32_t lane,
                    pthread_t thread)
{
    flows_add_thread(thread, lane);
    instruments_event_at(called_ns, EVENT_CREATE, site, lane, 0);
}

int traced_uv_thread_create_ex(const struct site *site, uv_thread_t *thread,
                               const uv_thread_options_t *options, uv_thread_cb entry,
                               void *arg)
{
    uint32_t lane;
    int64_t called_ns;
    int error;

    if (instruments_measuring)
        return uv_thread_create_ex(thread, options, entry, arg);
    lane = prepare_thread((uintptr_t)entry, arg);
    called_ns = wall_ns();
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
        instruments_event_at(called_ns, EVENT_JOIN_BEGIN, site, lane, 0);
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
    uint32_t lane;
    int error;

    if (instruments_measuring)
        return uv_thread_join(thread);
    lane = flows_thread(*thread);
    instruments_begin_wait(EVENT_JOIN_BEGIN, site, lane, 0);
    error = uv_thread_join(thread);
    end_join(site, lane, -error);
    return error;
}

/** What abort() calls, within pthread_cancel(). */
static void on_abort(int number)
{
    (void)number;
    must(UV_EAGAIN, "loading libgcc_s for pthread_cancel");
}

/** In glibc, which loads it for the first one. */
static int cancel(pthread_t thread)
{
    struct sigaction aborting = {.sa_handler = on_abort}, before;
    static atomic_bool has_cancelled;
    int error;

    if (atomic_load(&has_cancelled))
        return pthread_cancel(thread);
    sigaction(SIGABRT, &aborting, &before);
    error = pthread_cancel(thread);
    sigaction(SIGABRT, &before, NULL);
    atomic_store(&has_cancelled, true);
    return error;
}

/* Told before: after it, the thread's end could come first. */
int traced_pthread_cancel(const struct site *site, pthread_t thread)
{
    instruments_event(EVENT_CANCEL, site, flows_thread(thread), 0);
    return cancel(thread);
}

int traced_pthread_setname_np(const struct site *site, pthread_t thread,
                              const char *name)
{
    int error = pthread_setname_np(thread, name);

    if (error == 0 && pthread_equal(thread, pthread_self())) {
        trace_set_name(instruments_writer(), name);
        instruments_event(EVENT_NAME, site, 0, 0);
    }
    return error;
}
