// SPDX-License-Identifier: MIT
// The instruments of what synchronises.  Calls here are traced as a lesson's are; a
// name in parentheses is the primitive itself.  Who comes first is made certain by
// looking at what a lane is doing, not by sleeping.

#include "stage/clock.h"
#include "stage/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <sys/syscall.h>

#define CONC_INSTRUMENTS
#include "demo.h"

#include "lane_events.h"

static uv_mutex_t left;
static uv_rwlock_t book;
static uv_sem_t seats;
static uv_cond_t fed;
static uv_barrier_t gate;
static atomic_int errno_after;

/** Run `entry` on a thread that is lane 1 from its first event on. */
static void start_thread(uv_thread_t *thread, uv_thread_cb entry)
{
    assert_int_equal((uv_thread_create)(thread, entry, NULL), 0);
}

static void end_thread(uv_thread_t *thread)
{
    assert_int_equal((uv_thread_join)(thread), 0);
}

static void locks_left(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_mutex_unlock(&left);
}

static void a_free_mutex_is_taken_at_once(void **state)
{
    struct lane_events events = events_of(0);

    (void)state;
    assert_int_equal(uv_mutex_init(&left), 0);
    uv_mutex_lock(&left);
    assert_int_equal((uv_mutex_trylock)(&left), UV_EBUSY);
    assert_int_equal(uv_mutex_trylock(&left), UV_EBUSY);
    uv_mutex_unlock(&left);
    assert_int_equal(uv_mutex_trylock(&left), 0);
    uv_mutex_unlock(&left);
    expect(&events, EVENT_INIT, "uv_mutex_init", "&left", &left);
    expect(&events, EVENT_LOCK_END, "uv_mutex_lock", "&left", &left);
    expect(&events, EVENT_LOCK_FAIL, "uv_mutex_trylock", "&left", &left);
    expect(&events, EVENT_UNLOCK, "uv_mutex_unlock", "&left", &left);
    expect(&events, EVENT_LOCK_END, "uv_mutex_trylock", "&left", &left);
    expect(&events, EVENT_UNLOCK, "uv_mutex_unlock", "&left", &left);
    expect_none(&events);
    uv_mutex_destroy(&left);
}

static void a_held_mutex_is_waited_for(void **state)
{
    struct lane_events main_events = events_of(0), events;
    struct event_view unlock, end;
    struct lane_view doing;
    uv_thread_t thread;

    (void)state;
    assert_int_equal((uv_mutex_init)(&left), 0);
    uv_mutex_lock(&left);
    start_thread(&thread, locks_left);
    doing = await_doing(1, EVENT_LOCK_BEGIN);
    assert_int_equal(doing.doing_object, (uintptr_t)&left);
    uv_mutex_unlock(&left);
    end_thread(&thread);

    expect(&main_events, EVENT_LOCK_END, "uv_mutex_lock", "&left", &left);
    unlock = expect(&main_events, EVENT_UNLOCK, "uv_mutex_unlock", "&left", &left);
    events = events_of(1);
    expect(&events, EVENT_LOCK_BEGIN, "uv_mutex_lock", "&left", &left);
    end = expect(&events, EVENT_LOCK_END, "uv_mutex_lock", "&left", &left);
    expect(&events, EVENT_UNLOCK, "uv_mutex_unlock", "&left", &left);
    expect_none(&events);
    assert_true(unlock.time_ns <= end.time_ns);
    assert_int_equal(lane_record(1).doing, EVENT_NONE);
    uv_mutex_destroy(&left);
}

static void reads_book(void *unused)
{
    (void)unused;
    uv_rwlock_rdlock(&book);
    uv_rwlock_rdunlock(&book);
}

static void writes_book(void *unused)
{
    (void)unused;
    uv_rwlock_wrlock(&book);
    uv_rwlock_wrunlock(&book);
}

