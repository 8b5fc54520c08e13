// SPDX-License-Identifier: MIT
/**
 * What cards say in the same words: sums over tasks, variants to compare with, and
 * command lines to try next.  For demos/NAME_card.c, and what belongs to it, alone;
 * pure, as cards are.
 */

#ifndef CONC_CARD_WORDS_H
#define CONC_CARD_WORDS_H

#include "report.h"
#include "text/quantity.h"

#include <stdio.h>

/** Of the ttls: their sum, and whether all are the same; the longest and the shortest
 * are longest_ttl_ns() and shortest_ttl_ns() of demo.h, for cards too. */
int64_t total_ns(const struct tasks *tasks);
bool equal_ttls(const struct tasks *tasks);

/**
 * The ideal of so many workers, 1 and more, who take tasks in their order: whoever is
 * free first takes the next one.  Computing takes no less than all shared out among the
 * cores.
 */
int64_t workers_ideal_ns(const struct options *options, int64_t workers);

/** The same where so many others come first, who hold a worker for so long each, and
 * whose end nobody waits for. */
int64_t late_workers_ideal_ns(const struct options *options, int64_t workers,
                              int64_t others, int64_t each_ns);

bool variant_is(const struct variant *variant, const char *name);

/** "Both" of two, "All" of any other number. */
const char *both_or_all(size_t count);

/** The run that is drawn; the variant has at least one. */
const struct run *shown_run(const struct variant_report *variant);

/** Whether every run returned, and one at least can be compared by its time. */
bool has_time(const struct variant_report *variant);

/** The variant of that name among those of this report; NULL: it was not chosen. */
const struct variant_report *variant_named(const struct report *report,
                                           const char *name);

/** The same, to compare with; NULL also where it has no time. */
const struct variant_report *timed_variant(const struct report *report,
                                           const char *name);

/** `sequential`, to compare with; NULL where it did not run, or has no time. */
const struct variant_report *sequential_of(const struct report *report);

/** Whether no variant ran, since all would take longer than --limit. */
bool all_skipped(const struct report *report);

/** Time that the lanes besides main, in the run that is drawn, had no core. */
int64_t ready_ns(const struct variant_report *variant);

/**
 * For how long a core was somebody else's although a lane was ready for it, summed over
 * such cores.  A scheduler leaves no core idle that a thread is ready for, so that
 * other programs had it, or the machine's host.
 */
int64_t starved_ns(const struct timeline *timeline, unsigned cores);

/** A sentence, after a space, where that was a twentieth of the time and more. */
void say_busy(const struct report *report, const struct variant_report *variant,
              FILE *out);

/** "309 ms, against 614 ms in sequence", the latter where it can be compared. */
void say_wall(const struct report *report, const struct variant_report *variant,
              FILE *out);

/** "2 cores compute 2 things at a time: 309 ms, against 614 ms in sequence."  On one
 * core "the threads", or whoever it is, took turns.  say_busy() follows. */
void say_computing(const struct report *report, const struct variant_report *variant,
                   const char *who, FILE *out);

/** A figure of the variant's outcome, summed over its runs; 0 where it is missing. */
json_int_t outcome_of(const struct variant_report *variant, const char *key);

/** "10,000", and "2 of 3"; of what is negative, 0. */
struct quantity number_text(json_int_t number);
struct quantity part_text(json_int_t part, json_int_t whole);

/** What the lesson told by note() under that key, added up; whether it told anything.
 */
int64_t told_figure(const struct timeline *timeline, const char *key);
bool has_figure(const struct timeline *timeline, const char *key);

/** A time in seconds as the command line takes it: " 0.25", " 0.00001". */
void put_time(int64_t ns, FILE *out);

/** A time that was chosen, as the title has it: "3 s"; rounded where it is long. */
struct quantity chosen_text(int64_t ns);

/** "fork --ttl 1 2": a demo with the tasks of these options again. */
void same_times(const char *demo, const struct options *options, FILE *out);

#endif
