// SPDX-License-Identifier: MIT
#include "card.h"
#include "classroom/saved/parts.h"

#include "exhibit.h"
#include "view/json/exhibits.h"

#include <stdlib.h>
#include <string.h>

/* Deadlocks ------------------------------------------------------------------------ */

static enum event_kind read_way(struct saved_reading *reading, const json_t *object)
{
    static const char *const words[] = {"lock",      "join",    "semaphore",
                                        "condition", "barrier", NULL};
    static const enum event_kind kinds[] = {EVENT_LOCK_BEGIN, EVENT_JOIN_BEGIN,
                                            EVENT_SEM_BEGIN, EVENT_COND_BEGIN,
                                            EVENT_BARRIER_BEGIN};
    if (saved_text_or_null(reading, object, "waits_to") == NULL)
        return EVENT_NONE;
    return kinds[saved_word(reading, object, "waits_to", words)];
}

static int64_t time_or_0(struct saved_reading *reading, const json_t *object,
                         const char *key)
{
    int64_t ns = saved_int_or_null(reading, object, key, SAVED_NS_MAX);
    return ns >= 0 ? ns : 0;
}

static void read_link(struct saved_reading *reading, const json_t *object,
                      const struct timeline *timeline, struct wait_link *link)
{
    int64_t id = saved_int(reading, object, "lane_id", 0, UINT32_MAX - 1);
    if (saved_lane(timeline, id) == UINT32_MAX)
        saved_fail(reading, "lane_id", "is none of the lanes");
    link->lane = (uint32_t)id;
    link->doing = read_way(reading, object);
    link->wants =
        (uint64_t)saved_int(reading, object, "wants_on", INT64_MIN, INT64_MAX);
    link->wants_site = saved_site(reading, object, "site");
    link->wants_since_ns = time_or_0(reading, object, "wants_since_ns");
    link->holds = (struct hold){
        .object =
            (uint64_t)saved_int(reading, object, "holds_on", INT64_MIN, INT64_MAX),
        .since_ns = time_or_0(reading, object, "holds_since_ns"),
        .site = saved_site(reading, object, "holds_site"),
    };
}

/** It stands in a struct of its own from the start, so that it is freed on failure. */
static void read_links(struct saved_reading *reading, const json_t *object,
                       struct run *run)
{
    size_t count;
    const json_t *links = saved_array(reading, object, "links", &count);
    run->deadlock->links = saved_room(reading, count, sizeof *run->deadlock->links);
    if (count == 0 || count > run->timeline.lane_count)
        saved_fail(reading, "links", "are none, or more than there are lanes");
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "links", (int64_t)i);
        read_link(reading, json_array_get(links, i), &run->timeline,
                  &run->deadlock->links[run->deadlock->count++]);
        saved_leave(reading, before);
    }
}

void saved_deadlock(struct saved_reading *reading, const json_t *object,
                    struct run *run)
{
    static const char *const kinds[] = {"cycle", "self", "abandoned", "stall", NULL};
    const json_t *deadlock = saved_object_or_null(reading, object, "deadlock");
    if (deadlock == NULL || reading->failed)
        return;
    size_t before = saved_enter(reading, "deadlock", -1);
    run->deadlock = saved_room(reading, 1, sizeof *run->deadlock);
    if (run->deadlock != NULL) {
        run->deadlock->kind = (enum deadlock_kind)(
            DEADLOCK_CYCLE + saved_word(reading, deadlock, "kind", kinds));
        run->deadlock->closed_ns = saved_ns(reading, deadlock, "closed_ns");
        run->deadlock->seen_ns = saved_ns(reading, deadlock, "seen_ns");
        read_links(reading, deadlock, run);
    }
    saved_leave(reading, before);
}

/* What a card shows -------------------------------------------------------------------
 */

static void copy(struct saved_reading *reading, char *to, size_t size,
                 const json_t *object, const char *key)
{
    const char *text = saved_text_or_null(reading, object, key);
    if (snprintf(to, size, "%s", text != NULL ? text : "") >= (int)size)
        saved_fail(reading, key, "is too long");
}

static void read_step(struct saved_reading *reading, const json_t *object,
                      const struct timeline *timeline, struct step *step)
{
    step->lane = saved_lane(
        timeline, saved_int_or_null(reading, object, "lane_id", UINT32_MAX - 1));
    step->at_ns = saved_ns(reading, object, "at_ns");
    step->site = saved_site(reading, object, "site");
    copy(reading, step->words, sizeof step->words, object, "what");
    copy(reading, step->value, sizeof step->value, object, "value");
    copy(reading, step->remark, sizeof step->remark, object, "remark");
}

