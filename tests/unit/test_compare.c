// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "classroom/compare/view.h"
#include "classroom/saved/skip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** A variant with these times, up to a 0. */
struct times {
    const char *name;
    int64_t walls[8];
};

static void put_variant(const struct times *times, FILE *out)
{
    int64_t sorted[8];
    size_t count = 0;
    for (; times->walls[count] != 0; count++)
        sorted[count] = times->walls[count];
    fprintf(out, "{\"name\":\"%s\",\"ideal_ns\":10,\"wall_ns\":", times->name);
    if (count > 0)
        fprintf(out, "%lld", (long long)spread_of(sorted, count).median);
    else
        fputs("null", out);
    fputs(",\"runs\":[", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s{\"wall_ns\":%lld,\"disturbed\":false}", i > 0 ? "," : "",
                (long long)times->walls[i]);
    fputs("]}", out);
}

/** A run with what stands in `more`, which begins with a comma, or nothing. */
static void add_run(struct comparison *comparison, const char *path, const char *more,
                    const struct times *variants)
{
    struct draft said;
    assert_non_null(draft_open(&said));
    fprintf(said.file,
            "{\"schema\":\"conc-run/1\",\"conc\":\"0.1.0\",\"demo\":\"threads\","
            "\"started\":\"\",\"complete\":true,\"disturbed\":false,"
            "\"machine\":{\"os\":\"\",\"kernel\":\"\",\"cpu\":\"c\",\"cores\":2,"
            "\"cores_used\":2}%s,\"variants\":[",
            more);
    for (size_t i = 0; variants[i].name != NULL; i++) {
        fputs(i > 0 ? "," : "", said.file);
        put_variant(&variants[i], said.file);
    }
    fputs("]}", said.file);
    char *text = draft_close(&said);
    assert_non_null(text);
    assert_int_equal(compare_add_text(comparison, path, text, strlen(text)), 0);
    free(text);
}

static void assert_words(char *text, const char *expected)
{
    assert_string_equal(text, expected);
    free(text);
}

static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fabs(b);
}

static struct entry entry_of(const int64_t *walls, size_t count)
{
    struct entry entry = {.wall_count = count, .run_count = count};
    int64_t copy[8];
    if (count == 0)
        return entry;
    memcpy(copy, walls, count * sizeof *copy);
    entry.wall = spread_of(copy, count);
    return entry;
}

static void test_judgement(void **state)
{
    (void)state;
    struct entry none = entry_of(NULL, 0);
    struct entry low = entry_of((int64_t[]){1, 2, 3}, 3);
    struct entry high = entry_of((int64_t[]){9, 4, 5}, 3);
    struct entry touching = entry_of((int64_t[]){3, 8}, 2);
    struct entry inside = entry_of((int64_t[]){2}, 1);
    struct entry outside = entry_of((int64_t[]){7}, 1);
    assert_int_equal(judge(&low, &high), JUDGE_APART);
    assert_int_equal(judge(&high, &low), JUDGE_APART);
    assert_int_equal(judge(&low, &touching), JUDGE_NOISE);
    assert_int_equal(judge(&low, &inside), JUDGE_NOISE);
    assert_int_equal(judge(&low, &outside), JUDGE_SINGLE);
    assert_int_equal(judge(&inside, &outside), JUDGE_SINGLE);
    assert_int_equal(judge(&low, &low), JUDGE_NONE);
    assert_int_equal(judge(&low, &none), JUDGE_NONE);
}

/** Counted out: all orders of a + b runs, and those in which one side is before the
 * other. */
static double counted_luck(unsigned a, unsigned b)
{
    unsigned orders = 0, apart = 0;
    for (unsigned bits = 0; bits < 1u << (a + b); bits++) {
        if ((unsigned)__builtin_popcount(bits) != a)
            continue;
        orders++;
        apart += bits == (1u << a) - 1 || bits == ((1u << a) - 1) << b;
    }
    return (double)orders / apart;
}

static void test_luck(void **state)
{
    (void)state;
    for (unsigned a = 1; a <= 7; a++)
        for (unsigned b = 1; b <= 7; b++)
            assert_true(is_near(luck_of(a, b), counted_luck(a, b)));
    assert_true(is_near(luck_of(5, 5), 126));
    assert_true(luck_of(10000, 10000) > 1e14);
}

