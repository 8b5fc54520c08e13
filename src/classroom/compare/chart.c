// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "text/width.h"
#include "view/markup.h"
#include "view/paint.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define LEFT     200 /**< where the axis begins; labels stand before it */
#define RIGHT    (CHART_WIDTH - 190) /**< where it ends; medians stand behind it */
#define ROW      24
#define LABEL    22  /**< characters of a label */
#define LINE     104 /**< of a line of words */
#define DOTS_MAX 240 /**< of a row; of more runs one stands for its neighbours */
#define TICKS    8

struct drawn {
    FILE *out;
    const struct comparison *comparison;
    const struct compared_demo *demo;
    struct label_style labels;
    int64_t from_ns, to_ns;
    unsigned y;
    bool guess, beyond; /**< what there is to explain */
};

/** Okabe and Ito's blue, vermilion, green and purple; each with a shape of its own. */
static const char *const colours[] = {PAINT_RUN, PAINT_BLOCKED, "#00795a", "#a6548a"};

enum { KINDS = 4 };

static double place(const struct drawn *drawn, int64_t ns)
{
    double share =
        (double)(ns - drawn->from_ns) / (double)(drawn->to_ns - drawn->from_ns);
    return LEFT + share * (RIGHT - LEFT);
}

/** `%.1f`, the same in every locale. */
static void put_number(FILE *out, double value)
{
    long tenths = (long)(value * 10 + (value < 0 ? -0.5 : 0.5));
    fprintf(out, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10,
            labs(tenths) % 10);
}

/** A shape around a point: a circle, a square, a triangle, a diamond. */
static void put_shape(FILE *out, size_t kind, double x, double y)
{
    static const char *const paths[KINDS] = {
        "m-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z", "m-4.5,-4.5h9v9h-9z",
        "m0,-5.5l5.5,9.5h-11z", "m0,-6l6,6l-6,6l-6,-6z"};
    fputs("<path d=\"M", out);
    put_number(out, x);
    fputc(',', out);
    put_number(out, y);
    fprintf(out, "%s\"/>", paths[kind % KINDS]);
}

/** A text of ours at a place. */
static void put_text(struct drawn *drawn, unsigned x, const char *attributes,
                     const char *text)
{
    fprintf(drawn->out, "<text x=\"%u\" y=\"%u\"%s>", x, drawn->y, attributes);
    markup_text(drawn->out, text, false);
    fputs("</text>\n", drawn->out);
}

/** Words on as many lines as they need. */
static void put_words(struct drawn *drawn, const char *attributes, const char *words)
{
    while (*words != '\0') {
        size_t length = text_fit(words, LINE);
        if (words[length] != '\0') {
            size_t blank = length;
            while (blank > 0 && words[blank] != ' ')
                blank--;
            length = blank > 0 ? blank : length > 0 ? length : strlen(words);
        }
        char *line = strndup(words, length);
        drawn->y += 20;
        put_text(drawn, 16, attributes, line != NULL ? line : "");
        free(line);
        words += length + strspn(words + length, " ");
    }
}

static void put_bar(struct drawn *drawn, const struct spread *wall)
{
    FILE *out = drawn->out;
    fputs("<path class=\"spread\" d=\"M", out);
    put_number(out, place(drawn, wall->min));
    fprintf(out, ",%uH", drawn->y);
    put_number(out, place(drawn, wall->max));
    fputs("\"/><path class=\"median\" d=\"M", out);
    put_number(out, place(drawn, wall->median));
    fprintf(out, ",%uv18\"/>", drawn->y - 9);
}

/** @walls: in ascending order. */
static void put_dots(struct drawn *drawn, size_t kind, const int64_t *walls,
                     size_t count)
{
    double least = (double)(RIGHT - LEFT) / DOTS_MAX, last = -CHART_WIDTH;
    for (size_t i = 0; i < count; i++) {
        double x = place(drawn, walls[i]);
        if (count > DOTS_MAX && x - last < least)
            continue;
        put_shape(drawn->out, kind, x, drawn->y);
        last = x;
    }
}

static void put_guess(struct drawn *drawn, const struct guess *guess)
{
    if (!guess->is_given || guess->what != PREDICT_TIME)
        return;
    bool before = guess->value<drawn->from_ns, after = guess->value> drawn->to_ns;
    double x = before ? LEFT : after ? RIGHT : place(drawn, guess->value);
    drawn->guess |= !before && !after;
    drawn->beyond |= before || after;
    fputs("<path class=\"guess\" d=\"M", drawn->out);
    put_number(drawn->out, x);
    fprintf(drawn->out, ",%u%s\"/>", drawn->y,
            before  ? "l7,-7m-7,7l7,7"
            : after ? "l-7,-7m7,7l-7,7"
                    : "m0,-8l8,8l-8,8l-8,-8z");
}

