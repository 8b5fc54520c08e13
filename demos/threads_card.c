// SPDX-License-Identifier: MIT
/** The card of demos/threads.c. */

#include "card.h"

#include "card_words.h"
#include "threads_verdict.h"

#include <stdlib.h>

extern const struct demo threads_demo;

/** Orders of ending are told for as many tasks as a reader can compare. */
#define ORDERED_TASKS 10

/* Outcome ---------------------------------------------------------------- */

struct ended {
    int64_t at_ns;
    uint64_t task;
};

static int by_time(const void *a, const void *b)
{
    const struct ended *x = a, *y = b;

    return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

/** Call for every mark of a kind that names a task. */
static void for_each_task_mark(const struct timeline *timeline, enum event_kind kind,
                               void (*visit)(const struct mark *mark, void *data),
                               void *data)
{
    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++) {
            const struct mark *mark = &timeline->lanes[i].marks[k];

            if (mark->kind == kind && mark->object < timeline->task_count)
                visit(mark, data);
        }
}

struct endings {
    struct ended ended[ORDERED_TASKS];
    size_t count; /**< may pass ORDERED_TASKS: then there were too many */
};

static void note_end(const struct mark *mark, void *data)
{
    struct endings *endings = data;

    if (endings->count < ORDERED_TASKS)
        endings->ended[endings->count] = (struct ended){mark->at_ns, mark->object};
    endings->count++;
}

/** {"luke,darthvader": 1}: in which order the tasks of this run ended. */
static json_t *orders(const struct timeline *timeline)
{
    struct endings endings = {.count = 0};
    char *order = NULL;
    size_t bytes;
    FILE *out;
    json_t *result;

    for_each_task_mark(timeline, EVENT_TASK_END, note_end, &endings);
    if (endings.count > ORDERED_TASKS || endings.count < timeline->task_count)
        return json_object();
    if ((out = open_memstream(&order, &bytes)) == NULL)
        return NULL;
    qsort(endings.ended, endings.count, sizeof *endings.ended, by_time);
    for (size_t i = 0; i < endings.count; i++)
        fprintf(out, "%s%s", i > 0 ? "," : "",
                timeline->tasks[endings.ended[i].task].name);
    result = fclose(out) == 0 ? json_pack("{s:i}", order, 1) : NULL;
    free(order);
    return result;
}

static void note_taken(const struct mark *mark, void *data)
{
    unsigned *taken = data;

    taken[mark->object]++;
}

static json_t *outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    unsigned *taken = calloc(timeline->task_count, sizeof *taken);
    json_int_t twice = 0, never = 0;

    (void)report;
    if (taken == NULL)
        return NULL;
    for_each_task_mark(timeline, EVENT_TASK_BEGIN, note_taken, taken);
    for (size_t i = 0; i < timeline->task_count; i++) {
        twice += taken[i] > 1;
        never += taken[i] == 0;
    }
    free(taken);
    return json_pack("{s:o*, s:I, s:I}", "orders", orders(timeline), "taken_twice",
                     twice, "never_taken", never);
}

/* What to try next --------------------------------------------------------- */

/** What computes on one core takes the sum, twice: too short to see, too long to wait.
 */
#define SHORT_NS INT64_C(20000000)
#define LONG_NS  INT64_C(20000000000)

/** Whether the same tasks, computing, on one core, are worth seeing. */
static bool is_worth_computing(const struct options *options)
{
    int64_t total = total_ns(&options->tasks);

    return options->tasks.count > 1 && options->tasks.count <= 16 &&
           longest_ttl_ns(&options->tasks) < total && total >= SHORT_NS &&
           total <= LONG_NS;
}

static void next_after_failure(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report))
        fprintf(out, "Too long?\tthreads --ttl 1 2");
    else if (options->tasks.count > 16)
        fprintf(out, "With fewer threads?\tthreads --tasks 16");
    else
        fprintf(out, "All of it, and quicker?\tthreads --ttl 0.1 0.2");
}

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;
    const struct variant_report *threads = variant_named(report, "threads");

    if (all_skipped(report) || (threads != NULL && !has_time(threads)))
        next_after_failure(report, out);
    else if (variant_named(report, "shared-arg") != NULL)
        fprintf(out, "Who is first when all take as long?\t"
                     "threads --ttl 0.1 0.1 0.1 --repeat 20");
    else if (threads == NULL || options->tasks.count == 1 ||
             total_ns(&options->tasks) == 0)
        fprintf(out, "Two tasks, as threads?\tthreads --ttl 1 2");
    else if (options->work == WORK_CPU && options->cores > 1)
        fprintf(out, "What goes wrong with a pointer to the loop variable?\t"
                     "threads --tasks 8 --with shared-arg");
    else if (options->work == WORK_CPU) {
        fprintf(out, "And when the tasks only wait?\t");
        same_times("threads", options, out);
        fprintf(out, " --cores 1");
    } else if (is_worth_computing(options)) {
        fprintf(out, "Waiting needs no core. Does computing?\t");
        same_times("threads", options, out);
        fprintf(out, " --work cpu --cores 1");
    } else {
        fprintf(out, "Waiting needs no core. Does computing?\t"
                     "threads --ttl 1 2 --work cpu --cores 1");
    }
}

static const char *const look_for[] = {
    "waits overlap, on one core too: the whole takes as long as the longest",
    "what computes needs a core: on one, lanes alternate between run and ready",
    "main is free while its threads work: its marks say so; then it joins them",
    NULL,
};

static const char *const refutes[] = {
    "\"threads are parallel\": they are as parallel as there are cores",
    "\"more threads, proportionally faster\": not past the cores",
    "\"they run in the order in which I started them\"",
    "\"a thread's argument stays valid by itself\"",
    NULL,
};

static const char *const examples[] = {
    "threads --ttl 5 10",
    "threads --ttl 1 2 --work cpu --cores 1",
    "threads --tasks 8 --with shared-arg",
    "threads --ttl 0.1 0.1 0.1 --repeat 20",
    NULL,
};

const struct card threads_card = {
    .demo = &threads_demo,
    .summary = "start every task in a thread of its own",
    .question = "What does starting a thread change?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .outcome = outcome,
    .verdict = threads_verdict,
    .next = next,
};
