// SPDX-License-Identifier: MIT
/** A run as it stood at a moment: the frames of a replay, and of a recording.  Pure. */

#ifndef CONC_VIEW_MOMENT_H
#define CONC_VIEW_MOMENT_H

#include "report.h"

/** Variants before one are done, that one is running, those after it have not begun. */
struct moment {
    struct report report; /**< to be drawn as a frame of the live view */
    struct variant_report *variants;
    struct run run;
    bool is_cut; /**< `run` has a timeline of its own */
};

/**
 * @variant: by its index in the report, with a run that can be drawn; @at_ns: since its
 * first act.  `whole` must outlive it.
 * @return 0, and the caller ends it by moment_destroy(); or UV_ENOMEM.
 */
int moment_create(struct moment *moment, const struct report *whole, size_t variant,
                  int64_t at_ns);
void moment_destroy(struct moment *moment);

/** How long a variant's picture goes on, ns; -1: it has none. */
int64_t moment_length_ns(const struct report *whole, size_t variant);

#endif
