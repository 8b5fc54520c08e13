// SPDX-License-Identifier: MIT
#include "card_words.h"

#include "text/quantity.h"

#include <string.h>

int64_t total_ns(const struct tasks *tasks)
{
    int64_t total = 0;

    for (size_t i = 0; i < tasks->count; i++)
        total += tasks->at[i].ttl_ns;
    return total;
}

int64_t longest_ns(const struct tasks *tasks)
{
    int64_t longest = 0;

    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns > longest)
            longest = tasks->at[i].ttl_ns;
    return longest;
}

bool equal_ttls(const struct tasks *tasks)
{
    for (size_t i = 1; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns != tasks->at[0].ttl_ns)
            return false;
    return true;
}

const char *both_or_all(size_t count)
{
    return count == 2 ? "Both" : "All";
}

const struct run *shown_run(const struct variant_report *variant)
{
    return &variant->runs[variant->shown];
}

bool has_time(const struct variant_report *variant)
{
    return variant->status == VARIANT_DONE && variant->comparable > 0;
}

const struct variant_report *variant_named(const struct report *report,
                                           const char *name)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (strcmp(report->variants[i].variant->name, name) == 0)
            return &report->variants[i];
    return NULL;
}

const struct variant_report *sequential_of(const struct report *report)
{
    const struct variant_report *variant = variant_named(report, "sequential");

    return variant != NULL && has_time(variant) ? variant : NULL;
}

bool all_skipped(const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (report->variants[i].status != VARIANT_SKIPPED)
            return false;
    return true;
}

int64_t ready_ns(const struct variant_report *variant)
{
    const struct timeline *timeline = &shown_run(variant)->timeline;
    int64_t sum = 0;

    for (size_t i = 1; i < timeline->lane_count; i++)
        sum += timeline->lanes[i].in_state_ns[STATE_READY];
    return sum;
}

/** A twentieth of the whole is worth a word. */
static bool is_much(int64_t ns, const struct variant_report *variant)
{
    return ns > variant->wall.median / 20;
}

void say_busy(const struct report *report, const struct variant_report *variant,
              FILE *out)
{
    const struct variant_report *before = sequential_of(report);
    int64_t ready = ready_ns(variant), alone = 0;

    if (before != NULL && shown_run(before)->timeline.lane_count > 0)
        alone = shown_run(before)->timeline.lanes[0].in_state_ns[STATE_READY];
    if (before != NULL && is_much(alone, before))
        fprintf(out,
                " The machine was busy with other programs: even one after the other, "
                "the tasks had no core for %s.",
                duration_text(alone, false).text);
    else if (report->options->tasks.count <= report->options->cores &&
             is_much(ready, variant))
        fprintf(out,
                " The machine was busy with other programs: the tasks were ready, "
                "without a core, for %s in all.",
                duration_text(ready, false).text);
}

json_int_t outcome_of(const struct variant_report *variant, const char *key)
{
    return json_integer_value(json_object_get(variant->outcome, key));
}

/** The figures of that key: how many, and their sum. */
static size_t add_told(const struct timeline *timeline, const char *key, int64_t *sum)
{
    size_t count = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++) {
            const struct mark *mark = &timeline->lanes[i].marks[k];

            if (mark->kind != EVENT_VALUE ||
                strcmp(mark_name(timeline, mark), key) != 0)
                continue;
            if (__builtin_add_overflow(*sum, (int64_t)mark->value, sum))
                *sum = INT64_MAX;
            count++;
        }
    return count;
}

int64_t told_figure(const struct timeline *timeline, const char *key)
{
    int64_t sum = 0;

    add_told(timeline, key, &sum);
    return sum;
}

bool has_figure(const struct timeline *timeline, const char *key)
{
    int64_t sum = 0;

    return add_told(timeline, key, &sum) > 0;
}

void put_time(int64_t ns, FILE *out)
{
    char text[32];
    size_t length = (size_t)snprintf(text, sizeof text, "%.9f", (double)ns / 1e9);

    while (length > 0 && text[length - 1] == '0')
        length--;
    if (length > 0 && text[length - 1] == '.')
        length--;
    fprintf(out, " %.*s", (int)length, text);
}

/** As many times as fit well on a line to be typed. */
#define TIMES_TO_TYPE 4

void same_times(const char *demo, const struct options *options, FILE *out)
{
    const struct tasks *tasks = &options->tasks;
    bool each = tasks->count <= TIMES_TO_TYPE;

    fputs(demo, out);
    if (!each)
        fprintf(out, " --tasks %zu", tasks->count);
    fprintf(out, " --ttl");
    for (size_t i = 0; i < (each ? tasks->count : 1); i++)
        put_time(tasks->at[i].ttl_ns, out);
}
