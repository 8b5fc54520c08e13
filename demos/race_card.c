// SPDX-License-Identifier: MIT
/** The card of demos/race.c. */

#include "card.h"

#include "card_words.h"
#include "race_exhibits.h"
#include "race_verdict.h"
#include "text/quantity.h"

#include <string.h>

extern const struct demo race_demo;

/* Outcome ---------------------------------------------------------------- */

/** A run that was cut off does not count, even where it had told all by then. */
static json_t *outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    json_int_t runs = run->ending == ENDING_RETURN && has_figure(timeline, "actual");
    json_int_t expected = runs * told_figure(timeline, "expected");
    json_int_t actual = runs * told_figure(timeline, "actual");
    bool sells = race_sells(report);
    json_int_t lost = sells ? actual - expected : expected - actual;
    json_t *figures =
        json_pack("{s:I, s:I, s:I, s:I, s:I}", "expected", expected, "actual", actual,
                  "lost", lost, "runs", runs, "runs_with_loss", (json_int_t)(lost > 0));

    if (figures != NULL && sells)
        json_object_set_new(figures, "sold_twice", json_integer(lost));
    return figures;
}

/* What is predicted ------------------------------------------------------- */

static const char *count_question(const struct options *options)
{
    return option_of(options->card, options, "--story") != 0
               ? "How many tickets will be sold in the end?"
               : "What will the counter show at the end?";
}

static void count_given(const struct options *options, FILE *out)
{
    struct quantity times =
        count_text((uint64_t)option_of(options->card, options, "--count"));
    struct quantity tasks = count_text(options->tasks.count);
    bool sells = option_of(options->card, options, "--story") != 0;
    bool once = strcmp(times.text, "1") == 0;

    if (sells)
        fprintf(out, "There %s %s seat%s, and each of %s tasks tries to sell one",
                once ? "is" : "are", times.text, once ? "" : "s", tasks.text);
    else
        fprintf(out, "A counter is 0, and each of %s tasks adds 1", tasks.text);
    if (!once)
        fprintf(out, ", %s times", times.text);
    fputc('.', out);
}

static int64_t counted(const struct report *report, const struct run *run)
{
    const json_t *actual = json_object_get(run->outcome, "actual");
    bool told = json_integer_value(json_object_get(run->outcome, "runs")) > 0;

    (void)report;
    return told && json_is_integer(actual) ? json_integer_value(actual) : -1;
}

/* Ideal ------------------------------------------------------------------- */

/** With --natural no work is done under a lock; and `faster` does a tenth of it. */
static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    struct variant concurrent = {.shape = SHAPE_CONCURRENT};
    bool natural = option_of(options->card, options, "--natural") != 0;
    bool is_faster = strcmp(variant->name, "faster") == 0;
    int64_t ns;

    if (!is_faster && (!natural || strcmp(variant->name, "mutex") != 0))
        return 0;
    ns = ideal_of_variant(&concurrent, &options->tasks, options->work == WORK_CPU,
                          options->cores);
    return is_faster ? ns / 10 : ns;
}

/* What to try next --------------------------------------------------------- */

#define TRY_NO_FIXES "race --only sleep,check-twice,wrong-lock,lock-writes,faster"

static bool has_no_fix(const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (report->variants[i].variant->extra)
            return true;
    return false;
}

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;
    bool natural = option_of(report->card, options, "--natural") != 0;
    bool sells = race_sells(report);

    if (all_skipped(report) || options->tasks.count == 1)
        fprintf(out, "Two threads, and quickly?\trace --ttl 0.1 0.1");
    else if (has_no_fix(report) && !sells)
        fprintf(out, "And what is no number?\trace --story tickets");
    else if (has_no_fix(report))
        fprintf(out, "What else can come of locks?\tdeadlock");
    else if (natural && option_of(report->card, options, "--count") == 1)
        fprintf(out,
                "And with more to be lost?\t"
                "race%s --only unsafe --natural --count 1000000 --repeat 30",
                sells ? " --story tickets" : "");
    else if (sells)
        fprintf(out, "Would it help to check twice?\t"
                     "race --story tickets --only check-twice,lock-writes");
    else if (natural)
        fprintf(out, "Would one of these have helped?\t" TRY_NO_FIXES);
    else
        fprintf(out, "How often, if it is left to luck?\t"
                     "race --only unsafe --natural --repeat 30");
}

static const char *const look_for[] = {
    "unsafe: what each thread read, and what it wrote then",
    "mutex: the work is done in turns; one-step: the lock is held for a moment only",
    "what one update costs, alone and with all threads at it",
    NULL,
};

static const char *const refutes[] = {
    "\"it ran, so it is right\": see --natural, run after run",
    "\"counter++ is one step\": it reads, adds, and writes",
    "\"a faster machine removes the race\": see faster",
    "\"this unlocked read is harmless\": see lock-writes",
    "\"any lock will do\": see wrong-lock",
    NULL,
};

static const char *const examples[] = {
    "race",
    "race --story tickets",
    "race --only unsafe --natural --count 1000000 --repeat 30",
    TRY_NO_FIXES,
    NULL,
};

static int64_t count_preset(const struct tasks *tasks)
{
    (void)tasks;
    return 1;
}

static const struct own_option own_options[] = {
    {
        .name = "--story",
        .value = "counter|tickets",
        .about = "add 1 to a count, or sell seats as long as there are any",
        .kind = OWN_WORD,
        .preset = "counter",
    },
    {
        .name = "--count",
        .value = "N",
        .about = "how often each thread adds 1; or how many seats there are, and how "
                 "often each thread tries to sell one",
        .kind = OWN_NUMBER,
        .min = 1,
        .max = 1000000,
        .preset = "1",
        .preset_of = count_preset,
    },
    {
        .name = "--natural",
        .about = "leave it to luck: no work between reading and writing, nothing "
                 "arranged",
        .kind = OWN_FLAG,
    },
    {
        .name = "--load",
        .about = "keep the cores busy meanwhile, with two processes on each",
        .kind = OWN_FLAG,
    },
    {0},
};

/** Without a gap there is none to be made shorter. */
static const char *objects(const struct options *options)
{
    for (size_t i = 0; race_demo.variants[i].name != NULL; i++)
        if (options->chosen[i] && strcmp(race_demo.variants[i].name, "faster") == 0 &&
            option_of(options->card, options, "--natural") != 0)
            return "--natural leaves no work between reading and writing: it excludes "
                   "the variant faster";
    return NULL;
}

const struct card race_card = {
    .demo = &race_demo,
    .summary = "let threads update the same number, safely and not",
    .question = "Who loses an update?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .ttl_ns = INT64_C(100000000),
    .objects = objects,
    .outcome = outcome,
    .verdict = race_verdict,
    .predicts = PREDICT_COUNT,
    .count_question = count_question,
    .count_given = count_given,
    .counted = counted,
    .operation = "one update",
    .ideal_ns = ideal_ns,
    .interleaving = race_interleaving,
    .histogram = race_histogram,
    .next = next,
};
