// SPDX-License-Identifier: MIT
/** Pictures of random timelines: what must be true of every one of them. */

#include "card.h"
#include "text/width.h"
#include "view/picture.h"
#include "view/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LANES 6
#define SPANS 400

static uint64_t seed;

static int64_t random_below(int64_t limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((seed >> 33) % (uint64_t)limit);
}

static const struct task_view tasks[] = {{"luke", 1000}, {"天行者", 1000}, {"r2d2", 0}};

/** A lane of random spans, from a random time on. */
static struct lane random_lane(uint32_t id, int64_t longest_span_ns)
{
    static const char *const names[LANES] = {"main",          "luke",
                                             "天行者",        "e\xcc\x81",
                                             "a\x1b[31m\xff", "a name without an end"};
    struct lane lane = {.id = id, .kind = LANE_THREAD, .cpu_ns = -1};
    lane.name = strdup(names[id % LANES]);
    lane.span_count = (size_t)(1 + random_below(SPANS));
    lane.spans = calloc(lane.span_count, sizeof *lane.spans);
    lane.start_ns = lane.end_ns = random_below(4 * longest_span_ns);
    lane.cut = random_below(5) == 0;
    for (size_t i = 0; i < lane.span_count; i++) {
        struct span *span = &lane.spans[i];
        span->start_ns = lane.end_ns;
        lane.end_ns += random_below(longest_span_ns);
        span->end_ns = lane.end_ns;
        span->state = (enum state)random_below(STATE_COUNT);
        span->task = random_below(3) == 0 ? TASK_NONE : (uint32_t)random_below(3);
        span->cause = span->state == STATE_BLOCKED ? EVENT_LOCK_BEGIN : EVENT_NONE;
        span->site = SITE_NONE;
        lane.in_state_ns[span->state] += span->end_ns - span->start_ns;
    }
    return lane;
}

static struct timeline random_timeline(int64_t longest_span_ns)
{
    struct timeline timeline = {.complete = true, .tasks = tasks, .task_count = 3};
    timeline.lane_count = (size_t)(1 + random_below(LANES));
    timeline.lanes = calloc(timeline.lane_count, sizeof *timeline.lanes);
    for (size_t i = 0; i < timeline.lane_count; i++) {
        struct lane *lane = &timeline.lanes[i];
        *lane = random_lane((uint32_t)i, longest_span_ns);
        timeline.wall_ns =
            lane->end_ns > timeline.wall_ns ? lane->end_ns : timeline.wall_ns;
    }
    return timeline;
}

static void free_timeline(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->lane_count; i++) {
        free(timeline->lanes[i].name);
        free(timeline->lanes[i].spans);
    }
    free(timeline->lanes);
}

struct drawn {
    struct axis axis;
    struct bar bars[LANES];
    struct legend legend;
};

static void draw(struct drawn *drawn, const struct timeline *timeline, unsigned columns)
{
    static const size_t lanes[LANES] = {0, 1, 2, 3, 4, 5};
    static const struct style style = {.width = 300, .unicode = true};
    memset(drawn, 0, sizeof *drawn);
    axis_init(&drawn->axis, 0, timeline->wall_ns, columns);
    assert_int_equal(picture_draw(&(struct picture){
                         .timeline = timeline,
                         .axis = &drawn->axis,
                         .style = &style,
                         .lanes = lanes,
                         .lane_count = timeline->lane_count,
                         .bars = drawn->bars,
                         .legend = &drawn->legend,
                     }),
                     0);
}

/**
 * Cells of each state times what a cell is worth are the lane's figures, but for what
 * is carried at the end, and for its first and last cell, which it may fill in part.
 */
static void check_sums(const struct drawn *drawn, const struct lane *lane,
                       const struct bar *bar)
{
    int64_t cells[STATE_COUNT] = {0};
    int64_t cell = (drawn->axis.to_ns - drawn->axis.from_ns) / drawn->axis.columns;
    for (unsigned i = 0; i < drawn->axis.columns; i++) {
        cells[bar->cells[i].state] += bar->cells[i].glyph != GLYPH_BLANK;
    }
    for (int state = 0; state < STATE_COUNT; state++) {
        int64_t off = cells[state] * cell - lane->in_state_ns[state];
        assert_true(2 * off <= 5 * cell && 2 * off >= -5 * cell);
    }
}

