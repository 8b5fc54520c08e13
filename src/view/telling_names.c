// SPDX-License-Identifier: MIT
#include "view/telling.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

bool story_is_namesake(const struct timeline *timeline, const struct lane *lane)
{
    uint64_t task = UINT64_MAX;
    if (lane->parent == LANE_NONE)
        return false;
    for (size_t i = 0; i < lane->mark_count; i++) {
        if (lane->marks[i].kind != EVENT_TASK_BEGIN)
            continue;
        if (task != UINT64_MAX)
            return false;
        task = lane->marks[i].object;
    }
    return task < timeline->task_count &&
           strcmp(timeline->tasks[task].name, lane->name) == 0;
}

bool story_takes_again(const struct timeline *timeline, size_t lane, uint64_t task)
{
    size_t first, span;
    return task < timeline->task_count &&
           timeline_find_task(timeline, (uint32_t)task, &first, &span) && first != lane;
}

/** Whether names that lanes took from tasks stand for several lanes. */
static bool are_names_shared(const struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        if (!story_is_namesake(timeline, lane))
            continue;
        for (size_t k = 0; k < lane->mark_count; k++)
            if (lane->marks[k].kind == EVENT_TASK_BEGIN &&
                story_takes_again(timeline, i, lane->marks[k].object))
                return true;
    }
    return false;
}

static bool is_gap(const struct timeline *timeline, uint16_t site)
{
    return site < timeline->site_count && timeline->sites[site].call != NULL &&
           strcmp(timeline->sites[site].call, "gap_wait") == 0;
}

bool story_is_arranged(const struct story *story, uint64_t object)
{
    for (size_t i = 0; i < story->arranged_count; i++)
        if (story->arranged[i] == object)
            return true;
    return false;
}

static void gather_arranged(struct story *story)
{
    const struct timeline *timeline = story->timeline;
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        for (size_t k = 0; k < lane->mark_count; k++)
            if (is_gap(timeline, lane->marks[k].site) &&
                !story_is_arranged(story, lane->marks[k].object) &&
                story->arranged_count < ARRANGED_MAX)
                story->arranged[story->arranged_count++] = lane->marks[k].object;
    }
}

/** From 1, in the order of creation, for each kind. */
static int number_lanes(struct story *story)
{
    const struct timeline *timeline = story->timeline;
    uint32_t count[LANE_KINDS] = {0};
    story->numbers = calloc(timeline->lane_count, sizeof *story->numbers);
    if (story->numbers == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < timeline->lane_count; i++)
        if (timeline->lanes[i].parent != LANE_NONE)
            story->numbers[i] = ++count[timeline->lanes[i].kind];
    return 0;
}

int story_find_names(struct story *story)
{
    gather_arranged(story);
    return are_names_shared(story->timeline) ? number_lanes(story) : 0;
}
