// SPDX-License-Identifier: MIT
// Stages that get stuck, and stages that only take long: the watcher ends the ones and
// leaves the others alone.  CONC_SOAK=1 runs a thousand of each.

#define CONC_INSTRUMENTS

#include "demo.h"
#include "stage/clock.h"
#include "timeline/waits.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "one_stage.h"

#define LONG_NS   (20 * NS_PER_S)
#define WITHIN_NS (100 * NS_PER_MS)

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
enum { PATIENCE = 4 };
#else
enum { PATIENCE = 1 };
#endif

static int open_stage(void **state)
{
    (void)state;
    return open_one_stage(1);
}

static int rounds(int few)
{
    return getenv("CONC_SOAK") != NULL ? 1000 : few;
}

static struct stage_end run(void (*variant_run)(const struct tasks *), int64_t limit_ns)
{
    const struct variant variant = {.name = "variant", .run = variant_run};
    struct stage_end end;

    assert_int_equal(stage_run(stage, &variant, limit_ns, &end), 0);
    return end;
}

/** It is seen soon after it has closed. */
static void assert_stuck(void (*variant_run)(const struct tasks *),
                         enum deadlock_kind kind, size_t count)
{
    struct stage_end end = run(variant_run, LONG_NS);

    assert_int_equal(end.ending, ENDING_DEADLOCK);
    assert_non_null(end.deadlock);
    assert_int_equal(end.deadlock->kind, kind);
    assert_int_equal(end.deadlock->count, count);
    assert_in_range(end.deadlock->closed_ns, end.start_ns, end.deadlock->seen_ns);
    assert_in_range(end.deadlock->seen_ns - end.deadlock->closed_ns, 0,
                    WITHIN_NS * PATIENCE);
    assert_in_range(end.end_ns, end.deadlock->seen_ns, wall_ns());
    deadlock_destroy(end.deadlock);
}

static void assert_returns(void (*variant_run)(const struct tasks *))
{
    struct stage_end end = run(variant_run, LONG_NS);

    assert_int_equal(end.ending, ENDING_RETURN);
    assert_null(end.deadlock);
}

/* Variants ------------------------------------------------------------------------- */

static uv_mutex_t left, right;
static uv_sem_t has_left, has_right;
static uv_rwlock_t shelf;
static uv_cond_t never;

static void set_up(void)
{
    must(uv_mutex_init(&left), "uv_mutex_init");
    must(uv_mutex_init(&right), "uv_mutex_init");
    must(uv_sem_init(&has_left, 0), "uv_sem_init");
    must(uv_sem_init(&has_right, 0), "uv_sem_init");
    must(uv_rwlock_init(&shelf), "uv_rwlock_init");
    must(uv_cond_init(&never), "uv_cond_init");
}

/** Start two threads, and join them. */
static void run_both(uv_thread_cb one, uv_thread_cb other)
{
    uv_thread_t threads[2];

    must(uv_thread_create(&threads[0], one, NULL), "uv_thread_create");
    must(uv_thread_create(&threads[1], other, NULL), "uv_thread_create");
    must(uv_thread_join(&threads[0]), "uv_thread_join");
    must(uv_thread_join(&threads[1]), "uv_thread_join");
}

static void left_then_right(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_sem_post(&has_left);
    uv_sem_wait(&has_right);
    uv_mutex_lock(&right);
}

static void right_then_left(void *unused)
{
    (void)unused;
    uv_mutex_lock(&right);
    uv_sem_post(&has_right);
    uv_sem_wait(&has_left);
    uv_mutex_lock(&left);
}

static void opposite_locks(const struct tasks *tasks)
{
    (void)tasks;
    set_up();
    run_both(left_then_right, right_then_left);
}

/** In a child, of whom its parent knows nothing but that it goes on. */
static void opposite_locks_in_a_child(const struct tasks *tasks)
{
    pid_t child;

    set_up();
    child = fork();
    must_posix(child, "fork");
    if (child == 0) {
        opposite_locks(tasks);
        _exit(0);
    }
    must_posix(waitpid(child, NULL, 0), "waitpid");
}

static void lock_and_go(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_mutex_unlock(&left);
}

/** Main joins a thread that wants what main holds. */
static void join_with_the_lock_held(const struct tasks *tasks)
{
    uv_thread_t thread;

    (void)tasks;
    set_up();
    uv_mutex_lock(&left);
    must(uv_thread_create(&thread, lock_and_go, NULL), "uv_thread_create");
    must(uv_thread_join(&thread), "uv_thread_join");
}

