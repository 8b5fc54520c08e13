// SPDX-License-Identifier: MIT
/** Which lanes there are, from when on, and what others tell of them. */

#include "timeline/timeline_build.h"

/** The time of a lane's first event of that kind, or of any (NONE); -1: it has none. */
static int64_t first_event(const struct build *build, uint32_t lane,
                           enum event_kind kind)
{
    struct trace_cursor cursor = trace_first(build->input.trace, lane);
    struct event_view event;
    for (uint64_t left = trace_bytes(build->input.trace) / sizeof(struct event);
         left > 0; left--) {
        if (!trace_next(&cursor, &event))
            return -1;
        if (kind == EVENT_NONE || event.kind == kind)
            return event.time_ns < 0 ? 0 : event.time_ns;
    }
    return -1;
}

void build_clock(struct build *build)
{
    int64_t zero_ns = build->lane_ids > 0 ? first_event(build, 0, EVENT_START) : -1;
    if (zero_ns < 0 && build->lane_ids > 0)
        zero_ns = first_event(build, 0, EVENT_NONE);
    int64_t now_ns = build->input.now_ns > 0 ? build->input.now_ns : 0;
    build->zero_ns = zero_ns < 0 ? now_ns : zero_ns;
    build->now_ns = now_ns < build->zero_ns ? build->zero_ns : now_ns;
}

/* Main is there whatever became of its record. */
bool build_record(const struct build *build, uint32_t id, struct lane_view *record)
{
    bool readable = trace_read_lane(build->input.trace, id, record);
    if (id == 0) {
        if (!readable)
            *record = (struct lane_view){
                .cpu_ns = -1, .switches_voluntary = -1, .switches_involuntary = -1};
        record->id = 0;
        record->kind = LANE_PROCESS;
        record->parent = LANE_NONE;
        return true;
    }
    record->id = id;
    if (readable && (record->parent >= id || build->notes[record->parent].last_ns < 0))
        record->parent = 0;
    return readable && (unsigned)record->kind < LANE_KINDS;
}

int64_t build_start(const struct build *build, const struct lane_view *record)
{
    if (record->id == 0)
        return 0;
    int64_t created_ns = build->notes[record->id].created_ns;
    int64_t first_ns = first_event(build, record->id, EVENT_NONE);
    if (first_ns >= 0) {
        first_ns = build_time(build, first_ns);
        return created_ns >= 0 && created_ns < first_ns ? created_ns : first_ns;
    }
    if (created_ns < 0 && record->started && build->timeline->dropped_events > 0)
        return build->notes[record->parent].last_ns;
    return created_ns;
}

bool is_child_process(const struct lane_view *record)
{
    return record->id > 0 && record->kind == LANE_PROCESS;
}

static bool has_child_processes(const struct build *build)
{
    struct lane_view record;
    for (uint32_t id = 1; id < build->lane_ids; id++)
        if (trace_read_lane(build->input.trace, id, &record) &&
            is_child_process(&record))
            return true;
    return false;
}

/** What others saw of a lane: that it was a zombie, and that its life is over. */
static void note_seen(struct build *build, const struct event_view *event)
{
    if (event->object >= build->lane_ids)
        return;
    struct lane_notes *notes = &build->notes[event->object];
    if (event->kind == EVENT_STATE && event->value == 'Z')
        notes->zombie_seen = true;
    if (event->kind == EVENT_JOIN_END && notes->reaped_ns < 0) {
        notes->reaped_ns = build_time(build, event->time_ns);
        notes->status = (int)event->value;
    }
}

void build_seen(struct build *build)
{
    uint64_t left = build->events_left;
    if (!has_child_processes(build))
        return;
    build->is_last = true;
    for (uint32_t id = 0; id < build->lane_ids; id++) {
        struct trace_cursor cursor = trace_first(build->input.trace, id);
        struct event_view event;
        while (left > 0 && trace_next(&cursor, &event)) {
            left--;
            note_seen(build, &event);
        }
    }
}
