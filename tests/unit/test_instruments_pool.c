// SPDX-License-Identifier: MIT
// The instruments of libuv's pool and of waiting for input, and what a quiet thread
// tells.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CONC_INSTRUMENTS
#include "demo.h"

#include "lane_events.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

// ---- libuv's pool

static void mark_it(uv_work_t *request)
{
    (void)request;
    beat("at work");
}

static int done;

static void on_done(uv_work_t *request, int status)
{
    (void)request;
    assert_int_equal(status, 0);
    done++;
}

/** One request, and the loop until it is done. */
static void do_one(uv_loop_t *loop)
{
    uv_work_t request;

    assert_int_equal(uv_queue_work(loop, &request, mark_it, on_done), 0);
    uv_run(loop, UV_RUN_DEFAULT);
}

static struct event_view expect_idle(struct lane_events *events, enum event_kind kind)
{
    return expect(events, kind, "uv_queue_work", "loop, &request, mark_it, on_done",
                  NULL);
}

static void threads_of_the_pool_idle_between_their_tasks(void **state)
{
    uv_loop_t loop;
    struct lane_events worker;

    (void)state;
    done = 0;
    assert_int_equal(setenv("UV_THREADPOOL_SIZE", "1", 1), 0);
    uv_loop_init(&loop);
    for (int i = 0; i < 3; i++)
        do_one(&loop);
    assert_int_equal(done, 3);
    await_doing(1, EVENT_POLL_BEGIN);
    assert_int_equal(trace_lane_count(the_trace), 2);
    assert_int_equal(lane_record(1).kind, LANE_THREAD);
    worker = events_of(1);
    expect_own(&worker, EVENT_START);
    for (int i = 0; i < 3; i++) {
        if (i > 0)
            expect_idle(&worker, EVENT_POLL_END);
        expect(&worker, EVENT_MARK, "at work", "", NULL);
        expect_idle(&worker, EVENT_POLL_BEGIN);
    }
    expect_none(&worker);
    uv_loop_close(&loop);
}

// ---- input

static int pair[2];

static void make_pair(void)
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
}

static void close_pair(void)
{
    close(pair[0]);
    close(pair[1]);
}

static void say(void)
{
    assert_int_equal(send(pair[0], "x", 1, 0), 1);
}

static void input_that_is_there_is_no_wait(void **state)
{
    struct pollfd fd;
    struct lane_events events;
    char byte;

    (void)state;
    make_pair();
    say();
    fd = (struct pollfd){.fd = pair[1], .events = POLLIN};
    assert_int_equal(poll(&fd, 1, -1), 1);
    assert_int_equal(recv(pair[1], &byte, 1, 0), 1);
    assert_int_equal(poll(&fd, 1, 0), 0);
    errno = 0;
    assert_int_equal(recv(pair[1], &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    events = events_of(0);
    expect_none(&events);
    close_pair();
}

static void reader(void *unused)
{
    struct pollfd fd = {.fd = pair[1], .events = POLLIN};
    char byte;

    (void)unused;
    assert_int_equal(poll(&fd, 1, -1), 1);
    assert_int_equal(recv(pair[1], &byte, 1, 0), 1);
    errno = 0;
    assert_int_equal(recv(pair[1], &byte, 1, 0), 1);
    assert_int_equal(errno, 0);
}

static void who_waits_for_input_is_idle(void **state)
{
    const char *const calls[][2] = {{"poll", "&fd, 1, -1"},
                                    {"recv", "pair[1], &byte, 1, 0"}};
    struct lane_events events;
    uv_thread_t thread;
    uint16_t first;

    (void)state;
    make_pair();
    assert_int_equal(uv_thread_create(&thread, reader, NULL), 0);
    first = await_doing(1, EVENT_POLL_BEGIN).doing_site;
    say();
    /* It has read that, and waits for more. */
    while (await_doing(1, EVENT_POLL_BEGIN).doing_site == first)
        sched_yield();
    say();
    uv_thread_join(&thread);
    events = events_of(1);
    expect_own(&events, EVENT_START);
    for (int i = 0; i < 2; i++) {
        expect(&events, EVENT_POLL_BEGIN, calls[i][0], calls[i][1], NULL);
        expect(&events, EVENT_POLL_END, calls[i][0], calls[i][1], NULL);
    }
    expect_own(&events, EVENT_END);
    close_pair();
}

static void limited_reader(void *unused)
{
    struct pollfd fd = {.fd = pair[1], .events = POLLIN};

    (void)unused;
    assert_int_equal(poll(&fd, 1, 600000), 1);
}

/** Of one descriptor, and not for ever: somebody has something to say, and does not. */
static void who_waits_for_one_to_send_something_waits(void **state)
{
    struct lane_events events;
    uv_thread_t thread;

    (void)state;
    make_pair();
    assert_int_equal(uv_thread_create(&thread, limited_reader, NULL), 0);
    await_doing(1, EVENT_INPUT_BEGIN);
    say();
    uv_thread_join(&thread);
    events = events_of(1);
    expect_own(&events, EVENT_START);
    expect(&events, EVENT_INPUT_BEGIN, "poll", "&fd, 1, 600000", NULL);
    expect(&events, EVENT_INPUT_END, "poll", "&fd, 1, 600000", NULL);
    expect_own(&events, EVENT_END);
    close_pair();
}

// ---- quiet

static uv_mutex_t lock;
static uv_cond_t is_there;
static bool there;

static void quiet_waiter(void *unused)
{
    (void)unused;
    idle_between_tasks();
    quiet(true);
    uv_mutex_lock(&lock);
    while (!there)
        uv_cond_wait(&is_there, &lock);
    uv_mutex_unlock(&lock);
}

static void who_is_quiet_still_tells_when_it_is_idle(void **state)
{
    struct task task = {.name = "luke"};
    struct lane_events main_lane, waiter;
    struct event_view begin;
    uv_thread_t thread;

    (void)state;
    quiet(true);
    (uv_mutex_init)(&lock);
    (uv_cond_init)(&is_there);
    assert_int_equal((uv_thread_create)(&thread, quiet_waiter, NULL), 0);
    await_doing(1, EVENT_COND_BEGIN);
    uv_mutex_lock(&lock);
    queued(&task);
    there = true;
    uv_mutex_unlock(&lock);
    uv_cond_signal(&is_there);
    uv_cond_broadcast(&is_there);
    (uv_thread_join)(&thread);
    quiet(false);
    main_lane = events_of(0);
    expect_none(&main_lane);
    waiter = events_of(1);
    begin = expect(&waiter, EVENT_COND_BEGIN, "uv_cond_wait", "&is_there, &lock",
                   &is_there);
    assert_true(begin.value == WAIT_IDLES);
    expect(&waiter, EVENT_COND_END, "uv_cond_wait", "&is_there, &lock", &is_there);
    expect_none(&waiter);
    uv_cond_destroy(&is_there);
    uv_mutex_destroy(&lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(threads_of_the_pool_idle_between_their_tasks,
                               begin_trace),
        cmocka_unit_test_setup(input_that_is_there_is_no_wait, begin_trace),
        cmocka_unit_test_setup(who_waits_for_input_is_idle, begin_trace),
        cmocka_unit_test_setup(who_waits_for_one_to_send_something_waits, begin_trace),
        cmocka_unit_test_setup(who_is_quiet_still_tells_when_it_is_idle, begin_trace),
    };

    return cmocka_run_group_tests(tests, NULL, destroy_trace);
}
