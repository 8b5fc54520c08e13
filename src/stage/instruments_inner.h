// SPDX-License-Identifier: MIT
/** What the instruments' files share: the two ends of a stretch of waiting. */

#ifndef CONC_STAGE_INSTRUMENTS_INNER_H
#define CONC_STAGE_INSTRUMENTS_INNER_H

#include "stage/instruments.h"

/** The calling thread waits from now on; its lane record says so too. */
void instruments_begin_wait(enum event_kind kind, const struct site *site,
                            uint64_t object, uint64_t value);
/** It goes on. */
void instruments_end_wait(enum event_kind kind, const struct site *site,
                          uint64_t object, uint64_t value);

#endif
