// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "view/explain_inner.h"

#include <string.h>

const char *call_at(const struct speech *s, uint16_t site, const char *otherwise)
{
    const struct timeline *timeline = s->timeline;
    const char *call = site < timeline->site_count ? timeline->sites[site].call : NULL;
    return call != NULL && call[0] != '\0' ? call : otherwise;
}

/** Whether it was never over: the lane was cut off in it. */
static bool is_endless(const struct speech *s, const struct span *span)
{
    return s->lane->cut && span->end_ns >= s->lane->end_ns;
}

static void explain_join(const struct speech *s, const struct span *span)
{
    const struct lane *joined = timeline_lane(s->timeline, span->object);
    bool is_process = joined != NULL && joined->kind == LANE_PROCESS;
    const char *call = call_at(s, span->site, is_process ? "waitpid" : "join");
    fputs(" waits here until ", s->out);
    say_lane(s, joined);
    fputs(" ends: ", s->out);
    say_name(s, call);
    fputs(is_endless(s, span)             ? " has not returned when it is cut off"
          : strstr(call, "clock") != NULL ? " returns then, or when its time is over"
          : joined == NULL || joined->cut ? " returns only then"
          : lane_own_end_ns(joined) > span->end_ns ? " returns without that here"
                                                   : " returns only then",
          s->out);
}

/** ", which luke has held since 64.0 µs: darthvader sleeps until it is given up". */
static void explain_holder(const struct speech *s, const struct span *span,
                           const struct held_lock *held)
{
    const struct lane *holder = &s->timeline->lanes[held->lane];
    fputs(", which ", s->out);
    if (holder == s->lane)
        fputs("it", s->out);
    else
        say_lane(s, holder);
    fprintf(s->out,
            " has held since %s: ", duration_text(held->start_ns, s->ascii).text);
    if (holder == s->lane) {
        fputs("it waits for itself", s->out);
        return;
    }
    say_lane(s, s->lane);
    fputs(is_endless(s, span) ? " sleeps, and is never given it"
                              : " sleeps until it is given up",
          s->out);
}

static void explain_lock(const struct speech *s, const struct span *span)
{
    const struct held_lock *held = timeline_holder(s->timeline, span);
    char label[NAME_BYTES];
    span_label(s->timeline, span, label, sizeof label);
    fputc(' ', s->out);
    say_name(s, label);
    fputs(strchr(label, ' ') != NULL ? "" : " a lock", s->out);
    if (held != NULL)
        explain_holder(s, span, held);
    else
        fputs(is_endless(s, span) ? ", which is taken: it sleeps, and is never given it"
                                  : ", which is taken: it sleeps until it is given up",
              s->out);
}

static void explain_poll(const struct speech *s, const struct span *span)
{
    const char *call = call_at(s, span->site, "uv_run");
    bool is_pool = strcmp(call, "uv_queue_work") == 0;
    bool is_loop = strcmp(call, "uv_run") == 0;
    bool is_read = strcmp(call, "read") == 0;
    fputs(is_loop   ? " polls: its loop sleeps until a timer or an event is due"
          : is_read ? " reads: it sleeps until there is something to read"
          : is_pool ? " has no work: it sleeps until something is queued"
                    : " polls: it sleeps until there is something to read",
          s->out);
}

static void explain_task(const struct speech *s, const struct span *span)
{
    bool waits = span->state == STATE_WAIT;
    char label[NAME_BYTES];
    span_label(s->timeline, span, label, sizeof label);
    fputs(waits ? " waits" : " computes", s->out);
    if (label[0] != '\0' && strcmp(label, s->lane->name) != 0) {
        fputs(" for the task ", s->out);
        say_name(s, label);
    }
    fputs(waits ? ": it sleeps, and needs no core" : ": it is on a core", s->out);
}

/** Whether the loop of a task's lane had nothing to do for most of that time. */
static bool its_loop_sleeps(const struct speech *s, const struct span *span)
{
    const struct lane *loop = timeline_lane(s->timeline, s->lane->parent);
    size_t begun = 0;
    if (loop != NULL && span != NULL)
        begun = lane_spans_begun(loop,
                                 span->start_ns + (span->end_ns - span->start_ns) / 2);
    return begun > 0 && loop->spans[begun - 1].state == STATE_IDLE;
}

