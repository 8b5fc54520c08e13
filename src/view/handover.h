// SPDX-License-Identifier: MIT
/** What one lane does so that another can go on: the arrows of a timeline.  Pure. */

#ifndef CONC_VIEW_HANDOVER_H
#define CONC_VIEW_HANDOVER_H

#include "timeline/timeline.h"

/** The span of the lane that ends at that moment, begun by `cause`; NULL: none. */
const struct span *span_that_ends(const struct lane *lane, int64_t at_ns,
                                  enum event_kind cause);

/**
 * Who has the lock next that a mark gives up, if that lane was waiting for it then;
 * NULL: nobody was, or another came first.
 */
const struct held_lock *lock_handover(const struct timeline *timeline,
                                      const struct mark *unlock);

/**
 * What another lane wrote to the same variable after this one had read it and before it
 * wrote: a write that goes under.  That it came after the read, what was read tells,
 * too.  @return NULL: none is seen (of very many lanes only the first are looked at);
 * else it stands on `*writer`.
 */
const struct mark *overwritten(const struct timeline *timeline, const struct lane *lane,
                               const struct mark *write, const struct lane **writer);

#endif
