// SPDX-License-Identifier: MIT
// A server on libuv that does nothing but answer, with the bytes that conc's answers
// with: what conc's `loop` is held against, and what its clients are held against wrk
// on.
//
//     cost_http conc|wrk CONNECTIONS MS
//     cost_http serve BYTES
//
// Prints how many requests a second were answered, as those clients count them; exits
// with 77 where there is no wrk.  The second one prints where it listens, and answers
// whoever asks, with so many bytes, until it is killed.

#include "card.h"
#include "stage/clients.h"
#include "stage/lesson.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <uv.h>

extern const struct card server_card;

static char short_answer[] = "HTTP/1.1 200 OK\r\n"
                             "Date: Fri, 20 Nov 2026 23:59:59 GMT\r\n"
                             "Content-Type: text/plain; charset=utf-8\r\n"
                             "Content-Length: 30\r\n\r\n"
                             "OK; hit 10000 of process 1000\n";

static char long_answer[4096];
static uv_buf_t answer = {.base = short_answer, .len = sizeof short_answer - 1};

struct connection {
    uv_tcp_t stream;
    uv_write_t write;
    char bytes[4096];
};

static uv_tcp_t listener;
static uv_poll_t clients;
static char said[4096];
static size_t said_bytes;

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_room_wanted(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    struct connection *connection = handle->data;
    (void)suggested;
    *room = uv_buf_init(connection->bytes, sizeof connection->bytes);
}

/** That takes less than uv_write() alone, as in demos/server/server_loop.c.  The
 * system has room for an answer, as the one before has been read. */
static void answer_at_once(struct connection *connection)
{
    uv_stream_t *stream = (uv_stream_t *)&connection->stream;
    int written = uv_try_write(stream, &answer, 1);
    if (written > 0 && (size_t)written < answer.len)
        abort();
    if (written < 0)
        uv_write(&connection->write, stream, &answer, 1, NULL);
}

/** What comes is one request, and whole: of these clients, over this host, it is. */
static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *room)
{
    struct connection *connection = stream->data;
    (void)room;
    if (got < 0)
        uv_close((uv_handle_t *)stream, on_closed);
    else if (got > 0)
        answer_at_once(connection);
}

static void on_connection(uv_stream_t *server, int status)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (status != 0 || connection == NULL)
        abort();
    connection->stream.data = connection;
    uv_tcp_init(server->loop, &connection->stream);
    if (uv_accept(server, (uv_stream_t *)&connection->stream) != 0)
        abort();
    uv_read_start((uv_stream_t *)&connection->stream, on_room_wanted, on_read);
}

static void on_clients(uv_poll_t *poll, int status, int events)
{
    int fd = *(int *)poll->data;
    ssize_t got = read(fd, said + said_bytes, sizeof said - 1 - said_bytes);
    (void)status;
    (void)events;
    if (got > 0) {
        said_bytes += (size_t)got;
        return;
    }
    uv_close((uv_handle_t *)poll, NULL);
    uv_close((uv_handle_t *)&listener, NULL);
}

static unsigned listen_somewhere(uv_loop_t *loop)
{
    struct sockaddr_in address;
    int length = sizeof address;
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_tcp_init(loop, &listener);
    if (uv_tcp_bind(&listener, (struct sockaddr *)&address, 0) != 0 ||
        uv_listen((uv_stream_t *)&listener, 1024, on_connection) != 0 ||
        uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &length) != 0)
        abort();
    return ntohs(address.sin_port);
}

/** As in a stage of conc's that is not drawn. */
static struct shared *be_a_stage(int64_t connections, int64_t load_ns)
{
    static struct task task = {.name = "luke"};
    static struct options options = {.card = &server_card, .tasks = {1, &task}};
    static struct staging staging = {.options = &options, .tasks = &options.tasks};
    void *memory = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    options.own = calloc(own_count(&server_card), sizeof *options.own);
    if (memory == MAP_FAILED || options.own == NULL)
        abort();
    options.own[own_place(&server_card, "--connections")] = connections;
    options.own[own_place(&server_card, "--load")] = load_ns;
    staging.shared = memory;
    atomic_store(&staging.shared->is_load, 1);
    lesson_begin(&staging);
    clients_open(&staging);
    return staging.shared;
}

static void serve_until_end(uv_loop_t *loop, int fd)
{
    clients.data = &fd;
    if (uv_poll_init(loop, &clients, fd) != 0 ||
        uv_poll_start(&clients, UV_READABLE, on_clients) != 0)
        abort();
    uv_run(loop, UV_RUN_DEFAULT);
}

static double by_conc(uv_loop_t *loop, unsigned port, long connections, long ms)
{
    const struct shared *shared = be_a_stage(connections, ms * INT64_C(1000000));
    struct load load;
    serve_until_end(loop, clients_begin(port));
    load = clients_seen(shared);
    return (double)load.answered * 1e9 / (double)load.time_ns;
}

static double by_wrk(uv_loop_t *loop, unsigned port, long connections, long ms)
{
    const char *line;
    char command[160];
    FILE *wrk;
    snprintf(command, sizeof command, "wrk -t1 -c%ld -d%lds http://127.0.0.1:%u/0",
             connections, ms / 1000, port);
    wrk = popen(command, "r");
    if (wrk == NULL)
        abort();
    serve_until_end(loop, fileno(wrk));
    if (pclose(wrk) != 0)
        exit(77);
    line = strstr(said, "Requests/sec:");
    return line != NULL ? strtod(line + strlen("Requests/sec:"), NULL) : 0;
}

static void answer_with(size_t bytes)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: %05zu\r\n\r\n";
    size_t head_bytes = (size_t)snprintf(NULL, 0, head, bytes);
    if (bytes < head_bytes || bytes >= sizeof long_answer)
        exit(2);
    memset(long_answer, 'x', bytes);
    snprintf(long_answer, sizeof long_answer, head, bytes - head_bytes);
    long_answer[head_bytes] = 'x';
    answer = uv_buf_init(long_answer, (unsigned)bytes);
}

static int serve(uv_loop_t *loop, size_t bytes)
{
    answer_with(bytes);
    printf("http://127.0.0.1:%u/\n", listen_somewhere(loop));
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}

int main(int argc, char **argv)
{
    uv_loop_t loop;
    if (uv_loop_init(&loop) != 0)
        return 1;
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(&loop, strtoul(argv[2], NULL, 10));
    if (argc != 4)
        return 2;
    bool is_wrk = strcmp(argv[1], "wrk") == 0;
    long connections = strtol(argv[2], NULL, 10), ms = strtol(argv[3], NULL, 10);
    unsigned port = listen_somewhere(&loop);
    printf("%.0f\n", is_wrk ? by_wrk(&loop, port, connections, ms)
                            : by_conc(&loop, port, connections, ms));
    return 0;
}
