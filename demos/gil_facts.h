// SPDX-License-Identifier: MIT
/** What the card of demos/gil.c works out of a run. */

#ifndef CONC_DEMOS_GIL_FACTS_H
#define CONC_DEMOS_GIL_FACTS_H

#include "report.h"

/** What became of the lock, and of those who computed. */
struct gil_facts {
    size_t turns;        /**< how often it was taken */
    size_t handovers;    /**< and by another than the one before */
    int64_t turn_ns;     /**< how long it was held, at the median; 0: never taken */
    int64_t wanted_ns;   /**< for how long lanes waited for it, all together */
    int64_t together_ns; /**< for how long two or more computed at once */
};

/** All 0 where memory ran out. */
struct gil_facts gil_facts(const struct timeline *timeline);

/** The card's outcome (card.h). */
json_t *gil_outcome(const struct report *report, const struct run *run);

#endif
