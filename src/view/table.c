// SPDX-License-Identifier: MIT
#include "view/table.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/chosen_run.h"
#include "view/endings.h"
#include "view/words.h"

#include <stdlib.h>
#include <string.h>

#define NAME_GAP   4
#define COLUMN_GAP 3

const char *const table_headings[TABLE_COLUMNS] = {"wall", "spread",  "over ideal",
                                                   "cpu",  "speedup", ""};

bool is_noise(const struct report *report, size_t variant)
{
    const struct variant_report *first = &report->variants[0];
    const struct variant_report *this = &report->variants[variant];
    return variant > 0 && first->comparable > 1 && this->comparable > 1 &&
           spreads_overlap(&first->wall, &this->wall);
}

/** "fork", "fork and loop", "fork, spawn and loop". */
static void put_noisy_names(const struct report *report, size_t count, FILE *out)
{
    for (size_t i = 0, put = 0; i < report->variant_count; i++) {
        if (!is_noise(report, i))
            continue;
        put++;
        if (put > 1)
            fputs(put < count ? ", " : " and ", out);
        fputs(report->variants[i].variant->name, out);
    }
}

char *noise_words(const struct report *report)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    size_t count = 0;
    for (size_t i = 0; i < report->variant_count; i++)
        count += is_noise(report, i);
    if (out != NULL && count > 0) {
        fputs("noise: the wall times of ", out);
        put_noisy_names(report, count, out);
        fprintf(out,
                count == 1 ? " overlap those of %s, so the difference may be chance"
                           : " overlap those of %s, so the differences may be chance",
                report->variants[0].variant->name);
    }
    return draft_close(&draft);
}

/** Seconds to the millisecond: what is over an ideal is often as small. */
static struct quantity wall_text(int64_t ns, bool ascii)
{
    return time_unit_of(ns) == UNIT_S ? time_text(ns, UNIT_S, 3, ascii)
                                      : duration_text(ns, ascii);
}

/** Whether there is a speedup besides the first variant's over itself. */
static bool has_comparison(const struct report *report)
{
    for (size_t i = 1; i < report->variant_count; i++)
        if (report->variants[i].speedup > 0)
            return true;
    return false;
}

static void fill_speedup(struct table_row *row, const struct report *report,
                         size_t index, bool ascii)
{
    const struct variant_report *variant = &report->variants[index];
    char *possible = row->cells[TABLE_POSSIBLE];
    size_t size = sizeof row->cells[TABLE_POSSIBLE];
    if (variant->speedup <= 0 || !has_comparison(report))
        return;
    snprintf(row->cells[TABLE_SPEEDUP], sizeof row->cells[TABLE_SPEEDUP], "%s",
             ratio_text(variant->speedup, ascii).text);
    if (is_noise(report, index)) {
        snprintf(possible, size, "noise");
    } else if (index > 0 && variant->possible > 0) {
        snprintf(possible, size, "of %s%s", ratio_text(variant->possible, ascii).text,
                 report->options->repeat > 1 ? "" : " possible");
    }
}

/** In tenths of a millisecond; but of a run that was shorter than one as finely as its
 * wall time, which it would be larger than otherwise. */
static void put_overhead(struct table_row *row, int64_t wall_ns, int64_t over_ns,
                         bool ascii)
{
    char *cell = row->cells[TABLE_OVER];
    size_t size = sizeof row->cells[TABLE_OVER];
    if (wall_ns < 1000000 && over_ns > 0)
        snprintf(cell, size, "+%s", duration_text(over_ns, ascii).text);
    else
        snprintf(cell, size, "%s", overhead_text(over_ns, ascii).text);
}

static void fill_figures(struct table_row *row, const struct report *report,
                         size_t index, bool ascii)
{
    const struct variant_report *variant = &report->variants[index];
    const struct spread *wall = &variant->wall;
    snprintf(row->cells[TABLE_WALL], sizeof row->cells[TABLE_WALL], "%s",
             wall_text(wall->median, ascii).text);
    if (variant->comparable > 1)
        snprintf(
            row->cells[TABLE_SPREAD], sizeof row->cells[TABLE_SPREAD], "%.150s",
            spread_words(wall, row->cells[TABLE_WALL], ascii ? "-" : "–", ascii).text);
    if (variant->ideal_ns >= 0)
        put_overhead(row, wall->median, wall->median - variant->ideal_ns, ascii);
    if (variant->cpu_ns >= 0) {
        snprintf(row->cells[TABLE_CPU], sizeof row->cells[TABLE_CPU], "%s",
                 duration_text(variant->cpu_ns, ascii).text);
    }
    fill_speedup(row, report, index, ascii);
}

