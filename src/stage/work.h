// SPDX-License-Identifier: MIT
/**
 * The engine's half of demo.h: a task's work, and what ends a stage early.  On the
 * stage.
 *
 * Computing of ttl T is a fixed amount of it: as many units as the thread that measures
 * did in T of its CPU time.  The first variant measures as it goes (`sequential`, where
 * nothing else runs), all others repeat its amounts.
 */

#ifndef CONC_STAGE_WORK_H
#define CONC_STAGE_WORK_H

#include "stage/shared.h"

/** Work in this process is done as `staging` says.  Once, before any work(). */
void work_begin(const struct staging *staging);

/**
 * Measure how much computing this machine does in a while, and set all tasks' amounts
 * by it: for runs that have no `sequential` to measure by.  Takes about 60 ms.
 */
void work_calibrate(const struct tasks *tasks);

#endif
