// SPDX-License-Identifier: MIT
/**
 * What the script of a page draws, as JSON: lanes in levels, each drawn more finely
 * than the one before, up to the spans themselves, or to what a page can hold.
 */

#include "view/html/data.h"
#include "view/drawing/stretch.h"
#include "view/markup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 1000000
/** Levels are coarser than this where the spans themselves follow. */
#define COLUMNS_BEFORE_EXACT 12800
#define LABEL_BYTES          512
/** Of all texts; explanations are left out where there would be more. */
#define TEXTS_BYTES_MAX 250000

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

/** @return whether it is as fine as wished: not where it would have had too many
 * blocks. One that is no finer than the last is none. */
static bool draw_level(struct data *data, const struct drawing_wish *wish)
{
    struct drawing *level = &data->levels[data->level_count];
    size_t before = data->level_count > 0 ? level[-1].columns : 0;
    data->result = drawing_create(level, data->report, wish);
    if (data->result != 0)
        return false;
    bool is_fine = level->columns == wish->columns;
    if (level->columns <= before) {
        drawing_destroy(level);
        return false;
    }
    data->level_count++;
    replace_last(data);
    return is_fine;
}

/** Whether each span of the lanes that are shown can be a block. */
static bool fits_exactly(const struct drawing *level)
{
    size_t count = 0;
    for (size_t i = 0; i < level->report->variant_count; i++) {
        const struct drawn_part *part = &level->parts[i];
        for (size_t k = 0; k < part->lane_count; k++)
            count += part->run->timeline.lanes[part->lanes[k].lane].span_count;
    }
    return count <= HTML_BLOCKS_MAX;
}

static void draw_levels(struct data *data)
{
    struct drawing_wish wish = {
        .whole = true, .columns = HTML_COLUMNS, .blocks_max = HTML_BLOCKS_MAX};
    if (!draw_level(data, &wish))
        return;
    const struct drawing *coarsest = &data->levels[0];
    size_t length = (size_t)(coarsest->to_ns - coarsest->from_ns);
    bool exact = fits_exactly(coarsest);
    size_t most = exact ? COLUMNS_BEFORE_EXACT : COLUMNS_MAX;
    do {
        if (data->levels[data->level_count - 1].is_exact)
            return;
        wish.columns *= HTML_FINER;
    } while (wish.columns <= most && wish.columns < length && draw_level(data, &wish));
    wish.exact = true;
    wish.columns = length;
    if (data->result == 0 && exact)
        draw_level(data, &wish);
}

static char *safe(struct data *data, const char *text)
{
    struct style style = {.width = 80, .unicode = !data->ascii};
    char *copy = safe_copy(text, &style);
    if (copy == NULL)
        data->result = UV_ENOMEM;
    return copy;
}

int64_t data_text(struct data *data, const char *text)
{
    char *copy = safe(data, text);
    int64_t number =
        copy != NULL ? texts_number(&data->texts, copy, &data->result) : -1;
    free(copy);
    return number;
}

/** Take each `part` of a text out and put DATA_LABEL there. */
static void shorten(char *text, const char *part)
{
    size_t length = strlen(part);
    char *to = text;
    while (length > 0 && *text != '\0')
        if (strncmp(text, part, length) == 0) {
            *to++ = DATA_LABEL;
            text += length;
        } else {
            *to++ = *text++;
        }
    if (length > 0)
        *to = '\0';
}

static int64_t sentence_number(struct data *data, const char *source, char *sentence,
                               const char *name, const char *label)
{
    size_t length = strlen(name);
    char *joined = NULL;
    if (length > 0 && strncmp(sentence, name, length) == 0 && sentence[length] == ' ')
        sentence += length;
    if (data->texts.bytes > TEXTS_BYTES_MAX) {
        data->untold = true;
        sentence[0] = '\0';
    }
    shorten(sentence, label);
    if (asprintf(&joined, "%s\n%s", source, sentence) < 0) {
        data->result = UV_ENOMEM;
        return -1;
    }
    int64_t number = texts_number(&data->texts, joined, &data->result);
    free(joined);
    return number;
}

