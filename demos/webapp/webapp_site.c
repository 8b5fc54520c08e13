// SPDX-License-Identifier: MIT
/**
 * The server of demos/webapp/webapp.c: one thread, main, reads what connections send,
 * and answers one request at a time.  So whoever keeps the handler waiting, as `inline`
 * does, keeps all waiting.
 *
 * It listens on 127.0.0.1, which other machines cannot reach, and answers only requests
 * that were meant for it by that name: else a page elsewhere, whose name was made to
 * stand for 127.0.0.1, could read the log through its visitor's browser.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#include "demo.h"

#include "http/http.h"
#include "webapp.h"

/** Where there are more connections, the one that was silent for longest is closed. */
#define CONNECTIONS 64

struct connection {
    int socket;     /* -1: none */
    uint64_t heard; /* when it sent something last, in turns */
    char address[48];
    struct http_input input;
};

/** Main's alone; and the client's, which has a copy of it, and closes that. */
static struct {
    int listener;
    unsigned port;
    int client_end; /* a pipe; whoever searches has the other end */
    pid_t client;
    const struct tasks *tasks;
    webapp_log *log;
    size_t searches;
    uint64_t turn;
    struct request request; /* that is answered: used again for each */
    struct connection *connections[CONNECTIONS];
} site;

static void listen_on_loopback(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;

    site.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    must_posix(site.listener, "socket");
    must_posix(bind(site.listener, (struct sockaddr *)&here, size), "bind");
    must_posix(listen(site.listener, SOMAXCONN), "listen");
    must_posix(getsockname(site.listener, (struct sockaddr *)&here, &size),
               "getsockname");
    site.port = ntohs(here.sin_port);
}

