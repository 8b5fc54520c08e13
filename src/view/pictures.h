// SPDX-License-Identifier: MIT
/** Title, pictures of all variants on one axis, legend. */

#ifndef CONC_VIEW_PICTURES_H
#define CONC_VIEW_PICTURES_H

#include "view/pen.h"

/**
 * It takes style->height lines, if that is not 0 and that many are enough for what is
 * not a lane.  @live: a frame of a run that is going on; its axis is as long as the run
 * will be.
 * @return 0 or UV_ENOMEM.
 */
int pictures_write(struct pen *pen, const struct report *report, bool live);

#endif
