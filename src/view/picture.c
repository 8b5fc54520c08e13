// SPDX-License-Identifier: MIT
#include "view/picture.h"
#include "view/bar.h"
#include "view/turns.h"

#include <stdlib.h>
#include <string.h>

/** A lane on its way from the first column to the last. */
struct stroke {
    const struct lane *lane;
    size_t span; /**< the first one that is not behind the column */
    unsigned first, last;
};

static bool stroke_begin(struct stroke *stroke, const struct lane *lane,
                         const struct axis *axis)
{
    *stroke = (struct stroke){.lane = lane, .first = 1, .last = 0};
    if (lane->end_ns < axis->from_ns || lane->start_ns > axis->to_ns)
        return false;
    stroke->first = axis_column(axis, lane->start_ns);
    stroke->last = axis_column(axis, lane->end_ns);
    return true;
}

/** Take in what the lane did within a column. */
static void stroke_enter(struct stroke *stroke, struct turn *turn, int64_t from_ns,
                         int64_t to_ns)
{
    const struct lane *lane = stroke->lane;
    for (; stroke->span < lane->span_count; stroke->span++) {
        const struct span *span = &lane->spans[stroke->span];
        int64_t start = span->start_ns > from_ns ? span->start_ns : from_ns;
        int64_t end = span->end_ns < to_ns ? span->end_ns : to_ns;
        if (end > start)
            turn_add(turn, span->state, end - start);
        if (span->end_ns >= to_ns)
            break;
    }
}

static bool is_drawn(const struct stroke *stroke, unsigned column)
{
    return column >= stroke->first && column <= stroke->last;
}

static void draw_column(struct stroke *strokes, struct turn *turns,
                        const struct picture *picture, unsigned column)
{
    const struct axis *axis = picture->axis;
    int64_t from_ns = axis->edge[column], to_ns = axis->edge[column + 1];
    bool competing = false;
    for (size_t i = 0; i < picture->lane_count; i++) {
        turn_begin(&turns[i]);
        if (!is_drawn(&strokes[i], column))
            continue;
        stroke_enter(&strokes[i], &turns[i], from_ns, to_ns);
        if (turn_competes(&turns[i]))
            competing = true;
        else
            turn_choose_alone(&turns[i], (to_ns - from_ns) / 2);
    }
    if (competing)
        turns_choose_competing(turns, picture->lane_count);
    for (size_t i = 0; i < picture->lane_count; i++)
        if (is_drawn(&strokes[i], column))
            picture->bars[i].cells[column] =
                (struct cell){.glyph = GLYPH_STATE, .state = turns[i].state};
}

static void add_to_legend(struct legend *legend, const struct bar *bar,
                          enum lane_kind kind, unsigned columns)
{
    for (unsigned i = 0; i < columns; i++) {
        const struct cell *cell = &bar->cells[i];
        bool is_ready = cell->glyph == GLYPH_STATE && cell->state == STATE_READY;
        if (cell->glyph == GLYPH_STATE)
            legend->state[cell->state] = true;
        legend->no_turn |= is_ready && kind == LANE_TASK;
        legend->no_core |= is_ready && kind != LANE_TASK;
        legend->cut |= cell->glyph == GLYPH_CUT;
    }
}

int picture_draw(const struct picture *picture)
{
    struct stroke *strokes = calloc(picture->lane_count + 1, sizeof *strokes);
    struct turn *turns = calloc(picture->lane_count + 1, sizeof *turns);
    int result = strokes != NULL && turns != NULL ? 0 : UV_ENOMEM;
    for (size_t i = 0; result == 0 && i < picture->lane_count; i++) {
        stroke_begin(&strokes[i], &picture->timeline->lanes[picture->lanes[i]],
                     picture->axis);
        memset(&picture->bars[i], 0, sizeof picture->bars[i]);
    }
    for (unsigned column = 0; result == 0 && column < picture->axis->columns; column++)
        draw_column(strokes, turns, picture, column);
    for (size_t i = 0; result == 0 && i < picture->lane_count; i++) {
        if (strokes[i].first <= strokes[i].last)
            bar_finish(picture, strokes[i].lane, &picture->bars[i]);
        add_to_legend(picture->legend, &picture->bars[i],
                      picture->timeline->lanes[picture->lanes[i]].kind,
                      picture->axis->columns);
    }
    free(turns);
    free(strokes);
    return result;
}

const char *glyph_text(enum glyph glyph, enum state state, bool unicode)
{
    static const char *const states[][STATE_COUNT] = {
        {[STATE_RUN] = "#",
         [STATE_READY] = "+",
         [STATE_WAIT] = "-",
         [STATE_BLOCKED] = "x",
         [STATE_IDLE] = ".",
         [STATE_ZOMBIE] = "z"},
        {[STATE_RUN] = "█",
         [STATE_READY] = "▒",
         [STATE_WAIT] = "─",
         [STATE_BLOCKED] = "░",
         [STATE_IDLE] = "·",
         [STATE_ZOMBIE] = "z"},
    };
    static const char *const marks[][2] = {
        [GLYPH_BLANK] = {" ", " "}, [GLYPH_STATE] = {" ", " "},
        [GLYPH_START] = {"|", "├"}, [GLYPH_CHANGE] = {"|", "┼"},
        [GLYPH_END] = {"|", "┤"},   [GLYPH_WHOLE] = {"|", "│"},
        [GLYPH_CUT] = {"X", "✗"},   [GLYPH_BEAT] = {"*", "•"},
    };
    return glyph == GLYPH_STATE ? states[unicode][state] : marks[glyph][unicode];
}

enum ink state_ink(enum state state)
{
    static const enum ink inks[STATE_COUNT] = {
        [STATE_RUN] = INK_RUN,   [STATE_READY] = INK_READY,
        [STATE_WAIT] = INK_WAIT, [STATE_BLOCKED] = INK_BLOCKED,
        [STATE_IDLE] = INK_IDLE, [STATE_ZOMBIE] = INK_ZOMBIE,
    };
    return inks[state];
}

static enum ink cell_ink(const struct cell *cell)
{
    switch (cell->glyph) {
    case GLYPH_CUT:
        return INK_BLOCKED;
    case GLYPH_BEAT:
        return INK_STRONG;
    default:
        return state_ink(cell->state);
    }
}

void picture_write(const struct bar *bar, const struct axis *axis, struct pen *pen,
                   unsigned left)
{
    size_t label = 0;
    for (unsigned column = 0; column < axis->columns; column++) {
        const struct cell *cell = &bar->cells[column];
        pen_move(pen, left + column);
        if (label < bar->label_count && bar->labels[label].column == column) {
            pen_move(pen, left + column + 1);
            pen_put(pen, INK_PLAIN, bar->labels[label].text);
            column += bar->labels[label++].columns - 1;
        } else if (cell->glyph != GLYPH_BLANK) {
            pen_put(pen, cell_ink(cell),
                    glyph_text(cell->glyph, cell->state, pen->style->unicode));
        }
    }
}
