// SPDX-License-Identifier: MIT
#include "card.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/card_text.h"
#include "view/chosen_run.h"
#include "view/explain.h"
#include "view/paragraph.h"
#include "view/plain_exhibits.h"
#include "view/prediction.h"
#include "view/printed.h"
#include "view/sentences.h"
#include "view/time_column.h"
#include "view/view.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct plain {
    const struct report *report;
    const struct style *style;
    unsigned width; /* of lines; without --width they are not broken, for those who
                       listen, and for grep(1) */
    bool ascii;
    struct time_column column; /* of the times at which things happen */
    unsigned indent;           /* columns that the longest time takes, and a space */
    FILE *out;
    int result; /* 0, or UV_ENOMEM from then on */
};

/** Where a sentence is put together before it is broken into lines. */
static FILE *open_draft(struct plain *p, struct draft *draft)
{
    FILE *out = draft_open(draft);
    if (out == NULL)
        p->result = UV_ENOMEM;
    return out;
}

static void print_paragraph(struct plain *p, const char *label, unsigned indent,
                            const char *text)
{
    if (paragraph_write(p->out, p->width, label, indent, text) < 0)
        p->result = UV_ENOMEM;
}

/** End the writing.  The text is the caller's to free; it is all there, or not at all.
 */
static char *close_draft(struct plain *p, struct draft *draft)
{
    char *text = draft_close(draft);
    if (text == NULL)
        p->result = UV_ENOMEM;
    return text;
}

/** Print the draft as a paragraph, unless it is empty, and free it. */
static void print_draft(struct plain *p, struct draft *draft, const char *label,
                        unsigned indent)
{
    char *text = close_draft(p, draft);
    if (text != NULL && text[0] != '\0')
        print_paragraph(p, label, indent, text);
    free(text);
}

static void print_header(struct plain *p)
{
    struct draft draft;
    FILE *out = open_draft(p, &draft);
    if (out == NULL)
        return;
    fprintf(out, "conc %s: ", p->report->card->demo->name);
    sentence_of_tasks(p->report, p->ascii, out);
    print_draft(p, &draft, "", 0);
}

static bool is_in_window(const struct options *options, int64_t at_ns)
{
    return (options->from_ns < 0 || at_ns >= options->from_ns) &&
           (options->to_ns < 0 || at_ns <= options->to_ns);
}

static void print_event(struct plain *p, const struct story *story,
                        const struct telling *telling)
{
    struct quantity at = time_in_column(&p->column, telling->at_ns);
    struct draft draft;
    FILE *out = open_draft(p, &draft);
    if (out == NULL)
        return;
    if (p->report->options->explain)
        explain_event(story, telling, p->ascii, out);
    else
        sentence_of_event(story, telling, p->ascii, out);
    print_draft(p, &draft, at.text, p->indent);
}

/** Where a window shows no event. */
static void print_nothing(struct plain *p, int64_t end_ns)
{
    char text[96];
    bool ended = end_ns < p->report->options->from_ns;
    snprintf(text, sizeof text, "It had ended at %s.",
             duration_text(end_ns, p->ascii).text);
    print_paragraph(p, "", 0, ended ? text : "Nothing happened in that time.");
}

static void print_events(struct plain *p, const struct timeline *timeline)
{
    struct story story;
    bool explain = p->report->options->explain;
    int result = (explain ? story_explain : story_tell)(&story, timeline);
    if (result < 0)
        p->result = result;
    bool any = false;
    for (size_t i = 0; i < story.count && p->result == 0; i++) {
        if (is_in_window(p->report->options, story.tellings[i].at_ns)) {
            print_event(p, &story, &story.tellings[i]);
            any = true;
        }
    }
    if (!any && p->result == 0)
        print_nothing(p, timeline_end_ns(timeline));
    story_destroy(&story);
}

/** Line by line, safe. */
static void print_part(struct plain *p, struct printed *printed, const char *before)
{
    char *line;
    while (printed_line(printed, &line)) {
        struct draft draft;
        FILE *out = line != NULL ? open_draft(p, &draft) : NULL;
        if (out != NULL) {
            text_print_safe(line, p->ascii, out);
            print_draft(p, &draft, before, (unsigned)strlen(before));
        }
        if (line == NULL)
            p->result = UV_ENOMEM;
        free(line);
    }
    for (size_t i = 0; i < PRINTED_NOTES; i++)
        if (printed->more[i][0] != '\0')
            fprintf(p->out, "%s %s\n", before, printed->more[i] + strlen("and "));
}

