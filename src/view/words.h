// SPDX-License-Identifier: MIT
/** What several views say alike.  Safe to print. */

#ifndef CONC_VIEW_WORDS_H
#define CONC_VIEW_WORDS_H

#include "report.h"

/** Enough for any sentence made here. */
struct sentence {
    char text[512];
};

/**
 * "40.1–40.9 ms": in the unit of the median, and with its digits, or more where those
 * do not tell the two apart; "74.4 µs–15.9 ms" where one unit would be too small.
 * @median: its text; @between: "–".
 */
struct sentence spread_words(const struct spread *wall, const char *median,
                             const char *between, bool ascii);

/** Where lines are narrower, sentences name sources without their folders. */
#define SHORT_SOURCES_BELOW 40

/** "race.c:52" of "demos/race.c:52". */
const char *without_folder(const char *source);

#endif
