// SPDX-License-Identifier: MIT
#include "text/width.h"
#include "view/card_text.h"
#include "view/command_line.h"
#include "view/endings.h"
#include "view/prediction.h"
#include "view/svg/parts.h"
#include "view/table.h"
#include "view/title.h"

#include <stdlib.h>
#include <string.h>

#define ROW_HEIGHT 28.0
#define COLUMN_GAP 34.0

/** Sentences in lines longer than this are hard to read. */
#define READING_WIDTH 900.0

/** Where columns end. */
struct grid {
    struct table_row *rows;
    double left, ends[TABLE_COLUMNS]; /**< 0: nobody has it */
};

static void widen(double *width, const char *text, bool bold)
{
    double this = text_pixels(text, SIZE_TEXT, bold);
    *width = this > *width ? this : *width;
}

static void measure(struct grid *grid, const struct report *report)
{
    double at = SHEET_MARGIN, name = 0;
    for (size_t i = 0; i < report->variant_count; i++)
        widen(&name, grid->rows[i].name, true);
    at += name;
    grid->left = at + COLUMN_GAP;
    for (int column = 0; column < TABLE_COLUMNS; column++) {
        double width = 0;
        for (size_t i = 0; i < report->variant_count; i++)
            widen(&width, grid->rows[i].cells[column], false);
        grid->ends[column] = 0;
        if (width == 0)
            continue;
        widen(&width, table_headings[column], false);
        at += (column == TABLE_POSSIBLE ? COLUMN_GAP / 2 : COLUMN_GAP) + width;
        grid->ends[column] = at;
    }
}

static void put_rule(struct sheet *sheet, double right)
{
    sheet_put(sheet,
              "<path d=\"M%f %fH%f\" stroke=\"" PAINT_RULE "\" fill=\"none\"/>\n",
              SHEET_MARGIN, sheet->y, right);
}

/** "of 1.50× possible" stands at the left of its column, the figures at the right. */
static void put_cell(struct sheet *sheet, const struct grid *grid, int column,
                     const char *text, const char *paint)
{
    bool is_left = column == TABLE_POSSIBLE;
    double x =
        is_left ? grid->ends[TABLE_SPEEDUP] + COLUMN_GAP / 2 : grid->ends[column];
    if (grid->ends[column] > 0 && text[0] != '\0')
        sheet_text(sheet, x, sheet->y - 8,
                   &(struct face){.size = SIZE_TEXT,
                                  .paint = paint,
                                  .anchor = is_left ? ANCHOR_START : ANCHOR_END},
                   text);
}

static void put_row(struct sheet *sheet, const struct grid *grid,
                    const struct table_row *row)
{
    const struct face name = {.size = SIZE_TEXT, .paint = PAINT_TEXT, .bold = true};
    const struct face note = {.size = SIZE_TEXT, .paint = PAINT_NOTE};
    sheet_skip(sheet, ROW_HEIGHT);
    sheet_text(sheet, SHEET_MARGIN, sheet->y - 8, &name, row->name);
    if (row->instead.text[0] != '\0') {
        sheet_text(sheet, grid->left, sheet->y - 8, &note, row->instead.text);
        return;
    }
    for (int column = 0; column < TABLE_COLUMNS; column++)
        put_cell(sheet, grid, column, row->cells[column],
                 column == TABLE_POSSIBLE ? PAINT_NOTE : PAINT_TEXT);
}

/** What must be known of the figures. */
static void put_notes_on_figures(struct sheet *sheet)
{
    const struct face note = {.size = SIZE_SMALL, .paint = PAINT_NOTE};
    const struct report *report = sheet->report;
    for (size_t i = 0; i < report->variant_count; i++) {
        struct sentence words = stuck_note(&report->variants[i]);
        if (words.text[0] != '\0')
            sheet_paragraph(sheet, SHEET_MARGIN, READING_WIDTH, &note, words.text);
    }
    char *noise = noise_words(report);
    if (noise == NULL)
        sheet->result = UV_ENOMEM;
    else if (*noise != '\0')
        sheet_paragraph(sheet, SHEET_MARGIN, READING_WIDTH, &note, noise);
    free(noise);
}

