// SPDX-License-Identifier: MIT
/**
 * How do many waits fit into one thread?
 *
 * Whoever waits on an event loop leaves a callback behind and returns.  The loop's one
 * thread sleeps until the first of all the waits is over, in one call to the system,
 * and calls its callback.  The waits here are timers; those for files and sockets are
 * alike.  Look at the tasks' lanes: all wait at once, but only one callback runs at a
 * time, and what takes long in one of them makes the others late.
 *
 *     conc async
 *     conc async --work cpu
 *     conc async --only loop,blocked,offload
 *     conc async --only race
 *
 * `blocked` and `race` are UNSAFE: the one holds the loop up, the other loses updates,
 * without a second thread.  Read next: demos/all.c, where all ways are side by side.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

/** What threads there are, by the names that the system knows. */
static void list_threads(const char *when)
{
    if (option("--hidden"))
        print_threads(when);
}

/** Each wait is the thread's own, which does nothing else meanwhile. */
static void sequential(const struct tasks *tasks)
{
    list_threads("at first");
    for (size_t i = 0; i < tasks->count; i++)
        work(&tasks->at[i]);
    list_threads("at last");
}

/* A thread for each wait ----------------------------------------------------------- */

/** For tens of thousands of threads: the usual stacks take 8 MiB of addresses each. */
static const uv_thread_options_t small_stack = {
    .flags = UV_THREAD_HAS_STACK_SIZE,
    .stack_size = (size_t)64 * 1024,
};

static void worker(void *arg)
{
    const struct task *task = arg;

    pthread_setname_np(pthread_self(), task->thread_name);
    work(task);
}

static void threads(const struct tasks *tasks)
{
    int64_t bytes = memory_bytes();
    uv_thread_t *thread = must_alloc(tasks->count, sizeof *thread);

    list_threads("at first");
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_create_ex(&thread[i], &small_stack, worker, &tasks->at[i]),
             "uv_thread_create_ex");
    note("bytes", memory_bytes() - bytes); /* that all of them take, while they wait */
    list_threads("when all are started");
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&thread[i]), "uv_thread_join");
    free(thread);
}

/* A callback for each wait --------------------------------------------------------- */

/**
 * What is kept of a task while it waits, and the callback it left behind.  Only the
 * loop's thread uses it: no lock.
 */
struct flow {
    struct program *program;
    const struct task *task;
    void (*callback)(struct flow *flow);
    struct flow *next; /* that is due in the same millisecond */
    int64_t seen;      /* `race`: the count, when it looked */
};

/**
 * A millisecond, and a timer for all that are due in it: libuv's clock has nothing
 * between two of them.  A timer for each would do; but libuv sorts its timers, and with
 * thousands that is what would take the longest.  (Node.js keeps a list for all waits
 * of the same length, and one timer of libuv's for all its lists:
 * lib/internal/timers.js.)
 */
struct moment {
    uv_timer_t timer; /* first, so that it stands for all of it */
    uint64_t due_ms;
    struct flow *first, *last;
};

/** Where moments are found, by the last bits of their time. */
enum { PLACES = 256 };

struct program {
    uv_loop_t loop;
    struct flow *flows;
    struct moment *moments[PLACES];
    uv_timer_t errand; /* for something that takes long, and is no task */
};

static void open_program(struct program *program, const struct tasks *tasks)
{
    list_threads("at first");
    *program = (struct program){.flows = must_alloc(tasks->count, sizeof(struct flow))};
    must(uv_loop_init(&program->loop), "uv_loop_init");
}

static struct flow *flow_of(struct program *program, const struct task *task)
{
    struct flow *flow = &program->flows[task->number];

    flow->program = program;
    flow->task = task;
    return flow;
}

/** uv_run() returns when nothing is waited for any more. */
static void run_program(struct program *program)
{
    uv_run(&program->loop, UV_RUN_DEFAULT);
    list_threads("at last");
    must(uv_loop_close(&program->loop), "uv_loop_close");
    free(program->flows);
}

