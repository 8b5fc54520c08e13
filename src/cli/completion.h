// SPDX-License-Identifier: MIT
/** Completions for shells, made from the tables of commands, options and views. */

#ifndef CONC_CLI_COMPLETION_H
#define CONC_CLI_COMPLETION_H

#include "cli/options.h"
#include "commands.h"

#include <stdio.h>

/** `conc completion SHELL`: print the script for that shell on standard output. */
extern const struct tool completion_tool;

/** The script for the commands of a table. */
void completion_bash(FILE *out, const struct command *table);
void completion_zsh(FILE *out, const struct command *table);
void completion_fish(FILE *out, const struct command *table);

/** Commands, demos alone or all, a space between. */
void completion_commands(FILE *out, const struct command *table, bool demos_only);
/** The names of a demo's variants, a space between. */
void completion_variants(FILE *out, const struct demo *demo);
/** What the value of an option may be, words or formats, a space between. */
void completion_words(FILE *out, const struct option_spec *spec);
/** Text between single quotes, with a backslash before each of `special`. */
void completion_quote(FILE *out, const char *text, const char *special);
/** What may stand as a tool's operand: words, or demos' names, a space between. */
void completion_operands(FILE *out, const struct command *table,
                         const struct tool *tool);

#endif
