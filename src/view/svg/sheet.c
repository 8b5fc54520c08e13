// SPDX-License-Identifier: MIT
#include "view/svg/sheet.h"
#include "text/width.h"
#include "view/markup.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LINE_HEIGHT 1.35
#define BOLDER      1.12

void sheet_number(struct sheet *sheet, double value)
{
    int64_t tenths = (int64_t)(value * 10 + (value < 0 ? -0.5 : 0.5));
    if (tenths < 0) {
        putc('-', sheet->out);
        tenths = -tenths;
    }
    fprintf(sheet->out, "%" PRId64, tenths / 10);
    if (tenths % 10 != 0)
        fprintf(sheet->out, ".%" PRId64, tenths % 10);
}

void sheet_put(struct sheet *sheet, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (const char *at = format; *at != '\0'; at++) {
        if (at[0] == '%' && at[1] == 'f') {
            sheet_number(sheet, va_arg(arguments, double));
            at++;
        } else if (at[0] == '%' && at[1] == 's') {
            fputs(va_arg(arguments, const char *), sheet->out);
            at++;
        } else {
            putc(*at, sheet->out);
        }
    }
    va_end(arguments);
}

void sheet_skip(struct sheet *sheet, double height)
{
    sheet->y += height;
}

void sheet_text(struct sheet *sheet, double x, double y, const struct face *face,
                const char *text)
{
    static const char *const anchors[] = {"", " text-anchor=\"middle\"",
                                          " text-anchor=\"end\""};
    sheet_put(sheet, "<text x=\"%f\" y=\"%f\" font-size=\"%f\" fill=\"%s\"%s%s%s>", x,
              y, face->size, face->paint, anchors[face->anchor],
              face->bold ? " font-weight=\"bold\"" : "",
              face->mono ? " font-family=\"DejaVu Sans Mono, Consolas, Menlo, "
                           "monospace\" xml:space=\"preserve\""
                         : "");
    int result = markup_text(sheet->out, text, sheet->ascii);
    sheet->result = sheet->result != 0 ? sheet->result : result;
    sheet_put(sheet, "</text>\n");
}

void sheet_line(struct sheet *sheet, double x, const struct face *face,
                const char *text)
{
    sheet->y += face->size * LINE_HEIGHT;
    sheet_text(sheet, x, sheet->y - face->size * 0.25, face, text);
}

/** How wide a character is, in sizes: by DejaVu Sans, which is among the widest. */
static double character_width(const char *at, size_t bytes)
{
    if (bytes > 1 || (unsigned char)*at >= 0x80) {
        char copy[64];
        snprintf(copy, sizeof copy, "%.*s", (int)bytes, at);
        return text_width(copy) >= 2 ? 1.1 : 0.7;
    }
    if (strchr(" ilj|!.,:;'", *at) != NULL)
        return 0.34;
    if (strchr("frtI()[]/-\"", *at) != NULL)
        return 0.43;
    if (strchr("mwMW%@", *at) != NULL)
        return 1.0;
    return *at >= 'A' && *at <= 'Z' ? 0.74 : 0.63;
}

static size_t character_bytes(const char *at)
{
    size_t bytes = 1;
    while (((unsigned char)at[bytes] & 0xc0) == 0x80)
        bytes++;
    return bytes;
}

double text_pixels(const char *text, double size, bool bold)
{
    double sum = 0;
    for (size_t bytes; *text != '\0'; text += bytes) {
        bytes = character_bytes(text);
        sum += character_width(text, bytes);
    }
    return sum * size * (bold ? BOLDER : 1);
}

