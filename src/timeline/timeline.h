// SPDX-License-Identifier: MIT
/**
 * The timeline: a trace's events turned into lanes with spans, marks and sums.  Pure:
 * it reads a trace and nothing else, no clock, no terminal, no file, so that the same
 * trace always gives the same timeline.
 *
 * All times are ns since the variant's first act.  A lane begins when its creator
 * called for it; until its own first act it is `ready`.  Spans of a lane are in order,
 * do not overlap, and cover it from start to end without a gap: what no event tells is
 * `run`, but of that no more than the lane spent CPU time, where that is known; the
 * rest is `ready`.  What threads do after the main of their process has returned, while
 * it is being ended, is told at its end.  Whatever a trace holds, that is true of what
 * is made of it: a stage that went wild gives a strange timeline, not a broken one. 
 * Sites and tasks that do not exist become SITE_NONE and TASK_NONE, names that cannot
 * be printed are taken as none.
 */

#ifndef CONC_TIMELINE_TIMELINE_H
#define CONC_TIMELINE_TIMELINE_H

#include "stage/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum state {
    STATE_RUN,     /**< on a core */
    STATE_READY,   /**< could run, has no core */
    STATE_WAIT,    /**< asleep, or in I/O */
    STATE_BLOCKED, /**< wants what another lane holds: a lock, an end, a signal */
    STATE_IDLE,    /**< has nothing to do */
    STATE_ZOMBIE,  /**< a process that has ended, and that nobody has waited for yet */
    STATE_COUNT
};

#define TASK_NONE UINT32_MAX

struct span {
    int64_t start_ns, end_ns;
    /** What began it: an EVENT_…_BEGIN of a wait, a block or a task; or NONE. */
    enum event_kind cause;
    enum state state;
    uint32_t task;   /**< the task being worked on, or TASK_NONE */
    uint16_t site;   /**< where in the source, or SITE_NONE */
    uint64_t object; /**< of `cause`: for a join the lane joined */
};

/** A moment: any kind of event but those that begin waits and blocks. */
struct mark {
    int64_t at_ns;
    enum event_kind kind;
    uint16_t site;
    uint64_t object, value;
};

#define LANE_PROCESSORS 8

struct lane {
    uint32_t id;
    enum lane_kind kind;
    uint32_t parent;  /**< LANE_NONE for the first */
    bool zombie_seen; /**< the system called it a zombie: only then it has such a span
                       */
    bool cut; /**< did not end by itself: the program's end, or a limit, cut it off */
    /* Of many lanes only these are asked for: they stand together. */
    int64_t start_ns, end_ns;
    int64_t in_state_ns[STATE_COUNT]; /**< sums to end - start */
    struct span *spans;
    size_t span_count;
    struct mark *marks;
    size_t mark_count;
    char *name;
    int64_t os_id; /**< 0: it never got to run */
    /** Of a process: when its parent had its status; -1: never, or it is none. */
    int64_t reaped_ns;
    int status; /**< what waitpid(2) gave then; -1: nothing */
    /** Since its start; -1: not known. */
    int64_t cpu_ns, switches_voluntary, switches_involuntary;
    /** Processors that it was seen on, in order of appearance, the first few. */
    uint32_t processors[LANE_PROCESSORS];
    size_t processor_count;
};

/** A task as the timeline sees it: who did it, and when. */
struct task_view {
    const char *name;
    int64_t ttl_ns;
};

/** An object that was seen being made, so that others' waits for it have a name. */
struct made_object {
    uint64_t address;
    int64_t at_ns;
    uint16_t site;
    bool one_of_many; /**< its site made others too */
    uint32_t number;  /**< from 0, by address, among those of its site */
};

/** A lock, and who held it from when to when. */
struct held_lock {
    uint64_t object;
    int64_t start_ns, end_ns; /**< INT64_MAX: it was not given up */
    size_t lane;              /**< an index */
    uint16_t site;            /**< where it was taken */
    bool is_open;             /**< it was not given up */
};

/** Where a task was done first. */
struct task_place {
    uint32_t lane, span; /**< indices; lane TASK_NONE: nowhere */
};

struct timeline {
    int64_t wall_ns;     /**< first act to return, or to where it was ended */
    bool complete;       /**< the variant returned */
    bool ends_with_main; /**< no lane ends after main: known, need not be looked up */
    uint64_t dropped_events;
    struct lane *lanes; /**< by id, which is the order of creation; [0] is main */
    size_t lane_count;
    const struct site *sites; /**< not owned */
    size_t site_count;
    const struct task_view *tasks; /**< not owned */
    size_t task_count;
    struct made_object *objects; /**< by address, then by time */
    size_t object_count;
    struct held_lock *holds; /**< by address, then by time */
    size_t hold_count;
    struct task_place *places; /**< one a task */
    struct build *build;       /**< for timeline_update(); NULL: it is as it is */
};

