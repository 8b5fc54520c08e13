// SPDX-License-Identifier: MIT
#include "view/drawing/blocks.h"
#include "array.h"
#include "view/turns.h"

#include <stdlib.h>
#include <string.h>

/** A lane on its way from the first column to the last. */
struct stroke {
    const struct lane *lane;
    struct drawn_lane *drawn;
    size_t next; /**< the first span that is not behind the column */
    /** The piece of the column that short spans take up: `spans` of them, or 0. */
    int64_t start_ns, end_ns;
    size_t first, spans;
    size_t behind; /**< the long span that begins behind the piece; SIZE_MAX: none */
};

struct pass {
    struct drawing *drawing;
    struct stroke *strokes;
    struct turn *turns; /**< each stroke's */
    size_t count;
    int64_t from_ns, to_ns; /**< of the column */
    int64_t grain_ns;       /**< a column's length: what is shorter is short */
};

static struct block *add_block(struct drawn_lane *drawn)
{
    struct block *blocks = array_grow(drawn->blocks, drawn->block_count,
                                      &drawn->block_capacity, sizeof *blocks);
    if (blocks == NULL)
        return NULL;
    drawn->blocks = blocks;
    return &drawn->blocks[drawn->block_count++];
}

static int add_span(const struct drawing *drawing, const struct lane *lane,
                    struct drawn_lane *drawn, size_t index)
{
    const struct span *span = &lane->spans[index];
    int64_t from = drawing->from_ns, to = drawing->to_ns;
    struct block *block = add_block(drawn);
    if (block == NULL)
        return UV_ENOMEM;
    *block = (struct block){
        .start_ns = span->start_ns > from ? span->start_ns : from,
        .end_ns = span->end_ns < to ? span->end_ns : to,
        .state = span->state,
        .span = index,
        .spans = 1,
    };
    return 0;
}

static int put_span(const struct pass *pass, const struct stroke *stroke, size_t index)
{
    return add_span(pass->drawing, stroke->lane, stroke->drawn, index);
}

static bool is_short(const struct pass *pass, const struct span *span)
{
    return span->end_ns - span->start_ns < pass->grain_ns;
}

/** Take a short span's share of the column into the piece. */
static void take_in(const struct pass *pass, struct stroke *stroke, size_t index)
{
    struct turn *turn = &pass->turns[stroke - pass->strokes];
    const struct span *span = &stroke->lane->spans[index];
    int64_t start = span->start_ns > pass->from_ns ? span->start_ns : pass->from_ns;
    int64_t end = span->end_ns < pass->to_ns ? span->end_ns : pass->to_ns;
    if (end <= start)
        return;
    if (stroke->spans == 0) {
        stroke->first = index;
        stroke->start_ns = start;
    }
    stroke->spans = index - stroke->first + 1;
    stroke->end_ns = end;
    turn_add(turn, span->state, end - start);
}

/**
 * Go on to the column's end, gathering short spans.  A long one is put at once where it
 * begins; but behind short ones, `behind` is its index, for when those are put.  There
 * are none behind that: no long one fits in a column with others on both sides.
 */
static int enter(const struct pass *pass, struct stroke *stroke)
{
    const struct lane *lane = stroke->lane;
    bool is_first = pass->from_ns == pass->drawing->from_ns;
    int result = 0;
    stroke->spans = 0;
    stroke->behind = SIZE_MAX;
    for (; stroke->next < lane->span_count && result == 0; stroke->next++) {
        const struct span *span = &lane->spans[stroke->next];
        if (span->start_ns >= pass->to_ns)
            break;
        bool begins = span->start_ns >= pass->from_ns || is_first;
        if (is_short(pass, span))
            take_in(pass, stroke, stroke->next);
        else if (begins && span->end_ns > pass->from_ns && stroke->spans > 0)
            stroke->behind = stroke->next;
        else if (begins && span->end_ns > pass->from_ns)
            result = put_span(pass, stroke, stroke->next);
        if (span->end_ns > pass->to_ns)
            break;
    }
    return result;
}

/** Whether a piece goes on with the block before it: the same span, or of many too. */
static bool goes_on(const struct block *before, const struct stroke *stroke,
                    enum state state)
{
    bool touches = before->end_ns == stroke->start_ns && before->state == state;
    return touches && (before->span + before->spans > stroke->first ||
                       (before->spans > 1 && stroke->spans > 1));
}

static int put_piece(struct stroke *stroke, enum state state)
{
    struct drawn_lane *drawn = stroke->drawn;
    struct block *block =
        drawn->block_count > 0 ? &drawn->blocks[drawn->block_count - 1] : NULL;
    if (block != NULL && goes_on(block, stroke, state)) {
        block->end_ns = stroke->end_ns;
        block->spans = stroke->first + stroke->spans - block->span;
        return 0;
    }
    block = add_block(drawn);
    if (block == NULL)
        return UV_ENOMEM;
    *block = (struct block){
        .start_ns = stroke->start_ns,
        .end_ns = stroke->end_ns,
        .state = state,
        .span = stroke->first,
        .spans = stroke->spans,
    };
    return 0;
}

