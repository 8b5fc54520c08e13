// SPDX-License-Identifier: MIT
#include "webapp_verdict.h"

#include "card_words.h"
#include "demo.h"
#include "text/quantity.h"

#include <string.h>

/** A variant's figures, over all its runs. */
struct figures {
    json_int_t searches, replies, replies_ns;
    json_int_t rows, right, wrong, lost, seen, transactions, visitors;
    bool has_rows, has_seen, has_visitors;
};

static bool is_known(const struct variant_report *variant, const char *key)
{
    for (size_t i = 0; i < variant->run_count; i++)
        if (json_object_get(variant->runs[i].outcome, key) == NULL)
            return false;
    return true;
}

/** @return false: not all that was told is known, or not every reply came, and was
 * right. */
static bool take_figures(const struct variant_report *variant, struct figures *figures)
{
    for (size_t i = 0; i < variant->run_count; i++)
        if (variant->runs[i].timeline.dropped_events > 0)
            return false;
    *figures = (struct figures){
        .searches = outcome_of(variant, "searches"),
        .replies = outcome_of(variant, "replies_right"),
        .replies_ns = outcome_of(variant, "replies_ns"),
        .rows = outcome_of(variant, "rows"),
        .right = outcome_of(variant, "rows_right"),
        .wrong = outcome_of(variant, "rows_wrong"),
        .lost = outcome_of(variant, "rows_lost"),
        .seen = outcome_of(variant, "rows_seen"),
        .transactions = outcome_of(variant, "transactions"),
        .visitors = outcome_of(variant, "visitors"),
        .has_rows = is_known(variant, "rows"),
        .has_seen = is_known(variant, "rows_seen"),
        .has_visitors = is_known(variant, "visitors"),
    };
    return figures->replies > 0 && figures->replies == figures->searches;
}

/* The table ---------------------------------------------------------------- */

static const struct quantity nothing = {.text = ""};

/** @return false: there is nothing to tell. */
static bool has_figures(const struct variant_report *variant, struct figures *figures)
{
    return variant->status == VARIANT_DONE && take_figures(variant, figures);
}

static struct quantity mean_reply(const struct variant_report *variant, bool ascii)
{
    struct figures figures;

    return has_figures(variant, &figures)
               ? duration_text(figures.replies_ns / figures.replies, ascii)
               : nothing;
}

/** Of all runs; 0: it is not known. */
static json_int_t longest_ns(const struct variant_report *variant)
{
    const json_t *of_runs = json_object_get(variant->outcome, "longest_reply_ns");
    json_int_t longest = 0;

    for (size_t i = 0; i < json_array_size(of_runs); i++) {
        json_int_t ns = json_integer_value(json_array_get(of_runs, i));

        longest = ns > longest ? ns : longest;
    }
    return longest;
}

static struct quantity longest_reply(const struct variant_report *variant, bool ascii)
{
    struct figures figures;

    return longest_ns(variant) > 0 && has_figures(variant, &figures)
               ? duration_text(longest_ns(variant), ascii)
               : nothing;
}

static struct quantity rows_right(const struct variant_report *variant, bool ascii)
{
    struct figures figures;

    (void)ascii;
    return has_figures(variant, &figures) && figures.has_rows
               ? part_text(figures.right, figures.searches)
               : nothing;
}

static struct quantity rows_seen(const struct variant_report *variant, bool ascii)
{
    struct figures figures;

    (void)ascii;
    return has_figures(variant, &figures) && figures.has_seen && figures.seen >= 0
               ? number_text(figures.seen)
               : nothing;
}

static void title(const struct report *report, FILE *out)
{
    (void)report;
    fputs("When replies came, and which searches are in the log", out);
}

const struct figure_table webapp_figures = {
    .title = title,
    .columns = {{"mean reply", "replies after ", " on average", .figure = mean_reply},
                {"slowest", "the slowest after ", "", .figure = longest_reply},
                {"in the log", "", " searches in the log", .figure = rows_right},
                {"seen at once", "rows seen right after the last reply: ", "",
                 .is_lesser = true, .figure = rows_seen}},
};

/* The verdict -------------------------------------------------------------- */

/** "inline: each reply waited for its row; ", where there is each; of the others, where
 * all replies came earlier than any row can. */
static void say_replies(const struct report *report,
                        const struct variant_report *variant,
                        const struct figures *figures, FILE *out)
{
    bool is_inline = strcmp(variant->variant->name, "inline") == 0;
    bool is_one = figures->replies == 1;
    json_int_t longest = longest_ns(variant);

    fprintf(out, "%s: ", variant->variant->name);
    if (is_inline && figures->has_rows && figures->rows == figures->searches)
        fprintf(out, "%s reply waited for its row; ", is_one ? "the" : "each");
    else if (!is_inline && longest > 0 &&
             longest < shortest_ttl_ns(&report->options->tasks))
        fputs(is_one ? "the reply did not wait for its row; "
                     : "no reply waited for its row; ",
              out);
}

/** "every search is in the log", "1 of 4 searches is in the log". */
static void say_rows(const struct figures *figures, FILE *out)
{
    if (!figures->has_rows)
        fputs("the log cannot be read", out);
    else if (figures->right == figures->searches && figures->wrong == 0)
        fprintf(out, "%s search is in the log",
                figures->searches == 1 ? "the" : "every");
    else
        fprintf(out, "%s of %s searches %s in the log",
                number_text(figures->right).text, number_text(figures->searches).text,
                figures->right == 1 ? "is" : "are");
    fputc('.', out);
}

