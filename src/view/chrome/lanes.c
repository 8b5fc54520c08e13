// SPDX-License-Identifier: MIT
#include "view/chrome/inner.h"
#include "view/speech.h"

#include <string.h>
#include <uv.h>

/** Names of colours that chrome://tracing has; Perfetto chooses by name. */
static const char *const colours[STATE_COUNT] = {
    [STATE_RUN] = "thread_state_running",   [STATE_READY] = "thread_state_runnable",
    [STATE_WAIT] = "generic_work",          [STATE_BLOCKED] = "thread_state_iowait",
    [STATE_IDLE] = "thread_state_sleeping", [STATE_ZOMBIE] = "terrible",
};

/** Have a sentence put together and write it. */
static int write_draft(struct chrome *c)
{
    if (fflush(c->draft) != 0)
        return UV_ENOMEM;
    jw_key(c->w, "explanation");
    jw_bytes(c->w, c->text, c->bytes);
    rewind(c->draft);
    return 0;
}

static void key_if_any(struct chrome *c, const char *key, const char *text)
{
    if (text[0] != '\0')
        jw_key_string(c->w, key, text);
}

static void write_source(struct chrome *c, uint16_t site)
{
    char source[NAME_BYTES];
    site_label(c->timeline, site, source, sizeof source);
    key_if_any(c, "source", source);
}

static int write_span_arguments(struct chrome *c, size_t lane, const struct span *span,
                                const char *label)
{
    const struct held_lock *held = timeline_holder(c->timeline, span);
    int result = 0;
    jw_key(c->w, "args");
    jw_object(c->w, JW_LINE);
    key_if_any(c, "label", label);
    if (span->task < c->timeline->task_count)
        jw_key_string(c->w, "task", c->timeline->tasks[span->task].name);
    if (held != NULL)
        jw_key_string(c->w, "held_by", c->timeline->lanes[held->lane].name);
    write_source(c, span->site);
    if (c->explains) {
        explain_span(&c->story, lane, span, false, c->draft);
        result = write_draft(c);
    }
    jw_close(c->w);
    return result;
}

/** What it is called: by what it works on or waits for, else by its state. */
static int write_span(struct chrome *c, size_t lane, const struct span *span)
{
    char label[NAME_BYTES];
    const char *state = state_name(span->state);
    span_label(c->timeline, span, label, sizeof label);
    chrome_event(c, 'X', state, label[0] != '\0' ? label : state, lane);
    chrome_time(c, "ts", span->start_ns);
    chrome_time(c, "dur", span->end_ns - span->start_ns);
    jw_key_string(c->w, "cname", colours[span->state]);
    int result = write_span_arguments(c, lane, span, label);
    jw_close(c->w);
    return result;
}

static int write_mark_arguments(struct chrome *c, size_t lane, const struct mark *mark)
{
    char object[NAME_BYTES];
    int result = 0;
    jw_key(c->w, "args");
    jw_object(c->w, JW_LINE);
    mark_object(c->timeline, mark, object, sizeof object);
    key_if_any(c, "object", object);
    if (mark->kind == EVENT_VALUE || mark->kind == EVENT_READ ||
        mark->kind == EVENT_WRITE || mark->kind == EVENT_ADD)
        jw_key_int(c->w, "value", (int64_t)mark->value);
    if (mark->kind == EVENT_START && c->timeline->lanes[lane].os_id > 0)
        jw_key_int(c->w, "os_id", c->timeline->lanes[lane].os_id);
    write_source(c, mark->site);
    if (c->explains) {
        explain_mark(&c->story, lane, mark, false, c->draft);
        result = write_draft(c);
    }
    jw_close(c->w);
    return result;
}

static int write_mark(struct chrome *c, size_t lane, const struct mark *mark)
{
    char object[NAME_BYTES], name[NAME_BYTES + 64];
    mark_object(c->timeline, mark, object, sizeof object);
    snprintf(name, sizeof name, "%s%s%s", mark_name(c->timeline, mark),
             object[0] != '\0' ? " " : "", object);
    chrome_event(c, 'i', "mark", name, lane);
    chrome_time(c, "ts", mark->at_ns);
    jw_key_string(c->w, "s", "t"); /* as wide as its thread */
    int result = write_mark_arguments(c, lane, mark);
    jw_close(c->w);
    return result;
}

int chrome_lane(struct chrome *c, size_t index)
{
    const struct lane *lane = &c->timeline->lanes[index];
    int result = 0;
    for (size_t i = 0; i < lane->span_count && result == 0; i++)
        result = write_span(c, index, &lane->spans[i]);
    for (size_t i = 0; i < lane->mark_count && result == 0; i++)
        result = write_mark(c, index, &lane->marks[i]);
    return result;
}
