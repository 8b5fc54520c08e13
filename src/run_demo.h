// SPDX-License-Identifier: MIT
/** A demo's command, from its command line to its exit status. */

#ifndef CONC_RUN_DEMO_H
#define CONC_RUN_DEMO_H

#include "card.h"
#include "view/view.h"

#include <stdbool.h>

/**
 * Run a demo; argv[0] is its name.  @had_stdout: standard output was open when conc was
 * started.  @return the exit status (see EXIT STATUS in conc(1)).
 */
int run_demo(const struct card *card, int argc, char **argv, bool had_stdout);

/** What a tool does around a demo's run. */
struct run_company {
    void *data;
    /** When the command line is read: nothing has been opened.
     * @return an exit status: not 0 ends it there. */
    int (*check)(void *data, const struct options *options);
    /** Before anything runs: all is known of the run but what comes of it.
     * @return an exit status: not 0 ends it there. */
    int (*before)(void *data, const struct report *report, struct options *options);
    /** After the run has been written, where its text went to standard output.
     * @return an exit status. */
    int (*after)(void *data, const struct report *report);
};

/** The same for a tool: standard output is left open, and nobody is asked to predict.
 */
int run_demo_for(const struct card *card, int argc, char **argv,
                 const struct run_company *company);

/** Whether standard output is taken by a format, not by text for people. */
bool run_writes_to_stdout(const struct options *options);

#endif
