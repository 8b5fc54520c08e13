// SPDX-License-Identifier: MIT
#include "async_verdict.h"

#include "async_facts.h"
#include "card_words.h"
#include "text/quantity.h"

#include <inttypes.h>
#include <string.h>

/** A wall time this far over the ideal, in parts of it, is worth a word. */
#define MUCH_OVER 0.05

/** What a verdict looks at. */
struct look {
    const struct report *report;
    const struct variant_report *variant;
    const struct options *options;
    const struct run *run; /**< the one that is drawn */
    size_t tasks;
    FILE *out;
};

static struct look look_at(const struct report *report,
                           const struct variant_report *variant, FILE *out)
{
    return (struct look){.report = report,
                         .variant = variant,
                         .options = report->options,
                         .run = shown_run(variant),
                         .tasks = report->options->tasks.count,
                         .out = out};
}

static struct quantity wall_text(const struct variant_report *variant)
{
    return duration_text(variant->wall.median, false);
}

/** ", threads 2.00 s": for comparison, where it ran. */
static void say_other(const struct look *look, const char *name)
{
    const struct variant_report *other = timed_variant(look->report, name);

    if (other != NULL)
        fprintf(look->out, ", %s %s", name, wall_text(other).text);
}

/** Memory for a task in the run of a variant that is drawn; 0: not known. */
static int64_t memory_of(const struct variant_report *variant)
{
    int64_t bytes = 0;

    if (variant == NULL || !bytes_per_task(&shown_run(variant)->timeline, &bytes))
        return 0;
    return bytes;
}

static void say_memory(const struct look *look)
{
    const struct variant_report *threads = timed_variant(look->report, "threads");
    int64_t here = memory_of(look->variant), thread = memory_of(threads);

    if (here <= 0)
        return;
    fprintf(look->out, " Each wait took %s of memory", bytes_text((uint64_t)here).text);
    if (thread > 0 && threads != look->variant)
        fprintf(look->out, " here, and a thread %s", bytes_text((uint64_t)thread).text);
    fputc('.', look->out);
}

/** How long the loop's thread was idle; or, where it took clearly longer than the
 * longest wait, what it did besides. */
static void say_idle(const struct look *look)
{
    const struct timeline *timeline = &look->run->timeline;
    int64_t longest = longest_ttl_ns(&look->options->tasks), idle, permille;

    if (timeline->lane_count == 0 || timeline->wall_ns < 1000)
        return;
    idle = timeline->lanes[0].in_state_ns[STATE_IDLE];
    permille = idle / (timeline->wall_ns / 1000);
    if (look->variant->wall.median - longest <= (int64_t)(MUCH_OVER * (double)longest))
        fprintf(look->out, " For %" PRId64 ".%" PRId64 "%% of it that thread was idle.",
                permille / 10, permille % 10);
    else
        fprintf(look->out,
                " The longest alone is %s, rounded up to a whole millisecond; for %s "
                "the thread was not idle, with %s tasks to begin and their callbacks "
                "to call, one by one.",
                chosen_text(longest).text,
                duration_text(timeline->wall_ns - idle, false).text,
                count_text(look->tasks).text);
}

static void loop_that_waits(const struct look *look)
{
    if (look->tasks == 1) {
        fprintf(look->out, "loop: a single wait takes as long as anywhere. It pays "
                           "where many wait at once.");
        return;
    }
    fprintf(look->out, "loop: %s waits went on at once, in one thread: %s",
            look->tasks == 2 ? "both" : "all", wall_text(look->variant).text);
    say_other(look, "threads");
    say_other(look, "sequential");
    fputc('.', look->out);
    say_idle(look);
    say_memory(look);
}

/** What callbacks alone take. */
static void loop_of_nothing(const struct look *look)
{
    bool computes = look->options->work == WORK_CPU;

    fprintf(look->out, "loop: the tasks take no time: %s is what %s callback%s cost%s.",
            wall_text(look->variant).text, count_text(look->tasks).text,
            look->tasks == 1 ? "" : "s",
            computes ? ""
                     : ", with what was left of a millisecond: that is what "
                       "libuv's timers count in");
}

static void loop_that_computes(const struct look *look)
{
    fprintf(look->out, "loop: %s", wall_text(look->variant).text);
    say_other(look, "sequential");
    say_other(look, "threads");
    if (look->tasks == 1)
        fprintf(look->out, ". It is computed in a callback, in the one thread.");
    else
        fprintf(look->out,
                ". One thread computes one thing at a time: while a callback computes, "
                "all others wait for their turn. A loop is concurrent, not parallel.");
}

static void verdict_on_loop(const struct look *look)
{
    if (total_ns(&look->options->tasks) == 0)
        loop_of_nothing(look);
    else if (look->options->work == WORK_CPU)
        loop_that_computes(look);
    else
        loop_that_waits(look);
}

static const char *task_name(const struct look *look, size_t task)
{
    return look->options->tasks.at[task].name;
}

