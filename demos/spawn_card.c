// SPDX-License-Identifier: MIT
/** The card of demos/spawn.c. */

#include "card.h"

#include "card_words.h"
#include "spawn_facts.h"
#include "spawn_verdict.h"
#include "stage/clock.h"

extern const struct demo spawn_demo;

/* What to try next ------------------------------------------------------------ */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report)) {
        fprintf(out, "Too long?\t");
        same_times("spawn", options, out);
        fprintf(out, " --speed 100");
    } else if (options->programs == NULL && options->work == WORK_WAIT) {
        fprintf(out, "And programs of yours?\t"
                     "spawn -- sh -c 'echo hello; sleep 0.2; exit 3' -- sleep 0.4");
    } else if (options->programs == NULL) {
        fprintf(out, "What does each way to compute cost?\tall --work cpu");
    } else {
        fprintf(out, "What is cheaper than a program?\tall --ttl 0");
    }
}

static const char *const look_for[] = {
    "posix_spawn returns at once: in parallel all programs run, and main only reads",
    "luke and darthvader are conc itself, which waits or computes; or name programs",
    "what each printed, on its standard output or its standard error, from a pipe",
    "how each ended: a status from 0 to 255, or the signal that ended it",
    NULL,
};

static const char *const refutes[] = {
    "\"to run two programs at once I need threads\": each is a process of its own",
    "\"first I wait for a program, then I read what it printed\": once the pipe is "
    "full "
    "it waits for you, and you for it",
    "\"a program that cannot be started is a child that fails\": posix_spawn itself "
    "returns why",
    NULL,
};

static const char *const examples[] = {
    "spawn",
    "spawn --ttl 1 2 --work cpu",
    "spawn -- sh -c 'echo hello; sleep 0.2; exit 3' -- sleep 0.4",
    "spawn -- seq 100000 -- sh -c 'kill -9 $$'",
    "spawn --limit 0.5 --only parallel -- sleep 100 -- sleep 0.1",
    NULL,
};

const struct card spawn_card = {
    .demo = &spawn_demo,
    .summary = "run other programs, and take what they print",
    .question = "How does a program run other programs, at the same time?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .takes_programs = true,
    .measures_flows = true,
    .outcome = spawn_outcome,
    .verdict = spawn_verdict,
    .next = next,
};
