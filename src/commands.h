// SPDX-License-Identifier: MIT
/** The table of commands: dispatch, help, completions and tests all read it. */

#ifndef CONC_COMMANDS_H
#define CONC_COMMANDS_H

#include "card.h"

struct command {
    const char *name;
    const char *summary;
    /** A demo's card; NULL for a tool. */
    const struct card *card;
    /** A tool's main(); argv[0] is its name.  @return an exit status. */
    int (*main)(int argc, char **argv);
};

/** Ends with an entry that has no name. */
extern const struct command commands[];

const struct command *command_named(const char *name);

#endif
