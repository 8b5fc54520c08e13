// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "view/cycle.h"
#include "view/histogram.h"
#include "view/html/page.h"
#include "view/interleaving.h"
#include "view/printed.h"
#include "view/svg/parts.h"

#include <stdlib.h>
#include <string.h>

/** As the svg view draws it; what it says is said in the sentences below it, too. */
static void put_boxes(struct page *page, size_t number)
{
    struct draft draft;
    FILE *out = page_open_draft(page, &draft);
    if (out == NULL)
        return;
    struct sheet sheet = {
        .out = out, .y = 1, .ascii = page->ascii, .report = page->report};
    double right = svg_cycle(&sheet, number);
    double left = SHEET_MARGIN, width = right - left + 1, height = sheet.y + 1;
    char *drawn = page_close_draft(page, &draft);
    if (sheet.result != 0)
        page->result = sheet.result;
    page_format(page,
                "<figure>\n<svg class=\"boxes\" width=\"%.0f\" height=\"%.0f\" "
                "viewBox=\"%.0f 0 %.0f %.0f\" aria-hidden=\"true\" "
                "font-family=\"sans-serif\">\n",
                width, height, left, width, height);
    page_put(page, drawn != NULL ? drawn : "");
    page_put(page, "</svg>\n</figure>\n");
    free(drawn);
}

static void put_cycle(struct page *page, size_t number)
{
    const struct run *run = cycle_run(&page->report->variants[number]);
    struct style style = {.width = 80, .unicode = !page->ascii};
    struct draft draft;
    FILE *out = run != NULL ? page_open_draft(page, &draft) : NULL;
    if (out == NULL)
        return;
    cycle_title(run, page->ascii, out);
    char *title = page_close_draft(page, &draft);
    page_put(page, "<h3>");
    page_text(page, page->report->variants[number].variant->name);
    page_put(page, ": ");
    page_text(page, title != NULL ? title : "");
    page_put(page, "</h3>\n");
    free(title);
    put_boxes(page, number);
    page_put(page, "<ul>\n");
    struct fold fold = cycle_fold(run);
    for (size_t i = 0; i < run->deadlock->count; i++) {
        bool is_hidden = i >= fold.first && i < fold.first + fold.hidden;
        if (is_hidden && i == fold.first)
            page_format(page, "<li>%s more</li>\n", count_text(fold.hidden).text);
        out = !is_hidden ? page_open_draft(page, &draft) : NULL;
        if (out == NULL)
            continue;
        cycle_sentence(run, i, &style, out);
        char *text = page_close_draft(page, &draft);
        page_element(page, "li", text != NULL ? text : "");
        free(text);
    }
    page_put(page, "</ul>\n");
}

static const struct lane *lane_at(const struct timeline *timeline, size_t index)
{
    return index < timeline->lane_count ? &timeline->lanes[index] : NULL;
}

static void put_step(struct page *page, const struct timeline *timeline,
                     const struct interleaving *interleaving, size_t number)
{
    const struct step *step = &interleaving->steps[number];
    bool is_right =
        step->lane == interleaving->right && step->lane != interleaving->left;
    char source[320];
    site_label(timeline, step->site, source, sizeof source);
    page_format(page, "<tr><th scope=\"row\">%zu</th>", number + 1);
    page_element(page, "td class=\"left\"", is_right ? "" : step->words);
    page_element(page, "td class=\"left\"", is_right ? step->words : "");
    page_element(page, "td", step->value);
    page_element(page, "td class=\"left\"", source);
    page_element(page, "td class=\"left wrong\"", step->remark);
    page_put(page, "</tr>\n");
}

