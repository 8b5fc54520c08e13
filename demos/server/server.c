// SPDX-License-Identifier: MIT
/**
 * How does one server serve many clients?
 *
 * A server waits for connections, reads a request from each, and answers.  While it
 * does that for one client, the others wait, unless somebody else accepts them.  These
 * are the ways to have somebody else.  The requests come over real sockets from another
 * process; each is a task, and it is drawn on the lane of whoever served it.
 *
 *     conc server
 *     conc server --work cpu
 *     conc server --idle 2 --timeout 0.1
 *     conc server --only pool --port 8080 --hold 20
 *
 * With --idle 2, two clients connect first, and send nothing: look at whom they hold
 * up.  The last one stays up for 20 seconds, for `curl http://127.0.0.1:8080/`, or wrk.
 * What is done with a connection stands in demos/server/server_serve.c; `loop` and
 * `offload`, in demos/server/server_loop.c.  Read next: demos/webapp/webapp.c, on what
 * a client need not wait for.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#include "server.h"

/** Whoever is not served yet waits in the system's queue of connections. */
static void one_at_a_time(const struct tasks *tasks)
{
    struct server server;
    int connection;

    server_open(&server, tasks);
    while ((connection = next_connection(&server)) >= 0)
        serve(&server, connection);
    server_close(&server);
}

/* A thread for each connection ----------------------------------------------------- */

struct guest {
    struct server *server;
    int connection;
    struct guests *guests;
    uv_thread_t thread;
    struct guest *next;
};

struct guests {
    uv_mutex_t lock; /* whoever looks at what follows holds it: */
    struct guest *done;
    size_t present;
    uv_cond_t leaving;
};

/** serve() has its input on the stack: some 80 KiB. */
static const uv_thread_options_t guest_stack = {
    .flags = UV_THREAD_HAS_STACK_SIZE,
    .stack_size = (size_t)256 * 1024,
};

static void serve_guest(void *arg)
{
    struct guest *guest = arg;
    struct guests *guests = guest->guests;

    serve(guest->server, guest->connection);
    quiet(true); /* the books that follow are not what this is about */
    uv_mutex_lock(&guests->lock);
    guest->next = guests->done;
    guests->done = guest;
    guests->present--;
    uv_mutex_unlock(&guests->lock);
    uv_cond_signal(&guests->leaving);
}

/** Join those that are done: until then, each has its stack. */
static void see_off(struct guests *guests, bool all)
{
    struct guest *done;

    uv_mutex_lock(&guests->lock);
    while (all && guests->present > 0)
        uv_cond_wait(&guests->leaving, &guests->lock);
    done = guests->done;
    guests->done = NULL;
    uv_mutex_unlock(&guests->lock);
    while (done != NULL) {
        struct guest *next = done->next;

        must(uv_thread_join(&done->thread), "uv_thread_join");
        free(done);
        done = next;
    }
}

static void let_in(struct guests *guests, struct server *server, int connection)
{
    struct guest *guest = must_alloc(1, sizeof *guest);

    *guest = (struct guest){server, connection, guests, 0, NULL};
    uv_mutex_lock(&guests->lock);
    guests->present++;
    uv_mutex_unlock(&guests->lock);
    must(uv_thread_create_ex(&guest->thread, &guest_stack, serve_guest, guest),
         "uv_thread_create_ex");
}

/** None waits for another, as long as the system has a descriptor and a thread more. */
static void thread_per_connection(const struct tasks *tasks)
{
    struct guests guests = {.done = NULL};
    struct server server;
    int connection;

    must(uv_mutex_init(&guests.lock), "uv_mutex_init");
    must(uv_cond_init(&guests.leaving), "uv_cond_init");
    server_open(&server, tasks);
    server.has_thread_for_each = true;
    quiet(true); /* as in serve_guest() */
    while ((connection = next_connection(&server)) >= 0) {
        see_off(&guests, false);
        let_in(&guests, &server, connection);
    }
    see_off(&guests, true);
    server_close(&server);
    uv_cond_destroy(&guests.leaving);
    uv_mutex_destroy(&guests.lock);
}

/* A listener, a queue, and workers ------------------------------------------------- */

#define ROOM 64

struct queue {
    struct server *server;
    uv_mutex_t lock; /* whoever looks at what follows holds it: */
    int connections[ROOM];
    unsigned first, count; /* of them: around in a circle */
    bool is_closing;
    uv_cond_t more, room;
};

/** By the listener.  While the queue is full it accepts nobody, and they wait in the
 * system's queue. */
static void put(struct queue *queue, int connection)
{
    uv_mutex_lock(&queue->lock);
    while (queue->count == ROOM)
        uv_cond_wait(&queue->room, &queue->lock);
    queue->connections[(queue->first + queue->count) % ROOM] = connection;
    queue->count++;
    atomic_store(&queue->server->queued, queue->count);
    uv_mutex_unlock(&queue->lock);
    uv_cond_signal(&queue->more);
}

