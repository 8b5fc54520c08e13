// SPDX-License-Identifier: MIT
/** Blocks and stretches as numbers, and what is said of them. */

#include "text/draft.h"
#include "view/drawing/stretch.h"
#include "view/html/data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_BYTES 512
/** Of all texts; explanations are left out where there would be more. */
#define TEXTS_BYTES_MAX 250000

char *data_safe(struct data *data, const char *text)
{
    struct style style = {.width = 80, .unicode = !data->ascii};
    char *copy = safe_copy(text, &style);
    if (copy == NULL)
        data->result = UV_ENOMEM;
    return copy;
}

int64_t data_text(struct data *data, const char *text)
{
    char *copy = data_safe(data, text);
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
    char *label = data_safe(data, raw);
    site_label(timeline, span->site, raw, sizeof raw);
    char *source = data_safe(data, raw);
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
