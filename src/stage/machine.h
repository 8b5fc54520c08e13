// SPDX-License-Identifier: MIT
/** What machine this is, for reports: no host name, no user. */

#ifndef CONC_STAGE_MACHINE_H
#define CONC_STAGE_MACHINE_H

#include "report.h"

/** Fill in what can be found out; "unknown" for the rest.  Reads /etc and /proc. */
void machine_read(struct machine *machine);

#endif