static void rwlocks_let_readers_in(void **state)
{
    struct lane_events events = events_of(0);

    (void)state;
    assert_int_equal(uv_rwlock_init(&book), 0);
    uv_rwlock_rdlock(&book);
    assert_int_equal(uv_rwlock_tryrdlock(&book), 0);
    assert_int_equal(uv_rwlock_trywrlock(&book), UV_EBUSY);
    uv_rwlock_rdunlock(&book);
    uv_rwlock_rdunlock(&book);
    assert_int_equal(uv_rwlock_trywrlock(&book), 0);
    assert_int_equal(uv_rwlock_tryrdlock(&book), UV_EBUSY);
    uv_rwlock_wrunlock(&book);
    uv_rwlock_wrlock(&book);
    uv_rwlock_wrunlock(&book);
    expect(&events, EVENT_INIT, "uv_rwlock_init", "&book", &book);
    expect(&events, EVENT_LOCK_END, "uv_rwlock_rdlock", "&book", &book);
    expect(&events, EVENT_LOCK_END, "uv_rwlock_tryrdlock", "&book", &book);
    expect(&events, EVENT_LOCK_FAIL, "uv_rwlock_trywrlock", "&book", &book);
    expect(&events, EVENT_UNLOCK, "uv_rwlock_rdunlock", "&book", &book);
    expect(&events, EVENT_UNLOCK, "uv_rwlock_rdunlock", "&book", &book);
    expect(&events, EVENT_LOCK_END, "uv_rwlock_trywrlock", "&book", &book);
    expect(&events, EVENT_LOCK_FAIL, "uv_rwlock_tryrdlock", "&book", &book);
    expect(&events, EVENT_UNLOCK, "uv_rwlock_wrunlock", "&book", &book);
    expect(&events, EVENT_LOCK_END, "uv_rwlock_wrlock", "&book", &book);
    expect(&events, EVENT_UNLOCK, "uv_rwlock_wrunlock", "&book", &book);
    expect_none(&events);
    uv_rwlock_destroy(&book);
}

static void rwlocks_keep_readers_and_writers_apart(void **state)
{
    static const uv_thread_cb entries[] = {reads_book, writes_book};
    static const char *const calls[] = {"uv_rwlock_rdlock", "uv_rwlock_wrlock"};

    (void)state;
    assert_int_equal((uv_rwlock_init)(&book), 0);
    for (int i = 0; i < 2; i++) {
        struct lane_events events;
        uv_thread_t thread;

        begin_trace(NULL);
        uv_rwlock_wrlock(&book);
        start_thread(&thread, entries[i]);
        await_doing(1, EVENT_LOCK_BEGIN);
        uv_rwlock_wrunlock(&book);
        end_thread(&thread);
        events = events_of(1);
        expect(&events, EVENT_LOCK_BEGIN, calls[i], "&book", &book);
        expect(&events, EVENT_LOCK_END, calls[i], "&book", &book);
    }
    uv_rwlock_destroy(&book);
}

static void takes_seat(void *unused)
{
    (void)unused;
    errno = 4711;
    uv_sem_wait(&seats);
    atomic_store(&errno_after, errno);
}

static void semaphores_count(void **state)
{
    struct lane_events events = events_of(0);
    uv_thread_t thread;

    (void)state;
    assert_int_equal(uv_sem_init(&seats, 1), 0);
    uv_sem_wait(&seats);
    assert_int_equal(uv_sem_trywait(&seats), UV_EAGAIN);
    start_thread(&thread, takes_seat);
    await_doing(1, EVENT_SEM_BEGIN);
    uv_sem_post(&seats);
    end_thread(&thread);
    uv_sem_post(&seats);
    assert_int_equal(uv_sem_trywait(&seats), 0);
    expect(&events, EVENT_INIT, "uv_sem_init", "&seats, 1", &seats);
    expect(&events, EVENT_SEM_END, "uv_sem_wait", "&seats", &seats);
    expect(&events, EVENT_SEM_POST, "uv_sem_post", "&seats", &seats);
    expect(&events, EVENT_SEM_POST, "uv_sem_post", "&seats", &seats);
    expect(&events, EVENT_SEM_END, "uv_sem_trywait", "&seats", &seats);
    expect_none(&events);
    events = events_of(1);
    expect(&events, EVENT_SEM_BEGIN, "uv_sem_wait", "&seats", &seats);
    expect(&events, EVENT_SEM_END, "uv_sem_wait", "&seats", &seats);
    assert_int_equal(atomic_load(&errno_after), 4711);
    uv_sem_destroy(&seats);
}