/**
 * Have the timer's callback called at that time.  libuv counts whole milliseconds, from
 * uv_now(): that is when the loop last looked at the clock, and may be a while ago.  As
 * the difference is taken from just that, it is the millisecond that was meant, which
 * loop_task_begin() has rounded up to: no wait is cut short.  (A time that is over by
 * then would need a 0 here: the difference has no sign.)
 */
static void call_at(uint64_t due_ms, uv_timer_t *timer, uv_timer_cb callback)
{
    must(uv_timer_start(timer, callback, due_ms - uv_now(timer->loop), 0),
         "uv_timer_start");
}

/** libuv has let go of the timer: now its memory may be freed. */
static void free_moment(uv_handle_t *timer)
{
    free(timer);
}

/** Its time has come: whoever wants to be called in the same millisecond from now on is
 * too late for this one, and gets another. */
static void on_moment(uv_timer_t *timer)
{
    struct moment *moment = (struct moment *)timer;
    struct flow *flow = moment->first, *next;
    struct moment **place = &flow->program->moments[moment->due_ms % PLACES];

    if (*place == moment)
        *place = NULL;
    for (; flow != NULL; flow = next) {
        next = flow->next;
        flow->callback(flow);
    }
    uv_close((uv_handle_t *)timer, free_moment);
}

/** One that another has taken the place of, as it may where two are PLACES apart, is
 * called in its time nevertheless: only nobody can join it any more. */
static struct moment *moment_at(struct program *program, uint64_t due_ms)
{
    struct moment **place = &program->moments[due_ms % PLACES];

    if (*place == NULL || (*place)->due_ms != due_ms) {
        *place = must_alloc(1, sizeof **place);
        (*place)->due_ms = due_ms;
        uv_timer_init(&program->loop, &(*place)->timer);
        call_at(due_ms, &(*place)->timer, on_moment);
    }
    return *place;
}

/** Those of one millisecond are called in the order in which they came. */
static void wait_until(int64_t due_ns, struct flow *flow,
                       void (*callback)(struct flow *flow))
{
    struct moment *moment = moment_at(flow->program, (uint64_t)due_ns / 1000000);

    flow->callback = callback;
    flow->next = NULL;
    if (moment->first == NULL)
        moment->first = flow;
    else
        moment->last->next = flow;
    moment->last = flow;
}

/** What has waited is done.  What computes begins here, and until it is done no other
 * callback is called. */
static void on_due(struct flow *flow)
{
    loop_task_run(flow->task);
    if (tasks_compute())
        work(flow->task);
    loop_task_end(flow->task);
}

static void start_tasks(struct program *program, const struct tasks *tasks,
                        void (*callback)(struct flow *flow))
{
    for (size_t i = 0; i < tasks->count; i++) {
        struct flow *flow = flow_of(program, &tasks->at[i]);

        wait_until(loop_task_begin(flow->task), flow, callback);
    }
}

static void loop(const struct tasks *tasks)
{
    int64_t bytes = memory_bytes();
    struct program program;

    open_program(&program, tasks);
    start_tasks(&program, tasks, on_due);
    note("bytes", memory_bytes() - bytes);
    run_program(&program);
}

/* A callback that takes long ------------------------------------------------------- */

/** It returns when it is done, and not before: a query, a slow disk, the look-up of a
 * name; or, where `task` is not NULL, a task that computes. */
static void take_long(const struct task *task)
{
    if (task != NULL)
        work(task);
    else
        pause_ns(option("--block"));
}

/** UNSAFE: as long as this takes, no other callback is called, whoever is due. */
static void on_errand_blocked(uv_timer_t *timer)
{
    take_long(NULL);
    uv_close((uv_handle_t *)timer, NULL);
}

/* The same, given away: a thread of libuv's pool does it, and the loop goes on. */

static void in_pool(uv_work_t *request)
{
    take_long(request->data);
}

/** On the loop again. */
static void after_pool(uv_work_t *request, int status)
{
    must(status, "uv_queue_work");
    free(request);
}

static void give_away(uv_loop_t *loop, const struct task *task)
{
    uv_work_t *request = must_alloc(1, sizeof *request);

    request->data = (void *)(uintptr_t)task; /* without its const; only read */
    must(uv_queue_work(loop, request, in_pool, after_pool), "uv_queue_work");
}

