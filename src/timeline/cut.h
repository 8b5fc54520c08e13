// SPDX-License-Identifier: MIT
/** A timeline as it was at a moment: what a replay draws, frame by frame.  Pure. */

#ifndef CONC_TIMELINE_CUT_H
#define CONC_TIMELINE_CUT_H

#include "timeline/timeline.h"

/**
 * What had happened until `at_ns` (0: the first act): lanes that had begun, spans and
 * marks up to then, the last span of a lane cut off there.  `sites` and `tasks` are
 * those of the whole, which must outlive it.
 * @return 0, and the caller ends it by timeline_destroy(); or UV_ENOMEM.
 */
int timeline_cut(const struct timeline *whole, int64_t at_ns, struct timeline *cut);

#endif
