// SPDX-License-Identifier: MIT
/**
 * One page of the whole run, in a file that needs nothing else: plain HTML with all
 * that there is to read, and a script that draws what there is to see.  The page lets
 * that one script and that one style sheet be used, and nothing be fetched.
 */

#include "card.h"
#include "view/html/page.h"
#include "view/words.h"

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
    page_put(page, "</h1>\n<p>");
    put_tasks(page);
    page_put(page, "</p>\n");
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
    if (page->result == 0)
        page->result = html_data(page->report, page->out);
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
    struct page page = {.out = out,
                        .report = report,
                        .drawing = &drawing,
                        .ascii = report->options->ascii};
    put_head(&page);
    put_body(&page);
    drawing_destroy(&drawing);
    return page.result;
}
