// SPDX-License-Identifier: MIT
/** What is said of demos/cost.c's runs, for its card alone. */

#ifndef CONC_DEMOS_COST_VERDICT_H
#define CONC_DEMOS_COST_VERDICT_H

#include "report.h"

#include <stdio.h>

/** card.h: each kind of flow against the next lighter one; said of the last variant. */
void cost_verdict(const struct report *report, size_t index, FILE *out);

#endif
