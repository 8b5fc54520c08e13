// SPDX-License-Identifier: MIT
#include "view/pen.h"
#include "text/draft.h"
#include "text/width.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/**
 * Okabe and Ito's colours ("Color Universal Design", 2008), as near as 256 colours come
 * and with enough contrast on black and on white: blue, orange, grey, vermilion,
 * purple.  The 16 have no orange, and their yellow and bright black vanish on some
 * backgrounds.
 */
static const char *const palette_256[INK_COUNT] = {
    [INK_PLAIN] = "",           [INK_STRONG] = "1",       [INK_FAINT] = "38;5;245",
    [INK_RUN] = "38;5;32",      [INK_READY] = "38;5;172", [INK_WAIT] = "38;5;245",
    [INK_BLOCKED] = "38;5;166", [INK_IDLE] = "38;5;243",  [INK_ZOMBIE] = "38;5;132",
};

static const char *const palette_16[INK_COUNT] = {
    [INK_PLAIN] = "",     [INK_STRONG] = "1", [INK_FAINT] = "2",
    [INK_RUN] = "94",     [INK_READY] = "35", [INK_WAIT] = "2",
    [INK_BLOCKED] = "91", [INK_IDLE] = "2",   [INK_ZOMBIE] = "36",
};

struct pen pen_on(FILE *out, const struct style *style)
{
    return (struct pen){.out = out, .style = style, .ink = INK_PLAIN};
}

static void set_ink(struct pen *pen, enum ink ink)
{
    if (pen->ink == ink || pen->style->palette == PALETTE_NONE)
        return;
    const char *code =
        pen->style->palette == PALETTE_256 ? palette_256[ink] : palette_16[ink];
    fputs("\x1b[0", pen->out);
    if (*code != '\0')
        fprintf(pen->out, ";%s", code);
    fputc('m', pen->out);
    pen->ink = ink;
}

/** Blanks at the end of what was cut would stand at the end of the line. */
static size_t without_blanks(const char *text, size_t bytes)
{
    while (bytes > 0 && text[bytes - 1] == ' ')
        bytes--;
    return bytes;
}

void pen_put(struct pen *pen, enum ink ink, const char *text)
{
    unsigned width = pen->style->width;
    size_t bytes = text_fit(text, pen->column < width ? width - pen->column : 0);
    unsigned columns = text[bytes] == '\0' ? text_width(text) : width - pen->column;
    bytes = text[bytes] == '\0' ? bytes : without_blanks(text, bytes);
    if (bytes == 0)
        return;
    if (pen->written < pen->column)
        fprintf(pen->out, "%*s", (int)(pen->column - pen->written), "");
    set_ink(pen, ink);
    fwrite(text, 1, bytes, pen->out);
    pen->column += columns;
    pen->written = pen->column;
}

void pen_format(struct pen *pen, enum ink ink, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pen_put(pen, ink, text);
}

void pen_move(struct pen *pen, unsigned column)
{
    if (column > pen->column)
        pen->column = column;
}

void pen_put_right(struct pen *pen, enum ink ink, const char *text, unsigned column)
{
    unsigned width = text_width(text);
    pen_move(pen, column > width ? column - width : 0);
    pen_put(pen, ink, text);
}

void pen_newline(struct pen *pen)
{
    set_ink(pen, INK_PLAIN);
    fputc('\n', pen->out);
    pen->column = pen->written = 0;
}

/** The part of a word that fits on a line of its own: at least a character. */
static size_t fold(const char *word, size_t bytes, unsigned columns)
{
    size_t fits = text_fit(word, columns);
    if (fits == 0) {
        fits = 1;
        while (fits < bytes && ((unsigned char)word[fits] & 0xc0) == 0x80)
            fits++;
    }
    return fits < bytes ? fits : bytes;
}

static void put_part(struct pen *pen, enum ink ink, char *text, size_t bytes)
{
    bytes = without_blanks(text, bytes);
    char after = text[bytes];
    text[bytes] = '\0';
    pen_put(pen, ink, text);
    text[bytes] = after;
}

/** Put one word, on the next line if it does not fit on this one. */
static void wrap_word(struct pen *pen, enum ink ink, unsigned indent, unsigned width,
                      char *word)
{
    bool first = pen->column <= indent;
    unsigned columns = text_width(word);
    if (!first && pen->column + 1 + columns > width) {
        pen_newline(pen);
        first = true;
    }
    pen_move(pen, first ? indent : pen->column + 1);
    for (size_t left = strlen(word); left > 0;) {
        size_t bytes = fold(word, left, width - pen->column);
        put_part(pen, ink, word, bytes);
        bytes += strspn(word + bytes, " ");
        word += bytes;
        left -= bytes;
        if (left > 0) {
            pen_newline(pen);
            pen_move(pen, indent);
        }
    }
}

bool begins_with_unit(const char *text)
{
    static const char *const units[] = {"ns", "µs", "us", "ms", "s", "min", "h", "d"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t length = strlen(units[i]);
        if (strncmp(text, units[i], length) == 0 &&
            (text[length] == '\0' || strchr(" ,.;:)", text[length]) != NULL))
            return true;
    }
    return false;
}

/** "46 min", as the second half of "2 h 46 min". */
static bool begins_with_figure(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && text[digits] == ' ' && begins_with_unit(text + digits + 1);
}

/** The next word of a line; a figure and its unit are one. */
static char *next_word(char **rest)
{
    char *word = strsep(rest, " ");
    bool has_unit = false;
    while (word != NULL && *rest != NULL && *rest - word >= 2) {
        char last = (*rest)[-2];
        bool is_digit = last >= '0' && last <= '9';
        bool is_unit_next = is_digit && begins_with_unit(*rest);
        bool is_letter = last >= 'a' && last <= 'z';
        if (!is_unit_next && !(has_unit && is_letter && begins_with_figure(*rest)))
            break;
        has_unit = has_unit || is_unit_next;
        (*rest)[-1] = ' ';
        strsep(rest, " ");
    }
    return word;
}

void pen_wrap(struct pen *pen, enum ink ink, unsigned indent, unsigned width,
              const char *text)
{
    width = width < pen->style->width ? width : pen->style->width;
    indent = indent < width / 2 ? indent : 0;
    for (const char *line = text;;) {
        size_t length = strcspn(line, "\n");
        char *copy = strndup(line, length), *rest = copy, *word;
        while (copy != NULL && (word = next_word(&rest)) != NULL)
            if (*word != '\0')
                wrap_word(pen, ink, indent, width, word);
        free(copy);
        pen_newline(pen);
        if (line[length] == '\0')
            return;
        line += length + 1;
    }
}

static bool is_plain_ascii(const char *text)
{
    while (*text >= 0x20 && *text < 0x7f)
        text++;
    return *text == '\0';
}

char *safe_copy(const char *text, const struct style *style)
{
    if (is_plain_ascii(text))
        return strdup(text);
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        text_print_safe(text, !style->unicode, out);
    return draft_close(&draft);
}

char *safe_cut(const char *text, unsigned columns, const struct style *style)
{
    char *safe = safe_copy(text, style);
    if (safe == NULL || text_width(safe) <= columns)
        return safe;
    const char *dots = columns == 0 ? "" : style->unicode ? "…" : "~";
    size_t bytes = text_fit(safe, columns > 0 ? columns - 1 : 0);
    char *cut = NULL;
    if (asprintf(&cut, "%.*s%s", (int)bytes, safe, dots) < 0)
        cut = NULL;
    free(safe);
    return cut;
}
