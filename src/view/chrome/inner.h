// SPDX-License-Identifier: MIT
/** What the files of the trace-event view share. */

#ifndef CONC_VIEW_CHROME_INNER_H
#define CONC_VIEW_CHROME_INNER_H

#include "view/explain.h"
#include "view/json/writer.h"

/** A variant on its way into the file. */
struct chrome {
    struct json_writer *w;
    struct story story; /**< only its names */
    const struct timeline *timeline;
    unsigned process;      /**< its number in the file */
    uint64_t first_thread; /**< the number of lane 0; the others follow */
    uint64_t flows;        /**< arrows so far, in the whole file */
    bool explains;
    FILE *draft; /**< where a sentence is put together, in `text` */
    char *text;
    size_t bytes;
};

/** Open an event: "ph", "name", "cat", "pid", "tid", "ts".  The caller closes it. */
void chrome_event(struct chrome *c, char phase, const char *category, const char *name,
                  size_t lane);
void chrome_time(struct chrome *c, const char *key, int64_t ns);

/** The spans and marks of a lane.  @return 0 or UV_ENOMEM. */
int chrome_lane(struct chrome *c, size_t lane);

/** Arrows from what a lane does to what that lets others do. */
void chrome_flows(struct chrome *c, size_t lane);

#endif
