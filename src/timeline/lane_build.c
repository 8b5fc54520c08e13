// SPDX-License-Identifier: MIT
#include "timeline/lane_build.h"
#include "options.h"
#include "text/width.h"
#include "timeline/kinds.h"

#include <string.h>
#include <uv.h>

static const struct context running = {
    .cause = EVENT_NONE, .state = STATE_RUN, .task = TASK_NONE, .site = SITE_NONE};

static const struct context not_yet = {
    .cause = EVENT_NONE, .state = STATE_READY, .task = TASK_NONE, .site = SITE_NONE};

static const struct context zombie = {
    .cause = EVENT_NONE, .state = STATE_ZOMBIE, .task = TASK_NONE, .site = SITE_NONE};

/** End the span that is open, if it has any length. */
static int cover(struct lane_build *b, int64_t until_ns)
{
    struct lane *lane = b->lane;
    struct build *build = b->build;
    if (until_ns <= b->at.since_ns)
        return 0;
    if (build_grow((void **)&build->spans, lane->span_count, &build->span_capacity,
                   sizeof *build->spans) < 0)
        return UV_ENOMEM;
    build->spans[lane->span_count++] = (struct span){
        .start_ns = b->at.since_ns,
        .end_ns = until_ns,
        .cause = b->at.now.cause,
        .state = b->at.now.state,
        .task = b->at.now.task,
        .site = b->at.now.site,
        .object = b->at.now.object,
    };
    lane->in_state_ns[b->at.now.state] += until_ns - b->at.since_ns;
    b->at.since_ns = until_ns;
    return 0;
}

/** Go over to `context` at that time.  A plain run that goes on stays one span. */
static int change(struct lane_build *b, int64_t at_ns, struct context context)
{
    if (context.cause == EVENT_NONE && b->at.now.cause == EVENT_NONE &&
        context.state == b->at.now.state)
        return 0;
    int result = cover(b, at_ns);
    b->at.now = context;
    return result;
}

static int add_mark(struct lane_build *b, const struct event_view *event, int64_t at_ns)
{
    struct lane *lane = b->lane;
    struct build *build = b->build;
    if (build_grow((void **)&build->marks, lane->mark_count, &build->mark_capacity,
                   sizeof *build->marks) < 0)
        return UV_ENOMEM;
    build->marks[lane->mark_count++] = (struct mark){
        .at_ns = at_ns,
        .kind = event->kind,
        .site = build_site(build, event->site),
        .object = event->object,
        .value = event->value,
    };
    if (event->kind == EVENT_LOCK_END || event->kind == EVENT_UNLOCK)
        build->holds_changed = true;
    return 0;
}

/** Linux cuts the name of a thread to 15 bytes; the lane's task knows the rest. */
static void learn_name(struct lane_build *b, uint32_t task)
{
    if (b->name == NULL || b->at.full_name != NULL || task == TASK_NONE)
        return;
    const char *full = b->build->input.tasks[task].name;
    size_t length = strlen(b->name);
    if (strlen(full) > 15 && length == text_fit_bytes(full, 15) &&
        strncmp(full, b->name, length) == 0)
        b->at.full_name = full;
}

static struct context context_of(struct lane_build *b, const struct event_view *event)
{
    struct context context = {
        .cause = event->kind,
        .state = kind_rule(event->kind)->state,
        .task = b->at.task.task,
        .site = build_site(b->build, event->site),
        .object = event->object,
    };
    if (event->kind == EVENT_COND_BEGIN && (event->value & WAIT_LIMITED) != 0)
        context.state = STATE_WAIT;
    bool may_idle = event->kind == EVENT_SEM_BEGIN || event->kind == EVENT_COND_BEGIN;
    if (may_idle && (event->value & WAIT_IDLES) != 0)
        context.state = STATE_IDLE;
    if (event->kind == EVENT_TASK_BEGIN) {
        context.state = event->value == WORK_WAIT ? STATE_WAIT : STATE_RUN;
        context.task = build_task(b->build, event->object);
    }
    return context;
}

static int begin(struct lane_build *b, const struct event_view *event, int64_t at_ns)
{
    struct context context = context_of(b, event);
    if (event->kind == EVENT_TASK_BEGIN) {
        b->at.task = context;
        b->build->work = event->value;
        learn_name(b, context.task);
    }
    return change(b, at_ns, context);
}

