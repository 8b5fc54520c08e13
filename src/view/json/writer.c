// SPDX-License-Identifier: MIT
#include "view/json/writer.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

void json_writer_init(struct json_writer *w, FILE *out)
{
    *w = (struct json_writer){.out = out};
}

static struct jw_level *level(struct json_writer *w)
{
    return w->depth > 0 ? &w->levels[w->depth - 1] : NULL;
}

static void put(struct json_writer *w, const char *text, size_t length)
{
    fwrite_unlocked(text, 1, length, w->out);
}

static void new_line(struct json_writer *w)
{
    putc_unlocked('\n', w->out);
    for (unsigned i = 0; i < w->depth; i++)
        put(w, "  ", 2);
}

/** What stands before an item of the container that is open. */
static void separate(struct json_writer *w)
{
    struct jw_level *open = level(w);
    if (open == NULL)
        return;
    if (open->has_items)
        putc_unlocked(',', w->out);
    if (open->layout == JW_LINES)
        new_line(w);
    else if (open->has_items)
        putc_unlocked(' ', w->out);
    open->has_items = true;
}

static void before_value(struct json_writer *w)
{
    assert(w->depth == 0 || w->after_key == level(w)->is_object);
    if (!w->after_key)
        separate(w);
    w->after_key = false;
}

static void open_level(struct json_writer *w, bool is_object, enum jw_layout layout)
{
    before_value(w);
    assert(w->depth < JW_DEPTH);
    struct jw_level *outer = level(w);
    if (outer != NULL && outer->layout == JW_LINE)
        layout = JW_LINE;
    w->levels[w->depth++] = (struct jw_level){.is_object = is_object, .layout = layout};
    putc_unlocked(is_object ? '{' : '[', w->out);
}

void jw_object(struct json_writer *w, enum jw_layout layout)
{
    open_level(w, true, layout);
}

void jw_array(struct json_writer *w, enum jw_layout layout)
{
    open_level(w, false, layout);
}

void jw_close(struct json_writer *w)
{
    assert(w->depth > 0 && !w->after_key);
    struct jw_level closed = w->levels[--w->depth];
    if (closed.has_items && closed.layout == JW_LINES)
        new_line(w);
    putc_unlocked(closed.is_object ? '}' : ']', w->out);
    if (w->depth == 0)
        putc_unlocked('\n', w->out);
}

static void put_escape(struct json_writer *w, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    static const char letters[] = "btn fr"; /* of 8 to 13; 11 has none */
    char escape[6] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    if (byte == '"' || byte == '\\')
        escape[1] = (char)byte;
    else if (byte >= 8 && byte <= 13 && byte != 11)
        escape[1] = letters[byte - 8];
    put(w, escape, escape[1] == 'u' ? 6 : 2);
}

/** Write what is not plain ASCII.  @return how many bytes of `text` that were. */
static size_t put_special(struct json_writer *w, const char *text, size_t length)
{
    unsigned char byte = (unsigned char)*text;
    if (byte < 0x80) {
        put_escape(w, byte);
        return 1;
    }
    utf8proc_int32_t codepoint;
    size_t at_most = length < 4 ? length : 4;
    utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text,
                                              (utf8proc_ssize_t)at_most, &codepoint);
    if (bytes <= 0) {
        put(w, "\xef\xbf\xbd", 3);
        return 1;
    }
    if (codepoint < 0xa0) /* a terminal may obey it: U+009B begins what ESC [ does */
        put_escape(w, (unsigned char)codepoint);
    else
        put(w, text, (size_t)bytes);
    return (size_t)bytes;
}

static bool is_plain(char byte)
{
    unsigned char value = (unsigned char)byte;
    return value >= 0x20 && value < 0x7f && value != '"' && value != '\\';
}

static void put_text(struct json_writer *w, const char *text, size_t length)
{
    putc_unlocked('"', w->out);
    for (size_t at = 0; at < length;) {
        size_t from = at;
        while (at < length && is_plain(text[at]))
            at++;
        put(w, text + from, at - from);
        if (at < length)
            at += put_special(w, text + at, length - at);
    }
    putc_unlocked('"', w->out);
}