/** @return the explanation, which the caller frees; NULL when memory ran out. */
static char *explained(struct data *data, const struct story *story, size_t lane,
                       const struct span *span)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        explain_span(story, lane, span, data->ascii, out);
    char *text = draft_close(&draft);
    if (text == NULL)
        data->result = UV_ENOMEM;
    return text;
}

static int64_t look_number(struct data *data, enum state state, int64_t label,
                           int64_t what)
{
    char text[80];
    snprintf(text, sizeof text, "%d %" PRId64 " %" PRId64, (int)state, label, what);
    return texts_number(&data->looks, text, &data->result);
}

/** Of a block that is one span. */
static int64_t look_of(struct data *data, const struct story *story,
                       const struct drawn_lane *drawn, const char *name,
                       const struct block *block)
{
    const struct timeline *timeline = story->timeline;
    const struct span *span = &timeline->lanes[drawn->lane].spans[block->span];
    int64_t number = -1, what = -1;
    char raw[LABEL_BYTES];
    span_label(timeline, span, raw, sizeof raw);
    char *label = safe(data, raw);
    site_label(timeline, span->site, raw, sizeof raw);
    char *source = safe(data, raw);
    char *sentence = explained(data, story, drawn->lane, span);
    if (label != NULL && source != NULL && sentence != NULL) {
        bool is_name = strcmp(label, name) == 0;
        number = is_name ? -1 : texts_number(&data->texts, label, &data->result);
        what = sentence_number(data, source, sentence, name, is_name ? "" : label);
    }
    free(sentence);
    free(source);
    free(label);
    return look_number(data, block->state, number, what);
}

void data_put_blocks(struct data *data, const struct story *story,
                     const struct drawn_lane *drawn, const char *name, FILE *out)
{
    for (size_t i = 0; i < drawn->block_count && data->result == 0; i++) {
        const struct block *block = &drawn->blocks[i];
        fprintf(out, " %" PRId64, block->end_ns - block->start_ns);
        if (block->spans == 1)
            fprintf(out, " %" PRId64, look_of(data, story, drawn, name, block));
        else
            fprintf(out, " %" PRId64 " %zu",
                    -1 - look_number(data, block->state, -1, -1), block->spans);
    }
}

/** The first block that begins at that time or later. */
static size_t block_from(const struct drawn_lane *drawn, size_t from, int64_t at_ns)
{
    while (from + 1 < drawn->block_count && drawn->blocks[from].start_ns < at_ns)
        from++;
    return from;
}

void data_put_stretches(struct data *data, const struct timeline *timeline,
                        const struct drawn_lane *drawn, FILE *out)
{
    const struct lane *lane = &timeline->lanes[drawn->lane];
    char label[96];
    size_t count = drawn->stretch_count, block = 0;
    if (count == 1 &&
        !stretch_label(timeline, lane, &lane->spans[drawn->stretches[0].span], label,
                       sizeof label))
        count = 0;
    fprintf(out, " %zu", count);
    for (size_t i = 0; i < count; i++) {
        const struct stretch *stretch = &drawn->stretches[i];
        stretch_label(timeline, lane, &lane->spans[stretch->span], label, sizeof label);
        block = block_from(drawn, block, stretch->start_ns);
        fprintf(out, " %zu %" PRId64, block, data_text(data, label));
    }
}

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
    char *name = safe(data, lane->name);
    jw_object(&data->w, JW_LINES);
    jw_key_string(&data->w, "name", name);
    jw_key_int(&data->w, "start", lane->start_ns);
    jw_key_int(&data->w, "end", lane->end_ns);
    jw_key_bool(&data->w, "cut", lane->cut && part->run->ending != ENDING_RUNNING);
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
    FILE *memory = open_memstream(&made->json, &made->bytes);
    if (memory == NULL) {
        data->result = UV_ENOMEM;
        return;
    }
    json_writer_init(&data->w, memory);
    write_data(data, made);
    if (fclose(memory) != 0)
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
    draw_levels(data);
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
