// SPDX-License-Identifier: MIT
/** Between the files of `conc replay`. */

#ifndef CONC_CLASSROOM_REPLAY_INNER_H
#define CONC_CLASSROOM_REPLAY_INNER_H

#include "classroom/saved/saved.h"
#include "cli/tool.h"

extern const struct tool replay_tool;

/**
 * Show a run on the terminal as it was shown live, `speed` times as fast.
 * @return 0, or 128 + n when a signal ended it; the screen is as before, without the
 * picture.  Where the terminal cannot be drawn on, it returns 0 at once.
 */
int replay_live(const struct report *report, double speed);

/** The same, event by event, as keys ask for it, each with its explanation. */
int replay_step(const struct report *report);

/** All events with their explanations, as lines.  @return 0 or UV_ENOMEM. */
int replay_list(const struct report *report, bool ascii, FILE *out);

#endif
