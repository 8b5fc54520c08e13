// SPDX-License-Identifier: MIT
/** What one of a variant's operations costs. */

#ifndef CONC_VIEW_COSTS_H
#define CONC_VIEW_COSTS_H

#include "text/quantity.h"
#include "view/grid.h"

bool has_costs(const struct variant_report *variant);
bool has_costs_together(const struct variant_report *variant);

/** How many threads were at it together. */
size_t cost_threads(const struct report *report);

/** "one addition"; where the card has no word for it, "one operation". */
const char *cost_operation(const struct report *report);

/** Picoseconds in three digits: "8.91 ns", "0.45 ns", "1.20 µs". */
struct quantity cost_text(int64_t ps, bool ascii);

/** "8.80–9.31 ns", "980 ns–1.02 µs". */
struct quantity cost_spread_text(const struct spread *ps, const char *between,
                                 bool ascii);

/** A line for each variant whose costs were measured; none where there is none. */
void costs_fill(struct grid *grid, const struct report *report, bool ascii);

#endif
