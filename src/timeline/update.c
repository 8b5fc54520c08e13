// SPDX-License-Identifier: MIT
/** A trace's lanes, one after the other: all of them, or what is new of them. */

#include "timeline/timeline_build.h"

#include <stdlib.h>
#include <uv.h>

/** Lanes from `build->index` on go: one comes before them.  They will be made anew. */
static int drop_lanes(struct build *build)
{
    struct timeline *timeline = build->timeline;
    if (build->index == timeline->lane_count)
        return 0;
    for (size_t i = build->index; i < timeline->lane_count; i++)
        if (build->growths[timeline->lanes[i].id].has_objects)
            return UV_EAGAIN;
    build->places_changed = build->holds_changed = true;
    while (timeline->lane_count > build->index) {
        struct lane *lane = &timeline->lanes[--timeline->lane_count];
        struct lane_growth *growth = &build->growths[lane->id];
        build->events_left += growth->events;
        build->kind_counts[lane->kind] -= lane->id != 0;
        build->notes[lane->id].last_ns = -1;
        build->watches[lane->id].stage = LANE_ABSENT;
        timeline_free_lane(lane);
    }
    return 0;
}

/** Put a lane without anything at `build->index`. */
static int insert_lane(struct build *build, const struct lane_view *record)
{
    int result = drop_lanes(build);
    if (result < 0)
        return result;
    build->timeline->lanes[build->timeline->lane_count++] = (struct lane){.id = 0};
    size_t slot = build_slot(build, record->id);
    build->watches[slot].stage = LANE_ABSENT;
    build->growths[slot] = (struct lane_growth){.number = 0};
    if (record->id != 0)
        build->growths[slot].number = ++build->kind_counts[record->kind];
    return 0;
}

static int take_record(struct build *build, const struct lane_view *record,
                       int64_t start_ns)
{
    struct lane_notes *notes = &build->notes[record->id];
    bool is_process = record->kind == LANE_PROCESS;
    if (is_process)
        notes->process_end_ns = build->now_ns - build->zero_ns;
    else
        notes->process_end_ns =
            build->notes[build->is_first ? record->parent : 0].process_end_ns;
    if (start_ns > notes->process_end_ns)
        start_ns = notes->process_end_ns;
    return build_lane(build, record, start_ns);
}

/** Take a lane that is new, or of which something may be. */
static int take_lane(struct build *build, uint32_t id)
{
    struct lane_view record;
    bool is_there = build->is_kept && build->watches[id].stage != LANE_ABSENT;
    bool is_readable = build_record(build, id, &record);
    if (is_readable && is_child_process(&record)) {
        build->is_last = build->has_children = true;
        if (!build->is_first)
            return UV_EAGAIN;
    }
    int64_t start_ns = is_readable ? build_start(build, &record) : -1;
    if (start_ns < 0)
        return is_there ? UV_EAGAIN : 0;
    int result = is_there ? 0 : insert_lane(build, &record);
    if (result == 0)
        result = take_record(build, &record, start_ns);
    if (result < 0)
        return result;
    if (record.kind == LANE_PROCESS)
        build->notes[id].process_end_ns = build->timeline->lanes[build->index].end_ns;
    build->index++;
    return 0;
}

/** Main's process has ended: lanes that went on after that are to be looked at. */
static void note_process_end(struct build *build)
{
    const struct timeline *timeline = build->timeline;
    int64_t end_ns = timeline->lanes[0].end_ns, before_ns = build->process_end_ns;
    build->process_end_ns = build->notes[0].process_end_ns = end_ns;
    if (build->is_first || end_ns == before_ns ||
        end_ns == build->now_ns - build->zero_ns)
        return;
    for (size_t i = 1; i < timeline->lane_count; i++)
        if (timeline->lanes[i].end_ns > end_ns)
            build_stale(build, timeline->lanes[i].id);
}

static int take_lanes(struct build *build)
{
    int result = 0;
    build->index = 0;
    for (uint32_t id = 0; id < build->lane_ids && result == 0; id++) {
        if (build->is_kept && build_same_lane(build, id))
            build->index++;
        else
            result = take_lane(build, id);
        if (id == 0 && result == 0)
            note_process_end(build);
    }
    return result;
}

/* All of it ------------------------------------------------------------------ */

