// SPDX-License-Identifier: MIT
/** What a demo has measured besides its runs: charts of bars, with their figures. */

#ifndef CONC_VIEW_BARS_H
#define CONC_VIEW_BARS_H

#include "text/quantity.h"
#include "view/pen.h"

/** Some of what was measured that stands together, on one scale, which is
 * logarithmic: the figures are from nanoseconds to milliseconds. */
struct bars {
    const struct measured *at;
    size_t count;
    bool is_bytes;
    int64_t base;      /**< each mark on the scale is so many times the one before */
    int64_t low, high; /**< the first mark, and the last */
};

/** The chart from `first` on, which must be below the report's measured_count. */
struct bars bars_at(const struct report *report, size_t first);

/** How long a bar is, in parts of the scale: 0 to 1. */
double bars_length(const struct bars *bars, const struct measured *measured);

/** What must be known of all of them, a sentence. */
const char *bars_note(void);

/** "97.0 µs", "4.00 KiB"; "95.1–99.8 µs"; and of a mark, "10 µs", "4 KiB". */
struct quantity bars_value(const struct measured *measured, bool ascii);
struct quantity bars_spread(const struct measured *measured, const char *between,
                            bool ascii);
struct quantity bars_mark(const struct bars *bars, int64_t mark, bool ascii);

/** All charts; nothing where nothing was measured. */
void bars_write(struct pen *pen, const struct report *report);

#endif
