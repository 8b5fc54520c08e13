// SPDX-License-Identifier: MIT
#include "view/speech.h"
#include "text/quantity.h"
#include "text/width.h"
#include "timeline/kinds.h"

#include <string.h>

void say_name(const struct speech *s, const char *name)
{
    text_print_safe(name, s->ascii, s->out);
}

static const char *const kind_names[LANE_KINDS] = {"process", "thread", "task"};

void say_lane(const struct speech *s, const struct lane *lane)
{
    if (lane == NULL || lane->name[0] == '\0') {
        fputs("another", s->out);
        return;
    }
    if (s->story->numbers == NULL || lane->parent == LANE_NONE) {
        say_name(s, lane->name);
        return;
    }
    uint64_t number = s->story->numbers[lane - s->timeline->lanes];
    fprintf(s->out, "%s %s", kind_names[lane->kind], count_text(number).text);
}

void say_object(const struct speech *s, const struct mark *mark)
{
    char name[NAME_BYTES];
    if (kind_rule(mark->kind)->referent == REFERS_LANE) {
        say_lane(s, timeline_lane(s->timeline, mark->object));
        return;
    }
    mark_object(s->timeline, mark, name, sizeof name);
    say_name(s, name[0] != '\0' ? name : "something");
}

void say_many(const struct speech *s)
{
    fprintf(s->out, "those %s", count_text(s->story->many.count).text);
}

/** ", which luke holds". */
static void say_holder(const struct speech *s, const struct span *span)
{
    const struct held_lock *held = timeline_holder(s->timeline, span);
    const struct lane *holder = held != NULL ? &s->timeline->lanes[held->lane] : NULL;
    if (holder == NULL) {
        fputs(", which is taken", s->out);
    } else if (holder == s->lane) {
        fputs(", which it holds itself", s->out);
    } else {
        fputs(", which ", s->out);
        say_lane(s, holder);
        fputs(" holds", s->out);
    }
}

void say_wait(const struct speech *s, const struct span *span)
{
    char label[NAME_BYTES];
    span_label(s->timeline, span, label, sizeof label);
    const char *name = strrchr(label, ' ');
    switch (span->cause) {
    case EVENT_JOIN_BEGIN:
        fputs("waits for ", s->out);
        say_lane(s, timeline_lane(s->timeline, span->object));
        fputs(" to end", s->out);
        break;
    case EVENT_LOCK_BEGIN:
        say_name(s, label);
        fputs(name != NULL ? "" : " a lock", s->out);
        say_holder(s, span);
        break;
    case EVENT_SLEEP_BEGIN:
        fprintf(s->out, "sleeps for %s",
                duration_text(span->end_ns - span->start_ns, s->ascii).text);
        break;
    default:
        say_name(s, label);
    }
}

const char *ready_words(const struct lane *lane)
{
    return lane->kind == LANE_TASK ? "ready without a turn " : "ready without a core ";
}
