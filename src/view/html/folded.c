// SPDX-License-Identifier: MIT
/**
 * The lanes that a page folds, for its script to show when they are asked for: as many
 * of the first of them as a page has room for, each drawn once, and as finely as those
 * can be.  A lane is a name and a row of numbers, since there may be ten thousand.
 */

#include "view/html/data.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/** What a page holds of them all; bytes with the lanes that are shown. */
#define BLOCKS_MAX  40000
#define BYTES_MAX   750000
#define COLUMNS_MAX (HTML_COLUMNS << 8)

struct folds {
    struct data *data;
    struct page_data *made;
    struct drawing drawing;
    struct drawing_wish wish;
    size_t *counts;  /**< lanes to draw, of each variant */
    size_t variants; /**< that have folded lanes */
    /** Of the fold being written. */
    const struct drawn_part *part;
    struct story story;
    off_t start;
    size_t texts, bytes_max;
    char last_name[128];
    int64_t last_start_ns;
};

/** Blocks that a lane has at most: a column has one, and parts of two long spans. */
static size_t blocks_of(const struct lane *lane, size_t columns)
{
    return lane->span_count < 2 * columns ? lane->span_count : 2 * columns;
}

/** How many of a part's folded lanes there is room for. */
static size_t lanes_within(const struct drawn_part *part, size_t columns, size_t most)
{
    size_t blocks = 0, count = 0;
    for (; count < part->fold.hidden; count++) {
        const struct timeline *timeline = &part->run->timeline;
        blocks += blocks_of(&timeline->lanes[part->fold.first + count], columns);
        if (blocks > most)
            break;
    }
    return count;
}

/** @return whether all that were chosen fit. */
static bool fit(const struct folds *folds, size_t columns)
{
    const struct drawing *shown = &folds->data->levels[0];
    for (size_t i = 0; i < shown->report->variant_count; i++)
        if (folds->counts[i] > 0 &&
            lanes_within(&shown->parts[i], columns, BLOCKS_MAX / folds->variants) <
                folds->counts[i])
            return false;
    return true;
}

static void choose(struct folds *folds)
{
    const struct drawing *shown = &folds->data->levels[0];
    for (size_t i = 0; i < shown->report->variant_count; i++)
        folds->variants += shown->parts[i].fold.hidden > 0;
    for (size_t i = 0; i < shown->report->variant_count && folds->variants > 0; i++)
        folds->counts[i] =
            lanes_within(&shown->parts[i], HTML_COLUMNS, BLOCKS_MAX / folds->variants);
    folds->wish = (struct drawing_wish){.whole = true,
                                        .columns = HTML_COLUMNS,
                                        .blocks_max = SIZE_MAX,
                                        .folded = folds->counts,
                                        .exact = fit(folds, SIZE_MAX / 2)};
    while (!folds->wish.exact && folds->wish.columns < COLUMNS_MAX &&
           fit(folds, folds->wish.columns * 2))
        folds->wish.columns *= 2;
    if (folds->wish.exact)
        folds->wish.columns = (size_t)(shown->to_ns - shown->from_ns);
}

/** Whether a name is the one before with its number one greater: then it is told by "".
 */
static bool goes_on(const char *last, const char *name)
{
    size_t digits = strlen(last);
    char next[sizeof((struct folds *)0)->last_name];
    while (digits > 0 && isdigit((unsigned char)last[digits - 1]))
        digits--;
    if (last[digits] == '\0' || last[digits] == '0' || strlen(last + digits) > 8)
        return false;
    snprintf(next, sizeof next, "%.*s%ld", (int)digits, last,
             strtol(last + digits, NULL, 10) + 1);
    return strcmp(next, name) == 0;
}

static void put_name(struct folds *folds, const char *name, FILE *out)
{
    fputs(goes_on(folds->last_name, name) ? "" : name, out);
    snprintf(folds->last_name, sizeof folds->last_name, "%s",
             strlen(name) < sizeof folds->last_name - 2 ? name : "");
}

static int64_t totals_number(struct data *data, const struct lane *lane)
{
    char text[256] = "";
    FILE *memory = fmemopen(text, sizeof text, "w");
    if (memory == NULL) {
        data->result = UV_ENOMEM;
        return -1;
    }
    html_totals(lane, data->ascii, memory);
    fclose(memory);
    return data_text(data, text);
}