/** " 4 rows were lost, and counted: database is locked." */
static void say_losses(const struct variant_report *variant,
                       const struct figures *figures, FILE *out)
{
    const char *before = ": ", *reason;
    json_t *number;

    if (figures->lost == 0)
        return;
    fprintf(out, " %s %s lost, and counted", number_text(figures->lost).text,
            figures->lost == 1 ? "row was" : "rows were");
    json_object_foreach(json_object_get(variant->outcome, "lost"), reason, number)
    {
        fprintf(out, "%s%s", before, reason);
        before = ", ";
    }
    fputc('.', out);
}

/** Whether it was looked at before the rows were there. */
static bool is_early(const struct figures *figures)
{
    return figures->has_seen && figures->has_rows && figures->seen >= 0 &&
           figures->seen < figures->rows;
}

/** Once: of the first variant where it was so. */
static void say_seen(const struct report *report, size_t index,
                     const struct figures *figures, FILE *out)
{
    struct figures before;

    if (!is_early(figures))
        return;
    for (size_t i = 0; i < index; i++)
        if (report->variants[i].status == VARIANT_DONE &&
            take_figures(&report->variants[i], &before) && is_early(&before))
            return;
    if (figures->searches == 1)
        fputs(" Right after the reply, it was not there yet.", out);
    else if (figures->seen == 0)
        fprintf(out,
                " Right after the last reply, the log had none of its %s rows yet.",
                number_text(figures->rows).text);
    else
        fprintf(out,
                " Right after the last reply, the log had %s of its %s rows: the rest "
                "was still to be written.",
                number_text(figures->seen).text, number_text(figures->rows).text);
}

/** " Its 6 rows took 2 transactions: ...", where a transaction had several. */
static void say_transactions(const struct figures *figures, size_t runs, FILE *out)
{
    if (!figures->has_rows || figures->transactions == 0 ||
        figures->transactions >= figures->rows)
        return;
    fprintf(out, " Its %s rows took %s %s", number_text(figures->rows).text,
            number_text(figures->transactions).text,
            figures->transactions == 1 ? "transaction" : "transactions");
    if (runs > 1)
        fprintf(out, ", in %s runs", number_text((json_int_t)runs).text);
    fprintf(out, ": %s wrote all rows that waited when it began.",
            figures->transactions == 1 ? "it" : "each");
}

static void say_context(const struct figures *figures, FILE *out)
{
    json_int_t missing = figures->searches - figures->rows - figures->lost;
    const char *whose = figures->wrong == 1 ? "row has words that are another's"
                                            : "rows have words of other searches";

    if (!figures->has_rows)
        return;
    if (figures->wrong > 0)
        fprintf(out,
                " %s %s: the handler had used its request again before the thread "
                "wrote it down.",
                number_text(figures->wrong).text, whose);
    if (missing > 0)
        fprintf(out, " %s %s, and nobody knows: no thread's error was looked at.",
                number_text(missing).text,
                missing == 1 ? "row is missing" : "rows are missing");
}

static void say_shared(const struct variant_report *variant, FILE *out)
{
    const json_t *lost = json_object_get(variant->outcome, "lost");

    if (json_object_get(lost, "a transaction is refused") != NULL)
        fputs(" A connection has one transaction at a time, whoever began it.", out);
}

static void say_visitors(const struct figures *figures, size_t runs, FILE *out)
{
    if (!figures->has_visitors || figures->visitors == 0)
        return;
    if (figures->visitors == (json_int_t)runs)
        fprintf(out, " All came from one visitor, who is in the table once%s.",
                runs == 1 ? "" : ", in each run");
    else if (figures->visitors > (json_int_t)runs && runs == 1)
        fprintf(out,
                " All came from one visitor, who is in the table %s times: so many "
                "threads looked "
                "before the first of these rows was there.",
                number_text(figures->visitors).text);
    else
        fprintf(out,
                " All came from one visitor, who is in the table %s times, in %s runs.",
                number_text(figures->visitors).text,
                number_text((json_int_t)runs).text);
}

/** Of a server that stayed up, and answered whoever asked. */
static void say_served(const struct variant_report *variant, FILE *out)
{
    json_int_t searches = outcome_of(variant, "searches");
    struct figures figures = {.lost = outcome_of(variant, "rows_lost")};

    fprintf(out, "%s: %s %s answered", variant->variant->name,
            number_text(searches).text, searches == 1 ? "search was" : "searches were");
    if (searches > 0)
        fprintf(out, ", after %s%s",
                duration_text(outcome_of(variant, "replies_ns") / searches, false).text,
                searches == 1 ? "" : " (the mean)");
    if (is_known(variant, "rows"))
        fprintf(out, "; the log has %s %s",
                number_text(outcome_of(variant, "rows")).text,
                outcome_of(variant, "rows") == 1 ? "row" : "rows");
    fputc('.', out);
    say_losses(variant, &figures, out);
}

void webapp_verdict(const struct report *report, size_t index, FILE *out)
{
    const struct variant_report *variant = &report->variants[index];
    const char *name = variant->variant->name;
    struct figures figures;

    if (variant->status != VARIANT_DONE)
        return;
    if (serving(report->options) != NULL) {
        say_served(variant, out);
        return;
    }
    if (!take_figures(variant, &figures))
        return;
    say_replies(report, variant, &figures, out);
    say_rows(&figures, out);
    say_losses(variant, &figures, out);
    if (strcmp(name, "batch") == 0)
        say_transactions(&figures, variant->run_count, out);
    if (strcmp(name, "lost-context") == 0)
        say_context(&figures, out);
    else if (strcmp(name, "shared-connection") == 0)
        say_shared(variant, out);
    else if (figures.has_visitors)
        say_visitors(&figures, variant->run_count, out);
    else if (strcmp(name, "inline") != 0)
        say_seen(report, index, &figures, out);
}
