// SPDX-License-Identifier: MIT
/** Between the files that read a text of a report (trace_text.h). */

#ifndef CONC_TESTS_GOLDEN_TRACE_TEXT_INNER_H
#define CONC_TESTS_GOLDEN_TRACE_TEXT_INNER_H

#include "stage/clock.h"
#include "trace_text.h"

/* A trace's time of 0 means "not written": the text's 0 is this. */
#define EPOCH_NS NS_PER_S

#define TRACE_BYTES ((size_t)64 << 20)
#define MAX_WORDS   64
#define MAX_SITES   64

struct fixture {
    const char *file;
    unsigned line;
    char *words[MAX_WORDS + 1];
    size_t count, at; /* words, and the next to be read */
    char whole[1024]; /* the line as it stands */

    struct report report;
    struct options options;
    struct demo demo;
    char demo_name[32];
    struct card card;
    struct task *tasks;
    struct task_view *views;
    struct variant *variants; /* of the demo; ends with no name */
    char **verdicts;
    char *next, *operation;
    struct exhibit *exhibits; /* one a variant */
    struct gauge gauges[GAUGES_MAX];
    struct site sites[MAX_SITES];
    size_t site_count;

    struct trace *trace; /* of the run that is being read, or NULL */
    struct trace_writer *writers;
    size_t lane_count;
    int64_t now_ns, last_ns; /* -1: not told */
    int64_t seen_ns;         /* of the run's deadlock; -1: not told */
    unsigned threads;        /* as many as there were then; 0: not told */
};

/** What the card shows of a variant besides: nothing where there are no steps, no bins.
 */
struct exhibit {
    struct interleaving interleaving;
    struct histogram histogram;
};

/** Say what is wrong with the line, and end the program. */
_Noreturn void fixture_fail(const struct fixture *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The next word of the line, which must be there; as a number; as a time in ns. */
const char *fixture_word(struct fixture *f, const char *what);
unsigned long fixture_number(struct fixture *f, const char *what);
int64_t fixture_time(struct fixture *f, const char *what);
bool fixture_parse_time(const char *text, int64_t *ns);

/** Take the next word if it is `text`. */
bool fixture_accept(struct fixture *f, const char *text);

/** Room for one more item, zeroed, at the end of an array. */
void *fixture_more(const struct fixture *f, void *items, size_t count, size_t size);

/** The next word of the line and those after it; the caller owns it. */
char *fixture_rest(struct fixture *f, const char *what);

struct variant_report *fixture_variant(struct fixture *f);

/** Keep what the lane holds and waits for in its record, as the instruments do. */
void fixture_keep_record(struct fixture *f, uint64_t lane, int64_t time_ns,
                         const struct event_view *event);

/** Find the deadlock that the run's text tells of, from its trace. */
void fixture_find_deadlock(struct fixture *f, struct run *run);

/** Read the line if it is about costs, an interleaving or a histogram. */
bool fixture_read_exhibit(struct fixture *f, const char *first);

/** Read the line if it adds lanes or events to the run.  @return whether it does. */
bool fixture_read_trace(struct fixture *f, const char *first);

#endif
