// SPDX-License-Identifier: MIT
/** The card of demos/daemon.c. */

#include "card.h"

#include "card_words.h"
#include "daemon_verdict.h"

#include <string.h>

extern const struct demo daemon_demo;

/** As demos/daemon.c has it. */
#define LINES 10

/** As many tasks as are told one by one. */
#define TOLD_TASKS 10

/* Outcome ---------------------------------------------------------------- */

/** How many lines of the run's file are the task's: "luke 3". */
static int64_t lines_of(const struct run *run, const char *name)
{
    const char *line = run->file_text, *end = line + run->file_bytes, *newline;
    size_t length = strlen(name);
    int64_t count = 0;

    while (line < end && (newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        const char *space = memrchr(line, ' ', (size_t)(newline - line));

        if (space != NULL && (size_t)(space - line) == length &&
            memcmp(line, name, length) == 0)
            count++;
        line = newline + 1;
    }
    return count;
}

/** {"luke": 10, "darthvader": 5}, where all of them can be told; else NULL. */
static json_t *lines_by_task(const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    json_int_t sum = 0;
    json_t *lines;

    if (timeline->task_count > TOLD_TASKS || run->file_text == NULL ||
        (lines = json_object()) == NULL)
        return NULL;
    for (size_t i = 0; i < timeline->task_count; i++) {
        json_int_t count = lines_of(run, timeline->tasks[i].name);

        json_object_set_new(lines, timeline->tasks[i].name, json_integer(count));
        sum += count;
    }
    if (sum == run->file_lines)
        return lines;
    json_decref(lines);
    return NULL;
}

static json_int_t count_cleanups(const struct timeline *timeline)
{
    json_int_t count = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++) {
            const struct mark *mark = &timeline->lanes[i].marks[k];

            count += mark->kind == EVENT_MARK &&
                     strcmp(mark_name(timeline, mark), "cleanup") == 0;
        }
    return count;
}

static json_int_t count_cut(const struct timeline *timeline)
{
    json_int_t count = 0;

    for (size_t i = 1; i < timeline->lane_count; i++)
        count += timeline->lanes[i].cut;
    return count;
}

/** Of lanes only what is sure: where events were dropped, nothing. */
static json_t *outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    json_int_t tasks = (json_int_t)report->options->tasks.count;
    json_t *result = json_pack("{s:I, s:o*}", "lines_expected", tasks * LINES,
                               "lines_by_task", lines_by_task(run));

    if (result == NULL)
        return NULL;
    if (run->file_lines >= 0)
        json_object_set_new(result, "lines_written", json_integer(run->file_lines));
    if (timeline->dropped_events > 0)
        return result;
    json_object_set_new(result, "threads_cut_off", json_integer(count_cut(timeline)));
    json_object_set_new(result, "cleanups_expected", json_integer(tasks));
    json_object_set_new(result, "cleanups_run", json_integer(count_cleanups(timeline)));
    return result;
}

/* What to try next --------------------------------------------------------- */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report)) {
        fputs("Too long?\t", out);
        same_times("daemon", options, out);
        fputs(" --speed 100", out);
    } else if (variant_named(report, "detached") == NULL) {
        fputs("Would a detached thread live on?\t", out);
        same_times("daemon", options, out);
        fputs(" --with detached", out);
    } else if (options->work == WORK_WAIT) {
        fputs("How far do they get that share one core?\t", out);
        same_times("daemon", options, out);
        fputs(" --work cpu --cores 1", out);
    } else {
        fputs("And a thread that is done just as main returns?\t"
              "daemon --ttl 0.022 0.04 --repeat 20 --only daemon",
              out);
    }
}

static const char *const look_for[] = {
    "a lane that ends in a cross was cut off by the end of the program",
    "lines: all where threads were joined, else as many as they had come to",
    "cleanup runs for a thread that ends, and for none that is cut off",
    NULL,
};

static const char *const refutes[] = {
    "\"a daemon thread finishes its work\"",
    "\"a detached thread lives on by itself\"",
    "\"cleanup always runs\"",
    NULL,
};

static const char *const examples[] = {
    "daemon --ttl 1 2",
    "daemon --ttl 1 2 --only joined,daemon,detached",
    "daemon --ttl 1 2 --work cpu --cores 1",
    "daemon --ttl 0.022 0.04 --repeat 20 --only daemon",
    NULL,
};

const struct card daemon_card = {
    .demo = &daemon_demo,
    .summary = "end the program while threads are at work",
    .question = "What happens to a thread when the program ends?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .uses_file = true,
    .outcome = outcome,
    .verdict = daemon_verdict,
    .next = next,
};
