// SPDX-License-Identifier: MIT
#include "classroom/class/view.h"

#include "card.h"
#include "classroom/predict.h"
#include "text/width.h"
#include "view/histogram.h"
#include "view/prediction.h"
#include "view/votes/sum.h"
#include "view/votes/words.h"

#include <stdlib.h>
#include <string.h>

#define BAR_COLUMNS_MAX 30
#define BAR_COLUMNS_MIN 5
#define GAP             2

/** Of a reason so much is shown. */
#define REASON_COLUMNS 200

struct drawing {
    struct pen *pen;
    const struct class_figures *figures;
    struct class_counts counts;
    size_t shown;  /**< which rounds: the first, or both beside each other */
    bool is_short; /**< of the mark only the arrow fits */
    bool is_told;  /**< in sentences: plain, or no room even for the numbers */
    unsigned indent, label, bar, number; /**< columns; `bar` 0: there is no room */
};

void class_put_question(struct pen *pen, const struct class_view *view)
{
    const struct options *options = view->report->options;
    const struct variant *variant = &options->card->demo->variants[options->voted_on];
    pen_newline(pen);
    if (view->is_over) {
        pen_put(pen, INK_PLAIN, "What the class said of");
        pen_move(pen, pen->column + 1);
        pen_put(pen, INK_STRONG, variant->name);
        pen_put(pen, INK_PLAIN, ":");
        pen_newline(pen);
        return;
    }
    pen_put(pen, INK_STRONG, variant->name);
    pen_put(pen, INK_PLAIN, ":");
    pen_wrap(pen, INK_PLAIN, 0, pen->style->width, predict_about(variant));
    pen_wrap(pen, INK_PLAIN, 0, pen->style->width, predict_question(options));
}

/* Laying out ---------------------------------------------------------------- */

static struct quantity label_of(const struct drawing *d, size_t bin)
{
    return class_bin_label(&d->figures->bins, bin, !d->pen->style->unicode);
}

static unsigned mark_columns(const struct drawing *d)
{
    if (d->figures->measured < 0)
        return 0;
    return GAP + 1 + (d->is_short ? 0 : 1 + text_width(d->figures->mark.text));
}

/** Columns of the bars with so many rounds side by side; 0: too few. */
static unsigned room_for(const struct drawing *d, unsigned rounds)
{
    unsigned width = d->pen->style->width;
    unsigned taken =
        d->indent + d->label + mark_columns(d) + rounds * (GAP + 1 + d->number);
    unsigned bar = width > taken ? (width - taken) / rounds : 0;
    return bar > BAR_COLUMNS_MAX ? BAR_COLUMNS_MAX : bar < BAR_COLUMNS_MIN ? 0 : bar;
}

static void lay_out(struct drawing *d)
{
    d->indent = d->pen->style->width < 40 ? 0 : 2;
    for (size_t bin = 0; bin < d->figures->bins.count; bin++) {
        unsigned columns = text_width(label_of(d, bin).text);
        d->label = columns > d->label ? columns : d->label;
    }
    d->number = text_width(count_text(d->counts.most).text);
    unsigned rounds = d->figures->again != NULL ? 2 : 1;
    for (d->shown = rounds; d->bar == 0 && d->shown > 0; d->shown--) {
        d->is_short = false;
        d->bar = room_for(d, (unsigned)d->shown);
        d->is_short = d->bar == 0;
        if (d->is_short)
            d->bar = room_for(d, (unsigned)d->shown);
    }
    d->shown++;
    unsigned least = d->indent + d->label + GAP + d->number + mark_columns(d);
    d->is_told = d->bar == 0 && least > d->pen->style->width;
}

/* Drawing ------------------------------------------------------------------- */

static const char *heading_of(const struct drawing *d, size_t round)
{
    bool is_narrow = d->shown > 1 && d->bar + d->number < 12;
    if (is_narrow)
        return round == 0 ? "first" : "second";
    return round == 0 ? "first vote" : "second vote";
}

static unsigned column_of(const struct drawing *d, size_t place)
{
    return d->indent + d->label + GAP +
           (unsigned)place * (d->bar + 1 + d->number + GAP);
}

/** The rounds' names above their bars, where there is room for those. */
static void put_headings(const struct drawing *d, size_t round)
{
    for (size_t i = 0; i < d->shown; i++) {
        pen_move(d->pen, d->bar > 0 ? column_of(d, i) : d->indent);
        pen_put(d->pen, INK_FAINT, heading_of(d, round + i));
    }
    pen_newline(d->pen);
}

static const char *arrow(const struct drawing *d)
{
    return d->pen->style->unicode ? "◀" : "<";
}

static void put_measured(const struct drawing *d, size_t bin)
{
    const struct class_figures *figures = d->figures;
    if (d->counts.measured != bin)
        return;
    pen_move(d->pen, d->pen->column + GAP);
    pen_put(d->pen, INK_STRONG, arrow(d));
    if (!d->is_short) {
        pen_move(d->pen, d->pen->column + 1);
        pen_put(d->pen, INK_STRONG, figures->mark.text);
    }
}

