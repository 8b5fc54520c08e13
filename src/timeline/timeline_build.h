// SPDX-License-Identifier: MIT
/** Between the files of the timeline: what is known while one is being built. */

#ifndef CONC_TIMELINE_TIMELINE_BUILD_H
#define CONC_TIMELINE_TIMELINE_BUILD_H

#include "timeline/timeline.h"

/** What is known of a lane of the trace besides its `struct lane`. */
struct lane_notes {
    int64_t created_ns;     /**< on the timeline; -1: nobody was seen creating it */
    int64_t last_ns;        /**< its last event, or its start; -1: it is left out */
    int64_t process_end_ns; /**< the end of the process it lives in */
    int64_t reaped_ns;      /**< its parent had its status then; -1: never */
    int status;
    bool zombie_seen;
};

struct build {
    struct timeline *timeline;
    const struct timeline_input *input;
    int64_t zero_ns, now_ns;  /**< on the trace's clock: the first act, and now */
    uint64_t events_left;     /**< as many as a trace has room for: ends a wild one */
    uint64_t work;            /**< enum work_kind of the task begun last */
    uint32_t lane_ids;        /**< ids of lanes are below this */
    struct lane_notes *notes; /**< one an id */
    uint32_t kind_counts[LANE_KINDS];
    size_t object_capacity;
    /** Where a lane's spans and marks gather: most lanes have few, and take a copy. */
    struct span *spans;
    struct mark *marks;
    size_t span_capacity, mark_capacity;
};

/** A time of the trace on the timeline: not before its start, not after its end. */
int64_t build_time(const struct build *build, int64_t time_ns);

/** A site that can be looked up, or SITE_NONE. */
uint16_t build_site(const struct build *build, uint16_t site);

/** A task that can be looked up, or TASK_NONE. */
uint32_t build_task(const struct build *build, uint64_t number);

/** Lane `parent` was seen creating lane `child`, which may be any number. */
void build_created(struct build *build, uint32_t parent, uint64_t child, int64_t at_ns);

/** Add a lane, from its record and its events.  @return 0 or UV_ENOMEM. */
int build_lane(struct build *build, const struct lane_view *record, int64_t start_ns);

/**
 * Turn run that a lane's CPU time does not cover into ready: of the lane whose spans
 * and marks are gathered, before they are kept.  @return 0 or UV_ENOMEM.
 */
int build_bound_run(struct build *build, struct lane *lane);

/** Note an object that was made.  @return 0 or UV_ENOMEM. */
int build_object(struct build *build, const struct event_view *event, int64_t at_ns);

/** Put the objects in order and number them. */
void build_objects_finish(struct timeline *timeline);

/** Note where each task was done first.  @return 0 or UV_ENOMEM. */
int build_places(struct timeline *timeline);

/** Note who held which lock, from the lanes' marks.  @return 0 or UV_ENOMEM. */
int build_holds(struct timeline *timeline);

/** The object that stood at that address at that time, or NULL. */
const struct made_object *object_at(const struct timeline *timeline, uint64_t address,
                                    int64_t at_ns);

/**
 * Make room for one more item of `size` bytes in an array that grows by half.
 * @return 0, or UV_ENOMEM with the array as it was.
 */
int build_grow(void **items, size_t count, size_t *capacity, size_t size);

#endif
