// SPDX-License-Identifier: MIT
/** A deadlock: a box a lane, with what it holds and wants, and arrows to whom it waits
 * for. */

#include "view/cycle.h"
#include "text/quantity.h"
#include "view/svg/parts.h"

#include <stdlib.h>
#include <string.h>

#define ROW_HEIGHT 25.0
#define BOX_PAD    12.0
#define BOX_GAP    22.0 /**< for an arrow */
#define COLUMN_GAP 28.0
#define RAIL       22.0 /**< from the way back to the boxes */
#define NAME_MOST  220.0
#define TEXT_MOST  250.0
#define LINE_MOST  500.0 /**< of a text that stands alone */
#define ROWS_MOST  3

enum link_cell { WHAT, SINCE, SOURCE, CELLS };

struct box {
    char *name;
    char *cells[ROWS_MOST][CELLS];
    size_t rows;
};

struct cycle {
    struct sheet *sheet;
    const struct run *run;
    struct fold fold;
    struct box *boxes;
    size_t count;
    bool is_round, is_stall;
    double left, name, at[CELLS], right;
};

static const struct face remark_face = {.size = SIZE_SMALL, .paint = PAINT_NOTE};

static const struct face *face_of(enum link_cell cell)
{
    return cell == WHAT ? &text_face : &remark_face;
}

static char *cut(const struct cycle *cycle, const char *text, const struct face *face,
                 double most)
{
    char *copy = text_cut_to_pixels(text, most, face->size, cycle->sheet->ascii);
    if (copy == NULL)
        cycle->sheet->result = UV_ENOMEM;
    return copy;
}

static void add_row(const struct cycle *cycle, struct box *box, const char *what,
                    const char *since, const char *source)
{
    char **cells = box->cells[box->rows++];
    char text[80] = "";
    if (since[0] != '\0')
        snprintf(text, sizeof text, "since %s", since);
    cells[WHAT] =
        cut(cycle, what, &text_face, since[0] != '\0' ? TEXT_MOST : LINE_MOST);
    cells[SINCE] = cut(cycle, text, &remark_face, TEXT_MOST);
    cells[SOURCE] = cut(cycle, source, &remark_face, TEXT_MOST);
}

static void fill_box(const struct cycle *cycle, struct box *box, size_t link_number)
{
    struct cycle_link link;
    char what[CYCLE_WORDS + 80];
    cycle_link_words(cycle->run, link_number, cycle->sheet->ascii, &link);
    box->name = cut(cycle, link.name, &title_face, NAME_MOST);
    if (link.holds[0] != '\0') {
        snprintf(what, sizeof what, "holds %s", link.holds);
        add_row(cycle, box, what, link.holds_since, link.holds_source);
    }
    if (link.wants[0] != '\0') {
        snprintf(what, sizeof what, "%s %s", link.verb, link.wants);
        add_row(cycle, box, what, link.wants_since, link.wants_source);
    }
    if (link.ended[0] != '\0') {
        snprintf(what, sizeof what, "ended at %s, without unlocking it", link.ended);
        add_row(cycle, box, what, "", "");
    }
}

static double longer(double width, const char *text, const struct face *face)
{
    double other = text != NULL ? text_pixels(text, face->size, face->bold) : 0;
    return other > width ? other : width;
}

/** Nothing stands to its right. */
static bool is_alone(char *const cells[CELLS])
{
    return cells[SINCE] == NULL || cells[SINCE][0] == '\0';
}

static void lay_out(struct cycle *cycle)
{
    double name = 0, alone = 0, widths[CELLS] = {0};
    for (size_t i = 0; i < cycle->count; i++) {
        const struct box *box = &cycle->boxes[i];
        name = longer(name, box->name, &title_face);
        for (size_t row = 0; row < box->rows; row++) {
            char *const *cells = box->cells[row];
            if (is_alone(cells))
                alone = longer(alone, cells[WHAT], &text_face);
            for (enum link_cell cell = 0; cell < CELLS && !is_alone(cells); cell++)
                widths[cell] = longer(widths[cell], cells[cell], face_of(cell));
        }
    }
    cycle->left = SHEET_MARGIN + (cycle->is_round ? RAIL + 10 : 0);
    cycle->name = cycle->left + BOX_PAD;
    double at = cycle->name + name;
    for (enum link_cell cell = 0; cell < CELLS; cell++) {
        cycle->at[cell] = at + COLUMN_GAP;
        at += widths[cell] > 0 ? COLUMN_GAP + widths[cell] : 0;
    }
    alone += cycle->at[WHAT];
    cycle->right = (alone > at ? alone : at) + BOX_PAD;
}

static double box_height(const struct box *box)
{
    return ROW_HEIGHT * (double)(box->rows > 0 ? box->rows : 1) + 10;
}

static void put_box(const struct cycle *cycle, const struct box *box)
{
    struct sheet *sheet = cycle->sheet;
    double y = sheet->y;
    sheet_put(sheet,
              "<rect x=\"%f\" y=\"%f\" width=\"%f\" height=\"%f\" rx=\"4\" "
              "fill=\"" PAINT_PANEL "\"/>\n",
              cycle->left, y, cycle->right - cycle->left, box_height(box));
    if (box->name != NULL)
        sheet_text(sheet, cycle->name, y + 23, &title_face, box->name);
    for (size_t row = 0; row < box->rows; row++)
        for (enum link_cell cell = 0; cell < CELLS; cell++)
            if (box->cells[row][cell] != NULL && box->cells[row][cell][0] != '\0')
                sheet_text(sheet, cycle->at[cell], y + 23 + ROW_HEIGHT * (double)row,
                           face_of(cell), box->cells[row][cell]);
    sheet_skip(sheet, box_height(box));
}

