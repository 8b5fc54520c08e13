// SPDX-License-Identifier: MIT
/**
 * Lanes of a program that is not conc's own, as it tells of them: run_told() of demo.h.
 * It prints a line each event, with the time that CLOCK_MONOTONIC had, in ns, which is
 * the same in all processes; of each flow in the order of time:
 *
 *     FLOW TIME start ID NAME       a thread of it (flow 0: itself) has begun; the
 *                                   system's id
 *     0 TIME loaded CPU_NS NS       it has begun to tell: the CPU time so far, and for
 *                                   how long it had no core
 *     FLOW TIME task N              begins the work on task N, from 0
 *     FLOW TIME done N CPU_NS       and has done it
 *     FLOW TIME want|have|give      the lock
 *     FLOW TIME lack NS             had no core since then, for so long
 *     FLOW TIME create|join|joined FLOW
 *     FLOW TIME end CPU_NS VOLUNTARY INVOLUNTARY   with its switches
 *     FLOW TIME figure KEY NUMBER   as by note(): python_version, python_has_lock
 *
 * Flows are created before they are told of.  What is no such line, or of a time when
 * the program did not run, is passed over.
 */

#ifndef CONC_STAGE_TOLD_H
#define CONC_STAGE_TOLD_H

#include "stage/shared.h"

/** On the stage, before run_told() of demo.h. */
void told_begin(const struct staging *staging);

#endif
