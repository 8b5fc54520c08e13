// SPDX-License-Identifier: MIT
/** What the text view says in words, apart from the verdict.  Safe to print. */

#ifndef CONC_VIEW_WORDS_H
#define CONC_VIEW_WORDS_H

#include "view/pen.h"

/** Enough for any sentence made here. */
struct sentence {
    char text[512];
};

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

/**
 * "40.1–40.9 ms": in the unit of the median, and with its digits, or more where those
 * do not tell the two apart; "74.4 µs–15.9 ms" where one unit would be too small.
 * @median: its text; @between: "–".
 */
struct sentence spread_words(const struct spread *wall, const char *median,
                             const char *between, bool ascii);

/** "not run: would take 2 h 46 min, past the limit of 1 min". */
struct sentence skipped_words(const struct report *report,
                              const struct variant_report *variant, bool ascii);

/** What must be known of a run before its picture is read: that it was stopped and
 * continued; that events are missing.  Empty where it was not, or none are. */
struct sentence disturbed_words(const struct run *run);
struct sentence dropped_words(const struct run *run);

/** How a run ended, if it did not return: "ended after 60.0 s, past the limit of 1
 * min". */
struct sentence ending_words(const struct report *report, const struct run *run,
                             bool ascii);

/**
 * The same with the run's detail behind it, which may hold text from outside.
 * @return a text that the caller frees, or NULL when memory ran out.
 */
char *failure_words(const struct report *report, const struct run *run, bool ascii);

/** The run that is drawn: the one that is going on, else the shown one; or NULL. */
const struct run *drawn_run(const struct variant_report *variant);

/** The first run that ended in a deadlock; NULL: none did. */
const struct run *deadlocked_run(const struct variant_report *variant);

/** Whether a run is drawn that ended in a deadlock. */
bool any_stuck(const struct report *report);

/** How many of a variant's runs ended in a deadlock. */
size_t stuck_runs(const struct variant_report *variant);

/** "stuck, and ended"; "stuck in 37 of 200 runs": there must be some. */
struct sentence stuck_words(const struct variant_report *variant);

/** "opposite: stuck in 1 of 100 runs; the figures are those of the others".  Empty
 * where none was, or no other gave any. */
struct sentence stuck_note(const struct variant_report *variant);

/** Where lines are narrower, sentences name sources without their folders. */
#define SHORT_SOURCES_BELOW 40

/** "race.c:52" of "demos/race.c:52". */
const char *without_folder(const char *source);

/** The first run that neither returned nor ended in a deadlock; NULL: there is none. */
const struct run *failed_run(const struct variant_report *variant);

#endif
