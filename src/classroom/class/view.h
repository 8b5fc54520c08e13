// SPDX-License-Identifier: MIT
/** A class's votes, drawn and in words. */

#ifndef CONC_CLASSROOM_CLASS_VIEW_H
#define CONC_CLASSROOM_CLASS_VIEW_H

#include "report.h"
#include "view/pen.h"

/** What there is to show. */
struct class_view {
    const struct report *report; /**< with the votes in its options */
    bool plain;
    bool is_over; /**< what was measured is shown, too */
};

/** Put the question: which variant is voted on, and what is asked of it. */
void class_put_question(struct pen *pen, const struct class_view *view);

/**
 * Put the votes, as bars side by side where both were taken, and sentences on them.
 * @return 0 or UV_ENOMEM.
 */
int class_put_votes(struct pen *pen, const struct class_view *view);

#endif