static void put_interleaving(struct page *page, size_t number)
{
    struct interleaving interleaving;
    if (!interleaving_of(page->report, number, &interleaving))
        return;
    const struct variant_report *variant = &page->report->variants[number];
    const struct timeline *timeline = &variant->runs[interleaving.run].timeline;
    const struct lane *left = lane_at(timeline, interleaving.left);
    const struct lane *right = lane_at(timeline, interleaving.right);
    struct draft draft;
    FILE *out = page_open_draft(page, &draft);
    if (out == NULL)
        return;
    fprintf(out, "%s: ", variant->variant->name);
    interleaving_title(page->report, number, &interleaving, page->ascii, out);
    char *title = page_close_draft(page, &draft);
    page_put(page,
             "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
    page_text(page, title != NULL ? title : "");
    page_put(page, "\">\n<table class=\"steps\">\n");
    page_element(page, "caption", title != NULL ? title : "");
    free(title);
    page_put(page, "<thead><tr>");
    page_element(page, "th scope=\"col\" class=\"left\"", "step");
    page_element(page, "th scope=\"col\" class=\"left\"",
                 left != NULL ? left->name : "another");
    page_element(page, "th scope=\"col\" class=\"left\"",
                 right != NULL ? right->name : "another");
    page_element(page, "th scope=\"col\"", interleaving.value_heading);
    page_element(page, "th scope=\"col\" class=\"left\"", "source");
    page_put(page, "<td></td></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < interleaving.step_count; i++)
        put_step(page, timeline, &interleaving, i);
    page_put(page, "</tbody>\n</table>\n</div>\n");
}

static void put_histogram(struct page *page, size_t number)
{
    struct histogram histogram;
    if (!histogram_of(page->report, number, &histogram))
        return;
    char caption[256];
    snprintf(caption, sizeof caption, "%s: %s",
             page->report->variants[number].variant->name, histogram.title);
    page_put(page,
             "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
    page_text(page, caption);
    page_put(page, "\">\n<table>\n");
    page_element(page, "caption", caption);
    page_put(page, "<thead><tr><th scope=\"col\" class=\"left\">so many</th>"
                   "<th scope=\"col\">runs</th><td></td></tr></thead>\n<tbody>\n");
    uint64_t most = 1;
    for (size_t i = 0; i < histogram.bin_count; i++)
        most = histogram.bins[i].count > most ? histogram.bins[i].count : most;
    for (size_t i = 0; i < histogram.bin_count; i++) {
        const struct bin *bin = &histogram.bins[i];
        page_put(page, "<tr>");
        page_element(page, "th scope=\"row\"", bin->label);
        page_element(page, "td", count_text(bin->count).text);
        page_format(page,
                    "<td class=\"left\"><svg width=\"220\" height=\"14\" "
                    "aria-hidden=\"true\"><rect width=\"%.0f\" height=\"14\" "
                    "class=\"measured\"/></svg></td></tr>\n",
                    220.0 * (double)bin->count / (double)most);
    }
    page_put(page, "</tbody>\n</table>\n</div>\n");
}

static void put_lines(struct page *page, struct printed *printed)
{
    char *line;
    page_put(page, "<pre>");
    while (printed_line(printed, &line)) {
        if (line == NULL)
            page->result = UV_ENOMEM;
        else
            page_text(page, line);
        page_put(page, "\n");
        free(line);
    }
    page_put(page, "</pre>\n");
}

static void put_printed(struct page *page, struct printed *printed)
{
    page_put(page, "<h3>");
    page_text(page, printed->who);
    page_text(page, printed->says);
    page_put(page, "</h3>\n");
    if (printed->bytes > 0)
        put_lines(page, printed);
    for (size_t i = 0; i < PRINTED_NOTES; i++)
        if (printed->more[i][0] != '\0')
            page_format(page, "<p class=\"note\">%s</p>\n", printed->more[i]);
}

static void put_all_printed(struct page *page)
{
    struct printed printed;
    for (size_t k = 0; printed_of_all(page->report, k, &printed); k++)
        put_printed(page, &printed);
}

void html_exhibits(struct page *page)
{
    static void (*const put[])(struct page * page, size_t variant) = {
        put_cycle, put_interleaving, put_histogram};
    for (size_t i = 0; i < sizeof put / sizeof *put; i++)
        for (size_t k = 0; k < page->report->variant_count; k++)
            put[i](page, k);
    put_all_printed(page);
}
