// SPDX-License-Identifier: MIT
/**
 * A demo's card: what the command line, the report and the manual must know of a
 * lesson, so that the lesson itself stays a page.  Its functions are pure: figures in,
 * text or JSON out; they run in the watcher, never on the stage.
 */

#ifndef CONC_CARD_H
#define CONC_CARD_H

#include "exhibit.h"
#include "report.h"
#include "text/quantity.h"

#include <jansson.h>
#include <stdio.h>

enum own_kind { OWN_TIME, OWN_NUMBER, OWN_FLAG, OWN_WORD, OWN_RANGE };

/** An option of one demo alone.  Its value is ns, a number, 0 and 1, or, of a word, its
 * place among those that there are, from 0; or a range, own_range(). */
struct own_option {
    const char *name;  /**< "--timeout" */
    const char *value; /**< "T"; of a word all: "counter|tickets"; NULL for a flag */
    const char *about; /**< one line */
    enum own_kind kind;
    /** Of a number, and of both ends of a range: 0 or more; max 1 to INT64_MAX / 10, of
     * a range to UINT32_MAX. */
    int64_t min, max;
    /** Of a range: the number among the card's own options that takes its values in
     * turn, for each variant that is_swept. */
    const char *varies;
    bool is_task; /**< a number of a task, from 1: there must be so many */
    /** A number of tasks: given, there are so many, as if by --tasks, which then may
     * not be given too. */
    bool counts_tasks;
    /** What it is when not given: as text for the help, and as a value. */
    const char *preset;
    int64_t preset_value;
    /** Where the value depends on the tasks; their ttls are with --speed already
     * applied, and what is returned stands. */
    int64_t (*preset_of)(const struct tasks *tasks);
    bool preset_is_cores; /**< then it is as many as the cores that are used */
    /** Of a flag: given, it brings in that extra variant, as --with would. */
    const char *brings;
    /** Of a flag: given, a variant stays up for others to use, this one where none is
     * named, and alone.  What it prints is seen at once; without --limit it stays; and
     * the first signal, or the limit, comes to it as SIGTERM, at which it returns in
     * its own time. */
    const char *serves;
    /** Of one that makes the run last for somebody outside: given, what is printed is
     * seen at once, too. */
    bool is_heard;
};

/** What there is only with one word of one of the card's own options. */
struct goes_with {
    const char *what;          /**< a variant, "atomic", or an own option, "--seats" */
    const char *option, *word; /**< "--story", "counter" */
};

/** What can be predicted of a variant. */
enum predicted {
    PREDICT_TIME, /**< its wall time */
    PREDICT_COUNT,
    PREDICT_END /**< whether it ends by itself */
};

/** A column of a demo's own table. */
struct figure_column {
    const char *heading;        /**< "half within" */
    const char *before, *after; /**< in a sentence: "half of the answers within ", "" */
    bool is_lesser;             /**< left out first, where it gets narrow */
    /** The variant's figure; "": it has none. */
    struct quantity (*figure)(const struct variant_report *variant, bool ascii);
};

#define FIGURES_MAX 6

/** A table of the demo's own, under that of the times: a line for each variant that has
 * a figure in it.  They come from what is saved of a variant: its outcome above all. */
struct figure_table {
    void (*title)(const struct report *report, FILE *out); /**< without a colon */
    /** Those that are used come first, and have a heading. */
    struct figure_column columns[FIGURES_MAX];
};

/**
 * Every card has its demo, summary, question and refutes, an example at least, outcome,
 * verdict and next.  All else may be left out: 0, false or NULL.  The least card there
 * can be stands in tests/unit/test_card.c.
 */
struct card {
    const struct demo *demo;
    /** For the list of commands: "start every task in a thread of its own". */
    const char *summary;
    /** "What does starting a thread change?" */
    const char *question;
    /** What to see in its picture; ends with NULL. */
    const char *const *look_for;
    /** Beliefs that it refutes, each in quotes, then perhaps a colon and why not: the
     * course quotes them.  Ends with NULL. */
    const char *const *refutes;
    /** Command lines to try, the plainest first, without "conc"; ends with NULL. */
    const char *const *examples;
    /** What its tasks are called by default, then taskN; ends with NULL; NULL: as
     * usual.
     */
    const char *const *names;
    /** Options of its own; ends with one that has no name; NULL: it has none. */
    const struct own_option *options;
    /**
     * Variants and own options that do not go with everything, one line each; ends with
     * one that says nothing; NULL: all do.  With another word such a variant is not in
     * the default run, and to name it, or to give such an option, is an error.  Some
     * variant of the default run must go with each word.
     */
    const struct goes_with *goes_with;
    /** How many tasks there must be at least; 0: one.  More than 2 want a ttl_ns. */
    size_t min_tasks;
    /** How many at most; 0: as many as conc takes. */
    size_t max_tasks;
    /** How long each task takes by default, or less where they are many; 0: as usual.
     */
    int64_t ttl_ns;
    /** How long its tasks take by default, and so how many there are; ends with 0;
     * NULL: as usual.  With any other number of them ttl_ns holds. */
    const int64_t *ttls_ns;
    /** What its tasks do where --work does not say so; 0: they wait. */
    enum work_kind work;
    /** How often each variant is run where --repeat does not say so, 1 and more; all
     * other options are resolved.  NULL: once. */
    unsigned (*repeat_of)(const struct options *options);
    /** Its lessons write to stage_file(), or make files in stage_folder(). */
    bool uses_file, uses_folder;
    /** Its tasks are programs, which may be named: `conc NAME -- PROGRAM ARG... --
     * PROGRAM ARG...`; its lessons start them, and call captured(). */
    bool takes_programs;

