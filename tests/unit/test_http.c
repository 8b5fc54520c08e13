// SPDX-License-Identifier: MIT
#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define HOST         "Host: localhost\r\n"
#define GET          "GET / HTTP/1.1\r\n" HOST

static struct http_input input;

/** What a connection sends, in pieces of so many bytes; what the last one comes to. */
static enum http_state feed(const char *bytes, size_t length, size_t piece)
{
    enum http_state state = http_next(&input);

    while (length > 0 && (state == HTTP_MORE || state == HTTP_CONTINUE)) {
        size_t size, part = piece < length ? piece : length;
        char *room = http_room(&input, &size);

        assert_true(size > 0);
        if (part > size)
            part = size;
        memcpy(room, bytes, part);
        http_received(&input, part);
        bytes += part;
        length -= part;
        state = http_next(&input);
    }
    return state;
}

static enum http_state sent(const char *text, size_t piece)
{
    http_begin(&input);
    return feed(text, strlen(text), piece);
}

static const size_t pieces[] = {SIZE_MAX, 1, 2, 7};

static void assert_is(struct http_text text, const char *expected)
{
    if (!http_is(text, expected))
        fail_msg("'%.*s' is not '%s'", (int)text.length, text.at, expected);
}

static void requests_are_read(void **state)
{
    static const struct {
        const char *sent, *method, *path, *query, *host, *body;
        bool keep_alive;
    } cases[] = {
        {GET "\r\n", "GET", "/", "", "localhost", "", true},
        {"\r\n\r\n" GET "\r\n", "GET", "/", "", "localhost", "", true},
        {"GET /a/b?x=1&y=%20?z HTTP/1.1\r\nhost:\t[::1]:80 \t\r\n\r\n", "GET", "/a/b",
         "x=1&y=%20?z", "[::1]:80", "", true},
        {"GET /? HTTP/1.1\r\nHost:\r\n\r\n", "GET", "/", "", "", "", true},
        {"M-SEARCH /{x|y} HTTP/1.9\r\n" HOST "\r\n", "M-SEARCH", "/{x|y}", "",
         "localhost", "", true},
        {"GET HTTP://a.example:8/p?q HTTP/1.1\r\nHost: other\r\n\r\n", "GET", "/p", "q",
         "a.example:8", "", true},
        {"GET http://a.example?q HTTP/1.1\r\nHost: other\r\n\r\n", "GET", "/", "q",
         "a.example", "", true},
        {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "OPTIONS", "*", "", "localhost", "",
         true},
        {"POST /f HTTP/1.1\r\n" HOST "Content-Length: 005\r\n\r\na\r\n\0b", "POST",
         "/f", "", "localhost", "a\r\n", true},
        {"GET / HTTP/1.0\r\n\r\n", "GET", "/", "", "", "", false},
        {"GET / HTTP/1.0\r\nConnection: a , Keep-Alive\r\n\r\n", "GET", "/", "", "", "",
         true},
        {GET "Connection: a\r\nConnection:b,CLOSE\r\n\r\n", "GET", "/", "", "localhost",
         "", false},
        {GET "X: \x80\xff \t y\r\nY:\r\n\r\n", "GET", "/", "", "localhost", "", true},
        {GET "Expect: 100-Continue\r\n\r\n", "GET", "/", "", "localhost", "", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases) * COUNT(pieces); i++) {
        const struct http_request *request = &input.request;
        const char *text = cases[i / COUNT(pieces)].sent;
        /* A body may hold NUL, too. */
        size_t length = strlen(text) + (strstr(text, "005") != NULL ? 2 : 0);

        http_begin(&input);
        if (feed(text, length, pieces[i % COUNT(pieces)]) != HTTP_REQUEST)
            fail_msg("refused with %d: %s", input.status, text);
        assert_is(request->method, cases[i / COUNT(pieces)].method);
        assert_is(request->path, cases[i / COUNT(pieces)].path);
        assert_is(request->query, cases[i / COUNT(pieces)].query);
        assert_is(request->host, cases[i / COUNT(pieces)].host);
        assert_memory_equal(request->body.at, cases[i / COUNT(pieces)].body,
                            strlen(cases[i / COUNT(pieces)].body));
        assert_int_equal(request->keep_alive, cases[i / COUNT(pieces)].keep_alive);
        assert_true(http_is_between(&input));
    }
}

