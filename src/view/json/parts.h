// SPDX-License-Identifier: MIT
/** Parts of a run as JSON that other views write too. */

#ifndef CONC_VIEW_JSON_PARTS_H
#define CONC_VIEW_JSON_PARTS_H

#include "report.h"
#include "view/json/writer.h"

/** The key "machine" and its value. */
void json_write_machine(struct json_writer *w, const struct report *report);

/** How a run ended that did not return, in `text`: "limit", "signal 11"; NULL: it
 * returned. */
const char *json_ended_by(const struct run *run, char *text, size_t size);

#endif
