// SPDX-License-Identifier: MIT
/** A timeline's part of a report in JSON. */

#ifndef CONC_VIEW_JSON_TIMELINE_H
#define CONC_VIEW_JSON_TIMELINE_H

#include "timeline/timeline.h"
#include "view/json/writer.h"

/** The key "lanes" and its value, in the object that is open. */
void json_write_lanes(struct json_writer *w, const struct timeline *timeline);

#endif
