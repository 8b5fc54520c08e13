// SPDX-License-Identifier: MIT
/**
 * Predictions that a person makes before a run: asked for on the terminal, one question
 * a variant, then why.
 */

#ifndef CONC_CLASSROOM_PREDICT_H
#define CONC_CLASSROOM_PREDICT_H

#include "report.h"
#include "view/pen.h"

/** Whether a variant of the demo's table can be predicted: it is run, and is not the
 * one that the others are compared with. */
bool predict_can_be(const struct options *options, size_t variant);

/** Whether any is still to be asked for. */
bool predict_wants_any(const struct options *options);

/** Whether there is somebody to ask: standard input and output are a terminal. */
bool predict_can_ask(void);

/** Put what is known before a run: the tasks, and what they would take in sequence. */
void predict_introduce(struct pen *pen, const struct report *report);

/** What is asked of a variant: "How long will it take?". */
const char *predict_question(const struct options *options);

/** What a variant does, without whether it is UNSAFE, which would tell the answer. */
const char *predict_about(const struct variant *variant);

/**
 * Ask for what has not been predicted, and add the answers to the report's options,
 * which are `options`.  An answer that cannot be read is asked for again; an empty one
 * is no prediction; after the end of the input nothing more is asked.  What is typed
 * may be anything.
 * @return 0 or UV_ENOMEM.
 */
int predict_ask(const struct report *report, struct options *options);

#endif
