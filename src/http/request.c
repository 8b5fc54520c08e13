// SPDX-License-Identifier: MIT
#include "http.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Bytes, the same in every locale ------------------------------------------ */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
    return is_digit(c) || ((c | ' ') >= 'a' && (c | ' ') <= 'z');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/** In a line, but for the CR at its end: no control character has a place there. */
static bool is_allowed(char c)
{
    return (unsigned char)c >= ' ' ? c != 0x7f : c == '\t';
}

/** Of names of methods and fields (RFC 9110, 5.6.2). */
static bool is_token_byte(char c)
{
    return is_alphanumeric(c) || c == '-' || is_one_of(c, "!#$%&'*+.^_`|~");
}

/** More than RFC 3986 allows, since browsers send it: {x|y}, say. */
static bool is_target_byte(char c)
{
    return c > ' ' && c < 0x7f && c != '#';
}

/** A host and a port, without a user. */
static bool is_host_byte(char c)
{
    return is_alphanumeric(c) || c == '.' || is_one_of(c, "-_~%!$&'()*+,;=:[]");
}

/* Texts -------------------------------------------------------------------- */

static bool is_all(struct http_text text, bool (*fits)(char))
{
    for (size_t i = 0; i < text.length; i++)
        if (!fits(text.at[i]))
            return false;
    return true;
}

bool http_is(struct http_text text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.at, word, text.length) == 0;
}

static bool is_in_any_case(struct http_text text, const char *word)
{
    return text.length == strlen(word) && strncasecmp(text.at, word, text.length) == 0;
}

/** Take what stands before the byte, and the byte, off the text's front; all of it
 * where there is no such byte. */
static struct http_text cut(struct http_text *text, char at)
{
    const char *found = text->length > 0 ? memchr(text->at, at, text->length) : NULL;
    size_t length = found != NULL ? (size_t)(found - text->at) : text->length;
    struct http_text front = {text->at, length};

    if (found != NULL)
        length++;
    text->at += length;
    text->length -= length;
    return front;
}

static struct http_text trimmed(struct http_text text)
{
    while (text.length > 0 && is_blank(text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.at[text.length - 1]))
        text.length--;
    return text;
}

struct http_text http_find(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (is_in_any_case(request->fields[i].name, name))
            return request->fields[i].value;
    return (struct http_text){NULL, 0};
}

static size_t count_of(const struct http_request *request, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < request->field_count; i++)
        count += is_in_any_case(request->fields[i].name, name);
    return count;
}

/** Of a list with commas in it, and of all fields of that name. */
static bool lists(const struct http_request *request, const char *name,
                  const char *word)
{
    for (size_t i = 0; i < request->field_count; i++) {
        struct http_text rest = request->fields[i].value;

        if (!is_in_any_case(request->fields[i].name, name))
            continue;
        while (rest.length > 0)
            if (is_in_any_case(trimmed(cut(&rest, ',')), word))
                return true;
    }
    return false;
}

/* The request line: each returns 0, or the status to refuse it with ------------ */

static int read_version(struct http_request *request, struct http_text version)
{
    const char *at = version.at;

    if (version.length != 8 || memcmp(at, "HTTP/", 5) != 0 || !is_digit(at[5]) ||
        at[6] != '.' || !is_digit(at[7]))
        return 400;
    if (at[5] != '1')
        return 505;
    request->minor_version = at[7] != '0';
    return 0;
}

/** The target as a path (3.2.1), or as a whole URL (3.2.2). */
static int read_target(struct http_request *request)
{
    static const char scheme[] = "http://";
    const size_t scheme_length = sizeof scheme - 1;
    struct http_text rest = request->target;

    if (rest.length > scheme_length &&
        strncasecmp(rest.at, scheme, scheme_length) == 0) {
        rest.at += scheme_length;
        rest.length -= scheme_length;
        request->host = (struct http_text){rest.at, 0};
        while (rest.length > 0 && !is_one_of(rest.at[0], "/?")) {
            request->host.length++;
            rest.at++;
            rest.length--;
        }
        if (request->host.length == 0)
            return 400;
    } else if (rest.at[0] != '/') {
        bool asks_server = http_is(rest, "*") && http_is(request->method, "OPTIONS");

        if (!asks_server)
            return http_is(request->method, "CONNECT") ? 501 : 400;
    }
    request->path = cut(&rest, '?');
    request->query = rest;
    if (request->path.length == 0)
        request->path = (struct http_text){"/", 1};
    return 0;
}

