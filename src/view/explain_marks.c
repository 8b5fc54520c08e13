// SPDX-License-Identifier: MIT
#include "options.h"
#include "text/quantity.h"
#include "timeline/kinds.h"
#include "view/explain_inner.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

static bool calls(const struct speech *s, const struct mark *mark, const char *part)
{
    return strstr(call_at(s, mark->site, ""), part) != NULL;
}

static void explain_create(const struct speech *s, const struct mark *mark)
{
    const struct lane *lane = timeline_lane(s->timeline, mark->object);
    if (lane == NULL)
        return;
    if (lane->kind == LANE_TASK)
        fputs(": a task on its loop, in the same thread", s->out);
    else if (lane->kind == LANE_THREAD)
        fputs(": a thread of its own, in the same memory", s->out);
    else if (calls(s, mark, "spawn"))
        fputs(": another program, in a process of its own", s->out);
    else
        fputs(": a process of its own, with a copy of the memory", s->out);
}

static void explain_lock_end(const struct speech *s, const struct mark *mark)
{
    bool waited = span_that_ends(s->lane, mark->at_ns, EVENT_LOCK_BEGIN) != NULL;
    if (waited)
        fputs(": it was given up", s->out);
    else if (calls(s, mark, "rd"))
        fputs(": no writer has it, and readers share it", s->out);
    else
        fputs(": it was free, and is taken from here on", s->out);
}

static void explain_unlock(const struct speech *s, const struct mark *mark)
{
    const struct held_lock *next = lock_handover(s->timeline, mark);
    fputs(": ", s->out);
    if (next == NULL) {
        fputs("whoever wants it can have it", s->out);
        return;
    }
    say_lane(s, &s->timeline->lanes[next->lane]);
    fputs(", which waits for it, gets it", s->out);
}

static void explain_join_end(const struct speech *s, const struct mark *mark)
{
    const struct lane *joined = timeline_lane(s->timeline, mark->object);
    bool is_process = joined != NULL && joined->kind == LANE_PROCESS;
    fputs(": ", s->out);
    say_name(s, call_at(s, mark->site, is_process ? "waitpid" : "join"));
    fputs(is_process ? " returns at once, with its status" : " returns at once",
          s->out);
}

static void explain_join_fail(const struct speech *s, const struct mark *mark)
{
    bool waited = span_that_ends(s->lane, mark->at_ns, EVENT_JOIN_BEGIN) != NULL;
    fputs(mark->value != 0 ? ": the call failed, which tells nothing of it"
          : waited         ? ": the time to wait for it is over"
                           : ": this was a look, without a wait",
          s->out);
}

static void explain_task_begin(const struct speech *s, const struct mark *mark)
{
    if (mark->object >= s->timeline->task_count)
        return;
    fprintf(s->out, ": %s of %s",
            ttl_text(s->timeline->tasks[mark->object].ttl_ns, s->ascii).text,
            mark->value == WORK_CPU ? "computing, which needs a core"
                                    : "waiting, which needs no core");
}

static void explain_kill(const struct speech *s, const struct mark *mark)
{
    fputs(mark->value == SIGKILL
              ? ": it ends wherever it is, and no code of its own runs"
              : ": what that does is the receiver's to say",
          s->out);
}

static void explain_wake(const struct speech *s, const struct mark *mark,
                         enum event_kind wait)
{
    bool waited = span_that_ends(s->lane, mark->at_ns, wait) != NULL;
    if (mark->value != 0)
        fputs(": its time is over", s->out);
    else if (mark->kind == EVENT_COND_END)
        fputs(": it has the lock again, and looks whether what it waits for is so",
              s->out);
    else
        fputs(waited ? ": it was posted"
                     : ": it was posted before, so there is no wait",
              s->out);
}

