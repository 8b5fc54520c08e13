// SPDX-License-Identifier: MIT
/** The pages of demos/webapp/webapp.c.  What a visitor has typed is text to a page, and
 * never part of it: all that HTML gives a meaning to is escaped. */

#include <stdio.h>

#include "demo.h"

#include "text/quantity.h"
#include "view/axis.h"
#include "view/markup.h"
#include "webapp.h"

/** As many rows as a page of the log shows. */
#define SHOWN_ROWS 100

static void begin(const char *title, FILE *out)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
          "<meta name=\"viewport\" content=\"width=device-width\">"
          "<style>body { font-family: sans-serif; margin: 2em auto; max-width: 50em;"
          " padding: 0 1em } td, th { text-align: left; padding: 0 1em 0 0 }"
          " label { display: block; margin: .5em 0 }"
          " body > svg { width: 100%; font-size: 12px; fill: currentColor }"
          " .reply { fill: #0072b2; background: #0072b2; color: #fff }"
          " .row { fill: #e69f00; background: #e69f00; color: #000 }"
          " .lost { fill: #d55e00; background: #d55e00; color: #000 }"
          " .tick { stroke: currentColor; stroke-opacity: .3 }"
          " :root { color-scheme: light dark }</style>\n",
          out);
    fputs("<title>", out);
    fputs(title, out);
    fputs("</title></head>\n<body><h1>", out);
    fputs(title, out);
    fputs("</h1>\n", out);
}

static void end(FILE *out)
{
    fputs("<p><a href=\"/\">Search</a> <a href=\"/viewlog\">The log</a>"
          " <a href=\"/timeline\">The timeline</a></p>\n</body></html>\n",
          out);
}

void page_form(FILE *out)
{
    begin("Search for letters", out);
    fputs("<form method=\"post\" action=\"/search\">\n"
          "<label>Phrase <input name=\"phrase\" maxlength=\"100\" required></label>\n"
          "<label>Letters <input name=\"letters\" value=\"aeiou\" maxlength=\"30\">"
          "</label>\n<button>Search</button></form>\n",
          out);
    end(out);
}

void page_results(const struct request *request, FILE *out)
{
    const char *results = request_word(request, RESULTS);

    begin("Results", out);
    fputs("<p>Of <b id=\"letters\">", out);
    markup_escape(out, request_word(request, LETTERS));
    fputs("</b>, these are in <b id=\"phrase\">", out);
    markup_escape(out, request_word(request, PHRASE));
    fputs("</b>: <b id=\"results\">", out);
    markup_escape(out, results[0] != '\0' ? results : "none");
    fputs("</b></p>\n", out);
    end(out);
}

