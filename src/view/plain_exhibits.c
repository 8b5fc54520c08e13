// SPDX-License-Identifier: MIT
#include "view/plain_exhibits.h"
#include "text/width.h"
#include "view/bars.h"
#include "view/chart.h"
#include "view/costs.h"
#include "view/cycle.h"
#include "view/grid.h"
#include "view/histogram.h"
#include "view/interleaving.h"

#include <string.h>

void say_cycle(const struct report *report, size_t number, const struct style *style,
               FILE *out)
{
    const struct variant_report *variant = &report->variants[number];
    const struct run *run = cycle_run(variant);
    if (run == NULL)
        return;
    struct fold fold = cycle_fold(run);
    if (variant->run_count > 1)
        fprintf(out,
                "In run %s: ", count_text((uint64_t)(run - variant->runs) + 1).text);
    cycle_title(run, !style->unicode, out);
    fputc('.', out);
    for (size_t i = 0; i < run->deadlock->count; i++) {
        fputc('\n', out);
        if (i == fold.first && fold.hidden > 0) {
            fprintf(out, "%s more wait likewise.", count_text(fold.hidden).text);
            i += fold.hidden - 1;
        } else {
            cycle_sentence(run, i, style, out);
        }
    }
}

void say_interleaving(const struct report *report, size_t variant,
                      const struct style *style, FILE *out)
{
    struct interleaving shown;
    if (!interleaving_of(report, variant, &shown))
        return;
    interleaving_title(report, variant, &shown, !style->unicode, out);
    fputc(':', out);
    for (size_t i = 0; i < shown.step_count; i++) {
        fprintf(out, "\n%zu. ", i + 1);
        interleaving_sentence(report, variant, &shown, i, style, out);
        fputc('.', out);
    }
}

void say_histogram(const struct report *report, size_t variant,
                   const struct style *style, FILE *out)
{
    struct histogram histogram;
    if (!histogram_of(report, variant, &histogram))
        return;
    text_print_safe(histogram.title, !style->unicode, out);
    fputc(':', out);
    for (size_t i = 0; i < histogram.bin_count; i++) {
        const struct bin *bin = &histogram.bins[i];
        fputc('\n', out);
        text_print_safe(bin->label, !style->unicode, out);
        fprintf(out, ": %s run%s", count_text(bin->count).text,
                bin->count == 1 ? "" : "s");
    }
}

static void say_cost(const struct report *report, const struct variant_report *variant,
                     const struct style *style, FILE *out)
{
    const struct spread *alone = &variant->costs.alone_ps;
    const struct spread *together = &variant->costs.together_ps;
    fprintf(out, "\n%s: %s by one thread alone (%s)", variant->variant->name,
            cost_text(alone->median, !style->unicode).text,
            cost_spread_text(alone, " to ", !style->unicode).text);
    if (has_costs_together(variant))
        fprintf(out, ", %s with %zu threads at once (%s)",
                cost_text(together->median, !style->unicode).text, cost_threads(report),
                cost_spread_text(together, " to ", !style->unicode).text);
}

void say_costs(const struct report *report, const struct style *style, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < report->variant_count; i++) {
        if (!has_costs(&report->variants[i]))
            continue;
        if (!any)
            fprintf(out,
                    "%s costs, measured apart and untraced:", cost_operation(report));
        any = true;
        say_cost(report, &report->variants[i], style, out);
    }
}

/** "loop: 256 requests a second, half of the answers within 30.3 ms". */
static void say_row(const struct figure_table *own, const struct grid_row *row,
                    FILE *out)
{
    const char *before = ": ";
    fprintf(out, "\n%s", row->name);
    for (size_t i = 0; i < FIGURES_MAX; i++) {
        if (row->cells[i].text[0] == '\0')
            continue;
        fprintf(out, "%s%s%s%s", before, own->columns[i].before, row->cells[i].text,
                own->columns[i].after);
        before = ", ";
    }
}

void say_own_figures(const struct report *report, const struct style *style, FILE *out)
{
    struct grid grid;
    if (grid_create(&grid, report, GRIDS - 1, !style->unicode) != 0)
        return;
    if (grid.row_count > 0)
        fprintf(out, "%s:", grid.title);
    for (size_t i = 0; i < grid.row_count; i++)
        say_row(report->card->figures, &grid.rows[i], out);
    grid_destroy(&grid);
}

static void say_bars(const struct bars *bars, const struct style *style, FILE *out)
{
    fprintf(
        out,
        "%s, measured apart, untraced and on one core (in brackets, the middle half):",
        bars->at->gauge->chart);
    for (size_t i = 0; i < bars->count; i++) {
        const struct measured *measured = &bars->at[i];
        fprintf(out, "\n%s%s: %s (%s)", measured->gauge->is_floor ? "floor, " : "",
                measured->gauge->name, bars_value(measured, !style->unicode).text,
                bars_spread(measured, " to ", !style->unicode).text);
    }
}

void say_measured(const struct report *report, const struct style *style, FILE *out)
{
    for (size_t first = 0; first < report->measured_count;) {
        struct bars bars = bars_at(report, first);
        fprintf(out, "%s", first > 0 ? "\n" : "");
        say_bars(&bars, style, out);
        first += bars.count;
    }
}

static void say_point(const struct report *report, const struct sweep_point *point,
                      const struct style *style, FILE *out)
{
    const char *what = chart_number(report);
    size_t length = strlen(what);
    /* "1 worker", "2 workers" */
    length -= point->number == 1 && length > 0 && what[length - 1] == 's';
    fprintf(out, "\n%s %.*s, tasks that %s: %s", count_text(point->number).text,
            (int)length, what, point->work == WORK_CPU ? "compute" : "wait",
            duration_text(point->wall.median, !style->unicode).text);
}

void say_sweeps(const struct report *report, const struct style *style, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct variant_report *variant = &report->variants[i];
        if (variant->sweep_count == 0)
            continue;
        fprintf(out, "%s%s, time against %s, on %u core%s%s:", any ? "\n" : "",
                variant->variant->name, chart_number(report), report->options->cores,
                report->options->cores == 1 ? "" : "s", chart_partial(report, variant));
        any = true;
        for (size_t k = 0; k < variant->sweep_count; k++)
            say_point(report, &variant->sweep[k], style, out);
    }
}
