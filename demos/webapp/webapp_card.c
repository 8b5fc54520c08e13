// SPDX-License-Identifier: MIT
/** The card of demos/webapp/webapp.c. */

#include "card.h"

#include "card_words.h"
#include "webapp_verdict.h"

#include <string.h>

extern const struct demo webapp_demo;

/** As many searches as one client makes; and bytes of what is searched in. */
#define MOST_TASKS  1000
#define PHRASE_MAX  127
#define LOST_PREFIX "lost: "

/* Outcome ---------------------------------------------------------------- */

/** As demos/webapp/webapp_store.c has it: nothing can be opened then, and no row takes
 * any time. */
#define FAULT_DELETED 3

static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    (void)variant;
    return option_of(options->card, options, "--fault") == FAULT_DELETED ? 1 : 0;
}

static json_int_t told(const struct timeline *timeline, const char *key)
{
    return (json_int_t)told_figure(timeline, key);
}

/** Rows that were lost and counted, by the reason: {"database is locked": 2}. */
static json_t *losses(const struct timeline *timeline)
{
    static const char *const keys[] = {
        "lost: the database is locked",   "lost: the database is read-only",
        "lost: the disk is full",         "lost: the database cannot be opened",
        "lost: a transaction is refused", "lost: the server was told to end",
        "lost: for another reason"};
    json_t *lost = json_object();

    for (size_t i = 0; lost != NULL && i < sizeof keys / sizeof *keys; i++)
        if (told(timeline, keys[i]) > 0)
            json_object_set_new(lost, keys[i] + strlen(LOST_PREFIX),
                                json_integer(told(timeline, keys[i])));
    return lost;
}

static json_int_t sum_of(json_t *numbers)
{
    json_int_t sum = 0;
    const char *key;
    json_t *number;

    json_object_foreach((json_t *)numbers, key, number) sum +=
        json_integer_value(number);
    return sum;
}

/** What was not told stays out: it is not known, or there is no such thing. */
static void put_told(json_t *result, const struct timeline *timeline, const char *key)
{
    if (has_figure(timeline, key))
        json_object_set_new(result, key, json_integer(told(timeline, key)));
}

static json_t *outcome(const struct report *report, const struct run *run)
{
    static const char *const keys[] = {"replies",   "replies_right", "replies_ns",
                                       "rows",      "rows_right",    "rows_wrong",
                                       "rows_seen", "transactions",  "visitors"};
    const struct timeline *timeline = &run->timeline;
    json_t *result = json_object(), *lost = losses(timeline);

    json_object_set_new(result, "searches",
                        json_integer(serving(report->options) != NULL
                                         ? told(timeline, "answered")
                                         : (json_int_t)report->options->tasks.count));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        put_told(result, timeline, keys[i]);
    if (has_figure(timeline, "longest_reply_ns"))
        json_object_set_new(result, "longest_reply_ns",
                            json_pack("[I]", told(timeline, "longest_reply_ns")));
    json_object_set_new(result, "rows_lost", json_integer(sum_of(lost)));
    json_object_set_new(result, "lost", lost);
    return result;
}

/* What to try next --------------------------------------------------------- */

static bool ran(const struct report *report, const char *name)
{
    return variant_named(report, name) != NULL;
}

static void next(const struct report *report, FILE *out)
{
    if (serving(report->options) != NULL && ran(report, "inline"))
        fputs("And one writer for all rows?\twebapp --serve --only queue", out);
    else if (serving(report->options) != NULL)
        fputs("And where each search waits for its row?\twebapp --serve --only inline",
              out);
    else if (all_skipped(report))
        fputs("Too long?\twebapp --tasks 4 --ttl 0.3", out);
    else if (option_of(report->card, report->options, "--fault") != 0)
        fputs("And in a browser?\twebapp --serve", out);
    else if (ran(report, "check-insert") || ran(report, "unique-key"))
        fputs("And if the database is locked?\t"
              "webapp --only inline,thread --fault locked",
              out);
    else if (ran(report, "shared-connection"))
        fputs("Can two requests add the same name?\t"
              "webapp --only check-insert,unique-key",
              out);
    else if (ran(report, "lost-context"))
        fputs("And one connection for all threads?\t"
              "webapp --only thread,shared-connection",
              out);
    else
        fputs("And if the thread gets no copy of the request?\t"
              "webapp --only thread,lost-context",
              out);
}

static const char *const look_for[] = {
    "the client: with inline it waits for each row, else it has its replies at once",
    "when the rows are written: by then, the client has gone",
    "rows and replies: as many, unless something is lost",
    NULL,
};

static const char *const refutes[] = {
    "\"the reply has to wait for the log\"",
    "\"what is done later can be asked for now\": the log, looked at, lacks its rows",
    "\"an error in a thread reaches me by itself\"",
    "\"the request is still there when the thread runs\": see lost-context",
    "\"I have checked that it is not there, so I can insert it\": see check-insert",
    NULL,
};

static const char *const examples[] = {
    "webapp",
    "webapp --only thread,lost-context",
    "webapp --only thread,shared-connection",
    "webapp --only check-insert,unique-key",
    "webapp --only inline,thread --fault locked",
    NULL,
};

static const struct own_option own_options[] = {
    {
        .name = "--serve",
        .about = "stay up for a browser, on 127.0.0.1, until Ctrl-C",
        .kind = OWN_FLAG,
        .serves = "thread",
    },
    {
        .name = "--port",
        .value = "N",
        .about = "with --serve: the port; 0: any that is free",
        .kind = OWN_NUMBER,
        .max = 65535,
        .preset = "0",
    },
    {
        .name = "--listen",
        .about = "with --serve: for other machines too, which can read the log",
        .kind = OWN_FLAG,
    },
    {
        .name = "--fault",
        .value = "none|locked|read-only|deleted",
        .about = "what is wrong with the database",
        .kind = OWN_WORD,
        .preset = "none",
    },
    {0},
};

static const char *objects(const struct options *options)
{
    if (serving(options) == NULL && option_of(options->card, options, "--port") != 0)
        return "--port goes with --serve";
    if (serving(options) == NULL && option_of(options->card, options, "--listen") != 0)
        return "--listen goes with --serve";
    for (size_t i = 0; i < options->tasks.count; i++)
        if (strlen(options->tasks.at[i].name) > PHRASE_MAX)
            return "--names: a search is for a name of 127 bytes at most";
    return NULL;
}

static const int64_t ttls_ns[] = {300000000, 300000000, 300000000, 300000000, 0};

const struct card webapp_card = {
    .demo = &webapp_demo,
    .summary = "reply first, and write the log later",
    .question = "Who has to wait for the log?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .max_tasks = MOST_TASKS,
    .ttls_ns = ttls_ns,
    .uses_folder = true,
    .objects = objects,
    .outcome = outcome,
    .verdict = webapp_verdict,
    .figures = &webapp_figures,
    .ideal_ns = ideal_ns,
    .next = next,
};
