// SPDX-License-Identifier: MIT
/** A saved run, event by event. */

#include "classroom/replay/inner.h"

#include "card.h"
#include "classroom/replay/loop.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/explain.h"
#include "view/moment.h"
#include "view/pen.h"
#include "view/telling.h"

#include <stdlib.h>
#include <uv.h>

/** An event of a variant's story. */
struct place {
    size_t variant, telling;
};

struct steps {
    const struct report *report;
    struct story *stories; /**< one a variant; empty where it has no picture */
    size_t count;          /**< of all events */
};

static void destroy_steps(struct steps *steps)
{
    for (size_t i = 0; steps->stories != NULL && i < steps->report->variant_count; i++)
        story_destroy(&steps->stories[i]);
    free(steps->stories);
}

static int create_steps(struct steps *steps, const struct report *report)
{
    *steps = (struct steps){.report = report};
    steps->stories = calloc(report->variant_count, sizeof *steps->stories);
    if (steps->stories == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct variant_report *variant = &report->variants[i];
        if (moment_length_ns(report, i) < 0)
            continue;
        int result =
            story_explain(&steps->stories[i], &variant->runs[variant->shown].timeline);
        if (result != 0)
            return result;
        steps->count += steps->stories[i].count;
    }
    return 0;
}

static struct place find(const struct steps *steps, size_t number)
{
    size_t variant = 0;
    while (number >= steps->stories[variant].count)
        number -= steps->stories[variant++].count;
    return (struct place){variant, number};
}

static void explain(const struct steps *steps, const struct place *place, bool ascii,
                    FILE *out)
{
    const struct story *story = &steps->stories[place->variant];
    explain_event(story, &story->tellings[place->telling], ascii, out);
}

static struct quantity time_of(const struct steps *steps, const struct place *place,
                               bool ascii)
{
    const struct story *story = &steps->stories[place->variant];
    return duration_text(story->tellings[place->telling].at_ns, ascii);
}

/* As lines ----------------------------------------------------------------------------
 */

static unsigned widest_time(const struct steps *steps, bool ascii)
{
    unsigned widest = 0;
    for (size_t i = 0; i < steps->count; i++) {
        struct place place = find(steps, i);
        unsigned width = text_width(time_of(steps, &place, ascii).text);
        widest = width > widest ? width : widest;
    }
    return widest;
}

int replay_list(const struct report *report, bool ascii, FILE *out)
{
    struct steps steps;
    int result = create_steps(&steps, report);
    unsigned column = result == 0 ? widest_time(&steps, ascii) : 0;
    size_t variant = SIZE_MAX;
    for (size_t i = 0; i < steps.count && result == 0; i++) {
        struct place place = find(&steps, i);
        if (place.variant != variant)
            fprintf(out, "%s%s\n", i > 0 ? "\n" : "",
                    report->variants[place.variant].variant->name);
        variant = place.variant;
        struct quantity time = time_of(&steps, &place, ascii);
        fprintf(out, "%*s%s  ", (int)(column - text_width(time.text)), "", time.text);
        explain(&steps, &place, ascii, out);
        fputc('\n', out);
    }
    if (steps.count > 0)
        fputc('\n', out);
    destroy_steps(&steps);
    return result;
}

/* With keys ---------------------------------------------------------------------------
 */

struct stepping {
    struct replay_loop loop;
    struct steps steps;
    size_t at; /**< the event that is shown */
};

/** Lines that an event's sentence may take, with those around it. */
#define WORDS_LINES 5

/** In a lower window there is only room for the sentence. */
#define PICTURE_LINES 8

static int write_picture(const struct stepping *stepping, const struct place *place,
                         const struct style *style, FILE *out)
{
    const struct story *story = &stepping->steps.stories[place->variant];
    struct style picture = *style;
    struct moment moment;
    if (style->height < PICTURE_LINES + WORDS_LINES)
        return 0;
    int result = moment_create(&moment, stepping->steps.report, place->variant,
                               story->tellings[place->telling].at_ns);
    if (result != 0)
        return result;
    picture.height = style->height - WORDS_LINES;
    result = text_write_pictures(&moment.report, &picture, out);
    moment_destroy(&moment);
    fputc('\n', out);
    return result;
}

/** What it means, and which keys there are. */
static int write_words(const struct stepping *stepping, const struct place *place,
                       const struct style *style, FILE *out)
{
    struct pen pen = pen_on(out, style);
    char keys[96];
    struct draft draft;
    FILE *words = draft_open(&draft);
    if (words != NULL)
        explain(&stepping->steps, place, !style->unicode, words);
    char *text = draft_close(&draft);
    if (text == NULL)
        return UV_ENOMEM;
    pen_put(&pen, INK_FAINT, time_of(&stepping->steps, place, !style->unicode).text);
    pen_move(&pen, pen.column + 2);
    pen_wrap(&pen, INK_STRONG, 0, style->width, text);
    snprintf(keys, sizeof keys, "event %zu of %zu (space: next, b: back, q: end)",
             stepping->at + 1, stepping->steps.count);
    pen_wrap(&pen, INK_FAINT, 0, style->width, keys);
    free(text);
    return 0;
}

/** The picture until that event, and what it means. */
static int write_step(const void *what, const struct style *style, FILE *out)
{
    const struct stepping *stepping = what;
    struct place place = find(&stepping->steps, stepping->at);
    int result = write_picture(stepping, &place, style, out);
    return result == 0 ? write_words(stepping, &place, style, out) : result;
}

static void show(void *data)
{
    struct stepping *stepping = data;
    live_show(stepping->loop.live, write_step, stepping);
}

static void on_key(void *data, char key)
{
    struct stepping *stepping = data;
    bool is_last = stepping->at + 1 == stepping->steps.count;
    if (key == 'q' || (is_last && (key == ' ' || key == '\n' || key == '\r'))) {
        replay_loop_stop(&stepping->loop);
        return;
    }
    if (key == ' ' || key == '\n' || key == '\r')
        stepping->at++;
    else if (key == 'b' && stepping->at > 0)
        stepping->at--;
    show(stepping);
}

int replay_step(const struct report *report)
{
    struct stepping stepping = {.at = 0};
    const struct replay_hooks hooks = {
        .data = &stepping, .frame = show, .key = on_key, .resized = show};
    int status = 0;
    if (create_steps(&stepping.steps, report) == 0 && stepping.steps.count > 0)
        status = replay_loop_run(&stepping.loop, report->options, &hooks, 0);
    destroy_steps(&stepping.steps);
    return status;
}
