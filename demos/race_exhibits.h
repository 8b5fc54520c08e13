// SPDX-License-Identifier: MIT
/** What the card of demos/race.c shows besides figures and sentences. */

#ifndef CONC_DEMOS_RACE_EXHIBITS_H
#define CONC_DEMOS_RACE_EXHIBITS_H

#include "exhibit.h"
#include "report.h"

/** Whether seats are sold; else 1 is added. */
bool race_sells(const struct report *report);

/** Two threads that read before either wrote, from the marks of the run shown. */
bool race_interleaving(const struct report *report, size_t variant,
                       struct interleaving *interleaving);

/** In how many runs how many updates were lost. */
bool race_histogram(const struct report *report, size_t variant,
                    struct histogram *histogram);

#endif
