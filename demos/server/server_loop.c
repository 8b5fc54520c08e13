// SPDX-License-Identifier: MIT
/**
 * The server of demos/server/server.c on an event loop: one thread for all connections.
 *
 * Nothing here waits.  What is to be done when something has come stands in a callback,
 * and what one must know then, which a thread has on its stack, is in a struct: a
 * connection that sends nothing costs that, and no more.  A request that waits is a
 * timer.  One that computes holds all others up, in `loop`; in `offload` it is given to
 * a thread of libuv's pool, which serves for calls that block, too.
 *
 *     conc server --only loop,offload --work cpu
 */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <uv.h>

#include "demo.h"

#include "server.h"

/** Only the loop's thread uses it: no lock. */
struct program {
    struct server server;
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_poll_t gone;
    bool is_closing, offloads;
};

struct connection {
    struct program *program;
    uv_tcp_t stream;
    uv_timer_t timer; /* until its time to send a request, or to read the response, is
                         over; or, while a task waits, until that is done */
    uv_write_t write;
    uv_shutdown_t end;
    uv_work_t request;
    unsigned open_handles;
    bool is_timed;     /* that time is running, and since when: */
    uint64_t since_ms; /* on the clock of uv_now() */
    bool is_late;      /* it is over, and what came within it is still looked for */
    bool is_writing, is_working, is_closing, closes;
    bool has_ended;  /* nothing more will come, but what has is answered */
    bool is_leaving; /* what still comes is read, and dropped */
    const struct task *task;
    char response[RESPONSE_MAX];
    struct http_input input; /* last: a short request leaves most of it cold */
};

static void look(struct connection *connection);
static void begin_time(struct connection *connection);
static void go_on_reading(struct connection *connection);

/* The end of a connection ---------------------------------------------------------- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;

    if (--connection->open_handles == 0)
        free(connection);
}

/** What is being written then calls back, with an error. */
static void break_off(struct connection *connection)
{
    connection->closes = true;
    if (connection->is_closing)
        return;
    connection->is_closing = true;
    uv_close((uv_handle_t *)&connection->stream, on_handle_closed);
    uv_close((uv_handle_t *)&connection->timer, on_handle_closed);
}

/** What is under way calls back first, and then comes here again. */
static void hang_up(struct connection *connection)
{
    connection->closes = true;
    if (!connection->is_writing && !connection->is_working)
        break_off(connection);
}

/** Whether something came behind the request: more may be on its way. */
static bool has_more(const struct connection *connection)
{
    uv_os_fd_t socket;
    int bytes = 0;

    if (!http_is_between(&connection->input))
        return true;
    return uv_fileno((const uv_handle_t *)&connection->stream, &socket) == 0 &&
           ioctl(socket, FIONREAD, &bytes) == 0 && bytes > 0;
}

/** As in demos/server/server_serve.c, for a while. */
static void say_goodbye(struct connection *connection)
{
    if (uv_shutdown(&connection->end, (uv_stream_t *)&connection->stream, NULL) != 0) {
        hang_up(connection);
        return;
    }
    connection->is_leaving = true;
    http_begin(&connection->input);
    begin_time(connection);
    go_on_reading(connection);
}

/* Answers -------------------------------------------------------------------------- */

/** The response is written, or there was an error. */
static void end_response(struct connection *connection, int status)
{
    if (status == 0 && !connection->closes)
        return;
    if (status == 0 && (connection->is_leaving || has_more(connection)))
        say_goodbye(connection);
    else
        hang_up(connection);
}

static void on_written(uv_write_t *write, int status)
{
    struct connection *connection = write->data;

    connection->is_writing = connection->is_timed = false;
    end_response(connection, status);
    look(connection);
}

/** At once, as far as the system takes it.  The rest, which is seldom any, is left to
 * the loop, and has its time: a client may never read.  (uv_write() alone writes at
 * once, too; but its callback comes when all else that has come was looked at, and that
 * costs some 8 % of the requests a second.) */
static void send_response(struct connection *connection, size_t length)
{
    uv_stream_t *stream = (uv_stream_t *)&connection->stream;
    uv_buf_t bytes = uv_buf_init(connection->response, (unsigned)length);
    int written = uv_try_write(stream, &bytes, 1), error = 0;

    if (written >= 0) {
        bytes.base += written;
        bytes.len -= (size_t)written;
    } else if (written != UV_EAGAIN) {
        error = written;
    }
    if (bytes.len > 0 && error == 0)
        error = uv_write(&connection->write, stream, &bytes, 1, on_written);
    connection->is_writing = bytes.len > 0 && error == 0;
    if (connection->is_writing)
        begin_time(connection);
    else
        end_response(connection, error);
}

