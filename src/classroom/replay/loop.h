// SPDX-License-Identifier: MIT
/**
 * A loop that draws on the terminal, hears signals and, where asked for, keys.  The
 * screen is as it was before it when it returns, also after Ctrl-C, and while it is
 * stopped (Ctrl-Z).  Main thread.
 */

#ifndef CONC_CLASSROOM_REPLAY_LOOP_H
#define CONC_CLASSROOM_REPLAY_LOOP_H

#include "options.h"
#include "view/live.h"

#include <termios.h>
#include <uv.h>

struct replay_hooks {
    void *data;
    void (*frame)(void *data);         /**< at once, then every so many ms */
    void (*key)(void *data, char key); /**< NULL: keys are left alone */
    void (*resized)(void *data);       /**< the window, or conc goes on: draw again */
};

enum { LOOP_SIGNALS = 6 };

struct replay_loop {
    struct live *live; /**< to draw on, while it runs */
    const struct replay_hooks *hooks;
    uv_loop_t loop;
    uv_timer_t timer;
    uv_poll_t keyboard;
    uv_signal_t signals[LOOP_SIGNALS];
    struct termios modes; /**< of the keyboard, as they were found */
    int keys;     /**< a descriptor of its own of the keyboard; -1: there is none */
    int ended_by; /**< a signal; 0: none */
};

/**
 * Run until replay_loop_stop().
 * @frame_ms: 0 draws once, and then only when something happened.
 * @return 0, or 128 + n after signal n.  Where there can be no loop or no drawing, 0 at
 * once.
 */
int replay_loop_run(struct replay_loop *loop, const struct options *options,
                    const struct replay_hooks *hooks, uint64_t frame_ms);
void replay_loop_stop(struct replay_loop *loop);

#endif
