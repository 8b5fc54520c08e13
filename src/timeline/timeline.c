// SPDX-License-Identifier: MIT
#include "timeline/timeline_build.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

int64_t build_time(const struct build *build, int64_t time_ns)
{
    if (time_ns <= build->zero_ns)
        return 0;
    return (time_ns < build->now_ns ? time_ns : build->now_ns) - build->zero_ns;
}

uint16_t build_site(const struct build *build, uint16_t site)
{
    return site < build->input->site_count ? site : SITE_NONE;
}

uint32_t build_task(const struct build *build, uint64_t number)
{
    return number < build->input->task_count ? (uint32_t)number : TASK_NONE;
}

void build_created(struct build *build, uint32_t parent, uint64_t child, int64_t at_ns)
{
    if (child > parent && child < build->lane_ids && build->notes[child].created_ns < 0)
        build->notes[child].created_ns = at_ns;
}

int build_grow(void **items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return 0;
    size_t wanted = count < 8 ? 8 : count + count / 2;
    void *grown = wanted > SIZE_MAX / size ? NULL : realloc(*items, wanted * size);
    if (grown == NULL)
        return UV_ENOMEM;
    *items = grown;
    *capacity = wanted;
    return 0;
}

/** The time of a lane's first event of that kind, or of any (NONE); -1: it has none. */
static int64_t first_event(const struct build *build, uint32_t lane,
                           enum event_kind kind)
{
    struct trace_cursor cursor = trace_first(build->input->trace, lane);
    struct event_view event;
    for (uint64_t left = build->events_left; left > 0; left--) {
        if (!trace_next(&cursor, &event))
            return -1;
        if (kind == EVENT_NONE || event.kind == kind)
            return event.time_ns < 0 ? 0 : event.time_ns;
    }
    return -1;
}

