// SPDX-License-Identifier: MIT
#include "view/terminal.h"
#include "stage/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <uv.h>

int terminal_open(struct terminal *terminal, int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    *terminal = (struct terminal){
        .fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
    if (terminal->fd < 0)
        return uv_translate_sys_error(errno);
    terminal->modes = mmap(NULL, sizeof *terminal->modes, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (terminal->modes != MAP_FAILED)
        return 0;
    close(terminal->fd);
    return UV_ENOMEM;
}

/** Set the modes also from the background, where that would stop a process. */
static void set_modes(int fd, const struct termios *modes)
{
    sigset_t block, before;
    sigemptyset(&block);
    sigaddset(&block, SIGTTOU);
    sigprocmask(SIG_BLOCK, &block, &before);
    tcsetattr(fd, TCSANOW, modes);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void terminal_echo_off(struct terminal *terminal)
{
    struct terminal_modes *modes = terminal->modes;
    if (modes->hidden || tcgetattr(terminal->fd, &modes->found) != 0)
        return;
    modes->set = modes->found;
    modes->set.c_lflag &= ~(tcflag_t)ECHO;
    modes->hidden = true;
    set_modes(terminal->fd, &modes->set);
}

static bool are_equal(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag &&
           a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag &&
           memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

void terminal_echo_back(const struct terminal *terminal)
{
    struct terminal_modes *modes = terminal->modes;
    struct termios now;
    if (modes->hidden && tcgetattr(terminal->fd, &now) == 0 &&
        are_equal(&now, &modes->set))
        set_modes(terminal->fd, &modes->found);
    modes->hidden = false;
}

char *terminal_close(struct terminal *terminal)
{
    char *rest = terminal->pending_bytes > 0 ? terminal->pending : NULL;
    if (rest != NULL)
        rest[terminal->pending_bytes] = '\0';
    else
        free(terminal->pending);
    munmap(terminal->modes, sizeof *terminal->modes);
    close(terminal->fd);
    *terminal = (struct terminal){.fd = -1};
    return rest;
}

/** Wait until it takes more.  @return false when the time is over. */
static bool is_writable(const struct terminal *terminal, int64_t deadline_ns)
{
    struct pollfd poll_fd = {.fd = terminal->fd, .events = POLLOUT};
    for (;;) {
        int64_t left_ns = deadline_ns - wall_ns();
        int left_ms = left_ns > 0 ? (int)(left_ns / NS_PER_MS) : 0;
        int ready = poll(&poll_fd, 1, left_ms);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; /* also on errors: write() says which */
        if (ready == 0 && left_ns < NS_PER_MS)
            return false;
    }
}

int terminal_flush(struct terminal *terminal, int patience_ms)
{
    int64_t deadline_ns = wall_ns() + patience_ms * NS_PER_MS;
    while (terminal->pending_bytes > 0) {
        if (!is_writable(terminal, deadline_ns))
            return 1;
        ssize_t written =
            write(terminal->fd, terminal->pending, terminal->pending_bytes);
        if (written < 0 && errno != EAGAIN && errno != EINTR) {
            int error = errno;
            terminal->pending_bytes = 0;
            return uv_translate_sys_error(error);
        }
        if (written > 0) {
            terminal->pending_bytes -= (size_t)written;
            memmove(terminal->pending, terminal->pending + written,
                    terminal->pending_bytes);
        }
    }
    return 0;
}

int terminal_write(struct terminal *terminal, const char *text, size_t bytes,
                   int patience_ms)
{
    char *all = realloc(terminal->pending, terminal->pending_bytes + bytes + 1);
    if (all == NULL)
        return UV_ENOMEM;
    memcpy(all + terminal->pending_bytes, text, bytes);
    terminal->pending = all;
    terminal->pending_bytes += bytes;
    return terminal_flush(terminal, patience_ms);
}
