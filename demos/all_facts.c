// SPDX-License-Identifier: MIT

#include "all_facts.h"

#include "card_words.h"

#include <stdlib.h>
#include <string.h>

bool all_has_workers(const struct variant *variant)
{
    return strcmp(variant->name, "pool") == 0 ||
           strcmp(variant->name, "processes") == 0;
}

/** From the call that made it to its first act; -1: it was not seen to act. */
static int64_t start_ns_of(const struct lane *lane)
{
    for (size_t i = 0; i < lane->mark_count; i++)
        if (lane->marks[i].kind == EVENT_START)
            return lane->marks[i].at_ns - lane->start_ns;
    return -1;
}

/** The median over the flows of a run; empty where it made none. */
static json_t *start_of_a_flow(const struct timeline *timeline)
{
    int64_t *took_ns = malloc(timeline->lane_count * sizeof *took_ns);
    json_t *result = NULL;
    size_t count = 0;

    if (took_ns == NULL)
        return NULL;
    for (size_t i = 1; i < timeline->lane_count; i++)
        if (timeline->lanes[i].kind != LANE_TASK &&
            start_ns_of(&timeline->lanes[i]) >= 0)
            took_ns[count++] = start_ns_of(&timeline->lanes[i]);
    result = count > 0 ? json_pack("[I]", (json_int_t)spread_of(took_ns, count).median)
                       : json_array();
    free(took_ns);
    return result;
}

static json_int_t flows_of(const struct timeline *timeline, enum lane_kind kind)
{
    json_int_t count = 0;

    for (size_t i = 1; i < timeline->lane_count; i++)
        count += timeline->lanes[i].kind == kind;
    return count;
}

json_t *all_outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;

    (void)report;
    return json_pack(
        "{s:I, s:I, s:I, s:o}", "processes", flows_of(timeline, LANE_PROCESS),
        "threads", flows_of(timeline, LANE_THREAD), "timers",
        flows_of(timeline, LANE_TASK), "start_ns", start_of_a_flow(timeline));
}

size_t start_of_flows(const struct variant_report *variant, struct spread *spread)
{
    json_t *list = json_object_get(variant->outcome, "start_ns");
    size_t runs = json_array_size(list);
    int64_t *took_ns = runs > 0 ? malloc(runs * sizeof *took_ns) : NULL;

    if (took_ns == NULL)
        return 0;
    for (size_t i = 0; i < runs; i++)
        took_ns[i] = json_integer_value(json_array_get(list, i));
    *spread = spread_of(took_ns, runs);
    free(took_ns);
    return runs;
}

/** With few runs, a difference of this much is not small. */
#define LARGE 1.2

enum finding compare_ranges(const struct spread *one, const struct spread *other,
                            size_t runs)
{
    double less = (double)one->median, more = (double)other->median;

    if (runs < FEW_RUNS)
        return less > LARGE * more ? MORE : more > LARGE * less ? LESS : UNKNOWN;
    if (spreads_overlap(one, other))
        return NOISE;
    return one->median < other->median ? LESS : MORE;
}

enum finding compare_walls(const struct variant_report *one,
                           const struct variant_report *other)
{
    size_t runs =
        one->comparable < other->comparable ? one->comparable : other->comparable;

    return compare_ranges(&one->wall, &other->wall, runs);
}
