// SPDX-License-Identifier: MIT
/**
 * The trace: what happened on the stage, as events on lanes, in memory that the stage's
 * processes and threads write while the watcher reads.
 *
 *     ┌────────┬─────────────────────────────────┬────────────────────────────────┐
 *     │ header │ lane records, with first events │ chunks of 4 KiB, for all other │
 *     └────────┴─────────────────────────────────┴────────────────────────────────┘
 *
 * A lane is written by one thread at a time and owns a chain of chunks: the first is a
 * small one in its record (most lanes have few events), the later ones are handed out
 * in order.  So no lane waits for another, and a writer needs one atomic add a chunk.
 * An event's time is stored last, with release; a reader that sees a time sees the
 * event.
 *
 * When lanes or chunks run out, what does not fit is counted as dropped; nothing
 * blocks. What a lane is doing now also stands in its record, which is there even then.
 *
 * Readers trust nothing: a stage that went wild may have written anything anywhere, so
 * every index and state is read once, then checked.  A chain only goes on to chunks of
 * its own lane, further up in memory: one that is damaged ends there, none is endless.
 *
 * Times are nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share
 * (clock_gettime(2)).
 */

#ifndef CONC_STAGE_TRACE_H
#define CONC_STAGE_TRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What an event says.  A word in brackets tells what `object` and `value` hold. */
enum event_kind {
    EVENT_NONE,
    EVENT_START,      /**< the lane's first own act [value: processor] */
    EVENT_END,        /**< its last [value: exit status of a process] */
    EVENT_CREATE,     /**< it started another flow [object: that lane]; at the time when
                           it called for it, written once that has worked: a lane without
                           CREATE and START was refused by the system and never was
                           [value: for how many ns the call took, of a process] */
    EVENT_NAME,       /**< it took a name, which stands in the lane record */
    EVENT_TASK_BEGIN, /**< work on a task [object: its number; value: enum work_kind] */
    EVENT_TASK_END,   /**< [object: its number; value: CPU time in ns, 0 for a wait] */
    EVENT_READY,      /**< it had no core since then [value: for how many ns] */
    EVENT_SLEEP_BEGIN, /**< [value: ns asked for] */
    EVENT_SLEEP_END,
    EVENT_JOIN_BEGIN, /**< waits for the end of a flow [object: that lane] */
    EVENT_JOIN_END,   /**< [object: that lane; value: status, for a process] */
    EVENT_JOIN_FAIL,  /**< asked, or waited as long as it would: the flow has not ended
                         [object: that lane; value: 0, or the errno of a call that has
                         failed: then nothing is known of the flow] */
    EVENT_LOCK_BEGIN, /**< wants a lock that another holds [object: its address] */
    EVENT_LOCK_END,   /**< holds it now; also without a BEGIN, when it was free */
    EVENT_LOCK_FAIL,  /**< tried, and did not get it */
    EVENT_UNLOCK,
    EVENT_SEM_BEGIN, /**< waits for a semaphore [object: its address; value: WAIT_IDLES
                        for work to do] */
    EVENT_SEM_END,   /**< [value: 0 taken, 1 gave up after a time] */
    EVENT_SEM_POST,
    EVENT_COND_BEGIN, /**< waits for a condition [object: its address; value likewise]
                       */
    EVENT_COND_END,   /**< [value: 0 woken, 1 gave up after a time] */
    EVENT_COND_SIGNAL,
    EVENT_COND_BROADCAST,
    EVENT_BARRIER_BEGIN, /**< waits for the others at a barrier [object: its address] */
    EVENT_BARRIER_END,
    EVENT_INIT,  /**< an object was made [object: its address; the site has its name] */
    EVENT_MARK,  /**< a moment that the lesson named: the site has the text */
    EVENT_STATE, /**< the system was asked for a flow's state [object: that lane; value:
                    the letter that proc(5) explains] */
    EVENT_JOIN_SEEN, /**< the flow has ended, and is still to be waited for: the end of
                        a JOIN_BEGIN too [object: that lane] */
    EVENT_VALUE,     /**< a figure that the lesson told: the site has its key [value] */
    EVENT_READ,   /**< of a variable [object: its address; value: what stood there] */
    EVENT_WRITE,  /**< [object: its address; value: what it put there] */
    EVENT_ADD,    /**< both in one step [object; value: what stood there before] */
    EVENT_QUEUED, /**< put a task where others take them from [object: its number] */
    EVENT_POLL_BEGIN, /**< an event loop has nothing to do until something happens */
    EVENT_POLL_END,
    EVENT_CANCEL, /**< asks a thread to end, by pthread_cancel() [object: that lane] */
    EVENT_KILL,   /**< sends a process a signal [object: that lane; value: which] */
    EVENT_KILLED, /**< a signal ended it: who looked after it tells [value: signal] */
    EVENT_INPUT_BEGIN, /**< waits for what somebody is to send, for a limited time */
    EVENT_INPUT_END,
    EVENT_KINDS
};

