// SPDX-License-Identifier: MIT
#include "view/interleaving.h"
#include "card.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/words.h"

#include <stdlib.h>
#include <string.h>

#define SENTENCES_FOR 92 /**< columns; longer lines are hard to read */
#define NAME_COLUMNS  24
#define TEXT_BYTES    320

/** Ways to write the steps, the most spacious first. */
enum form {
    WHOLE,   /**< all on a line, the source with its folder */
    SHORT,   /**< without */
    BELOW,   /**< remarks on a line of their own */
    STACKED, /**< and the source too */
    SENTENCES
};

/** A step as it is written. */
struct line {
    char words[TEXT_BYTES], source[TEXT_BYTES], value[TEXT_BYTES], remark[TEXT_BYTES];
    bool is_right;
};

struct drawing {
    struct pen *pen;
    enum form form;
    char *names[2];
    char heading[TEXT_BYTES]; /**< of the values */
    struct line lines[STEPS_MAX];
    size_t count;
    unsigned indent, number, words, source, remark; /**< columns */
    unsigned side[2], value;
};

bool interleaving_of(const struct report *report, size_t variant,
                     struct interleaving *interleaving)
{
    const struct card *card = report->card;
    const struct variant_report *of = &report->variants[variant];
    memset(interleaving, 0, sizeof *interleaving);
    if (of->saved != NULL) {
        if (of->saved->interleaving != NULL)
            *interleaving = *of->saved->interleaving;
        return of->saved->interleaving != NULL;
    }
    return card->interleaving != NULL &&
           card->interleaving(report, variant, interleaving) &&
           interleaving->run < of->run_count && interleaving->step_count > 0 &&
           interleaving->step_count <= STEPS_MAX;
}

static const struct timeline *timeline_of(const struct report *report, size_t variant,
                                          const struct interleaving *interleaving)
{
    return &report->variants[variant].runs[interleaving->run].timeline;
}

static const char *lane_name(const struct timeline *timeline, size_t lane)
{
    return lane < timeline->lane_count ? timeline->lanes[lane].name : "another";
}

void interleaving_title(const struct report *report, size_t variant,
                        const struct interleaving *interleaving, bool ascii, FILE *out)
{
    text_print_safe(interleaving->title, ascii, out);
    if (report->variants[variant].run_count > 1)
        fprintf(out, " (run %s)", count_text(interleaving->run + 1).text);
}

void interleaving_sentence(const struct report *report, size_t variant,
                           const struct interleaving *interleaving, size_t number,
                           const struct style *style, FILE *out)
{
    bool ascii = !style->unicode, with_folder = style->width >= SHORT_SOURCES_BELOW;
    const struct timeline *timeline = timeline_of(report, variant, interleaving);
    const struct step *step = &interleaving->steps[number];
    char source[TEXT_BYTES];
    site_label(timeline, step->site, source, sizeof source);
    text_print_safe(lane_name(timeline, step->lane), ascii, out);
    fputc(' ', out);
    text_print_safe(step->words, ascii, out);
    if (source[0] != '\0')
        fprintf(out, " (%s)", with_folder ? source : without_folder(source));
    if (step->value[0] != '\0') {
        fputs("; ", out);
        text_print_safe(interleaving->value_heading, ascii, out);
        fputs(": ", out);
        text_print_safe(step->value, ascii, out);
    }
    if (step->remark[0] != '\0') {
        fputs("; ", out);
        text_print_safe(step->remark, ascii, out);
    }
}

/** A copy that is safe to print, in a buffer of TEXT_BYTES, which is enough for those
 * of a step: no character becomes more than six bytes. */
static void copy_safe(char *to, const char *text, const struct style *style)
{
    char *safe = safe_copy(text, style);
    snprintf(to, TEXT_BYTES, "%s", safe != NULL ? safe : "");
    free(safe);
}

static int read_steps(struct drawing *d, const struct timeline *timeline,
                      const struct interleaving *interleaving)
{
    const struct style *style = d->pen->style;
    const size_t lanes[] = {interleaving->left, interleaving->right};
    for (int side = 0; side < 2; side++) {
        d->names[side] =
            safe_cut(lane_name(timeline, lanes[side]), NAME_COLUMNS, style);
        if (d->names[side] == NULL)
            return UV_ENOMEM;
    }
    copy_safe(d->heading, interleaving->value_heading, style);
    d->count = interleaving->step_count;
    for (size_t i = 0; i < d->count; i++) {
        const struct step *step = &interleaving->steps[i];
        struct line *line = &d->lines[i];
        copy_safe(line->words, step->words, style);
        copy_safe(line->value, step->value, style);
        copy_safe(line->remark, step->remark, style);
        site_label(timeline, step->site, line->source, sizeof line->source);
        line->is_right =
            step->lane == interleaving->right && step->lane != interleaving->left;
    }
    return 0;
}

static void widen(unsigned *columns, unsigned width)
{
    *columns = width > *columns ? width : *columns;
}

static const char *source_of(const struct drawing *d, const struct line *line)
{
    return d->form == WHOLE ? line->source : without_folder(line->source);
}

