// SPDX-License-Identifier: MIT
/** The marks and labels on a lane's bar, once its states are drawn.  Pure. */

#ifndef CONC_VIEW_BAR_H
#define CONC_VIEW_BAR_H

#include "view/picture.h"

/** Put start, changes, end, beats and labels on the bar of a lane within the axis. */
void bar_finish(const struct picture *picture, const struct lane *lane,
                struct bar *bar);

/** Add the name of a mark that a lesson made: all that there is room for; with more,
 * none. */
void legend_name_beat(struct legend *legend, const char *name);

#endif
