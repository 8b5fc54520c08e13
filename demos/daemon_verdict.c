// SPDX-License-Identifier: MIT
#include "daemon_verdict.h"

#include "card_words.h"
#include "text/quantity.h"

#include <string.h>

/** As many as a sentence can name. */
#define NAMED_TASKS 3

/** Whether all its runs could be told from their files and lanes to the end. */
static bool is_told(const struct variant_report *variant)
{
    if (variant->status != VARIANT_DONE)
        return false;
    for (size_t i = 0; i < variant->run_count; i++) {
        const json_t *outcome = variant->runs[i].outcome;

        if (json_object_get(outcome, "lines_written") == NULL ||
            json_object_get(outcome, "cleanups_run") == NULL)
            return false;
    }
    return true;
}

static bool wrote_all(const struct variant_report *variant)
{
    return outcome_of(variant, "lines_written") ==
           outcome_of(variant, "lines_expected");
}

static struct quantity count_of(const struct variant_report *variant, const char *key)
{
    return count_text((uint64_t)outcome_of(variant, key));
}

/** " (luke all 10, darthvader 5)", of a single run with few tasks. */
static void say_by_task(const struct report *report,
                        const struct variant_report *variant, FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;
    const json_t *lines = json_object_get(variant->outcome, "lines_by_task");
    json_int_t each = outcome_of(variant, "lines_expected") / (json_int_t)tasks->count;

    if (variant->run_count > 1 || tasks->count < 2 || tasks->count > NAMED_TASKS ||
        lines == NULL)
        return;
    for (size_t i = 0; i < tasks->count; i++) {
        json_int_t count =
            json_integer_value(json_object_get(lines, tasks->at[i].name));

        fprintf(out, "%s%s %s%" JSON_INTEGER_FORMAT, i == 0 ? " (" : ", ",
                tasks->at[i].name, count == each ? "all " : "", count);
    }
    fputc(')', out);
}

/** "15 of 20 lines were written (luke all 10, darthvader 5)", or "all 20 lines ...". */
static void say_lines(const struct report *report, const struct variant_report *variant,
                      FILE *out)
{
    if (wrote_all(variant)) {
        fprintf(out, "all %s lines were written",
                count_of(variant, "lines_expected").text);
        return;
    }
    fprintf(out, "%s of %s lines were written", count_of(variant, "lines_written").text,
            count_of(variant, "lines_expected").text);
    say_by_task(report, variant, out);
}

/** When main was done with its own business, in the run that is shown; -1: never. */
static int64_t done_ns(const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    const struct lane *main_lane = &timeline->lanes[0];

    for (size_t i = 0; i < main_lane->mark_count; i++)
        if (main_lane->marks[i].kind == EVENT_MARK &&
            strcmp(mark_name(timeline, &main_lane->marks[i]), "main is done") == 0)
            return main_lane->marks[i].at_ns;
    return -1;
}

/** "darthvader", "both threads", "3 of 6 threads". */
static void say_taken(const struct report *report, const struct variant_report *variant,
                      FILE *out)
{
    const struct timeline *timeline = &shown_run(variant)->timeline;
    json_int_t cut = outcome_of(variant, "threads_cut_off");
    size_t tasks = report->options->tasks.count;

    if (variant->run_count == 1 && cut == 1) {
        for (size_t i = 1; i < timeline->lane_count; i++)
            if (timeline->lanes[i].cut)
                fputs(timeline->lanes[i].name, out);
    } else if (variant->run_count == 1 && cut == (json_int_t)tasks) {
        fprintf(out, "%s threads", tasks == 2 ? "both" : "all its");
    } else {
        fprintf(out, "%s of %s threads", count_of(variant, "threads_cut_off").text,
                count_text(tasks * variant->run_count).text);
    }
}

/** What one run and the next made of it, where that is not the same. */
static void say_range(const struct variant_report *variant, FILE *out)
{
    json_int_t least = INT64_MAX, most = 0;

    for (size_t i = 0; i < variant->run_count; i++) {
        json_int_t lines = json_integer_value(
            json_object_get(variant->runs[i].outcome, "lines_written"));

        least = lines < least ? lines : least;
        most = lines > most ? lines : most;
    }
    if (least < most)
        fprintf(out,
                " In one run it was %" JSON_INTEGER_FORMAT
                ", in another %" JSON_INTEGER_FORMAT ": chance decides.",
                least, most);
}

static void say_cleanups(const struct variant_report *variant, FILE *out)
{
    json_int_t run = outcome_of(variant, "cleanups_run");
    json_int_t expected = outcome_of(variant, "cleanups_expected");

    if (run == expected)
        return;
    if (run == 0)
        fputs(" No cleanup ran", out);
    else
        fprintf(out, " Cleanup ran in %s of %s threads",
                count_of(variant, "cleanups_run").text,
                count_of(variant, "cleanups_expected").text);
    fputs(": a thread that is cut off gets none.", out);
}

/** "When main returned at 1.10 s, the program took darthvader with it". */
static void say_end(const struct report *report, const struct variant_report *variant,
                    FILE *out)
{
    struct quantity at = duration_text(shown_run(variant)->wall_ns, false);
    bool once = variant->run_count == 1;

    if (once)
        fprintf(out, "hen main returned at %s, ", at.text);
    else
        fprintf(out, "n %s runs main returned at %s (the median), and ",
                count_text(variant->run_count).text, at.text);
    if (outcome_of(variant, "threads_cut_off") == 0) {
        fputs("no thread happened to be cut off: ", out);
        return;
    }
    fputs("the program took ", out);
    say_taken(report, variant, out);
    fputs(" with it: ", out);
}

static void verdict_on_leaving(const struct report *report,
                               const struct variant_report *variant, FILE *out)
{
    bool is_detached = strcmp(variant->variant->name, "detached") == 0;
    const struct variant_report *daemon = variant_named(report, "daemon");
    bool again = is_detached && daemon != NULL && is_told(daemon);
    bool once = variant->run_count == 1;

    if (is_detached)
        fprintf(out, "%s: %c", again ? "Detached or not" : "With detached threads",
                once ? 'w' : 'i');
    else
        fputc(once ? 'W' : 'I', out);
    say_end(report, variant, out);
    say_lines(report, variant, out);
    fputc('.', out);
    say_range(variant, out);
    if (outcome_of(variant, "threads_cut_off") == 0)
        fputs(" Nothing saw to that.", out);
    else if (!again)
        say_cleanups(variant, out);
}

static void verdict_on_joining(const struct report *report,
                               const struct variant_report *variant, FILE *out)
{
    int64_t at_ns = done_ns(shown_run(variant));
    bool one = report->options->tasks.count == 1, once = variant->run_count == 1;

    if (at_ns < 0)
        fprintf(out, "Where main joined its thread%s, ", one ? "" : "s");
    else if (once)
        fprintf(out, "Where main did its own business until %s and then joined, ",
                duration_text(at_ns, false).text);
    else
        fputs("Where main did its own business first and then joined, ", out);
    say_lines(report, variant, out);
    if (!once)
        fprintf(out, " in %s runs", count_text(variant->run_count).text);
    fputc('.', out);
}

void daemon_verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct report *, const struct variant_report *, FILE *);
    } verdicts[] = {{"joined", verdict_on_joining},
                    {"daemon", verdict_on_leaving},
                    {"daemon+join", verdict_on_joining},
                    {"detached", verdict_on_leaving}};
    const struct variant_report *variant = &report->variants[index];

    if (!is_told(variant))
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(report, variant, out);
}
