// SPDX-License-Identifier: MIT
/** What a command line asked for, resolved: every default filled in.  Only data. */

#ifndef CONC_OPTIONS_H
#define CONC_OPTIONS_H

#include "demo.h"

/** What a task does for its ttl. */
enum work_kind { WORK_WAIT, WORK_CPU };

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/** A file that the run is written to.  `path` "-": standard output. */
struct output {
    char *path;
    const struct view *view;
};

/** What somebody expects of a variant, before it runs. */
struct prediction {
    size_t variant; /**< by its index in the demo's table */
    int64_t
        value;    /**< as the card has it: ns; or a count; or 1: it ends, 0: it hangs */
    char *reason; /**< owned; NULL: none was given */
};

/** What one of a class expects (conc class). */
struct vote {
    char *name;
    int64_t value; /**< as a prediction's */
    char *reason;  /**< NULL: none was given */
    size_t line;   /**< where it stands, from 1 */
};

/** By their names, each there once. */
struct votes {
    struct vote *at;
    size_t count;
};

struct options {
    const struct card *card; /**< whose they are; NULL: nobody's, in tests */
    struct tasks tasks;      /**< ttls with --speed already applied; in tasks_block */
    void *tasks_block;       /**< what tasks.at and their names stand in; owned */
    /** Of a card that takes_programs, what each task runs: its arguments, NULL after
     * the last; in one block, owned.  NULL: none were given. */
    char ***programs;
    enum work_kind work;
    bool work_asked; /**< by --work: a sweep shows that kind alone */
    unsigned cores;  /**< the stage may use this many: 1 to cores_allowed */
    unsigned repeat; /**< 1 and more */
    bool *chosen;    /**< a variant of the demo's table, by its index: to be run */
    double speed;    /**< 1: as asked */
    int64_t limit_ns;
    uint64_t seed;
    int64_t from_ns,
        to_ns; /**< the window of time shown; -1: from the start, to the end */
    enum when live, color;
    bool plain, ascii, quiet;
    bool explain; /**< each event of a picture in a sentence */
    /** Values of the card's own options, in its order, with --speed already applied to
     * times; owned; NULL: it has none. */
    int64_t *own;
    unsigned width; /**< 0: as wide as the terminal, or 80 */
    struct output *outputs;
    size_t output_count;
    bool predict; /**< ask for predictions before the run, where none were given */
    struct prediction *predictions; /**< one a variant at most; owned */
    size_t prediction_count;
    /** What a class said, and what it said when it had talked; NULL: nobody was asked.
     */
    const struct votes *votes, *again;
    size_t voted_on; /**< of that variant */
};

#endif
