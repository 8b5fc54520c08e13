// SPDX-License-Identifier: MIT
#include "view/handover.h"

const struct span *span_that_ends(const struct lane *lane, int64_t at_ns,
                                  enum event_kind cause)
{
    size_t low = 0, high = lane->span_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lane->spans[middle].end_ns < at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < lane->span_count && lane->spans[low].end_ns == at_ns; low++)
        if (lane->spans[low].cause == cause)
            return &lane->spans[low];
    return NULL;
}

const struct held_lock *lock_handover(const struct timeline *timeline,
                                      const struct mark *unlock)
{
    size_t next = timeline_first_hold(timeline, unlock->object, unlock->at_ns);
    if (next == timeline->hold_count || timeline->holds[next].object != unlock->object)
        return NULL;
    const struct held_lock *hold = &timeline->holds[next];
    const struct span *wait =
        span_that_ends(&timeline->lanes[hold->lane], hold->start_ns, EVENT_LOCK_BEGIN);
    bool waited = wait != NULL && wait->object == unlock->object &&
                  wait->start_ns <= unlock->at_ns;
    return waited ? hold : NULL;
}

/** So many marks are looked back at, and so many lanes at all: a file may have many. */
#define MARKS_MAX 64
#define LANES_MAX 64

/** The process that a lane belongs to: addresses mean the same only within one. */
static const struct lane *process_of(const struct timeline *timeline,
                                     const struct lane *lane)
{
    for (size_t i = 0; lane != NULL && lane->kind != LANE_PROCESS && i < LANES_MAX; i++)
        lane = timeline_lane(timeline, lane->parent);
    return lane;
}

/** What the lane read there last; NULL: nothing, or it has written since. */
static const struct mark *last_read(const struct lane *lane, const struct mark *write)
{
    size_t from = lane_marks_until(lane, write->at_ns), left = MARKS_MAX;
    for (size_t i = from; i > 0 && left > 0; i--, left--) {
        const struct mark *mark = &lane->marks[i - 1];
        bool is_other = mark->object != write->object || mark->at_ns >= write->at_ns;
        if (!is_other && mark->kind == EVENT_WRITE)
            return NULL;
        if (!is_other && mark->kind == EVENT_READ)
            return mark;
    }
    return NULL;
}

static const struct mark *write_between(const struct lane *lane,
                                        const struct mark *read,
                                        const struct mark *write)
{
    size_t from = lane_marks_until(lane, read->at_ns);
    for (size_t i = from; i < lane->mark_count && i - from < MARKS_MAX; i++) {
        const struct mark *mark = &lane->marks[i];
        if (mark->at_ns >= write->at_ns)
            return NULL;
        if (mark->kind == EVENT_WRITE && mark->object == write->object &&
            mark->value != read->value)
            return mark;
    }
    return NULL;
}

const struct mark *overwritten(const struct timeline *timeline, const struct lane *lane,
                               const struct mark *write, const struct lane **writer)
{
    const struct mark *read = last_read(lane, write);
    const struct lane *process = process_of(timeline, lane);
    for (size_t i = 0; read != NULL && i < timeline->lane_count && i < LANES_MAX; i++) {
        const struct lane *other = &timeline->lanes[i];
        bool shares = other != lane && process_of(timeline, other) == process;
        const struct mark *found = shares ? write_between(other, read, write) : NULL;
        if (found != NULL) {
            *writer = other;
            return found;
        }
    }
    return NULL;
}
