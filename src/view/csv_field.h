// SPDX-License-Identifier: MIT
/**
 * Text as a field of CSV (RFC 4180).
 *
 * A spreadsheet takes a field that begins with one of = + - @ for a formula, in quotes
 * or not, and runs it: names and reasons come from anywhere.  So a text that begins so,
 * whatever apostrophes stand before, gets an apostrophe more, which spreadsheets do not
 * show; who takes off one gets the text back, always.  Numbers stand as they are.
 */

#ifndef CONC_VIEW_CSV_FIELD_H
#define CONC_VIEW_CSV_FIELD_H

#include <stdio.h>

/** Text that is safe to print: quoted where it must be. */
void csv_put_safe(FILE *out, const char *text);

/** Text from anywhere, made safe; nothing for NULL.  @return 0 or UV_ENOMEM. */
int csv_put_text(FILE *out, const char *text);

#endif
