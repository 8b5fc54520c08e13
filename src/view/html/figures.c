// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "view/bars.h"
#include "view/chart.h"
#include "view/endings.h"
#include "view/grid.h"
#include "view/html/page.h"
#include "view/svg/parts.h"
#include "view/table.h"

#include <stdlib.h>

static const char *heading_of(int column)
{
    return column == TABLE_POSSIBLE ? "possible" : table_headings[column];
}

static void put_row(struct page *page, const struct table_row *row, const bool *has,
                    int columns)
{
    page_put(page, "<tr>");
    page_element(page, "th scope=\"row\"", row->name);
    if (row->instead.text[0] != '\0') {
        char tag[64];
        snprintf(tag, sizeof tag, "td class=\"words\" colspan=\"%d\"",
                 columns > 0 ? columns : 1);
        page_element(page, tag, row->instead.text);
    }
    for (int column = 0; column < TABLE_COLUMNS && row->instead.text[0] == '\0';
         column++)
        if (has[column])
            page_element(page, column == TABLE_POSSIBLE ? "td class=\"left\"" : "td",
                         row->cells[column]);
    page_put(page, "</tr>\n");
}

static void put_headings(struct page *page, const bool *has)
{
    page_put(page, "<thead><tr>");
    page_element(page, "th scope=\"col\" class=\"left\"", "variant");
    for (int column = 0; column < TABLE_COLUMNS; column++)
        if (has[column])
            page_element(page,
                         column == TABLE_POSSIBLE ? "th scope=\"col\" class=\"left\""
                                                  : "th scope=\"col\"",
                         heading_of(column));
    page_put(page, "</tr></thead>\n<tbody>\n");
}

