// SPDX-License-Identifier: MIT
/** The card of demos/join.c. */

#include "card.h"

#include "card_words.h"
#include "text/quantity.h"

#include <inttypes.h>
#include <string.h>

extern const struct demo join_demo;

/** Wall times this far apart, in parts of them, are worth a word. */
#define APART 0.05

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

/* Verdict ---------------------------------------------------------------- */

/** What a verdict looks at. */
struct look {
    const struct report *report;
    const struct variant_report *variant;
    size_t tasks;
    json_int_t expected, ready, failed; /**< of all runs */
    int64_t load, fail;
    FILE *out;
};

static struct look look_at(const struct report *report,
                           const struct variant_report *variant, FILE *out)
{
    const struct options *options = report->options;

    return (struct look){
        .report = report,
        .variant = variant,
        .tasks = options->tasks.count,
        .expected = outcome_of(variant, "results_expected"),
        .ready = outcome_of(variant, "results_ready"),
        .failed = outcome_of(variant, "failed"),
        .load = option_of(report->card, options, "--load"),
        .fail = option_of(report->card, options, "--fail"),
        .out = out,
    };
}

/** "no-join: ", "no-join: in 9 runs, ". */
static void begin(const struct look *look)
{
    size_t runs = look->variant->run_count;

    fprintf(look->out, "%s: ", look->variant->variant->name);
    if (runs > 1)
        fprintf(look->out, "in %s runs, ", count_text(runs).text);
}

/** "both results were there", "4 of 18 results were there". */
static void say_count(const struct look *look)
{
    struct quantity all = count_text((uint64_t)look->expected);

    if (look->expected == 1)
        fprintf(look->out, "the result was %sthere", look->ready == 0 ? "not " : "");
    else if (look->ready == 0 && look->expected == 2)
        fprintf(look->out, "neither result was there");
    else if (look->ready == 0)
        fprintf(look->out, "none of %s results was there", all.text);
    else if (look->ready == look->expected && look->expected == 2)
        fprintf(look->out, "both results were there");
    else if (look->ready == look->expected)
        fprintf(look->out, "all %s results were there", all.text);
    else
        fprintf(look->out, "%s of %s results %s there",
                count_text((uint64_t)look->ready).text, all.text,
                look->ready == 1 ? "was" : "were");
}

/** "both results were there", "1 of 2 results was there, and 1 error". */
static void say_ready(const struct look *look)
{
    say_count(look);
    if (look->failed > 0)
        fprintf(look->out, ", and %s error%s", count_text((uint64_t)look->failed).text,
                look->failed == 1 ? "" : "s");
}

static const char *both_or_all_threads(size_t count)
{
    return count == 1 ? "the thread" : count == 2 ? "both threads" : "all threads";
}

/** "when both threads had been joined, ". */
static void say_when(const struct look *look, const char *what)
{
    fprintf(look->out, "when %s had been %s, ", both_or_all_threads(look->tasks), what);
}

static void verdict_on_join(const struct look *look)
{
    begin(look);
    say_when(look, "joined");
    say_ready(look);
    fputc('.', look->out);
    if (look->failed > 0)
        fprintf(
            look->out,
            " %s had left the error in place of its result. uv_thread_join returned "
            "0 for it as for any other: it tells that a thread has ended, not how.",
            look->report->options->tasks.at[look->fail - 1].name);
}

/** Whether each thread had ended before the next one was started. */
static bool never_two_at_once(const struct timeline *timeline)
{
    for (size_t i = 2; i < timeline->lane_count; i++)
        if (timeline->lanes[i].start_ns < timeline->lanes[i - 1].end_ns)
            return false;
    return true;
}

static void say_other_time(const struct look *look,
                           const struct variant_report *variant)
{
    if (variant != NULL && has_time(variant))
        fprintf(look->out, ", %s %s", variant->variant->name,
                duration_text(variant->wall.median, false).text);
}

static void verdict_on_one_by_one(const struct look *look)
{
    if (look->tasks == 1) {
        fprintf(look->out, "With one task, one-by-one does what join does.");
        return;
    }
    if (!never_two_at_once(&shown_run(look->variant)->timeline))
        return;
    fprintf(look->out, "one-by-one: no two threads were alive at once. It took %s",
            duration_text(look->variant->wall.median, false).text);
    say_other_time(look, sequential_of(look->report));
    say_other_time(look, variant_named(look->report, "join"));
    fputc('.', look->out);
}

static void verdict_on_no_join(const struct look *look)
{
    begin(look);
    say_when(look, "started");
    say_ready(look);
    if (look->ready > 0)
        fprintf(look->out, ", by luck: main had not waited.");
    else if (look->failed > 0)
        fputc('.', look->out);
    else
        fprintf(look->out, "; a lock would not help, as nothing was written yet.");
}

/** The name of the one thread that main found alive; NULL: there were others too. */
static const char *one_alive(const struct timeline *timeline)
{
    const struct lane *found = NULL, *lane;

    for (size_t i = 0; i < timeline->lanes[0].mark_count; i++) {
        const struct mark *mark = &timeline->lanes[0].marks[i];

        if (mark->kind != EVENT_JOIN_FAIL || mark->value != 0 ||
            (lane = timeline_lane(timeline, mark->object)) == found)
            continue;
        if (found != NULL || lane == NULL)
            return NULL;
        found = lane;
    }
    return found != NULL ? found->name : NULL;
}

