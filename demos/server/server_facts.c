// SPDX-License-Identifier: MIT
#include "server_facts.h"

#include "card_words.h"

#include <string.h>

static void count_hits(struct server_facts *facts, const struct timeline *timeline,
                       const struct lane *lane)
{
    for (size_t i = 0; i < lane->mark_count; i++) {
        const struct mark *mark = &lane->marks[i];

        if (mark->kind != EVENT_VALUE || strcmp(mark_name(timeline, mark), "hits") != 0)
            continue;
        if (facts->counters < COUNTERS_MAX) {
            facts->hits[facts->counters] = (int64_t)mark->value;
            facts->counted_by[facts->counters] = lane->name != NULL ? lane->name : "";
        }
        facts->all_hits += (int64_t)mark->value;
        facts->counters++;
    }
}

static int64_t waits_for_input_ns(const struct lane *lane)
{
    int64_t sum = 0;

    for (size_t i = 0; i < lane->span_count; i++)
        if (lane->spans[i].cause == EVENT_INPUT_BEGIN)
            sum += lane->spans[i].end_ns - lane->spans[i].start_ns;
    return sum;
}

struct server_facts server_facts(const struct timeline *timeline)
{
    struct server_facts facts = {
        .answered = told_figure(timeline, "answered"),
        .failed = told_figure(timeline, "failed"),
        .cut = told_figure(timeline, "cut"),
        .first_ns = told_figure(timeline, "first_ns"),
        .last_ns = told_figure(timeline, "last_ns"),
    };

    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];

        count_hits(&facts, timeline, lane);
        facts.input_ns += waits_for_input_ns(lane);
        facts.threads += i > 0 && lane->kind == LANE_THREAD;
    }
    return facts;
}

json_t *server_outcome(const struct report *report, const struct run *run)
{
    struct server_facts facts = server_facts(&run->timeline);
    json_t *hits = json_array();

    (void)report;
    for (size_t i = 0; i < facts.counters && i < COUNTERS_MAX; i++)
        json_array_append_new(hits, json_integer((json_int_t)facts.hits[i]));
    return json_pack("{s:I, s:I, s:I, s:[I], s:[I], s:I, s:o}", "answered",
                     (json_int_t)facts.answered, "failed", (json_int_t)facts.failed,
                     "cut", (json_int_t)facts.cut, "first_ns",
                     (json_int_t)facts.first_ns, "last_ns", (json_int_t)facts.last_ns,
                     "input_ns", (json_int_t)facts.input_ns, "hits", hits);
}

/* Under load ------------------------------------------------------------------- */

/** Of fewer answers, one in a hundred is none: then it is said of all. */
#define HUNDRED 100

static const struct quantity nothing = {.text = ""};

static const json_t *load_of(const struct variant_report *variant)
{
    return json_object_get(variant->outcome, "load");
}

static struct quantity time_of(const json_t *load, const char *key, bool ascii)
{
    json_int_t ns = json_integer_value(json_object_get(load, key));

    return ns > 0 ? duration_text(ns, ascii) : nothing;
}

/** With a decimal where they are few. */
static struct quantity per_s(const struct variant_report *variant, bool ascii)
{
    const json_t *number = json_object_get(load_of(variant), "per_s");
    double tenths = 10 * json_number_value(number) + 0.5;
    struct quantity text;

    (void)ascii;
    if (!json_is_number(number) || !(tenths >= 0 && tenths < 1e15))
        return nothing;
    if (tenths >= 100)
        return count_text((uint64_t)(json_number_value(number) + 0.5));
    snprintf(text.text, sizeof text.text, "%u.%u", (unsigned)tenths / 10,
             (unsigned)tenths % 10);
    return text;
}

static struct quantity half_within(const struct variant_report *variant, bool ascii)
{
    return time_of(load_of(variant), "p50_ns", ascii);
}

static struct quantity nearly_all_within(const struct variant_report *variant,
                                         bool ascii)
{
    const json_t *load = load_of(variant);
    json_int_t answered = json_integer_value(json_object_get(load, "answered"));

    return time_of(load, answered < HUNDRED ? "max_ns" : "p99_ns", ascii);
}

static struct quantity connections(const struct variant_report *variant, bool ascii)
{
    json_int_t opened = json_integer_value(json_object_get(load_of(variant), "opened"));

    (void)ascii;
    return opened > 0 ? count_text((uint64_t)opened) : nothing;
}

static void title(const struct report *report, FILE *out)
{
    int64_t clients = option_of(report->card, report->options, "--connections");

    fprintf(out, "Under load from %s client%s, measured apart and untraced",
            count_text((uint64_t)clients).text, clients == 1 ? "" : "s");
}

const struct figure_table server_figures = {
    .title = title,
    .columns = {{"requests/s", "answered ", " a second", .figure = per_s},
                {"half within", "half within ", "", .figure = half_within},
                {"99 % within", "99 of 100 within ", "", .figure = nearly_all_within},
                {"connections", "connections opened: ", "", .is_lesser = true,
                 .figure = connections}},
};
