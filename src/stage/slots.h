// SPDX-License-Identifier: MIT
/** Times, counted in slots that get wider as they get longer: 64 to each doubling, so
 * that the middle of a slot is within 1 in 128 of all that is in it.  Pure. */

#ifndef CONC_STAGE_SLOTS_H
#define CONC_STAGE_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#define SLOTS ((size_t)60 << 6)

/** Which slot a time falls into, in ns; less than SLOTS. */
size_t slot_of(int64_t ns);

/** The middle of a slot. */
int64_t slot_time(size_t slot);

/** The slot below which, or in which, so many of a hundred are; 0 where there is none.
 */
size_t slot_of_part(const uint32_t counts[SLOTS], uint64_t total, uint64_t percent);

#endif
