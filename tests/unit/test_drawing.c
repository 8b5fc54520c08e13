// SPDX-License-Identifier: MIT
/** Pictures that are drawn, of random timelines and of plain ones: what must be true of
 * their blocks and stretches. */

#include "card.h"
#include "view/drawing/drawing.h"
#include "view/drawing/stretch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LANES 20
#define SPANS 300

static uint64_t seed;

static int64_t random_below(int64_t limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((seed >> 33) % (uint64_t)limit);
}

/** A report of one variant with one run. */
struct scene {
    struct report report;
    struct options options;
    struct card card;
    struct variant_report variant;
    struct run run;
    struct timeline *timeline;
};

static const struct variant table[] = {{.name = "threads"}, {.name = NULL}};
static const struct demo demo = {.name = "test", .variants = table};
static const struct task_view tasks[] = {{"luke", 1000}, {"leia", 1000}};

static void open_scene(struct scene *scene)
{
    *scene = (struct scene){.options = {.from_ns = -1, .to_ns = -1}};
    scene->card = (struct card){.demo = &demo};
    scene->variant = (struct variant_report){.variant = &table[0],
                                             .status = VARIANT_DONE,
                                             .runs = &scene->run,
                                             .run_count = 1};
    scene->report = (struct report){.card = &scene->card,
                                    .options = &scene->options,
                                    .variants = &scene->variant,
                                    .variant_count = 1};
    scene->timeline = &scene->run.timeline;
    scene->timeline->tasks = tasks;
    scene->timeline->task_count = 2;
    scene->timeline->lanes = calloc(LANES, sizeof *scene->timeline->lanes);
}

static struct lane *add_lane(struct scene *scene, int64_t start_ns)
{
    struct lane *lane = &scene->timeline->lanes[scene->timeline->lane_count];
    *lane = (struct lane){.id = (uint32_t)scene->timeline->lane_count++,
                          .name = strdup("lane"),
                          .start_ns = start_ns,
                          .end_ns = start_ns,
                          .spans = calloc(SPANS, sizeof *lane->spans)};
    return lane;
}

static void add_span(struct scene *scene, struct lane *lane, enum state state,
                     int64_t length_ns)
{
    assert_true(lane->span_count < SPANS);
    lane->spans[lane->span_count++] = (struct span){.start_ns = lane->end_ns,
                                                    .end_ns = lane->end_ns + length_ns,
                                                    .state = state,
                                                    .task = TASK_NONE,
                                                    .site = SITE_NONE};
    lane->end_ns += length_ns;
    lane->in_state_ns[state] += length_ns;
    if (lane->end_ns > scene->run.wall_ns)
        scene->run.wall_ns = scene->timeline->wall_ns = lane->end_ns;
}

static void close_scene(struct scene *scene)
{
    for (size_t i = 0; i < scene->timeline->lane_count; i++) {
        free(scene->timeline->lanes[i].name);
        free(scene->timeline->lanes[i].spans);
    }
    free(scene->timeline->lanes);
}

static void draw(struct drawing *drawing, const struct scene *scene, size_t columns,
                 size_t blocks_max)
{
    struct drawing_wish wish = {.columns = columns, .blocks_max = blocks_max};
    assert_int_equal(drawing_create(drawing, &scene->report, &wish), 0);
}

/** In order, without a gap, from where the lane is first on the axis to where last. */
static void check_blocks(const struct drawing *drawing, const struct lane *lane,
                         const struct drawn_lane *drawn)
{
    int64_t from =
        lane->start_ns > drawing->from_ns ? lane->start_ns : drawing->from_ns;
    int64_t to = lane->end_ns < drawing->to_ns ? lane->end_ns : drawing->to_ns;
    int64_t at = from;
    if (to <= from) {
        assert_int_equal(drawn->block_count, 0);
        return;
    }
    for (size_t i = 0; i < drawn->block_count; i++) {
        const struct block *block = &drawn->blocks[i];
        assert_int_equal(block->start_ns, at);
        assert_true(block->end_ns > at);
        assert_true(block->spans >= 1);
        assert_true(block->span + block->spans <= lane->span_count);
        assert_true(lane->spans[block->span].start_ns <= block->start_ns);
        assert_true(lane->spans[block->span + block->spans - 1].end_ns >=
                    block->end_ns);
        if (block->spans == 1)
            assert_int_equal(block->state, lane->spans[block->span].state);
        at = block->end_ns;
    }
    assert_int_equal(at, to);
}

