// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "view/chosen_run.h"
#include "view/endings.h"
#include "view/html/page.h"
#include "view/legend.h"

#include <stdlib.h>
#include <string.h>

static const char tools[] =
    "<div class=\"tools\" role=\"group\" aria-label=\"Zoom\" hidden>\n"
    "<button type=\"button\" data-action=\"in\" aria-label=\"Zoom in\">+</button>\n"
    "<button type=\"button\" data-action=\"out\" aria-label=\"Zoom out\">&#8722;"
    "</button>\n"
    "<button type=\"button\" data-action=\"left\" aria-label=\"Earlier\">&#9664;"
    "</button>\n"
    "<button type=\"button\" data-action=\"right\" aria-label=\"Later\">&#9654;"
    "</button>\n"
    "<button type=\"button\" data-action=\"all\">All</button>\n"
    "<output id=\"shown\"></output>\n"
    "</div>\n";

static const char keys[] =
    "<details class=\"keys\"><summary>Keys and pointer</summary>\n"
    "<p id=\"keys\">Tab goes to the lanes. There <kbd>&#8593;</kbd> <kbd>&#8595;</kbd> "
    "(<kbd>Page up</kbd> <kbd>Page down</kbd>: ten on) "
    "choose a lane, <kbd>&#8592;</kbd> <kbd>&#8594;</kbd> a piece of it, "
    "<kbd>Home</kbd> <kbd>End</kbd> its first and last; <kbd>+</kbd> <kbd>-</kbd> "
    "zoom, "
    "<kbd>Shift</kbd> with an arrow moves along, <kbd>Enter</kbd> fills the picture "
    "with "
    "the piece, <kbd>0</kbd> shows all, <kbd>Esc</kbd> closes the note. With a "
    "pointer: "
    "hover over a piece, drag to move along, <kbd>Ctrl</kbd> and the wheel zoom.</p>\n"
    "</details>\n";

static const char without_script[] =
    "<noscript><p>The picture is drawn by a script, which is switched off here. What "
    "it "
    "shows stands below too: in the table, and event by event. <code>conc</code> "
    "writes "
    "a still picture with <code>-o FILE.svg</code>.</p></noscript>\n";

static void put_heading(struct page *page, size_t number, const struct run *run)
{
    const struct variant_report *variant = &page->report->variants[number];
    bool is_stuck = run->ending == ENDING_DEADLOCK && run->deadlock != NULL;
    page_format(page, "<h3 id=\"variant-%zu\"><span>", number);
    page_text(page, variant->variant->name);
    page_format(page, "</span> <span class=\"wall%s\">", is_stuck ? " wrong" : "");
    if (is_stuck && variant->run_count > 1)
        page_format(page,
                    "run %s: ", count_text((uint64_t)(run - variant->runs) + 1).text);
    page_text(page, is_stuck ? ending_words(page->report, run, page->ascii).text
                             : duration_text(run->wall_ns, page->ascii).text);
    page_put(page, "</span></h3>\n");
}

void html_totals(const struct lane *lane, bool ascii, FILE *out)
{
    int64_t life = lane->end_ns - lane->start_ns;
    const char *between = "";
    for (int state = 0; state < STATE_COUNT; state++) {
        int64_t ns = lane->in_state_ns[state];
        if (ns > 0 && ns >= life / 50) {
            fprintf(out, "%s%s %s", between, state_name((enum state)state),
                    duration_text(ns, ascii).text);
            between = ", ";
        }
    }
}

static void put_lane(struct page *page, const struct lane *lane)
{
    static const char *const kinds[LANE_KINDS] = {"process", "thread", "task"};
    struct draft draft;
    FILE *out = page_open_draft(page, &draft);
    if (out == NULL)
        return;
    html_totals(lane, page->ascii, out);
    char *totals = page_close_draft(page, &draft);
    page_put(page, "<div class=\"lane\"><span class=\"name\" dir=\"auto\" "
                   "aria-hidden=\"true\">");
    page_text(page, lane->name);
    page_put(page,
             "</span><canvas tabindex=\"0\" role=\"img\" aria-describedby=\"keys\" "
             "aria-label=\"");
    page_text(page, lane->name);
    page_format(page, ", %s: ", kinds[lane->kind]);
    page_text(page, totals != NULL ? totals : "");
    page_put(page, "\"></canvas><span class=\"totals\" aria-hidden=\"true\">");
    page_text(page, totals != NULL ? totals : "");
    page_put(page, "</span></div>\n");
    free(totals);
}

/** The script fills the box when it is opened. */
static void put_fold(struct page *page, size_t number)
{
    const struct drawn_part *part = &page->drawing->parts[number];
    size_t held = page->data->folded[number], hidden = part->fold.hidden;
    page_format(page, "<details class=\"fold\"><summary>%s ",
                page->ascii ? "..." : "…");
    page_text(page, fold_words(&part->run->timeline, &part->fold,
                               part->run->ending == ENDING_RUNNING, 400, page->ascii)
                        .text);
    page_put(page, "</summary>\n");
    if (held < hidden)
        page_format(page,
                    "<p class=\"note\">The first %s of them; there is no room in this "
                    "page for the other %s.</p>\n",
                    count_text(held).text, count_text(hidden - held).text);
    page_format(page,
                "<div class=\"lanes\" tabindex=\"0\" role=\"group\" "
                "aria-label=\"%s lane%s that were folded\"></div>\n</details>\n",
                count_text(held).text, held == 1 ? "" : "s");
}

