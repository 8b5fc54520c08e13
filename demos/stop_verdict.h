// SPDX-License-Identifier: MIT
/** What runs of demos/stop.c show, in words, for its card alone. */

#ifndef CONC_DEMOS_STOP_VERDICT_H
#define CONC_DEMOS_STOP_VERDICT_H

#include "report.h"

#include <stdio.h>

/** The card's verdict on one variant (card.h). */
void stop_verdict(const struct report *report, size_t index, FILE *out);

#endif
