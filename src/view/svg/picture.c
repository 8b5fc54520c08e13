// SPDX-License-Identifier: MIT
#include "card.h"
#include "text/quantity.h"
#include "view/chosen_run.h"
#include "view/drawing/stretch.h"
#include "view/endings.h"
#include "view/svg/frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MOST   190.0
#define TOTALS_MOST 250.0

/** What each state took, where it is worth a word. */
static struct sentence totals_of(const struct lane *lane, bool ascii)
{
    struct sentence words = {""};
    int64_t life = lane->end_ns - lane->start_ns;
    size_t used = 0;
    for (int state = 0; state < STATE_COUNT; state++) {
        int64_t ns = lane->in_state_ns[state];
        if (ns > 0 && ns >= life / 50)
            used +=
                (size_t)snprintf(words.text + used, sizeof words.text - used, "%s%s %s",
                                 used > 0 ? ", " : "", state_name((enum state)state),
                                 duration_text(ns, ascii).text);
    }
    return words;
}

static void lay_out(struct frame *frame)
{
    const struct drawing *drawing = frame->drawing;
    double name = 0, totals = 0;
    for (size_t i = 0; i < drawing->report->variant_count; i++) {
        const struct drawn_part *part = &drawing->parts[i];
        for (size_t j = 0; j < part->lane_count; j++) {
            const struct lane *lane = &part->run->timeline.lanes[part->lanes[j].lane];
            double width = text_pixels(lane->name, SIZE_TEXT, false);
            name = width > name ? width : name;
            width = text_pixels(totals_of(lane, frame->sheet->ascii).text, SIZE_LEAST,
                                false);
            if (width <= TOTALS_MOST)
                totals = width > totals ? width : totals;
        }
    }
    frame->name = SHEET_MARGIN + PAD;
    frame->left = frame->name + (name < NAME_MOST ? name : NAME_MOST) + PAD;
    frame->totals = SHEET_RIGHT - totals;
    frame->width = frame->totals - PAD - frame->left;

    struct axis axis;
    axis_init(&axis, drawing->from_ns, drawing->to_ns,
              (unsigned)(frame->width / (SIZE_SMALL * 0.64)));
    frame->tick_count =
        axis_ticks(&axis, !frame->sheet->ascii, frame->ticks, &frame->unit);
}

/** All blocks of one state are one shape, so that there are few. */
static void put_blocks(const struct frame *frame, const struct drawn_lane *drawn,
                       enum state state, double y)
{
    struct sheet *sheet = frame->sheet;
    double height = svg_looks[state].height;
    bool any = false;
    for (size_t i = 0; i < drawn->block_count; i++) {
        if (drawn->blocks[i].state != state)
            continue;
        double x = svg_place(frame, drawn->blocks[i].start_ns);
        /* In one piece with those behind it: between two there would be a seam. */
        while (i + 1 < drawn->block_count && drawn->blocks[i + 1].state == state)
            i++;
        double width = svg_place(frame, drawn->blocks[i].end_ns) - x;
        if (width < 0.05)
            continue;
        sheet_put(sheet, any ? "M%f %fh%fv%fh%fz" : "<path d=\"M%f %fh%fv%fh%fz", x,
                  y + (LANE_HEIGHT - height) / 2, width, height, -width);
        any = true;
    }
    if (any)
        sheet_put(sheet, "\" fill=\"%s\"/>\n", svg_looks[state].fill);
}

static void put_tick_on(const struct frame *frame, double x, double y, double height)
{
    sheet_put(frame->sheet, "M%f %fv%f", x, y + (LANE_HEIGHT - height) / 2, height);
}

/** Where it starts, goes on with something else, and ends. */
static void put_edges(const struct frame *frame, const struct drawn_lane *drawn,
                      const struct lane *lane, bool is_cut, double y)
{
    const struct drawing *drawing = frame->drawing;
    struct sheet *sheet = frame->sheet;
    sheet_put(sheet, "<path d=\"");
    if (lane->start_ns >= drawing->from_ns)
        put_tick_on(frame, svg_place(frame, lane->start_ns), y, BAR_HEIGHT);
    for (size_t i = 1; i < drawn->stretch_count; i++)
        put_tick_on(frame, svg_place(frame, drawn->stretches[i].start_ns), y,
                    BAR_HEIGHT);
    if (lane->end_ns <= drawing->to_ns && !is_cut)
        put_tick_on(frame, svg_place(frame, lane->end_ns), y, BAR_HEIGHT);
    sheet_put(sheet, "\" stroke=\"%s\" stroke-width=\"2\" fill=\"none\"/>\n",
              PAINT_TEXT);
}