void explain_ready(const struct speech *s, const struct span *span)
{
    bool is_task = s->lane->kind == LANE_TASK;
    bool has_begun = span == NULL || span->start_ns > s->lane->start_ns;
    if (is_task && its_loop_sleeps(s, span))
        fputs(" is due, but its loop sleeps on: it asks the system for whole "
              "milliseconds",
              s->out);
    else if (is_task)
        fputs(" is due, but has no turn: its loop runs one callback at a time", s->out);
    else if (has_begun)
        fputs(" could go on, but has no core: others have them", s->out);
    else
        fputs(" is being started: it waits for its first moment on a core", s->out);
}

static void explain_zombie(const struct speech *s)
{
    const struct lane *parent = timeline_lane(s->timeline, s->lane->parent);
    fputs(" is a zombie: it has ended, and the system keeps its status until ", s->out);
    say_lane(s, parent);
    fputs(s->lane->reaped_ns >= 0 || parent == NULL ? " waits for it" : " ends",
          s->out);
}

/** What a wait was for that was cut off. */
static const char *missed_by(enum event_kind wait)
{
    return wait == EVENT_SEM_BEGIN    ? "nobody posts it"
           : wait == EVENT_COND_BEGIN ? "nobody signals it"
                                      : "not all come";
}

/** What a wait is over by; that of a condition may be for a limited time. */
static const char *ended_by(enum event_kind wait, bool is_limited)
{
    if (wait == EVENT_SEM_BEGIN)
        return "another posts it";
    if (wait == EVENT_BARRIER_BEGIN)
        return "all have come";
    return is_limited ? "another signals it or its time is over, and gives up its lock "
                        "meanwhile"
                      : "another signals it, and gives up its lock meanwhile";
}

/** A wait for a semaphore, a condition, a barrier. */
static void explain_signal(const struct speech *s, const struct span *span)
{
    bool idles = span->state == STATE_IDLE, is_limited = span->state == STATE_WAIT;
    bool in_vain = is_endless(s, span) && !idles && !is_limited;
    fputc(' ', s->out);
    say_wait(s, span);
    fputs(idles ? ": it has nothing to do, and sleeps until " : ": it sleeps until ",
          s->out);
    if (in_vain)
        fprintf(s->out, "it is cut off, since %s", missed_by(span->cause));
    else
        fputs(ended_by(span->cause, is_limited), s->out);
}

static void explain_plain_span(const struct speech *s, const struct span *span)
{
    static const char *const words[STATE_COUNT] = {
        [STATE_RUN] = " runs: it is on a core",
        [STATE_WAIT] = " waits: it sleeps, and needs no core",
        [STATE_BLOCKED] = " is blocked: it wants what another has",
        [STATE_IDLE] = " has nothing to do",
    };
    if (span->state == STATE_READY)
        explain_ready(s, span);
    else if (span->state == STATE_ZOMBIE)
        explain_zombie(s);
    else
        fputs(words[span->state], s->out);
}

void explain_the_span(const struct speech *s, const struct span *span)
{
    bool is_of_cause = span->state != STATE_READY && span->state != STATE_ZOMBIE;
    switch (is_of_cause ? span->cause : EVENT_NONE) {
    case EVENT_JOIN_BEGIN:
        explain_join(s, span);
        break;
    case EVENT_LOCK_BEGIN:
        explain_lock(s, span);
        break;
    case EVENT_SEM_BEGIN:
    case EVENT_COND_BEGIN:
    case EVENT_BARRIER_BEGIN:
        explain_signal(s, span);
        break;
    case EVENT_POLL_BEGIN:
        explain_poll(s, span);
        break;
    case EVENT_INPUT_BEGIN:
        fputs(" waits for input: for what a client is to send, for a limited time",
              s->out);
        break;
    case EVENT_SLEEP_BEGIN:
        fputc(' ', s->out);
        say_wait(s, span);
        fputs(": that needs no core", s->out);
        break;
    case EVENT_TASK_BEGIN:
        explain_task(s, span);
        break;
    default:
        explain_plain_span(s, span);
    }
}
