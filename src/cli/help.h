// SPDX-License-Identifier: MIT
/** Help, made from the tables.  All write to `out` and leave errors in it. */

#ifndef CONC_CLI_HELP_H
#define CONC_CLI_HELP_H

#include "commands.h"

#include <stdio.h>

/** Bare `conc`: a short page, examples first.  However many commands there are, with
 * the prompt it fits on a terminal of 24 lines; then some demos are listed by name. */
void help_short(FILE *out, const struct command *table);
/** `conc --help`: all commands and options. */
void help_all(FILE *out);
/** `conc help threads`, `conc threads --help`. */
void help_demo(const struct card *card, FILE *out);
/** `conc threads --list`. */
void help_variants(const struct card *card, FILE *out);

/** `conc help compare`, `conc compare --help`. */
void help_tool(const struct tool *tool, FILE *out);

#endif
