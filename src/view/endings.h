// SPDX-License-Identifier: MIT
/** How runs ended, and what else must be known before their figures are read, in words.
 * Safe to print. */

#ifndef CONC_VIEW_ENDINGS_H
#define CONC_VIEW_ENDINGS_H

#include "view/words.h"

/** "not run: would take 2 h 46 min, past the limit of 1 min". */
struct sentence skipped_words(const struct report *report,
                              const struct variant_report *variant, bool ascii);

/** What must be known of a run before its picture is read: that it was stopped and
 * continued; that events are missing.  Empty where it was not, or none are. */
struct sentence disturbed_words(const struct run *run);
struct sentence dropped_words(const struct run *run);

/** How a run ended, if it did not return: "ended after 60.0 s, past the limit of 1
 * min". */
struct sentence ending_words(const struct report *report, const struct run *run,
                             bool ascii);

/**
 * The same with the run's detail behind it, which may hold text from outside.
 * @return a text that the caller frees, or NULL when memory ran out.
 */
char *failure_words(const struct report *report, const struct run *run, bool ascii);

/** "stuck, and ended"; "stuck in 37 of 200 runs": there must be some. */
struct sentence stuck_words(const struct variant_report *variant);

/** "opposite: stuck in 1 of 100 runs; the figures are those of the others".  Empty
 * where none was, or no other gave any. */
struct sentence stuck_note(const struct variant_report *variant);

#endif
