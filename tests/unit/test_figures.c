// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../golden/trace_text.h"
#include "card_words.h"
#include "timeline/figures.h"

#include <string.h>

static void test_spread(void **state)
{
    (void)state;
    int64_t one[] = {7}, even[] = {4, 1, 3, 2}, odd[] = {5, -9, 5, INT64_MAX, 0};
    struct spread s = spread_of(one, 1);
    assert_true(s.min == 7 && s.median == 7 && s.max == 7);
    s = spread_of(even, 4);
    assert_true(s.min == 1 && s.median == 2 && s.max == 4);
    s = spread_of(odd, 5);
    assert_true(s.min == -9 && s.median == 5 && s.max == INT64_MAX);
}

static void test_overlap(void **state)
{
    (void)state;
    struct spread low = {1, 2, 3}, high = {4, 5, 6}, touching = {3, 5, 6};
    assert_false(spreads_overlap(&low, &high));
    assert_false(spreads_overlap(&high, &low));
    assert_true(spreads_overlap(&low, &touching));
    assert_true(spreads_overlap(&touching, &low));
}

static int64_t ideal(enum shape shape, bool computes, unsigned cores,
                     const int64_t *ttls, size_t count)
{
    struct variant variant = {.shape = shape};
    struct task at[4];
    for (size_t i = 0; i < count; i++)
        at[i] = (struct task){.ttl_ns = ttls[i]};
    return ideal_of_variant(&variant, &(struct tasks){count, at}, computes, cores);
}

static void test_ideal_of_one_that_returns_early(void **state)
{
    (void)state;
    struct variant variant = {.shape = SHAPE_CONCURRENT, .returns_at = 0.5};
    struct task at[] = {{.ttl_ns = 10}, {.ttl_ns = 100}, {.ttl_ns = 60}};
    struct tasks tasks = {3, at};
    assert_int_equal(ideal_of_variant(&variant, &tasks, false, 1), 50);
    assert_int_equal(ideal_of_variant(&variant, &tasks, true, 1), 50);
    variant.returns_at = 0;
    assert_int_equal(ideal_of_variant(&variant, &tasks, true, 1), 170);
}

static void test_ideals(void **state)
{
    (void)state;
    const int64_t ttls[] = {5, 10}, equal[] = {6, 6, 6, 6};
    assert_int_equal(ideal(SHAPE_SERIAL, false, 2, ttls, 2), 15);
    assert_int_equal(ideal(SHAPE_SERIAL, true, 2, ttls, 2), 15);
    assert_int_equal(ideal(SHAPE_CONCURRENT, false, 1, ttls, 2), 10);
    assert_int_equal(ideal(SHAPE_CONCURRENT, true, 1, ttls, 2), 15);
    assert_int_equal(ideal(SHAPE_CONCURRENT, true, 2, ttls, 2), 10);
    assert_int_equal(ideal(SHAPE_CONCURRENT, true, 3, equal, 4), 8);
    assert_int_equal(ideal(SHAPE_CONCURRENT, true, 0, ttls, 2), 15);
    assert_int_equal(ideal(SHAPE_CONCURRENT, true, 2, ttls, 0), 0);
}

static void test_ideals_saturate(void **state)
{
    (void)state;
    const int64_t ttls[] = {INT64_MAX, INT64_MAX, 1};
    assert_int_equal(ideal(SHAPE_SERIAL, false, 1, ttls, 3), INT64_MAX);
    assert_int_equal(ideal(SHAPE_CONCURRENT, true, 2, ttls, 3), INT64_MAX);
}

/** luke's work done twice, darthvader's never: what was begun counts. */
static void test_ideal_of_what_was_begun(void **state)
{
    (void)state;
    char text[] =
        "task luke 5\ntask darthvader 10\nvariant v concurrent other_work\nrun\n"
        "lane 0 process parent none\n0 0 start\n0 0 task_begin 0 cpu\n"
        "1 0 ready 1s\n5 0 task_end 0\n5 0 task_begin 0 cpu\n"
        "10 0 task_end 0\n11 0 end\n";
    FILE *in = fmemopen(text, strlen(text), "r");
    struct fixture *f = fixture_read(in, "test");
    fclose(in);
    struct variant_report *variant = &fixture_report(f)->variants[0];
    const struct timeline *timeline = &variant->runs[0].timeline;
    const int64_t second = 1000000000;
    assert_int_equal(ideal_of_timeline(timeline, SHAPE_SERIAL, false, 1), 10 * second);
    assert_int_equal(ideal_of_timeline(timeline, SHAPE_CONCURRENT, false, 1),
                     5 * second);
    assert_int_equal(ideal_of_timeline(timeline, SHAPE_CONCURRENT, true, 1),
                     10 * second);
    assert_int_equal(variant->ideal_ns, 5 * second);
    fixture_free(f);
}

static void test_total_saturates(void **state)
{
    (void)state;
    struct task long_ones[] = {{.ttl_ns = INT64_MAX - 1}, {.ttl_ns = 1}, {.ttl_ns = 7}};
    const struct tasks two = {2, long_ones}, three = {3, long_ones};
    assert_int_equal(total_ns(&two), INT64_MAX);
    assert_int_equal(total_ns(&three), INT64_MAX);
    long_ones[0].ttl_ns = 2;
    assert_int_equal(total_ns(&three), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_ideals),
        cmocka_unit_test(test_ideal_of_one_that_returns_early),
        cmocka_unit_test(test_ideals_saturate),
        cmocka_unit_test(test_ideal_of_what_was_begun),
        cmocka_unit_test(test_total_saturates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