    /**
     * What is wrong with options that are fine one by one, when all are resolved: a
     * line for people that names them ("--natural leaves it to luck: it excludes
     * --with faster"); NULL: nothing.  NULL for the function: there is no such thing.
     */
    const char *(*objects)(const struct options *options);

    /**
     * What a run came to, as an object of figures: the timeline's facts in the words of
     * this demo.  Numbers are added up over the runs of --repeat, objects key by key.
     * @return a new reference, or NULL when memory ran out.
     */
    json_t *(*outcome)(const struct report *report, const struct run *run);

    /**
     * Sentences on one variant, from the figures of this run; true for every option, or
     * not said.  No newline at the end; nothing at all where there is nothing to say.
     * Those on all variants are joined to one paragraph, in their order: where several
     * have something to say, each begins with its name, "barrier: nobody was early."
     */
    void (*verdict)(const struct report *report, size_t variant, FILE *out);

    /** Of the outcome, what counts work that was asked for and not done: where it is
     * not 0, no speedup is told.  NULL: all is done. */
    const char *undone;

    /** What --predict asks for; of a count also what is counted, as a question ("What
     * will the counter show at the end?") and what came out, of a run that has
     * returned; -1: nothing to compare with. */
    enum predicted predicts;
    const char *(*count_question)(const struct options *options);
    /** What must be known to answer that, a sentence; NULL: nothing. */
    void (*count_given)(const struct options *options, FILE *out);
    int64_t (*counted)(const struct report *report, const struct run *run);
    /** The variant that a class is asked about; NULL: the one that is called as the
     * demo is, or else the first concurrent one. */
    const char *subject;

    /** What it costs to start a program, a forked child and a thread is measured too,
     * for the verdict. */
    bool measures_flows;

    /** What one of a variant's operations is called, for their costs: "one addition".
     */
    const char *operation;

    /**
     * The shortest time that a variant's work allows, where its shape alone does not
     * tell (for example: neighbours that share something are never at work together).
     * @return ns, or 0: as its shape says.  NULL: for all of them.
     */
    int64_t (*ideal_ns)(const struct options *options, const struct variant *variant);

    const struct figure_table *figures; /**< NULL: it has none */

    /**
     * What else to show of a variant.  @return false: nothing of that.  NULL: never.
     */
    bool (*interleaving)(const struct report *report, size_t variant,
                         struct interleaving *interleaving);
    bool (*histogram)(const struct report *report, size_t variant,
                      struct histogram *histogram);

    /**
     * The one command to try next, and why, in a line: first the question, then, after
     * a tab, the arguments without "conc".
     */
    void (*next)(const struct report *report, FILE *out);
};

/** The value of one of the card's own options, by its name ("--timeout"); 0: none. */
int64_t option_of(const struct card *card, const struct options *options,
                  const char *name);

/** The flag among the card's own options that makes the run stay up, where it was
 * given; NULL: none was, or these are nobody's options. */
const struct own_option *serving(const struct options *options);

/** Whether what the stage prints is for somebody who waits for it. */
bool heard_at_once(const struct options *options);

/** What it is when not given, where it does not depend on cores. */
int64_t own_preset(const struct own_option *own, const struct tasks *tasks);

/** From one number to a greater one; 0 and 0: it was not given. */
struct range {
    unsigned from, to;
};

struct range own_range(int64_t value);

/** The place of an own option among the card's; own_count(): there is no such. */
size_t own_place(const struct card *card, const char *name);
size_t own_count(const struct card *card);

/** The word that stands at that place of an OWN_WORD; it does not end with a NUL, but
 * is `length` bytes long; none: 0. */
const char *own_word(const struct own_option *own, int64_t place, size_t *length);

#endif