/** A record that can be used: main is there whatever became of its record. */
static bool read_record(const struct build *build, uint32_t id,
                        struct lane_view *record)
{
    bool readable = trace_read_lane(build->input->trace, id, record);
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

/**
 * Where a lane begins; -1: it never did.  Its number is taken before it is created, and
 * that may have been refused.
 */
static int64_t lane_start(const struct build *build, const struct lane_view *record)
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

static bool has_child_processes(const struct build *build)
{
    struct lane_view record;
    for (uint32_t id = 1; id < build->lane_ids; id++)
        if (trace_read_lane(build->input->trace, id, &record) &&
            record.kind == LANE_PROCESS)
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

/**
 * A process may be waited for on a lane of any number, as by a thread that started
 * after it; all of them are looked through before the first is built.  Of threads
 * nothing of this is told.
 */
static void note_all_seen(struct build *build)
{
    uint64_t left = build->events_left;
    if (!has_child_processes(build))
        return;
    for (uint32_t id = 0; id < build->lane_ids; id++) {
        struct trace_cursor cursor = trace_first(build->input->trace, id);
        struct event_view event;
        while (left > 0 && trace_next(&cursor, &event)) {
            left--;
            note_seen(build, &event);
        }
    }
}

static int build_lanes(struct build *build)
{
    struct timeline *timeline = build->timeline;
    for (uint32_t id = 0; id < build->lane_ids; id++) {
        struct lane_view record;
        if (!read_record(build, id, &record))
            continue;
        int64_t start_ns = lane_start(build, &record);
        if (start_ns < 0)
            continue;
        bool is_process = record.kind == LANE_PROCESS;
        struct lane_notes *notes = &build->notes[id];
        notes->process_end_ns = is_process ? build->now_ns - build->zero_ns
                                           : build->notes[record.parent].process_end_ns;
        if (start_ns > notes->process_end_ns)
            start_ns = notes->process_end_ns;
        int result = build_lane(build, &record, start_ns);
        if (result < 0)
            return result;
        if (is_process)
            notes->process_end_ns = timeline->lanes[timeline->lane_count - 1].end_ns;
    }
    return 0;
}

int build_places(struct timeline *timeline)
{
    if (timeline->task_count == 0)
        return 0;
    timeline->places = calloc(timeline->task_count, sizeof *timeline->places);
    if (timeline->places == NULL)
        return UV_ENOMEM;
    for (size_t task = 0; task < timeline->task_count; task++)
        timeline->places[task] = (struct task_place){.lane = TASK_NONE};
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        for (size_t j = 0; j < lane->span_count; j++) {
            if (lane->spans[j].task >= timeline->task_count)
                continue;
            struct task_place *place = &timeline->places[lane->spans[j].task];
            if (place->lane == TASK_NONE ||
                timeline->lanes[place->lane].spans[place->span].start_ns >
                    lane->spans[j].start_ns)
                *place = (struct task_place){(uint32_t)i, (uint32_t)j};
        }
    }
    return 0;
}

static void set_clock(struct build *build)
{
    int64_t zero_ns = build->lane_ids > 0 ? first_event(build, 0, EVENT_START) : -1;
    if (zero_ns < 0 && build->lane_ids > 0)
        zero_ns = first_event(build, 0, EVENT_NONE);
    int64_t now_ns = build->input->now_ns > 0 ? build->input->now_ns : 0;
    build->zero_ns = zero_ns < 0 ? now_ns : zero_ns;
    build->now_ns = now_ns < build->zero_ns ? build->zero_ns : now_ns;
}

static int allocate(struct build *build)
{
    uint32_t count = build->lane_ids;
    build->timeline->lanes = calloc(count, sizeof *build->timeline->lanes);
    build->notes = malloc(count * sizeof *build->notes);
    if (build->timeline->lanes == NULL || build->notes == NULL)
        return UV_ENOMEM;
    for (uint32_t id = 0; id < count; id++)
        build->notes[id] = (struct lane_notes){
            .created_ns = -1, .last_ns = -1, .reaped_ns = -1, .status = -1};
    return 0;
}

static int build_all(struct build *build)
{
    struct timeline *timeline = build->timeline;
    int result = build->lane_ids > 0 ? allocate(build) : 0;
    if (result == 0) {
        note_all_seen(build);
        result = build_lanes(build);
    }
    if (result == 0)
        result = build_places(timeline);
    if (result == 0)
        result = build_holds(timeline);
    if (result == 0 && timeline->lane_count > 0) {
        build_objects_finish(timeline);
        timeline->wall_ns = timeline->lanes[0].end_ns;
        timeline->complete = !timeline->lanes[0].cut;
    }
    return result;
}

int timeline_build(struct timeline *timeline, const struct timeline_input *input)
{
    *timeline = (struct timeline){
        .dropped_events = trace_dropped(input->trace),
        .sites = input->sites,
        .site_count = input->site_count,
        .tasks = input->tasks,
        .task_count = input->task_count,
    };
    struct build build = {
        .timeline = timeline,
        .input = input,
        .events_left = trace_bytes(input->trace) / sizeof(struct event),
        .lane_ids = trace_lane_count(input->trace),
    };
    set_clock(&build);
    int result = build_all(&build);
    free(build.notes);
    free(build.spans);
    free(build.marks);
    if (result < 0)
        timeline_destroy(timeline);
    return result;
}

void timeline_destroy(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->lane_count; i++) {
        free(timeline->lanes[i].name);
        free(timeline->lanes[i].spans);
        free(timeline->lanes[i].marks);
    }
    free(timeline->lanes);
    free(timeline->objects);
    free(timeline->holds);
    free(timeline->places);
    *timeline = (struct timeline){.wall_ns = 0};
}

const struct lane *timeline_lane(const struct timeline *timeline, uint64_t id)
{
    size_t low = 0, high = timeline->lane_count;
    if (id < high && timeline->lanes[id].id == id)
        return &timeline->lanes[id];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (timeline->lanes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < timeline->lane_count && timeline->lanes[low].id == id
               ? &timeline->lanes[low]
               : NULL;
}

int64_t lane_own_end_ns(const struct lane *lane)
{
    const struct span *last =
        lane->span_count > 0 ? &lane->spans[lane->span_count - 1] : NULL;
    return last != NULL && last->state == STATE_ZOMBIE ? last->start_ns : lane->end_ns;
}

int64_t timeline_end_ns(const struct timeline *timeline)
{
    int64_t end_ns = timeline->wall_ns;
    for (size_t i = 0; i < timeline->lane_count; i++)
        if (timeline->lanes[i].end_ns > end_ns)
            end_ns = timeline->lanes[i].end_ns;
    return end_ns;
}

bool timeline_find_task(const struct timeline *timeline, uint32_t task, size_t *lane,
                        size_t *span)
{
    if (task >= timeline->task_count || timeline->places[task].lane == TASK_NONE)
        return false;
    *lane = timeline->places[task].lane;
    *span = timeline->places[task].span;
    return true;
}
