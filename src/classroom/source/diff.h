// SPDX-License-Identifier: MIT
/** What differs between two lists of lines.  Pure. */

#ifndef CONC_CLASSROOM_SOURCE_DIFF_H
#define CONC_CLASSROOM_SOURCE_DIFF_H

#include "classroom/source/files.h"

/** A line of a source. */
struct place {
    const struct source *source;
    size_t line; /**< from 1; 0: there is none */
};

/** Lines that stand side by side: the same, or only one of the two, or one in place of
 * the other. */
struct pair {
    struct place left, right;
    bool is_same;
};

struct pairs {
    struct pair *at;
    size_t count;
};

/**
 * Pair lines so that as many as possible are the same, in their order: a longest common
 * subsequence (Wagner and Fischer, "The string-to-string correction problem", 1974).
 * Time and memory grow with left_count × right_count.  What was changed stands side by
 * side.  @return false: memory ran out, or both are too long for that (some thousand
 * lines); else the caller frees pairs->at.
 */
bool diff_lines(const struct place *left, size_t left_count, const struct place *right,
                size_t right_count, struct pairs *pairs);

#endif
