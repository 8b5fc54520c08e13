// SPDX-License-Identifier: MIT
/**
 * conc compare: saved runs beside one another, by demo and by variant.
 *
 * A comparison is filled in one file after another (compare_add()), then once summed up
 * (compare_sum()); after that the writers, one a format, only read it.  Names in it are
 * printable, but may hold any language: on an ASCII terminal they are escaped.
 */

#ifndef CONC_CLASSROOM_COMPARE_COMPARE_H
#define CONC_CLASSROOM_COMPARE_COMPARE_H

#include "card.h"
#include "classroom/saved/saved.h"

#include <stdio.h>

/** Whether two sets of runs differ by more than luck makes likely. */
enum judgement {
    JUDGE_NONE,   /**< there are no two sets */
    JUDGE_SINGLE, /**< one of them is a single run: nobody can tell */
    JUDGE_NOISE,  /**< they overlap: from the least to the greatest of each */
    JUDGE_APART
};

/** What somebody expected, or a class: then it is the median of its last vote, or what
 * most of it said. */
struct guess {
    bool is_given;
    enum predicted what;
    int64_t value;      /**< ns; a count; 1: it ends, 0: it hangs */
    const char *reason; /**< may hold anything; NULL: none was given */
    size_t votes,
        ends;       /**< of a class: how many there are, and say that it ends; or 0 */
    int64_t before; /**< what a class said before it talked; -1: it voted once */
};

/** A variant in one file. */
struct entry {
    const char *name;
    size_t file;    /**< whose it is */
    int64_t *walls; /**< of the runs that can be compared, in ascending order */
    size_t wall_count;
    struct spread wall; /**< of those; all 0 where there are none */
    size_t run_count;   /**< of all */
    size_t stuck, stopped,
        cut;          /**< runs that deadlocked; stopped meanwhile; ended otherwise */
    bool skipped;     /**< not run, as it would have passed the limit */
    int64_t ideal_ns; /**< -1: not known */
    int64_t cpu_ns;   /**< -1: not known */
    double speedup;   /**< against the file's first variant; 0: cannot be said */
    double to_first;  /**< the same variant's median in the first file of the demo that
                         has one, over this one; 0: cannot be said */
    enum judgement speedup_is, to_first_is;
    size_t base_runs, first_runs; /**< how many runs the other side of each has */
    struct guess guess;
    /** What runs that returned have counted, at least and at most, where a count can be
     * predicted; -1: nothing. */
    int64_t counted_min, counted_max;
    bool has_sweep;  /**< which is not compared */
    bool no_speedup; /**< its run says none: it may have done other work, say */
};

/** A file that was read. */
struct compared_file {
    char *path;
    char *label; /**< what stands before its rows: its name without the extension, made
                    printable */
    json_t *root;
    const json_t *options; /**< in `root`, as all the texts are */
    const char *demo, *conc, *started;
    struct machine machine;
    unsigned cores_used;
    bool complete, disturbed;
    struct entry *entries;
    size_t entry_count;
};

/** A file that was not. */
struct skipped_file {
    char *path;
    struct saved_error error;
};

/** A variant of a demo, in all files that have it, in their order. */
struct compared_variant {
    const char *name;
    const struct entry **entries;
    size_t count;
    size_t measured;       /**< how many of them have runs that can be compared */
    struct spread medians; /**< of those */
};

/** Something that is not the same in all files of a demo. */
struct difference {
    char *what; /**< "--work"; "conc" */
    struct difference_value {
        json_t *json; /**< owned */
        char *text;   /**< the same for people, made printable */
        size_t *files;
        size_t count;
    } * values;
    size_t count;
};

struct compared_demo {
    const char *name;
    size_t *files; /**< in the order given */
    size_t file_count;
    struct compared_variant *variants; /**< in the order of their first appearance */
    size_t variant_count;
    struct difference *differences;
    size_t difference_count;
    bool same_machine, same_cores;
    struct difference machines; /**< the processors, where they are not the same */
    size_t shared_bytes; /**< of all its labels: the beginning that they share, up to
                            a separator */
};

struct comparison {
    struct compared_file *files;
    size_t file_count, file_capacity;
    struct skipped_file *skipped;
    size_t skipped_count, skipped_capacity;
    struct compared_demo *demos;
    size_t demo_count;
    bool ascii; /**< "us" in texts for "µs"; set before compare_sum() */
};

/** Of one file: more are no run of conc's. */
#define COMPARE_VARIANTS_MAX 64
#define COMPARE_OPTIONS_MAX  256

/**
 * Read a file and add it: to the files, or to those that are skipped.  "-" is standard
 * input.  @return 0 or UV_ENOMEM.
 */
int compare_add(struct comparison *comparison, const char *path);
/** The same of a text that was read already. */
int compare_add_text(struct comparison *comparison, const char *path, const char *text,
                     size_t length);

/**
 * Add a file, or, of a folder, every *.json in it but *.trace.json, by name; folders in
 * it are left alone.  @return 0 or UV_ENOMEM.
 */
int compare_add_path(struct comparison *comparison, const char *path);

/** What the files are called.  @return 0 or UV_ENOMEM. */
int compare_labels(struct comparison *comparison);

/** Labels, groups, figures, differences: once, when all files are there.
 * @return 0 or UV_ENOMEM. */
int compare_sum(struct comparison *comparison);
void compare_destroy(struct comparison *comparison);

/** Fill in a run from its JSON, which the file then owns.  @return -1, `error` filled
 * in, and nothing owned; UV_ENOMEM. */
int compare_read(struct compared_file *file, json_t *root, struct saved_error *error);
void compare_file_destroy(struct compared_file *file);

/** The differences of a demo's files, and their machines.  @return 0 or UV_ENOMEM. */
int compare_differences(const struct comparison *comparison,
                        struct compared_demo *demo);

void difference_destroy(struct difference *difference);

/**
 * Text from outside made printable, and valid UTF-8 (text_print_safe()).  Takes the
 * text over, which may be NULL.  @return NULL when memory ran out.
 */
char *made_printable(char *text);

enum judgement judge(const struct entry *a, const struct entry *b);

/**
 * By how much luck alone it happens that the spreads of a and b runs lie apart: once in
 * so many times.  Saturates.
 */
double luck_of(size_t a, size_t b);

#endif
