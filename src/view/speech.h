// SPDX-License-Identifier: MIT
/** Parts of sentences, for the plain view and for explanations.  Safe to print. */

#ifndef CONC_VIEW_SPEECH_H
#define CONC_VIEW_SPEECH_H

#include "view/telling.h"

#include <stdio.h>

/** Enough for a name of a lane, a lock, a task. */
#define NAME_BYTES 512

/** Who says it, to whom, and how. */
struct speech {
    const struct story *story;
    const struct timeline *timeline;
    const struct lane *lane;
    FILE *out;
    bool ascii;
};

void say_name(const struct speech *s, const char *name);

/** "luke"; "thread 2" where names do not tell one from another; NULL: "another". */
void say_lane(const struct speech *s, const struct lane *lane);

/** What a mark is about: a lane, a lock, a task; "something" where nobody knows. */
void say_object(const struct speech *s, const struct mark *mark);

/** "those 9,988". */
void say_many(const struct speech *s);

/** "waits for luke to end", "wants left, which luke holds". */
void say_wait(const struct speech *s, const struct span *span);

/** What a mark is in a sentence: a verb, and what comes after the object. */
void say_mark(const struct speech *s, const struct mark *mark);

/** What a lane that is ready has none of: on a loop, it is not its turn. */
const char *ready_words(const struct lane *lane);

#endif
