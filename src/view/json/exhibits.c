// SPDX-License-Identifier: MIT
#include "view/json/exhibits.h"
#include "card.h"
#include "view/costs.h"
#include "view/histogram.h"
#include "view/interleaving.h"

#define LABEL_BYTES 512

static void key_string_or_null(struct json_writer *w, const char *key, const char *text)
{
    jw_key_string(w, key, text[0] != '\0' ? text : NULL);
}

static void key_lane(struct json_writer *w, const char *key,
                     const struct timeline *timeline, uint64_t id)
{
    const struct lane *lane = timeline_lane(timeline, id);
    jw_key_string(w, key, lane != NULL ? lane->name : NULL);
}

static void key_object(struct json_writer *w, const char *key,
                       const struct timeline *timeline, const struct hold *lock)
{
    const struct mark about = {
        .object = lock->object, .at_ns = lock->since_ns, .site = lock->site};
    char name[LABEL_BYTES] = "";
    if (lock->object != 0)
        timeline_object_name(timeline, &about, name, sizeof name);
    key_string_or_null(w, key, name);
}

static void key_source(struct json_writer *w, const char *key,
                       const struct timeline *timeline, uint16_t site)
{
    char source[LABEL_BYTES];
    site_label(timeline, site, source, sizeof source);
    key_string_or_null(w, key, source);
}

/** A site and an object by their numbers: see json_write_lanes(). */
static void key_origin(struct json_writer *w, const char *site_key, uint16_t site,
                       const char *object_key, uint64_t object)
{
    if (site == SITE_NONE)
        jw_key_null(w, site_key);
    else
        jw_key_int(w, site_key, site);
    jw_key_int(w, object_key, (int64_t)object);
}

static void write_holds(struct json_writer *w, const struct timeline *timeline,
                        const struct hold *holds)
{
    bool any = holds->object != 0;
    key_object(w, "holds", timeline, holds);
    if (any)
        jw_key_int(w, "holds_since_ns", holds->since_ns);
    else
        jw_key_null(w, "holds_since_ns");
    key_source(w, "holds_source", timeline, any ? holds->site : SITE_NONE);
    key_origin(w, "holds_site", any ? holds->site : SITE_NONE, "holds_on",
               holds->object);
}

/** By which kind of call it waits; NULL: it does not. */
static const char *way_of(enum event_kind doing)
{
    static const char *const ways[EVENT_KINDS] = {
        [EVENT_LOCK_BEGIN] = "lock",       [EVENT_JOIN_BEGIN] = "join",
        [EVENT_SEM_BEGIN] = "semaphore",   [EVENT_COND_BEGIN] = "condition",
        [EVENT_BARRIER_BEGIN] = "barrier",
    };
    return (unsigned)doing < EVENT_KINDS ? ways[doing] : NULL;
}

static void write_wants(struct json_writer *w, const struct timeline *timeline,
                        const struct wait_link *link)
{
    bool any = link->doing != EVENT_NONE, joins = link->doing == EVENT_JOIN_BEGIN;
    struct hold lock = {.object = any ? link->wants : 0,
                        .since_ns = link->wants_since_ns,
                        .site = link->wants_site};
    if (joins)
        key_lane(w, "wants", timeline, link->wants);
    else
        key_object(w, "wants", timeline, &lock);
    if (any)
        jw_key_int(w, "wants_since_ns", link->wants_since_ns);
    else
        jw_key_null(w, "wants_since_ns");
    key_source(w, "source", timeline, any ? link->wants_site : SITE_NONE);
    jw_key_string(w, "waits_to", way_of(link->doing));
    key_origin(w, "site", any ? link->wants_site : SITE_NONE, "wants_on", link->wants);
}

void json_write_deadlock(struct json_writer *w, const struct run *run)
{
    static const char *const kinds[] = {[DEADLOCK_NONE] = NULL,
                                        [DEADLOCK_CYCLE] = "cycle",
                                        [DEADLOCK_SELF] = "self",
                                        [DEADLOCK_ABANDONED] = "abandoned",
                                        [DEADLOCK_STALL] = "stall"};
    const struct deadlock *deadlock = run->deadlock;
    jw_key(w, "deadlock");
    if (deadlock == NULL) {
        jw_null(w);
        return;
    }
    jw_object(w, JW_LINES);
    jw_key_string(w, "kind", kinds[deadlock->kind]);
    jw_key_int(w, "closed_ns", deadlock->closed_ns);
    jw_key_int(w, "seen_ns", deadlock->seen_ns);
    jw_key(w, "links");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < deadlock->count; i++) {
        const struct wait_link *link = &deadlock->links[i];
        jw_object(w, JW_LINE);
        key_lane(w, "lane", &run->timeline, link->lane);
        jw_key_int(w, "lane_id", link->lane);
        write_holds(w, &run->timeline, &link->holds);
        write_wants(w, &run->timeline, link);
        jw_close(w);
    }
    jw_close(w);
    jw_close(w);
}

static void write_spread(struct json_writer *w, const char *key,
                         const struct spread *spread)
{
    jw_key(w, key);
    if (spread->median == 0) {
        jw_null(w);
        return;
    }
    jw_object(w, JW_LINE);
    jw_key_int(w, "min", spread->min);
    jw_key_int(w, "median", spread->median);
    jw_key_int(w, "max", spread->max);
    jw_close(w);
}