char *text_cut_to_pixels(const char *text, double pixels, double size, bool ascii)
{
    struct style style = {.width = 80, .unicode = !ascii};
    char *safe = safe_copy(text, &style), *cut = NULL;
    if (safe == NULL || text_pixels(safe, size, false) <= pixels)
        return safe;
    size_t length = strlen(safe);
    double room = pixels - size;
    double sum = 0;
    for (size_t at = 0, bytes; at < length; at += bytes) {
        bytes = character_bytes(safe + at);
        sum += character_width(safe + at, bytes) * size;
        if (sum > room) {
            safe[at] = '\0';
            break;
        }
    }
    if (asprintf(&cut, "%s%s", safe, ascii ? "..." : "…") < 0)
        cut = NULL;
    free(safe);
    return cut;
}

static double width_in(const struct face *face, const char *at, size_t bytes)
{
    if (face->mono)
        return 0.605 * face->size * (character_width(at, bytes) > 1 ? 2 : 1);
    return character_width(at, bytes) * face->size * (face->bold ? BOLDER : 1);
}

/** Whether a line may end here; not between a figure and its unit. */
static bool is_break(const char *text, size_t at)
{
    bool is_digit = at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9';
    if (text[at] == ' ')
        return !(is_digit && begins_with_unit(text + at + 1));
    return text[at] == '\0' || text[at] == '\n';
}

/** The longest beginning of words that fits, in bytes; at least a character. */
static size_t fitting(const char *text, double width, const struct face *face)
{
    double sum = 0;
    size_t words = 0, at = 0;
    while (text[at] != '\0' && text[at] != '\n') {
        size_t bytes = character_bytes(text + at);
        sum += width_in(face, text + at, bytes);
        if (sum > width && at > 0)
            return words > 0 ? words : at;
        at += bytes;
        if (is_break(text, at))
            words = at;
    }
    return at;
}

void sheet_paragraph(struct sheet *sheet, double x, double width,
                     const struct face *face, const char *text)
{
    while (*text != '\0') {
        size_t bytes = fitting(text, width, face);
        char *line = strndup(text, bytes);
        if (line == NULL)
            sheet->result = UV_ENOMEM;
        else
            sheet_line(sheet, x, face, line);
        free(line);
        text += bytes;
        while (*text == ' ')
            text++;
        if (*text == '\n')
            text++;
    }
}

/** The lines of a block, the first one as its title, the empty ones as room. */
static void put_lines(struct sheet *sheet, const char *text)
{
    const struct face plain = {.size = SIZE_SMALL, .paint = PAINT_TEXT, .mono = true};
    const struct face title = {.size = SIZE_TEXT, .paint = PAINT_TEXT, .bold = true};
    bool is_titled = false;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = strndup(text, length);
        sheet->y += is_titled ? plain.size * 1.17 : plain.size * 1.6;
        if (line == NULL)
            sheet->result = UV_ENOMEM;
        else if (length > 0)
            sheet_text(sheet, SHEET_MARGIN, sheet->y - plain.size * 0.2,
                       is_titled ? &plain : &title, line);
        is_titled |= length > 0;
        free(line);
        text += length + (text[length] == '\n');
    }
}

void sheet_block(struct sheet *sheet, unsigned columns,
                 int (*write)(struct pen *pen, const struct report *report,
                              size_t variant),
                 size_t variant)
{
    struct style style = {.width = columns, .unicode = !sheet->ascii};
    char *text = NULL;
    size_t bytes;
    FILE *memory = open_memstream(&text, &bytes);
    int result = UV_ENOMEM;
    if (memory != NULL) {
        struct pen pen = pen_on(memory, &style);
        result = write(&pen, sheet->report, variant);
        if (fclose(memory) != 0)
            result = UV_ENOMEM;
    }
    if (result == 0 && text != NULL)
        put_lines(sheet, text);
    else
        sheet->result = UV_ENOMEM;
    free(text);
}

void sheet_heading(struct sheet *sheet, const char *text)
{
    const struct face face = {.size = SIZE_HEADING, .paint = PAINT_TEXT, .bold = true};
    sheet_skip(sheet, 14);
    sheet_line(sheet, SHEET_MARGIN, &face, text);
    sheet_skip(sheet, 4);
}