/** It is drawn where it was alive, and nowhere else. */
static void check_life(const struct drawn *drawn, const struct timeline *timeline,
                       size_t index)
{
    const struct lane *lane = &timeline->lanes[index];
    const struct bar *bar = &drawn->bars[index];
    unsigned first = axis_column(&drawn->axis, lane->start_ns);
    unsigned last = axis_column(&drawn->axis, lane->end_ns);
    for (unsigned i = 0; i < drawn->axis.columns; i++) {
        bool alive = i >= first && i <= last;
        assert_int_equal(bar->cells[i].glyph != GLYPH_BLANK, alive);
    }
    enum glyph end = bar->cells[last].glyph;
    if (lane_is_cut_off(timeline, lane)) {
        assert_int_equal(end, GLYPH_CUT);
    } else {
        assert_int_equal(end, first == last ? GLYPH_WHOLE : GLYPH_END);
    }
    if (first != last) {
        assert_int_equal(bar->cells[first].glyph, GLYPH_START);
    }
}

/** Labels stand on even ground, apart from each other and from marks. */
static void check_labels(const struct drawn *drawn, const struct bar *bar)
{
    unsigned column = 0;
    for (size_t i = 0; i < bar->label_count; i++) {
        const struct bar_label *label = &bar->labels[i];
        assert_true(label->column > column || i == 0);
        assert_int_equal(label->columns, text_width(label->text) + 2);
        assert_true(label->column + label->columns <= drawn->axis.columns);
        for (unsigned j = 0; j < label->columns; j++) {
            const struct cell *cell = &bar->cells[label->column + j];
            assert_int_equal(cell->glyph, GLYPH_STATE);
            assert_int_equal(cell->state, bar->cells[label->column].state);
        }
        column = label->column + label->columns;
    }
}

static void bars_tell_the_truth(void **state)
{
    (void)state;
    struct drawn *drawn = malloc(sizeof *drawn);
    assert_non_null(drawn);
    for (seed = 1; seed < 1000 * 1000; seed = (seed / 7919 + 1) * 7919) {
        uint64_t this = seed;
        struct timeline timeline = random_timeline(1 + random_below(100000));
        unsigned columns = (unsigned)(1 + random_below(AXIS_COLUMNS_MAX));
        draw(drawn, &timeline, columns);
        for (size_t i = 0; i < timeline.lane_count; i++) {
            check_life(drawn, &timeline, i);
            check_labels(drawn, &drawn->bars[i]);
            if (timeline.wall_ns > 1000) {
                check_sums(drawn, &timeline.lanes[i], &drawn->bars[i]);
            }
        }
        free_timeline(&timeline);
        seed = this;
    }
    free(drawn);
}

/** Lanes that take turns on one core, much finer than a cell. */
static struct timeline shared_core(size_t lanes, int64_t slice_ns, size_t turns)
{
    struct timeline timeline = {.complete = true, .tasks = tasks, .task_count = 3};
    timeline.lane_count = lanes;
    timeline.lanes = calloc(lanes, sizeof *timeline.lanes);
    timeline.wall_ns = slice_ns * (int64_t)(turns * lanes);
    for (size_t i = 0; i < lanes; i++) {
        struct lane *lane = &timeline.lanes[i];
        lane->name = strdup("luke");
        lane->span_count = turns * lanes;
        lane->spans = calloc(lane->span_count, sizeof *lane->spans);
        lane->end_ns = timeline.wall_ns;
        for (size_t j = 0; j < lane->span_count; j++) {
            enum state state = j % lanes == i ? STATE_RUN : STATE_READY;
            lane->spans[j] = (struct span){
                .start_ns = slice_ns * (int64_t)j,
                .end_ns = slice_ns * (int64_t)(j + 1),
                .state = state,
                .site = SITE_NONE,
            };
            lane->in_state_ns[state] += slice_ns;
        }
    }
    return timeline;
}

