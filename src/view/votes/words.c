// SPDX-License-Identifier: MIT
#include "view/votes/words.h"

#include "text/draft.h"
#include "view/prediction.h"

#include <stdlib.h>
#include <string.h>

/** The variant's part of the report; NULL: it was not run. */
static const struct variant_report *report_on(const struct class_figures *figures)
{
    const struct report *report = figures->report;
    for (size_t i = 0; i < report->variant_count; i++)
        if (report->variants[i].variant == figures->variant)
            return &report->variants[i];
    return NULL;
}

static enum predicted kind_of(const struct class_figures *figures)
{
    return figures->report->card->predicts;
}

static struct quantity measured_text(enum predicted kind, int64_t value, bool ascii)
{
    return kind == PREDICT_TIME ? duration_text(value, ascii)
                                : predicted_text(kind, value, ascii);
}

int class_figures_of(struct class_figures *figures, const struct report *report,
                     bool is_over, bool ascii)
{
    const struct options *options = report->options;
    *figures = (struct class_figures){
        .report = report,
        .variant = &report->card->demo->variants[options->voted_on],
        .first = options->votes,
        .again = options->again,
        .is_over = is_over,
        .measured = -1,
    };
    enum predicted kind = kind_of(figures);
    const struct variant_report *variant = report_on(figures);
    if (is_over && variant != NULL)
        figures->measured = measured_of(report, variant);
    if (figures->measured >= 0 && kind == PREDICT_END)
        snprintf(figures->mark.text, sizeof figures->mark.text, "it %s",
                 figures->measured != 0 ? "ended" : "hung");
    else if (figures->measured >= 0)
        snprintf(figures->mark.text, sizeof figures->mark.text, "measured: %.40s",
                 measured_text(kind, figures->measured, ascii).text);
    int result = class_sum_up(&figures->first_sum, figures->first);
    if (result == 0 && figures->again != NULL)
        result = class_sum_up(&figures->again_sum, figures->again);
    figures->bins = class_bins_for(kind, &figures->first_sum,
                                   figures->again != NULL ? &figures->again_sum : NULL,
                                   figures->measured);
    return result;
}

void class_count(const struct class_figures *figures, struct class_counts *counts)
{
    const struct votes *rounds[] = {figures->first, figures->again};
    *counts = (struct class_counts){.most = 1, .measured = SIZE_MAX};
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; rounds[round] != NULL && i < rounds[round]->count; i++) {
            size_t bin = class_bin_of(&figures->bins, rounds[round]->at[i].value);
            size_t count = ++counts->at[round][bin];
            counts->most = count > counts->most ? count : counts->most;
        }
    if (figures->measured >= 0)
        counts->measured = class_bin_of(&figures->bins, figures->measured);
}

/* Sentences ------------------------------------------------------------------ */

static void say_ends(const struct class_sum *sum, FILE *out)
{
    size_t hangs = sum->count - sum->ends;
    if (sum->ends == 0 || hangs == 0)
        fprintf(out, "%s that it %s", sum->count == 1 ? "says" : "all say",
                hangs == 0 ? "ends" : "hangs");
    else
        fprintf(out, "%s say%s that it ends, %s that it hangs",
                count_text(sum->ends).text, sum->ends == 1 ? "s" : "",
                count_text(hangs).text);
}

/** "12 votes: the median is 3 s, the middle half lies from 2 s to 4 s."
 * @round: "First vote", or NULL: there is only one. */
static void say_votes(const struct class_figures *figures, const struct class_sum *sum,
                      const char *round, bool ascii, FILE *out)
{
    enum predicted kind = kind_of(figures);
    struct quantity count = count_text(sum->count);
    if (round != NULL)
        fprintf(out, "%s (%s): ", round, count.text);
    else
        fprintf(out, "%s vote%s: ", count.text, sum->count == 1 ? "" : "s");
    if (kind == PREDICT_END) {
        say_ends(sum, out);
    } else if (sum->least == sum->most) {
        fprintf(out, "%s%s", sum->count == 1 ? "" : "all say ",
                predicted_text(kind, sum->median, ascii).text);
    } else {
        fprintf(out, "the median is %s, ",
                predicted_text(kind, sum->median, ascii).text);
        if (sum->low == sum->high)
            fprintf(out, "the middle half says %s",
                    predicted_text(kind, sum->low, ascii).text);
        else
            fprintf(out, "the middle half lies from %s to %s",
                    predicted_text(kind, sum->low, ascii).text,
                    predicted_text(kind, sum->high, ascii).text);
    }
    fputc('.', out);
}

