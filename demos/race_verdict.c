// SPDX-License-Identifier: MIT
#include "race_verdict.h"

#include "card.h"
#include "card_words.h"
#include "race_exhibits.h"
#include "text/quantity.h"

#include <string.h>

/** What a verdict looks at. */
struct look {
    const struct report *report;
    const struct variant_report *variant;
    size_t index, tasks, runs;
    json_int_t expected, actual, lost, with_loss; /**< of all runs */
    bool sells, natural;
    FILE *out;
};

static struct look look_at(const struct report *report, size_t index, FILE *out)
{
    const struct variant_report *variant = &report->variants[index];

    return (struct look){
        .report = report,
        .variant = variant,
        .index = index,
        .tasks = report->options->tasks.count,
        .runs = variant->run_count,
        .expected = outcome_of(variant, "expected"),
        .actual = outcome_of(variant, "actual"),
        .lost = outcome_of(variant, "lost"),
        .with_loss = outcome_of(variant, "runs_with_loss"),
        .sells = race_sells(report),
        .natural = option_of(report->card, report->options, "--natural") != 0,
        .out = out,
    };
}

static struct quantity many(json_int_t count)
{
    return count_text((uint64_t)count);
}

/** "1 of 2 additions was lost", "2 tickets were sold for 1 seat". */
static void say_loss(const struct look *look)
{
    if (look->sells)
        fprintf(look->out, "%s tickets were sold for %s seat%s",
                many(look->actual).text, many(look->expected).text,
                look->expected == 1 ? "" : "s");
    else
        fprintf(look->out, "%s of %s additions %s lost", many(look->lost).text,
                many(look->expected).text, look->lost == 1 ? "was" : "were");
}

/** "no addition was lost", "no seat was sold twice". */
static void say_no_loss(const struct look *look)
{
    fputs(look->sells ? "no seat was sold twice" : "no addition was lost", look->out);
}

/** "unsafe: 1 of 2 additions was lost", "unsafe: 3 of 30 runs lost: ...". */
static void say_figures(const struct look *look)
{
    fprintf(look->out, "%s: ", look->variant->variant->name);
    if (look->runs > 1 && look->lost > 0)
        fprintf(look->out, "in %s of %s runs %s; in all, ", many(look->with_loss).text,
                count_text(look->runs).text,
                look->sells ? "a seat was sold twice" : "something was lost");
    else if (look->runs > 1)
        fprintf(look->out, "in %s runs ", count_text(look->runs).text);
    if (look->lost > 0)
        say_loss(look);
    else
        say_no_loss(look);
}

/** Whether the run that is shown has the two updates that are meant. */
static bool is_shown(const struct look *look)
{
    struct interleaving interleaving;

    return race_interleaving(look->report, look->index, &interleaving);
}

static void verdict_on_unsafe(const struct look *look)
{
    if (look->lost == 0)
        fprintf(look->out, ". That was luck: the bug is there as before. More runs, a "
                           "larger --count or --load may show it.");
    else if (!is_shown(look))
        fprintf(look->out, ". What was written was out of date by then: a lost "
                           "update.");
    else if (look->sells)
        fprintf(look->out,
                ". Two asked before either had a ticket, and both were told "
                "that a seat was free: it was sold between time of check and "
                "time of use.");
    else
        fprintf(look->out, ". Two read the same number before either wrote, and both "
                           "wrote the same: a lost update.");
}

/** Whether that wait ended because nobody had come. */
static bool gave_up(const struct lane *lane, const struct span *span)
{
    for (size_t i = 0; i < lane->mark_count; i++)
        if (lane->marks[i].kind == EVENT_SEM_END && lane->marks[i].value != 0 &&
            lane->marks[i].at_ns == span->end_ns)
            return true;
    return false;
}

/** How long the first under the lock waited for another, who could not come. */
static int64_t waited_in_vain_ns(const struct look *look)
{
    const struct timeline *timeline = &shown_run(look->variant)->timeline;
    int64_t sum = 0;

    for (size_t i = 1; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].span_count; k++) {
            const struct span *span = &timeline->lanes[i].spans[k];

            if (span->cause == EVENT_SEM_BEGIN && gave_up(&timeline->lanes[i], span))
                sum += span->end_ns - span->start_ns;
        }
    return sum;
}

static void verdict_on_mutex(const struct look *look)
{
    fprintf(look->out, ": from reading to writing is a critical section, for one "
                       "thread at a time.");
    if (look->natural)
        return;
    fprintf(look->out, " The work in it is done in turns, too: %s",
            duration_text(look->variant->wall.median, false).text);
    if (waited_in_vain_ns(look) > 0)
        fprintf(look->out, ", with %s of waiting in vain for another to come in",
                duration_text(waited_in_vain_ns(look), false).text);
    fputc('.', look->out);
}

static void verdict_on_one_step(const struct look *look)
{
    fprintf(look->out, ": the critical section is reading and writing alone");
    if (!look->natural)
        fprintf(look->out, ", and the work comes after it: %s",
                duration_text(look->variant->wall.median, false).text);
    fputc('.', look->out);
}

static void verdict_on_atomic(const struct look *look)
{
    fprintf(look->out, ", without a lock: reading and writing are one atomic "
                       "operation.");
}

/** Why what was meant to help does not. */
static void verdict_on_no_fix(const struct look *look)
{
    static const struct {
        const char *name, *why;
    } reasons[] = {
        {"sleep", "Who sleeps first comes later, but before the other is done."},
        {"check-twice", "What was seen twice can change just after the second look."},
        {"wrong-lock", "Each thread had a lock, and none of them the same."},
        {"lock-writes", "What was read without the lock was out of date when it was "
                        "taken."},
        {"faster", "A tenth of the work makes the gap shorter, and leaves it there."},
    };

    if (look->lost == 0) {
        fprintf(look->out, ", by luck: nothing has been mended.");
        return;
    }
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].name, look->variant->variant->name) == 0)
            fprintf(look->out, ". %s", reasons[i].why);
}

/** Said once, of the first variant that has a thread. */
static void verdict_on_one_task(const struct look *look)
{
    for (size_t i = 0; i < look->index; i++)
        if (look->report->variants + i != sequential_of(look->report))
            return;
    say_figures(look);
    fprintf(look->out, ". One task has nobody to race with.");
}

void race_verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {
        {"unsafe", verdict_on_unsafe},     {"mutex", verdict_on_mutex},
        {"one-step", verdict_on_one_step}, {"atomic", verdict_on_atomic},
        {"sleep", verdict_on_no_fix},      {"check-twice", verdict_on_no_fix},
        {"wrong-lock", verdict_on_no_fix}, {"lock-writes", verdict_on_no_fix},
        {"faster", verdict_on_no_fix},
    };
    const struct variant_report *variant = &report->variants[index];
    struct look look = look_at(report, index, out);

    if (!has_time(variant))
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        if (strcmp(variant->variant->name, verdicts[i].name) != 0)
            continue;
        if (look.tasks == 1) {
            verdict_on_one_task(&look);
            return;
        }
        say_figures(&look);
        verdicts[i].say(&look);
    }
}
