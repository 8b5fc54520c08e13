// SPDX-License-Identifier: MIT
/**
 * When a saved run was at which line of its source, and on which lanes: from the
 * "source" of its spans and marks.  What stands in the file is taken as it comes;
 * what makes no sense is passed over.
 */

#ifndef CONC_CLASSROOM_SOURCE_TIMES_H
#define CONC_CLASSROOM_SOURCE_TIMES_H

#include "card.h"
#include "classroom/source/files.h"

struct times;

/**
 * Of each variant of the demo the run whose wall time is the median, or of the one that
 * is named alone.  `root` and `sources` must outlive it.
 * @return NULL: memory ran out; else the caller ends it with times_destroy().
 */
struct times *times_read(const json_t *root, const struct demo *demo,
                         const char *variant, const struct sources *sources);
void times_destroy(struct times *times);

/** How many variants have a run in there. */
size_t times_variants(const struct times *times);

/** How many lines are named; and how many names of places there are no lines for. */
size_t times_lines(const struct times *times);
size_t times_strays(const struct times *times);

/** Whether a line is named. */
bool times_has(const struct times *times, const struct source *source, size_t line);

/**
 * "0.000 s luke, darthvader; 0.500–1.500 s main": when it was first there, or from when
 * to when; with the variant in front where there are several.  Not safe to print yet.
 * @return a text that the caller frees; NULL: that line is not named, or memory ran
 * out.
 */
char *times_note(const struct times *times, const struct source *source, size_t line,
                 bool ascii);

#endif
