// SPDX-License-Identifier: MIT
#include "view/chart.h"
#include "text/quantity.h"
#include "view/svg/parts.h"

#define CHART_WIDTH  760.0
#define CHART_HEIGHT 260.0
#define TIMES_WIDTH  90.0
#define HALVINGS_MAX 6

/** Times against numbers, both on scales of factors. */
struct plot {
    struct sheet *sheet;
    const struct variant_report *variant;
    double left, top, width, height;
    unsigned least, most; /**< numbers */
    int64_t top_ns, bottom_ns;
    unsigned halvings;
};

static double x_of(const struct plot *plot, unsigned number)
{
    return plot->left + plot->width * chart_place(number, plot->least, plot->most);
}

static double y_of(const struct plot *plot, int64_t ns)
{
    double part =
        chart_place((double)ns, (double)plot->bottom_ns, (double)plot->top_ns);
    return plot->top + plot->height * (1 - part);
}

static void find_ends(struct plot *plot)
{
    const struct variant_report *variant = plot->variant;
    int64_t least_ns = INT64_MAX, most_ns = 1;
    plot->least = UINT32_MAX;
    for (size_t i = 0; i < variant->sweep_count; i++) {
        const struct sweep_point *point = &variant->sweep[i];
        plot->least = point->number < plot->least ? point->number : plot->least;
        plot->most = point->number > plot->most ? point->number : plot->most;
        least_ns = point->wall.median < least_ns ? point->wall.median : least_ns;
        most_ns = point->wall.median > most_ns ? point->wall.median : most_ns;
    }
    least_ns = least_ns > 0 ? least_ns : 1;
    plot->top_ns = chart_round_up(most_ns);
    plot->halvings = 2;
    while (plot->halvings < HALVINGS_MAX && plot->top_ns >> plot->halvings > least_ns)
        plot->halvings++;
    plot->bottom_ns = plot->top_ns >> plot->halvings;
    plot->bottom_ns = plot->bottom_ns > 0 ? plot->bottom_ns : 1;
}

static void put_times(const struct plot *plot)
{
    const struct face face = {
        .size = SIZE_SMALL, .paint = PAINT_TEXT, .anchor = ANCHOR_END};
    for (unsigned i = 0; i <= plot->halvings; i++) {
        int64_t ns = plot->top_ns >> i;
        sheet_put(plot->sheet, "<path d=\"M%f %fh%f\" stroke=\"%s\" fill=\"none\"/>\n",
                  plot->left, y_of(plot, ns), plot->width, PAINT_GRID);
        sheet_text(plot->sheet, plot->left - 18, y_of(plot, ns) + 5, &face,
                   duration_text(ns, plot->sheet->ascii).text);
    }
}

/** The ends, and powers of two, where they fit. */
static void put_numbers(const struct plot *plot)
{
    const struct face face = {
        .size = SIZE_SMALL, .paint = PAINT_TEXT, .anchor = ANCHOR_MIDDLE};
    double bottom = plot->top + plot->height, last = 0;
    double end = x_of(plot, plot->most);
    sheet_put(plot->sheet,
              "<path d=\"M%f %fV%fH%f\" stroke=\"%s\" stroke-width=\"1.5\" "
              "fill=\"none\"/>\n",
              plot->left - 10, plot->top, bottom + 10, plot->left + plot->width + 10,
              PAINT_TEXT);
    for (size_t i = 0; i < plot->variant->sweep_count; i++) {
        unsigned number = plot->variant->sweep[i].number;
        struct quantity text = count_text(number);
        double x = x_of(plot, number),
               half = text_pixels(text.text, face.size, false) / 2;
        bool is_end = number == plot->least || number == plot->most;
        bool fits = x - half > last && x + half < end - 20;
        if (!is_end && ((number & (number - 1)) != 0 || !fits))
            continue;
        if (x + half <= last)
            continue;
        sheet_put(plot->sheet,
                  "<path d=\"M%f %fv7\" stroke=\"%s\" stroke-width=\"1.5\" "
                  "fill=\"none\"/>\n",
                  x, bottom + 10, PAINT_TEXT);
        sheet_text(plot->sheet, x, bottom + 34, &face, text.text);
        last = x + half + 8;
    }
    sheet_text(plot->sheet, plot->left + plot->width + 24, bottom + 34,
               &(struct face){.size = SIZE_SMALL, .paint = PAINT_TEXT},
               chart_number(plot->sheet->report));
}

