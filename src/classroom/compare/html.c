// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "view/markup.h"
#include "view/paint.h"
#include "view/words.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>conc compare</title>\n<style>\n"
    ":root{color-scheme:light}"
    "body{margin:0;background:#fff;color:" PAINT_TEXT
    ";font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:80rem;margin:0 auto;padding:1rem}"
    "h1,h2{line-height:1.2}"
    ".warning{color:" PAINT_WRONG ";font-weight:bold}"
    ".wide{overflow-x:auto;margin:1rem 0}"
    ".wide svg{width:100%;min-width:44rem;height:auto;display:block}"
    ".wide:focus{outline:3px solid " PAINT_RUN "}"
    "table{border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-"
    "nums}"
    "caption{text-align:left;font-weight:bold;padding:.5rem 0}"
    "th,td{padding:.25rem .5rem;border-bottom:1px solid " PAINT_GRID
    ";text-align:right;"
    "white-space:nowrap}"
    "th[scope=row],th[scope=rowgroup],.text{text-align:left}"
    "th[scope=row]{font-weight:normal;max-width:14rem;overflow:hidden;"
    "text-overflow:ellipsis;position:sticky;left:0;background:#fff}"
    "td.reason{white-space:normal;min-width:12rem;text-align:left}";

static void put(FILE *out, const char *text)
{
    markup_text(out, text, false);
}

/** What one of the sayers says, as text. */
static int put_said(FILE *out, struct draft *said)
{
    char *text = draft_close(said);
    if (text == NULL)
        return UV_ENOMEM;
    put(out, text);
    free(text);
    return 0;
}

static int put_common(const struct comparison *comparison,
                      const struct compared_demo *demo, FILE *out)
{
    struct draft said;
    if (draft_open(&said) == NULL)
        return UV_ENOMEM;
    compare_say_common(comparison, demo, said.file);
    fputs("<h2>", out);
    put(out, demo->name);
    fputs("</h2>\n<p>", out);
    int result = put_said(out, &said);
    fputs(".</p>\n", out);
    return result;
}

