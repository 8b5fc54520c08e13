// SPDX-License-Identifier: MIT
/** Files of proc(5). */

#ifndef CONC_STAGE_PROC_H
#define CONC_STAGE_PROC_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Read the beginning of such a file as a text, in one call of read(2), so that all of
 * it is of one moment.  @return false, and "": it cannot be read, or there is no /proc.
 * Any thread.
 */
bool proc_read(const char *path, char *text, size_t size);

#endif
