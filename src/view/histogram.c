// SPDX-License-Identifier: MIT
#include "view/histogram.h"
#include "card.h"
#include "text/quantity.h"
#include "text/width.h"

#include <stdlib.h>
#include <string.h>

#define BAR_COLUMNS_MAX 40
#define GAP             2
#define EIGHTHS         8

struct drawing {
    struct pen *pen;
    const struct histogram *histogram;
    char *labels[BINS_MAX]; /**< safe to print */
    uint64_t most;
    unsigned indent, label, bar, count; /**< columns; `bar` 0: there is no room */
};

bool histogram_of(const struct report *report, size_t variant,
                  struct histogram *histogram)
{
    const struct card *card = report->card;
    memset(histogram, 0, sizeof *histogram);
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

static void measure(struct drawing *d)
{
    for (size_t i = 0; i < d->histogram->bin_count; i++) {
        uint64_t count = d->histogram->bins[i].count;
        unsigned label = text_width(d->labels[i]);
        unsigned columns = text_width(runs_text(count).text);
        d->label = label > d->label ? label : d->label;
        d->count = columns > d->count ? columns : d->count;
        d->most = count > d->most ? count : d->most;
    }
    unsigned taken = d->indent + d->label + GAP + 1 + d->count;
    unsigned width = d->pen->style->width;
    d->bar = width > taken ? width - taken : 0;
    d->bar = d->bar > BAR_COLUMNS_MAX ? BAR_COLUMNS_MAX : d->bar;
}

/** A bar's length in eighths of a column; what has happened is seen. */
static unsigned bar_eighths(const struct drawing *d, uint64_t count)
{
    double part = d->most > 0 ? (double)count / (double)d->most : 0;
    unsigned eighths = (unsigned)(part * d->bar * EIGHTHS + 0.5);
    return count > 0 && eighths == 0 ? 1 : eighths;
}

static void put_bar(const struct drawing *d, uint64_t count)
{
    static const char *const parts[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    unsigned eighths = bar_eighths(d, count);
    bool unicode = d->pen->style->unicode;
    unsigned columns = unicode ? eighths / EIGHTHS : (eighths + EIGHTHS - 1) / EIGHTHS;
    for (unsigned i = 0; i < columns; i++)
        pen_put(d->pen, INK_RUN, unicode ? "█" : "#");
    if (unicode)
        pen_put(d->pen, INK_RUN, parts[eighths % EIGHTHS]);
    if (eighths > 0)
        pen_move(d->pen, d->pen->column + 1);
}

static void put_bin(const struct drawing *d, size_t number)
{
    struct pen *pen = d->pen;
    uint64_t count = d->histogram->bins[number].count;
    if (d->bar == 0) {
        char line[256];
        snprintf(line, sizeof line, "%s: %s", d->labels[number], runs_text(count).text);
        pen_move(pen, d->indent);
        pen_wrap(pen, INK_PLAIN, d->indent, pen->style->width, line);
        return;
    }
    pen_move(pen, d->indent);
    pen_put(pen, INK_PLAIN, d->labels[number]);
    pen_move(pen, d->indent + d->label + GAP);
    put_bar(d, count);
    pen_put(pen, count > 0 ? INK_PLAIN : INK_FAINT, runs_text(count).text);
    pen_newline(pen);
}

int histogram_write(struct pen *pen, const struct report *report, size_t variant)
{
    struct histogram histogram;
    if (!histogram_of(report, variant, &histogram))
        return 0;
    struct drawing d = {
        .pen = pen, .histogram = &histogram, .indent = pen->style->width < 40 ? 0 : 2};
    bool is_whole = true;
    for (size_t i = 0; i < histogram.bin_count; i++) {
        d.labels[i] = safe_copy(histogram.bins[i].label, pen->style);
        is_whole &= d.labels[i] != NULL;
    }
    char *title = safe_copy(histogram.title, pen->style);
    int result = is_whole && title != NULL ? 0 : UV_ENOMEM;
    if (result == 0) {
        measure(&d);
        pen_newline(pen);
        pen_put(pen, INK_STRONG, report->variants[variant].variant->name);
        pen_put(pen, INK_STRONG, ":");
        pen_wrap(pen, INK_PLAIN, 0, pen->style->width, title);
        for (size_t i = 0; i < histogram.bin_count; i++)
            put_bin(&d, i);
    }
    free(title);
    for (size_t i = 0; i < histogram.bin_count; i++)
        free(d.labels[i]);
    return result;
}
