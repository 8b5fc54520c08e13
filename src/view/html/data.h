// SPDX-License-Identifier: MIT
/** The data of a page in the making: data.c, which has it, levels.c, looks.c and
 * folded.c put their part in. */

#ifndef CONC_VIEW_HTML_DATA_H
#define CONC_VIEW_HTML_DATA_H

#include "view/explain.h"
#include "view/html/page.h"
#include "view/html/texts.h"
#include "view/json/writer.h"

#define LEVELS_MAX 24

struct data {
    struct json_writer w;
    const struct report *report;
    bool ascii;
    struct drawing
        levels[LEVELS_MAX]; /**< of lanes that are shown; the coarsest first */
    size_t level_count;
    struct texts texts, looks;
    bool untold; /**< explanations were left out, the page would have grown too large */
    int result;  /**< 0, or UV_ENOMEM from then on */
};

/**
 * Draw what is shown, in levels of which each is HTML_FINER as fine as the one before,
 * until spans cannot be told apart any more, or the next would have too many blocks;
 * then once more with a block a span, where there are not too many.
 */
void data_draw_levels(struct data *data);

/** A copy that is safe to print, which the caller frees; NULL when memory ran out,
 * which the data remembers. */
char *data_safe(struct data *data, const char *text);

/** The number of a text that is made safe first; -1: "". */
int64_t data_text(struct data *data, const char *text);

/**
 * Write a lane's blocks, from its start on, as numbers: how long one is, and its look,
 * " 1500 3"; where it is of many spans, -1 - look and how many, " 1500 -4 12".  A look
 * is what blocks have in common: a state, a label, and of what is said of it another
 * text: where in the source, a newline, the explanation; -1 where there is none.  The
 * label is none where it is the lane's name.  In explanations a first word that is the
 * name stands as "", and each label as DATA_LABEL, so that many lanes share one look.
 *
 * `name` is the lane's, made safe.
 */
void data_put_blocks(struct data *data, const struct story *story,
                     const struct drawn_lane *drawn, const char *name, FILE *out);
#define DATA_LABEL '\x02'

/** Write how many stretches a lane has, and of each the first block and its label; none
 * where that would be the whole lane, without a label. */
void data_put_stretches(struct data *data, const struct timeline *timeline,
                        const struct drawn_lane *drawn, FILE *out);

/** Lanes of the variants that can be opened: of each how many, and their data as an
 * array, "folds". */
void data_write_folds(struct data *data, struct page_data *made);

#endif
