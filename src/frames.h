// SPDX-License-Identifier: MIT
/** The live picture of a run that goes on: when it is drawn, and how often.  Main
 * thread. */

#ifndef CONC_FRAMES_H
#define CONC_FRAMES_H

#include "report.h"
#include "stage/stage.h"

struct frames {
    const struct report *report;
    struct stage *stage;                  /**< once it is open */
    const struct variant_report *variant; /**< whose turn it is */
    struct live *live;                    /**< NULL: nothing is drawn live */
};

/** Draw on standard output from now on.  Where that cannot be, nothing is drawn before
 * the end. */
void frames_open(struct frames *frames);

/** What the stage calls for them; `frames` must stay where it is. */
struct stage_hooks frames_hooks(struct frames *frames);

/** A message must not stand in the midst of a frame: wipe it, and draw it again. */
void frames_suspend(const struct frames *frames);

/** No more of them; as live_close(), whose text it returns. */
char *frames_close(struct frames *frames);

#endif