static void a_gap_ends_by_itself_or_by_the_semaphore(void **state)
{
    struct lane_events events = events_of(0);
    struct event_view begin, end;

    (void)state;
    assert_int_equal((uv_sem_init)(&seats, 1), 0);
    assert_true(gap_wait(&seats));
    assert_false(gap_wait(&seats));
    expect(&events, EVENT_SEM_BEGIN, "gap_wait", "&seats", &seats);
    end = expect(&events, EVENT_SEM_END, "gap_wait", "&seats", &seats);
    assert_int_equal(end.value, 0);
    begin = expect(&events, EVENT_SEM_BEGIN, "gap_wait", "&seats", &seats);
    end = expect(&events, EVENT_SEM_END, "gap_wait", "&seats", &seats);
    assert_int_equal(end.value, 1);
    assert_true(end.time_ns - begin.time_ns >= 20 * NS_PER_MS);
    uv_sem_destroy(&seats);
}

static void eats(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_cond_wait(&fed, &left);
    uv_mutex_unlock(&left);
}

/** The thread is past giving up the mutex once another has that. */
static void await_condition(void)
{
    await_doing(1, EVENT_COND_BEGIN);
    (uv_mutex_lock)(&left);
    (uv_mutex_unlock)(&left);
}

static void conditions_give_the_mutex_up(void **state)
{
    struct lane_events main_events, events;
    uv_thread_t thread;

    (void)state;
    assert_int_equal((uv_mutex_init)(&left), 0);
    for (int all = 0; all < 2; all++) {
        begin_trace(NULL);
        main_events = events_of(0);
        assert_int_equal(uv_cond_init(&fed), 0);
        start_thread(&thread, eats);
        await_condition();
        if (all)
            uv_cond_broadcast(&fed);
        else
            uv_cond_signal(&fed);
        end_thread(&thread);
        expect(&main_events, EVENT_INIT, "uv_cond_init", "&fed", &fed);
        if (all)
            expect(&main_events, EVENT_COND_BROADCAST, "uv_cond_broadcast", "&fed",
                   &fed);
        else
            expect(&main_events, EVENT_COND_SIGNAL, "uv_cond_signal", "&fed", &fed);
        events = events_of(1);
        expect(&events, EVENT_LOCK_END, "uv_mutex_lock", "&left", &left);
        expect(&events, EVENT_UNLOCK, "uv_cond_wait", "&fed, &left", &left);
        expect(&events, EVENT_COND_BEGIN, "uv_cond_wait", "&fed, &left", &fed);
        expect(&events, EVENT_COND_END, "uv_cond_wait", "&fed, &left", &fed);
        expect(&events, EVENT_LOCK_END, "uv_cond_wait", "&fed, &left", &left);
        expect(&events, EVENT_UNLOCK, "uv_mutex_unlock", "&left", &left);
        expect_none(&events);
        uv_cond_destroy(&fed);
    }
    uv_mutex_destroy(&left);
}

static void a_condition_may_be_given_up(void **state)
{
    struct lane_events events = events_of(0);
    struct event_view begin, end;

    (void)state;
    assert_int_equal((uv_mutex_init)(&left), 0);
    assert_int_equal((uv_cond_init)(&fed), 0);
    (uv_mutex_lock)(&left);
    assert_int_equal(uv_cond_timedwait(&fed, &left, 1000000), UV_ETIMEDOUT);
    assert_int_equal((uv_mutex_trylock)(&left), UV_EBUSY);
    (uv_mutex_unlock)(&left);
    expect(&events, EVENT_UNLOCK, "uv_cond_timedwait", "&fed, &left, 1000000", &left);
    begin = expect(&events, EVENT_COND_BEGIN, "uv_cond_timedwait",
                   "&fed, &left, 1000000", &fed);
    end = expect(&events, EVENT_COND_END, "uv_cond_timedwait", "&fed, &left, 1000000",
                 &fed);
    assert_true(begin.value == WAIT_LIMITED);
    assert_int_equal(end.value, 1);
    assert_true(end.time_ns - begin.time_ns >= 1000000);
    expect(&events, EVENT_LOCK_END, "uv_cond_timedwait", "&fed, &left, 1000000", &left);
    expect_none(&events);
    uv_cond_destroy(&fed);
    uv_mutex_destroy(&left);
}

static atomic_int last_at_gate;

static void arrives(void *unused)
{
    (void)unused;
    if (uv_barrier_wait(&gate) > 0)
        atomic_fetch_add(&last_at_gate, 1);
}