static void lock_twice(const struct tasks *tasks)
{
    (void)tasks;
    set_up();
    uv_mutex_lock(&left);
    uv_mutex_lock(&left);
}

static void lock_and_end(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
}

static void lock_and_sleep(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_sem_post(&has_left);
    for (;;)
        pause_ns(LONG_NS);
}

/** Its lock stays locked; whether it had been wanted before makes no difference. */
static void cancel_the_holder(void)
{
    uv_thread_t thread;

    set_up();
    must(uv_thread_create(&thread, lock_and_sleep, NULL), "uv_thread_create");
    uv_sem_wait(&has_left);
    must_pthread(pthread_cancel(thread), "pthread_cancel");
    must(uv_thread_join(&thread), "uv_thread_join");
}

/** Nobody waits for it: that is a lock left behind, and no deadlock. */
static void try_what_a_cancelled_one_holds(const struct tasks *tasks)
{
    (void)tasks;
    cancel_the_holder();
    pause_ns(100 * NS_PER_MS);
    must(uv_mutex_trylock(&left) == UV_EBUSY ? 0 : UV_EINVAL, "uv_mutex_trylock");
    pause_ns(100 * NS_PER_MS);
}

static void want_what_a_cancelled_one_holds(const struct tasks *tasks)
{
    (void)tasks;
    cancel_the_holder();
    uv_mutex_lock(&left);
}

static void abandon(const struct tasks *tasks)
{
    uv_thread_t thread;

    (void)tasks;
    set_up();
    must(uv_thread_create(&thread, lock_and_end, NULL), "uv_thread_create");
    must(uv_thread_join(&thread), "uv_thread_join");
    uv_mutex_lock(&left);
}

static void read_then_left(void *unused)
{
    (void)unused;
    uv_rwlock_rdlock(&shelf);
    uv_sem_post(&has_right);
    uv_sem_wait(&has_left);
    uv_mutex_lock(&left);
}

static void left_then_write(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_sem_post(&has_left);
    uv_sem_wait(&has_right);
    uv_rwlock_wrlock(&shelf);
}

static void a_reader_and_a_writer(const struct tasks *tasks)
{
    (void)tasks;
    set_up();
    run_both(read_then_left, left_then_write);
}

static void wait_for_left(void *unused)
{
    (void)unused;
    uv_sem_wait(&has_left);
}

#ifndef __SANITIZE_THREAD__
static void wait_for_never(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_cond_wait(&never, &left);
}

static void nobody_posts(const struct tasks *tasks)
{
    (void)tasks;
    set_up();
    run_both(wait_for_left, wait_for_never);
}
#endif

/** One holds it for a while, in which the other does nothing but want it. */
static void hold_for_a_while(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_sem_post(&has_left);
    pause_ns(60 * NS_PER_MS);
    uv_mutex_unlock(&left);
}

static void want_it_meanwhile(void *unused)
{
    (void)unused;
    uv_sem_wait(&has_left);
    lock_and_go(NULL);
}

static void a_slow_holder(const struct tasks *tasks)
{
    (void)tasks;
    set_up();
    run_both(hold_for_a_while, want_it_meanwhile);
}

/** A wait for what is held by one who waits, but with a limit. */
static void hold_with_a_limit(void *unused)
{
    (void)unused;
    uv_mutex_lock(&left);
    uv_sem_post(&has_left);
    for (int i = 0; i < 3; i++)
        gap_wait(&has_right);
    uv_mutex_unlock(&left);
}

static void a_holder_with_a_limit(const struct tasks *tasks)
{
    (void)tasks;
    set_up();
    run_both(hold_with_a_limit, want_it_meanwhile);
}

/** Hand the same two locks to and fro, hundreds of times a millisecond. */
static void take_both(void *unused)
{
    int64_t end_ns = wall_ns() + 30 * NS_PER_MS;

    (void)unused;
    while (wall_ns() < end_ns) {
        uv_mutex_lock(&left);
        uv_mutex_lock(&right);
        uv_mutex_unlock(&left);
        uv_mutex_unlock(&right);
    }
}

static void busy_locks(const struct tasks *tasks)
{
    (void)tasks;
    set_up();
    run_both(take_both, take_both);
}

