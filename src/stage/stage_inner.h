// SPDX-License-Identifier: MIT
/** What the watcher's files share: stage.c, stage_costs.c, stage_watch.c and
 * stage_signals.c. */

#ifndef CONC_STAGE_STAGE_INNER_H
#define CONC_STAGE_STAGE_INNER_H

#include "stage/keeper.h"
#include "stage/stage.h"

#include <uv.h>

/** INT, TERM, HUP, TSTP, CONT, WINCH. */
#define WATCHED_SIGNALS 6

struct stage {
    struct staging staging;
    struct stage_hooks hooks;
    struct keeper keeper;
    struct spared spared;
    void *shared_memory;
    size_t shared_bytes;

    uv_loop_t loop;
    bool loop_open;
    uv_poll_t socket, output;
    uv_timer_t limit, frame, look;
    struct waits *waits;
    uv_signal_t signals[WATCHED_SIGNALS];

    /* of the run that goes on */
    pid_t pid; /* 0: none */
    int64_t asked_ns, limit_at_ns;
    struct stage_end *end;
    bool running, is_load;
    int refused;            /* an errno: the keeper could not fork */
    int64_t (*bytes)(void); /* NULL: it is not memory that is measured */

    int interrupted; /* the first signal that did */
    int64_t interrupted_ns;
};

/* stage_watch.c: the keeper's replies, what the stage prints, limits and frames */

int stage_watch_start(struct stage *stage);

/** Ask the keeper for something.  @return false when it is gone. */
bool stage_ask_keeper(struct stage *stage, enum keeper_request_kind kind,
                      const struct variant *variant);

/** The keeper is gone: end what it kept, and the run with ENDING_KEEPER. */
void stage_keeper_gone(struct stage *stage);

/** After its end, read all that the stage has printed, before the next one does. */
void stage_take_all_output(struct stage *stage);

/** Start the timers of a run. */
void stage_set_limit(struct stage *stage);
void stage_set_frames(struct stage *stage);
void stage_set_looks(struct stage *stage);

/** Ask a variant that stays up to return.  It is given a while for that. */
void stage_ask_to_end(struct stage *stage);

/** End the running variant for `ending`: its time is taken now, then it is killed. */
void stage_end_run(struct stage *stage, enum ending ending, int number);

/* stage_signals.c */

int stage_signals_start(struct stage *stage);

#endif
