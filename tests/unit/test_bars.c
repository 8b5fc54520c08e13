// SPDX-License-Identifier: MIT
/** What was measured besides runs, as bars: their scale, and at every width. */

#include "view/bars.h"

#include "card.h"
#include "text/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int64_t bytes(void)
{
    return 1;
}

static const struct gauge gauges[] = {
    {.chart = "time", .name = "process"},
    {.chart = "time", .name = "loop"},
    {.chart = "time", .name = "a system call", .is_floor = true},
    {.chart = "memory", .name = "process", .bytes = bytes},
    {.chart = NULL},
};

static const struct report report = {
    .measured = {{&gauges[0], {95100000, 97040000, 99800000}},
                 {&gauges[1], {1250, 1250, 1320}},
                 {&gauges[2], {95000, 100000, 105000}},
                 {&gauges[3], {20992, 20992, 20992}}},
    .measured_count = 4};

static char *draw(const struct report *drawn, unsigned width, bool unicode)
{
    struct style style = {.width = width, .unicode = unicode};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct pen pen = pen_on(out, &style);

    bars_write(&pen, drawn);
    fclose(out);
    return text;
}

static void charts_have_scales_of_their_own(void **state)
{
    struct bars time = bars_at(&report, 0), memory = bars_at(&report, 3);

    (void)state;
    assert_int_equal(time.count, 3);
    assert_int_equal(time.base, 10);
    assert_int_equal(time.low, 1000);
    assert_int_equal(time.high, 100000000);
    assert_int_equal(memory.count, 1);
    assert_int_equal(memory.base, 16);
    assert_int_equal(memory.low, 4096);
    assert_int_equal(memory.high, 65536);
}

/** 0.1 µs is two of five factors of ten from 1 ns to 100 µs. */
static void a_bar_is_as_long_as_its_logarithm(void **state)
{
    struct bars time = bars_at(&report, 0);

    (void)state;
    assert_int_equal((int)(bars_length(&time, &report.measured[2]) * 1000 + 0.5), 400);
    assert_true(bars_length(&time, &report.measured[0]) < 1);
    assert_true(bars_length(&time, &report.measured[1]) > 0);
}

static void figures_have_their_units(void **state)
{
    struct bars time = bars_at(&report, 0), memory = bars_at(&report, 3);

    (void)state;
    assert_string_equal(bars_value(&report.measured[0], false).text, "97.0 µs");
    assert_string_equal(bars_value(&report.measured[1], true).text, "1.25 ns");
    assert_string_equal(bars_value(&report.measured[3], true).text, "20.5 KiB");
    assert_string_equal(bars_spread(&report.measured[0], "-", true).text,
                        "95.1-99.8 us");
    assert_string_equal(bars_spread(&report.measured[3], "-", true).text, "20.5 KiB");
    assert_string_equal(bars_mark(&time, 1000, true).text, "1 ns");
    assert_string_equal(bars_mark(&time, 100000000, true).text, "100 us");
    assert_string_equal(bars_mark(&time, 100, true).text, "0.1 ns");
    assert_string_equal(bars_mark(&memory, 256, true).text, "256 B");
    assert_string_equal(bars_mark(&memory, 65536, true).text, "64 KiB");
}

/** Also where all values are the same, or the greatest that a file may have. */
static void a_scale_has_two_ends(void **state)
{
    static const int64_t values[] = {1, 10, INT64_MAX / 4};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (size_t of = 0; of < 4; of += 3) {
            struct report one = {.measured_count = 1};
            int64_t value = values[i];
            struct bars bars;

            one.measured[0] = (struct measured){&gauges[of], {value, value, value}};
            bars = bars_at(&one, 0);
            assert_true(bars.low >= 1 && bars.low <= value && bars.low < bars.high);
            free(draw(&one, 80, true));
        }
}

static void it_reads_as_it_is_meant_to(void **state)
{
    char *text = draw(&report, 60, false);

    (void)state;
    assert_non_null(
        strstr(text, "\ntime:\n"
                     "process          ##################    97.0 us  95.1-99.8 us\n"
                     "loop             #                     1.25 ns  1.25-1.32 ns\n"
                     "floors\n"
                     "  a system call  -------                100 ns   95.0-105 ns\n"
                     "                 +---+--+---+--+---+\n"
                     "                 1 ns   100 ns 10 us\n"
                     "\nmemory:\n"
                     "process          ###########          20.5 KiB      20.5 KiB\n"));
    free(text);
}

static void it_fits_at_every_width(void **state)
{
    (void)state;
    for (unsigned width = 10; width <= 200; width++)
        for (int unicode = 0; unicode < 2; unicode++) {
            char *text = draw(&report, width, unicode != 0), *rest = text, *line;

            while ((line = strsep(&rest, "\n")) != NULL)
                assert_true(text_width(line) <= width);
            free(text);
            text = draw(&report, width, unicode != 0);
            assert_non_null(strstr(text, "20.5"));
            free(text);
        }
}

static void nothing_measured_is_nothing_shown(void **state)
{
    static const struct report empty;
    char *text = draw(&empty, 80, true);

    (void)state;
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_have_scales_of_their_own),
        cmocka_unit_test(a_bar_is_as_long_as_its_logarithm),
        cmocka_unit_test(figures_have_their_units),
        cmocka_unit_test(a_scale_has_two_ends),
        cmocka_unit_test(it_reads_as_it_is_meant_to),
        cmocka_unit_test(it_fits_at_every_width),
        cmocka_unit_test(nothing_measured_is_nothing_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
