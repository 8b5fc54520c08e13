// SPDX-License-Identifier: MIT
#include "view/prediction.h"

#include "text/draft.h"
#include "text/width.h"
#include "view/chosen_run.h"
#include "view/endings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/** More of a reason is not shown: it is one line of a person's. */
#define REASON_COLUMNS 160
#define REASON_BYTES   2048

bool predictions_are_below_axis(const struct report *report)
{
    const char *first = report->card->demo->variants[0].name;
    size_t count = 0;
    for (size_t i = 0; i < report->variant_count; i++)
        count += strcmp(report->variants[i].variant->name, first) != 0;
    return count <= 1;
}

struct quantity predicted_text(enum predicted kind, int64_t value, bool ascii)
{
    struct quantity text = {""};
    if (kind == PREDICT_TIME)
        return ttl_text(value, ascii);
    if (kind == PREDICT_COUNT)
        return count_text((uint64_t)value);
    snprintf(text.text, sizeof text.text, value != 0 ? "it ends" : "it hangs");
    return text;
}

int64_t measured_of(const struct report *report, const struct variant_report *variant)
{
    const struct run *run = drawn_run(variant);
    bool failed = run == NULL || failed_run(variant) != NULL;
    if (report->card->predicts == PREDICT_TIME)
        return variant->comparable > 0 ? variant->wall.median : -1;
    if (report->card->predicts == PREDICT_END)
        return failed ? -1 : stuck_runs(variant) == 0;
    return run != NULL && run->ending == ENDING_RETURN
               ? report->card->counted(report, run)
               : -1;
}

/* The sentences ------------------------------------------------------------ */

static void say_difference(int64_t more, struct quantity by, FILE *out)
{
    if (more == 0)
        fputs(": the same", out);
    else
        fprintf(out, ": %s %s", by.text, more > 0 ? "more" : "less");
}

/** "it took 10.0 s, the median of 5 runs: 2.00 s less". */
static void say_time(const struct variant_report *variant, int64_t said, bool ascii,
                     FILE *out)
{
    int64_t more = variant->wall.median - said;
    fprintf(out, "it took %s", duration_text(variant->wall.median, ascii).text);
    if (variant->comparable > 1)
        fprintf(out, ", the median of %s runs", count_text(variant->comparable).text);
    say_difference(more, duration_text(more > 0 ? more : -more, ascii), out);
}

/** The least and the most of the runs; false: none has told. */
static bool count_runs(const struct report *report,
                       const struct variant_report *variant, int64_t *min, int64_t *max)
{
    bool any = false;
    for (size_t i = 0; i < variant->run_count; i++) {
        const struct run *run = &variant->runs[i];
        int64_t count =
            run->ending == ENDING_RETURN ? report->card->counted(report, run) : -1;
        if (count < 0)
            continue;
        *min = !any || count < *min ? count : *min;
        *max = !any || count > *max ? count : *max;
        any = true;
    }
    return any;
}

static bool say_count(const struct report *report, const struct variant_report *variant,
                      int64_t said, FILE *out)
{
    int64_t min = 0, max = 0;
    if (!count_runs(report, variant, &min, &max))
        return false;
    size_t runs = variant->run_count;
    fprintf(out, "it was %s", count_text((uint64_t)min).text);
    if (max > min)
        fprintf(out, " to %s", count_text((uint64_t)max).text);
    if (runs > 1)
        fprintf(out, " in %s runs", count_text(runs).text);
    if (max == min)
        say_difference(min - said, count_text((uint64_t)llabs(min - said)), out);
    return true;
}

static void say_end(const struct variant_report *variant, FILE *out)
{
    size_t stuck = stuck_runs(variant), runs = variant->run_count;
    if (runs == 1)
        fputs(stuck > 0 ? "it hung" : "it ended", out);
    else if (stuck == 0)
        fprintf(out, "it ended in all %s runs", count_text(runs).text);
    else if (stuck == runs)
        fprintf(out, "it hung in all %s runs", count_text(runs).text);
    else
        fprintf(out, "it hung in %s of %s runs", count_text(stuck).text,
                count_text(runs).text);
}

