// SPDX-License-Identifier: MIT
/** A search of demos/webapp/webapp.c: what was asked, as a form sends it, and what came
 * out. */

#include <stddef.h>
#include <string.h>
#include <utf8proc.h>

#include "demo.h"

#include "http/http.h"
#include "webapp.h"

/* Its words ------------------------------------------------------------------------ */

static const size_t most[WORDS] = {PHRASE_BYTES, LETTERS_BYTES, ADDRESS_BYTES,
                                   BROWSER_BYTES, RESULTS_BYTES};

/** The first character of a text: its bytes, or, of a byte that is no UTF-8, those of
 * U+FFFD; and how many of the text it takes. */
struct character {
    const char *bytes;
    size_t size, taken;
};

static struct character character_at(const char *text, size_t length)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text,
                                              (utf8proc_ssize_t)length, &code);

    if (bytes <= 0)
        return (struct character){"\xef\xbf\xbd", 3, 1};
    return (struct character){text, (size_t)bytes, (size_t)bytes};
}

/** How many of its first bytes are ASCII, and so a character each. */
static size_t plain_bytes(const char *text, size_t length)
{
    size_t count = 0;

    while (count < length && (text[count] & 0x80) == 0)
        count++;
    return count;
}

/** Most words are ASCII, and are copied as a whole. */
bool request_add(struct request *request, enum word word, const char *text,
                 size_t length)
{
    char *to = &request->words[request->size], *end = to + most[word];

    request->at[word] = request->size;
    while (length > 0) {
        size_t room = (size_t)(end - to);
        size_t plain = plain_bytes(text, length < room ? length : room);
        struct character next;

        to = mempcpy(to, text, plain);
        text += plain;
        length -= plain;
        if (length == 0 || plain == room)
            break;
        next = character_at(text, length);
        if (next.size > room - plain)
            break;
        to = mempcpy(to, next.bytes, next.size);
        text += next.taken;
        length -= next.taken;
    }
    *to++ = '\0';
    request->size = (uint16_t)(to - request->words);
    return length == 0;
}

const char *request_word(const struct request *request, enum word word)
{
    return &request->words[request->at[word]];
}

size_t request_bytes(const struct request *request)
{
    return offsetof(struct request, words) + request->size;
}

/* What a form sends ---------------------------------------------------------------- */

/** Whether a character of UTF-8 is in other text: no part of another looks like one. */
static bool is_in(const char *text, size_t length, const struct character *one)
{
    return memmem(text, length, one->bytes, one->size) != NULL;
}

size_t find_letters(const char *phrase, const char *letters, char *results, size_t size)
{
    size_t phrase_length = strlen(phrase), left = strlen(letters), length = 0;
    struct character next;

    results[0] = '\0';
    for (const char *at = letters; left > 0; at += next.taken, left -= next.taken) {
        next = character_at(at, left);
        if (is_in(letters, (size_t)(at - letters), &next) ||
            !is_in(phrase, phrase_length, &next) || length + next.size + 3 > size)
            continue;
        if (length > 0) {
            memcpy(results + length, ", ", 2);
            length += 2;
        }
        memcpy(results + length, next.bytes, next.size);
        length += next.size;
        results[length] = '\0';
    }
    return length;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | ' ');
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/** One byte of a form, as "%41" or itself.  @return how many bytes stood for it. */
static size_t decode(const char *at, size_t left, char *byte)
{
    *byte = *at;
    if (*at == '+')
        *byte = ' ';
    if (*at != '%' || left < 3 || digit_of(at[1]) < 0 || digit_of(at[2]) < 0)
        return 1;
    *byte = (char)(digit_of(at[1]) * 16 + digit_of(at[2]));
    return 3;
}

/** From after its "=" to its end.  @return how long it is. */
static size_t take_value(const char *at, size_t left, char *value, size_t size)
{
    size_t length = 0;

    while (left > 0 && *at != '&' && length + 1 < size) {
        size_t bytes = decode(at, left, &value[length]);

        if ((unsigned char)value[length] < ' ')
            value[length] = ' ';
        length++;
        at += bytes;
        left -= bytes;
    }
    value[length] = '\0';
    return length;
}

ssize_t form_value(const char *form, size_t length, const char *name, char *value,
                   size_t size)
{
    size_t name_length = strlen(name);

    value[0] = '\0';
    while (length > name_length) {
        const char *end = memchr(form, '&', length);
        size_t field = end != NULL ? (size_t)(end - form) + 1 : length;

        if (memcmp(form, name, name_length) == 0 && form[name_length] == '=')
            return (ssize_t)take_value(form + name_length + 1, length - name_length - 1,
                                       value, size);
        form += field;
        length -= field;
    }
    return -1;
}

/** What a form has sent under a name, as a word. */
static bool add_value(struct request *request, enum word word, struct http_text form,
                      const char *name)
{
    char value[512]; /* longer than any word */
    ssize_t length = form_value(form.at, form.length, name, value, sizeof value);

    return request_add(request, word, value, length > 0 ? (size_t)length : 0);
}

/** Who asked is of no account to the letters, but the log wants to know. */
bool read_search(const struct http_request *from, struct request *request)
{
    struct http_text browser = http_find(from, "user-agent");
    char results[RESULTS_BYTES + 1];
    size_t length;

    if (!add_value(request, PHRASE, from->body, "phrase") ||
        !add_value(request, LETTERS, from->body, "letters"))
        return false;
    request_add(request, BROWSER, browser.at, browser.length);
    length = find_letters(request_word(request, PHRASE), request_word(request, LETTERS),
                          results, sizeof results);
    request_add(request, RESULTS, results, length);
    return true;
}
