// SPDX-License-Identifier: MIT
/** Lines of a source on paper: numbered, coloured, folded, with notes. */

#ifndef CONC_CLASSROOM_SOURCE_PAGE_H
#define CONC_CLASSROOM_SOURCE_PAGE_H

#include "classroom/source/diff.h"
#include "view/pen.h"

/** How it is shown. */
struct look {
    struct style style;
    bool is_plain; /**< for screen readers: no columns */
    /** Lines may be as long as they are: nobody reads this on a screen of so many
     * columns. */
    bool is_endless;
};

struct page {
    struct pen pen;
    struct style style; /**< the pen's */
    bool is_plain;
    unsigned digits; /**< that line numbers take */
};

/** Begin; `page` must not move.  `last_line`: the highest number to come. */
void page_open(struct page *page, FILE *out, const struct look *look, size_t last_line);

/** "demos/threads.c" and what else there is to say, on a line; then an empty one. */
void page_head(struct page *page, const char *strong, const char *rest);

/** A line of a source; note: what stands beside or below it, or NULL. */
void page_line(struct page *page, const struct place *place, const char *note);

/** A line without its number. */
void page_bare_line(struct page *page, const struct place *place);

/** Lines are left out here. */
void page_gap(struct page *page);

/** Words, wrapped. */
void page_words(struct page *page, const char *text);

/** Two columns: lines beside each other, signs between them. */
void page_pairs(struct page *page, const struct pairs *pairs);

/** The same one below the other, in one column. */
void page_changes(struct page *page, const struct pairs *pairs);

#endif