/** Moments that the lesson named. */
static void put_beats(const struct frame *frame, const struct drawn_lane *drawn,
                      const struct lane *lane, double y)
{
    for (size_t i = 0; i < lane->mark_count && drawn->has_beats; i++)
        if (drawing_shows(frame->drawing, &lane->marks[i]))
            svg_dot(frame->sheet, svg_place(frame, lane->marks[i].at_ns),
                    y + LANE_HEIGHT / 2);
}

/** The first place from x on where a text hides none of the lane's moments. */
static double free_place(const struct frame *frame, const struct drawn_lane *drawn,
                         const struct lane *lane, double x, double width)
{
    for (size_t i = 0; i < lane->mark_count && drawn->has_beats; i++) {
        if (!drawing_shows(frame->drawing, &lane->marks[i]))
            continue;
        double dot = svg_place(frame, lane->marks[i].at_ns);
        if (dot > x - 8 && dot < x + width + 8)
            x = dot + 10;
    }
    return x;
}

/** In the bar, on a ground that it can be read on, where it fits. */
static void put_label(const struct frame *frame, const struct drawn_lane *drawn,
                      const struct lane *lane, const struct timeline *timeline,
                      size_t index, double y)
{
    const struct stretch *stretch = &drawn->stretches[index];
    struct sheet *sheet = frame->sheet;
    const struct face face = {.size = SIZE_SMALL, .paint = PAINT_TEXT};
    char label[96];
    if (!stretch_label(timeline, lane, &lane->spans[stretch->span], label,
                       sizeof label))
        return;
    double width = text_pixels(label, face.size, false) + 10;
    double x =
        free_place(frame, drawn, lane, svg_place(frame, stretch->start_ns) + 10, width);
    if (x + width + 10 > svg_place(frame, stretch->end_ns))
        return;
    sheet_put(sheet,
              "<rect x=\"%f\" y=\"%f\" width=\"%f\" height=\"%f\" fill=\"#fff\"/>\n", x,
              y + (LANE_HEIGHT - BAR_HEIGHT) / 2, width, BAR_HEIGHT);
    sheet_text(sheet, x + 5, y + LANE_HEIGHT / 2 + face.size * 0.36, &face, label);
}

/** In place of a bar, why there is none in the window.  @return whether that is so. */
static bool put_outside(const struct frame *frame, const struct lane *lane, double y)
{
    const struct drawing *drawing = frame->drawing;
    bool ended = drawing->from_ns > 0 && lane->end_ns <= drawing->from_ns;
    if (!ended && lane->start_ns < drawing->to_ns)
        return false;
    char text[96];
    snprintf(
        text, sizeof text, "(%s at %s)",
        !ended      ? "starts"
        : lane->cut ? "cut off"
                    : "ended",
        duration_text(ended ? lane->end_ns : lane->start_ns, frame->sheet->ascii).text);
    sheet_text(frame->sheet, ended ? frame->left : frame->left + frame->width, y + 20,
               &(struct face){.size = SIZE_SMALL,
                              .paint = PAINT_NOTE,
                              .anchor = ended ? ANCHOR_START : ANCHOR_END},
               text);
    return true;
}

static void put_bar(const struct frame *frame, const struct drawn_part *part,
                    const struct drawn_lane *drawn, double y)
{
    const struct lane *lane = &part->run->timeline.lanes[drawn->lane];
    bool is_cut = lane_is_cut_off(&part->run->timeline, lane) &&
                  part->run->ending != ENDING_RUNNING;
    for (int state = 0; state < STATE_COUNT; state++)
        put_blocks(frame, drawn, (enum state)state, y);
    put_edges(frame, drawn, lane, is_cut, y);
    for (size_t i = 0; i < drawn->stretch_count; i++)
        put_label(frame, drawn, lane, &part->run->timeline, i, y);
    put_beats(frame, drawn, lane, y);
    if (is_cut && lane->end_ns <= frame->drawing->to_ns)
        svg_cross(frame->sheet, svg_place(frame, lane->end_ns), y + LANE_HEIGHT / 2);
}

