// SPDX-License-Identifier: MIT
/** Prose in lines of a given width, for the plain view. */

#ifndef CONC_VIEW_PARAGRAPH_H
#define CONC_VIEW_PARAGRAPH_H

#include <stdio.h>

/**
 * Write `text` in lines of at most `width` columns, broken between words, within a word
 * only where it alone is wider.  The first line begins with `label`, what follows
 * stands `indent` columns to the right (at most a third of the width), also on later
 * lines. Newlines in `text` begin a new line.  Ends with a newline; no spaces before
 * any.
 * @return 0 or UV_ENOMEM; errors of writing stay in `out`.
 */
int paragraph_write(FILE *out, unsigned width, const char *label, unsigned indent,
                    const char *text);

#endif
