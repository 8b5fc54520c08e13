// SPDX-License-Identifier: MIT
/**
 * Lanes turned into cells on an axis.  Pure.
 *
 * What is finer than a cell is drawn in proportion: each lane carries what a cell could
 * not show on to the next one, so that its cells add up to its figures, and lanes that
 * compete for cores take turns in a column as they did in time.
 */

#ifndef CONC_VIEW_PICTURE_H
#define CONC_VIEW_PICTURE_H

#include "view/axis.h"

enum glyph {
    GLYPH_BLANK, /**< not alive */
    GLYPH_STATE,
    GLYPH_START,
    GLYPH_CHANGE, /**< it goes on with something else */
    GLYPH_END,
    GLYPH_WHOLE, /**< starts and ends in this cell */
    GLYPH_CUT,   /**< cut off */
    GLYPH_BEAT   /**< a mark that the lesson made */
};

struct cell {
    enum glyph glyph;
    enum state state; /**< also under a mark or a label */
};

/** Text in place of some cells. */
struct bar_label {
    unsigned column, columns;
    char text[96];
};

#define BAR_LABELS_MAX 48

/** What is drawn of a lane. */
struct bar {
    struct cell cells[AXIS_COLUMNS_MAX];
    size_t label_count;
    struct bar_label labels[BAR_LABELS_MAX]; /**< in order */
};

/** What occurs in a picture, for the legend. */
struct legend {
    bool state[STATE_COUNT];
    bool no_core, no_turn; /**< what is ready has none: the loop of a task, no turn */
    bool cut;
    bool beat;
    char beat_name[48]; /**< what the marks are called: "beat, cleanup" */
};

/** What to draw, on what, and where to put it. */
struct picture {
    const struct timeline *timeline;
    bool running; /**< lanes without an end are alive, not cut off */
    const struct axis *axis;
    const struct style *style;
    const size_t *lanes; /**< which ones, by their index */
    size_t lane_count;
    struct bar *bars;      /**< one for each, filled in */
    struct legend *legend; /**< what occurs is added */
};

/** @return 0 or UV_ENOMEM. */
int picture_draw(const struct picture *picture);

/** Write a bar; cell 0 goes to column `left`. */
void picture_write(const struct bar *bar, const struct axis *axis, struct pen *pen,
                   unsigned left);

/** The character of a state or mark, and the colour of a state. */
const char *glyph_text(enum glyph glyph, enum state state, bool unicode);
enum ink state_ink(enum state state);

#endif
