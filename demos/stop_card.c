// SPDX-License-Identifier: MIT
/** The card of demos/stop.c. */

#include "card.h"

#include "card_words.h"
#include "stage/clock.h"
#include "stop_facts.h"
#include "stop_verdict.h"

#include <inttypes.h>
#include <string.h>

extern const struct demo stop_demo;

/** More would be shorter than a look at the clock. */
#define MOST_RECORDS 1000

/* Outcome ---------------------------------------------------------------- */

static void put(json_t *figures, const char *key, int64_t value)
{
    json_object_set_new(figures, key, json_integer(value));
}

/** What is not to be added up over the runs: of each run one. */
static void put_of_run(json_t *figures, const char *key, int64_t value)
{
    json_object_set_new(figures, key, json_pack("[I]", (json_int_t)value));
}

static json_t *outcome(const struct report *report, const struct run *run)
{
    json_t *figures = json_object();
    struct records records;
    struct ends ends;

    if (figures == NULL)
        return NULL;
    put(figures, "tasks", (int64_t)report->options->tasks.count);
    if (ends_of(run, &ends)) {
        put(figures, "asked", (int64_t)ends.asked);
        if (ends.last_ns >= 0)
            put_of_run(figures, "stopped_max_ns", ends.last_ns);
        put(figures, "cut_off", (int64_t)ends.alive);
        put(figures, "cleanups_run", (int64_t)ends.cleanups);
    }
    if (records_of(run, &records)) {
        put(figures, "records_begun", records.begun);
        put(figures, "records_ended", records.ended);
        put(figures, "records_undone", records.undone);
        put(figures, "records_half", records.half);
    }
    if (has_figure(&run->timeline, "locked"))
        put(figures, "locks_left", told_figure(&run->timeline, "locked"));
    return figures;
}

/* Predictions ---------------------------------------------------------------- */

static const char *count_question(const struct options *options)
{
    (void)options;
    return "How many milliseconds after main asks will the last of them have ended?";
}

static void count_given(const struct options *options, FILE *out)
{
    const struct tasks *tasks = &options->tasks;
    int64_t records = option_of(options->card, options, "--records");

    fprintf(out, "Main asks after %s. A record takes up to %s.",
            duration_text(longest_ttl_ns(tasks) / 3, false).text,
            duration_text(longest_ttl_ns(tasks) / records, false).text);
}

/** Rounded to the nearest. */
static int64_t counted(const struct report *report, const struct run *run)
{
    struct ends ends;

    (void)report;
    if (!ends_of(run, &ends) || ends.last_ns < 0)
        return -1;
    return (ends.last_ns + NS_PER_MS / 2) / NS_PER_MS;
}

/* What to try next --------------------------------------------------------- */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report)) {
        fputs("Too long?\t", out);
        same_times("stop", options, out);
        fputs(" --speed 100", out);
    } else if (variant_named(report, "cancel-bare") == NULL) {
        fputs("And if nobody tidies up?\t", out);
        same_times("stop", options, out);
        fputs(" --with cancel-bare,kill", out);
    } else if (options->work == WORK_WAIT) {
        fputs("And a thread that computes?\t", out);
        same_times("stop", options, out);
        fputs(" --work cpu", out);
    } else {
        fputs("How often should they look at the flag?\t", out);
        same_times("stop", options, out);
        fputs(" --only flag --records 50", out);
    }
}

static const char *const look_for[] = {
    "how far a lane goes on after \"main asks\"",
    "a lane that ends in a cross did not get to its end by itself",
    "records half written, and locks that are still held, when all is over",
    NULL,
};

static const char *const refutes[] = {
    "\"a thread can be stopped from outside\": only asked, or left in a mess",
    "\"pthread_cancel ends a thread at once\": at its next cancellation point",
    "\"a lock is given back when its thread ends\": by the thread, or not at all",
    NULL,
};

static const char *const examples[] = {
    "stop",
    "stop --with cancel-bare,kill",
    "stop --work cpu --only flag,wakeup,cancel",
    "stop --only flag,wakeup --records 50",
    NULL,
};

static const struct own_option own_options[] = {
    {
        .name = "--records",
        .value = "N",
        .about = "how many records each writes, and how often it looks at the flag",
        .kind = OWN_NUMBER,
        .min = 1,
        .max = MOST_RECORDS,
        .preset = "4",
        .preset_value = 4, /* of three, main would ask just when one ends */
    },
    {0},
};

const struct card stop_card = {
    .demo = &stop_demo,
    .summary = "ask threads to end, in several ways",
    .question = "How is a thread ended?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .uses_file = true,
    .outcome = outcome,
    .verdict = stop_verdict,
    .predicts = PREDICT_COUNT,
    .count_question = count_question,
    .count_given = count_given,
    .counted = counted,
    .subject = "flag",
    .next = next,
};