/** method SP target SP version (3): two blanks, neither more nor other ones. */
static int read_request_line(struct http_request *request, struct http_text line)
{
    request->method = cut(&line, ' ');
    request->target = cut(&line, ' ');
    if (request->method.length == 0 || !is_all(request->method, is_token_byte) ||
        request->target.length == 0 || !is_all(request->target, is_target_byte))
        return 400;

    int status = read_version(request, line);

    return status != 0 ? status : read_target(request);
}

/* Fields ------------------------------------------------------------------- */

/** name ":" value (5).  A blank before the colon is an attack (5.1), and one before the
 * name would go on with the line before, which is no longer allowed (5.2): neither is
 * part of a token. */
static int read_field(struct http_request *request, struct http_text line)
{
    struct http_text value = line;
    struct http_text name = cut(&value, ':');

    if (name.length == 0 || name.length == line.length || !is_all(name, is_token_byte))
        return 400;
    if (request->field_count == HTTP_FIELDS_MAX)
        return 431;
    request->fields[request->field_count++] = (struct http_field){name, trimmed(value)};
    return 0;
}

/** There must be one, and no more (3.2). */
static int read_host(struct http_request *request)
{
    size_t count = count_of(request, "host");
    struct http_text host = http_find(request, "host");

    if (count > 1 || (count == 0 && request->minor_version > 0))
        return 400;
    if (count == 1 && !is_all(host, is_host_byte))
        return 400;
    if (request->host.length > 0) /* the target's goes before it (3.2.2) */
        return is_all(request->host, is_host_byte) ? 0 : 400;
    request->host = host;
    return 0;
}

/** A body in a transfer coding, of which none is known here; by 6.1 and 6.3.  Beside a
 * length, in two fields, or in HTTP/1.0, which has none, it is an attack. */
static int refuse_coding(const struct http_request *request)
{
    struct http_text rest = http_find(request, "transfer-encoding"), last = rest;
    bool is_alone = true;

    if (request->minor_version == 0 || count_of(request, "transfer-encoding") > 1 ||
        count_of(request, "content-length") > 0)
        return 400;
    for (bool is_first = true; rest.length > 0; is_first = false) {
        last = trimmed(cut(&rest, ','));
        is_alone = is_first;
    }
    if (!is_in_any_case(last, "chunked"))
        return 400;
    return is_alone ? 411 : 501;
}

/** Digits only, and once (6.3). */
static int read_length(const struct http_request *request, size_t *length)
{
    size_t count = count_of(request, "content-length");
    struct http_text digits = http_find(request, "content-length");

    if (count == 0)
        return 0;
    if (count > 1 || digits.length == 0 || !is_all(digits, is_digit))
        return 400;
    for (size_t i = 0; i < digits.length; i++) {
        *length = *length * 10 + (size_t)(digits.at[i] - '0');
        if (*length > HTTP_BODY_MAX)
            return 413;
    }
    return 0;
}

/** What the fields mean for this connection, now that they are all there. */
static int read_head(struct http_input *input)
{
    struct http_request *request = &input->request;
    struct http_text expected = http_find(request, "expect");
    int status = read_host(request);

    if (status == 0 && count_of(request, "transfer-encoding") > 0)
        status = refuse_coding(request);
    if (status == 0)
        status = read_length(request, &input->content_length);
    if (status == 0 && expected.at != NULL && request->minor_version > 0 &&
        !is_in_any_case(expected, "100-continue"))
        status = 417;
    request->keep_alive =
        !lists(request, "connection", "close") &&
        (request->minor_version > 0 || lists(request, "connection", "keep-alive"));
    input->said_continue = expected.at == NULL || request->minor_version == 0;
    return status;
}

