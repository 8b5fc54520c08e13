// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/json/writer.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct document {
    struct json_writer writer;
    FILE *file;
    char *text;
    size_t bytes;
};

static struct json_writer *open_document(struct document *d)
{
    d->file = open_memstream(&d->text, &d->bytes);
    assert_non_null(d->file);
    json_writer_init(&d->writer, d->file);
    return &d->writer;
}

static void assert_document(struct document *d, const char *expected)
{
    fclose(d->file);
    assert_string_equal(d->text, expected);
    free(d->text);
}

static void test_layout(void **state)
{
    (void)state;
    struct document d;
    struct json_writer *w = open_document(&d);
    jw_object(w, JW_LINES);
    jw_key_int(w, "a", 1);
    jw_key(w, "b");
    jw_array(w, JW_LINE);
    jw_int(w, 1);
    jw_object(w, JW_LINES);
    jw_key_null(w, "c");
    jw_key_bool(w, "d", true);
    jw_close(w);
    jw_close(w);
    jw_key(w, "e");
    jw_array(w, JW_LINES);
    jw_close(w);
    jw_close(w);
    assert_document(&d, "{\n  \"a\": 1,\n  \"b\": [1, {\"c\": null, \"d\": true}],\n"
                        "  \"e\": []\n}\n");
}

static void test_integers(void **state)
{
    (void)state;
    struct document d;
    struct json_writer *w = open_document(&d);
    jw_array(w, JW_LINE);
    jw_int(w, 0);
    jw_int(w, INT64_MIN);
    jw_int(w, INT64_MAX);
    jw_uint(w, UINT64_MAX);
    jw_close(w);
    assert_document(&d, "[0, -9223372036854775808, 9223372036854775807, "
                        "18446744073709551615]\n");
}

static void test_thousandths(void **state)
{
    (void)state;
    struct document d;
    struct json_writer *w = open_document(&d);
    jw_array(w, JW_LINE);
    jw_thousandths(w, 0);
    jw_thousandths(w, 7);
    jw_thousandths(w, -1050);
    jw_thousandths(w, 1234567);
    jw_thousandths(w, INT64_MIN);
    jw_thousandths(w, INT64_MAX);
    jw_close(w);
    assert_document(&d, "[0.000, 0.007, -1.050, 1234.567, -9223372036854775.808, "
                        "9223372036854775.807]\n");
}

static void test_strings(void **state)
{
    (void)state;
    struct document d;
    struct json_writer *w = open_document(&d);
    jw_array(w, JW_LINE);
    jw_string(w, "plain ~");
    jw_string(w, "\"\\/\b\t\n\v\f\r\x01\x1f\x7f");
    jw_string(w, "äλ漢😀");
    jw_string(w, "\xc2\x9b\xc2\xa1");
    jw_string(w, "a\xff\xc3z\xed\xa0\x80\xe2\x82");
    jw_bytes(w, "a\0b", 3);
    jw_string(w, NULL);
    jw_string(w, "");
    jw_close(w);
    assert_document(&d,
                    "[\"plain ~\", "
                    "\"\\\"\\\\/\\b\\t\\n\\u000b\\f\\r\\u0001\\u001f\\u007f\", "
                    "\"äλ漢😀\", \"\\u009b¡\", \"a\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd"
                    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\", "
                    "\"a\\u0000b\", null, \"\"]\n");
}

static void assert_real(double value, const char *expected)
{
    struct document d;
    struct json_writer *w = open_document(&d);
    jw_real(w, value);
    assert_document(&d, expected);
}

static void test_reals(void **state)
{
    (void)state;
    assert_real(0, "0.0");
    assert_real(1, "1.0");
    assert_real(0.1, "0.1");
    assert_real(1.5, "1.5");
    assert_real(1e300, "1e+300");
    assert_real(0.1 + 0.2, "0.30000000000000004");
    assert_real((double)NAN, "null");
    assert_real(-(double)INFINITY, "null");
}

static void test_reals_are_read_back(void **state)
{
    (void)state;
    static const double values[] = {1.0 / 3, DBL_MAX, DBL_MIN, 5e-324, -2.5e-7, M_PI};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct document d;
        jw_real(open_document(&d), values[i]);
        fclose(d.file);
        assert_memory_equal(&(double){strtod(d.text, NULL)}, &values[i],
                            sizeof(double));
        free(d.text);
    }
}

/** In those that are installed: a comma is met only where one of the first two is. */
static void test_reals_have_a_point_in_every_locale(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8", "C"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (setlocale(LC_ALL, names[i]) != NULL)
            assert_real(1.5, "1.5");
    }
    assert_non_null(setlocale(LC_ALL, "C"));
}

static void test_values_of_jansson(void **state)
{
    (void)state;
    const char *text = "{\"a\": [1, -2.5, true, false, null, \"\\u0000é\"], \"b\": {}}";
    json_t *value = json_loads(text, JSON_ALLOW_NUL, NULL);
    assert_non_null(value);
    struct document d;
    struct json_writer *w = open_document(&d);
    jw_array(w, JW_LINES);
    jw_value(w, value);
    jw_value(w, NULL);
    jw_close(w);
    fclose(d.file);
    json_t *back = json_loads(d.text, JSON_ALLOW_NUL, NULL);
    assert_true(json_equal(json_array_get(back, 0), value));
    assert_true(json_is_null(json_array_get(back, 1)));
    json_decref(back);
    json_decref(value);
    free(d.text);
}

static void test_what_is_too_deep_is_left_out(void **state)
{
    (void)state;
    json_t *value = json_array();
    for (int i = 0; i < 100; i++)
        value = json_pack("[o]", value);
    struct document d;
    jw_value(open_document(&d), value);
    json_decref(value);
    fclose(d.file);
    json_t *back = json_loads(d.text, 0, NULL);
    assert_non_null(back);
    json_decref(back);
    free(d.text);
}

/** Whatever bytes a string has, what is written can be read, and says the same. */
static void test_any_bytes(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 2000; round++) {
        char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (char)(seed >> 24);
        }
        struct document d;
        struct json_writer *w = open_document(&d);
        jw_array(w, JW_LINE);
        jw_bytes(w, bytes, sizeof bytes);
        jw_close(w);
        fclose(d.file);
        json_t *back = json_loads(d.text, JSON_ALLOW_NUL, NULL);
        assert_non_null(back);
        json_decref(back);
        free(d.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_thousandths),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_reals),
        cmocka_unit_test(test_reals_are_read_back),
        cmocka_unit_test(test_reals_have_a_point_in_every_locale),
        cmocka_unit_test(test_values_of_jansson),
        cmocka_unit_test(test_what_is_too_deep_is_left_out),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
