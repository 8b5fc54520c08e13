// SPDX-License-Identifier: MIT
/**
 * What demos/server/server.c does with a connection: read a request, answer it, and the
 * next one.  Each read and write is a blocking one: while a client sends nothing, the
 * thread that serves it can do nothing else.  So there is a limit on how long a request
 * may take to arrive.
 *
 * What a request looks like, and what makes it malformed, is in src/http/http.h.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#include "server.h"

/** The system keeps so many connections that nobody has accepted yet. */
#define BACKLOG 1024

void server_open(struct server *server, const struct tasks *tasks)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)option("--port")),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int again = 1;

    *server = (struct server){.tasks = tasks, .timeout_ns = option("--timeout")};
    server_sign(server);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    must_posix(server->listener, "socket");
    /* Else the port is taken for a minute after a server on it has ended. */
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
    must_posix(bind(server->listener, (struct sockaddr *)&address, length),
               "bind to the port of --port");
    must_posix(listen(server->listener, BACKLOG), "listen");
    must_posix(getsockname(server->listener, (struct sockaddr *)&address, &length),
               "getsockname");
    server->gone = clients_begin(ntohs(address.sin_port));
}

void server_sign(struct server *server)
{
    snprintf(server->of_process, sizeof server->of_process, " of process %lld\n",
             (long long)getpid());
}

void server_close(struct server *server)
{
    if (server->listener >= 0)
        close(server->listener);
    clients_end();
    note("hits", atomic_load(&server->hits));
}

/** Descriptors or memory have run out: a connection that is closed meanwhile gives some
 * back, and whoever is not accepted waits in the system's queue. */
static bool has_run_out(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/**
 * Wait for a connection, or for the end.  Several processes may wait here for the same
 * ones: all wake up (a thundering herd), one gets it, and accept() tells the others
 * that there is none any more, since the listener does not block.  At the end nobody is
 * accepted, or clients from outside, who come again and again, would put it off for
 * ever.
 */
int next_connection(struct server *server)
{
    struct pollfd either[] = {{.fd = server->listener, .events = POLLIN},
                              {.fd = server->gone, .events = POLLIN}};
    int connection = -1;

    while (connection < 0) {
        must_posix(poll(either, 2, -1), "poll");
        if (either[1].revents != 0)
            return -1;
        connection = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0 && has_run_out(errno))
            poll(&either[1], 1, 10);
        else if (connection < 0 && errno != EAGAIN && errno != ECONNABORTED)
            must_posix(connection, "accept");
    }
    return connection;
}

/* A connection --------------------------------------------------------------------- */

/** Wait for something to read, no longer than until then. */
static bool has_come(int connection, int64_t until_ns)
{
    struct pollfd input = {.fd = connection, .events = POLLIN};
    int64_t left_ns = until_ns - (int64_t)uv_hrtime();
    int left_ms = left_ns > 0 ? (int)((left_ns + 999999) / 1000000) : 0;

    return poll(&input, 1, left_ms) > 0;
}

