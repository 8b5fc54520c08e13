// SPDX-License-Identifier: MIT
/** The parts of an SVG, each put at the end of what the sheet holds. */

#ifndef CONC_VIEW_SVG_PARTS_H
#define CONC_VIEW_SVG_PARTS_H

#include "view/svg/sheet.h"

/** Definitions of the states' patterns; once in a document, before they are used. */
void svg_patterns(struct sheet *sheet);

/** All variants on one axis, the axis, what was predicted, and the legend. */
void svg_pictures(struct sheet *sheet, const struct drawing *drawing);

/** Who waits for whom, where the drawn run of a variant ended in a deadlock.  @return
 * where it ends at the right; 0: there is none. */
double svg_cycle(struct sheet *sheet, size_t variant);
/** The same under its title. */
void svg_titled_cycle(struct sheet *sheet, size_t variant);

/** Deadlocks and interleavings. */
void svg_exhibits(struct sheet *sheet);

/** The table of the times, and the small ones under it. */
void svg_figures(struct sheet *sheet);

void svg_grids(struct sheet *sheet);

/** What was measured besides. */
void svg_bars(struct sheet *sheet);

/** A chart for each variant that was swept. */
void svg_charts(struct sheet *sheet);

/** A variant's alone, where the sheet is filled to. */
void svg_chart(struct sheet *sheet, size_t variant, double left);

/** What came out in how many runs. */
void svg_histograms(struct sheet *sheet);

/** What a class said, and what was measured among it. */
void svg_votes(struct sheet *sheet);

/** What the demo itself printed. */
void svg_printed(struct sheet *sheet);

/** The verdict, what to try next, and where and how it was measured. */
void svg_verdict(struct sheet *sheet);
void svg_foot(struct sheet *sheet);

#endif
