// SPDX-License-Identifier: MIT
#include "view/chart.h"

#include "card.h"
#include "text/quantity.h"
#include "text/width.h"

#include <math.h>
#include <string.h>

#define HALVINGS_MAX 6
#define ROWS_MAX     (2 * HALVINGS_MAX + 1)
#define COLUMNS_MAX  60
#define NUMBER       5 /**< and for the last number: "1,024" */
#define LEFT         9 /**< columns for the times and the axis */

/** What stands in a cell of the chart. */
enum dot { DOT_NONE, DOT_CORES, DOT_WAIT, DOT_CPU, DOT_BOTH, DOTS };

struct chart {
    const struct variant_report *variant;
    unsigned least, most;      /**< numbers */
    int64_t top_ns, bottom_ns; /**< times */
    unsigned rows, columns, cores;
    enum dot cells[ROWS_MAX][COLUMNS_MAX];
    bool seen[DOTS];
};

static const char *dot_text(enum dot dot, bool unicode)
{
    static const char *const signs[DOTS] = {" ", "┊", "●", "○", "◉"};
    static const char *const ascii[DOTS] = {" ", ":", "o", "x", "*"};
    return unicode ? signs[dot] : ascii[dot];
}

static enum ink dot_ink(enum dot dot)
{
    static const enum ink inks[DOTS] = {INK_PLAIN, INK_FAINT, INK_WAIT, INK_RUN,
                                        INK_STRONG};
    return inks[dot];
}

/** The binary logarithm of a number above 0, to 30 binary places, of which charts show
 * six: libm has it too, but each start of conc would have to load that library. */
static double log2_of(double value)
{
    int whole;
    double rest = 2 * frexp(value, &whole), sum = whole - 1, bit = 1;
    for (int place = 0; place < 30; place++) {
        bit /= 2;
        rest *= rest;
        if (rest >= 2) {
            rest /= 2;
            sum += bit;
        }
    }
    return sum;
}

double chart_place(double value, double low, double high)
{
    if (low <= 0 || high <= low || value <= low)
        return 0;
    return value < high ? log2_of(value / low) / log2_of(high / low) : 1;
}

static unsigned nearest(double value)
{
    return (unsigned)(value + 0.5);
}

static unsigned column_of(const struct chart *chart, unsigned number)
{
    double part = chart_place(number, chart->least, chart->most);
    return nearest(part * (chart->columns - 1));
}

static unsigned row_of(const struct chart *chart, int64_t ns)
{
    double part =
        chart_place((double)ns, (double)chart->bottom_ns, (double)chart->top_ns);
    return chart->rows - 1 - nearest(part * (chart->rows - 1));
}

int64_t chart_round_up(int64_t ns)
{
    int64_t decade = 1;
    while (decade <= ns / 10)
        decade *= 10;
    const int64_t steps[] = {decade, 2 * decade, 5 * decade, 10 * decade};
    for (size_t i = 0; i < 3; i++)
        if (ns <= steps[i])
            return steps[i];
    return steps[3];
}

/** Two rows a factor of two, and one more at the end. */
static void lay_out(struct chart *chart, const struct variant_report *variant,
                    unsigned width, unsigned label)
{
    int64_t least_ns = INT64_MAX, most_ns = 1;
    chart->variant = variant;
    chart->least = UINT32_MAX;
    for (size_t i = 0; i < variant->sweep_count; i++) {
        const struct sweep_point *point = &variant->sweep[i];
        chart->least = point->number < chart->least ? point->number : chart->least;
        chart->most = point->number > chart->most ? point->number : chart->most;
        if (point->wall.median < least_ns)
            least_ns = point->wall.median;
        if (point->wall.median > most_ns)
            most_ns = point->wall.median;
    }
    least_ns = least_ns > 0 ? least_ns : 1;
    chart->top_ns = chart_round_up(most_ns);
    unsigned halvings = 2;
    while (halvings < HALVINGS_MAX && chart->top_ns >> halvings > least_ns)
        halvings++;
    chart->rows = 2 * halvings + 1;
    chart->bottom_ns = chart->top_ns >> halvings;
    chart->bottom_ns = chart->bottom_ns > 0 ? chart->bottom_ns : 1;
    /* The axis, its last number, and what it counts stand beside. */
    unsigned beside = LEFT + 2 + NUMBER + label;
    unsigned room = width > beside ? width - beside : 1;
    unsigned wanted = 4 * (unsigned)variant->sweep_count;
    chart->columns = room < COLUMNS_MAX ? room : COLUMNS_MAX;
    if (wanted > 8 && wanted < chart->columns)
        chart->columns = wanted;
}

