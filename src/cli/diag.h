// SPDX-License-Identifier: MIT
/** Messages to people: one line each, on standard error, safe to print. */

#ifndef CONC_CLI_DIAG_H
#define CONC_CLI_DIAG_H

#include <stdarg.h>

/**
 * "conc: …\n", in one write.  Text from outside in the arguments is printed escaped.
 * The format has no newline.
 */
void diag(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** "conc threads: …\n": the same where the command is known. */
void diag_for(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void vdiag_for(const char *command, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/**
 * The name in `names` (ends with NULL) that `word` was most likely meant to be, by edit
 * distance with swaps (Damerau, "A technique for computer detection and correction of
 * spelling errors", 1964), whatever the case; a beginning of two letters and more is
 * near too.  NULL when none is near.
 */
const char *suggest(const char *word, const char *const *names);

#endif