static int finish(struct lane_build *b, enum event_kind kind, int64_t at_ns)
{
    if (kind == EVENT_TASK_END)
        b->at.task = running;
    /* A lock that was free and a try that failed have no begin: nothing ends. */
    else if (b->at.now.cause == b->at.task.cause)
        return 0;
    return change(b, at_ns, b->at.task);
}

/**
 * On the timeline, and not after the lane's process: between the return of its main and
 * its death threads go on for a moment, which is told as the end.
 */
static int64_t lane_time(const struct lane_build *b, int64_t time_ns)
{
    int64_t at_ns = build_time(b->build, time_ns);
    int64_t last_ns = b->build->notes[b->lane->id].process_end_ns;
    return at_ns < last_ns ? at_ns : last_ns;
}

/** The end, on the trace's clock, of a stretch without a core. */
static int64_t ready_until(const struct event_view *event)
{
    uint64_t length = event->value < INT64_MAX ? event->value : INT64_MAX;
    int64_t until_ns;
    if (__builtin_add_overflow(event->time_ns, (int64_t)length, &until_ns))
        return INT64_MAX;
    return until_ns;
}

/** A stretch without a core, told afterwards by the one who lived through it. */
static int be_ready(struct lane_build *b, const struct event_view *event)
{
    int64_t from = lane_time(b, event->time_ns);
    int64_t to = lane_time(b, ready_until(event));
    /* `from` may lie behind what is covered: then only the rest is left to tell. */
    if (to <= from || to <= b->at.since_ns)
        return 0;
    struct context interrupted = b->at.now;
    int result = cover(b, from);
    b->at.now = not_yet;
    b->at.now.task = interrupted.task;
    if (result == 0)
        result = cover(b, to);
    b->at.now = interrupted;
    return result;
}

/** A time that does not go back behind the lane's last event. */
static int64_t event_time(const struct lane_build *b, const struct event_view *event)
{
    int64_t at_ns = lane_time(b, event->time_ns);
    int64_t last_ns = b->build->notes[b->lane->id].last_ns;
    return at_ns < last_ns ? last_ns : at_ns;
}

/** Remember the processor, if the writer knew it and it is a new one. */
static void see_processor(struct lane *lane, uint32_t processor)
{
    size_t count = lane->processor_count;
    if (processor == UINT32_MAX || count == LANE_PROCESSORS)
        return;
    for (size_t i = 0; i < count; i++)
        if (lane->processors[i] == processor)
            return;
    lane->processors[lane->processor_count++] = processor;
}

/** What the event does to the span that is open. */
static int affect(struct lane_build *b, const struct event_view *event, int64_t at_ns)
{
    if (event->kind == EVENT_READY)
        return be_ready(b, event);
    switch (kind_rule(event->kind)->effect) {
    case EFFECT_BEGIN:
        return begin(b, event, at_ns);
    case EFFECT_END:
        return finish(b, event->kind, at_ns);
    default:
        return 0;
    }
}

static int make_object(struct lane_build *b, const struct event_view *event,
                       int64_t at_ns)
{
    b->growth->has_objects = true;
    b->build->objects_changed = true;
    b->build->is_last |= b->growth->is_ahead;
    return build_object(b->build, event, at_ns);
}

static int take_event(struct lane_build *b, const struct event_view *event)
{
    int64_t at_ns = event_time(b, event);
    int result = 0;
    if (!b->at.awake)
        result = change(b, at_ns, running);
    b->at.awake = true;
    b->build->notes[b->lane->id].last_ns = at_ns;
    b->at.killed = event->kind == EVENT_KILLED;
    b->at.ended = event->kind == EVENT_END || b->at.killed;
    see_processor(b->lane, event->processor);
    if (event->kind == EVENT_CREATE)
        build_created(b->build, b->lane->id, event->object, at_ns, b->growth->is_ahead);
    if (result == 0)
        result = affect(b, event, at_ns);
    if (result == 0 && event->kind == EVENT_INIT)
        result = make_object(b, event, at_ns);
    if (result == 0 && kind_rule(event->kind)->is_mark)
        result = add_mark(b, event, at_ns);
    return result;
}

/** An event that will mean something else later: it is of a time to come, or tells of a
 * lane that came after they were counted. */
static bool is_ahead(const struct build *build, const struct event_view *event)
{
    int64_t until_ns = event->kind == EVENT_READY ? ready_until(event) : event->time_ns;
    if (event->kind == EVENT_CREATE && event->object >= build->lane_ids &&
        event->object < LANE_NONE)
        return true;
    return until_ns > build->now_ns;
}