/** "darthvader was still alive", "2 of 8 threads were still alive". */
static void say_alive(const struct look *look, json_int_t alive)
{
    const char *name = one_alive(&shown_run(look->variant)->timeline);

    if (look->expected == 1)
        fprintf(look->out, "the thread was still alive");
    else if (look->expected == (json_int_t)look->tasks && alive == 1 && name != NULL)
        fprintf(look->out, "%s was still alive", name);
    else if (look->expected == alive && look->variant->run_count == 1)
        fprintf(look->out, "%s were still alive", both_or_all_threads(look->tasks));
    else
        fprintf(look->out, "%s of %s threads %s still alive",
                count_text((uint64_t)alive).text,
                count_text((uint64_t)look->expected).text, alive == 1 ? "was" : "were");
}

/** Some of those that were given up had ended by the time they were asked about. */
static void say_given_up(const struct look *look, json_int_t given_up, json_int_t alive)
{
    fprintf(look->out, "main gave up on %s of %s threads; asked then, ",
            count_text((uint64_t)given_up).text,
            count_text((uint64_t)look->expected).text);
    if (alive == 0)
        fprintf(look->out, "none was alive any more");
    else
        fprintf(look->out, "%s %s still alive", count_text((uint64_t)alive).text,
                alive == 1 ? "was" : "were");
}

static void verdict_on_timeout(const struct look *look)
{
    json_int_t given_up = outcome_of(look->variant, "timed_out");
    json_int_t alive = outcome_of(look->variant, "alive_after");
    const struct options *options = look->report->options;
    int64_t limit_ns = option_of(look->report->card, options, "--timeout");

    begin(look);
    if (given_up == 0)
        fprintf(look->out, "%s had ended within %s", both_or_all_threads(look->tasks),
                chosen_text(limit_ns).text);
    else
        fprintf(look->out, "after %s ", chosen_text(limit_ns).text);
    if (given_up > 0 && given_up == alive)
        say_alive(look, alive);
    else if (given_up > 0)
        say_given_up(look, given_up, alive);
    if (alive > 0)
        fprintf(look->out, ". Giving up a wait ends no thread: main went on, joined "
                           "later");
    fprintf(look->out, ", and ");
    say_ready(look);
    fputc('.', look->out);
}

static void say_why_late(const struct look *look)
{
    const struct options *options = look->report->options;
    int64_t without_core_ns = ready_ns(look->variant);

    if (look->load)
        fprintf(look->out, " Two busy processes a core wanted the cores as well.");
    else if (options->work == WORK_CPU && look->tasks > options->cores)
        fprintf(look->out, " More tasks than cores take turns, and need longer.");
    else if (without_core_ns > 0 && look->variant->run_count == 1)
        fprintf(look->out, " %s ready, without a core, for %s.",
                look->tasks == 1 ? "The thread was" : "Together, the threads were",
                duration_text(without_core_ns, false).text);
    fprintf(look->out,
            " A sleep knows that time has passed, not that a thread has ended.");
}

static void verdict_on_sleep(const struct look *look)
{
    begin(look);
    fprintf(look->out, "after the longest ttl and a margin, ");
    say_ready(look);
    fputc('.', look->out);
    if (look->ready + look->failed < look->expected)
        say_why_late(look);
    else
        fprintf(look->out, " This time it was long enough%s; nothing makes it so.",
                look->load ? ", even beside the load" : "");
}

/** The one total that all runs of a variant came to; NULL: none, or not one. */
static const char *total_of(const struct variant_report *variant)
{
    json_t *all = variant != NULL ? json_object_get(variant->outcome, "totals") : NULL;

    return json_object_size(all) == 1 ? json_object_iter_key(json_object_iter(all))
                                      : NULL;
}

static void verdict_on_other_order(const struct look *look)
{
    const struct variant_report *join = variant_named(look->report, "join");
    const char *total = total_of(look->variant), *other = total_of(join);

    begin(look);
    fprintf(look->out, "joined from the last to the first, ");
    say_ready(look);
    if (total != NULL && other != NULL && strcmp(total, other) == 0)
        fprintf(look->out, ", with the same sum as in join");
    fprintf(look->out, ". It took %s",
            duration_text(look->variant->wall.median, false).text);
    if (join != NULL)
        say_other_time(look, join);
    fputc('.', look->out);
}

static void verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {
        {"join", verdict_on_join},       {"one-by-one", verdict_on_one_by_one},
        {"no-join", verdict_on_no_join}, {"timeout", verdict_on_timeout},
        {"sleep", verdict_on_sleep},     {"other-order", verdict_on_other_order},
    };
    const struct variant_report *variant = &report->variants[index];
    struct look look = look_at(report, variant, out);

    if (!has_time(variant))
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(&look);
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
    .verdict = verdict,
    .next = next,
};
