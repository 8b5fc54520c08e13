// SPDX-License-Identifier: MIT
/** Sites, deadlocks, costs and what else a card shows, as JSON. */

#ifndef CONC_VIEW_JSON_EXHIBITS_H
#define CONC_VIEW_JSON_EXHIBITS_H

#include "report.h"
#include "view/json/writer.h"

/** "sites": those places in the source that the report speaks of.  @return 0 or
 * UV_ENOMEM. */
int json_write_sites(struct json_writer *w, const struct report *report);

/** "deadlock" of a run: null where it did not end in one. */
void json_write_deadlock(struct json_writer *w, const struct run *run);

/**
 * "costs_ps", "interleaving", and "histogram" with what it is one of; each may be null.
 */
void json_write_exhibits(struct json_writer *w, const struct report *report,
                         size_t variant);

/** "flows_ps": what a flow of each kind costs, null where that was not measured; no
 * such key where the card does not want it. */
void json_write_flows(struct json_writer *w, const struct report *report);
extern const char *const json_flow_names[];

/** "measures": what the demo has measured besides, if anything. */
void json_write_measures(struct json_writer *w, const struct report *report);

/** "sweep": null, or a point for each number and kind of work. */
void json_write_sweep(struct json_writer *w, const struct variant_report *variant);

#endif
