// SPDX-License-Identifier: MIT
/**
 * What the script of a page draws, as JSON: lanes in levels, each drawn twice as finely
 * as the one before, up to the spans themselves, or to what a page can hold.
 */

#include "view/drawing/stretch.h"
#include "view/explain.h"
#include "view/html/page.h"
#include "view/html/texts.h"
#include "view/json/writer.h"
#include "view/markup.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS_MAX  24
#define COLUMNS_MAX 1000000
#define LABEL_BYTES 512

struct data {
    struct json_writer w;
    const struct report *report;
    bool ascii;
    struct drawing levels[LEVELS_MAX]; /**< the coarsest first */
    size_t level_count;
    struct texts texts;
    int result;
};

/** The last level is dropped for one that is hardly richer than those before both. */
static void replace_last(struct data *data)
{
    size_t last = data->level_count - 1;
    if (last < 2 ||
        data->levels[last].block_count > data->levels[last - 2].block_count * 3 / 2)
        return;
    drawing_destroy(&data->levels[last - 1]);
    data->levels[last - 1] = data->levels[last];
    data->level_count = last;
}

static void draw_levels(struct data *data)
{
    struct drawing_wish wish = {
        .whole = true, .columns = HTML_COLUMNS, .blocks_max = HTML_BLOCKS_MAX};
    while (data->level_count < LEVELS_MAX) {
        struct drawing *level = &data->levels[data->level_count];
        data->result = drawing_create(level, data->report, &wish);
        if (data->result != 0)
            return;
        if (data->level_count > 0 && level->columns < wish.columns) {
            drawing_destroy(level); /* there were too many: it is the one before */
            return;
        }
        data->level_count++;
        bool is_last = level->is_exact || wish.columns > COLUMNS_MAX ||
                       level->to_ns - level->from_ns < (int64_t)wish.columns;
        replace_last(data);
        if (is_last)
            return;
        wish.columns *= 2;
    }
}

/** The number of a text that is made safe first. */
static int64_t number_of(struct data *data, const char *text)
{
    struct style style = {.width = 80, .unicode = !data->ascii};
    char *safe = safe_copy(text, &style);
    if (safe == NULL) {
        data->result = UV_ENOMEM;
        return -1;
    }
    int64_t number = texts_number(&data->texts, safe, &data->result);
    free(safe);
    return number;
}

static int64_t sentence_number(struct data *data, const struct story *story,
                               size_t lane, const struct span *span)
{
    char *text = NULL;
    size_t bytes;
    FILE *memory = open_memstream(&text, &bytes);
    int64_t number = -1;
    if (memory == NULL) {
        data->result = UV_ENOMEM;
        return -1;
    }
    explain_span(story, lane, span, data->ascii, memory);
    if (fclose(memory) == 0 && text != NULL)
        number = texts_number(&data->texts, text, &data->result);
    else
        data->result = UV_ENOMEM;
    free(text);
    return number;
}

enum column {
    COLUMN_END,
    COLUMN_STATE,
    COLUMN_SPANS,
    COLUMN_LABEL,
    COLUMN_SOURCE,
    COLUMN_SENTENCE,
    COLUMNS
};

/** What stands in a column of a block.  Of many spans there is no one thing to say. */
static int64_t value_of(struct data *data, const struct story *story, size_t lane,
                        const struct block *block, enum column column)
{
    const struct timeline *timeline = story->timeline;
    const struct span *span = &timeline->lanes[lane].spans[block->span];
    char label[LABEL_BYTES];
    if (column == COLUMN_END)
        return block->end_ns;
    if (column == COLUMN_STATE)
        return (int64_t)block->state;
    if (column == COLUMN_SPANS)
        return (int64_t)block->spans;
    if (block->spans > 1)
        return -1;
    if (column == COLUMN_SENTENCE)
        return sentence_number(data, story, lane, span);
    if (column == COLUMN_LABEL)
        span_label(timeline, span, label, sizeof label);
    else
        site_label(timeline, span->site, label, sizeof label);
    return number_of(data, label);
}

static void write_level(struct data *data, const struct story *story,
                        const struct drawn_lane *drawn)
{
    static const char *const names[COLUMNS] = {"end",   "state",  "spans",
                                               "label", "source", "sentence"};
    jw_object(&data->w, JW_LINE);
    for (int column = 0; column < COLUMNS; column++) {
        jw_key(&data->w, names[column]);
        jw_array(&data->w, JW_LINE);
        for (size_t i = 0; i < drawn->block_count && data->result == 0; i++)
            jw_int(&data->w, value_of(data, story, drawn->lane, &drawn->blocks[i],
                                      (enum column)column));
        jw_close(&data->w);
    }
    jw_close(&data->w);
}

static void write_stretches(struct data *data, const struct timeline *timeline,
                            const struct drawn_lane *drawn)
{
    const struct lane *lane = &timeline->lanes[drawn->lane];
    char label[96];
    jw_key(&data->w, "stretches");
    jw_array(&data->w, JW_LINE);
    for (size_t i = 0; i < drawn->stretch_count; i++) {
        const struct stretch *stretch = &drawn->stretches[i];
        stretch_label(timeline, lane, &lane->spans[stretch->span], label, sizeof label);
        jw_array(&data->w, JW_LINE);
        jw_int(&data->w, stretch->start_ns);
        jw_int(&data->w, stretch->end_ns);
        jw_int(&data->w, number_of(data, label));
        jw_close(&data->w);
    }
    jw_close(&data->w);
}