/** What the arrow is, where it stands alone. */
static void put_key(const struct drawing *d)
{
    if (d->figures->measured < 0 || !d->is_short)
        return;
    pen_move(d->pen, d->indent);
    pen_put(d->pen, INK_STRONG, arrow(d));
    pen_wrap(d->pen, INK_STRONG, d->indent, d->pen->style->width,
             d->figures->mark.text);
}

static void put_bin(const struct drawing *d, size_t round, size_t bin)
{
    struct pen *pen = d->pen;
    pen_move(pen, d->indent);
    pen_put(pen, INK_PLAIN, label_of(d, bin).text);
    for (size_t i = 0; i < d->shown; i++) {
        size_t count = d->counts.at[round + i][bin];
        pen_move(pen, column_of(d, i));
        if (d->bar > 0)
            histogram_bar(pen, count, d->counts.most, d->bar);
        pen_put(pen, count > 0 ? INK_PLAIN : INK_FAINT, count_text(count).text);
    }
    put_measured(d, bin);
    pen_newline(pen);
}

static void put_histogram(const struct drawing *d, size_t round)
{
    pen_newline(d->pen);
    if (d->figures->again != NULL)
        put_headings(d, round);
    for (size_t bin = 0; bin < d->figures->bins.count; bin++)
        put_bin(d, round, bin);
}

/** The same for those who listen: a sentence a bin. */
static void say_bins(const struct drawing *d)
{
    const struct class_figures *figures = d->figures;
    pen_newline(d->pen);
    for (size_t bin = 0; bin < figures->bins.count; bin++) {
        char line[256], then[80] = "";
        size_t count = d->counts.at[0][bin];
        bool here = d->counts.measured == bin;
        if (figures->again != NULL)
            snprintf(then, sizeof then, ", then %s",
                     count_text(d->counts.at[1][bin]).text);
        snprintf(line, sizeof line, "%s: %s vote%s%s%s%s%s", label_of(d, bin).text,
                 count_text(count).text, count == 1 ? "" : "s", then, here ? " (" : "",
                 here ? figures->mark.text : "", here ? ")" : "");
        pen_wrap(d->pen, INK_PLAIN, 0, d->pen->style->width, line);
    }
}

/* Reasons ------------------------------------------------------------------- */

/** One reason a bin at most, the first that was given: without a name. */
static const struct vote *reason_in(const struct class_bins *bins,
                                    const struct votes *votes, size_t bin)
{
    const struct vote *found = NULL;
    for (size_t i = 0; i < votes->count; i++) {
        const struct vote *vote = &votes->at[i];
        if (vote->reason != NULL && class_bin_of(bins, vote->value) == bin &&
            (found == NULL || vote->line < found->line))
            found = vote;
    }
    return found;
}

static void put_reason(const struct drawing *d, const struct vote *vote,
                       const char *safe)
{
    char line[2048];
    enum predicted kind = d->figures->bins.kind;
    snprintf(line, sizeof line, "%s: %s",
             predicted_text(kind, vote->value, !d->pen->style->unicode).text, safe);
    pen_move(d->pen, 2);
    pen_wrap(d->pen, INK_PLAIN, 2, d->pen->style->width, line);
}

static void put_reasons(const struct drawing *d, const struct votes *votes)
{
    const struct class_bins *bins = &d->figures->bins;
    const struct style *style = d->pen->style;
    bool any = false;
    for (size_t bin = 0; bin < bins->count; bin++) {
        const struct vote *vote = reason_in(bins, votes, bin);
        char *safe =
            vote != NULL ? safe_cut(vote->reason, REASON_COLUMNS, style) : NULL;
        if (safe == NULL)
            continue;
        if (!any) {
            pen_newline(d->pen);
            pen_wrap(d->pen, INK_PLAIN, 0, style->width, "Some of the reasons:");
        }
        any = true;
        put_reason(d, vote, safe);
        free(safe);
    }
}

/* All of it ------------------------------------------------------------------- */

static int put_words(struct pen *pen, const struct class_figures *figures)
{
    char *text = class_words(figures, !pen->style->unicode);
    if (text == NULL)
        return UV_ENOMEM;
    pen_newline(pen);
    pen_wrap(pen, INK_PLAIN, 0, pen->style->width, text);
    free(text);
    return 0;
}

int class_put_votes(struct pen *pen, const struct class_view *view)
{
    struct class_figures figures;
    struct drawing d = {.pen = pen, .figures = &figures};
    int result =
        class_figures_of(&figures, view->report, view->is_over, !pen->style->unicode);
    if (result != 0)
        return result;
    class_count(&figures, &d.counts);
    lay_out(&d);
    d.is_told |= view->plain;
    if (d.is_told)
        say_bins(&d);
    else
        put_histogram(&d, 0);
    if (!d.is_told && figures.again != NULL && d.shown == 1)
        put_histogram(&d, 1);
    if (!d.is_told)
        put_key(&d);
    if (!view->is_over)
        put_reasons(&d, figures.again != NULL ? figures.again : figures.first);
    return put_words(pen, &figures);
}
