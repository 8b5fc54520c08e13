// SPDX-License-Identifier: MIT
/**
 * Values of a saved run, each checked as it is read.  Where one is not what it must be,
 * the reading has failed, and says where: "variants[1].runs[0].wall_ns: ...".  After
 * that all else gives nothing, so that callers need not ask after each value.
 */

#ifndef CONC_CLASSROOM_SAVED_VALUES_H
#define CONC_CLASSROOM_SAVED_VALUES_H

#include "classroom/saved/saved.h"

#include <jansson.h>

/** No time in a file is longer: a year. */
#define SAVED_NS_MAX (INT64_C(366) * 24 * 3600 * 1000000000)

struct saved_reading {
    struct saved *saved;
    struct saved_error *error;
    bool failed;
    char path[96]; /**< of the object at hand, with a dot or nothing at its end */
    size_t length;
};

/** Say why, once: later calls change nothing.  `key` is of the object at hand; NULL:
 * the object itself.  @return false. */
bool saved_fail(struct saved_reading *reading, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Go on below a key, and in an array at an index (-1: no array); then back to where it
 * was. */
size_t saved_enter(struct saved_reading *reading, const char *key, int64_t index);
void saved_leave(struct saved_reading *reading, size_t before);

/** A whole number from `least` to `most`; 0 on failure. */
int64_t saved_int(struct saved_reading *reading, const json_t *object, const char *key,
                  int64_t least, int64_t most);
/** The same, or null, or no such key: -1. */
int64_t saved_int_or_null(struct saved_reading *reading, const json_t *object,
                          const char *key, int64_t most);
/** A time from 0 on. */
int64_t saved_ns(struct saved_reading *reading, const json_t *object, const char *key);
/** The same, or null, or no such key: -1. */
int64_t saved_ns_or_null(struct saved_reading *reading, const json_t *object,
                         const char *key);
/** A finite number from 0 on; null: 0. */
double saved_real(struct saved_reading *reading, const json_t *object, const char *key);
bool saved_bool(struct saved_reading *reading, const json_t *object, const char *key);
/** A text that can be printed; "" on failure.  It lives as long as the file. */
const char *saved_text(struct saved_reading *reading, const json_t *object,
                       const char *key);
/** The same, or NULL for null and for no such key. */
const char *saved_text_or_null(struct saved_reading *reading, const json_t *object,
                               const char *key);
/** The place of a text among `words`, which end with NULL; 0 on failure. */
unsigned saved_word(struct saved_reading *reading, const json_t *object,
                    const char *key, const char *const *words);
/** An array of objects, an object; NULL on failure, and `count` 0. */
const json_t *saved_array(struct saved_reading *reading, const json_t *object,
                          const char *key, size_t *count);
const json_t *saved_object(struct saved_reading *reading, const json_t *object,
                           const char *key);
/** The same, or NULL for null and for no such key. */
const json_t *saved_object_or_null(struct saved_reading *reading, const json_t *object,
                                   const char *key);
/** `count` items of `size` bytes, all 0; NULL on failure. */
void *saved_room(struct saved_reading *reading, size_t count, size_t size);

#endif
