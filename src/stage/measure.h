// SPDX-License-Identifier: MIT
/**
 * What a demo has measured besides its runs (struct gauge): on a stage of its own,
 * untraced, by one thread at first, and all on one core: else it would be chance
 * whether another core had to be woken, which takes longer than much of what is
 * measured.
 */

#ifndef CONC_STAGE_MEASURE_H
#define CONC_STAGE_MEASURE_H

#include "stage/shared.h"

/** The stage's main: leaves the median and the quartiles in the shared page. */
void measure_begin(const struct staging *staging);

/** Time the operations: some hundred batches of 0.1 ms and more, over 50 ms. */
void measure_time(const struct tasks *tasks);

/** Or ask how many bytes something takes, each time in a process that is forked for it,
 * as what is freed is not always given back. */
void measure_bytes(const struct tasks *tasks);

#endif
