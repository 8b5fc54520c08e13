// SPDX-License-Identifier: MIT
/** Takes what a stage left behind into the report.  Main thread. */

#ifndef CONC_RECORD_H
#define CONC_RECORD_H

#include "report.h"
#include "stage/stage.h"

/**
 * Bring the timeline of a run that goes on up to what the stage's trace holds so far,
 * as of `now_ns` on CLOCK_MONOTONIC.  @return 0 or UV_ENOMEM.
 */
int record_frame(const struct report *report, const struct stage *stage,
                 struct run *run, int64_t now_ns);

/**
 * Fill in `run` from the end of the stage, whose text it takes over; a timeline that a
 * frame has left there is freed.  @return 0 or UV_ENOMEM.
 */
int record_run(const struct report *report, const struct stage *stage, struct run *run,
               const struct stage_end *end);

/** Fill in `run` from the end of a stage that failed, as far as words are to be had of
 * it: there is no timeline.  The caller frees the detail. */
void record_failure(struct run *run, const struct stage_end *end);

/** Put what clients saw of a variant into its outcome, which is summed up by now, under
 * "load".  @return 0 or UV_ENOMEM. */
int record_load(struct variant_report *variant);

#endif