/** From here the lane can go on at the next update. */
static void note_point(struct lane_build *b)
{
    struct lane_growth *growth = b->growth;
    growth->point = b->at;
    growth->span_count = b->lane->span_count;
    growth->mark_count = b->lane->mark_count;
    growth->processor_count = b->lane->processor_count;
    growth->last_ns = b->build->notes[b->lane->id].last_ns;
}

int lane_take_events(struct lane_build *b)
{
    struct event_view event;
    int result = 0;
    b->growth->is_ahead = false;
    while (result == 0 && !b->at.ended && b->build->events_left > 0 &&
           trace_next(&b->at.cursor, &event)) {
        /* The name stands in the record, and holds from the lane's start. */
        if (event.kind == EVENT_NAME && b->is_resumed) {
            b->growth->events = b->at.events;
            return UV_EAGAIN;
        }
        if (!b->growth->is_ahead && is_ahead(b->build, &event)) {
            note_point(b);
            b->growth->point.cursor.index--;
            b->growth->is_ahead = true;
        }
        b->at.events++;
        b->build->events_left--;
        result = take_event(b, &event);
    }
    if (!b->growth->is_ahead)
        note_point(b);
    b->growth->events = b->at.events;
    return result;
}

/** Where events were dropped, the record still tells what the lane is doing. */
static int take_record(struct lane_build *b, const struct lane_view *record)
{
    int result = 0;
    if (b->at.ended || b->build->timeline->dropped_events == 0)
        return 0;
    if (record->started && !b->at.awake)
        result = change(b, b->at.since_ns, running);
    b->ended_unseen = record->ended;
    if (result < 0 || record->ended ||
        kind_rule(record->doing)->effect != EFFECT_BEGIN ||
        (record->doing == b->at.now.cause && record->doing_object == b->at.now.object))
        return result;
    struct event_view event = {
        .kind = record->doing,
        .object = record->doing_object,
        .site = record->doing_site,
        .value = b->build->work,
    };
    return begin(b, &event, event_time(b, &event));
}

/**
 * A lane without an end goes on as long as its process, and that until now, or until it
 * was waited for: then a signal had ended it.
 */
static int64_t end_of(const struct lane_build *b)
{
    const struct lane_notes *notes = &b->build->notes[b->lane->id];
    int64_t end_ns = b->at.ended ? notes->last_ns : notes->process_end_ns;
    if (!b->at.ended && b->lane->kind == LANE_PROCESS && notes->reaped_ns >= 0)
        end_ns = notes->reaped_ns;
    if (end_ns < notes->last_ns)
        end_ns = notes->last_ns;
    return end_ns < b->at.since_ns ? b->at.since_ns : end_ns;
}

/** From its end until its parent waits for it, or ends, a process is a zombie. */
static int be_zombie(struct lane_build *b)
{
    const struct lane_notes *notes = &b->build->notes[b->lane->id];
    struct lane *lane = b->lane;
    if (lane->kind != LANE_PROCESS || lane->id == 0)
        return 0;
    lane->reaped_ns = notes->reaped_ns;
    lane->status = notes->status;
    lane->zombie_seen = notes->zombie_seen && b->at.ended;
    int64_t until_ns = notes->reaped_ns;
    if (until_ns < 0 && lane->parent != LANE_NONE)
        until_ns = b->build->notes[lane->parent].process_end_ns;
    if (!lane->zombie_seen || until_ns <= lane->end_ns)
        return 0;
    b->at.now = zombie;
    lane->end_ns = until_ns;
    return cover(b, until_ns);
}

void lane_begin(struct lane_build *b, int64_t start_ns)
{
    b->at = (struct lane_point){
        .cursor = trace_first(b->build->input.trace, b->lane->id),
        .now = b->lane->id == 0 ? running : not_yet,
        .task = running,
        .since_ns = start_ns,
    };
    b->build->notes[b->lane->id].last_ns = start_ns;
}

int lane_take_end(struct lane_build *b, const struct lane_view *record)
{
    int result = take_record(b, record);
    if (result == 0) {
        b->lane->end_ns = end_of(b);
        b->lane->cut = b->at.killed || (!b->at.ended && !b->ended_unseen);
        result = cover(b, b->lane->end_ns);
    }
    return result == 0 ? be_zombie(b) : result;
}
