// SPDX-License-Identifier: MIT
#include "view/costs.h"
#include "view/svg/parts.h"

#include <stdlib.h>

#define ROW_HEIGHT 28.0
#define COLUMN_GAP 34.0

enum cost_cell { ALONE, ALONE_SPREAD, TOGETHER, TOGETHER_SPREAD, CELLS };

struct cost_row {
    const char *name;
    struct quantity cells[CELLS];
};

struct costs_table {
    struct cost_row *rows;
    size_t count;
    struct cost_row heading;
    double ends[CELLS];
};

static struct cost_row row_of(const struct variant_report *variant, bool ascii)
{
    const struct costs *costs = &variant->costs;
    const char *between = ascii ? "-" : "–";
    struct cost_row row = {.name = variant->variant->name};
    row.cells[ALONE] = cost_text(costs->alone_ps.median, ascii);
    row.cells[ALONE_SPREAD] = cost_spread_text(&costs->alone_ps, between, ascii);
    if (!has_costs_together(variant))
        return row;
    row.cells[TOGETHER] = cost_text(costs->together_ps.median, ascii);
    row.cells[TOGETHER_SPREAD] = cost_spread_text(&costs->together_ps, between, ascii);
    return row;
}

static void fill(struct costs_table *table, const struct sheet *sheet)
{
    const struct report *report = sheet->report;
    bool together = false;
    for (size_t i = 0; i < report->variant_count; i++) {
        if (!has_costs(&report->variants[i]))
            continue;
        table->rows[table->count++] = row_of(&report->variants[i], sheet->ascii);
        together |= has_costs_together(&report->variants[i]);
    }
    struct quantity *cells = table->heading.cells;
    snprintf(cells[ALONE].text, sizeof cells->text, "alone");
    snprintf(cells[ALONE_SPREAD].text, sizeof cells->text, "spread");
    if (!together)
        return;
    snprintf(cells[TOGETHER].text, sizeof cells->text, "%zu threads at once",
             cost_threads(report));
    snprintf(cells[TOGETHER_SPREAD].text, sizeof cells->text, "spread");
}

static double longer(double width, const char *text, bool bold)
{
    double other = text_pixels(text, SIZE_TEXT, bold);
    return other > width ? other : width;
}

static void measure(struct costs_table *table)
{
    double at = 0;
    for (size_t i = 0; i < table->count; i++)
        at = longer(at, table->rows[i].name, true);
    at += SHEET_MARGIN;
    for (int cell = 0; cell < CELLS; cell++) {
        double width = longer(0, table->heading.cells[cell].text, false);
        for (size_t i = 0; i < table->count; i++)
            width = longer(width, table->rows[i].cells[cell].text, false);
        at += width > 0 ? width + COLUMN_GAP : 0;
        table->ends[cell] = at;
    }
}

static void put_cells(struct sheet *sheet, const struct costs_table *table,
                      const struct cost_row *row, const char *paint)
{
    const struct face face = {.size = SIZE_TEXT, .paint = paint, .anchor = ANCHOR_END};
    sheet_skip(sheet, ROW_HEIGHT);
    for (int cell = 0; cell < CELLS; cell++)
        if (row->cells[cell].text[0] != '\0')
            sheet_text(sheet, table->ends[cell], sheet->y - 8, &face,
                       row->cells[cell].text);
}

static void put_table(struct sheet *sheet, const struct costs_table *table)
{
    const struct face title = {.size = SIZE_TEXT, .paint = PAINT_TEXT, .bold = true};
    char text[256];
    snprintf(text, sizeof text, "What %s costs, measured apart and untraced",
             cost_operation(sheet->report));
    sheet_skip(sheet, 16);
    sheet_line(sheet, SHEET_MARGIN, &title, text);
    put_cells(sheet, table, &table->heading, PAINT_NOTE);
    sheet_put(sheet, "<path d=\"M%f %fH%f\" stroke=\"#8c8c8c\" fill=\"none\"/>\n",
              SHEET_MARGIN, sheet->y, table->ends[CELLS - 1]);
    for (size_t i = 0; i < table->count; i++) {
        put_cells(sheet, table, &table->rows[i], PAINT_TEXT);
        sheet_text(sheet, SHEET_MARGIN, sheet->y - 8, &title, table->rows[i].name);
    }
}

void svg_costs(struct sheet *sheet)
{
    struct costs_table table = {
        .rows = calloc(sheet->report->variant_count + 1, sizeof *table.rows)};
    if (table.rows == NULL) {
        sheet->result = UV_ENOMEM;
        return;
    }
    fill(&table, sheet);
    if (table.count > 0) {
        measure(&table);
        put_table(sheet, &table);
    }
    free(table.rows);
}
