// SPDX-License-Identifier: MIT
/**
 * Nonsense for the search of demos/webapp/: the input is what a form sends, and the
 * browser's name.  Whatever it is: no crash, words that end where they must, are UTF-8
 * and hold no control character, letters that are in both, a value that is sent again
 * as it was read is read as the same, and a page that the words add no tag to.
 */

#include "fuzz.h"

#include "../../demos/webapp/webapp.h"
#include "http/http.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/** @return how many bytes the first character has; it is one. */
static size_t character(const char *text)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t bytes =
        utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);

    INSIST(bytes > 0);
    return (size_t)bytes;
}

static void check_word(const struct request *request, enum word word)
{
    INSIST(memchr(request_word(request, word), '\0',
                  request->size - request->at[word]) != NULL);
    for (const char *at = request_word(request, word); *at != '\0';)
        at += character(at);
}

static bool is_in(const char *text, size_t length, const char *at)
{
    return memmem(text, length, at, character(at)) != NULL;
}

static void check_decoded(const char *word)
{
    for (; *word != '\0'; word++)
        INSIST((unsigned char)*word >= ' ');
}

/** One by one, with ", " between them. */
static void check_results(const struct request *request)
{
    const char *phrase = request_word(request, PHRASE);
    const char *letters = request_word(request, LETTERS);
    const char *results = request_word(request, RESULTS), *at = results;

    while (*at != '\0') {
        INSIST(is_in(phrase, strlen(phrase), at));
        INSIST(is_in(letters, strlen(letters), at));
        INSIST(!is_in(results, (size_t)(at - results), at) || *at == ',' || *at == ' ');
        at += character(at);
        INSIST(*at == '\0' || (strncmp(at, ", ", 2) == 0 && at[2] != '\0'));
        at += *at != '\0' ? 2 : 0;
    }
}

/** As little as there may be room for, and encoded. */
static void check_value(const char *form, size_t length, const char *phrase)
{
    char cut[4], whole[512], again[512], encoded[3 * PHRASE_BYTES + 8] = "phrase=";
    size_t end = strlen(encoded);

    form_value(form, length, "phrase", cut, sizeof cut);
    form_value(form, length, "phrase", whole, sizeof whole);
    INSIST(strncmp(cut, whole, sizeof cut - 1) == 0 && strlen(cut) < sizeof cut);
    for (const char *byte = phrase; *byte != '\0'; byte++)
        end += (size_t)snprintf(encoded + end, sizeof encoded - end, "%%%02x",
                                (unsigned)(unsigned char)*byte);
    INSIST(form_value(encoded, end, "phrase", again, sizeof again) >= 0);
    INSIST(strcmp(again, phrase) == 0);
}

/** How many bytes of a page have a meaning in HTML; `&` stands in words too. */
static size_t count_marks(const struct request *request)
{
    FILE *page;
    char *text = NULL;
    size_t length, count = 0;

    page = open_memstream(&text, &length);
    INSIST(page != NULL);
    page_results(request, page);
    fclose(page);
    for (size_t i = 0; i < length; i++)
        count += text[i] != '\0' && strchr("<>\"'", text[i]) != NULL;
    free(text);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct request nothing;
    static size_t marks;
    const char *form = (const char *)data;
    struct http_request from = {
        .body = {form, size},
        .fields = {{{"User-Agent", 10}, {form, size}}},
        .field_count = 1,
    };
    struct request request = {.number = 0};

    if (!read_search(&from, &request))
        return 0;
    INSIST(request_bytes(&request) <= sizeof request);
    for (unsigned word = 0; word < WORDS; word++)
        if (word != ADDRESS)
            check_word(&request, word);
    check_decoded(request_word(&request, PHRASE));
    check_decoded(request_word(&request, LETTERS));
    check_results(&request);
    check_value(form, size, request_word(&request, PHRASE));
    if (marks == 0)
        marks = count_marks(&nothing);
    INSIST(count_marks(&request) == marks);
    return 0;
}
