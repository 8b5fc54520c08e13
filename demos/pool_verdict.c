// SPDX-License-Identifier: MIT
#include "pool_verdict.h"

#include "card.h"
#include "card_words.h"
#include "pool_facts.h"
#include "text/quantity.h"

#include <string.h>

/** A part of a time from here on is worth a word. */
#define NOTABLE 0.01

/** What a verdict looks at. */
struct look {
    const struct report *report;
    const struct options *options;
    const struct variant_report *variant;
    struct pool_facts facts; /**< of the run that is drawn */
    size_t tasks, workers;
    FILE *out;
};

static struct quantity time_of(int64_t ns)
{
    return duration_text(ns, false);
}

static bool is_notable(const struct look *look, int64_t ns)
{
    return (double)ns > NOTABLE * (double)shown_run(look->variant)->wall_ns;
}

/** "2 workers did 5 tasks". */
static void begin(const struct look *look)
{
    fprintf(look->out, "%s: %s worker%s did %s task%s", look->variant->variant->name,
            count_text(look->workers).text, look->workers == 1 ? "" : "s",
            count_text(look->tasks).text, look->tasks == 1 ? "" : "s");
}

static void say_rate(const struct look *look)
{
    double per_s =
        (double)look->tasks * 1e9 / (double)shown_run(look->variant)->wall_ns;

    fprintf(look->out, ", %s a second.", count_text((uint64_t)per_s).text);
}

/** How the workers' time was spent besides. */
static void say_idle(const struct look *look)
{
    if (is_notable(look, look->facts.idle_ns))
        fprintf(look->out, ", and had nothing to do for %s%s",
                time_of(look->facts.idle_ns).text,
                look->workers > 1 ? ", taken together" : "");
    fputc('.', look->out);
    if (look->workers > look->tasks && look->facts.unused > 0)
        fprintf(look->out, " More workers than tasks: %s of them had none.",
                count_text(look->facts.unused).text);
}

static void say_queue(const struct look *look)
{
    const struct pool_facts *facts = &look->facts;

    if (facts->longest == TASK_NONE || !is_notable(look, facts->longest_ns))
        return;
    if (facts->queued == 1) {
        fprintf(look->out, " The task waited in the queue for %s.",
                time_of(facts->longest_ns).text);
        return;
    }
    fprintf(look->out,
            " In the queue, a task waited for %s on average; %s waited longest, %s.",
            time_of(facts->queue_ns / (int64_t)facts->queued).text,
            look->options->tasks.at[facts->longest].name,
            time_of(facts->longest_ns).text);
}

static void say_order(const struct look *look)
{
    const struct pool_facts *facts = &look->facts;
    const struct task *tasks = look->options->tasks.at;

    if (is_notable(look, facts->overtaken_ns))
        fprintf(look->out,
                " %s was submitted before %s, and done after it; main takes the "
                "results in the order of submitting all the same.",
                tasks[facts->early].name, tasks[facts->late].name);
}

static void say_held_up(const struct look *look)
{
    if (option_of(look->report->card, look->options, "--queue") > 0 &&
        is_notable(look, look->facts.held_up_ns))
        fprintf(look->out,
                " The queue was full, and held main up for %s: that is back-pressure.",
                time_of(look->facts.held_up_ns).text);
}

/** What more workers than cores bring, to tasks that compute. */
static void say_cores(const struct look *look)
{
    unsigned cores = look->options->cores;

    if (look->options->work == WORK_CPU && look->workers > cores && look->tasks > cores)
        fprintf(look->out,
                " Computing takes cores, and there %s: no more workers than that are "
                "at work at a time.",
                cores == 1   ? "is 1"
                : cores == 2 ? "are 2"
                             : "are fewer than workers");
}

/** Whether it is this variant's to tell of a failure: pool's, or, where that did not
 * run, that of the first one in which somebody else does the tasks. */
static bool tells_of_failure(const struct look *look)
{
    const struct variant_report *teller = variant_named(look->report, "pool");

    for (size_t i = 0; i < look->report->variant_count && teller == NULL; i++)
        if (&look->report->variants[i] != sequential_of(look->report))
            teller = &look->report->variants[i];
    return teller == look->variant && look->facts.failed != TASK_NONE &&
           look->facts.failure_out_ns >= 0;
}

static void say_failed(const struct look *look)
{
    const struct pool_facts *facts = &look->facts;

    if (!tells_of_failure(look))
        return;
    fprintf(look->out,
            " %s failed at %s. Nothing was seen of that until its result was asked "
            "for, at %s: there the error came out.",
            look->options->tasks.at[facts->failed].name, time_of(facts->failed_ns).text,
            time_of(facts->failure_out_ns).text);
}

static void verdict_on_pool(const struct look *look)
{
    begin(look);
    if (look->facts.done == 0)
        say_rate(look);
    else
        say_idle(look);
    if (look->facts.failed != TASK_NONE) {
        say_failed(look);
    } else if (look->variant->sweep_count > 0) {
        pool_say_sweep(look->report, look->variant, look->out);
    } else {
        say_queue(look);
        say_order(look);
        say_held_up(look);
        say_cores(look);
    }
}

static void verdict_on_threads(const struct look *look)
{
    if (!tells_of_failure(look))
        return;
    fprintf(look->out, "threads:");
    say_failed(look);
}

static void verdict_on_processes(const struct look *look)
{
    const struct timeline *timeline = &shown_run(look->variant)->timeline;
    int64_t lost = told_figure(timeline, "workers_lost");
    int64_t retried = told_figure(timeline, "tasks_retried");

    begin(look);
    if (lost > 0)
        fprintf(look->out, ". %s of them died, and %s place was taken%s.",
                count_text((uint64_t)lost).text, lost == 1 ? "its" : "their",
                retried == 0 ? ""
                : lost == 1  ? "; the task that it was at work on was given to another"
                : retried > 1
                    ? "; tasks that they were at work on were given to others"
                    : "; a task that one was at work on was given to another");
    else
        fprintf(
            look->out,
            ". What they are to do is sent to them, and what comes of it sent back: "
            "processes share no memory by themselves.");
    say_failed(look);
}

static void verdict_on_uv(const struct look *look)
{
    begin(look);
    fprintf(look->out,
            ". No line of the program starts %s: libuv does, with the first request, "
            "and %s until the program ends.",
            look->workers == 1 ? "its thread" : "their threads",
            look->workers == 1 ? "it stays" : "they stay");
    say_failed(look);
}

void pool_verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {
        {"threads", verdict_on_threads},
        {"pool", verdict_on_pool},
        {"processes", verdict_on_processes},
        {"uv", verdict_on_uv},
    };
    const struct variant_report *variant = &report->variants[index];
    struct look look = {
        .report = report,
        .options = report->options,
        .variant = variant,
        .tasks = report->options->tasks.count,
        .workers = (size_t)option_of(report->card, report->options, "--workers"),
        .out = out,
    };

    if (!has_time(variant) ||
        pool_facts(&shown_run(variant)->timeline, &look.facts) != 0)
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(&look);
}