static void respond(struct connection *connection)
{
    struct program *program = connection->program;
    const struct http_request *request = &connection->input.request;

    connection->closes |= !request->keep_alive || program->is_closing;
    send_response(connection, write_response(&program->server, request,
                                             connection->closes, connection->response));
}

static void refuse(struct connection *connection, int status)
{
    connection->closes = connection->is_leaving = true;
    send_response(connection, http_refuse(status, time(NULL), connection->response,
                                          sizeof connection->response));
}

/* The work of a request ------------------------------------------------------------ */

/** While the loop computes, its clock stands still. */
static void end_task(struct connection *connection)
{
    loop_task_run(connection->task);
    if (tasks_compute()) {
        work(connection->task);
        uv_update_time(&connection->program->loop);
    }
    loop_task_end(connection->task);
    connection->is_working = false;
    respond(connection);
}

static void on_task_due(uv_timer_t *timer)
{
    struct connection *connection = timer->data;

    end_task(connection);
    look(connection);
}

/** What computes does so at once.  libuv's timers count whole milliseconds, from
 * uv_now(): demos/async.c has more. */
static void begin_task(struct connection *connection)
{
    uint64_t due_ms = (uint64_t)loop_task_begin(connection->task) / 1000000;

    if (tasks_compute() || connection->task->ttl_ns == 0)
        end_task(connection);
    else
        must(uv_timer_start(&connection->timer, on_task_due,
                            due_ms - uv_now(&connection->program->loop), 0),
             "uv_timer_start");
}

static void work_in_pool(uv_work_t *request)
{
    static atomic_uint named;
    static _Thread_local bool has_name;
    const struct connection *connection = request->data;
    char name[16];

    if (!has_name) {
        snprintf(name, sizeof name, "uv worker %u", atomic_fetch_add(&named, 1) + 1);
        pthread_setname_np(pthread_self(), name);
        has_name = true;
    }
    work(connection->task);
}

/** On the loop's thread again. */
static void after_pool(uv_work_t *request, int status)
{
    struct connection *connection = request->data;

    must(status, "uv_queue_work");
    connection->is_working = false;
    respond(connection);
    look(connection);
}

static void answer(struct connection *connection)
{
    struct program *program = connection->program;

    connection->is_timed = false;
    connection->task = task_asked_for(&program->server, &connection->input.request);
    connection->is_working = connection->task != NULL;
    if (connection->task == NULL)
        respond(connection);
    else if (program->offloads)
        must(uv_queue_work(&program->loop, &connection->request, work_in_pool,
                           after_pool),
             "uv_queue_work");
    else
        begin_task(connection);
}

/* Input ---------------------------------------------------------------------------- */

static uint64_t timeout_ms(const struct connection *connection)
{
    return (uint64_t)(connection->program->server.timeout_ns + 999999) / 1000000;
}

/** A round of the loop begins with its timers, so a request may have come in time that
 * the loop, busy with others, has not seen yet: only when it has looked, which it does
 * before the next timer, is the time over. */
static void on_timeout(uv_timer_t *timer)
{
    struct connection *connection = timer->data;
    uint64_t passed_ms = uv_now(timer->loop) - connection->since_ms, left_ms = 1;

    if (!connection->is_timed)
        return;
    if (passed_ms < timeout_ms(connection))
        left_ms = timeout_ms(connection) - passed_ms;
    else if (connection->is_late)
        left_ms = 0;
    else
        connection->is_late = true;
    if (left_ms > 0)
        must(uv_timer_start(timer, on_timeout, left_ms, 0), "uv_timer_start");
    else if (connection->is_writing || connection->closes ||
             http_is_between(&connection->input))
        break_off(connection);
    else
        refuse(connection, 408);
}

/** The time for a request runs from when the one before was answered.  A timer that is
 * running already is left alone: it looks what is left when it is due, and so need not
 * be set for each request. */
static void begin_time(struct connection *connection)
{
    connection->is_timed = true;
    connection->is_late = false;
    connection->since_ms = uv_now(&connection->program->loop);
    if (!uv_is_active((uv_handle_t *)&connection->timer))
        must(uv_timer_start(&connection->timer, on_timeout, timeout_ms(connection), 0),
             "uv_timer_start");
}

static void on_room_wanted(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    struct connection *connection = handle->data;
    size_t size;

    (void)suggested;
    room->base = http_room(&connection->input, &size);
    room->len = size;
}

