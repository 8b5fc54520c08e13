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

bool trace_has_contention(const struct trace *trace)
{
    return atomic_load_explicit(&trace->counters->contended, memory_order_relaxed) != 0;
}

static void read_holds(struct lane_record *record, struct lane_view *view)
{
    view->hold_count = 0;
    for (size_t i = 0; i < LANE_HOLDS; i++) {
        struct hold *hold = &view->holds[view->hold_count];

        hold->object =
            atomic_load_explicit(&record->holds[i].object, memory_order_acquire);
        hold->since_ns =
            atomic_load_explicit(&record->holds[i].since_ns, memory_order_acquire);
        hold->site = (uint16_t)atomic_load_explicit(&record->holds[i].site,
                                                    memory_order_acquire);
        view->hold_count += hold->object != 0;
    }
}

/** What a lane does and holds.  @return whether that is of one moment. */
static bool read_present(struct lane_record *record, struct lane_view *view)
{
    uint32_t doing;

    view->changes = atomic_load_explicit(&record->changes, memory_order_acquire);
    doing = atomic_load_explicit(&record->doing, memory_order_acquire);
    view->doing =
        doing >> 16 < EVENT_KINDS ? (enum event_kind)(doing >> 16) : EVENT_NONE;
    view->doing_site = (uint16_t)(doing & 0xffff);
    view->doing_object =
        atomic_load_explicit(&record->doing_object, memory_order_acquire);
    view->doing_since_ns =
        atomic_load_explicit(&record->doing_since_ns, memory_order_acquire);
    read_holds(record, view);
    return view->changes % 2 == 0 &&
           view->changes ==
               atomic_load_explicit(&record->changes, memory_order_relaxed);
}

/** How often a reader tries; a change takes some nanoseconds. */
#define TRIES 16

bool trace_read_lane(const struct trace *trace, uint32_t lane, struct lane_view *view)
{
    struct lane_record *record;
    uint32_t progress, kind, parent;
    bool ended, is_consistent = false;

    if (lane >= trace_lane_count(trace))
        return false;
    record = &trace->lanes[lane];
    progress = atomic_load_explicit(&record->progress, memory_order_acquire);
    kind = atomic_load_explicit(&record->kind, memory_order_relaxed);
    parent = atomic_load_explicit(&record->parent, memory_order_relaxed);
    if (progress == LANE_BLANK || progress > LANE_ENDED || kind >= LANE_KINDS)
        return false;
    ended = progress == LANE_ENDED;
    *view = (struct lane_view){
        .id = lane,
        .kind = (enum lane_kind)kind,
        .parent = parent < lane ? parent : LANE_NONE,
        .started = progress >= LANE_STARTED,
        .ended = ended,
        .os_id = atomic_load_explicit(&record->os_id, memory_order_relaxed),
        .cpu_ns = ended ? record->cpu_ns : -1,
        .switches_voluntary = ended ? record->switches_voluntary : -1,
        .switches_involuntary = ended ? record->switches_involuntary : -1,
    };
    for (int i = 0; i < TRIES && !is_consistent; i++)
        is_consistent = read_present(record, view);
    if (!is_consistent)
        view->changes |= 1;
    memcpy(view->name, record->name, sizeof view->name - 1);
    return true;
}

bool trace_lane_ended(const struct trace *trace, uint32_t lane)
{
    return lane < trace_lane_count(trace) &&
           atomic_load_explicit(&trace->lanes[lane].progress, memory_order_acquire) ==
               LANE_ENDED;
}

static struct chunk *chunk_of(const struct trace_cursor *cursor)
{
    const struct trace *trace = cursor->trace;

    if (cursor->chunk == 0)
        return &trace->lanes[cursor->lane].first;
    return (struct chunk *)(void *)(trace->chunks +
                                    (size_t)cursor->chunk * CHUNK_BYTES);
}

struct trace_cursor trace_first(const struct trace *trace, uint32_t lane)
{
    struct trace_cursor cursor = {.trace = trace, .lane = lane};

    if (lane < trace_lane_count(trace))
        cursor.limit = FIRST_EVENTS;
    return cursor;
}

/** Go on to the next chunk, if there is one, and it is the lane's; else stay. */
static bool next_chunk(struct trace_cursor *cursor)
{
    const struct trace *trace = cursor->trace;
    uint32_t end = atomic_load_explicit(&trace->counters->chunks, memory_order_relaxed);
    uint32_t number =
        atomic_load_explicit(&chunk_of(cursor)->next, memory_order_acquire);
    struct trace_cursor next = {
        .trace = trace, .lane = cursor->lane, .chunk = number, .limit = LATER_EVENTS};

    if (end > trace->chunk_capacity)
        end = trace->chunk_capacity;
    if (number <= cursor->chunk || number >= end ||
        atomic_load_explicit(&chunk_of(&next)->lane, memory_order_relaxed) !=
            cursor->lane)
        return false;
    *cursor = next;
    return true;
}

bool trace_next(struct trace_cursor *cursor, struct event_view *view)
{
    struct event *event;
    uint64_t time_ns;
    uint16_t kind;

    if (cursor->limit == 0 || (cursor->index == cursor->limit && !next_chunk(cursor)))
        return false;
    event = (struct event *)(void *)(chunk_of(cursor) + 1) + cursor->index;
    time_ns = atomic_load_explicit(&event->time_ns, memory_order_acquire);
    if (time_ns == 0 || time_ns > INT64_MAX)
        return false;
    kind = atomic_load_explicit(&event->kind, memory_order_relaxed);
    *view = (struct event_view){
        .time_ns = (int64_t)time_ns,
        .object = event->object,
        .value = event->value,
        .kind = kind < EVENT_KINDS ? (enum event_kind)kind : EVENT_NONE,
        .site = event->site,
        .processor = event->processor,
    };
    cursor->index++;
    return true;
}
