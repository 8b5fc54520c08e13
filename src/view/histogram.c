// SPDX-License-Identifier: MIT
#include "view/histogram.h"
#include "card.h"
#include "text/quantity.h"
#include "text/width.h"

#include <stdlib.h>
#include <string.h>

#define BAR_COLUMNS_MAX 40
#define BAR_COLUMNS_MIN 4 /**< shorter ones tell nothing */
#define GAP             2
#define EIGHTHS         8

struct drawing {
    struct pen *pen;
    const struct report *report;
    struct histogram *histograms; /**< one a variant; without bins: there is none */
    bool is_stacked;              /**< variants' names stand on lines of their own */
    uint64_t most;
    unsigned indent, name, label, bar, count; /**< columns; `bar` 0: there is no room */
};

bool histogram_of(const struct report *report, size_t variant,
                  struct histogram *histogram)
{
    const struct card *card = report->card;
    const struct saved_words *saved = report->variants[variant].saved;
    memset(histogram, 0, sizeof *histogram);
    if (saved != NULL) {
        if (saved->histogram != NULL)
            *histogram = *saved->histogram;
        return saved->histogram != NULL;
    }
    return card->histogram != NULL && card->histogram(report, variant, histogram) &&
           histogram->bin_count > 0 && histogram->bin_count <= BINS_MAX;
}

static struct quantity runs_text(uint64_t count)
{
    struct quantity text = count_text(count);
    size_t used = strlen(text.text);
    snprintf(text.text + used, sizeof text.text - used, " run%s",
             count == 1 ? "" : "s");
    return text;
}

static void widen(unsigned *columns, const char *text)
{
    unsigned width = text_width(text);
    *columns = width > *columns ? width : *columns;
}

static void measure(struct drawing *d)
{
    for (size_t i = 0; i < d->report->variant_count; i++) {
        const struct histogram *histogram = &d->histograms[i];
        if (histogram->bin_count > 0)
            widen(&d->name, d->report->variants[i].variant->name);
        for (size_t k = 0; k < histogram->bin_count; k++) {
            uint64_t count = histogram->bins[k].count;
            widen(&d->label, histogram->bins[k].label);
            widen(&d->count, runs_text(count).text);
            d->most = count > d->most ? count : d->most;
        }
    }
}

/** Columns that a bar can have; 0: none worth drawing. */
static unsigned bar_columns(const struct drawing *d)
{
    unsigned names = d->is_stacked ? 0 : d->name + GAP;
    unsigned taken = d->indent + names + d->label + GAP + 1 + d->count;
    unsigned width = d->pen->style->width;
    unsigned bar = width > taken ? width - taken : 0;
    return bar > BAR_COLUMNS_MAX ? BAR_COLUMNS_MAX : bar < BAR_COLUMNS_MIN ? 0 : bar;
}

static void lay_out(struct drawing *d)
{
    d->indent = d->pen->style->width < 40 ? 0 : 2;
    measure(d);
    d->bar = bar_columns(d);
    if (d->bar == 0) {
        d->is_stacked = true;
        d->bar = bar_columns(d);
    }
}

/** A bar's length in eighths of a column; what has happened is seen. */
static unsigned bar_eighths(uint64_t count, uint64_t most, unsigned room)
{
    double part = most > 0 ? (double)count / (double)most : 0;
    unsigned eighths = (unsigned)(part * room * EIGHTHS + 0.5);
    return count > 0 && eighths == 0 ? 1 : eighths;
}

void histogram_bar(struct pen *pen, uint64_t count, uint64_t most, unsigned room)
{
    static const char *const parts[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    unsigned eighths = bar_eighths(count, most, room);
    bool unicode = pen->style->unicode;
    unsigned columns = unicode ? eighths / EIGHTHS : (eighths + EIGHTHS - 1) / EIGHTHS;
    for (unsigned i = 0; i < columns; i++)
        pen_put(pen, INK_RUN, unicode ? "█" : "#");
    if (unicode)
        pen_put(pen, INK_RUN, parts[eighths % EIGHTHS]);
    if (eighths > 0)
        pen_move(pen, pen->column + 1);
}

static void put_bin(const struct drawing *d, const struct bin *bin)
{
    struct pen *pen = d->pen;
    unsigned at = d->indent + (d->is_stacked ? 0 : d->name + GAP);
    if (d->bar == 0) {
        char line[256];
        snprintf(line, sizeof line, "%s: %s", bin->label, runs_text(bin->count).text);
        pen_move(pen, 2);
        pen_wrap(pen, INK_PLAIN, 2, pen->style->width, line);
        return;
    }
    pen_move(pen, at);
    pen_put(pen, INK_PLAIN, bin->label);
    pen_move(pen, at + d->label + GAP);
    histogram_bar(pen, bin->count, d->most, d->bar);
    pen_put(pen, bin->count > 0 ? INK_PLAIN : INK_FAINT, runs_text(bin->count).text);
    pen_newline(pen);
}

static void put_histogram(const struct drawing *d, size_t variant)
{
    const struct histogram *histogram = &d->histograms[variant];
    const char *name = d->report->variants[variant].variant->name;
    pen_move(d->pen, d->indent);
    if (d->is_stacked)
        pen_wrap(d->pen, INK_STRONG, d->indent, d->pen->style->width, name);
    else
        pen_put(d->pen, INK_STRONG, name);
    for (size_t i = 0; i < histogram->bin_count; i++)
        put_bin(d, &histogram->bins[i]);
}

static void put_all(const struct drawing *d)
{
    const char *title = NULL;
    for (size_t i = 0; i < d->report->variant_count; i++) {
        if (d->histograms[i].bin_count == 0)
            continue;
        if (title == NULL || strcmp(title, d->histograms[i].title) != 0) {
            title = d->histograms[i].title;
            pen_newline(d->pen);
            pen_wrap(d->pen, INK_PLAIN, 0, d->pen->style->width, title);
        }
        put_histogram(d, i);
    }
}

/** Of texts from a card, as the style has them; they are meant to be short. */
static void make_safe(char *text, size_t size, const struct style *style)
{
    char *safe = safe_copy(text, style);
    snprintf(text, size, "%.*s",
             (int)text_fit_bytes(safe != NULL ? safe : "", size - 1),
             safe != NULL ? safe : "");
    free(safe);
}

int histograms_write(struct pen *pen, const struct report *report)
{
    struct drawing d = {.pen = pen, .report = report};
    d.histograms = calloc(report->variant_count + 1, sizeof *d.histograms);
    if (d.histograms == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < report->variant_count; i++) {
        struct histogram *histogram = &d.histograms[i];
        if (!histogram_of(report, i, histogram))
            histogram->bin_count = 0;
        make_safe(histogram->title, sizeof histogram->title, pen->style);
        for (size_t k = 0; k < histogram->bin_count; k++)
            make_safe(histogram->bins[k].label, sizeof histogram->bins[k].label,
                      pen->style);
    }
    lay_out(&d);
    put_all(&d);
    free(d.histograms);
    return 0;
}