static void test_figures(void **state)
{
    (void)state;
    struct comparison all = {.files = NULL};
    add_run(
        &all, "a.json", ",\"options\":{}",
        (struct times[]){{"one", {30, 20, 40}}, {"two", {15, 10, 12}}, {NULL, {0}}});
    add_run(&all, "b.json", ",\"options\":{}",
            (struct times[]){{"one", {60, 61, 70, 80}}, {"two", {0}}, {NULL, {0}}});
    add_run(&all, "c.json", ",\"options\":{}",
            (struct times[]){{"two", {24}}, {"three", {7}}, {NULL, {0}}});
    assert_int_equal(all.skipped_count, 0);
    assert_int_equal(compare_sum(&all), 0);
    const struct entry *a = all.files[0].entries, *b = all.files[1].entries;
    const struct entry *c = all.files[2].entries;
    assert_int_equal(a[0].wall.median, 30);
    assert_int_equal(b[0].wall.median, 61);
    assert_true(is_near(a[1].speedup, 2.5) && a[1].speedup_is == JUDGE_APART);
    assert_true(is_near(b[0].to_first, 30.0 / 61) && b[0].to_first_is == JUDGE_APART);
    assert_true(b[1].speedup <= 0 && b[1].to_first <= 0);
    assert_true(is_near(c[0].to_first, 0.5) && c[0].to_first_is == JUDGE_SINGLE);
    assert_true(is_near(c[1].to_first, 1) && c[1].to_first_is == JUDGE_NONE);
    assert_int_equal(all.demo_count, 1);
    const struct compared_demo *demo = &all.demos[0];
    assert_int_equal(demo->variant_count, 3);
    assert_string_equal(demo->variants[2].name, "three");
    assert_int_equal(demo->variants[1].count, 3);
    assert_int_equal(demo->variants[1].measured, 2);
    assert_int_equal(demo->variants[1].medians.median, 12);
    assert_int_equal(demo->variants[1].medians.max, 24);
    assert_true(has_row_of_all(&demo->variants[1]));
    assert_false(has_row_of_all(&demo->variants[0]));
    compare_destroy(&all);
}

static const struct times plain[] = {{"one", {10}}, {NULL, {0}}};

static void assert_difference(const struct comparison *comparison, size_t index,
                              const char *expected)
{
    struct draft said;
    const struct compared_demo *demo = &comparison->demos[0];
    assert_true(index < demo->difference_count);
    assert_non_null(draft_open(&said));
    compare_say_difference(comparison, demo, &demo->differences[index], said.file);
    assert_words(draft_close(&said), expected);
}

static void test_differences(void **state)
{
    (void)state;
    struct comparison all = {.files = NULL};
    add_run(&all, "a.json",
            ",\"options\":{\"ttl_ns\":[1000000,2000000],\"tasks\":2,\"cores\":2,"
            "\"check_twice\":true,\"timeout_ns\":5,\"width\":80}",
            plain);
    add_run(&all, "b.json",
            ",\"options\":{\"ttl_ns\":[1000000,2000000],\"tasks\":2,\"cores\":1,"
            "\"check_twice\":false,\"timeout_ns\":5,\"width\":40}",
            plain);
    add_run(&all, "c.json",
            ",\"options\":{\"ttl_ns\":[1,1,1,1,1],\"tasks\":5,\"cores\":2,"
            "\"timeout_ns\":5,\"new\":null}",
            plain);
    assert_int_equal(compare_sum(&all), 0);
    assert_difference(
        &all, 0, "--ttl: 1 ms, 2 ms in a, b; 1 ns, 1 ns, 1 ns, 1 ns, ... (5) in c");
    assert_difference(&all, 1, "--cores: all in a, c; 1 in b");
    assert_difference(&all, 2, "--check-twice: yes in a; no in b; none in c");
    assert_int_equal(all.demos[0].difference_count, 3);
    compare_destroy(&all);
}

