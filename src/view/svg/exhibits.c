// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "text/width.h"
#include "view/histogram.h"
#include "view/interleaving.h"
#include "view/printed.h"
#include "view/svg/parts.h"

#include <stdlib.h>
#include <string.h>

#define ROW_HEIGHT 27.0
#define GAP        24.0
#define BAR_MOST   420.0

static const struct face wrong_face = {
    .size = SIZE_TEXT, .paint = PAINT_WRONG, .bold = true};

static void widen(double *width, double other)
{
    *width = other > *width ? other : *width;
}

/** Two lanes' steps, a column each, from top to bottom as they came. */
struct steps {
    struct sheet *sheet;
    const struct timeline *timeline;
    const struct interleaving *interleaving;
    const char *names[2];
    double left[2], column; /**< of the lanes */
    double value, remark;   /**< where values end, and remarks begin */
};

static bool is_right(const struct interleaving *interleaving, size_t step)
{
    size_t lane = interleaving->steps[step].lane;
    return lane == interleaving->right && lane != interleaving->left;
}

static void source_of(const struct steps *steps, size_t step, char *source, size_t size)
{
    site_label(steps->timeline, steps->interleaving->steps[step].site, source, size);
}

static void lay_out_steps(struct steps *steps)
{
    const struct interleaving *interleaving = steps->interleaving;
    double value = text_pixels(interleaving->value_heading, SIZE_TEXT, false);
    for (int side = 0; side < 2; side++)
        widen(&steps->column, text_pixels(steps->names[side], SIZE_TEXT, true));
    for (size_t i = 0; i < interleaving->step_count; i++) {
        char source[320];
        source_of(steps, i, source, sizeof source);
        widen(&steps->column,
              text_pixels(interleaving->steps[i].words, SIZE_TEXT, false) + 12 +
                  text_pixels(source, SIZE_LEAST, false));
        widen(&value, text_pixels(interleaving->steps[i].value, SIZE_TEXT, false));
    }
    widen(&steps->column, 120);
    steps->column += GAP;
    steps->left[0] = SHEET_MARGIN + 40;
    steps->left[1] = steps->left[0] + steps->column + GAP / 2;
    steps->value = steps->left[1] + steps->column + GAP + value;
    steps->remark = steps->value + GAP;
}

/** The lanes, as bands behind their steps. */
static void put_bands(const struct steps *steps)
{
    struct sheet *sheet = steps->sheet;
    double height = ROW_HEIGHT * (double)(steps->interleaving->step_count + 1);
    for (int side = 0; side < 2; side++) {
        sheet_put(sheet,
                  "<rect x=\"%f\" y=\"%f\" width=\"%f\" height=\"%f\" "
                  "fill=\"" PAINT_PANEL "\"/>\n",
                  steps->left[side] - 10, sheet->y, steps->column, height);
        sheet_text(sheet, steps->left[side], sheet->y + 19, &title_face,
                   steps->names[side]);
    }
    sheet_text(
        sheet, steps->value, sheet->y + 19,
        &(struct face){.size = SIZE_TEXT, .paint = PAINT_NOTE, .anchor = ANCHOR_END},
        steps->interleaving->value_heading);
    sheet_skip(sheet, ROW_HEIGHT);
}

static void put_step(const struct steps *steps, size_t number)
{
    struct sheet *sheet = steps->sheet;
    const struct step *step = &steps->interleaving->steps[number];
    double x = steps->left[is_right(steps->interleaving, number)], y = sheet->y + 19;
    char source[320], text[24];
    source_of(steps, number, source, sizeof source);
    snprintf(text, sizeof text, "%zu", number + 1);
    sheet_text(sheet, SHEET_MARGIN + 14, y, &note_face, text);
    sheet_text(sheet, x, y, &text_face, step->words);
    sheet_text(sheet, x + text_pixels(step->words, SIZE_TEXT, false) + 12, y,
               &note_face, source);
    sheet_text(sheet, steps->value, y, &right_face, step->value);
    if (step->remark[0] != '\0')
        sheet_text(sheet, steps->remark, y, &wrong_face, step->remark);
    sheet_skip(sheet, ROW_HEIGHT);
}

/** "unsafe: one count that vanished (run 3)". */
static void put_title_of(struct sheet *sheet, size_t variant,
                         const struct interleaving *interleaving)
{
    struct draft draft;
    FILE *out = sheet_open_draft(sheet, &draft);
    if (out == NULL)
        return;
    fprintf(out, "%s: ", sheet->report->variants[variant].variant->name);
    interleaving_title(sheet->report, variant, interleaving, sheet->ascii, out);
    char *text = sheet_close_draft(sheet, &draft);
    if (text != NULL)
        sheet_line(sheet, SHEET_MARGIN, &title_face, text);
    free(text);
}

