// SPDX-License-Identifier: MIT
/** What a class said, what came out, and how the class moved, in sentences. */

#ifndef CONC_VIEW_VOTES_WORDS_H
#define CONC_VIEW_VOTES_WORDS_H

#include "view/votes/sum.h"

/** All that is shown of the votes. */
struct class_figures {
    const struct report *report;
    const struct variant *variant;     /**< that was voted on */
    const struct votes *first, *again; /**< again: NULL: there was no second vote */
    struct class_sum first_sum, again_sum;
    struct class_bins bins;
    bool is_over;
    int64_t measured;     /**< -1: not yet, or nothing came out */
    struct quantity mark; /**< "measured: 2.00 s" */
};

/** @is_over: it has run, and what came out counts.  @return 0 or UV_ENOMEM. */
int class_figures_of(struct class_figures *figures, const struct report *report,
                     bool is_over, bool ascii);

/** How many votes of each round are in each bin, and where what was measured is. */
struct class_counts {
    size_t at[2][CLASS_BINS_MAX];
    size_t most;     /**< 1 and more */
    size_t measured; /**< a bin; SIZE_MAX: nothing was */
};

void class_count(const struct class_figures *figures, struct class_counts *counts);

/** Sentences, for a paragraph; the caller frees it; NULL: memory ran out. */
char *class_words(const struct class_figures *figures, bool ascii);

#endif
