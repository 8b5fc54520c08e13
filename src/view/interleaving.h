// SPDX-License-Identifier: MIT
/** What two lanes did, step by step, in two columns. */

#ifndef CONC_VIEW_INTERLEAVING_H
#define CONC_VIEW_INTERLEAVING_H

#include "exhibit.h"
#include "view/pen.h"

/** What the card shows of a variant's run.  @return false: nothing. */
bool interleaving_of(const struct report *report, size_t variant,
                     struct interleaving *interleaving);

/** "one count that vanished (run 3)". */
void interleaving_title(const struct report *report, size_t variant,
                        const struct interleaving *interleaving, bool ascii, FILE *out);

/** "luke reads 41 (demos/race.c:52); count: 41", on narrow lines without a folder. */
void interleaving_sentence(const struct report *report, size_t variant,
                           const struct interleaving *interleaving, size_t step,
                           const struct style *style, FILE *out);

/** Draw it under the variant's name, an empty line before; nothing where there is none.
 * @return 0 or UV_ENOMEM. */
int interleaving_write(struct pen *pen, const struct report *report, size_t variant);

#endif