/** Down to the next box, in the gap between. */
static void put_arrow(const struct cycle *cycle)
{
    struct sheet *sheet = cycle->sheet;
    double x = cycle->name + 14, y = sheet->y;
    if (!cycle->is_stall)
        sheet_put(sheet,
                  "<path d=\"M%f %fv%f\" stroke=\"%s\" stroke-width=\"2.5\" "
                  "fill=\"none\"/>\n<path d=\"M%f %fl-6 -9h12z\" fill=\"%s\"/>\n",
                  x, y, BOX_GAP - 7, PAINT_WRONG, x, y + BOX_GAP, PAINT_WRONG);
    sheet_skip(sheet, cycle->is_stall ? 6 : BOX_GAP);
}

/** From the last box up to the first one. */
static void put_way_back(const struct cycle *cycle, double first, double last)
{
    sheet_put(cycle->sheet,
              "<path d=\"M%f %fh%fV%fh%f\" stroke=\"%s\" stroke-width=\"2.5\" "
              "fill=\"none\"/>\n<path d=\"M%f %fl-9 -6v12z\" fill=\"%s\"/>\n",
              cycle->left, last, -RAIL, first, RAIL - 7, PAINT_WRONG, cycle->left,
              first, PAINT_WRONG);
}

static void put_hidden(const struct cycle *cycle)
{
    struct sheet *sheet = cycle->sheet;
    char text[128];
    snprintf(text, sizeof text, "%s %s more%s", sheet->ascii ? "..." : "…",
             count_text(cycle->fold.hidden).text,
             cycle->is_stall ? "" : ", each waits for the next");
    sheet_text(sheet, cycle->name, sheet->y + 20, &remark_face, text);
    sheet_skip(sheet, 28);
    put_arrow(cycle);
}

static void put_title_of(const struct cycle *cycle, size_t variant)
{
    struct sheet *sheet = cycle->sheet;
    const struct variant_report *of = &sheet->report->variants[variant];
    struct draft draft;
    FILE *out = sheet_open_draft(sheet, &draft);
    if (out == NULL)
        return;
    fputs(of->variant->name, out);
    if (of->run_count > 1)
        fprintf(out, ", run %s",
                count_text((uint64_t)(cycle->run - of->runs) + 1).text);
    fputs(": ", out);
    cycle_title(cycle->run, sheet->ascii, out);
    sheet_skip(sheet, 14);
    char *text = sheet_close_draft(sheet, &draft);
    if (text != NULL)
        sheet_paragraph(sheet, SHEET_MARGIN, SHEET_RIGHT - SHEET_MARGIN, &title_face,
                        text);
    sheet_skip(sheet, 8);
    free(text);
}

static void put_boxes(const struct cycle *cycle)
{
    double first = cycle->sheet->y + 17, last = first;
    for (size_t i = 0; i < cycle->count; i++) {
        if (cycle->fold.hidden > 0 && i == cycle->fold.first)
            put_hidden(cycle);
        last = cycle->sheet->y + box_height(&cycle->boxes[i]) - 17;
        put_box(cycle, &cycle->boxes[i]);
        if (i + 1 < cycle->count)
            put_arrow(cycle);
    }
    if (cycle->is_round)
        put_way_back(cycle, first, last);
}

static void free_boxes(struct cycle *cycle)
{
    for (size_t i = 0; i < cycle->count; i++) {
        for (size_t row = 0; row < ROWS_MOST; row++)
            for (enum link_cell cell = 0; cell < CELLS; cell++)
                free(cycle->boxes[i].cells[row][cell]);
        free(cycle->boxes[i].name);
    }
    free(cycle->boxes);
}

/** @return how far to the right it goes. */
static double put(struct cycle *cycle)
{
    size_t count = cycle->fold.first + cycle->fold.last;
    cycle->boxes = calloc(count + 1, sizeof *cycle->boxes);
    if (cycle->boxes == NULL) {
        cycle->sheet->result = UV_ENOMEM;
        return 0;
    }
    cycle->count = count;
    for (size_t i = 0; i < count; i++)
        fill_box(cycle, &cycle->boxes[i],
                 i < cycle->fold.first ? i : i + cycle->fold.hidden);
    lay_out(cycle);
    put_boxes(cycle);
    free_boxes(cycle);
    return cycle->right;
}

static struct cycle cycle_of(struct sheet *sheet, size_t variant)
{
    const struct run *run = cycle_run(&sheet->report->variants[variant]);
    struct cycle cycle = {.sheet = sheet, .run = run};
    if (run == NULL)
        return cycle;
    enum deadlock_kind kind = run->deadlock->kind;
    cycle.fold = cycle_fold(run);
    cycle.is_round = kind == DEADLOCK_CYCLE || kind == DEADLOCK_SELF;
    cycle.is_stall = kind == DEADLOCK_STALL;
    return cycle;
}

double svg_cycle(struct sheet *sheet, size_t variant)
{
    struct cycle cycle = cycle_of(sheet, variant);
    return cycle.run != NULL ? put(&cycle) : 0;
}

void svg_titled_cycle(struct sheet *sheet, size_t variant)
{
    struct cycle cycle = cycle_of(sheet, variant);
    if (cycle.run == NULL)
        return;
    put_title_of(&cycle, variant);
    put(&cycle);
    sheet_skip(sheet, 10);
}
