// SPDX-License-Identifier: MIT
/** A sweep as a chart: time against a number, both on scales of factors. */

#ifndef CONC_VIEW_CHART_H
#define CONC_VIEW_CHART_H

#include "view/pen.h"

/** What the number counts: "workers", of an own option "--workers"; or "". */
const char *chart_number(const struct report *report);

/** ", partial" where the run is, and the last of its numbers was not measured, since it
 * was cut off, or for the limit; else "". */
const char *chart_partial(const struct report *report,
                          const struct variant_report *variant);

/** Where a value stands between two others, on a scale of factors: 0 to 1. */
double chart_place(double value, double low, double high);

/** 1, 2 or 5 of a power of ten, no less than that. */
int64_t chart_round_up(int64_t ns);

/** A chart for each variant that was swept; nothing where none was. */
void charts_write(struct pen *pen, const struct report *report);

#endif
