// SPDX-License-Identifier: MIT
#include "card.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/chosen_run.h"
#include "view/endings.h"
#include "view/sentences.h"
#include "view/title.h"
#include "view/words.h"

#include <math.h>
#include <string.h>

void sentence_of_tasks(const struct report *report, bool ascii, FILE *out)
{
    const struct options *options = report->options;
    put_task_words(options, ascii, out);
    fputc('.', out);
    if (options->work == WORK_CPU || options->cores < report->machine.cores) {
        fputs(" On ", out);
        put_cores(report, out);
        fputc('.', out);
    }
    if (options->repeat > 1)
        fprintf(out, " Each variant %s times; the median run%s is told.",
                count_text(options->repeat).text,
                any_stuck(report) ? ", or the first that got stuck," : "");
    if (options->speed > 1)
        fprintf(out, " All times %s shorter than asked for.",
                factor_text(options->speed, ascii).text);
    else if (options->speed < 1)
        fprintf(out, " All times %s longer than asked for.",
                factor_text(1 / options->speed, ascii).text);
    if (put_own_options(report, " With ", out))
        fputc('.', out);
    if (options->from_ns > 0 || options->to_ns >= 0) {
        fputs(" Told: from ", out);
        put_window(options, ascii, out);
        fputc('.', out);
    }
}

/** "1.50", and "12.3", as ratio_text() without its sign. */
static struct quantity times(double ratio)
{
    struct quantity text = ratio_text(ratio, true);
    text.text[strcspn(text.text, "x")] = '\0';
    return text;
}

static bool is_noise(const struct variant_report *a, const struct variant_report *b)
{
    return a->comparable > 1 && b->comparable > 1 &&
           spreads_overlap(&a->wall, &b->wall);
}

/** Faster than the ideals' ratio: no work takes less than its ideal; but the first one
 * may have taken longer than its own, for reasons of its own. */
static void say_excess(const struct variant_report *first,
                       const struct variant_report *variant, bool ascii, FILE *out)
{
    bool is_below = 1.05 * (double)variant->wall.median < (double)variant->ideal_ns;

    if (is_below)
        fprintf(out,
                ", more than the %s times that its work allows: one of them was "
                "disturbed by something else",
                times(variant->possible).text);
    else
        fprintf(out,
                ", more than the %s times of the work alone, as %s is %s over its own "
                "ideal",
                times(variant->possible).text, first->variant->name,
                duration_text(first->wall.median - first->ideal_ns, ascii).text);
}

/** Beside the speedup, what the work allows. */
static void say_possible(double speedup, double possible, FILE *out)
{
    if (possible < 1.05)
        fputs(speedup > 0.95 ? ", and no more was possible" : "", out);
    else if (strcmp(times(speedup).text, times(possible).text) == 0)
        fputs(", the most that was possible", out);
    else if (speedup > possible)
        fputs(", the most that was possible, within measurement error", out);
    else
        fprintf(out, ", of %s possible", times(possible).text);
}

/** How a variant compares with the first one, and with what was possible. */
static void say_comparison(const struct report *report,
                           const struct variant_report *variant, bool ascii, FILE *out)
{
    const struct variant_report *first = &report->variants[0];
    double speedup = variant->speedup, possible = variant->possible;
    fprintf(out, ", %s %s: ", first->variant->name,
            duration_text(first->wall.median, ascii).text);
    if (is_noise(first, variant)) {
        fputs("a difference within the noise of these runs", out);
        if (possible >= 1.05)
            fprintf(out, "; %s times as fast was possible", times(possible).text);
        return;
    }
    if (speedup >= 1.05)
        fprintf(out, "%s times as fast", times(speedup).text);
    else if (speedup > 0.95)
        fputs("about as fast", out);
    else
        fprintf(out, "%s times as slow", times(1 / speedup).text);
    if (possible > 0 && speedup <= 1.05 * possible)
        say_possible(speedup, possible, out);
    else if (possible > 0 && speedup >= 1.05)
        say_excess(first, variant, ascii, out);
}

/** What is over the ideal, for what is compared with nothing. */
static void say_overhead(const struct variant_report *variant, bool ascii, FILE *out)
{
    int64_t over_ns = variant->wall.median - variant->ideal_ns;
    if (over_ns >= 0)
        fprintf(out, ", %s over the ideal", duration_text(over_ns, ascii).text);
    else
        fprintf(out, ", %s under the ideal", duration_text(-over_ns, ascii).text);
}

static void say_time(const struct report *report, const struct variant_report *variant,
                     bool ascii, FILE *out)
{
    struct quantity median = duration_text(variant->wall.median, ascii);
    fprintf(out, " took %s", median.text);
    if (variant->comparable > 1) {
        fprintf(out, " (%s in %s runs)",
                spread_words(&variant->wall, median.text, " to ", ascii).text,
                count_text(variant->comparable).text);
    }
    if (variant != &report->variants[0] && variant->speedup > 0)
        say_comparison(report, variant, ascii, out);
    else if (variant->ideal_ns >= 0)
        say_overhead(variant, ascii, out);
}

static void say_ending(const struct report *report, const struct run *run, bool ascii,
                       FILE *out)
{
    fprintf(out, " %s%s", run->ending == ENDING_EXIT ? "" : "was ",
            ending_words(report, run, ascii).text);
    if (run->detail != NULL) {
        fputs(": ", out);
        text_print_safe(run->detail, ascii, out);
    }
}

/** Deadlocks, and the figures of the runs without one. */
static void say_stuck(const struct report *report, const struct variant_report *variant,
                      bool ascii, FILE *out)
{
    const struct run *stuck = deadlocked_run(variant);
    if (variant->run_count == 1 && stuck != NULL)
        say_ending(report, stuck, ascii, out);
    else
        fprintf(out, " was %s", stuck_words(variant).text);
    if (variant->comparable > 0) {
        fputs("; otherwise it", out);
        say_time(report, variant, ascii, out);
    }
}

static const struct run *disturbed_run(const struct variant_report *variant)
{
    for (size_t i = 0; i < variant->run_count; i++)
        if (variant->runs[i].disturbed)
            return &variant->runs[i];
    return NULL;
}

void sentence_of_figures(const struct report *report, size_t number, bool ascii,
                         FILE *out)
{
    const struct variant_report *variant = &report->variants[number];
    const struct run *failed = failed_run(variant);
    fputs(variant->variant->name, out);
    if (variant->status == VARIANT_SKIPPED) {
        fprintf(out, " was %s.", skipped_words(report, variant, ascii).text);
        return;
    }
    if (variant->run_count == 0) {
        fputs(" was not run.", out);
        return;
    }
    if (failed != NULL)
        say_ending(report, failed, ascii, out);
    else if (stuck_runs(variant) > 0)
        say_stuck(report, variant, ascii, out);
    else if (variant->comparable > 0)
        say_time(report, variant, ascii, out);
    else if (!disturbed_run(variant))
        fputs(" is still running", out);
    if (failed == NULL && disturbed_run(variant))
        fputs(variant->comparable > 0 ? "; a run that was stopped meanwhile is left out"
                                      : " was stopped meanwhile: its time says nothing",
              out);
    fputc('.', out);
}