/** Meanwhile more may come than there is room for: then it reads on when it looks.  At
 * the end of input the client may still read, and requests be there that wait. */
static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *room)
{
    struct connection *connection = stream->data;

    (void)room;
    if (got == UV_ENOBUFS)
        uv_read_stop(stream);
    else if (got == UV_EOF && !connection->is_leaving)
        connection->has_ended = true;
    else if (got < 0)
        hang_up(connection);
    else if (connection->is_leaving)
        http_begin(&connection->input);
    else
        http_received(&connection->input, (size_t)got);
    if (got > 0 || connection->has_ended)
        look(connection);
}

/** That it reads already is no error. */
static void go_on_reading(struct connection *connection)
{
    int error =
        uv_read_start((uv_stream_t *)&connection->stream, on_room_wanted, on_read);

    if (error != UV_EALREADY)
        must(error, "uv_read_start");
}

/** Nothing of it is under way, so that it may have its next request answered. */
static bool is_free(const struct connection *connection)
{
    return !connection->closes && !connection->is_writing && !connection->is_working;
}

static void tell_to_go_on(struct connection *connection)
{
    char bytes[] = HTTP_GO_ON;
    uv_buf_t go_on = uv_buf_init(bytes, sizeof bytes - 1);

    uv_try_write((uv_stream_t *)&connection->stream, &go_on, 1);
}

/** What has come so far: is a request there?  There may be more than one. */
static void look(struct connection *connection)
{
    enum http_state state = HTTP_REQUEST;

    while (is_free(connection) &&
           (state = http_next(&connection->input)) == HTTP_REQUEST)
        answer(connection);
    if (!is_free(connection))
        return;
    if (state == HTTP_REFUSED) {
        refuse(connection, connection->input.status);
        return;
    }
    if (connection->has_ended) {
        hang_up(connection);
        return;
    }
    if (state == HTTP_CONTINUE)
        tell_to_go_on(connection);
    if (!connection->is_timed)
        begin_time(connection);
    go_on_reading(connection);
}

/* The server ----------------------------------------------------------------------- */

static void on_connection(uv_stream_t *listener, int status)
{
    struct program *program = listener->data;
    struct connection *connection;

    must(status, "accept");
    connection = must_alloc(1, sizeof *connection);
    connection->program = program;
    connection->open_handles = 2;
    connection->stream.data = connection->timer.data = connection;
    connection->write.data = connection->request.data = connection;
    uv_tcp_init(&program->loop, &connection->stream);
    uv_timer_init(&program->loop, &connection->timer);
    must(uv_accept(listener, (uv_stream_t *)&connection->stream), "uv_accept");
    http_begin(&connection->input);
    look(connection);
}

/** Connections that are open are closed when they are answered, or their time is over;
 * uv_run() returns when the last one is. */
static void on_gone(uv_poll_t *gone, int status, int events)
{
    struct program *program = gone->data;

    (void)status;
    (void)events;
    program->is_closing = true;
    uv_close((uv_handle_t *)gone, NULL);
    uv_close((uv_handle_t *)&program->listener, NULL);
}

static void run_program(struct program *program, const struct tasks *tasks)
{
    struct server *server = &program->server;

    signal(SIGPIPE, SIG_IGN); /* a client that has gone is an error, and no more */
    server_open(server, tasks);
    must(uv_loop_init(&program->loop), "uv_loop_init");
    must(uv_tcp_init(&program->loop, &program->listener), "uv_tcp_init");
    must(uv_tcp_open(&program->listener, server->listener), "uv_tcp_open");
    must(uv_poll_init(&program->loop, &program->gone, server->gone), "uv_poll_init");
    program->listener.data = program->gone.data = program;
    must(uv_listen((uv_stream_t *)&program->listener, SOMAXCONN, on_connection),
         "uv_listen");
    must(uv_poll_start(&program->gone, UV_READABLE, on_gone), "uv_poll_start");
    uv_run(&program->loop, UV_RUN_DEFAULT);
    must(uv_loop_close(&program->loop), "uv_loop_close");
    server->listener = -1; /* the handle has closed it */
    server_close(server);
}

void loop(const struct tasks *tasks)
{
    struct program program = {.offloads = false};

    run_program(&program, tasks);
}

void offload(const struct tasks *tasks)
{
    struct program program = {.offloads = true};
    char workers[16];

    snprintf(workers, sizeof workers, "%u", server_workers());
    must_posix(setenv("UV_THREADPOOL_SIZE", workers, 1), "setenv");
    run_program(&program, tasks);
}
