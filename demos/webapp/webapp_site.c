// SPDX-License-Identifier: MIT
/**
 * The server of demos/webapp/webapp.c: one thread, main, reads what visitors send,
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
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <uv.h>

#include "demo.h"

#include "http/http.h"
#include "text/quantity.h"
#include "webapp.h"

/** What is posted to; all else is to be seen. */
#define SEARCH "/search"

/** A server that was told to end gives up what is not written after so long. */
#define PATIENCE_NS UINT64_C(5000000000)

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
    uint64_t searches, replies_ns;
    uint64_t patience_ns;   /* with a client that reads slowly: what is left of it */
    struct request request; /* that is answered: used again for each */
    FILE *page;             /* as this: it writes to what follows */
    char *body;
    size_t length;
} site;

/** The other end of the pipe: SIGTERM, which any thread may get, writes to it, for who
 * waits, and sets the flag, for who has more to do. */
static int told;
static atomic_bool has_to_end;

/** By the handler of the signal, since main may be writing a row itself. */
static void say_what_is_left(void)
{
    static const char line[] =
        "writing what is left to write; Ctrl-C again to stop now\n";

    if (times_has_more())
        (void)!write(STDERR_FILENO, line, sizeof line - 1);
}

static bool stays_up(void)
{
    return option("--serve") != 0;
}

