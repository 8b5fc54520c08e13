// SPDX-License-Identifier: MIT
/** What a run of demos/context.c shows, in words, for its card alone. */

#ifndef CONC_DEMOS_CONTEXT_VERDICT_H
#define CONC_DEMOS_CONTEXT_VERDICT_H

#include "card.h"

#include <stdio.h>

/** When replies and rows came, and which rows are wrong. */
extern const struct figure_table context_figures;

/** The card's verdict on one variant (card.h). */
void context_verdict(const struct report *report, size_t index, FILE *out);

#endif
