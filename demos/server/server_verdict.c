// SPDX-License-Identifier: MIT
#include "server_verdict.h"

#include "card.h"
#include "card_words.h"
#include "server_facts.h"
#include "text/quantity.h"

#include <string.h>

/** A wait is worth a word from this part of the whole time on: one of so many. */
#define NOTABLE 50

/** Times that differ by less are told as one. */
#define ALIKE 1.2

struct look {
    const struct report *report;
    const struct variant_report *variant;
    struct server_facts facts; /**< of the run that is drawn */
    size_t tasks, workers;
    FILE *out;
};

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static int64_t own(const struct look *look, const char *name)
{
    return option_of(look->report->card, look->report->options, name);
}

/** "all answers came within 31.2 ms", "the last answer came after 240 ms, the first
 * after 30.1 ms". */
static void say_answers(const struct look *look)
{
    const struct server_facts *facts = &look->facts;

    fprintf(look->out, "%s: ", look->variant->variant->name);
    if (facts->answered == 0)
        fprintf(look->out, "nobody was served");
    else if (facts->answered == 1)
        fprintf(look->out, "the answer came after %s",
                duration_text(facts->first_ns, false).text);
    else if ((double)facts->last_ns < ALIKE * (double)facts->first_ns)
        fprintf(look->out, "%s answers came within %s",
                facts->failed > 0      ? "the"
                : facts->answered == 2 ? "both"
                                       : "all",
                duration_text(facts->last_ns, false).text);
    else
        fprintf(look->out, "the first answer came after %s, the last after %s",
                duration_text(facts->first_ns, false).text,
                duration_text(facts->last_ns, false).text);
}

/** What its clients ask for there is, so that no other answer comes. */
static void say_failed(const struct look *look)
{
    if (look->facts.failed > 0)
        fprintf(look->out, " It hung up on %s client%s without an answer.",
                number_text(look->facts.failed).text, plural(look->facts.failed));
}

static void say_one(const struct look *look)
{
    bool in_turn = look->facts.last_ns > 2 * look->facts.first_ns && look->tasks > 2;

    fputs(in_turn ? ", as each waits for all before it." : ".", look->out);
}

/** How many there are more than conc's own; no clients come from elsewhere unless it
 * stays up. */
static int64_t from_outside(const struct look *look, int64_t count, int64_t ours)
{
    return own(look, "--hold") > 0 && count > ours ? count - ours : 0;
}

static void say_threads(const struct look *look)
{
    int64_t silent = own(look, "--idle") + own(look, "--slow");
    int64_t outside =
        from_outside(look, (int64_t)look->facts.threads, (int64_t)look->tasks + silent);

    if (look->facts.threads == 1)
        fputs(", by a thread of its own", look->out);
    else
        fprintf(look->out, ", by %s threads, one for each connection",
                number_text((json_int_t)look->facts.threads).text);
    if (outside > 0)
        fprintf(look->out, ", %s of them from outside", number_text(outside).text);
    if (silent > 0)
        fprintf(look->out, ": %s wait%s for a client that sends no request",
                number_text(silent).text, silent == 1 ? "s" : "");
    fputc('.', look->out);
}

static void say_workers(const struct look *look)
{
    bool is_one_of = look->facts.answered == 1 && look->workers > 1;

    fprintf(look->out, ", by %s%s worker%s", is_one_of ? "one of " : "",
            number_text((json_int_t)look->workers).text,
            plural((int64_t)look->workers));
}

static void say_pool(const struct look *look)
{
    say_workers(look);
    if (look->facts.counters == 1)
        fprintf(look->out, "; %s counter%s shows %s",
                look->workers == 1 ? "its" : "they share a",
                look->workers == 1 ? "" : ", which",
                number_text(look->facts.hits[0]).text);
    fputc('.', look->out);
}

/** Where each process counts, nobody has the sum. */
static void say_prefork(const struct look *look)
{
    const struct server_facts *facts = &look->facts;

    bool are_told = facts->counters > 1 && facts->counters <= COUNTERS_MAX;

    say_workers(look);
    if (are_told)
        fprintf(look->out, "; each process has a counter of its own, which shows ");
    for (size_t i = 0; are_told && i < facts->counters; i++)
        fprintf(look->out, "%s%s in %s",
                i == 0                     ? ""
                : i + 1 == facts->counters ? " and "
                                           : ", ",
                number_text(facts->hits[i]).text, facts->counted_by[i]);
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

/** Several workers wait at the same time, for several clients; from outside there may
 * be any number. */
static void say_waited(const struct look *look, bool is_one_client)
{
    bool is_serial = strcmp(look->variant->variant->name, "one-at-a-time") == 0;
    bool at_once = !is_serial && !is_one_client && look->workers > 1;

    fprintf(look->out, " For %s%s, it waited for %s that sent no request.",
            duration_text(look->facts.input_ns, false).text,
            at_once ? ", all together" : "", is_one_client ? "a client" : "clients");
}

/** Clients that send nothing: whom they hold up. */
static void say_silent(const struct look *look)
{
    const struct server_facts *facts = &look->facts;
    const char *name = look->variant->variant->name;
    bool is_loop = strcmp(name, "loop") == 0 || strcmp(name, "offload") == 0;
    int64_t silent = own(look, "--idle") + own(look, "--slow");
    bool is_one = silent == 1 && own(look, "--hold") == 0;

    if (silent == 0)
        return;
    if (is_loop)
        fprintf(look->out, " %s no request hold%s no thread here.",
                is_one ? "A client that sends" : "Clients that send",
                is_one ? "s" : "");
    else if (strcmp(name, "thread-per-connection") != 0 &&
             facts->input_ns > shown_run(look->variant)->wall_ns / NOTABLE)
        say_waited(look, is_one);
    if (facts->cut > 0)
        fprintf(look->out, " After --timeout, it hung up on %s.",
                number_text(facts->cut).text);
}

static void say_outside(const struct look *look)
{
    const struct server_facts *facts = &look->facts;
    int64_t count =
        from_outside(look, facts->all_hits, facts->answered + facts->failed);

    if (count > 0)
        fprintf(look->out, " Clients from outside made %s request%s besides.",
                number_text(count).text, plural(count));
}

/** Whether under load nobody could keep a connection for the next request. */
static bool closes_each(const struct variant_report *variant)
{
    const struct load *load = &variant->load;

    return load->answered > 0 && load->kept == 0 && load->opened >= load->answered;
}

/** What its line in the table does not tell; why connections are closed, once. */
static void say_load(const struct look *look, size_t index)
{
    const struct load *load = &look->variant->load;
    bool is_short = load->time_ns < longest_ttl_ns(&look->report->options->tasks);
    bool is_first = true;

    if (load->time_ns <= 0)
        return;
    if (load->answered == 0)
        fprintf(look->out, " Under load it answered nobody in %s%s.",
                duration_text(load->time_ns, false).text,
                is_short ? ", which is less than a request takes" : "");
    if (load->failed > 0)
        fprintf(look->out, " Under load, %s got no answer.",
                number_text(load->failed).text);
    for (size_t i = 0; i < index; i++)
        is_first &= !closes_each(&look->report->variants[i]);
    if (is_first && closes_each(look->variant))
        fputs(" Under load it closes each connection after an answer, as other clients "
              "wait.",
              look->out);
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
        if (strcmp(variant->variant->name, verdicts[i].name) == 0 &&
            look.facts.answered > 0)
            verdicts[i].say(&look);
    if (look.facts.answered == 0)
        fputc('.', out);
    say_failed(&look);
    say_silent(&look);
    say_outside(&look);
    say_load(&look, index);
}
