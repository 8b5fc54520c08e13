// SPDX-License-Identifier: MIT
/** A search of demos/webapp/webapp.c: what was asked, as a form sends it, and what came
 * out. */

#include <stddef.h>
#include <string.h>

#include "demo.h"

#include "http/http.h"
#include "webapp.h"

/* Its words ------------------------------------------------------------------------ */

/** How long each may be, with the 0 at its end: all of them fit. */
static const size_t most[WORDS] = {128, 64, 48, 128, 128};

void request_add(struct request *request, enum word word, const char *text,
                 size_t length)
{
    char *to = &request->words[request->size];

    if (length >= most[word])
        length = most[word] - 1;
    if (length > 0)
        memcpy(to, text, length);
    to[length] = '\0';
    request->at[word] = request->size;
    request->size = (uint16_t)(request->size + length + 1);
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

void find_letters(const char *phrase, const char *letters, char *results, size_t size)
{
    size_t length = 0;

    results[0] = '\0';
    for (const char *letter = letters; *letter != '\0'; letter++) {
        bool is_again = memchr(letters, *letter, (size_t)(letter - letters)) != NULL;

        if ((*letter & 0x80) != 0 || is_again || strchr(phrase, *letter) == NULL ||
            length + 4 > size)
            continue;
        if (length > 0) {
            results[length++] = ',';
            results[length++] = ' ';
        }
        results[length++] = *letter;
        results[length] = '\0';
    }
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

/** From after its "=" to its end. */
static void take_value(const char *at, size_t left, char *value, size_t size)
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
}

bool form_value(const char *form, size_t length, const char *name, char *value,
                size_t size)
{
    size_t name_length = strlen(name);

    value[0] = '\0';
    while (length > name_length) {
        const char *end = memchr(form, '&', length);
        size_t field = end != NULL ? (size_t)(end - form) + 1 : length;

        if (memcmp(form, name, name_length) == 0 && form[name_length] == '=') {
            take_value(form + name_length + 1, length - name_length - 1, value, size);
            return true;
        }
        form += field;
        length -= field;
    }
    return false;
}

/** Who asked is of no account to the letters, but the log wants to know. */
void read_search(const struct http_request *from, struct request *request)
{
    struct http_text browser = http_find(from, "user-agent");
    const char *form = from->body.at;
    size_t length = from->body.length;
    char value[128];

    form_value(form, length, "phrase", value, sizeof value);
    request_add(request, PHRASE, value, strlen(value));
    form_value(form, length, "letters", value, sizeof value);
    request_add(request, LETTERS, value, strlen(value));
    request_add(request, BROWSER, browser.at, browser.length);
    find_letters(request_word(request, PHRASE), request_word(request, LETTERS), value,
                 sizeof value);
    request_add(request, RESULTS, value, strlen(value));
}
