// SPDX-License-Identifier: MIT
#include "classroom/saved/parts.h"

#include "timeline/kinds.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/** More lanes than a trace has room for are nothing that conc wrote. */
#define LANE_ID_MAX INT64_C(16000000)

/** Longer names of files are nothing that conc wrote. */
#define SOURCE_BYTES_MAX 400

/* Sites -------------------------------------------------------------------------- */

/** "demos/threads.c:31", in its two parts. */
static void read_source(struct saved_reading *reading, const json_t *object,
                        struct site *site)
{
    const char *source = saved_text(reading, object, "source");
    const char *colon = strrchr(source, ':');
    long line = colon != NULL ? strtol(colon + 1, NULL, 10) : 0;
    if (line < 1 || line > INT_MAX || strlen(source) > SOURCE_BYTES_MAX) {
        saved_fail(reading, "source", "names no file and line");
        return;
    }
    free((void *)(uintptr_t)site->file);
    site->file = strndup(source, (size_t)(colon - source));
    site->line = (int)line;
}

static void read_site(struct saved_reading *reading, const json_t *object)
{
    struct saved *saved = reading->saved;
    size_t number = (size_t)saved_int(reading, object, "site", 0, SITE_NONE - 1);
    const char *call = saved_text_or_null(reading, object, "call");
    struct site *site = &saved->sites[number];
    if (reading->failed)
        return;
    read_source(reading, object, site);
    site->call = call != NULL ? call : "";
    site->text = saved_text_or_null(reading, object, "text");
    if (site->file == NULL)
        saved_fail(reading, NULL, "does not fit in memory");
    if (number >= saved->site_count)
        saved->site_count = number + 1;
}

/** Sites are numbered as in the program, and only those that a run names are kept. */
static size_t room_for(const json_t *sites, size_t count)
{
    json_int_t most = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *site = json_array_get(sites, i);
        json_int_t number = json_integer_value(json_object_get(site, "site"));
        if (number > most && number < SITE_NONE)
            most = number;
    }
    return (size_t)most + 1;
}

void saved_sites(struct saved_reading *reading, const json_t *file)
{
    size_t count;
    const json_t *sites = saved_array(reading, file, "sites", &count);
    reading->saved->sites =
        saved_room(reading, room_for(sites, count), sizeof(struct site));
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "sites", (int64_t)i);
        read_site(reading, json_array_get(sites, i));
        saved_leave(reading, before);
    }
}

uint16_t saved_site(struct saved_reading *reading, const json_t *object,
                    const char *key)
{
    const struct saved *saved = reading->saved;
    int64_t site = saved_int_or_null(reading, object, key, SITE_NONE - 1);
    if (site < 0 || reading->failed)
        return SITE_NONE;
    if ((size_t)site < saved->site_count && saved->sites[site].file != NULL)
        return (uint16_t)site;
    saved_fail(reading, key, "is none of the sites");
    return SITE_NONE;
}

/* Spans and marks ------------------------------------------------------------------ */

/** Objects are 64 bits that mean nothing by themselves; absent: 0. */
static uint64_t read_bits(struct saved_reading *reading, const json_t *object,
                          const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value != NULL && !json_is_integer(value))
        saved_fail(reading, key, "is not a whole number");
    return (uint64_t)json_integer_value(value);
}

static enum event_kind read_kind(struct saved_reading *reading, const json_t *object,
                                 const char *key)
{
    const char *name = saved_text_or_null(reading, object, key);
    enum event_kind kind = EVENT_NONE;
    if (name != NULL && !kind_named(name, &kind))
        saved_fail(reading, key, "is a word that this conc does not know");
    return kind;
}

static uint32_t read_task(struct saved_reading *reading, const json_t *object)
{
    size_t count = reading->saved->options.tasks.count;
    int64_t task = saved_int_or_null(reading, object, "task", UINT32_MAX - 1);
    if (task < 0)
        return TASK_NONE;
    if ((size_t)task >= count)
        saved_fail(reading, "task", "is none of the tasks");
    return (uint32_t)task;
}

