// SPDX-License-Identifier: MIT
#include "gil_verdict.h"

#include "card_words.h"
#include "gil_facts.h"
#include "text/quantity.h"

#include <inttypes.h>
#include <string.h>

/** What a verdict looks at. */
struct look {
    const struct report *report;
    const struct variant_report *variant;
    const struct variant_report *before; /**< sequential, or NULL */
    const struct tasks *tasks;
    struct gil_facts facts;  /**< of the run that is shown */
    bool computes, is_whole; /**< no event of it was dropped */
    unsigned cores;
    FILE *out;
};

static struct quantity wall_text(const struct variant_report *variant)
{
    return duration_text(variant->wall.median, false);
}

/** "For 99.1 ms two or more computed at once." */
static void say_together(const struct look *look)
{
    if (!look->is_whole)
        return;
    if (look->facts.together_ns == 0)
        fputs(" At no time did two compute at once.", look->out);
    else
        fprintf(look->out, " For %s two or more computed at once.",
                duration_text(look->facts.together_ns, false).text);
}

static void say_turns(const struct look *look)
{
    if (!look->is_whole || look->facts.turns == 0)
        return;
    fprintf(look->out,
            " The lock changed hands %s time%s; a turn lasted %s, at the median.",
            count_text(look->facts.handovers).text,
            look->facts.handovers == 1 ? "" : "s",
            duration_text(look->facts.turn_ns, false).text);
}

/** A wait this far over the longest, in parts of it, is worth a word. */
#define MUCH_OVER 0.05

/** "all 4 waits went on at once: 50.2 ms, not their sum of 200 ms" */
static void say_waits(const struct look *look)
{
    int64_t wall_ns = look->variant->wall.median;
    int64_t longest_ns = longest_ttl_ns(look->tasks);

    if (wall_ns >= total_ns(look->tasks))
        fprintf(look->out, "the waits are too short to gain by: %s",
                wall_text(look->variant).text);
    else
        fprintf(look->out, "the waits went on at once: %s, not their sum of %s",
                wall_text(look->variant).text, chosen_text(total_ns(look->tasks)).text);
    if ((double)(wall_ns - longest_ns) > MUCH_OVER * (double)longest_ns)
        fprintf(look->out, "; %s of it for starting %s threads, and being late",
                duration_text(wall_ns - longest_ns, false).text,
                count_text(look->tasks->count).text);
}

static void verdict_on_threads(const struct look *look)
{
    fputs("threads: ", look->out);
    if (!look->computes) {
        say_waits(look);
        fputc('.', look->out);
        return;
    }
    say_wall(look->report, look->variant, look->out);
    fputc('.', look->out);
    if (look->cores > 1)
        say_together(look);
    else
        fputs(" One core computes one thing at a time, with or without a lock.",
              look->out);
    say_busy(look->report, look->variant, look->out);
}

static void verdict_on_gil(const struct look *look)
{
    fputs("gil: ", look->out);
    if (!look->computes) {
        say_waits(look);
        fputs(". Who waits gives the lock up.", look->out);
        return;
    }
    say_wall(look->report, look->variant, look->out);
    fputs(". As in CPython, only the thread that has the lock computes", look->out);
    if (look->cores > 1)
        fprintf(look->out, ", on %u cores as on one", look->cores);
    fputc('.', look->out);
    say_turns(look);
    say_busy(look->report, look->variant, look->out);
}

static void verdict_on_released(const struct look *look)
{
    fputs("released: ", look->out);
    if (!look->computes) {
        say_waits(look);
        fputs(". Who waits has given the lock up anyway.", look->out);
        return;
    }
    say_wall(look->report, look->variant, look->out);
    fputs(". They gave the lock up to compute, as a library in C may", look->out);
    if (look->cores > 1)
        fputc('.', look->out);
    else
        fputs(", but there is one core.", look->out);
    if (look->cores > 1)
        say_together(look);
    say_busy(look->report, look->variant, look->out);
}

/** When the first of its threads was there, since its process was; 0: there is none. */
static int64_t start_ns(const struct timeline *timeline)
{
    for (size_t i = 1; i < timeline->lane_count; i++) {
        const struct lane *process = timeline_lane(timeline, timeline->lanes[i].parent);

        if (timeline->lanes[i].kind == LANE_THREAD && process != NULL)
            return timeline->lanes[i].start_ns - process->start_ns;
    }
    return 0;
}

