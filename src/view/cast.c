// SPDX-License-Identifier: MIT
/**
 * The live view as a recording: asciicast v2, a line of JSON for the head and one for
 * each piece of output (docs.asciinema.org/manual/asciicast/v2).
 */

#include "card.h"
#include "stage/clock.h"
#include "view/card_text.h"
#include "view/json/options.h"
#include "view/json/parts.h"
#include "view/json/writer.h"
#include "view/moment.h"
#include "view/style.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

/** 20 frames a second, but no more than these in all. */
#define FRAME_NS   (50 * NS_PER_MS)
#define FRAMES_MAX 1200

/** How long the last frame of a variant stays, and all at the end. */
#define REST_NS (500 * NS_PER_MS)

#define HIDE_CURSOR    "\x1b[?25l"
#define SHOW_CURSOR    "\x1b[?25h"
#define ERASE_LINE_END "\x1b[K"
#define ERASE_BELOW    "\x1b[J"

struct cast {
    const struct report *report;
    struct style style;
    FILE *out;
    int64_t at_ns; /**< since the beginning of the recording */
    char *frame;   /**< the one that is shown; NULL: none */
};

/** The start of the run as seconds since 1970; 0: not known. */
static int64_t timestamp(const struct report *report)
{
    struct tm utc = {0};
    return strptime(report->started, "%Y-%m-%dT%H:%M:%SZ", &utc) != NULL
               ? (int64_t)timegm(&utc)
               : 0;
}

static void write_command(struct json_writer *w, const struct report *report)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (out == NULL)
        return;
    fputs("conc", out);
    for (int i = 0; i < report->argc; i++)
        fprintf(out, " %s", report->argv[i]);
    if (fclose(out) == 0)
        jw_key_string(w, "title", text);
    free(text);
}

static int write_verdicts(struct json_writer *w, const struct report *report)
{
    int result = 0;
    jw_key(w, "verdict");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < report->variant_count && result == 0; i++) {
        char *verdict = card_verdict(report, i, false);
        result = verdict != NULL ? 0 : UV_ENOMEM;
        jw_string(w, verdict);
        free(verdict);
    }
    jw_close(w);
    return result;
}

/** What a player needs, and, under "conc", what the run was. */
static int write_head(const struct cast *cast)
{
    struct json_writer w;
    json_writer_init(&w, cast->out);
    jw_object(&w, JW_LINE);
    jw_key_int(&w, "version", 2);
    jw_key_int(&w, "width", cast->style.width);
    jw_key_int(&w, "height", cast->style.height);
    if (timestamp(cast->report) > 0)
        jw_key_int(&w, "timestamp", timestamp(cast->report));
    write_command(&w, cast->report);
    jw_key(&w, "env");
    jw_object(&w, JW_LINE);
    jw_key_string(&w, "TERM", "xterm-256color");
    jw_close(&w);
    jw_key(&w, "conc");
    jw_object(&w, JW_LINE);
    jw_key_string(&w, "version", CONC_VERSION);
    json_write_options(&w, cast->report);
    json_write_machine(&w, cast->report);
    int result = write_verdicts(&w, cast->report);
    jw_close(&w);
    jw_close(&w);
    return result;
}

/** One piece of output, at this moment. */
static void put(const struct cast *cast, const char *text)
{
    struct json_writer w;
    json_writer_init(&w, cast->out);
    jw_array(&w, JW_LINE);
    jw_real(&w, (double)cast->at_ns / NS_PER_S);
    jw_string(&w, "o");
    jw_string(&w, text);
    jw_close(&w);
}

