// SPDX-License-Identifier: MIT
/** The style sheet and the script of a page, from src/view/html, and what they share.
 */

#ifndef CONC_VIEW_HTML_PAGE_H
#define CONC_VIEW_HTML_PAGE_H

#include "text/draft.h"
#include "view/drawing/drawing.h"

/** Built in by src/view/html/embed.py; the hashes are for Content-Security-Policy. */
extern const char html_style[], html_style_hash[];
extern const char html_script[], html_script_hash[];

/** What the script of a page draws. */
struct page_data {
    char *json;
    size_t bytes;
    size_t *folded; /**< of each variant: how many of its folded lanes are there */
    struct legend legend; /**< of those lanes */
};

/** A page on its way. */
struct page {
    FILE *out;
    const struct report *report;
    const struct drawing *drawing; /**< the coarsest */
    const struct page_data *data;
    bool ascii; /**< of texts from the run */
    int result; /**< 0, or UV_ENOMEM from then on */
};

/** Write it as it is: markup of our own. */
void page_put(struct page *page, const char *markup);

/** The same with a format; of %s only what is our own. */
void page_format(struct page *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Write text from anywhere. */
void page_text(struct page *page, const char *text);

/** "<td>text</td>"; attributes as in `tag`, `td class="left"`. */
void page_element(struct page *page, const char *tag, const char *text);

/** @return where to write it; NULL when memory ran out, which the page remembers. */
FILE *page_open_draft(struct page *page, struct draft *draft);
/** @return what was written, which the caller frees; NULL when memory ran out. */
char *page_close_draft(struct page *page, struct draft *draft);

/** Write a draft's lines as paragraphs of a class, or "", and free it. */
void page_paragraphs(struct page *page, const char *class, struct draft *draft);

/** Parts of the page, from top to bottom. */
void html_pictures(struct page *page);
void html_figures(struct page *page);
void html_exhibits(struct page *page);
void html_votes(struct page *page);
void html_verdict(struct page *page);
void html_events(struct page *page);
void html_circumstances(struct page *page);

/** @return 0 and the caller ends it with html_data_destroy(); or UV_ENOMEM. */
int html_data(const struct report *report, struct page_data *made);
void html_data_destroy(struct page_data *made);

/** What each state took in a lane, where it is worth a word: "run 1.00 s, wait 2.00 s".
 */
void html_totals(const struct lane *lane, bool ascii, FILE *out);

/** Columns of the coarsest level, and how many times as many each further one has. */
#define HTML_COLUMNS 200
#define HTML_FINER   4
/** Blocks that the finest level may have. */
#define HTML_BLOCKS_MAX 14000

#endif
