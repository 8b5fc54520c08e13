// SPDX-License-Identifier: MIT
#include "view/bar.h"
#include "text/width.h"
#include "view/drawing/stretch.h"

#include <stdlib.h>
#include <string.h>

/** What is one thing to a reader (view/drawing/stretch.h). */
struct stretch {
    const struct span *first;
    int64_t end_ns;
};

/** What the passes over a lane share. */
struct drawing {
    const struct picture *picture;
    const struct lane *lane;
    struct bar *bar;
    unsigned first, last; /**< the lane's columns */
};

/** @return whether there is something to say, and it came through whole. */
static bool label_of(const struct drawing *drawing, const struct span *span, char *text,
                     size_t size)
{
    char label[sizeof((struct bar_label *)0)->text];
    if (!stretch_label(drawing->picture->timeline, drawing->lane, span, label,
                       sizeof label))
        return false;
    char *safe = safe_copy(label, drawing->picture->style);
    bool fits = safe != NULL && strlen(safe) < size;
    if (fits)
        strcpy(text, safe);
    free(safe);
    return fits;
}

/** Whether cells from `column` on are all of one state, with nothing marked on them. */
static bool is_even(const struct bar *bar, unsigned column, unsigned columns)
{
    for (unsigned i = column; i < column + columns; i++)
        if (bar->cells[i].glyph != GLYPH_STATE ||
            bar->cells[i].state != bar->cells[column].state)
            return false;
    return true;
}

/** The first column between two where so many cells are even; `end` when there is none.
 */
static unsigned find_even(const struct bar *bar, unsigned begin, unsigned end,
                          unsigned columns)
{
    for (unsigned at = begin; at + columns <= end; at++)
        if (is_even(bar, at, columns))
            return at;
    return end;
}

/**
 * Put a label between two columns, where one fits: after a cell of the state, a space
 * on each side, and a cell of the state behind it where there is room for one.
 */
static void put_label(const struct drawing *drawing, const struct span *span,
                      unsigned begin, unsigned end)
{
    struct bar *bar = drawing->bar;
    if (bar->label_count == BAR_LABELS_MAX)
        return;
    struct bar_label *label = &bar->labels[bar->label_count];
    if (end < begin + 4 || !label_of(drawing, span, label->text, sizeof label->text))
        return;
    unsigned columns = text_width(label->text) + 2;
    unsigned at = find_even(bar, begin, end, columns + 2);
    if (at == end)
        at = find_even(bar, begin, end, columns + 1);
    if (at < end) {
        label->column = at + 1;
        label->columns = columns;
        bar->label_count++;
    }
}

/** @return whether the cell shows it: what is there already is not drawn over. */
static bool mark(struct bar *bar, unsigned column, enum glyph glyph)
{
    if (bar->cells[column].glyph == GLYPH_STATE)
        bar->cells[column].glyph = glyph;
    return bar->cells[column].glyph == glyph;
}

/** A stretch is over; `end` is the column where the next one, or nothing, begins. */
static void put_stretch(const struct drawing *drawing, const struct stretch *stretch,
                        unsigned end)
{
    if (stretch->first == NULL)
        return;
    unsigned begin = axis_column(drawing->picture->axis, stretch->first->start_ns);
    if (drawing->bar->cells[begin].glyph != GLYPH_STATE)
        begin++;
    put_label(drawing, stretch->first, begin, end);
}

/** What is shorter than two cells is no stretch, and does not end the one around it. */
static bool is_visible(const struct drawing *drawing, const struct stretch *stretch)
{
    const struct axis *axis = drawing->picture->axis;
    return axis_column(axis, stretch->end_ns) >=
           axis_column(axis, stretch->first->start_ns) + 2;
}

static void walk_stretches(const struct drawing *drawing)
{
    const struct axis *axis = drawing->picture->axis;
    struct stretch current = {0}, next = {0};
    for (size_t i = 0; i < drawing->lane->span_count; i++) {
        const struct span *span = &drawing->lane->spans[i];
        if (span->end_ns <= axis->from_ns || span->start_ns >= axis->to_ns)
            continue;
        if (current.first != NULL && spans_go_together(current.first, span)) {
            current.end_ns = span->end_ns;
            next.first = NULL;
            continue;
        }
        if (next.first == NULL || !spans_go_together(next.first, span))
            next.first = span;
        next.end_ns = span->end_ns;
        if (is_visible(drawing, &next)) {
            unsigned column = axis_column(axis, next.first->start_ns);
            if (current.first != NULL && column > drawing->first)
                mark(drawing->bar, column, GLYPH_CHANGE);
            put_stretch(drawing, &current, column);
            current = next;
            next.first = NULL;
        }
    }
    put_stretch(drawing, &current, drawing->last + 1);
}

