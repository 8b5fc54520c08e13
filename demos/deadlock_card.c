// SPDX-License-Identifier: MIT
/** The card of demos/deadlock.c. */

#include "card.h"

#include "card_words.h"
#include "deadlock_facts.h"
#include "deadlock_verdict.h"

extern const struct demo deadlock_demo;

/** The most philosophers that there may be. */
#define SEATS 1000

/* Outcome ---------------------------------------------------------------- */

static json_t *outcome(const struct report *report, const struct run *run)
{
    int deadlocked = run->ending == ENDING_DEADLOCK;

    (void)report;
    return json_pack("{s:i, s:o*, s:o*, s:o*, s:i, s:i, s:I}", "deadlocked", deadlocked,
                     "detected_after_ns", detected_json(run), "kinds", kinds_json(run),
                     "cycle", cycle_json(run), "runs", 1, "runs_deadlocked", deadlocked,
                     "retries", (json_int_t)told_figure(&run->timeline, "retries"));
}

/* What to try next --------------------------------------------------------- */

/** Where luck strikes often enough to be seen, and not always. */
#define BY_LUCK "deadlock --natural --only opposite --tasks 3 --ttl 1ms --repeat 100"

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report))
        fprintf(out, "Too long?\tdeadlock --ttl 0.2 0.2");
    else if (option_of(report->card, options, "--natural"))
        fprintf(out, "What else is waited for in vain?\t"
                     "deadlock --only self,abandoned");
    else if (option_of(report->card, options, "--philosophers"))
        fprintf(out, "And if nobody arranges it?\t" BY_LUCK);
    else if (variant_named(report, "self") != NULL ||
             variant_named(report, "abandoned") != NULL)
        fprintf(out, "What if all try again at once?\t"
                     "deadlock --only trylock,no-backoff");
    else
        fprintf(out, "And five of them around a table?\tdeadlock --philosophers 5");
}

/* The shortest times --------------------------------------------------------- */

/**
 * Philosophers beside each other share a fork, and are never at work together: so much
 * for two.  Where their number is odd, they cannot take turns in two parties: somewhere
 * three in a row are at work one after the other, at best the quickest three.
 */
static int64_t ideal_at_table(const struct options *options)
{
    const struct tasks *tasks = &options->tasks;
    int64_t longest = 0, quickest = INT64_MAX;

    for (size_t i = 0; i < tasks->count; i++) {
        int64_t two = tasks->at[i].ttl_ns + tasks->at[(i + 1) % tasks->count].ttl_ns;
        int64_t three = two + tasks->at[(i + 2) % tasks->count].ttl_ns;

        longest = two > longest ? two : longest;
        quickest = three < quickest ? three : quickest;
    }
    if (tasks->count % 2 != 0 && quickest > longest)
        longest = quickest;
    if (options->work == WORK_CPU && total_ns(tasks) / options->cores > longest)
        longest = total_ns(tasks) / options->cores;
    return longest;
}

/** Those who take the same two locks are never at work together. */
static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    if (variant->shape == SHAPE_SERIAL)
        return 0;
    return option_of(options->card, options, "--philosophers") != 0
               ? ideal_at_table(options)
               : total_ns(&options->tasks);
}

static const char *const look_for[] = {
    "opposite: lanes blocked for ever, each by a lock that another one holds",
    "the circle: who holds what, wants what, and at which line of the source",
    "ordered, trylock, one-lock: the same work, and what it costs never to get stuck",
    NULL,
};

static const char *const refutes[] = {
    "\"the system will sort it out\": to it, they are threads that wait",
    "\"it never happened, so it cannot\": count with --natural and --repeat",
    NULL,
};

static const char *const examples[] = {
    "deadlock",
    "deadlock --philosophers 5",
    "deadlock --only self,abandoned",
    "deadlock --only trylock,no-backoff",
    BY_LUCK,
    NULL,
};

static const struct own_option own_options[] = {
    {
        .name = "--philosophers",
        .value = "N",
        .about = "N tasks around a table, with a lock between each two of them",
        .kind = OWN_NUMBER,
        .min = 2,
        .max = SEATS,
        .counts_tasks = true,
    },
    {
        .name = "--natural",
        .about = "arrange nothing: leave it to luck, and count, over --repeat runs",
        .kind = OWN_FLAG,
    },
    {0},
};

const struct card deadlock_card = {
    .demo = &deadlock_demo,
    .summary = "let threads wait for one another for ever, and see who for whom",
    .question = "Who waits for whom?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .min_tasks = 2,
    .ttl_ns = 200000000,
    .outcome = outcome,
    .verdict = deadlock_verdict,
    .predicts = PREDICT_END,
    .ideal_ns = ideal_ns,
    .next = next,
};
