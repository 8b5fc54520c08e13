// SPDX-License-Identifier: MIT
#include "options.h"
#include "text/width.h"
#include "timeline/kinds.h"
#include "timeline/timeline_build.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

/** What a lane is in the midst of: a span without its times. */
struct context {
    enum event_kind cause;
    enum state state;
    uint32_t task;
    uint16_t site;
    uint64_t object;
};

struct lane_build {
    struct build *build;
    struct lane *lane;
    struct context now, task; /* `task` is what goes on when a wait inside it ends */
    int64_t since_ns;         /* up to here the lane is covered by spans */
    const char *name;
    bool awake;        /* it has done something */
    bool ended;        /* and has told of its end */
    bool ended_unseen; /* or its record has */
};

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
    if (until_ns <= b->since_ns)
        return 0;
    if (build_grow((void **)&build->spans, lane->span_count, &build->span_capacity,
                   sizeof *build->spans) < 0)
        return UV_ENOMEM;
    build->spans[lane->span_count++] = (struct span){
        .start_ns = b->since_ns,
        .end_ns = until_ns,
        .cause = b->now.cause,
        .state = b->now.state,
        .task = b->now.task,
        .site = b->now.site,
        .object = b->now.object,
    };
    lane->in_state_ns[b->now.state] += until_ns - b->since_ns;
    b->since_ns = until_ns;
    return 0;
}

/** Go over to `context` at that time.  A plain run that goes on stays one span. */
static int change(struct lane_build *b, int64_t at_ns, struct context context)
{
    if (context.cause == EVENT_NONE && b->now.cause == EVENT_NONE &&
        context.state == b->now.state)
        return 0;
    int result = cover(b, at_ns);
    b->now = context;
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
    return 0;
}

/** Linux cuts the name of a thread to 15 bytes; the lane's task knows the rest. */
static void learn_name(struct lane_build *b, uint32_t task)
{
    if (b->name == NULL || task == TASK_NONE)
        return;
    const char *full = b->build->input->tasks[task].name;
    size_t length = strlen(b->name);
    if (strlen(full) > 15 && length == text_fit_bytes(full, 15) &&
        strncmp(full, b->name, length) == 0)
        b->name = full;
}

static struct context context_of(struct lane_build *b, const struct event_view *event)
{
    struct context context = {
        .cause = event->kind,
        .state = kind_rule(event->kind)->state,
        .task = b->task.task,
        .site = build_site(b->build, event->site),
        .object = event->object,
    };
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
        b->task = context;
        b->build->work = event->value;
        learn_name(b, context.task);
    }
    return change(b, at_ns, context);
}

