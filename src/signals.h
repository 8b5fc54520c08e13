// SPDX-License-Identifier: MIT
/** Signals, where no loop watches them (stage/stage.h).  Main thread. */

#ifndef CONC_SIGNALS_H
#define CONC_SIGNALS_H

/**
 * From now on INT, TERM and HUP end the process at once with status 128 + n; those that
 * were ignored stay so.
 */
void leave_on_signals(void);

/**
 * What to write to standard output before, where it takes it at once: for a terminal
 * that may be in the midst of a coloured line.  A literal, or NULL: nothing.
 */
void leave_saying(const char *words);

#endif
