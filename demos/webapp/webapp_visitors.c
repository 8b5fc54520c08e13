// SPDX-License-Identifier: MIT
/**
 * Who is connected to the server of demos/webapp/webapp_site.c: one thread looks after
 * all of them by poll(), and accepts no more than it has places for.  Where there are
 * fewer places than visitors, they take turns.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#include "webapp.h"

#define PLACES 64

/** Where more want to be served, whoever asked nothing for longest has to go, if that
 * is so long; and if there is none, whoever is answered, as he is told. */
#define SILENT_NS UINT64_C(100000000)

/** Main's alone. */
static struct {
    int listener, end;
    struct visitor *at[PLACES];
    size_t count, most; /* less than all places where descriptors have run out */
} visitors;

bool visitors_wait(void)
{
    struct pollfd listener = {.fd = visitors.listener, .events = POLLIN};

    return visitors.count >= visitors.most && poll(&listener, 1, 0) > 0;
}

static void hang_up(size_t place)
{
    close(visitors.at[place]->socket);
    free(visitors.at[place]);
    visitors.at[place] = NULL;
    visitors.count--;
}

/** Where there is one. */
static size_t free_place(void)
{
    size_t place = 0;

    while (visitors.at[place] != NULL)
        place++;
    return place;
}

/** Who asked nothing for longest; there is one. */
static size_t oldest_place(void)
{
    size_t oldest = PLACES;

    for (size_t i = 0; i < PLACES; i++)
        if (visitors.at[i] != NULL &&
            (oldest == PLACES ||
             visitors.at[i]->heard_ns < visitors.at[oldest]->heard_ns))
            oldest = i;
    return oldest;
}

/** In how many ms there is a place for one more, or can be made. */
static int place_in_ms(void)
{
    uint64_t silent_ns;

    if (visitors.count < visitors.most)
        return 0;
    silent_ns = uv_hrtime() - visitors.at[oldest_place()]->heard_ns;
    return silent_ns < SILENT_NS ? (int)((SILENT_NS - silent_ns) / 1000000) + 1 : 0;
}

/** @return false: whoever would have to go has sent something meanwhile. */
static bool make_place(void)
{
    size_t oldest;
    char byte;

    if (visitors.count < visitors.most)
        return true;
    oldest = oldest_place();
    if (!visitors.at[oldest]->is_leaving &&
        recv(visitors.at[oldest]->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
        return false;
    hang_up(oldest);
    return true;
}

/** No descriptor is left.  Where rows that are written have them all, a moment later
 * there is one. */
static void do_with_less(void)
{
    struct pollfd end = {.fd = visitors.end, .events = POLLIN};

    if (visitors.count == 0)
        poll(&end, 1, 10);
    else
        visitors.most = visitors.count;
}

static void take_visitor(void)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    socklen_t size = sizeof from;
    struct visitor *visitor;
    int socket;

    if (!make_place())
        return;
    socket = accept4(visitors.listener, (struct sockaddr *)&from, &size, SOCK_CLOEXEC);
    if (socket < 0 && errno != EAGAIN && errno != ECONNABORTED)
        do_with_less();
    if (socket < 0)
        return;
    if (visitors.most < PLACES)
        visitors.most++;
    visitor = must_alloc(1, sizeof *visitor);
    visitor->socket = socket;
    visitor->heard_ns = uv_hrtime();
    inet_ntop(AF_INET, &from.sin_addr, visitor->address, sizeof visitor->address);
    http_begin(&visitor->input);
    visitors.at[free_place()] = visitor;
    visitors.count++;
}

/** All that may have something to tell: the pipe, the listener where there is a place
 * for one more, visitors. */
static nfds_t list(struct pollfd *fds, size_t *places, bool has_place)
{
    nfds_t count = 2;

    fds[0] = (struct pollfd){.fd = visitors.end, .events = POLLIN};
    fds[1] =
        (struct pollfd){.fd = has_place ? visitors.listener : -1, .events = POLLIN};
    for (size_t i = 0; i < PLACES; i++)
        if (visitors.at[i] != NULL) {
            places[count] = i;
            fds[count++] =
                (struct pollfd){.fd = visitors.at[i]->socket, .events = POLLIN};
        }
    return count;
}

void visitors_open(int listener, int end)
{
    visitors.listener = listener;
    visitors.end = end;
    visitors.most = PLACES;
}

bool visitors_serve(bool (*serve)(struct visitor *visitor))
{
    struct pollfd fds[PLACES + 2];
    size_t places[PLACES + 2];
    int ms = place_in_ms();
    nfds_t count = list(fds, places, ms == 0);

    if (poll(fds, count, ms > 0 ? ms : -1) < 0 && errno != EINTR)
        must_posix(-1, "poll");
    for (nfds_t i = 2; i < count; i++)
        if (fds[i].revents != 0 && !serve(visitors.at[places[i]]))
            hang_up(places[i]);
    if ((fds[1].revents & POLLIN) != 0)
        take_visitor();
    return fds[0].revents == 0;
}

void visitors_close(void)
{
    for (size_t i = 0; i < PLACES; i++)
        if (visitors.at[i] != NULL)
            hang_up(i);
}