/** A thread that no lane tells of: created by a name that is no macro. */
static void *post_later(void *unused)
{
    const struct timespec a_while = timespec_of(60 * NS_PER_MS);

    (void)unused;
    (nanosleep)(&a_while, NULL);
    (uv_sem_post)(&has_left);
    return NULL;
}

static void waits_for_one_without_a_lane(const struct tasks *tasks)
{
    pthread_t thread;

    (void)tasks;
    set_up();
    must_pthread((pthread_create)(&thread, NULL, post_later, NULL), "pthread_create");
    uv_sem_wait(&has_left);
    must_pthread((pthread_join)(thread, NULL), "pthread_join");
}

/** Stops all, with the other one woken, which may not have gone on yet. */
static void post_and_stop(void *unused)
{
    (void)unused;
    pause_ns(5 * NS_PER_MS);
    uv_sem_post(&has_left);
    raise(SIGSTOP);
}

static void is_stopped_while_it_goes_on(const struct tasks *tasks)
{
    (void)tasks;
    set_up();
    run_both(wait_for_left, post_and_stop);
}

/* Tests ---------------------------------------------------------------------------- */

static void a_circle_is_seen_within_a_tenth_of_a_second(void **state)
{
    (void)state;
    for (int i = 0; i < rounds(10); i++)
        assert_stuck(opposite_locks, DEADLOCK_CYCLE, 2);
}

static void what_is_stuck_is_told_apart(void **state)
{
    (void)state;
    assert_stuck(lock_twice, DEADLOCK_SELF, 1);
    assert_stuck(abandon, DEADLOCK_ABANDONED, 2);
    assert_stuck(want_what_a_cancelled_one_holds, DEADLOCK_ABANDONED, 2);
    assert_stuck(join_with_the_lock_held, DEADLOCK_CYCLE, 2);
    assert_stuck(a_reader_and_a_writer, DEADLOCK_CYCLE, 2);
#ifndef __SANITIZE_THREAD__ /* which has a thread of its own: who knows what it does? \
                             */
    assert_stuck(nobody_posts, DEADLOCK_STALL, 3);
#endif
    assert_stuck(opposite_locks_in_a_child, DEADLOCK_CYCLE, 2);
}

static void what_takes_long_is_left_alone(void **state)
{
    static void (*const variants[])(const struct tasks *) = {
        a_slow_holder, a_holder_with_a_limit, busy_locks, waits_for_one_without_a_lane,
        try_what_a_cancelled_one_holds};

    (void)state;
    for (int i = 0; i < rounds(10); i++)
        assert_returns(variants[(size_t)i % (sizeof variants / sizeof *variants)]);
}

/** A stage that was stopped has not got stuck by that. */
static void what_is_stopped_is_left_alone(void **state)
{
    struct stage_end end = run(is_stopped_while_it_goes_on, 150 * NS_PER_MS);

    (void)state;
    assert_int_equal(end.ending, ENDING_LIMIT);
    assert_null(end.deadlock);
    assert_true(end.disturbed);
}

static void the_next_run_begins_anew(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_stuck(opposite_locks, DEADLOCK_CYCLE, 2);
        assert_returns(a_slow_holder);
    }
}

static void names_and_places_are_known(void **state)
{
    struct stage_end end = run(opposite_locks, LONG_NS);
    const struct wait_link *link;
    const struct site *sites;
    size_t count;

    (void)state;
    assert_int_equal(end.ending, ENDING_DEADLOCK);
    sites = instruments_sites(&count);
    link = &end.deadlock->links[0];
    assert_in_range(link->wants_site, 0, count - 1);
    assert_in_range(link->holds.site, 0, count - 1);
    assert_string_equal(sites[link->holds.site].text, "&left");
    assert_string_equal(sites[link->wants_site].text, "&right");
    assert_int_equal(sites[link->wants_site].line, sites[link->holds.site].line + 3);
    assert_in_range(link->holds.since_ns, end.start_ns, link->wants_since_ns);
    deadlock_destroy(end.deadlock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_circle_is_seen_within_a_tenth_of_a_second),
        cmocka_unit_test(what_is_stuck_is_told_apart),
        cmocka_unit_test(what_takes_long_is_left_alone),
        cmocka_unit_test(what_is_stopped_is_left_alone),
        cmocka_unit_test(the_next_run_begins_anew),
        cmocka_unit_test(names_and_places_are_known),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