/* Lines -------------------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/** Go on past bytes that neither end a line nor are refused, nor pass a limit. */
static void skip_plain(struct http_input *input)
{
    size_t end = least(input->length, HTTP_HEAD_MAX - 1), at = input->scanned;
    bool after_cr = at > input->line && input->bytes[at - 1] == '\r';

    if (!input->has_line)
        end = least(end, input->line + HTTP_LINE_MAX + 1);
    while (!after_cr && at < end && is_allowed(input->bytes[at]))
        at++;
    input->scanned = at;
}

/** Go on to the end of the line, and no byte twice.  @return whether it was found. */
static bool find_line(struct http_input *input, struct http_text *line)
{
    const char *bytes = input->bytes;

    for (;;) {
        skip_plain(input);
        if (input->status != 0 || input->scanned == input->length)
            return false;

        size_t at = input->scanned++;
        bool after_cr = at > input->line && bytes[at - 1] == '\r';

        if (bytes[at] == '\n' && after_cr) {
            *line = (struct http_text){bytes + input->line, at - 1 - input->line};
            return true;
        }
        if (after_cr || (bytes[at] != '\r' && !is_allowed(bytes[at])))
            input->status = 400;
        else if (input->scanned >= HTTP_HEAD_MAX)
            input->status = 431;
        else if (!input->has_line && input->scanned - input->line > HTTP_LINE_MAX + 1)
            input->status = 414;
    }
}

/** Empty lines may stand before a request (2.2). */
static void take_line(struct http_input *input, struct http_text line)
{
    if (line.length == 0 && input->has_line) {
        input->has_head = true;
        input->head_length = input->scanned;
        input->status = read_head(input);
    } else if (input->has_line) {
        input->status = read_field(&input->request, line);
    } else if (line.length > 0) {
        input->has_line = true;
        input->status = read_request_line(&input->request, line);
    }
    input->line = input->scanned;
}

/* Input -------------------------------------------------------------------- */

/** But for its bytes. */
static void begin_request(struct http_input *input)
{
    struct http_request *request = &input->request;

    request->host = (struct http_text){NULL, 0};
    request->body = (struct http_text){NULL, 0};
    request->field_count = 0;
    input->status = 0;
    input->scanned = input->line = input->head_length = input->content_length = 0;
    input->has_line = input->has_head = input->is_whole = input->said_continue = false;
}

void http_begin(struct http_input *input)
{
    begin_request(input);
    input->length = 0;
}

char *http_room(struct http_input *input, size_t *size)
{
    *size = sizeof input->bytes - input->length;
    return input->bytes + input->length;
}

void http_received(struct http_input *input, size_t length)
{
    input->length += length;
}

bool http_is_between(const struct http_input *input)
{
    size_t done = input->is_whole ? input->head_length + input->content_length : 0;

    return input->status == 0 && input->length == done;
}

static void drop_request(struct http_input *input)
{
    size_t done = input->head_length + input->content_length;

    input->length -= done;
    memmove(input->bytes, input->bytes + done, input->length);
    begin_request(input);
}

enum http_state http_next(struct http_input *input)
{
    struct http_text line;

    if (input->is_whole)
        drop_request(input);
    while (!input->has_head && input->status == 0 && find_line(input, &line))
        take_line(input, line);
    if (input->status != 0)
        return HTTP_REFUSED;
    if (!input->has_head)
        return HTTP_MORE;

    size_t here = input->length - input->head_length;

    if (here >= input->content_length) {
        input->request.body = (struct http_text){input->bytes + input->head_length,
                                                 input->content_length};
        input->is_whole = true;
        return HTTP_REQUEST;
    }
    if (here > 0 || input->said_continue)
        return HTTP_MORE;
    input->said_continue = true;
    return HTTP_CONTINUE;
}
