// SPDX-License-Identifier: MIT
#include "view/cycle.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/words.h"

#include <stdlib.h>
#include <string.h>

/** A name stands to the right of the way back: "┌─▶ luke". */
#define RAIL_COLUMNS  4
#define ARROW_COLUMNS 2 /**< from where a name begins to the arrow below it */
#define GAP           3
#define SENTENCES_FOR 92 /**< columns; longer lines are hard to read */

/** Ways to write a link, the most spacious first. */
enum form { TABLE, TABLE_SHORT, STACKED, STACKED_SHORT, SENTENCES };

enum cell { WHAT, SINCE, SOURCE, CELLS };

/** A line of a link. */
struct row {
    bool is_name; /**< it begins with the lane's name */
    char cells[CELLS][CYCLE_WORDS + 80];
};

#define ROWS_MAX 6

struct drawing {
    struct pen *pen;
    const struct run *run;
    enum form form;
    struct fold fold;
    size_t count;  /**< links that are drawn */
    bool is_round; /**< the last one waits for the first */
    bool is_stall; /**< they wait for nobody in particular */
    unsigned indent, name, what, since, source; /**< columns */
};

static size_t link_shown(const struct drawing *d, size_t shown)
{
    return shown < d->fold.first ? shown : shown + d->fold.hidden;
}

static void fill_cells(const struct drawing *d, struct row *row, const char *verb,
                       const char *object, const char *since, const char *source)
{
    snprintf(row->cells[WHAT], sizeof row->cells[WHAT], "%s %s", verb, object);
    snprintf(row->cells[SINCE], sizeof row->cells[SINCE], "since %s", since);
    snprintf(row->cells[SOURCE], sizeof row->cells[SOURCE], "%s",
             d->form == TABLE_SHORT ? without_folder(source) : source);
}

/** The same, one below the other: what and since when, and where. */
static size_t stack_cells(const struct drawing *d, struct row *rows, const char *verb,
                          const char *object, const char *since, const char *source)
{
    snprintf(rows[0].cells[WHAT], sizeof rows[0].cells[WHAT], "%s %s since %s", verb,
             object, since);
    snprintf(rows[1].cells[WHAT], sizeof rows[1].cells[WHAT], "  %s",
             d->form == STACKED_SHORT ? without_folder(source) : source);
    return source[0] != '\0' ? 2 : 1;
}

static size_t table_rows(const struct drawing *d, const struct cycle_link *link,
                         struct row *rows)
{
    size_t count = 0;
    if (link->holds[0] != '\0')
        fill_cells(d, &rows[count++], "holds", link->holds, link->holds_since,
                   link->holds_source);
    if (link->wants[0] != '\0')
        fill_cells(d, &rows[count++], link->verb, link->wants, link->wants_since,
                   link->wants_source);
    if (link->ended[0] != '\0')
        snprintf(rows[count++].cells[WHAT], sizeof rows->cells[WHAT],
                 "ended at %s, without unlocking it", link->ended);
    rows[0].is_name = true;
    return count > 0 ? count : 1;
}

static size_t stacked_rows(const struct drawing *d, const struct cycle_link *link,
                           struct row *rows)
{
    size_t count = 1;
    rows[0].is_name = true;
    if (link->holds[0] != '\0')
        count += stack_cells(d, &rows[count], "holds", link->holds, link->holds_since,
                             link->holds_source);
    if (link->wants[0] != '\0')
        count += stack_cells(d, &rows[count], link->verb, link->wants,
                             link->wants_since, link->wants_source);
    if (link->ended[0] != '\0')
        snprintf(rows[count++].cells[WHAT], sizeof rows->cells[WHAT], "ended at %s",
                 link->ended);
    return count;
}

static size_t rows_of(const struct drawing *d, const struct cycle_link *link,
                      struct row *rows)
{
    memset(rows, 0, ROWS_MAX * sizeof *rows);
    return d->form >= STACKED ? stacked_rows(d, link, rows) : table_rows(d, link, rows);
}

