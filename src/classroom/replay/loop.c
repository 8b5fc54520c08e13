// SPDX-License-Identifier: MIT
#include "classroom/replay/loop.h"

#include "view/style.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int numbers[LOOP_SIGNALS] = {SIGINT,  SIGTERM, SIGHUP,
                                          SIGTSTP, SIGCONT, SIGWINCH};

void replay_loop_stop(struct replay_loop *loop)
{
    uv_stop(&loop->loop);
}

/* The keyboard -----------------------------------------------------------------------
 */

/**
 * libuv reads without blocking, which is a flag of the open file, and so of all who
 * share it: the shell, and standard output.  So the keyboard is opened once more.
 */
static int open_keyboard(void)
{
    if (!isatty(STDIN_FILENO))
        return -1;
    return open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
}

/** Keys come one by one, and are not shown; Ctrl-C is a signal as ever. */
static void take_keyboard(struct replay_loop *loop)
{
    if (loop->keys < 0 || tcgetattr(loop->keys, &loop->modes) != 0)
        return;
    struct termios keys = loop->modes;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    tcsetattr(loop->keys, TCSANOW, &keys);
}

static void give_keyboard_back(const struct replay_loop *loop)
{
    if (loop->keys >= 0)
        tcsetattr(loop->keys, TCSANOW, &loop->modes);
}

static void on_key(uv_poll_t *handle, int status, int events)
{
    struct replay_loop *loop = handle->data;
    char keys[64];
    ssize_t got = status == 0 && (events & UV_READABLE) != 0
                      ? read(loop->keys, keys, sizeof keys)
                      : -1;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) { /* the terminal has gone */
        replay_loop_stop(loop);
        return;
    }
    for (ssize_t i = 0; i < got; i++)
        loop->hooks->key(loop->hooks->data, keys[i]);
}

/* Signals ----------------------------------------------------------------------------
 */

/** Stop as a program does that does not catch SIGTSTP. */
static void stop(struct replay_loop *loop)
{
    struct sigaction default_action = {.sa_handler = SIG_DFL}, ours;
    live_suspend(loop->live);
    give_keyboard_back(loop);
    sigaction(SIGTSTP, &default_action, &ours);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    take_keyboard(loop);
    loop->hooks->resized(loop->hooks->data);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct replay_loop *loop = handle->data;
    switch (number) {
    case SIGTSTP:
        stop(loop);
        break;
    case SIGCONT:
    case SIGWINCH:
        live_resized(loop->live);
        loop->hooks->resized(loop->hooks->data);
        break;
    default:
        loop->ended_by = number;
        replay_loop_stop(loop);
    }
}

static int hear_signals(struct replay_loop *loop)
{
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        struct sigaction before;
        int error = uv_signal_init(&loop->loop, &loop->signals[i]);
        if (error != 0)
            return error;
        loop->signals[i].data = loop;
        bool ignored =
            sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN;
        if (!ignored)
            error = uv_signal_start(&loop->signals[i], on_signal, numbers[i]);
        if (error != 0)
            return error;
    }
    return 0;
}

/* The loop ----------------------------------------------------------------------------
 */

static void on_timer(uv_timer_t *timer)
{
    struct replay_loop *loop = timer->data;
    loop->hooks->frame(loop->hooks->data);
}

static int begin(struct replay_loop *loop, uint64_t frame_ms)
{
    int error = hear_signals(loop);
    if (error == 0)
        error = uv_timer_init(&loop->loop, &loop->timer);
    if (error == 0) {
        loop->timer.data = loop;
        error = uv_timer_start(&loop->timer, on_timer, 0, frame_ms);
    }
    if (error == 0 && loop->keys >= 0) {
        error = uv_poll_init(&loop->loop, &loop->keyboard, loop->keys);
        loop->keyboard.data = loop;
    }
    if (error == 0 && loop->keys >= 0)
        error = uv_poll_start(&loop->keyboard, UV_READABLE, on_key);
    return error;
}

static void close_handle(uv_handle_t *handle, void *data)
{
    (void)data;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void end(struct replay_loop *loop)
{
    uv_walk(&loop->loop, close_handle, NULL);
    uv_run(&loop->loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop->loop);
}

int replay_loop_run(struct replay_loop *loop, const struct options *options,
                    const struct replay_hooks *hooks, uint64_t frame_ms)
{
    struct style style = style_for(options, STDOUT_FILENO);
    memset(loop, 0, sizeof *loop);
    loop->hooks = hooks;
    if (uv_loop_init(&loop->loop) != 0)
        return 0;
    loop->keys = hooks->key != NULL ? open_keyboard() : -1;
    if (live_open(&loop->live, STDOUT_FILENO, &style, options->width) == 0) {
        take_keyboard(loop);
        if (begin(loop, frame_ms) == 0)
            uv_run(&loop->loop, UV_RUN_DEFAULT);
        char *rest = live_close(loop->live);
        give_keyboard_back(loop);
        if (rest != NULL)
            fputs(rest, stdout);
        free(rest);
    }
    end(loop);
    if (loop->keys >= 0)
        close(loop->keys);
    return loop->ended_by != 0 ? 128 + loop->ended_by : 0;
}
