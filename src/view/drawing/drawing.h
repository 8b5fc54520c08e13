// SPDX-License-Identifier: MIT
/**
 * The picture of a run for views that draw: which lanes, on which axis, and for each of
 * them stretches of one state, never more than can be seen.  Pure.
 *
 * The axis is divided into columns.  A span as long as a column or longer is a block of
 * its own, with its exact edges.  What is shorter is drawn in proportion, a block a
 * column at most: each lane carries what a column could not show on to the next one, so
 * that its blocks add up to its figures, and lanes that compete for cores take turns in
 * a column as they did in time.
 */

#ifndef CONC_VIEW_DRAWING_DRAWING_H
#define CONC_VIEW_DRAWING_DRAWING_H

#include "view/fold.h"
#include "view/picture.h"

/** A piece of a lane in one state. */
struct block {
    int64_t start_ns, end_ns;
    enum state state;
    size_t span;  /**< the first one that it stands for, by its index */
    size_t spans; /**< how many those are; 1: it is that one, from end to end */
};

/** Spans that are one thing to a reader (view/drawing/stretch.h). */
struct stretch {
    int64_t start_ns, end_ns;
    size_t span; /**< its first */
};

struct drawn_lane {
    size_t lane; /**< its index in the timeline */
    struct block *blocks;
    size_t block_count, block_capacity;
    struct stretch *stretches; /**< those of two columns and more, one after another */
    size_t stretch_count, stretch_capacity;
    bool has_beats; /**< marks of the lesson's, and not as many as would hide the states
                     */
};

/** A variant's part. */
struct drawn_part {
    const struct run *run; /**< NULL: there is none to draw */
    struct fold fold;
    struct drawn_lane *lanes; /**< those shown */
    size_t lane_count;
};

struct drawing {
    const struct report *report;
    int64_t from_ns, to_ns;
    bool window_is_past; /**< --from is after the end: everything is drawn instead */
    size_t columns;
    struct drawn_part *parts; /**< one for each of the report's variants */
    size_t block_count;       /**< of all lanes */
    bool is_exact;            /**< each block is a span */
    struct legend legend;     /**< what can be seen */
};

/** What to draw, and how finely. */
struct drawing_wish {
    bool whole;     /**< all of it, whatever window was asked for */
    size_t columns; /**< 1 and more; halved until there are no more blocks than: */
    size_t blocks_max;
    bool exact;           /**< each span a block instead, however many those are */
    const size_t *folded; /**< NULL: the lanes that are shown; else, for each of the
                               variants, how many of the first of those that are not */
};

/** @return 0 and the caller ends it with drawing_destroy(); or UV_ENOMEM. */
int drawing_create(struct drawing *drawing, const struct report *report,
                   const struct drawing_wish *wish);
void drawing_destroy(struct drawing *drawing);

/** How far along the axis a time is: 0 to 1, also for one outside. */
double drawing_place(const struct drawing *drawing, int64_t at_ns);

/** Whether a mark is one that the lesson made, on the axis. */
bool drawing_shows(const struct drawing *drawing, const struct mark *mark);

/** A time of the picture that was predicted; -1: none, or it is no time. */
int64_t predicted_time_ns(const struct report *report, size_t variant);

/**
 * "threads, you: 11 s, "one after the other, nearly"", of what was predicted.  @return
 * a text that the caller frees, safe to print; NULL when memory ran out.
 */
char *prediction_words(const struct report *report, size_t variant, bool ascii);

#endif
