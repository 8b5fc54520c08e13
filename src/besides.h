// SPDX-License-Identifier: MIT
/** What is measured besides runs, after all of them: what operations and flows cost,
 * the demo's own gauges, what clients see of servers.  Main thread. */

#ifndef CONC_BESIDES_H
#define CONC_BESIDES_H

#include "session.h"

/**
 * Measure, for variants that have run to their end, what their demo has to be measured.
 * What cannot be is told, and the rest is measured all the same.
 * @return 0, or a negative errno when no stage could be started or memory ran out.
 */
int besides_measure(struct session *session);

#endif