static void check_stretches(const struct drawing *drawing,
                            const struct drawn_lane *drawn)
{
    int64_t at = drawing->from_ns;
    for (size_t i = 0; i < drawn->stretch_count; i++) {
        assert_true(drawn->stretches[i].start_ns >= at);
        assert_true(drawn->stretches[i].end_ns > drawn->stretches[i].start_ns);
        at = drawn->stretches[i].end_ns;
    }
    assert_true(at <= drawing->to_ns);
}

/** How long a state is drawn, and how long it was, within the window. */
static void check_sums(const struct drawing *drawing, const struct lane *lane,
                       const struct drawn_lane *drawn, size_t lanes)
{
    int64_t column_ns =
        (drawing->to_ns - drawing->from_ns) / (int64_t)drawing->columns + 1;
    for (int state = 0; state < STATE_COUNT; state++) {
        int64_t off = 0;
        for (size_t i = 0; i < drawn->block_count; i++)
            if (drawn->blocks[i].state == (enum state)state)
                off += drawn->blocks[i].end_ns - drawn->blocks[i].start_ns;
        for (size_t i = 0; i < lane->span_count; i++) {
            const struct span *span = &lane->spans[i];
            int64_t start = span->start_ns, end = span->end_ns;
            start = start > drawing->from_ns ? start : drawing->from_ns;
            end = end < drawing->to_ns ? end : drawing->to_ns;
            if (span->state == (enum state)state && end > start)
                off -= end - start;
        }
        int64_t most = column_ns * (int64_t)(2 + lanes);
        assert_in_range(off + most, 0, 2 * most);
    }
}

static void fill_at_random(struct scene *scene, int64_t longest_ns)
{
    for (int64_t lanes = 1 + random_below(LANES - 1); lanes > 0; lanes--) {
        struct lane *lane = add_lane(scene, random_below(4 * longest_ns));
        for (int64_t spans = random_below(SPANS); spans > 0; spans--)
            add_span(
                scene, lane, (enum state)random_below(STATE_COUNT),
                random_below(random_below(20) == 0 ? 40 * longest_ns : longest_ns));
        lane->cut = random_below(5) == 0;
    }
}

static void blocks_cover_random_lanes(void **state)
{
    (void)state;
    for (seed = 1; seed < 400; seed++) {
        uint64_t round = seed;
        struct scene scene;
        struct drawing drawing;
        open_scene(&scene);
        fill_at_random(&scene, 1 + random_below(10000));
        if (round % 3 == 0) {
            scene.options.from_ns = random_below(scene.run.wall_ns + 2);
            scene.options.to_ns =
                scene.options.from_ns + 1 + random_below(scene.run.wall_ns + 2);
        }
        draw(&drawing, &scene, 1 + (size_t)random_below(500), SIZE_MAX);
        const struct drawn_part *part = &drawing.parts[0];
        for (size_t i = 0; i < part->lane_count; i++) {
            const struct lane *lane = &scene.timeline->lanes[part->lanes[i].lane];
            check_blocks(&drawing, lane, &part->lanes[i]);
            check_stretches(&drawing, &part->lanes[i]);
            check_sums(&drawing, lane, &part->lanes[i], part->lane_count);
        }
        drawing_destroy(&drawing);
        close_scene(&scene);
        seed = round;
    }
}

/** Spans that are longer than a column are drawn from end to end. */
static void long_spans_are_exact(void **state)
{
    (void)state;
    struct scene scene;
    struct drawing drawing;
    open_scene(&scene);
    struct lane *lane = add_lane(&scene, 0);
    add_span(&scene, lane, STATE_RUN, 1000003);
    add_span(&scene, lane, STATE_WAIT, 2000017);
    add_span(&scene, lane, STATE_BLOCKED, 1000001);
    draw(&drawing, &scene, 100, 100);
    assert_true(drawing.is_exact);
    assert_int_equal(drawing.block_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct block *block = &drawing.parts[0].lanes[0].blocks[i];
        assert_int_equal(block->start_ns, lane->spans[i].start_ns);
        assert_int_equal(block->end_ns, lane->spans[i].end_ns);
        assert_int_equal(block->spans, 1);
    }
    assert_true(drawing.legend.state[STATE_WAIT]);
    assert_false(drawing.legend.state[STATE_READY]);
    drawing_destroy(&drawing);
    close_scene(&scene);
}

