// SPDX-License-Identifier: MIT
/** The card of demos/fork.c. */

#include "card.h"

#include "card_words.h"
#include "fork_facts.h"
#include "fork_verdict.h"

extern const struct demo fork_demo;

/* What to try next ------------------------------------------------------------ */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report)) {
        fprintf(out, "Too long?\t");
        same_times("fork", options, out);
        fprintf(out, " --speed 100");
    } else if (variant_named(report, "no-wait") != NULL) {
        fprintf(out, "Does computing need a core each?\tfork --ttl 1 2 --work cpu");
    } else if (variant_named(report, "unflushed") != NULL) {
        fprintf(out, "What if nobody waits for the children?\t"
                     "fork --ttl 1 2 --only no-wait");
    } else if (options->work == WORK_WAIT && options->tasks.count > 1) {
        fprintf(out, "Why does a line that was printed once come out twice?\t"
                     "fork --ttl 0.5 --only unflushed");
    } else if (options->work == WORK_WAIT) {
        fprintf(out, "Who is a zombie for long?\tfork --ttl 2 1");
    } else {
        fprintf(out, "How many processes are too many?\tfork --tasks 500 --ttl 1");
    }
}

static const char *const look_for[] = {
    "one address, different values: the child counts in a copy",
    "a child that has ended is a zombie until its parent waits for it",
    "waitpid tells the exit status, or the signal that killed the child",
    NULL,
};

static const char *const refutes[] = {
    "\"a child shares my variables\"",
    "\"output appears once\"",
    "\"a process that has ended is gone\"",
    NULL,
};

static const char *const examples[] = {
    "fork --ttl 1 2",
    "fork --ttl 2 1",
    "fork --ttl 0.5 --only unflushed",
    "fork --ttl 1 2 --only no-wait",
    "fork --tasks 500 --ttl 1",
    NULL,
};

/** The parent is darthvader. */
static const char *const names[] = {
    "luke", "leia", "han", "yoda", "chewbacca", "lando", "obiwan", "r2d2", "c3po", NULL,
};

const struct card fork_card = {
    .demo = &fork_demo,
    .summary = "fork a child process for every task",
    .question = "What does a process get a copy of?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .names = names,
    .outcome = fork_outcome,
    .verdict = fork_verdict,
    .next = next,
};
