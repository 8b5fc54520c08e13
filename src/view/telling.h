// SPDX-License-Identifier: MIT
/**
 * What the plain view tells of a run, event by event, in the order of time.  Lanes past
 * the first and last ones are told of together, and of a lane with very many events the
 * first ones, with a count of the others.
 */

#ifndef CONC_VIEW_TELLING_H
#define CONC_VIEW_TELLING_H

#include "report.h"

enum telling_kind {
    TELL_GOES_ON, /**< a wait is over; `span`, if any, is the one that follows at once
                   */
    TELL_MARK,
    TELL_DONE,        /**< a task is done, in a lane that does others too */
    TELL_WAITS,       /**< for what `span` says */
    TELL_READY,       /**< without a core from `span` on, so `count` times, in all
                           in_state_ns[STATE_READY]; only in story_explain() */
    TELL_LEFT_OUT,    /**< `count` events of the lane */
    TELL_END,         /**< the lane has ended */
    TELL_CUT,         /**< or was cut off */
    TELL_MANY_START,  /**< the lanes told of together have begun to start */
    TELL_MANY_WAITED, /**< the lane waits for all of those */
    TELL_MANY_END,    /**< the last of those has ended */
    TELLINGS
};

struct telling {
    int64_t at_ns;
    size_t lane; /**< index; what is told of many lanes stands at the first of those */
    enum telling_kind kind;
    size_t order; /**< among those of the lane */
    const struct mark *mark;
    const struct span *span;
    const struct span *over; /**< TELL_GOES_ON: the wait that is over */
    bool then_many; /**< TELL_GOES_ON: what follows at once is a wait for the many */
    uint64_t count;
    int64_t in_state_ns[STATE_COUNT]; /**< TELL_DONE: during the task */
};

/** Lanes told of together: [first, last], by index; none when `count` is 0. */
struct many {
    size_t first, last, count, cut;
    int64_t start_ns, end_ns; /**< the first start, the last end */
    int64_t least_ns[STATE_COUNT], most_ns[STATE_COUNT];
};

#define ARRANGED_MAX 8

struct story {
    const struct timeline *timeline;
    struct telling *tellings;
    size_t count, capacity;
    struct many many;
    bool tells_ready;
    int64_t grain_ns; /**< what is shorter is not told as a wait */
    /** Flows are called by the tasks that they took, and some took the same: they are
     * told of as "thread 1", "thread 2", ... */
    uint32_t *numbers; /**< by lane, owned; NULL: names will do */
    /** What gap_wait() waited for: an arrangement, not a part of the story. */
    uint64_t arranged[ARRANGED_MAX];
    size_t arranged_count;
};

/** @return 0 or UV_ENOMEM.  The caller ends it by story_destroy() in both cases. */
int story_tell(struct story *story, const struct timeline *timeline);
/** The same, and for each lane when it first could go on, but had no core. */
int story_explain(struct story *story, const struct timeline *timeline);
void story_destroy(struct story *story);

/**
 * Find out `numbers` and `arranged`: a part of story_tell(), and all that single marks
 * and spans need of a story to be told.  @return 0 or UV_ENOMEM; story_destroy() all
 * the same.
 */
int story_find_names(struct story *story);

/** Whether the lane with that id is told of together with others. */
bool story_is_of_many(const struct story *story, uint64_t id);

/** Whether it is one of those objects. */
bool story_is_arranged(const struct story *story, uint64_t object);

/** Whether the lane exists to do one task, whose name it has. */
bool story_is_namesake(const struct timeline *timeline, const struct lane *lane);

/** Whether another lane than this one, by its index, was the first with the task. */
bool story_takes_again(const struct timeline *timeline, size_t lane, uint64_t task);

#endif
