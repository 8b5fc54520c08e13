// SPDX-License-Identifier: MIT
#include "stage/clock.h"
#include "text/quantity.h"
#include "view/card_text.h"
#include "view/chosen_run.h"
#include "view/command_line.h"
#include "view/html/page.h"
#include "view/prediction.h"
#include "view/sentences.h"
#include "view/title.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_next(struct page *page)
{
    char *next = card_next(page->report, page->ascii);
    char *command = next != NULL ? strchr(next, '\t') : NULL;
    if (next == NULL)
        page->result = UV_ENOMEM;
    if (command != NULL) {
        *command++ = '\0';
        page_element(page, "p", next[0] != '\0' ? next : "What to try next:");
        page_put(page, "<p class=\"next\"><code>conc ");
        page_text(page, command);
        page_put(page, "</code></p>\n");
    }
    free(next);
}

void html_verdict(struct page *page)
{
    struct style style = {.width = 80, .unicode = !page->ascii};
    struct draft draft;
    page_put(page, "<section aria-labelledby=\"verdict\" class=\"verdict\">\n"
                   "<h2 id=\"verdict\">What it shows</h2>\n");
    FILE *out = page_open_draft(page, &draft);
    if (out != NULL) {
        say_predictions(page->report, &style, out);
        page_paragraphs(page, "guess", &draft);
    }
    for (size_t i = 0; i < page->report->variant_count; i++) {
        char *verdict = card_verdict(page->report, i, page->ascii);
        out = verdict != NULL ? page_open_draft(page, &draft) : NULL;
        if (verdict == NULL)
            page->result = UV_ENOMEM;
        if (out != NULL) {
            fputs(verdict, out);
            page_paragraphs(page, "", &draft);
        }
        free(verdict);
    }
    put_next(page);
    page_put(page, "</section>\n");
}

/** One unit for all times, and digits as the longest of the runs asks for. */
struct clock_face {
    enum time_unit unit;
    int decimals;
};

static struct clock_face face_for(const struct run *run)
{
    int64_t longest_ns = timeline_end_ns(&run->timeline);
    struct clock_face face = {.unit = time_unit_of(longest_ns)};
    face.decimals = face.unit == UNIT_S             ? 3
                    : face.unit == UNIT_US          ? 1
                    : longest_ns >= 100 * NS_PER_MS ? 1
                                                    : 2;
    return face;
}

static void put_event(struct page *page, const struct story *story,
                      const struct telling *telling, const struct clock_face *face)
{
    struct draft draft;
    FILE *out = page_open_draft(page, &draft);
    if (out == NULL)
        return;
    sentence_of_event(story, telling, page->ascii, out);
    char *text = page_close_draft(page, &draft);
    page_put(page, "<li>");
    page_element(
        page, "span class=\"at\"",
        time_text(telling->at_ns, face->unit, face->decimals, page->ascii).text);
    page_element(page, "span", text != NULL ? text : "");
    page_put(page, "</li>\n");
    free(text);
}

static void put_story(struct page *page, const struct variant_report *variant,
                      const struct run *run)
{
    struct clock_face face = face_for(run);
    struct story story;
    int result = story_tell(&story, &run->timeline);
    if (result < 0)
        page->result = result;
    page_put(page, "<details><summary>");
    page_text(page, variant->variant->name);
    page_format(page, ": %s event%s</summary>\n<ol class=\"events\">\n",
                count_text(story.count).text, story.count == 1 ? "" : "s");
    for (size_t i = 0; i < story.count && page->result == 0; i++)
        put_event(page, &story, &story.tellings[i], &face);
    page_put(page, "</ol>\n</details>\n");
    story_destroy(&story);
}

void html_events(struct page *page)
{
    size_t drawn = 0;
    for (size_t i = 0; i < page->report->variant_count; i++)
        drawn += drawn_run(&page->report->variants[i]) != NULL;
    if (drawn == 0)
        return;
    page_put(page, "<section aria-labelledby=\"events\">\n"
                   "<h2 id=\"events\">Event by event</h2>\n");
    for (size_t i = 0; i < page->report->variant_count && page->result == 0; i++) {
        const struct variant_report *variant = &page->report->variants[i];
        const struct run *run = drawn_run(variant);
        if (run != NULL)
            put_story(page, variant, run);
    }
    page_put(page, "</section>\n");
}

static void put_pair(struct page *page, const char *name, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    page_element(page, "dt", name);
    page_element(page, "dd", text);
}

static void put_machine(struct page *page)
{
    const struct report *report = page->report;
    char cores[128] = "";
    FILE *memory = fmemopen(cores, sizeof cores, "w");
    if (memory != NULL) {
        put_cores(report, memory);
        fclose(memory);
    }
    put_pair(page, "system", report->machine.os);
    put_pair(page, "kernel", report->machine.kernel);
    put_pair(page, "processor", report->machine.cpu);
    put_pair(page, "cores used", cores);
}

static void put_options(struct page *page)
{
    const struct report *report = page->report;
    const struct options *options = report->options;
    char text[256] = "";
    put_pair(page, "work", options->work == WORK_CPU ? "cpu" : "wait");
    put_pair(page, "repeat", count_text(options->repeat).text);
    put_pair(page, "speed", factor_text(options->speed, page->ascii).text);
    put_pair(page, "limit", duration_text(options->limit_ns, page->ascii).text);
    snprintf(text, sizeof text, "%" PRIu64, options->seed);
    put_pair(page, "seed", text);
    text[0] = '\0';
    FILE *memory = fmemopen(text, sizeof text, "w");
    if (memory != NULL) {
        put_own_options(report, "", memory);
        fclose(memory);
    }
    put_pair(page, "of this demo", text);
}

/** Its words kept whole, where they fit on a line. */
static void put_command(struct page *page, const char *command)
{
    char *copy = strdup(command), *rest = copy, *word;
    page_put(page, "<dt>command</dt>\n<dd class=\"command\">");
    if (copy == NULL)
        page->result = UV_ENOMEM;
    while (copy != NULL && (word = strsep(&rest, " ")) != NULL) {
        page_put(page, word == copy ? "<span>" : " <span>");
        page_text(page, word);
        page_put(page, "</span>");
    }
    page_put(page, "</dd>\n");
    free(copy);
}

void html_circumstances(struct page *page)
{
    const struct report *report = page->report;
    char *command = command_line(report);
    if (command == NULL)
        page->result = UV_ENOMEM;
    page_put(page, "<section aria-labelledby=\"circumstances\">\n"
                   "<h2 id=\"circumstances\">How it was measured</h2>\n<dl>\n");
    put_command(page, command != NULL ? command : "");
    put_pair(page, "started", report->started);
    put_pair(page, "conc", CONC_VERSION);
    put_machine(page);
    put_options(page);
    page_put(page, "</dl>\n</section>\n");
    free(command);
}
