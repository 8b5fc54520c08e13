// SPDX-License-Identifier: MIT
#include "http.h"

#include <stdio.h>
#include <string.h>

const char *http_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } known[] = {
        {200, "OK"},
        {204, "No Content"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].reason;
    return "";
}

static void put_digits(char *to, size_t count, int number)
{
    for (; count > 0; number /= 10)
        to[--count] = (char)('0' + number % 10);
}

/** As RFC 9110, 5.6.7 has it, which strftime() would not in every locale. */
static bool write_date(time_t date, char text[30])
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;

    if (gmtime_r(&date, &tm) == NULL || tm.tm_year < 0 || tm.tm_year >= 8100)
        return false;
    memcpy(text, "Sun, 00 Jan 0000 00:00:00 GMT", 30);
    memcpy(text, days[tm.tm_wday], 3);
    put_digits(text + 5, 2, tm.tm_mday);
    memcpy(text + 8, months[tm.tm_mon], 3);
    put_digits(text + 12, 4, tm.tm_year + 1900);
    put_digits(text + 17, 2, tm.tm_hour);
    put_digits(text + 20, 2, tm.tm_min);
    put_digits(text + 23, 2, tm.tm_sec);
    return true;
}

/** The same; or NULL.  Each thread remembers the last one, since many responses are of
 * the same second, and working it out takes longer than all the rest of a short one. */
static const char *date_text(time_t date)
{
    static _Thread_local struct {
        time_t date;
        bool is_there;
        char text[30];
    } last;

    if (!last.is_there || last.date != date) {
        last.date = date;
        last.is_there = write_date(date, last.text);
    }
    return last.is_there ? last.text : NULL;
}

/** Where the bytes go, as far as there is room, and how many there would be. */
struct output {
    char *bytes;
    size_t size, length;
};

static void put(struct output *output, const char *bytes, size_t length)
{
    if (length <= output->size && output->length <= output->size - length)
        memcpy(output->bytes + output->length, bytes, length);
    output->length += length;
}

static void put_text(struct output *output, const char *text)
{
    put(output, text, strlen(text));
}

static void put_number(struct output *output, size_t number)
{
    char digits[20];
    size_t count = 0;

    do
        digits[sizeof digits - ++count] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    put(output, digits + sizeof digits - count, count);
}

static void put_field(struct output *output, const char *name, const char *value)
{
    put_text(output, name);
    put_text(output, ": ");
    put_text(output, value);
    put_text(output, "\r\n");
}

/** HTTP/1.1 keeps a connection where nothing is said, HTTP/1.0 closes it. */
static const char *connection(const struct http_request *request, bool closes)
{
    if (closes || !request->keep_alive)
        return "close";
    return request->minor_version == 0 ? "keep-alive" : NULL;
}

static bool has_content(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

size_t http_write(const struct http_request *request,
                  const struct http_response *response, char *bytes, size_t size)
{
    struct output output = {.size = size};
    const char *kept = connection(request, response->closes);
    const char *date = date_text(response->date);

    output.bytes = bytes;
    put_text(&output, "HTTP/1.1 ");
    put_number(&output, (size_t)response->status);
    put_text(&output, " ");
    put_text(&output, http_reason(response->status));
    put_text(&output, "\r\n");
    if (date != NULL)
        put_field(&output, "Date", date);
    if (kept != NULL)
        put_field(&output, "Connection", kept);
    if (response->type != NULL)
        put_field(&output, "Content-Type", response->type);
    if (has_content(response->status)) {
        put_text(&output, "Content-Length: ");
        put_number(&output, response->body.length);
        put_text(&output, "\r\n");
    }
    if (response->fields != NULL)
        put_text(&output, response->fields);
    put_text(&output, "\r\n");
    if (has_content(response->status) && !http_is(request->method, "HEAD"))
        put(&output, response->body.at, response->body.length);
    return output.length;
}

size_t http_refuse(int status, time_t date, char *bytes, size_t size)
{
    const struct http_request unread = {.method = {"", 0}};
    char line[64];
    int length = snprintf(line, sizeof line, "%d %s\n", status, http_reason(status));
    const struct http_response response = {
        .status = status,
        .type = "text/plain",
        .body = {line, length > 0 ? (size_t)length : 0},
        .date = date,
    };

    return http_write(&unread, &response, bytes, size);
}