enum lane_kind { LANE_PROCESS, LANE_THREAD, LANE_TASK, LANE_KINDS };

/** Where in a demo's source an event comes from.  Sites live as long as the program. */
struct site {
    const char *file; /**< "demos/threads.c" */
    int line;
    const char *call; /**< "uv_mutex_lock", or a mark's text, or a value's key */
    const char *text; /**< the argument as written: "&left" */
};

/** The value of a wait for work: the lane has nothing else to do. */
#define WAIT_IDLES (UINT64_C(1) << 63)
/** Of a wait for a condition: it will go on at some time, whatever others do. */
#define WAIT_LIMITED (UINT64_C(1) << 62)

/** No site: the event comes from the engine. */
#define SITE_NONE 0xffffu

#define LANE_NONE UINT32_MAX

/** 32 bytes.  A time of 0 means: reserved, not yet written. */
struct event {
    _Atomic uint64_t time_ns;
    uint64_t object;
    uint64_t value;
    _Atomic uint16_t kind; /**< enum event_kind */
    uint16_t site;         /**< index in the site table, or SITE_NONE */
    uint32_t processor;    /**< where it was written, when known; else UINT32_MAX */
};

/** A copy of an event, as a reader gets it. */
struct event_view {
    int64_t time_ns;
    uint64_t object;
    uint64_t value;
    enum event_kind kind;
    uint16_t site;
    uint32_t processor;
};

#define LANE_NAME_BYTES 48

/** So many of the locks that a lane holds stand in its record. */
#define LANE_HOLDS 4

/** A lock that a lane holds. */
struct hold {
    uint64_t object; /**< its address */
    int64_t since_ns;
    uint16_t site; /**< where it was taken */
};

/** A copy of a lane's record, as a reader gets it: checked, its name terminated. */
struct lane_view {
    uint32_t id;
    enum lane_kind kind;
    uint32_t parent; /**< a lane, or LANE_NONE */
    bool started;    /**< false: reserved by its parent, nothing done yet */
    bool ended;      /**< it wrote its own end */
    int64_t os_id;   /**< thread or process id; 0 while not started */
    int64_t cpu_ns;  /**< CPU time, once ended; else -1 */
    int64_t switches_voluntary, switches_involuntary; /**< once ended; else -1 */
    /** What it does now, kept when events are dropped: an EVENT_…_BEGIN, or NONE. */
    enum event_kind doing;
    uint64_t doing_object;
    uint16_t doing_site;
    int64_t
        doing_since_ns; /**< 0: not known, or it will go on by itself at some time */
    struct hold holds[LANE_HOLDS];
    size_t hold_count;
    /** How often the above has changed: the same number, the same facts.  It is odd
     * where no consistent view could be had: the lane was changing it all the time. */
    uint32_t changes;
    char name[LANE_NAME_BYTES];
};

/**
 * Of what a forked child calls: compilers lay such functions side by side.  A child has
 * none of its program's pages at first, and gets them by 16, in 1 µs and more.
 */
#define IN_CHILD __attribute__((hot))

struct trace;

/** The thread-local end of a lane: where its next event goes. */
struct trace_writer {
    struct trace *trace;
    struct event *next, *end; /**< equal: the chunk is full, or there is none */
    struct chunk *chunk;
    uint32_t lane;
    uint32_t processor; /**< goes into each event; UINT32_MAX: not known */
};

/** Where a reader stands in a lane. */
struct trace_cursor {
    const struct trace *trace;
    uint32_t lane;
    uint32_t chunk;        /**< its number; 0: the one in the lane's record */
    uint32_t index, limit; /**< the next event's number in it, and how many fit */
};

/**
 * Map a trace of at most `bytes`, less where the system gives less (it says how much it
 * became by trace_bytes()), shared with processes forked later.
 * @return 0, or a negative errno when not even a small one could be had.
 */
int trace_create(struct trace **trace, size_t bytes);
void trace_destroy(struct trace *trace);
size_t trace_bytes(const struct trace *trace);

/** The descriptor, closed on exec, of the file that the trace is mapped from; -1: there
 * is none, and only forked processes can write to it. */
