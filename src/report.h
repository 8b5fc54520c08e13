// SPDX-License-Identifier: MIT
/**
 * A report: all that is known of a run of a demo, complete or on its way.  The commands
 * fill it in, cards and views read it.  Only data, and the sums over repeated runs.
 */

#ifndef CONC_REPORT_H
#define CONC_REPORT_H

#include "options.h"
#include "timeline/figures.h"
#include "timeline/timeline.h"
#include "timeline/waits.h"

#include <jansson.h>

/** How a run came to its end. */
enum ending {
    ENDING_RETURN,    /**< the variant returned */
    ENDING_RUNNING,   /**< it has not: a frame of the live view */
    ENDING_LIMIT,     /**< longer than --limit */
    ENDING_DEADLOCK,  /**< some of its lanes wait for one another, and was ended */
    ENDING_INTERRUPT, /**< Ctrl-C and the like, given to conc */
    ENDING_SIGNAL,    /**< the stage died of a signal: a crash, an abort, a kill */
    ENDING_EXIT,      /**< the stage ended itself without returning */
    ENDING_REFUSED,   /**< the system refused something: must() */
    ENDING_KEEPER     /**< the process that keeps the stage was killed */
};

/** Whether that is none of what was asked for, as a limit and an interrupt are, or what
 * the demo is about. */
bool is_failure(enum ending ending);

/** What a task's program has printed, and whether it could be started. */
struct captured {
    size_t task;           /**< its number */
    uint64_t bytes, lines; /**< all; a last line counts without a newline too */
    uint32_t cksum;        /**< as cksum(1) has it */
    int error;             /**< an errno: it could not be started; 0: it was */
    char *text;            /**< the beginning, or NULL; not terminated; owned */
    size_t text_bytes;
};

struct run {
    int64_t wall_ns;
    int64_t cpu_ns; /**< of all the stage's processes; -1: not known */
    enum ending ending;
    int number; /**< the signal, or the exit status, that `ending` speaks of */
    /** ENDING_DEADLOCK: who waits for whom, on the timeline's clock; else NULL. */
    struct deadlock *deadlock;
    char *detail;   /**< a line for people on what was refused, or what it was doing; or
                       NULL */
    bool disturbed; /**< stopped and continued meanwhile: no figure to compare */
    struct timeline timeline; /**< without lanes where `is_thinned` */
    bool is_thinned;          /**< there was no room to keep it (report_thin()) */
    json_t *outcome;          /**< NULL while running */
    int64_t file_lines; /**< in the stage's file when all was over; -1: it has none */
    char *file_text;    /**< what stands in it, or NULL; not terminated */
    size_t file_bytes;  /**< of it: 64 KiB at most, so that may be less than there is */
    char *printed;      /**< what the demo itself printed, or NULL; not terminated */
    size_t printed_bytes;
    uint64_t printed_lost;     /**< bytes printed after those, not kept */
    struct captured *captured; /**< of programs that printed, or did not start; owned */
    size_t captured_count;
};

/** Free what stands there. */
void captured_free(struct captured *captured, size_t count);

enum variant_status {
    VARIANT_PENDING, /**< its turn has not come (live), or never came (interrupted) */
    VARIANT_RUNNING,
    VARIANT_DONE,    /**< every run returned */
    VARIANT_SKIPPED, /**< its ideal is past the limit */
    VARIANT_PARTIAL  /**< a run was cut off, crashed or was refused something */
};

/** One point of a sweep: the time with that number, and for that kind of work. */
struct sweep_point {
    unsigned number;
    enum work_kind work;
    struct spread wall;
    int64_t ideal_ns;
};

/** What one of a variant's operations takes, in picoseconds of wall time: the median
 * and the extremes of several rounds; all 0 where it was not measured. */
struct costs {
    struct spread alone_ps; /**< by one thread */
    struct spread
        together_ps; /**< by all at once: the time of all over all operations */
};

/** Flows of execution that are the system's own. */
enum flow_kind { FLOW_PROGRAM, FLOW_FORK, FLOW_THREAD, FLOW_KINDS };

