// SPDX-License-Identifier: MIT
/** What is said of runs of demos/server/server.c, for its card alone. */

#ifndef CONC_DEMOS_SERVER_VERDICT_H
#define CONC_DEMOS_SERVER_VERDICT_H

#include "report.h"

#include <stdio.h>

/** As a card's verdict(). */
void server_verdict(const struct report *report, size_t variant, FILE *out);

#endif