static void write_beats(struct data *data, const struct timeline *timeline,
                        const struct drawn_lane *drawn)
{
    const struct lane *lane = &timeline->lanes[drawn->lane];
    jw_key(&data->w, "beats");
    jw_array(&data->w, JW_LINE);
    for (size_t i = 0; i < lane->mark_count && drawn->has_beats; i++) {
        const struct mark *mark = &lane->marks[i];
        if (!drawing_shows(&data->levels[0], mark))
            continue;
        jw_array(&data->w, JW_LINE);
        jw_int(&data->w, mark->at_ns);
        jw_int(&data->w, number_of(data, mark_name(timeline, mark)));
        jw_close(&data->w);
    }
    jw_close(&data->w);
}

/** Each lane stands at the same place in all levels. */
static void write_lane(struct data *data, const struct story *story, size_t variant,
                       size_t index)
{
    const struct drawing *finest = &data->levels[data->level_count - 1];
    const struct drawn_part *part = &finest->parts[variant];
    const struct drawn_lane *drawn = &part->lanes[index];
    const struct lane *lane = &part->run->timeline.lanes[drawn->lane];
    struct style style = {.width = 80, .unicode = !data->ascii};
    char *name = safe_copy(lane->name, &style);
    if (name == NULL)
        data->result = UV_ENOMEM;
    jw_object(&data->w, JW_LINES);
    jw_key_string(&data->w, "name", name);
    jw_key_int(&data->w, "start", lane->start_ns);
    jw_key_int(&data->w, "end", lane->end_ns);
    jw_key_bool(&data->w, "cut", lane->cut && part->run->ending != ENDING_RUNNING);
    jw_key_int(&data->w, "predicted", predicted_time_ns(data->report, variant));
    write_beats(data, &part->run->timeline,
                &data->levels[0].parts[variant].lanes[index]);
    write_stretches(data, &part->run->timeline, drawn);
    jw_key(&data->w, "levels");
    jw_array(&data->w, JW_LINES);
    for (size_t i = 0; i < data->level_count && data->result == 0; i++)
        write_level(data, story, &data->levels[i].parts[variant].lanes[index]);
    jw_close(&data->w);
    jw_close(&data->w);
    free(name);
}

static void write_lanes(struct data *data)
{
    jw_key(&data->w, "lanes");
    jw_array(&data->w, JW_LINES);
    for (size_t i = 0; i < data->report->variant_count && data->result == 0; i++) {
        const struct drawn_part *part = &data->levels[0].parts[i];
        if (part->run == NULL)
            continue;
        struct story story = {.timeline = &part->run->timeline};
        data->result = story_find_names(&story);
        for (size_t j = 0; j < part->lane_count && data->result == 0; j++)
            write_lane(data, &story, i, j);
        story_destroy(&story);
    }
    jw_close(&data->w);
}

static void write_window(struct data *data)
{
    const struct options *options = data->report->options;
    const struct drawing *whole = &data->levels[0];
    int64_t from = options->from_ns > 0 ? options->from_ns : 0;
    int64_t to = options->to_ns >= 0 ? options->to_ns : whole->to_ns;
    bool is_past = from >= whole->to_ns;
    jw_key(&data->w, "window");
    jw_array(&data->w, JW_LINE);
    jw_int(&data->w, is_past ? whole->from_ns : from);
    jw_int(&data->w, is_past || to > whole->to_ns ? whole->to_ns : to);
    jw_close(&data->w);
}

static void write_data(struct data *data)
{
    struct json_writer *w = &data->w;
    jw_object(w, JW_LINES);
    jw_key_int(w, "from", data->levels[0].from_ns);
    jw_key_int(w, "to", data->levels[0].to_ns);
    write_window(data);
    jw_key(w, "states");
    jw_array(w, JW_LINE);
    for (int state = 0; state < STATE_COUNT; state++)
        jw_string(w, state_name((enum state)state));
    jw_close(w);
    jw_key(w, "columns");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < data->level_count; i++)
        jw_int(w, (int64_t)data->levels[i].columns);
    jw_close(w);
    jw_key_bool(w, "exact", data->levels[data->level_count - 1].is_exact);
    write_lanes(data);
    jw_key(w, "texts");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < data->texts.count; i++)
        jw_string(w, data->texts.at[i]);
    jw_close(w);
    jw_close(w);
}

/** By way of memory, since what a script element must not hold is escaped then. */
static int write_escaped(struct data *data, FILE *out)
{
    char *json = NULL;
    size_t bytes;
    FILE *memory = open_memstream(&json, &bytes);
    if (memory == NULL)
        return UV_ENOMEM;
    json_writer_init(&data->w, memory);
    write_data(data);
    if (fclose(memory) != 0)
        data->result = UV_ENOMEM;
    if (data->result == 0)
        markup_json(out, json, bytes);
    free(json);
    return data->result;
}

int html_data(const struct report *report, FILE *out)
{
    struct data *data = calloc(1, sizeof *data);
    if (data == NULL)
        return UV_ENOMEM;
    data->report = report;
    data->ascii = report->options->ascii;
    draw_levels(data);
    int result = data->result == 0 ? write_escaped(data, out) : data->result;
    for (size_t i = 0; i < data->level_count; i++)
        drawing_destroy(&data->levels[i]);
    texts_destroy(&data->texts);
    free(data);
    return result;
}
