// SPDX-License-Identifier: MIT
/** What a run of demos/context.c came to.  For its card alone; pure. */

#ifndef CONC_DEMOS_CONTEXT_FACTS_H
#define CONC_DEMOS_CONTEXT_FACTS_H

#include "card.h"

/** The card's outcome(). */
json_t *context_outcome(const struct report *report, const struct run *run);

/** The card's interleaving(): how the first row that is wrong came about. */
bool context_interleaving(const struct report *report, size_t variant,
                          struct interleaving *interleaving);

#endif