/** What the demo printed itself; then its programs, each below a title. */
static void print_printed(struct plain *p, size_t variant)
{
    struct printed printed;
    for (size_t k = 0; printed_of_variant(p->report, variant, k, &printed); k++) {
        struct draft draft;
        FILE *out = printed.is_programs ? open_draft(p, &draft) : NULL;
        if (out != NULL) {
            text_print_safe(printed.who, p->ascii, out);
            fprintf(out, "%s%s", printed.says, printed.bytes > 0 ? ":" : ".");
            print_draft(p, &draft, "", 0);
        }
        print_part(p, &printed, "printed:");
    }
}

static void print_dropped(struct plain *p, const struct run *run)
{
    char text[128];
    if (run->timeline.dropped_events == 0)
        return;
    snprintf(text, sizeof text,
             "%s events did not fit in the trace and are missing here.",
             count_text(run->timeline.dropped_events).text);
    print_paragraph(p, "", 0, text);
}

/** What else there is to tell of a variant. */
static void print_exhibits(struct plain *p, size_t variant)
{
    static void (*const say[])(const struct report *report, size_t variant,
                               const struct style *style, FILE *out) = {
        say_cycle, say_interleaving, say_histogram};
    for (size_t i = 0; i < sizeof say / sizeof *say; i++) {
        struct draft draft;
        FILE *out = open_draft(p, &draft);
        if (out == NULL)
            return;
        say[i](p->report, variant, p->style, out);
        print_draft(p, &draft, "", 0);
    }
}

static void print_variant(struct plain *p, size_t number)
{
    const struct variant_report *variant = &p->report->variants[number];
    const struct run *run = drawn_run(variant);
    if (run == NULL)
        return;
    fputc('\n', p->out);
    print_paragraph(p, "", 0, variant->variant->name);
    print_events(p, &run->timeline);
    print_dropped(p, run);
    print_exhibits(p, number);
    print_printed(p, number);
}

static void print_figures(struct plain *p, size_t variant)
{
    struct draft draft;
    FILE *out = open_draft(p, &draft);
    if (out == NULL)
        return;
    sentence_of_figures(p->report, variant, p->ascii, out);
    print_draft(p, &draft, "", 0);
}

/** A paragraph on all variants, after an empty line, where there is anything to say. */
static void print_about_all(struct plain *p,
                            void (*say)(const struct report *report,
                                        const struct style *style, FILE *out))
{
    struct draft draft;
    FILE *out = open_draft(p, &draft);
    if (out == NULL)
        return;
    say(p->report, p->style, out);
    char *text = close_draft(p, &draft);
    if (text != NULL && text[0] != '\0') {
        fputc('\n', p->out);
        print_paragraph(p, "", 0, text);
    }
    free(text);
}

static void print_verdicts(struct plain *p)
{
    for (size_t i = 0; i < p->report->variant_count; i++) {
        char *text = card_verdict(p->report, i, p->ascii);
        if (text == NULL)
            p->result = UV_ENOMEM;
        if (text != NULL && text[0] != '\0') {
            fputc('\n', p->out);
            print_paragraph(p, "", 0, text);
        }
        free(text);
    }
}

static void print_next(struct plain *p)
{
    char *text = card_next(p->report, p->ascii);
    char *command = text != NULL ? strchr(text, '\t') : NULL;
    if (text == NULL)
        p->result = UV_ENOMEM;
    if (command != NULL) {
        *command++ = '\0';
        print_paragraph(p, "", 0, text);
        struct draft draft;
        FILE *out = open_draft(p, &draft);
        if (out != NULL) {
            fprintf(out, "conc %s", command);
            print_draft(p, &draft, "Try:", 5);
        }
    }
    free(text);
}

int plain_write(const struct report *report, const struct style *style, FILE *out)
{
    struct plain p = {.report = report,
                      .style = style,
                      .width = report->options->width > 0 ? style->width : UINT_MAX,
                      .ascii = !style->unicode,
                      .out = out};
    p.column = time_column_of(report, p.ascii);
    p.indent = p.column.columns + 1;
    print_header(&p);
    for (size_t i = 0; i < report->variant_count && p.result == 0; i++)
        print_variant(&p, i);
    fputc('\n', out);
    for (size_t i = 0; i < report->variant_count && p.result == 0; i++)
        print_figures(&p, i);
    print_about_all(&p, say_predictions);
    print_about_all(&p, say_costs);
    print_about_all(&p, say_own_figures);
    print_about_all(&p, say_measured);
    print_about_all(&p, say_sweeps);
    print_verdicts(&p);
    print_next(&p);
    return p.result;
}
