// SPDX-License-Identifier: MIT
/** Runs a demo's variants on the stage, one after another, into a report.  Main thread.
 */

#ifndef CONC_RUN_VARIANTS_H
#define CONC_RUN_VARIANTS_H

#include "report.h"

#include <stdbool.h>

/**
 * Run all variants, --repeat times in turn, drawing live where `live`, and sum them up.
 * Every failure has its line on standard error by the time this returns, and what was
 * measured before it is in the report.
 * @return an exit status: 0, 1 when the system refused something, 128 + n for a signal.
 */
int run_variants(struct report *report, bool live);

#endif
