// SPDX-License-Identifier: MIT
#include "view/grid.h"
#include "text/width.h"
#include "view/costs.h"

#include <stdlib.h>

#define NAME_GAP   4
#define COLUMN_GAP 3
#define NARROW_GAP 2 /**< either, where it gets narrow */
#define INDENT     2 /**< of figures that stand below their name */

/* What they are -------------------------------------------------------------- */

static bool fill_own(struct grid_row *row, const struct figure_table *own,
                     const struct variant_report *variant, bool ascii)
{
    bool any = false;
    for (size_t i = 0; i < FIGURES_MAX && own->columns[i].heading != NULL; i++) {
        row->cells[i] = own->columns[i].figure(variant, ascii);
        any |= row->cells[i].text[0] != '\0';
    }
    row->name = variant->variant->name;
    return any;
}

static int create_own(struct grid *grid, const struct report *report, bool ascii)
{
    const struct figure_table *own = report->card->figures;
    FILE *title = fmemopen(grid->title, sizeof grid->title, "w");
    if (title == NULL)
        return UV_ENOMEM;
    own->title(report, title);
    fclose(title);
    for (size_t i = 0; i < FIGURES_MAX && own->columns[i].heading != NULL; i++) {
        struct grid_column *column = &grid->columns[grid->column_count++];
        snprintf(column->heading.text, sizeof column->heading.text, "%s",
                 own->columns[i].heading);
        column->narrow = column->heading;
        column->is_lesser = own->columns[i].is_lesser;
    }
    for (size_t i = 0; i < report->variant_count; i++)
        grid->row_count +=
            fill_own(&grid->rows[grid->row_count], own, &report->variants[i], ascii);
    return 0;
}

int grid_create(struct grid *grid, const struct report *report, size_t number,
                bool ascii)
{
    int result = 0;
    *grid =
        (struct grid){.rows = calloc(report->variant_count + 1, sizeof *grid->rows)};
    if (grid->rows == NULL)
        return UV_ENOMEM;
    if (number == 0)
        costs_fill(grid, report, ascii);
    else if (report->card->figures != NULL)
        result = create_own(grid, report, ascii);
    if (result != 0)
        grid_destroy(grid);
    return result;
}

void grid_destroy(struct grid *grid)
{
    free(grid->rows);
    grid->rows = NULL;
}

/* As text -------------------------------------------------------------------- */

struct layout {
    unsigned left, gap;            /**< where the first column begins; between them */
    unsigned columns[FIGURES_MAX]; /**< their widths; 0: it is left out */
    bool is_narrow, is_below;      /**< headings are short; names have their own line */
};

static const char *heading_of(const struct grid *grid, const struct layout *layout,
                              size_t column)
{
    const struct grid_column *of = &grid->columns[column];
    return layout->is_narrow ? of->narrow.text : of->heading.text;
}

static unsigned end_column(const struct grid *grid, const struct layout *layout)
{
    unsigned end = layout->left;
    for (size_t i = 0; i < grid->column_count; i++)
        end += layout->columns[i] > 0 ? layout->columns[i] + layout->gap : 0;
    return end > layout->gap ? end - layout->gap : end;
}

static void measure(const struct grid *grid, struct layout *layout)
{
    for (size_t i = 0; i < grid->column_count; i++) {
        unsigned most = 0, heading = text_width(heading_of(grid, layout, i));
        for (size_t k = 0; k < grid->row_count; k++) {
            unsigned columns = text_width(grid->rows[k].cells[i].text);
            most = columns > most ? columns : most;
        }
        layout->columns[i] = most == 0 ? 0 : most > heading ? most : heading;
    }
}

/** From the right, until all fits. */
static void leave_out(const struct grid *grid, struct layout *layout, unsigned width)
{
    for (size_t i = grid->column_count; i-- > 0;)
        if (grid->columns[i].is_lesser && end_column(grid, layout) > width)
            layout->columns[i] = 0;
}

/** Where it gets narrow, headings are shortened first, then what is lesser is left out,
 * and then the names stand above their figures. */
