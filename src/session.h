// SPDX-License-Identifier: MIT
/** A run of a demo as a whole: what its parts share, and how they tell of what failed.
 * Main thread. */

#ifndef CONC_SESSION_H
#define CONC_SESSION_H

#include "amounts.h"
#include "frames.h"
#include "report.h"
#include "stage/stage.h"

#include <stdbool.h>

struct session {
    struct report *report;
    struct stage *stage;
    struct frames frames;
    struct amounts amounts;
    struct variant_report *variant; /**< whose turn it is; NULL: nobody's yet */
    bool no_stage;                  /**< none can be set up: no variant can run */
    bool is_partial; /**< something that was asked for was not measured */
    int status;      /**< of conc's exit, as far as nobody interrupts */
};

/** It is this variant's turn. */
void session_turn(struct session *session, struct variant_report *variant);

/** Whether nothing more is to be started: after an interrupt, or without a stage, or
 * where what kept that of the variant whose turn it is was killed. */
bool session_is_over(const struct session *session);

/** A line on standard error, above what is drawn live; the status becomes 1. */
void session_tell(struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The same of an error of conc's own, a negative UV_E…: what it could not do. */
void session_tell_error(struct session *session, const char *what, int error);

/** The same of how a run ended: `about` comes before it, with a blank at its end, or is
 * empty. */
void session_tell_ending(struct session *session, const char *whose, const char *about,
                         const struct run *run);

#endif
