// SPDX-License-Identifier: MIT
/** The card of demos/join.c. */

#include "card.h"

#include "card_words.h"
#include "join_verdict.h"

#include <inttypes.h>

extern const struct demo join_demo;

/* Outcome ---------------------------------------------------------------- */

/** How many distinct sums of the results there were, and how often: {"8589": 2}. */
static json_t *totals(const struct timeline *timeline)
{
    char total[32];

    snprintf(total, sizeof total, "%" PRId64, told_figure(timeline, "total"));
    return json_pack("{s:i}", total, 1);
}

/** Results are expected where main came to read them. */
static json_t *outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    bool read = has_figure(timeline, "total");

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "results_expected",
                     (json_int_t)(read ? report->options->tasks.count : 0),
                     "results_ready", told_figure(timeline, "results_ready"), "failed",
                     told_figure(timeline, "failed"), "timed_out",
                     told_figure(timeline, "timed_out"), "alive_after",
                     told_figure(timeline, "alive_after"), "totals",
                     read ? totals(timeline) : json_object());
}

/* What to try next --------------------------------------------------------- */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report)) {
        fprintf(out, "Too long?\t");
        same_times("join", options, out);
        fprintf(out, " --speed 100");
    } else if (option_of(report->card, options, "--fail")) {
        fprintf(out, "And if main does not wait at all?\t");
        same_times("daemon", options, out);
    } else if (variant_named(report, "sleep") == NULL) {
        fprintf(out, "Would sleeping long enough do?\t");
        same_times("join", options, out);
        fprintf(out, " --only join,sleep");
    } else if (!option_of(report->card, options, "--load")) {
        fprintf(out, "And on a machine that has more to do?\t");
        same_times("join", options, out);
        fprintf(out, " --only join,sleep --load");
    } else {
        fprintf(out, "What does a join tell of a thread that failed?\t");
        same_times("join", options, out);
        fprintf(out, " --only join --fail 1");
    }
}

static const char *const look_for[] = {
    "one-by-one: lanes like steps; join: above each other, main blocked",
    "no-join: main reads at the start, and all threads end after that",
    "timeout: main is blocked, goes on for a while, and is blocked again",
    NULL,
};

static const char *const refutes[] = {
    "\"start means done\"",
    "\"a sleep synchronises\": it only makes being wrong rarer",
    "\"a lock would have fixed it\": it is the order that is wrong",
    NULL,
};

static const char *const examples[] = {
    "join --ttl 1 2",
    "join --ttl 1 2 --only join,sleep --load",
    "join --ttl 1 2 --only timeout --timeout 1.5",
    "join --ttl 1 2 --only join --fail 1",
    "join --ttl 10ms 20ms --only no-join --repeat 100",
    NULL,
};

/** Past the half: with 1 s and 2 s, one of them has ended by then, for sure. */
static int64_t timeout_preset(const struct tasks *tasks)
{
    return longest_ttl_ns(tasks) / 20 * 11;
}

static const struct own_option own_options[] = {
    {
        .name = "--timeout",
        .value = "T",
        .about = "how long main waits in `timeout` before it goes on",
        .kind = OWN_TIME,
        .preset = "0.55 of the longest ttl",
        .preset_of = timeout_preset,
    },
    {
        .name = "--load",
        .about = "keep the cores busy meanwhile, with two processes on each",
        .kind = OWN_FLAG,
    },
    {
        .name = "--fail",
        .value = "K",
        .about = "let task K fail: an error is all that its thread leaves",
        .kind = OWN_NUMBER,
        .min = 1,
        .max = 1000000,
        .is_task = true,
    },
    {0},
};

const struct card join_card = {
    .demo = &join_demo,
    .summary = "wait for a thread, and know that its result is there",
    .question = "When is a result there?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .outcome = outcome,
    .verdict = join_verdict,
    .next = next,
};
