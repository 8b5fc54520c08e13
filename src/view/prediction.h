// SPDX-License-Identifier: MIT
/** What somebody predicted, beside what was measured. */

#ifndef CONC_VIEW_PREDICTION_H
#define CONC_VIEW_PREDICTION_H

#include "card.h"
#include "text/quantity.h"
#include "view/scene.h"

/** "11 s", "3", "it hangs": a prediction, or a vote, in words. */
struct quantity predicted_text(enum predicted kind, int64_t value, bool ascii);

/** What came out, in the same terms: the median time, the count of the run that is
 * drawn, whether all runs ended; -1: nothing that can be compared. */
int64_t measured_of(const struct report *report, const struct variant_report *variant);

/** Whether the mark stands below the axis, as only one variant could be predicted;
 * else each stands below the lanes of its own. */
bool predictions_are_below_axis(const struct report *report);

/**
 * Put a line: "▲ you: 11 s, "one after the other, nearly"", the mark at its time; where
 * that is not on the axis, on which side of it; what is no time has no mark.  Nothing
 * where nothing was predicted.
 */
void prediction_put(struct pen *pen, const struct scene *scene,
                    const struct variant_report *variant);

/** "You said 12 s for threads; it took 10.0 s: 2.00 s less.": a sentence each. */
void say_predictions(const struct report *report, const struct style *style, FILE *out);

#endif
