// SPDX-License-Identifier: MIT
#include "stage/clients.h"

#include "demo.h"
#include "stage/clock.h"
#include "stage/instruments.h"
#include "stage/slots.h"
#include "text/quantity.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/** A slow client sends a byte so often. */
#define SLOW_NS (20 * NS_PER_MS)

#define RESPONSE_BYTES 2048
#define EVENTS         64

static const struct staging *the_staging;
static int the_pipe = -1;

void clients_open(const struct staging *staging)
{
    the_staging = staging;
}

/* Clients ------------------------------------------------------------------- */

enum client_kind { CLIENT_ASKS, CLIENT_SLOW, CLIENT_IDLE };

struct client {
    enum client_kind kind;
    int fd; /**< -1: it has gone */
    size_t task;
    bool has_asked;
    bool is_kept;     /**< it was answered over this connection, and may ask again */
    int64_t begun_ns; /**< when it began to connect, or to ask again */
    size_t got;
    char response[RESPONSE_BYTES];
};

struct crowd {
    struct sockaddr_in server;
    int epoll;
    bool is_load;
    int64_t begun_ns, end_ns; /**< of a load; else, until when to stay at least */
    int64_t slow_at_ns;       /**< when slow ones send their next byte */
    struct client *clients;
    size_t count, busy; /**< of these, those that still want an answer */
    size_t slow;
    uint64_t opened, answered, failed, cut;
    int64_t min_ns, max_ns;
    uint32_t times[SLOTS];
};

static void leave(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
}

/** Not blocking: where the server accepts nobody, it waits for that beside others. */
static void come(struct crowd *crowd, struct client *client)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = client};

    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    must_posix(client->fd, "a client's socket");
    crowd->opened += client->kind == CLIENT_ASKS;
    client->begun_ns = wall_ns();
    client->has_asked = client->is_kept = false;
    client->got = 0;
    if (connect(client->fd, (struct sockaddr *)&crowd->server, sizeof crowd->server) !=
            0 &&
        errno != EINPROGRESS)
        must_posix(-1, "a client's connect");
    must_posix(epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, client->fd, &event), "epoll_ctl");
}

static void say(struct crowd *crowd, struct client *client, const char *text)
{
    size_t length = strlen(text);

    if (send(client->fd, text, length, MSG_NOSIGNAL) != (ssize_t)length) {
        crowd->cut += client->kind != CLIENT_ASKS;
        leave(client);
    }
}