/** Room for as many as there are ids; half as much again when there are more. */
static int make_room(struct build *build)
{
    struct timeline *timeline = build->timeline;
    uint32_t count = build->lane_ids, had = build->id_capacity;
    if (count <= had)
        return 0;
    if (had > 0 && had / 2 < UINT32_MAX - had && had + had / 2 > count)
        count = had + had / 2;
    void *lanes = realloc(timeline->lanes, count * sizeof *timeline->lanes);
    timeline->lanes = lanes != NULL ? lanes : timeline->lanes;
    void *notes = realloc(build->notes, count * sizeof *build->notes);
    build->notes = notes != NULL ? notes : build->notes;
    size_t kept = build->is_kept ? count : 1;
    void *watches = realloc(build->watches, kept * sizeof *build->watches);
    build->watches = watches != NULL ? watches : build->watches;
    void *growths = realloc(build->growths, kept * sizeof *build->growths);
    build->growths = growths != NULL ? growths : build->growths;
    if (lanes == NULL || notes == NULL || watches == NULL || growths == NULL)
        return UV_ENOMEM;
    for (uint32_t id = had; id < count; id++)
        build->notes[id] = (struct lane_notes){
            .created_ns = -1, .last_ns = -1, .reaped_ns = -1, .status = -1};
    for (size_t id = build->is_kept ? had : 0; id < kept; id++)
        build->watches[id].stage = LANE_ABSENT;
    build->id_capacity = count;
    return 0;
}

/** What is made from all lanes together. */
static int finish(struct build *build)
{
    struct timeline *timeline = build->timeline;
    int result = 0;
    if (build->places_changed)
        result = build_places(timeline);
    if (result == 0 && build->holds_changed)
        result = build_holds(timeline);
    if (build->objects_changed)
        build_objects_finish(timeline);
    build->places_changed = build->holds_changed = build->objects_changed = false;
    if (timeline->lane_count > 0) {
        timeline->wall_ns = timeline->lanes[0].end_ns;
        timeline->complete = !timeline->lanes[0].cut;
        /* Threads and tasks are cut off there, processes may be left behind. */
        timeline->ends_with_main = !build->has_children;
    }
    return result;
}

static int update(struct build *build)
{
    int result = make_room(build);
    if (result == 0 && build->is_first)
        build_seen(build);
    if (result == 0)
        result = take_lanes(build);
    /* Only a wild trace has more; which of it is read depends on the order. */
    if (result == 0 && build->events_left == 0 && !build->is_first)
        result = UV_EAGAIN;
    if (result == 0)
        result = finish(build);
    build->is_last |= build->events_left == 0;
    build->is_first = false;
    return result;
}

static int begin(struct timeline *timeline, const struct timeline_input *input,
                 bool is_kept)
{
    *timeline = (struct timeline){
        .dropped_events = trace_dropped(input->trace),
        .sites = input->sites,
        .site_count = input->site_count,
        .tasks = input->tasks,
        .task_count = input->task_count,
    };
    struct build *build = timeline->build = malloc(sizeof *build);
    if (build == NULL)
        return UV_ENOMEM;
    *build = (struct build){
        .timeline = timeline,
        .input = *input,
        .events_left = trace_bytes(input->trace) / sizeof(struct event),
        .lane_ids = trace_lane_count(input->trace),
        .is_kept = is_kept,
        .is_first = true,
        /* Where events were dropped, records tell of lanes, and change unannounced. */
        .is_last = timeline->dropped_events > 0,
        .places_changed = true,
    };
    build_clock(build);
    return update(build);
}

/** Go on with what is there.  @return UV_EAGAIN when that cannot be. */
static int go_on(struct timeline *timeline, const struct timeline_input *input)
{
    struct build *build = timeline->build;
    if (build == NULL || build->is_last || trace_dropped(input->trace) > 0 ||
        input->trace != build->input.trace || input->sites != timeline->sites ||
        input->site_count != timeline->site_count || input->tasks != timeline->tasks ||
        input->task_count != timeline->task_count)
        return UV_EAGAIN;
    int64_t zero_ns = build->zero_ns, now_ns = build->now_ns;
    uint32_t lane_ids = build->lane_ids;
    build->timeline = timeline;
    build->input = *input;
    build->lane_ids = trace_lane_count(input->trace);
    build_clock(build);
    if (build->zero_ns != zero_ns || build->now_ns < now_ns ||
        build->lane_ids < lane_ids)
        return UV_EAGAIN;
    return update(build);
}

int timeline_update(struct timeline *timeline, const struct timeline_input *input)
{
    int result = go_on(timeline, input);
    if (result == UV_EAGAIN) {
        timeline_destroy(timeline);
        result = begin(timeline, input, true);
    }
    if (result < 0)
        timeline_destroy(timeline);
    return result;
}

int timeline_build(struct timeline *timeline, const struct timeline_input *input)
{
    int result = begin(timeline, input, false);
    if (result < 0) {
        timeline_destroy(timeline);
        return result;
    }
    build_free(timeline->build);
    timeline->build = NULL;
    return 0;
}
