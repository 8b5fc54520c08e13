// SPDX-License-Identifier: MIT
/** Lanes that are kept while their trace goes on: what is read once stays. */

#include "text/width.h"
#include "timeline/lane_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/** What stands in the record of a lane, of which no span is known yet. */
static void describe(struct lane *lane, const struct lane_view *record)
{
    lane->id = record->id;
    lane->kind = record->kind;
    lane->parent = record->parent;
    lane->os_id = record->os_id;
    lane->reaped_ns = -1;
    lane->status = -1;
    lane->zombie_seen = false;
    lane->cpu_ns = record->cpu_ns;
    lane->switches_voluntary = record->switches_voluntary;
    lane->switches_involuntary = record->switches_involuntary;
}

static int give_name(struct lane_build *b)
{
    static const char *const words[LANE_KINDS] = {"process", "thread", "task"};
    struct lane *lane = b->lane;
    char numbered[32] = "main";
    const char *name = b->at.full_name != NULL ? b->at.full_name : b->name;
    if (name == NULL && lane->id != 0)
        snprintf(numbered, sizeof numbered, "%s %u", words[lane->kind],
                 b->growth->number);
    if (name == NULL)
        name = numbered;
    if (lane->name != NULL && strcmp(lane->name, name) == 0)
        return 0;
    free(lane->name);
    lane->name = strdup(name);
    return lane->name == NULL ? UV_ENOMEM : 0;
}

/** Few items are copied; many would be twice in memory, and change their owner. */
#define COPIED_BYTES ((size_t)64 << 10)

/** Take what has gathered in `*items`.  @return UV_ENOMEM when there is no room. */
static int keep(void **kept, void **items, size_t bytes, size_t *capacity)
{
    if (bytes == 0)
        return 0;
    bool is_copy = bytes <= COPIED_BYTES;
    *kept = is_copy ? malloc(bytes) : realloc(*items, bytes);
    if (*kept == NULL)
        return UV_ENOMEM;
    if (is_copy) {
        memcpy(*kept, *items, bytes);
    } else {
        *items = NULL;
        *capacity = 0;
    }
    return 0;
}

static int keep_all(struct lane_build *b)
{
    struct build *build = b->build;
    struct lane *lane = b->lane;
    b->growth->span_capacity = lane->span_count;
    b->growth->mark_capacity = lane->mark_count;
    int result = keep((void **)&lane->spans, (void **)&build->spans,
                      lane->span_count * sizeof *lane->spans, &build->span_capacity);
    if (result == 0)
        result = keep((void **)&lane->marks, (void **)&build->marks,
                      lane->mark_count * sizeof *lane->marks, &build->mark_capacity);
    return result;
}

/** What is to be looked for at the next update. */
static enum lane_stage stage_of(const struct lane_build *b,
                                const struct lane_view *record)
{
    const struct lane_growth *growth = b->growth;
    if (growth->is_ahead)
        return LANE_CHANGES;
    if (b->at.ended)
        return record->ended     ? LANE_SETTLED
               : record->started ? LANE_ENDED
                                 : LANE_CHANGES;
    /* Else its end does not move alone. */
    bool is_plain = record->started && !record->ended && b->at.cursor.limit != 0 &&
                    b->lane->span_count == growth->span_count + 1;
    return is_plain ? LANE_GOES_ON : LANE_CHANGES;
}

/** From where the lane is on to its end. */
static int complete(struct lane_build *b, const struct lane_view *record)
{
    int result = lane_take_events(b);
    if (result == 0)
        result = lane_take_end(b, record);
    if (result == 0)
        result = build_bound_run(b->build, b->lane);
    if (result < 0)
        return result;
    b->growth->is_bound = result > 0;
    b->watch->stage = stage_of(b, record);
    b->watch->cursor = b->growth->point.cursor;
    return give_name(b);
}

/** From the lane's start: a new one, or one that has changed before where it was. */
static int make(struct lane_build *b, const struct lane_view *record, int64_t start_ns)
{
    struct lane *lane = b->lane, old = *lane;
    struct moved_places moved;
    if (b->growth->has_objects)
        return UV_EAGAIN;
    places_leave(b->build, 0, &moved);
    b->build->events_left += b->growth->events;
    *lane = (struct lane){.name = old.name, .start_ns = start_ns};
    describe(lane, record);
    lane_begin(b, start_ns);
    int result = complete(b, record);
    if (result == 0)
        result = keep_all(b);
    free(old.spans);
    free(old.marks);
    if (result == 0)
        places_enter(b->build, 0, &moved);
    return result;
}

