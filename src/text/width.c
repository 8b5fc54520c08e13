// SPDX-License-Identifier: MIT
#include "text/width.h"

#include <string.h>
#include <utf8proc.h>

/** A character and where the next one begins; a byte that is no UTF-8 is one of -1. */
struct character {
    utf8proc_int32_t code;
    size_t bytes;
    unsigned columns;
};

static struct character character_at(const char *text, size_t left)
{
    struct character at = {.code = -1, .bytes = 1, .columns = 1};
    unsigned char first = (unsigned char)*text;
    if (first < 0x80) {
        at.code = first;
        return at;
    }
    utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text,
                                             (utf8proc_ssize_t)left, &at.code);
    if (used <= 0) {
        at.code = -1;
        return at;
    }
    at.bytes = (size_t)used;
    int columns = utf8proc_charwidth(at.code);
    at.columns = columns < 0 ? 1 : (unsigned)columns;
    return at;
}

unsigned text_width(const char *text)
{
    unsigned columns = 0;
    for (size_t left = strlen(text); left > 0;) {
        struct character at = character_at(text, left);
        columns += at.columns;
        text += at.bytes;
        left -= at.bytes;
    }
    return columns;
}

/** Whether text may be cut between two characters: grapheme clusters stay whole. */
static bool may_cut(utf8proc_int32_t before, utf8proc_int32_t after,
                    utf8proc_int32_t *state)
{
    if (before < 0 || after < 0) {
        *state = 0;
        return true;
    }
    return utf8proc_grapheme_break_stateful(before, after, state);
}

static size_t fit(const char *text, size_t columns, size_t bytes)
{
    size_t whole = 0, used_columns = 0, used_bytes = 0;
    size_t left = strlen(text);
    utf8proc_int32_t before = -1, state = 0;
    while (used_bytes < left) {
        struct character at = character_at(text + used_bytes, left - used_bytes);
        if (may_cut(before, at.code, &state))
            whole = used_bytes;
        used_columns += at.columns;
        used_bytes += at.bytes;
        if (used_columns > columns || used_bytes > bytes)
            return whole;
        before = at.code;
    }
    return used_bytes;
}

size_t text_fit(const char *text, unsigned columns)
{
    return fit(text, columns, SIZE_MAX);
}

size_t text_fit_bytes(const char *text, size_t bytes)
{
    return fit(text, SIZE_MAX, bytes);
}

/** Those that would reorder the line around them (Unicode's UAX #9, section 2). */
static bool turns_direction(utf8proc_int32_t code)
{
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_printable(utf8proc_int32_t code)
{
    if (code < 0 || turns_direction(code))
        return false;
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return true;
    }
}

/** ASCII, which most names are, needs no tables: a live view asks for 100,000 lanes. */
static const char *skip_plain(const char *text)
{
    while (*text >= 0x20 && *text <= 0x7e)
        text++;
    return text;
}

bool text_is_printable(const char *text)
{
    text = skip_plain(text);
    for (size_t left = strlen(text); left > 0;) {
        struct character at = character_at(text, left);
        if (!is_printable(at.code))
            return false;
        text += at.bytes;
        left -= at.bytes;
    }
    return true;
}

static void print_escaped(const char *text, const struct character *at, FILE *out)
{
    static const char controls[] = "\a\b\t\n\v\f\r";
    static const char letters[] = "abtnvfr";
    const char *known =
        at->code > 0 && at->code < 0x80 ? strchr(controls, at->code) : NULL;
    if (known != NULL)
        fprintf(out, "\\%c", letters[known - controls]);
    else if (at->code < 0x80)
        fprintf(out, "\\x%02x", (unsigned)(unsigned char)*text);
    else
        fprintf(out, at->code > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)at->code);
}

void text_print_safe(const char *text, bool ascii, FILE *out)
{
    for (size_t left = strlen(text); left > 0;) {
        struct character at = character_at(text, left);
        if (is_printable(at.code) && !(ascii && at.code >= 0x80))
            fwrite(text, 1, at.bytes, out);
        else
            print_escaped(text, &at, out);
        text += at.bytes;
        left -= at.bytes;
    }
}
