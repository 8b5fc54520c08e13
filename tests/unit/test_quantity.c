// SPDX-License-Identifier: MIT
#include "text/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void durations(void **state)
{
    static const struct {
        int64_t ns;
        const char *text, *ascii;
    } cases[] = {
        {0, "0 s", "0 s"},
        {1, "1 ns", "1 ns"},
        {999, "999 ns", "999 ns"},
        {1000, "1.00 µs", "1.00 us"},
        {9994, "9.99 µs", "9.99 us"},
        {9995, "10.0 µs", "10.0 us"},
        {25000, "25.0 µs", "25.0 us"},
        {999499, "999 µs", "999 us"},
        {999500, "1.00 ms", "1.00 ms"},
        {1250000, "1.25 ms", "1.25 ms"},
        {999499999, "999 ms", "999 ms"},
        {999600000, "1.00 s", "1.00 s"},
        {10000000000, "10.0 s", "10.0 s"},
        {15002100000, "15.0 s", "15.0 s"},
        {59960000000, "60.0 s", "60.0 s"},
        {95000000000, "95.0 s", "95.0 s"},
        {99949999999, "99.9 s", "99.9 s"},
        {99960000000, "1 min 39 s", "1 min 39 s"},
        {125000000000, "2 min 5 s", "2 min 5 s"},
        {3599999999999, "59 min 59 s", "59 min 59 s"},
        {100000000000, "1 min 40 s", "1 min 40 s"},
        {300400000000, "5 min", "5 min"},
        {3600000000000, "1 h", "1 h"},
        {432000000000000, "5 d", "5 d"},
        {10000000000000, "2 h 46 min", "2 h 46 min"},
        {359999000000000, "99 h 59 min", "99 h 59 min"},
        {360000000000000, "4 d 4 h", "4 d 4 h"},
        {INT64_MAX, "106,751 d 23 h", "106,751 d 23 h"},
        {-1500000, "-1.50 ms", "-1.50 ms"},
        {-25000, "-25.0 µs", "-25.0 us"},
        {INT64_MIN, "-106,751 d 23 h", "-106,751 d 23 h"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(duration_text(cases[i].ns, false).text, cases[i].text);
        assert_string_equal(duration_text(cases[i].ns, true).text, cases[i].ascii);
    }
}

/** Three digits with a point, or fewer than 100 ns: never "1000", never "0.99". */
static void durations_have_three_digits(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 1000000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int64_t ns = (int64_t)((random >> 1) >> (27 + random % 27));
        struct quantity text = duration_text(ns, true);
        char unit[4];
        if (ns < 1000 || ns >= 99950000000) {
            continue;
        }
        char *end;
        double value = strtod(text.text, &end);
        size_t digits = (size_t)(end - text.text);
        assert_true(value >= 1 && value < 1000);
        assert_true(digits == 4 || (digits == 3 && value >= 100));
        assert_int_equal(sscanf(end, " %3s", unit), 1);
        double scale = strcmp(unit, "us") == 0   ? 1e3
                       : strcmp(unit, "ms") == 0 ? 1e6
                                                 : 1e9;
        double error = (value * scale - (double)ns) / (double)ns;
        assert_true(error < 0.0051 && error > -0.0051);
    }
}

static void ttls(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, "0 s"},
        {1, "1 ns"},
        {1500, "1.5 µs"},
        {250000, "250 µs"},
        {20000000, "20 ms"},
        {1500000, "1.5 ms"},
        {100000000, "100 ms"},
        {250000000, "250 ms"},
        {333333333, "333.333333 ms"},
        {1500000000, "1.5 s"},
        {5000000000, "5 s"},
        {60000000000, "60 s"},
        {90000000000, "90 s"},
        {100000000000, "1 min 40 s"},
        {100500000000, "1 min 40.5 s"},
        {300000000000, "5 min"},
        {3601000000000, "1 h 1 s"},
        {5400000000000, "1 h 30 min"},
        {86400000000000, "24 h"},
        {-300000000000, "-5 min"},
        {INT64_MAX, "2,562,047 h 47 min 16.854775807 s"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(ttl_text(cases[i].ns, false).text, cases[i].text);
    }
    assert_string_equal(ttl_text(1500, true).text, "1.5 us");
}

/** What was chosen and what came out just so have the same words. */
static void ttls_look_like_durations(void **state)
{
    static const int64_t alike[] = {100000000, 333000000, 101000000000, 300000000000,
                                    86400000000000};
    (void)state;
    for (size_t i = 0; i < COUNT(alike); i++)
        assert_string_equal(ttl_text(alike[i], false).text,
                            duration_text(alike[i], false).text);
}

