// SPDX-License-Identifier: MIT
/**
 * HTTP/1.1, as much as a small server needs: bytes in, requests or a refusal out; and
 * responses as bytes.  Pure: no sockets, no clock, no memory but the caller's; to be
 * called from any thread, one at a time for each input.
 *
 * By RFC 9110 (what messages mean) and RFC 9112 (how they look), which "Section" below
 * stands for.  Where a server may be lenient this one is strict, since of two readers
 * of the same bytes, one more lenient than the other, an attacker makes two requests
 * out of one ("request smuggling", Section 11.2): lines end with CR and LF, a field's
 * name is followed by its colon, and what says how long a body is stands there once.
 *
 * A loop that reads from a socket:
 *
 *     http_begin(&input);
 *     for (;;) {
 *         enum http_state state = http_next(&input);
 *         size_t size;
 *         char *room = http_room(&input, &size);
 *
 *         if (state == HTTP_REQUEST)
 *             ... answer input.request; go on, unless it is not to be kept alive
 *         else if (state == HTTP_REFUSED)
 *             ... answer by http_refuse(input.status), and close
 *         else {
 *             if (state == HTTP_CONTINUE)
 *                 ... send HTTP_GO_ON
 *             ... read up to `size` bytes to `room`; http_received() says how many
 *         }
 *     }
 */

#ifndef CONC_HTTP_H
#define CONC_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/** The longest request line (Section 3 asks for 8000 bytes at least); the longest head,
 * with it and all fields; the most fields; and the longest body; in bytes. */
#define HTTP_LINE_MAX   8000
#define HTTP_HEAD_MAX   16384
#define HTTP_FIELDS_MAX 64
#define HTTP_BODY_MAX   65536

/** The response's head, as http_write() writes it, without fields of the caller's. */
#define HTTP_RESPONSE_HEAD_MAX 512

/** Some bytes of the input; no NUL follows. */
struct http_text {
    const char *at;
    size_t length;
};

struct http_field {
    struct http_text name, value; /**< the value without the blanks around it */
};

/** All of it points into the input, and stands until the next http_next(). */
struct http_request {
    struct http_text method; /**< as it was sent: "GET"; any token */
    struct http_text target; /**< visible ASCII, without '#' */
    /** Of the target: "/a" and "x=1" of "/a?x=1", as they were sent, so with "%20" and
     * the like.  The path begins with '/', or is "*" (of OPTIONS). */
    struct http_text path, query;
    /** Whom it is for, "localhost:8080": of the target, where it is a whole URL, else
     * of the field Host.  May be empty. */
    struct http_text host;
    struct http_field fields[HTTP_FIELDS_MAX]; /**< in their order */
    size_t field_count;
    struct http_text body;
    int minor_version; /**< 1, of HTTP/1.1 (and of what may come after it), or 0 */
    bool keep_alive;   /**< the client will use the connection again */
};

enum http_state {
    HTTP_MORE,     /**< the next request is not all there yet */
    HTTP_REQUEST,  /**< here it is */
    HTTP_CONTINUE, /**< its body is not sent before HTTP_GO_ON is; said once */
    HTTP_REFUSED   /**< no request can be read from here on, and why is in `status` */
};

/** "100 Continue", as bytes. */
#define HTTP_GO_ON "HTTP/1.1 100 Continue\r\n\r\n"

/** What one connection sends.  Of about 80 KiB; begins with http_begin(). */
struct http_input {
    struct http_request request; /**< when http_next() says that it is there */
    /**
     * When it was refused:
     * 400 malformed, or shapes that two servers could read in two ways;
     * 411 a body without Content-Length (chunked), which a server may refuse (6.3);
     * 413, 414, 431 a body, a request line, or fields above the limits;
     * 417 an expectation other than 100-continue;
     * 501 a transfer coding that is not known, or CONNECT; 505 not HTTP/1.
     * After all of these the connection is to be closed.
     */
    int status;

    /* Private. */
    size_t length;  /**< of bytes[] */
    size_t scanned; /**< of these, how many were looked at for lines */
    size_t line;    /**< where the line begins that is looked at */
    size_t head_length, content_length;
    bool has_line, has_head, is_whole, said_continue;
    char bytes[HTTP_HEAD_MAX + HTTP_BODY_MAX];
};

void http_begin(struct http_input *input);

/** Where to put what comes next, and how much of it; never 0 while http_next() wants
 * more. */
char *http_room(struct http_input *input, size_t *size);

/** So many bytes were put there. */
void http_received(struct http_input *input, size_t length);

/** Look at what is there.  A request that it said was there before is dropped, and the
 * next one looked for. */
enum http_state http_next(struct http_input *input);

/** Whether nothing has come of a request that is not all there: to close the connection
 * loses nothing. */
bool http_is_between(const struct http_input *input);

/** The value of the first field of that name, in any case: http_find(request,
 * "user-agent"); none: `at` is NULL. */
struct http_text http_find(const struct http_request *request, const char *name);

/** Whether the text is just that, in the same case. */
bool http_is(struct http_text text, const char *word);

struct http_response {
    int status;       /**< 200 */
    const char *type; /**< "text/plain; charset=utf-8"; NULL: nothing is said */
    const char
        *fields; /**< more, each ending with "\r\n"; nothing that a client sent */
    struct http_text body;
    time_t date; /**< now: every response says it (RFC 9110, 6.6.1) */
    bool closes; /**< though the client would keep the connection alive */
};

/**
 * The response to a request as bytes: to HEAD, without the body.  The connection is to
 * be closed if `closes`, or unless the request's keep_alive; which it says.
 * @return how many bytes; more than `size`: there was no room, and nothing is usable.
 */
size_t http_write(const struct http_request *request,
                  const struct http_response *response, char *bytes, size_t size);

/** The same where no request could be read: a line on the status.  The connection is to
 * be closed.  It fits into HTTP_RESPONSE_HEAD_MAX. */
size_t http_refuse(int status, time_t date, char *bytes, size_t size);

/** "Not Found"; of a status that is not known: "". */
const char *http_reason(int status);

#endif
