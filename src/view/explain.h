// SPDX-License-Identifier: MIT
/**
 * What an event of a picture means, in one plain sentence: what happens, and why, or
 * what it is good for.
 *
 *     main waits here until luke ends: uv_thread_join returns only then
 *     luke wants left, which darthvader holds since 64.0 µs: luke sleeps until it is
 *     given up
 *
 * Without a full stop and without a newline, safe to print; in ASCII when asked for.
 * Pure: the same story gives the same sentences.
 */

#ifndef CONC_VIEW_EXPLAIN_H
#define CONC_VIEW_EXPLAIN_H

#include "view/telling.h"

#include <stdio.h>

/** What a story tells (story_tell(), or story_explain() for more of it). */
void explain_event(const struct story *story, const struct telling *telling, bool ascii,
                   FILE *out);

/**
 * One span or one mark of a lane, given by its index, whether the story tells it or
 * not.  Of the story only what story_find_names() fills in is needed.
 */
void explain_span(const struct story *story, size_t lane, const struct span *span,
                  bool ascii, FILE *out);
void explain_mark(const struct story *story, size_t lane, const struct mark *mark,
                  bool ascii, FILE *out);

#endif
