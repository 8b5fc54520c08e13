// SPDX-License-Identifier: MIT
/**
 * The instruments of event loops.  A loop that polls is idle.  Its tasks have lanes of
 * their own, which the loop's thread writes.
 */

#include "stage/instruments_inner.h"

#include "stage/clock.h"

#include <sys/mman.h>

/** What is kept of each task, by its number, where it is quickly at hand. */
struct loop_task {
    uint32_t lane; /**< 0, which is the stage's own: it has none */
    int64_t due_ns;
};

static struct loop_task *the_tasks;
static size_t task_count;

/** What the task writes with whose turn it is, if any; the loop's thread alone does. */
static struct trace_writer turn;

/**
 * Room for all tasks, when the first one begins.  It is shared memory, with nobody, so
 * that it is not taken for the lesson's own by memory_bytes().
 */
static void make_room(size_t count)
{
    void *memory = mmap(NULL, count * sizeof *the_tasks, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return;
    the_tasks = memory;
    task_count = count;
}

static void forget_turn(void)
{
    turn.trace = NULL;
    instruments_turn = NULL;
}

static void end_turn(void)
{
    if (turn.trace == NULL)
        return;
    trace_put_down(&turn);
    forget_turn();
}

/** @return false where the task has no lane. */
static bool begin_turn(size_t number)
{
    end_turn();
    if (number >= task_count || the_tasks[number].lane == 0)
        return false;
    trace_take_up(&turn, instruments_trace(), the_tasks[number].lane);
    instruments_turn = &turn;
    return true;
}

void instruments_loop_task_begin(const struct site *site,
                                 const struct loop_task_facts *facts)
{
    struct trace_writer *loop = instruments_writer();
    uint32_t lane;

    end_turn();
    if (the_tasks == NULL && instruments_trace() != NULL)
        make_room(facts->count);
    if (facts->number >= task_count)
        return;
    lane = instruments_add_lane(LANE_TASK, loop->lane);
    instruments_event_at(facts->start_ns, EVENT_CREATE, site, lane, 0);
    if (lane == LANE_NONE)
        return;
    the_tasks[facts->number] = (struct loop_task){lane, facts->due_ns};
    trace_open(&turn, instruments_trace(), lane);
    turn.processor = loop->processor;
    trace_set_name(&turn, facts->name);
    trace_write(&turn, facts->start_ns, EVENT_START, SITE_NONE, 0, 0);
    if (facts->due_ns > facts->start_ns)
        trace_write(&turn, facts->start_ns, EVENT_TASK_BEGIN,
                    instruments_site_number(site), facts->number, facts->work);
    trace_set_started(&turn, instruments_thread_id());
    instruments_turn = &turn;
}

/* From when it was due until its callback is called, it is the loop that has no time.
 */
void instruments_loop_task_run(size_t number, bool has_waited)
{
    int64_t now_ns, due_ns;

    if (!begin_turn(number))
        return;
    now_ns = wall_ns();
    due_ns = the_tasks[number].due_ns;
    turn.processor = instruments_writer()->processor;
    if (now_ns > due_ns)
        trace_write(&turn, due_ns, EVENT_READY, SITE_NONE, 0,
                    (uint64_t)(now_ns - due_ns));
    if (has_waited)
        trace_write(&turn, now_ns, EVENT_TASK_END, SITE_NONE, number, 0);
}

/* Nobody goes on where it leaves off: that need not be kept. */
void instruments_loop_task_end(size_t number)
{
    bool in_turn = turn.trace != NULL && number < task_count &&
                   turn.lane == the_tasks[number].lane;

    if (!in_turn && !begin_turn(number))
        return;
    trace_write(&turn, wall_ns(), EVENT_END, SITE_NONE, 0, 0);
    trace_set_ended(&turn, -1, -1, -1);
    forget_turn();
}

static void on_prepare(uv_prepare_t *prepare)
{
    end_turn();
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

    if (instruments_measuring || instruments_trace() == NULL)
        return uv_run(loop, mode);
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