/** One core is never drawn twice, and all get their share of it. */
static void one_core_is_drawn_once(void **state)
{
    (void)state;
    struct drawn *drawn = malloc(sizeof *drawn);
    assert_non_null(drawn);
    for (size_t lanes = 2; lanes <= LANES; lanes++) {
        struct timeline timeline = shared_core(lanes, 1000, 1000);
        for (unsigned columns = 10; columns <= AXIS_COLUMNS_MAX; columns += 7) {
            draw(drawn, &timeline, columns);
            for (unsigned column = 0; column < columns; column++) {
                size_t running = 0;
                for (size_t i = 0; i < lanes; i++) {
                    running += drawn->bars[i].cells[column].state == STATE_RUN;
                }
                assert_int_equal(running, 1);
            }
            for (size_t i = 0; i < lanes; i++) {
                check_sums(drawn, &timeline.lanes[i], &drawn->bars[i]);
            }
        }
        free_timeline(&timeline);
    }
    free(drawn);
}

/** What happens at a lane's start or end is not hidden by the sign for that. */
static void beats_stand_beside_the_ends(void **state)
{
    (void)state;
    struct drawn *drawn = malloc(sizeof *drawn);
    assert_non_null(drawn);
    struct timeline timeline = shared_core(1, 1000, 1000);
    struct mark marks[] = {
        {.at_ns = 0, .kind = EVENT_MARK, .site = SITE_NONE},
        {.at_ns = timeline.wall_ns / 2, .kind = EVENT_MARK, .site = SITE_NONE},
        {.at_ns = timeline.wall_ns - 1, .kind = EVENT_MARK, .site = SITE_NONE}};
    timeline.lanes[0].marks = marks;
    timeline.lanes[0].mark_count = 3;
    draw(drawn, &timeline, 40);
    check_life(drawn, &timeline, 0);
    for (unsigned column = 0; column < 40; column++)
        assert_int_equal(drawn->bars[0].cells[column].glyph == GLYPH_BEAT,
                         column == 1 || column == 20 || column == 38);
    free_timeline(&timeline);
    free(drawn);
}

static void axis_holds_every_time(void **state)
{
    (void)state;
    for (seed = 1; seed < 100000; seed++) {
        uint64_t this = seed;
        struct axis axis;
        int64_t from = random_below(3) == 0 ? random_below(1000000000) : 0;
        int64_t to = from + random_below(1 + random_below(2000000000));
        axis_init(&axis, from, to, (unsigned)(1 + random_below(AXIS_COLUMNS_MAX)));
        assert_int_equal(axis.edge[0], from);
        assert_int_equal(axis.edge[axis.columns], axis.to_ns);
        int64_t at = from + random_below(1 + axis.to_ns - from);
        unsigned column = axis_column(&axis, at);
        assert_true(column < axis.columns);
        assert_true(axis.edge[column] <= at);
        assert_true(at < axis.edge[column + 1] || at == axis.to_ns);
        seed = this;
    }
}

static json_t *no_outcome(const struct report *report, const struct run *run)
{
    (void)report;
    (void)run;
    return NULL;
}

static void say(const struct report *report, size_t variant, FILE *out)
{
    (void)report;
    fprintf(out, "Variant %zu took its time, which is averylongwordthatmustbefolded.",
            variant);
}

static void suggest_next(const struct report *report, FILE *out)
{
    (void)report;
    fputs("And with more?\tthreads --tasks 100 --ttl 1", out);
}

