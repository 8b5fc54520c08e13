// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../demos/race_exhibits.h"
#include "card.h"

#include <string.h>

extern const struct card race_card;

enum { RUNS_MAX = 40, MARKS_MAX = 20, LANES = 4 };

/** One variant, with runs that lost so much, and lanes in the first of them. */
struct made {
    int64_t own[4]; /**< the card's options: --story is the first */
    struct options options;
    struct variant unsafe;
    struct run runs[RUNS_MAX];
    struct variant_report variant;
    struct lane lanes[LANES];
    struct mark marks[LANES][MARKS_MAX];
    struct report report;
};

static struct made *make(const char *name, const int64_t *lost, size_t count)
{
    struct made *made = calloc(1, sizeof *made);
    int64_t sum = 0;
    assert_non_null(made);
    made->unsafe.name = name;
    made->options.own = made->own;
    for (size_t i = 0; i < count; i++) {
        made->runs[i].outcome =
            json_pack("{s:I, s:i}", "lost", (json_int_t)lost[i], "runs", 1);
        sum |= lost[i];
    }
    made->variant = (struct variant_report){
        .variant = &made->unsafe,
        .runs = made->runs,
        .run_count = count,
        .outcome = json_pack("{s:I}", "lost", (json_int_t)sum),
    };
    made->report = (struct report){.card = &race_card,
                                   .options = &made->options,
                                   .variants = &made->variant,
                                   .variant_count = 1};
    for (size_t i = 0; i < LANES; i++)
        made->lanes[i].marks = made->marks[i];
    made->runs[0].timeline.lanes = made->lanes;
    made->runs[0].timeline.lane_count = LANES;
    return made;
}

static void discard(struct made *made)
{
    for (size_t i = 0; i < made->variant.run_count; i++)
        json_decref(made->runs[i].outcome);
    json_decref(made->variant.outcome);
    free(made);
}

static void add(struct made *made, size_t lane, int64_t at_ns, enum event_kind kind,
                uint64_t value)
{
    made->marks[lane][made->lanes[lane].mark_count++] =
        (struct mark){.at_ns = at_ns, .kind = kind, .object = 7, .value = value};
}

static void assert_bins(const int64_t *lost, size_t count, const char *expected)
{
    struct made *made = make("unsafe", lost, count);
    struct histogram histogram;
    char text[1024] = "";
    assert_true(race_histogram(&made->report, 0, &histogram));
    for (size_t i = 0; i < histogram.bin_count; i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s: %d", i > 0 ? ", " : "",
                 histogram.bins[i].label, (int)histogram.bins[i].count);
    }
    assert_string_equal(text, expected);
    discard(made);
}

#define ASSERT_BINS(expected, ...)                                  \
    do {                                                            \
        const int64_t lost_[] = {__VA_ARGS__};                      \
        assert_bins(lost_, sizeof lost_ / sizeof *lost_, expected); \
    } while (0)

static void test_few_values_have_a_bin_each(void **state)
{
    (void)state;
    ASSERT_BINS("0: 2", 0, 0);
    ASSERT_BINS("0: 1, 1: 2, 5,000: 1", 1, 0, 5000, 1);
}

static void test_many_values_share_bins_by_their_digits(void **state)
{
    (void)state;
    ASSERT_BINS("0: 1, 1 to 9: 2, 10 to 99: 0, 100 to 999: 4", 0, 1, 9, 100, 101, 102,
                999);
    ASSERT_BINS("10 to 99: 3, 100 to 999: 4", 10, 11, 99, 100, 101, 102, 999);
}

static void test_the_last_bin_takes_what_there_is_no_room_for(void **state)
{
    (void)state;
    ASSERT_BINS(
        "0: 1, 1 to 9: 5, 10 to 99: 0, 100 to 999: 0, 1,000 to 9,999: 0, "
        "10,000 to 99,999: 0, 100,000 to 999,999: 0, 1,000,000 to 9,999,999: 0, "
        "10,000,000 to 99,999,999: 0, 100,000,000 to 999,999,999: 0, "
        "1,000,000,000 to 9,999,999,999: 0, 10,000,000,000 and more: 2",
        0, 1, 2, 3, 4, 5, INT64_MAX, 20000000000);
}

static void test_no_histogram_of_one_run_or_of_what_is_right(void **state)
{
    (void)state;
    const int64_t none[] = {0, 0}, some[] = {0, 1};
    struct histogram histogram;
    struct made *made = make("unsafe", some, 1);
    assert_false(race_histogram(&made->report, 0, &histogram));
    discard(made);
    made = make("mutex", none, 2);
    assert_false(race_histogram(&made->report, 0, &histogram));
    discard(made);
    made = make("mutex", some, 2);
    assert_true(race_histogram(&made->report, 0, &histogram));
    discard(made);
}

