// SPDX-License-Identifier: MIT
/**
 * Who waits for whom: found in the records of a trace's lanes, while they are written.
 *
 * A lane that wants a lock waits for those that hold it; one that joins waits for that
 * flow's end.  Where such waits lead back to their beginning, none of them ever ends: a
 * deadlock.  Nor does one that waits for a lock whose holder has ended.  A wait that is
 * only long is neither: its holder runs, sleeps, or waits for somebody who does.
 *
 * One look at records that change meanwhile shows cycles that never were.  So a cycle
 * counts when a later look finds it again, and none of its lanes has changed in
 * between: then all of its waits stood at the same time.  For mutexes, which have an
 * owner, and for joins, that is sound.  A reader whom a read-write lock has let in, but
 * who has had no core since, still looks as if it waited, for the other readers too.
 *
 * Semaphores, conditions and barriers have no owner: anybody may post, signal or reach
 * them.  But where every lane waits, and none of these waits has a limit, there is
 * nobody left who could: a stall.  Threads without a lane (libuv's own, say) could, and
 * so could one that was woken, but has no core yet: the caller has to know how many
 * threads there are, and that all are asleep.  Nothing is said of several processes.
 *
 * A lock is known by its address, within one process.  Pure, but for what it remembers
 * from one look to the next.
 */

#ifndef CONC_TIMELINE_WAITS_H
#define CONC_TIMELINE_WAITS_H

#include "stage/trace.h"

enum deadlock_kind {
    DEADLOCK_NONE,
    DEADLOCK_CYCLE,     /**< two lanes and more, each waits for the next */
    DEADLOCK_SELF,      /**< one lane wants a lock that it holds itself */
    DEADLOCK_ABANDONED, /**< the holder of a lock has ended, and holds it still */
    DEADLOCK_STALL      /**< every lane waits, and nobody is left to end any wait */
};

/** A lane that waits, and for what. */
struct wait_link {
    uint32_t lane;
    enum event_kind
        doing;      /**< EVENT_…_BEGIN of a lock or a join; in a stall any wait */
    uint64_t wants; /**< the object's address; or the lane that it joins */
    uint16_t wants_site;
    int64_t wants_since_ns;
    /** The lock by which it holds the lane before it up; 0: that one joins it. */
    struct hold holds;
    uint32_t changes; /**< of its record, when it was looked at */
};

/**
 * A deadlock.  Link i waits for link i + 1, and the last one for the first.  If a lock
 * was abandoned, the last one is its holder, which waits for nothing (EVENT_NONE).  Of
 * a stall, they are all lanes that wait, and wait for nobody in particular.  Times are
 * on the trace's clock.
 */
struct deadlock {
    enum deadlock_kind kind;
    struct wait_link *links;
    size_t count;
    /** When the last of its waits began; or, of an abandoned lock, when its holder
     * ended, where that was later. */
    int64_t closed_ns;
    int64_t seen_ns;
};

struct waits;

/** @return 0 or UV_ENOMEM; ended by waits_destroy(), for which NULL is allowed. */
int waits_create(struct waits **waits);
void waits_destroy(struct waits *waits);

/** Another run begins: forget what was seen. */
void waits_forget(struct waits *waits);

/**
 * Look once more, at `now_ns` on the trace's clock.  Costs some nanoseconds where no
 * lane has ever waited for a lock or the like, else a few for each lane.
 * @threads: how many threads the first process has; 0: not known, or not all are
 * asleep, so that nothing is taken for a stall.
 * @return the deadlock that was seen twice, which is the caller's (deadlock_destroy());
 * NULL: none, or memory ran out.
 */
struct deadlock *waits_look(struct waits *waits, const struct trace *trace,
                            unsigned threads, int64_t now_ns);

/** Whether the last look saw what may be a stall: if all threads are asleep now, and
 * nothing has changed at the next look, it is one. */
bool waits_may_stall(const struct waits *waits);

void deadlock_destroy(struct deadlock *deadlock);

#endif
