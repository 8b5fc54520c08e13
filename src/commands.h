// SPDX-License-Identifier: MIT
/** The table of commands: dispatch, help, completions and tests all read it. */

#ifndef CONC_COMMANDS_H
#define CONC_COMMANDS_H

#include "card.h"
#include "cli/tool.h"

struct command {
    const char *name;
    /** A demo has a card, all others are tools. */
    const struct card *card;
    const struct tool *tool;
};

/** Ends with an entry that has no name. */
extern const struct command commands[];

const struct command *command_named(const char *name);

/** One line on it: its own, or its card's. */
const char *command_summary(const struct command *command);

/** Whether a demo stands behind it, with all its options: a tool that runs one. */
bool command_runs_demo(const struct command *command);

#endif
