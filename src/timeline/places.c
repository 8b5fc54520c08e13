// SPDX-License-Identifier: MIT
/** Where each task was done first. */

#include "timeline/timeline_build.h"

#include <stdlib.h>
#include <uv.h>

static int64_t place_start_ns(const struct timeline *timeline, struct task_place place)
{
    return timeline->lanes[place.lane].spans[place.span].start_ns;
}

/** Of two that begin at the same time, that of the lane that is created first. */
static bool is_earlier(const struct timeline *timeline, struct task_place place,
                       struct task_place than)
{
    if (than.lane == TASK_NONE)
        return true;
    int64_t start_ns = place_start_ns(timeline, place);
    int64_t than_ns = place_start_ns(timeline, than);
    if (start_ns != than_ns)
        return start_ns < than_ns;
    return place.lane != than.lane ? place.lane < than.lane : place.span < than.span;
}

int build_places(struct timeline *timeline)
{
    if (timeline->task_count == 0)
        return 0;
    if (timeline->places == NULL)
        timeline->places = calloc(timeline->task_count, sizeof *timeline->places);
    if (timeline->places == NULL)
        return UV_ENOMEM;
    for (size_t task = 0; task < timeline->task_count; task++)
        timeline->places[task] = (struct task_place){.lane = TASK_NONE};
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        for (size_t j = 0; j < lane->span_count; j++) {
            struct task_place place = {(uint32_t)i, (uint32_t)j};
            uint32_t task = lane->spans[j].task;
            if (task < timeline->task_count &&
                is_earlier(timeline, place, timeline->places[task]))
                timeline->places[task] = place;
        }
    }
    return 0;
}

void places_leave(struct build *build, size_t first, struct moved_places *moved)
{
    struct timeline *timeline = build->timeline;
    const struct lane *lane = &timeline->lanes[build->index];
    moved->count = 0;
    for (size_t k = first; k < lane->span_count && !build->places_changed; k++) {
        const struct span *span = &lane->spans[k];
        if (span->task >= timeline->task_count)
            continue;
        struct task_place *place = &timeline->places[span->task];
        if (place->lane != build->index || place->span != k)
            continue;
        place->lane = TASK_NONE;
        build->places_changed = moved->count == MOVED_TASKS;
        if (!build->places_changed) {
            moved->tasks[moved->count].task = span->task;
            moved->tasks[moved->count++].start_ns = span->start_ns;
        }
    }
}

/** A task that has gone from where it began may have begun elsewhere. */
static bool is_back(const struct build *build, uint32_t task, int64_t start_ns)
{
    struct task_place place = build->timeline->places[task];
    return place.lane == build->index &&
           place_start_ns(build->timeline, place) == start_ns;
}

void places_enter(struct build *build, size_t first, const struct moved_places *moved)
{
    struct timeline *timeline = build->timeline;
    const struct lane *lane = &timeline->lanes[build->index];
    /* From the last one on, so that the first one of a task stays. */
    for (size_t k = lane->span_count; k-- > first && !build->places_changed;) {
        uint32_t task = lane->spans[k].task;
        if (task >= timeline->task_count)
            continue;
        struct task_place *place = &timeline->places[task];
        struct task_place here = {(uint32_t)build->index, (uint32_t)k};
        bool is_mine = place->lane == build->index;
        if (is_mine ? place->span >= first : is_earlier(timeline, here, *place))
            *place = here;
    }
    for (size_t i = 0; i < moved->count && !build->places_changed; i++)
        build->places_changed =
            !is_back(build, moved->tasks[i].task, moved->tasks[i].start_ns);
}