static void on_errand_offload(uv_timer_t *timer)
{
    give_away(timer->loop, NULL);
    uv_close((uv_handle_t *)timer, NULL);
}

/** With --work cpu the computing is given away too; what the loop has to do with the
 * task is over then, and the rest is on the lane of a thread of the pool. */
static void on_due_offload(struct flow *flow)
{
    loop_task_run(flow->task);
    if (tasks_compute())
        give_away(&flow->program->loop, flow->task);
    loop_task_end(flow->task);
}

/** The errand begins so early that the first task is due in the midst of it; or at
 * once, where it takes too long for that. */
static uint64_t errand_due_ms(const struct tasks *tasks)
{
    uint64_t now_ns = uv_hrtime();
    int64_t wait_ns = shortest_ttl_ns(tasks) - option("--block") / 2;

    if (tasks_compute() || wait_ns <= 0)
        return now_ns / 1000000;
    return (now_ns + (uint64_t)wait_ns + 999999) / 1000000; /* rounded up, as theirs */
}

static void loop_and_errand(const struct tasks *tasks, uv_timer_cb on_errand,
                            void (*on_task)(struct flow *flow))
{
    struct program program;

    open_program(&program, tasks);
    uv_timer_init(&program.loop, &program.errand);
    call_at(errand_due_ms(tasks), &program.errand, on_errand);
    start_tasks(&program, tasks, on_task);
    run_program(&program);
}

static void blocked(const struct tasks *tasks)
{
    loop_and_errand(tasks, on_errand_blocked, on_due);
}

static void offload(const struct tasks *tasks)
{
    loop_and_errand(tasks, on_errand_offload, on_due_offload);
}

/* A race, and no second thread ----------------------------------------------------- */

/** How many tasks were counted.  The loop's thread alone uses it, so that a plain
 * variable would do; it is atomic because conc draws what names its order. */
static _Atomic int64_t count;

/** To read the count here, instead of using what was seen, would be right: a callback
 * is never interrupted by another one. */
static void on_answer(struct flow *flow)
{
    loop_task_run(flow->task);
    if (tasks_compute())
        work(flow->task);
    atomic_store_explicit(&count, flow->seen + 1, memory_order_relaxed);
    loop_task_end(flow->task);
}

/**
 * UNSAFE: looks, asks somebody, and goes by what it saw when the answer is there.  In
 * languages that have it, one `await` stands between the two, and it reads like one
 * piece; but in between all others have their turn:
 *
 *     luke                    darthvader              count
 *     reads 0                                         0
 *     (waits)                 reads 0                 0
 *     writes 0 + 1            (waits)                 1
 *                             writes 0 + 1            1, and should be 2
 */
static void on_request(struct flow *flow)
{
    int64_t due_ns = loop_task_begin(flow->task);

    flow->seen = atomic_load_explicit(&count, memory_order_relaxed);
    wait_until(due_ns, flow, on_answer);
}

static void race(const struct tasks *tasks)
{
    struct program program;

    open_program(&program, tasks);
    for (size_t i = 0; i < tasks->count; i++)
        wait_until((int64_t)uv_hrtime(), flow_of(&program, &tasks->at[i]), on_request);
    run_program(&program);
    note("expected", (int64_t)tasks->count);
    note("actual", atomic_load(&count));
}

static const struct variant variants[] = {
    {"sequential", "wait for one task after the other", sequential,
     .shape = SHAPE_SERIAL},
    {"threads", "a thread for each task", threads, .shape = SHAPE_CONCURRENT},
    {"loop", "one thread: a callback for each task", loop, .shape = SHAPE_CONCURRENT},
    {"blocked", "UNSAFE: one thread, and one of its callbacks takes long, --block",
     blocked, .shape = SHAPE_CONCURRENT, .extra = true},
    {"offload", "one thread: what takes long in a callback is given to libuv's pool",
     offload, .shape = SHAPE_CONCURRENT, .extra = true},
    {"race", "UNSAFE: look in one callback, go by that in another", race,
     .shape = SHAPE_CONCURRENT, .extra = true},
    {0},
};

const struct demo async_demo = {.name = "async", .variants = variants};
