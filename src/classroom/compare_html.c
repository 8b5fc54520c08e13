// SPDX-License-Identifier: MIT
#include "classroom/compare_view.h"

#include "view/markup.h"
#include "view/prediction.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>conc compare</title>\n<style>\n"
    ":root{color-scheme:light}"
    "body{margin:0;background:#fff;color:#1a1a1a;font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:64rem;margin:0 auto;padding:1rem}"
    "h1,h2{line-height:1.2}"
    ".warning{color:#a33d00;font-weight:bold}"
    ".wide{overflow-x:auto;margin:1rem 0}"
    ".wide svg{width:100%;min-width:44rem;height:auto;display:block}"
    ".wide:focus{outline:3px solid #0072b2}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;font-weight:bold;padding:.5rem 0}"
    "th,td{padding:.25rem .75rem;border-bottom:1px solid #d8d8d8;text-align:right;"
    "white-space:nowrap}"
    "th[scope=row],th[scope=rowgroup],td.text{text-align:left}"
    "th[scope=row]{font-weight:normal;max-width:20rem;overflow:hidden;"
    "text-overflow:ellipsis}"
    "td.reason{white-space:normal;min-width:12rem;text-align:left}";

static void put(FILE *out, const char *text)
{
    markup_text(out, text, false);
}

/** What one of the sayers says, as text. */
static int put_said(FILE *out, struct said *said)
{
    char *text = said_end(said);
    if (text == NULL)
        return UV_ENOMEM;
    put(out, text);
    free(text);
    return 0;
}

static int put_common(const struct comparison *comparison,
                      const struct compared_demo *demo, FILE *out)
{
    struct said said;
    if (!said_begin(&said))
        return UV_ENOMEM;
    compare_say_common(comparison, demo, said.out);
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
        struct said said;
        if (!said_begin(&said))
            return UV_ENOMEM;
        compare_say_difference(comparison, demo, &demo->differences[i], said.out);
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
    struct said said;
    if (!said_begin(&said))
        return UV_ENOMEM;
    compare_say_chart(comparison, demo, said.out);
    char *words = said_end(&said);
    if (words == NULL || compare_chart(&chart, comparison, demo) != 0) {
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

static const char *const headings[] = {
    "File",  "Machine",    "Cores",   "Runs",     "Median",    "Least",  "Greatest",
    "Ideal", "Over ideal", "Speedup", "vs first", "Predicted", "Reason",
};

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

static void put_times(FILE *out, const struct entry *entry)
{
    const struct spread *wall = &entry->wall;
    if (entry->wall_count == 0) {
        fputs("<td class=\"text\" colspan=\"8\">", out);
        put(out, compare_instead(entry).text);
        fputs("</td>", out);
        return;
    }
    put_cell(out, "", compare_runs_text(entry).text);
    put_cell(out, "", compare_wall_text(wall->median, false).text);
    put_cell(out, "", compare_wall_text(wall->min, false).text);
    put_cell(out, "", compare_wall_text(wall->max, false).text);
    put_cell(out, "", ttl_text(entry->ideal_ns, false).text);
    put_cell(out, "", overhead_text(wall->median - entry->ideal_ns, false).text);
    put_ratio(out, entry->speedup, entry->speedup_is);
    put_ratio(out, entry->to_first_is != JUDGE_NONE ? entry->to_first : 0,
              entry->to_first_is);
}

static void put_row(const struct comparison *comparison, const struct entry *entry,
                    FILE *out)
{
    const struct compared_file *file = &comparison->files[entry->file];
    const struct guess *guess = &entry->guess;
    char cores[64];
    snprintf(cores, sizeof cores, "%u of %u", file->cores_used, file->machine.cores);
    fputs("<tr><th scope=\"row\">", out);
    put(out, file->label);
    fputs("</th>", out);
    put_cell(out, " class=\"text\"", file->machine.cpu);
    put_cell(out, "", cores);
    put_times(out, entry);
    put_cell(out, "",
             guess->is_given ? predicted_text(guess->what, guess->value, false).text
                             : "");
    put_cell(out, " class=\"reason\"", guess->reason != NULL ? guess->reason : "");
    fputs("</tr>\n", out);
}

/** The medians of all files. */
static void put_all(const struct compared_variant *variant, FILE *out)
{
    const struct spread *wall = &variant->medians;
    fprintf(out, "<tr><th scope=\"row\">%s</th><td colspan=\"2\"></td>",
            compare_label_of_all(variant).text);
    put_cell(out, "", count_text(variant->measured).text);
    put_cell(out, "", compare_wall_text(wall->median, false).text);
    put_cell(out, "", compare_wall_text(wall->min, false).text);
    put_cell(out, "", compare_wall_text(wall->max, false).text);
    fputs("<td colspan=\"6\"></td></tr>\n", out);
}

static void put_table(const struct comparison *comparison,
                      const struct compared_demo *demo, FILE *out)
{
    size_t columns = sizeof headings / sizeof *headings;
    open_wide("The figures of ", demo->name, out);
    fputs("<table>\n<caption>The figures</caption>\n<thead><tr>", out);
    for (size_t i = 0; i < columns; i++)
        fprintf(out, "<th scope=\"col\">%s</th>", headings[i]);
    fputs("</tr></thead>\n", out);
    for (size_t i = 0; i < demo->variant_count; i++) {
        fprintf(out, "<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"%zu\">", columns);
        put(out, demo->variants[i].name);
        fputs("</th></tr>\n", out);
        for (size_t j = 0; j < demo->variants[i].count; j++)
            put_row(comparison, demo->variants[i].entries[j], out);
        if (has_row_of_all(&demo->variants[i]))
            put_all(&demo->variants[i], out);
        fputs("</tbody>\n", out);
    }
    fputs("</table>\n</div>\n", out);
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