/** What is said of a variant without a run that can be compared. */
static struct sentence instead_of_figures(const struct report *report, size_t index,
                                          bool alone, bool ascii)
{
    const struct variant_report *variant = &report->variants[index];
    const struct run *failed = failed_run(variant);
    struct sentence words = {"not run"};
    if (variant->status == VARIANT_SKIPPED && alone)
        return skipped_words(report, variant, ascii);
    if (failed != NULL && alone)
        return ending_words(report, failed, ascii);
    if (failed == NULL && deadlocked_run(variant) != NULL && alone &&
        variant->run_count == 1)
        return ending_words(report, deadlocked_run(variant), ascii);
    if (failed == NULL && stuck_runs(variant) > 0)
        return stuck_words(variant);
    if (variant->run_count > 0) {
        snprintf(words.text, sizeof words.text, "%s",
                 failed != NULL ? "cut off" : "stopped meanwhile: not to be compared");
    }
    return words;
}

/** The runs that ended in a deadlock, where others gave the figures. */
static void put_stuck(struct pen *pen, const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        struct sentence words = stuck_note(&report->variants[i]);
        if (words.text[0] != '\0')
            pen_wrap(pen, INK_PLAIN, 0, pen->style->width, words.text);
    }
}

struct table_row table_row_of(const struct report *report, size_t index, bool alone,
                              bool ascii)
{
    struct table_row row = {.name = report->variants[index].variant->name};
    if (report->variants[index].comparable > 0)
        fill_figures(&row, report, index, ascii);
    else
        row.instead = instead_of_figures(report, index, alone, ascii);
    return row;
}

/** The columns' widths; 0 for what nobody has, or for what there is no room for. */
static void measure(const struct table_row *rows, size_t count, unsigned left,
                    unsigned width, unsigned *columns)
{
    static const enum table_column least_needed[] = {
        TABLE_CPU, TABLE_SPREAD, TABLE_POSSIBLE, TABLE_OVER, TABLE_SPEEDUP};
    unsigned sum = left;
    for (int column = 0; column < TABLE_COLUMNS; column++) {
        columns[column] = 0;
        for (size_t i = 0; i < count; i++) {
            unsigned cell = text_width(rows[i].cells[column]);
            columns[column] = cell > columns[column] ? cell : columns[column];
        }
        unsigned heading = (unsigned)strlen(table_headings[column]);
        if (columns[column] > 0 && columns[column] < heading)
            columns[column] = heading;
        sum += columns[column] > 0 ? columns[column] + COLUMN_GAP : 0;
    }
    for (size_t i = 0; i < sizeof least_needed / sizeof *least_needed; i++) {
        enum table_column column = least_needed[i];
        if (sum > width + COLUMN_GAP && columns[column] > 0) {
            sum -= columns[column] + COLUMN_GAP;
            columns[column] = 0;
        }
    }
}

static void put_row(struct pen *pen, const struct table_row *row,
                    const unsigned *columns, unsigned left)
{
    pen_put(pen, INK_STRONG, row->name);
    if (row->instead.text[0] != '\0') {
        pen_move(pen, left);
        pen_wrap(pen, INK_FAINT, left, pen->style->width, row->instead.text);
        return;
    }
    unsigned at = left;
    for (int column = 0; column < TABLE_COLUMNS; column++) {
        if (columns[column] == 0)
            continue;
        pen_move(pen, at);
        at += columns[column];
        if (column == TABLE_POSSIBLE)
            pen_put(pen, INK_FAINT, row->cells[column]);
        else
            pen_put_right(pen, INK_PLAIN, row->cells[column], at);
        at += COLUMN_GAP;
    }
    pen_newline(pen);
}

static void put_headings(struct pen *pen, const unsigned *columns, unsigned left)
{
    unsigned at = left;
    for (int column = 0; column < TABLE_COLUMNS; column++) {
        if (columns[column] > 0) {
            at += columns[column];
            pen_put_right(pen, INK_FAINT, table_headings[column], at);
            at += COLUMN_GAP;
        }
    }
    pen_newline(pen);
}

/** Where not even one column fits beside the names. */
static void put_stacked(struct pen *pen, const struct table_row *row)
{
    bool instead = row->instead.text[0] != '\0';
    pen_wrap(pen, INK_STRONG, 0, pen->style->width, row->name);
    pen_wrap(pen, INK_PLAIN, 2, pen->style->width,
             instead ? row->instead.text : row->cells[TABLE_WALL]);
}

int table_write(struct pen *pen, const struct report *report, bool alone)
{
    struct table_row *rows = calloc(report->variant_count + 1, sizeof *rows);
    if (rows == NULL)
        return UV_ENOMEM;
    unsigned left = 0, columns[TABLE_COLUMNS];
    for (size_t i = 0; i < report->variant_count; i++) {
        rows[i] = table_row_of(report, i, alone, !pen->style->unicode);
        unsigned name = text_width(rows[i].name);
        left = name > left ? name : left;
    }
    left += pen->style->width < 40 ? 1 : NAME_GAP;
    measure(rows, report->variant_count, left, pen->style->width, columns);
    bool stacked =
        left + (columns[TABLE_WALL] > 0 ? columns[TABLE_WALL] : 8) > pen->style->width;
    if (columns[TABLE_WALL] > 0 && !stacked)
        put_headings(pen, columns, left);
    for (size_t i = 0; i < report->variant_count; i++)
        if (stacked)
            put_stacked(pen, &rows[i]);
        else
            put_row(pen, &rows[i], columns, left);
    put_stuck(pen, report);
    free(rows);
    return 0;
}
