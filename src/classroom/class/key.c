// SPDX-License-Identifier: MIT
#include "classroom/class/key.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

static int open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool class_key_can_wait(void)
{
    int terminal = isatty(STDOUT_FILENO) ? open_terminal() : -1;
    if (terminal < 0)
        return false;
    close(terminal);
    return true;
}

/** A key at a time, not shown; but Ctrl-C and Ctrl-Z stay what they are. */
static struct termios quiet(const struct termios *usual)
{
    struct termios settings = *usual;
    settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    return settings;
}

/** Until a key or a signal comes.  @return the signal's number, or 0. */
static int wait_once(int terminal, int signals)
{
    struct pollfd both[] = {{.fd = signals, .events = POLLIN},
                            {.fd = terminal, .events = POLLIN}};
    struct signalfd_siginfo signal;
    char key;
    while (poll(both, 2, -1) < 0)
        if (errno != EINTR)
            return 0;
    if (both[0].revents != 0 && read(signals, &signal, sizeof signal) > 0)
        return (int)signal.ssi_signo;
    (void)!read(terminal, &key, 1);
    return 0;
}

/** Let the signal do what it does, now that the terminal is as it was. */
static void pass_on(int number, const sigset_t *before, const sigset_t *ours)
{
    raise(number);
    sigprocmask(SIG_SETMASK, before, NULL);
    sigprocmask(SIG_BLOCK, ours, NULL);
}

static void wait_on(int terminal, const struct termios *usual)
{
    struct termios settings = quiet(usual);
    sigset_t ours, before;
    int number = 0;
    sigemptyset(&ours);
    for (size_t i = 0; i < 4; i++)
        sigaddset(&ours, (const int[]){SIGINT, SIGTERM, SIGHUP, SIGTSTP}[i]);
    sigprocmask(SIG_BLOCK, &ours, &before);
    int signals = signalfd(-1, &ours, SFD_CLOEXEC);
    do {
        tcsetattr(terminal, TCSAFLUSH, &settings);
        number = signals >= 0 ? wait_once(terminal, signals) : 0;
        tcsetattr(terminal, TCSANOW, usual);
        if (number != 0)
            pass_on(number, &before, &ours);
    } while (number != 0);
    if (signals >= 0)
        close(signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void class_key_wait(void)
{
    struct termios usual;
    int terminal = class_key_can_wait() ? open_terminal() : -1;
    if (terminal >= 0 && tcgetattr(terminal, &usual) == 0)
        wait_on(terminal, &usual);
    if (terminal >= 0)
        close(terminal);
}
