// SPDX-License-Identifier: MIT
// Threads that are cancelled, and processes that are killed, in the midst of what is
// traced.  A name in parentheses is the primitive itself.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CONC_INSTRUMENTS
#include "demo.h"

#include "lane_events.h"

static uv_mutex_t lock;
static uv_cond_t wakes;
static atomic_int stage_of_thread;

/** By polling, which is no cancellation point. */
static void await(int stage)
{
    while (atomic_load(&stage_of_thread) < stage)
        sched_yield();
}

static void reach(int stage)
{
    atomic_store(&stage_of_thread, stage);
}

static int begin(void **state)
{
    atomic_store(&stage_of_thread, 0);
    return begin_trace(state) != 0 || (uv_mutex_init)(&lock) != 0 ||
                   (uv_cond_init)(&wakes) != 0
               ? -1
               : 0;
}

static void join_cancelled(pthread_t thread)
{
    void *result = NULL;

    assert_int_equal((pthread_join)(thread, &result), 0);
    assert_ptr_equal(result, PTHREAD_CANCELED);
}

static void *sleeps_for_ever(void *unused)
{
    reach(1);
    for (;;)
        pause_ns(INT64_C(3600000000000));
    return unused;
}

static void asking_comes_before_the_end(void **state)
{
    struct lane_events main_events = events_of(0), events;
    struct event_view asked;
    pthread_t thread;

    (void)state;
    assert_int_equal((pthread_create)(&thread, NULL, sleeps_for_ever, NULL), 0);
    await_doing(1, EVENT_SLEEP_BEGIN);
    assert_int_equal(pthread_cancel(thread), 0);
    join_cancelled(thread);
    /* Nobody announced it: which lane it has is not known. */
    expect(&main_events, EVENT_CANCEL, "pthread_cancel", "thread",
           (void *)(uintptr_t)LANE_NONE);
    expect_none(&main_events);

    begin_trace(NULL);
    main_events = events_of(0);
    assert_int_equal(pthread_create(&thread, NULL, sleeps_for_ever, NULL), 0);
    await_doing(1, EVENT_SLEEP_BEGIN);
    assert_int_equal(pthread_cancel(thread), 0);
    join_cancelled(thread);
    next_event(&main_events);
    asked = expect(&main_events, EVENT_CANCEL, "pthread_cancel", "thread", (void *)1);
    expect_none(&main_events);
    events = events_of(1);
    expect_own(&events, EVENT_START);
    assert_int_equal(next_event(&events).kind, EVENT_SLEEP_BEGIN);
    assert_true(expect_own(&events, EVENT_END).time_ns >= asked.time_ns);
    expect_none(&events);
    assert_true(lane_record(1).ended);
}

/** All that does not wait, with a cancellation pending.  It is acted on at the end. */
static void *uses_all_that_does_not_wait(void *unused)
{
    static _Atomic int64_t number;
    uv_sem_t sem;

    await(1);
    beat("asked");
    note("figure", 1);
    pthread_setname_np(pthread_self(), "luke");
    uv_mutex_lock(&lock);
    uv_mutex_trylock(&lock);
    uv_mutex_unlock(&lock);
    uv_cond_signal(&wakes);
    uv_cond_broadcast(&wakes);
    uv_sem_init(&sem, 1);
    uv_sem_wait(&sem);
    uv_sem_post(&sem);
    uv_sem_destroy(&sem);
    atomic_store_explicit(&number, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&number, 1, memory_order_relaxed);
    quiet(true);
    uv_mutex_lock(&lock);
    uv_mutex_unlock(&lock);
    quiet(false);
    idle_between_tasks();
    for (int i = 0; i < 1000; i++) /* into chunks of their own, too */
        beat("again");
    reach(2);
    pthread_testcancel();
    reach(3);
    return unused;
}

static void no_instrument_is_a_cancellation_point(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, uses_all_that_does_not_wait, NULL),
                     0);
    assert_int_equal(pthread_cancel(thread), 0);
    reach(1);
    join_cancelled(thread);
    assert_int_equal(atomic_load(&stage_of_thread), 2);
    assert_true(lane_record(1).ended);
    assert_int_equal(lane_record(1).hold_count, 0);
}

static void unlocks(void *unused)
{
    (void)unused;
    uv_mutex_unlock(&lock);
}

static void *waits_for_condition(void *is_limited)
{
    uv_mutex_lock(&lock);
    pthread_cleanup_push(unlocks, NULL);
    for (;;)
        if (is_limited != NULL)
            uv_cond_timedwait(&wakes, &lock, UINT64_C(3600000000000));
        else
            uv_cond_wait(&wakes, &lock);
    pthread_cleanup_pop(0);
    return NULL;
}

