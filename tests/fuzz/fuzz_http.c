// SPDX-License-Identifier: MIT
/**
 * Nonsense for the reader of HTTP requests.  The input is what a connection sends, all
 * at once and again in pieces.  Whatever it is: no crash, the same requests and the
 * same refusal both times, and of a request what its kind of reader relies on; written
 * down again, it is the same request, which is what no smuggled one would be.
 */

#include "fuzz.h"

#include "http/http.h"

#include <stdio.h>
#include <string.h>

static struct http_input whole, parted, copied;

static bool is_within(struct http_text text, const struct http_input *input)
{
    const char *end = input->bytes + sizeof input->bytes;

    if (text.length == 0)
        return true;
    return text.at >= input->bytes && text.length <= (size_t)(end - text.at);
}

static bool has_byte(struct http_text text, const char *bytes)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] == '\0' || strchr(bytes, text.at[i]) != NULL)
            return true;
    return false;
}

static bool are_equal(struct http_text a, struct http_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static void check_request(const struct http_input *input)
{
    const struct http_request *request = &input->request;

    INSIST(request->method.length > 0 && !has_byte(request->method, " \t\r\n:/"));
    INSIST(request->target.length > 0 && !has_byte(request->target, " \t\r\n#\x7f"));
    INSIST(request->path.at[0] == '/' || http_is(request->path, "*"));
    INSIST(!has_byte(request->path, "?") && !has_byte(request->host, "/?@ \"<>\\"));
    INSIST(request->minor_version == 0 || request->minor_version == 1);
    INSIST(http_is(request->path, "/") || is_within(request->path, input));
    INSIST(is_within(request->query, input) && is_within(request->host, input));
    INSIST(is_within(request->body, input) && request->body.length <= HTTP_BODY_MAX);
    INSIST(request->field_count <= HTTP_FIELDS_MAX);
    for (size_t i = 0; i < request->field_count; i++) {
        const struct http_field *field = &request->fields[i];

        INSIST(is_within(field->name, input) && is_within(field->value, input));
        INSIST(field->name.length > 0 && !has_byte(field->name, " \t\r\n:"));
        INSIST(!has_byte(field->value, "\r\n"));
        INSIST(http_find(request, "transfer-encoding").at == NULL);
    }
}

static void check_same(const struct http_request *a, const struct http_request *b)
{
    INSIST(are_equal(a->method, b->method) && are_equal(a->target, b->target));
    INSIST(are_equal(a->path, b->path) && are_equal(a->query, b->query));
    INSIST(are_equal(a->host, b->host) && are_equal(a->body, b->body));
    INSIST(a->minor_version == b->minor_version && a->keep_alive == b->keep_alive);
    INSIST(a->field_count == b->field_count);
    for (size_t i = 0; i < a->field_count; i++)
        INSIST(are_equal(a->fields[i].name, b->fields[i].name) &&
               are_equal(a->fields[i].value, b->fields[i].value));
}

static void put(struct http_text text, const char *after)
{
    size_t size, more = strlen(after);
    char *room = http_room(&copied, &size);

    INSIST(size >= text.length + more);
    if (text.length > 0)
        memcpy(room, text.at, text.length);
    memcpy(room + text.length, after, more);
    http_received(&copied, text.length + more);
}

/** As a proxy would write it; no longer than it was. */
static void check_copy(const struct http_request *request)
{
    http_begin(&copied);
    put(request->method, " ");
    put(request->target,
        request->minor_version > 0 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    for (size_t i = 0; i < request->field_count; i++) {
        put(request->fields[i].name, ":");
        put(request->fields[i].value, "\r\n");
    }
    put((struct http_text){"", 0}, "\r\n");
    put(request->body, "");
    INSIST(http_next(&copied) == HTTP_REQUEST);
    check_same(request, &copied.request);
    INSIST(http_is_between(&copied));
}

static void check_response(const struct http_request *request, int status)
{
    const struct http_response response = {
        .status = status, .body = request->body, .date = status};
    static char bytes[HTTP_RESPONSE_HEAD_MAX + HTTP_BODY_MAX];
    size_t length = http_write(request, &response, bytes, sizeof bytes);

    INSIST(length > 0 && length <= HTTP_RESPONSE_HEAD_MAX + request->body.length);
    INSIST(memcmp(bytes, "HTTP/1.1 ", 9) == 0);
    INSIST(http_refuse(status, 0, bytes, sizeof bytes) < HTTP_RESPONSE_HEAD_MAX);
}

/** So much as there is room for, of at most `most`.  @return how much. */
static size_t receive(struct http_input *input, const uint8_t *data, size_t most)
{
    size_t size;
    char *room = http_room(input, &size);

    INSIST(size > 0);
    if (most < size)
        size = most;
    if (size > 0)
        memcpy(room, data, size);
    http_received(input, size);
    return size;
}

/** The next request, or none, of what is left of the data. */
static enum http_state next(struct http_input *input, const uint8_t **data,
                            const uint8_t *end, size_t piece)
{
    enum http_state state = http_next(input);

    while ((state == HTTP_MORE || state == HTTP_CONTINUE) && *data < end) {
        size_t left = (size_t)(end - *data);

        *data += receive(input, *data, left < piece ? left : piece);
        state = http_next(input);
    }
    return state == HTTP_CONTINUE ? http_next(input) : state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *parted_at = data, *end = data + size;
    size_t piece = 1 + fuzz_sum(data, size) % 16;
    enum http_state state;

    http_begin(&whole);
    http_begin(&parted);
    do {
        state = next(&whole, &at, end, size);
        INSIST(next(&parted, &parted_at, end, piece) == state);
        INSIST(whole.status == parted.status);
        if (state == HTTP_REQUEST) {
            check_request(&whole);
            check_request(&parted);
            check_same(&whole.request, &parted.request);
            check_copy(&whole.request);
            check_response(&whole.request, 200 + (int)(piece % 8));
        }
    } while (state == HTTP_REQUEST);
    INSIST(state == HTTP_MORE || state == HTTP_REFUSED);
    INSIST((state == HTTP_REFUSED) == (whole.status >= 400));
    return 0;
}
