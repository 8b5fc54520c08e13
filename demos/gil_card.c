// SPDX-License-Identifier: MIT
/** The card of demos/gil.c. */

#include "card.h"

#include "card_words.h"
#include "gil_facts.h"
#include "gil_verdict.h"
#include "race_exhibits.h"
#include "stage/clock.h"

#include <string.h>

extern const struct demo gil_demo;

/* The shortest times --------------------------------------------------------- */

/** Where one lock is needed for all of the work, it is done in turns. */
static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    bool shares =
        strcmp(variant->name, "gil") == 0 || strcmp(variant->name, "race") == 0;
    bool is_serial = strcmp(variant->name, "own-lock") == 0;

    return is_serial || (shares && options->work == WORK_CPU)
               ? total_ns(&options->tasks)
               : 0;
}

/* What to try next ------------------------------------------------------------- */

static void next(const struct report *report, FILE *out)
{
    if (all_skipped(report))
        fprintf(out, "Too long?\tgil --ttl 0.05 0.05");
    else if (variant_named(report, "race") != NULL)
        fprintf(out, "Is Python itself like that?\tgil --only gil --python");
    else if (variant_named(report, "python") != NULL)
        fprintf(out, "And processes, with a lock each?\tall --work cpu");
    else if (report->options->work == WORK_WAIT)
        fprintf(out, "Does the lock protect what a program does?\t"
                     "gil --only race,own-lock");
    else
        fprintf(out, "And when the tasks wait?\tgil --work wait");
}

static const int64_t ttls_ns[] = {30 * NS_PER_MS, 30 * NS_PER_MS, 30 * NS_PER_MS,
                                  30 * NS_PER_MS, 0};

static const char *const look_for[] = {
    "gil: one lane computes, all others want the lock, which goes from lane to lane",
    "released: the same threads and the same lock, and as many compute as have a core",
    "with --work wait: all waits overlap, since who waits gives the lock up",
    "with --python: the same of Python itself, where main wants the lock as well",
    NULL,
};

static const char *const refutes[] = {
    "\"threads make Python compute faster\": they take turns, on however many cores",
    "\"threads are useless in Python\": waits overlap, and C code gives the lock up",
    "\"the GIL makes my program thread-safe\": not between two steps; see race",
    NULL,
};

static const struct own_option own_options[] = {
    {
        .name = "--python",
        .about =
            "run the tasks in Python too, for real, where there is a python3 on PATH",
        .kind = OWN_FLAG,
        .brings = "python",
    },
    {0},
};

static const char *const examples[] = {
    "gil",
    "gil --work wait",
    "gil --only race,own-lock",
    "gil --only sequential,gil --tasks 8",
    "gil --only gil --python",
    NULL,
};

const struct card gil_card = {
    .demo = &gil_demo,
    .summary = "threads under one global lock, as in Python",
    .question = "What can threads do at once that share one global lock?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .ttl_ns = 30 * NS_PER_MS,
    .ttls_ns = ttls_ns,
    .work = WORK_CPU,
    .outcome = gil_outcome,
    .verdict = gil_verdict,
    .ideal_ns = ideal_ns,
    .interleaving = race_interleaving,
    .next = next,
};