static void put_beats(struct folds *folds, const struct drawn_lane *drawn, FILE *out)
{
    const struct timeline *timeline = &folds->part->run->timeline;
    const struct lane *lane = &timeline->lanes[drawn->lane];
    size_t count = 0;
    for (size_t i = 0; i < lane->mark_count && drawn->has_beats; i++)
        count += drawing_shows(&folds->drawing, &lane->marks[i]);
    fprintf(out, " %zu", count);
    for (size_t i = 0; i < lane->mark_count && drawn->has_beats; i++)
        if (drawing_shows(&folds->drawing, &lane->marks[i]))
            fprintf(out, " %" PRId64 " %" PRId64, lane->marks[i].at_ns - lane->start_ns,
                    data_text(folds->data, mark_name(timeline, &lane->marks[i])));
}

/** As the script reads it (unfolded() in script/data.js). */
static void put_lane(struct folds *folds, const struct drawn_lane *drawn, FILE *out)
{
    const struct run *run = folds->part->run;
    const struct lane *lane = &run->timeline.lanes[drawn->lane];
    struct data *data = folds->data;
    char *name = data_safe(data, lane->name);
    if (name == NULL)
        return;
    put_name(folds, name, out);
    fprintf(out, "\n%d %" PRId64 " %d %" PRId64, (int)lane->kind,
            lane->start_ns - folds->last_start_ns,
            lane_is_cut_off(&run->timeline, lane) && run->ending != ENDING_RUNNING,
            totals_number(data, lane));
    put_beats(folds, drawn, out);
    data_put_stretches(data, &run->timeline, drawn, out);
    data_put_blocks(data, &folds->story, drawn, name, out);
    folds->last_start_ns = lane->start_ns;
    free(name);
}

static void write_lane(struct folds *folds, const struct drawn_lane *drawn)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        put_lane(folds, drawn, out);
    char *row = draft_close(&draft);
    if (row != NULL)
        jw_string(&folds->data->w, row);
    else
        folds->data->result = UV_ENOMEM;
    free(row);
}

static bool has_room(const struct folds *folds)
{
    off_t bytes = ftello(folds->data->w.out) - folds->start;
    size_t texts = folds->data->texts.bytes - folds->texts;
    return (size_t)bytes + texts < folds->bytes_max;
}

static void write_lanes(struct folds *folds, size_t variant)
{
    struct data *data = folds->data;
    folds->start = ftello(data->w.out);
    folds->texts = data->texts.bytes;
    folds->last_name[0] = '\0';
    folds->last_start_ns = 0;
    folds->story = (struct story){.timeline = &folds->part->run->timeline};
    data->result = story_find_names(&folds->story);
    jw_key(&data->w, "lanes");
    jw_array(&data->w, JW_LINE);
    size_t count = 0;
    for (; count < folds->part->lane_count && (count == 0 || has_room(folds)) &&
           data->result == 0;
         count++)
        write_lane(folds, &folds->part->lanes[count]);
    jw_close(&data->w);
    story_destroy(&folds->story);
    folds->made->folded[variant] = count;
}

static void write_fold(struct folds *folds, size_t variant, size_t after)
{
    struct data *data = folds->data;
    folds->part = &folds->drawing.parts[variant];
    jw_object(&data->w, JW_LINES);
    jw_key_int(&data->w, "after", (int64_t)after);
    jw_key_int(&data->w, "predicted", predicted_time_ns(data->report, variant));
    write_lanes(folds, variant);
    jw_close(&data->w);
}

static void write_folds(struct folds *folds)
{
    struct data *data = folds->data;
    size_t after = 0;
    size_t used = (size_t)ftello(data->w.out) + data->texts.bytes;
    if (used < BYTES_MAX && folds->variants > 0)
        folds->bytes_max = (BYTES_MAX - used) / folds->variants;
    jw_key_int(&data->w, "foldColumns", (int64_t)folds->wish.columns);
    jw_key_bool(&data->w, "foldsAreExact", folds->wish.exact);
    jw_key(&data->w, "folds");
    jw_array(&data->w, JW_LINES);
    for (size_t i = 0; i < data->report->variant_count && data->result == 0; i++) {
        const struct drawn_part *shown = &data->levels[0].parts[i];
        if (shown->fold.hidden > 0)
            write_fold(folds, i, after + shown->fold.first);
        after += shown->lane_count;
    }
    jw_close(&data->w);
}

void data_write_folds(struct data *data, struct page_data *made)
{
    struct folds *folds = calloc(1, sizeof *folds);
    size_t *counts = calloc(data->report->variant_count + 1, sizeof *counts);
    if (folds == NULL || counts == NULL) {
        data->result = UV_ENOMEM;
    } else if (data->result == 0) {
        folds->data = data;
        folds->made = made;
        folds->counts = counts;
        choose(folds);
        data->result = drawing_create(&folds->drawing, data->report, &folds->wish);
        if (data->result == 0 && folds->drawing.parts != NULL) {
            write_folds(folds);
            made->legend = folds->drawing.legend;
            drawing_destroy(&folds->drawing);
        }
    }
    free(counts);
    free(folds);
}
