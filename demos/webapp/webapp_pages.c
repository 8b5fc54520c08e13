// SPDX-License-Identifier: MIT
/** The pages of demos/webapp/webapp.c.  What a visitor has typed is text to a page, and
 * never part of it: all that HTML gives a meaning to is escaped. */

#include <stdio.h>

#include "demo.h"

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
          " svg { width: 100%; font-size: 12px; fill: currentColor }"
          " .reply { fill: #0072b2; background: #0072b2; color: #fff }"
          " .row { fill: #e69f00; background: #e69f00; color: #000 }"
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

#define LEFT   200
#define WIDE   600
#define HEIGHT 24

static void put_bar(const char *name, int64_t from_ns, int64_t to_ns, int64_t all_ns,
                    FILE *out)
{
    double scale = (double)WIDE / (double)(all_ns > 0 ? all_ns : 1);

    fprintf(out, "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" height=\"12\"/>", name,
            LEFT + (double)from_ns * scale, (double)(to_ns - from_ns) * scale + 1);
}

/** The search until its reply, and, from then on or before, until its row. */
static void put_search(const struct times *search, int64_t from_ns, int64_t to_ns,
                       FILE *out)
{
    int64_t came_ns = search->came_ns - from_ns, all_ns = to_ns - from_ns;
    int64_t reply_ns = search->replied_ns != 0 ? search->replied_ns - from_ns : all_ns;
    int64_t row_ns = search->written_ns != 0 ? search->written_ns - from_ns : all_ns;

    fputs("<text y=\"10\">", out);
    markup_escape(out, search->phrase);
    fputs("</text>", out);
    if (row_ns > reply_ns)
        put_bar("row", reply_ns, row_ns, all_ns, out);
    put_bar("reply", came_ns, reply_ns, all_ns, out);
    fprintf(out, "<title>reply after %.3f ms; row %s %.3f ms</title>",
            (double)(reply_ns - came_ns) / 1e6,
            search->written_ns != 0 ? "after" : "not written yet, after",
            (double)(row_ns - came_ns) / 1e6);
}

void page_timeline(const struct times *searches, size_t count, int64_t now_ns,
                   FILE *out)
{
    int64_t from_ns = count > 0 ? searches[0].came_ns : now_ns, to_ns = from_ns;

    for (size_t i = 0; i < count; i++) {
        const struct times *one = &searches[i];
        int64_t end_ns = one->written_ns != 0 ? one->written_ns : now_ns;

        to_ns = end_ns > to_ns ? end_ns : to_ns;
        to_ns = one->replied_ns > to_ns ? one->replied_ns : to_ns;
    }
    begin("The timeline", out);
    fprintf(out,
            "<p>The latest searches, %zu in %.3f s: from when each came to its "
            "<span class=\"reply\">reply</span>, and then to its "
            "<span class=\"row\">row</span> in the log.</p>\n"
            "<svg viewBox=\"0 0 %d %zu\" role=\"list\" aria-label=\"searches\">\n",
            count, (double)(to_ns - from_ns) / 1e9, LEFT + WIDE + 2,
            count * HEIGHT + 1);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "<g role=\"listitem\" transform=\"translate(0 %zu)\">",
                i * HEIGHT);
        put_search(&searches[i], from_ns, to_ns, out);
        fputs("</g>\n", out);
    }
    fputs("</svg>\n", out);
    end(out);
}
