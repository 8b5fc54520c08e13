// SPDX-License-Identifier: MIT
#include "timeline/kinds.h"

/* The state of a task's span depends on the event's value: it stands in the builder. */
static const struct kind_rule rules[EVENT_KINDS] = {
    [EVENT_START] = {.is_mark = true, .word = "start"},
    [EVENT_END] = {.is_mark = true, .word = "end"},
    [EVENT_CREATE] = {.referent = REFERS_LANE, .is_mark = true, .word = "create"},
    [EVENT_TASK_BEGIN] = {.effect = EFFECT_BEGIN,
                          .referent = REFERS_TASK,
                          .is_mark = true,
                          .word = "begin"},
    [EVENT_TASK_END] = {.effect = EFFECT_END,
                        .referent = REFERS_TASK,
                        .is_mark = true,
                        .word = "done"},
    [EVENT_SLEEP_BEGIN] = {EFFECT_BEGIN, STATE_WAIT, REFERS_NONE, false, "sleeps"},
    [EVENT_SLEEP_END] = {.effect = EFFECT_END},
    [EVENT_JOIN_BEGIN] = {EFFECT_BEGIN, STATE_BLOCKED, REFERS_LANE, false, "joins"},
    [EVENT_JOIN_END] = {EFFECT_END, STATE_RUN, REFERS_LANE, true, "join"},
    [EVENT_JOIN_SEEN] = {EFFECT_END, STATE_RUN, REFERS_LANE, true, "see-end"},
    [EVENT_JOIN_FAIL] = {EFFECT_END, STATE_RUN, REFERS_LANE, true, "alive"},
    [EVENT_LOCK_BEGIN] = {EFFECT_BEGIN, STATE_BLOCKED, REFERS_OBJECT, false, "wants"},
    [EVENT_LOCK_END] = {EFFECT_END, STATE_RUN, REFERS_OBJECT, true, "lock"},
    [EVENT_LOCK_FAIL] = {EFFECT_END, STATE_RUN, REFERS_OBJECT, true, "lock-failed"},
    [EVENT_UNLOCK] = {.referent = REFERS_OBJECT, .is_mark = true, .word = "unlock"},
    [EVENT_SEM_BEGIN] = {EFFECT_BEGIN, STATE_BLOCKED, REFERS_OBJECT, false,
                         "waits for"},
    [EVENT_SEM_END] = {EFFECT_END, STATE_RUN, REFERS_OBJECT, true, "take"},
    [EVENT_SEM_POST] = {.referent = REFERS_OBJECT, .is_mark = true, .word = "post"},
    [EVENT_COND_BEGIN] = {EFFECT_BEGIN, STATE_BLOCKED, REFERS_OBJECT, false,
                          "waits for"},
    [EVENT_COND_END] = {EFFECT_END, STATE_RUN, REFERS_OBJECT, true, "wake"},
    [EVENT_COND_SIGNAL] = {.referent = REFERS_OBJECT,
                           .is_mark = true,
                           .word = "signal"},
    [EVENT_COND_BROADCAST] = {.referent = REFERS_OBJECT,
                              .is_mark = true,
                              .word = "broadcast"},
    [EVENT_BARRIER_BEGIN] = {EFFECT_BEGIN, STATE_BLOCKED, REFERS_OBJECT, false,
                             "waits for"},
    [EVENT_BARRIER_END] = {EFFECT_END, STATE_RUN, REFERS_OBJECT, true, "pass"},
    [EVENT_INIT] = {.referent = REFERS_OBJECT, .is_mark = true, .word = "init"},
    [EVENT_MARK] = {.is_mark = true, .word = "mark"},
    [EVENT_STATE] = {.referent = REFERS_LANE, .is_mark = true, .word = "state"},
    [EVENT_VALUE] = {.is_mark = true, .word = "value"},
    [EVENT_READ] = {.referent = REFERS_OBJECT, .is_mark = true, .word = "read"},
    [EVENT_WRITE] = {.referent = REFERS_OBJECT, .is_mark = true, .word = "write"},
    [EVENT_POLL_BEGIN] = {EFFECT_BEGIN, STATE_IDLE, REFERS_NONE, false, "polls"},
    [EVENT_POLL_END] = {.effect = EFFECT_END},
    [EVENT_QUEUED] = {.referent = REFERS_TASK, .is_mark = true, .word = "queue"},
    [EVENT_ADD] = {.referent = REFERS_OBJECT, .is_mark = true, .word = "add"},
};

const struct kind_rule *kind_rule(enum event_kind kind)
{
    return &rules[(unsigned)kind < EVENT_KINDS ? kind : EVENT_NONE];
}
