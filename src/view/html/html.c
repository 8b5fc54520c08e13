// SPDX-License-Identifier: MIT
/**
 * One page of the whole run, in a file that needs nothing else: plain HTML with all
 * that there is to read, and a script that draws what there is to see.  The page lets
 * that one script and that one style sheet be used, and nothing be fetched.
 */

#include "card.h"
#include "view/html/page.h"
#include "view/markup.h"
#include "view/title.h"

#include <stdlib.h>
#include <string.h>

static void put_tasks(struct page *page)
{
    struct draft draft;
    FILE *out = page_open_draft(page, &draft);
    if (out == NULL)
        return;
    put_task_words(page->report->options, page->ascii, out);
    char *text = page_close_draft(page, &draft);
    page_text(page, text != NULL ? text : "");
    free(text);
}

/** Names from right to left and from left to right do not change places. */
static void put_isolated_tasks(struct page *page)
{
    struct draft draft;
    FILE *out = page_open_draft(page, &draft);
    if (out == NULL)
        return;
    put_task_words(page->report->options, page->ascii, out);
    char *text = page_close_draft(page, &draft), *rest = text, *piece;
    page_put(page, "<p>");
    while (text != NULL && (piece = strsep(&rest, ",")) != NULL) {
        page_put(page, "<bdi>");
        page_text(page, piece);
        page_put(page, rest != NULL ? "</bdi>," : "</bdi>");
    }
    page_put(page, "</p>\n");
    free(text);
}

static void put_head(struct page *page)
{
    const char *demo = page->report->card->demo->name;
    page_put(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                   "<meta charset=\"utf-8\">\n");
    page_format(page,
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                "'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action "
                "'none'\">\n",
                html_style_hash, html_script_hash);
    page_put(page, "<meta name=\"viewport\" content=\"width=device-width, "
                   "initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n");
    page_format(page, "<meta name=\"generator\" content=\"conc %s\">\n<title>conc ",
                CONC_VERSION);
    page_text(page, demo);
    page_put(page, ": ");
    put_tasks(page);
    page_put(page, "</title>\n<style>");
    page_put(page, html_style);
    page_put(page, "</style>\n</head>\n");
}

static void put_title_of(struct page *page)
{
    struct draft draft;
    page_put(page, "<header>\n<h1>conc ");
    page_text(page, page->report->card->demo->name);
    page_put(page, "</h1>\n");
    put_isolated_tasks(page);
    FILE *out = page_open_draft(page, &draft);
    if (out != NULL) {
        put_notes(page->report, true, page->ascii, out);
        page_paragraphs(page, "note", &draft);
    }
    page_put(page, "</header>\n");
}

static void put_body(struct page *page)
{
    page_put(page, "<body>\n");
    put_title_of(page);
    page_put(page, "<main>\n");
    html_pictures(page);
    html_exhibits(page);
    html_figures(page);
    html_votes(page);
    html_verdict(page);
    html_events(page);
    html_circumstances(page);
    page_put(page, "</main>\n<script type=\"application/json\" id=\"conc-data\">");
    markup_json(page->out, page->data->json, page->data->bytes);
    page_put(page, "</script>\n<script>");
    page_put(page, html_script);
    page_put(page, "</script>\n</body>\n</html>\n");
}

int html_write(const struct report *report, const struct style *style, FILE *out)
{
    struct drawing drawing;
    (void)style;
    int result = drawing_create(&drawing, report,
                                &(struct drawing_wish){.whole = true,
                                                       .columns = HTML_COLUMNS,
                                                       .blocks_max = HTML_BLOCKS_MAX});
    if (result != 0)
        return result;
    struct page_data data;
    result = html_data(report, &data);
    if (result == 0) {
        struct page page = {.out = out,
                            .report = report,
                            .drawing = &drawing,
                            .data = &data,
                            .ascii = report->options->ascii};
        put_head(&page);
        put_body(&page);
        result = page.result;
        html_data_destroy(&data);
    }
    drawing_destroy(&drawing);
    return result;
}