static void test_many_differences(void **state)
{
    (void)state;
    struct comparison all = {.files = NULL};
    for (unsigned i = 0; i < 14; i++) {
        char path[16], options[64];
        snprintf(path, sizeof path, "%u.json", i);
        snprintf(options, sizeof options, ",\"options\":{\"seed\":%u,\"work\":\"%s\"}",
                 i / 2, i < 12 ? "cpu" : "wait");
        add_run(&all, path, options, plain);
    }
    assert_int_equal(compare_sum(&all), 0);
    assert_difference(&all, 0,
                      "--seed: 0 in 0, 1; 1 in 2, 3; 2 in 4, 5; 4 more values");
    assert_difference(&all, 1, "--work: cpu in 0, 1, 2 and 9 more; wait in 12, 13");
    compare_destroy(&all);
}

static void test_labels(void **state)
{
    (void)state;
    static const char *const paths[] = {"x/a.json",       "y/a.json", "y/b.json",
                                        "y/b.json",       "-",        "x/run",
                                        "x/c\x1b[1m.json"};
    static const char *const labels[] = {
        "x/a", "y/a", "y/b", "y/b (2)", "standard input", "run", "c\\x1b[1m"};
    struct comparison all = {.files = NULL};
    for (size_t i = 0; i < 7; i++)
        add_run(&all, paths[i], ",\"options\":{}", plain);
    assert_int_equal(compare_sum(&all), 0);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(all.files[i].label, labels[i]);
    compare_destroy(&all);
}

static void test_narrow_labels(void **state)
{
    (void)state;
    const struct style style = {.width = 80, .unicode = true};
    struct comparison all = {.files = NULL};
    add_run(&all, "lab-3_anna.json", ",\"options\":{}", plain);
    add_run(&all, "lab-3_antonia.json", ",\"options\":{}", plain);
    assert_int_equal(compare_sum(&all), 0);
    struct label_style labels = compare_label_style(&all, &all.demos[0], &style, 20);
    assert_int_equal(labels.columns, 13);
    assert_words(compare_label(&labels, all.files[0].label), "lab-3_anna");
    labels = compare_label_style(&all, &all.demos[0], &style, 8);
    assert_int_equal(labels.columns, 7);
    assert_words(compare_label(&labels, all.files[1].label), "antonia");
    labels = compare_label_style(&all, &all.demos[0], &style, 5);
    assert_words(compare_label(&labels, all.files[1].label), "anto…");
    compare_destroy(&all);
}

static void assert_axis(int64_t a, int64_t b, const char *guess, int64_t from,
                        int64_t to)
{
    struct comparison all = {.files = NULL};
    char more[256];
    int64_t axis_from, axis_to;
    snprintf(more, sizeof more, ",\"options\":{},\"prediction\":%s", guess);
    add_run(&all, "a.json", more, (struct times[]){{"one", {a, b}}, {NULL, {0}}});
    assert_int_equal(all.file_count, 1);
    assert_int_equal(compare_sum(&all), 0);
    compare_axis_range(&all.demos[0], &axis_from, &axis_to);
    assert_int_equal(axis_from, from);
    assert_int_equal(axis_to, to);
    compare_destroy(&all);
}

static void test_axis(void **state)
{
    (void)state;
    assert_axis(2000, 10000, "null", 0, 10400);
    assert_axis(5000, 10000, "null", 4800, 10200);
    assert_axis(9000, 9000, "null", 0, 9360);
    assert_axis(5000, 10000, "[{\"variant\":\"one\",\"value_ns\":12500}]", 4700, 12800);
    assert_axis(5000, 10000, "[{\"variant\":\"one\",\"value_ns\":99999}]", 4800, 10200);
    assert_axis(5000, 10000, "[{\"variant\":\"one\",\"count\":7500}]", 4800, 10200);
}

static void assert_refused(const char *text, const char *expected)
{
    struct comparison all = {.files = NULL};
    assert_int_equal(compare_add_text(&all, "x", text, strlen(text)), 0);
    assert_int_equal(all.file_count, 0);
    assert_int_equal(all.skipped_count, 1);
    assert_string_equal(all.skipped[0].error.text, expected);
    compare_destroy(&all);
}