void site_open(const struct tasks *tasks)
{
    int ends[2];

    listen_on_loopback();
    must_posix(pipe2(ends, O_CLOEXEC), "pipe2");
    site.client = fork();
    must_posix(site.client, "fork");
    if (site.client == 0) {
        close(site.listener);
        close(ends[0]);
        client_search(site.port, tasks);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    site.client_end = ends[0];
    store_create();
}

/* Requests and replies ------------------------------------------------------------- */

/** All of it; a client that does not take it for a second has lost it.  @return whether
 * it was taken. */
static bool send_all(int to, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(to, bytes, size, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static const char fields[] =
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline';"
    " form-action 'self'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n";

static bool reply(struct connection *connection, int status, const char *body,
                  size_t length)
{
    const struct http_response response = {.status = status,
                                           .type = "text/html; charset=utf-8",
                                           .fields = fields,
                                           .body = {body, length},
                                           .date = time(NULL)};
    size_t size = length + HTTP_RESPONSE_HEAD_MAX + sizeof fields;
    char *bytes = must_alloc(size, 1);
    bool is_sent;

    size = http_write(&connection->input.request, &response, bytes, size);
    is_sent = send_all(connection->socket, bytes, size);
    free(bytes);
    return is_sent;
}

/** Who asked is of no account to the letters, but the log wants to know. */
static void read_search(const struct connection *connection, struct request *request)
{
    const struct http_request *from = &connection->input.request;
    struct http_text browser = http_find(from, "user-agent");
    const char *form = from->body.at;
    size_t length = from->body.length;

    form_value(form, length, "phrase", request->phrase, sizeof request->phrase);
    form_value(form, length, "letters", request->letters, sizeof request->letters);
    snprintf(request->address, sizeof request->address, "%s", connection->address);
    snprintf(request->browser, sizeof request->browser, "%.*s", (int)browser.length,
             browser.length > 0 ? browser.at : "");
    find_letters(request->phrase, request->letters, request->results,
                 sizeof request->results);
}

/** The handler: find the letters, log the search, show the results. */
static void search(const struct connection *connection, FILE *page)
{
    const struct task *task = &site.tasks->at[site.searches++ % site.tasks->count];
    struct request request = {.phrase = ""};

    read_search(connection, &request);
    store_put(&site.request, &request);
    site.log(task, &site.request);
    page_results(&request, page);
}

static bool is(struct http_text text, const char *word)
{
    return http_is(text, word);
}

/** "127.0.0.1", "127.0.0.1:8080", and the same with "localhost". */
static bool is_for_us(struct http_text host)
{
    const char *colon = host.length > 0 ? memchr(host.at, ':', host.length) : NULL;

    if (colon != NULL)
        host.length = (size_t)(colon - host.at);
    return is(host, "127.0.0.1") || is(host, "localhost");
}

/** Write the page that was asked for.  @return the status. */
static int answer(const struct connection *connection, FILE *page)
{
    const struct http_request *request = &connection->input.request;
    bool is_get = is(request->method, "GET") || is(request->method, "HEAD");

    if (!is_for_us(request->host))
        return 403;
    if (is(request->path, "/") && is_get) {
        page_form(page);
    } else if (is(request->path, "/search") && is(request->method, "POST")) {
        search(connection, page);
    } else if (is(request->path, "/viewlog") && is_get) {
        note("rows_seen", page_log(page));
    } else {
        return is_get ? 404 : 405;
    }
    return 200;
}

static bool answer_request(struct connection *connection)
{
    char *body = NULL;
    size_t length = 0;
    FILE *page = open_memstream(&body, &length);
    bool is_sent;
    int status;

    if (page == NULL)
        must(UV_ENOMEM, "open_memstream");
    status = answer(connection, page);
    if (status != 200)
        fprintf(page, "%d %s\n", status, http_reason(status));
    fclose(page);
    is_sent = reply(connection, status, body, length);
    free(body);
    return is_sent && connection->input.request.keep_alive;
}

/** Of what has come so far, answer all.  @return whether to keep the connection. */
static bool answer_requests(struct connection *connection)
{
    struct http_input *input = &connection->input;
    enum http_state state = http_next(input);
    char refusal[HTTP_RESPONSE_HEAD_MAX];

    while (state == HTTP_REQUEST) {
        if (!answer_request(connection))
            return false;
        state = http_next(input);
    }
    if (state == HTTP_CONTINUE)
        return send_all(connection->socket, HTTP_GO_ON, strlen(HTTP_GO_ON));
    if (state == HTTP_REFUSED)
        send_all(connection->socket, refusal,
                 http_refuse(input->status, time(NULL), refusal, sizeof refusal));
    return state != HTTP_REFUSED;
}

/* Connections ---------------------------------------------------------------------- */

static void hang_up(size_t place)
{
    close(site.connections[place]->socket);
    free(site.connections[place]);
    site.connections[place] = NULL;
}

/** A free place; else that of the connection that was silent for longest. */
static size_t make_place(void)
{
    size_t oldest = 0;

    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (site.connections[i] == NULL)
            return i;
        if (site.connections[i]->heard < site.connections[oldest]->heard)
            oldest = i;
    }
    hang_up(oldest);
    return oldest;
}

static void take_connection(void)
{
    const struct timeval patience = {.tv_sec = 1};
    struct sockaddr_in from = {.sin_family = AF_INET};
    socklen_t size = sizeof from;
    int socket = accept4(site.listener, (struct sockaddr *)&from, &size, SOCK_CLOEXEC);
    struct connection *connection;

    if (socket < 0) /* it has gone meanwhile, or there is no descriptor left */
        return;
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connection = must_alloc(1, sizeof *connection);
    connection->socket = socket;
    connection->heard = ++site.turn;
    inet_ntop(AF_INET, &from.sin_addr, connection->address, sizeof connection->address);
    http_begin(&connection->input);
    site.connections[make_place()] = connection;
}

/** @return whether to keep the connection. */
static bool take_bytes(struct connection *connection)
{
    size_t size;
    char *room = http_room(&connection->input, &size);
    ssize_t got = recv(connection->socket, room, size, MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (got <= 0)
        return false;
    connection->heard = ++site.turn;
    http_received(&connection->input, (size_t)got);
    return answer_requests(connection);
}

/** All that may have something to tell: the client's pipe, the listener, connections.
 */
static nfds_t list(struct pollfd *fds, size_t *places)
{
    nfds_t count = 2;

    fds[0] = (struct pollfd){.fd = site.client_end};
    fds[1] = (struct pollfd){.fd = site.listener, .events = POLLIN};
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (site.connections[i] != NULL) {
            places[count] = i;
            fds[count++] =
                (struct pollfd){.fd = site.connections[i]->socket, .events = POLLIN};
        }
    return count;
}

void site_answer(const struct tasks *tasks, webapp_log *log)
{
    struct pollfd fds[CONNECTIONS + 2];
    size_t places[CONNECTIONS + 2];

    site.tasks = tasks;
    site.log = log;
    store_break();
    for (;;) {
        nfds_t count = list(fds, places);

        if (poll(fds, count, -1) < 0 && errno != EINTR)
            must_posix(-1, "poll");
        for (nfds_t i = 2; i < count; i++)
            if (fds[i].revents != 0 && !take_bytes(site.connections[places[i]]))
                hang_up(places[i]);
        if ((fds[1].revents & POLLIN) != 0)
            take_connection();
        if (fds[0].revents != 0 && (fds[1].revents & POLLIN) == 0)
            break;
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (site.connections[i] != NULL)
            hang_up(i);
    close(site.listener);
    must_posix(waitpid(site.client, NULL, 0), "waitpid");
}
