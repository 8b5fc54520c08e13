// SPDX-License-Identifier: MIT
/** The lock of demos/gil.c: there is one, and whoever computes must have it. */

#ifndef CONC_DEMOS_GIL_LOCK_H
#define CONC_DEMOS_GIL_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct gil {
    uv_mutex_t mutex; /* of what follows: held for moments, not while computing */
    uv_cond_t given;  /* signalled when the lock was given up, */
    uv_cond_t taken;  /* and when another has taken it then */
    bool is_held;
    uint64_t turns;    /* how often it was taken */
    atomic_bool asked; /* somebody has waited for long enough; read without the mutex */
};

void gil_init(struct gil *gil);
void gil_destroy(struct gil *gil);

/** Wait until nobody has the lock, and have it. */
void gil_take(struct gil *gil);

/** Give it up: before each wait, and at the end. */
void gil_give(struct gil *gil);

/** Between two steps of computing: if somebody has asked, hand it over. */
void gil_step(struct gil *gil);

#endif
