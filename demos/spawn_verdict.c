// SPDX-License-Identifier: MIT
#include "spawn_verdict.h"

#include "card_words.h"
#include "spawn_facts.h"
#include "text/quantity.h"

#include <stdlib.h>
#include <string.h>

/** As many programs as sentences name one by one. */
#define NAMED_PROGRAMS 3

/** What a pipe holds by default, pipe(7). */
#define PIPE_BYTES 65536

#define PS_PER_NS 1000

/** All together took as long as the longest, where it was not so much longer. */
#define MUCH_LONGER 1.05

static void begin_sentence(FILE *out)
{
    if (ftell(out) > 0)
        fputc(' ', out);
}

/* Time ------------------------------------------------------------------------ */

static void say_sequential(const struct variant_report *variant,
                           const struct spawn_facts *sum, FILE *out)
{
    if (sum->started < 2)
        return;
    begin_sentence(out);
    fprintf(out, "Each program was started when the one before had ended: %s.",
            duration_text(variant->wall.median, false).text);
}

/** Whose end all others had to come before, as far as can be seen. */
static bool is_longest_known(const struct variant_report *variant,
                             const struct spawn_facts *sum)
{
    return sum->longest_ns - sum->second_ns > sum->late_ns &&
           (double)variant->wall.median < MUCH_LONGER * (double)sum->longest_ns;
}

static bool is_left_open(const struct spawn_facts *sum)
{
    return sum->open_ns > sum->late_ns;
}

/** Of programs that were named nothing is known but what was measured. */
static void say_programs(const struct report *report,
                         const struct variant_report *variant,
                         const struct spawn_facts *sum, FILE *out)
{
    const struct variant_report *before = sequential_of(report);

    if (sum->started < 2)
        return;
    begin_sentence(out);
    if (is_left_open(sum)) {
        fprintf(out, "Started at once, the programs had ended within %s.",
                duration_text(sum->ended_ns, false).text);
        return;
    }
    fprintf(out, "Started at once, the programs took %s",
            duration_text(variant->wall.median, false).text);
    if (is_longest_known(variant, sum))
        fprintf(out, ", as long as the longest of them, %s", sum->longest->name);
    if (before != NULL)
        fprintf(out, "; one after the other %s",
                duration_text(before->wall.median, false).text);
    fputc('.', out);
}

/** A program may have left another one in the background. */
static void say_left_open(const struct spawn_facts *sum, FILE *out)
{
    if (!is_left_open(sum))
        return;
    begin_sentence(out);
    fprintf(out,
            "For %s main read on when no program was left: another process still had "
            "the output open.",
            duration_text(sum->open_ns, false).text);
}

/** Starting them may take longer than they wait; or one of them waits alone. */
static void say_waits(const struct variant_report *variant, const struct tasks *tasks,
                      FILE *out)
{
    bool gained = variant->wall.median < total_ns(tasks);

    fprintf(out,
            "posix_spawn does not wait for the end of what it starts, so %s "
            "programs waited at the same time%s: %s, %s (%s).",
            tasks->count == 2 ? "both" : "all",
            gained ? "" : ", and gained nothing by it",
            duration_text(variant->wall.median, false).text,
            gained ? "not the sum" : "no less than the sum",
            chosen_text(total_ns(tasks)).text);
}

static void say_tasks(const struct report *report, const struct variant_report *variant,
                      FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;
    const char *them = tasks->count == 1 ? "it" : "them";

    begin_sentence(out);
    if (total_ns(tasks) == 0)
        fprintf(out, "%s nothing: %s is what it costs to start %s and to wait for %s.",
                tasks->count == 1 ? "The program does" : "The programs do",
                duration_text(variant->wall.median, false).text, them, them);
    else if (tasks->count == 1)
        fprintf(out, "One program has nothing to overlap with: main started it, and "
                     "had nothing to do but to wait.");
    else if (report->options->work == WORK_CPU)
        say_computing(report, variant, "the programs", out);
    else
        say_waits(variant, tasks, out);
}

/* Ends ------------------------------------------------------------------------ */

/** " in 2 of 5 runs", where there were several. */
static struct quantity runs_text(const struct variant_report *variant, size_t count)
{
    struct quantity text = {""};

    if (variant->run_count == 1)
        return text;
    if (count == variant->run_count)
        snprintf(text.text, sizeof text.text, " in all %.20s runs",
                 count_text(count).text);
    else
        snprintf(text.text, sizeof text.text, " in %.20s runs",
                 part_text((json_int_t)count, (json_int_t)variant->run_count).text);
    return text;
}

static void say_end(const char *name, const struct spawn_wrong *wrong, const char *runs,
                    FILE *out)
{
    begin_sentence(out);
    if (wrong->differs)
        fprintf(out, "%s did not end with status 0%s, and not always in the same way.",
                name, runs);
    else if (wrong->signal != 0)
        fprintf(out, "%s was ended by signal %d (%s)%s, and so has no exit status.",
                name, wrong->signal, strsignal(wrong->signal), runs);
    else if (wrong->status == 1)
        fprintf(out, "%s ended with status 1%s: so it says that it failed.", name,
                runs);
    else
        fprintf(out, "%s ended with status %d%s.", name, wrong->status, runs);
}

/** "In 5 runs, ", where there were several. */
static void begin_of_many(const struct variant_report *variant, FILE *out)
{
    begin_sentence(out);
    if (variant->run_count > 1)
        fprintf(out, "In %s runs, ", count_text(variant->run_count).text);
}

