// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "view/legend.h"
#include "view/svg/frame.h"

#include <stdlib.h>

const struct look svg_looks[STATE_COUNT] = {
    [STATE_RUN] = {PAINT_RUN, BAR_HEIGHT},
    [STATE_READY] = {"url(#conc-ready)", 12},
    [STATE_WAIT] = {PAINT_WAIT, 4},
    [STATE_BLOCKED] = {"url(#conc-blocked)", BAR_HEIGHT},
    [STATE_IDLE] = {"url(#conc-idle)", 4},
    [STATE_ZOMBIE] = {"url(#conc-zombie)", 12},
};

void svg_patterns(struct sheet *sheet)
{
    fputs("<defs>\n"
          "<pattern id=\"conc-ready\" width=\"8\" height=\"8\" "
          "patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" "
          "fill=\"" PAINT_READY_GROUND
          "\"/><path d=\"M-2 2L2 -2M-2 10L10 -2M6 10L10 6\" "
          "stroke=\"" PAINT_READY "\" stroke-width=\"2.8\"/></pattern>\n"
          "<pattern id=\"conc-blocked\" width=\"6\" height=\"6\" "
          "patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" "
          "fill=\"" PAINT_BLOCKED_GROUND "\"/><circle cx=\"1.5\" cy=\"1.5\" r=\"1.25\" "
          "fill=\"" PAINT_BLOCKED "\"/><circle cx=\"4.5\" cy=\"4.5\" r=\"1.25\" "
          "fill=\"" PAINT_BLOCKED "\"/></pattern>\n"
          "<pattern id=\"conc-idle\" width=\"8\" height=\"8\" "
          "patternUnits=\"userSpaceOnUse\"><rect width=\"3\" height=\"8\" "
          "fill=\"" PAINT_IDLE "\"/></pattern>\n"
          "<pattern id=\"conc-zombie\" width=\"6\" height=\"6\" "
          "patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" "
          "fill=\"" PAINT_ZOMBIE_GROUND "\"/><rect width=\"2\" height=\"6\" "
          "fill=\"" PAINT_ZOMBIE "\"/></pattern>\n"
          "</defs>\n",
          sheet->out);
}

double svg_place(const struct frame *frame, int64_t at_ns)
{
    return frame->left + frame->width * drawing_place(frame->drawing, at_ns);
}

void svg_cross(struct sheet *sheet, double x, double y)
{
    sheet_put(sheet,
              "<path d=\"M%f %fl14 14m0 -14l-14 14\" stroke=\"%s\" "
              "stroke-width=\"3.4\" fill=\"none\"/>\n",
              x - 7, y - 7, PAINT_WRONG);
}

void svg_dot(struct sheet *sheet, double x, double y)
{
    sheet_put(sheet,
              "<circle cx=\"%f\" cy=\"%f\" r=\"4.5\" fill=\"%s\" stroke=\"#fff\" "
              "stroke-width=\"1.5\"/>\n",
              x, y, PAINT_TEXT);
}

void svg_axis(const struct frame *frame)
{
    struct sheet *sheet = frame->sheet;
    const struct face face = {
        .size = SIZE_SMALL, .paint = PAINT_TEXT, .anchor = ANCHOR_MIDDLE};
    double y = sheet->y, last = 0, right = frame->left + frame->width;
    double unit = text_pixels(frame->unit, SIZE_SMALL, false);
    size_t numbers = 0;
    sheet_put(sheet, "<path d=\"M%f %fh%f", frame->left, y, frame->width);
    for (size_t i = 0; i < frame->tick_count; i++)
        sheet_put(sheet, "M%f %fv7", svg_place(frame, frame->ticks[i].at_ns), y);
    sheet_put(sheet, "\" stroke=\"%s\" stroke-width=\"1.5\" fill=\"none\"/>\n",
              PAINT_TEXT);
    for (size_t i = 0; i < frame->tick_count; i++) {
        double x = svg_place(frame, frame->ticks[i].at_ns);
        double half = text_pixels(frame->ticks[i].text, SIZE_SMALL, false) / 2;
        if (x - half < last || x + half > right - unit - 8)
            continue;
        sheet_text(sheet, x, y + 23, &face, frame->ticks[i].text);
        last = x + half + 8;
        numbers++;
    }
    sheet_text(
        sheet, right, y + 23,
        &(struct face){.size = SIZE_SMALL, .paint = PAINT_TEXT, .anchor = ANCHOR_END},
        numbers < 2 ? duration_text(frame->drawing->to_ns, sheet->ascii).text
                    : frame->unit);
    sheet_skip(sheet, 30);
}

