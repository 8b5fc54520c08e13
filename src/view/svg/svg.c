// SPDX-License-Identifier: MIT
/**
 * One picture of the whole run, for slides and for print: black on white, each state by
 * its shape and its colour, nothing that moves and nothing from elsewhere.
 */

#include "card.h"
#include "view/card_text.h"
#include "view/markup.h"
#include "view/sentences.h"
#include "view/svg/parts.h"
#include "view/title.h"

#include <stdlib.h>
#include <string.h>

/** Columns that a picture is drawn in: four pixels each, so that turns on a core can be
 * seen from the last row.  Blocks: what some hundred kilobytes hold. */
#define COLUMNS    200
#define BLOCKS_MAX 12000

/** What `write` puts into memory; NULL when that ran out. */
static char *text_of(const struct report *report, bool ascii,
                     void (*write)(const struct report *report, bool ascii, FILE *out))
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        write(report, ascii, out);
    return draft_close(&draft);
}

static void write_tasks(const struct report *report, bool ascii, FILE *out)
{
    put_task_words(report->options, ascii, out);
}

static void write_notes(const struct report *report, bool ascii, FILE *out)
{
    put_notes(report, false, ascii, out);
}

static void put_written(struct sheet *sheet, const struct face *face,
                        void (*write)(const struct report *report, bool ascii,
                                      FILE *out))
{
    char *text = text_of(sheet->report, sheet->ascii, write);
    if (text == NULL)
        sheet->result = UV_ENOMEM;
    else
        sheet_paragraph(sheet, SHEET_MARGIN, SHEET_RIGHT - SHEET_MARGIN, face, text);
    free(text);
}

static void put_title_of(struct sheet *sheet)
{
    const struct face title = {.size = SIZE_TITLE, .paint = PAINT_TEXT, .bold = true};
    const struct face tasks = {.size = SIZE_HEADING, .paint = PAINT_TEXT};
    const struct face notes = {.size = SIZE_TEXT, .paint = PAINT_NOTE};
    char name[128];
    snprintf(name, sizeof name, "conc %s", sheet->report->card->demo->name);
    sheet_skip(sheet, 26);
    sheet_line(sheet, SHEET_MARGIN, &title, name);
    put_written(sheet, &tasks, write_tasks);
    put_written(sheet, &notes, write_notes);
    sheet_skip(sheet, 14);
}

/** The picture in sentences, for those who cannot see it. */
static void write_description(const struct report *report, bool ascii, FILE *out)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        sentence_of_figures(report, i, ascii, out);
        putc(' ', out);
    }
    for (size_t i = 0; i < report->variant_count; i++) {
        char *verdict = card_verdict(report, i, ascii);
        fprintf(out, "%s ", verdict != NULL ? verdict : "");
        free(verdict);
    }
}

static void put_text(struct sheet *sheet,
                     void (*write)(const struct report *report, bool ascii, FILE *out))
{
    char *text = text_of(sheet->report, sheet->ascii, write);
    int result = text != NULL ? markup_text(sheet->out, text, sheet->ascii) : UV_ENOMEM;
    sheet->result = sheet->result != 0 ? sheet->result : result;
    free(text);
}

static void put_head(struct sheet *sheet, double height)
{
    sheet_put(sheet,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%f\" height=\"%f\" "
              "viewBox=\"0 0 %f %f\" role=\"img\" "
              "aria-labelledby=\"conc-title conc-desc\" "
              "font-family=\"DejaVu Sans, Verdana, Helvetica, Arial, sans-serif\">\n"
              "<title id=\"conc-title\">conc %s: ",
              SHEET_WIDTH, height, SHEET_WIDTH, height,
              sheet->report->card->demo->name);
    put_text(sheet, write_tasks);
    sheet_put(sheet, "</title>\n<desc id=\"conc-desc\">");
    put_text(sheet, write_description);
    sheet_put(sheet, "</desc>\n<rect width=\"%f\" height=\"%f\" fill=\"#fff\"/>\n",
              SHEET_WIDTH, height);
}

static void put_body(struct sheet *sheet, const struct drawing *drawing)
{
    svg_patterns(sheet);
    put_title_of(sheet);
    svg_pictures(sheet, drawing);
    svg_exhibits(sheet);
    svg_figures(sheet);
    svg_bars(sheet);
    svg_charts(sheet);
    svg_histograms(sheet);
    svg_votes(sheet);
    svg_printed(sheet);
    svg_verdict(sheet);
    svg_foot(sheet);
    sheet_skip(sheet, 26);
}

/** The height, which stands at the beginning, is known at the end: the body is written
 * to memory first. */
static int write_sheet(const struct report *report, const struct drawing *drawing,
                       FILE *out)
{
    struct sheet sheet = {.report = report, .ascii = report->options->ascii};
    char *body = NULL;
    size_t bytes;
    sheet.out = open_memstream(&body, &bytes);
    if (sheet.out == NULL)
        return UV_ENOMEM;
    put_body(&sheet, drawing);
    if (fclose(sheet.out) != 0)
        sheet.result = UV_ENOMEM;
    sheet.out = out;
    if (sheet.result == 0) {
        put_head(&sheet, sheet.y);
        fwrite(body, 1, bytes, out);
        fputs("</svg>\n", out);
    }
    free(body);
    return sheet.result;
}

int svg_write(const struct report *report, const struct style *style, FILE *out)
{
    struct drawing drawing;
    (void)style;
    int result = drawing_create(
        &drawing, report,
        &(struct drawing_wish){.columns = COLUMNS, .blocks_max = BLOCKS_MAX});
    if (result == 0) {
        result = write_sheet(report, &drawing, out);
        drawing_destroy(&drawing);
    }
    return result;
}
