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
    return site < build->input.site_count ? site : SITE_NONE;
}

uint32_t build_task(const struct build *build, uint64_t number)
{
    return number < build->input.task_count ? (uint32_t)number : TASK_NONE;
}

void build_stale(struct build *build, uint32_t id)
{
    struct lane_watch *watch = &build->watches[build_slot(build, id)];
    if (watch->stage != LANE_ABSENT)
        watch->stage = LANE_CHANGES;
}

void build_created(struct build *build, uint32_t parent, uint64_t child, int64_t at_ns,
                   bool ahead)
{
    if (child <= parent || child >= build->lane_ids)
        return;
    struct lane_notes *notes = &build->notes[child];
    /* The first one that tells of it counts; who tells it again may know better. */
    bool is_first = notes->created_ns < 0 || parent < notes->creator ||
                    (parent == notes->creator && notes->is_just_noted);
    if (!is_first)
        return;
    if (!build->is_first && notes->created_ns != at_ns)
        build_stale(build, (uint32_t)child);
    notes->created_ns = at_ns;
    notes->creator = parent;
    notes->is_just_noted = ahead;
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

void build_free(struct build *build)
{
    if (build == NULL)
        return;
    free(build->notes);
    free(build->watches);
    free(build->growths);
    free(build->spans);
    free(build->marks);
    free(build);
}

void timeline_free_lane(struct lane *lane)
{
    free(lane->name);
    free(lane->spans);
    free(lane->marks);
}

void timeline_destroy(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->lane_count; i++)
        timeline_free_lane(&timeline->lanes[i]);
    build_free(timeline->build);
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

bool lane_is_cut_off(const struct timeline *timeline, const struct lane *lane)
{
    bool is_thread = lane->kind == LANE_THREAD && lane->parent != LANE_NONE;
    bool was_idle =
        lane->span_count > 0 && lane->spans[lane->span_count - 1].state == STATE_IDLE;
    return lane->cut && !(is_thread && was_idle && timeline->complete);
}

int64_t timeline_end_ns(const struct timeline *timeline)
{
    int64_t end_ns = timeline->wall_ns;
    for (size_t i = 0; i < timeline->lane_count && !timeline->ends_with_main; i++)
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

/** How many of items in order of a time, which stands `at` bytes within each, have one
 * that is not later. */
static size_t count_until(const void *items, size_t count, size_t bytes, size_t at,
                          int64_t until_ns)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t time_ns;
        memcpy(&time_ns, (const char *)items + middle * bytes + at, sizeof time_ns);
        if (time_ns <= until_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t lane_marks_until(const struct lane *lane, int64_t at_ns)
{
    return count_until(lane->marks, lane->mark_count, sizeof *lane->marks,
                       offsetof(struct mark, at_ns), at_ns);
}

size_t lane_spans_begun(const struct lane *lane, int64_t at_ns)
{
    return count_until(lane->spans, lane->span_count, sizeof *lane->spans,
                       offsetof(struct span, start_ns), at_ns);
}

size_t lane_spans_over(const struct lane *lane, int64_t at_ns)
{
    return count_until(lane->spans, lane->span_count, sizeof *lane->spans,
                       offsetof(struct span, end_ns), at_ns);
}
