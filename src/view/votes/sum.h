// SPDX-License-Identifier: MIT
/** What a class's votes come to: bins at round values, the middle, who moved.  Pure. */

#ifndef CONC_VIEW_VOTES_SUM_H
#define CONC_VIEW_VOTES_SUM_H

#include "card.h"
#include "text/quantity.h"

/** More tell no more. */
#define CLASS_BINS_MAX 11

/** The values of both votes are sorted into these. */
struct class_bins {
    enum predicted kind;
    /** Of counts bin i begins at from + i * step; of times that is its middle, since
     * people say round values, and a run takes a little more or less. */
    int64_t from, step;
    size_t count;
    bool has_rest; /**< the last one holds all that is more */
};

/** The votes of one round. */
struct class_sum {
    size_t count;
    int64_t least, low, median, high, most; /**< low and high: the quartiles */
    size_t ends; /**< where that was asked: how many say that it ends */
};

/** How those who voted twice moved. */
struct class_moves {
    size_t both, closer, farther, same; /**< same: as far away as before */
};

/** @return 0 or UV_ENOMEM. */
int class_sum_up(struct class_sum *sum, const struct votes *votes);

/**
 * Bins for all of it; few who are far out share the last one.
 * @again: NULL: there was no second vote.  @measured: -1: not known.
 */
struct class_bins class_bins_for(enum predicted kind, const struct class_sum *first,
                                 const struct class_sum *again, int64_t measured);

/** The bin that a value is in. */
size_t class_bin_of(const struct class_bins *bins, int64_t value);

/** "about 1.5 s", "3", "100 to 199", "14.5 s and more", "hangs". */
struct quantity class_bin_label(const struct class_bins *bins, size_t bin, bool ascii);

/** The vote under that name; NULL: there is none. */
const struct vote *vote_of(const struct votes *votes, const char *name);

/** Both votes have their names. */
struct class_moves class_moves_of(const struct votes *first, const struct votes *again,
                                  int64_t measured);

#endif