void svg_figures(struct sheet *sheet)
{
    const struct report *report = sheet->report;
    struct grid grid = {.rows = calloc(report->variant_count + 1, sizeof *grid.rows)};
    double right = SHEET_MARGIN;
    if (grid.rows == NULL) {
        sheet->result = UV_ENOMEM;
        return;
    }
    for (size_t i = 0; i < report->variant_count; i++)
        grid.rows[i] = table_row_of(report, i, false, sheet->ascii);
    measure(&grid, report);
    sheet_skip(sheet, 12 + ROW_HEIGHT);
    for (int column = 0; column < TABLE_COLUMNS; column++) {
        put_cell(sheet, &grid, column, table_headings[column], PAINT_NOTE);
        right = grid.ends[column] > right ? grid.ends[column] : right;
    }
    if (right > SHEET_MARGIN)
        put_rule(sheet, right);
    for (size_t i = 0; i < report->variant_count; i++)
        put_row(sheet, &grid, &grid.rows[i]);
    put_notes_on_figures(sheet);
    free(grid.rows);
    svg_grids(sheet);
}

/** The question, and under it the command. */
static void put_next(struct sheet *sheet, char *next)
{
    const struct face face = {.size = SIZE_TEXT, .paint = PAINT_TEXT};
    const struct face command = {
        .size = SIZE_TEXT, .paint = PAINT_TEXT, .bold = true, .mono = true};
    char *tab = strchr(next, '\t'), *line = NULL;
    if (tab == NULL)
        return;
    *tab = '\0';
    sheet_skip(sheet, 8);
    sheet_paragraph(sheet, SHEET_MARGIN, READING_WIDTH, &face, next);
    if (asprintf(&line, "conc %s", tab + 1) < 0)
        sheet->result = UV_ENOMEM;
    else
        sheet_paragraph(sheet, SHEET_MARGIN + 14, SHEET_RIGHT - SHEET_MARGIN - 14,
                        &command, line);
    free(line);
}

static void put_predictions(struct sheet *sheet)
{
    const struct face face = {
        .size = SIZE_HEADING - 1, .paint = PAINT_GUESS, .bold = true};
    struct style style = {.width = 80, .unicode = !sheet->ascii};
    struct draft draft;
    FILE *out = sheet_open_draft(sheet, &draft);
    if (out == NULL)
        return;
    say_predictions(sheet->report, &style, out);
    char *text = sheet_close_draft(sheet, &draft);
    if (text != NULL)
        sheet_paragraph(sheet, SHEET_MARGIN, READING_WIDTH + 100, &face, text);
    sheet_skip(sheet, text != NULL && text[0] != '\0' ? 6 : 0);
    free(text);
}

void svg_verdict(struct sheet *sheet)
{
    const struct face face = {.size = SIZE_HEADING - 1, .paint = PAINT_TEXT};
    sheet_skip(sheet, 18);
    put_predictions(sheet);
    for (size_t i = 0; i < sheet->report->variant_count; i++) {
        char *verdict = card_verdict(sheet->report, i, sheet->ascii);
        if (verdict == NULL)
            sheet->result = UV_ENOMEM;
        else
            sheet_paragraph(sheet, SHEET_MARGIN, READING_WIDTH + 100, &face, verdict);
        if (verdict != NULL && verdict[0] != '\0')
            sheet_skip(sheet, 6);
        free(verdict);
    }
    char *next = card_next(sheet->report, sheet->ascii);
    if (next == NULL)
        sheet->result = UV_ENOMEM;
    else
        put_next(sheet, next);
    free(next);
}

void svg_foot(struct sheet *sheet)
{
    const struct face face = {.size = SIZE_LEAST, .paint = PAINT_NOTE};
    const struct report *report = sheet->report;
    const struct machine *machine = &report->machine;
    char cores[96] = "", line[640];
    FILE *memory = fmemopen(cores, sizeof cores, "w");
    if (memory != NULL) {
        put_cores(report, memory);
        fclose(memory);
    }
    sheet_skip(sheet, 16);
    put_rule(sheet, SHEET_RIGHT);
    sheet_skip(sheet, 6);
    struct style style = {.width = 80, .unicode = !sheet->ascii};
    char *command = command_line(report);
    char *safe = command != NULL ? safe_copy(command, &style) : NULL;
    if (safe == NULL)
        sheet->result = UV_ENOMEM;
    else
        sheet_paragraph(
            sheet, SHEET_MARGIN, SHEET_RIGHT - SHEET_MARGIN,
            &(struct face){.size = SIZE_LEAST, .paint = PAINT_NOTE, .mono = true},
            safe);
    free(safe);
    free(command);
    snprintf(line, sizeof line, "conc %s, %s, %s %s, %s, %s", CONC_VERSION,
             report->started, machine->os, machine->kernel, machine->cpu, cores);
    sheet_paragraph(sheet, SHEET_MARGIN, SHEET_RIGHT - SHEET_MARGIN, &face, line);
}
