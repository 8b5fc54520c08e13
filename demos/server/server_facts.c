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
