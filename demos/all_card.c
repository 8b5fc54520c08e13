// SPDX-License-Identifier: MIT
/** The card of demos/all.c. */

#include "card.h"

#include "all_facts.h"
#include "all_verdict.h"
#include "card_words.h"
#include "stage/clock.h"

extern const struct demo all_demo;

/* Before the run ---------------------------------------------------------- */

/** So often, where there is time for it: ranges of five that do not overlap are chance
 * once in 126 times. */
#define RUNS 5

/** All runs together, with this much for each process, thread or timer. */
#define PATIENCE_NS (9 * NS_PER_S / 2)
#define FLOW_NS     NS_PER_MS

/** A loop computes in one thread. */
static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    if (all_has_workers(variant))
        return workers_ideal_ns(options, options->cores);
    if (variant_is(variant, "loop") && options->work == WORK_CPU)
        return total_ns(&options->tasks);
    return 0;
}

/** Small differences show in several runs, if at all; but nobody waits for minutes. */
static unsigned repeat_of(const struct options *options)
{
    const struct variant *variants = all_demo.variants;
    int64_t once_ns = 1, fits;

    for (size_t i = 0; variants[i].name != NULL; i++) {
        int64_t ns = report_ideal_ns(options->card, options, &variants[i]);

        if (options->chosen[i])
            once_ns += (ns < PATIENCE_NS ? ns : PATIENCE_NS) +
                       (int64_t)options->tasks.count * FLOW_NS;
    }
    fits = PATIENCE_NS / once_ns;
    return fits > RUNS ? RUNS : fits > 1 ? (unsigned)fits : 1;
}

/* What to try next -------------------------------------------------------- */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report))
        fprintf(out, "Too long?\tall");
    else if (options->work == WORK_WAIT && options->tasks.count <= options->cores)
        fprintf(out, "All waits overlap. Does computing?\tall --work cpu");
    else if (options->work == WORK_CPU)
        fprintf(out, "And with more tasks than workers?\tall --tasks 5 --ttl 0.05");
    else
        fprintf(out, "How many waits does one thread hold?\t"
                     "async --only loop --tasks 10000 --ttl 1");
}

static const int64_t ttls_ns[] = {50 * NS_PER_MS, 100 * NS_PER_MS, 0};

static const char *const look_for[] = {
    "six of seven pictures end where the longest task does: a wait is a wait",
    "what is over the ideal: the cost of the flows, from a timer to a program",
    "with more tasks than cores pool and processes take longer: their workers are few",
    "with --work cpu loop falls back to sequential: it has one thread",
    NULL,
};

static const char *const refutes[] = {
    "\"async is faster than threads\": no wait ends earlier, and computing gains "
    "nothing",
    "\"processes are slow\": to make one takes longer, what it then does does not",
    NULL,
};

static const char *const examples[] = {
    "all", "all --work cpu", "all --tasks 5 --ttl 0.05", "all --ttl 5 10", NULL,
};

const struct card all_card = {
    .demo = &all_demo,
    .summary = "the same tasks, every way",
    .question = "The same tasks, every way: what differs?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .ttls_ns = ttls_ns,
    .repeat_of = repeat_of,
    .ideal_ns = ideal_ns,
    .outcome = all_outcome,
    .verdict = all_verdict,
    .next = next,
};
