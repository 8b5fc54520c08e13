// SPDX-License-Identifier: MIT
#include "view/bars.h"
#include "view/svg/parts.h"

#define ROW_HEIGHT 27.0
#define GAP        24.0
#define BAR_MOST   520.0

static const struct face mark_face = {
    .size = SIZE_LEAST, .paint = PAINT_NOTE, .anchor = ANCHOR_MIDDLE};

/** Where bars begin, and where the figures end and the spreads begin. */
struct columns {
    double left, value;
};

static struct columns lay_out(const struct report *report, bool ascii)
{
    struct columns columns = {.left = 0};
    double value = 0;
    for (size_t i = 0; i < report->measured_count; i++) {
        const struct measured *measured = &report->measured[i];
        double label =
            text_pixels(measured->gauge->name, SIZE_TEXT, !measured->gauge->is_floor);
        double figure = text_pixels(bars_value(measured, ascii).text, SIZE_TEXT, false);
        columns.left = label > columns.left ? label : columns.left;
        value = figure > value ? figure : value;
    }
    columns.left += SHEET_MARGIN + GAP;
    columns.value = columns.left + BAR_MOST + GAP + value;
    return columns;
}

static void put_row(struct sheet *sheet, const struct columns *columns,
                    const struct bars *bars, const struct measured *measured)
{
    bool is_floor = measured->gauge->is_floor;
    double width = BAR_MOST * bars_length(bars, measured), y = sheet->y;
    double height = is_floor ? 6 : 18;
    sheet_text(sheet, SHEET_MARGIN, y + 19, is_floor ? &text_face : &title_face,
               measured->gauge->name);
    sheet_put(sheet,
              "<rect x=\"%f\" y=\"%f\" width=\"%f\" height=\"%f\" fill=\"%s\"/>\n",
              columns->left, y + 14 - height / 2, width > 2 ? width : 2, height,
              is_floor ? PAINT_IDLE : PAINT_RUN);
    sheet_text(sheet, columns->value, y + 19, &right_face,
               bars_value(measured, sheet->ascii).text);
    sheet_text(sheet, columns->value + GAP, y + 19, &note_face,
               bars_spread(measured, sheet->ascii ? "-" : "–", sheet->ascii).text);
    sheet_skip(sheet, ROW_HEIGHT);
}

/** Lines behind the bars, and what they mean, below. */
static void put_scale(struct sheet *sheet, const struct columns *columns,
                      const struct bars *bars, double height)
{
    double part = 0, marks = 0;
    for (int64_t mark = bars->low; mark < bars->high; mark *= bars->base)
        marks++;
    for (int64_t mark = bars->low;; mark *= bars->base) {
        double x = columns->left + BAR_MOST * part / marks;
        sheet_put(sheet, "<path d=\"M%f %fv%f\" stroke=\"%s\" fill=\"none\"/>\n", x,
                  sheet->y, height, PAINT_GRID);
        sheet_text(sheet, x, sheet->y + height + 16, &mark_face,
                   bars_mark(bars, mark, sheet->ascii).text);
        part++;
        if (mark >= bars->high)
            break;
    }
}

void svg_bars(struct sheet *sheet)
{
    const struct report *report = sheet->report;
    struct columns columns = lay_out(report, sheet->ascii);
    for (size_t first = 0; first < report->measured_count;) {
        struct bars bars = bars_at(report, first);
        bool has_floors = bars.at[bars.count - 1].gauge->is_floor, in_floors = false;
        sheet_skip(sheet, 16);
        sheet_line(sheet, SHEET_MARGIN, &title_face, bars.at->gauge->chart);
        if (first == 0)
            sheet_paragraph(sheet, SHEET_MARGIN, SHEET_RIGHT - SHEET_MARGIN, &note_face,
                            bars_note());
        sheet_skip(sheet, 6);
        put_scale(sheet, &columns, &bars,
                  ROW_HEIGHT * (double)(bars.count + has_floors));
        for (size_t i = 0; i < bars.count; i++) {
            if (bars.at[i].gauge->is_floor && !in_floors) {
                in_floors = true;
                sheet_text(sheet, SHEET_MARGIN, sheet->y + 19, &note_face, "floors");
                sheet_skip(sheet, ROW_HEIGHT);
            }
            put_row(sheet, &columns, &bars, &bars.at[i]);
        }
        sheet_skip(sheet, 24);
        first += bars.count;
    }
}
