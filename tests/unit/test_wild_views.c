// SPDX-License-Identifier: MIT
/** What a stage that went wild leaves in the trace, in every view: whole lines come
 * out. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../golden/trace_text.h"
#include "stage/trace_layout.h"
#include "view/view.h"

#include <string.h>

#define LANES  40
#define ROUNDS 400

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void write_any(struct trace *trace, uint64_t *seed)
{
    unsigned lanes = 1 + (unsigned)(next_random(seed) % LANES);
    for (uint32_t i = 0; i < lanes; i++) {
        struct trace_writer writer;
        int64_t at_ns = 1000;
        trace_open(&writer, trace,
                   trace_add_lane(trace, i == 0 ? LANE_PROCESS : LANE_THREAD,
                                  i == 0 ? LANE_NONE : 0));
        for (uint64_t k = next_random(seed) % 30; k > 0; k--)
            trace_write(&writer, at_ns += (int64_t)(next_random(seed) % 100000),
                        (enum event_kind)(next_random(seed) % EVENT_KINDS),
                        (uint16_t)(next_random(seed) % 4), next_random(seed) % LANES,
                        next_random(seed) % 9000);
    }
    for (uint64_t i = next_random(seed) % 50; i > 0; i--) {
        uint64_t value = next_random(seed);
        size_t at = value % 2 == 0 ? TRACE_LANES_AT + next_random(seed) % 8192
                                   : next_random(seed) % (trace->bytes - 8);
        memcpy(trace->base + at, &value, 8);
    }
}

/** The report of a text, with its only timeline replaced by one of noise. */
static void replace_timeline(struct report *report, const struct trace *trace)
{
    struct run *run = &report->variants[0].runs[0];
    struct timeline_input input = {
        .trace = trace,
        .sites = run->timeline.sites,
        .site_count = run->timeline.site_count,
        .tasks = run->timeline.tasks,
        .task_count = run->timeline.task_count,
        .now_ns = 5000000,
    };
    timeline_destroy(&run->timeline);
    assert_int_equal(timeline_build(&run->timeline, &input), 0);
    run->wall_ns = run->timeline.wall_ns;
    assert_int_equal(report_sum(report, 0), 0);
}

static void write_view(struct report *report, const struct view *view, uint64_t *seed)
{
    const struct options *before = report->options;
    struct options options = *before;
    struct style style = {.width = 1 + (unsigned)(next_random(seed) % 150),
                          .height = (unsigned)(next_random(seed) % 30),
                          .unicode = next_random(seed) % 2 == 0};
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    assert_non_null(out);
    options.width = next_random(seed) % 2 == 0 ? style.width : 0;
    report->options = &options;
    assert_int_equal(view->write(report, &style, out), 0);
    report->options = before;
    fclose(out);
    assert_true(bytes > 0 && text[bytes - 1] == '\n');
    assert_int_equal(strlen(text), bytes);
    for (size_t i = 0; i < bytes; i++)
        assert_true((unsigned char)text[i] >= ' ' || text[i] == '\n');
    if (strcmp(view->name, "json") == 0) {
        json_t *back = json_loads(text, 0, NULL);
        assert_non_null(back);
        json_decref(back);
    }
    free(text);
}

static void test_views_of_noise(void **state)
{
    (void)state;
    char text[] = "task luke 1\ntask darthvader 2\nsite 0 a.c 1 lock &left\n"
                  "site 1 b.c 2 lock &forks[i]\nvariant v concurrent\nrun limit\n"
                  "lane 0 process parent none\n0 0 start\n";
    struct trace *trace;
    assert_int_equal(trace_create(&trace, (size_t)256 << 10), 0);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        uint64_t seed = round * UINT64_C(0x9e3779b97f4a7c15);
        FILE *in = fmemopen(text, strlen(text), "r");
        struct fixture *f = fixture_read(in, "noise");
        fclose(in);
        trace_reset(trace);
        write_any(trace, &seed);
        replace_timeline(fixture_report(f), trace);
        for (const struct view *view = views; view->name != NULL; view++)
            write_view(fixture_report(f), view, &seed);
        fixture_free(f);
    }
    trace_destroy(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_views_of_noise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
