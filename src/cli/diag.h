// SPDX-License-Identifier: MIT
/** Messages to people: one line each, on standard error, safe to print. */

#ifndef CONC_CLI_DIAG_H
#define CONC_CLI_DIAG_H

/** "conc: …\n".  Text from outside in the arguments is printed escaped. */
void diag(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * The name in `names` (ends with NULL) that `word` was most likely meant to be, by edit
 * distance with swaps (Damerau 1964); NULL when none is near.
 */
const char *suggest(const char *word, const char *const *names);

#endif
