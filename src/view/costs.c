// SPDX-License-Identifier: MIT
#include "view/costs.h"
#include "card.h"
#include "text/width.h"

#include <inttypes.h>
#include <stdlib.h>

#define PS_PER_NS 1000
#define PS_PER_US 1000000

/** As many threads as measure it at most (stage/cost.c). */
#define MOST_THREADS 64

#define NAME_GAP   4
#define COLUMN_GAP 3

enum column { ALONE, ALONE_SPREAD, TOGETHER, TOGETHER_SPREAD, COLUMNS };

static bool is_spread(int column)
{
    return column == ALONE_SPREAD || column == TOGETHER_SPREAD;
}

struct row {
    const char *name;
    struct quantity cells[COLUMNS];
};

struct table {
    struct pen *pen;
    struct row *rows;
    size_t count;
    struct quantity headings[COLUMNS];
    unsigned left, columns[COLUMNS]; /**< 0: it is left out */
};

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

static struct row row_for(const struct variant_report *variant, bool ascii)
{
    const char *between = ascii ? "-" : "–";
    const struct costs *costs = &variant->costs;
    struct row row = {.name = variant->variant->name};
    row.cells[ALONE] = cost_text(costs->alone_ps.median, ascii);
    row.cells[ALONE_SPREAD] = cost_spread_text(&costs->alone_ps, between, ascii);
    if (has_costs_together(variant)) {
        row.cells[TOGETHER] = cost_text(costs->together_ps.median, ascii);
        row.cells[TOGETHER_SPREAD] =
            cost_spread_text(&costs->together_ps, between, ascii);
    }
    return row;
}

static void name_columns(struct table *table, size_t threads, bool is_wide)
{
    struct quantity *headings = table->headings;
    snprintf(headings[ALONE].text, sizeof headings->text, "alone");
    snprintf(headings[TOGETHER].text, sizeof headings->text, "%zu %sat once", threads,
             is_wide ? "threads " : "");
    for (int column = 0; column < COLUMNS; column++)
        if (is_spread(column))
            snprintf(headings[column].text, sizeof headings->text, "spread");
}

static unsigned end_column(const struct table *table)
{
    unsigned end = table->left;
    for (int column = 0; column < COLUMNS; column++)
        end += table->columns[column] > 0 ? table->columns[column] + COLUMN_GAP : 0;
    return end - COLUMN_GAP;
}

static void measure(struct table *table)
{
    for (int column = 0; column < COLUMNS; column++) {
        unsigned most = 0;
        for (size_t i = 0; i < table->count; i++) {
            unsigned columns = text_width(table->rows[i].cells[column].text);
            most = columns > most ? columns : most;
        }
        unsigned heading = text_width(table->headings[column].text);
        table->columns[column] = most == 0 ? 0 : most > heading ? most : heading;
    }
}

/** Where it gets narrow, a heading is shortened first, then the spreads are left out.
 */
static void lay_out(struct table *table, size_t threads)
{
    unsigned width = table->pen->style->width;
    name_columns(table, threads, true);
    measure(table);
    if (end_column(table) > width) {
        name_columns(table, threads, false);
        measure(table);
    }
    for (int column = COLUMNS - 1; column >= 0; column--)
        if (is_spread(column) && end_column(table) > width)
            table->columns[column] = 0;
}

static void put_cells(const struct table *table, const char *name,
                      const struct quantity *cells, bool is_heading)
{
    unsigned at = table->left;
    pen_put(table->pen, INK_STRONG, name);
    for (int column = 0; column < COLUMNS; column++) {
        if (table->columns[column] == 0)
            continue;
        at += table->columns[column];
        pen_put_right(table->pen,
                      is_heading || is_spread(column) ? INK_FAINT : INK_PLAIN,
                      cells[column].text, at);
        at += COLUMN_GAP;
    }
    pen_newline(table->pen);
}

/** Where no two columns fit beside the names. */
static void put_stacked(const struct table *table, const struct row *row)
{
    unsigned width = table->pen->style->width;
    pen_wrap(table->pen, INK_STRONG, 0, width, row->name);
    for (int column = 0; column < COLUMNS; column++) {
        char line[160];
        if (is_spread(column) || row->cells[column].text[0] == '\0')
            continue;
        snprintf(line, sizeof line, "%s: %s", table->headings[column].text,
                 row->cells[column].text);
        pen_move(table->pen, 2);
        pen_wrap(table->pen, INK_PLAIN, 2, width, line);
    }
}

static void put_table(struct table *table, const char *operation)
{
    char title[256];
    unsigned width = table->pen->style->width;
    snprintf(title, sizeof title, "%s costs, measured apart and untraced:", operation);
    pen_wrap(table->pen, INK_PLAIN, 0, width, title);
    if (end_column(table) > width) {
        for (size_t i = 0; i < table->count; i++)
            put_stacked(table, &table->rows[i]);
        return;
    }
    put_cells(table, "", table->headings, true);
    for (size_t i = 0; i < table->count; i++)
        put_cells(table, table->rows[i].name, table->rows[i].cells, false);
}

int costs_write(struct pen *pen, const struct report *report)
{
    struct table table = {.pen = pen};
    table.rows = calloc(report->variant_count + 1, sizeof *table.rows);
    if (table.rows == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct variant_report *variant = &report->variants[i];
        unsigned columns = text_width(variant->variant->name);
        /* As in the table of figures, so that the two stand in line. */
        table.left = columns > table.left ? columns : table.left;
        if (has_costs(variant))
            table.rows[table.count++] = row_for(variant, !pen->style->unicode);
    }
    table.left += pen->style->width < 40 ? 1 : NAME_GAP;
    if (table.count > 0) {
        pen_newline(pen);
        lay_out(&table, cost_threads(report));
        put_table(&table, cost_operation(report));
    }
    free(table.rows);
    return 0;
}
