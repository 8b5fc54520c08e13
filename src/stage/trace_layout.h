// SPDX-License-Identifier: MIT
/** How a trace lies in memory: for trace.c and trace_read.c alone, and for their tests.
 */

#ifndef CONC_STAGE_TRACE_LAYOUT_H
#define CONC_STAGE_TRACE_LAYOUT_H

#include "stage/trace.h"

#define CHUNK_BYTES  4096
#define FIRST_EVENTS 15
#define LATER_EVENTS ((CHUNK_BYTES - sizeof(struct chunk)) / sizeof(struct event))

/**
 * A run of events of one lane.  Followed by the events: FIRST_EVENTS in the first chunk
 * of a lane, which is in its record, LATER_EVENTS in each that follows, further up in
 * memory.
 */
struct chunk {
    _Atomic uint32_t next; /**< the number of the chunk after this one; 0: none yet */
    _Atomic uint32_t lane; /**< whose it is: no other lane's chain leads here */
    uint32_t spare[6];
};

/**
 * What is known of a lane, and its first events beside it: who writes few, as most do,
 * touches a page or two.
 */
struct lane_record {
    _Alignas(64) _Atomic uint32_t kind;
    _Atomic uint32_t parent;
    _Atomic uint32_t progress; /**< enum lane_progress */
    _Atomic int64_t os_id;
    struct trace_words left;  /**< by its creator */
    struct trace_place place; /**< where trace_put_down() has left off */
    int64_t cpu_ns, switches_voluntary, switches_involuntary;
    char name[LANE_NAME_BYTES];
    /** Odd while the lane changes what follows: a reader that sees the same even number
     * before and after has read what belongs together. */
    _Atomic uint32_t changes;
    _Atomic uint32_t doing; /**< enum event_kind << 16 | site */
    _Atomic uint64_t doing_object;
    _Atomic int64_t doing_since_ns;
    struct {
        _Atomic uint64_t object; /**< 0: free */
        _Atomic int64_t since_ns;
        _Atomic uint64_t site;
    } holds[LANE_HOLDS];
    struct chunk first;
    struct event events[FIRST_EVENTS];
};

enum lane_progress { LANE_BLANK, LANE_RESERVED, LANE_STARTED, LANE_ENDED };

/** The counters, at the start of the mapping. */
struct trace_counters {
    _Atomic uint32_t lanes;
    _Atomic uint32_t chunks; /**< handed out; number 0 is never */
    _Atomic uint64_t dropped;
    _Atomic uint32_t contended; /**< a lane has waited for a lock or the like */
};

/**
 * A process's handle.  It is private memory: what the watcher knows of the mapping's
 * size is out of reach for a stage that went wild.
 */
struct trace {
    int file; /**< what is mapped; -1: memory that only forked processes share */
    char *base;
    size_t bytes;
    uint32_t lane_capacity, chunk_capacity;
    struct trace_counters *counters;
    struct lane_record *lanes;
    char *chunks;
    size_t warm_lane_bytes,
        warm_chunk_bytes; /**< present from the start: trace_warm() */
};

_Static_assert(sizeof(struct event) == 32, "events are 32 bytes");
_Static_assert(sizeof(struct chunk) == 32, "a chunk's head is as large as an event");
_Static_assert(offsetof(struct lane_record, first) == 256, "a record's own part");
_Static_assert(sizeof(struct lane_record) == 768, "lanes do not share cache lines");

/** Where the lane records begin: a page after the counters. */
#define TRACE_LANES_AT 4096

#endif