int trace_file(const struct trace *trace);

/**
 * Map a trace that another process has created, to write to it, from a descriptor that
 * came with exec.  @return 0, and trace_destroy() closes it; or a negative errno.
 */
int trace_attach(struct trace **trace, int file);

/**
 * Make memory for so many lanes present, so that no page fault of theirs is measured:
 * up to 16 MiB, about 0.3 ms a MiB.  trace_create() does it for some hundred.
 */
void trace_warm(struct trace *trace, size_t lanes);

/** Map that memory in a process that was forked, which has it, but not in its page
 * tables: 20 µs a MiB. */
void trace_map_warm(const struct trace *trace);

/** Forget all lanes and events.  Nobody may be writing. */
void trace_reset(struct trace *trace);

/**
 * Reserve a lane, as its creator does before the new flow runs; from any thread.
 * @return its number, or LANE_NONE when there are too many (counted as dropped).
 */
uint32_t trace_add_lane(struct trace *trace, enum lane_kind kind, uint32_t parent);

/** The calling thread writes this lane from now on (LANE_NONE: drops all it writes). */
void trace_open(struct trace_writer *writer, struct trace *trace, uint32_t lane);

/** Give a writer whose chunk is full another; false: none, the event counts as dropped.
 */
bool trace_grow(struct trace_writer *writer);

/**
 * Write an event.  `time_ns` must not be less than that of the event before.  Inline:
 * it costs little more than reading the clock, which it is called with, does (`./dev
 * bench`).
 */
static inline void trace_write(struct trace_writer *writer, int64_t time_ns,
                               enum event_kind kind, uint16_t site, uint64_t object,
                               uint64_t value)
{
    struct event *event;

    if (writer->next == writer->end && !trace_grow(writer))
        return;
    event = writer->next++;
    event->object = object;
    event->value = value;
    atomic_store_explicit(&event->kind, (uint16_t)kind, memory_order_relaxed);
    event->site = site;
    event->processor = writer->processor;
    atomic_store_explicit(&event->time_ns, (uint64_t)time_ns, memory_order_release);
}

/** A place in a lane: what a writer of it knows, to go on later. */
struct trace_place {
    struct event *next, *end;
    struct chunk *chunk;
};

/** Of a thread that writes many lanes in turn: leave off at one, and go on from there.
 * Both do nothing where there is no lane. */
void trace_put_down(const struct trace_writer *writer);
void trace_take_up(struct trace_writer *writer, struct trace *trace, uint32_t lane);

/** What a lane's creator leaves on it for the one who will write it. */
struct trace_words {
    uintptr_t first, second;
};

/** Leave it there, before the new flow runs; take it, in the new flow. */
void trace_leave(struct trace *trace, uint32_t lane, struct trace_words words);
struct trace_words trace_take(const struct trace *trace, uint32_t lane);

/** Facts of the calling thread's lane. */
void trace_set_started(struct trace_writer *writer, int64_t os_id);
void trace_set_name(struct trace_writer *writer, const char *name);
void trace_set_ended(struct trace_writer *writer, int64_t cpu_ns, int64_t voluntary,
                     int64_t involuntary);
/** @since_ns: 0 for a wait that will end by itself at some time. */
void trace_set_doing(struct trace_writer *writer, enum event_kind kind, uint16_t site,
                     uint64_t object, int64_t since_ns);
/** It holds a lock from now on, or a second time; it gives it up.  Those that do not
 * fit in the record are not kept there. */
void trace_add_hold(struct trace_writer *writer, const struct hold *hold);
void trace_drop_hold(struct trace_writer *writer, uint64_t object);

/** How many lanes there are, and how many events or lanes did not fit. */
uint32_t trace_lane_count(const struct trace *trace);
uint64_t trace_dropped(const struct trace *trace);

/** Whether any lane has ever waited for a lock, a semaphore, a condition or a barrier:
 * else none can be in a deadlock. */
bool trace_has_contention(const struct trace *trace);

/** @return whether `lane` exists and its record makes sense. */
bool trace_read_lane(const struct trace *trace, uint32_t lane, struct lane_view *view);

/** @return whether the record of a lane says that it has ended. */
bool trace_lane_ended(const struct trace *trace, uint32_t lane);

/** Read a lane from its first event on; only from processes that do not write. */
struct trace_cursor trace_first(const struct trace *trace, uint32_t lane);

/** @return false at the end of what is written so far; a later call may find more. */
bool trace_next(struct trace_cursor *cursor, struct event_view *event);

#endif
