// SPDX-License-Identifier: MIT
/** Who held which lock, from when to when: from what the lanes' marks tell. */

#include "timeline/timeline_build.h"

#include <stdlib.h>
#include <uv.h>

static bool begins_hold(const struct mark *mark)
{
    return mark->kind == EVENT_LOCK_END;
}

static size_t count_holds(const struct timeline *timeline)
{
    size_t count = 0;
    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++)
            count += begins_hold(&timeline->lanes[i].marks[k]);
    return count;
}

/** A lane that holds more than this at once is not a lesson. */
#define HELD_AT_ONCE 64

/** Give up the lock that was taken last of those at that address. */
static void end_hold(struct held_lock *holds, size_t count, const struct mark *mark)
{
    size_t least = count > HELD_AT_ONCE ? count - HELD_AT_ONCE : 0;
    for (size_t i = count; i-- > least;)
        if (holds[i].object == mark->object && holds[i].is_open) {
            holds[i].end_ns = mark->at_ns;
            holds[i].is_open = false;
            return;
        }
}

static size_t add_holds(struct held_lock *holds, const struct lane *lane, size_t index)
{
    size_t count = 0;
    for (size_t k = 0; k < lane->mark_count; k++) {
        const struct mark *mark = &lane->marks[k];
        if (begins_hold(mark))
            holds[count++] = (struct held_lock){.object = mark->object,
                                                .start_ns = mark->at_ns,
                                                .end_ns = INT64_MAX,
                                                .lane = index,
                                                .site = mark->site,
                                                .is_open = true};
        else if (mark->kind == EVENT_UNLOCK)
            end_hold(holds, count, mark);
    }
    return count;
}

static int by_lock(const void *left, const void *right)
{
    const struct held_lock *a = left, *b = right;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    return (a->start_ns > b->start_ns) - (a->start_ns < b->start_ns);
}

int build_holds(struct timeline *timeline)
{
    size_t count = count_holds(timeline), done = 0;
    free(timeline->holds);
    timeline->holds = NULL;
    timeline->hold_count = 0;
    if (count == 0)
        return 0;
    timeline->holds = calloc(count, sizeof *timeline->holds);
    if (timeline->holds == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < timeline->lane_count; i++)
        done += add_holds(&timeline->holds[done], &timeline->lanes[i], i);
    timeline->hold_count = done;
    qsort(timeline->holds, done, sizeof *timeline->holds, by_lock);
    return 0;
}

size_t timeline_first_hold(const struct timeline *timeline, uint64_t object,
                           int64_t from_ns)
{
    size_t low = 0, high = timeline->hold_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct held_lock *hold = &timeline->holds[middle];
        if (hold->object < object ||
            (hold->object == object && hold->start_ns < from_ns))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/** Readers may hold it together: so many are looked back at. */
#define LOOK_BACK 16

const struct held_lock *timeline_holder(const struct timeline *timeline,
                                        const struct span *wait)
{
    if (wait->cause != EVENT_LOCK_BEGIN)
        return NULL;
    size_t after = timeline_first_hold(timeline, wait->object, wait->start_ns + 1);
    for (size_t i = after; i > 0 && after - i < LOOK_BACK; i--) {
        const struct held_lock *hold = &timeline->holds[i - 1];
        if (hold->object != wait->object)
            return NULL;
        if (hold->end_ns > wait->start_ns)
            return hold;
    }
    return NULL;
}

const struct held_lock *timeline_hold(const struct timeline *timeline,
                                      const struct lane *lane, const struct mark *mark)
{
    if (!begins_hold(mark))
        return NULL;
    size_t after = timeline_first_hold(timeline, mark->object, mark->at_ns + 1);
    for (size_t i = after; i > 0; i--) {
        const struct held_lock *hold = &timeline->holds[i - 1];
        if (hold->object != mark->object || hold->start_ns != mark->at_ns)
            return NULL;
        if (&timeline->lanes[hold->lane] == lane)
            return hold;
    }
    return NULL;
}