static void put_dot(struct chart *chart, const struct sweep_point *point)
{
    unsigned row = row_of(chart, point->wall.median);
    enum dot *cell = &chart->cells[row][column_of(chart, point->number)];
    enum dot dot = point->work == WORK_CPU ? DOT_CPU : DOT_WAIT;
    *cell = *cell == DOT_NONE || *cell == DOT_CORES || *cell == dot ? dot : DOT_BOTH;
}

static void fill(struct chart *chart, unsigned cores)
{
    chart->cores = cores;
    if (cores >= chart->least && cores <= chart->most)
        for (unsigned row = 0; row < chart->rows; row++)
            chart->cells[row][column_of(chart, cores)] = DOT_CORES;
    for (size_t i = 0; i < chart->variant->sweep_count; i++)
        put_dot(chart, &chart->variant->sweep[i]);
    for (unsigned row = 0; row < chart->rows; row++)
        for (unsigned column = 0; column < chart->columns; column++)
            chart->seen[chart->cells[row][column]] = true;
}

static void put_rows(struct pen *pen, const struct chart *chart)
{
    bool unicode = pen->style->unicode;
    for (unsigned row = 0; row < chart->rows; row++) {
        if (row % 2 == 0) {
            int64_t ns = chart->top_ns >> (row / 2);
            pen_put_right(pen, INK_FAINT, duration_text(ns, !unicode).text, LEFT - 1);
        }
        pen_move(pen, LEFT);
        pen_put(pen, INK_FAINT,
                row % 2 == 0 ? (unicode ? "┤" : "+") : (unicode ? "│" : "|"));
        for (unsigned column = 0; column < chart->columns; column++) {
            enum dot dot = chart->cells[row][column];
            if (dot == DOT_NONE)
                continue;
            pen_move(pen, LEFT + 1 + column);
            pen_put(pen, dot_ink(dot), dot_text(dot, unicode));
        }
        pen_newline(pen);
    }
}

/** Whether a number is worth a place under the axis: the ends, and powers of two. */
static bool has_label(const struct chart *chart, unsigned number)
{
    return number == chart->least || number == chart->most ||
           (number & (number - 1)) == 0;
}

static void put_axis(struct pen *pen, const struct chart *chart)
{
    bool unicode = pen->style->unicode;
    pen_move(pen, LEFT);
    pen_put(pen, INK_FAINT, unicode ? "└" : "+");
    for (unsigned column = 0; column < chart->columns; column++) {
        bool is_tick = false;
        for (size_t i = 0; i < chart->variant->sweep_count; i++) {
            unsigned number = chart->variant->sweep[i].number;
            is_tick |= has_label(chart, number) && column_of(chart, number) == column;
        }
        pen_put(pen, INK_FAINT,
                is_tick ? (unicode ? "┬" : "+") : (unicode ? "─" : "-"));
    }
    pen_newline(pen);
}

/** Under the ticks, where they fit; the last one stands in any case. */
static void put_numbers(struct pen *pen, const struct chart *chart)
{
    unsigned end = LEFT + 1 + column_of(chart, chart->most);
    for (size_t i = 0; i < chart->variant->sweep_count; i++) {
        unsigned number = chart->variant->sweep[i].number;
        unsigned at = LEFT + 1 + column_of(chart, number);
        struct quantity text = count_text(number);
        bool is_last = number == chart->most;
        bool fits = at > pen->column && at + text_width(text.text) < end;
        if (!has_label(chart, number) || !(is_last || fits))
            continue;
        pen_move(pen, at);
        pen_put(pen, INK_FAINT, text.text);
        if (is_last)
            return;
    }
}

