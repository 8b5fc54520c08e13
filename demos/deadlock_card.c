// SPDX-License-Identifier: MIT
/** The card of demos/deadlock.c. */

#include "card.h"

#include "card_words.h"
#include "deadlock_facts.h"
#include "text/quantity.h"

#include <string.h>

extern const struct demo deadlock_demo;

/** The most philosophers that there may be. */
#define SEATS 1000

/** A time from here on is worth a word. */
#define NOTABLE_NS INT64_C(1000000)

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

/* Verdict ---------------------------------------------------------------- */

/** What a verdict looks at. */
struct look {
    const struct report *report;
    const struct variant_report *variant;
    const struct run *stuck; /**< the first run that was; NULL: none, or not kept */
    size_t runs, stuck_runs;
    bool natural, philosophers;
    FILE *out;
};

static struct look look_at(const struct report *report,
                           const struct variant_report *variant, FILE *out)
{
    struct look look = {
        .report = report,
        .variant = variant,
        .runs = variant->run_count,
        .natural = option_of(report->card, report->options, "--natural") != 0,
        .philosophers = option_of(report->card, report->options, "--philosophers") != 0,
        .out = out,
    };

    for (size_t i = 0; i < variant->run_count; i++) {
        const struct run *run = &variant->runs[i];

        look.stuck_runs += run->ending == ENDING_DEADLOCK;
        if (look.stuck == NULL && run->deadlock != NULL && !run->is_thinned)
            look.stuck = run;
    }
    return look;
}

static struct words link_name(const struct look *look, size_t link)
{
    return lane_words(&look->stuck->timeline, look->stuck->deadlock->links[link].lane);
}

static struct words wanted_name(const struct look *look)
{
    return wanted_words(&look->stuck->timeline, &look->stuck->deadlock->links[0]);
}

/** "198 of 200 runs got stuck". */
static void say_how_often(const struct look *look)
{
    if (look->runs == 1)
        fprintf(look->out, "this run %s",
                look->stuck_runs > 0 ? "got stuck" : "went well");
    else if (look->stuck_runs == 0)
        fprintf(look->out, "none of %s runs got stuck", count_text(look->runs).text);
    else if (look->stuck_runs == look->runs)
        fprintf(look->out, "all %s runs got stuck", count_text(look->runs).text);
    else
        fprintf(look->out, "%s of %s runs got stuck", count_text(look->stuck_runs).text,
                count_text(look->runs).text);
}

static void say_who_waits(const struct look *look)
{
    size_t count = look->stuck->deadlock->count;

    if (count == 2)
        fprintf(look->out, "%s and %s each hold what the other one wants",
                link_name(look, 0).text, link_name(look, 1).text);
    else
        fprintf(look->out, "%s wait in a circle, each for what the next one holds",
                count_text(count).text);
}

static void verdict_on_opposite(const struct look *look)
{
    fprintf(look->out, "opposite: ");
    if (look->natural || look->runs > 1 || look->stuck == NULL) {
        say_how_often(look);
        fprintf(look->out, "%s. ", look->natural ? ", by luck" : "");
    }
    if (look->stuck_runs < look->runs)
        fprintf(look->out, "%s went well prove%s nothing: the code is the same.",
                look->runs == 1 ? "That it" : "Those that", look->runs == 1 ? "s" : "");
    if (look->stuck_runs > 0 && look->stuck_runs < look->runs)
        fputc(' ', look->out);
    if (look->stuck == NULL)
        return;
    say_who_waits(look);
    fprintf(look->out, ". Nothing sorts that out: to the system they are threads that "
                       "wait. It takes four conditions at once (Coffman's): mutual "
                       "exclusion, hold and wait, no preemption, circular wait.");
}

/** Of a variant that does not get stuck: `ordered breaks "circular wait": `. */
static void begin(const struct look *look, const char *condition)
{
    fprintf(look->out, "%s", look->variant->variant->name);
    if (look->stuck_runs > 0) {
        fprintf(look->out, ", of which ");
        say_how_often(look);
        fputc(',', look->out);
    } else if (look->runs > 1) {
        fprintf(look->out, ", never stuck in %s runs,", count_text(look->runs).text);
    }
    fprintf(look->out, " breaks \"%s\": ", condition);
}

