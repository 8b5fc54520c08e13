// SPDX-License-Identifier: MIT
#include "view/drawing_blocks.h"

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
    int64_t here[STATE_COUNT]; /**< time in each state within the piece */
    int64_t owed[STATE_COUNT]; /**< time lived in short spans, less time drawn */
    size_t behind; /**< the long span that begins behind the piece; SIZE_MAX: none */
    bool competes; /**< both ran and was ready */
    bool is_chosen;
    enum state state; /**< what is chosen for the piece */
};

struct pass {
    struct drawing *drawing;
    struct stroke *strokes;
    size_t count;
    int64_t from_ns, to_ns; /**< of the column */
    int64_t grain_ns;       /**< a column's length: what is shorter is short */
};

static struct block *add_block(struct drawn_lane *drawn)
{
    if (drawn->block_count == drawn->block_capacity) {
        size_t capacity = drawn->block_capacity < 16 ? 16 : drawn->block_capacity * 2;
        struct block *grown = realloc(drawn->blocks, capacity * sizeof *grown);
        if (grown == NULL)
            return NULL;
        drawn->blocks = grown;
        drawn->block_capacity = capacity;
    }
    return &drawn->blocks[drawn->block_count++];
}

static int put_span(const struct pass *pass, struct stroke *stroke, size_t index)
{
    const struct drawing *drawing = pass->drawing;
    const struct span *span = &stroke->lane->spans[index];
    int64_t from = drawing->from_ns, to = drawing->to_ns;
    struct block *block = add_block(stroke->drawn);
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

static bool is_short(const struct pass *pass, const struct span *span)
{
    return span->end_ns - span->start_ns < pass->grain_ns;
}

/** Take a short span's share of the column into the piece. */
static void take_in(const struct pass *pass, struct stroke *stroke, size_t index)
{
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
    stroke->here[span->state] += end - start;
    stroke->owed[span->state] += end - start;
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
    memset(stroke->here, 0, sizeof stroke->here);
    stroke->spans = 0;
    stroke->is_chosen = false;
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
    stroke->competes = stroke->here[STATE_RUN] > 0 && stroke->here[STATE_READY] > 0;
    return result;
}

static int64_t length_of(const struct stroke *stroke)
{
    return stroke->end_ns - stroke->start_ns;
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

/** For a lane that competes with none.  What is owed too little of can wait. */
static enum state state_alone(const struct stroke *stroke, int64_t grain_ns)
{
    enum state best = most_owed(stroke, true);
    bool is_one = stroke->spans == 1 || stroke->owed[best] < grain_ns / 2;
    return is_one ? most_here(stroke) : best;
}

static void choose(struct stroke *stroke, enum state state)
{
    stroke->owed[state] -= length_of(stroke);
    stroke->state = state;
    stroke->is_chosen = true;
}

/** The one that competes and is owed most running; NULL when there is none. */
static struct stroke *next_to_run(const struct pass *pass)
{
    struct stroke *best = NULL;
    for (size_t i = 0; i < pass->count; i++) {
        struct stroke *stroke = &pass->strokes[i];
        if (stroke->competes && !stroke->is_chosen &&
            (best == NULL || stroke->owed[STATE_RUN] > best->owed[STATE_RUN]))
            best = stroke;
    }
    return best;
}

/**
 * Lanes that compete for cores: together they run in this column as long as they did,
 * those first that are owed most, so that one core is drawn once.
 */
static void choose_competing(struct pass *pass)
{
    int64_t budget = 0;
    for (size_t i = 0; i < pass->count; i++)
        if (pass->strokes[i].competes)
            budget += pass->strokes[i].owed[STATE_RUN];
    for (struct stroke *stroke; (stroke = next_to_run(pass)) != NULL;) {
        enum state other = most_owed(stroke, false);
        int64_t length = length_of(stroke), owed = stroke->owed[STATE_RUN];
        bool runs = stroke->owed[other] <= 0 || (budget >= length / 2 && owed > 0) ||
                    owed >= length;
        budget -= runs ? length : 0;
        choose(stroke, runs ? STATE_RUN : other);
    }
}

/** Whether a piece goes on with the block before it: the same span, or of many too. */
static bool goes_on(const struct block *before, const struct stroke *stroke)
{
    bool touches = before->end_ns == stroke->start_ns && before->state == stroke->state;
    return touches && (before->span + before->spans > stroke->first ||
                       (before->spans > 1 && stroke->spans > 1));
}

static int put_piece(struct stroke *stroke)
{
    struct drawn_lane *drawn = stroke->drawn;
    struct block *block =
        drawn->block_count > 0 ? &drawn->blocks[drawn->block_count - 1] : NULL;
    if (block != NULL && goes_on(block, stroke)) {
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
        .state = stroke->state,
        .span = stroke->first,
        .spans = stroke->spans,
    };
    return 0;
}

static int draw_column(struct pass *pass)
{
    bool competing = false;
    int result = 0;
    for (size_t i = 0; i < pass->count && result == 0; i++) {
        struct stroke *stroke = &pass->strokes[i];
        result = enter(pass, stroke);
        competing |= stroke->competes;
        if (stroke->spans > 0 && !stroke->competes)
            choose(stroke, state_alone(stroke, pass->grain_ns));
    }
    if (competing)
        choose_competing(pass);
    for (size_t i = 0; i < pass->count && result == 0; i++) {
        struct stroke *stroke = &pass->strokes[i];
        if (stroke->spans > 0)
            result = put_piece(stroke);
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
    if (pass.strokes == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < part->lane_count; i++) {
        pass.strokes[i].lane = &part->run->timeline.lanes[part->lanes[i].lane];
        pass.strokes[i].drawn = &part->lanes[i];
    }
    /* Columns differ by 1 ns. */
    pass.grain_ns = (drawing->to_ns - drawing->from_ns) / (int64_t)drawing->columns + 1;
    int result = 0;
    for (size_t column = 0; column < drawing->columns && result == 0; column++) {
        pass.from_ns = edge(drawing, column);
        pass.to_ns = edge(drawing, column + 1);
        result = draw_column(&pass);
    }
    count_blocks(drawing, part);
    free(pass.strokes);
    return result;
}
