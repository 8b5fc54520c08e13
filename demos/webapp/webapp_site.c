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
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#include "demo.h"

#include "http/http.h"
#include "webapp.h"

/** A server that was told to end gives up what is not written after so long. */
#define PATIENCE_NS UINT64_C(5000000000)

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
    bool is_open; /* to other machines */
    int listener;
    unsigned port;
    int end;      /* of a pipe: readable when there is nothing more to answer */
    pid_t client; /* 0: there is none, whoever wants to is one */
    atomic_uint_fast64_t told_at; /* when the server was told to end; 0: never */
    const struct tasks *tasks;
    webapp_log *log;
    uint64_t searches, replies_ns, turn;
    struct request request; /* that is answered: used again for each */
    FILE *page;             /* as this: it writes to what follows */
    char *body;
    size_t length;
    struct connection *connections[CONNECTIONS];
} site;

/** The other end of the pipe: SIGTERM writes to it. */
static int told;

static bool stays_up(void)
{
    return option("--serve") != 0;
}

static void on_sigterm(int number)
{
    int before = errno;

    (void)number;
    (void)!write(told, "", 1);
    errno = before;
}

uint64_t site_gives_up_at(void)
{
    uint64_t at = atomic_load(&site.told_at);

    return at != 0 ? at + PATIENCE_NS : 0;
}

/** On 127.0.0.1, unless --listen asks for more; on a port that is free, or --port. */
static void listen_here(void)
{
    bool is_open = option("--listen") != 0;
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)option("--port")),
                               .sin_addr.s_addr =
                                   htonl(is_open ? INADDR_ANY : INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int yes = 1;

    site.is_open = is_open;
    site.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    must_posix(site.listener, "socket");
    setsockopt(site.listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    must_posix(bind(site.listener, (struct sockaddr *)&here, size), "bind");
    must_posix(listen(site.listener, SOMAXCONN), "listen");
    must_posix(getsockname(site.listener, (struct sockaddr *)&here, &size),
               "getsockname");
    site.port = ntohs(here.sin_port);
}

/** Until SIGTERM, which Ctrl-C becomes here. */
static void wait_to_be_told(int end)
{
    struct sigaction action = {.sa_handler = on_sigterm, .sa_flags = SA_RESTART};

    told = end;
    must_posix(sigaction(SIGTERM, &action, NULL), "sigaction");
    printf("http://127.0.0.1:%u/ until Ctrl-C\n", site.port);
    fflush(stdout);
}

void site_open(const struct tasks *tasks)
{
    int ends[2];

    listen_here();
    must_posix(pipe2(ends, O_CLOEXEC), "pipe2");
    site.end = ends[0];
    times_open();
    if (stays_up()) {
        store_create();
        wait_to_be_told(ends[1]);
        return;
    }
    site.client = fork();
    must_posix(site.client, "fork");
    if (site.client == 0) {
        close(site.listener);
        close(ends[0]);
        client_search(site.port, tasks);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
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

/** The page that was written, as a reply. */
static bool reply(struct connection *connection, int status)
{
    const struct http_response response = {.status = status,
                                           .type = "text/html; charset=utf-8",
                                           .fields = fields,
                                           .body = {site.body, site.length},
                                           .date = time(NULL)};
    size_t size = site.length + HTTP_RESPONSE_HEAD_MAX + sizeof fields;
    char *bytes = must_alloc(size, 1);
    bool is_sent;

    size = http_write(&connection->input.request, &response, bytes, size);
    is_sent = send_all(connection->socket, bytes, size);
    free(bytes);
    return is_sent;
}

/** The handler: find the letters, log the search, show the results. */
static void search(const struct connection *connection, FILE *page)
{
    const struct task *task = &site.tasks->at[site.searches % site.tasks->count];
    struct request request = {.number = site.searches++, .came_ns = uv_hrtime()};

    quiet(request.number >= DRAWN_SEARCHES);
    request_add(&request, ADDRESS, connection->address, strlen(connection->address));
    read_search(&connection->input.request, &request);
    times_came(&request);
    store_put(&site.request, &request);
    site.log(task, &site.request);
    page_results(&request, page);
}

/** "127.0.0.1", "127.0.0.1:8080", and the same with "localhost"; with --listen, under
 * whichever name this machine has. */
static bool is_for_us(struct http_text host)
{
    const char *colon = host.length > 0 ? memchr(host.at, ':', host.length) : NULL;

    if (site.is_open)
        return true;
    if (colon != NULL)
        host.length = (size_t)(colon - host.at);
    return http_is(host, "127.0.0.1") || http_is(host, "localhost");
}

/** Write the page that was asked for.  @return the status. */
static int answer(const struct connection *connection, FILE *page)
{
    const struct http_request *request = &connection->input.request;
    bool is_get = http_is(request->method, "GET") || http_is(request->method, "HEAD");

    if (!is_for_us(request->host))
        return 403;
    if (http_is(request->path, "/") && is_get) {
        page_form(page);
    } else if (http_is(request->path, "/search") && http_is(request->method, "POST")) {
        search(connection, page);
    } else if (http_is(request->path, "/viewlog") && is_get) {
        int64_t rows = page_log(page);

        if (!stays_up())
            note("rows_seen", rows);
    } else if (http_is(request->path, "/timeline") && is_get) {
        times_show(page);
    } else {
        return is_get ? 404 : 405;
    }
    return 200;
}

static bool answer_request(struct connection *connection)
{
    uint64_t before = site.searches, now_ns;
    bool is_sent;
    int status;

    rewind(site.page);
    status = answer(connection, site.page);
    if (status != 200)
        fprintf(site.page, "%d %s\n", status, http_reason(status));
    fflush(site.page);
    is_sent = reply(connection, status);
    if (site.searches > before) {
        now_ns = uv_hrtime();
        site.replies_ns += now_ns - site.request.came_ns;
        times_replied(before, now_ns);
    }
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

/** All that may have something to tell: the pipe, the listener, connections. */
static nfds_t list(struct pollfd *fds, size_t *places)
{
    nfds_t count = 2;

    fds[0] = (struct pollfd){.fd = site.end, .events = POLLIN};
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
    site.page = open_memstream(&site.body, &site.length);
    must(site.page != NULL ? 0 : UV_ENOMEM, "open_memstream");
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
        if (fds[0].revents != 0)
            break;
    }
    atomic_store(&site.told_at, stays_up() ? uv_hrtime() : 0);
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (site.connections[i] != NULL)
            hang_up(i);
    close(site.listener);
    fclose(site.page);
    free(site.body);
    if (stays_up()) {
        note("answered", (int64_t)site.searches);
        note("replies_ns", (int64_t)site.replies_ns);
    } else {
        must_posix(waitpid(site.client, NULL, 0), "waitpid");
    }
}
