// SPDX-License-Identifier: MIT
/** The card of demos/async.c. */

#include "card.h"

#include "async_facts.h"
#include "async_verdict.h"
#include "card_words.h"
#include "race_exhibits.h"
#include "stage/clock.h"

extern const struct demo async_demo;

/* Outcome ---------------------------------------------------------------- */

/** What is not to be added up over the runs: of each run one; NULL: none. */
static json_t *of_run(bool is_known, int64_t value)
{
    return is_known ? json_pack("[I]", (json_int_t)value) : NULL;
}

static json_t *outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    struct thread_list first = first_list(run), last = last_list(run);
    struct lateness late = lateness(timeline);
    bool waits = report->options->work == WORK_WAIT && late.count > 0;
    int64_t bytes = 0;
    bool has_bytes = bytes_per_task(timeline, &bytes);
    json_t *figures = json_pack("{s:I, s:o*, s:o*, s:o*, s:o*}", "tasks",
                                (json_int_t)tasks_done(timeline), "late_max_ns",
                                of_run(waits, late.max_ns), "bytes_per_task",
                                of_run(has_bytes, bytes), "threads_at_first",
                                names_json(&first), "threads", names_json(&last));

    if (figures != NULL && has_figure(timeline, "actual")) {
        json_int_t expected = told_figure(timeline, "expected");
        json_int_t actual = told_figure(timeline, "actual");

        json_object_set_new(figures, "expected", json_integer(expected));
        json_object_set_new(figures, "actual", json_integer(actual));
        json_object_set_new(figures, "lost", json_integer(expected - actual));
    }
    return figures;
}

/* The shortest times ------------------------------------------------------- */

static int64_t block_ns(const struct options *options)
{
    return option_of(options->card, options, "--block");
}

/** When what takes long begins, as the lesson plans it. */
static int64_t block_begins_ns(const struct options *options)
{
    int64_t first_ns = shortest_ttl_ns(&options->tasks);

    if (options->work == WORK_CPU)
        return 0;
    return first_ns > block_ns(options) / 2 ? first_ns - block_ns(options) / 2 : 0;
}

static int64_t sum_of(int64_t a, int64_t b)
{
    return a < INT64_MAX - b ? a + b : INT64_MAX;
}

/** One thread computes one thing at a time; and what takes long has to end, too. */
static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    bool blocks = variant_is(variant, "blocked"),
         gives = variant_is(variant, "offload");
    bool computes = options->work == WORK_CPU;
    int64_t end_ns = sum_of(block_begins_ns(options), block_ns(options));
    int64_t ns;

    if (variant->shape == SHAPE_SERIAL || variant_is(variant, "threads"))
        return 0;
    if (computes && !gives)
        return sum_of(total_ns(&options->tasks), blocks ? block_ns(options) : 0);
    ns = ideal_of_variant(variant, &options->tasks, computes, options->cores);
    return (blocks || gives) && end_ns > ns ? end_ns : ns;
}

/* Exhibits ----------------------------------------------------------------- */

static bool interleaving(const struct report *report, size_t variant,
                         struct interleaving *interleaving)
{
    return variant_is(report->variants[variant].variant, "race") &&
           race_interleaving(report, variant, interleaving);
}

/* What to try next --------------------------------------------------------- */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;
    const struct variant_report *loop = variant_named(report, "loop");

    if (all_skipped(report))
        fprintf(out, "Too long?\tasync --ttl 0.1 0.2");
    else if (loop == NULL && variant_named(report, "threads") != NULL)
        fprintf(out, "And in one thread?\tasync --only loop --tasks %zu",
                options->tasks.count);
    else if (variant_named(report, "race") != NULL)
        fprintf(out, "And when the tasks compute?\tasync --work cpu");
    else if (options->work == WORK_CPU && variant_named(report, "offload") == NULL)
        fprintf(out, "Who could compute for the loop?\t"
                     "async --work cpu --only loop,offload --hidden");
    else if (variant_named(report, "blocked") != NULL ||
             variant_named(report, "offload") != NULL)
        fprintf(out, "One thread: can nothing race?\tasync --only race");
    else
        fprintf(out, "And if one callback takes long?\t"
                     "async --only loop,blocked,offload");
}

/** So that all three variants together take some seconds, and no more. */
static const int64_t ttls_ns[] = {500 * NS_PER_MS, 1000 * NS_PER_MS, 0};

static const char *const look_for[] = {
    "loop: all tasks wait at once, and the one thread is idle",
    "blocked: tasks that are due, and have to wait until a callback returns",
    "--work cpu: the tasks' lanes are ready one below the other, as in sequential",
    NULL,
};

static const char *const refutes[] = {
    "\"async is parallel\": one thread computes one thing at a time",
    "\"blocking in a callback is harmless\": see blocked",
    "\"one thread, so nothing can race\": see race",
    NULL,
};

static const char *const examples[] = {
    "async",
    "async --work cpu",
    "async --only loop,blocked,offload",
    "async --only race",
    "async --only threads,loop --tasks 10000 --ttl 1",
    "async --only offload --hidden",
    NULL,
};

static int64_t block_preset(const struct tasks *tasks)
{
    return longest_ttl_ns(tasks) / 2;
}

static const struct own_option own_options[] = {
    {
        .name = "--block",
        .value = "T",
        .about = "how long a callback does not return in `blocked`; in `offload` a "
                 "thread of libuv's pool takes that long",
        .kind = OWN_TIME,
        .preset = "half of the longest ttl",
        .preset_of = block_preset,
    },
    {
        .name = "--hidden",
        .about = "list the threads that there are, by their real names",
        .kind = OWN_FLAG,
    },
    {0},
};

static bool is_chosen(const struct options *options, const char *name)
{
    for (size_t i = 0; async_demo.variants[i].name != NULL; i++)
        if (variant_is(&async_demo.variants[i], name))
            return options->chosen[i];
    return false;
}

/** A time that nothing takes would be ignored. */
static const char *objects(const struct options *options)
{
    if (block_ns(options) != block_preset(&options->tasks) &&
        !is_chosen(options, "blocked") && !is_chosen(options, "offload"))
        return "--block is how long something takes in the variants blocked and "
               "offload: it needs --with blocked";
    return NULL;
}

const struct card async_card = {
    .demo = &async_demo,
    .summary = "wait for many things in one thread, on an event loop",
    .question = "How do many waits fit into one thread?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .ttls_ns = ttls_ns,
    .objects = objects,
    .outcome = outcome,
    .verdict = async_verdict,
    .subject = "loop",
    .ideal_ns = ideal_ns,
    .interleaving = interleaving,
    .next = next,
};
