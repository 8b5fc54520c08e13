// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../golden/trace_text.h"

#include <string.h>

#define SECOND INT64_C(1000000000)

static struct fixture *read_text(const char *text)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    struct fixture *fixture = fixture_read(in, "test");
    fclose(in);
    return fixture;
}

#define TASKS "task luke 5\ntask darthvader 10\n"
#define RUN(flags, end) \
    "run " flags "\nlane 0 process parent none\n0 0 start\n" end " 0 end\n"

static void test_the_median_run_is_shown(void **state)
{
    (void)state;
    struct fixture *f = read_text(TASKS "variant v serial\n" RUN("", "15.3")
                                      RUN("", "15.1") RUN("", "15.2") RUN("", "15.4"));
    const struct variant_report *v = &fixture_report(f)->variants[0];
    assert_int_equal(v->comparable, 4);
    assert_int_equal(v->shown, 2);
    assert_int_equal(v->wall.median, 15200000000);
    assert_int_equal(v->wall.min, 15100000000);
    assert_int_equal(v->wall.max, 15400000000);
    assert_int_equal(v->ideal_ns, 15 * SECOND);
    assert_true(v->speedup >= 1 && v->speedup <= 1);
    fixture_free(f);
}

static void test_disturbed_and_failed_runs_are_not_compared(void **state)
{
    (void)state;
    struct fixture *f = read_text(TASKS "variant v serial\n" RUN("disturbed", "1")
                                      RUN("", "15") RUN("signal 11", "2"));
    const struct variant_report *v = &fixture_report(f)->variants[0];
    assert_int_equal(v->comparable, 1);
    assert_int_equal(v->shown, 1);
    assert_int_equal(v->wall.median, 15 * SECOND);
    fixture_free(f);
    f = read_text(TASKS "variant v serial\n" RUN("disturbed", "1")
                      RUN("disturbed", "2"));
    v = &fixture_report(f)->variants[0];
    assert_int_equal(v->comparable, 0);
    assert_int_equal(v->shown, 1);
    assert_true(v->speedup <= 0 && v->possible <= 0);
    fixture_free(f);
}

static void test_speedups(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(TASKS "variant a serial\n" RUN("", "15") "variant b concurrent\n" RUN(
            "",
            "10") "variant c concurrent other_work\n" RUN("",
                                                          "10") "variant d concurrent "
                                                                "skipped\n");
    const struct variant_report *v = fixture_report(f)->variants;
    assert_true(v[1].speedup >= 1.5 && v[1].speedup <= 1.5);
    assert_true(v[1].possible >= 1.5 && v[1].possible <= 1.5);
    assert_true(v[2].speedup <= 0 && v[2].possible <= 0);
    assert_int_equal(v[2].ideal_ns, 0);
    assert_true(v[3].speedup <= 0);
    assert_int_equal(v[3].ideal_ns, 10 * SECOND);
    fixture_free(f);
}

static void test_no_speedup_over_what_was_not_done(void **state)
{
    (void)state;
    struct fixture *f = read_text(
        TASKS "variant a serial skipped\nvariant b concurrent\n" RUN("", "10"));
    assert_true(fixture_report(f)->variants[1].speedup <= 0);
    fixture_free(f);
    f = read_text(TASKS "variant a serial\n" RUN("", "15")
                      RUN("limit", "60") "variant b concurrent\n" RUN("", "10"));
    assert_true(fixture_report(f)->variants[1].speedup <= 0);
    fixture_free(f);
}

static void test_outcomes_add_up(void **state)
{
    (void)state;
    json_t *sum = json_loads("{\"lost\": 1, \"orders\": {\"a,b\": 1}, \"r\": 0.5,"
                             " \"list\": [1], \"same\": true}",
                             0, NULL);
    json_t *one = json_loads("{\"lost\": 2, \"orders\": {\"a,b\": 3, \"b,a\": 1},"
                             " \"r\": 1, \"list\": [{\"x\": 2}], \"same\": true,"
                             " \"new\": 7}",
                             0, NULL);
    json_t *expected = json_loads("{\"lost\": 3, \"orders\": {\"a,b\": 4, \"b,a\": 1},"
                                  " \"r\": 1.5, \"list\": [1, {\"x\": 2}],"
                                  " \"same\": true, \"new\": 7}",
                                  0, NULL);
    assert_int_equal(outcome_add(sum, one), 0);
    assert_true(json_equal(sum, expected));
    json_decref(one);
    assert_true(json_equal(sum, expected));
    json_decref(sum);
    json_decref(expected);
}

static void test_sums_do_not_wrap(void **state)
{
    (void)state;
    json_t *sum =
        json_pack("{s:I, s:I}", "a", (json_int_t)INT64_MAX, "b", (json_int_t)INT64_MIN);
    json_t *one = json_pack("{s:i, s:i}", "a", 1, "b", -1);
    assert_int_equal(outcome_add(sum, one), 0);
    assert_true(json_integer_value(json_object_get(sum, "a")) == INT64_MAX);
    assert_true(json_integer_value(json_object_get(sum, "b")) == INT64_MIN);
    json_decref(sum);
    json_decref(one);
}

static void test_outcomes_of_runs_are_summed_once(void **state)
{
    (void)state;
    struct fixture *f = read_text(TASKS "variant v serial\n" RUN(
        "", "1") "outcome {\"lost\": 1}\n" RUN("", "2") "outcome {\"lost\": 41}\n");
    struct report *report = fixture_report(f);
    assert_int_equal(report_sum(report, 0), 0);
    assert_int_equal(report_sum(report, 0), 0);
    const struct variant_report *v = &report->variants[0];
    assert_int_equal(json_integer_value(json_object_get(v->outcome, "lost")), 42);
    assert_int_equal(json_integer_value(json_object_get(v->runs[0].outcome, "lost")),
                     1);
    fixture_free(f);
}

static void test_runs_far_from_the_median_are_thinned(void **state)
{
    (void)state;
    struct fixture *f = read_text(TASKS "variant v serial\n" RUN("", "15.3")
                                      RUN("", "11") RUN("", "15.2") RUN("", "15.4"));
    struct report *report = fixture_report(f);
    struct variant_report *v = &report->variants[0];
    report->items_max = 100;
    report_thin(report, 0);
    assert_false(v->runs[1].is_thinned);
    report->items = 100;
    size_t one = v->runs[3].timeline.lane_count +
                 v->runs[3].timeline.lanes[0].span_count +
                 v->runs[3].timeline.lanes[0].mark_count;
    report_thin(report, 0);
    assert_true(v->runs[1].is_thinned);
    assert_int_equal(v->runs[1].timeline.lane_count, 0);
    assert_int_equal(report->items, 100);
    assert_int_equal(v->runs[1].wall_ns, 11 * SECOND);
    report->items += one * 10;
    report_thin(report, 0);
    assert_int_equal(report_sum(report, 0), 0);
    assert_false(v->runs[v->shown].is_thinned);
    assert_int_equal(v->wall.min, 11 * SECOND);
    assert_int_equal(v->comparable, 4);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_median_run_is_shown),
        cmocka_unit_test(test_disturbed_and_failed_runs_are_not_compared),
        cmocka_unit_test(test_speedups),
        cmocka_unit_test(test_no_speedup_over_what_was_not_done),
        cmocka_unit_test(test_outcomes_add_up),
        cmocka_unit_test(test_sums_do_not_wrap),
        cmocka_unit_test(test_runs_far_from_the_median_are_thinned),
        cmocka_unit_test(test_outcomes_of_runs_are_summed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
