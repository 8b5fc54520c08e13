// SPDX-License-Identifier: MIT
/** What the instruments' files share: the two ends of a stretch of waiting. */

#ifndef CONC_STAGE_INSTRUMENTS_INNER_H
#define CONC_STAGE_INSTRUMENTS_INNER_H

#include "stage/instruments.h"

/** The calling thread waits from now on; its lane record says so too. */
void instruments_begin_wait(enum event_kind kind, const struct site *site,
                            uint64_t object, uint64_t value);
/** The same for a wait that will end by itself at some time. */
void instruments_begin_limited_wait(enum event_kind kind, const struct site *site,
                                    uint64_t object, uint64_t value);
/** It goes on. */
void instruments_end_wait(enum event_kind kind, const struct site *site,
                          uint64_t object, uint64_t value);

/** It holds a lock from now on; @waited: after it had begun to wait for it. */
void instruments_locked(const struct site *site, const void *lock, bool waited);
/** It is about to give it up: told after, another's locking could come before. */
void instruments_unlock(const struct site *site, const void *lock);

#endif
