// SPDX-License-Identifier: MIT
#include "card.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/bars.h"
#include "view/card_text.h"
#include "view/chart.h"
#include "view/cycle.h"
#include "view/grid.h"
#include "view/histogram.h"
#include "view/interleaving.h"
#include "view/pictures.h"
#include "view/prediction.h"
#include "view/printed.h"
#include "view/table.h"

#include <stdlib.h>
#include <string.h>

/** Sentences longer than this are hard to read, however wide the terminal. */
#define READING_WIDTH 92

/** Say which differences may be none. */
static int put_noise(struct pen *pen, const struct report *report)
{
    char *words = noise_words(report);
    if (words != NULL && *words != '\0')
        pen_wrap(pen, INK_FAINT, 0, READING_WIDTH, words);
    int result = words != NULL ? 0 : UV_ENOMEM;
    free(words);
    return result;
}

/** So many bytes of a line too long for its columns stand on the first of its lines: up
 * to a blank, where that leaves no line half empty. */
static size_t fold_at(const char *line, unsigned columns)
{
    size_t fits = text_fit(line, columns);
    size_t at = fits > 0 ? fits : strlen(line);
    if (line[at] == '\0' || line[at] == ' ')
        return at;
    while (at > fits / 2 && line[at - 1] != ' ')
        at--;
    return at > fits / 2 ? at : fits;
}

/** A line of what a demo printed; long ones are folded. */
static void put_printed_line(struct pen *pen, const char *line)
{
    const char *bar = pen->style->unicode ? "│" : "|";
    char *safe = line != NULL ? safe_copy(line, pen->style) : NULL;
    unsigned indent = pen->style->width < 20 ? 0 : 2;
    const char *rest = safe != NULL ? safe : "";
    do {
        pen_move(pen, indent);
        pen_put(pen, INK_FAINT, bar);
        pen_move(pen, indent + 2);
        unsigned columns =
            pen->style->width > indent + 3 ? pen->style->width - indent - 2 : 1;
        size_t fits = fold_at(rest, columns);
        size_t shown = fits;
        while (rest[fits] != '\0' && shown > 1 && rest[shown - 1] == ' ')
            shown--;
        char *piece = strndup(rest, shown);
        pen_put(pen, INK_PLAIN, piece != NULL ? piece : "");
        free(piece);
        pen_newline(pen);
        rest += fits;
        rest += strspn(rest, " ");
    } while (*rest != '\0');
    free(safe);
}

static void put_printed(struct pen *pen, struct printed *printed)
{
    char *line, *who = safe_copy(printed->who, pen->style);
    pen_newline(pen);
    pen_put(pen, INK_STRONG, who != NULL ? who : "");
    pen_put(pen, INK_PLAIN, printed->says);
    pen_put(pen, INK_PLAIN, printed->bytes > 0 ? ":" : "");
    pen_newline(pen);
    free(who);
    while (printed_line(printed, &line)) {
        put_printed_line(pen, line);
        free(line);
    }
    for (size_t i = 0; i < PRINTED_NOTES; i++)
        if (printed->more[i][0] != '\0')
            pen_wrap(pen, INK_FAINT, 2, pen->style->width, printed->more[i]);
}

/** What the demo itself printed, and its programs, in blocks of their own. */
static void put_all_printed(struct pen *pen, const struct report *report)
{
    struct printed printed;
    for (size_t k = 0; printed_of_all(report, k, &printed); k++)
        put_printed(pen, &printed);
}

/** "Does computing?   conc threads --ttl 5 10 --work cpu --cores 1". */
static void put_next(struct pen *pen, char *text)
{
    char *tab = strchr(text, '\t');
    if (tab == NULL)
        return;
    *tab = '\0';
    unsigned width =
        pen->style->width < READING_WIDTH ? pen->style->width : READING_WIDTH;
    char *line = NULL;
    if (asprintf(&line, "conc %s", tab + 1) < 0)
        return;
    bool on_one_line = text_width(text) + 3 + text_width(line) <= width;
    if (*text == '\0') {
        pen_wrap(pen, INK_STRONG, 2, pen->style->width, line);
    } else if (on_one_line) {
        pen_put(pen, INK_PLAIN, text);
        pen_move(pen, pen->column + 3);
        pen_put(pen, INK_STRONG, line);
        pen_newline(pen);
    } else {
        pen_wrap(pen, INK_PLAIN, 0, READING_WIDTH, text);
        pen_move(pen, 2);
        pen_wrap(pen, INK_STRONG, 2, pen->style->width, line);
    }
    free(line);
}

/** Each on lines of its own, below an empty one. */
static int put_verdicts(struct pen *pen, const struct report *report, bool *any)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        char *verdict = card_verdict(report, i, !pen->style->unicode);
        if (verdict == NULL)
            return UV_ENOMEM;
        if (*verdict != '\0') {
            if (!*any)
                pen_newline(pen);
            *any = true;
            pen_wrap(pen, INK_PLAIN, 0, READING_WIDTH, verdict);
        }
        free(verdict);
    }
    return 0;
}

static int put_conclusion(struct pen *pen, const struct report *report)
{
    bool any = false;
    int result = put_verdicts(pen, report, &any);
    char *next = result == 0 ? card_next(report, !pen->style->unicode) : NULL;
    if (next == NULL)
        return UV_ENOMEM;
    if (*next != '\0' && !any)
        pen_newline(pen);
    if (*next != '\0')
        put_next(pen, next);
    free(next);
    return result;
}

/** An exhibit of each variant that has one. */
static int put_exhibits(struct pen *pen, const struct report *report,
                        int (*write)(struct pen *pen, const struct report *report,
                                     size_t variant))
{
    int result = 0;
    for (size_t i = 0; i < report->variant_count && result == 0; i++)
        result = write(pen, report, i);
    return result;
}

static int put_predictions(struct pen *pen, const struct report *report)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        say_predictions(report, pen->style, out);
    char *text = draft_close(&draft);
    if (text == NULL)
        return UV_ENOMEM;
    if (*text != '\0') {
        pen_newline(pen);
        pen_wrap(pen, INK_PLAIN, 0, READING_WIDTH, text);
    }
    free(text);
    return 0;
}

static int put_figures(struct pen *pen, const struct report *report)
{
    pen_newline(pen);
    int result = table_write(pen, report, false);
    if (result == 0)
        result = put_noise(pen, report);
    if (result == 0)
        result = grids_write(pen, report);
    if (result == 0) {
        bars_write(pen, report);
        charts_write(pen, report);
    }
    return result == 0 ? histograms_write(pen, report) : result;
}

int text_write(const struct report *report, const struct style *style, FILE *out)
{
    struct pen pen = pen_on(out, style);
    if (report->options->quiet)
        return table_write(&pen, report, true);
    int result = pictures_write(&pen, report, false);
    if (result == 0)
        result = put_exhibits(&pen, report, cycle_write);
    if (result == 0)
        result = put_exhibits(&pen, report, interleaving_write);
    if (result == 0)
        result = put_figures(&pen, report);
    if (result == 0)
        result = put_predictions(&pen, report);
    if (result == 0) {
        put_all_printed(&pen, report);
        result = put_conclusion(&pen, report);
    }
    return result;
}
