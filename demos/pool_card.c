// SPDX-License-Identifier: MIT
/** The card of demos/pool.c. */

#include "card.h"

#include "card_words.h"
#include "pool_facts.h"
#include "text/quantity.h"

#include <string.h>

extern const struct demo pool_demo;

/** The most workers: libuv's pool has no more threads. */
#define MOST_WORKERS 1024

/** A part of a time from here on is worth a word. */
#define NOTABLE 0.01

static bool has_workers(const struct variant *variant)
{
    return strcmp(variant->name, "pool") == 0 ||
           strcmp(variant->name, "processes") == 0 || strcmp(variant->name, "uv") == 0;
}

/* Ideal ------------------------------------------------------------------- */

/**
 * No schedule of tasks on so many workers takes less than the longest of them, nor than
 * all of them shared out evenly; computing, nor than shared out among the cores.
 * Taking them from a list, as they come, takes less than twice that (Graham, "Bounds on
 * multiprocessing timing anomalies", 1969).
 */
static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    int64_t at_once = option_of(options->card, options, "--workers");
    int64_t longest = longest_ttl_ns(&options->tasks), shared;

    if (!has_workers(variant))
        return 0;
    if (options->work == WORK_CPU && options->cores < at_once)
        at_once = options->cores;
    shared = total_ns(&options->tasks) / (at_once > 0 ? at_once : 1);
    return shared > longest ? shared : longest;
}

/* Verdict ---------------------------------------------------------------- */

/** What a verdict looks at. */
struct look {
    const struct report *report;
    const struct options *options;
    const struct variant_report *variant;
    struct pool_facts facts; /**< of the run that is drawn */
    size_t tasks, workers;
    FILE *out;
};

static struct quantity time_of(int64_t ns)
{
    return duration_text(ns, false);
}

static bool is_notable(const struct look *look, int64_t ns)
{
    return (double)ns > NOTABLE * (double)shown_run(look->variant)->wall_ns;
}

/** "2 workers did 5 tasks". */
static void begin(const struct look *look)
{
    fprintf(look->out, "%s: %s worker%s did %s task%s", look->variant->variant->name,
            count_text(look->workers).text, look->workers == 1 ? "" : "s",
            count_text(look->tasks).text, look->tasks == 1 ? "" : "s");
}

static void say_rate(const struct look *look)
{
    double per_s =
        (double)look->tasks * 1e9 / (double)shown_run(look->variant)->wall_ns;

    fprintf(look->out, ", %s a second.", count_text((uint64_t)per_s).text);
}

/** How the workers' time was spent besides. */
static void say_idle(const struct look *look)
{
    if (is_notable(look, look->facts.idle_ns))
        fprintf(look->out, ", and had nothing to do for %s%s",
                time_of(look->facts.idle_ns).text,
                look->workers > 1 ? ", taken together" : "");
    fputc('.', look->out);
    if (look->workers > look->tasks && look->facts.unused > 0)
        fprintf(look->out, " More workers than tasks: %s of them had none.",
                count_text(look->facts.unused).text);
}

static void say_queue(const struct look *look)
{
    const struct pool_facts *facts = &look->facts;

    if (facts->longest == TASK_NONE || !is_notable(look, facts->longest_ns))
        return;
    if (facts->queued == 1) {
        fprintf(look->out, " The task waited in the queue for %s.",
                time_of(facts->longest_ns).text);
        return;
    }
    fprintf(look->out, " In the queue, a task waited for %s on average, %s for %s.",
            time_of(facts->queue_ns / (int64_t)facts->queued).text,
            look->options->tasks.at[facts->longest].name,
            time_of(facts->longest_ns).text);
}

static void say_order(const struct look *look)
{
    const struct pool_facts *facts = &look->facts;
    const struct task *tasks = look->options->tasks.at;

    if (is_notable(look, facts->overtaken_ns))
        fprintf(look->out,
                " %s was submitted before %s, and done after it; main takes the "
                "results in the order of submitting all the same.",
                tasks[facts->early].name, tasks[facts->late].name);
}

