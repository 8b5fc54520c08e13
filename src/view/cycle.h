// SPDX-License-Identifier: MIT
/** Who waits for whom, where a run ended in a deadlock: drawn, and in sentences. */

#ifndef CONC_VIEW_CYCLE_H
#define CONC_VIEW_CYCLE_H

#include "view/fold.h"
#include "view/pen.h"

#define CYCLE_WORDS 320

/** A lane of a deadlock, in words that are safe to print. */
struct cycle_link {
    char name[CYCLE_WORDS];
    /** The lock by which it holds up the lane before it; "": that one joins it. */
    char holds[CYCLE_WORDS], holds_since[64], holds_source[CYCLE_WORDS];
    /** A lock or the like, or the lane that it joins; "": it has ended, and waits for
     * nothing. */
    char wants[CYCLE_WORDS], wants_since[64], wants_source[CYCLE_WORDS];
    const char *verb; /**< "wants", "joins", "waits for" */
    char ended[64];   /**< when it did */
};

/** The drawn run, if it ended in a deadlock whose lanes are kept; else NULL. */
const struct run *cycle_run(const struct variant_report *variant);

/** Which of its links are shown. */
struct fold cycle_fold(const struct run *run);

/** Link `i` of its deadlock, in words. */
void cycle_link_words(const struct run *run, size_t i, bool ascii,
                      struct cycle_link *link);

/** "luke and darthvader wait for each other". */
void cycle_title(const struct run *run, bool ascii, FILE *out);

/**
 * "luke has held left since 1.20 ms (demos/deadlock.c:38), and has waited since 101 ms
 * (demos/deadlock.c:40) for right, which darthvader holds."  On narrow lines without
 * folders.
 */
void cycle_sentence(const struct run *run, size_t i, const struct style *style,
                    FILE *out);

/** Draw it under the variant's name, an empty line before; nothing where there is none.
 * @return 0 or UV_ENOMEM. */
int cycle_write(struct pen *pen, const struct report *report, size_t variant);

#endif
