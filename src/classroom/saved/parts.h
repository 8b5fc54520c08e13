// SPDX-License-Identifier: MIT
/** Between the files that read a saved run.  All take the object that holds their part;
 * whether they failed stands in the reading. */

#ifndef CONC_CLASSROOM_SAVED_PARTS_H
#define CONC_CLASSROOM_SAVED_PARTS_H

#include "classroom/saved/values.h"

/** `options` and `tasks`, of the whole file, once the card is known. */
void saved_options(struct saved_reading *reading, const json_t *file);

/** `prediction`, once the options are known. */
void saved_predictions(struct saved_reading *reading, const json_t *file);

/** `sites`. */
void saved_sites(struct saved_reading *reading, const json_t *file);

/** A site that there is, or SITE_NONE where the key is absent or null. */
uint16_t saved_site(struct saved_reading *reading, const json_t *object,
                    const char *key);

/** `lanes` and `objects` of a run, into its timeline; its wall time is known. */
void saved_timeline(struct saved_reading *reading, const json_t *run,
                    struct timeline *timeline);

/** `deadlock` of a run, once its timeline is known. */
void saved_deadlock(struct saved_reading *reading, const json_t *object,
                    struct run *run);

/** The "variant" of a prediction, by its index in the demo's table; and its value, of
 * the kind that the demo asks for. */
size_t saved_variant(struct saved_reading *reading, const json_t *object);
int64_t saved_predicted(struct saved_reading *reading, const json_t *object);

/** What a class said, where it was asked. */
void saved_votes(struct saved_reading *reading, const json_t *file);

/** Costs, sweep, verdict, interleaving and histogram of a variant, with its runs known.
 */
void saved_exhibits(struct saved_reading *reading, const json_t *object,
                    struct variant_report *variant);

/** `flows_ps` of the whole file, where it is there. */
void saved_flows(struct saved_reading *reading, const json_t *file);

/** `measures`, of the whole file. */
void saved_measures(struct saved_reading *reading, const json_t *file);

/** The index of the lane with that id; UINT32_MAX: there is none. */
size_t saved_lane(const struct timeline *timeline, int64_t id);

#endif