/** Nothing but a status comes of these; that of a piece is that of the whole. */
static void malformed_requests_are_refused(void **state)
{
    static const struct {
        int status;
        const char *sent;
    } cases[] = {
        /* the request line */
        {400, "GET  / HTTP/1.1\r\n"},
        {400, "GET /  HTTP/1.1\r\n"},
        {400, "GET\t/ HTTP/1.1\r\n"},
        {400, " GET / HTTP/1.1\r\n"},
        {400, "GET / HTTP/1.1 \r\n"},
        {400, "GET /\r\n"},
        {400, "GET\r\n"},
        {400, "G@T / HTTP/1.1\r\n"},
        {400, "GET / http/1.1\r\n"},
        {400, "GET / HTTP/1.10\r\n"},
        {400, "GET / HTTP/11\r\n"},
        {400, "GET a HTTP/1.1\r\n"},
        {400, "GET * HTTP/1.1\r\n"},
        {400, "GET /#a HTTP/1.1\r\n"},
        {400, "GET /\xc3\xa4 HTTP/1.1\r\n"},
        {400, "GET https://a/ HTTP/1.1\r\n"},
        {400, "GET http:///a HTTP/1.1\r\n"},
        {400, "GET http://user@a/ HTTP/1.1\r\n" HOST "\r\n"},
        {400, "\x16\x03\x01\x02"},
        {505, "GET / HTTP/2.0\r\n"},
        {505, "PRI * HTTP/2.0\r\n"},
        {505, "GET / HTTP/0.9\r\n"},
        {501, "CONNECT a.example:443 HTTP/1.1\r\n"},
        /* ends of lines */
        {400, "GET / HTTP/1.1\n"},
        {400, "GET / HTTP/1.1\rHost: a\r\n"},
        {400, "GET / HTTP/1.1\r\r\n"},
        {400, GET "X: a\nContent-Length: 1\r\n\r\n"},
        {400, GET "X: a\rY: b\r\n\r\n"},
        {400, "\n"},
        /* fields */
        {400, "GET / HTTP/1.1\r\n Host: a\r\n"},
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, GET HOST "\r\n"},
        {400, "GET / HTTP/1.0\r\n" HOST HOST "\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, GET "X : a\r\n"},
        {400, GET "X: a\r\n b\r\n"},
        {400, GET ": a\r\n"},
        {400, GET "X\r\n"},
        {400, GET "X(Y): a\r\n"},
        {400, GET "X: \x01\r\n"},
        {400, GET "X: \x7f\r\n"},
        {417, GET "Expect: a\r\n\r\n"},
        /* how long the body is */
        {400, GET "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
        {400, GET "Content-Length: 3, 3\r\n\r\nabc"},
        {400, GET "Content-Length: +3\r\n\r\nabc"},
        {400, GET "Content-Length: -1\r\n\r\n"},
        {400, GET "Content-Length: 0x3\r\n\r\nabc"},
        {400, GET "Content-Length: 3 3\r\n\r\nabc"},
        {400, GET "Content-Length:\r\n\r\n"},
        {400, GET "Content-Length : 3\r\n\r\nabc"},
        {413, GET "Content-Length: 65537\r\n\r\n"},
        {413, GET "Content-Length: 18446744073709551617\r\n\r\n"},
        {411, GET "Transfer-Encoding: Chunked\r\n\r\n"},
        {501, GET "Transfer-Encoding: gzip, chunked\r\n\r\n"},
        {400, GET "Transfer-Encoding: chunked, gzip\r\n\r\n"},
        {400, GET "Transfer-Encoding: identity\r\n\r\n"},
        {400, GET "Transfer-Encoding:\r\n\r\n"},
        {400, GET "Transfer-Encoding: xchunked\r\n\r\n"},
        {400, GET "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n"},
        {400, GET "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, GET "transfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n"},
        {400, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases) * COUNT(pieces); i++) {
        const char *text = cases[i / COUNT(pieces)].sent;
        int status = cases[i / COUNT(pieces)].status;

        if (sent(text, pieces[i % COUNT(pieces)]) != HTTP_REFUSED ||
            input.status != status)
            fail_msg("%d, not %d: %s", input.status, status, text);
        assert_false(http_is_between(&input));
        assert_int_equal(http_next(&input), HTTP_REFUSED);
    }
}

static void a_part_is_not_refused(void **state)
{
    static const char whole[] =
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc";

    (void)state;
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        http_begin(&input);
        assert_int_equal(feed(whole, length, SIZE_MAX), HTTP_MORE);
        assert_int_equal(http_is_between(&input), length == 0);
    }
}

static void requests_follow_each_other(void **state)
{
    static const char many[] = "POST /1 HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n"
                               "GET /GET /2 HTTP/1.1\r\n" HOST "\r\n"
                               "GET /3 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\nGE";

    (void)state;
    http_begin(&input);
    assert_int_equal(feed(many, sizeof many - 1, SIZE_MAX), HTTP_REQUEST);
    assert_is(input.request.path, "/1");
    assert_is(input.request.body, "GET /");
    assert_false(http_is_between(&input));
    assert_int_equal(http_next(&input), HTTP_REQUEST);
    assert_is(input.request.path, "/2");
    assert_is(input.request.body, "");
    assert_int_equal(http_next(&input), HTTP_REQUEST);
    assert_is(input.request.path, "/3");
    assert_false(input.request.keep_alive);
    assert_int_equal(http_next(&input), HTTP_MORE);
    assert_false(http_is_between(&input));
}

static void a_body_that_waits_is_asked_for_once(void **state)
{
    static const char head[] =
        "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";

    (void)state;
    http_begin(&input);
    assert_int_equal(feed(head, sizeof head - 1, SIZE_MAX), HTTP_CONTINUE);
    assert_int_equal(http_next(&input), HTTP_MORE);
    assert_int_equal(feed("ab", 2, SIZE_MAX), HTTP_REQUEST);
    assert_is(input.request.body, "ab");
}

/** `count` times `unit`, between two texts. */
static enum http_state long_one(const char *front, const char *unit, size_t count,
                                const char *back)
{
    size_t length = strlen(front) + count * strlen(unit) + strlen(back);
    char *text = malloc(length + 1), *end = text;
    enum http_state state;

    assert_non_null(text);
    end = stpcpy(end, front);
    while (count-- > 0)
        end = stpcpy(end, unit);
    stpcpy(end, back);
    http_begin(&input);
    state = feed(text, length, SIZE_MAX);
    free(text);
    return state;
}

static void limits_hold(void **state)
{
    static const char line[] = " HTTP/1.1\r\n" HOST "\r\n";
    static const char body[] = GET "Content-Length: 65536\r\n\r\n";
    const size_t path = HTTP_LINE_MAX - strlen("GET / HTTP/1.1");
    const size_t value = HTTP_HEAD_MAX - strlen(GET "X:\r\n\r\n");

    (void)state;
    assert_int_equal(long_one("GET /", "a", path, line), HTTP_REQUEST);
    assert_int_equal(long_one("GET /", "a", path + 1, line), HTTP_REFUSED);
    assert_int_equal(input.status, 414);
    assert_int_equal(long_one("G", "E", 100000, line), HTTP_REFUSED);
    assert_int_equal(input.status, 414);
    assert_int_equal(long_one(GET "X:", "a", value, "\r\n\r\n"), HTTP_REQUEST);
    assert_int_equal(long_one(GET "X:", "a", value + 1, "\r\n\r\n"), HTTP_REFUSED);
    assert_int_equal(input.status, 431);
    assert_int_equal(long_one(GET, "X:\r\n", HTTP_FIELDS_MAX - 1, "\r\n"),
                     HTTP_REQUEST);
    assert_int_equal(long_one(GET, "X:\r\n", HTTP_FIELDS_MAX, "\r\n"), HTTP_REFUSED);
    assert_int_equal(input.status, 431);
    assert_int_equal(long_one("", "\r\n", HTTP_HEAD_MAX, ""), HTTP_REFUSED);
    assert_int_equal(input.status, 431);
    assert_int_equal(long_one(body, "a", HTTP_BODY_MAX, ""), HTTP_REQUEST);
    assert_int_equal(input.request.body.length, HTTP_BODY_MAX);
}

static void fields_are_found(void **state)
{
    (void)state;
    assert_int_equal(sent(GET "X-A:  1 2 \r\nx-a: 3\r\nY:\r\n\r\n", SIZE_MAX),
                     HTTP_REQUEST);
    assert_is(http_find(&input.request, "x-A"), "1 2");
    assert_is(http_find(&input.request, "Y"), "");
    assert_non_null(http_find(&input.request, "Y").at);
    assert_null(http_find(&input.request, "X").at);
    assert_int_equal(input.request.field_count, 4);
    assert_is(input.request.fields[2].name, "x-a");
}

static void responses_are_written(void **state)
{
    const struct http_response hello = {
        .status = 200, .type = "text/plain", .body = {"hello\n", 6}, .date = 784111777};
    const struct http_response gone = {
        .status = 303, .fields = "Location: /\r\n", .date = 0, .closes = true};
    const struct http_response empty = {.status = 204, .date = 951827696};
    char bytes[HTTP_RESPONSE_HEAD_MAX];
    size_t length;

    (void)state;
    sent(GET "\r\n", SIZE_MAX);
    length = http_write(&input.request, &hello, bytes, sizeof bytes);
    assert_is((struct http_text){bytes, length},
              "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
              "Content-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n");
    for (size_t size = 0; size <= length; size++) {
        memset(bytes, '*', sizeof bytes);
        assert_int_equal(http_write(&input.request, &hello, bytes, size), length);
        assert_int_equal(bytes[size], '*');
    }
    length = http_write(&input.request, &empty, bytes, sizeof bytes);
    assert_is((struct http_text){bytes, length},
              "HTTP/1.1 204 No Content\r\nDate: Tue, 29 Feb 2000 12:34:56 GMT\r\n\r\n");

    sent("HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", SIZE_MAX);
    length = http_write(&input.request, &hello, bytes, sizeof bytes);
    assert_is((struct http_text){bytes, length},
              "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
              "Connection: keep-alive\r\nContent-Type: text/plain\r\n"
              "Content-Length: 6\r\n\r\n");
    length = http_write(&input.request, &gone, bytes, sizeof bytes);
    assert_is((struct http_text){bytes, length},
              "HTTP/1.1 303 See Other\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
              "Connection: close\r\nContent-Length: 0\r\nLocation: /\r\n\r\n");
}

static void refusals_are_written(void **state)
{
    char bytes[HTTP_RESPONSE_HEAD_MAX];
    size_t length = http_refuse(431, 0, bytes, sizeof bytes);

    (void)state;
    assert_is((struct http_text){bytes, length},
              "HTTP/1.1 431 Request Header Fields Too Large\r\n"
              "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: close\r\n"
              "Content-Type: text/plain\r\nContent-Length: 36\r\n\r\n"
              "431 Request Header Fields Too Large\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read),
        cmocka_unit_test(malformed_requests_are_refused),
        cmocka_unit_test(a_part_is_not_refused),
        cmocka_unit_test(requests_follow_each_other),
        cmocka_unit_test(a_body_that_waits_is_asked_for_once),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(fields_are_found),
        cmocka_unit_test(responses_are_written),
        cmocka_unit_test(refusals_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
