// SPDX-License-Identifier: MIT
#include "view/chrome/inner.h"
#include "view/handover.h"

/** One end of an arrow. */
struct flow_end {
    size_t lane;
    int64_t at_ns; /**< -1: there is nothing there that an arrow could hold on to */
};

/**
 * Arrows hold on to the span around their time, which viewers find by comparing: some
 * take a time on the border of two for the one, some for the other.  So an arrow's end
 * stands a nanosecond within.
 */
static struct flow_end flow_end(const struct chrome *c, size_t index, int64_t at_ns)
{
    const struct lane *lane = &c->timeline->lanes[index];
    struct flow_end end = {.lane = index, .at_ns = at_ns};
    if (at_ns >= lane->end_ns)
        end.at_ns = lane->end_ns - 1;
    size_t index_of_span = lane_spans_over(lane, end.at_ns);
    const struct span *span = &lane->spans[index_of_span];
    if (index_of_span == lane->span_count || span->start_ns > end.at_ns)
        end.at_ns = -1;
    else if (span->start_ns == end.at_ns && span->end_ns > end.at_ns + 1)
        end.at_ns++;
    return end;
}

static void write_end(struct chrome *c, char phase, const char *name,
                      const struct flow_end *end)
{
    chrome_event(c, phase, "flow", name, end->lane);
    chrome_time(c, "ts", end->at_ns);
    jw_key_int(c->w, "id", (int64_t)c->flows);
    if (phase == 'f')
        jw_key_string(c->w, "bp", "e"); /* the span that encloses it, not the next */
    jw_close(c->w);
}

static void write_flow(struct chrome *c, const char *name, struct flow_end from,
                       struct flow_end to)
{
    if (from.at_ns < 0 || to.at_ns < from.at_ns)
        return;
    c->flows++;
    write_end(c, 's', name, &from);
    write_end(c, 'f', name, &to);
}

static size_t index_of(const struct chrome *c, const struct lane *lane)
{
    return (size_t)(lane - c->timeline->lanes);
}

/** Its own first act; the lane begins before, when it was called for. */
static int64_t first_act(const struct lane *lane)
{
    for (size_t i = 0; i < lane->mark_count; i++)
        if (lane->marks[i].kind == EVENT_START)
            return lane->marks[i].at_ns;
    return lane->start_ns;
}

static void write_create(struct chrome *c, struct flow_end from,
                         const struct mark *mark)
{
    const struct lane *lane = timeline_lane(c->timeline, mark->object);
    if (lane != NULL)
        write_flow(c, "create", from, flow_end(c, index_of(c, lane), first_act(lane)));
}

static void write_unlock(struct chrome *c, struct flow_end from,
                         const struct mark *mark)
{
    const struct held_lock *next = lock_handover(c->timeline, mark);
    if (next != NULL)
        write_flow(c, "unlock", from, flow_end(c, next->lane, next->start_ns));
}

static void write_join(struct chrome *c, struct flow_end to, const struct mark *mark)
{
    const struct lane *lane = timeline_lane(c->timeline, mark->object);
    if (lane != NULL)
        write_flow(c, "join", flow_end(c, index_of(c, lane), lane_own_end_ns(lane) - 1),
                   to);
}

void chrome_flows(struct chrome *c, size_t index)
{
    const struct lane *lane = &c->timeline->lanes[index];
    for (size_t i = 0; i < lane->mark_count; i++) {
        const struct mark *mark = &lane->marks[i];
        struct flow_end here = flow_end(c, index, mark->at_ns);
        if (mark->kind == EVENT_CREATE)
            write_create(c, here, mark);
        else if (mark->kind == EVENT_UNLOCK)
            write_unlock(c, here, mark);
        else if (mark->kind == EVENT_JOIN_END)
            write_join(c, here, mark);
    }
}
