// SPDX-License-Identifier: MIT
/**
 * Between the files of the timeline: what is known while one is being built, and what
 * is kept of that where it is to go on with its trace.
 */

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
    uint32_t creator;   /**< the lane that was seen creating it */
    bool is_just_noted; /**< from an event that will be read again */
    bool zombie_seen;
};

/** What a lane is in the midst of: a span without its times. */
struct context {
    enum event_kind cause;
    enum state state;
    uint32_t task;
    uint16_t site;
    uint64_t object;
};

/** How far a lane has been read, and what it is in the midst of there. */
struct lane_point {
    struct trace_cursor cursor;
    bool awake;               /**< it has done something */
    bool ended;               /**< and its end was told */
    bool killed;              /**< by a signal */
    uint64_t events;          /**< so many */
    struct context now, task; /**< `task` goes on when a wait inside it ends */
    int64_t since_ns;         /**< up to here the lane is covered by spans */
    const char *full_name;    /**< its task's, where the system cut it; else NULL */
};

enum lane_stage {
    LANE_ABSENT,  /**< not on the timeline, so far */
    LANE_CHANGES, /**< to be looked at, whether or not it has new events */
    LANE_GOES_ON, /**< without new events only its end moves */
    LANE_ENDED,   /**< but its record does not know of that */
    LANE_SETTLED  /**< nothing more will come */
};

/** What is asked for of each lane at each update: small, as lanes may be many. */
struct lane_watch {
    struct trace_cursor cursor; /**< of its point */
    enum lane_stage stage;
};

/**
 * What is kept of a lane between updates.  Events of times to come (the stage writes
 * while the trace is read) are drawn as of now: they do not count as read, and at the
 * next update the lane goes on from before them.
 */
struct lane_growth {
    struct lane_point point;
    /** At that point; past it all is drawn anew each time. */
    size_t span_count, mark_count, processor_count;
    int64_t last_ns;
    uint64_t events; /**< read, with those past the point */
    size_t span_capacity, mark_capacity;
    uint32_t number;  /**< among the lanes of its kind, from 1 */
    bool is_ahead;    /**< events past the point are drawn */
    bool is_bound;    /**< its spans are no longer what events told */
    bool has_objects; /**< some that it made are on the timeline */
};

struct build {
    struct timeline *timeline;
    struct timeline_input input;
    int64_t zero_ns, now_ns;  /**< on the trace's clock: the first act, and now */
    uint64_t events_left;     /**< as many as a trace has room for: ends a wild one */
    uint64_t work;            /**< enum work_kind of the task begun last */
    uint32_t lane_ids;        /**< ids of lanes are below this */
    struct lane_notes *notes; /**< one an id */
    /** Likewise; only one, where none is kept. */
    struct lane_watch *watches;
    struct lane_growth *growths;
    uint32_t id_capacity;
    size_t object_capacity;
    uint32_t kind_counts[LANE_KINDS];
    /** Where a lane's spans and marks gather: most lanes have few, and take a copy. */
    struct span *spans;
    struct mark *marks;
    size_t span_capacity, mark_capacity;

    size_t index;           /**< of the lane being built, or of the next one */
    bool is_kept;           /**< updates will follow */
    bool has_children;      /**< processes besides main\'s */
    bool is_first;          /**< nothing is there from an update before */
    bool is_last;           /**< the next update has to begin anew */
    int64_t process_end_ns; /**< of main's process, as the lanes have it */
    bool objects_changed, holds_changed, places_changed;
};

/** A time of the trace on the timeline: not before its start, not after its end. */
int64_t build_time(const struct build *build, int64_t time_ns);

/** A site that can be looked up, or SITE_NONE. */
uint16_t build_site(const struct build *build, uint16_t site);

/** A task that can be looked up, or TASK_NONE. */
uint32_t build_task(const struct build *build, uint64_t number);

/** Where things of a lane are kept. */
static inline size_t build_slot(const struct build *build, uint32_t id)
{
    return build->is_kept ? id : 0;
}

/** Something has changed that the lane depends on. */
void build_stale(struct build *build, uint32_t id);

void build_free(struct build *build);
void timeline_free_lane(struct lane *lane);

/** From the trace, when the first act was, and now. */
void build_clock(struct build *build);

/** A lane's record.  @return whether it can be used. */
bool build_record(const struct build *build, uint32_t id, struct lane_view *record);

/**
 * Where a lane begins; -1: it never did.  Its number is taken before it is created, and
 * that may have been refused.
 */
int64_t build_start(const struct build *build, const struct lane_view *record);

bool is_child_process(const struct lane_view *record);

/**
 * Where there are child processes: note what others saw of them.  They may be waited
 * for on a lane of any number, as by a thread that started after them; all are looked
 * through before the first is built.  Of threads nothing of this is told.
 */
void build_seen(struct build *build);

/** Lane `parent` was seen creating lane `child`, which may be any number. @ahead: by an
 * event that will be read again. */
void build_created(struct build *build, uint32_t parent, uint64_t child, int64_t at_ns,
                   bool ahead);

/**
 * Make lane `build->index` what its record and its events tell; of one that was there
 * already only what is new is read, if that is enough.
 * @return 0; UV_EAGAIN: the timeline has to begin anew; or UV_ENOMEM.
 */
int build_lane(struct build *build, const struct lane_view *record, int64_t start_ns);

/**
 * Bring lane `build->index` up to now, if nothing has happened on it.  @return false
 * when that has to be looked at by build_lane().
 */
bool build_same_lane(struct build *build, uint32_t id);

/**
 * Turn run that a lane's CPU time does not cover into ready: of the lane whose spans
 * and marks are gathered, before they are kept.  @return whether that was done, or
 * UV_ENOMEM.
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

/** So many tasks are followed when the spans that they begin in are made anew. */
#define MOVED_TASKS 8

/** Tasks whose place is among spans that are about to go. */
struct moved_places {
    struct {
        uint32_t task;
        int64_t start_ns;
    } tasks[MOVED_TASKS];
    size_t count;
};

/** The lane's spans from number `first` on will go: note the tasks placed there. */
void places_leave(struct build *build, size_t first, struct moved_places *moved);

/** They have come anew.  Where the places cannot be mended, that is noted as changed.
 */
void places_enter(struct build *build, size_t first, const struct moved_places *moved);

/** The object that stood at that address at that time, or NULL. */
const struct made_object *object_at(const struct timeline *timeline, uint64_t address,
                                    int64_t at_ns);

/**
 * Make room for one more item of `size` bytes in an array that grows by half.
 * @return 0, or UV_ENOMEM with the array as it was.
 */
int build_grow(void **items, size_t count, size_t *capacity, size_t size);

#endif
