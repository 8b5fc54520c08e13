// SPDX-License-Identifier: MIT
// The instruments of event loops: tasks on lanes of their own, and a loop that idles.

#include "stage/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CONC_INSTRUMENTS
#include "demo.h"

#include "lane_events.h"
#include "options.h"

static const char *const names[] = {"luke", "leia"};

static void on_time(uv_timer_t *timer)
{
    size_t number = (size_t)(uintptr_t)timer->data;

    instruments_loop_task_run(number, true);
    instruments_loop_task_end(number);
}

/** A task that is due so many ms from now; its timer is started. */
static int64_t begin_task(uv_loop_t *loop, uv_timer_t *timer, size_t number,
                          unsigned ms)
{
    int64_t now_ns = wall_ns(), due_ns = now_ns + ms * NS_PER_MS;

    instruments_loop_task_begin(NULL, &(struct loop_task_facts){.number = number,
                                                                .count = 2,
                                                                .name = names[number],
                                                                .work = WORK_WAIT,
                                                                .start_ns = now_ns,
                                                                .due_ns = due_ns});
    uv_timer_init(loop, timer);
    timer->data = (void *)(uintptr_t)number;
    uv_update_time(loop); /* it may stand where it was a while ago */
    uv_timer_start(timer, on_time, ms + 1, 0);
    return due_ns;
}

static void check_lane(uint32_t id, size_t number, int64_t due_ns)
{
    struct lane_view lane = lane_record(id);
    struct lane_events events = events_of(id);
    struct event_view begin, ready, end;

    assert_int_equal(lane.kind, LANE_TASK);
    assert_string_equal(lane.name, names[number]);
    assert_true(lane.started && lane.ended);
    assert_int_equal(lane.os_id, gettid());
    expect_own(&events, EVENT_START);
    begin = expect_own(&events, EVENT_TASK_BEGIN);
    assert_int_equal(begin.object, number);
    ready = expect_own(&events, EVENT_READY);
    assert_int_equal(ready.time_ns, due_ns);
    end = expect_own(&events, EVENT_TASK_END);
    assert_int_equal(ready.time_ns + (int64_t)ready.value, end.time_ns);
    expect_own(&events, EVENT_END);
    expect_none(&events);
}

static void tasks_on_a_loop_have_lanes(void **state)
{
    uv_timer_t timers[2];
    uv_loop_t loop;
    int64_t due_ns[2];

    (void)state;
    uv_loop_init(&loop);
    due_ns[0] = begin_task(&loop, &timers[0], 0, 20);
    due_ns[1] = begin_task(&loop, &timers[1], 1, 10);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    check_lane(1, 0, due_ns[0]);
    check_lane(2, 1, due_ns[1]);
    for (size_t i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&timers[i], NULL);
    (uv_run)(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0); /* nothing of the instruments is left */
}

static void a_loop_that_polls_idles(void **state)
{
    struct lane_events events = events_of(0);
    struct event_view event;
    uv_timer_t timer;
    uv_loop_t loop;
    int begins = 0, ends = 0;

    (void)state;
    uv_loop_init(&loop);
    begin_task(&loop, &timer, 0, 5);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    while (trace_next(&events.cursor, &event)) {
        begins += event.kind == EVENT_POLL_BEGIN;
        ends += event.kind == EVENT_POLL_END;
        assert_in_range(begins - ends, 0, 1);
    }
    assert_true(begins > 0);
    assert_int_equal(begins, ends);
    assert_int_equal(lane_record(0).doing, EVENT_NONE);
    uv_close((uv_handle_t *)&timer, NULL);
    (uv_run)(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}

static _Atomic int64_t shared;

static void on_time_write(uv_timer_t *timer)
{
    instruments_loop_task_run(0, true);
    atomic_store_explicit(&shared, 7, memory_order_relaxed);
    instruments_loop_task_end(0);
    atomic_store_explicit(&shared, 8, memory_order_relaxed);
    uv_close((uv_handle_t *)timer, NULL);
}

/** From the begin until the loop goes on; and from the callback until the end. */
static void accesses_are_on_the_lane_of_the_task_whose_turn_it_is(void **state)
{
    struct lane_events task, loops;
    struct event_view event;
    uv_timer_t timer;
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    begin_task(&loop, &timer, 0, 1);
    atomic_load_explicit(&shared, memory_order_relaxed);
    uv_timer_start(&timer, on_time_write, 2, 0);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&loop), 0);

    task = events_of(1);
    expect_own(&task, EVENT_START);
    expect_own(&task, EVENT_TASK_BEGIN);
    expect(&task, EVENT_READ, "atomic_load_explicit", "&shared", &shared);
    while (trace_next(&task.cursor, &event) && event.kind != EVENT_TASK_END)
        assert_int_equal(event.kind, EVENT_READY);
    event = expect(&task, EVENT_WRITE, "atomic_store_explicit", "&shared", &shared);
    assert_int_equal(event.value, 7);
    expect_own(&task, EVENT_END);
    expect_none(&task);
    loops = events_of(0);
    while (trace_next(&loops.cursor, &event) && event.kind != EVENT_WRITE)
        assert_int_not_equal(event.kind, EVENT_READ);
    assert_int_equal(event.value, 8);
}

static void a_task_that_nobody_began_is_none(void **state)
{
    (void)state;
    instruments_loop_task_run(7, true);
    instruments_loop_task_end(7);
    assert_int_equal(trace_lane_count(the_trace), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_task_that_nobody_began_is_none, begin_trace),
        cmocka_unit_test_setup(tasks_on_a_loop_have_lanes, begin_trace),
        cmocka_unit_test_setup(a_loop_that_polls_idles, begin_trace),
        cmocka_unit_test_setup(accesses_are_on_the_lane_of_the_task_whose_turn_it_is,
                               begin_trace),
    };

    return cmocka_run_group_tests(tests, NULL, destroy_trace);
}