static char *name_of(struct sheet *sheet, const struct timeline *timeline, size_t lane)
{
    const char *name =
        lane < timeline->lane_count ? timeline->lanes[lane].name : "another";
    char *cut = text_cut_to_pixels(name, 220, SIZE_TEXT, sheet->ascii);
    if (cut == NULL)
        sheet->result = UV_ENOMEM;
    return cut;
}

static void put_interleaving(struct sheet *sheet, size_t variant)
{
    struct interleaving interleaving;
    if (!interleaving_of(sheet->report, variant, &interleaving))
        return;
    const struct variant_report *of = &sheet->report->variants[variant];
    struct steps steps = {.sheet = sheet,
                          .timeline = &of->runs[interleaving.run].timeline,
                          .interleaving = &interleaving};
    char *left = name_of(sheet, steps.timeline, interleaving.left);
    char *right = name_of(sheet, steps.timeline, interleaving.right);
    if (left != NULL && right != NULL) {
        steps.names[0] = left;
        steps.names[1] = right;
        lay_out_steps(&steps);
        sheet_skip(sheet, 14);
        put_title_of(sheet, variant, &interleaving);
        sheet_skip(sheet, 4);
        put_bands(&steps);
        for (size_t i = 0; i < interleaving.step_count; i++)
            put_step(&steps, i);
    }
    free(left);
    free(right);
}

void svg_exhibits(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->report->variant_count; i++)
        svg_titled_cycle(sheet, i);
    for (size_t i = 0; i < sheet->report->variant_count; i++)
        put_interleaving(sheet, i);
}

static void put_bin(struct sheet *sheet, const struct bin *bin, double label,
                    uint64_t most)
{
    double left = SHEET_MARGIN + 14 + label + GAP, y = sheet->y;
    double width = BAR_MOST * (double)bin->count / (double)most;
    char text[sizeof(struct quantity) + 8];
    snprintf(text, sizeof text, "%s run%s", count_text(bin->count).text,
             bin->count == 1 ? "" : "s");
    sheet_text(sheet, left - GAP, y + 19, &right_face, bin->label);
    if (bin->count > 0)
        sheet_put(sheet,
                  "<rect x=\"%f\" y=\"%f\" width=\"%f\" height=\"18\" "
                  "fill=\"" PAINT_RUN "\"/>\n",
                  left, y + 5, width > 2 ? width : 2);
    sheet_text(sheet, left + width + 10, y + 19, &text_face, text);
    sheet_skip(sheet, ROW_HEIGHT);
}

void svg_histograms(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->report->variant_count; i++) {
        struct histogram histogram;
        char title[256];
        double label = 0;
        uint64_t most = 1;
        if (!histogram_of(sheet->report, i, &histogram))
            continue;
        for (size_t k = 0; k < histogram.bin_count; k++) {
            const struct bin *bin = &histogram.bins[k];
            widen(&label, text_pixels(bin->label, SIZE_TEXT, false));
            most = bin->count > most ? bin->count : most;
        }
        snprintf(title, sizeof title, "%s: %s",
                 sheet->report->variants[i].variant->name, histogram.title);
        sheet_skip(sheet, 14);
        sheet_line(sheet, SHEET_MARGIN, &title_face, title);
        for (size_t k = 0; k < histogram.bin_count; k++)
            put_bin(sheet, &histogram.bins[k], label, most);
    }
}

static void put_printed_line(struct sheet *sheet, const char *line)
{
    const struct face face = {.size = SIZE_SMALL, .paint = PAINT_TEXT, .mono = true};
    char *cut = line != NULL ? text_cut_to_pixels(line, SHEET_RIGHT - SHEET_MARGIN,
                                                  face.size, sheet->ascii)
                             : NULL;
    if (cut == NULL)
        sheet->result = UV_ENOMEM;
    else
        sheet_line(sheet, SHEET_MARGIN + 14, &face, cut);
    free(cut);
}

static void put_printed(struct sheet *sheet, struct printed *printed)
{
    char heading[sizeof printed->who + sizeof printed->says + 1], *line;
    snprintf(heading, sizeof heading, "%s%s%s", printed->who, printed->says,
             printed->bytes > 0 ? ":" : "");
    sheet_heading(sheet, heading);
    while (printed_line(printed, &line)) {
        put_printed_line(sheet, line);
        free(line);
    }
    for (size_t i = 0; i < PRINTED_NOTES; i++)
        if (printed->more[i][0] != '\0')
            sheet_line(sheet, SHEET_MARGIN + 14, &note_face, printed->more[i]);
}

void svg_printed(struct sheet *sheet)
{
    struct printed printed;
    for (size_t k = 0; printed_of_all(sheet->report, k, &printed); k++)
        put_printed(sheet, &printed);
}
