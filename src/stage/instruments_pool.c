// SPDX-License-Identifier: MIT
/** The instruments of libuv's pool of threads, and of waiting for input. */

#include "stage/instruments_inner.h"

#include "demo.h"
#include "stage/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

/** libuv keeps these places of a request for others. */
enum { OWN_WORK, OWN_SITE };

/** On a thread of libuv's pool.  Between tasks it is idle, from its first one on. */
static void work_in_pool(uv_work_t *request)
{
    static _Thread_local bool has_begun;
    const struct site *site = request->reserved[OWN_SITE];

    if (has_begun)
        instruments_end_wait(EVENT_POLL_END, site, 0, 0);
    else
        instruments_start_lane();
    has_begun = true;
    ((uv_work_cb)(uintptr_t)request->reserved[OWN_WORK])(request);
    instruments_begin_limited_wait(EVENT_POLL_BEGIN, site, 0, 0);
}

/** What abort() calls, within uv_queue_work(). */
static void on_abort(int number)
{
    (void)number;
    must(UV_EAGAIN, "starting a thread for libuv's pool");
}

int traced_uv_queue_work(const struct site *site, uv_loop_t *loop, uv_work_t *request,
                         uv_work_cb job, uv_after_work_cb after)
{
    struct sigaction aborting = {.sa_handler = on_abort}, before;
    static atomic_bool has_begun;
    int error;

    if (instruments_measuring)
        return uv_queue_work(loop, request, job, after);
    request->reserved[OWN_WORK] = (void *)(uintptr_t)job;
    request->reserved[OWN_SITE] = (void *)(uintptr_t)site;
    if (atomic_load(&has_begun))
        return uv_queue_work(loop, request, work_in_pool, after);
    sigaction(SIGABRT, &aborting, &before);
    error = uv_queue_work(loop, request, work_in_pool, after);
    sigaction(SIGABRT, &before, NULL);
    atomic_store(&has_begun, true);
    return error;
}

ssize_t traced_recv(const struct site *site, int socket, void *to, size_t bytes,
                    int flags)
{
    int before = errno;
    ssize_t got;

    if (instruments_trace() == NULL)
        return recv(socket, to, bytes, flags);
    got = recv(socket, to, bytes, flags | MSG_DONTWAIT);
    if (got >= 0 || errno != EAGAIN || (flags & MSG_DONTWAIT) != 0)
        return got;
    errno = before; /* waiting leaves it alone, only the try has set it */
    instruments_begin_limited_wait(EVENT_POLL_BEGIN, site, 0, 0);
    got = recv(socket, to, bytes, flags);
    before = errno;
    instruments_end_wait(EVENT_POLL_END, site, 0, 0);
    errno = before;
    return got;
}

static bool has_hung_up(const struct pollfd *fds, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++)
        if ((fds[i].revents & POLLHUP) != 0)
            return true;
    return false;
}

static int poll_once(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    int ready = poll(fds, count, timeout_ms);

    if (ready > 0 && programs_any() && has_hung_up(fds, count))
        programs_expect_end();
    return ready;
}

/** Where there are programs, what they do is looked at meanwhile. */
static int poll_and_look(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    int ready = 0;

    if (timeout_ms > 0 || !programs_any())
        return poll_once(fds, count, timeout_ms);
    while (ready == 0) {
        ready = poll_once(fds, count, programs_pause_ms(0));
        programs_look();
    }
    return ready;
}

int traced_poll(const struct site *site, struct pollfd *fds, nfds_t count,
                int timeout_ms)
{
    bool is_input = count == 1 && timeout_ms > 0;
    int ready, before;

    if (instruments_trace() == NULL)
        return poll(fds, count, timeout_ms);
    programs_look();
    ready = poll_once(fds, count, 0);
    if (ready != 0 || timeout_ms == 0)
        return ready;
    instruments_begin_limited_wait(is_input ? EVENT_INPUT_BEGIN : EVENT_POLL_BEGIN,
                                   site, 0, 0);
    ready = poll_and_look(fds, count, timeout_ms);
    before = errno;
    instruments_end_wait(is_input ? EVENT_INPUT_END : EVENT_POLL_END, site, 0, 0);
    errno = before;
    return ready;
}

/** What waits for a pipe is seen to wait. */
ssize_t traced_read_file(const struct site *site, int file, void *to, size_t bytes)
{
    struct pollfd input = {.fd = file, .events = POLLIN};
    int before = errno;

    if (instruments_measuring)
        return read(file, to, bytes);
    if ((fcntl(file, F_GETFL) & O_NONBLOCK) == 0)
        traced_poll(site, &input, 1, -1);
    errno = before;
    return read(file, to, bytes);
}