/** A piece that is one span is of that one's state. */
static int64_t least_ns(const struct pass *pass, const struct stroke *stroke)
{
    return stroke->spans == 1 ? INT64_MAX : pass->grain_ns / 2;
}

static int draw_column(struct pass *pass)
{
    bool competing = false;
    int result = 0;
    for (size_t i = 0; i < pass->count && result == 0; i++) {
        struct stroke *stroke = &pass->strokes[i];
        struct turn *turn = &pass->turns[i];
        turn_begin(turn);
        result = enter(pass, stroke);
        if (turn_competes(turn))
            competing = true;
        else if (stroke->spans > 0)
            turn_choose_alone(turn, least_ns(pass, stroke));
    }
    if (competing)
        turns_choose_competing(pass->turns, pass->count);
    for (size_t i = 0; i < pass->count && result == 0; i++) {
        struct stroke *stroke = &pass->strokes[i];
        if (stroke->spans > 0)
            result = put_piece(stroke, pass->turns[i].state);
        if (result == 0 && stroke->behind != SIZE_MAX)
            result = put_span(pass, stroke, stroke->behind);
    }
    return result;
}

static int64_t edge(const struct drawing *drawing, size_t column)
{
    int64_t length = drawing->to_ns - drawing->from_ns;
    int64_t columns = (int64_t)drawing->columns, at = (int64_t)column;
    return drawing->from_ns + length / columns * at + length % columns * at / columns;
}

/** When more is to be drawn of a lane, which has been until the column's end. */
static int64_t next_ns(const struct pass *pass, const struct stroke *stroke)
{
    const struct lane *lane = stroke->lane;
    if (stroke->next == lane->span_count)
        return INT64_MAX;
    const struct span *span = &lane->spans[stroke->next];
    bool is_put = span->start_ns < pass->to_ns && !is_short(pass, span);
    return is_put ? span->end_ns : span->start_ns;
}

/** The next column in which there is something to draw: most have nothing. */
static size_t next_column(const struct pass *pass, size_t column)
{
    const struct drawing *drawing = pass->drawing;
    size_t next = column + 1, step = 1;
    int64_t at_ns = INT64_MAX;
    for (size_t i = 0; i < pass->count; i++) {
        int64_t ns = next_ns(pass, &pass->strokes[i]);
        at_ns = ns < at_ns ? ns : at_ns;
    }
    for (; next + step < drawing->columns && edge(drawing, next + step) <= at_ns;
         step *= 2)
        next += step;
    for (; step > 0; step /= 2)
        if (next + step < drawing->columns && edge(drawing, next + step) <= at_ns)
            next += step;
    return next;
}

static void count_blocks(struct drawing *drawing, const struct drawn_part *part)
{
    for (size_t i = 0; i < part->lane_count; i++) {
        const struct drawn_lane *drawn = &part->lanes[i];
        drawing->block_count += drawn->block_count;
        for (size_t j = 0; j < drawn->block_count; j++)
            drawing->is_exact &= drawn->blocks[j].spans == 1;
    }
}

int blocks_draw(struct drawing *drawing, struct drawn_part *part)
{
    struct pass pass = {.drawing = drawing, .count = part->lane_count};
    pass.strokes = calloc(part->lane_count + 1, sizeof *pass.strokes);
    pass.turns = calloc(part->lane_count + 1, sizeof *pass.turns);
    int result = pass.strokes != NULL && pass.turns != NULL ? 0 : UV_ENOMEM;
    for (size_t i = 0; i < part->lane_count && result == 0; i++) {
        pass.strokes[i].lane = &part->run->timeline.lanes[part->lanes[i].lane];
        pass.strokes[i].drawn = &part->lanes[i];
    }
    /* Columns differ by 1 ns. */
    pass.grain_ns = (drawing->to_ns - drawing->from_ns) / (int64_t)drawing->columns + 1;
    for (size_t column = 0; column < drawing->columns && result == 0;
         column = next_column(&pass, column)) {
        pass.from_ns = edge(drawing, column);
        pass.to_ns = edge(drawing, column + 1);
        result = draw_column(&pass);
    }
    count_blocks(drawing, part);
    free(pass.turns);
    free(pass.strokes);
    return result;
}

int blocks_copy(struct drawing *drawing, struct drawn_part *part)
{
    int result = 0;
    for (size_t i = 0; i < part->lane_count; i++) {
        struct drawn_lane *drawn = &part->lanes[i];
        const struct lane *lane = &part->run->timeline.lanes[drawn->lane];
        for (size_t k = lane_spans_over(lane, drawing->from_ns);
             k < lane->span_count && lane->spans[k].start_ns < drawing->to_ns &&
             result == 0;
             k++)
            if (lane->spans[k].end_ns > lane->spans[k].start_ns)
                result = add_span(drawing, lane, drawn, k);
    }
    count_blocks(drawing, part);
    return result;
}