static const int64_t one_lost[] = {1};

static void test_steps_in_order_of_time(void **state)
{
    (void)state;
    struct made *made = make("unsafe", one_lost, 1);
    struct interleaving shown;
    add(made, 3, 10, EVENT_READ, 41);
    add(made, 1, 20, EVENT_READ, 41);
    add(made, 1, 30, EVENT_WRITE, 42);
    add(made, 3, 40, EVENT_WRITE, 42);
    assert_true(race_interleaving(&made->report, 0, &shown));
    assert_int_equal(shown.left, 1);
    assert_int_equal(shown.right, 3);
    assert_int_equal(shown.step_count, 4);
    assert_string_equal(shown.steps[0].words, "reads 41");
    assert_int_equal(shown.steps[0].lane, 3);
    assert_string_equal(shown.steps[3].words, "writes 42");
    assert_string_equal(shown.steps[3].value, "42");
    assert_string_equal(shown.steps[3].remark, "two counted, one kept");
    assert_string_equal(shown.steps[2].remark, "");
    made->own[0] = 1;
    assert_true(race_interleaving(&made->report, 0, &shown));
    assert_string_equal(shown.value_heading, "seats left");
    assert_string_equal(shown.steps[0].words, "sees 41 left");
    discard(made);
}

static void test_what_is_no_lost_update_is_not_shown(void **state)
{
    (void)state;
    struct made *made = make("unsafe", one_lost, 1);
    struct interleaving shown;
    assert_false(race_interleaving(&made->report, 0, &shown));
    add(made, 1, 10, EVENT_READ, 0);
    add(made, 1, 20, EVENT_WRITE, 1);
    assert_false(race_interleaving(&made->report, 0, &shown));
    add(made, 2, 30, EVENT_READ, 1); /* one after the other: nothing is lost */
    add(made, 2, 40, EVENT_WRITE, 2);
    assert_false(race_interleaving(&made->report, 0, &shown));
    add(made, 3, 50, EVENT_WRITE, 1); /* has read nothing */
    assert_false(race_interleaving(&made->report, 0, &shown));
    made->variant.run_count = 0;
    assert_false(race_interleaving(&made->report, 0, &shown));
    made->variant.run_count = 1;
    discard(made);
}

static void test_one_lane_alone_loses_nothing(void **state)
{
    (void)state;
    struct made *made = make("unsafe", one_lost, 1);
    struct interleaving shown;
    add(made, 1, 10, EVENT_READ, 0);
    add(made, 1, 20, EVENT_READ, 0);
    add(made, 1, 30, EVENT_WRITE, 1);
    add(made, 1, 40, EVENT_WRITE, 1);
    assert_false(race_interleaving(&made->report, 0, &shown));
    made->runs[0].timeline.lane_count = 0; /* thinned */
    assert_false(race_interleaving(&made->report, 0, &shown));
    discard(made);
}

static void test_too_many_steps_keep_their_ends(void **state)
{
    (void)state;
    struct made *made = make("unsafe", one_lost, 1);
    struct interleaving shown;
    for (int64_t i = 0; i < MARKS_MAX - 1; i++) {
        add(made, 1, i, EVENT_READ, 0);
        add(made, 2, i, EVENT_READ, 0);
    }
    add(made, 1, 100, EVENT_WRITE, 1);
    add(made, 2, 110, EVENT_WRITE, 1);
    assert_true(race_interleaving(&made->report, 0, &shown));
    assert_int_equal(shown.step_count, STEPS_MAX);
    assert_int_equal(shown.steps[STEPS_MAX - 1].at_ns, 110);
    assert_int_equal(shown.steps[STEPS_MAX - 2].at_ns, 100);
    assert_string_equal(shown.steps[STEPS_MAX - 1].remark, "two counted, one kept");
    discard(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_values_have_a_bin_each),
        cmocka_unit_test(test_many_values_share_bins_by_their_digits),
        cmocka_unit_test(test_the_last_bin_takes_what_there_is_no_room_for),
        cmocka_unit_test(test_no_histogram_of_one_run_or_of_what_is_right),
        cmocka_unit_test(test_steps_in_order_of_time),
        cmocka_unit_test(test_what_is_no_lost_update_is_not_shown),
        cmocka_unit_test(test_one_lane_alone_loses_nothing),
        cmocka_unit_test(test_too_many_steps_keep_their_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