/** Things to know of a run before reading its picture. */
static void put_remarks(struct page *page, const struct variant_report *variant,
                        const struct run *run)
{
    const struct run *failed = failed_run(variant);
    if (failed != NULL) {
        char *words = failure_words(page->report, failed, page->ascii);
        page_put(page, "<p class=\"remark wrong\">");
        if (variant->run_count > 1)
            page_format(page, "run %s: ",
                        count_text((uint64_t)(failed - variant->runs) + 1).text);
        if (words == NULL)
            page->result = UV_ENOMEM;
        else
            page_text(page, words);
        page_put(page, "</p>\n");
        free(words);
    }
    const struct sentence notes[] = {disturbed_words(run), dropped_words(run)};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (notes[i].text[0] != '\0')
            page_element(page, "p class=\"remark note\"", notes[i].text);
}

static void put_prediction(struct page *page, size_t number)
{
    if (report_prediction(page->report, &page->report->variants[number]) == NULL)
        return;
    char *words = prediction_words(page->report, number, page->ascii);
    if (words == NULL)
        page->result = UV_ENOMEM;
    else
        page_element(page, "p class=\"remark guess\"", words);
    free(words);
}

static void put_absent(struct page *page, size_t number)
{
    const struct variant_report *variant = &page->report->variants[number];
    page_format(page, "<h3 id=\"variant-%zu\">", number);
    page_text(page, variant->variant->name);
    page_put(page, "</h3>\n");
    page_element(page, "p class=\"remark note\"",
                 variant->status == VARIANT_SKIPPED
                     ? skipped_words(page->report, variant, page->ascii).text
                     : "not run");
}

static void put_part(struct page *page, size_t number)
{
    const struct drawn_part *part = &page->drawing->parts[number];
    if (part->run == NULL) {
        put_absent(page, number);
        return;
    }
    put_heading(page, number, part->run);
    page_format(
        page,
        "<div class=\"part\" role=\"application\" aria-labelledby=\"variant-%zu\">\n",
        number);
    for (size_t i = 0; i < part->lane_count; i++) {
        if (i == part->fold.first && part->fold.hidden > 0)
            put_fold(page, number);
        put_lane(page, &part->run->timeline.lanes[part->lanes[i].lane]);
    }
    if (part->fold.hidden > 0 && part->fold.last == 0)
        put_fold(page, number);
    page_put(page, "</div>\n");
    put_remarks(page, &page->report->variants[number], part->run);
    put_prediction(page, number);
}

/** `later`: it occurs in lanes that are not shown yet. */
static void put_sign(struct page *page, const char *sign, const char *words, bool later)
{
    page_format(page, "<li%s><canvas data-sign=\"%s\" aria-hidden=\"true\"></canvas>",
                later ? " hidden" : "", sign);
    page_text(page, words);
    page_put(page, "</li>\n");
}

static void put_legend(struct page *page)
{
    const struct legend *legend = &page->drawing->legend, *other = &page->data->legend;
    page_put(page, "<ul class=\"legend\" aria-label=\"States\">\n");
    for (int i = 0; i < STATE_COUNT; i++)
        if (legend->state[i] || other->state[i])
            put_sign(page, state_name((enum state)i),
                     legend_words(legend->state[i] ? legend : other, (enum state)i),
                     !legend->state[i]);
    if (legend->beat || other->beat)
        put_sign(page, "beat", (legend->beat ? legend : other)->beat_name,
                 !legend->beat);
    if (legend->cut || other->cut)
        put_sign(page, "cut", "cut off", !legend->cut);
    page_put(page, "</ul>\n");
}

static bool has_lanes(const struct page *page)
{
    for (size_t i = 0; i < page->report->variant_count; i++)
        if (page->drawing->parts[i].run != NULL)
            return true;
    return false;
}

void html_pictures(struct page *page)
{
    page_put(page, "<section aria-labelledby=\"picture\">\n"
                   "<h2 id=\"picture\">Picture</h2>\n");
    page_put(page, has_lanes(page) ? "<div>\n" : "<div hidden>\n");
    page_put(page, without_script);
    page_put(page, tools);
    page_put(page, keys);
    page_put(page, "</div>\n<div id=\"chart\">\n");
    for (size_t i = 0; i < page->report->variant_count; i++)
        put_part(page, i);
    page_format(page,
                "<div class=\"axis\" aria-hidden=\"true\"%s><canvas></canvas></div>\n",
                has_lanes(page) ? "" : " hidden");
    page_put(page, "<div id=\"tip\" hidden></div>\n"
                   "</div>\n"
                   "<p id=\"live\" class=\"unseen\" aria-live=\"polite\"></p>\n");
    put_legend(page);
    page_put(page, "</section>\n");
}
