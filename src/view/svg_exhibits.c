// SPDX-License-Identifier: MIT
#include "text/width.h"
#include "view/cycle.h"
#include "view/histogram.h"
#include "view/interleaving.h"
#include "view/svg_parts.h"

#include <stdlib.h>
#include <string.h>

/** Columns of a block: as many as fit on the sheet in its size. */
#define BLOCK_COLUMNS 118

/** Lines of what a demo printed that are shown from its beginning. */
#define PRINTED_LINES 20

void svg_exhibits(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->report->variant_count; i++)
        sheet_block(sheet, BLOCK_COLUMNS, cycle_write, i);
    for (size_t i = 0; i < sheet->report->variant_count; i++)
        sheet_block(sheet, BLOCK_COLUMNS, interleaving_write, i);
}

static int write_histograms(struct pen *pen, const struct report *report,
                            size_t variant)
{
    (void)variant;
    return histograms_write(pen, report);
}

void svg_histograms(struct sheet *sheet)
{
    sheet_block(sheet, BLOCK_COLUMNS, write_histograms, 0);
}

static void put_printed_line(struct sheet *sheet, const char *line, size_t bytes)
{
    const struct face face = {.size = SIZE_SMALL, .paint = PAINT_TEXT, .mono = true};
    char *copy = strndup(line, bytes);
    char *cut = copy != NULL ? text_cut_to_pixels(copy, SHEET_RIGHT - SHEET_MARGIN,
                                                  face.size, sheet->ascii)
                             : NULL;
    if (cut == NULL)
        sheet->result = UV_ENOMEM;
    else
        sheet_line(sheet, SHEET_MARGIN + 14, &face, cut);
    free(cut);
    free(copy);
}

static void put_printed(struct sheet *sheet, const struct run *run)
{
    const struct face note = {.size = SIZE_SMALL, .paint = PAINT_NOTE};
    const char *text = run->printed, *end = text + run->printed_bytes;
    size_t lines = 0;
    for (; text < end; lines++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline != NULL ? newline : end) - text);
        if (lines < PRINTED_LINES)
            put_printed_line(sheet, text, length);
        text += length + 1;
    }
    if (lines > PRINTED_LINES) {
        char line[80];
        snprintf(line, sizeof line, "and %zu more line%s", lines - PRINTED_LINES,
                 lines == PRINTED_LINES + 1 ? "" : "s");
        sheet_line(sheet, SHEET_MARGIN + 14, &note, line);
    }
}

void svg_printed(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->report->variant_count; i++) {
        const struct variant_report *variant = &sheet->report->variants[i];
        const struct run *run = drawn_run(variant);
        char heading[160];
        if (run == NULL || run->printed == NULL || run->printed_bytes == 0)
            continue;
        snprintf(heading, sizeof heading, "%s printed:", variant->variant->name);
        sheet_heading(sheet, heading);
        put_printed(sheet, run);
    }
}
