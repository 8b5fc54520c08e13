// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "view/explain_inner.h"
#include "view/sentences.h"

#include <sys/wait.h>

static struct speech speech_of(const struct story *story, size_t lane, bool ascii,
                               FILE *out)
{
    return (struct speech){
        .story = story,
        .timeline = story->timeline,
        .lane = &story->timeline->lanes[lane],
        .out = out,
        .ascii = ascii,
    };
}

/** Whether what was waited for has come, or the wait was over before. */
static bool has_ended(const struct lane *joined, int64_t at_ns)
{
    return joined == NULL || (!joined->cut && lane_own_end_ns(joined) <= at_ns) ||
           (joined->cut && joined->end_ns <= at_ns);
}

static void explain_goes_on(const struct speech *s, const struct telling *telling)
{
    const struct lane *joined = timeline_lane(s->timeline, telling->over->object);
    bool ended = has_ended(joined, telling->at_ns);
    fputs(" goes on: ", s->out);
    if (story_is_of_many(s->story, telling->over->object)) {
        say_many(s);
        fputs(" have ended", s->out);
    } else {
        say_lane(s, joined);
        fputs(ended ? " has ended" : " has not ended, but the wait is over", s->out);
    }
    if (telling->then_many) {
        fputs("; now it waits until ", s->out);
        say_many(s);
        fputs(" end", s->out);
    } else if (telling->span != NULL && telling->span->cause == EVENT_JOIN_BEGIN) {
        fputs("; now it waits here until ", s->out);
        say_lane(s, timeline_lane(s->timeline, telling->span->object));
        fputs(" ends", s->out);
    } else if (telling->span != NULL) {
        fputs("; now it ", s->out);
        say_wait(s, telling->span);
    }
}

static void explain_no_core(const struct speech *s, const struct telling *telling)
{
    explain_ready(s, telling->span);
    if (telling->count > 1)
        fprintf(s->out, "; %s times, %s in all", count_text(telling->count).text,
                duration_text(telling->in_state_ns[STATE_READY], s->ascii).text);
}

/** What is left of a process. */
static void explain_status(const struct speech *s, const struct lane *parent)
{
    if (s->lane->in_state_ns[STATE_ZOMBIE] > 0) {
        fputs("; only its number and its status are left", s->out);
    } else if (s->lane->reaped_ns >= 0) {
        fputs("; its status is for ", s->out);
        say_lane(s, parent);
    } else {
        fputs("; nobody here asks for its status", s->out);
    }
}

/** What the end of a flow is to the others. */
static void explain_end(const struct speech *s)
{
    const struct lane *lane = s->lane;
    if (lane->parent == LANE_NONE) {
        fputs(": the variant returns, and the clock stops", s->out);
    } else if (lane->kind == LANE_TASK) {
        fputs("; its callback returns to the loop", s->out);
    } else if (lane->kind == LANE_THREAD) {
        fputs("; whoever joins it can go on", s->out);
    } else {
        explain_status(s, timeline_lane(s->timeline, lane->parent));
    }
}

static void explain_cut(const struct speech *s)
{
    const struct lane *lane = s->lane;
    bool killed = lane->status >= 0 && WIFSIGNALED(lane->status);
    bool is_thread = lane->kind == LANE_THREAD && lane->parent != LANE_NONE;
    if (killed)
        fputs("; it could do nothing more, not even clean up", s->out);
    else if (!s->timeline->complete)
        fputs("; the run was ended there, and all in it", s->out);
    else if (is_thread)
        fputs("; a process takes its threads with it when its main returns", s->out);
    else
        fputs("; it was left behind, and ended with the run", s->out);
}

static void explain_many_waited(const struct speech *s)
{
    fputs(" waits here until ", s->out);
    say_many(s);
    fputs(" end: it joins one after another", s->out);
}

/** After the sentence of the plain view, which has the figures. */
static void explain_after(const struct speech *s, enum telling_kind kind)
{
    if (kind == TELL_END)
        explain_end(s);
    else if (kind == TELL_CUT)
        explain_cut(s);
    else if (kind == TELL_MANY_START)
        fputs(": too many to tell of each", s->out);
}

void explain_event(const struct story *story, const struct telling *telling, bool ascii,
                   FILE *out)
{
    struct speech s = speech_of(story, telling->lane, ascii, out);
    switch (telling->kind) {
    case TELL_GOES_ON:
        say_lane(&s, s.lane);
        explain_goes_on(&s, telling);
        break;
    case TELL_MARK:
        say_lane(&s, s.lane);
        explain_the_mark(&s, telling->mark);
        break;
    case TELL_WAITS:
        say_lane(&s, s.lane);
        explain_the_span(&s, telling->span);
        break;
    case TELL_READY:
        say_lane(&s, s.lane);
        explain_no_core(&s, telling);
        break;
    case TELL_MANY_WAITED:
        say_lane(&s, s.lane);
        explain_many_waited(&s);
        break;
    default:
        sentence_of_event(story, telling, ascii, out);
        explain_after(&s, telling->kind);
    }
}

void explain_span(const struct story *story, size_t lane, const struct span *span,
                  bool ascii, FILE *out)
{
    struct speech s = speech_of(story, lane, ascii, out);
    say_lane(&s, s.lane);
    explain_the_span(&s, span);
}

void explain_mark(const struct story *story, size_t lane, const struct mark *mark,
                  bool ascii, FILE *out)
{
    struct speech s = speech_of(story, lane, ascii, out);
    say_lane(&s, s.lane);
    explain_the_mark(&s, mark);
}