/** " At most 1 was at work at a time; 2 could be." */
static void say_at_work(const struct look *look)
{
    size_t most = most_at_work(&shown_run(look->variant)->timeline);
    size_t could = look->report->options->tasks.count / 2;

    if (look->philosophers && most > 0 && most < could)
        fprintf(look->out, " At most %s %s at work at a time, of %s that could be.",
                count_text(most).text, most == 1 ? "was" : "were",
                count_text(could).text);
}

/** The price of the meeting, where it is no part of what a variant costs. */
static void say_meeting(const struct look *look)
{
    int64_t ns = meeting_ns(&shown_run(look->variant)->timeline);

    if (!look->natural && !look->philosophers && ns >= NOTABLE_NS)
        fprintf(look->out,
                " (%s of its time went into meetings to which nobody came; --natural "
                "leaves them out.)",
                duration_text(ns, false).text);
}

static void verdict_on_ordered(const struct look *look)
{
    begin(look, "circular wait");
    fprintf(look->out, "whoever waits holds only locks that come before.");
    say_at_work(look);
    say_meeting(look);
}

/** "1 retry", "20 retries in all". */
static void say_retries(const struct look *look)
{
    json_int_t retries = outcome_of(look->variant, "retries");

    fprintf(look->out, "%s %s%s", count_text((uint64_t)retries).text,
            retries == 1 ? "retry" : "retries", look->runs > 1 ? " in all" : "");
}

static void verdict_on_trylock(const struct look *look)
{
    begin(look, "no preemption");
    fprintf(look->out, "whoever cannot have the second lock takes the first one from "
                       "itself, backs off, and tries again (");
    say_retries(look);
    fprintf(look->out, ").");
    say_at_work(look);
}

static void verdict_on_no_backoff(const struct look *look)
{
    int64_t ns = livelock_ns(&shown_run(look->variant)->timeline);

    fprintf(look->out, "no-backoff: ");
    say_retries(look);
    if (ns == 0) {
        fprintf(look->out, ". They did not get into each other's way this time.");
        return;
    }
    fprintf(look->out,
            ". For %s%s all of them ran, and none got on: a livelock. Backing off for "
            "a random time, as trylock does, parts them.",
            duration_text(ns, false).text,
            look->runs > 1 ? ", in the run that is drawn," : "");
}

static void verdict_on_one_lock(const struct look *look)
{
    begin(look, "hold and wait");
    fprintf(look->out,
            "nobody holds one lock and waits for another. But only one task is at work "
            "at a time%s.",
            look->philosophers ? ", also where they share no fork" : "");
}

static void verdict_on_self(const struct look *look)
{
    if (look->stuck == NULL)
        return;
    fprintf(look->out,
            "self: %s waits for what it holds itself, which takes no second thread. "
            "(A recursive lock, by uv_mutex_init_recursive(), may be taken again.)",
            link_name(look, 0).text);
}

static void verdict_on_abandoned(const struct look *look)
{
    if (look->stuck == NULL)
        return;
    fprintf(look->out,
            "abandoned: only %s could have unlocked %s, and has ended. This is no "
            "circle; while %s was at work, the same wait of %s was only long.",
            link_name(look, 1).text, wanted_name(look).text, link_name(look, 1).text,
            link_name(look, 0).text);
}

static void verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {
        {"opposite", verdict_on_opposite},     {"ordered", verdict_on_ordered},
        {"trylock", verdict_on_trylock},       {"one-lock", verdict_on_one_lock},
        {"no-backoff", verdict_on_no_backoff}, {"self", verdict_on_self},
        {"abandoned", verdict_on_abandoned},
    };
    const struct variant_report *variant = &report->variants[index];
    struct look look = look_at(report, variant, out);

    if (variant->status != VARIANT_DONE || (look.stuck == NULL && !has_time(variant)))
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(&look);
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
    .verdict = verdict,
    .predicts = PREDICT_END,
    .ideal_ns = ideal_ns,
    .next = next,
};
