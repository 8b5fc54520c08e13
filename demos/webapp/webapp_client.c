// SPDX-License-Identifier: MIT
/** Who searches, in demos/webapp/webapp.c: a process of its own, which asks as a
 * browser does, one search after the other, by one connection, and measures each reply.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#include "demo.h"

#include "webapp.h"

/** Each search is for these letters, in a name. */
#define LETTERS "aeiou"

/** More than any reply here takes. */
#define REPLY_BYTES (256 * 1024)

static int connect_to(unsigned port)
{
    struct sockaddr_in server = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int to = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    must_posix(to, "socket");
    must_posix(connect(to, (struct sockaddr *)&server, sizeof server), "connect");
    return to;
}

/** How long the whole reply is, once its head is there; 0: it is not. */
static size_t length_of(const char *reply)
{
    const char *body = strstr(reply, "\r\n\r\n");
    const char *length = strcasestr(reply, "\r\ncontent-length:");

    if (body == NULL || length == NULL || length > body)
        return 0;
    return (size_t)(body + 4 - reply) +
           (size_t)strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
}

/** Send all of a request and receive all of its reply, which then ends with a NUL.
 * @return whether that came. */
static bool ask(int server, const char *request, char *reply)
{
    size_t got = 0, whole = 0;

    if (send(server, request, strlen(request), MSG_NOSIGNAL) < 0)
        return false;
    while (whole == 0 || got < whole) {
        ssize_t more = recv(server, reply + got, REPLY_BYTES - 1 - got, 0);

        if (more <= 0)
            return false;
        got += (size_t)more;
        reply[got] = '\0';
        whole = length_of(reply);
    }
    return true;
}

/** Whether the reply is a page that has the letters that are in the phrase. */
static bool is_right(const char *reply, const char *phrase)
{
    char results[128], wanted[160];

    find_letters(phrase, LETTERS, results, sizeof results);
    snprintf(wanted, sizeof wanted, "<b id=\"results\">%s</b>",
             results[0] != '\0' ? results : "none");
    return strncmp(reply, "HTTP/1.1 200 ", 13) == 0 && strstr(reply, wanted) != NULL;
}

/** As a form sends it: what is not plain is written as "%41". */
static void encode(const char *text, char *to, size_t size)
{
    size_t length = 0;

    to[0] = '\0';
    for (; *text != '\0' && length + 4 <= size; text++)
        length += (size_t)snprintf(to + length, size - length, "%%%02X",
                                   (unsigned)(unsigned char)*text);
}

static bool search(int server, const char *phrase, char *reply)
{
    char name[512], body[600], request[900];

    encode(phrase, name, sizeof name);
    snprintf(body, sizeof body, "phrase=%s&letters=" LETTERS, name);
    snprintf(request, sizeof request,
             "POST /search HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: conc\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    return ask(server, request, reply);
}

void client_search(unsigned port, const struct tasks *tasks)
{
    char *reply = must_alloc(REPLY_BYTES, 1);
    int server = connect_to(port);
    int64_t replies = 0, right = 0, all_ns = 0, longest_ns = 0;

    pthread_setname_np(pthread_self(), "client");
    for (size_t i = 0; i < tasks->count; i++) {
        int64_t since_ns = (int64_t)uv_hrtime(), ns;

        if (!search(server, tasks->at[i].name, reply))
            break;
        ns = (int64_t)uv_hrtime() - since_ns;
        beat("reply");
        replies++;
        right += is_right(reply, tasks->at[i].name);
        all_ns += ns;
        longest_ns = ns > longest_ns ? ns : longest_ns;
    }
    if (ask(server, "GET /viewlog HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", reply))
        beat("log seen");
    note("replies", replies);
    note("replies_right", right);
    note("replies_ns", all_ns);
    note("longest_reply_ns", longest_ns);
    close(server);
    free(reply);
}
