// SPDX-License-Identifier: MIT
#include "spawn_verdict.h"

#include "card_words.h"
#include "spawn_facts.h"
#include "text/quantity.h"

#include <string.h>
#include <sys/wait.h>

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

static bool is_bad(const struct lane *lane)
{
    return spawn_is_program(lane) && lane->status > 0;
}

static void say_end(const struct lane *lane, FILE *out)
{
    begin_sentence(out);
    if (WIFSIGNALED(lane->status))
        fprintf(out, "%s was ended by signal %d (%s), and so has no exit status.",
                lane->name, WTERMSIG(lane->status), strsignal(WTERMSIG(lane->status)));
    else if (WEXITSTATUS(lane->status) == 1)
        fprintf(out, "%s ended with status 1: so it says that it failed.", lane->name);
    else
        fprintf(out, "%s ended with status %d.", lane->name, WEXITSTATUS(lane->status));
}

static void say_ends(const struct timeline *timeline, const struct spawn_facts *sum,
                     FILE *out)
{
    if (sum->failed + sum->signaled > NAMED_PROGRAMS) {
        begin_sentence(out);
        fprintf(out,
                "%s of %s programs ended with another status than 0, and %s by a "
                "signal.",
                count_text(sum->failed).text, count_text(sum->started).text,
                count_text(sum->signaled).text);
        return;
    }
    for (size_t i = 0; i < timeline->lane_count; i++)
        if (is_bad(&timeline->lanes[i]))
            say_end(&timeline->lanes[i], out);
}

static void say_not_started(const struct report *report, const struct run *run,
                            const struct spawn_facts *sum, FILE *out)
{
    if (sum->not_started > NAMED_PROGRAMS) {
        begin_sentence(out);
        fprintf(out,
                "%s of %s programs were not started: posix_spawn returned an error, so "
                "there was no process to wait for.",
                count_text(sum->not_started).text,
                count_text(report->options->tasks.count).text);
        return;
    }
    for (size_t i = 0; i < run->captured_count; i++) {
        const struct captured *captured = &run->captured[i];

        if (captured->error == 0)
            continue;
        begin_sentence(out);
        fprintf(out,
                "%s was not started: posix_spawn returned error %d (%s), so there was "
                "no process to wait for.",
                report->options->tasks.at[captured->task].name, captured->error,
                strerror(captured->error));
    }
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
            "wait for its "
            "end, takes %s; a forked child %s, a thread %s.",
            text[FLOW_PROGRAM].text, text[FLOW_FORK].text, text[FLOW_THREAD].text);
}

static bool is_parallel(const struct variant_report *variant)
{
    return strcmp(variant->variant->name, "parallel") == 0;
}

static void verdict_on(const struct report *report,
                       const struct variant_report *variant, FILE *out)
{
    const struct run *run = shown_run(variant);
    struct spawn_facts sum = spawn_facts(run);

    if (!is_parallel(variant))
        say_sequential(variant, &sum, out);
    else if (report->options->programs != NULL)
        say_programs(report, variant, &sum, out);
    else if (sum.failed + sum.signaled + sum.not_started == 0)
        say_tasks(report, variant, out);
    say_left_open(&sum, out);
    say_ends(&run->timeline, &sum, out);
    say_not_started(report, run, &sum, out);
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