static void read_span(struct saved_reading *reading, const json_t *object,
                      struct span *span)
{
    static const char *const states[] = {"run",  "ready",  "wait", "blocked",
                                         "idle", "zombie", NULL};
    span->start_ns = saved_ns(reading, object, "start_ns");
    span->end_ns = saved_ns(reading, object, "end_ns");
    span->state = (enum state)saved_word(reading, object, "state", states);
    span->cause = read_kind(reading, object, "cause");
    span->task = read_task(reading, object);
    span->site = saved_site(reading, object, "site");
    span->object = read_bits(reading, object, "on");
}

/** Spans cover their lane from start to end. */
static void read_spans(struct saved_reading *reading, const json_t *object,
                       struct lane *lane)
{
    size_t count;
    const json_t *spans = saved_array(reading, object, "spans", &count);
    int64_t at_ns = lane->start_ns;
    lane->spans = saved_room(reading, count, sizeof *lane->spans);
    for (size_t i = 0; i < count && !reading->failed; i++) {
        struct span *span = &lane->spans[lane->span_count++];
        size_t before = saved_enter(reading, "spans", (int64_t)i);
        read_span(reading, json_array_get(spans, i), span);
        if (span->start_ns != at_ns || span->end_ns < at_ns)
            saved_fail(reading, "start_ns", "is not where the span before it ends");
        lane->in_state_ns[span->state] += span->end_ns - span->start_ns;
        at_ns = span->end_ns;
        saved_leave(reading, before);
    }
    if (at_ns != lane->end_ns)
        saved_fail(reading, "spans", "do not end where the lane does");
}

static void read_marks(struct saved_reading *reading, const json_t *object,
                       struct lane *lane)
{
    size_t count;
    const json_t *marks = saved_array(reading, object, "marks", &count);
    int64_t at_ns = 0;
    lane->marks = saved_room(reading, count, sizeof *lane->marks);
    for (size_t i = 0; i < count && !reading->failed; i++) {
        const json_t *one = json_array_get(marks, i);
        struct mark *mark = &lane->marks[lane->mark_count++];
        size_t before = saved_enter(reading, "marks", (int64_t)i);
        mark->at_ns = saved_ns(reading, one, "at_ns");
        mark->kind = read_kind(reading, one, "event");
        mark->site = saved_site(reading, one, "site");
        mark->object = read_bits(reading, one, "on");
        mark->value = read_bits(reading, one, "value");
        if (mark->at_ns < at_ns)
            saved_fail(reading, "at_ns", "is before the mark before it");
        at_ns = mark->at_ns;
        saved_leave(reading, before);
    }
}

/* Lanes ------------------------------------------------------------------------------
 */

/** As waitpid(2) gives it. */
static int read_status(struct saved_reading *reading, const json_t *object)
{
    int64_t status = saved_int_or_null(reading, object, "exit_status", 255);
    int64_t number = saved_int_or_null(reading, object, "signal", 126);
    if (number > 0)
        return (int)number;
    return status >= 0 ? (int)status << 8 : -1;
}

static void read_processors(struct saved_reading *reading, const json_t *object,
                            struct lane *lane)
{
    size_t count;
    const json_t *all = saved_array(reading, object, "processors", &count);
    for (size_t i = 0; i < count && i < LANE_PROCESSORS; i++)
        lane->processors[lane->processor_count++] =
            (uint32_t)json_integer_value(json_array_get(all, i));
}

static void read_times(struct saved_reading *reading, const json_t *object,
                       struct lane *lane)
{
    const json_t *switches = saved_object(reading, object, "switches");
    lane->start_ns = saved_ns(reading, object, "start_ns");
    lane->end_ns = saved_ns(reading, object, "end_ns");
    lane->cpu_ns = saved_int_or_null(reading, object, "cpu_ns", INT64_MAX / 4);
    lane->reaped_ns = saved_int_or_null(reading, object, "reaped_ns", SAVED_NS_MAX);
    lane->switches_voluntary =
        saved_int_or_null(reading, switches, "voluntary", INT64_MAX / 4);
    lane->switches_involuntary =
        saved_int_or_null(reading, switches, "involuntary", INT64_MAX / 4);
    if (lane->end_ns < lane->start_ns)
        saved_fail(reading, "end_ns", "is before start_ns");
}

