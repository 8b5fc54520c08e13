// SPDX-License-Identifier: MIT
/** What a run of demos/server/server.c came to, for its card alone. */

#ifndef CONC_DEMOS_SERVER_FACTS_H
#define CONC_DEMOS_SERVER_FACTS_H

#include "card.h"

#include <jansson.h>

/** Lanes whose hits are told one by one; of more, their sum. */
#define COUNTERS_MAX 8

struct server_facts {
    int64_t answered, failed, cut;
    int64_t first_ns, last_ns; /**< the quickest answer, and the slowest */
    /** How long those that serve a connection each waited for input, all together. */
    int64_t input_ns;
    size_t threads; /**< besides main */
    int64_t all_hits;
    size_t counters; /**< processes that told how many hits they counted */
    int64_t hits[COUNTERS_MAX];
    const char *counted_by[COUNTERS_MAX]; /**< the timeline's */
};

struct server_facts server_facts(const struct timeline *timeline);

/** As a card's outcome(). */
json_t *server_outcome(const struct report *report, const struct run *run);

/** What clients saw under load. */
extern const struct figure_table server_figures;

#endif