static void ask(struct crowd *crowd, struct client *client)
{
    static const char begun[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    char text[128];

    if (!client->has_asked)
        epoll_ctl(crowd->epoll, EPOLL_CTL_MOD, client->fd, &event);
    client->has_asked = true;
    client->got = 0;
    if (client->kind == CLIENT_IDLE)
        return;
    snprintf(text, sizeof text, "GET /%zu HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
             client->task, ntohs(crowd->server.sin_port));
    say(crowd, client, client->kind == CLIENT_SLOW ? begun : text);
}

/** It asks again, in a load, over another connection where this one was closed. */
static void go_on(struct crowd *crowd, struct client *client, bool is_open)
{
    if (!crowd->is_load) {
        crowd->busy--;
        leave(client);
        return;
    }
    if (is_open) {
        client->is_kept = true;
        client->begun_ns = wall_ns();
        ask(crowd, client);
    }
    if (client->fd < 0 || !is_open) {
        leave(client);
        come(crowd, client);
    }
}

static void count_answer(struct crowd *crowd, const struct client *client,
                         bool is_right)
{
    int64_t took_ns = wall_ns() - client->begun_ns;

    if (!is_right) {
        crowd->failed++;
        return;
    }
    crowd->times[slot_of(took_ns)]++;
    if (crowd->answered++ == 0 || took_ns < crowd->min_ns)
        crowd->min_ns = took_ns;
    if (took_ns > crowd->max_ns)
        crowd->max_ns = took_ns;
}

/** How long the response is; 0: its head is not there yet. */
static size_t length_of(const struct client *client)
{
    static const char field[] = "Content-Length: ";
    const char *text = client->response;
    const char *end = memmem(text, client->got, "\r\n\r\n", 4);
    const char *length;

    if (end == NULL)
        return 0;
    length = memmem(text, (size_t)(end - text), field, sizeof field - 1);
    return (size_t)(end - text) + 4 +
           (length != NULL ? strtoul(length + sizeof field - 1, NULL, 10) : 0);
}

static void take_answer(struct crowd *crowd, struct client *client)
{
    static const char ok[] = "HTTP/1.1 200 ", closing[] = "Connection: close\r\n";
    size_t length = length_of(client);

    if (length == 0 || client->got < length)
        return;
    count_answer(crowd, client, memcmp(client->response, ok, sizeof ok - 1) == 0);
    go_on(crowd, client,
          memmem(client->response, length, closing, sizeof closing - 1) == NULL);
}

/** @return false: the server has closed the connection. */
static bool listen_to(struct client *client)
{
    /* So that a number in it ends before its end. */
    size_t room = sizeof client->response - 1 - client->got;
    ssize_t got = recv(client->fd, client->response + client->got, room, 0);

    if (got > 0)
        client->got += (size_t)got;
    return got > 0 || (got < 0 && errno == EAGAIN);
}

static void go_without(struct crowd *crowd, struct client *client)
{
    count_answer(crowd, client, false);
    go_on(crowd, client, false);
}

static void attend(struct crowd *crowd, struct client *client, uint32_t events)
{
    if ((events & EPOLLOUT) != 0 && !client->has_asked)
        ask(crowd, client);
    if (client->fd < 0) { /* what it asked could not be sent */
        if (client->kind == CLIENT_ASKS)
            go_without(crowd, client);
        return;
    }
    if ((events & ~(uint32_t)EPOLLOUT) == 0)
        return;
    if (listen_to(client)) {
        if (client->kind == CLIENT_ASKS)
            take_answer(crowd, client);
    } else if (client->kind == CLIENT_ASKS) {
        go_without(crowd, client);
    } else {
        crowd->cut++;
        leave(client);
    }
}

static void be_slow(struct crowd *crowd)
{
    crowd->slow_at_ns += SLOW_NS;
    for (size_t i = 0; i < crowd->count; i++) {
        struct client *client = &crowd->clients[i];

        if (client->kind == CLIENT_SLOW && client->fd >= 0 && client->has_asked)
            say(crowd, client, "a");
    }
}

/** They stay until their time is over; where nothing is measured, also for as long as
 * somebody wants an answer. */
static int64_t stay_until_ns(const struct crowd *crowd)
{
    return !crowd->is_load && crowd->busy > 0 ? INT64_MAX : crowd->end_ns;
}

/** For epoll_wait(2): until that time, rounded up, or for an hour of it. */
static int timeout_ms(int64_t now_ns, int64_t until_ns)
{
    int64_t ns = until_ns - now_ns;

    if (ns > 3600 * NS_PER_S)
        ns = 3600 * NS_PER_S;
    return ns > 0 ? (int)(ns / NS_PER_MS) + 1 : 0;
}

/** Wait for what comes first.  @return false: all is over. */
static bool attend_all(struct crowd *crowd)
{
    struct epoll_event events[EVENTS];
    int64_t now_ns = wall_ns(), until_ns = stay_until_ns(crowd);
    int count;

    if (now_ns >= until_ns)
        return false;
    if (crowd->slow > 0 && crowd->slow_at_ns < until_ns)
        until_ns = crowd->slow_at_ns;
    count = epoll_wait(crowd->epoll, events, EVENTS, timeout_ms(now_ns, until_ns));
    for (int i = 0; i < count; i++)
        attend(crowd, events[i].data.ptr, events[i].events);
    if (crowd->slow > 0 && wall_ns() >= crowd->slow_at_ns)
        be_slow(crowd);
    return true;
}

/** What so many of a hundred did not take longer than. */
static int64_t part_of(const struct crowd *crowd, uint64_t percent)
{
    int64_t ns = slot_time(slot_of_part(crowd->times, crowd->answered, percent));

    return ns < crowd->max_ns ? ns : crowd->max_ns;
}

static size_t count_kept(const struct crowd *crowd)
{
    size_t count = 0;

    for (size_t i = 0; i < crowd->count; i++)
        count += crowd->clients[i].is_kept;
    return count;
}

static void leave_word(const struct crowd *crowd)
{
    struct clients_word *word = &the_staging->shared->clients;

    atomic_store(&word->opened, (int64_t)crowd->opened);
    atomic_store(&word->kept, (int64_t)count_kept(crowd));
    atomic_store(&word->answered, (int64_t)crowd->answered);
    atomic_store(&word->failed, (int64_t)crowd->failed);
    atomic_store(&word->cut, (int64_t)crowd->cut);
    atomic_store(&word->min_ns, crowd->min_ns);
    atomic_store(&word->p50_ns, part_of(crowd, 50));
    atomic_store(&word->p99_ns, part_of(crowd, 99));
    atomic_store(&word->max_ns, crowd->max_ns);
    atomic_store(&word->time_ns, wall_ns() - crowd->begun_ns);
}

/** Those that send nothing come first, so that they are accepted first. */
static void come_all(struct crowd *crowd, size_t idle, size_t asking)
{
    size_t tasks = the_staging->tasks->count;

    crowd->count = idle + crowd->slow + asking;
    crowd->busy = asking;
    crowd->clients = must_alloc(crowd->count, sizeof *crowd->clients);
    for (size_t i = 0; i < crowd->count; i++) {
        struct client *client = &crowd->clients[i];
        size_t number = i - idle - crowd->slow;

        client->kind = i < idle                 ? CLIENT_IDLE
                       : i < idle + crowd->slow ? CLIENT_SLOW
                                                : CLIENT_ASKS;
        client->task = client->kind == CLIENT_ASKS ? number % tasks : 0;
        come(crowd, client);
    }
}

static _Noreturn void be_clients(unsigned port, bool is_load)
{
    size_t asking =
        is_load ? (size_t)option("--connections") : the_staging->tasks->count;
    struct crowd *crowd = must_alloc(1, sizeof *crowd);

    prctl(PR_SET_NAME, "conc-clients");
    signal(SIGPIPE, SIG_IGN);
    crowd->is_load = is_load;
    crowd->server = (struct sockaddr_in){.sin_family = AF_INET,
                                         .sin_port = htons((uint16_t)port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    crowd->epoll = epoll_create1(EPOLL_CLOEXEC);
    must_posix(crowd->epoll, "epoll_create1");
    crowd->slow = (size_t)option("--slow");
    crowd->begun_ns = wall_ns();
    crowd->slow_at_ns = crowd->begun_ns + SLOW_NS;
    crowd->end_ns = crowd->begun_ns + option(is_load ? "--load" : "--hold");
    come_all(crowd, (size_t)option("--idle"), asking);
    while (attend_all(crowd))
        continue;
    leave_word(crowd);
    _exit(EXIT_SUCCESS);
}

/* What a lesson calls -------------------------------------------------------- */

/** Where clients from outside may come: it listens already. */
static void tell_address(unsigned port)
{
    printf("http://127.0.0.1:%u/ for %s\n", port,
           ttl_text(option("--hold"), false).text);
    fflush(stdout);
}

/** Its end comes with that of the stage's first process, or of its group. */
int clients_begin(unsigned port)
{
    bool is_load = atomic_load(&the_staging->shared->is_load);
    pid_t stage = getpid(), pid;
    int ends[2];

    must_posix(pipe2(ends, O_CLOEXEC), "pipe2");
    pid = fork();
    must_posix(pid, "fork, for the clients");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != stage)
            _exit(EXIT_FAILURE); /* it died before this one could be told */
        close(ends[0]);
        be_clients(port, is_load);
    }
    close(ends[1]);
    if (!is_load && option("--hold") > 0)
        tell_address(port);
    the_pipe = ends[0];
    return the_pipe;
}

/**
 * It is not waited for: the CPU time of children that were is the variant's.  When the
 * pipe is at its end, the word is there; where it was killed, there is none.
 */
void clients_end(void)
{
    struct clients_word *word = &the_staging->shared->clients;
    struct pollfd end = {.fd = the_pipe, .events = POLLIN};
    char byte;

    traced_poll(CONC_SITE("read", "the clients' pipe"), &end, 1, -1);
    while (read(the_pipe, &byte, 1) < 0 && errno == EINTR)
        continue;
    close(the_pipe);
    the_pipe = -1;
    traced_note(CONC_SITE("answered", ""), atomic_load(&word->answered));
    traced_note(CONC_SITE("failed", ""), atomic_load(&word->failed));
    traced_note(CONC_SITE("cut", ""), atomic_load(&word->cut));
    traced_note(CONC_SITE("first_ns", ""), atomic_load(&word->min_ns));
    traced_note(CONC_SITE("last_ns", ""), atomic_load(&word->max_ns));
}

struct load clients_seen(const struct shared *shared)
{
    const struct clients_word *word = &shared->clients;

    return (struct load){.opened = atomic_load(&word->opened),
                         .kept = atomic_load(&word->kept),
                         .answered = atomic_load(&word->answered),
                         .failed = atomic_load(&word->failed),
                         .cut = atomic_load(&word->cut),
                         .p50_ns = atomic_load(&word->p50_ns),
                         .p99_ns = atomic_load(&word->p99_ns),
                         .max_ns = atomic_load(&word->max_ns),
                         .time_ns = atomic_load(&word->time_ns)};
}