void jw_key(struct json_writer *w, const char *key)
{
    assert(w->depth > 0 && level(w)->is_object && !w->after_key);
    separate(w);
    put_text(w, key, strlen(key));
    put(w, ": ", 2);
    w->after_key = true;
}

void jw_bytes(struct json_writer *w, const char *text, size_t length)
{
    before_value(w);
    put_text(w, text, length);
}

void jw_string(struct json_writer *w, const char *text)
{
    if (text == NULL)
        jw_null(w);
    else
        jw_bytes(w, text, strlen(text));
}

static void put_digits(struct json_writer *w, uint64_t value, bool negative)
{
    char digits[24], *at = digits + sizeof digits;
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    if (negative)
        *--at = '-';
    put(w, at, (size_t)(digits + sizeof digits - at));
}

void jw_int(struct json_writer *w, int64_t value)
{
    before_value(w);
    put_digits(w, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
}

void jw_uint(struct json_writer *w, uint64_t value)
{
    before_value(w);
    put_digits(w, value, false);
}

void jw_thousandths(struct json_writer *w, int64_t value)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    unsigned rest = (unsigned)(size % 1000);
    const char part[] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10),
                         (char)('0' + rest % 10)};
    before_value(w);
    put_digits(w, size / 1000, value < 0);
    put(w, part, sizeof part);
}

/** The locale's point may be anything, of any length: make it one that JSON has. */
static void use_point(char *text)
{
    const char *point = localeconv()->decimal_point;
    char *at = strstr(text, point);
    size_t length = strlen(point);
    if (at == NULL || length == 0)
        return;
    *at = '.';
    memmove(at + 1, at + length, strlen(at + length) + 1);
}

void jw_real(struct json_writer *w, double value)
{
    char text[64];
    if (!isfinite(value)) {
        jw_null(w);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (back >= value && back <= value)
            break;
    }
    use_point(text);
    before_value(w);
    put(w, text, strlen(text));
    if (strpbrk(text, ".e") == NULL)
        put(w, ".0", 2);
}

void jw_bool(struct json_writer *w, bool value)
{
    before_value(w);
    put(w, value ? "true" : "false", value ? 4 : 5);
}

void jw_null(struct json_writer *w)
{
    before_value(w);
    put(w, "null", 4);
}

static void put_object(struct json_writer *w, const json_t *value)
{
    /* jansson's iterators ask for an object that may be changed; nothing changes it. */
    json_t *object = (json_t *)(uintptr_t)value;
    const char *key;
    json_t *item;
    jw_object(w, JW_LINE);
    json_object_foreach(object, key, item)
    {
        jw_key(w, key);
        jw_value(w, item);
    }
    jw_close(w);
}

static void put_array(struct json_writer *w, const json_t *value)
{
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < json_array_size(value); i++)
        jw_value(w, json_array_get(value, i));
    jw_close(w);
}

void jw_value(struct json_writer *w, const json_t *value)
{
    bool fits = w->depth < JW_DEPTH;
    if (json_is_object(value) && fits)
        put_object(w, value);
    else if (json_is_array(value) && fits)
        put_array(w, value);
    else if (json_is_string(value))
        jw_bytes(w, json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        jw_int(w, json_integer_value(value));
    else if (json_is_real(value))
        jw_real(w, json_real_value(value));
    else if (json_is_boolean(value))
        jw_bool(w, json_is_true(value));
    else
        jw_null(w);
}

void jw_key_string(struct json_writer *w, const char *key, const char *text)
{
    jw_key(w, key);
    jw_string(w, text);
}

void jw_key_int(struct json_writer *w, const char *key, int64_t value)
{
    jw_key(w, key);
    jw_int(w, value);
}

void jw_key_real(struct json_writer *w, const char *key, double value)
{
    jw_key(w, key);
    jw_real(w, value);
}

void jw_key_bool(struct json_writer *w, const char *key, bool value)
{
    jw_key(w, key);
    jw_bool(w, value);
}

void jw_key_null(struct json_writer *w, const char *key)
{
    jw_key(w, key);
    jw_null(w);
}

void jw_key_int_or_null(struct json_writer *w, const char *key, int64_t value)
{
    if (value < 0)
        jw_key_null(w, key);
    else
        jw_key_int(w, key, value);
}
