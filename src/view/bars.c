// SPDX-License-Identifier: MIT
#include "view/bars.h"
#include "text/width.h"
#include "view/chart.h"
#include "view/costs.h"
#include "view/histogram.h"

#include <inttypes.h>
#include <string.h>

#define BASE_TIME  10
#define BASE_BYTES 16

#define GAP     2
#define INDENT  2  /**< of floors */
#define BAR_MIN 8  /**< shorter ones tell nothing */
#define BAR_MAX 44 /**< in columns, longer ones no more */

/* What must be known of the figures. */
#define MEASURED "Measured apart, untraced and on one core: "
#define FLOORS   "Floors are the bare calls."
#define SCALES   "The scales are logarithmic."

/* What they are -------------------------------------------------------------- */

static void set_scale(struct bars *bars)
{
    int64_t least = INT64_MAX, most = 1;
    for (size_t i = 0; i < bars->count; i++) {
        int64_t value = bars->at[i].value.median;
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    bars->base = bars->is_bytes ? BASE_BYTES : BASE_TIME;
    bars->low = 1;
    while (bars->low <= least / bars->base)
        bars->low *= bars->base;
    bars->high = bars->low;
    while (bars->high < most && bars->high <= INT64_MAX / bars->base)
        bars->high *= bars->base;
    if (bars->high == bars->low && bars->high <= INT64_MAX / bars->base)
        bars->high *= bars->base;
    else if (bars->high == bars->low)
        bars->low /= bars->base;
}

struct bars bars_at(const struct report *report, size_t first)
{
    const struct measured *at = &report->measured[first];
    struct bars bars = {.at = at, .is_bytes = at->gauge->bytes != NULL};
    while (first + bars.count < report->measured_count &&
           strcmp(at[bars.count].gauge->chart, at->gauge->chart) == 0)
        bars.count++;
    set_scale(&bars);
    return bars;
}

double bars_length(const struct bars *bars, const struct measured *measured)
{
    return chart_place((double)measured->value.median, (double)bars->low,
                       (double)bars->high);
}

const char *bars_note(void)
{
    return MEASURED "the median, and the range of the middle half. " FLOORS " " SCALES;
}

/* In words ------------------------------------------------------------------- */

struct quantity bars_value(const struct measured *measured, bool ascii)
{
    int64_t value = measured->value.median;
    return measured->gauge->bytes != NULL ? bytes_text((uint64_t)value)
                                          : cost_text(value, ascii);
}

static struct quantity bytes_spread(const struct spread *bytes, const char *between)
{
    return range_text(bytes_text((uint64_t)bytes->min), between,
                      bytes_text((uint64_t)bytes->max));
}

struct quantity bars_spread(const struct measured *measured, const char *between,
                            bool ascii)
{
    return measured->gauge->bytes != NULL
               ? bytes_spread(&measured->value, between)
               : cost_spread_text(&measured->value, between, ascii);
}

struct quantity bars_mark(const struct bars *bars, int64_t mark, bool ascii)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    struct quantity text;
    size_t unit = 0;
    if (!bars->is_bytes && mark >= 1000)
        return ttl_text(mark / 1000, ascii);
    if (!bars->is_bytes) {
        snprintf(text.text, sizeof text.text, "%s ns",
                 mark >= 100  ? "0.1"
                 : mark >= 10 ? "0.01"
                              : "0.001");
        return text;
    }
    for (; mark >= 1024 && unit < 5; unit++)
        mark /= 1024;
    snprintf(text.text, sizeof text.text, "%" PRId64 " %s", mark, units[unit]);
    return text;
}

/* As text -------------------------------------------------------------------- */

struct layout {
    unsigned label, bar, value, spread; /**< columns; 0: there is none */
};

static void widen(unsigned *columns, const char *text)
{
    unsigned width = text_width(text);
    *columns = width > *columns ? width : *columns;
}

static unsigned label_columns(const struct measured *measured)
{
    return text_width(measured->gauge->name) + (measured->gauge->is_floor ? INDENT : 0);
}

static const char *dash(const struct pen *pen)
{
    return pen->style->unicode ? "–" : "-";
}

/** All charts alike, so that they stand in line. */
static struct layout lay_out(const struct pen *pen, const struct report *report)
{
    struct layout layout = {0};
    bool ascii = !pen->style->unicode;
    for (size_t i = 0; i < report->measured_count; i++) {
        const struct measured *measured = &report->measured[i];
        unsigned label = label_columns(measured);
        layout.label = label > layout.label ? label : layout.label;
        widen(&layout.value, bars_value(measured, ascii).text);
        widen(&layout.spread, bars_spread(measured, dash(pen), ascii).text);
    }
    unsigned taken = layout.label + GAP + 1 + GAP + layout.value, bar;
    if (pen->style->width < taken + 2 * BAR_MIN + GAP + layout.spread)
        layout.spread = 0;
    taken += layout.spread > 0 ? GAP + layout.spread : 0;
    bar = pen->style->width > taken ? pen->style->width - taken : 0;
    layout.bar = bar < BAR_MIN ? 0 : bar > BAR_MAX ? BAR_MAX : bar;
    return layout;
}

