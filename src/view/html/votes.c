// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "view/html/page.h"
#include "view/votes/words.h"

#include <stdlib.h>

#define BAR_WIDTH 130.0

static void put_headings(struct page *page, bool again)
{
    page_put(page, "<thead><tr><th scope=\"col\" class=\"left\">said</th>");
    page_format(page, "<th scope=\"col\" colspan=\"2\" class=\"left\">%s</th>",
                again ? "first vote" : "votes");
    if (again)
        page_put(page, "<th scope=\"col\" colspan=\"2\" class=\"left\">second "
                       "vote</th>");
    page_put(page, "<td></td></tr></thead>\n<tbody>\n");
}

static void put_count(struct page *page, size_t count, size_t most)
{
    page_element(page, "td", count_text(count).text);
    page_format(page,
                "<td class=\"left\"><svg width=\"%.0f\" height=\"14\" "
                "aria-hidden=\"true\"><rect width=\"%.0f\" height=\"14\" "
                "class=\"measured\"/></svg></td>",
                BAR_WIDTH, BAR_WIDTH * (double)count / (double)most);
}

static void put_bins(struct page *page, const struct class_figures *figures)
{
    struct class_counts counts;
    class_count(figures, &counts);
    for (size_t bin = 0; bin < figures->bins.count; bin++) {
        page_put(page, "<tr>");
        page_element(page, "th scope=\"row\"",
                     class_bin_label(&figures->bins, bin, page->ascii).text);
        put_count(page, counts.at[0][bin], counts.most);
        if (figures->again != NULL)
            put_count(page, counts.at[1][bin], counts.most);
        page_put(page, "<td class=\"left\">");
        if (counts.measured == bin)
            page_element(page, "strong", figures->mark.text);
        page_put(page, "</td></tr>\n");
    }
}

static void put_words(struct page *page, const struct class_figures *figures)
{
    struct draft draft;
    FILE *out = page_open_draft(page, &draft);
    char *text = class_words(figures, page->ascii);
    if (out == NULL || text == NULL)
        page->result = UV_ENOMEM;
    if (out != NULL) {
        fputs(text != NULL ? text : "", out);
        page_paragraphs(page, "", &draft);
    }
    free(text);
}

void html_votes(struct page *page)
{
    struct class_figures figures;
    if (page->report->options->votes == NULL || page->result != 0)
        return;
    page->result = class_figures_of(&figures, page->report, true, page->ascii);
    if (page->result != 0)
        return;
    page_put(page, "<section aria-labelledby=\"class\">\n<h2 id=\"class\">What the "
                   "class said of ");
    page_text(page, figures.variant->name);
    page_put(page, "</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                   "aria-label=\"The votes\">\n<table>\n"
                   "<caption>How many said what</caption>\n");
    put_headings(page, figures.again != NULL);
    put_bins(page, &figures);
    page_put(page, "</tbody>\n</table>\n</div>\n");
    put_words(page, &figures);
    page_put(page, "</section>\n");
}