/** "threads took 2.00 s." */
static void say_measured(const struct class_figures *figures, bool ascii, FILE *out)
{
    enum predicted kind = kind_of(figures);
    const char *name = figures->variant->name;
    struct quantity text = measured_text(kind, figures->measured, ascii);
    if (figures->measured < 0)
        fprintf(out, "Of %s nothing was measured.", name);
    else if (kind == PREDICT_TIME)
        fprintf(out, "%s took %s.", name, text.text);
    else if (kind == PREDICT_COUNT)
        fprintf(out, "%s came to %s.", name, text.text);
    else
        fprintf(out, "%s %s.", name, figures->measured != 0 ? "ended" : "hung");
}

/** How far the median was, and is, from what was measured. */
static void say_median(const struct class_figures *figures, bool ascii, FILE *out)
{
    enum predicted kind = kind_of(figures);
    int64_t before = llabs(figures->first_sum.median - figures->measured);
    int64_t after = llabs(figures->again_sum.median - figures->measured);
    if (kind == PREDICT_END)
        return;
    if (figures->again == NULL) {
        fprintf(out, " The median was %s away.",
                measured_text(kind, before, ascii).text);
        return;
    }
    fprintf(out, " The median was %s away", measured_text(kind, before, ascii).text);
    if (after == before)
        fputs(" both times.", out);
    else
        fprintf(out, ", then %s.", measured_text(kind, after, ascii).text);
}

/** "Of 12 who voted both times, 7 came closer, 5 moved away"; "All 12 who ...". */
static void say_one_move(FILE *out, const struct class_moves *moves, size_t count,
                         const char *words)
{
    if (count > 0 && count == moves->both)
        fprintf(out, " %s", words);
    else if (count > 0)
        fprintf(out, ", %s %s", count_text(count).text, words);
}

static void say_moves(const struct class_figures *figures, FILE *out)
{
    struct class_moves moves =
        class_moves_of(figures->first, figures->again, figures->measured);
    bool is_end = kind_of(figures) == PREDICT_END;
    bool alike = moves.closer == moves.both || moves.farther == moves.both ||
                 moves.same == moves.both;
    if (moves.both == 0) {
        fputs(" Nobody voted under the same name both times.", out);
        return;
    }
    if (moves.both == 1)
        fputs(" The one who voted both times", out);
    else
        fprintf(out, " %s %s who voted both times", alike ? "All" : "Of",
                count_text(moves.both).text);
    say_one_move(out, &moves, moves.closer,
                 is_end ? "changed to what happened" : "came closer");
    say_one_move(out, &moves, moves.farther,
                 is_end ? "changed away from it" : "moved away");
    say_one_move(out, &moves, moves.same,
                 is_end ? "said the same again" : "stayed as far away as before");
    fputc('.', out);
}

static void say_all(const struct class_figures *figures, bool ascii, FILE *out)
{
    bool again = figures->again != NULL;
    say_votes(figures, &figures->first_sum, again ? "First vote" : NULL, ascii, out);
    if (again) {
        fputc('\n', out);
        say_votes(figures, &figures->again_sum, "Second vote", ascii, out);
    }
    if (!figures->is_over)
        return;
    fputc('\n', out);
    say_measured(figures, ascii, out);
    if (figures->measured < 0)
        return;
    say_median(figures, ascii, out);
    if (again && figures->first->at[0].name != NULL)
        say_moves(figures, out);
}

char *class_words(const struct class_figures *figures, bool ascii)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        say_all(figures, ascii, out);
    return draft_close(&draft);
}