/** Two that take turns on a core, finer than a column: one runs, the other is ready. */
static void turns_are_taken(void **state)
{
    (void)state;
    struct scene scene;
    struct drawing drawing;
    open_scene(&scene);
    for (int i = 0; i < 2; i++) {
        struct lane *lane = add_lane(&scene, 0);
        for (int turn = 0; turn < 200; turn++)
            add_span(&scene, lane, turn % 2 == i ? STATE_RUN : STATE_READY, 10000);
    }
    draw(&drawing, &scene, 40, 1000);
    assert_false(drawing.is_exact);
    const struct drawn_lane *lanes = drawing.parts[0].lanes;
    assert_true(lanes[0].block_count > 20);
    assert_int_equal(lanes[0].block_count, lanes[1].block_count);
    for (size_t i = 0; i < lanes[0].block_count; i++) {
        assert_int_equal(lanes[0].blocks[i].start_ns, lanes[1].blocks[i].start_ns);
        assert_true((lanes[0].blocks[i].state == STATE_RUN) !=
                    (lanes[1].blocks[i].state == STATE_RUN));
    }
    assert_true(drawing.legend.no_core);
    drawing_destroy(&drawing);
    close_scene(&scene);
}

static void there_are_never_too_many(void **state)
{
    (void)state;
    struct scene scene;
    struct drawing drawing;
    open_scene(&scene);
    for (int i = 0; i < 10; i++) {
        struct lane *lane = add_lane(&scene, 0);
        for (int turn = 0; turn < SPANS; turn++)
            add_span(&scene, lane, turn % 2 == 0 ? STATE_RUN : STATE_WAIT,
                     1000 + random_below(1000));
    }
    draw(&drawing, &scene, 100000, 200);
    assert_true(drawing.block_count <= 200);
    assert_true(drawing.columns < 100000);
    drawing_destroy(&drawing);
    draw(&drawing, &scene, 100000, SIZE_MAX);
    assert_int_equal(drawing.block_count, 10 * SPANS);
    assert_true(drawing.is_exact);
    drawing_destroy(&drawing);
    close_scene(&scene);
}

/** What is too short to be seen does not end the stretch around it. */
static void stretches_go_on_behind_slivers(void **state)
{
    (void)state;
    struct scene scene;
    struct drawing drawing;
    char label[96];
    open_scene(&scene);
    struct lane *lane = add_lane(&scene, 0);
    for (int i = 0; i < 3; i++) {
        add_span(&scene, lane, STATE_WAIT, 1000000);
        lane->spans[lane->span_count - 1].task = 0;
        add_span(&scene, lane, STATE_BLOCKED, 100);
    }
    add_span(&scene, lane, STATE_WAIT, 1000000);
    lane->spans[lane->span_count - 1].task = 1;
    draw(&drawing, &scene, 100, 1000);
    const struct drawn_lane *drawn = &drawing.parts[0].lanes[0];
    assert_int_equal(drawn->stretch_count, 2);
    assert_int_equal(drawn->stretches[0].end_ns, drawn->stretches[1].start_ns);
    assert_true(stretch_label(scene.timeline, lane,
                              &lane->spans[drawn->stretches[1].span], label,
                              sizeof label));
    assert_string_equal(label, "leia");
    drawing_destroy(&drawing);
    close_scene(&scene);
}

/** The mark of a prediction is on the axis, unless it is far out. */
static void the_axis_holds_what_was_predicted(void **state)
{
    (void)state;
    struct scene scene;
    struct drawing drawing;
    struct prediction prediction = {.variant = 0, .value = 2000000};
    open_scene(&scene);
    scene.options.predictions = &prediction;
    scene.options.prediction_count = 1;
    add_span(&scene, add_lane(&scene, 0), STATE_WAIT, 1000000);
    draw(&drawing, &scene, 100, 100);
    assert_int_equal(predicted_time_ns(&scene.report, 0), 2000000);
    assert_true(drawing_place(&drawing, 2000000) < 1);
    drawing_destroy(&drawing);
    prediction.value = 60000000;
    draw(&drawing, &scene, 100, 100);
    assert_int_equal(drawing.to_ns, 1000000);
    drawing_destroy(&drawing);
    close_scene(&scene);
}

static void a_window_past_the_end_shows_all(void **state)
{
    (void)state;
    struct scene scene;
    struct drawing drawing;
    open_scene(&scene);
    scene.options.from_ns = 5000000;
    add_span(&scene, add_lane(&scene, 0), STATE_WAIT, 1000000);
    draw(&drawing, &scene, 100, 100);
    assert_true(drawing.window_is_past);
    assert_int_equal(drawing.from_ns, 0);
    assert_int_equal(drawing.to_ns, 1000000);
    drawing_destroy(&drawing);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_cover_random_lanes),
        cmocka_unit_test(long_spans_are_exact),
        cmocka_unit_test(turns_are_taken),
        cmocka_unit_test(there_are_never_too_many),
        cmocka_unit_test(stretches_go_on_behind_slivers),
        cmocka_unit_test(the_axis_holds_what_was_predicted),
        cmocka_unit_test(a_window_past_the_end_shows_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
