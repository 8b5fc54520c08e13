// SPDX-License-Identifier: MIT
/** The card of demos/cost.c. */

#include "card.h"

#include "card_words.h"
#include "cost_verdict.h"
#include "stage/clock.h"

extern const struct demo cost_demo;

static json_int_t flows_of(const struct timeline *timeline, enum lane_kind kind)
{
    json_int_t count = 0;

    for (size_t i = 1; i < timeline->lane_count; i++)
        count += timeline->lanes[i].kind == kind;
    return count;
}

/** Of the run that is drawn; what is measured is of no run. */
static json_t *outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;

    (void)report;
    return json_pack("{s:I, s:I, s:I}", "processes", flows_of(timeline, LANE_PROCESS),
                     "threads", flows_of(timeline, LANE_THREAD), "timers",
                     flows_of(timeline, LANE_TASK));
}

/** So many threads the lesson gives to libuv's pool. */
#define POOL_THREADS 4

/** A loop computes in one thread. */
static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    if (variant_is(variant, "pool"))
        return workers_ideal_ns(options, POOL_THREADS);
    if (variant_is(variant, "loop") && options->work == WORK_CPU)
        return total_ns(&options->tasks);
    return 0;
}

static void next(const struct report *report, FILE *out)
{
    if (all_skipped(report))
        fprintf(out, "Too long?\tcost");
    else
        fprintf(out, "Does that matter to tasks that take longer?\tall");
}

static const int64_t ttls_ns[] = {NS_PER_MS, NS_PER_MS, NS_PER_MS, NS_PER_MS, 0};

static const char *const look_for[] = {
    "the bars: each mark of their scale is ten times the one before",
    "the floors: what the machine takes for the calls that flows are made of",
    "in the picture, how much later than the first task the last one begins",
    "the middle halves: where two overlap, no difference is named",
    NULL,
};

static const char *const refutes[] = {
    "\"threads are free\": one costs as much as thousands of calls",
    "\"processes are too expensive\": a fork is some threads, not thousands of them",
    "\"a flow is a flow\": from a callback to a program it is a thousand times and "
    "more",
    NULL,
};

static const char *const examples[] = {
    "cost", "cost --only process,thread", "cost --ttl 0.01 0.02", "cost --work cpu",
    NULL,
};

const struct card cost_card = {
    .demo = &cost_demo,
    .summary = "measure what a flow of execution costs",
    .question = "What does a flow of execution cost?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .ttl_ns = NS_PER_MS,
    .ttls_ns = ttls_ns,
    .ideal_ns = ideal_ns,
    .subject = "thread",
    .outcome = outcome,
    .verdict = cost_verdict,
    .next = next,
};
