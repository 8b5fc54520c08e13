// SPDX-License-Identifier: MIT
#include "join_verdict.h"

#include "card.h"
#include "card_words.h"
#include "text/quantity.h"

#include <string.h>

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

/** ", join 2.00 s": for comparison, where it ran. */
static void say_other_time(const struct look *look, const char *name)
{
    const struct variant_report *other = timed_variant(look->report, name);

    if (other != NULL)
        fprintf(look->out, ", %s %s", name,
                duration_text(other->wall.median, false).text);
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
    say_other_time(look, "sequential");
    say_other_time(look, "join");
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
    say_other_time(look, "join");
    fputc('.', look->out);
}

void join_verdict(const struct report *report, size_t index, FILE *out)
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

    if (!has_time(variant) || look.expected == 0)
        return; /* or what main told did not fit in the trace */
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(&look);
}