/** What the clients of a server saw that asked as fast as they were answered. */
struct load {
    int64_t time_ns; /**< how long they did; 0: it was not measured */
    int64_t opened;  /**< connections, one after another too */
    int64_t kept;    /**< of these, open for the next request at the end */
    int64_t answered, failed;
    int64_t cut; /**< connections that sent nothing, or slowly, and were closed on */
    /** From asking to the answer, the median, what 1 in 100 exceeds, and the most. */
    int64_t p50_ns, p99_ns, max_ns;
};

/** What a card says and shows of a variant, kept. */
struct saved_words {
    const char *verdict;
    const struct interleaving *interleaving; /**< NULL: none */
    const struct histogram *histogram;       /**< NULL: none */
};

struct variant_report {
    const struct variant *variant;
    enum variant_status status;
    struct run *runs;
    size_t run_count;
    size_t shown; /**< the run whose wall time is the median: the one that is drawn */
    struct spread wall; /**< over the runs that can be compared; all 0 without one */
    size_t comparable;  /**< how many those are: returned, and not disturbed */
    int64_t ideal_ns;   /**< -1: not known */
    int64_t cpu_ns;     /**< of the run that is shown; -1: not known */
    double speedup;     /**< against the first variant; 0: cannot be said */
    double possible;    /**< the ideals' ratio; 0: cannot be said */
    json_t *outcome;    /**< summed over the runs; NULL without one */
    struct costs costs;
    struct load load;
    struct sweep_point *sweep; /**< NULL: none */
    size_t sweep_count;
    /** Of a run that was read back: what its card worked out when it was run. */
    const struct saved_words *saved;
};

struct machine {
    char os[64], kernel[128], cpu[128];
    unsigned cores;   /**< that this process may use */
    double cpu_quota; /**< how much of their time, in cores, its cgroups let it have; 0:
                         all of it */
};

/** One of the demo's gauges, and what came out. */
struct measured {
    const struct gauge *gauge;
    /** Picoseconds for each operation, or bytes: the median of several rounds, and
     * where the middle half of them lies. */
    struct spread value;
};

struct report {
    const struct card *card;
    const struct options *options;
    int argc; /**< the command line, from the demo's name on */
    char **argv;
    char started[32]; /**< ISO 8601, UTC: "2026-11-20T08:18:00Z" */
    struct machine machine;
    /** cpu work: how far the fixed amount of computing was off its ttl; -1: no cpu work
     */
    double calibration_error;
    bool calibrated;         /**< there was no `sequential` to take the amount from */
    struct task_view *tasks; /**< what all the timelines' tasks are; owned */
    size_t items, items_max; /**< lanes, spans and marks of all runs; how many may be */
    struct variant_report
        *variants; /**< those chosen, in the order of the demo's table */
    size_t variant_count;
    /** What one takes, to start it and to wait for its end, in picoseconds; all 0 where
     * it was not measured. */
    struct spread flows_ps[FLOW_KINDS];
    /** In the order of the demo's table, without those that are not known. */
    struct measured measured[GAUGES_MAX];
    size_t measured_count;
    bool complete;
    /** Of a run that was read back: what the card's next() said; else NULL. */
    const char *saved_next;
};

/** Add up `one` into `sum`: numbers added, objects key by key, arrays one after
 * another. */
int outcome_add(json_t *sum, json_t *one);

/** What `items_max` is for a start: some 500 MB. */
#define REPORT_ITEMS_MAX ((size_t)8000000)

/**
 * Count the last run's timeline, and where all together are more than there is room
 * for, give up this variant's whose wall times are farthest from its median, which is
 * what is drawn.  Their figures and outcomes stay.
 */
void report_thin(struct report *report, size_t variant);

/**
 * Figures of a variant from its runs so far: the median run, the spread, the ideal, and
 * speedups against the first variant, which must have been summed before.
 * @return 0 or UV_ENOMEM.
 */
int report_sum(struct report *report, size_t variant);

/** What was predicted of a variant before it ran; NULL: nothing. */
const struct prediction *report_prediction(const struct report *report,
                                           const struct variant_report *variant);

/** The shortest time that a variant's work allows; the card may know more than shape.
 * -1: nobody knows, of programs that were named on the command line. */
int64_t report_ideal_ns(const struct card *card, const struct options *options,
                        const struct variant *variant);

/** A gauge's value, of a variant or a floor; NULL: not known. */
const struct spread *report_measured(const struct report *report, const char *chart,
                                     const char *name);

void report_destroy(struct report *report);

#endif
