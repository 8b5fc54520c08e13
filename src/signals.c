// SPDX-License-Identifier: MIT

#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static void leave(int number)
{
    _exit(128 + number);
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
