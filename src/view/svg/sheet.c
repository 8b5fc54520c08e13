// SPDX-License-Identifier: MIT
#include "view/svg/sheet.h"
#include "text/width.h"
#include "view/markup.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LINE_HEIGHT 1.35

const struct face title_face = {.size = SIZE_TEXT, .paint = PAINT_TEXT, .bold = true};
const struct face text_face = {.size = SIZE_TEXT, .paint = PAINT_TEXT};
const struct face right_face = {
    .size = SIZE_TEXT, .paint = PAINT_TEXT, .anchor = ANCHOR_END};
const struct face note_face = {.size = SIZE_LEAST, .paint = PAINT_NOTE};

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

/** Of ASCII from " " to "~", in hundredths of the size: those of DejaVu Sans and of its
 * bold, which are among the widest. */
static const unsigned char widths[] = {
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37,  32, 34, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64,
    58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64,  62, 74, 69, 99, 69,
    62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36,  64, 64, 28, 28, 58,
    28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60,  53, 64, 34, 64, 84};
static const unsigned char bold_widths[] = {
    35, 46,  53, 84, 70, 101, 88, 31,  46, 46, 53, 84, 38, 42,  38, 37, 70, 70,  70,
    70, 70,  70, 70, 70, 70,  70, 40,  40, 84, 84, 84, 59, 100, 78, 77, 74, 84,  69,
    69, 83,  84, 38, 38, 78,  64, 100, 84, 86, 74, 86, 78, 73,  69, 82, 78, 111, 78,
    73, 73,  46, 37, 46, 84,  50, 50,  68, 72, 60, 72, 68, 44,  72, 72, 35, 35,  67,
    35, 105, 72, 69, 72, 72,  50, 60,  48, 72, 66, 93, 65, 66,  59, 72, 37, 72,  84};

/** How wide a character is, in sizes. */
static double character_width(const char *at, size_t bytes, bool bold)
{
    if (*at >= ' ' && *at <= '~')
        return (bold ? bold_widths[*at - ' '] : widths[*at - ' ']) / 100.0;
    char copy[64];
    snprintf(copy, sizeof copy, "%.*s", (int)bytes, at);
    return text_width(copy) >= 2 ? 1.1 : bold ? 0.88 : 0.84;
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
        sum += character_width(text, bytes, bold);
    }
    return sum * size;
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
        sum += character_width(safe + at, bytes, false) * size;
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
        return 0.605 * face->size * (character_width(at, bytes, false) > 1 ? 2 : 1);
    return character_width(at, bytes, face->bold) * face->size;
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

FILE *sheet_open_draft(struct sheet *sheet, struct draft *draft)
{
    FILE *out = draft_open(draft);
    if (out == NULL)
        sheet->result = UV_ENOMEM;
    return out;
}

char *sheet_close_draft(struct sheet *sheet, struct draft *draft)
{
    char *text = draft_close(draft);
    if (text == NULL)
        sheet->result = UV_ENOMEM;
    return text;
}

void sheet_heading(struct sheet *sheet, const char *text)
{
    const struct face face = {.size = SIZE_HEADING, .paint = PAINT_TEXT, .bold = true};
    sheet_skip(sheet, 14);
    sheet_line(sheet, SHEET_MARGIN, &face, text);
    sheet_skip(sheet, 4);
}
