// SPDX-License-Identifier: MIT
/** Predictions: as they stand on a command line, and as people type them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "command_line.h"

#include <inttypes.h>

static const struct variant variants[] = {
    {.name = "plain", .about = "one after the other"},
    {.name = "quick", .about = "all at once"},
    {.name = "daemon+join", .about = "with a sign in its name"},
    {.name = "hazard", .about = "wrong", .extra = true},
    {.name = "seller", .about = "sells"},
    {.name = NULL},
};

static const struct demo demo = {.name = "fake", .variants = variants};

static const struct own_option own_options[] = {
    {.name = "--story", .value = "counter|tickets", .kind = OWN_WORD},
    {.name = NULL},
};

static const struct goes_with company[] = {
    {"seller", "--story", "tickets"},
    {.what = NULL},
};

static struct card card_for(enum predicted predicts)
{
    return (struct card){.demo = &demo,
                         .options = own_options,
                         .goes_with = company,
                         .predicts = predicts};
}

/** What a line comes to: "ask quick=12000000000(why) ...", or what was said of it. */
static char *reading_of(enum predicted predicts, const char *const *arguments)
{
    struct card card = card_for(predicts);
    struct options options;
    char *said, *text = NULL;
    size_t length;
    enum cli_action action = parse_for(&card, &options, arguments, &said);
    if (action != CLI_RUN) {
        check_line(said);
        return said;
    }
    assert_string_equal(said, "");
    free(said);
    FILE *out = open_memstream(&text, &length);
    fputs(options.predict ? "ask" : "", out);
    for (size_t i = 0; i < options.prediction_count; i++) {
        const struct prediction *one = &options.predictions[i];
        fprintf(out, "%s%s=%" PRId64, ftell(out) > 0 ? " " : "",
                variants[one->variant].name, one->value);
        if (one->reason)
            fprintf(out, "(%s)", one->reason);
    }
    fclose(out);
    options_destroy(&options);
    return text;
}

#define LINE(...) ((const char *const[]){__VA_ARGS__, NULL})

static void check(enum predicted predicts, const char *const *arguments,
                  const char *expected)
{
    char *text = reading_of(predicts, arguments);
    assert_string_equal(text, expected);
    free(text);
}

static void check_bad(enum predicted predicts, const char *const *arguments,
                      const char *part)
{
    char *text = reading_of(predicts, arguments);
    if (!strstr(text, part))
        fail_msg("no \"%s\" in: %s", part, text);
    free(text);
}

static void test_without_a_value_it_asks(void **state)
{
    (void)state;
    check(PREDICT_TIME, LINE("--predict"), "ask");
    /* What follows is not its value. */
    check(PREDICT_TIME, LINE("--predict", "5", "10"), "ask");
    check(PREDICT_TIME, LINE("--predict", "--predict=quick=1"), "ask quick=1000000000");
    check(PREDICT_TIME, LINE("1", "2"), "");
}

static void test_values_by_comma_and_by_repeating(void **state)
{
    (void)state;
    check(PREDICT_TIME, LINE("--predict=quick=12s,daemon+join=0.5"),
          "quick=12000000000 daemon+join=500000000");
    check(PREDICT_TIME, LINE("--predict=quick=1", "--predict=daemon+join=2"),
          "quick=1000000000 daemon+join=2000000000");
    check(PREDICT_TIME, LINE("--predict=quick=0"), "quick=0");
    check(PREDICT_COUNT, LINE("--predict=quick=1000000"), "quick=1000000");
    check(PREDICT_END, LINE("--predict=quick=ends,daemon+join=hangs"),
          "quick=1 daemon+join=0");
}

static void test_reasons(void **state)
{
    (void)state;
    check(PREDICT_TIME, LINE("--predict=quick=1", "--reason", "so"),
          "quick=1000000000(so)");
    check(PREDICT_TIME,
          LINE("--predict=quick=1", "--predict=daemon+join=1", "--reason", "both"),
          "quick=1000000000(both) daemon+join=1000000000(both)");
    check(PREDICT_TIME,
          LINE("--predict=quick=1", "--reason=one, two", "--predict=daemon+join=1",
               "--reason=-three"),
          "quick=1000000000(one, two) daemon+join=1000000000(-three)");
    check(PREDICT_TIME,
          LINE("--predict=quick=1", "--reason", "", "--predict=daemon+join=1",
               "--reason", "x"),
          "quick=1000000000 daemon+join=1000000000(x)");
    check_bad(PREDICT_TIME, LINE("--reason", "x"), "--reason: it stands behind");
    check_bad(PREDICT_TIME, LINE("--predict", "--reason", "x"),
              "--reason: it stands behind");
    check_bad(PREDICT_TIME, LINE("--predict=quick=1", "--reason", "x", "--reason", "y"),
              "--reason: it stands behind");
    check_bad(PREDICT_TIME, LINE("--predict=quick=1", "--reason"), "needs a value");
}