static void put_lane(const struct frame *frame, const struct drawn_part *part,
                     const struct drawn_lane *drawn)
{
    struct sheet *sheet = frame->sheet;
    const struct lane *lane = &part->run->timeline.lanes[drawn->lane];
    double y = sheet->y;
    char *name = text_cut_to_pixels(lane->name, NAME_MOST, SIZE_TEXT, sheet->ascii);
    if (name == NULL)
        sheet->result = UV_ENOMEM;
    else
        sheet_text(sheet, frame->name, y + 21,
                   &(struct face){.size = SIZE_TEXT, .paint = PAINT_TEXT}, name);
    free(name);
    if (!put_outside(frame, lane, y))
        put_bar(frame, part, drawn, y);
    struct sentence totals = totals_of(lane, sheet->ascii);
    if (text_pixels(totals.text, SIZE_LEAST, false) <= SHEET_RIGHT - frame->totals + 1)
        sheet_text(sheet, frame->totals, y + 20,
                   &(struct face){.size = SIZE_LEAST, .paint = PAINT_NOTE},
                   totals.text);
    sheet_skip(sheet, LANE_HEIGHT);
}

static void put_fold(const struct frame *frame, const struct drawn_part *part)
{
    struct sheet *sheet = frame->sheet;
    char line[sizeof(struct sentence) + 8];
    struct sentence words =
        fold_words(&part->run->timeline, &part->fold,
                   part->run->ending == ENDING_RUNNING, 110, sheet->ascii);
    snprintf(line, sizeof line, "%s %s", sheet->ascii ? "..." : "…", words.text);
    sheet_put(sheet,
              "<rect x=\"%f\" y=\"%f\" width=\"%f\" height=\"%f\" fill=\"#fff\"/>\n",
              frame->name, sheet->y, text_pixels(line, SIZE_SMALL, false), LANE_HEIGHT);
    sheet_text(sheet, frame->name, sheet->y + 20,
               &(struct face){.size = SIZE_SMALL, .paint = PAINT_NOTE}, line);
    sheet_skip(sheet, LANE_HEIGHT);
}

/** How long it took, or that it got stuck. */
static void put_heading(const struct frame *frame, const struct variant_report *variant,
                        const struct run *run)
{
    struct sheet *sheet = frame->sheet;
    const struct face name = {.size = SIZE_HEADING, .paint = PAINT_TEXT, .bold = true};
    char which[96] = "", text[700];
    bool is_stuck = run->ending == ENDING_DEADLOCK && run->deadlock != NULL;
    if (is_stuck && variant->run_count > 1)
        snprintf(which, sizeof which,
                 "run %s: ", count_text((uint64_t)(run - variant->runs) + 1).text);
    snprintf(text, sizeof text, "%s%s", which,
             is_stuck ? ending_words(sheet->report, run, sheet->ascii).text
                      : duration_text(run->wall_ns, sheet->ascii).text);
    sheet_line(sheet, SHEET_MARGIN, &name, variant->variant->name);
    sheet_text(sheet, frame->left + frame->width, sheet->y - 5,
               &(struct face){.size = SIZE_HEADING,
                              .paint = is_stuck ? PAINT_WRONG : PAINT_TEXT,
                              .anchor = ANCHOR_END},
               text);
    sheet_skip(sheet, 2);
}

/** A variant without a run. */
static void put_absent(struct sheet *sheet, const struct variant_report *variant)
{
    const struct face name = {.size = SIZE_HEADING, .paint = PAINT_TEXT, .bold = true};
    const struct face note = {.size = SIZE_TEXT, .paint = PAINT_NOTE};
    bool is_skipped = variant->status == VARIANT_SKIPPED;
    sheet_line(sheet, SHEET_MARGIN, &name, variant->variant->name);
    sheet_paragraph(sheet, SHEET_MARGIN + PAD, SHEET_RIGHT - SHEET_MARGIN - PAD, &note,
                    is_skipped
                        ? skipped_words(sheet->report, variant, sheet->ascii).text
                        : "not run");
    sheet_skip(sheet, 10);
}

