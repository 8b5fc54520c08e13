// SPDX-License-Identifier: MIT
#include "view/json/timeline.h"
#include "timeline/kinds.h"

#include <sys/wait.h>

/** Enough for a name of a task after "joins", and for a source. */
#define LABEL_BYTES 512

static void key_string_or_null(struct json_writer *w, const char *key, const char *text)
{
    jw_key_string(w, key, text[0] != '\0' ? text : NULL);
}

/** What the words beside it were made from, so that they can be made again: which site,
 * which object by its number. */
static void write_origin(struct json_writer *w, uint16_t site, uint64_t object)
{
    if (site != SITE_NONE)
        jw_key_int(w, "site", site);
    if (object != 0)
        jw_key_int(w, "on", (int64_t)object);
}

/** "held_by": of a wait for a lock, the lane that held it when the waiting began. */
static void write_holder(struct json_writer *w, const struct timeline *timeline,
                         const struct span *span)
{
    const struct held_lock *held = timeline_holder(timeline, span);
    if (held != NULL)
        jw_key_int(w, "held_by", timeline->lanes[held->lane].id);
}

/** "locks": what the lane held, from when to when; null where it never gave it up. */
static void write_locks(struct json_writer *w, const struct timeline *timeline,
                        const struct lane *lane)
{
    char label[LABEL_BYTES];
    jw_key(w, "locks");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < lane->mark_count; i++) {
        const struct held_lock *held = timeline_hold(timeline, lane, &lane->marks[i]);
        if (held == NULL)
            continue;
        jw_object(w, JW_LINE);
        mark_object(timeline, &lane->marks[i], label, sizeof label);
        key_string_or_null(w, "object", label);
        jw_key_int(w, "start_ns", held->start_ns);
        jw_key_int_or_null(w, "end_ns", held->is_open ? -1 : held->end_ns);
        site_label(timeline, held->site, label, sizeof label);
        key_string_or_null(w, "source", label);
        jw_close(w);
    }
    jw_close(w);
}

static void write_spans(struct json_writer *w, const struct timeline *timeline,
                        const struct lane *lane)
{
    char label[LABEL_BYTES];
    jw_key(w, "spans");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < lane->span_count; i++) {
        const struct span *span = &lane->spans[i];
        jw_object(w, JW_LINE);
        jw_key_string(w, "state", state_name(span->state));
        span_label(timeline, span, label, sizeof label);
        jw_key_string(w, "label", label);
        jw_key_int(w, "start_ns", span->start_ns);
        jw_key_int(w, "end_ns", span->end_ns);
        site_label(timeline, span->site, label, sizeof label);
        key_string_or_null(w, "source", label);
        write_holder(w, timeline, span);
        if (span->cause != EVENT_NONE)
            jw_key_string(w, "cause", kind_name(span->cause));
        if (span->task != TASK_NONE)
            jw_key_int(w, "task", span->task);
        write_origin(w, span->site, span->object);
        jw_close(w);
    }
    jw_close(w);
}

static bool has_value(const struct mark *mark)
{
    return mark->value != 0 || mark->kind == EVENT_VALUE ||
           mark->kind == EVENT_JOIN_END || mark->kind == EVENT_TASK_END ||
           mark->kind == EVENT_READ || mark->kind == EVENT_WRITE ||
           mark->kind == EVENT_ADD;
}

static void write_marks(struct json_writer *w, const struct timeline *timeline,
                        const struct lane *lane)
{
    char label[LABEL_BYTES];
    jw_key(w, "marks");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < lane->mark_count; i++) {
        const struct mark *mark = &lane->marks[i];
        jw_object(w, JW_LINE);
        jw_key_int(w, "at_ns", mark->at_ns);
        jw_key_string(w, "what", mark_name(timeline, mark));
        mark_object(timeline, mark, label, sizeof label);
        key_string_or_null(w, "object", label);
        if (has_value(mark))
            jw_key_int(w, "value", (int64_t)mark->value);
        if (mark->kind == EVENT_STATE)
            jw_key_string(w, "state", (const char[]){(char)mark->value, '\0'});
        site_label(timeline, mark->site, label, sizeof label);
        key_string_or_null(w, "source", label);
        jw_key_string(w, "event", kind_name(mark->kind));
        write_origin(w, mark->site, mark->object);
        jw_close(w);
    }
    jw_close(w);
}