/** By a worker.  -1: there will be none any more. */
static int take(struct queue *queue)
{
    int connection = -1;

    uv_mutex_lock(&queue->lock);
    while (queue->count == 0 && !queue->is_closing)
        uv_cond_wait(&queue->more, &queue->lock);
    if (queue->count > 0) {
        connection = queue->connections[queue->first];
        queue->first = (queue->first + 1) % ROOM;
        queue->count--;
        atomic_store(&queue->server->queued, queue->count);
    }
    uv_mutex_unlock(&queue->lock);
    if (connection >= 0)
        uv_cond_signal(&queue->room);
    return connection;
}

/** Who is in it is still answered; but nobody waits there for those who send nothing,
 * for one after the other. */
static void close_queue(struct queue *queue)
{
    atomic_store(&queue->server->is_over, true);
    uv_mutex_lock(&queue->lock);
    queue->is_closing = true;
    uv_mutex_unlock(&queue->lock);
    uv_cond_broadcast(&queue->more);
}

static void run_worker(void *arg)
{
    static atomic_uint number;
    struct queue *queue = arg;
    char name[16];
    int connection;

    snprintf(name, sizeof name, "worker %u", atomic_fetch_add(&number, 1) + 1);
    pthread_setname_np(pthread_self(), name);
    idle_between_tasks();
    while ((connection = take(queue)) >= 0)
        serve(queue->server, connection);
}

/** Apache and most servers for Java or Python are of this kind. */
static void pool(const struct tasks *tasks)
{
    unsigned workers = server_workers();
    uv_thread_t *threads = must_alloc(workers, sizeof *threads);
    struct server server;
    struct queue queue = {.server = &server};
    int connection;

    must(uv_mutex_init(&queue.lock), "uv_mutex_init");
    must(uv_cond_init(&queue.more), "uv_cond_init");
    must(uv_cond_init(&queue.room), "uv_cond_init");
    server_open(&server, tasks);
    for (unsigned i = 0; i < workers; i++)
        must(uv_thread_create(&threads[i], run_worker, &queue), "uv_thread_create");
    while ((connection = next_connection(&server)) >= 0)
        put(&queue, connection);
    close_queue(&queue);
    for (unsigned i = 0; i < workers; i++)
        must(uv_thread_join(&threads[i]), "uv_thread_join");
    server_close(&server);
    uv_cond_destroy(&queue.room);
    uv_cond_destroy(&queue.more);
    uv_mutex_destroy(&queue.lock);
    free(threads);
}

/* Processes that listen on the same socket ----------------------------------------- */

/** One that crashes takes no other with it; but what it counts is its own. */
static _Noreturn void run_process(struct server *server, unsigned number)
{
    char name[24];
    int connection;

    snprintf(name, sizeof name, "worker %u", number);
    pthread_setname_np(pthread_self(), name);
    server_sign(server);
    while ((connection = next_connection(server)) >= 0)
        serve(server, connection);
    note("hits", atomic_load(&server->hits));
    _exit(EXIT_SUCCESS);
}

/** One that did not end by itself is told of.  A server that is to stay up waits for
 * the end of any, at any time, and forks another in its place. */
static void see_end(pid_t child, unsigned number)
{
    int status;

    must_posix(waitpid(child, &status, 0), "waitpid");
    if (WIFSIGNALED(status))
        dprintf(STDOUT_FILENO, "worker %u: killed by signal %d (%s)\n", number,
                WTERMSIG(status), strsignal(WTERMSIG(status)));
}

static void prefork(const struct tasks *tasks)
{
    unsigned workers = server_workers();
    pid_t *children = must_alloc(workers, sizeof *children);
    struct server server;

    server_open(&server, tasks);
    for (unsigned i = 0; i < workers; i++) {
        children[i] = fork();
        must_posix(children[i], "a worker's fork");
        if (children[i] == 0)
            run_process(&server, i + 1);
    }
    for (unsigned i = 0; i < workers; i++)
        see_end(children[i], i + 1);
    server_close(&server);
    free(children);
}

static const struct variant variants[] = {
    {"one-at-a-time", "accept, serve, and only then accept the next", one_at_a_time,
     .shape = SHAPE_SERIAL, .is_loaded = true},
    {"thread-per-connection", "a thread for each connection", thread_per_connection,
     .shape = SHAPE_CONCURRENT, .is_loaded = true},
    {"pool", "a listener, a queue, and --workers threads", pool,
     .shape = SHAPE_CONCURRENT, .is_loaded = true},
    {"prefork", "--workers processes, which all listen", prefork,
     .shape = SHAPE_CONCURRENT, .forks = true, .is_loaded = true},
    {"loop", "one thread, and callbacks for all connections", loop,
     .shape = SHAPE_CONCURRENT, .is_loaded = true},
    {"offload", "callbacks in one thread; work is done in libuv's pool, of --workers",
     offload, .shape = SHAPE_CONCURRENT, .extra = true, .is_loaded = true},
    {0},
};

const struct demo server_demo = {.name = "server", .variants = variants};
