// SPDX-License-Identifier: MIT
/**
 * What the script of a page draws, as JSON: lanes in levels, each drawn more finely
 * than the one before, up to the spans themselves, or to what a page can hold.
 */

#include "view/html/data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/** A level, as a row of numbers. */
static void write_level(struct data *data, const struct story *story,
                        const struct drawn_lane *drawn, const char *name)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL) {
        data_put_stretches(data, story->timeline, drawn, out);
        data_put_blocks(data, story, drawn, name, out);
    }
    char *row = draft_close(&draft);
    if (row != NULL)
        jw_string(&data->w, row + 1);
    else
        data->result = UV_ENOMEM;
    free(row);
}

static void write_texts(struct data *data, const char *key, const struct texts *texts)
{
    jw_key(&data->w, key);
    jw_array(&data->w, JW_LINES);
    for (size_t i = 0; i < texts->count; i++)
        jw_string(&data->w, texts->at[i]);
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
        jw_int(&data->w, data_text(data, mark_name(timeline, mark)));
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
    char *name = data_safe(data, lane->name);
    if (name == NULL)
        return;
    jw_object(&data->w, JW_LINES);
    jw_key_string(&data->w, "name", name);
    jw_key_int(&data->w, "start", lane->start_ns);
    jw_key_int(&data->w, "end", lane->end_ns);
    jw_key_bool(&data->w, "cut",
                lane_is_cut_off(&part->run->timeline, lane) &&
                    part->run->ending != ENDING_RUNNING);
    jw_key_int(&data->w, "predicted", predicted_time_ns(data->report, variant));
    write_beats(data, &part->run->timeline,
                &data->levels[0].parts[variant].lanes[index]);
    jw_key(&data->w, "levels");
    jw_array(&data->w, JW_LINES);
    for (size_t i = 0; i < data->level_count && data->result == 0; i++)
        write_level(data, story, &data->levels[i].parts[variant].lanes[index], name);
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

static void write_data(struct data *data, struct page_data *made)
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
    data_write_folds(data, made);
    jw_key_bool(w, "untold", data->untold);
    write_texts(data, "looks", &data->looks);
    write_texts(data, "texts", &data->texts);
    jw_close(w);
}

static void write_json(struct data *data, struct page_data *made)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL) {
        json_writer_init(&data->w, out);
        write_data(data, made);
    }
    made->json = draft_close(&draft);
    made->bytes = draft.bytes;
    if (made->json == NULL)
        data->result = UV_ENOMEM;
}

int html_data(const struct report *report, struct page_data *made)
{
    struct data *data = calloc(1, sizeof *data);
    *made = (struct page_data){
        .folded = calloc(report->variant_count + 1, sizeof *made->folded)};
    if (data == NULL || made->folded == NULL) {
        free(data);
        html_data_destroy(made);
        return UV_ENOMEM;
    }
    data->report = report;
    data->ascii = report->options->ascii;
    data_draw_levels(data);
    if (data->result == 0)
        write_json(data, made);
    int result = data->result;
    for (size_t i = 0; i < data->level_count; i++)
        drawing_destroy(&data->levels[i]);
    texts_destroy(&data->looks);
    texts_destroy(&data->texts);
    free(data);
    if (result != 0)
        html_data_destroy(made);
    return result;
}

void html_data_destroy(struct page_data *made)
{
    free(made->folded);
    free(made->json);
    *made = (struct page_data){.json = NULL};
}
