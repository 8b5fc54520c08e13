// SPDX-License-Identifier: MIT
/**
 * What a stage that went wild leaves in the trace, and what else may come, in every
 * view: whole lines come out, and none is wider than it may be.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../golden/trace_text.h"
#include "stage/trace_layout.h"
#include "text/width.h"
#include "view/view.h"

#include <stdlib.h>
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
    options.explain = next_random(seed) % 2 == 0;
    report->options = &options;
    assert_int_equal(view->write(report, &style, out), 0);
    report->options = before;
    fclose(out);
    assert_true(bytes > 0 && text[bytes - 1] == '\n');
    assert_int_equal(strlen(text), bytes);
    bool is_csv = strcmp(view->name, "csv") == 0;
    for (size_t i = 0; i < bytes; i++)
        assert_true((unsigned char)text[i] >= ' ' || text[i] == '\n' ||
                    (is_csv && text[i] == '\r' && text[i + 1] == '\n'));
    if (strcmp(view->name, "json") == 0 || strcmp(view->name, "chrome") == 0) {
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

/** Two that wait for each other, one that waits for itself, for one that has ended, and
 * what else a card may show. */
static const char exhibits[] =
    "task luke 1\ntask darthvader 2\n"
    "site 0 demos/deadlock.c 38 uv_mutex_lock &left\n"
    "site 1 demos/deadlock.c 40 uv_mutex_lock &right\n"
    "site 2 demos/deadlock.c 45 uv_mutex_lock &right\n"
    "site 3 demos/deadlock.c 47 uv_mutex_lock &left\n"
    "site 4 demos/race.c 52 atomic_load_explicit &count\n"
    "site 5 demos/race.c 54 atomic_store_explicit &count\n"
    "operation one addition\n"
    "variant opposite concurrent\nrun deadlock\nseen 9ms\n"
    "lane 0 process parent none name main\nlane 1 thread parent 0 name luke\n"
    "lane 2 thread parent 0 name darthvader\n"
    "0 0 start\n1ms 0 create 1\n1ms 0 create 2\n2ms 0 join_begin 1\n2ms 1 start\n"
    "3ms 1 lock_end 0x10 0 @0\n6ms 1 lock_begin 0x20 0 @1\n2ms 2 start\n"
    "3ms 2 lock_end 0x20 0 @2\n7ms 2 lock_begin 0x10 0 @3\n"
    "variant unsafe concurrent\ncosts 450 8910 9310 1000 1200000 1310000\n"
    "interleaving 0 1 2 count one count that vanished\n"
    "step 1 1ms 41 @4 reads 41\nstep 2 2ms 41 @4 reads 41\n"
    "step 1 3ms 42 @5 writes 42\nstep 2 4ms 42 @5 writes 42 | one kept\n"
    "histogram additions lost\nbin 0 none\nbin 1 1\nbin 123456 more\n"
    "run\nlane 0 process parent none name main\nlane 1 thread parent 0 name luke\n"
    "lane 2 thread parent 0 name darthvader\n"
    "0 0 start\n1ms 1 start\n1ms 2 start\n5ms 0 end\n";

static struct fixture *read_exhibits(void)
{
    char text[sizeof exhibits];
    memcpy(text, exhibits, sizeof text);
    FILE *in = fmemopen(text, strlen(text), "r");
    assert_non_null(in);
    struct fixture *f = fixture_read(in, "exhibits");
    fclose(in);
    return f;
}

/** The text view, whose lines fit.  The caller frees it. */
static char *write_text(const struct report *report, const struct style *style)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    assert_non_null(out);
    assert_int_equal(text_write(report, style, out), 0);
    fclose(out);
    char *copy = strdup(text);
    for (char *save, *line = strtok_r(copy, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        assert_true(text_width(line) <= style->width);
        assert_true(line[strlen(line) - 1] != ' ');
        for (const char *at = line; *at != '\0' && !style->unicode; at++)
            assert_true((unsigned char)*at < 0x80);
    }
    free(copy);
    return text;
}