static void say_many_ends(const struct variant_report *variant, FILE *out)
{
    begin_of_many(variant, out);
    fprintf(
        out, "%s programs ended with another status than 0, and %s by a signal.",
        part_text(outcome_of(variant, "failed"), outcome_of(variant, "started")).text,
        number_text(outcome_of(variant, "signaled")).text);
}

static void say_ends(const struct report *report, const struct variant_report *variant,
                     const struct spawn_wrong *wrong, FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;
    size_t count = 0;

    for (size_t i = 0; i < tasks->count; i++)
        count += wrong[i].ended > 0;
    if (count > NAMED_PROGRAMS) {
        say_many_ends(variant, out);
        return;
    }
    for (size_t i = 0; i < tasks->count; i++)
        if (wrong[i].ended > 0)
            say_end(tasks->at[i].name, &wrong[i],
                    runs_text(variant, wrong[i].ended).text, out);
}

static void say_many_not_started(const struct variant_report *variant, FILE *out)
{
    json_int_t not_started = outcome_of(variant, "not_started");

    begin_of_many(variant, out);
    fprintf(out,
            "%s programs were not started: posix_spawn returned an error, so there was "
            "no process to wait for.",
            part_text(not_started, not_started + outcome_of(variant, "started")).text);
}

static void say_not_started(const struct report *report,
                            const struct variant_report *variant,
                            const struct spawn_wrong *wrong, FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;
    size_t count = 0;

    for (size_t i = 0; i < tasks->count; i++)
        count += wrong[i].not_started > 0;
    if (count > NAMED_PROGRAMS) {
        say_many_not_started(variant, out);
        return;
    }
    for (size_t i = 0; i < tasks->count; i++) {
        if (wrong[i].not_started == 0)
            continue;
        begin_sentence(out);
        fprintf(out,
                "%s was not started%s: posix_spawn returned error %d (%s), so there "
                "was no process to wait for.",
                tasks->at[i].name, runs_text(variant, wrong[i].not_started).text,
                wrong[i].error, strerror(wrong[i].error));
    }
}

static void say_wrong(const struct report *report, const struct variant_report *variant,
                      FILE *out)
{
    struct spawn_wrong *wrong = spawn_wrong(variant, report->options->tasks.count);

    if (wrong == NULL)
        return;
    say_ends(report, variant, wrong, out);
    say_not_started(report, variant, wrong, out);
    free(wrong);
}

/* Pipes, and what it costs ---------------------------------------------------- */

static void say_pipe(const struct report *report, const struct spawn_facts *sum,
                     FILE *out)
{
    if (sum->most == NULL || sum->most->bytes <= PIPE_BYTES)
        return;
    begin_sentence(out);
    fprintf(out,
            "%s printed %s bytes, and a pipe holds 65,536: had main waited for its end "
            "before it read, each would have waited for the other for ever.",
            report->options->tasks.at[sum->most->task].name,
            count_text(sum->most->bytes).text);
}

static void say_calls(const struct spawn_facts *sum, FILE *out)
{
    struct quantity least = duration_text(sum->call_least_ns, false);
    struct quantity most = duration_text(sum->call_most_ns, false);

    if (sum->started == 0)
        return;
    begin_sentence(out);
    fprintf(out, "A call of posix_spawn took %s", least.text);
    if (strcmp(least.text, most.text) != 0)
        fprintf(out, " to %s", most.text);
    fputc('.', out);
}

/** Beside what else there is: measured apart, untraced. */
static void say_flows(const struct report *report, FILE *out)
{
    struct quantity text[FLOW_KINDS];

    for (int kind = 0; kind < FLOW_KINDS; kind++) {
        if (report->flows_ps[kind].median <= 0)
            return;
        text[kind] = duration_text(report->flows_ps[kind].median / PS_PER_NS, false);
    }
    begin_sentence(out);
    fprintf(out,
            "Measured apart, on one core: to start a program that does nothing, and to "
            "wait for its end, takes %s; a forked child %s, a thread %s.",
            text[FLOW_PROGRAM].text, text[FLOW_FORK].text, text[FLOW_THREAD].text);
}

static bool is_parallel(const struct variant_report *variant)
{
    return strcmp(variant->variant->name, "parallel") == 0;
}

/** In any of its runs. */
static bool is_any_wrong(const struct variant_report *variant)
{
    return outcome_of(variant, "failed") + outcome_of(variant, "signaled") +
               outcome_of(variant, "not_started") >
           0;
}

static void verdict_on(const struct report *report,
                       const struct variant_report *variant, FILE *out)
{
    struct spawn_facts sum = spawn_facts(shown_run(variant));

    if (!is_parallel(variant))
        say_sequential(variant, &sum, out);
    else if (report->options->programs != NULL)
        say_programs(report, variant, &sum, out);
    else if (!is_any_wrong(variant))
        say_tasks(report, variant, out);
    say_left_open(&sum, out);
    say_wrong(report, variant, out);
    say_pipe(report, &sum, out);
    say_calls(&sum, out);
    say_flows(report, out);
}

void spawn_verdict(const struct report *report, size_t index, FILE *out)
{
    const struct variant_report *variant = &report->variants[index];

    if (has_time(variant) &&
        (is_parallel(variant) || variant_named(report, "parallel") == NULL))
        verdict_on(report, variant, out);
}