/** @cut: a label, taken over. */
static void put_label(struct drawn *drawn, char *cut)
{
    unsigned middle = drawn->y;
    drawn->y += 5;
    put_text(drawn, LEFT - 16, " text-anchor=\"end\"", cut != NULL ? cut : "");
    drawn->y = middle;
    free(cut);
}

static void put_beside(struct drawn *drawn, unsigned x, const char *words)
{
    unsigned middle = drawn->y;
    drawn->y += 5;
    put_text(drawn, x, "", words);
    drawn->y = middle;
}

/** "20.2 ms, 1.49×": the speedup where it is one over another variant. */
static void put_figures(struct drawn *drawn, const struct entry *entry)
{
    char words[160];
    struct quantity median = compare_wall_text(entry->wall.median, false);
    if (entry->speedup_is == JUDGE_NONE)
        snprintf(words, sizeof words, "%s", median.text);
    else
        snprintf(words, sizeof words, "%s, %s%s", median.text,
                 ratio_text(entry->speedup, false).text,
                 entry->speedup_is == JUDGE_NOISE ? " noise" : "");
    put_beside(drawn, RIGHT + 16, words);
}

/** "stuck, and ended; predicted: it ends". */
static void put_instead(struct drawn *drawn, const struct entry *entry)
{
    char words[300];
    snprintf(words, sizeof words, "%s%s%s", compare_instead(entry).text,
             entry->guess.is_given ? "; predicted: " : "",
             compare_guess_text(entry, false).text);
    put_beside(drawn, LEFT + 8, words);
}

static void put_entry(struct drawn *drawn, size_t kind, const struct entry *entry)
{
    drawn->y += ROW;
    put_label(drawn, compare_label(&drawn->labels,
                                   drawn->comparison->files[entry->file].label));
    fprintf(drawn->out, "<g fill=\"%s\" fill-opacity=\"0.6\" stroke=\"%s\">",
            colours[kind % KINDS], colours[kind % KINDS]);
    if (entry->wall_count > 0) {
        put_bar(drawn, &entry->wall);
        put_dots(drawn, kind, entry->walls, entry->wall_count);
    }
    put_guess(drawn, &entry->guess);
    fputs("</g>\n", drawn->out);
    if (entry->wall_count > 0)
        put_figures(drawn, entry);
    else
        put_instead(drawn, entry);
}

/** The medians of all files. */
static void put_all(struct drawn *drawn, size_t kind,
                    const struct compared_variant *variant)
{
    drawn->y += ROW;
    put_label(drawn, strdup(compare_label_of_all(variant).text));
    fprintf(drawn->out, "<g fill=\"%s\" fill-opacity=\"0.6\" stroke=\"%s\">",
            colours[kind % KINDS], colours[kind % KINDS]);
    put_bar(drawn, &variant->medians);
    for (size_t i = 0; i < variant->count; i++)
        if (variant->entries[i]->wall_count > 0)
            put_shape(drawn->out, kind, place(drawn, variant->entries[i]->wall.median),
                      drawn->y);
    fputs("</g>\n", drawn->out);
    put_beside(drawn, RIGHT + 16,
               compare_wall_text(variant->medians.median, false).text);
}

static void put_rows(struct drawn *drawn)
{
    for (size_t i = 0; i < drawn->demo->variant_count; i++) {
        const struct compared_variant *variant = &drawn->demo->variants[i];
        drawn->y += ROW + 8;
        put_text(drawn, 16, " font-weight=\"bold\"", variant->name);
        for (size_t j = 0; j < variant->count; j++)
            put_entry(drawn, i, variant->entries[j]);
        if (has_row_of_all(variant))
            put_all(drawn, i, variant);
    }
}

/** The least step of 1, 2 or 5 that makes few enough. */
static int64_t step_of(int64_t stretch)
{
    int64_t power = 1;
    while (power < stretch / (10 * TICKS))
        power *= 10;
    for (;; power *= 10)
        for (int64_t digit = 1; digit <= 5; digit += digit == 1 ? 1 : 3)
            if (stretch / (power * digit) <= TICKS)
                return power * digit;
}

static int decimals_of(int64_t step, enum time_unit unit)
{
    static const int64_t units[] = {
        [UNIT_US] = 1000, [UNIT_MS] = 1000000, [UNIT_S] = 1000000000};
    int decimals = 0;
    for (int64_t part = units[unit]; step % part != 0 && part > 1; part /= 10)
        decimals++;
    return decimals;
}

/** Where the rows will end. */
static unsigned bottom_of(const struct drawn *drawn)
{
    unsigned y = drawn->y;
    for (size_t i = 0; i < drawn->demo->variant_count; i++) {
        const struct compared_variant *variant = &drawn->demo->variants[i];
        y += ROW + 8 + ROW * (unsigned)(variant->count + has_row_of_all(variant));
    }
    return y + ROW;
}