static int put_differences(const struct comparison *comparison,
                           const struct compared_demo *demo, FILE *out)
{
    int result = 0;
    if (demo->difference_count == 0)
        return 0;
    fputs("<p class=\"warning\">Not alike:</p>\n<ul class=\"warning\">\n", out);
    for (size_t i = 0; i < demo->difference_count && result == 0; i++) {
        struct draft said;
        if (draft_open(&said) == NULL)
            return UV_ENOMEM;
        compare_say_difference(comparison, demo, &demo->differences[i], said.file);
        fputs("<li>", out);
        result = put_said(out, &said);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
    return result;
}

/** Wider than a phone: it can be moved, also by keys. */
static void open_wide(const char *what, const char *name, FILE *out)
{
    fprintf(out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s",
            what);
    put(out, name);
    fputs("\">\n", out);
}

static int put_figure(const struct comparison *comparison,
                      const struct compared_demo *demo, FILE *out)
{
    struct compare_chart chart;
    struct draft said;
    if (draft_open(&said) == NULL)
        return UV_ENOMEM;
    compare_say_chart(comparison, demo, said.file);
    char *words = draft_close(&said);
    if (words == NULL ||
        compare_chart(&chart, comparison, demo, CHART_AMONG_WORDS) != 0) {
        free(words);
        return UV_ENOMEM;
    }
    open_wide("All runs of ", demo->name, out);
    fprintf(out,
            "<svg viewBox=\"0 0 %d %u\" role=\"img\" font-family=\"system-ui, "
            "sans-serif\" font-size=\"15\" aria-label=\"",
            CHART_WIDTH, chart.height);
    put(out, words);
    fprintf(out, "\">\n%s</svg>\n</div>\n", chart.text);
    free(chart.text);
    free(words);
    return 0;
}

/** Columns that not every table has. */
struct columns {
    bool machine, cores, guess, reason;
    unsigned count;
};

static struct columns columns_of(const struct compared_demo *demo)
{
    struct columns columns = {.machine = !demo->same_machine,
                              .cores = !demo->same_cores};
    for (size_t i = 0; i < demo->variant_count; i++)
        for (size_t j = 0; j < demo->variants[i].count; j++) {
            const struct guess *guess = &demo->variants[i].entries[j]->guess;
            columns.guess |= guess->is_given;
            columns.reason |= guess->reason != NULL && guess->reason[0] != '\0';
        }
    columns.count =
        8u + columns.machine + columns.cores + columns.guess + columns.reason;
    return columns;
}

static void put_heading(FILE *out, bool is_there, const char *class, const char *text)
{
    if (is_there)
        fprintf(out, "<th scope=\"col\"%s>%s</th>", class, text);
}

#define TEXT " class=\"text\""

static void put_headings(const struct columns *columns, FILE *out)
{
    static const char *const figures[] = {"Runs",       "Median",  "Spread",  "Ideal",
                                          "Over ideal", "Speedup", "vs first"};
    fputs("<thead><tr>", out);
    put_heading(out, true, TEXT, "File");
    put_heading(out, columns->machine, TEXT, "Machine");
    put_heading(out, columns->cores, "", "Cores");
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        put_heading(out, true, "", figures[i]);
    put_heading(out, columns->guess, "", "Predicted");
    put_heading(out, columns->reason, TEXT, "Reason");
    fputs("</tr></thead>\n", out);
}

static void put_cell(FILE *out, const char *class, const char *text)
{
    fprintf(out, "<td%s>", class);
    put(out, text);
    fputs("</td>", out);
}

static void put_ratio(FILE *out, double ratio, enum judgement is)
{
    char text[96] = "";
    if (ratio > 0)
        snprintf(text, sizeof text, "%s%s", ratio_text(ratio, false).text,
                 is == JUDGE_NOISE ? " noise" : "");
    put_cell(out, "", text);
}

static void put_spread(FILE *out, const struct spread *wall)
{
    struct quantity median = compare_wall_text(wall->median, false);
    put_cell(out, "", median.text);
    put_cell(out, "",
             wall->min < wall->max ? spread_words(wall, median.text, "–", false).text
                                   : "");
}

static void put_figures(FILE *out, const struct entry *entry)
{
    if (entry->wall_count == 0) {
        fputs("<td class=\"text\" colspan=\"7\">", out);
        put(out, compare_instead(entry).text);
        fputs("</td>", out);
        return;
    }
    put_cell(out, "", compare_runs_text(entry).text);
    put_spread(out, &entry->wall);
    bool is_known = entry->ideal_ns >= 0;
    int64_t over = entry->wall.median - entry->ideal_ns;
    put_cell(out, "", is_known ? ttl_text(entry->ideal_ns, false).text : "");
    put_cell(out, "", is_known ? overhead_text(over, false).text : "");
    put_ratio(out, entry->speedup, entry->speedup_is);
    put_ratio(out, entry->to_first_is != JUDGE_NONE ? entry->to_first : 0,
              entry->to_first_is);
}

static void put_guess(const struct columns *columns, const struct entry *entry,
                      FILE *out)
{
    const struct guess *guess = &entry->guess;
    if (columns->guess)
        put_cell(out, "", compare_guess_text(entry, false).text);
    if (columns->reason)
        put_cell(out, " class=\"reason\"", guess->reason != NULL ? guess->reason : "");
}

static void put_row(const struct comparison *comparison, const struct columns *columns,
                    const struct entry *entry, FILE *out)
{
    const struct compared_file *file = &comparison->files[entry->file];
    char cores[64];
    snprintf(cores, sizeof cores, "%u of %u", file->cores_used, file->machine.cores);
    fputs("<tr><th scope=\"row\">", out);
    put(out, file->label);
    fputs("</th>", out);
    if (columns->machine)
        put_cell(out, TEXT, file->machine.cpu);
    if (columns->cores)
        put_cell(out, "", cores);
    put_figures(out, entry);
    put_guess(columns, entry, out);
    fputs("</tr>\n", out);
}

static void put_empty(FILE *out, unsigned columns)
{
    for (unsigned i = 0; i < columns; i++)
        fputs("<td></td>", out);
}

/** The medians of all files. */
static void put_all(const struct compared_variant *variant,
                    const struct columns *columns, FILE *out)
{
    fprintf(out, "<tr><th scope=\"row\">%s</th>", compare_label_of_all(variant).text);
    put_empty(out, (unsigned)columns->machine + columns->cores);
    put_cell(out, "", count_text(variant->measured).text);
    put_spread(out, &variant->medians);
    put_empty(out, 4u + columns->guess + columns->reason);
    fputs("</tr>\n", out);
}

static void put_table(const struct comparison *comparison,
                      const struct compared_demo *demo, FILE *out)
{
    struct columns columns = columns_of(demo);
    open_wide("The figures of ", demo->name, out);
    fputs("<table>\n<caption>The figures</caption>\n", out);
    put_headings(&columns, out);
    for (size_t i = 0; i < demo->variant_count; i++) {
        const struct compared_variant *variant = &demo->variants[i];
        fprintf(out, "<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"%u\">",
                columns.count);
        put(out, variant->name);
        fputs("</th></tr>\n", out);
        for (size_t j = 0; j < variant->count; j++)
            put_row(comparison, &columns, variant->entries[j], out);
        if (has_row_of_all(variant))
            put_all(variant, &columns, out);
        fputs("</tbody>\n", out);
    }
    fputs("</table>\n</div>\n", out);
}

/** A paragraph a line. */
static int put_limits(const struct compared_demo *demo, FILE *out)
{
    struct draft said;
    if (draft_open(&said) == NULL)
        return UV_ENOMEM;
    compare_say_limits(demo, said.file);
    char *text = draft_close(&said), *rest = text, *line;
    if (text == NULL)
        return UV_ENOMEM;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (*line == '\0')
            continue;
        fputs("<p>", out);
        put(out, line);
        fputs("</p>\n", out);
    }
    free(text);
    return 0;
}

