// SPDX-License-Identifier: MIT
/** What stands above the pictures: the demo, its tasks, and what is not as usual.  Safe
 * to print. */

#ifndef CONC_VIEW_TITLE_H
#define CONC_VIEW_TITLE_H

#include "view/pen.h"

/**
 * "conc threads    two tasks that wait: luke 5 s, darthvader 10 s", and what is
 * special.  @whole: all of it is drawn, whatever window was asked for.
 */
void put_title(struct pen *pen, const struct report *report, bool whole);

/** "two tasks that wait: luke 5 s, darthvader 10 s"; many are not named. */
void put_task_words(const struct options *options, bool ascii, FILE *out);

/** "1 of 2 cores; with --load": what is not as usual, one after another.  @whole: as
 * for put_title(). */
void put_notes(const struct report *report, bool whole, bool ascii, FILE *out);

/** "500 ms to the end": the window that was asked for.  @return whether one was. */
bool put_window(const struct options *options, bool ascii, FILE *out);

/**
 * The demo's own flags and numbers that were given, as they are typed: "--load", behind
 * `before`.  @return whether there were any; else nothing is written.
 */
bool put_own_options(const struct report *report, const char *before, FILE *out);

/** "1 of 2 cores", "2 of 2 cores, limited to 1.5 by a cgroup". */
void put_cores(const struct report *report, FILE *out);

#endif
