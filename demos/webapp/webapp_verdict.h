// SPDX-License-Identifier: MIT
/** What is said of runs of demos/webapp/webapp.c, for its card alone. */

#ifndef CONC_DEMOS_WEBAPP_VERDICT_H
#define CONC_DEMOS_WEBAPP_VERDICT_H

#include "card.h"

#include <stdio.h>

/** When replies came, and what is in the log. */
extern const struct figure_table webapp_figures;

/** As a card's verdict(). */
void webapp_verdict(const struct report *report, size_t index, FILE *out);

#endif
