// SPDX-License-Identifier: MIT
/** The steps of a class: votes, and the run among them. */

#ifndef CONC_CLASSROOM_CLASS_SESSION_H
#define CONC_CLASSROOM_CLASS_SESSION_H

#include "card.h"

struct class_session {
    const char *votes_path, *again_path; /**< "-": standard input; NULL: no such vote */
    const char *of;                      /**< --of; NULL: as the card has it */
    size_t variant;
    int votes_fd; /**< open from the start; -1: to be opened */
    struct votes first, again;
    bool quiet; /**< standard output is not for text */
    bool waits; /**< for keys */
    /* While votes are read. */
    const char *source; /**< what they are read from, for messages */
    size_t faults;
};

/** Run the demo with its class; the paths and `of` are set, votes_fd is -1.
 * @return an exit status. */
int class_session_run(struct class_session *session, const struct card *card, int argc,
                      char **argv);

#endif