static void widen(unsigned *columns, const char *text)
{
    unsigned width = text_width(text);
    *columns = width > *columns ? width : *columns;
}

static void measure(struct drawing *d)
{
    d->name = d->what = d->since = d->source = 0;
    for (size_t i = 0; i < d->count; i++) {
        struct cycle_link link;
        struct row rows[ROWS_MAX];
        cycle_link_words(d->run, link_shown(d, i), !d->pen->style->unicode, &link);
        size_t count = rows_of(d, &link, rows);
        widen(&d->name, link.name);
        for (size_t k = 0; k < count; k++) {
            /* What stands alone may go on below the other cells. */
            if (d->form >= STACKED || rows[k].cells[SINCE][0] != '\0')
                widen(&d->what, rows[k].cells[WHAT]);
            widen(&d->since, rows[k].cells[SINCE]);
            widen(&d->source, rows[k].cells[SOURCE]);
        }
    }
}

static unsigned name_column(const struct drawing *d)
{
    return d->indent + (d->is_round ? RAIL_COLUMNS : 0);
}

/** Where what a lane holds and wants stands. */
static unsigned what_column(const struct drawing *d)
{
    return name_column(d) + (d->form >= STACKED ? ARROW_COLUMNS + 2 : d->name + 2);
}

static unsigned end_column(const struct drawing *d)
{
    unsigned end = what_column(d) + d->what;
    end += d->since > 0 ? GAP + d->since : 0;
    end += d->source > 0 ? GAP + d->source : 0;
    unsigned end_of_name = name_column(d) + d->name;
    unsigned end_of_arrow = name_column(d) + ARROW_COLUMNS + 1;
    end = end > end_of_name ? end : end_of_name;
    return end > end_of_arrow ? end : end_of_arrow;
}

static void choose_form(struct drawing *d)
{
    for (d->form = TABLE; d->form < SENTENCES; d->form++) {
        measure(d);
        if (end_column(d) <= d->pen->style->width)
            return;
    }
}

/** What leads round at the left: the last link's wait ends at the first one. */
static void put_rail(const struct drawing *d, bool is_first_row, bool is_last_row)
{
    struct pen *pen = d->pen;
    bool unicode = pen->style->unicode;
    pen_move(pen, d->indent);
    if (!d->is_round)
        return;
    if (is_first_row) {
        pen_put(pen, INK_BLOCKED, unicode ? "┌─▶" : "+->");
    } else if (!is_last_row) {
        pen_put(pen, INK_BLOCKED, unicode ? "│" : "|");
    } else {
        pen_put(pen, INK_BLOCKED, unicode ? "└" : "+");
        for (unsigned i = 1; i < RAIL_COLUMNS + ARROW_COLUMNS; i++)
            pen_put(pen, INK_BLOCKED, unicode ? "─" : "-");
        pen_put(pen, INK_BLOCKED, unicode ? "┘" : "+");
    }
}

static void put_arrow(const struct drawing *d)
{
    pen_move(d->pen, name_column(d) + ARROW_COLUMNS);
    pen_put(d->pen, INK_BLOCKED, d->pen->style->unicode ? "▼" : "v");
}

static void put_cells(const struct drawing *d, const struct row *row)
{
    unsigned at = what_column(d);
    const unsigned columns[CELLS] = {d->what, d->since, d->source};
    for (int i = 0; i < CELLS; i++) {
        pen_move(d->pen, at);
        pen_put(d->pen, i == WHAT && row->cells[i][0] != ' ' ? INK_PLAIN : INK_FAINT,
                row->cells[i]);
        at += columns[i] + GAP;
    }
}

