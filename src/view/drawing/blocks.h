// SPDX-License-Identifier: MIT
/** Spans turned into blocks and stretches: what drawing_create() does with a lane. */

#ifndef CONC_VIEW_DRAWING_BLOCKS_H
#define CONC_VIEW_DRAWING_BLOCKS_H

#include "view/drawing/drawing.h"

/** Fill in the blocks of all of a part's lanes.  @return 0 or UV_ENOMEM. */
int blocks_draw(struct drawing *drawing, struct drawn_part *part);

/** The same with a block for each span. */
int blocks_copy(struct drawing *drawing, struct drawn_part *part);

/** Fill in a lane's stretches.  @return 0 or UV_ENOMEM. */
int stretches_draw(const struct drawing *drawing, const struct run *run,
                   struct drawn_lane *drawn);

#endif
