// SPDX-License-Identifier: MIT
/** The time axis that all lanes of a run share: a cell is a stretch of time.  Pure. */

#ifndef CONC_VIEW_AXIS_H
#define CONC_VIEW_AXIS_H

#include "view/pen.h"

#define AXIS_COLUMNS_MAX 300

struct axis {
    int64_t from_ns, to_ns;
    unsigned columns; /**< 1 to AXIS_COLUMNS_MAX */
    /** Cell i is the time from edge[i] up to, not including, edge[i + 1]. */
    int64_t edge[AXIS_COLUMNS_MAX + 1];
};

/**
 * An axis of so many columns.  Times are not negative; one that would be too short to
 * divide is made longer.
 */
void axis_init(struct axis *axis, int64_t from_ns, int64_t to_ns, unsigned columns);

/** The cell that holds a time; the first or the last for one outside. */
unsigned axis_column(const struct axis *axis, int64_t at_ns);

/** A round time, and its number in the axis' unit. */
struct axis_tick {
    int64_t at_ns;
    char text[48];
};

#define AXIS_TICKS_MAX AXIS_COLUMNS_MAX

/** Round times so far apart that their numbers have air between them, AXIS_TICKS_MAX at
 * most.  @return how many; `unit` is what they count: "ms". */
size_t axis_ticks(const struct axis *axis, bool unicode, struct axis_tick *ticks,
                  const char **unit);

/** Put numbers at round times, and their unit at the end; `left` is cell 0's column. */
void axis_write(const struct axis *axis, struct pen *pen, unsigned left);

#endif
