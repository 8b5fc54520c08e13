// SPDX-License-Identifier: MIT
/** The command line of a run in one piece. */

#ifndef CONC_VIEW_COMMAND_LINE_H
#define CONC_VIEW_COMMAND_LINE_H

#include "report.h"

#include <stdio.h>

/**
 * "conc threads --names 'a b'": as a shell reads it; as it came, not made safe.
 * @return a text that the caller frees; NULL when memory ran out.
 */
char *command_line(const struct report *report);

/** The same of a program and its arguments; NULL stands after the last. */
void command_words(char *const *argv, FILE *out);

#endif
