// SPDX-License-Identifier: MIT
/** Signals, while the watcher's loop runs. */

#include "stage/stage_inner.h"

#include "card.h"
#include "stage/clock.h"

#include <signal.h>
#include <unistd.h>

static const int signal_numbers[WATCHED_SIGNALS] = {SIGINT,  SIGTERM, SIGHUP,
                                                    SIGTSTP, SIGCONT, SIGWINCH};

static void hook(void (*function)(void *), void *data)
{
    if (function != NULL)
        function(data);
}

/**
 * A second signal this soon is the first one again: timeout(1), for one, sends it to
 * the process and then to its group.  Nobody types that fast.
 */
#define AGAIN_NS (50 * NS_PER_MS)

static void on_interrupt(struct stage *stage, int number)
{
    int64_t now_ns = wall_ns();

    if (stage->interrupted != 0 && now_ns - stage->interrupted_ns < AGAIN_NS)
        return;
    stage->interrupted_ns = now_ns;
    if (stage->interrupted != 0) {
        hook(stage->hooks.suspend, stage->hooks.data);
        stage_ask_keeper(stage, KEEPER_LEAVE, NULL);
        _exit(128 + number); /* the keeper sees it, and ends the stage */
    }
    stage->interrupted = number;
    if (serving(stage->staging.options) != NULL)
        stage_ask_to_end(stage);
    else
        stage_end_run(stage, ENDING_INTERRUPT, number);
}

/** Stop as a program does that does not catch SIGTSTP, with the stage stopped too. */
static void stop_with_stage(struct stage *stage)
{
    struct sigaction default_action = {.sa_handler = SIG_DFL}, ours;
    int64_t stopped_ns = wall_ns();

    hook(stage->hooks.suspend, stage->hooks.data);
    stage_ask_keeper(stage, KEEPER_PAUSE, NULL);
    sigaction(SIGTSTP, &default_action, &ours);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    stage_ask_keeper(stage, KEEPER_GO_ON, NULL);
    if (stage->end != NULL && stage->end->ending == ENDING_RUNNING) {
        stage->end->disturbed = true;
        stage->limit_at_ns += wall_ns() - stopped_ns;
        stage_set_limit(stage);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct stage *stage = handle->data;

    switch (number) {
    case SIGTSTP:
        stop_with_stage(stage);
        break;
    case SIGCONT:
        if (stage->end != NULL && stage->end->ending == ENDING_RUNNING)
            stage->end->disturbed = true;
        hook(stage->hooks.resized, stage->hooks.data);
        break;
    case SIGWINCH:
        hook(stage->hooks.resized, stage->hooks.data);
        break;
    default:
        on_interrupt(stage, number);
    }
}

int stage_signals_start(struct stage *stage)
{
    for (size_t i = 0; i < WATCHED_SIGNALS; i++) {
        struct sigaction before;
        int error = uv_signal_init(&stage->loop, &stage->signals[i]);

        if (error != 0)
            return error;
        stage->signals[i].data = stage;
        if (sigaction(signal_numbers[i], NULL, &before) == 0 &&
            before.sa_handler == SIG_IGN)
            continue;
        error = uv_signal_start(&stage->signals[i], on_signal, signal_numbers[i]);
        if (error != 0)
            return error;
    }
    return 0;
}