/** "52.3 ms in Python 3.11.2, 17.2 ms of it before its first thread." */
static void say_python(const struct look *look, const struct timeline *timeline)
{
    int64_t version = told_figure(timeline, "python_version");

    fprintf(look->out,
            "%s in Python %" PRId64 ".%" PRId64 ".%" PRId64 ", %s of it before "
            "its first thread.",
            wall_text(look->variant).text, version / 10000, version / 100 % 100,
            version % 100, duration_text(start_ns(timeline), false).text);
}

static void verdict_on_python(const struct look *look)
{
    const struct timeline *timeline = &shown_run(look->variant)->timeline;
    int64_t at_work_ns = look->variant->wall.median - start_ns(timeline);

    if (!has_figure(timeline, "python_version"))
        return;
    fputs("python: ", look->out);
    say_python(look, timeline);
    if (told_figure(timeline, "python_has_lock") == 0)
        fputs(" It runs without a global lock.", look->out);
    if (!look->computes) {
        if (at_work_ns < total_ns(look->tasks))
            fputs(" The waits went on at once.", look->out);
        return;
    }
    say_turns(look);
    if (look->cores > 1 && look->tasks->count > 1)
        say_together(look);
    say_busy(look->report, look->variant, look->out);
}

/** "1 of 2 additions was lost", "in 3 of 30 runs ...; in all, ...". */
static void say_lost(const struct look *look)
{
    json_int_t runs = outcome_of(look->variant, "runs");
    json_int_t lost = outcome_of(look->variant, "lost");

    fprintf(look->out, "%s: ", look->variant->variant->name);
    if (runs > 1 && lost == 0)
        fprintf(look->out, "in %s runs ", count_text((uint64_t)runs).text);
    else if (runs > 1)
        fprintf(look->out, "in %s of %s runs something was lost; in all, ",
                count_text((uint64_t)outcome_of(look->variant, "runs_with_loss")).text,
                count_text((uint64_t)runs).text);
    fprintf(look->out, "%s of %s additions %s lost",
            lost == 0 ? "none" : count_text((uint64_t)lost).text,
            count_text((uint64_t)outcome_of(look->variant, "expected")).text,
            lost <= 1 ? "was" : "were");
}

static void verdict_on_race(const struct look *look)
{
    say_lost(look);
    if (outcome_of(look->variant, "lost") > 0)
        fputs(". Each thread had the lock when it looked and when it acted, and gave "
              "it up in between. What it protects is the interpreter.",
              look->out);
    else
        fputs(", by luck: the lock was given up between looking and acting.",
              look->out);
}

static void verdict_on_own_lock(const struct look *look)
{
    say_lost(look);
    fprintf(look->out,
            ". From looking to acting a thread has the program's own lock, and no "
            "other looks meanwhile. The work in between is done in turns, too: %s.",
            wall_text(look->variant).text);
}

/** Where nobody has anybody to share with, that is all there is to say: once. */
static bool say_alone(const struct look *look, size_t index)
{
    int64_t total = total_ns(look->tasks);
    size_t tasks = look->tasks->count;

    if (tasks > 1 && longest_ttl_ns(look->tasks) < total)
        return false;
    for (size_t i = 0; i < index; i++)
        if (&look->report->variants[i] != look->before)
            return true;
    if (tasks == 1)
        fputs("One task has nobody to share a lock with.", look->out);
    else if (total == 0)
        fputs("The tasks take no time: what was measured is what threads and a lock "
              "cost.",
              look->out);
    else
        fputs("Only one task takes any time: it has nobody to share a lock with.",
              look->out);
    return true;
}

void gil_verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
        bool counts; /* it has something to say of tasks that take no time, too */
    } verdicts[] = {
        {"threads", verdict_on_threads, false},   {"gil", verdict_on_gil, false},
        {"released", verdict_on_released, false}, {"race", verdict_on_race, true},
        {"own-lock", verdict_on_own_lock, true},  {"python", verdict_on_python, true},
    };
    const struct variant_report *variant = &report->variants[index];

    if (!has_time(variant))
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        const struct timeline *timeline = &shown_run(variant)->timeline;

        if (strcmp(variant->variant->name, verdicts[i].name) != 0)
            continue;
        struct look look = {
            .report = report,
            .variant = variant,
            .before = sequential_of(report),
            .tasks = &report->options->tasks,
            .facts = gil_facts(timeline),
            .computes = report->options->work == WORK_CPU,
            .is_whole = timeline->dropped_events == 0,
            .cores = report->options->cores,
            .out = out,
        };
        bool is_python = verdicts[i].say == verdict_on_python;
        bool is_counted = verdicts[i].counts && (is_python || look.tasks->count > 1);
        if (is_counted || !say_alone(&look, index))
            verdicts[i].say(&look);
    }
}