static size_t read_column(struct saved_reading *reading, const json_t *object,
                          const struct timeline *timeline, size_t column)
{
    const json_t *id = json_array_get(json_object_get(object, "columns"), column);
    size_t lane =
        json_is_integer(id) ? saved_lane(timeline, json_integer_value(id)) : UINT32_MAX;
    if (lane == UINT32_MAX)
        saved_fail(reading, "columns", "are not two of the lanes");
    return lane;
}

static void read_steps(struct saved_reading *reading, const json_t *object,
                       const struct timeline *timeline, struct interleaving *shown)
{
    size_t count;
    const json_t *steps = saved_array(reading, object, "steps", &count);
    if (count == 0 || count > STEPS_MAX)
        saved_fail(reading, "steps", "are none, or too many");
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "steps", (int64_t)i);
        read_step(reading, json_array_get(steps, i), timeline,
                  &shown->steps[shown->step_count++]);
        saved_leave(reading, before);
    }
}

static struct interleaving *read_interleaving(struct saved_reading *reading,
                                              const json_t *variant,
                                              const struct variant_report *report)
{
    const json_t *object = saved_object_or_null(reading, variant, "interleaving");
    struct interleaving *shown =
        object != NULL ? saved_room(reading, 1, sizeof *shown) : NULL;
    if (shown == NULL)
        return NULL;
    size_t before = saved_enter(reading, "interleaving", -1);
    shown->run =
        (size_t)saved_int(reading, object, "run", 0, (int64_t)report->run_count - 1);
    copy(reading, shown->title, sizeof shown->title, object, "title");
    copy(reading, shown->value_heading, sizeof shown->value_heading, object,
         "value_of");
    if (!reading->failed) {
        const struct timeline *timeline = &report->runs[shown->run].timeline;
        shown->left = read_column(reading, object, timeline, 0);
        shown->right = read_column(reading, object, timeline, 1);
        read_steps(reading, object, timeline, shown);
    }
    saved_leave(reading, before);
    return shown;
}

static struct histogram *read_histogram(struct saved_reading *reading,
                                        const json_t *variant)
{
    size_t count;
    if (saved_text_or_null(reading, variant, "histogram_of") == NULL)
        return NULL;
    const json_t *bins = saved_array(reading, variant, "histogram", &count);
    struct histogram *histogram = saved_room(reading, 1, sizeof *histogram);
    if (histogram == NULL)
        return NULL;
    if (count == 0 || count > BINS_MAX)
        saved_fail(reading, "histogram", "has no bins, or too many");
    copy(reading, histogram->title, sizeof histogram->title, variant, "histogram_of");
    for (size_t i = 0; i < count && !reading->failed; i++) {
        struct bin *bin = &histogram->bins[histogram->bin_count++];
        const json_t *object = json_array_get(bins, i);
        size_t before = saved_enter(reading, "histogram", (int64_t)i);
        copy(reading, bin->label, sizeof bin->label, object, "label");
        bin->count = (uint64_t)saved_int(reading, object, "runs", 0, INT32_MAX);
        saved_leave(reading, before);
    }
    return histogram;
}

/* Costs and sweeps --------------------------------------------------------------------
 */

static struct spread read_cost(struct saved_reading *reading, const json_t *costs,
                               const char *key)
{
    const json_t *object = saved_object_or_null(reading, costs, key);
    struct spread spread = {0};
    size_t before = saved_enter(reading, key, -1);
    if (object != NULL) {
        spread.min = saved_ns(reading, object, "min");
        spread.median = saved_ns(reading, object, "median");
        spread.max = saved_ns(reading, object, "max");
    }
    saved_leave(reading, before);
    return spread;
}

static void read_costs(struct saved_reading *reading, const json_t *object,
                       struct costs *costs)
{
    const json_t *all = saved_object_or_null(reading, object, "costs_ps");
    size_t before = saved_enter(reading, "costs_ps", -1);
    if (all != NULL) {
        costs->alone_ps = read_cost(reading, all, "alone");
        costs->together_ps = read_cost(reading, all, "together");
    }
    saved_leave(reading, before);
}

