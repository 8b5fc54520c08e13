// SPDX-License-Identifier: MIT
/** The table of figures: a line a variant. */

#ifndef CONC_VIEW_TABLE_H
#define CONC_VIEW_TABLE_H

#include "view/pen.h"

/**
 * Where it gets narrow, columns are left out.  @alone: nothing else is printed, so that
 * what became of a variant without figures is said here.  @return 0 or UV_ENOMEM.
 */
int table_write(struct pen *pen, const struct report *report, bool alone);

/** Whether a variant's times cannot be told from the first one's. */
bool is_noise(const struct report *report, size_t variant);

#endif
