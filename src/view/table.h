// SPDX-License-Identifier: MIT
/** The table of figures: a line a variant. */

#ifndef CONC_VIEW_TABLE_H
#define CONC_VIEW_TABLE_H

#include "view/pen.h"
#include "view/words.h"

enum table_column {
    TABLE_WALL,
    TABLE_SPREAD,
    TABLE_OVER,
    TABLE_CPU,
    TABLE_SPEEDUP,
    TABLE_POSSIBLE,
    TABLE_COLUMNS
};

/** "wall", "spread", ...; "" of what stands under the heading before. */
extern const char *const table_headings[TABLE_COLUMNS];

/** A variant's line: its cells, "" for what it has not; or what is said in their place.
 */
struct table_row {
    const char *name;
    char cells[TABLE_COLUMNS][160];
    struct sentence instead; /**< "": there are figures */
};

/** @alone: nothing else is shown (table_write()). */
struct table_row table_row_of(const struct report *report, size_t variant, bool alone,
                              bool ascii);

/**
 * Where it gets narrow, columns are left out.  @alone: nothing else is printed, so that
 * what became of a variant without figures is said here.  @return 0 or UV_ENOMEM.
 */
int table_write(struct pen *pen, const struct report *report, bool alone);

/** Whether a variant's times cannot be told from the first one's. */
bool is_noise(const struct report *report, size_t variant);

/** A sentence about all variants of which that is so.  @return to free(); "" where
 * there is none; NULL: no memory. */
char *noise_words(const struct report *report);

#endif
