// SPDX-License-Identifier: MIT
#include "view/drawing/stretch.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static bool is_part_of_task(const struct span *span)
{
    return span->task != TASK_NONE && span->state != STATE_BLOCKED;
}

static bool is_plain(const struct span *span)
{
    return span->task == TASK_NONE &&
           (span->state == STATE_RUN || span->state == STATE_READY);
}

bool spans_go_together(const struct span *a, const struct span *b)
{
    if (is_part_of_task(a) || is_part_of_task(b))
        return is_part_of_task(a) && is_part_of_task(b) && a->task == b->task;
    if (is_plain(a) || is_plain(b))
        return is_plain(a) && is_plain(b);
    return a->state == b->state && a->cause == b->cause && a->object == b->object;
}

/** How a program ended, of which nobody knew how long it would take: where it is not as
 * it should be, that says more than its name. */
static bool put_status(const struct timeline *timeline, const struct lane *lane,
                       const struct span *span, char *label, size_t size)
{
    bool is_program =
        lane->kind == LANE_PROCESS && timeline->tasks[span->task].ttl_ns == 0;
    if (!is_program || lane->status <= 0)
        return false;
    if (WIFEXITED(lane->status))
        snprintf(label, size, "status %d", WEXITSTATUS(lane->status));
    else
        snprintf(label, size, "signal %d", WTERMSIG(lane->status));
    return true;
}

bool stretch_label(const struct timeline *timeline, const struct lane *lane,
                   const struct span *span, char *label, size_t size)
{
    label[0] = '\0';
    if (is_part_of_task(span) && span->task < timeline->task_count) {
        const char *name = timeline->tasks[span->task].name;
        if (put_status(timeline, lane, span, label, size))
            return true;
        if (strlen(name) < size)
            strcpy(label, name);
    } else {
        span_label(timeline, span, label, size);
    }
    /* So near its size a label may have been cut. */
    bool is_cut = strlen(label) + 8 > size;
    if (is_cut || (lane->name != NULL && strcmp(label, lane->name) == 0))
        label[0] = '\0';
    return label[0] != '\0';
}