const char *chart_number(const struct report *report)
{
    const struct card *card = report->card;
    for (size_t i = 0; i < own_count(card); i++)
        if (card->options[i].kind == OWN_RANGE && card->options[i].varies != NULL)
            return card->options[i].varies + strspn(card->options[i].varies, "-");
    return "";
}

static bool is_partial(const struct report *report,
                       const struct variant_report *variant)
{
    const struct sweep_point *last = &variant->sweep[variant->sweep_count - 1];
    const struct card *card = report->card;
    if (report->complete)
        return false;
    for (size_t i = 0; i < own_count(card); i++)
        if (card->options[i].kind == OWN_RANGE && report->options->own[i] != 0)
            return last->number < own_range(report->options->own[i]).to ||
                   (!report->options->work_asked && last->work == WORK_WAIT);
    return false;
}

const char *chart_partial(const struct report *report,
                          const struct variant_report *variant)
{
    return variant->sweep_count > 0 && is_partial(report, variant) ? ", partial" : "";
}

static void put_legend(struct pen *pen, const struct chart *chart)
{
    static const char *const words[DOTS] = {"", "", "wait", "compute", "both"};
    bool unicode = pen->style->unicode;
    pen_move(pen, LEFT + 1);
    for (int dot = DOT_WAIT; dot < DOTS; dot++) {
        if (!chart->seen[dot])
            continue;
        pen_put(pen, dot_ink((enum dot)dot), dot_text((enum dot)dot, unicode));
        pen_format(pen, INK_FAINT, " %s", words[dot]);
        pen_move(pen, pen->column + 3);
    }
    if (chart->cores >= chart->least && chart->cores <= chart->most) {
        pen_put(pen, INK_FAINT, dot_text(DOT_CORES, unicode));
        pen_format(pen, INK_FAINT, " %u core%s", chart->cores,
                   chart->cores == 1 ? "" : "s");
    }
    pen_newline(pen);
}

static void put_chart(struct pen *pen, const struct report *report,
                      const struct variant_report *variant)
{
    struct chart chart = {.most = 0};
    const char *number = chart_number(report);
    pen_newline(pen);
    pen_put(pen, INK_STRONG, variant->variant->name);
    pen_format(pen, INK_PLAIN, ": time against %s%s", number,
               chart_partial(report, variant));
    pen_newline(pen);
    lay_out(&chart, variant, pen->style->width, text_width(number));
    fill(&chart, report->options->cores);
    put_rows(pen, &chart);
    put_axis(pen, &chart);
    put_numbers(pen, &chart);
    pen_move(pen, pen->column + 2);
    pen_put(pen, INK_FAINT, number);
    pen_newline(pen);
    put_legend(pen, &chart);
}

/** Too narrow for dots: the figures themselves. */
static void put_list(struct pen *pen, const struct report *report,
                     const struct variant_report *variant)
{
    const char *what = chart_number(report);
    size_t length = strlen(what);
    pen_newline(pen);
    pen_put(pen, INK_STRONG, variant->variant->name);
    pen_format(pen, INK_PLAIN, "%s:", chart_partial(report, variant));
    pen_newline(pen);
    for (size_t i = 0; i < variant->sweep_count; i++) {
        const struct sweep_point *point = &variant->sweep[i];
        bool is_one = point->number == 1 && length > 0 && what[length - 1] == 's';
        char line[192];
        snprintf(line, sizeof line, "%s %.*s, %s: %s", count_text(point->number).text,
                 (int)(is_one ? length - 1 : length), what,
                 point->work == WORK_CPU ? "compute" : "wait",
                 duration_text(point->wall.median, !pen->style->unicode).text);
        pen_move(pen, 2);
        pen_wrap(pen, INK_PLAIN, 2, pen->style->width, line);
    }
}

/** Narrower, the title, the legend and the numbers would not fit. */
#define LEAST_WIDTH 40

void charts_write(struct pen *pen, const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct variant_report *variant = &report->variants[i];
        if (variant->sweep_count == 0)
            continue;
        if (pen->style->width < LEAST_WIDTH || variant->sweep_count < 2)
            put_list(pen, report, variant);
        else
            put_chart(pen, report, variant);
    }
}