/** The axis, and lines up from it which the rows are drawn over. */
static void put_axis(struct drawn *drawn)
{
    FILE *out = drawn->out;
    int64_t step = step_of(drawn->to_ns - drawn->from_ns);
    enum time_unit unit = time_unit_of(drawn->to_ns);
    unsigned top = drawn->y, bottom = bottom_of(drawn);
    drawn->y = bottom + 20;
    for (int64_t at = (drawn->from_ns + step - 1) / step * step; at <= drawn->to_ns;
         at += step) {
        unsigned x = (unsigned)(place(drawn, at) + 0.5);
        fprintf(out, "<path class=\"tick\" d=\"M%u,%uV%u\"/>", x, top + 16, bottom);
        put_text(drawn, x, " text-anchor=\"middle\"",
                 time_text(at, unit, decimals_of(step, unit), false).text);
    }
    fprintf(out, "<path class=\"axis\" d=\"M%d,%uH%d\"/>\n", LEFT, bottom, RIGHT);
    drawn->y = top;
}

static void put_key(struct drawn *drawn, unsigned *x, const char *shape,
                    const char *words)
{
    fprintf(drawn->out, "<path class=\"%s", shape);
    fprintf(drawn->out, "\" transform=\"translate(%u,%u)\"/>", *x, drawn->y - 5);
    put_text(drawn, *x + 14, "", words);
    *x += 14 + 8 * (unsigned)strlen(words) + 32;
}

static void put_keys(struct drawn *drawn)
{
    unsigned x = LEFT;
    drawn->y += 30;
    put_key(drawn, &x, "key\" d=\"m-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z", "a run");
    put_key(drawn, &x, "median\" d=\"M0,-9v18", "the median");
    put_key(drawn, &x, "spread\" d=\"M-8,0h16", "least to greatest");
    if (drawn->guess)
        put_key(drawn, &x, "guess\" d=\"M0,-8l8,8l-8,8l-8,-8z", "predicted");
    if (drawn->beyond)
        put_key(drawn, &x, "guess\" d=\"M0,0l-7,-7m7,7l-7,7", "predicted beyond");
}

static int put_said(struct drawn *drawn, const char *attributes, struct draft *said)
{
    char *text = draft_close(said), *rest = text, *line;
    if (text == NULL)
        return UV_ENOMEM;
    while ((line = strsep(&rest, "\n")) != NULL)
        put_words(drawn, attributes, line);
    free(text);
    return 0;
}

static int put_head(struct drawn *drawn)
{
    struct draft said;
    drawn->y += 34;
    put_text(drawn, 16, " font-size=\"22\" font-weight=\"bold\"", drawn->demo->name);
    drawn->y += 4;
    if (draft_open(&said) == NULL)
        return UV_ENOMEM;
    compare_say_common(drawn->comparison, drawn->demo, said.file);
    int result = put_said(drawn, "", &said);
    for (size_t i = 0; i < drawn->demo->difference_count && result == 0; i++) {
        if (draft_open(&said) == NULL)
            return UV_ENOMEM;
        fputs("not alike: ", said.file);
        compare_say_difference(drawn->comparison, drawn->demo,
                               &drawn->demo->differences[i], said.file);
        result = put_said(drawn, " class=\"warning\"", &said);
    }
    return result;
}

static int put_limits(struct drawn *drawn)
{
    struct draft said;
    if (draft_open(&said) == NULL)
        return UV_ENOMEM;
    drawn->y += 8;
    compare_say_limits(drawn->demo, said.file);
    return put_said(drawn, "", &said);
}

static int put_chart(struct drawn *drawn, enum chart_words words)
{
    int64_t least, greatest;
    int result = words == CHART_ALONE ? put_head(drawn) : 0;
    bool any = compare_range(drawn->demo, &least, &greatest);
    compare_axis_range(drawn->demo, &drawn->from_ns, &drawn->to_ns);
    if (drawn->to_ns - drawn->from_ns < 1000)
        drawn->to_ns = drawn->from_ns + 1000;
    if (any)
        put_axis(drawn);
    put_rows(drawn);
    if (any) {
        drawn->y += ROW + 20;
        put_keys(drawn);
    }
    if (result == 0 && words == CHART_ALONE)
        result = put_limits(drawn);
    drawn->y += 20;
    return result;
}

int compare_chart(struct compare_chart *chart, const struct comparison *comparison,
                  const struct compared_demo *demo, enum chart_words words)
{
    struct draft said;
    struct drawn drawn = {.comparison = comparison, .demo = demo};
    if (draft_open(&said) == NULL)
        return UV_ENOMEM;
    static const struct style style = {.width = 300, .unicode = true};
    drawn.out = said.file;
    drawn.labels = compare_label_style(comparison, demo, &style, LABEL);
    int result = put_chart(&drawn, words);
    chart->text = draft_close(&said);
    chart->height = drawn.y;
    if (result == 0 && chart->text != NULL)
        return 0;
    free(chart->text);
    return UV_ENOMEM;
}
