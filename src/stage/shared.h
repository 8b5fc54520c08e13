// SPDX-License-Identifier: MIT
/**
 * What a stage and the watcher share besides the trace: a page where the stage leaves
 * its figures and, where it has to end early, why; and each task's amount of computing.
 */

#ifndef CONC_STAGE_SHARED_H
#define CONC_STAGE_SHARED_H

#include "options.h"
#include "stage/folder.h"

#include <stdatomic.h>
#include <stdint.h>

/** How often each cost is measured (cost.h). */
#define COST_ROUNDS 11

/** What the clients of a lesson that is a server saw; 0 until they have gone. */
struct clients_word {
    _Atomic int64_t opened, kept, answered, failed, cut;
    _Atomic int64_t min_ns, p50_ns, p99_ns, max_ns; /**< from asking to the answer */
    _Atomic int64_t time_ns;                        /**< how long they were there */
};

struct shared {
    _Atomic int64_t
        start_ns;           /**< CLOCK_MONOTONIC of the variant's first act; 0: none */
    _Atomic int64_t end_ns; /**< of its return; 0: it has not */
    _Atomic int64_t start_cpu_ns; /**< of all the stage's processes, at its start */
    _Atomic int64_t cpu_ns;       /**< CPU time spent in between */
    _Atomic int refusing; /**< whether somebody writes, or has written, the next two */
    _Atomic int refused; /**< a negative UV_E…, when must() ended the stage; else 0 */
    char call[64];       /**< the call that was refused */
    void (*_Atomic operations)(uint64_t times); /**< the variant's, or NULL */
    int64_t (*_Atomic bytes)(void);             /**< a gauge's, or NULL */
    /** What one of them costs: alone, and with all threads at it; 0: not known. */
    _Atomic int64_t cost_ps[2][COST_ROUNDS];
    /** A gauge's lower quartile, median and upper quartile (measure.h). */
    _Atomic int64_t measured[3];
    _Atomic int is_load; /**< nothing is drawn: its clients measure (stage/clients.h) */
    struct clients_word clients;
};

/** What a task's program has printed: struct captured, while it is being told. */
struct capture {
    uint64_t bytes, newlines;
    uint32_t crc; /**< captures.h */
    int error;    /**< an errno: it could not be started */
    char last;    /**< byte */
};

/** Everything a variant runs with.  The same memory in the watcher and on the stage. */
struct staging {
    const struct options *options;
    const struct tasks *tasks;
    enum work_kind work;
    /** An own option of the card by its place, from 1, and a value in place of the one
     * that was given; 0: none. */
    size_t varied;
    int64_t varied_value;
    int file; /**< an open file without a name, for lines that outlive the stage */
    char folder[FOLDER_BYTES];  /**< for its files; empty: it needs none */
    unsigned cores;             /**< that the stage may use */
    struct trace *trace;        /**< shared memory */
    struct shared *shared;      /**< shared memory */
    struct capture *captures;   /**< shared memory, for each task; NULL: none is kept */
    char *captured;             /**< and behind that their text: */
    size_t captured_room;       /**< so many bytes each */
    _Atomic uint64_t *amounts;  /**< shared memory: units of computing, for each task */
    _Atomic int *amounts_known; /**< shared memory: 0 while they must be measured */
    void (*farewell)(void *data); /**< NULL, or as in stage.h: for the keeper */
    void *farewell_data;
};

#endif