static int put_demo(const struct comparison *comparison,
                    const struct compared_demo *demo, FILE *out)
{
    fputs("<section>\n", out);
    int result = put_common(comparison, demo, out);
    if (result == 0)
        result = put_differences(comparison, demo, out);
    if (result == 0)
        result = put_figure(comparison, demo, out);
    if (result == 0)
        put_table(comparison, demo, out);
    if (result == 0)
        result = put_limits(demo, out);
    fputs("</section>\n", out);
    return result;
}

static void put_skipped(const struct comparison *comparison, FILE *out)
{
    if (comparison->skipped_count == 0)
        return;
    fputs("<section>\n<h2>Skipped</h2>\n<ul>\n", out);
    for (size_t i = 0; i < comparison->skipped_count; i++) {
        fputs("<li>", out);
        put(out, comparison->skipped[i].path);
        fputs(": ", out);
        put(out, comparison->skipped[i].error.text);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n</section>\n", out);
}

int compare_write_html(const struct comparison *comparison, const struct style *style,
                       FILE *out)
{
    (void)style;
    int result = 0;
    fprintf(out, "%s%s\n</style>\n</head>\n<body>\n<main>\n<h1>Runs compared</h1>\n",
            head, compare_chart_rules);
    for (size_t i = 0; i < comparison->demo_count && result == 0; i++)
        result = put_demo(comparison, &comparison->demos[i], out);
    put_skipped(comparison, out);
    fputs("<p>By conc compare " CONC_VERSION ".</p>\n</main>\n</body>\n</html>\n", out);
    return result;
}
