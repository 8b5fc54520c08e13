// SPDX-License-Identifier: MIT
/**
 * Reading in tests what the instruments wrote, an event at a time, each checked.
 * Include cmocka.h and demo.h before.
 */

#ifndef CONC_TESTS_UNIT_LANE_EVENTS_H
#define CONC_TESTS_UNIT_LANE_EVENTS_H

#include "stage/instruments.h"
#include "stage/trace.h"

#include <sched.h>
#include <string.h>

struct lane_events {
    struct trace_cursor cursor;
    int64_t last_ns;
};

static struct trace *the_trace;

static inline struct lane_events events_of(uint32_t lane)
{
    return (struct lane_events){.cursor = trace_first(the_trace, lane)};
}

/** A trace without events; the calling thread is lane 0. */
static inline int begin_trace(void **state)
{
    (void)state;
    if (the_trace == NULL && trace_create(&the_trace, (size_t)8 << 20) != 0)
        return -1;
    trace_reset(the_trace);
    instruments_begin(the_trace, trace_add_lane(the_trace, LANE_PROCESS, LANE_NONE));
    return 0;
}

static inline int destroy_trace(void **state)
{
    (void)state;
    trace_destroy(the_trace);
    return 0;
}

/** The next event, which must be there. */
static inline struct event_view next_event(struct lane_events *events)
{
    struct event_view event;

    assert_true(trace_next(&events->cursor, &event));
    assert_true(event.time_ns >= events->last_ns);
    events->last_ns = event.time_ns;
    return event;
}

/** The next event must be of that kind, from a call with that text. */
static inline struct event_view expect(struct lane_events *events, enum event_kind kind,
                                       const char *call, const char *text,
                                       const void *object)
{
    struct event_view event = next_event(events);
    size_t count;
    const struct site *sites = instruments_sites(&count);

    assert_int_equal(event.kind, kind);
    assert_in_range(event.site, 0, count - 1);
    assert_string_equal(sites[event.site].call, call);
    assert_string_equal(sites[event.site].text, text);
    assert_int_equal(event.object, (uintptr_t)object);
    return event;
}

/** The next event must be of that kind, and of the engine's own. */
static inline struct event_view expect_own(struct lane_events *events,
                                           enum event_kind kind)
{
    struct event_view event = next_event(events);

    assert_int_equal(event.kind, kind);
    assert_int_equal(event.site, SITE_NONE);
    return event;
}

static inline void expect_none(struct lane_events *events)
{
    struct event_view event;

    assert_false(trace_next(&events->cursor, &event));
}

static inline struct lane_view lane_record(uint32_t lane)
{
    struct lane_view view;

    assert_true(trace_read_lane(the_trace, lane, &view));
    return view;
}

/** Let others run until a lane is doing that: an order without sleeping. */
static inline struct lane_view await_doing(uint32_t lane, enum event_kind kind)
{
    struct lane_view view;

    while (!trace_read_lane(the_trace, lane, &view) || view.doing != kind)
        sched_yield();
    return view;
}

#endif