/** A link, and the arrow that leads on to the next one. */
static void put_link(const struct drawing *d, size_t shown)
{
    struct cycle_link link;
    struct row rows[ROWS_MAX];
    size_t number = link_shown(d, shown);
    bool is_last = number + 1 == d->run->deadlock->count;
    cycle_link_words(d->run, number, !d->pen->style->unicode, &link);
    size_t count = rows_of(d, &link, rows);
    bool leads_on = !d->is_stall && (!is_last || d->is_round);
    if (count == 1 && leads_on)
        count++;
    for (size_t i = 0; i < count; i++) {
        put_rail(d, number == 0 && i == 0, is_last && i == count - 1);
        if (rows[i].is_name) {
            pen_move(d->pen, name_column(d));
            pen_put(d->pen, INK_STRONG, link.name);
        }
        if (i == count - 1 && !is_last && leads_on)
            put_arrow(d);
        put_cells(d, &rows[i]);
        pen_newline(d->pen);
    }
}

static void fold_text(const struct drawing *d, char *text, size_t size)
{
    snprintf(text, size, "%s %s more%s", d->pen->style->unicode ? "…" : "...",
             count_text(d->fold.hidden).text,
             d->pen->style->width < 40 || d->is_stall ? ""
                                                      : ", each waits for the next");
}

static void put_hidden(const struct drawing *d)
{
    char text[128];
    put_rail(d, false, false);
    pen_move(d->pen, name_column(d));
    fold_text(d, text, sizeof text);
    pen_put(d->pen, INK_FAINT, text);
    pen_newline(d->pen);
    if (d->is_stall)
        return;
    put_rail(d, false, false);
    put_arrow(d);
    pen_newline(d->pen);
}

/** Where not even the narrowest drawing fits.  @return 0 or UV_ENOMEM. */
static int put_sentence(const struct drawing *d, size_t shown)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        cycle_sentence(d->run, link_shown(d, shown), d->pen->style, out);
    char *text = draft_close(&draft);
    if (text == NULL)
        return UV_ENOMEM;
    pen_wrap(d->pen, INK_PLAIN, d->indent, SENTENCES_FOR, text);
    free(text);
    return 0;
}

static int put_all(const struct drawing *d)
{
    int result = 0;
    for (size_t i = 0; i < d->count && result == 0; i++) {
        char text[128];
        bool is_after_fold = d->fold.hidden > 0 && i == d->fold.first;
        if (d->form < SENTENCES) {
            if (is_after_fold)
                put_hidden(d);
            put_link(d, i);
            continue;
        }
        fold_text(d, text, sizeof text);
        if (is_after_fold)
            pen_wrap(d->pen, INK_FAINT, 0, SENTENCES_FOR, text);
        result = put_sentence(d, i);
    }
    return result;
}

/** "opposite, run 3: luke and darthvader wait for each other". */
static int put_title_of_cycle(struct pen *pen, const struct variant_report *variant,
                              const struct run *run)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        cycle_title(run, !pen->style->unicode, out);
    char *text = draft_close(&draft);
    if (text == NULL)
        return UV_ENOMEM;
    pen_put(pen, INK_STRONG, variant->variant->name);
    if (variant->run_count > 1)
        pen_format(pen, INK_STRONG, ", run %s",
                   count_text((uint64_t)(run - variant->runs) + 1).text);
    pen_put(pen, INK_STRONG, ":");
    pen_wrap(pen, INK_PLAIN, 0, pen->style->width, text);
    free(text);
    return 0;
}

int cycle_write(struct pen *pen, const struct report *report, size_t number)
{
    const struct variant_report *variant = &report->variants[number];
    const struct run *run = cycle_run(variant);
    if (run == NULL)
        return 0;
    struct drawing d = {
        .pen = pen,
        .run = run,
        .fold = cycle_fold(run),
        .is_round = run->deadlock->kind == DEADLOCK_CYCLE ||
                    run->deadlock->kind == DEADLOCK_SELF,
        .is_stall = run->deadlock->kind == DEADLOCK_STALL,
        .indent = pen->style->width < 40 ? 0 : 2,
    };
    d.count = d.fold.first + d.fold.last;
    choose_form(&d);
    pen_newline(pen);
    int result = put_title_of_cycle(pen, variant, run);
    return result == 0 ? put_all(&d) : result;
}
