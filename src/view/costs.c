// SPDX-License-Identifier: MIT
#include "view/costs.h"
#include "card.h"

#include <inttypes.h>

#define PS_PER_NS 1000
#define PS_PER_US 1000000

/** As many threads as measure it at most (stage/cost.c). */
#define MOST_THREADS 64

enum column { ALONE, ALONE_SPREAD, TOGETHER, TOGETHER_SPREAD, COLUMNS };

bool has_costs(const struct variant_report *variant)
{
    return variant->costs.alone_ps.median > 0;
}

bool has_costs_together(const struct variant_report *variant)
{
    return variant->costs.together_ps.median > 0;
}

size_t cost_threads(const struct report *report)
{
    size_t tasks = report->options->tasks.count;
    return tasks < MOST_THREADS ? tasks : MOST_THREADS;
}

const char *cost_operation(const struct report *report)
{
    const char *operation = report->card->operation;
    return operation != NULL ? operation : "one operation";
}

struct quantity cost_text(int64_t ps, bool ascii)
{
    if (ps >= PS_PER_US - PS_PER_NS / 2)
        return duration_text((ps + PS_PER_NS / 2) / PS_PER_NS, ascii);
    int decimals = ps < 9995 ? 2 : ps < 99950 ? 1 : 0;
    int64_t step = decimals == 2 ? 10 : decimals == 1 ? 100 : 1000;
    int64_t rounded = (ps + step / 2) / step, scale = PS_PER_NS / step;
    struct quantity text;
    if (decimals > 0)
        snprintf(text.text, sizeof text.text, "%" PRId64 ".%0*" PRId64 " ns",
                 rounded / scale, decimals, rounded % scale);
    else
        snprintf(text.text, sizeof text.text, "%" PRId64 " ns", rounded);
    return text;
}

struct quantity cost_spread_text(const struct spread *ps, const char *between,
                                 bool ascii)
{
    return range_text(cost_text(ps->min, ascii), between, cost_text(ps->max, ascii));
}

static struct grid_row row_for(const struct variant_report *variant, bool ascii)
{
    const char *between = ascii ? "-" : "–";
    const struct costs *costs = &variant->costs;
    struct grid_row row = {.name = variant->variant->name};
    row.cells[ALONE] = cost_text(costs->alone_ps.median, ascii);
    row.cells[ALONE_SPREAD] = cost_spread_text(&costs->alone_ps, between, ascii);
    if (has_costs_together(variant)) {
        row.cells[TOGETHER] = cost_text(costs->together_ps.median, ascii);
        row.cells[TOGETHER_SPREAD] =
            cost_spread_text(&costs->together_ps, between, ascii);
    }
    return row;
}

void costs_fill(struct grid *grid, const struct report *report, bool ascii)
{
    size_t threads = cost_threads(report);
    struct grid_column *columns = grid->columns;
    struct quantity at_once, narrow;
    snprintf(grid->title, sizeof grid->title,
             "What %s costs, measured apart and untraced", cost_operation(report));
    snprintf(at_once.text, sizeof at_once.text, "%zu threads at once", threads);
    snprintf(narrow.text, sizeof narrow.text, "%zu at once", threads);
    grid->column_count = COLUMNS;
    columns[ALONE] = (struct grid_column){{"alone"}, {"alone"}, false};
    columns[TOGETHER] = (struct grid_column){at_once, narrow, false};
    columns[ALONE_SPREAD] = columns[TOGETHER_SPREAD] =
        (struct grid_column){{"spread"}, {"spread"}, true};
    for (size_t i = 0; i < report->variant_count; i++)
        if (has_costs(&report->variants[i]))
            grid->rows[grid->row_count++] = row_for(&report->variants[i], ascii);
}
