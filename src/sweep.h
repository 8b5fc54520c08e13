// SPDX-License-Identifier: MIT
/** How a variant's time depends on a number: runs for each value of a range. */

#ifndef CONC_SWEEP_H
#define CONC_SWEEP_H

#include "card.h"
#include "stage/stage.h"

/** What a sweep needs besides the report. */
struct sweep {
    struct report *report;
    struct stage *stage;
    /** The run that failed, and ended the sweep: how, and its detail, which the caller
     * frees; and with which number it was.  0: none did. */
    struct run failed;
    unsigned failed_at;
};

/** Whether one was asked for; then the range, and the place of the option it varies. */
bool sweep_asked(const struct report *report, struct range *range, size_t *place);

/** Whether some of its runs compute: then the amounts must be known (amounts.h). */
bool sweep_computes(const struct report *report);

/**
 * Run a variant for each number of the range, --repeat times each, for the kind of work
 * that was asked for, or for both.  Of more than 16 numbers some are taken, each a
 * third larger than the one before.  Stops at an interrupt, and where a run fails.
 * Points whose ideal is past the limit, or without a single run that returned, are left
 * out.  @return 0, or a negative errno when no stage could be started or memory ran
 * out; what was measured before it is in the report.
 */
int sweep_variant(struct sweep *sweep, struct variant_report *variant);

#endif
