// SPDX-License-Identifier: MIT
/** What a run of demos/spawn.c shows, in words, for its card alone. */

#ifndef CONC_DEMOS_SPAWN_VERDICT_H
#define CONC_DEMOS_SPAWN_VERDICT_H

#include "report.h"

#include <stdio.h>

/** The card's verdict on one variant (card.h). */
void spawn_verdict(const struct report *report, size_t index, FILE *out);

#endif
