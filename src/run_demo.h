// SPDX-License-Identifier: MIT
/** A demo's command, from its command line to its exit status. */

#ifndef CONC_RUN_DEMO_H
#define CONC_RUN_DEMO_H

#include "card.h"

#include <stdbool.h>

/**
 * Run a demo; argv[0] is its name.  @had_stdout: standard output was open when conc was
 * started.  @return the exit status (see EXIT STATUS in conc(1)).
 */
int run_demo(const struct card *card, int argc, char **argv, bool had_stdout);

#endif
