// SPDX-License-Identifier: MIT
/** What demo.h promises to lessons besides work(). */

#include "stage/lesson.h"

#include "card.h"
#include "demo.h"
#include "stage/clock.h"
#include "stage/flows.h"
#include "stage/instruments.h"
#include "stage/process.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct staging *the_staging;
static pid_t the_stage;

void lesson_begin(const struct staging *staging)
{
    the_staging = staging;
    the_stage = getpid();
}

static void leave_word(struct shared *shared, int error, const char *call)
{
    snprintf(shared->call, sizeof shared->call, "%s", call);
    atomic_store(&shared->refused, error < 0 ? error : UV_UNKNOWN);
}

/** Far longer than leaving word takes. */
#define PATIENCE_NS NS_PER_S

/** @return false when whoever began to leave word is gone, it seems: it was killed. */
static bool wait_for_word(const struct shared *shared)
{
    int64_t give_up_ns = wall_ns() + PATIENCE_NS;

    while (atomic_load(&shared->refused) == 0 && wall_ns() < give_up_ns)
        sched_yield();
    return atomic_load(&shared->refused) != 0;
}

/**
 * Leave word of what was refused, and end the stage, from whichever of its threads and
 * processes.  The first to come here has its say; the others see to it that it has.
 */
static _Noreturn void refused(int error, const char *call)
{
    struct shared *shared = the_staging->shared;

    if (atomic_exchange(&shared->refusing, 1) == 0 || !wait_for_word(shared))
        leave_word(shared, error, call);
    if (getpid() != the_stage)
        kill(the_stage, SIGKILL);
    _exit(EXIT_FAILURE);
}

void must(int result, const char *call)
{
    if (result < 0)
        refused(result, call);
}

void must_posix(long result, const char *call)
{
    if (result == -1)
        refused(-errno, call);
}

void must_pthread(int error, const char *call)
{
    if (error != 0)
        refused(-error, call);
}

void *must_alloc(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);

    if (memory == NULL)
        refused(-ENOMEM, "calloc");
    return memory;
}

int64_t longest_ttl_ns(const struct tasks *tasks)
{
    int64_t longest_ns = 0;

    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns > longest_ns)
            longest_ns = tasks->at[i].ttl_ns;
    return longest_ns;
}

int64_t shortest_ttl_ns(const struct tasks *tasks)
{
    int64_t shortest_ns = tasks->at[0].ttl_ns;

    for (size_t i = 1; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns < shortest_ns)
            shortest_ns = tasks->at[i].ttl_ns;
    return shortest_ns;
}

bool tasks_compute(void)
{
    return the_staging->work == WORK_CPU;
}

struct timespec deadline_in(int64_t ns)
{
    return timespec_of(wall_ns() + ns);
}

void idle_between_tasks(void)
{
    instruments_idle_between_tasks();
}

void queued(const struct task *task)
{
    if (!instruments_quiet)
        instruments_event(EVENT_QUEUED, NULL, task->number, 0);
}

/** What libuv's timers count in. */
#define TIMER_NS NS_PER_MS

int64_t traced_loop_task_begin(const struct site *site, const struct task *task)
{
    int64_t now_ns = wall_ns(), due_ns = now_ns;

    if (the_staging->work == WORK_WAIT)
        due_ns = (now_ns + task->ttl_ns + TIMER_NS - 1) / TIMER_NS * TIMER_NS;
    instruments_loop_task_begin(
        site, &(struct loop_task_facts){.number = task->number,
                                        .count = the_staging->tasks->count,
                                        .name = task->name,
                                        .work = (uint64_t)the_staging->work,
                                        .start_ns = now_ns,
                                        .due_ns = due_ns});
    return due_ns;
}

int64_t loop_task_begin(const struct task *task)
{
    return traced_loop_task_begin(NULL, task);
}

/** A task's number, without a look at the task, which is in cold memory by then; but a
 * lesson may have made a copy. */
static size_t number_of(const struct task *task)
{
    const struct tasks *tasks = the_staging->tasks;
    uintptr_t offset = (uintptr_t)task - (uintptr_t)tasks->at;

    return offset < tasks->count * sizeof *task ? offset / sizeof *task : task->number;
}

void loop_task_run(const struct task *task)
{
    instruments_loop_task_run(number_of(task), the_staging->work == WORK_WAIT);
}

void loop_task_end(const struct task *task)
{
    instruments_loop_task_end(number_of(task));
}

void quiet(bool is_quiet)
{
    instruments_quiet = is_quiet;
}

/* Seeds that follow each other begin far apart, and not with the next task's numbers.
 */
unsigned random_seed(const struct task *task)
{
    return (unsigned)the_staging->options->seed * UINT32_C(2654435761) +
           (unsigned)task->number;
}

int64_t option(const char *name)
{
    const struct options *options = the_staging->options;
    size_t place;

    if (options->card == NULL)
        return 0;
    place = own_place(options->card, name);
    return the_staging->varied == place + 1 ? the_staging->varied_value
                                            : option_of(options->card, options, name);
}

int64_t limit_ns(void)
{
    return the_staging->options->limit_ns;
}

int stage_file(void)
{
    return the_staging->file;
}

const char *stage_folder(void)
{
    return the_staging->folder;
}

void mark_state(pid_t pid)
{
    char state = process_state(pid);

    if (state != '\0')
        instruments_event(EVENT_STATE, NULL, flows_process(pid), (uint64_t)state);
}
