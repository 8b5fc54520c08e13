// SPDX-License-Identifier: MIT
/**
 * Reports written by hand, for tests of views and timelines: a text that describes
 * tasks, variants and their runs event by event, made into a report by way of a real
 * trace. Everything is for tests: what is wrong in a text is said on standard error,
 * with its line, and ends the program.
 *
 * One fact a line; "#" begins a comment line.  T is a time: 1.5, 20ms, 300us, 7ns.
 *
 *     demo NAME                     argv WORD...               (optional)
 *     work wait|cpu                 cores N     repeat N     limit T     speed X
 *     task NAME T                   tasks COUNT T              (task1, task2, ...)
 *     next QUESTION | ARGUMENTS     what the card suggests
 *     site N FILE LINE CALL [TEXT]  a place in a source; N from 0 upwards
 *
 *     variant NAME serial|concurrent [extra] [other_work] [pending|running|skipped]
 *     verdict TEXT                  of this variant, word for word
 *     predict T [REASON]            what somebody said of it before
 *     run [ENDING [NUMBER]] [disturbed]
 *                                   ENDING: return, running, limit, interrupt, signal,
 *                                   exit, refused, keeper, deadlock
 *     cpu T    now T    detail TEXT    printed TEXT    outcome JSON   of this run
 *     seen T [THREADS]              when its deadlock was; which one, its events tell
 *
 *     lane ID process|thread|task parent ID|none [name NAME]      in order, from 0
 *     TIME LANE KIND [OBJECT] [VALUE] [@SITE]       an event; KIND as in trace.h:
 *                                                   lock_begin
 *     doing LANE KIND OBJECT [@SITE]                what its record says it is doing
 *     record LANE OS_ID CPU VOLUNTARY INVOLUNTARY   facts that its record holds
 *
 *     measured time|floor|bytes MIN MEDIAN MAX NAME | CHART     besides its runs; in ps
 *     operation TEXT                what the card calls an operation
 *     costs MIN MEDIAN MAX [MIN MEDIAN MAX]   of this variant: alone, together; in ps
 *     interleaving RUN LEFT RIGHT HEADING TITLE     lanes by index, HEADING a word
 *     step LANE T VALUE @SITE WORDS [| REMARK]      of this variant's interleaving
 *     histogram TITLE               bin COUNT LABEL
 *
 * Kinds that have only a value take that alone: `0.5 1 ready 10ms`.  Values of tasks
 * may be the words wait and cpu.  Some abbreviations write many events:
 *
 *     crowd COUNT GAP               main creates a thread a task, GAP apart, joins all
 *     ring COUNT GAP                threads take a lock each, then want the next one's;
 *                                   sites 0, 1, 2: it is made, taken, wanted
 *     share FROM SLICE EACH LANE... lanes compute task 0, 1, ... by turns on one core
 */

#ifndef CONC_TESTS_GOLDEN_TRACE_TEXT_H
#define CONC_TESTS_GOLDEN_TRACE_TEXT_H

#include "card.h"

#include <stdio.h>

struct fixture;

/** Read a text; `name` is for messages.  Never NULL. */
struct fixture *fixture_read(FILE *in, const char *name);

struct report *fixture_report(struct fixture *fixture);

void fixture_free(struct fixture *fixture);

#endif
