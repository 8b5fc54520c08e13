// SPDX-License-Identifier: MIT
/** Between lane_build.c, which takes events, and lane_grow.c, which keeps lanes. */

#ifndef CONC_TIMELINE_LANE_BUILD_H
#define CONC_TIMELINE_LANE_BUILD_H

#include "timeline/timeline_build.h"

/** A lane while its events are taken. */
struct lane_build {
    struct build *build;
    struct lane *lane;
    struct lane_watch *watch;
    struct lane_growth *growth; /**< its point is where the taking may go on later */
    struct lane_point at;
    const char *name;  /**< as its record has it; NULL: it has none */
    bool ended_unseen; /**< its record tells of an end, its events do not */
    bool is_resumed;   /**< it goes on from that point */
};

/** Where a lane without any event is. */
void lane_begin(struct lane_build *b, int64_t start_ns);

/**
 * Take the events that there are, and note the last point at which nothing was ahead.
 * @return 0, UV_ENOMEM, or UV_EAGAIN: a lane that is resumed has to be taken from its
 * start.
 */
int lane_take_events(struct lane_build *b);

/** Add what the events do not tell: up to the lane's end.  @return 0 or UV_ENOMEM. */
int lane_take_end(struct lane_build *b, const struct lane_view *record);

#endif