/** Whether `name` is one of the names in a list "beat, cleanup". */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (; list != NULL; list = strstr(list, ", ")) {
        list += strncmp(list, ", ", 2) == 0 ? 2 : 0;
        if (strncmp(list, name, length) == 0 &&
            (list[length] == '\0' || strncmp(list + length, ", ", 2) == 0))
            return true;
    }
    return false;
}

void legend_name_beat(struct legend *legend, const char *name)
{
    char *list = legend->beat_name;
    size_t length = strlen(list), room = sizeof legend->beat_name;
    bool too_many = legend->beat && strcmp(list, "mark") == 0;
    legend->beat = true;
    if (too_many || (length > 0 && is_listed(list, name)))
        return;
    if (length + strlen(name) + 2 >= room)
        strcpy(list, "mark");
    else
        snprintf(list + length, room - length, "%s%s", length > 0 ? ", " : "", name);
}

static bool is_beat(const struct drawing *drawing, const struct mark *moment)
{
    const struct axis *axis = drawing->picture->axis;
    return moment->kind == EVENT_MARK && moment->at_ns >= axis->from_ns &&
           moment->at_ns < axis->to_ns;
}

/** Where a beat is drawn: beside the lane's start or end, if it falls on that. */
static unsigned beat_column(const struct drawing *drawing, const struct mark *moment)
{
    unsigned column = axis_column(drawing->picture->axis, moment->at_ns);
    enum glyph glyph = drawing->bar->cells[column].glyph;
    if (glyph == GLYPH_STATE || glyph == GLYPH_BEAT)
        return column;
    if (column == drawing->first && column < drawing->last)
        return column + 1;
    return column == drawing->last && column > drawing->first ? column - 1 : column;
}

/** Nothing but its ends can be seen of it. */
static bool is_narrow(const struct drawing *drawing)
{
    return drawing->last < drawing->first + 2;
}

/** Its beats, in its last cell: that they were all here says more than its end. */
static void put_beats_of_narrow(const struct drawing *drawing)
{
    struct cell *cell = &drawing->bar->cells[drawing->last];
    for (size_t i = 0; i < drawing->lane->mark_count; i++) {
        const struct mark *moment = &drawing->lane->marks[i];
        if (!is_beat(drawing, moment) || cell->glyph == GLYPH_CUT)
            continue;
        cell->glyph = GLYPH_BEAT;
        legend_name_beat(drawing->picture->legend,
                         mark_name(drawing->picture->timeline, moment));
    }
}

/** Columns with a beat; as many as would hide the states are left out. */
static void put_beats(const struct drawing *drawing)
{
    bool at[AXIS_COLUMNS_MAX] = {false};
    unsigned columns = 0;
    if (is_narrow(drawing)) {
        put_beats_of_narrow(drawing);
        return;
    }
    for (size_t i = 0; i < drawing->lane->mark_count; i++) {
        const struct mark *moment = &drawing->lane->marks[i];
        if (is_beat(drawing, moment)) {
            unsigned column = beat_column(drawing, moment);
            columns += !at[column];
            at[column] = true;
        }
    }
    if (columns > (drawing->last - drawing->first + 1) / 3)
        return;
    for (size_t i = 0; i < drawing->lane->mark_count; i++) {
        const struct mark *moment = &drawing->lane->marks[i];
        if (is_beat(drawing, moment) &&
            mark(drawing->bar, beat_column(drawing, moment), GLYPH_BEAT)) {
            legend_name_beat(drawing->picture->legend,
                             mark_name(drawing->picture->timeline, moment));
        }
    }
}

static void put_ends(const struct drawing *drawing)
{
    const struct axis *axis = drawing->picture->axis;
    const struct lane *lane = drawing->lane;
    bool starts = lane->start_ns >= axis->from_ns;
    bool ends =
        lane->end_ns <= axis->to_ns && !(lane->cut && drawing->picture->running);
    bool is_cut = lane_is_cut_off(drawing->picture->timeline, lane);
    if (ends && !is_cut && starts && drawing->first == drawing->last) {
        mark(drawing->bar, drawing->first, GLYPH_WHOLE);
        return;
    }
    if (ends)
        mark(drawing->bar, drawing->last, is_cut ? GLYPH_CUT : GLYPH_END);
    if (starts)
        mark(drawing->bar, drawing->first, GLYPH_START);
}

void bar_finish(const struct picture *picture, const struct lane *lane, struct bar *bar)
{
    struct drawing drawing = {
        .picture = picture,
        .lane = lane,
        .bar = bar,
        .first = axis_column(picture->axis, lane->start_ns),
        .last = axis_column(picture->axis, lane->end_ns),
    };
    put_ends(&drawing);
    put_beats(&drawing);
    walk_stretches(&drawing);
}