static int finish(struct lane_build *b, enum event_kind kind, int64_t at_ns)
{
    if (kind == EVENT_TASK_END)
        b->task = running;
    /* A lock that was free and a try that failed have no begin: nothing ends. */
    else if (b->now.cause == b->task.cause)
        return 0;
    return change(b, at_ns, b->task);
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

/** A stretch without a core, told afterwards by the one who lived through it. */
static int be_ready(struct lane_build *b, const struct event_view *event)
{
    uint64_t length = event->value < INT64_MAX ? event->value : INT64_MAX;
    int64_t from = lane_time(b, event->time_ns), to;
    if (__builtin_add_overflow(event->time_ns, (int64_t)length, &to))
        to = INT64_MAX;
    to = lane_time(b, to);
    /* `from` may lie behind what is covered: then only the rest is left to tell. */
    if (to <= from || to <= b->since_ns)
        return 0;
    struct context interrupted = b->now;
    int result = cover(b, from);
    b->now = not_yet;
    b->now.task = interrupted.task;
    if (result == 0)
        result = cover(b, to);
    b->now = interrupted;
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

static int take_event(struct lane_build *b, const struct event_view *event)
{
    int64_t at_ns = event_time(b, event);
    int result = 0;
    if (!b->awake)
        result = change(b, at_ns, running);
    b->awake = true;
    b->build->notes[b->lane->id].last_ns = at_ns;
    b->ended = event->kind == EVENT_END;
    see_processor(b->lane, event->processor);
    if (event->kind == EVENT_CREATE)
        build_created(b->build, b->lane->id, event->object, at_ns);
    if (result == 0)
        result = affect(b, event, at_ns);
    if (result == 0 && event->kind == EVENT_INIT)
        result = build_object(b->build, event, at_ns);
    if (result == 0 && kind_rule(event->kind)->is_mark)
        result = add_mark(b, event, at_ns);
    return result;
}

static int take_events(struct lane_build *b)
{
    struct trace_cursor cursor = trace_first(b->build->input->trace, b->lane->id);
    struct event_view event;
    int result = 0;
    while (result == 0 && !b->ended && b->build->events_left > 0 &&
           trace_next(&cursor, &event)) {
        b->build->events_left--;
        result = take_event(b, &event);
    }
    return result;
}

/** Where events were dropped, the record still tells what the lane is doing. */
static int take_record(struct lane_build *b, const struct lane_view *record)
{
    int result = 0;
    if (b->ended || b->build->timeline->dropped_events == 0)
        return 0;
    if (record->started && !b->awake)
        result = change(b, b->since_ns, running);
    b->ended_unseen = record->ended;
    if (result < 0 || record->ended ||
        kind_rule(record->doing)->effect != EFFECT_BEGIN ||
        (record->doing == b->now.cause && record->doing_object == b->now.object))
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
    int64_t end_ns = b->ended ? notes->last_ns : notes->process_end_ns;
    if (!b->ended && b->lane->kind == LANE_PROCESS && notes->reaped_ns >= 0)
        end_ns = notes->reaped_ns;
    if (end_ns < notes->last_ns)
        end_ns = notes->last_ns;
    return end_ns < b->since_ns ? b->since_ns : end_ns;
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
    lane->zombie_seen = notes->zombie_seen && b->ended;
    int64_t until_ns = notes->reaped_ns;
    if (until_ns < 0 && lane->parent != LANE_NONE)
        until_ns = b->build->notes[lane->parent].process_end_ns;
    if (!lane->zombie_seen || until_ns <= lane->end_ns)
        return 0;
    b->now = zombie;
    lane->end_ns = until_ns;
    return cover(b, until_ns);
}

static int give_name(struct lane_build *b)
{
    static const char *const words[LANE_KINDS] = {"process", "thread", "task"};
    struct lane *lane = b->lane;
    unsigned number = lane->id == 0 ? 0 : ++b->build->kind_counts[lane->kind];
    char numbered[32] = "main";
    if (b->name == NULL && lane->id != 0)
        snprintf(numbered, sizeof numbered, "%s %u", words[lane->kind], number);
    lane->name = strdup(b->name != NULL ? b->name : numbered);
    return lane->name == NULL ? UV_ENOMEM : 0;
}

/** Few items are copied; many would be twice in memory, and change their owner. */
#define COPIED_BYTES ((size_t)64 << 10)

/** Take what has gathered in `*items`.  @return UV_ENOMEM when there is no room. */
static int keep(void **kept, void **items, size_t bytes, size_t *capacity)
{
    if (bytes == 0)
        return 0;
    bool is_copy = bytes <= COPIED_BYTES;
    *kept = is_copy ? malloc(bytes) : realloc(*items, bytes);
    if (*kept == NULL)
        return UV_ENOMEM;
    if (is_copy) {
        memcpy(*kept, *items, bytes);
    } else {
        *items = NULL;
        *capacity = 0;
    }
    return 0;
}

static int keep_all(struct lane_build *b)
{
    struct build *build = b->build;
    struct lane *lane = b->lane;
    int result = keep((void **)&lane->spans, (void **)&build->spans,
                      lane->span_count * sizeof *lane->spans, &build->span_capacity);
    if (result == 0)
        result = keep((void **)&lane->marks, (void **)&build->marks,
                      lane->mark_count * sizeof *lane->marks, &build->mark_capacity);
    return result;
}

static void begin_lane(struct lane_build *b, const struct lane_view *record,
                       int64_t start_ns)
{
    *b->lane = (struct lane){
        .id = record->id,
        .kind = record->kind,
        .parent = record->parent,
        .os_id = record->os_id,
        .start_ns = start_ns,
        .reaped_ns = -1,
        .status = -1,
        .cpu_ns = record->cpu_ns,
        .switches_voluntary = record->switches_voluntary,
        .switches_involuntary = record->switches_involuntary,
    };
    b->since_ns = start_ns;
    b->now = record->id == 0 ? running : not_yet;
    b->task = running;
    b->name = record->name[0] != '\0' && text_is_printable(record->name) ? record->name
                                                                         : NULL;
}

int build_lane(struct build *build, const struct lane_view *record, int64_t start_ns)
{
    struct lane_build b = {
        .build = build,
        .lane = &build->timeline->lanes[build->timeline->lane_count++],
    };
    build->notes[record->id].last_ns = start_ns;
    begin_lane(&b, record, start_ns);
    int result = take_events(&b);
    if (result == 0)
        result = take_record(&b, record);
    if (result == 0) {
        b.lane->end_ns = end_of(&b);
        b.lane->cut = !b.ended && !b.ended_unseen;
        result = cover(&b, b.lane->end_ns);
    }
    if (result == 0)
        result = be_zombie(&b);
    if (result == 0)
        result = build_bound_run(build, b.lane);
    if (result == 0)
        result = give_name(&b);
    if (result == 0)
        result = keep_all(&b);
    return result;
}
