// SPDX-License-Identifier: MIT
#include "view/picture.h"
#include "view/bar.h"

#include <stdlib.h>
#include <string.h>

/** A lane on its way from the first column to the last. */
struct stroke {
    const struct lane *lane;
    size_t span; /**< the first one that is not behind the column */
    unsigned first, last;
    int64_t here[STATE_COUNT]; /**< time in each state within the column */
    int64_t owed[STATE_COUNT]; /**< time lived less time drawn, up to here */
    int64_t alive; /**< time within the column; what a cell of it stands for */
    bool competes; /**< both ran and was ready within the column */
    bool drawn;
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
static void stroke_enter(struct stroke *stroke, int64_t from_ns, int64_t to_ns)
{
    const struct lane *lane = stroke->lane;
    memset(stroke->here, 0, sizeof stroke->here);
    stroke->alive = 0;
    stroke->drawn = false;
    for (; stroke->span < lane->span_count; stroke->span++) {
        const struct span *span = &lane->spans[stroke->span];
        int64_t start = span->start_ns > from_ns ? span->start_ns : from_ns;
        int64_t end = span->end_ns < to_ns ? span->end_ns : to_ns;
        if (end > start) {
            stroke->here[span->state] += end - start;
            stroke->owed[span->state] += end - start;
            stroke->alive += end - start;
        }
        if (span->end_ns >= to_ns)
            break;
    }
    stroke->competes = stroke->here[STATE_RUN] > 0 && stroke->here[STATE_READY] > 0;
}

/** The state that there is most of here. */
static enum state most_here(const struct stroke *stroke)
{
    enum state best = STATE_RUN;
    for (enum state state = best; state < STATE_COUNT; state++)
        best = stroke->here[state] > stroke->here[best] ? state : best;
    return best;
}

/** The state that most is owed of; of equal ones that which there is more of here. */
static enum state most_owed(const struct stroke *stroke, bool may_run)
{
    enum state best = may_run ? STATE_RUN : STATE_READY;
    for (enum state state = best; state < STATE_COUNT; state++) {
        int64_t more = stroke->owed[state] - stroke->owed[best];
        if (more > 0 || (more == 0 && stroke->here[state] > stroke->here[best]))
            best = state;
    }
    return best;
}

/** For a lane that competes with none.  What is owed too little of for a cell can wait.
 */
static enum state state_alone(const struct stroke *stroke, int64_t cell_ns)
{
    enum state best = most_owed(stroke, true);
    return stroke->alive > 0 && stroke->owed[best] < cell_ns / 2 ? most_here(stroke)
                                                                 : best;
}

static void stroke_draw(struct stroke *stroke, enum state state, struct cell *cell)
{
    stroke->owed[state] -= stroke->alive;
    stroke->drawn = true;
    *cell = (struct cell){.glyph = GLYPH_STATE, .state = state};
}

/** The one that competes and is owed most running; `count` when there is none. */
static size_t next_to_run(const struct stroke *strokes, size_t count)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++)
        if (strokes[i].competes && !strokes[i].drawn &&
            (best == count ||
             strokes[i].owed[STATE_RUN] > strokes[best].owed[STATE_RUN]))
            best = i;
    return best;
}

/**
 * Lanes that compete for cores: together they get as many running cells in this column
 * as they ran, to those who are owed most, so that one core is drawn once.
 */
static void draw_competing(struct stroke *strokes, size_t count, struct bar *bars,
                           unsigned column)
{
    int64_t budget = 0;
    for (size_t i = 0; i < count; i++)
        budget += strokes[i].competes ? strokes[i].owed[STATE_RUN] : 0;
    for (size_t i; (i = next_to_run(strokes, count)) < count;) {
        struct stroke *stroke = &strokes[i];
        enum state other = most_owed(stroke, false);
        bool runs = stroke->owed[other] <= 0 ||
                    (budget >= stroke->alive / 2 && stroke->owed[STATE_RUN] > 0) ||
                    stroke->owed[STATE_RUN] >= stroke->alive;
        budget -= runs ? stroke->alive : 0;
        stroke_draw(stroke, runs ? STATE_RUN : other, &bars[i].cells[column]);
    }
}

static void draw_column(struct stroke *strokes, const struct picture *picture,
                        unsigned column)
{
    const struct axis *axis = picture->axis;
    int64_t from_ns = axis->edge[column], to_ns = axis->edge[column + 1];
    bool competing = false;
    for (size_t i = 0; i < picture->lane_count; i++) {
        struct stroke *stroke = &strokes[i];
        stroke->competes = false;
        if (column < stroke->first || column > stroke->last)
            continue;
        stroke_enter(stroke, from_ns, to_ns);
        competing |= stroke->competes;
        if (!stroke->competes) {
            stroke_draw(stroke, state_alone(stroke, to_ns - from_ns),
                        &picture->bars[i].cells[column]);
        }
    }
    if (competing)
        draw_competing(strokes, picture->lane_count, picture->bars, column);
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
    if (strokes == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < picture->lane_count; i++) {
        stroke_begin(&strokes[i], &picture->timeline->lanes[picture->lanes[i]],
                     picture->axis);
        memset(&picture->bars[i], 0, sizeof picture->bars[i]);
    }
    for (unsigned column = 0; column < picture->axis->columns; column++)
        draw_column(strokes, picture, column);
    for (size_t i = 0; i < picture->lane_count; i++) {
        if (strokes[i].first <= strokes[i].last)
            bar_finish(picture, strokes[i].lane, &picture->bars[i]);
        add_to_legend(picture->legend, &picture->bars[i],
                      picture->timeline->lanes[picture->lanes[i]].kind,
                      picture->axis->columns);
    }
    free(strokes);
    return 0;
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