static void measure(struct drawing *d)
{
    bool is_stacked = d->form == STACKED;
    d->words = d->source = d->remark = 0;
    d->value = text_width(d->heading);
    for (size_t i = 0; i < d->count; i++) {
        widen(&d->words, text_width(d->lines[i].words));
        widen(&d->source, text_width(source_of(d, &d->lines[i])));
        widen(&d->value, text_width(d->lines[i].value));
        widen(&d->remark, text_width(d->lines[i].remark));
    }
    unsigned side = d->words + (d->source > 0 && !is_stacked ? 2 + d->source : 0);
    if (is_stacked)
        widen(&side, d->source);
    for (int i = 0; i < 2; i++) {
        d->side[i] = side;
        widen(&d->side[i], text_width(d->names[i]));
    }
    d->number = d->count < 10 ? 1 : 2;
}

/** Where the left column begins, the right one, the values' end, the remarks. */
static unsigned side_column(const struct drawing *d, bool is_right)
{
    unsigned gap = d->form == STACKED ? 1 : 2, left = d->indent + d->number + gap;
    return is_right ? left + d->side[0] + gap + 1 : left;
}

static unsigned value_end(const struct drawing *d)
{
    return side_column(d, true) + d->side[1] + (d->form == STACKED ? 1 : 3) + d->value;
}

static unsigned end_column(const struct drawing *d)
{
    unsigned remark = d->remark > 0 && d->form < BELOW ? 3 + d->remark : 0;
    return value_end(d) + remark;
}

static void choose_form(struct drawing *d)
{
    for (d->form = WHOLE; d->form < SENTENCES; d->form++) {
        measure(d);
        if (end_column(d) <= d->pen->style->width)
            return;
    }
}

static void put_headings(const struct drawing *d)
{
    struct pen *pen = d->pen;
    for (int side = 0; side < 2; side++) {
        pen_move(pen, side_column(d, side == 1));
        pen_put(pen, INK_STRONG, d->names[side]);
    }
    pen_put_right(pen, INK_FAINT, d->heading, value_end(d));
    pen_newline(pen);
}

static void put_step(const struct drawing *d, size_t number)
{
    struct pen *pen = d->pen;
    const struct line *line = &d->lines[number];
    unsigned left = side_column(d, line->is_right);
    char text[24];
    snprintf(text, sizeof text, "%zu", number + 1);
    pen_put_right(pen, INK_FAINT, text, d->indent + d->number);
    pen_move(pen, left);
    pen_put(pen, INK_PLAIN, line->words);
    if (d->form < STACKED) {
        pen_move(pen, left + d->words + 2);
        pen_put(pen, INK_FAINT, source_of(d, line));
    }
    pen_put_right(pen, INK_PLAIN, line->value, value_end(d));
    if (d->form < BELOW) {
        pen_move(pen, value_end(d) + 3);
        pen_put(pen, INK_BLOCKED, line->remark);
    }
    pen_newline(pen);
    if (d->form == STACKED && line->source[0] != '\0') {
        pen_move(pen, left);
        pen_put(pen, INK_FAINT, source_of(d, line));
        pen_newline(pen);
    }
    if (d->form >= BELOW && line->remark[0] != '\0') {
        unsigned at = side_column(d, false);
        pen_move(pen, at);
        pen_wrap(pen, INK_BLOCKED, at, pen->style->width, line->remark);
    }
}

static int put_sentences(const struct drawing *d, const struct report *report,
                         size_t variant, const struct interleaving *interleaving)
{
    for (size_t i = 0; i < d->count; i++) {
        struct draft draft;
        FILE *out = draft_open(&draft);
        if (out == NULL)
            return UV_ENOMEM;
        fprintf(out, "%zu ", i + 1);
        interleaving_sentence(report, variant, interleaving, i, d->pen->style, out);
        char *text = draft_close(&draft);
        if (text == NULL)
            return UV_ENOMEM;
        pen_wrap(d->pen, INK_PLAIN, 2, SENTENCES_FOR, text);
        free(text);
    }
    return 0;
}

static int put_title_of(struct pen *pen, const struct report *report, size_t variant,
                        const struct interleaving *interleaving)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        interleaving_title(report, variant, interleaving, !pen->style->unicode, out);
    char *text = draft_close(&draft);
    if (text == NULL)
        return UV_ENOMEM;
    pen_put(pen, INK_STRONG, report->variants[variant].variant->name);
    pen_put(pen, INK_STRONG, ":");
    pen_wrap(pen, INK_PLAIN, 0, pen->style->width, text);
    free(text);
    return 0;
}

int interleaving_write(struct pen *pen, const struct report *report, size_t variant)
{
    struct interleaving interleaving;
    if (!interleaving_of(report, variant, &interleaving))
        return 0;
    struct drawing *d = calloc(1, sizeof *d);
    if (d == NULL)
        return UV_ENOMEM;
    d->pen = pen;
    d->indent = pen->style->width < 40 ? 0 : 2;
    int result =
        read_steps(d, timeline_of(report, variant, &interleaving), &interleaving);
    pen_newline(pen);
    if (result == 0)
        result = put_title_of(pen, report, variant, &interleaving);
    if (result == 0) {
        choose_form(d);
        if (d->form == SENTENCES)
            result = put_sentences(d, report, variant, &interleaving);
        else
            put_headings(d);
        for (size_t i = 0; i < d->count && d->form != SENTENCES; i++)
            put_step(d, i);
    }
    free(d->names[0]);
    free(d->names[1]);
    free(d);
    return result;
}