static void barriers_wait_for_all(void **state)
{
    struct lane_events events = events_of(0), other;
    struct event_view arrival, release;
    uv_thread_t thread;

    (void)state;
    atomic_store(&last_at_gate, 0);
    assert_int_equal(uv_barrier_init(&gate, 2), 0);
    start_thread(&thread, arrives);
    await_doing(1, EVENT_BARRIER_BEGIN);
    arrives(NULL);
    end_thread(&thread);
    assert_int_equal(atomic_load(&last_at_gate), 1);
    expect(&events, EVENT_INIT, "uv_barrier_init", "&gate, 2", &gate);
    arrival = expect(&events, EVENT_BARRIER_BEGIN, "uv_barrier_wait", "&gate", &gate);
    expect(&events, EVENT_BARRIER_END, "uv_barrier_wait", "&gate", &gate);
    other = events_of(1);
    expect(&other, EVENT_BARRIER_BEGIN, "uv_barrier_wait", "&gate", &gate);
    release = expect(&other, EVENT_BARRIER_END, "uv_barrier_wait", "&gate", &gate);
    assert_true(arrival.time_ns <= release.time_ns);
    uv_barrier_destroy(&gate);
}

static int calls;

static uv_mutex_t *once(void)
{
    calls++;
    return &left;
}

static void arguments_are_evaluated_once_and_told_as_written(void **state)
{
#define THE_FIRST 0
    uv_mutex_t forks[2], *picked = forks;
    struct lane_events events = events_of(0);

    (void)state;
    assert_int_equal((uv_mutex_init)(&left), 0);
    assert_int_equal((uv_mutex_init)(&forks[THE_FIRST]), 0);
    calls = 0;
    uv_mutex_lock(once());
    uv_mutex_unlock(once());
    assert_int_equal(calls, 2);
    uv_mutex_lock(&forks[THE_FIRST]);
    uv_mutex_unlock(picked++);
    assert_ptr_equal(picked, &forks[1]);
    expect(&events, EVENT_LOCK_END, "uv_mutex_lock", "once()", &left);
    expect(&events, EVENT_UNLOCK, "uv_mutex_unlock", "once()", &left);
    expect(&events, EVENT_LOCK_END, "uv_mutex_lock", "&forks[THE_FIRST]", &forks[0]);
    expect(&events, EVENT_UNLOCK, "uv_mutex_unlock", "picked++", &forks[0]);
    uv_mutex_destroy(&forks[0]);
    uv_mutex_destroy(&left);
}

/* Writing an event itself, and a thread's first, which takes a lane: neither sets
 * errno. */
static void errno_stays(void **state)
{
    (void)state;
    assert_int_equal((uv_mutex_init)(&left), 0);
    assert_int_equal((uv_sem_init)(&seats, 1), 0);
    errno = 4711;
    for (int i = 0; i < 300; i++) { /* more than a chunk */
        uv_mutex_lock(&left);
        uv_mutex_unlock(&left);
        beat("on");
    }
    uv_sem_wait(&seats);
    uv_sem_post(&seats);
    assert_int_equal(errno, 4711);
    uv_sem_destroy(&seats);
    uv_mutex_destroy(&left);
}

static void what_is_held_stands_in_the_record(void **state)
{
    uv_mutex_t many[LANE_HOLDS + 2];
    struct lane_view lane;

    (void)state;
    assert_int_equal((uv_mutex_init)(&left), 0);
    assert_int_equal((uv_rwlock_init)(&book), 0);
    uv_mutex_lock(&left);
    uv_rwlock_rdlock(&book);
    lane = lane_record(0);
    assert_int_equal(lane.hold_count, 2);
    assert_int_equal(lane.holds[0].object, (uintptr_t)&left);
    assert_int_equal(lane.holds[1].object, (uintptr_t)&book);
    assert_true(lane.holds[0].since_ns > 0);
    assert_true(lane.holds[0].since_ns <= lane.holds[1].since_ns);
    assert_true(lane.holds[0].site != lane.holds[1].site);
    uv_mutex_unlock(&left);
    lane = lane_record(0);
    assert_int_equal(lane.hold_count, 1);
    assert_int_equal(lane.holds[0].object, (uintptr_t)&book);
    uv_rwlock_rdunlock(&book);
    for (size_t i = 0; i < LANE_HOLDS + 2; i++) {
        assert_int_equal((uv_mutex_init)(&many[i]), 0);
        uv_mutex_lock(&many[i]);
    }
    assert_int_equal(lane_record(0).hold_count, LANE_HOLDS);
    for (size_t i = 0; i < LANE_HOLDS + 2; i++) {
        uv_mutex_unlock(&many[i]);
        uv_mutex_destroy(&many[i]);
    }
    assert_int_equal(lane_record(0).hold_count, 0);
    uv_rwlock_destroy(&book);
    uv_mutex_destroy(&left);
}

