// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "text/width.h"
#include "view/words.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum column {
    MACHINE,
    CORES,
    RUNS,
    MEDIAN,
    SPREAD,
    OVER,
    SPEEDUP,
    SPEEDUP_NOTE,
    FIRST,
    FIRST_NOTE,
    PREDICTED,
    COLUMNS
};

static const char *const headings[COLUMNS] = {
    "machine", "cores", "runs",     "median", "spread",   "over ideal",
    "speedup", "",      "vs first", "",       "predicted"};

#define COLUMN_GAP      2
#define MACHINE_COLUMNS 24

/** A row; one without `entry` is a heading. */
struct row {
    char *label;
    bool is_heading;
    char cells[COLUMNS][200];
    char instead[300]; /**< of figures */
};

struct table {
    struct pen *pen;
    const struct comparison *comparison;
    const struct compared_demo *demo;
    struct label_style labels;
    struct row *rows;
    size_t count;
    unsigned left, widths[COLUMNS]; /**< 0: not shown */
};

#define CELL(row, column, ...) \
    snprintf((row)->cells[column], sizeof(row)->cells[column], __VA_ARGS__)

static void fill_times(struct row *row, const struct spread *wall, bool spread,
                       bool ascii)
{
    CELL(row, MEDIAN, "%s", compare_wall_text(wall->median, ascii).text);
    if (spread && wall->min < wall->max)
        CELL(row, SPREAD, "%.90s",
             spread_words(wall, row->cells[MEDIAN], ascii ? "-" : "–", ascii).text);
}

static void fill_machine(struct row *row, const struct table *table,
                         const struct compared_file *file)
{
    const struct style *style = table->pen->style;
    if (!table->demo->same_machine) {
        char *cpu = safe_cut(file->machine.cpu, MACHINE_COLUMNS, style);
        CELL(row, MACHINE, "%s", cpu != NULL ? cpu : "");
        free(cpu);
    }
    if (!table->demo->same_cores)
        CELL(row, CORES, "%u of %u", file->cores_used, file->machine.cores);
}

static void fill_ratios(struct row *row, const struct entry *entry, bool ascii)
{
    CELL(row, SPEEDUP, "%s", ratio_text(entry->speedup, ascii).text);
    if (entry->speedup_is == JUDGE_NOISE)
        CELL(row, SPEEDUP_NOTE, "noise");
    if (entry->to_first_is == JUDGE_NONE)
        return;
    CELL(row, FIRST, "%s", ratio_text(entry->to_first, ascii).text);
    if (entry->to_first_is == JUDGE_NOISE)
        CELL(row, FIRST_NOTE, "noise");
}

static void fill_row(struct row *row, const struct table *table,
                     const struct entry *entry)
{
    bool ascii = !table->pen->style->unicode;
    const struct guess *guess = &entry->guess;
    fill_machine(row, table, &table->comparison->files[entry->file]);
    CELL(row, PREDICTED, "%s", compare_guess_text(entry, ascii).text);
    if (entry->wall_count == 0) {
        snprintf(row->instead, sizeof row->instead, "%s%s%s",
                 compare_instead(entry).text, guess->is_given ? "; predicted: " : "",
                 row->cells[PREDICTED]);
        row->cells[PREDICTED][0] = '\0';
        return;
    }
    CELL(row, RUNS, "%s", compare_runs_text(entry).text);
    fill_times(row, &entry->wall, entry->wall_count > 1, ascii);
    if (entry->ideal_ns >= 0)
        CELL(row, OVER, "%s",
             overhead_text(entry->wall.median - entry->ideal_ns, ascii).text);
    if (entry->speedup > 0)
        fill_ratios(row, entry, ascii);
}

/** The medians of all files, from the least to the greatest. */
static void fill_all(struct row *row, const struct compared_variant *variant,
                     bool ascii)
{
    CELL(row, RUNS, "%s", count_text(variant->measured).text);
    fill_times(row, &variant->medians, true, ascii);
}

/** @label: taken over. */
static bool add_row(struct table *table, char *label)
{
    table->rows[table->count++].label = label;
    return label != NULL;
}

static bool fill_variant(struct table *table, const struct compared_variant *variant)
{
    if (!add_row(table, safe_copy(variant->name, table->pen->style)))
        return false;
    table->rows[table->count - 1].is_heading = true;
    for (size_t i = 0; i < variant->count; i++) {
        const struct entry *entry = variant->entries[i];
        const char *label = table->comparison->files[entry->file].label;
        if (!add_row(table, compare_label(&table->labels, label)))
            return false;
        fill_row(&table->rows[table->count - 1], table, entry);
    }
    if (!has_row_of_all(variant))
        return true;
    if (!add_row(table, strdup(compare_label_of_all(variant).text)))
        return false;
    fill_all(&table->rows[table->count - 1], variant, !table->pen->style->unicode);
    return true;
}

static bool fill(struct table *table)
{
    size_t rows = 0;
    for (size_t i = 0; i < table->demo->variant_count; i++)
        rows += table->demo->variants[i].count + 2;
    table->rows = calloc(rows + 1, sizeof *table->rows);
    if (table->rows == NULL)
        return false;
    for (size_t i = 0; i < table->demo->variant_count; i++)
        if (!fill_variant(table, &table->demo->variants[i]))
            return false;
    return true;
}

