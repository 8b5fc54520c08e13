// SPDX-License-Identifier: MIT
/** What the files that explain share. */

#ifndef CONC_VIEW_EXPLAIN_INNER_H
#define CONC_VIEW_EXPLAIN_INNER_H

#include "view/explain.h"
#include "view/handover.h"
#include "view/speech.h"

/** A wait, a block, a stretch of work: who is in it, and until when. */
void explain_the_span(const struct speech *s, const struct span *span);

/** A moment. */
void explain_the_mark(const struct speech *s, const struct mark *mark);

/** Ready, and without a core or a turn; no subject: "could go on, but has no core". */
void explain_ready(const struct speech *s, const struct span *span);

/** The name of the function that was called there: "uv_thread_join"; or `otherwise`. */
const char *call_at(const struct speech *s, uint16_t site, const char *otherwise);

#endif