/** Things to know of a run before reading its picture. */
static void put_remarks(const struct frame *frame, const struct variant_report *variant,
                        const struct run *run)
{
    struct sheet *sheet = frame->sheet;
    const struct face wrong = {.size = SIZE_TEXT, .paint = PAINT_WRONG};
    const struct face note = {.size = SIZE_SMALL, .paint = PAINT_NOTE};
    const struct run *failed = failed_run(variant);
    double left = frame->name, width = SHEET_RIGHT - left;
    if (failed != NULL) {
        char *words = failure_words(sheet->report, failed, sheet->ascii), *line = NULL;
        if (words == NULL ||
            asprintf(&line, "run %s: %s",
                     count_text((uint64_t)(failed - variant->runs) + 1).text,
                     words) < 0)
            sheet->result = UV_ENOMEM;
        else
            sheet_paragraph(sheet, left, width, &wrong,
                            variant->run_count > 1 ? line : words);
        free(line);
        free(words);
    }
    const struct sentence notes[] = {disturbed_words(run), dropped_words(run)};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (notes[i].text[0] != '\0')
            sheet_paragraph(sheet, left, width, &note, notes[i].text);
}

/** Behind the lanes: the ticks' times, and what was predicted. */
static void put_grid(const struct frame *frame, size_t variant, size_t lines)
{
    struct sheet *sheet = frame->sheet;
    double height = LANE_HEIGHT * (double)lines;
    int64_t predicted_ns = predicted_time_ns(sheet->report, variant);
    sheet_put(sheet, "<path d=\"");
    for (size_t i = 0; i < frame->tick_count; i++)
        sheet_put(sheet, "M%f %fv%f", svg_place(frame, frame->ticks[i].at_ns), sheet->y,
                  height);
    sheet_put(sheet, "\" stroke=\"%s\" fill=\"none\"/>\n", PAINT_GRID);
    if (predicted_ns >= frame->drawing->from_ns &&
        predicted_ns <= frame->drawing->to_ns)
        sheet_put(sheet,
                  "<path d=\"M%f %fv%f\" stroke=\"%s\" stroke-width=\"2.5\" "
                  "stroke-dasharray=\"7 5\" fill=\"none\"/>\n",
                  svg_place(frame, predicted_ns), sheet->y, height, PAINT_GUESS);
}

static void put_part(const struct frame *frame, size_t index)
{
    struct sheet *sheet = frame->sheet;
    const struct variant_report *variant = &sheet->report->variants[index];
    const struct drawn_part *part = &frame->drawing->parts[index];
    if (part->run == NULL) {
        put_absent(sheet, variant);
        return;
    }
    put_heading(frame, variant, part->run);
    put_grid(frame, index, part->lane_count + (part->fold.hidden > 0));
    for (size_t i = 0; i < part->lane_count; i++) {
        if (i == part->fold.first && part->fold.hidden > 0)
            put_fold(frame, part);
        put_lane(frame, part, &part->lanes[i]);
    }
    if (part->fold.hidden > 0 && part->fold.last == 0)
        put_fold(frame, part);
    put_remarks(frame, variant, part->run);
    sheet_skip(sheet, 8);
}

void svg_pictures(struct sheet *sheet, const struct drawing *drawing)
{
    struct frame *frame = calloc(1, sizeof *frame);
    bool drawn = false;
    if (frame == NULL) {
        sheet->result = UV_ENOMEM;
        return;
    }
    frame->sheet = sheet;
    frame->drawing = drawing;
    lay_out(frame);
    for (size_t i = 0; i < sheet->report->variant_count; i++) {
        put_part(frame, i);
        drawn |= drawing->parts[i].run != NULL;
    }
    if (drawn && drawing->window_is_past)
        sheet_line(sheet, frame->left,
                   &(struct face){.size = SIZE_SMALL, .paint = PAINT_NOTE},
                   "all is drawn: --from lies past the end");
    if (drawn) {
        svg_axis(frame);
        svg_predictions(frame);
        svg_legend(frame);
    }
    free(frame);
}