static unsigned count_lines(const char *text)
{
    unsigned lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

/** Text over the frame that is shown: each line erases what stood behind it. */
static int put_over(struct cast *cast, const char *text)
{
    char *over = NULL;
    size_t bytes;
    FILE *out = open_memstream(&over, &bytes);
    if (out == NULL)
        return UV_ENOMEM;
    unsigned lines = cast->frame != NULL ? count_lines(cast->frame) : 0;
    if (cast->frame == NULL)
        fputs(HIDE_CURSOR, out);
    if (lines > 0)
        fprintf(out, "\x1b[%uA", lines);
    fputs("\r", out);
    for (; *text != '\0'; text++)
        fputs(*text == '\n' ? ERASE_LINE_END "\r\n" : (const char[]){*text, '\0'}, out);
    fputs(ERASE_BELOW, out);
    if (fclose(out) != 0) {
        free(over);
        return UV_ENOMEM;
    }
    put(cast, over);
    free(over);
    return 0;
}

/** The picture of that moment; NULL: memory ran out. */
static char *draw(const struct cast *cast, size_t variant, int64_t at_ns)
{
    struct moment moment;
    char *text = NULL;
    size_t bytes;
    int result = moment_create(&moment, cast->report, variant, at_ns);
    if (result != 0)
        return NULL;
    FILE *out = open_memstream(&text, &bytes);
    if (out != NULL) {
        struct style style = cast->style;
        style.height--; /* for the cursor */
        result = text_write_pictures(&moment.report, &style, out);
        if (fclose(out) != 0 || result != 0) {
            free(text);
            text = NULL;
        }
    }
    moment_destroy(&moment);
    return text;
}

static int put_frame(struct cast *cast, size_t variant, int64_t at_ns)
{
    char *frame = draw(cast, variant, at_ns);
    if (frame == NULL)
        return UV_ENOMEM;
    int result = 0;
    if (cast->frame == NULL || strcmp(frame, cast->frame) != 0)
        result = put_over(cast, frame);
    free(cast->frame);
    cast->frame = frame;
    return result;
}

static int put_variant(struct cast *cast, size_t variant, int64_t step_ns)
{
    int64_t length_ns = moment_length_ns(cast->report, variant);
    int64_t begun_ns = cast->at_ns;
    int result = 0;
    if (length_ns < 0)
        return 0;
    for (int64_t at_ns = 0; at_ns < length_ns && result == 0; at_ns += step_ns) {
        cast->at_ns = begun_ns + at_ns;
        result = put_frame(cast, variant, at_ns);
    }
    cast->at_ns = begun_ns + length_ns;
    if (result == 0)
        result = put_frame(cast, variant, length_ns);
    return result;
}

/** The text that stands there in the end, figures and all. */
static int put_end(struct cast *cast)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (out == NULL)
        return UV_ENOMEM;
    struct style style = cast->style;
    style.height = 0;
    int result = text_write(cast->report, &style, out);
    if (fclose(out) != 0)
        result = UV_ENOMEM;
    if (result == 0)
        result = put_over(cast, text);
    free(text);
    put(cast, SHOW_CURSOR);
    cast->at_ns += REST_NS;
    put(cast, "");
    return result;
}

static int64_t whole_length_ns(const struct report *report)
{
    int64_t sum_ns = 0;
    for (size_t i = 0; i < report->variant_count; i++) {
        int64_t length_ns = moment_length_ns(report, i);
        sum_ns += length_ns > 0 ? length_ns : 0;
    }
    return sum_ns;
}

int cast_write(const struct report *report, const struct style *style, FILE *out)
{
    struct cast cast = {.report = report, .style = *style, .out = out};
    int64_t step_ns = whole_length_ns(report) / FRAMES_MAX;
    unsigned columns, rows;
    style_window(STDOUT_FILENO, &columns, &rows);
    cast.style.width = report->options->width > 0 ? report->options->width : columns;
    cast.style.height = rows > 1 ? rows : 24;
    cast.style.palette = style->palette != PALETTE_NONE ? style->palette : PALETTE_256;
    int result = write_head(&cast);
    for (size_t i = 0; i < report->variant_count && result == 0; i++)
        result = put_variant(&cast, i, step_ns > FRAME_NS ? step_ns : FRAME_NS);
    if (result == 0)
        result = put_end(&cast);
    free(cast.frame);
    return result;
}