/** Where there is nothing to compare with. */
static void say_no_end(const struct report *report,
                       const struct variant_report *variant, bool ascii, FILE *out)
{
    const struct run *failed = failed_run(variant);
    if (variant->status == VARIANT_SKIPPED)
        fprintf(out, "it was %s", skipped_words(report, variant, ascii).text);
    else if (variant->run_count == 0)
        fputs("it was not run", out);
    else if (failed != NULL)
        fprintf(out, "it %s%s", failed->ending == ENDING_EXIT ? "" : "was ",
                ending_words(report, failed, ascii).text);
    else if (stuck_runs(variant) > 0)
        fprintf(out, "it was %s", stuck_words(variant).text);
    else
        fputs("it was stopped meanwhile, and its time says nothing", out);
}

static void say_outcome(const struct report *report,
                        const struct variant_report *variant, int64_t said, bool ascii,
                        FILE *out)
{
    enum predicted kind = report->card->predicts;
    bool is_over = variant->run_count > 0 && failed_run(variant) == NULL;
    if (kind == PREDICT_TIME && variant->comparable > 0)
        say_time(variant, said, ascii, out);
    else if (kind == PREDICT_END && is_over)
        say_end(variant, out);
    else if (kind != PREDICT_COUNT || !say_count(report, variant, said, out))
        say_no_end(report, variant, ascii, out);
}

/** A time needs no question to be understood, and neither does a hang; a count does. */
static void say_question(const struct report *report, FILE *out)
{
    const struct card *card = report->card;
    if (card->predicts == PREDICT_COUNT && card->count_question != NULL)
        fprintf(out, "%s ", card->count_question(report->options));
}

void say_predictions(const struct report *report, const struct style *style, FILE *out)
{
    bool ascii = !style->unicode, any = false;
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct variant_report *variant = &report->variants[i];
        const struct prediction *prediction = report_prediction(report, variant);
        if (prediction == NULL)
            continue;
        const char *name = variant->variant->name;
        struct quantity said =
            predicted_text(report->card->predicts, prediction->value, ascii);
        if (!any)
            say_question(report, out);
        if (report->card->predicts == PREDICT_END)
            fprintf(out, "%sYou said of %s that %s; ", any ? " " : "", name, said.text);
        else
            fprintf(out, "%sYou said %s for %s; ", any ? " " : "", said.text, name);
        say_outcome(report, variant, prediction->value, ascii, out);
        fputc('.', out);
        any = true;
    }
}

/* The mark --------------------------------------------------------------- */

struct marked {
    struct pen *pen;
    const struct layout *layout;
    unsigned column;    /**< of the mark */
    const char *words;  /**< "you: 11 s" */
    const char *reason; /**< safe; "": none */
    char *all;          /**< both */
};

static const char *mark_of(const struct pen *pen)
{
    return pen->style->unicode ? "▲" : "^";
}

/** The mark with words on the side of it where they fit.  @return whether they do. */
static bool put_beside(const struct marked *m, const char *words)
{
    unsigned columns = text_width(words), width = m->pen->style->width;
    bool right = m->column + 2 + columns <= width;
    if (!right && columns + 1 > m->column)
        return false;
    if (!right) {
        pen_put_right(m->pen, INK_PLAIN, words, m->column - 1);
        pen_move(m->pen, m->column);
    } else {
        pen_move(m->pen, m->column);
    }
    pen_put(m->pen, INK_STRONG, mark_of(m->pen));
    if (right) {
        pen_move(m->pen, m->column + 2);
        pen_put(m->pen, INK_PLAIN, words);
    }
    pen_newline(m->pen);
    return true;
}

static void put_wrapped(const struct marked *m, const char *words)
{
    if (*words == '\0')
        return;
    pen_move(m->pen, m->layout->indent);
    pen_wrap(m->pen, INK_PLAIN, m->layout->indent, m->pen->style->width, words);
}

