// SPDX-License-Identifier: MIT
#include "timeline/kinds.h"

#include <string.h>

/* They stand in files: a name, once given, stays. */
static const char *const names[EVENT_KINDS] = {
    [EVENT_NONE] = "none",
    [EVENT_START] = "start",
    [EVENT_END] = "end",
    [EVENT_CREATE] = "create",
    [EVENT_NAME] = "name",
    [EVENT_TASK_BEGIN] = "task-begin",
    [EVENT_TASK_END] = "task-end",
    [EVENT_READY] = "ready",
    [EVENT_SLEEP_BEGIN] = "sleep-begin",
    [EVENT_SLEEP_END] = "sleep-end",
    [EVENT_JOIN_BEGIN] = "join-begin",
    [EVENT_JOIN_END] = "join-end",
    [EVENT_JOIN_FAIL] = "join-fail",
    [EVENT_LOCK_BEGIN] = "lock-begin",
    [EVENT_LOCK_END] = "lock-end",
    [EVENT_LOCK_FAIL] = "lock-fail",
    [EVENT_UNLOCK] = "unlock",
    [EVENT_SEM_BEGIN] = "semaphore-begin",
    [EVENT_SEM_END] = "semaphore-end",
    [EVENT_SEM_POST] = "semaphore-post",
    [EVENT_COND_BEGIN] = "condition-begin",
    [EVENT_COND_END] = "condition-end",
    [EVENT_COND_SIGNAL] = "condition-signal",
    [EVENT_COND_BROADCAST] = "condition-broadcast",
    [EVENT_BARRIER_BEGIN] = "barrier-begin",
    [EVENT_BARRIER_END] = "barrier-end",
    [EVENT_INIT] = "init",
    [EVENT_MARK] = "mark",
    [EVENT_STATE] = "state",
    [EVENT_JOIN_SEEN] = "join-seen",
    [EVENT_VALUE] = "value",
    [EVENT_READ] = "read",
    [EVENT_WRITE] = "write",
    [EVENT_ADD] = "add",
    [EVENT_QUEUED] = "queued",
    [EVENT_POLL_BEGIN] = "poll-begin",
    [EVENT_POLL_END] = "poll-end",
    [EVENT_CANCEL] = "cancel",
    [EVENT_KILL] = "kill",
    [EVENT_KILLED] = "killed",
    [EVENT_INPUT_BEGIN] = "input-begin",
    [EVENT_INPUT_END] = "input-end",
};

const char *kind_name(enum event_kind kind)
{
    return names[(unsigned)kind < EVENT_KINDS ? kind : EVENT_NONE];
}

bool kind_named(const char *name, enum event_kind *kind)
{
    for (unsigned i = 0; i < EVENT_KINDS; i++)
        if (strcmp(names[i], name) == 0) {
            *kind = (enum event_kind)i;
            return true;
        }
    return false;
}