/** A table that scrolls where it is wider than the page, also by keyboard. */
static void open_table(struct page *page, const char *caption)
{
    page_put(page,
             "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
    page_text(page, caption);
    page_put(page, "\">\n<table>\n<caption>");
    page_text(page, caption);
    page_put(page, "</caption>\n");
}

static void close_table(struct page *page)
{
    page_put(page, "</tbody>\n</table>\n</div>\n");
}

static void put_table(struct page *page)
{
    const struct report *report = page->report;
    struct table_row *rows = calloc(report->variant_count + 1, sizeof *rows);
    bool has[TABLE_COLUMNS] = {false};
    int columns = 0;
    if (rows == NULL) {
        page->result = UV_ENOMEM;
        return;
    }
    for (size_t i = 0; i < report->variant_count; i++) {
        rows[i] = table_row_of(report, i, false, page->ascii);
        for (int column = 0; column < TABLE_COLUMNS; column++)
            has[column] |= rows[i].cells[column][0] != '\0';
    }
    for (int column = 0; column < TABLE_COLUMNS; column++)
        columns += has[column];
    open_table(page, "Times of each variant");
    put_headings(page, has);
    for (size_t i = 0; i < report->variant_count; i++)
        put_row(page, &rows[i], has, columns);
    close_table(page);
    free(rows);
}

static void put_notes_on_figures(struct page *page)
{
    const struct report *report = page->report;
    for (size_t i = 0; i < report->variant_count; i++) {
        struct sentence words = stuck_note(&report->variants[i]);
        if (words.text[0] != '\0')
            page_element(page, "p class=\"note\"", words.text);
    }
    char *noise = noise_words(report);
    if (noise == NULL)
        page->result = UV_ENOMEM;
    else if (*noise != '\0')
        page_element(page, "p class=\"note\"", noise);
    free(noise);
}

static bool has_column(const struct grid *grid, size_t column)
{
    for (size_t i = 0; i < grid->row_count; i++)
        if (grid->rows[i].cells[column].text[0] != '\0')
            return true;
    return false;
}

static void put_grid(struct page *page, const struct grid *grid)
{
    open_table(page, grid->title);
    page_put(page, "<thead><tr>");
    page_element(page, "th scope=\"col\" class=\"left\"", "variant");
    for (size_t i = 0; i < grid->column_count; i++)
        if (has_column(grid, i))
            page_element(page, "th scope=\"col\"", grid->columns[i].heading.text);
    page_put(page, "</tr></thead>\n<tbody>\n");
    for (size_t k = 0; k < grid->row_count; k++) {
        page_put(page, "<tr>");
        page_element(page, "th scope=\"row\"", grid->rows[k].name);
        for (size_t i = 0; i < grid->column_count; i++)
            if (has_column(grid, i))
                page_element(page, "td", grid->rows[k].cells[i].text);
        page_put(page, "</tr>\n");
    }
    close_table(page);
}

static void put_grids(struct page *page)
{
    for (size_t number = 0; number < GRIDS; number++) {
        struct grid grid;
        int result = grid_create(&grid, page->report, number, page->ascii);
        if (result != 0) {
            page->result = result;
            return;
        }
        if (grid.row_count > 0)
            put_grid(page, &grid);
        grid_destroy(&grid);
    }
}

static void put_bar(struct page *page, const struct bars *bars,
                    const struct measured *measured)
{
    bool is_floor = measured->gauge->is_floor;
    double width = 320 * bars_length(bars, measured);
    page_put(page, "<tr><th scope=\"row\">");
    page_text(page, is_floor ? "floor: " : "");
    page_text(page, measured->gauge->name);
    page_put(page, "</th>");
    page_element(page, "td", bars_value(measured, page->ascii).text);
    page_element(page, "td",
                 bars_spread(measured, page->ascii ? "-" : "–", page->ascii).text);
    page_format(page,
                "<td class=\"left\"><svg width=\"320\" height=\"14\" "
                "aria-hidden=\"true\"><rect width=\"%.0f\" height=\"14\" "
                "class=\"%s\"/></svg></td></tr>\n",
                width > 2 ? width : 2, is_floor ? "floor" : "measured");
}

static void put_bars(struct page *page, const struct bars *bars)
{
    open_table(page, bars->at->gauge->chart);
    page_put(page, "<thead><tr>");
    page_element(page, "th scope=\"col\" class=\"left\"", "variant");
    page_element(page, "th scope=\"col\"", bars->is_bytes ? "memory" : "time");
    page_element(page, "th scope=\"col\"", "middle half");
    page_put(page, "<th scope=\"col\" class=\"left\">");
    page_text(page, bars_mark(bars, bars->low, page->ascii).text);
    page_put(page, page->ascii ? " - " : " – ");
    page_text(page, bars_mark(bars, bars->high, page->ascii).text);
    page_put(page, ", logarithmic</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < bars->count; i++)
        put_bar(page, bars, &bars->at[i]);
    close_table(page);
}

static void put_all_bars(struct page *page)
{
    if (page->report->measured_count > 0)
        page_element(page, "p class=\"note\"", bars_note());
    for (size_t first = 0; first < page->report->measured_count;) {
        struct bars bars = bars_at(page->report, first);
        put_bars(page, &bars);
        first += bars.count;
    }
}

static void put_points(struct page *page, const struct variant_report *variant)
{
    char caption[128];
    snprintf(caption, sizeof caption, "The same in figures: %s",
             variant->variant->name);
    open_table(page, caption);
    page_put(page, "<thead><tr>");
    page_element(page, "th scope=\"col\"", chart_number(page->report));
    page_element(page, "th scope=\"col\" class=\"left\"", "tasks that");
    page_element(page, "th scope=\"col\"", "wall");
    page_element(page, "th scope=\"col\"", "ideal");
    page_put(page, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < variant->sweep_count; i++) {
        const struct sweep_point *point = &variant->sweep[i];
        page_put(page, "<tr>");
        page_element(page, "td", count_text(point->number).text);
        page_element(page, "td class=\"left\"",
                     point->work == WORK_CPU ? "compute" : "wait");
        page_element(page, "td", duration_text(point->wall.median, page->ascii).text);
        page_element(page, "td", duration_text(point->ideal_ns, page->ascii).text);
        page_put(page, "</tr>\n");
    }
    close_table(page);
}

/** The chart of a sweep as the svg view draws it, and its figures. */
static void put_chart(struct page *page, size_t number)
{
    const struct variant_report *variant = &page->report->variants[number];
    struct draft draft;
    FILE *out = page_open_draft(page, &draft);
    if (out == NULL)
        return;
    struct sheet sheet = {.out = out, .ascii = page->ascii, .report = page->report};
    svg_chart(&sheet, number, SHEET_MARGIN);
    char *drawn = page_close_draft(page, &draft);
    if (sheet.result != 0)
        page->result = sheet.result;
    page_put(page, "<figure>\n<figcaption>");
    page_text(page, variant->variant->name);
    page_put(page, ": time against ");
    page_text(page, chart_number(page->report));
    page_text(page, chart_partial(page->report, variant));
    page_format(
        page,
        "</figcaption>\n<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
        "aria-label=\"A chart of the figures below\" font-family=\"sans-serif\">\n",
        SHEET_WIDTH, sheet.y);
    page_put(page, drawn != NULL ? drawn : "");
    page_put(page, "</svg>\n</figure>\n");
    free(drawn);
    put_points(page, variant);
}

void html_figures(struct page *page)
{
    page_put(page, "<section aria-labelledby=\"figures\">\n"
                   "<h2 id=\"figures\">Figures</h2>\n");
    put_table(page);
    put_notes_on_figures(page);
    put_grids(page);
    put_all_bars(page);
    for (size_t i = 0; i < page->report->variant_count; i++)
        if (page->report->variants[i].sweep_count > 0)
            put_chart(page, i);
    page_put(page, "</section>\n");
}
