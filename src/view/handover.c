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

/** The first hold of that lock that begins at that time or later; `hold_count`: none.
 */
static size_t first_from(const struct timeline *timeline, uint64_t object,
                         int64_t at_ns)
{
    size_t low = 0, high = timeline->hold_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct held_lock *hold = &timeline->holds[middle];
        if (hold->object < object || (hold->object == object && hold->start_ns < at_ns))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct held_lock *lock_handover(const struct timeline *timeline,
                                      const struct mark *unlock)
{
    size_t next = first_from(timeline, unlock->object, unlock->at_ns);
    if (next == timeline->hold_count || timeline->holds[next].object != unlock->object)
        return NULL;
    const struct held_lock *hold = &timeline->holds[next];
    const struct span *wait =
        span_that_ends(&timeline->lanes[hold->lane], hold->start_ns, EVENT_LOCK_BEGIN);
    bool waited = wait != NULL && wait->object == unlock->object &&
                  wait->start_ns <= unlock->at_ns;
    return waited ? hold : NULL;
}