static void waits_on_fed(void *unused)
{
    (void)unused;
    instruments_idle_between_tasks();
    uv_mutex_lock(&left);
    uv_cond_wait(&fed, &left);
    uv_mutex_unlock(&left);
}

static void a_worker_that_waits_for_work_idles(void **state)
{
    struct lane_events events;
    uv_thread_t thread;

    (void)state;
    assert_int_equal((uv_mutex_init)(&left), 0);
    assert_int_equal((uv_cond_init)(&fed), 0);
    start_thread(&thread, waits_on_fed);
    assert_int_equal(await_doing(1, EVENT_COND_BEGIN).hold_count, 0);
    (uv_mutex_lock)(&left); /* it holds that until it waits */
    uv_cond_signal(&fed);
    (uv_mutex_unlock)(&left);
    end_thread(&thread);
    events = events_of(1);
    expect(&events, EVENT_LOCK_END, "uv_mutex_lock", "&left", &left);
    expect(&events, EVENT_UNLOCK, "uv_cond_wait", "&fed, &left", &left);
    assert_int_equal(
        expect(&events, EVENT_COND_BEGIN, "uv_cond_wait", "&fed, &left", &fed).value,
        WAIT_IDLES);
    uv_cond_destroy(&fed);
    uv_mutex_destroy(&left);
}

static _Atomic int64_t sum;
static atomic_int small;

static void reads_and_writes_tell_their_values(void **state)
{
    struct lane_events events = events_of(0);

    (void)state;
    atomic_init(&sum, 40);
    atomic_store(&small, 7); /* without an order: not the point, and not told */
    assert_int_equal(atomic_load(&small), 7);
    assert_int_equal(atomic_load_explicit(&sum, memory_order_relaxed), 40);
    atomic_store_explicit(&sum, 41, memory_order_relaxed);
    assert_int_equal(atomic_fetch_add_explicit(&sum, 1, memory_order_relaxed), 41);
    assert_int_equal(atomic_load_explicit(&small, memory_order_acquire), 7);
    assert_int_equal(
        expect(&events, EVENT_READ, "atomic_load_explicit", "&sum", &sum).value, 40);
    assert_int_equal(
        expect(&events, EVENT_WRITE, "atomic_store_explicit", "&sum", &sum).value, 41);
    assert_int_equal(
        expect(&events, EVENT_ADD, "atomic_fetch_add_explicit", "&sum", &sum).value,
        41);
    assert_int_equal(
        expect(&events, EVENT_READ, "atomic_load_explicit", "&small", &small).value, 7);
    expect_none(&events);
    assert_int_equal(atomic_load(&sum), 42);
}