static void write_costs(struct json_writer *w, const struct report *report,
                        const struct variant_report *variant)
{
    jw_key(w, "costs_ps");
    if (!has_costs(variant)) {
        jw_null(w);
        return;
    }
    jw_object(w, JW_LINES);
    jw_key_string(w, "operation", cost_operation(report));
    write_spread(w, "alone", &variant->costs.alone_ps);
    write_spread(w, "together", &variant->costs.together_ps);
    jw_key_int_or_null(
        w, "threads", has_costs_together(variant) ? (int64_t)cost_threads(report) : -1);
    jw_close(w);
}

const char *const json_flow_names[FLOW_KINDS] = {
    [FLOW_PROGRAM] = "program", [FLOW_FORK] = "fork", [FLOW_THREAD] = "thread"};

void json_write_flows(struct json_writer *w, const struct report *report)
{
    if (!report->card->measures_flows)
        return;
    jw_key(w, "flows_ps");
    jw_object(w, JW_LINES);
    for (int kind = 0; kind < FLOW_KINDS; kind++)
        write_spread(w, json_flow_names[kind], &report->flows_ps[kind]);
    jw_close(w);
}

static void write_step(struct json_writer *w, const struct timeline *timeline,
                       const struct step *step)
{
    bool is_known = step->lane < timeline->lane_count;
    jw_object(w, JW_LINE);
    jw_key_string(w, "lane", is_known ? timeline->lanes[step->lane].name : NULL);
    jw_key_int_or_null(w, "lane_id",
                       is_known ? (int64_t)timeline->lanes[step->lane].id : -1);
    jw_key_int(w, "at_ns", step->at_ns);
    jw_key_string(w, "what", step->words);
    key_source(w, "source", timeline, step->site);
    key_string_or_null(w, "value", step->value);
    key_string_or_null(w, "remark", step->remark);
    if (step->site != SITE_NONE)
        jw_key_int(w, "site", step->site);
    jw_close(w);
}

/** "columns": the lanes on the left and on the right. */
static void write_columns(struct json_writer *w, const struct timeline *timeline,
                          const struct interleaving *shown)
{
    const size_t columns[] = {shown->left, shown->right};
    jw_key(w, "columns");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < 2; i++)
        jw_int(w,
               columns[i] < timeline->lane_count ? timeline->lanes[columns[i]].id : 0);
    jw_close(w);
}

static void write_interleaving(struct json_writer *w, const struct report *report,
                               size_t variant)
{
    struct interleaving shown;
    jw_key(w, "interleaving");
    if (!interleaving_of(report, variant, &shown)) {
        jw_null(w);
        return;
    }
    const struct run *run = &report->variants[variant].runs[shown.run];
    jw_object(w, JW_LINES);
    jw_key_string(w, "title", shown.title);
    jw_key_int(w, "run", (int64_t)shown.run);
    jw_key_string(w, "value_of", shown.value_heading);
    write_columns(w, &run->timeline, &shown);
    jw_key(w, "steps");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < shown.step_count; i++)
        write_step(w, &run->timeline, &shown.steps[i]);
    jw_close(w);
    jw_close(w);
}

static void write_histogram(struct json_writer *w, const struct report *report,
                            size_t variant)
{
    struct histogram histogram;
    jw_key(w, "histogram");
    if (!histogram_of(report, variant, &histogram)) {
        jw_null(w);
        jw_key_null(w, "histogram_of");
        return;
    }
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < histogram.bin_count; i++) {
        jw_object(w, JW_LINE);
        jw_key_string(w, "label", histogram.bins[i].label);
        jw_key(w, "runs");
        jw_uint(w, histogram.bins[i].count);
        jw_close(w);
    }
    jw_close(w);
    jw_key_string(w, "histogram_of", histogram.title);
}

void json_write_exhibits(struct json_writer *w, const struct report *report,
                         size_t number)
{
    write_costs(w, report, &report->variants[number]);
    write_interleaving(w, report, number);
    write_histogram(w, report, number);
}

void json_write_measures(struct json_writer *w, const struct report *report)
{
    if (report->measured_count == 0)
        return;
    jw_key(w, "measures");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < report->measured_count; i++) {
        const struct measured *measured = &report->measured[i];
        jw_object(w, JW_LINE);
        jw_key_string(w, "chart", measured->gauge->chart);
        jw_key_string(w, "name", measured->gauge->name);
        jw_key_bool(w, "floor", measured->gauge->is_floor);
        jw_key_string(w, "unit", measured->gauge->bytes != NULL ? "bytes" : "ps");
        jw_key_int(w, "median", measured->value.median);
        jw_key(w, "middle_half");
        jw_array(w, JW_LINE);
        jw_int(w, measured->value.min);
        jw_int(w, measured->value.max);
        jw_close(w);
        jw_close(w);
    }
    jw_close(w);
}

void json_write_sweep(struct json_writer *w, const struct variant_report *variant)
{
    jw_key(w, "sweep");
    if (variant->sweep_count == 0) {
        jw_null(w);
        return;
    }
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < variant->sweep_count; i++) {
        const struct sweep_point *point = &variant->sweep[i];
        jw_object(w, JW_LINE);
        jw_key_int(w, "n", point->number);
        jw_key_string(w, "work", point->work == WORK_CPU ? "cpu" : "wait");
        jw_key_int(w, "wall_ns", point->wall.median);
        jw_key(w, "spread_ns");
        jw_array(w, JW_LINE);
        jw_int(w, point->wall.min);
        jw_int(w, point->wall.max);
        jw_close(w);
        jw_key_int(w, "ideal_ns", point->ideal_ns);
        jw_close(w);
    }
    jw_close(w);
}
