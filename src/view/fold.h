// SPDX-License-Identifier: MIT
/** Which lanes are shown where not all fit, and what is said of the others.  Pure. */

#ifndef CONC_VIEW_FOLD_H
#define CONC_VIEW_FOLD_H

#include "view/words.h"

/** The first lanes, a line for those between, and the last ones. */
struct fold {
    size_t first, hidden, last;
};

/** Fold so many lanes into so many lines. */
struct fold fold_lanes(size_t lanes, size_t lines);

/** "9,996 more: all waited 1.00 s", in `columns` at most if it can be. */
struct sentence fold_words(const struct timeline *timeline, const struct fold *fold,
                           bool running, unsigned columns, bool ascii);

#endif
