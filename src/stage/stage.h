// SPDX-License-Identifier: MIT
/**
 * The stage, as the watcher sees it: a process of its own for each variant, watched by
 * a libuv loop until it ends.  The watcher never runs a demo.  All from the main
 * thread.
 *
 * Between stage_open() and stage_close() signals are the loop's:
 *   INT, TERM, HUP  the first ends the run (ENDING_INTERRUPT), a second one the process
 *   TSTP            stops the stage, then this process; on return the run is disturbed
 *   WINCH           is passed on
 * Signals that were ignored at the start stay so.
 */

#ifndef CONC_STAGE_STAGE_H
#define CONC_STAGE_STAGE_H

#include "options.h"
#include "report.h"
#include "timeline/waits.h"

struct stage;

/** What the watcher calls, all from the loop; any may be NULL. */
struct stage_hooks {
    void *data;
    /** It is time for a frame.  @return ns until the next one, at the least. */
    int64_t (*frame)(void *data);
    void (*resized)(void *data);
    /** Before this process stops, or leaves at once: give the terminal back. */
    void (*suspend)(void *data);
    /** In the keeper, with its copy of `data`, for a watcher that was killed. */
    void (*farewell)(void *data);
};

/** How a run went. */
struct stage_end {
    enum ending ending;
    int number;               /**< the signal or the exit status */
    int error;                /**< ENDING_REFUSED: a negative UV_E… */
    char call[64];            /**< and the call that was refused */
    int64_t start_ns, end_ns; /**< CLOCK_MONOTONIC: the first act, and the end */
    int64_t gone_ns; /**< when its last process had gone; end_ns where it was ended */
    int64_t cpu_ns;
    int64_t file_lines; /**< in the stage's file; -1: it has none, or above 64 MiB */
    char *file_text;    /**< its first 64 KiB, or NULL; the caller frees it */
    size_t file_bytes;  /**< of them */
    bool disturbed;
    char *printed; /**< what the stage printed, NULL for nothing; the caller frees it */
    size_t printed_bytes;      /**< of it: 64 KiB at most */
    uint64_t printed_lost;     /**< bytes printed after those, not kept */
    struct captured *captured; /**< by programs that printed, or did not start */
    size_t captured_count;
    struct deadlock *deadlock; /**< ENDING_DEADLOCK: who waits for whom; the caller's */
};

/** Free what no run of a report has taken over. */
void stage_end_free(struct stage_end *end);

/**
 * Make the trace and the shared memory, fork the keeper, set up the loop and the
 * signals.
 * @options must outlive the stage.
 * @return 0 or a negative errno; `what` then names the step for the message.
 */
int stage_open(struct stage **stage, const struct options *options,
               const struct stage_hooks *hooks, const char **what);

/**
 * Run a variant and wait for its end, at most `limit_ns`.  @return 0, or a negative
 * errno when it could not be started.  The trace stays as it is until the next run.
 * After an interrupt nothing is started: the end is ENDING_INTERRUPT again.
 */
int stage_run(struct stage *stage, const struct variant *variant, int64_t limit_ns,
              struct stage_end *end);

/** Measure the amounts of computing on a stage of their own (work.h), if not yet known.
 */
int stage_calibrate(struct stage *stage, struct stage_end *end);

/**
 * Measure what one of a variant's operations costs, on a stage of its own, `tasks`
 * threads together: 11 rounds of 4 ms and more.  @return 0, or a negative errno when no
 * stage could be started; where it ended early, what is not known is 0.
 */
int stage_costs(struct stage *stage, const struct variant *variant, struct costs *costs,
                struct stage_end *end);

/** Measure what a flow costs, on a stage of its own; likewise. */
int stage_flow_costs(struct stage *stage, enum flow_kind kind, struct spread *ps,
                     struct stage_end *end);

/** The same for one of a demo's gauges, by one thread: picoseconds, or bytes; the
 * median, and the middle half. */
int stage_measure(struct stage *stage, const struct gauge *gauge, struct spread *value,
                  struct stage_end *end);

/**
 * Run a variant that is_loaded once more, untraced, for its clients to measure.
 * @return 0, or a negative errno when no stage could be started; where it ended early,
 * all is 0.
 */
int stage_load(struct stage *stage, const struct variant *variant, int64_t limit_ns,
               struct load *load, struct stage_end *end);

/**
 * From now on variants run with that kind of work, and with `value` for the card's own
 * option at `place`, from 0.
 */
void stage_vary(struct stage *stage, enum work_kind work, size_t place, int64_t value);

/** From now on the amounts that were measured hold. */
void stage_amounts_known(struct stage *stage);

/** The running variant's first act on CLOCK_MONOTONIC; 0 before it. */
int64_t stage_start_ns(const struct stage *stage);

const struct trace *stage_trace(const struct stage *stage);

/** The signal that interrupted, or 0. */
int stage_interrupted(const struct stage *stage);

/** End whatever is left, give the signals back, free all.  NULL is allowed. */
void stage_close(struct stage *stage);

#endif
