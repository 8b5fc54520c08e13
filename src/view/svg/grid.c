// SPDX-License-Identifier: MIT
#include "view/grid.h"
#include "view/svg/parts.h"

#define ROW_HEIGHT 28.0
#define COLUMN_GAP 34.0

/** Where its columns end. */
struct layout {
    double ends[FIGURES_MAX];
};

static double longer(double width, const char *text, bool bold)
{
    double other = text_pixels(text, SIZE_TEXT, bold);
    return other > width ? other : width;
}

/** What no row has takes no room. */
static struct layout lay_out(const struct grid *grid)
{
    struct layout layout = {.ends = {0}};
    double at = 0;
    for (size_t i = 0; i < grid->row_count; i++)
        at = longer(at, grid->rows[i].name, true);
    at += SHEET_MARGIN;
    for (size_t column = 0; column < grid->column_count; column++) {
        double width = 0;
        for (size_t i = 0; i < grid->row_count; i++)
            width = longer(width, grid->rows[i].cells[column].text, false);
        if (width > 0)
            at += COLUMN_GAP + longer(width, grid->columns[column].heading.text, false);
        layout.ends[column] = width > 0 ? at : 0;
    }
    return layout;
}

static void put_cell(struct sheet *sheet, const struct layout *layout, size_t column,
                     const char *paint, const char *text)
{
    const struct face face = {.size = SIZE_TEXT, .paint = paint, .anchor = ANCHOR_END};
    if (layout->ends[column] > 0 && text[0] != '\0')
        sheet_text(sheet, layout->ends[column], sheet->y - 8, &face, text);
}

static double right_end(const struct grid *grid, const struct layout *layout)
{
    double end = 0;
    for (size_t i = 0; i < grid->column_count; i++)
        end = layout->ends[i] > end ? layout->ends[i] : end;
    return end;
}

static void put_grid(struct sheet *sheet, const struct grid *grid)
{
    struct layout layout = lay_out(grid);
    sheet_skip(sheet, 16);
    sheet_line(sheet, SHEET_MARGIN, &title_face, grid->title);
    sheet_skip(sheet, ROW_HEIGHT);
    for (size_t i = 0; i < grid->column_count; i++)
        put_cell(sheet, &layout, i, PAINT_NOTE, grid->columns[i].heading.text);
    sheet_put(sheet,
              "<path d=\"M%f %fH%f\" stroke=\"" PAINT_RULE "\" fill=\"none\"/>\n",
              SHEET_MARGIN, sheet->y, right_end(grid, &layout));
    for (size_t k = 0; k < grid->row_count; k++) {
        const struct grid_row *row = &grid->rows[k];
        sheet_skip(sheet, ROW_HEIGHT);
        sheet_text(sheet, SHEET_MARGIN, sheet->y - 8, &title_face, row->name);
        for (size_t i = 0; i < grid->column_count; i++)
            put_cell(sheet, &layout, i, PAINT_TEXT, row->cells[i].text);
    }
}

void svg_grids(struct sheet *sheet)
{
    for (size_t number = 0; number < GRIDS; number++) {
        struct grid grid;
        int result = grid_create(&grid, sheet->report, number, sheet->ascii);
        if (result != 0) {
            sheet->result = result;
            return;
        }
        if (grid.row_count > 0)
            put_grid(sheet, &grid);
        grid_destroy(&grid);
    }
}
