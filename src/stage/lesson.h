// SPDX-License-Identifier: MIT
/** The engine's half of demo.h, besides work.h.  On the stage. */

#ifndef CONC_STAGE_LESSON_H
#define CONC_STAGE_LESSON_H

#include "stage/shared.h"

/** Lessons in this process, and in those forked here, belong to `staging`.  Once. */
void lesson_begin(const struct staging *staging);

#endif