static void put_row(const struct request *row, void *data)
{
    FILE *out = data;

    fputs("<tr>", out);
    for (unsigned word = 0; word < WORDS; word++) {
        fputs("<td>", out);
        markup_escape(out, request_word(row, word));
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

/** The rows are needed now: nothing can be put off here. */
int64_t page_log(FILE *out)
{
    int64_t count;

    begin("The log", out);
    fputs("<table><tr><th>Phrase</th><th>Letters</th><th>Address</th><th>Browser</th>"
          "<th>Results</th></tr>\n",
          out);
    count = store_select(SHOWN_ROWS, put_row, out);
    fputs("</table>\n", out);
    if (count < 0)
        fputs("<p>The log cannot be read.</p>\n", out);
    else
        fprintf(out, "<p>Rows: <span id=\"rows\">%lld</span></p>\n", (long long)count);
    end(out);
    return count;
}

/* The timeline, as SVG --------------------------------------------------- */

/** From left to right, in its units: the phrase, the bars, and two columns of text. */
#define LEFT      160
#define WIDE      420
#define REPLY_AT  (LEFT + WIDE + 12)
#define ROW_AT    (REPLY_AT + 90)
#define ALL_WIDE  (ROW_AT + 118)
#define HEIGHT    24
#define TICK_WIDE 8 /* a digit, at most */

/** What is drawn: searches, and the time from the first one to the last thing that
 * happened to any. */
struct drawn {
    const struct times *searches;
    size_t count;
    int64_t from_ns, to_ns;
};

static double x_of(const struct drawn *drawn, int64_t at_ns)
{
    int64_t all_ns = drawn->to_ns - drawn->from_ns;

    return LEFT +
           (double)(at_ns - drawn->from_ns) * WIDE / (double)(all_ns > 0 ? all_ns : 1);
}

static void put_bar(const struct drawn *drawn, const char *name, int64_t from_ns,
                    int64_t to_ns, FILE *out)
{
    double x = x_of(drawn, from_ns);

    fprintf(out, "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" height=\"12\"/>", name,
            x, x_of(drawn, to_ns) - x + 1);
}

static void put_cell(int x, const char *before, int64_t ns, FILE *out)
{
    fprintf(out, "<text x=\"%d\" y=\"10\">%s%s</text>", x, before,
            ns < 0 ? "not yet" : duration_text(ns, false).text);
}

/** The search until its reply, and, from then on or before, until its row, with both as
 * text.  What is wider than its place, such as 28 W's, is clipped by an <svg>. */
static void put_search(const struct drawn *drawn, const struct times *search, FILE *out)
{
    int64_t reply_ns = search->replied_ns != 0 ? search->replied_ns : drawn->to_ns;
    int64_t row_ns = search->row_ns != 0 ? search->row_ns : drawn->to_ns;

    fprintf(out, "<svg width=\"%d\" height=\"%d\"><text y=\"10\">", LEFT - 8, HEIGHT);
    markup_escape(out, search->phrase);
    fputs("</text></svg>", out);
    if (row_ns > reply_ns)
        put_bar(drawn, search->is_lost ? "lost" : "row", reply_ns, row_ns, out);
    put_bar(drawn, "reply", search->came_ns, reply_ns, out);
    put_cell(REPLY_AT, "",
             search->replied_ns != 0 ? search->replied_ns - search->came_ns : -1, out);
    put_cell(ROW_AT, search->is_lost ? "lost after " : "",
             search->row_ns != 0 ? search->row_ns - search->came_ns : -1, out);
}

/** Round times since the first of them came, from top to bottom; and what the columns
 * of text are. */
static void put_axis(const struct drawn *drawn, FILE *out)
{
    struct axis_tick ticks[AXIS_TICKS_MAX];
    struct axis axis;
    const char *unit;
    size_t count;

    axis_init(&axis, 0, drawn->to_ns - drawn->from_ns, WIDE / TICK_WIDE);
    count = axis_ticks(&axis, true, ticks, &unit);
    for (size_t i = 0; i < count; i++) {
        double x = x_of(drawn, drawn->from_ns + ticks[i].at_ns);

        if (x > LEFT + WIDE)
            break;
        fprintf(out,
                "<path class=\"tick\" d=\"M%.1f 14V%zu\"/>"
                "<text x=\"%.1f\" y=\"10\" text-anchor=\"middle\">%s%s%s</text>\n",
                x, (drawn->count + 1) * HEIGHT, x, ticks[i].text, i == 0 ? " " : "",
                i == 0 ? unit : "");
    }
    fprintf(out,
            "<text x=\"%d\" y=\"10\">reply after</text>"
            "<text x=\"%d\" y=\"10\">row after</text>\n",
            REPLY_AT, ROW_AT);
}

static void put_drawing(const struct drawn *drawn, FILE *out)
{
    fprintf(out, "<svg viewBox=\"0 0 %d %zu\" role=\"list\" aria-label=\"searches\">\n",
            ALL_WIDE, (drawn->count + 1) * HEIGHT + 1);
    put_axis(drawn, out);
    for (size_t i = 0; i < drawn->count; i++) {
        fprintf(out, "<g role=\"listitem\" transform=\"translate(0 %zu)\">",
                (i + 1) * HEIGHT);
        put_search(drawn, &drawn->searches[i], out);
        fputs("</g>\n", out);
    }
    fputs("</svg>\n", out);
}

void page_timeline(const struct times *searches, size_t count, int64_t now_ns,
                   FILE *out)
{
    int64_t from_ns = count > 0 ? searches[0].came_ns : now_ns, to_ns = from_ns;
    struct drawn drawn;

    for (size_t i = 0; i < count; i++) {
        const struct times *one = &searches[i];
        int64_t end_ns = one->row_ns != 0 ? one->row_ns : now_ns;

        to_ns = end_ns > to_ns ? end_ns : to_ns;
        to_ns = one->replied_ns > to_ns ? one->replied_ns : to_ns;
    }
    drawn = (struct drawn){searches, count, from_ns, to_ns};
    begin("The timeline", out);
    fprintf(out,
            "<p>The latest searches, %zu in %s: from when each came to its "
            "<span class=\"reply\">reply</span>, and then until its "
            "<span class=\"row\">row</span> was in the log, or "
            "<span class=\"lost\">lost</span>.</p>\n",
            count, duration_text(to_ns - from_ns, false).text);
    if (count > 0)
        put_drawing(&drawn, out);
    end(out);
}
