// SPDX-License-Identifier: MIT
/** A sweep as a chart: time against a number, both on scales of factors. */

#ifndef CONC_VIEW_CHART_H
#define CONC_VIEW_CHART_H

#include "view/pen.h"

/** What the number counts: "workers", of an own option "--workers"; or "". */
const char *chart_number(const struct report *report);

/** A chart for each variant that was swept; nothing where none was. */
void charts_write(struct pen *pen, const struct report *report);

#endif
