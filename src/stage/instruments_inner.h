// SPDX-License-Identifier: MIT
/** What the instruments' files share: lanes, and the two ends of a wait. */

#ifndef CONC_STAGE_INSTRUMENTS_INNER_H
#define CONC_STAGE_INSTRUMENTS_INNER_H

#include "stage/instruments.h"

/** The trace, or NULL: then the primitives work all the same, on no lane. */
struct trace *instruments_trace(void);

/** A lane for a flow to be; LANE_NONE: there are too many, or there is no trace. */
uint32_t instruments_add_lane(enum lane_kind kind, uint32_t parent);

/** The calling thread writes that lane from now on. */
void instruments_open_lane(uint32_t lane);

/** The same in the one thread of a new process, with a writer that was got ready. */
void instruments_adopt(const struct trace_writer *writer);

/** What the calling thread writes with: it gets a lane, if it has none. */
struct trace_writer *instruments_writer(void);

/** A site's index among all there are, or SITE_NONE. */
uint16_t instruments_site_number(const struct site *site);

/** The system's id of the calling thread. */
int64_t instruments_thread_id(void);

/** Its first act. */
void instruments_start_lane(void);

/** The calling thread waits from now on; its lane record says so too. */
void instruments_begin_wait(enum event_kind kind, const struct site *site,
                            uint64_t object, uint64_t value);
/** The same for a wait that will end by itself at some time. */
void instruments_begin_limited_wait(enum event_kind kind, const struct site *site,
                                    uint64_t object, uint64_t value);
/** It goes on. */
void instruments_end_wait(enum event_kind kind, const struct site *site,
                          uint64_t object, uint64_t value);

/** The calling thread, which runs a loop, is in a callback of the task that writes so;
 * NULL: of none. */
extern _Thread_local struct trace_writer *instruments_turn;

/** It read or wrote a variable: on the lane of the task whose turn it is, if any. */
void instruments_access(enum event_kind kind, const struct site *site,
                        const volatile void *variable, int64_t value);

/** It holds a lock from now on; @waited: after it had begun to wait for it. */
void instruments_locked(const struct site *site, const void *lock, bool waited);
/** It is about to give it up: told after, another's locking could come before. */
void instruments_unlock(const struct site *site, const void *lock);

#endif
