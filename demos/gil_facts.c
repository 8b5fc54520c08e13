// SPDX-License-Identifier: MIT
#include "gil_facts.h"

#include "card_words.h"

#include <stdlib.h>
#include <string.h>

/* Who had the lock ----------------------------------------------------------- */

/** Other locks are taken by calls of other names. */
static bool is_of_gil(const struct timeline *timeline, uint16_t site)
{
    const char *call = site < timeline->site_count ? timeline->sites[site].call : "";

    return strncmp(call, "lock_", 5) == 0 || strcmp(call, "run_told") == 0;
}

/** One lock's holds stand in the order of their beginnings. */
static void add_turns(const struct timeline *timeline, struct gil_facts *facts)
{
    int64_t *turns = malloc((timeline->hold_count + 1) * sizeof *turns);
    size_t last = SIZE_MAX;

    for (size_t i = 0; turns != NULL && i < timeline->hold_count; i++) {
        const struct held_lock *hold = &timeline->holds[i];
        int64_t end_ns = hold->is_open ? timeline->wall_ns : hold->end_ns;

        if (!is_of_gil(timeline, hold->site))
            continue;
        facts->handovers += facts->turns > 0 && hold->lane != last;
        turns[facts->turns++] = end_ns - hold->start_ns;
        last = hold->lane;
    }
    if (facts->turns > 0)
        facts->turn_ns = spread_of(turns, facts->turns).median;
    free(turns);
}

static int64_t wanted_ns(const struct timeline *timeline)
{
    int64_t sum = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].span_count; k++) {
            const struct span *span = &timeline->lanes[i].spans[k];

            if (span->cause == EVENT_LOCK_BEGIN && is_of_gil(timeline, span->site))
                sum += span->end_ns - span->start_ns;
        }
    return sum;
}

/* Who computed ----------------------------------------------------------------- */

/** A moment at which one more lane computes, or one less. */
struct edge {
    int64_t at_ns;
    int step;
};

static int by_moment(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;

    if (x->at_ns != y->at_ns)
        return x->at_ns < y->at_ns ? -1 : 1;
    return x->step - y->step;
}

static bool computes(const struct span *span)
{
    return span->state == STATE_RUN && span->task != TASK_NONE;
}

static size_t put_edges(const struct timeline *timeline, struct edge *edges)
{
    size_t count = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].span_count; k++) {
            const struct span *span = &timeline->lanes[i].spans[k];

            if (!computes(span))
                continue;
            if (edges != NULL) {
                edges[count] = (struct edge){span->start_ns, 1};
                edges[count + 1] = (struct edge){span->end_ns, -1};
            }
            count += 2;
        }
    return count;
}

static int64_t together_ns(const struct timeline *timeline)
{
    size_t count = put_edges(timeline, NULL);
    struct edge *edges = malloc((count + 1) * sizeof *edges);
    int64_t sum = 0, since_ns = 0;
    int at_once = 0;

    if (edges == NULL)
        return 0;
    put_edges(timeline, edges);
    qsort(edges, count, sizeof *edges, by_moment);
    for (size_t i = 0; i < count; i++) {
        if (at_once > 1)
            sum += edges[i].at_ns - since_ns;
        at_once += edges[i].step;
        since_ns = edges[i].at_ns;
    }
    free(edges);
    return sum;
}

struct gil_facts gil_facts(const struct timeline *timeline)
{
    struct gil_facts facts = {.wanted_ns = wanted_ns(timeline),
                              .together_ns = together_ns(timeline)};

    add_turns(timeline, &facts);
    return facts;
}

/* As JSON ------------------------------------------------------------------------ */

/** "3.11.2": it is not added up over runs. */
static json_t *python_version(const struct timeline *timeline)
{
    int version = (int)told_figure(timeline, "python_version");

    return json_sprintf("%d.%d.%d", version / 10000, version / 100 % 100,
                        version % 100);
}

/** A run that was cut off has told nothing of what was counted. */
json_t *gil_outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    struct gil_facts facts = gil_facts(timeline);
    json_int_t expected = told_figure(timeline, "expected");
    json_int_t lost = expected - told_figure(timeline, "actual");
    json_t *outcome =
        json_pack("{s:I, s:I, s:I, s:I}", "turns", (json_int_t)facts.turns, "handovers",
                  (json_int_t)facts.handovers, "wanted_ns", (json_int_t)facts.wanted_ns,
                  "together_ns", (json_int_t)facts.together_ns);

    (void)report;
    if (outcome != NULL && has_figure(timeline, "python_version")) {
        json_object_set_new(outcome, "python_version", python_version(timeline));
        json_object_set_new(outcome, "python_has_lock",
                            json_boolean(told_figure(timeline, "python_has_lock")));
    }
    if (outcome == NULL || !has_figure(timeline, "actual"))
        return outcome;
    json_object_set_new(outcome, "expected", json_integer(expected));
    json_object_set_new(outcome, "actual", json_integer(expected - lost));
    json_object_set_new(outcome, "lost", json_integer(lost));
    json_object_set_new(outcome, "runs", json_integer(1));
    json_object_set_new(outcome, "runs_with_loss", json_integer(lost > 0));
    return outcome;
}
