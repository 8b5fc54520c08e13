// SPDX-License-Identifier: MIT
#include "context_verdict.h"

#include "card_words.h"
#include "text/quantity.h"

#include <string.h>

/** What a verdict looks at, of all runs. */
struct look {
    const struct variant_report *variant;
    json_int_t requests, wrong, runs, runs_with_wrong;
    FILE *out;
};

/** Whether each run told when it replied, and when it wrote. */
static bool has_times(const struct variant_report *variant)
{
    for (size_t i = 0; i < variant->run_count; i++)
        if (json_object_get(variant->runs[i].outcome, "written_ns") == NULL)
            return false;
    return true;
}

/* The table ------------------------------------------------------------------ */

/** Whether each run came to its end. */
static bool is_whole(const struct variant_report *variant)
{
    return has_time(variant) &&
           outcome_of(variant, "runs") == (json_int_t)variant->run_count;
}

static struct quantity average(const struct variant_report *variant, const char *key,
                               bool ascii)
{
    json_int_t requests = outcome_of(variant, "requests");

    if (!is_whole(variant) || !has_times(variant) || requests <= 0)
        return (struct quantity){.text = ""};
    return duration_text(outcome_of(variant, key) / requests, ascii);
}

static struct quantity to_reply(const struct variant_report *variant, bool ascii)
{
    return average(variant, "replied_ns", ascii);
}

static struct quantity to_row(const struct variant_report *variant, bool ascii)
{
    return average(variant, "written_ns", ascii);
}

static struct quantity rows_wrong(const struct variant_report *variant, bool ascii)
{
    (void)ascii;
    return is_whole(variant) ? part_text(outcome_of(variant, "rows_wrong"),
                                         outcome_of(variant, "requests"))
                             : (struct quantity){.text = ""};
}

static void title(const struct report *report, FILE *out)
{
    bool is_one = report->options->tasks.count == 1 && report->options->repeat == 1;

    fprintf(out, "From a request to its reply and to its row%s",
            is_one ? "" : ", on average");
}

const struct figure_table context_figures = {
    .title = title,
    .columns = {{"to reply", "reply after ", "", .figure = to_reply},
                {"to row", "row after ", "", .figure = to_row},
                {"rows wrong", "", " rows wrong", .figure = rows_wrong}},
};

/* The verdict ---------------------------------------------------------------- */

/** "2 of 3 rows are wrong", "in 30 of 30 runs rows are wrong, 60 of 90 in all". */
static void say_wrong(const struct look *look)
{
    fprintf(look->out, "%s: ", look->variant->variant->name);
    if (look->wrong == 0 && look->requests == 1)
        fprintf(look->out, "the row is right");
    else if (look->wrong == 0 && look->requests == 2)
        fprintf(look->out, "both rows are right");
    else if (look->wrong == 0)
        fprintf(look->out, "all %s rows are right", number_text(look->requests).text);
    else if (look->runs > 1)
        fprintf(look->out, "in %s of %s runs rows are wrong, %s of %s in all",
                number_text(look->runs_with_wrong).text, number_text(look->runs).text,
                number_text(look->wrong).text, number_text(look->requests).text);
    else
        fprintf(look->out, "%s of %s rows %s wrong", number_text(look->wrong).text,
                number_text(look->requests).text, look->wrong == 1 ? "is" : "are");
}

/** Whether in each run all rows were wrong but one: that of the last request. */
static bool all_but_the_last(const struct look *look)
{
    for (size_t i = 0; i < look->variant->run_count; i++) {
        const json_t *outcome = look->variant->runs[i].outcome;

        if (json_integer_value(json_object_get(outcome, "rows_wrong")) !=
            json_integer_value(json_object_get(outcome, "requests")) - 1)
            return false;
    }
    return true;
}

static void verdict_on_inline(const struct look *look)
{
    say_wrong(look);
    fprintf(look->out, "; %s.",
            look->requests == 1 ? "the caller waited until it was written"
                                : "each caller waited until his own was written");
}

static void verdict_on_pointer(const struct look *look)
{
    say_wrong(look);
    if (look->requests == look->runs)
        fprintf(look->out, ", as nobody came after it: one request alone shows "
                           "nothing of the bug.");
    else if (look->wrong == 0)
        fprintf(look->out, ". That was luck: each writer looked before the next "
                           "request was in the slot.");
    else
        fprintf(look->out, ". When %s looked, the slot held a later request.",
                look->wrong == 1 ? "its writer" : "their writers");
    if (look->wrong > 0 && all_but_the_last(look))
        fprintf(look->out, " The last row is right, as nobody came after it: a test "
                           "with one request would pass.");
}

static void verdict_on_copy(const struct look *look)
{
    say_wrong(look);
    fputs(look->wrong == 0 ? ": a copy does not change with the slot." : ".",
          look->out);
}

static void verdict_on_owned(const struct look *look)
{
    say_wrong(look);
    if (look->wrong > 0)
        fputc('.', look->out);
    else
        fputs(look->requests == 1 ? ": its writer owned the request, and freed it."
                                  : ": each writer owned its request, and freed it.",
              look->out);
}

void context_verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {{"inline", verdict_on_inline},
                    {"pointer", verdict_on_pointer},
                    {"copy", verdict_on_copy},
                    {"owned", verdict_on_owned}};
    const struct variant_report *variant = &report->variants[index];
    struct look look = {
        .variant = variant,
        .requests = outcome_of(variant, "requests"),
        .wrong = outcome_of(variant, "rows_wrong"),
        .runs = (json_int_t)variant->run_count,
        .runs_with_wrong = outcome_of(variant, "runs_with_wrong"),
        .out = out,
    };

    if (!is_whole(variant))
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(&look);
}
