// SPDX-License-Identifier: MIT
/** Arrays that grow an item at a time.  Of the thread whose array it is. */

#ifndef CONC_ARRAY_H
#define CONC_ARRAY_H

#include <stddef.h>

/**
 * Make room for one more item of `size` bytes behind `count` of them.  `*capacity` is
 * how many there is room for; where that is too few, it doubles.
 *
 * @return the array, which may have moved, and which the caller frees by free(3); NULL:
 * memory ran out, and `items` and `*capacity` are as they were.
 */
void *array_grow(void *items, size_t count, size_t *capacity, size_t size);

#endif