/** Whoever is cancelled in such a wait has the mutex again, and is told to have it. */
static void a_cancelled_wait_has_its_mutex(void **state)
{
    for (int limited = 0; limited < 2; limited++) {
        const char *call = limited ? "uv_cond_timedwait" : "uv_cond_wait";
        const char *text =
            limited ? "&wakes, &lock, UINT64_C(3600000000000)" : "&wakes, &lock";
        struct lane_events events;
        pthread_t thread;

        begin_trace(NULL);
        assert_int_equal(
            pthread_create(&thread, NULL, waits_for_condition, limited ? state : NULL),
            0);
        await_doing(1, EVENT_COND_BEGIN);
        assert_int_equal(pthread_cancel(thread), 0);
        join_cancelled(thread);
        events = events_of(1);
        expect_own(&events, EVENT_START);
        expect(&events, EVENT_LOCK_END, "uv_mutex_lock", "&lock", &lock);
        expect(&events, EVENT_UNLOCK, call, text, &lock);
        expect(&events, EVENT_COND_BEGIN, call, text, &wakes);
        expect(&events, EVENT_COND_END, call, text, &wakes);
        expect(&events, EVENT_LOCK_END, call, text, &lock);
        expect(&events, EVENT_UNLOCK, "uv_mutex_unlock", "&lock", &lock);
        expect_own(&events, EVENT_END);
        expect_none(&events);
        assert_int_equal(lane_record(1).hold_count, 0);
        assert_int_equal((uv_mutex_trylock)(&lock), 0);
        (uv_mutex_unlock)(&lock);
    }
}

/** One that is locked for ever may not be made anew, nor destroyed. */
static uv_mutex_t lost;

static void *locks_and_sleeps(void *unused)
{
    uv_mutex_lock(&lost);
    return sleeps_for_ever(unused);
}

/** It stays locked, by a lane that has ended: whoever wanted it would wait for ever. */
static void a_lock_is_left_behind(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal((uv_mutex_init)(&lost), 0);
    assert_int_equal(pthread_create(&thread, NULL, locks_and_sleeps, NULL), 0);
    await_doing(1, EVENT_SLEEP_BEGIN);
    assert_int_equal(pthread_cancel(thread), 0);
    join_cancelled(thread);
    assert_int_equal(uv_mutex_trylock(&lost), UV_EBUSY);
    assert_true(lane_record(1).ended);
    assert_int_equal(lane_record(1).hold_count, 1);
    assert_int_equal(lane_record(1).holds[0].object, (uintptr_t)&lost);
}

static void *works_for_ever(void *unused)
{
    for (;;) {
        uv_mutex_lock(&lock);
        beat("in");
        uv_mutex_unlock(&lock);
        pause_ns(1);
    }
    return unused;
}

#define ROUNDS 200

/** At instants that are as random as the scheduler: each lane ends, and holds nothing,
 * as a lock is held at no cancellation point here. */
static void a_lane_ends_wherever_it_is(void **state)
{
    unsigned dice = 1;

    (void)state;
    for (uint32_t lane = 1; lane <= ROUNDS; lane++) {
        struct event_view event = {.kind = EVENT_NONE};
        struct lane_events events;
        pthread_t thread;

        assert_int_equal(pthread_create(&thread, NULL, works_for_ever, NULL), 0);
        for (int spins = rand_r(&dice) % 20000; spins > 0; spins--)
            atomic_load(&stage_of_thread);
        assert_int_equal(pthread_cancel(thread), 0);
        join_cancelled(thread);
        events = events_of(lane);
        while (trace_next(&events.cursor, &event))
            continue;
        assert_int_equal(event.kind, EVENT_END);
        assert_true(lane_record(lane).ended);
        assert_int_equal(lane_record(lane).hold_count, 0);
        assert_int_equal(lane_record(lane).changes % 2, 0);
    }
}

static void a_kill_is_told(void **state)
{
    struct lane_events events = events_of(0);
    struct event_view sent;
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        sleeps_for_ever(NULL);
    assert_int_equal(kill(pid, 0), 0);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal((waitpid)(pid, &status, 0), pid);
    assert_int_equal(WTERMSIG(status), SIGKILL);
    next_event(&events);
    sent = expect(&events, EVENT_KILL, "kill", "pid, SIGKILL", (void *)1);
    assert_int_equal(sent.value, SIGKILL);
    expect_none(&events);
    assert_false(lane_record(1).ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_kill_is_told, begin),
        cmocka_unit_test_setup(asking_comes_before_the_end, begin),
        cmocka_unit_test_setup(no_instrument_is_a_cancellation_point, begin),
        cmocka_unit_test_setup(a_cancelled_wait_has_its_mutex, begin),
        cmocka_unit_test_setup(a_lock_is_left_behind, begin),
        cmocka_unit_test_setup(a_lane_ends_wherever_it_is, begin),
    };

    return cmocka_run_group_tests(tests, NULL, destroy_trace);
}
