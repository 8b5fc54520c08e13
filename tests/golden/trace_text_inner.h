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
    char *next;
    struct site sites[MAX_SITES];
    size_t site_count;

    struct trace *trace; /* of the run that is being read, or NULL */
    struct trace_writer *writers;
    size_t lane_count;
    int64_t now_ns, last_ns; /* -1: not told */
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

/** Read the line if it adds lanes or events to the run.  @return whether it does. */
bool fixture_read_trace(struct fixture *f, const char *first);

#endif
