// SPDX-License-Identifier: MIT
/**
 * How wide text is on a terminal, whatever the locale (Unicode's data, by utf8proc),
 * and text from outside made safe to print.  Pure; any thread.
 */

#ifndef CONC_TEXT_WIDTH_H
#define CONC_TEXT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Columns that valid UTF-8 takes; a byte that is none counts one. */
unsigned text_width(const char *text);

/**
 * The length in bytes of the longest beginning of `text` that fits in `columns`, cut at
 * a whole character with its combining marks.
 */
size_t text_fit(const char *text, unsigned columns);

/** The same for a length in bytes. */
size_t text_fit_bytes(const char *text, size_t bytes);

/**
 * Whether it is UTF-8 without control characters, and without those that turn the
 * direction of the text around them (UAX #9): what may be a name.
 */
bool text_is_printable(const char *text);

/**
 * Print text that came from outside: control characters and bytes that are not UTF-8 as
 * "\n", "\x1b"; with `ascii` everything past ASCII as "\u00e9" too.
 */
void text_print_safe(const char *text, bool ascii, FILE *out);

#endif