/** @return false: the client has gone, or does not read what it is sent. */
static bool send_all(int connection, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(connection, bytes, length, MSG_NOSIGNAL);

        if (sent < 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

/** When the time ends that a client has to send a request, or to hear that there is
 * none. */
static int64_t time_ends_ns(struct server *server)
{
    int64_t timeout_ns = atomic_load(&server->is_over) ? 0 : server->timeout_ns;

    return (int64_t)uv_hrtime() + timeout_ns;
}

/** To close a connection with something unread in it is to break it off, and the
 * client, who may still be sending, might never see the answer: so say that nothing
 * more will be sent, and read on until it has gone (RFC 9112, 9.6). */
static void say_goodbye(struct server *server, int connection)
{
    int64_t until_ns = time_ends_ns(server);
    char bytes[4096];

    shutdown(connection, SHUT_WR);
    while ((int64_t)uv_hrtime() < until_ns && has_come(connection, until_ns) &&
           recv(connection, bytes, sizeof bytes, 0) > 0)
        continue;
}

static void refuse(struct server *server, int connection, int status)
{
    char bytes[HTTP_RESPONSE_HEAD_MAX];
    size_t length = http_refuse(status, time(NULL), bytes, sizeof bytes);

    if (send_all(connection, bytes, length))
        say_goodbye(server, connection);
}

/** Read until a request is there.  @return false: there will be none. */
static bool receive(struct server *server, int connection, struct http_input *input)
{
    int64_t until_ns = time_ends_ns(server);
    enum http_state state;

    while ((state = http_next(input)) != HTTP_REQUEST) {
        size_t size;
        char *room = http_room(input, &size);
        ssize_t got;

        if (state == HTTP_CONTINUE)
            send_all(connection, HTTP_GO_ON, sizeof HTTP_GO_ON - 1);
        if (state == HTTP_REFUSED) {
            refuse(server, connection, input->status);
            return false;
        }
        if (!has_come(connection, until_ns)) {
            if (!http_is_between(input))
                refuse(server, connection, 408);
            return false;
        }
        got = recv(connection, room, size, 0);
        if (got <= 0)
            return false;
        http_received(input, (size_t)got);
    }
    return true;
}

/** Whether a client that would like to keep its connection holds up others, or the
 * server's end. */
static bool others_wait(struct server *server)
{
    struct pollfd either[] = {{.fd = server->gone, .events = POLLIN},
                              {.fd = server->listener, .events = POLLIN}};

    if (server->has_thread_for_each)
        return poll(either, 1, 0) > 0;
    return atomic_load(&server->queued) > 0 || poll(either, 2, 0) > 0;
}

/** Something behind the request has come: more may be on its way. */
static bool has_more(int connection, const struct http_input *input)
{
    return !http_is_between(input) || has_come(connection, 0);
}

static bool answer(struct server *server, int connection,
                   const struct http_input *input)
{
    const struct http_request *request = &input->request;
    const struct task *task = task_asked_for(server, request);
    char bytes[RESPONSE_MAX];
    bool closes;
    size_t length;

    if (task != NULL)
        work(task);
    closes = !request->keep_alive || others_wait(server);
    length = write_response(server, request, closes, bytes);
    if (!send_all(connection, bytes, length))
        return false;
    if (closes && has_more(connection, input))
        say_goodbye(server, connection);
    return !closes;
}

void serve(struct server *server, int connection)
{
    const int64_t us = server->timeout_ns / 1000 + 1; /* 0 would be: for ever */
    const struct timeval timeout = {us / 1000000, us % 1000000};
    struct http_input input;

    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    http_begin(&input);
    while (receive(server, connection, &input) && answer(server, connection, &input))
        continue;
    close(connection);
}

/* A request ------------------------------------------------------------------------ */

/** HEAD is answered as GET is, without the body (RFC 9110, 9.3.2). */
static bool gets(const struct http_request *request)
{
    return http_is(request->method, "GET") || http_is(request->method, "HEAD");
}

const struct task *task_asked_for(const struct server *server,
                                  const struct http_request *request)
{
    size_t number = 0;

    if (request->path.length < 2 || !gets(request))
        return NULL;
    for (size_t i = 1; i < request->path.length; i++) {
        char digit = request->path.at[i];

        if (digit < '0' || digit > '9' || number >= server->tasks->count)
            return NULL;
        number = number * 10 + (size_t)(digit - '0');
    }
    return number < server->tasks->count ? &server->tasks->at[number] : NULL;
}

/** "OK; hit 7 of process 1234\n", by hand: snprintf() would take longer than all that
 * is done for a short request besides.  @return how long it is. */
static size_t write_body(const struct server *server, int status, int64_t hit,
                         char text[64])
{
    char digits[20], *first = digits + sizeof digits, *end;

    do
        *--first = (char)('0' + hit % 10);
    while ((hit /= 10) > 0);
    end = stpcpy(text, http_reason(status));
    end = stpcpy(end, "; hit ");
    end = mempcpy(end, first, (size_t)(digits + sizeof digits - first));
    end = stpcpy(end, server->of_process);
    return (size_t)(end - text);
}

size_t write_response(struct server *server, const struct http_request *request,
                      bool closes, char bytes[RESPONSE_MAX])
{
    int64_t hit = atomic_fetch_add(&server->hits, 1) + 1;
    bool is_known = http_is(request->path, "/") || task_asked_for(server, request);
    struct http_response response = {.status = 200,
                                     .type = "text/plain; charset=utf-8",
                                     .date = time(NULL),
                                     .closes = closes};
    char text[64];

    if (!gets(request)) {
        response.status = 405;
        response.fields = "Allow: GET, HEAD\r\n";
    } else if (!is_known) {
        response.status = 404;
    }
    response.body =
        (struct http_text){text, write_body(server, response.status, hit, text)};
    return http_write(request, &response, bytes, RESPONSE_MAX);
}

unsigned server_workers(void)
{
    return (unsigned)option("--workers");
}