/** "luke was to be called meanwhile, and came 500 ms late". */
static void say_late(const struct look *look, const struct lateness *late)
{
    if (late->count == 1)
        fprintf(look->out, "%s was due meanwhile, and was called ",
                task_name(look, late->latest));
    else if (late->count == 2)
        fprintf(look->out,
                "two tasks were due meanwhile; the one that waited longer, %s, was "
                "called ",
                task_name(look, late->latest));
    else
        fprintf(look->out,
                "%s tasks were due meanwhile; the one that waited longest, %s, was "
                "called ",
                count_text(late->count).text, task_name(look, late->latest));
    fprintf(look->out, "%s late", duration_text(late->max_ns, false).text);
}

static void verdict_on_blocked(const struct look *look)
{
    struct errand errand = errand_on_loop(&look->run->timeline);
    struct lateness late = lateness_during(&look->run->timeline, &errand);

    if (errand.end_ns <= errand.start_ns)
        return;
    fprintf(look->out,
            "blocked: one callback did not return for %s, and no other was "
            "called",
            duration_text(errand.end_ns - errand.start_ns, false).text);
    if (look->options->work == WORK_CPU)
        fprintf(look->out, "; then each one that computes held up the next, as in "
                           "loop.");
    else if (late.count == 0)
        fprintf(look->out, ". No task was due meanwhile.");
    else {
        fprintf(look->out, ": ");
        say_late(look, &late);
        fprintf(look->out, ". There is no other thread that could step in.");
    }
}

/** What computes, in the pool. */
static void offload_computing(const struct look *look)
{
    size_t threads = lanes_at_work(&look->run->timeline);

    fprintf(look->out, "offload: %s thread%s of libuv's pool computed: %s",
            count_text(threads).text, threads == 1 ? "" : "s",
            wall_text(look->variant).text);
    say_other(look, "loop");
    say_other(look, "threads");
    fputc('.', look->out);
    if (look->options->cores == 1)
        fprintf(look->out, " One core computes one thing at a time, with a pool too.");
}

static void offload_waiting(const struct look *look)
{
    struct errand errand = errand_in_pool(&look->run->timeline);
    struct lateness late = lateness_during(&look->run->timeline, &errand);

    if (errand.end_ns <= errand.start_ns)
        return;
    fprintf(look->out,
            "offload: a thread of libuv's pool was at it for %s, and the loop was free",
            duration_text(errand.end_ns - errand.start_ns, false).text);
    if (late.count == 0)
        fprintf(look->out, ".");
    else if (late.count == 1)
        fprintf(look->out, ": %s was called %s late.", task_name(look, late.latest),
                duration_text(late.max_ns, false).text);
    else
        fprintf(look->out,
                ": of %s tasks that were due meanwhile none was called more "
                "than %s late.",
                count_text(late.count).text, duration_text(late.max_ns, false).text);
}

/** What --hidden has shown. */
static void say_hidden(const struct look *look)
{
    struct thread_list first = first_list(look->run), last = last_list(look->run);

    if (first.count == 0 || last.count <= first.count)
        return;
    fprintf(look->out,
            " The program started no thread, and had %s at first, %s at last: libuv "
            "has started %s.",
            count_text(first.count).text, count_text(last.count).text,
            count_text(last.count - first.count).text);
}

static void verdict_on_offload(const struct look *look)
{
    if (look->options->work == WORK_CPU)
        offload_computing(look);
    else
        offload_waiting(look);
    say_hidden(look);
}

static void verdict_on_race(const struct look *look)
{
    json_int_t expected = outcome_of(look->variant, "expected");
    json_int_t lost = outcome_of(look->variant, "lost");

    if (look->tasks == 1) {
        fprintf(look->out, "race: one task has nobody to race with.");
        return;
    }
    if (expected == 0)
        return; /* what main told did not fit in the trace */
    fprintf(look->out, "race: ");
    if (look->variant->run_count > 1)
        fprintf(look->out, "in %s runs ", count_text(look->variant->run_count).text);
    fprintf(look->out, "%s of %s additions %s lost, and there was one thread. ",
            count_text((uint64_t)lost).text, count_text((uint64_t)expected).text,
            lost == 1 ? "was" : "were");
    if (lost > 0)
        fprintf(look->out, "No callback interrupts another, but between two of the "
                           "same task all others have their turn: what was read before "
                           "a wait may be out of date after it.");
}

/** Where nothing else is said. */
static void verdict_on_threads(const struct look *look)
{
    if (timed_variant(look->report, "loop") != NULL ||
        look->options->work == WORK_CPU || look->tasks == 1)
        return;
    fprintf(look->out, "threads: each wait had a thread of its own.");
    say_memory(look);
}

void async_verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {
        {"threads", verdict_on_threads}, {"loop", verdict_on_loop},
        {"blocked", verdict_on_blocked}, {"offload", verdict_on_offload},
        {"race", verdict_on_race},
    };
    const struct variant_report *variant = &report->variants[index];
    struct look look;

    if (!has_time(variant))
        return;
    look = look_at(report, variant, out);
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(&look);
}
