// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "view/markup.h"
#include "view/paint.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define SENTENCES_MAX 40

const char compare_chart_rules[] =
    "text{fill:" PAINT_TEXT "}"
    ".warning{fill:" PAINT_WRONG ";font-weight:bold}"
    ".tick{stroke:" PAINT_GRID ";stroke-width:1;fill:none}"
    ".axis{stroke:" PAINT_TEXT ";stroke-width:1.5;fill:none}"
    ".spread{stroke:" PAINT_NOTE ";stroke-width:2;fill:none}"
    ".median{stroke:" PAINT_TEXT ";stroke-width:3;fill:none}"
    ".guess{stroke:" PAINT_TEXT ";stroke-width:1.8;fill:none}"
    ".key{stroke:" PAINT_TEXT ";fill:" PAINT_TEXT ";fill-opacity:.6}";

void compare_say_chart(const struct comparison *comparison,
                       const struct compared_demo *demo, FILE *out)
{
    size_t said = 0;
    compare_say_common(comparison, demo, out);
    fputs(".", out);
    for (size_t i = 0; i < demo->variant_count; i++)
        for (size_t j = 0; j < demo->variants[i].count; j++) {
            const struct entry *entry = demo->variants[i].entries[j];
            if (said++ >= SENTENCES_MAX)
                continue;
            fprintf(out, " %s, %s: %s.", entry->name,
                    comparison->files[entry->file].label,
                    entry->wall_count > 0
                        ? compare_wall_text(entry->wall.median, false).text
                        : compare_instead(entry).text);
        }
    if (said > SENTENCES_MAX)
        fprintf(out, " And %s more.", count_text(said - SENTENCES_MAX).text);
}

static int put_desc(const struct comparison *comparison, FILE *out)
{
    for (size_t i = 0; i < comparison->demo_count; i++) {
        struct draft said;
        if (draft_open(&said) == NULL)
            return UV_ENOMEM;
        fprintf(said.file, "%s%s: ", i > 0 ? " " : "", comparison->demos[i].name);
        compare_say_chart(comparison, &comparison->demos[i], said.file);
        char *text = draft_close(&said);
        if (text == NULL)
            return UV_ENOMEM;
        markup_text(out, text, false);
        free(text);
    }
    return 0;
}

static void destroy(struct compare_chart *charts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(charts[i].text);
    free(charts);
}

static int put_document(const struct comparison *comparison,
                        const struct compare_chart *charts, FILE *out)
{
    unsigned height = 0, y = 0;
    for (size_t i = 0; i < comparison->demo_count; i++)
        height += charts[i].height;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
            "viewBox=\"0 0 %d %u\" role=\"img\" aria-labelledby=\"title desc\" "
            "font-family=\"system-ui, sans-serif\" font-size=\"15\">\n"
            "<title id=\"title\">conc compare</title>\n<desc id=\"desc\">",
            CHART_WIDTH, height, CHART_WIDTH, height);
    int result = put_desc(comparison, out);
    fprintf(out,
            "</desc>\n<style>%s</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
            compare_chart_rules);
    for (size_t i = 0; i < comparison->demo_count; i++) {
        fprintf(out, "<g transform=\"translate(0,%u)\">\n%s</g>\n", y, charts[i].text);
        y += charts[i].height;
    }
    fputs("</svg>\n", out);
    return result;
}

int compare_write_svg(const struct comparison *comparison, const struct style *style,
                      FILE *out)
{
    (void)style;
    struct compare_chart *charts = calloc(comparison->demo_count + 1, sizeof *charts);
    int result = charts == NULL ? UV_ENOMEM : 0;
    size_t count = 0;
    while (result == 0 && count < comparison->demo_count) {
        result = compare_chart(&charts[count], comparison, &comparison->demos[count],
                               CHART_ALONE);
        count += result == 0;
    }
    if (result == 0)
        result = put_document(comparison, charts, out);
    if (charts != NULL)
        destroy(charts, count);
    return result;
}
