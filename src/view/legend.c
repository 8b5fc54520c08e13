// SPDX-License-Identifier: MIT
#include "view/legend.h"
#include "text/quantity.h"
#include "text/width.h"

/** A thing that the legend explains. */
struct item {
    enum ink ink;
    const char *glyph; /**< NULL: none */
    const char *text;
};

#define ITEMS_MAX (STATE_COUNT + 3)
#define ITEM_GAP  3

const char *legend_words(const struct legend *legend, enum state state)
{
    switch (state) {
    case STATE_READY:
        return !legend->no_turn  ? "ready (no core)"
               : legend->no_core ? "ready (no core, no turn)"
                                 : "ready (no turn)";
    case STATE_ZOMBIE:
        return "zombie (ended, not waited for)";
    default:
        return state_name(state);
    }
}

static size_t legend_items(const struct scene *scene, struct item *items,
                           const char *cell)
{
    const struct legend *legend = &scene->legend;
    bool unicode = scene->style->unicode;
    size_t count = 0;
    for (enum state state = STATE_RUN; state < STATE_COUNT; state++) {
        if (legend->state[state]) {
            items[count++] =
                (struct item){state_ink(state), glyph_text(GLYPH_STATE, state, unicode),
                              legend_words(legend, state)};
        }
    }
    if (legend->beat) {
        items[count++] = (struct item){
            INK_STRONG, glyph_text(GLYPH_BEAT, STATE_RUN, unicode), legend->beat_name};
    }
    if (legend->cut) {
        items[count++] = (struct item){
            INK_BLOCKED, glyph_text(GLYPH_CUT, STATE_RUN, unicode), "cut off"};
    }
    items[count++] = (struct item){INK_FAINT, NULL, cell};
    return count;
}

static unsigned item_columns(const struct item *item)
{
    return (item->glyph != NULL ? 2 : 0) + text_width(item->text);
}

/** Below the axis if it fits there on a line, else where it has more room. */
static unsigned legend_left(const struct scene *scene, const struct item *items,
                            size_t count)
{
    const struct layout *layout = &scene->layout;
    unsigned sum = 0, width = scene->style->width;
    for (size_t i = 0; i < count; i++)
        sum += item_columns(&items[i]) + (i > 0 ? ITEM_GAP : 0);
    bool fits_only_left = layout->left + sum > width && layout->indent + sum <= width;
    return width < 60 || fits_only_left ? layout->indent : layout->left;
}

void legend_write(struct pen *pen, const struct scene *scene)
{
    char cell[80];
    int64_t ns = (scene->axis.to_ns - scene->axis.from_ns) / scene->axis.columns;
    snprintf(cell, sizeof cell, "1 cell = %s",
             duration_text(ns, !pen->style->unicode).text);
    struct item items[ITEMS_MAX];
    size_t count = legend_items(scene, items, cell);
    unsigned left = legend_left(scene, items, count), width = pen->style->width;
    for (size_t i = 0; i < count; i++) {
        if (pen->column > 0 && pen->column + ITEM_GAP + item_columns(&items[i]) > width)
            pen_newline(pen);
        pen_move(pen, pen->column > 0 ? pen->column + ITEM_GAP : left);
        if (items[i].glyph != NULL)
            pen_put(pen, items[i].ink, items[i].glyph);
        unsigned at = items[i].glyph != NULL ? pen->column + 1 : pen->column;
        if (at + text_width(items[i].text) > width) {
            pen_wrap(pen, INK_FAINT, left, width, items[i].text);
            continue;
        }
        pen_move(pen, at);
        pen_put(pen, INK_FAINT, items[i].text);
    }
    if (pen->column > 0)
        pen_newline(pen);
}
