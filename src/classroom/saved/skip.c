// SPDX-License-Identifier: MIT
#include "classroom/saved/skip.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

/** What is read next, up to the end. */
struct scan {
    const char *at, *end;
    unsigned depth; /**< how many levels more there may be */
};

static bool take(struct scan *scan, char byte)
{
    if (scan->at == scan->end || *scan->at != byte)
        return false;
    scan->at++;
    return true;
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' ||
                                    *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

static bool skip_digits(struct scan *scan)
{
    const char *from = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return scan->at > from;
}

static bool skip_number(struct scan *scan)
{
    take(scan, '-');
    if (!take(scan, '0') && !skip_digits(scan))
        return false;
    if (take(scan, '.') && !skip_digits(scan))
        return false;
    if (take(scan, 'e') || take(scan, 'E')) {
        if (!take(scan, '+'))
            take(scan, '-');
        return skip_digits(scan);
    }
    return true;
}

static bool skip_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return false;
    scan->at += length;
    return true;
}

/** Four hexadecimal digits. */
static bool take_unit(struct scan *scan, unsigned *unit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    *unit = 0;
    for (int i = 0; i < 4; i++, scan->at++) {
        const char *digit = scan->at < scan->end && *scan->at != '\0'
                                ? strchr(digits, *scan->at)
                                : NULL;
        if (digit == NULL)
            return false;
        *unit = *unit * 16 + (unsigned)(digit - digits) % 16;
    }
    return true;
}

/** Behind a backslash; of surrogates there must be two. */
static bool skip_escape(struct scan *scan)
{
    unsigned unit, other;
    if (scan->at == scan->end)
        return false;
    if (!take(scan, 'u')) {
        bool known = *scan->at != '\0' && strchr("\"\\/bfnrt", *scan->at) != NULL;
        scan->at++;
        return known;
    }
    if (!take_unit(scan, &unit) || (unit >= 0xdc00 && unit <= 0xdfff))
        return false;
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    return skip_word(scan, "\\u") && take_unit(scan, &other) && other >= 0xdc00 &&
           other <= 0xdfff;
}

static bool skip_character(struct scan *scan)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t left = scan->end - scan->at;
    utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)scan->at,
                                              left < 4 ? left : 4, &code);
    scan->at += bytes > 0 ? bytes : 0;
    return bytes > 0;
}

static bool skip_string(struct scan *scan)
{
    if (!take(scan, '"'))
        return false;
    while (scan->at < scan->end) {
        unsigned char byte = (unsigned char)*scan->at;
        if (byte == '"') {
            scan->at++;
            return true;
        }
        if (byte == '\\') {
            scan->at++;
            if (!skip_escape(scan))
                return false;
        } else if (byte >= 0x80) {
            if (!skip_character(scan))
                return false;
        } else if (byte < 0x20) {
            return false;
        } else {
            scan->at++;
        }
    }
    return false;
}

static bool skip_value(struct scan *scan);

static bool skip_pair(struct scan *scan)
{
    if (!skip_string(scan))
        return false;
    skip_blanks(scan);
    return take(scan, ':') && skip_value(scan);
}

/** Values, or pairs, with a comma between, up to `close`. */
static bool skip_items(struct scan *scan, char close, bool (*skip)(struct scan *scan))
{
    if (scan->depth == 0)
        return false;
    scan->depth--;
    scan->at++;
    skip_blanks(scan);
    for (bool first = true; !(first && take(scan, close)); first = false) {
        skip_blanks(scan);
        if (!skip(scan))
            return false;
        skip_blanks(scan);
        if (take(scan, close))
            break;
        if (!take(scan, ','))
            return false;
    }
    scan->depth++;
    return true;
}

static bool skip_value(struct scan *scan)
{
    skip_blanks(scan);
    switch (scan->at < scan->end ? *scan->at : '\0') {
    case '{':
        return skip_items(scan, '}', skip_pair);
    case '[':
        return skip_items(scan, ']', skip_value);
    case '"':
        return skip_string(scan);
    case 't':
        return skip_word(scan, "true");
    case 'f':
        return skip_word(scan, "false");
    case 'n':
        return skip_word(scan, "null");
    default:
        return skip_number(scan);
    }
}

size_t saved_skip_array(const char *text, size_t length, unsigned depth)
{
    struct scan scan = {.at = text, .end = text + length, .depth = depth};
    bool is_array = length > 0 && *text == '[' && skip_value(&scan);
    return is_array ? (size_t)(scan.at - text) : 0;
}
