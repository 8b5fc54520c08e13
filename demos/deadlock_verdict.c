// SPDX-License-Identifier: MIT
#include "deadlock_verdict.h"

#include "card.h"
#include "card_words.h"
#include "deadlock_facts.h"
#include "text/quantity.h"

#include <string.h>

/** A time from here on is worth a word. */
#define NOTABLE_NS INT64_C(1000000)

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

void deadlock_verdict(const struct report *report, size_t index, FILE *out)
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
