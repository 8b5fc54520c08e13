// SPDX-License-Identifier: MIT
/**
 * One task as a program of its own, for lessons that start programs.  The program is
 * conc, started under another name; it finds the trace, and its lane in it, by a word
 * of its environment.  Without one it does the same, on no lane:
 *
 *     (exec -a conc-task conc 0 luke wait 1000000000)
 */

#ifndef CONC_STAGE_SPAWNED_H
#define CONC_STAGE_SPAWNED_H

#include "stage/shared.h"

/** On the stage, before task_program() of demo.h. */
void spawned_begin(const struct staging *staging);

/** The word by which the program finds a trace's descriptor and a lane. */
#define SPAWNED_WORD_BYTES 48
void spawned_word(char *word, int file, uint32_t lane);

/** The task whose program, given on the command line, has these arguments, as from
 * task_program(); NULL: it is conc's own. */
const struct task *spawned_other(char *const argv[]);

/** Whether this process was started to do a task; then spawned_main() is its main. */
bool spawned_is_wanted(int argc, char **argv);

/** @return an exit status. */
int spawned_main(int argc, char **argv);

#endif