/** What is left when words that were folded are put together again. */
static void drop_blanks(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; at++)
        if (*at != ' ' && *at != '\n')
            *to++ = *at;
    *to = '\0';
}

static void nothing_is_lost_at_any_width(void **state)
{
    static const char *const must[] = {
        "luke",          "darthvader",      "left",          "right",   "deadlock.c:38",
        "deadlock.c:40", "deadlock.c:45",   "deadlock.c:47", "reads41", "writes42",
        "onekept",       "race.c:52",       "race.c:54",     "1.20",    "123,456runs",
        "8.91ns",        "oneadditioncosts"};
    (void)state;
    struct fixture *f = read_exhibits();
    for (unsigned width = 1; width <= 300; width++) {
        for (int unicode = 0; unicode < 2; unicode++) {
            struct style style = {.width = width, .unicode = unicode};
            char *text = write_text(fixture_report(f), &style);
            drop_blanks(text);
            for (size_t i = 0; i < sizeof must / sizeof *must && width >= 2; i++)
                if (strstr(text, must[i]) == NULL)
                    fail_msg("%s is missing at %u columns", must[i], width);
            free(text);
        }
    }
    fixture_free(f);
}

/** Links of lanes, locks and sites that may not exist. */
static struct deadlock *any_deadlock(uint64_t *seed)
{
    static const enum event_kind doing[] = {EVENT_LOCK_BEGIN, EVENT_JOIN_BEGIN,
                                            EVENT_NONE, EVENT_SEM_BEGIN};
    struct deadlock *deadlock = calloc(1, sizeof *deadlock);
    assert_non_null(deadlock);
    deadlock->kind = (enum deadlock_kind)(1 + next_random(seed) % 4);
    deadlock->count = 1 + next_random(seed) % 12;
    deadlock->closed_ns = (int64_t)(next_random(seed) % 1000000);
    deadlock->seen_ns = (int64_t)(next_random(seed) % 1000000000);
    deadlock->links = calloc(deadlock->count, sizeof *deadlock->links);
    assert_non_null(deadlock->links);
    for (size_t i = 0; i < deadlock->count; i++)
        deadlock->links[i] = (struct wait_link){
            .lane = (uint32_t)(next_random(seed) % 5),
            .doing = doing[next_random(seed) % 4],
            .wants = next_random(seed) % 4 * 16,
            .wants_site = (uint16_t)(next_random(seed) % 6),
            .wants_since_ns = (int64_t)(next_random(seed) % 10000000),
            .holds = {.object = next_random(seed) % 3 * 16,
                      .since_ns = (int64_t)(next_random(seed) % 10000000),
                      .site = (uint16_t)(next_random(seed) % 6)}};
    return deadlock;
}

static void any_deadlock_can_be_drawn(void **state)
{
    static const char *const names[] = {"天行者天行者天行者", "a\x1b[31m\xff\xfe",
                                        "a name that nobody could want to read", ""};
    (void)state;
    for (uint64_t round = 1; round <= 2000; round++) {
        uint64_t seed = round * UINT64_C(0x9e3779b97f4a7c15);
        struct fixture *f = read_exhibits();
        struct report *report = fixture_report(f);
        struct run *run = &report->variants[0].runs[0];
        struct lane *lane = &run->timeline.lanes[next_random(&seed) % 3];
        free(lane->name);
        lane->name = strdup(names[next_random(&seed) % 4]);
        deadlock_destroy(run->deadlock);
        run->deadlock = any_deadlock(&seed);
        struct style style = {.width = (unsigned)(1 + next_random(&seed) % 120),
                              .unicode = next_random(&seed) % 2 == 0};
        free(write_text(report, &style));
        for (const struct view *view = views; view->name != NULL; view++)
            write_view(report, view, &seed);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views_of_noise),
        cmocka_unit_test(nothing_is_lost_at_any_width),
        cmocka_unit_test(any_deadlock_can_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
