// SPDX-License-Identifier: MIT
/** The cores that a process may use: sched_setaffinity(2).  Any thread. */

#ifndef CONC_STAGE_CORES_H
#define CONC_STAGE_CORES_H

/** How many the calling process may use: at least 1. */
unsigned cores_allowed(void);

/** Let the calling thread, and all that it starts, use only the first `count` of those.
 */
int cores_restrict(unsigned count);

/** Let it use only one of those: that of the number, from 0. */
int cores_pin(unsigned number);

#endif
