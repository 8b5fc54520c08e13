// SPDX-License-Identifier: MIT
#include "cost_verdict.h"

#include "card.h"
#include "card_words.h"
#include "view/costs.h"

#include <string.h>

/** From the one that costs most, as a rule, to the one that costs least. */
static const struct flow {
    const char *variant, *one, *many;
} flows[] = {
    {"program", "program", "programs"},
    {"process", "process", "processes"},
    {"thread", "thread", "threads"},
    {"pool", "task of a pool", "tasks of a pool"},
    {"loop", "task on a loop", "tasks on a loop"},
    {"sequential", "function call", "function calls"},
};

#define FLOWS (sizeof flows / sizeof *flows)

/** What demos/cost.c has called its charts, by a word of each. */
enum chart { START, SWITCH, MEMORY };

static const char *chart_of(const struct report *report, enum chart chart)
{
    static const char *const words[] = {"start", "go from", "memory"};
    const struct gauge *gauge = report->card->demo->gauges;

    while (gauge->chart != NULL && strstr(gauge->chart, words[chart]) == NULL)
        gauge++;
    return gauge->chart != NULL ? gauge->chart : "";
}

static const struct spread *measured(const struct report *report, enum chart chart,
                                     const char *name)
{
    return report_measured(report, chart_of(report, chart), name);
}

/** The flow from that place on of which it is known how long one takes; FLOWS: none. */
static size_t next_known(const struct report *report, size_t place)
{
    while (place < FLOWS && measured(report, START, flows[place].variant) == NULL)
        place++;
    return place;
}

/** Two digits of many: "7.5", "147", "8,100". */
static void put_number(double number, FILE *out)
{
    double unit = 1;

    while (number >= 1000 && number / unit >= 99.5)
        unit *= 10;
    if (number < 9.95)
        fprintf(out, "%.1f", number);
    else
        fprintf(out, "%s",
                count_text((uint64_t)(number / unit + 0.5) * (uint64_t)unit).text);
}

/** Where the middle halves leave a ratio wider than this, it is a range. */
#define WIDE 1.5

/** "8.9 threads", "340 threads", "11 to 37 threads". */
static void put_ratio(const struct spread *one, const struct spread *other,
                      const char *of, FILE *out)
{
    double least = (double)one->min / (double)other->max;
    double most = (double)one->max / (double)other->min;

    if (most <= WIDE * least) {
        put_number((double)one->median / (double)other->median, out);
    } else {
        put_number(least, out);
        fprintf(out, " to ");
        put_number(most, out);
    }
    fprintf(out, " %s", of);
}

/** "a program takes as long as 7.5 processes". */
static void say_pair(const struct report *report, size_t place, size_t lighter,
                     FILE *out)
{
    const struct spread *one = measured(report, START, flows[place].variant);
    const struct spread *other = measured(report, START, flows[lighter].variant);

    if (spreads_overlap(one, other)) {
        fprintf(out, "a %s and a %s are not told apart, since the times spread too far",
                flows[place].one, flows[lighter].one);
    } else if (one->median > other->median) {
        fprintf(out, "a %s takes as long as ", flows[place].one);
        put_ratio(one, other, flows[lighter].many, out);
    } else {
        fprintf(out, "a %s takes less than a %s", flows[place].one, flows[lighter].one);
    }
}

/** Of the only one that is known. */
static void say_start(const struct report *report, size_t place, FILE *out)
{
    const struct flow *flow = &flows[place];
    struct quantity takes =
        cost_text(measured(report, START, flow->variant)->median, false);

    if (strcmp(flow->variant, "sequential") == 0)
        fprintf(out, "A %s takes %s.", flow->one, takes.text);
    else
        fprintf(out, "To start a %s and wait for its end takes %s.", flow->one,
                takes.text);
}

/** Each that is known, against the next lighter one. */
static void say_starts(const struct report *report, size_t first, FILE *out)
{
    size_t place = first, lighter = next_known(report, first + 1);
    bool is_last;

    fprintf(out, "To start one and wait for its end, ");
    for (; lighter < FLOWS; place = lighter, lighter = next_known(report, place + 1)) {
        is_last = next_known(report, lighter + 1) == FLOWS;
        if (place != first)
            fprintf(out, "%s", is_last ? ", and " : ", ");
        say_pair(report, place, lighter, out);
    }
    fputc('.', out);
}

/** What the pairs come to, where others lie in between: threads are not free. */
static void say_calls(const struct report *report, FILE *out)
{
    const struct spread *thread = measured(report, START, "thread");
    const struct spread *call = measured(report, START, "sequential");
    bool is_far = measured(report, START, "pool") != NULL ||
                  measured(report, START, "loop") != NULL;

    if (thread == NULL || call == NULL || !is_far || thread->min <= call->max)
        return;
    fprintf(out, " A thread takes as long as ");
    put_ratio(thread, call, "function calls.", out);
}

/** Processes beside threads, which is what is most often asked. */
static void say_switch(const struct report *report, FILE *out)
{
    const struct spread *process = measured(report, SWITCH, "process");
    const struct spread *thread = measured(report, SWITCH, "thread");

    if (process == NULL || thread == NULL)
        return;
    if (spreads_overlap(process, thread)) {
        fprintf(out, " Going from one process to another and going from one thread to "
                     "another are not told apart.");
    } else {
        fprintf(out, " Going from one process to another takes ");
        put_ratio(process, thread, "times as long as from thread to thread.", out);
    }
}

static void say_memory(const struct report *report, FILE *out)
{
    const struct spread *process = measured(report, MEMORY, "process");
    const struct spread *thread = measured(report, MEMORY, "thread");

    if (process == NULL || thread == NULL || spreads_overlap(process, thread) ||
        process->median < thread->median)
        return;
    fprintf(out, " A process that waits has as much memory for itself as ");
    put_ratio(process, thread, "threads.", out);
}

/** One on all of them, said of the last. */
void cost_verdict(const struct report *report, size_t index, FILE *out)
{
    size_t first = next_known(report, 0);

    if (index + 1 < report->variant_count || first == FLOWS)
        return;
    if (next_known(report, first + 1) == FLOWS)
        say_start(report, first, out);
    else
        say_starts(report, first, out);
    say_calls(report, out);
    say_switch(report, out);
    say_memory(report, out);
}