/** What is a floor is drawn thinner. */
static void put_bar(struct pen *pen, const struct layout *layout, double length,
                    bool is_floor)
{
    unsigned cells = (unsigned)(length * layout->bar + 0.5);
    pen_move(pen, layout->label + GAP);
    if (!is_floor) {
        histogram_bar(pen, 1 + (uint64_t)(length * 1000000), 1000000, layout->bar);
        return;
    }
    for (unsigned i = 0; i < cells || i == 0; i++)
        pen_put(pen, INK_WAIT, pen->style->unicode ? "─" : "-");
}

static void put_row(struct pen *pen, const struct layout *layout,
                    const struct bars *bars, const struct measured *measured)
{
    bool ascii = !pen->style->unicode, is_floor = measured->gauge->is_floor;
    unsigned end = layout->label + GAP + layout->bar + 1 + GAP + layout->value;
    pen_move(pen, is_floor ? INDENT : 0);
    pen_put(pen, is_floor ? INK_PLAIN : INK_STRONG, measured->gauge->name);
    put_bar(pen, layout, bars_length(bars, measured), is_floor);
    pen_put_right(pen, INK_PLAIN, bars_value(measured, ascii).text, end);
    if (layout->spread > 0)
        pen_put_right(pen, INK_FAINT, bars_spread(measured, dash(pen), ascii).text,
                      end + GAP + layout->spread);
    pen_newline(pen);
}

/** The column of a mark, from where the bars begin. */
static unsigned column_of(const struct bars *bars, int64_t mark,
                          const struct layout *layout)
{
    double place = chart_place((double)mark, (double)bars->low, (double)bars->high);
    return (unsigned)(place * layout->bar + 0.5);
}

/** The mark after one; 0: that was the last. */
static int64_t mark_after(const struct bars *bars, int64_t mark)
{
    return mark < bars->high ? mark * bars->base : 0;
}

/** Under the bars; each mark's text begins under it, where there is room. */
static void put_scale(struct pen *pen, const struct layout *layout,
                      const struct bars *bars)
{
    bool unicode = pen->style->unicode;
    unsigned left = layout->label + GAP, column = 0;
    pen_move(pen, left);
    for (int64_t mark = bars->low; mark > 0; mark = mark_after(bars, mark)) {
        for (; column < column_of(bars, mark, layout); column++)
            pen_put(pen, INK_FAINT, unicode ? "─" : "-");
        pen_put(pen, INK_FAINT, unicode ? (mark == bars->low ? "├" : "┼") : "+");
        column++;
    }
    pen_newline(pen);
    for (int64_t mark = bars->low; mark > 0; mark = mark_after(bars, mark)) {
        unsigned at = left + column_of(bars, mark, layout);
        if (at > pen->column || mark == bars->low) {
            pen_move(pen, at);
            pen_put(pen, INK_FAINT, bars_mark(bars, mark, !unicode).text);
        }
    }
    pen_newline(pen);
}

/** Where there is no room for bars. */
static void put_list_row(struct pen *pen, const struct measured *measured)
{
    char line[192];
    snprintf(line, sizeof line, "%s%s: %s", measured->gauge->is_floor ? "floor, " : "",
             measured->gauge->name, bars_value(measured, !pen->style->unicode).text);
    pen_move(pen, 2);
    pen_wrap(pen, INK_PLAIN, 2, pen->style->width, line);
}

/** Of what there is room for. */
static const char *note_on(const struct layout *layout)
{
    if (layout->spread > 0)
        return bars_note();
    return layout->bar > 0 ? MEASURED "the median. " FLOORS " " SCALES
                           : MEASURED "the median. " FLOORS;
}

static void put_title(struct pen *pen, const struct bars *bars)
{
    char title[256];
    snprintf(title, sizeof title, "%s:", bars->at->gauge->chart);
    pen_wrap(pen, INK_PLAIN, 0, pen->style->width, title);
}

/** Floors stand last, under a heading of their own. */
static void put_chart(struct pen *pen, const struct layout *layout,
                      const struct bars *bars)
{
    bool in_floors = false;
    for (size_t i = 0; i < bars->count; i++) {
        if (bars->at[i].gauge->is_floor && !in_floors) {
            pen_put(pen, INK_FAINT, "floors");
            pen_newline(pen);
            in_floors = true;
        }
        put_row(pen, layout, bars, &bars->at[i]);
    }
    put_scale(pen, layout, bars);
}

void bars_write(struct pen *pen, const struct report *report)
{
    struct layout layout = lay_out(pen, report);
    for (size_t first = 0; first < report->measured_count;) {
        struct bars bars = bars_at(report, first);
        pen_newline(pen);
        if (first == 0)
            pen_wrap(pen, INK_FAINT, 0, pen->style->width, note_on(&layout));
        put_title(pen, &bars);
        if (layout.bar > 0)
            put_chart(pen, &layout, &bars);
        for (size_t i = 0; layout.bar == 0 && i < bars.count; i++)
            put_list_row(pen, &bars.at[i]);
        first += bars.count;
    }
}