static void a_quiet_thread_is_not_traced(void **state)
{
    struct lane_events events = events_of(0);

    (void)state;
    assert_int_equal((uv_mutex_init)(&left), 0);
    atomic_store(&sum, 0);
    instruments_quiet = true;
    uv_mutex_lock(&left);
    assert_int_equal(uv_mutex_trylock(&left), UV_EBUSY);
    atomic_store_explicit(&sum, atomic_load_explicit(&sum, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    atomic_fetch_add_explicit(&sum, 1, memory_order_relaxed);
    uv_mutex_unlock(&left);
    instruments_quiet = false;
    expect_none(&events);
    assert_int_equal(atomic_load(&sum), 2);
    assert_int_equal(uv_mutex_trylock(&left), 0);
    expect(&events, EVENT_LOCK_END, "uv_mutex_trylock", "&left", &left);
    uv_mutex_unlock(&left);
    uv_mutex_destroy(&left);
}

static _Atomic pid_t quiet_id;

static void locks_left_quietly(void *unused)
{
    (void)unused;
    instruments_quiet = true;
    atomic_store(&quiet_id, (pid_t)syscall(SYS_gettid));
    uv_mutex_lock(&left);
    uv_mutex_unlock(&left);
    uv_mutex_lock(&left); /* it is free: nothing to tell */
    uv_mutex_unlock(&left);
    instruments_quiet = false;
}

/** Once it is asleep, for much longer than a wait that is told. */
static void a_quiet_thread_tells_that_it_was_blocked(void **state)
{
    const struct timespec longer = {.tv_nsec = 5 * 1000 * 1000};
    struct lane_events events;
    struct event_view begin, end;
    uv_thread_t thread;

    (void)state;
    atomic_store(&quiet_id, 0);
    assert_int_equal((uv_mutex_init)(&left), 0);
    (uv_mutex_lock)(&left);
    start_thread(&thread, locks_left_quietly);
    while (atomic_load(&quiet_id) == 0 || process_state(atomic_load(&quiet_id)) != 'S')
        sched_yield();
    nanosleep(&longer, NULL);
    (uv_mutex_unlock)(&left);
    end_thread(&thread);
    events = events_of(1);
    begin = expect(&events, EVENT_LOCK_BEGIN, "uv_mutex_lock", "&left", &left);
    end = expect(&events, EVENT_LOCK_END, "uv_mutex_lock", "&left", &left);
    expect(&events, EVENT_UNLOCK, "uv_mutex_lock", "&left", &left);
    expect_none(&events);
    assert_true(end.time_ns - begin.time_ns >= longer.tv_nsec);
    uv_mutex_destroy(&left);
}

/** Of whatever it is made. */
static void a_lock_of_the_lessons_own_is_told_as_one(void **state)
{
    struct lane_events events = events_of(0);
    struct lane_view lane;

    (void)state;
    lock_wanted(&gate);
    lane = lane_record(0);
    assert_int_equal(lane.doing, EVENT_LOCK_BEGIN);
    assert_int_equal(lane.doing_since_ns, 0); /* to nobody who looks for deadlocks */
    lock_taken(&gate);
    lane = lane_record(0);
    assert_int_equal(lane.doing, EVENT_NONE);
    assert_int_equal(lane.hold_count, 1);
    assert_int_equal(lane.holds[0].object, (uintptr_t)&gate);
    lock_given(&gate);
    assert_int_equal(lane_record(0).hold_count, 0);
    expect(&events, EVENT_LOCK_BEGIN, "lock_wanted", "&gate", &gate);
    expect(&events, EVENT_LOCK_END, "lock_taken", "&gate", &gate);
    expect(&events, EVENT_UNLOCK, "lock_given", "&gate", &gate);
    expect_none(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_free_mutex_is_taken_at_once, begin_trace),
        cmocka_unit_test_setup(a_held_mutex_is_waited_for, begin_trace),
        cmocka_unit_test_setup(rwlocks_let_readers_in, begin_trace),
        cmocka_unit_test_setup(rwlocks_keep_readers_and_writers_apart, begin_trace),
        cmocka_unit_test_setup(semaphores_count, begin_trace),
        cmocka_unit_test_setup(a_gap_ends_by_itself_or_by_the_semaphore, begin_trace),
        cmocka_unit_test_setup(conditions_give_the_mutex_up, begin_trace),
        cmocka_unit_test_setup(a_condition_may_be_given_up, begin_trace),
        cmocka_unit_test_setup(barriers_wait_for_all, begin_trace),
        cmocka_unit_test_setup(arguments_are_evaluated_once_and_told_as_written,
                               begin_trace),
        cmocka_unit_test_setup(errno_stays, begin_trace),
        cmocka_unit_test_setup(what_is_held_stands_in_the_record, begin_trace),
        cmocka_unit_test_setup(a_worker_that_waits_for_work_idles, begin_trace),
        cmocka_unit_test_setup(reads_and_writes_tell_their_values, begin_trace),
        cmocka_unit_test_setup(a_lock_of_the_lessons_own_is_told_as_one, begin_trace),
        cmocka_unit_test_setup(a_quiet_thread_is_not_traced, begin_trace),
        cmocka_unit_test_setup(a_quiet_thread_tells_that_it_was_blocked, begin_trace),
    };

    return cmocka_run_group_tests(tests, NULL, destroy_trace);
}