static void on_sigterm(int number)
{
    int before = errno;

    (void)number;
    if (!atomic_exchange(&has_to_end, true))
        say_what_is_left();
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

/** A server that nobody gave a limit stays up for so long. */
#define DAY_NS INT64_C(86400000000000)

/** Until SIGTERM, which Ctrl-C becomes here, and which comes at the limit too. */
static void wait_to_be_told(int end)
{
    struct sigaction action = {.sa_handler = on_sigterm, .sa_flags = SA_RESTART};

    told = end;
    must_posix(sigaction(SIGTERM, &action, NULL), "sigaction");
    printf("http://127.0.0.1:%u/ until Ctrl-C", site.port);
    if (limit_ns() != DAY_NS)
        printf(", or for %s", ttl_text(limit_ns(), false).text);
    putchar('\n');
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

/** @return whether there is room to send more: within a second for all that came at
 * once, since all others wait meanwhile, and before the server is told to end. */
static bool takes_more(int to)
{
    struct pollfd fds[] = {{.fd = to, .events = POLLOUT},
                           {.fd = site.end, .events = POLLIN}};
    uint64_t since_ns = uv_hrtime(), waited_ns;
    int ready = poll(fds, 2, (int)(site.patience_ns / 1000000));

    waited_ns = uv_hrtime() - since_ns;
    site.patience_ns -= waited_ns < site.patience_ns ? waited_ns : site.patience_ns;
    return ready < 0 ? errno == EINTR : fds[0].revents != 0;
}

/** All of it, to a client that takes it.  @return whether it was taken. */
static bool send_all(int to, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(to, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent < 0 && errno == EAGAIN && takes_more(to))
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

#define FIELDS                                                                \
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline';" \
    " form-action 'self'; frame-ancestors 'none'\r\n"                         \
    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"

/** Whether something came behind the request: more may be on its way. */
static bool has_more(const struct visitor *visitor)
{
    int bytes = 0;

    return !http_is_between(&visitor->input) ||
           (ioctl(visitor->socket, FIONREAD, &bytes) == 0 && bytes > 0);
}

/** The visitor may still be sending.  To close a connection with something unread in it
 * is to break it off, and he might never see the answer: so say that nothing more will
 * be sent, and read on until he has gone.  @return whether to. */
static bool say_goodbye(struct visitor *visitor)
{
    visitor->is_leaving = true;
    return shutdown(visitor->socket, SHUT_WR) == 0;
}

/** A 405 says what is allowed (RFC 9110, 15.5.6). */
static const char *fields_for(int status, struct http_text path)
{
    if (status != 405)
        return FIELDS;
    return http_is(path, SEARCH) ? FIELDS "Allow: POST\r\n"
                                 : FIELDS "Allow: GET, HEAD\r\n";
}

/** The page that was written, as a reply.  @return whether to keep the connection. */
static bool reply(struct visitor *visitor, int status)
{
    const struct http_request *request = &visitor->input.request;
    bool closes = visitors_wait();
    const struct http_response response = {.status = status,
                                           .type = "text/html; charset=utf-8",
                                           .fields = fields_for(status, request->path),
                                           .body = {site.body, site.length},
                                           .date = time(NULL),
                                           .closes = closes};
    size_t size = site.length + HTTP_RESPONSE_HEAD_MAX + strlen(response.fields);
    char *bytes = must_alloc(size, 1);
    bool is_sent;

    size = http_write(request, &response, bytes, size);
    is_sent = send_all(visitor->socket, bytes, size);
    free(bytes);
    if (!is_sent || (!closes && request->keep_alive))
        return is_sent;
    return has_more(visitor) && say_goodbye(visitor);
}

/** The handler: find the letters, log the search, show them.  @return the status. */
static int search(const struct visitor *visitor, FILE *page)
{
    const struct task *task = &site.tasks->at[site.searches % site.tasks->count];
    struct request request; /* no more of it is set, nor copied, than is there */

    request.number = site.searches;
    request.came_ns = uv_hrtime();
    request.size = 0;
    request_add(&request, ADDRESS, visitor->address, strlen(visitor->address));
    if (!read_search(&visitor->input.request, &request))
        return 400;
    site.searches++;
    quiet(request.number >= DRAWN_SEARCHES);
    times_came(&request);
    store_put(&site.request, &request);
    site.log(task, &site.request);
    page_results(&request, page);
    return 200;
}

/** Names of hosts are the same in any case (RFC 9110, 4.2.3). */
static bool is_host(struct http_text host, const char *name)
{
    return host.length == strlen(name) && strncasecmp(host.at, name, host.length) == 0;
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
    return is_host(host, "127.0.0.1") || is_host(host, "localhost");
}

static void show_log(FILE *page)
{
    int64_t rows = page_log(page);

    if (!stays_up())
        note("rows_seen", rows);
}

/** What is to be seen, by GET. */
static const struct {
    const char *path;
    void (*show)(FILE *page);
} pages[] = {{"/", page_form}, {"/viewlog", show_log}, {"/timeline", times_show}};

/** Write the page that was asked for.  @return the status. */
static int answer(const struct visitor *visitor, FILE *page)
{
    const struct http_request *request = &visitor->input.request;
    bool is_get = http_is(request->method, "GET") || http_is(request->method, "HEAD");

    if (!is_for_us(request->host))
        return 403;
    if (http_is(request->path, SEARCH))
        return http_is(request->method, "POST") ? search(visitor, page) : 405;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (http_is(request->path, pages[i].path)) {
            if (is_get)
                pages[i].show(page);
            return is_get ? 200 : 405;
        }
    return 404;
}

static void page_status(int status, FILE *page)
{
    fprintf(page, "%d %s", status, http_reason(status));
    if (status == 400)
        fprintf(page, ": a phrase has %d bytes at most, and letters %d", PHRASE_BYTES,
                LETTERS_BYTES);
    fputc('\n', page);
}

static bool answer_request(struct visitor *visitor)
{
    uint64_t before = site.searches, now_ns;
    bool is_kept;
    int status;

    rewind(site.page);
    status = answer(visitor, site.page);
    if (status != 200)
        page_status(status, site.page);
    fflush(site.page);
    is_kept = reply(visitor, status);
    now_ns = uv_hrtime();
    visitor->heard_ns = now_ns;
    if (site.searches > before) {
        site.replies_ns += now_ns - site.request.came_ns;
        times_replied(before, now_ns);
    }
    return is_kept;
}

/** @return whether to keep the connection. */
static bool refuse(struct visitor *visitor)
{
    char bytes[HTTP_RESPONSE_HEAD_MAX];
    size_t length = http_refuse(visitor->input.status, time(NULL), bytes, sizeof bytes);

    return send_all(visitor->socket, bytes, length) && say_goodbye(visitor);
}

/** Of what has come so far, answer all.  @return whether to keep the connection. */
static bool answer_requests(struct visitor *visitor)
{
    struct http_input *input = &visitor->input;
    enum http_state state = http_next(input);

    while (state == HTTP_REQUEST) {
        if (has_to_end || !answer_request(visitor))
            return false;
        if (visitor->is_leaving)
            return true;
        state = http_next(input);
    }
    if (state == HTTP_CONTINUE)
        return send_all(visitor->socket, HTTP_GO_ON, strlen(HTTP_GO_ON));
    if (state == HTTP_REFUSED)
        return refuse(visitor);
    return true;
}

/** Take what has come.  @return whether to keep the connection: not at the end. */
static bool take_bytes(struct visitor *visitor)
{
    size_t size;
    char *room;
    ssize_t got;

    if (visitor->is_leaving)
        http_begin(&visitor->input);
    room = http_room(&visitor->input, &size);
    got = recv(visitor->socket, room, size, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (got <= 0 || has_to_end)
        return false;
    if (visitor->is_leaving)
        return true;
    http_received(&visitor->input, (size_t)got);
    site.patience_ns = UINT64_C(1000000000);
    return answer_requests(visitor);
}

void site_answer(const struct tasks *tasks, webapp_log *log)
{
    site.tasks = tasks;
    site.log = log;
    site.page = open_memstream(&site.body, &site.length);
    must(site.page != NULL ? 0 : UV_ENOMEM, "open_memstream");
    store_break();
    visitors_open(site.listener, site.end);
    while (visitors_serve(take_bytes))
        continue;
    atomic_store(&site.told_at, stays_up() ? uv_hrtime() : 0);
    visitors_close();
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
