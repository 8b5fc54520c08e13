// SPDX-License-Identifier: MIT
/** The card of demos/pool.c. */

#include "card.h"

#include "card_words.h"
#include "pool_facts.h"
#include "pool_verdict.h"

#include <string.h>

extern const struct demo pool_demo;

/** The most workers: libuv's pool has no more threads. */
#define MOST_WORKERS 1024

static bool has_workers(const struct variant *variant)
{
    return strcmp(variant->name, "pool") == 0 ||
           strcmp(variant->name, "processes") == 0 || strcmp(variant->name, "uv") == 0;
}

/* Ideal ------------------------------------------------------------------- */

static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    int64_t workers = option_of(options->card, options, "--workers");

    return has_workers(variant) ? workers_ideal_ns(options, workers) : 0;
}

/* What to try next --------------------------------------------------------- */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report))
        fprintf(out, "Too long?\tpool --tasks 8 --ttl 0.1");
    else if (option_of(report->card, options, "--sweep"))
        fprintf(out, "And what if workers share what they change?\trace");
    else if (option_of(report->card, options, "--queue"))
        fprintf(out, "Do more workers help, and how many?\t"
                     "pool --only pool --tasks 16 --ttl 0.05 --sweep 1..16");
    else if (option_of(report->card, options, "--fail"))
        fprintf(out, "And what does a full queue do?\t"
                     "pool --only pool --tasks 6 --ttl 0.2 --queue 1");
    else
        fprintf(out, "And if a task fails?\tpool --only sequential,pool --fail 2");
}

static const char *const look_for[] = {
    "who is idle, and when: a pool is done when its last worker is",
    "main takes results in the order of submitting, in whatever order they were done",
    "uv: threads that no line of the program starts",
    NULL,
};

static const char *const refutes[] = {
    "\"more workers, always faster\": see --sweep, for tasks that compute",
    "\"an error in a worker reaches me by itself\": see --fail",
    NULL,
};

static const char *const examples[] = {
    "pool",
    "pool --only sequential,pool --fail 2",
    "pool --only pool --tasks 6 --ttl 0.2 --queue 1",
    "pool --only pool --tasks 16 --ttl 0.05 --sweep 1..16",
    "pool --only pool,uv --work cpu --tasks 20000 --ttl 10us",
    NULL,
};

static const struct own_option own_options[] = {
    {
        .name = "--workers",
        .value = "N",
        .about = "how many workers there are in pool, processes and uv",
        .kind = OWN_NUMBER,
        .min = 1,
        .max = MOST_WORKERS,
        .preset = "as many as cores",
        .preset_is_cores = true,
    },
    {
        .name = "--queue",
        .value = "N",
        .about = "room for N tasks in the queue; 0: for all",
        .kind = OWN_NUMBER,
        .max = 1000000,
        .preset = "0",
    },
    {
        .name = "--fail",
        .value = "K",
        .about = "let task K fail: an error is its result",
        .kind = OWN_NUMBER,
        .min = 1,
        .max = 1000000,
        .is_task = true,
    },
    {
        .name = "--sweep",
        .value = "A..B",
        .about = "time against workers: run pool with each number from A to B",
        .kind = OWN_RANGE,
        .min = 1,
        .max = MOST_WORKERS,
        .varies = "--workers",
    },
    {0},
};

static bool is_chosen(const struct options *options,
                      bool (*fits)(const struct variant *))
{
    for (size_t i = 0; pool_demo.variants[i].name != NULL; i++)
        if (options->chosen[i] && fits(&pool_demo.variants[i]))
            return true;
    return false;
}

static bool is_swept(const struct variant *variant)
{
    return variant->is_swept;
}

static const char *objects(const struct options *options)
{
    if (option_of(options->card, options, "--queue") != 0 &&
        !is_chosen(options, has_workers))
        return "--queue is for the variants pool, processes and uv: the others have no "
               "queue";
    if (option_of(options->card, options, "--sweep") != 0 &&
        !is_chosen(options, is_swept))
        return "--sweep is for the variant pool";
    return NULL;
}

/** Of different lengths, so that one overtakes another; and so that two workers, taking
 * them as they come, are never idle. */
static const int64_t ttls_ns[] = {500000000, 200000000, 400000000,
                                  300000000, 200000000, 0};

const struct card pool_card = {
    .demo = &pool_demo,
    .summary = "let a few workers do many tasks, with a future for each",
    .question = "Who takes which task, and where is its result?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .ttls_ns = ttls_ns,
    .objects = objects,
    .outcome = pool_outcome,
    .verdict = pool_verdict,
    .operation = "one round trip, from submitting a task to its result,",
    .ideal_ns = ideal_ns,
    .next = next,
};
