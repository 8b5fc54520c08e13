// SPDX-License-Identifier: MIT
/**
 * How much computing each task's ttl is (--work cpu): measured once, and from then on
 * the same for every run, so that all do equal work.  Main thread.
 */

#ifndef CONC_AMOUNTS_H
#define CONC_AMOUNTS_H

#include "report.h"
#include "stage/stage.h"

struct amounts {
    struct report *report;
    struct stage *stage;
    bool are_known;
};

/**
 * Before a run: measure them, unless they are known, or it needs none, or measures them
 * itself, as `sequential` does.  @return as amounts_measure().
 */
int amounts_need(struct amounts *amounts, const struct variant *variant);

/** Measure them, unless they are known, on a stage of their own.  @return 0, or a
 * negative errno: none could be started, or it ended early (UV_ECANCELED). */
int amounts_measure(struct amounts *amounts);

/** After a run that needed them: what it measured holds from now on, and the first time
 * the report is told how far from its ttls the computing was. */
void amounts_note(struct amounts *amounts, const struct run *run);

#endif