void saved_flows(struct saved_reading *reading, const json_t *file)
{
    struct report *report = &reading->saved->report;
    const json_t *all = saved_object_or_null(reading, file, "flows_ps");
    size_t before = saved_enter(reading, "flows_ps", -1);
    for (int kind = 0; all != NULL && kind < FLOW_KINDS; kind++)
        report->flows_ps[kind] = read_cost(reading, all, json_flow_names[kind]);
    saved_leave(reading, before);
}

static const struct gauge *find_gauge(struct saved_reading *reading,
                                      const json_t *object)
{
    const struct report *report = &reading->saved->report;
    const char *chart = saved_text(reading, object, "chart");
    const char *name = saved_text(reading, object, "name");
    const struct gauge *gauge = report->card->demo->gauges;
    while (gauge != NULL && gauge->chart != NULL &&
           (strcmp(gauge->chart, chart) != 0 || strcmp(gauge->name, name) != 0))
        gauge++;
    if (gauge != NULL && gauge->chart != NULL)
        return gauge;
    saved_fail(reading, "name", "is nothing that conc %s measures",
               report->card->demo->name);
    return NULL;
}

static void read_measured(struct saved_reading *reading, const json_t *object,
                          struct measured *measured)
{
    const json_t *half = json_object_get(object, "middle_half");
    struct spread *value = &measured->value;
    measured->gauge = find_gauge(reading, object);
    value->median = saved_int(reading, object, "median", 1, INT64_MAX / 4);
    value->min = json_integer_value(json_array_get(half, 0));
    value->max = json_integer_value(json_array_get(half, 1));
    if (value->min < 1 || value->min > value->median || value->max < value->median ||
        value->max > INT64_MAX / 4)
        saved_fail(reading, "middle_half", "does not hold the median");
}

void saved_measures(struct saved_reading *reading, const json_t *file)
{
    struct report *report = &reading->saved->report;
    size_t count;
    const json_t *measures = json_object_get(file, "measures");
    if (measures == NULL || json_is_null(measures))
        return;
    measures = saved_array(reading, file, "measures", &count);
    if (count > GAUGES_MAX)
        saved_fail(reading, "measures", "are too many");
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "measures", (int64_t)i);
        read_measured(reading, json_array_get(measures, i),
                      &report->measured[report->measured_count++]);
        saved_leave(reading, before);
    }
}

static void read_point(struct saved_reading *reading, const json_t *object,
                       struct sweep_point *point)
{
    static const char *const works[] = {"wait", "cpu", NULL};
    const json_t *spread = json_object_get(object, "spread_ns");
    point->number = (unsigned)saved_int(reading, object, "n", 0, INT32_MAX);
    point->work =
        saved_word(reading, object, "work", works) == 1 ? WORK_CPU : WORK_WAIT;
    point->ideal_ns = saved_int(reading, object, "ideal_ns", 0, INT64_MAX / 4);
    point->wall.median = saved_ns(reading, object, "wall_ns");
    point->wall.min = json_integer_value(json_array_get(spread, 0));
    point->wall.max = json_integer_value(json_array_get(spread, 1));
    if (point->wall.min < 0 || point->wall.min > point->wall.median ||
        point->wall.max < point->wall.median || point->wall.max > SAVED_NS_MAX)
        saved_fail(reading, "spread_ns", "does not hold the median, wall_ns");
}

static void read_sweep(struct saved_reading *reading, const json_t *object,
                       struct variant_report *variant)
{
    size_t count;
    const json_t *sweep = json_object_get(object, "sweep");
    if (sweep == NULL || json_is_null(sweep))
        return;
    sweep = saved_array(reading, object, "sweep", &count);
    variant->sweep = saved_room(reading, count, sizeof *variant->sweep);
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "sweep", (int64_t)i);
        read_point(reading, json_array_get(sweep, i),
                   &variant->sweep[variant->sweep_count++]);
        saved_leave(reading, before);
    }
}

void saved_exhibits(struct saved_reading *reading, const json_t *object,
                    struct variant_report *variant)
{
    struct saved_words *words = saved_room(reading, 1, sizeof *words);
    if (words == NULL)
        return;
    variant->saved = words;
    words->verdict = saved_text(reading, object, "verdict");
    words->interleaving = read_interleaving(reading, object, variant);
    words->histogram = read_histogram(reading, object);
    read_costs(reading, object, &variant->costs);
    read_sweep(reading, object, variant);
}
