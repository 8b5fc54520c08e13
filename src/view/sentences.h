// SPDX-License-Identifier: MIT
/** The sentences of the plain view. */

#ifndef CONC_VIEW_SENTENCES_H
#define CONC_VIEW_SENTENCES_H

#include "view/telling.h"

#include <stdio.h>

/** "luke ends: waited 5.00 s".  Safe to print; in ASCII when asked for. */
void sentence_of_event(const struct story *story, const struct telling *telling,
                       bool ascii, FILE *out);

/** "2 tasks that wait: luke 5 s, darthvader 10 s", and what of options matters here. */
void sentence_of_tasks(const struct report *report, bool ascii, FILE *out);

/**
 * "threads took 10.0 s, sequential 15.0 s: 1.50 times as fast, the most that was
 * possible."; also of what was not run, or not to its end.
 */
void sentence_of_figures(const struct report *report, size_t variant, bool ascii,
                         FILE *out);

#endif
