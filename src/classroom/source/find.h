// SPDX-License-Identifier: MIT
/**
 * Functions in a lesson's C: where they stand, which of them a variant runs, and which
 * others they name.  Pure.
 */

#ifndef CONC_CLASSROOM_SOURCE_FIND_H
#define CONC_CLASSROOM_SOURCE_FIND_H

#include "classroom/source/files.h"

/** A function's definition. */
struct function {
    const struct source *source;
    const char *name; /**< does not end with a NUL */
    size_t name_length;
    struct lines lines; /**< with the comment right above it */
    size_t head, body;  /**< where it begins, and its "{"; in bytes */
    size_t end;         /**< past its "}" */
};

/** The first function that begins at `from` or later.  @return whether there is one. */
bool find_function(const struct source *source, size_t from, struct function *function);

/** The function of that name; files are searched in their order. */
bool find_named(const struct sources *sources, const char *name, size_t length,
                struct function *function);

/**
 * The function that a variant runs, by the table of variants in the first file:
 * {"threads", "about it", threads, …} or {.name = "threads", .run = threads, …}.
 */
bool find_variant(const struct sources *sources, const char *variant,
                  struct function *function);

/** How a function names another one. */
enum naming {
    NAMING_CALL, /**< calls it */
    NAMING_HAND /**< hands it over, for others to call: what a thread runs, callbacks */
};

/**
 * The next function that `function` names in its body, from byte `*from` on, which
 * moves on; each as often as it stands there.  Not itself.
 */
bool find_names(const struct sources *sources, const struct function *function,
                size_t *from, struct function *other, enum naming *naming);

#endif
