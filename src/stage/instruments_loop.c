// SPDX-License-Identifier: MIT
/**
 * The instruments of event loops.  A loop that polls is idle.  Its tasks have lanes of
 * their own, which the loop's thread writes.
 */

#include "stage/instruments_inner.h"

#include "stage/clock.h"

#include <stdlib.h>
#include <sys/mman.h>

/** A task that is under way on a loop. */
struct loop_task {
    struct trace_writer writer;
    int64_t due_ns;
};

/* By number.  The loop's thread alone uses them. */
static struct loop_task *the_tasks;
static size_t task_count;

static struct loop_task *task_at(size_t number)
{
    return number < task_count ? &the_tasks[number] : NULL;
}

/**
 * Room for all tasks, when the first one begins.  It is shared memory, with nobody, so
 * that it is not taken for the lesson's own by memory_bytes().
 */
static struct loop_task *task_to_begin(size_t number, size_t count)
{
    if (the_tasks == NULL && instruments_trace() != NULL) {
        void *memory = mmap(NULL, count * sizeof *the_tasks, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        the_tasks = memory != MAP_FAILED ? memory : NULL;
        task_count = the_tasks != NULL ? count : 0;
    }
    return task_at(number);
}

void instruments_loop_task_begin(const struct loop_task_facts *facts)
{
    struct loop_task *task = task_to_begin(facts->number, facts->count);
    struct trace_writer *loop = instruments_writer();
    uint32_t lane;

    if (task == NULL)
        return;
    lane = instruments_add_lane(LANE_TASK, loop->lane);
    instruments_event_at(facts->start_ns, EVENT_CREATE, NULL, lane, 0);
    trace_open(&task->writer, instruments_trace(), lane);
    task->writer.processor = loop->processor;
    task->due_ns = facts->due_ns;
    trace_set_name(&task->writer, facts->name);
    trace_write(&task->writer, facts->start_ns, EVENT_START, SITE_NONE, 0, 0);
    if (facts->due_ns > facts->start_ns)
        trace_write(&task->writer, facts->start_ns, EVENT_TASK_BEGIN, SITE_NONE,
                    facts->number, facts->work);
    trace_set_started(&task->writer, instruments_thread_id());
    instruments_turn(&task->writer);
}

/* From when it was due until its callback is called, it is the loop that has no time.
 */
void instruments_loop_task_run(size_t number, bool has_waited)
{
    struct loop_task *task = task_at(number);
    int64_t now_ns = wall_ns();

    if (task == NULL)
        return;
    if (now_ns > task->due_ns)
        trace_write(&task->writer, task->due_ns, EVENT_READY, SITE_NONE, 0,
                    (uint64_t)(now_ns - task->due_ns));
    if (has_waited)
        trace_write(&task->writer, now_ns, EVENT_TASK_END, SITE_NONE, number, 0);
    instruments_turn(&task->writer);
}

void instruments_loop_task_end(size_t number)
{
    struct loop_task *task = task_at(number);

    instruments_turn(NULL);
    if (task == NULL)
        return;
    trace_write(&task->writer, wall_ns(), EVENT_END, SITE_NONE, 0, 0);
    trace_set_ended(&task->writer, -1, -1, -1);
}

static void on_prepare(uv_prepare_t *prepare)
{
    instruments_turn(NULL);
    instruments_begin_limited_wait(EVENT_POLL_BEGIN, prepare->data, 0, 0);
}

static void on_check(uv_check_t *check)
{
    instruments_end_wait(EVENT_POLL_END, check->data, 0, 0);
}

/**
 * libuv calls prepare handles right before it polls, and check handles right after.
 * They are not referenced, so that they keep no loop alive, and gone when this returns.
 */
int traced_uv_run(const struct site *site, uv_loop_t *loop, uv_run_mode mode)
{
    uv_prepare_t prepare = {.data = (void *)(uintptr_t)site};
    uv_check_t check = {.data = (void *)(uintptr_t)site};
    int left;

    uv_prepare_init(loop, &prepare);
    uv_check_init(loop, &check);
    uv_unref((uv_handle_t *)&prepare);
    uv_unref((uv_handle_t *)&check);
    uv_prepare_start(&prepare, on_prepare);
    uv_check_start(&check, on_check);
    left = uv_run(loop, mode);
    uv_close((uv_handle_t *)&prepare, NULL);
    uv_close((uv_handle_t *)&check, NULL);
    uv_run(loop, UV_RUN_NOWAIT);
    return left;
}