/** What a trace alone does not tell. */
struct timeline_input {
    const struct trace *trace;
    const struct site *sites; /**< stay the caller's, outlive the timeline */
    size_t site_count;
    const struct task_view *tasks; /**< likewise */
    size_t task_count;
    /** When what has no end ends, on the trace's clock: now, or the stage's death. */
    int64_t now_ns;
};

/**
 * Build a timeline from what the trace holds so far; the stage may still be writing.
 * @return 0, or UV_ENOMEM.  On success the caller ends it by timeline_destroy().
 */
int timeline_build(struct timeline *timeline, const struct timeline_input *input);

/**
 * Bring a timeline that timeline_update() made, or one of zeros, to what
 * timeline_build() would make of the trace now, which has grown since.  Lanes that have
 * ended take no time, those on which nothing happened little, others as long as their
 * new events take.  A trace with child processes, or with dropped events, is built
 * anew each time.  What the stage changes where it has been read (only a wild one does)
 * may not be seen.
 * @return 0, or UV_ENOMEM: then the timeline is one of zeros.
 */
int timeline_update(struct timeline *timeline, const struct timeline_input *input);

void timeline_destroy(struct timeline *timeline);

/**
 * Work out what follows from a timeline's lanes: who held which lock, where each task
 * was done.  For one that was not built from a trace; a part of timeline_build().
 * @return 0 or UV_ENOMEM.
 */
int timeline_index(struct timeline *timeline);

/** "run", "ready", "wait", "blocked", "idle". */
const char *state_name(enum state state);

/** Word for a mark in JSON and text: "create", "unlock", "end", or its own text. */
const char *mark_name(const struct timeline *timeline, const struct mark *mark);

/**
 * What stands in a span's bar: "luke", "joins luke", "wants right", or "" (a plain
 * run).  Cut at a whole character to fit `size` bytes.
 */
void span_label(const struct timeline *timeline, const struct span *span, char *label,
                size_t size);

/** "demos/threads.c:31" of a site, or "" for SITE_NONE. */
void site_label(const struct timeline *timeline, uint16_t site, char *label,
                size_t size);

/** What a mark is about, as span_label() has it: a lane, a task, a lock; or "". */
void mark_object(const struct timeline *timeline, const struct mark *mark, char *label,
                 size_t size);

/**
 * What the object is called that stood at that address at that time, of a mark of
 * whatever kind: "left", "forks[2]"; one that nobody saw being made by the argument at
 * the mark's site; "" where that tells nothing.
 */
void timeline_object_name(const struct timeline *timeline, const struct mark *about,
                          char *label, size_t size);

/** The lane with that id; NULL when there is none (lanes[] has gaps where none ran). */
const struct lane *timeline_lane(const struct timeline *timeline, uint64_t id);

/** Which hold of that lock is the first that begins at `from_ns` or later: its index,
 * or that of another lock's hold, or `hold_count`. */
size_t timeline_first_hold(const struct timeline *timeline, uint64_t object,
                           int64_t from_ns);

/**
 * Who held the lock that a span waits for, when the waiting began; NULL: it waits for
 * something else, or that is not known.
 */
const struct held_lock *timeline_holder(const struct timeline *timeline,
                                        const struct span *wait);

/** The lock that a mark tells was taken, and until when it was held; NULL: none. */
const struct held_lock *timeline_hold(const struct timeline *timeline,
                                      const struct lane *lane, const struct mark *mark);

/** How many of a lane's marks are not later than that. */
size_t lane_marks_until(const struct lane *lane, int64_t at_ns);

/** How many of its spans had begun by then; how many were over.  Either is also the
 * index of the first that had not, or was not. */
size_t lane_spans_begun(const struct lane *lane, int64_t at_ns);
size_t lane_spans_over(const struct lane *lane, int64_t at_ns);

/** When the flow itself had ended: before it was a zombie. */
int64_t lane_own_end_ns(const struct lane *lane);

/**
 * Whether its end took something from it: it had not ended by itself, and was no thread
 * that had nothing to do any more when its process ended, as those of a pool.
 */
bool lane_is_cut_off(const struct timeline *timeline, const struct lane *lane);

/** When the last lane ends: where processes are left behind, that is after wall_ns. */
int64_t timeline_end_ns(const struct timeline *timeline);

/** Which lane did the task first, and in which span; false when none did. */
bool timeline_find_task(const struct timeline *timeline, uint32_t task, size_t *lane,
                        size_t *span);

#endif