static struct layout lay_out(const struct grid *grid, unsigned names, unsigned width)
{
    struct layout layout = {.left = names + NAME_GAP, .gap = COLUMN_GAP};
    measure(grid, &layout);
    if (end_column(grid, &layout) > width) {
        layout.is_narrow = true;
        layout.left = names + NARROW_GAP;
        layout.gap = NARROW_GAP;
        measure(grid, &layout);
        leave_out(grid, &layout, width);
    }
    if (end_column(grid, &layout) > width) {
        layout.is_below = true;
        layout.left = INDENT;
        measure(grid, &layout);
        leave_out(grid, &layout, width);
    }
    return layout;
}

static void put_cell(struct pen *pen, const struct layout *layout, size_t column,
                     enum ink ink, const char *text, unsigned *at)
{
    if (layout->columns[column] == 0)
        return;
    *at += layout->columns[column];
    pen_put_right(pen, ink, text, *at);
    *at += layout->gap;
}

static void put_headings(struct pen *pen, const struct grid *grid,
                         const struct layout *layout)
{
    unsigned at = layout->left;
    for (size_t i = 0; i < grid->column_count; i++)
        put_cell(pen, layout, i, INK_FAINT, heading_of(grid, layout, i), &at);
    pen_newline(pen);
}

static void put_row(struct pen *pen, const struct grid *grid,
                    const struct layout *layout, const struct grid_row *row)
{
    unsigned at = layout->left;
    pen_put(pen, INK_STRONG, row->name);
    if (layout->is_below)
        pen_newline(pen);
    for (size_t i = 0; i < grid->column_count; i++)
        put_cell(pen, layout, i, grid->columns[i].is_lesser ? INK_FAINT : INK_PLAIN,
                 row->cells[i].text, &at);
    pen_newline(pen);
}

/** Where no two columns fit. */
static void put_stacked(struct pen *pen, const struct grid *grid,
                        const struct grid_row *row)
{
    pen_wrap(pen, INK_STRONG, 0, pen->style->width, row->name);
    for (size_t i = 0; i < grid->column_count; i++) {
        char line[160];
        if (grid->columns[i].is_lesser || row->cells[i].text[0] == '\0')
            continue;
        snprintf(line, sizeof line, "%s: %s", grid->columns[i].narrow.text,
                 row->cells[i].text);
        pen_move(pen, INDENT);
        pen_wrap(pen, INK_PLAIN, INDENT, pen->style->width, line);
    }
}

static void put_grid(struct pen *pen, const struct grid *grid, unsigned names)
{
    unsigned width = pen->style->width;
    struct layout layout = lay_out(grid, names, width);
    char title[sizeof grid->title + 1];
    snprintf(title, sizeof title, "%s:", grid->title);
    pen_newline(pen);
    pen_wrap(pen, INK_PLAIN, 0, width, title);
    if (end_column(grid, &layout) > width) {
        for (size_t i = 0; i < grid->row_count; i++)
            put_stacked(pen, grid, &grid->rows[i]);
        return;
    }
    put_headings(pen, grid, &layout);
    for (size_t i = 0; i < grid->row_count; i++)
        put_row(pen, grid, &layout, &grid->rows[i]);
}

/** As in the table of the times, so that all stand in line. */
static unsigned longest_name(const struct report *report)
{
    unsigned most = 0;
    for (size_t i = 0; i < report->variant_count; i++) {
        unsigned columns = text_width(report->variants[i].variant->name);
        most = columns > most ? columns : most;
    }
    return most;
}

int grids_write(struct pen *pen, const struct report *report)
{
    unsigned names = longest_name(report);
    for (size_t number = 0; number < GRIDS; number++) {
        struct grid grid;
        int result = grid_create(&grid, report, number, !pen->style->unicode);
        if (result != 0)
            return result;
        if (grid.row_count > 0)
            put_grid(pen, &grid, names);
        grid_destroy(&grid);
    }
    return 0;
}