/** A column's width; 0 for what nobody has. */
static unsigned width_of(const struct table *table, enum column column)
{
    unsigned widest = 0;
    for (size_t i = 0; i < table->count; i++) {
        unsigned cell = text_width(table->rows[i].cells[column]);
        widest = cell > widest ? cell : widest;
    }
    unsigned heading = (unsigned)strlen(headings[column]);
    return widest > 0 && widest < heading ? heading : widest;
}

/** Where there is no room for both, that it is noise says more than how much it is. */
static void note_in_place(const struct table *table, struct row *row,
                          enum column figure, enum column note)
{
    if (table->widths[note] == 0 && row->cells[note][0] != '\0')
        memcpy(row->cells[figure], row->cells[note], sizeof row->cells[figure]);
}

/** What there is no room for goes, what is least needed first. */
static void measure(struct table *table)
{
    static const enum column least_needed[] = {
        MACHINE,      OVER,      RUNS,       SPREAD, CORES,
        SPEEDUP_NOTE, PREDICTED, FIRST_NOTE, FIRST,  SPEEDUP};
    unsigned width = table->pen->style->width, sum = 2 + table->left;
    for (int column = 0; column < COLUMNS; column++) {
        table->widths[column] = width_of(table, (enum column)column);
        if (table->widths[column] > 0)
            sum += table->widths[column] + COLUMN_GAP;
    }
    for (size_t i = 0; i < sizeof least_needed / sizeof *least_needed; i++) {
        enum column column = least_needed[i];
        if (sum <= width || table->widths[column] == 0)
            continue;
        sum -= table->widths[column] + COLUMN_GAP;
        table->widths[column] = 0;
    }
    for (size_t i = 0; i < table->count; i++) {
        note_in_place(table, &table->rows[i], SPEEDUP, SPEEDUP_NOTE);
        note_in_place(table, &table->rows[i], FIRST, FIRST_NOTE);
    }
}

static bool is_left(enum column column)
{
    return column == MACHINE || column == SPEEDUP_NOTE || column == FIRST_NOTE;
}

static void put_cells(const struct table *table, const struct row *row, enum ink ink)
{
    struct pen *pen = table->pen;
    unsigned at = 2 + table->left;
    for (int column = 0; column < COLUMNS; column++) {
        const char *text = row != NULL ? row->cells[column] : headings[column];
        if (table->widths[column] == 0)
            continue;
        at += COLUMN_GAP;
        pen_move(pen, at);
        at += table->widths[column];
        if (is_left((enum column)column))
            pen_put(pen, row != NULL ? INK_FAINT : ink, text);
        else
            pen_put_right(pen, ink, text, at);
    }
}

static void put_row(const struct table *table, const struct row *row)
{
    struct pen *pen = table->pen;
    if (row->is_heading) {
        pen_put(pen, INK_STRONG, row->label);
        pen_newline(pen);
        return;
    }
    pen_move(pen, 2);
    pen_put(pen, INK_PLAIN, row->label);
    if (row->instead[0] == '\0') {
        put_cells(table, row, INK_PLAIN);
        pen_newline(pen);
        return;
    }
    pen_move(pen, 2 + table->left + COLUMN_GAP);
    pen_wrap(pen, INK_FAINT, 2 + table->left + COLUMN_GAP, pen->style->width,
             row->instead);
}

/** Where not even the medians fit beside the names. */
static void put_stacked(const struct table *table, const struct row *row)
{
    unsigned width = table->pen->style->width;
    bool instead = row->instead[0] != '\0';
    pen_wrap(table->pen, row->is_heading ? INK_STRONG : INK_PLAIN, 0, width,
             row->label);
    if (!row->is_heading)
        pen_wrap(table->pen, INK_PLAIN, 2, width,
                 instead ? row->instead : row->cells[MEDIAN]);
}

static void put_table(struct table *table)
{
    unsigned width = table->pen->style->width;
    bool stacked = 2 + table->left + COLUMN_GAP + table->widths[MEDIAN] > width;
    pen_newline(table->pen);
    if (!stacked && table->widths[MEDIAN] > 0) {
        put_cells(table, NULL, INK_FAINT);
        pen_newline(table->pen);
    }
    for (size_t i = 0; i < table->count; i++)
        if (stacked)
            put_stacked(table, &table->rows[i]);
        else
            put_row(table, &table->rows[i]);
}

int compare_put_table(struct pen *pen, const struct comparison *comparison,
                      const struct compared_demo *demo)
{
    struct table table = {.pen = pen, .comparison = comparison, .demo = demo};
    table.labels = compare_label_style(comparison, demo, pen->style,
                                       compare_label_most(pen->style));
    table.left = table.labels.columns;
    bool filled = fill(&table);
    if (filled) {
        measure(&table);
        put_table(&table);
    }
    for (size_t i = 0; i < table.count; i++)
        free(table.rows[i].label);
    free(table.rows);
    return filled ? 0 : UV_ENOMEM;
}