static void say_held_up(const struct look *look)
{
    if (option_of(look->report->card, look->options, "--queue") > 0 &&
        is_notable(look, look->facts.held_up_ns))
        fprintf(look->out,
                " The queue was full, and held main up for %s: that is back-pressure.",
                time_of(look->facts.held_up_ns).text);
}

/** What more workers than cores bring, to tasks that compute. */
static void say_cores(const struct look *look)
{
    unsigned cores = look->options->cores;

    if (look->options->work == WORK_CPU && look->workers > cores && look->tasks > cores)
        fprintf(look->out,
                " Computing takes cores, and there %s: no more workers than that are "
                "at work at a time.",
                cores == 1   ? "is 1"
                : cores == 2 ? "are 2"
                             : "are fewer than workers");
}

/** Whether it is this variant's to tell of a failure: pool's, or, where that did not
 * run, that of the first one in which somebody else does the tasks. */
static bool tells_of_failure(const struct look *look)
{
    const struct variant_report *teller = variant_named(look->report, "pool");

    for (size_t i = 0; i < look->report->variant_count && teller == NULL; i++)
        if (&look->report->variants[i] != sequential_of(look->report))
            teller = &look->report->variants[i];
    return teller == look->variant && look->facts.failed != TASK_NONE &&
           look->facts.failure_out_ns >= 0;
}

static void say_failed(const struct look *look)
{
    const struct pool_facts *facts = &look->facts;

    if (!tells_of_failure(look))
        return;
    fprintf(look->out,
            " %s failed at %s. Nothing was seen of that until its result was asked "
            "for, at %s: there the error came out.",
            look->options->tasks.at[facts->failed].name, time_of(facts->failed_ns).text,
            time_of(facts->failure_out_ns).text);
}

static void verdict_on_pool(const struct look *look)
{
    begin(look);
    if (look->facts.done == 0)
        say_rate(look);
    else
        say_idle(look);
    if (look->facts.failed != TASK_NONE) {
        say_failed(look);
    } else if (look->variant->sweep_count > 0) {
        pool_say_sweep(look->report, look->variant, look->out);
    } else {
        say_queue(look);
        say_order(look);
        say_held_up(look);
        say_cores(look);
    }
}

static void verdict_on_threads(const struct look *look)
{
    if (!tells_of_failure(look))
        return;
    fprintf(look->out, "threads:");
    say_failed(look);
}

static void verdict_on_processes(const struct look *look)
{
    int64_t lost = told_figure(&shown_run(look->variant)->timeline, "workers_lost");

    begin(look);
    if (lost > 0)
        fprintf(look->out,
                ". %s of them died, and %s place was taken; a task that %s at work on "
                "was given to another.",
                count_text((uint64_t)lost).text, lost == 1 ? "its" : "their",
                lost == 1 ? "it was" : "they were");
    else
        fprintf(
            look->out,
            ". What they are to do is sent to them, and what comes of it sent back: "
            "processes share no memory by themselves.");
    say_failed(look);
}

static void verdict_on_uv(const struct look *look)
{
    begin(look);
    fprintf(look->out,
            ". No line of the program starts %s: libuv does, with the first request, "
            "and they stay until the program ends.",
            look->workers == 1 ? "its thread" : "their threads");
    say_failed(look);
}

static void verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {
        {"threads", verdict_on_threads},
        {"pool", verdict_on_pool},
        {"processes", verdict_on_processes},
        {"uv", verdict_on_uv},
    };
    const struct variant_report *variant = &report->variants[index];
    struct look look = {
        .report = report,
        .options = report->options,
        .variant = variant,
        .tasks = report->options->tasks.count,
        .workers = (size_t)option_of(report->card, report->options, "--workers"),
        .out = out,
    };

    if (!has_time(variant) ||
        pool_facts(&shown_run(variant)->timeline, &look.facts) != 0)
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(&look);
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
    .verdict = verdict,
    .operation = "one round trip, from submitting a task to its result,",
    .ideal_ns = ideal_ns,
    .next = next,
};