static void test_what_is_no_run(void **state)
{
    (void)state;
    char deep[200];
    assert_refused("", "line 1, column 1: the file is empty");
    assert_refused("[]", "not a run of conc: it is no object");
    assert_refused("{}", "not a run of conc: it has no \"schema\"");
    assert_refused("{\"schema\": 3}", "not a run of conc: it has no \"schema\"");
    assert_refused("{\"schema\": \"x\"}",
                   "not a run of conc: schema \"x\", not conc-run/1");
    assert_refused("{\"schema\": \"conc-run/2\"}",
                   "a run of another conc: schema \"conc-run/2\", not conc-run/1");
    assert_refused("{\n \"a\": 1,\n \"\u00e4\": 2 \"b\"",
                   "line 3, column 11: '}' expected near '\"b\"'");
    assert_refused("{\"a\": 1, \"a\": 2}",
                   "line 1, column 12: duplicate object key near '\"a\"'");
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    memcpy(deep, "{\"\\\"[[\":", 8);
    assert_refused(deep, "line 1, column 72: nested deeper than any run of conc");
}

/** Both ways of reading a text, the whole and without lanes, find the same fault. */
static void assert_same_fault(const char *text, const char *expected)
{
    struct saved_error error = {""}, other = {""};
    char *copy = strdup(text);
    assert_null(saved_parse_text(text, strlen(text), &error));
    assert_null(saved_parse_figures_text(copy, strlen(copy), &other));
    assert_string_equal(error.text, expected);
    assert_string_equal(other.text, expected);
    free(copy);
}

#define RUNS_BEGIN "{\"variants\":[{\"runs\":[{"

static void test_faults_behind_lanes_keep_their_place(void **state)
{
    (void)state;
    assert_same_fault(RUNS_BEGIN "\"lanes\": [1,\n{\"\u00e4\": []},\n\"\u00e4\\n\"], x",
                      "line 3, column 9: string or '}' expected near 'x'");
    assert_same_fault(RUNS_BEGIN "\"lanes\":[[]],\"lanes\":[]}]}]}",
                      "line 1, column 43: duplicate object key near '\"lanes\"'");
    assert_same_fault(RUNS_BEGIN "\"lanes\": [1,\n2 3]}]}]}",
                      "line 2, column 3: ']' expected near '3'");
    assert_same_fault(RUNS_BEGIN "\"lanes\": [\n\"\\ud800\"]}]}]}",
                      "line 2, column 8: invalid Unicode '\\uD800' near "
                      "'\"\\ud800\"'");
}

static void assert_skipped(const char *array, size_t length)
{
    assert_int_equal(saved_skip_array(array, strlen(array), 8), length);
}

static void test_what_is_passed_over_is_json(void **state)
{
    (void)state;
    static const char *const good[] = {
        "[]",
        "[ ]",
        "[1,-0,2.5,1e9,-3E+7,0.1e-2]",
        "[true, false ,null]",
        "[\"\", \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00Ff\\ud83d\\ude00\", \"\u6f22\"]",
        "[{}, {\"a\": 1, \"b\" : {\"c\": [ [ ] ]}}]",
        "[[[[[[[[]]]]]]]]",
    };
    static const char *const bad[] = {
        "",
        "1",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[01]",
        "[+1]",
        "[1.]",
        "[.5]",
        "[1e]",
        "[-]",
        "[tru]",
        "[nul]",
        "[\"]",
        "[\"\\x\"]",
        "[\"\\u12\"]",
        "[\"\n\"]",
        "[\"\x80\"]",
        "[\"\xed\xa0\x80\"]",
        "[\"\\ud800\"]",
        "[\"\\ud800\\u0041\"]",
        "[\"\\udc00\"]",
        "[{]",
        "[{\"a\"}]",
        "[{\"a\":}]",
        "[{a:1}]",
        "[{\"a\":1,}]",
        "[}",
        "[[[[[[[[[]]]]]]]]]",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_skipped(good[i], strlen(good[i]));
        for (size_t length = 0; length < strlen(good[i]); length++)
            assert_int_equal(saved_skip_array(good[i], length, 8), 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_skipped(bad[i], 0);
    assert_skipped("[1] x", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judgement),
        cmocka_unit_test(test_luck),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_many_differences),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_narrow_labels),
        cmocka_unit_test(test_axis),
        cmocka_unit_test(test_what_is_no_run),
        cmocka_unit_test(test_faults_behind_lanes_keep_their_place),
        cmocka_unit_test(test_what_is_passed_over_is_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
