// SPDX-License-Identifier: MIT
/** A column of times: one unit for all, and as many digits as the longest asks for. */

#ifndef CONC_VIEW_MOMENTS_H
#define CONC_VIEW_MOMENTS_H

#include "report.h"
#include "text/quantity.h"

struct moments {
    enum time_unit unit;
    int decimals;
    bool ascii;
    unsigned columns; /**< that the longest takes */
};

/** For the runs of a report that are drawn. */
struct moments moments_of(const struct report *report, bool ascii);

/** "0.10 ms". */
struct quantity moment_text(const struct moments *moments, int64_t at_ns);

#endif
