// SPDX-License-Identifier: MIT
/**
 * Spans that are one thing to a reader, a stretch: a task that runs and waits for a
 * core by turns, a wait that is taken up again.  Pure.
 */

#ifndef CONC_VIEW_DRAWING_STRETCH_H
#define CONC_VIEW_DRAWING_STRETCH_H

#include "timeline/timeline.h"

/** Whether two spans of a lane, with nothing to be seen between them, are. */
bool spans_go_together(const struct span *a, const struct span *b);

/**
 * What stands in the bar of a stretch that begins with that span: "luke", "wants
 * right". As it is, not made safe.  @return false, and "": it says no more than the
 * lane's name, or would have to be cut to fit `size`.
 */
bool stretch_label(const struct timeline *timeline, const struct lane *lane,
                   const struct span *span, char *label, size_t size);

#endif
