// SPDX-License-Identifier: MIT
#include "array.h"
#include "view/drawing/blocks.h"
#include "view/drawing/stretch.h"

#include <stdlib.h>
#include <string.h>

static int add(struct drawn_lane *drawn, const struct stretch *stretch)
{
    struct stretch *stretches = array_grow(drawn->stretches, drawn->stretch_count,
                                           &drawn->stretch_capacity, sizeof *stretches);
    if (stretches == NULL)
        return UV_ENOMEM;
    drawn->stretches = stretches;
    drawn->stretches[drawn->stretch_count++] = *stretch;
    return 0;
}

/** On the axis alone. */
static struct stretch clipped(const struct drawing *drawing,
                              const struct stretch *stretch)
{
    struct stretch copy = *stretch;
    if (copy.start_ns < drawing->from_ns)
        copy.start_ns = drawing->from_ns;
    if (copy.end_ns > drawing->to_ns)
        copy.end_ns = drawing->to_ns;
    return copy;
}

/** What is shorter than two columns is no stretch, and does not end the one around it.
 */
int stretches_draw(const struct drawing *drawing, const struct run *run,
                   struct drawn_lane *drawn)
{
    const struct lane *lane = &run->timeline.lanes[drawn->lane];
    int64_t least_ns =
        (drawing->to_ns - drawing->from_ns) / (int64_t)drawing->columns * 2;
    struct stretch current = {0}, next = {0};
    bool has_current = false, has_next = false;
    int result = 0;
    for (size_t i = lane_spans_over(lane, drawing->from_ns);
         i < lane->span_count && result == 0; i++) {
        const struct span *span = &lane->spans[i];
        if (span->start_ns >= drawing->to_ns)
            break;
        if (has_current && spans_go_together(&lane->spans[current.span], span)) {
            current.end_ns = span->end_ns;
            has_next = false;
            continue;
        }
        if (!has_next || !spans_go_together(&lane->spans[next.span], span))
            next = (struct stretch){.start_ns = span->start_ns, .span = i};
        has_next = true;
        next.end_ns = span->end_ns;
        struct stretch seen = clipped(drawing, &next);
        if (seen.end_ns - seen.start_ns < least_ns)
            continue;
        if (has_current) {
            current.end_ns = next.start_ns;
            current = clipped(drawing, &current);
            result = add(drawn, &current);
        }
        current = next;
        has_current = true;
        has_next = false;
    }
    if (has_current && result == 0) {
        current = clipped(drawing, &current);
        result = add(drawn, &current);
    }
    return result;
}
