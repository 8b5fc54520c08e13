// SPDX-License-Identifier: MIT
/** The card of demos/context.c. */

#include "card.h"

#include "card_words.h"
#include "context_facts.h"
#include "context_verdict.h"
#include "text/quantity.h"

extern const struct demo context_demo;

/* What is predicted ------------------------------------------------------- */

static const char *count_question(const struct options *options)
{
    (void)options;
    return "How many rows will have somebody else's words?";
}

static void count_given(const struct options *options, FILE *out)
{
    struct quantity tasks = count_text(options->tasks.count);

    if (options->tasks.count == 1)
        fprintf(out, "One request comes, and is logged in a row.");
    else
        fprintf(out,
                "%s requests come, one after the other, and each is logged in a "
                "row.",
                tasks.text);
}

static int64_t counted(const struct report *report, const struct run *run)
{
    const json_t *wrong = json_object_get(run->outcome, "rows_wrong");
    bool told = json_integer_value(json_object_get(run->outcome, "runs")) > 0;

    (void)report;
    return told && json_is_integer(wrong) ? json_integer_value(wrong) : -1;
}

/* What to try next --------------------------------------------------------- */

#define TRY_LUCK "context --ttl 0 0 0 --only pointer --repeat 30"

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report)) {
        fputs("Too long?\t", out);
        same_times("context", options, out);
        fputs(" --speed 100", out);
    } else if (options->tasks.count == 1) {
        fputs("And when somebody comes after?\tcontext --ttl 0.5 0.5", out);
    } else if (total_ns(&options->tasks) == 0) {
        fputs("And when a row takes its time to write?\tcontext", out);
    } else if (options->work == WORK_WAIT) {
        fputs("And if a row takes no time to write?\t" TRY_LUCK, out);
    } else {
        fputs("Who else is at work behind your back?\tasync --hidden", out);
    }
}

static const char *const look_for[] = {
    "inline: main replies when the row is written; else at once",
    "pointer: what was asked, and what was logged",
    "copy, owned: rows as late as with pointer, and right",
    NULL,
};

static const char *const refutes[] = {
    "\"a pointer that is good stays good\": what it points to is another's by then",
    "\"every access is locked, so it is right\"",
    "\"it passed the test\": with one request it does",
    NULL,
};

static const char *const examples[] = {
    "context",
    TRY_LUCK,
    "context --ttl 0.2 0.2 --work cpu --cores 1",
    NULL,
};

static const int64_t ttls_ns[] = {INT64_C(500000000), INT64_C(500000000),
                                  INT64_C(500000000), 0};

const struct card context_card = {
    .demo = &context_demo,
    .summary = "log a request in a thread, after the reply",
    .question = "Whose words does a thread log when its request is over?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .ttls_ns = ttls_ns,
    .outcome = context_outcome,
    .verdict = context_verdict,
    .figures = &context_figures,
    .predicts = PREDICT_COUNT,
    .count_question = count_question,
    .count_given = count_given,
    .counted = counted,
    .subject = "pointer",
    .interleaving = context_interleaving,
    .next = next,
};
