// SPDX-License-Identifier: MIT
/** The reading side of the trace.  Whatever stands there, it neither crashes nor loops.
 */

#include "stage/trace_layout.h"

#include <string.h>

uint32_t trace_lane_count(const struct trace *trace)
{
    uint32_t lanes =
        atomic_load_explicit(&trace->counters->lanes, memory_order_acquire);

    return lanes < trace->lane_capacity ? lanes : trace->lane_capacity;
}

uint64_t trace_dropped(const struct trace *trace)
{
    return atomic_load_explicit(&trace->counters->dropped, memory_order_relaxed);
}

bool trace_read_lane(const struct trace *trace, uint32_t lane, struct lane_view *view)
{
    struct lane_record *record;
    uint32_t progress;
    uint64_t doing;

    if (lane >= trace_lane_count(trace))
        return false;
    record = &trace->lanes[lane];
    progress = atomic_load_explicit(&record->progress, memory_order_acquire);
    if (record->kind >= LANE_KINDS || progress > LANE_ENDED)
        return false;
    doing = atomic_load_explicit(&record->doing, memory_order_acquire);
    *view = (struct lane_view){
        .id = lane,
        .kind = (enum lane_kind)record->kind,
        .parent = record->parent < lane ? record->parent : LANE_NONE,
        .started = progress >= LANE_STARTED,
        .ended = progress == LANE_ENDED,
        .os_id = atomic_load_explicit(&record->os_id, memory_order_relaxed),
        .cpu_ns = progress == LANE_ENDED ? record->cpu_ns : -1,
        .switches_voluntary = progress == LANE_ENDED ? record->switches_voluntary : -1,
        .switches_involuntary =
            progress == LANE_ENDED ? record->switches_involuntary : -1,
        .doing =
            doing >> 16 < EVENT_KINDS ? (enum event_kind)(doing >> 16) : EVENT_NONE,
        .doing_site = (uint16_t)(doing & 0xffff),
        .doing_object =
            atomic_load_explicit(&record->doing_object, memory_order_relaxed),
    };
    memcpy(view->name, record->name, sizeof view->name - 1);
    return true;
}

/** A chunk's head, or NULL where `unit` is none that was handed out. */
static struct chunk *checked_chunk(const struct trace *trace, uint32_t unit)
{
    struct chunk *chunk;

    if (unit == 0 || unit >= trace->unit_capacity)
        return NULL;
    chunk = (struct chunk *)(void *)(trace->units + (size_t)unit * UNIT_BYTES);
    if (chunk->units != 1 && chunk->units != LATER_UNITS)
        return NULL;
    if (unit > trace->unit_capacity - chunk->units)
        return NULL;
    return chunk;
}

struct trace_cursor trace_first(const struct trace *trace, uint32_t lane)
{
    struct trace_cursor cursor = {.trace = trace, .left = trace->unit_capacity};

    if (lane < trace_lane_count(trace))
        cursor.chunk =
            atomic_load_explicit(&trace->lanes[lane].first, memory_order_acquire);
    return cursor;
}

/** Go on to the next chunk, if there is one; else stay. */
static bool next_chunk(struct trace_cursor *cursor, struct chunk *chunk)
{
    uint32_t unit = atomic_load_explicit(&chunk->next, memory_order_acquire);

    if (checked_chunk(cursor->trace, unit) == NULL || cursor->left == 0)
        return false;
    cursor->left--;
    cursor->chunk = unit;
    cursor->index = 0;
    return true;
}

bool trace_next(struct trace_cursor *cursor, struct event_view *view)
{
    struct chunk *chunk = checked_chunk(cursor->trace, cursor->chunk);
    struct event *event;
    uint64_t time_ns;

    if (chunk == NULL)
        return false;
    if (cursor->index >= (chunk->units == 1 ? FIRST_EVENTS : LATER_EVENTS)) {
        if (!next_chunk(cursor, chunk))
            return false;
        return trace_next(cursor, view);
    }
    event = (struct event *)(void *)(chunk + 1) + cursor->index;
    time_ns = atomic_load_explicit(&event->time_ns, memory_order_acquire);
    if (time_ns == 0 || time_ns > INT64_MAX)
        return false;
    *view = (struct event_view){
        .time_ns = (int64_t)time_ns,
        .object = event->object,
        .value = event->value,
        .kind = event->kind < EVENT_KINDS ? (enum event_kind)event->kind : EVENT_NONE,
        .site = event->site,
        .processor = event->processor,
    };
    cursor->index++;
    return true;
}
