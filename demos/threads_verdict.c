// SPDX-License-Identifier: MIT
#include "threads_verdict.h"

#include "card_words.h"
#include "text/quantity.h"

#include <inttypes.h>
#include <string.h>

/** A wall time this far over the ideal, in parts of it, is worth a word. */
#define MUCH_OVER 0.05

/** The waits overlapped, but the whole took clearly longer than the longest. */
static void say_late(const struct report *report, const struct variant_report *variant,
                     FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;
    int64_t wall_ns = variant->wall.median;

    if (wall_ns >= total_ns(tasks))
        fprintf(out,
                "The waits are too short for it: starting and joining %s threads took "
                "longer than all of them, %s.",
                count_text(tasks->count).text, duration_text(wall_ns, false).text);
    else
        fprintf(
            out,
            "The waits overlapped: %s, not their sum of %s. The longest alone is %s; "
            "starting and joining %s threads, and being late, took the other %s.",
            duration_text(wall_ns, false).text, chosen_text(total_ns(tasks)).text,
            chosen_text(longest_ttl_ns(tasks)).text, count_text(tasks->count).text,
            duration_text(wall_ns - longest_ttl_ns(tasks), false).text);
}

static void verdict_on_waits(const struct report *report,
                             const struct variant_report *variant, FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;
    int64_t over_ns = variant->wall.median - longest_ttl_ns(tasks);

    if (over_ns > (int64_t)(MUCH_OVER * (double)longest_ttl_ns(tasks)))
        say_late(report, variant, out);
    else
        fprintf(out,
                "%s waits went on at once: the whole took as long as the longest (%s), "
                "not the sum (%s).",
                both_or_all(tasks->count), chosen_text(longest_ttl_ns(tasks)).text,
                chosen_text(total_ns(tasks)).text);
    if (report->options->cores == 1)
        fprintf(out, " One core is enough for that: what waits needs no core.");
}

static void verdict_on_one_core(const struct report *report,
                                const struct variant_report *variant, FILE *out)
{
    fputs("One core computes one thing at a time, so the threads took turns: ", out);
    say_wall(report, variant, out);
    fprintf(out, ". They were ready, without a core, for %s in all.",
            duration_text(ready_ns(variant), false).text);
    say_busy(report, variant, out);
}

/** How long they took, where there is nothing to compare with. */
static void say_time_on_cores(const struct report *report,
                              const struct variant_report *variant, FILE *out)
{
    fprintf(out, ": the threads took %s",
            duration_text(variant->wall.median, false).text);
    if (variant->wall.median >= variant->ideal_ns)
        fprintf(out, ", and no less than %s was possible.",
                duration_text(variant->ideal_ns, false).text);
    else
        fprintf(out,
                ". How much to compute was measured beforehand, and was %.0f%% off.",
                report->calibration_error * 100);
}

/** Times are measured: by luck it may be a little more, and by a disturbance much. */
static void say_possible(const struct variant_report *variant, FILE *out)
{
    if (variant->speedup > 1.05 * variant->possible)
        fprintf(out,
                ", more than the %.2f that were possible: something else disturbed "
                "one of them.",
                variant->possible);
    else if (variant->speedup > variant->possible + 0.005)
        fprintf(out, ", the most that was possible, within measurement error.");
    else
        fprintf(out, ", of %.2f possible.", variant->possible);
}

/** Slower than one after the other: why, where it was not that the machine was busy. */
static void say_slower(const struct variant_report *variant,
                       const struct variant_report *before, unsigned cores, FILE *out)
{
    bool is_busy =
        starved_ns(&shown_run(variant)->timeline, cores) > variant->wall.median / 20;

    fprintf(out, ", and yet it took %s, not %s%s.",
            duration_text(variant->wall.median, false).text,
            duration_text(before->wall.median, false).text,
            is_busy ? "" : ": starting threads has a price too");
}

static void verdict_on_cores(const struct report *report,
                             const struct variant_report *variant, FILE *out)
{
    const struct variant_report *before = sequential_of(report);
    const struct options *options = report->options;

    fprintf(out, "%u cores compute %u things at a time", options->cores,
            options->cores);
    if (before == NULL || variant->speedup <= 0)
        say_time_on_cores(report, variant, out);
    else if (variant->speedup < 1)
        say_slower(variant, before, options->cores, out);
    else {
        fprintf(out, ": %s instead of %s, %.2f times as fast",
                duration_text(variant->wall.median, false).text,
                duration_text(before->wall.median, false).text, variant->speedup);
        say_possible(variant, out);
    }
    if (options->tasks.count > options->cores)
        fprintf(out,
                " More threads than cores take turns: they were ready, without a core, "
                "for %s in all.",
                duration_text(ready_ns(variant), false).text);
    say_busy(report, variant, out);
}

