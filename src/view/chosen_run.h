// SPDX-License-Identifier: MIT
/** Which of a variant's runs is meant: the one that is drawn, one that got stuck, one
 * that failed.  Pure. */

#ifndef CONC_VIEW_CHOSEN_RUN_H
#define CONC_VIEW_CHOSEN_RUN_H

#include "report.h"

/** The run that is drawn: the one that is going on, else the shown one; or NULL. */
const struct run *drawn_run(const struct variant_report *variant);

/** The first run that ended in a deadlock; NULL: none did. */
const struct run *deadlocked_run(const struct variant_report *variant);

/** The first run that neither returned nor ended in a deadlock; NULL: there is none. */
const struct run *failed_run(const struct variant_report *variant);

/** Whether a run is drawn that ended in a deadlock. */
bool any_stuck(const struct report *report);

/** How many of a variant's runs ended in a deadlock. */
size_t stuck_runs(const struct variant_report *variant);

#endif
