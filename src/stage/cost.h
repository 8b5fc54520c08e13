// SPDX-License-Identifier: MIT
/**
 * What one operation of a variant costs: measured on a stage of its own, untraced, by
 * one thread alone and then by several at once.
 */

#ifndef CONC_STAGE_COST_H
#define CONC_STAGE_COST_H

#include "report.h"
#include "stage/shared.h"

/** The stage's main: leaves its figures in the shared page, as it gets them. */
void cost_begin(const struct staging *staging);
void cost_measure(const struct tasks *tasks);

/** The same by one thread alone, on one core with all that it starts. */
void cost_measure_alone(const struct tasks *tasks);

/** How long so many operations take together, in ns; and each of them in picoseconds.
 */
int64_t cost_all_ns(void (*operations)(uint64_t times), uint64_t times);
int64_t cost_each_ps(int64_t ns, uint64_t operations);

/** By enum flow_kind: start so many flows that do nothing, one after the other, and
 * wait for the end of each. */
extern void (*const cost_flows[])(uint64_t times);

#endif
