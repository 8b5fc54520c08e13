// SPDX-License-Identifier: MIT
/** Between times.c, which reads a run, and times_note.c, which tells of its lines. */

#ifndef CONC_CLASSROOM_SOURCE_TIMES_INNER_H
#define CONC_CLASSROOM_SOURCE_TIMES_INNER_H

#include "classroom/source/times.h"
#include "text/quantity.h"

/** So many stretches of time are kept of a lane at a line; others are counted. */
enum { STRETCHES = 3 };

struct stretch {
    int64_t from_ns, to_ns;
};

/** A lane at a line. */
struct visit {
    size_t variant; /**< by its place among those that have a run */
    size_t lane;    /**< counted over all variants */
    const char *name;
    struct stretch at[STRETCHES]; /**< the first ones */
    struct stretch last, all;     /**< the latest; and from the first to the last */
    size_t count;
};

struct visits {
    struct visit *at;
    size_t count, room;
};

/** A variant that has a run. */
struct shown_run {
    const char *name;
    enum time_unit unit; /**< of all its times */
};

struct times {
    const struct sources *sources;
    struct visits **lines; /**< by source, and then by line from 1 */
    struct shown_run *runs;
    size_t run_count, lanes, named, strays;
};

/** Who was at a line; in the order of variants, and of their lanes. */
const struct visits *times_visits(const struct times *times,
                                  const struct source *source, size_t line);

/** How long the last digit is that is printed of a time in that unit. */
int64_t times_digit_ns(enum time_unit unit);

#endif
