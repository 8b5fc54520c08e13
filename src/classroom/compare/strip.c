// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "view/axis.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/** Fewer are no axis. */
#define LEAST_COLUMNS 12

/** What stands in a cell besides runs. */
enum guessed { GUESS_NONE, GUESS_HERE, GUESS_BEFORE, GUESS_AFTER };

struct dots {
    size_t counts[AXIS_COLUMNS_MAX];
    unsigned guess_column;
    enum guessed guess;
};

/** What there is to explain. */
struct seen {
    bool several, many, guess, hit, beside;
};

struct strip {
    struct pen *pen;
    const struct comparison *comparison;
    struct axis axis;
    struct label_style labels;
    unsigned left; /**< where the axis begins */
    struct seen seen;
};

static void add_runs(const struct strip *strip, struct dots *dots,
                     const struct entry *entry)
{
    for (size_t i = 0; i < entry->wall_count; i++)
        dots->counts[axis_column(&strip->axis, entry->walls[i])]++;
}

static void add_guess(const struct strip *strip, struct dots *dots,
                      const struct guess *guess)
{
    if (!guess->is_given || guess->what != PREDICT_TIME)
        return;
    dots->guess_column = axis_column(&strip->axis, guess->value);
    dots->guess = guess->value < strip->axis.from_ns ? GUESS_BEFORE
                  : guess->value > strip->axis.to_ns ? GUESS_AFTER
                                                     : GUESS_HERE;
}

static const char *guess_text(enum guessed guess, bool hit, bool unicode)
{
    if (guess == GUESS_BEFORE)
        return unicode ? "‹" : "<";
    if (guess == GUESS_AFTER)
        return unicode ? "›" : ">";
    if (hit)
        return unicode ? "◈" : "@";
    return unicode ? "◇" : "?";
}

static void put_cell(struct strip *strip, const struct dots *dots, unsigned column)
{
    struct pen *pen = strip->pen;
    bool unicode = pen->style->unicode;
    size_t count = dots->counts[column];
    bool guess = dots->guess != GUESS_NONE && dots->guess_column == column;
    if (count == 0 && !guess)
        return;
    pen_move(pen, strip->left + column);
    if (guess && (count == 0 || dots->guess == GUESS_HERE)) {
        bool hit = count > 0;
        strip->seen.hit |= hit;
        strip->seen.guess |= !hit && dots->guess == GUESS_HERE;
        strip->seen.beside |= dots->guess != GUESS_HERE;
        pen_put(pen, INK_READY, guess_text(dots->guess, hit, unicode));
    } else if (count == 1) {
        pen_put(pen, INK_RUN, unicode ? "●" : "o");
    } else if (count < 10) {
        strip->seen.several = true;
        pen_put(pen, INK_RUN, count_text(count).text);
    } else {
        strip->seen.many = true;
        pen_put(pen, INK_RUN, unicode ? "█" : "#");
    }
}

/** @shown: a label, taken over. */
static void put_label(struct strip *strip, char *shown)
{
    pen_move(strip->pen, 2);
    pen_put(strip->pen, INK_PLAIN, shown != NULL ? shown : "");
    free(shown);
}

static void put_dots(struct strip *strip, const struct dots *dots)
{
    for (unsigned column = 0; column < strip->axis.columns; column++)
        put_cell(strip, dots, column);
    pen_newline(strip->pen);
}

static void put_entry(struct strip *strip, const struct entry *entry, struct dots *dots)
{
    const char *label = strip->comparison->files[entry->file].label;
    put_label(strip, compare_label(&strip->labels, label));
    if (entry->wall_count == 0) {
        pen_move(strip->pen, strip->left);
        pen_put(strip->pen, INK_FAINT, compare_instead(entry).text);
        pen_newline(strip->pen);
        return;
    }
    memset(dots, 0, sizeof *dots);
    add_runs(strip, dots, entry);
    add_guess(strip, dots, &entry->guess);
    put_dots(strip, dots);
}

static void put_variant(struct strip *strip, const struct compared_variant *variant,
                        struct dots *dots)
{
    compare_put_name(strip->pen, INK_STRONG, variant->name);
    pen_newline(strip->pen);
    for (size_t i = 0; i < variant->count; i++)
        put_entry(strip, variant->entries[i], dots);
    if (!has_row_of_all(variant))
        return;
    memset(dots, 0, sizeof *dots);
    for (size_t i = 0; i < variant->count; i++)
        if (variant->entries[i]->wall_count > 0)
            dots->counts[axis_column(&strip->axis, variant->entries[i]->wall.median)]++;
    put_label(strip, strdup(compare_label_of_all(variant).text));
    put_dots(strip, dots);
}

static void put_key(struct strip *strip, bool occurs, enum ink ink, const char *sign,
                    const char *words)
{
    struct pen *pen = strip->pen;
    if (!occurs)
        return;
    unsigned wanted = (unsigned)(strlen(words) + 3);
    if (pen->column > strip->left && pen->column + wanted > pen->style->width)
        pen_newline(pen);
    pen_move(pen, pen->column < strip->left ? strip->left : pen->column);
    pen_put(pen, ink, sign);
    pen_format(pen, INK_FAINT, " %s", words);
    pen_move(pen, pen->column + 3);
}

static void put_legend(struct strip *strip)
{
    const struct seen *seen = &strip->seen;
    bool unicode = strip->pen->style->unicode;
    put_key(strip, true, INK_RUN, unicode ? "●" : "o", "a run");
    put_key(strip, seen->several, INK_RUN, unicode ? "2–9" : "2-9",
            "so many in one place");
    put_key(strip, seen->many, INK_RUN, unicode ? "█" : "#", "10 or more");
    put_key(strip, seen->guess, INK_READY, guess_text(GUESS_HERE, false, unicode),
            "predicted");
    put_key(strip, seen->hit, INK_READY, guess_text(GUESS_HERE, true, unicode),
            "predicted, and run");
    put_key(strip, seen->beside, INK_READY, unicode ? "‹ ›" : "< >",
            "predicted beyond");
    pen_newline(strip->pen);
}

int compare_put_strip(struct pen *pen, const struct comparison *comparison,
                      const struct compared_demo *demo)
{
    struct strip strip = {.pen = pen, .comparison = comparison};
    int64_t from, to;
    unsigned width = pen->style->width;
    if (!compare_range(demo, &from, &to))
        return 0;
    strip.labels = compare_label_style(comparison, demo, pen->style,
                                       compare_label_most(pen->style));
    strip.left = 4 + strip.labels.columns;
    if (strip.left + LEAST_COLUMNS > width)
        return 0;
    struct dots *dots = malloc(sizeof *dots);
    if (dots == NULL)
        return UV_ENOMEM;
    compare_axis_range(demo, &from, &to);
    axis_init(&strip.axis, from, to, width - strip.left);
    pen_newline(pen);
    for (size_t i = 0; i < demo->variant_count; i++)
        put_variant(&strip, &demo->variants[i], dots);
    axis_write(&strip.axis, pen, strip.left);
    put_legend(&strip);
    free(dots);
    return 0;
}
