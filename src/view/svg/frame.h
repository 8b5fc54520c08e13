// SPDX-License-Identifier: MIT
/** Where pictures stand on the sheet, and what they share with their axis. */

#ifndef CONC_VIEW_SVG_FRAME_H
#define CONC_VIEW_SVG_FRAME_H

#include "view/svg/parts.h"

#define LANE_HEIGHT 30.0
#define BAR_HEIGHT  20.0
#define PAD         14.0

struct frame {
    struct sheet *sheet;
    const struct drawing *drawing;
    double name;        /**< where lanes' names begin */
    double left, width; /**< of the axis */
    double totals;      /**< where totals begin */
    struct axis_tick ticks[AXIS_TICKS_MAX];
    size_t tick_count;
    const char *unit;
};

/** How a state is drawn: thin where it needs no core, and what is ready not as thick as
 * what runs, so that the two can be told apart where they are narrow. */
struct look {
    const char *fill;
    double height;
};

extern const struct look svg_looks[STATE_COUNT];

/** Where a time is; one outside at that end of the axis. */
double svg_place(const struct frame *frame, int64_t at_ns);

/** What was cut off; a moment. */
void svg_cross(struct sheet *sheet, double x, double y);
void svg_dot(struct sheet *sheet, double x, double y);

/** The axis, below it what was predicted, and the legend. */
void svg_axis(const struct frame *frame);
void svg_predictions(const struct frame *frame);
void svg_legend(const struct frame *frame);

#endif