/** A ring where they compute, a disc where they wait: also told apart without colour.
 */
static void put_sign(const struct plot *plot, double x, double y, enum work_kind work)
{
    if (work == WORK_CPU)
        sheet_put(plot->sheet,
                  "<circle cx=\"%f\" cy=\"%f\" r=\"7\" fill=\"none\" stroke=\"%s\" "
                  "stroke-width=\"3\"/>\n",
                  x, y, PAINT_RUN);
    else
        sheet_put(plot->sheet, "<circle cx=\"%f\" cy=\"%f\" r=\"4.5\" fill=\"%s\"/>\n",
                  x, y, PAINT_NOTE);
}

static void put_points(const struct plot *plot, enum work_kind work)
{
    const char *paint = work == WORK_CPU ? PAINT_RUN : PAINT_NOTE;
    bool any = false;
    for (size_t i = 0; i < plot->variant->sweep_count; i++) {
        const struct sweep_point *point = &plot->variant->sweep[i];
        if (point->work != work)
            continue;
        sheet_put(plot->sheet, any ? "L%f %f" : "<path d=\"M%f %f",
                  x_of(plot, point->number), y_of(plot, point->wall.median));
        any = true;
    }
    if (any)
        sheet_put(plot->sheet,
                  "\" stroke=\"%s\" stroke-width=\"1.5\"%s fill=\"none\"/>\n", paint,
                  work == WORK_CPU ? "" : " stroke-dasharray=\"5 4\"");
    for (size_t i = 0; i < plot->variant->sweep_count; i++) {
        const struct sweep_point *point = &plot->variant->sweep[i];
        if (point->work == work)
            put_sign(plot, x_of(plot, point->number), y_of(plot, point->wall.median),
                     work);
    }
}

static void put_cores_line(const struct plot *plot)
{
    unsigned cores = plot->sheet->report->options->cores;
    char text[48];
    if (cores < plot->least || cores > plot->most)
        return;
    snprintf(text, sizeof text, "%u core%s", cores, cores == 1 ? "" : "s");
    double x = x_of(plot, cores);
    sheet_put(plot->sheet,
              "<path d=\"M%f %fv%f\" stroke=\"%s\" stroke-width=\"2\" "
              "stroke-dasharray=\"2 5\" fill=\"none\"/>\n",
              x, plot->top - 4, plot->height + 14, PAINT_TEXT);
    sheet_text(plot->sheet, x + 6, plot->top - 6,
               &(struct face){.size = SIZE_SMALL, .paint = PAINT_TEXT}, text);
}

static void put_key(const struct plot *plot)
{
    static const char *const words[] = {
        [WORK_WAIT] = "tasks that wait", [WORK_CPU] = "tasks that compute"};
    double x = plot->left + plot->width + 40, y = plot->top + 20;
    for (int work = WORK_WAIT; work <= WORK_CPU; work++) {
        bool any = false;
        for (size_t i = 0; i < plot->variant->sweep_count; i++)
            any |= plot->variant->sweep[i].work == (enum work_kind)work;
        if (!any)
            continue;
        put_sign(plot, x, y, (enum work_kind)work);
        sheet_text(plot->sheet, x + 18, y + 5,
                   &(struct face){.size = SIZE_SMALL, .paint = PAINT_TEXT},
                   words[work]);
        y += 28;
    }
}

void svg_chart(struct sheet *sheet, size_t variant, double left)
{
    struct plot plot = {
        .sheet = sheet,
        .variant = &sheet->report->variants[variant],
        .left = left + TIMES_WIDTH,
        .top = sheet->y + 24,
        .width = CHART_WIDTH,
        .height = CHART_HEIGHT,
    };
    find_ends(&plot);
    put_times(&plot);
    put_cores_line(&plot);
    put_points(&plot, WORK_WAIT);
    put_points(&plot, WORK_CPU);
    put_numbers(&plot);
    put_key(&plot);
    sheet_skip(sheet, 24 + plot.height + 50);
}

void svg_charts(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->report->variant_count; i++) {
        const struct variant_report *variant = &sheet->report->variants[i];
        char heading[256];
        if (variant->sweep_count == 0)
            continue;
        snprintf(heading, sizeof heading, "%s: time against %s%s",
                 variant->variant->name, chart_number(sheet->report),
                 chart_partial(sheet->report, variant));
        sheet_heading(sheet, heading);
        svg_chart(sheet, i, SHEET_MARGIN);
    }
}
