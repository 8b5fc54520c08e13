// SPDX-License-Identifier: MIT
/** What was predicted, of one person and of a class, as JSON. */

#ifndef CONC_VIEW_JSON_PREDICTIONS_H
#define CONC_VIEW_JSON_PREDICTIONS_H

#include "report.h"
#include "view/json/writer.h"

/** "prediction"; and where a class has voted "class", without names. */
void json_write_predictions(struct json_writer *w, const struct report *report);

#endif