static void explain_write(const struct speech *s, const struct mark *mark)
{
    const struct lane *writer;
    const struct mark *under = overwritten(s->timeline, s->lane, mark, &writer);
    if (under == NULL) {
        fputs(": whatever stood there is gone", s->out);
        return;
    }
    fprintf(s->out, ": over the %" PRId64 " that ", (int64_t)under->value);
    say_lane(s, writer);
    fputs(" wrote since ", s->out);
    say_lane(s, s->lane);
    fputs(" had read it", s->out);
}

/** What is the same each time. */
static const char *const meanings[EVENT_KINDS] = {
    [EVENT_JOIN_SEEN] = ": it stays a zombie until it is waited for",
    [EVENT_LOCK_FAIL] = ": it does not wait, and goes on without",
    [EVENT_SEM_POST] = ": its count is one more, for whoever waits, now or later",
    [EVENT_COND_SIGNAL] = ": one of those that wait wakes; if none does, it is lost",
    [EVENT_COND_BROADCAST] = ": all that wait wake, one after another",
    [EVENT_BARRIER_END] = ": all have come",
    [EVENT_STATE] = ": so the system says at this moment (proc(5))",
    [EVENT_VALUE] = ": a figure of this run, for the verdict",
    [EVENT_READ] = ": a copy, which others' writes do not change",
    [EVENT_ADD] = ": read and written in one step, with none between",
    [EVENT_QUEUED] = ": whoever is free takes it",
    [EVENT_CANCEL] = ": it does at its next cancellation point (pthreads(7))",
};

static void explain_meaning(const struct speech *s, const struct mark *mark)
{
    switch (mark->kind) {
    case EVENT_CREATE:
        explain_create(s, mark);
        break;
    case EVENT_LOCK_END:
        explain_lock_end(s, mark);
        break;
    case EVENT_UNLOCK:
        explain_unlock(s, mark);
        break;
    case EVENT_JOIN_END:
        explain_join_end(s, mark);
        break;
    case EVENT_JOIN_FAIL:
        explain_join_fail(s, mark);
        break;
    case EVENT_TASK_BEGIN:
        explain_task_begin(s, mark);
        break;
    case EVENT_WRITE:
        explain_write(s, mark);
        break;
    case EVENT_KILL:
        explain_kill(s, mark);
        break;
    case EVENT_SEM_END:
        explain_wake(s, mark, EVENT_SEM_BEGIN);
        break;
    case EVENT_COND_END:
        explain_wake(s, mark, EVENT_COND_BEGIN);
        break;
    default:
        fputs(meanings[mark->kind] != NULL ? meanings[mark->kind] : "", s->out);
    }
}

/** The end of a wait, of which say_mark() knows nothing: it speaks of what had ended
 * before. */
static bool was_waited_for(const struct speech *s, const struct mark *mark)
{
    const struct span *wait =
        mark->kind == EVENT_JOIN_END
            ? span_that_ends(s->lane, mark->at_ns, EVENT_JOIN_BEGIN)
            : NULL;
    const struct lane *joined = timeline_lane(s->timeline, mark->object);
    bool had_ended = wait != NULL && joined != NULL && !joined->cut &&
                     lane_own_end_ns(joined) <= wait->start_ns;
    return wait != NULL && !had_ended;
}

void explain_the_mark(const struct speech *s, const struct mark *mark)
{
    if (was_waited_for(s, mark)) {
        fputs(" goes on: ", s->out);
        say_object(s, mark);
        fputs(" has ended", s->out);
        return;
    }
    switch (mark->kind) {
    case EVENT_START:
        fputs(" begins: its first moment on a core", s->out);
        break;
    case EVENT_END:
        fputs(" ends: its last act", s->out);
        break;
    case EVENT_INIT:
        fputs(" makes ", s->out);
        say_object(s, mark);
        fputs(": from here on it can be used", s->out);
        break;
    case EVENT_TASK_END:
        fputs(" is done with the task ", s->out);
        say_object(s, mark);
        break;
    default:
        say_mark(s, mark);
        explain_meaning(s, mark);
    }
}