/** Take back what was drawn of the lane past its point. */
static void go_back(struct lane_build *b)
{
    struct lane *lane = b->lane;
    const struct lane_growth *growth = b->growth;
    for (size_t i = growth->span_count; i < lane->span_count; i++)
        lane->in_state_ns[lane->spans[i].state] -=
            lane->spans[i].end_ns - lane->spans[i].start_ns;
    lane->span_count = growth->span_count;
    lane->mark_count = growth->mark_count;
    lane->processor_count = growth->processor_count;
    b->build->notes[lane->id].last_ns = growth->last_ns;
    b->build->events_left += growth->events - growth->point.events;
    b->at = growth->point;
    if (b->at.cursor.limit == 0)
        b->at.cursor = trace_first(b->build->input.trace, lane->id);
}

/** The lane's own spans and marks are those that gather, and back. */
static void exchange(struct lane_build *b)
{
    struct build *build = b->build;
    struct lane *lane = b->lane;
    struct span *spans = lane->spans;
    struct mark *marks = lane->marks;
    size_t span_capacity = b->growth->span_capacity;
    size_t mark_capacity = b->growth->mark_capacity;
    lane->spans = build->spans;
    lane->marks = build->marks;
    b->growth->span_capacity = build->span_capacity;
    b->growth->mark_capacity = build->mark_capacity;
    build->spans = spans;
    build->marks = marks;
    build->span_capacity = span_capacity;
    build->mark_capacity = mark_capacity;
}

static void shrink(void **items, size_t count, size_t *capacity, size_t size)
{
    void *less = count > 0 && count < *capacity ? realloc(*items, count * size) : NULL;
    if (less == NULL)
        return;
    *items = less;
    *capacity = count;
}

/** From its point. */
static int resume(struct lane_build *b, const struct lane_view *record)
{
    struct lane *lane = b->lane;
    struct lane_growth *growth = b->growth;
    struct moved_places moved;
    size_t first = growth->span_count;
    places_leave(b->build, first, &moved);
    describe(lane, record);
    go_back(b);
    exchange(b);
    b->is_resumed = true;
    int result = complete(b, record);
    exchange(b);
    if (b->watch->stage == LANE_SETTLED) {
        shrink((void **)&lane->spans, lane->span_count, &growth->span_capacity,
               sizeof *lane->spans);
        shrink((void **)&lane->marks, lane->mark_count, &growth->mark_capacity,
               sizeof *lane->marks);
    }
    if (result == 0)
        places_enter(b->build, growth->is_bound ? 0 : first, &moved);
    /* Its spans are neither the old ones nor the new ones. */
    b->build->places_changed |= result == UV_EAGAIN;
    return result;
}

/** Whether all before the lane's point is as it would be read now. */
static bool can_resume(const struct lane_build *b, const struct lane_view *record,
                       int64_t start_ns)
{
    const struct lane_growth *growth = b->growth;
    int64_t last_ns = b->build->notes[record->id].process_end_ns;
    return b->watch->stage != LANE_ABSENT && !growth->is_bound &&
           b->lane->start_ns == start_ns && b->lane->kind == record->kind &&
           b->lane->parent == record->parent && growth->last_ns <= last_ns &&
           growth->point.since_ns <= last_ns;
}

int build_lane(struct build *build, const struct lane_view *record, int64_t start_ns)
{
    size_t slot = build_slot(build, record->id);
    struct lane_build b = {
        .build = build,
        .lane = &build->timeline->lanes[build->index],
        .watch = &build->watches[slot],
        .growth = &build->growths[slot],
        .name = record->name[0] != '\0' && text_is_printable(record->name)
                    ? record->name
                    : NULL,
    };
    int result = UV_EAGAIN;
    if (can_resume(&b, record, start_ns))
        result = resume(&b, record);
    if (result == UV_EAGAIN) {
        b.is_resumed = false;
        result = make(&b, record, start_ns);
    }
    return result;
}

static void move_end(struct build *build, uint32_t id)
{
    struct lane *lane = &build->timeline->lanes[build->index];
    struct span *last = &lane->spans[lane->span_count - 1];
    int64_t end_ns = id == 0 ? build->now_ns - build->zero_ns : build->process_end_ns;
    lane->in_state_ns[last->state] += end_ns - lane->end_ns;
    last->end_ns = lane->end_ns = end_ns;
}

bool build_same_lane(struct build *build, uint32_t id)
{
    const struct lane_watch *watch = &build->watches[id];
    struct trace_cursor cursor = watch->cursor;
    struct event_view event;
    switch (watch->stage) {
    case LANE_SETTLED:
        return true;
    case LANE_ENDED:
        return !trace_lane_ended(build->input.trace, id);
    case LANE_GOES_ON:
        if (trace_next(&cursor, &event))
            return false;
        move_end(build, id);
        return true;
    default:
        return false;
    }
}
