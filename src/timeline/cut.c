// SPDX-License-Identifier: MIT
#include "timeline/cut.h"

#include "timeline/timeline_build.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

int timeline_index(struct timeline *timeline)
{
    int result = build_places(timeline);
    return result == 0 ? build_holds(timeline) : result;
}

/** How many items of `size` bytes are to be kept, in memory of their own. */
static int copy_items(void *kept, const void *items, size_t count, size_t size)
{
    void *copy = count > 0 ? malloc(count * size) : NULL;
    if (count > 0 && copy == NULL)
        return UV_ENOMEM;
    if (count > 0)
        memcpy(copy, items, count * size);
    *(void **)kept = copy;
    return 0;
}

/** What it was doing at the moment is not over yet. */
static void end_there(struct lane *lane, int64_t at_ns)
{
    struct span *last =
        lane->span_count > 0 ? &lane->spans[lane->span_count - 1] : NULL;
    if (lane->end_ns <= at_ns)
        return;
    if (last != NULL && last->end_ns > at_ns) {
        lane->in_state_ns[last->state] -= last->end_ns - at_ns;
        last->end_ns = at_ns;
    }
    lane->end_ns = at_ns;
    lane->cut = true;
    lane->cpu_ns = lane->switches_voluntary = lane->switches_involuntary = -1;
    if (lane->reaped_ns > at_ns)
        lane->reaped_ns = lane->status = -1;
}

static int cut_lane(const struct lane *whole, int64_t at_ns, struct lane *lane)
{
    *lane = *whole;
    lane->spans = NULL;
    lane->marks = NULL;
    lane->name = strdup(whole->name);
    lane->span_count = lane_spans_begun(whole, at_ns);
    lane->mark_count = lane_marks_until(whole, at_ns);
    memset(lane->in_state_ns, 0, sizeof lane->in_state_ns);
    for (size_t i = 0; i < lane->span_count; i++)
        lane->in_state_ns[whole->spans[i].state] +=
            whole->spans[i].end_ns - whole->spans[i].start_ns;
    int result =
        copy_items(&lane->spans, whole->spans, lane->span_count, sizeof *lane->spans);
    if (result == 0)
        result = copy_items(&lane->marks, whole->marks, lane->mark_count,
                            sizeof *lane->marks);
    if (result == 0)
        end_there(lane, at_ns);
    return result == 0 && lane->name == NULL ? UV_ENOMEM : result;
}

int timeline_cut(const struct timeline *whole, int64_t at_ns, struct timeline *cut)
{
    *cut = (struct timeline){
        .wall_ns = whole->wall_ns < at_ns ? whole->wall_ns : at_ns,
        .complete = whole->complete && whole->wall_ns <= at_ns,
        .dropped_events = whole->dropped_events,
        .sites = whole->sites,
        .site_count = whole->site_count,
        .tasks = whole->tasks,
        .task_count = whole->task_count,
        .object_count = whole->object_count,
    };
    cut->lanes = calloc(whole->lane_count + 1, sizeof *cut->lanes);
    int result = cut->lanes == NULL ? UV_ENOMEM : 0;
    for (size_t i = 0; i < whole->lane_count && result == 0; i++)
        if (whole->lanes[i].start_ns <= at_ns)
            result = cut_lane(&whole->lanes[i], at_ns, &cut->lanes[cut->lane_count++]);
    if (result == 0)
        result = copy_items(&cut->objects, whole->objects, whole->object_count,
                            sizeof *cut->objects);
    if (result == 0)
        result = timeline_index(cut);
    if (result != 0)
        timeline_destroy(cut);
    return result;
}