/** Where a mark points: up to the axis, or to the side on which its time lies. */
static void put_pointer(const struct frame *frame, int64_t at_ns, double x)
{
    const struct drawing *drawing = frame->drawing;
    const char *shape = at_ns < drawing->from_ns ? "m-8 8l14 -7v14z"
                        : at_ns > drawing->to_ns ? "m8 8l-14 -7v14z"
                                                 : "l8 14h-16z";
    sheet_put(frame->sheet, "<path d=\"M%f %f%s\" fill=\"%s\"/>\n", x,
              frame->sheet->y + 4, shape, PAINT_GUESS);
}

/** Beside its mark, on the side that has room; on lines of its own where none has. */
static void put_guess(const struct frame *frame, double x, const char *words)
{
    struct sheet *sheet = frame->sheet;
    struct face face = {.size = SIZE_SMALL, .paint = PAINT_GUESS, .bold = true};
    double width = text_pixels(words, face.size, true) + 14;
    if (x + width <= SHEET_RIGHT) {
        sheet_line(sheet, x + 14, &face, words);
    } else if (x - width >= SHEET_MARGIN) {
        face.anchor = ANCHOR_END;
        sheet_line(sheet, x - 14, &face, words);
    } else {
        sheet_skip(sheet, 20);
        sheet_paragraph(sheet, SHEET_MARGIN, SHEET_RIGHT - SHEET_MARGIN, &face, words);
    }
}

static void put_prediction(const struct frame *frame, size_t variant)
{
    struct sheet *sheet = frame->sheet;
    int64_t at_ns = predicted_time_ns(sheet->report, variant);
    char *words = prediction_words(sheet->report, variant, sheet->ascii);
    if (words == NULL) {
        sheet->result = UV_ENOMEM;
        return;
    }
    double x = at_ns >= 0 ? svg_place(frame, at_ns) : frame->left;
    sheet_skip(sheet, 4);
    if (at_ns >= 0)
        put_pointer(frame, at_ns, x);
    put_guess(frame, x, words);
    free(words);
}

void svg_predictions(const struct frame *frame)
{
    const struct report *report = frame->sheet->report;
    for (size_t i = 0; i < report->variant_count; i++)
        if (report_prediction(report, &report->variants[i]) != NULL)
            put_prediction(frame, i);
}

static void put_swatch(struct sheet *sheet, double x, double y, enum state state)
{
    double height = svg_looks[state].height;
    sheet_put(sheet,
              "<rect x=\"%f\" y=\"%f\" width=\"34\" height=\"%f\" fill=\"%s\"/>\n", x,
              y - 5 - height / 2, height, svg_looks[state].fill);
}

void svg_legend(const struct frame *frame)
{
    struct sheet *sheet = frame->sheet;
    const struct legend *legend = &frame->drawing->legend;
    const struct face face = {.size = SIZE_SMALL, .paint = PAINT_TEXT};
    double x = frame->left;
    sheet_skip(sheet, 30);
    for (int state = 0; state < STATE_COUNT + 2; state++) {
        bool is_cut = state == STATE_COUNT, is_beat = state == STATE_COUNT + 1;
        if (is_cut ? !legend->cut : is_beat ? !legend->beat : !legend->state[state])
            continue;
        const char *words = is_cut    ? "cut off"
                            : is_beat ? legend->beat_name
                                      : legend_words(legend, (enum state)state);
        double width = 44 + text_pixels(words, face.size, false) + 26;
        if (x + width > SHEET_RIGHT && x > frame->left) {
            x = frame->left;
            sheet_skip(sheet, 26);
        }
        if (is_cut)
            svg_cross(sheet, x + 17, sheet->y - 5);
        else if (is_beat)
            svg_dot(sheet, x + 17, sheet->y - 5);
        else
            put_swatch(sheet, x, sheet->y, (enum state)state);
        sheet_text(sheet, x + 44, sheet->y, &face, words);
        x += width;
    }
    sheet_skip(sheet, 10);
}
