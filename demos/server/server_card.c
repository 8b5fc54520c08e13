// SPDX-License-Identifier: MIT
/** The card of demos/server/server.c. */

#include "card.h"

#include "card_words.h"
#include "server_facts.h"
#include "server_verdict.h"
#include "stage/clock.h"

extern const struct demo server_demo;

/** Of each kind; and all together, as each takes a descriptor in the server and in the
 * clients: 1024 is a usual limit, and the server has a few others. */
#define MOST_CONNECTIONS 400
#define MOST_TOGETHER    960

/* Ideal ------------------------------------------------------------------- */

/** The clients that send nothing come first, and hold a worker each for --timeout. */
static int64_t held_up_ns(const struct options *options, int64_t workers)
{
    int64_t silent = option_of(options->card, options, "--idle") +
                     option_of(options->card, options, "--slow");

    return late_workers_ideal_ns(options, workers, silent,
                                 option_of(options->card, options, "--timeout"));
}

static int64_t ideal_ns(const struct options *options, const struct variant *variant)
{
    bool computes = options->work == WORK_CPU;
    int64_t hold_ns = option_of(options->card, options, "--hold");
    int64_t workers = option_of(options->card, options, "--workers");
    int64_t ns = ideal_of_variant(variant, &options->tasks, computes, options->cores);

    if (variant_is(variant, "one-at-a-time"))
        ns = held_up_ns(options, 1);
    else if (variant_is(variant, "pool") || variant_is(variant, "prefork"))
        ns = held_up_ns(options, workers);
    else if (variant_is(variant, "offload"))
        ns = workers_ideal_ns(options, workers); /* silent clients hold up nobody */
    else if (variant_is(variant, "loop") && computes)
        ns = total_ns(&options->tasks);
    return hold_ns > ns ? hold_ns : ns;
}

/* What to try next --------------------------------------------------------- */

static void next(const struct report *report, FILE *out)
{
    const struct options *options = report->options;

    if (all_skipped(report))
        fprintf(out, "Too long?\tserver --tasks 8 --ttl 0.03");
    else if (option_of(report->card, options, "--idle") > 0)
        fprintf(out, "And if they do send something, slowly?\t"
                     "server --slow 2 --timeout 0.1 --load 0");
    else if (options->work == WORK_CPU && variant_named(report, "offload") == NULL)
        fprintf(out, "Who could compute for the loop?\t"
                     "server --only loop,offload --work cpu");
    else if (options->work == WORK_CPU ||
             option_of(report->card, options, "--slow") > 0)
        fprintf(out, "And for somebody outside?\t"
                     "server --only pool --port 8080 --hold 20");
    else
        fprintf(out, "And clients that connect, and send nothing?\t"
                     "server --idle 2 --timeout 0.1 --load 0");
}

static const char *const look_for[] = {
    "one-at-a-time: whoever is served last has waited for all others",
    "pool and prefork: as many requests at a time as there are workers",
    "--idle 2: clients that send nothing, and whom they hold up",
    NULL,
};

static const char *const refutes[] = {
    "\"a slow client is slow for itself alone\": see --idle",
    "\"the server keeps a count\": in prefork each process has one",
    "\"a loop is always the fastest\": see --work cpu",
    NULL,
};

static const char *const examples[] = {
    "server",
    "server --work cpu",
    "server --idle 2 --timeout 0.1 --load 0",
    "server --only loop,offload --work cpu",
    "server --only pool --port 8080 --hold 20",
    NULL,
};

static const struct own_option own_options[] = {
    {
        .name = "--workers",
        .value = "N",
        .about = "how many workers there are in pool, prefork and offload",
        .kind = OWN_NUMBER,
        .min = 1,
        .max = 128,
        .preset = "as many as cores",
        .preset_is_cores = true,
    },
    {
        .name = "--connections",
        .value = "N",
        .about = "how many clients ask at once when the load is measured",
        .kind = OWN_NUMBER,
        .min = 1,
        .max = MOST_CONNECTIONS,
        .preset = "8",
        .preset_value = 8,
    },
    {
        .name = "--load",
        .value = "T",
        .about = "for how long each variant is asked under load, apart; 0: it is not",
        .kind = OWN_TIME,
        .preset = "0.5",
        .preset_value = 500 * NS_PER_MS,
    },
    {
        .name = "--idle",
        .value = "N",
        .about = "so many clients connect first, and send nothing",
        .kind = OWN_NUMBER,
        .max = MOST_CONNECTIONS,
        .preset = "0",
    },
    {
        .name = "--slow",
        .value = "N",
        .about = "so many connect first, and send a byte every 20 ms",
        .kind = OWN_NUMBER,
        .max = MOST_CONNECTIONS,
        .preset = "0",
    },
    {
        .name = "--timeout",
        .value = "T",
        .about = "a request has to be there within that time",
        .kind = OWN_TIME,
        .preset = "0.5",
        .preset_value = 500 * NS_PER_MS,
    },
    {
        .name = "--port",
        .value = "N",
        .about = "where it listens on 127.0.0.1; 0: where there is room",
        .kind = OWN_NUMBER,
        .max = 65535,
        .preset = "0",
    },
    {
        .name = "--hold",
        .value = "T",
        .about = "each variant stays up for so long, for clients from outside",
        .kind = OWN_TIME,
        .preset = "0",
        .is_heard = true,
    },
    {0},
};

/** How many there are at a time. */
static int64_t connections(const struct options *options)
{
    int64_t asking = (int64_t)options->tasks.count;
    int64_t loading = option_of(options->card, options, "--connections");

    if (option_of(options->card, options, "--load") > 0 && loading > asking)
        asking = loading;
    return asking + option_of(options->card, options, "--idle") +
           option_of(options->card, options, "--slow");
}

static const char *objects(const struct options *options)
{
    if (connections(options) > MOST_TOGETHER)
        return "--idle, --slow and those that ask are 960 clients at most, together";
    if (option_of(options->card, options, "--timeout") < NS_PER_MS)
        return "--timeout: 1ms at the least: no request is there at once";
    if (option_of(options->card, options, "--hold") > 0 &&
        option_of(options->card, options, "--port") == 0)
        return "--hold needs --port: nobody outside would know where to ask";
    return NULL;
}

static const int64_t ttls_ns[] = {30 * NS_PER_MS, 30 * NS_PER_MS, 30 * NS_PER_MS,
                                  30 * NS_PER_MS, 30 * NS_PER_MS, 30 * NS_PER_MS,
                                  30 * NS_PER_MS, 30 * NS_PER_MS, 0};

const struct card server_card = {
    .demo = &server_demo,
    .summary = "serve many clients over sockets, in six ways",
    .question = "How does one server serve many clients?",
    .look_for = look_for,
    .refutes = refutes,
    .examples = examples,
    .options = own_options,
    .max_tasks = MOST_CONNECTIONS,
    .ttl_ns = 30 * NS_PER_MS,
    .ttls_ns = ttls_ns,
    .objects = objects,
    .outcome = server_outcome,
    .undone = "failed",
    .verdict = server_verdict,
    .figures = &server_figures,
    .subject = "pool",
    .ideal_ns = ideal_ns,
    .next = next,
};
