// SPDX-License-Identifier: MIT
/** What a card says, as text that the style can show.  The caller frees it. */

#ifndef CONC_VIEW_CARD_TEXT_H
#define CONC_VIEW_CARD_TEXT_H

#include "report.h"

#include <stdbool.h>

/** The verdict on a variant, "" for none; NULL when memory ran out. */
char *card_verdict(const struct report *report, size_t variant, bool ascii);

/**
 * What to try next: a question, a tab, and a command line without "conc"; "" for none;
 * NULL when memory ran out.
 */
char *card_next(const struct report *report, bool ascii);

#endif
