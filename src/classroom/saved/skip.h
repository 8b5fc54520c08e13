// SPDX-License-Identifier: MIT
/** JSON that is passed over: checked, and not kept.  Pure. */

#ifndef CONC_CLASSROOM_SAVED_SKIP_H
#define CONC_CLASSROOM_SAVED_SKIP_H

#include <stddef.h>

/**
 * Check the array that begins at `text` (RFC 8259; deeper than `depth` is none).
 * Keys may stand twice, and numbers be of any size.
 * @return how long it is; 0: it is no array, or goes on past `length` bytes.
 */
size_t saved_skip_array(const char *text, size_t length, unsigned depth);

#endif
