// SPDX-License-Identifier: MIT

#include "signals.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* Read in the handler: a pointer that is lock-free may be (signal-safety(7)). */
static _Atomic(const char *) last_words;

/** If it takes them at once: who leaves does not wait for a terminal that is held up.
 */
static void say(const char *words)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    if (words != NULL && poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0)
        (void)!write(STDOUT_FILENO, words, strlen(words));
}

static void leave(int number)
{
    say(atomic_load(&last_words));
    _exit(128 + number);
}

void leave_saying(const char *words)
{
    atomic_store(&last_words, words);
}

void leave_on_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action;

        sigaction(numbers[i], NULL, &action);
        if (action.sa_handler == SIG_IGN)
            continue;
        action = (struct sigaction){.sa_handler = leave};
        sigaction(numbers[i], &action, NULL);
    }
}
