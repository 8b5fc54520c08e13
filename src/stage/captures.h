// SPDX-License-Identifier: MIT
/**
 * What programs print that a lesson starts: all of it is counted on the stage, and its
 * beginning kept in shared memory, so that it is there when the stage is gone.
 */

#ifndef CONC_STAGE_CAPTURES_H
#define CONC_STAGE_CAPTURES_H

#include "stage/shared.h"
#include "stage/stage.h"

/** The watcher, from stage_open() to stage_close().  @return 0, or a negative errno. */
int captures_map(struct staging *staging);
void captures_unmap(struct staging *staging);

/** Before a run: nobody has printed anything. */
void captures_reset(const struct staging *staging);

/** After it; what there is no memory for is left out. */
void captures_take(const struct staging *staging, struct stage_end *end);

/** On the stage, before captured() and not_started() of demo.h. */
void captures_begin(const struct staging *staging);

/**
 * The CRC of cksum(1), which POSIX lays down: 0 at first, then so for all bytes, then
 * finished with how many there were.
 */
uint32_t captures_crc(uint32_t crc, const char *text, size_t bytes);
uint32_t captures_finish_crc(uint32_t crc, uint64_t bytes);

#endif