static void read_lane(struct saved_reading *reading, const json_t *object,
                      struct lane *lane)
{
    static const char *const kinds[] = {"process", "thread", "task", NULL};
    const char *name = saved_text(reading, object, "name");
    int64_t parent = saved_int_or_null(reading, object, "parent", LANE_ID_MAX);
    int64_t os_id = saved_int_or_null(reading, object, "os_id", INT64_MAX);
    lane->id = (uint32_t)saved_int(reading, object, "id", 0, LANE_ID_MAX);
    lane->kind = (enum lane_kind)saved_word(reading, object, "kind", kinds);
    lane->parent = parent < 0 ? LANE_NONE : (uint32_t)parent;
    lane->os_id = os_id > 0 ? os_id : 0;
    lane->name = strdup(name);
    lane->cut = saved_bool(reading, object, "cut");
    lane->zombie_seen = saved_bool(reading, object, "zombie_seen");
    lane->status = read_status(reading, object);
    if (lane->parent != LANE_NONE && lane->parent >= lane->id)
        saved_fail(reading, "parent", "is no lane before this one");
    if (lane->name == NULL)
        saved_fail(reading, NULL, "does not fit in memory");
    read_times(reading, object, lane);
    read_processors(reading, object, lane);
    read_spans(reading, object, lane);
    read_marks(reading, object, lane);
}

static void read_lanes(struct saved_reading *reading, const json_t *run,
                       struct timeline *timeline)
{
    size_t count;
    const json_t *lanes = saved_array(reading, run, "lanes", &count);
    timeline->lanes = saved_room(reading, count, sizeof *timeline->lanes);
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "lanes", (int64_t)i);
        struct lane *lane = &timeline->lanes[timeline->lane_count++];
        read_lane(reading, json_array_get(lanes, i), lane);
        if (i == 0 ? lane->id != 0 : lane->id <= lane[-1].id)
            saved_fail(reading, "id", "is not greater than the one before it");
        saved_leave(reading, before);
    }
}

/* Objects -----------------------------------------------------------------------------
 */

static bool is_before(const struct made_object *a, const struct made_object *b)
{
    return a->address != b->address ? a->address < b->address : a->at_ns <= b->at_ns;
}

static void read_objects(struct saved_reading *reading, const json_t *run,
                         struct timeline *timeline)
{
    size_t count;
    const json_t *objects = saved_array(reading, run, "objects", &count);
    timeline->objects = saved_room(reading, count, sizeof *timeline->objects);
    for (size_t i = 0; i < count && !reading->failed; i++) {
        const json_t *one = json_array_get(objects, i);
        struct made_object *object = &timeline->objects[timeline->object_count++];
        size_t before = saved_enter(reading, "objects", (int64_t)i);
        object->address = read_bits(reading, one, "on");
        object->at_ns = saved_ns(reading, one, "at_ns");
        object->site = saved_site(reading, one, "site");
        if (object->site == SITE_NONE)
            saved_fail(reading, "site", "is missing");
        object->number = (uint32_t)saved_int(reading, one, "number", 0, INT32_MAX);
        object->one_of_many = saved_bool(reading, one, "one_of_many");
        if (i > 0 && !is_before(object - 1, object))
            saved_fail(reading, "on", "is not in order");
        saved_leave(reading, before);
    }
}

void saved_timeline(struct saved_reading *reading, const json_t *run,
                    struct timeline *timeline)
{
    struct saved *saved = reading->saved;
    timeline->sites = saved->sites;
    timeline->site_count = saved->site_count;
    timeline->tasks = saved->report.tasks;
    timeline->task_count = saved->options.tasks.count;
    read_lanes(reading, run, timeline);
    read_objects(reading, run, timeline);
    if (!reading->failed && timeline_index(timeline) != 0)
        saved_fail(reading, NULL, "does not fit in memory");
}

size_t saved_lane(const struct timeline *timeline, int64_t id)
{
    const struct lane *lane = id >= 0 ? timeline_lane(timeline, (uint64_t)id) : NULL;
    return lane != NULL ? (size_t)(lane - timeline->lanes) : UINT32_MAX;
}
