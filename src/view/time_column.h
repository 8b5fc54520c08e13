// SPDX-License-Identifier: MIT
/** A column of times: one unit for all, and as many digits as the longest asks for. */

#ifndef CONC_VIEW_TIME_COLUMN_H
#define CONC_VIEW_TIME_COLUMN_H

#include "report.h"
#include "text/quantity.h"

struct time_column {
    enum time_unit unit;
    int decimals;
    bool ascii;
    unsigned columns; /**< that the longest takes */
};

/** For the runs of a report that are drawn. */
struct time_column time_column_of(const struct report *report, bool ascii);

/** "0.10 ms". */
struct quantity time_in_column(const struct time_column *column, int64_t at_ns);

#endif
