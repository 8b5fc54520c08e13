// SPDX-License-Identifier: MIT
#include "timeline/kinds.h"
#include "timeline/timeline_build.h"

#include <stdio.h>
#include <string.h>

const char *state_name(enum state state)
{
    static const char *const names[STATE_COUNT] = {"run",     "ready", "wait",
                                                   "blocked", "idle",  "zombie"};
    return (unsigned)state < STATE_COUNT ? names[state] : "";
}

static const struct site *site_at(const struct timeline *timeline, uint16_t site)
{
    return site < timeline->site_count ? &timeline->sites[site] : NULL;
}

const char *mark_name(const struct timeline *timeline, const struct mark *mark)
{
    const struct site *site = site_at(timeline, mark->site);
    if ((mark->kind == EVENT_MARK || mark->kind == EVENT_VALUE) && site != NULL)
        return site->call;
    bool may_give_up = mark->kind == EVENT_SEM_END || mark->kind == EVENT_COND_END;
    if (may_give_up && mark->value != 0)
        return "timeout";
    if (mark->kind == EVENT_JOIN_FAIL && mark->value != 0)
        return "join-failed";
    const char *word = kind_rule(mark->kind)->word;
    return word != NULL ? word : "";
}

/** The length of the first argument of a call: up to a comma outside of brackets. */
static size_t first_argument(const char *text)
{
    int depth = 0;
    size_t length = 0;
    for (; text[length] != '\0'; length++) {
        char at = text[length];
        if (at == ',' && depth == 0)
            break;
        depth += (at == '(' || at == '[') - (at == ')' || at == ']');
    }
    return length;
}

/** Where the last index of an expression stands: [*begin, *end); false: it has none. */
static bool find_index(const char *text, size_t length, size_t *begin, size_t *end)
{
    while (length > 0 && text[length - 1] != ']')
        length--;
    *end = length;
    for (int depth = 0; length > 0;) {
        length--;
        depth += (text[length] == ']') - (text[length] == '[');
        if (depth == 0)
            break;
    }
    *begin = length;
    return *end > 0;
}

/** "left" of "&left, 0"; of "&forks[i]", one of many, "forks" and its number. */
static void name_of_text(const char *text, const struct made_object *object,
                         char *label, size_t size)
{
    text += strspn(text, "& ");
    size_t length = first_argument(text), begin, end;
    if (object == NULL || !object->one_of_many)
        snprintf(label, size, "%.*s", (int)length, text);
    else if (find_index(text, length, &begin, &end))
        snprintf(label, size, "%.*s[%u]%.*s", (int)begin, text,
                 (unsigned)object->number, (int)(length - end), text + end);
    else
        snprintf(label, size, "%.*s %u", (int)length, text,
                 (unsigned)object->number + 1);
}

static void name_of_object(const struct timeline *timeline, const struct mark *about,
                           char *label, size_t size)
{
    const struct made_object *object = object_at(timeline, about->object, about->at_ns);
    const struct site *source =
        site_at(timeline, object != NULL ? object->site : about->site);
    if (source != NULL && source->text != NULL)
        name_of_text(source->text, object, label, size);
}

/** What an event's `object` is called; "" where nobody knows. */
static void name_of(const struct timeline *timeline, const struct mark *about,
                    char *label, size_t size)
{
    const struct lane *lane;
    label[0] = '\0';
    switch (kind_rule(about->kind)->referent) {
    case REFERS_LANE:
        lane = timeline_lane(timeline, about->object);
        snprintf(label, size, "%s", lane != NULL ? lane->name : "");
        break;
    case REFERS_TASK:
        if (about->object < timeline->task_count)
            snprintf(label, size, "%s", timeline->tasks[about->object].name);
        break;
    case REFERS_OBJECT:
        name_of_object(timeline, about, label, size);
        break;
    case REFERS_NONE:
        break;
    }
}

/** Names are UTF-8; a label that was cut may end in a part of a character: drop that.
 */
static void drop_part(char *label)
{
    size_t length = strlen(label), at = length;
    while (at > 0 && ((unsigned char)label[at - 1] & 0xc0) == 0x80)
        at--;
    if (at == 0)
        return;
    unsigned char lead = (unsigned char)label[at - 1];
    size_t needs = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length - (at - 1) < needs)
        label[at - 1] = '\0';
}

void timeline_object_name(const struct timeline *timeline, const struct mark *about,
                          char *label, size_t size)
{
    if (size == 0)
        return;
    label[0] = '\0';
    name_of_object(timeline, about, label, size);
    drop_part(label);
}

void mark_object(const struct timeline *timeline, const struct mark *mark, char *label,
                 size_t size)
{
    if (size == 0)
        return;
    name_of(timeline, mark, label, size);
    drop_part(label);
}

/** Threads are joined; processes are waited for. */
static bool is_process(const struct timeline *timeline, const struct span *span)
{
    const struct lane *lane =
        span->cause == EVENT_JOIN_BEGIN ? timeline_lane(timeline, span->object) : NULL;
    return lane != NULL && lane->kind == LANE_PROCESS;
}

/** A thread of libuv's pool between two pieces of work. */
static bool is_pool_idle(const struct timeline *timeline, const struct span *span)
{
    const struct site *site = site_at(timeline, span->site);
    return span->cause == EVENT_POLL_BEGIN && site != NULL && site->call != NULL &&
           strcmp(site->call, "uv_queue_work") == 0;
}

/** What a lane does in a span, before the name of what it is about. */
static bool is_reading(const struct timeline *timeline, const struct span *span)
{
    const struct site *site = site_at(timeline, span->site);
    return span->cause == EVENT_POLL_BEGIN && site != NULL &&
           strcmp(site->call, "read") == 0;
}

static const char *verb_of(const struct timeline *timeline, const struct span *span)
{
    const char *word = kind_rule(span->cause)->word;
    if (is_process(timeline, span))
        return "waits for";
    if (is_pool_idle(timeline, span))
        return "has no work";
    if (is_reading(timeline, span))
        return "reads";
    return word != NULL ? word : "";
}

void span_label(const struct timeline *timeline, const struct span *span, char *label,
                size_t size)
{
    const struct mark begin = {.kind = span->cause,
                               .object = span->object,
                               .at_ns = span->start_ns,
                               .site = span->site};
    if (size == 0)
        return;
    label[0] = '\0';
    if (span->cause == EVENT_NONE)
        return;
    name_of(timeline, &begin, label, size);
    if (span->cause != EVENT_TASK_BEGIN) {
        char name[256];
        snprintf(name, sizeof name, "%s", label);
        snprintf(label, size, "%s%s%s", verb_of(timeline, span),
                 name[0] != '\0' ? " " : "", name);
    }
    drop_part(label);
}

void site_label(const struct timeline *timeline, uint16_t site, char *label,
                size_t size)
{
    const struct site *source = site_at(timeline, site);
    if (size == 0)
        return;
    label[0] = '\0';
    if (source != NULL)
        snprintf(label, size, "%s:%d", source->file, source->line);
}