static void say_orders(const struct report *report,
                       const struct variant_report *variant, FILE *out)
{
    size_t orders = json_object_size(json_object_get(variant->outcome, "orders"));

    if (report->options->repeat < 2 || orders < 2 ||
        !equal_ttls(&report->options->tasks))
        return;
    fprintf(out,
            " In %s runs the tasks ended in %s different orders: the order of starting "
            "does not decide it.",
            count_text(variant->run_count).text, count_text(orders).text);
}

/** As many tasks as a sentence can name. */
#define NAMED_TASKS 3

static void say_cores(const struct lane *lane, FILE *out)
{
    uint32_t least = 0;

    for (size_t said = 0; said < lane->processor_count; said++) {
        uint32_t next = UINT32_MAX;

        for (size_t i = 0; i < lane->processor_count; i++)
            if (lane->processors[i] >= least && lane->processors[i] < next)
                next = lane->processors[i];
        if (said == 0)
            fprintf(out, " on core%s", lane->processor_count > 1 ? "s" : "");
        fprintf(out, "%s%" PRIu32,
                said == 0                          ? " "
                : said + 1 < lane->processor_count ? ", "
                                                   : " and ",
                next);
        least = next + 1;
    }
}

/** Real threads of one process: what `ps -L` shows of them while they live. */
static void say_who(const struct report *report, const struct variant_report *variant,
                    FILE *out)
{
    const struct timeline *timeline = &shown_run(variant)->timeline;

    if (report->options->tasks.count > NAMED_TASKS || timeline->lane_count < 2 ||
        variant->run_count > 1)
        return;
    fprintf(out, " All in process %" PRId64 ":", timeline->lanes[0].os_id);
    for (size_t i = 1; i < timeline->lane_count; i++) {
        fprintf(out, "%s %s%s %" PRId64, i > 1 ? ";" : "", timeline->lanes[i].name,
                i > 1 ? "" : " was thread", timeline->lanes[i].os_id);
        say_cores(&timeline->lanes[i], out);
    }
    fputc('.', out);
}

static void verdict_on_threads(const struct report *report,
                               const struct variant_report *variant, FILE *out)
{
    const struct options *options = report->options;

    if (total_ns(&options->tasks) == 0) {
        fprintf(out, "The tasks take no time: %s is what starting and joining costs.",
                duration_text(variant->wall.median, false).text);
        return;
    }
    if (options->tasks.count == 1)
        fprintf(out,
                "One task has nothing to overlap with: a thread of its own makes it "
                "no faster.");
    else if (longest_ttl_ns(&options->tasks) == total_ns(&options->tasks))
        fprintf(out, "Only one task takes any time: it has nothing to overlap with.");
    else if (options->work == WORK_WAIT)
        verdict_on_waits(report, variant, out);
    else if (options->cores == 1)
        verdict_on_one_core(report, variant, out);
    else
        verdict_on_cores(report, variant, out);
    say_orders(report, variant, out);
    say_who(report, variant, out);
}

static void verdict_on_shared_arg(const struct report *report,
                                  const struct variant_report *variant, FILE *out)
{
    size_t tasks = report->options->tasks.count * variant->run_count;
    size_t never = (size_t)outcome_of(variant, "never_taken");

    if (report->options->tasks.count == 1) {
        fprintf(out, "One thread has the variable to itself: with one task this bug "
                     "does not show.");
        return;
    }
    if (never == 0) {
        fprintf(out, "By luck every task was taken once this time. The bug is there.");
        return;
    }
    if (tasks == 2)
        fprintf(out, "Both threads did the same task; the other one was never done.");
    else if (variant->run_count == 1 && never + 1 == tasks)
        fprintf(out, "All %s threads did the same task; the others were never done.",
                count_text(tasks).text);
    else
        fprintf(out,
                "%s threads did %s of as many tasks, some more than once; %s %s never "
                "done.",
                count_text(tasks).text, count_text(tasks - never).text,
                count_text(never).text, never == 1 ? "was" : "were");
    fprintf(out, " All look at the one loop variable, and the loop had moved on before "
                 "they looked. Give each thread a value of its own.");
}

static void verdict_on_sequential(const struct report *report,
                                  const struct variant_report *variant, FILE *out)
{
    if (report->variant_count == 1 && report->options->tasks.count > 1)
        fprintf(out, "One after the other, the tasks take their sum: %s.",
                duration_text(variant->wall.median, false).text);
}

void threads_verdict(const struct report *report, size_t index, FILE *out)
{
    const struct variant_report *variant = &report->variants[index];
    const char *name = variant->variant->name;

    if (!has_time(variant))
        return;
    if (strcmp(name, "sequential") == 0)
        verdict_on_sequential(report, variant, out);
    else if (strcmp(name, "threads") == 0)
        verdict_on_threads(report, variant, out);
    else if (strcmp(name, "shared-arg") == 0)
        verdict_on_shared_arg(report, variant, out);
}
