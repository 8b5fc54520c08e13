// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "view/svg/parts.h"
#include "view/votes/words.h"

#include <stdlib.h>
#include <string.h>

#define ROW_HEIGHT 27.0
#define GAP        24.0
#define BAR_MOST   330.0

/** Where the rounds' bars begin, and where the mark of what was measured stands. */
struct bars {
    struct sheet *sheet;
    const struct class_figures *figures;
    struct class_counts counts;
    double left[2], mark, most;
};

static void lay_out(struct bars *bars)
{
    bool ascii = bars->sheet->ascii;
    double label = 0;
    double number = text_pixels(count_text(bars->counts.most).text, SIZE_TEXT, false);
    double mark = text_pixels(bars->figures->mark.text, SIZE_TEXT, true) + GAP;
    size_t rounds = bars->figures->again != NULL ? 2 : 1;
    for (size_t bin = 0; bin < bars->figures->bins.count; bin++) {
        const char *text = class_bin_label(&bars->figures->bins, bin, ascii).text;
        double width = text_pixels(text, SIZE_TEXT, false);
        label = width > label ? width : label;
    }
    bars->left[0] = SHEET_MARGIN + 14 + label + GAP;
    double room = SHEET_RIGHT - bars->left[0] - mark;
    bars->most = room / (double)rounds - 10 - number - GAP;
    bars->most = bars->most < BAR_MOST ? bars->most : BAR_MOST;
    double column = bars->most + 10 + number + GAP;
    bars->left[1] = bars->left[0] + column;
    bars->mark = bars->left[0] + column * (double)rounds;
}

static void put_bar(const struct bars *bars, size_t round, size_t bin)
{
    struct sheet *sheet = bars->sheet;
    size_t count = bars->counts.at[round][bin];
    double left = bars->left[round];
    double width = bars->most * (double)count / (double)bars->counts.most;
    if (count > 0)
        sheet_put(sheet,
                  "<rect x=\"%f\" y=\"%f\" width=\"%f\" height=\"18\" "
                  "fill=\"" PAINT_RUN "\"/>\n",
                  left, sheet->y + 5, width > 2 ? width : 2);
    sheet_text(sheet, left + (count > 0 ? width + 10 : 0), sheet->y + 19, &text_face,
               count_text(count).text);
}

static void put_bin(const struct bars *bars, size_t bin)
{
    struct sheet *sheet = bars->sheet;
    double y = sheet->y + 14;
    sheet_text(sheet, bars->left[0] - GAP, sheet->y + 19, &right_face,
               class_bin_label(&bars->figures->bins, bin, sheet->ascii).text);
    put_bar(bars, 0, bin);
    if (bars->figures->again != NULL)
        put_bar(bars, 1, bin);
    if (bars->counts.measured == bin) {
        sheet_put(sheet, "<path d=\"M%f,%fl14,-8v16z\" fill=\"" PAINT_TEXT "\"/>\n",
                  bars->mark, y);
        sheet_text(sheet, bars->mark + GAP, sheet->y + 19, &title_face,
                   bars->figures->mark.text);
    }
    sheet_skip(sheet, ROW_HEIGHT);
}

static void put_headings(const struct bars *bars)
{
    struct sheet *sheet = bars->sheet;
    if (bars->figures->again == NULL)
        return;
    sheet_text(sheet, bars->left[0], sheet->y + 17, &note_face, "first vote");
    sheet_text(sheet, bars->left[1], sheet->y + 17, &note_face, "second vote");
    sheet_skip(sheet, 22);
}

static void put_words(struct sheet *sheet, const struct class_figures *figures)
{
    char *text = class_words(figures, sheet->ascii);
    if (text == NULL)
        sheet->result = UV_ENOMEM;
    else
        sheet_paragraph(sheet, SHEET_MARGIN, SHEET_RIGHT - SHEET_MARGIN, &text_face,
                        text);
    free(text);
}

void svg_votes(struct sheet *sheet)
{
    struct class_figures figures;
    struct bars bars = {.sheet = sheet, .figures = &figures};
    char title[160];
    if (sheet->report->options->votes == NULL || sheet->result != 0)
        return;
    sheet->result = class_figures_of(&figures, sheet->report, true, sheet->ascii);
    if (sheet->result != 0)
        return;
    class_count(&figures, &bars.counts);
    lay_out(&bars);
    snprintf(title, sizeof title, "What the class said of %s", figures.variant->name);
    sheet_skip(sheet, 14);
    sheet_line(sheet, SHEET_MARGIN, &title_face, title);
    put_headings(&bars);
    for (size_t bin = 0; bin < figures.bins.count; bin++)
        put_bin(&bars, bin);
    sheet_skip(sheet, 8);
    put_words(sheet, &figures);
}