/** A report on random timelines, in every state that there is. */
static struct report *random_report(void)
{
    static const struct variant variants[] = {{.name = "sequential"},
                                              {.name = "threads", .shape = 1},
                                              {.name = "shared-arg"},
                                              {0}};
    static const struct demo demo = {.name = "threads", .variants = variants};
    static const struct card card = {.demo = &demo,
                                     .summary = "",
                                     .question = "",
                                     .outcome = no_outcome,
                                     .verdict = say,
                                     .next = suggest_next};
    static struct task some[] = {{"luke", "luke", 1000000000, 0},
                                 {"天行者", "天行者", 333333333, 1}};
    static struct options options;
    struct report *report = calloc(1, sizeof *report);
    options = (struct options){
        .tasks = {(size_t)(1 + random_below(2)), some},
        .work = random_below(2) ? WORK_CPU : WORK_WAIT,
        .cores = 1,
        .repeat = (unsigned)(1 + random_below(2)),
        .speed = random_below(2) ? 1 : 7,
        .limit_ns = 60000000000,
        .from_ns = random_below(4) == 0 ? random_below(1000) : -1,
        .to_ns = random_below(4) == 0 ? random_below(100000) : -1,
    };
    *report = (struct report){.card = &card, .options = &options, .variant_count = 3};
    report->machine.cores = 2;
    report->variants = calloc(3, sizeof *report->variants);
    for (size_t i = 0; i < 3; i++) {
        struct variant_report *variant = &report->variants[i];
        variant->variant = &variants[i];
        variant->status = (enum variant_status)random_below(5);
        variant->ideal_ns = random_below(1000000);
        variant->cpu_ns = random_below(1000) - 1;
        variant->speedup = (double)random_below(4);
        variant->possible = (double)random_below(4);
        if (variant->status == VARIANT_PENDING || variant->status == VARIANT_SKIPPED) {
            continue;
        }
        variant->run_count = 1;
        variant->comparable = (size_t)random_below(3);
        variant->wall = (struct spread){1, random_below(3000000000), 3000000000};
        struct run *run = variant->runs = calloc(1, sizeof *run);
        run->ending = variant->status == VARIANT_RUNNING ? ENDING_RUNNING
                                                         : (enum ending)random_below(8);
        run->number = 11;
        run->disturbed = random_below(4) == 0;
        run->detail = random_below(2) ? strdup("the system gave 1 of \x1b[2J 2") : NULL;
        run->printed = random_below(2) ? strdup("hallo\nWelt\x1b[31m\n\n天行者") : NULL;
        run->printed_bytes = run->printed != NULL ? strlen(run->printed) : 0;
        run->timeline = random_timeline(1 + random_below(100000));
        run->timeline.dropped_events = (uint64_t)random_below(2);
        run->wall_ns = run->timeline.wall_ns;
    }
    return report;
}

static void free_report(struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        struct run *run = report->variants[i].runs;
        if (run != NULL) {
            free(run->detail);
            free(run->printed);
            free_timeline(&run->timeline);
            free(run);
        }
    }
    free(report->variants);
    free(report);
}

/** No line is wider than it may be, ends in a blank, or leaves a colour on. */
static void check_lines(char *text, const struct style *style)
{
    char *rest = text, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        char plain[8192];
        size_t used = 0;
        bool colored = false;
        for (const char *at = line; *at != '\0'; at++) {
            if (*at == '\x1b') {
                assert_int_not_equal(style->palette, PALETTE_NONE);
                colored = strncmp(at, "\x1b[0m", 4) != 0;
                at += strcspn(at, "m");
                continue;
            }
            assert_true(style->unicode || (unsigned char)*at < 0x80);
            plain[used++] = *at;
        }
        plain[used] = '\0';
        assert_false(colored);
        assert_true(text_is_printable(plain));
        assert_true(text_width(plain) <= style->width);
        assert_true(used == 0 || plain[used - 1] != ' ');
    }
}

static void lines_fit_in_every_width(void **state)
{
    (void)state;
    for (uint64_t round = 1; round < 40; round++) {
        seed = round * 7919;
        struct report *report = random_report();
        for (unsigned width = 1; width <= 300; width++) {
            struct style style = {
                .width = width,
                .height = (unsigned)random_below(40),
                .palette = (enum palette)random_below(3),
                .unicode = random_below(2),
            };
            char *text = NULL;
            size_t bytes = 0;
            FILE *out = open_memstream(&text, &bytes);
            assert_non_null(out);
            assert_int_equal(round % 2 ? text_write(report, &style, out)
                                       : text_write_pictures(report, &style, out),
                             0);
            assert_int_equal(fclose(out), 0);
            check_lines(text, &style);
            free(text);
        }
        free_report(report);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(bars_tell_the_truth),
        cmocka_unit_test(one_core_is_drawn_once),
        cmocka_unit_test(beats_stand_beside_the_ends),
        cmocka_unit_test(axis_holds_every_time),
        cmocka_unit_test(lines_fit_in_every_width),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
