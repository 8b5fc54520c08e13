// SPDX-License-Identifier: MIT
/** A report before anything has run. */

#ifndef CONC_REPORT_BEGIN_H
#define CONC_REPORT_BEGIN_H

#include "report.h"

/**
 * Fill it in: the variants that were chosen, their ideals, those whose ideal is past
 * the limit, the tasks, the machine.
 * @return 0 or UV_ENOMEM; in either case the caller ends it with report_destroy().
 */
int report_begin(struct report *report, const struct card *card,
                 const struct options *options, int argc, char **argv);

#endif