static void put_mark(const struct marked *m)
{
    if (put_beside(m, m->all))
        return;
    if (put_beside(m, m->words)) {
        put_wrapped(m, m->reason);
        return;
    }
    pen_move(m->pen, m->column);
    pen_put(m->pen, INK_STRONG, mark_of(m->pen));
    pen_newline(m->pen);
    put_wrapped(m, m->all);
}

/** "you: 12 s (past the end) ▶". */
static void put_together(const struct pen *pen, const struct scene *scene,
                         const char *words, bool before, char *to, size_t size)
{
    bool window = scene->report->options->to_ns >= 0 && !scene->window_is_past;
    bool unicode = pen->style->unicode;
    const char *left = unicode ? "◀ " : "< ", *right = unicode ? " ▶" : " >";
    snprintf(to, size, "%s%s (%s)%s", before ? left : "", words,
             before || window ? "not in this window" : "past the end",
             before ? "" : right);
}

/** In place of a mark, on that side of the axis where it would be. */
static void put_outside(struct pen *pen, const struct scene *scene,
                        const struct marked *m, bool before)
{
    const struct layout *layout = &scene->layout;
    unsigned end = layout->left + layout->columns;
    char words[REASON_BYTES + 160];
    const char *reason = "";
    put_together(pen, scene, m->all, before, words, sizeof words);
    if (text_width(words) > (before ? layout->columns : end)) {
        put_together(pen, scene, m->words, before, words, sizeof words);
        reason = m->reason;
    }
    if (text_width(words) > (before ? layout->columns : end)) {
        put_wrapped(m, words);
    } else {
        if (before) {
            pen_move(pen, layout->left);
            pen_put(pen, INK_PLAIN, words);
        } else {
            pen_put_right(pen, INK_PLAIN, words, end);
        }
        pen_newline(pen);
    }
    put_wrapped(m, reason);
}

static void put_time(struct pen *pen, const struct scene *scene, struct marked *m,
                     int64_t at_ns)
{
    const struct axis *axis = &scene->axis;
    if (at_ns < axis->from_ns || at_ns > axis->to_ns) {
        put_outside(pen, scene, m, at_ns < axis->from_ns);
        return;
    }
    m->column = scene->layout.left + axis_column(axis, at_ns);
    put_mark(m);
}

/** What is no time, with what came of it. */
static void put_untimed(const struct scene *scene, const struct marked *m,
                        const struct variant_report *variant, int64_t said)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out == NULL)
        return;
    fprintf(out, "%s", m->all);
    if (variant->status != VARIANT_PENDING && variant->status != VARIANT_RUNNING) {
        fputs("; ", out);
        say_outcome(scene->report, variant, said, !m->pen->style->unicode, out);
    }
    char *text = draft_close(&draft);
    if (text != NULL)
        put_wrapped(m, text);
    free(text);
}

/** A reason as it is shown, in quotes; "": there is none.  NULL: memory ran out. */
static char *quoted(const char *reason, const struct style *style)
{
    char *safe = safe_cut(reason != NULL ? reason : "", REASON_COLUMNS, style);
    char *text = NULL;
    if (safe != NULL && *safe == '\0')
        return safe;
    if (safe == NULL || asprintf(&text, "\"%s\"", safe) < 0)
        text = NULL;
    free(safe);
    return text;
}

void prediction_put(struct pen *pen, const struct scene *scene,
                    const struct variant_report *variant)
{
    const struct prediction *prediction = report_prediction(scene->report, variant);
    if (prediction == NULL)
        return;
    enum predicted kind = scene->report->card->predicts;
    char words[96];
    char *reason = quoted(prediction->reason, pen->style), *all = NULL;
    snprintf(words, sizeof words, "you: %s",
             predicted_text(kind, prediction->value, !pen->style->unicode).text);
    if (reason != NULL &&
        asprintf(&all, "%s%s%s", words, *reason != '\0' ? ", " : "", reason) >= 0) {
        struct marked m = {.pen = pen,
                           .layout = &scene->layout,
                           .words = words,
                           .reason = reason,
                           .all = all};
        if (kind == PREDICT_TIME)
            put_time(pen, scene, &m, prediction->value);
        else
            put_untimed(scene, &m, variant, prediction->value);
        free(all);
    }
    free(reason);
}