static void times_of_one_unit(void **state)
{
    (void)state;
    assert_string_equal(time_text(15002100000, UNIT_S, 3, false).text, "15.002 s");
    assert_string_equal(time_text(15002500000, UNIT_S, 3, false).text, "15.003 s");
    assert_string_equal(time_text(999999999, UNIT_S, 3, false).text, "1.000 s");
    assert_string_equal(time_text(0, UNIT_S, 3, false).text, "0.000 s");
    assert_string_equal(time_text(-400000, UNIT_S, 3, false).text, "0.000 s");
    assert_string_equal(time_text(-1500000000, UNIT_S, 1, false).text, "-1.5 s");
    assert_string_equal(time_text(7, UNIT_S, 12, false).text, "0.000000007 s");
    assert_string_equal(time_text(1500000000, UNIT_S, 0, false).text, "2 s");
    assert_string_equal(time_text(INT64_MAX, UNIT_S, 3, false).text,
                        "9223372036.855 s");
    assert_string_equal(time_text(INT64_MIN, UNIT_US, 3, true).text,
                        "-9223372036854775.808 us");
    assert_string_equal(time_text(1234567, UNIT_MS, 2, false).text, "1.23 ms");
    assert_string_equal(time_text(12500, UNIT_MS, 2, false).text, "0.01 ms");
    assert_string_equal(time_text(12500, UNIT_US, 1, false).text, "12.5 µs");
    assert_int_equal(time_unit_of(999499), UNIT_US);
    assert_int_equal(time_unit_of(999500), UNIT_MS);
    assert_int_equal(time_unit_of(-999499999), UNIT_MS);
    assert_int_equal(time_unit_of(999500000), UNIT_S);
}

static void overheads(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, "0 ms"},
        {999, "+999 ns"},
        {94000, "+94 µs"},
        {96000, "+0.1 ms"},
        {600000, "+0.6 ms"},
        {2100000, "+2.1 ms"},
        {-300000, "-0.3 ms"},
        {-50000, "-50 µs"},
        {99940000, "+99.9 ms"},
        {99950000, "+100 ms"},
        {320000000, "+320 ms"},
        {999600000, "+1.00 s"},
        {1200000000, "+1.20 s"},
        {-1200000000, "-1.20 s"},
        {125000000000, "+2 min 5 s"},
        {300000000000, "+5 min"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(overhead_text(cases[i].ns, false).text, cases[i].text);
    }
    assert_string_equal(overhead_text(94000, true).text, "+94 us");
}

static void ratios(void **state)
{
    static const struct {
        double ratio;
        const char *text;
    } cases[] = {
        {0, "0.000×"},    {0.0001, "<0.001×"}, {0.012, "0.012×"},  {0.0996, "0.10×"},
        {0.98, "0.98×"},  {1.5, "1.50×"},      {9.994, "9.99×"},   {9.996, "10.0×"},
        {99.94, "99.9×"}, {99.96, "100×"},     {9998.3, "9,998×"}, {-1, "?×"},
        {1e300, "?×"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(ratio_text(cases[i].ratio, false).text, cases[i].text);
    }
    assert_string_equal(ratio_text(1.5, true).text, "1.50x");
}

static void factors(void **state)
{
    (void)state;
    assert_string_equal(factor_text(10, false).text, "10×");
    assert_string_equal(factor_text(2, true).text, "2x");
    assert_string_equal(factor_text(2.5, false).text, "2.5×");
    assert_string_equal(factor_text(1.25, false).text, "1.25×");
    assert_string_equal(factor_text(1 / 0.3, false).text, "3.33×");
    assert_string_equal(factor_text(100, false).text, "100×");
    assert_string_equal(factor_text(1000, false).text, "1,000×");
    assert_string_equal(factor_text(0.1, false).text, "0.1×");
    assert_string_equal(factor_text(-1, false).text, "?×");
}

static void counts_and_bytes(void **state)
{
    (void)state;
    assert_string_equal(count_text(0).text, "0");
    assert_string_equal(count_text(999).text, "999");
    assert_string_equal(count_text(1000).text, "1,000");
    assert_string_equal(count_text(1234567).text, "1,234,567");
    assert_string_equal(count_text(UINT64_MAX).text, "18,446,744,073,709,551,615");
    assert_string_equal(bytes_text(0).text, "0 B");
    assert_string_equal(bytes_text(1023).text, "1023 B");
    assert_string_equal(bytes_text(4096).text, "4.00 KiB");
    assert_string_equal(bytes_text(1048575).text, "1.00 MiB");
    assert_string_equal(bytes_text(1610612736).text, "1.50 GiB");
    assert_string_equal(bytes_text(UINT64_MAX).text, "16.0 EiB");
}

static void ranges(void **state)
{
    struct quantity ns = duration_text(881, false), us = duration_text(1020, false);

    (void)state;
    assert_string_equal(range_text(ns, "–", us).text, "881 ns–1.02 µs");
    assert_string_equal(range_text(us, " to ", duration_text(1250, false)).text,
                        "1.02 to 1.25 µs");
    assert_string_equal(range_text(ns, "–", ns).text, "881 ns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations),
        cmocka_unit_test(durations_have_three_digits),
        cmocka_unit_test(ttls),
        cmocka_unit_test(ttls_look_like_durations),
        cmocka_unit_test(times_of_one_unit),
        cmocka_unit_test(overheads),
        cmocka_unit_test(ratios),
        cmocka_unit_test(factors),
        cmocka_unit_test(counts_and_bytes),
        cmocka_unit_test(ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
