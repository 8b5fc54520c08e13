// SPDX-License-Identifier: MIT
#include "classroom/predict.h"

#include "card.h"
#include "cli/options.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/style.h"
#include "view/title.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** What is typed beyond that is read, and left out. */
#define LINE_BYTES 1000

/** With less room on a question's line the answer stands below it. */
#define ROOM_TO_TYPE 8

/** Of an answer that cannot be read so much is shown. */
#define SHOWN_COLUMNS 40

bool predict_can_be(const struct options *options, size_t variant)
{
    return variant > 0 && options->chosen[variant];
}

static bool is_asked_for(const struct report *report, const struct options *options,
                         size_t variant)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct variant_report *one = &report->variants[i];
        if (one->variant == &report->card->demo->variants[variant] &&
            one->status == VARIANT_SKIPPED)
            return false;
    }
    return predict_can_be(options, variant) && prediction_on(options, variant) == NULL;
}

bool predict_wants_any(const struct options *options)
{
    const struct variant *variants = options->card->demo->variants;
    for (size_t i = 0; options->predict && variants[i].name != NULL; i++)
        if (predict_can_be(options, i) && prediction_on(options, i) == NULL)
            return true;
    return false;
}

bool predict_can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/** What must be known to predict a count. */
static void put_given(struct pen *pen, const struct options *options)
{
    struct draft draft;
    FILE *out = options->card->count_given != NULL ? draft_open(&draft) : NULL;
    if (out == NULL)
        return;
    options->card->count_given(options, out);
    char *text = draft_close(&draft);
    if (text != NULL)
        pen_wrap(pen, INK_PLAIN, 0, pen->style->width, text);
    free(text);
}

void predict_introduce(struct pen *pen, const struct report *report)
{
    const struct variant *first = report->card->demo->variants;
    int64_t ideal = report_ideal_ns(report->card, report->options, first);
    bool is_serial = first->shape == SHAPE_SERIAL;
    char line[256];
    put_title(pen, report, true);
    pen_newline(pen);
    snprintf(line, sizeof line, "%s%s takes %s at the least (the ideal, not measured).",
             first->name, is_serial ? ", one after the other," : "",
             short_ttl_text(ideal, !pen->style->unicode).text);
    if (ideal >= 0)
        pen_wrap(pen, INK_PLAIN, 0, pen->style->width, line);
    put_given(pen, report->options);
}

const char *predict_question(const struct options *options)
{
    const struct card *card = options->card;
    if (card->predicts == PREDICT_COUNT)
        return card->count_question(options);
    return card->predicts == PREDICT_END ? "Will it end, or hang?"
                                         : "How long will it take?";
}

const char *predict_about(const struct variant *variant)
{
    static const char unsafe[] = "UNSAFE: ";
    bool is_told = strncmp(variant->about, unsafe, sizeof unsafe - 1) == 0;
    return variant->about + (is_told ? sizeof unsafe - 1 : 0);
}

/* Reading ---------------------------------------------------------------- */

struct line {
    char text[LINE_BYTES + 1]; /**< without blanks around it, and no NUL in it */
    bool is_last;              /**< the input ended */
};

static void trim(char *text)
{
    size_t start = strspn(text, " \t\r"), length = strlen(text + start);
    memmove(text, text + start, length + 1);
    while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
        text[--length] = '\0';
}

/** Byte by byte: what is typed ahead is for whoever reads the terminal next. */
static void read_line(struct line *line)
{
    size_t used = 0;
    char byte = '\0';
    *line = (struct line){.is_last = false};
    while (byte != '\n') {
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            line->is_last = true;
            break;
        }
        if (byte == '\0')
            byte = ' ';
        if (byte != '\n' && used < LINE_BYTES)
            line->text[used++] = byte;
    }
    if (used == LINE_BYTES)
        line->text[text_fit_bytes(line->text, LINE_BYTES - 1)] = '\0';
    trim(line->text);
}

/* Asking ------------------------------------------------------------------- */

static void prompt(struct pen *pen, const char *question)
{
    pen_move(pen, 2);
    if (text_width(question) + ROOM_TO_TYPE > pen->style->width) {
        pen_wrap(pen, INK_PLAIN, 2, pen->style->width, question);
        pen_move(pen, 2);
        question = ">";
    }
    pen_put(pen, INK_PLAIN, question);
    /* What is typed follows a blank, which the pen would hold back. */
    fputs(" ", pen->out);
    fflush(pen->out);
}

/** The terminal has echoed the end of the line, or its user ended the input. */
static void answered(struct pen *pen, const struct line *line)
{
    if (line->is_last)
        fputc('\n', pen->out);
    pen->column = pen->written = 0;
}

static void complain(struct pen *pen, enum predicted kind, const char *answer)
{
    char *safe = safe_cut(answer, SHOWN_COLUMNS, pen->style);
    char text[400];
    snprintf(text, sizeof text, "\"%s\" is not %s; an empty line is no prediction.",
             safe != NULL ? safe : "", predicted_allowed(kind));
    free(safe);
    pen_move(pen, 2);
    pen_wrap(pen, INK_PLAIN, 2, pen->style->width, text);
}

/** @return whether there is an answer; at the end of the input line->is_last is set. */
static bool ask_value(struct pen *pen, const struct options *options, struct line *line,
                      int64_t *value)
{
    enum predicted kind = options->card->predicts;
    do {
        prompt(pen, predict_question(options));
        read_line(line);
        answered(pen, line);
        if (*line->text == '\0')
            return false;
        if (predicted_parse(kind, line->text, strlen(line->text), value) == 0)
            return true;
        complain(pen, kind, line->text);
    } while (!line->is_last);
    return false;
}

static bool asks_any(const struct report *report, const struct options *options)
{
    const struct variant *variants = report->card->demo->variants;
    for (size_t i = 0; variants[i].name != NULL; i++)
        if (is_asked_for(report, options, i))
            return true;
    return false;
}

/** One variant.  @return 0 or UV_ENOMEM. */
static int ask_about(struct pen *pen, struct options *options, size_t index,
                     struct line *line)
{
    const struct variant *variant = &options->card->demo->variants[index];
    int64_t value;
    pen_newline(pen);
    pen_put(pen, INK_STRONG, variant->name);
    pen_put(pen, INK_PLAIN, ":");
    pen_wrap(pen, INK_PLAIN, 0, pen->style->width, predict_about(variant));
    if (!ask_value(pen, options, line, &value))
        return 0;
    if (!line->is_last) {
        prompt(pen, "Why?");
        read_line(line);
        answered(pen, line);
    } else {
        *line->text = '\0';
    }
    const char *reason = *line->text != '\0' ? line->text : NULL;
    return predictions_add(options, index, value, reason) ? 0 : UV_ENOMEM;
}

int predict_ask(const struct report *report, struct options *options)
{
    const struct variant *variants = report->card->demo->variants;
    struct style style = style_for(options, STDOUT_FILENO);
    struct pen pen = pen_on(stdout, &style);
    struct line line = {.is_last = false};
    char allowed[160];
    int result = 0;
    if (!asks_any(report, options))
        return 0;
    predict_introduce(&pen, report);
    snprintf(allowed, sizeof allowed, "Predict %s; an empty line is no prediction.",
             predicted_allowed(report->card->predicts));
    pen_wrap(&pen, INK_FAINT, 0, style.width, allowed);
    for (size_t i = 0; variants[i].name != NULL && !line.is_last && result == 0; i++)
        if (is_asked_for(report, options, i))
            result = ask_about(&pen, options, i, &line);
    pen_newline(&pen);
    fflush(stdout);
    return result;
}
