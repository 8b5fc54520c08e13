// SPDX-License-Identifier: MIT
#include "server_verdict.h"

#include "card.h"
#include "card_words.h"
#include "server_facts.h"
#include "text/quantity.h"

#include <string.h>

/** A part of a time from here on is worth a word. */
#define NOTABLE 0.02

/** Of fewer answers, one in a hundred is none. */
#define HUNDRED 100

struct look {
    const struct report *report;
    const struct variant_report *variant;
    struct server_facts facts; /**< of the run that is drawn */
    size_t tasks, workers;
    FILE *out;
};

static struct quantity time_of(int64_t ns)
{
    return duration_text(ns, false);
}

static struct quantity number(int64_t count)
{
    return count_text(count > 0 ? (uint64_t)count : 0);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static bool is_notable(const struct look *look, int64_t ns)
{
    return (double)ns > NOTABLE * (double)shown_run(look->variant)->wall_ns;
}

static int64_t own(const struct look *look, const char *name)
{
    return option_of(look->report->card, look->report->options, name);
}

/** "the answers came after 30.1 ms to 240 ms" */
static void say_answers(const struct look *look)
{
    const struct server_facts *facts = &look->facts;

    fprintf(look->out, "%s: ", look->variant->variant->name);
    if (facts->answered == 0)
        fprintf(look->out, "nobody was answered");
    else if (facts->answered == 1)
        fprintf(look->out, "the answer came after %s", time_of(facts->first_ns).text);
    else
        fprintf(look->out, "the answers came after %s to %s",
                time_of(facts->first_ns).text, time_of(facts->last_ns).text);
    if (facts->failed > 0)
        fprintf(look->out, ", and %s never", number(facts->failed).text);
}

static void say_one(const struct look *look)
{
    bool in_turn = look->facts.last_ns > 2 * look->facts.first_ns && look->tasks > 2;

    fputs(in_turn ? ", since each waits for all before it." : ".", look->out);
}

static void say_threads(const struct look *look)
{
    int64_t silent = own(look, "--idle") + own(look, "--slow");

    fprintf(look->out, ", by %s thread%s, one for each connection",
            number((int64_t)look->facts.threads).text,
            plural((int64_t)look->facts.threads));
    if (silent > 0)
        fprintf(look->out, ": %s wait%s for a client that sends no request",
                number(silent).text, silent == 1 ? "s" : "");
    fputc('.', look->out);
}

static void say_workers(const struct look *look)
{
    fprintf(look->out, ", by %s worker%s", number((int64_t)look->workers).text,
            plural((int64_t)look->workers));
}

static void say_pool(const struct look *look)
{
    say_workers(look);
    if (look->facts.counters == 1)
        fprintf(look->out, "; they share a counter, which shows %s",
                number(look->facts.hits[0]).text);
    fputc('.', look->out);
}

/** Where each process counts, nobody has the sum. */
static void say_prefork(const struct look *look)
{
    const struct server_facts *facts = &look->facts;

    say_workers(look);
    if (facts->counters > 1 && facts->counters <= COUNTERS_MAX)
        fprintf(look->out, "; each process has a counter of its own, which shows ");
    for (size_t i = 0; i < facts->counters && facts->counters <= COUNTERS_MAX; i++)
        fprintf(look->out, "%s%s in %s",
                i == 0                     ? ""
                : i + 1 == facts->counters ? " and "
                                           : ", ",
                number(facts->hits[i]).text, facts->counted_by[i]);
    fputc('.', look->out);
}

static void say_offload(const struct look *look)
{
    say_workers(look);
    fputs(" of libuv's pool.", look->out);
}

static void say_loop(const struct look *look)
{
    bool computes = look->report->options->work == WORK_CPU;

    fputs(computes && look->tasks > 1
              ? ", by one thread, which computes one thing at a time."
              : ", by one thread.",
          look->out);
}

/** Clients that send nothing: whom they hold up. */
static void say_silent(const struct look *look)
{
    const struct server_facts *facts = &look->facts;
    const char *name = look->variant->variant->name;
    bool is_loop = strcmp(name, "loop") == 0 || strcmp(name, "offload") == 0;

    if (own(look, "--idle") + own(look, "--slow") == 0)
        return;
    if (is_loop)
        fprintf(look->out, " Clients that send no request hold no thread here.");
    else if (strcmp(name, "thread-per-connection") != 0 &&
             is_notable(look, facts->input_ns))
        fprintf(look->out, " For %s%s, it waited for clients that sent no request.",
                time_of(facts->input_ns).text,
                strcmp(name, "one-at-a-time") == 0 ? "" : ", all together");
    if (facts->cut > 0)
        fprintf(look->out, " %s %s cut off, at --timeout.", number(facts->cut).text,
                facts->cut == 1 ? "was" : "were");
}

static void say_load(const struct look *look)
{
    const struct load *load = &look->variant->load;
    double per_s = (double)load->answered * 1e9 / (double)load->time_ns;
    int64_t connections = own(look, "--connections");
    bool is_short = load->time_ns < longest_ttl_ns(&look->report->options->tasks);

    if (load->time_ns <= 0)
        return;
    if (load->answered == 0)
        fprintf(
            look->out, " Under load, over %s connection%s, it answered nobody in %s%s.",
            number(connections).text, plural(connections), time_of(load->time_ns).text,
            is_short ? ", which is less than a request takes" : "");
    else
        fprintf(
            look->out,
            " Under load it answered %s request%s a second over %s connection%s, of "
            "which it kept %s open: half of the answers came within %s, %s %s.",
            count_text((uint64_t)(per_s + 0.5)).text, per_s < 1.5 ? "" : "s",
            number(connections).text, plural(connections),
            load->kept == 0 ? "none" : number(load->kept).text,
            time_of(load->p50_ns).text,
            load->answered < HUNDRED ? "all within" : "99 of 100 within",
            time_of(load->answered < HUNDRED ? load->max_ns : load->p99_ns).text);
    if (load->failed > 0)
        fprintf(look->out, " %s got no answer.", number(load->failed).text);
}

void server_verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {
        {"one-at-a-time", say_one}, {"thread-per-connection", say_threads},
        {"pool", say_pool},         {"prefork", say_prefork},
        {"loop", say_loop},         {"offload", say_offload},
    };
    const struct variant_report *variant = &report->variants[index];
    struct look look = {
        .report = report,
        .variant = variant,
        .tasks = report->options->tasks.count,
        .workers = (size_t)option_of(report->card, report->options, "--workers"),
        .out = out,
    };

    if (!has_time(variant))
        return;
    look.facts = server_facts(&shown_run(variant)->timeline);
    say_answers(&look);
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(variant->variant->name, verdicts[i].name) == 0)
            verdicts[i].say(&look);
    say_silent(&look);
    say_load(&look);
}
