// SPDX-License-Identifier: MIT
/** Reading what was predicted of a run that is compared: by one person, or by a class.
 */

#ifndef CONC_CLASSROOM_COMPARE_GUESSES_H
#define CONC_CLASSROOM_COMPARE_GUESSES_H

#include "classroom/compare/compare.h"
#include "classroom/saved/values.h"

/** A name: neither empty nor long; "" on failure. */
const char *compare_read_name(struct saved_reading *reading, const json_t *object,
                              const char *key);

/** The variant of that name among the first `count` of a file; or NULL. */
struct entry *compare_entry_named(struct compared_file *file, const char *name,
                                  size_t count);

/** Fill in the guesses of a file whose variants have been read.  Where somebody has
 * said something by --predict, that stands, and not what a class said of the same. */
void compare_read_guesses(struct saved_reading *reading, struct compared_file *file);

#endif
