// SPDX-License-Identifier: MIT
/** What is said of runs of demos/webapp/webapp.c, for its card alone. */

#ifndef CONC_DEMOS_WEBAPP_VERDICT_H
#define CONC_DEMOS_WEBAPP_VERDICT_H

#include "report.h"

#include <stdio.h>

/** As a card's verdict(). */
void webapp_verdict(const struct report *report, size_t index, FILE *out);

#endif
