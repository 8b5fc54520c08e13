// SPDX-License-Identifier: MIT
/** What was asked for, as JSON. */

#ifndef CONC_VIEW_JSON_OPTIONS_H
#define CONC_VIEW_JSON_OPTIONS_H

#include "card.h"
#include "view/json/writer.h"

/** The key "options" and its value, in the object that is open. */
void json_write_options(struct json_writer *w, const struct report *report);

/** "wait", "cpu". */
const char *json_work_name(enum work_kind work);

struct json_key {
    char text[64];
};

/** The key of a demo's own option: "--timeout" as "timeout_ns", "--check-twice" as
 * "check_twice". */
struct json_key json_own_key(const struct own_option *own);

#endif