static void test_what_cannot_be_predicted(void **state)
{
    (void)state;
    check_bad(PREDICT_TIME, LINE("--predict=quik=1"), "did you mean \"quick\"");
    check_bad(PREDICT_TIME, LINE("--predict="), "no variant \"\"");
    check_bad(PREDICT_TIME, LINE("--predict=quick"), "quick needs a value");
    check_bad(PREDICT_TIME, LINE("--predict=quick=1,"), "no variant \"\"");
    check_bad(PREDICT_TIME, LINE("--predict=plain=1"), "plain is what the others");
    check_bad(PREDICT_TIME, LINE("--predict=quick=1", "--predict=quick=1"),
              "quick is predicted twice");
    check_bad(PREDICT_TIME, LINE("--predict=hazard=1"), "--with hazard runs it");
    check_bad(PREDICT_TIME, LINE("--only", "quick", "--predict=daemon+join=1"),
              "--only daemon+join runs it");
    check_bad(PREDICT_TIME, LINE("--predict=seller=1"), "goes with --story tickets");
    check(PREDICT_TIME, LINE("--with", "hazard", "--predict=hazard=1"),
          "hazard=1000000000");
    check(PREDICT_TIME, LINE("--predict=seller=1", "--story", "tickets"),
          "seller=1000000000");
    check(PREDICT_TIME, LINE("--only", "quick", "--predict=quick=1"),
          "quick=1000000000");
}

static void test_bad_values(void **state)
{
    static const char *const times[] = {"",      "soon",  "-1",   "nan",
                                        "inf",   "1e308", "0x10", "5apples",
                                        "1441m", "1 2",   "2s s"};
    static const char *const counts[] = {
        "", "1.5", "-1", "1e3", "1,", "1 000", "2s", "0x1", "1000000000000001"};
    static const char *const ends[] = {"", "end", "yes", "1", "hangs it", "e nds"};
    char line[64];
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        snprintf(line, sizeof line, "--predict=quick=%s", times[i]);
        check_bad(PREDICT_TIME, LINE(line), "is not a time such as");
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        snprintf(line, sizeof line, "--predict=quick=%s", counts[i]);
        check_bad(PREDICT_COUNT, LINE(line),
                  strcmp(counts[i], "1,") == 0 ? "no variant \"\""
                                               : "is not a whole number");
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(line, sizeof line, "--predict=quick=%s", ends[i]);
        check_bad(PREDICT_END, LINE(line), "is not \"ends\" or \"hangs\"");
    }
}

static void test_values_as_people_type_them(void **state)
{
    static const struct {
        enum predicted kind;
        const char *text;
        int64_t value; /* -1: it is none */
    } values[] = {
        {PREDICT_TIME, "2", 2 * SECOND},
        {PREDICT_TIME, "  2 s ", 2 * SECOND},
        {PREDICT_TIME, "300\tms", 300 * SECOND / 1000},
        {PREDICT_TIME, "2 m", 120 * SECOND},
        {PREDICT_TIME, "2 minutes", -1},
        {PREDICT_TIME, "1 . 5", -1},
        {PREDICT_TIME, " ", -1},
        {PREDICT_COUNT, " 42 ", 42},
        {PREDICT_COUNT, "4 2", -1},
        {PREDICT_END, " Ends", 1},
        {PREDICT_END, "HANGS\t", 0},
        {PREDICT_END, "ends ends", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        int64_t value = -1;
        int failed = predicted_parse(values[i].kind, values[i].text,
                                     strlen(values[i].text), &value);
        assert_int_equal(failed != 0, values[i].value < 0);
        assert_int_equal(value, values[i].value);
    }
}

/** A length is what counts: there may be anything behind, and NUL within. */
static void test_any_bytes(void **state)
{
    int64_t value = -1;
    char text[200];
    (void)state;
    assert_int_equal(predicted_parse(PREDICT_TIME, "12x", 2, &value), 0);
    assert_int_equal(value, 12 * SECOND);
    assert_int_not_equal(predicted_parse(PREDICT_TIME, "1\0s", 3, &value), 0);
    assert_int_not_equal(predicted_parse(PREDICT_TIME, "\0", 1, &value), 0);
    assert_int_not_equal(predicted_parse(PREDICT_END, "ends\0", 5, &value), 0);
    memset(text, '1', sizeof text);
    assert_int_not_equal(predicted_parse(PREDICT_COUNT, text, sizeof text, &value), 0);
    memset(text, ' ', sizeof text);
    text[150] = '7';
    assert_int_equal(predicted_parse(PREDICT_COUNT, text, sizeof text, &value), 0);
    assert_int_equal(value, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_value_it_asks),
        cmocka_unit_test(test_values_by_comma_and_by_repeating),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_what_cannot_be_predicted),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_values_as_people_type_them),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