static void write_processors(struct json_writer *w, const struct lane *lane)
{
    jw_key(w, "processors");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < lane->processor_count; i++)
        jw_int(w, lane->processors[i]);
    jw_close(w);
}

static void write_sums(struct json_writer *w, const struct lane *lane)
{
    jw_key(w, "in_state_ns");
    jw_object(w, JW_LINE);
    for (unsigned state = 0; state < STATE_COUNT; state++)
        jw_key_int(w, state_name((enum state)state), lane->in_state_ns[state]);
    jw_close(w);
    jw_key(w, "switches");
    jw_object(w, JW_LINE);
    jw_key_int_or_null(w, "voluntary", lane->switches_voluntary);
    jw_key_int_or_null(w, "involuntary", lane->switches_involuntary);
    jw_close(w);
}

/** How a process ended, as its parent learned. */
static void write_status(struct json_writer *w, const struct lane *lane)
{
    bool known = lane->status >= 0;
    jw_key_int_or_null(w, "reaped_ns", lane->reaped_ns);
    jw_key_int_or_null(w, "exit_status",
                       known && WIFEXITED(lane->status) ? WEXITSTATUS(lane->status)
                                                        : -1);
    jw_key_int_or_null(
        w, "signal", known && WIFSIGNALED(lane->status) ? WTERMSIG(lane->status) : -1);
    jw_key_bool(w, "zombie_seen", lane->zombie_seen);
}

static void write_lane(struct json_writer *w, const struct timeline *timeline,
                       const struct lane *lane)
{
    static const char *const kinds[LANE_KINDS] = {"process", "thread", "task"};
    jw_object(w, JW_LINES);
    jw_key_int(w, "id", lane->id);
    jw_key_string(w, "name", lane->name);
    jw_key_string(w, "kind", kinds[lane->kind]);
    jw_key_int_or_null(w, "parent",
                       lane->parent == LANE_NONE ? -1 : (int64_t)lane->parent);
    jw_key_int_or_null(w, "os_id", lane->os_id > 0 ? lane->os_id : -1);
    jw_key_int(w, "start_ns", lane->start_ns);
    jw_key_int(w, "end_ns", lane->end_ns);
    jw_key_bool(w, "cut", lane->cut);
    jw_key_int_or_null(w, "cpu_ns", lane->cpu_ns);
    write_status(w, lane);
    write_processors(w, lane);
    write_sums(w, lane);
    write_spans(w, timeline, lane);
    write_locks(w, timeline, lane);
    write_marks(w, timeline, lane);
    jw_close(w);
}

/** Objects that were seen being made: what gives `on` a name. */
static void write_objects(struct json_writer *w, const struct timeline *timeline)
{
    jw_key(w, "objects");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < timeline->object_count; i++) {
        const struct made_object *object = &timeline->objects[i];
        jw_object(w, JW_LINE);
        jw_key_int(w, "on", (int64_t)object->address);
        jw_key_int(w, "at_ns", object->at_ns);
        jw_key_int(w, "site", object->site);
        jw_key_int(w, "number", object->number);
        jw_key_bool(w, "one_of_many", object->one_of_many);
        jw_close(w);
    }
    jw_close(w);
}

void json_write_lanes(struct json_writer *w, const struct timeline *timeline)
{
    jw_key(w, "lanes");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < timeline->lane_count; i++)
        write_lane(w, timeline, &timeline->lanes[i]);
    jw_close(w);
    write_objects(w, timeline);
}
