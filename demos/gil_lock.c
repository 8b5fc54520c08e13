// SPDX-License-Identifier: MIT
/**
 * The lock of demos/gil.c.  It is a flag, and changes hands on request, as in CPython:
 *
 *     luke, who has it                  darthvader, who wants it
 *     computes, step by step            waits for `given`, 5 ms at most
 *                                       has waited for 5 ms: asks
 *     after this step: gives it up,
 *     and waits for `taken`
 *                                       takes it
 *     waits for `given` ...             computes, step by step
 *
 * A mutex held while computing would not do: whoever unlocks one and locks it again is
 * most often there before those who were waiting have woken up.
 *
 * lock_wanted(), lock_taken() and lock_given() are no part of it: they only draw it.
 */

#include "gil_lock.h"

#include "demo.h"

/** How long a thread waits before it asks: sys.getswitchinterval() in Python. */
#define INTERVAL_NS 5000000

void gil_init(struct gil *gil)
{
    *gil = (struct gil){.is_held = false};
    must(uv_mutex_init(&gil->mutex), "uv_mutex_init");
    must(uv_cond_init(&gil->given), "uv_cond_init");
    must(uv_cond_init(&gil->taken), "uv_cond_init");
}

void gil_destroy(struct gil *gil)
{
    uv_cond_destroy(&gil->taken);
    uv_cond_destroy(&gil->given);
    uv_mutex_destroy(&gil->mutex);
}

/** With the mutex, which waiting gives up. */
static void take(struct gil *gil)
{
    while (gil->is_held) {
        uint64_t turn = gil->turns;
        int error = uv_cond_timedwait(&gil->given, &gil->mutex, INTERVAL_NS);
        bool is_same_turn = gil->is_held && gil->turns == turn;

        if (error == UV_ETIMEDOUT && is_same_turn)
            atomic_store(&gil->asked, true);
    }
    gil->is_held = true;
    gil->turns++;
    atomic_store(&gil->asked, false);
    lock_taken(gil);
    uv_cond_signal(&gil->taken);
}

/** With the mutex. */
static void give(struct gil *gil)
{
    lock_given(gil);
    gil->is_held = false;
    uv_cond_signal(&gil->given);
}

void gil_take(struct gil *gil)
{
    uv_mutex_lock(&gil->mutex);
    if (gil->is_held)
        lock_wanted(gil);
    take(gil);
    uv_mutex_unlock(&gil->mutex);
}

void gil_give(struct gil *gil)
{
    uv_mutex_lock(&gil->mutex);
    give(gil);
    uv_mutex_unlock(&gil->mutex);
}

/** Who asked goes on waiting until it has the lock, so there is somebody to take it. */
static void hand_over(struct gil *gil)
{
    uint64_t turn;

    uv_mutex_lock(&gil->mutex);
    turn = gil->turns;
    give(gil);
    lock_wanted(gil);
    while (gil->turns == turn) /* or it would be back before another had woken up */
        uv_cond_wait(&gil->taken, &gil->mutex);
    take(gil);
    uv_mutex_unlock(&gil->mutex);
}

void gil_step(struct gil *gil)
{
    if (atomic_load_explicit(&gil->asked, memory_order_relaxed))
        hand_over(gil);
}
