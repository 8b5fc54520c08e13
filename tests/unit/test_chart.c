// SPDX-License-Identifier: MIT
/** A sweep as a chart: at every width, and to the letter at one. */

#include "view/chart.h"

#include "card.h"
#include "text/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct own_option own_options[] = {
    {.name = "--workers", .kind = OWN_NUMBER, .min = 1, .max = 64},
    {.name = "--sweep", .kind = OWN_RANGE, .min = 1, .max = 64, .varies = "--workers"},
    {.name = NULL},
};

static const struct variant variants[] = {{.name = "pool"}, {.name = NULL}};
static const struct demo demo = {.name = "fake", .variants = variants};
static const struct card card = {.demo = &demo, .options = own_options};
static const struct options options = {.card = &card, .cores = 2};

#define MS INT64_C(1000000)

/** Waits take 800 ms over the number, computing no less than 400 ms. */
static size_t fill(struct sweep_point *points, unsigned from, unsigned to)
{
    size_t count = 0;

    for (unsigned n = from; n <= to; n++) {
        int64_t wait_ns = 800 * MS / n;
        int64_t cpu_ns = wait_ns > 400 * MS ? wait_ns : 400 * MS;

        points[count++] =
            (struct sweep_point){n, WORK_WAIT, {wait_ns, wait_ns, wait_ns}, wait_ns};
        points[count++] =
            (struct sweep_point){n, WORK_CPU, {cpu_ns, cpu_ns, cpu_ns}, cpu_ns};
    }
    return count;
}

static char *draw_of(const struct options *of, bool complete, unsigned from,
                     unsigned to, unsigned width, bool unicode)
{
    struct sweep_point points[128];
    struct variant_report variant = {.variant = variants, .sweep = points};
    struct report report = {.card = &card,
                            .options = of,
                            .variants = &variant,
                            .variant_count = 1,
                            .complete = complete};
    struct style style = {.width = width, .unicode = unicode};
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    struct pen pen = pen_on(out, &style);

    variant.sweep_count = fill(points, from, to);
    charts_write(&pen, &report);
    fclose(out);
    return text;
}

static char *draw(unsigned from, unsigned to, unsigned width, bool unicode)
{
    return draw_of(&options, true, from, to, width, unicode);
}

static void no_line_is_wider_than_it_may_be(void **state)
{
    (void)state;
    for (unsigned width = 1; width <= 300; width++)
        for (unsigned to = 2; to <= 64; to *= 2) {
            char *text = draw(1, to, width, width % 2 == 0), *rest = text, *line;

            while ((line = strsep(&rest, "\n")) != NULL)
                assert_in_range(text_width(line), 0, width);
            free(text);
        }
}

static void it_is_as_it_should_be(void **state)
{
    char *text = draw(1, 8, 60, true);

    (void)state;
    assert_string_equal(text,
                        "\n"
                        "pool: time against workers\n"
                        "  1.00 s ┤            ┊\n"
                        "         │◉           ┊\n"
                        "  500 ms ┤            ┊\n"
                        "         │            ◉      ○    ○   ○  ○  ○ ○\n"
                        "  250 ms ┤            ┊      ●\n"
                        "         │            ┊           ●   ●\n"
                        "  125 ms ┤            ┊                  ●  ●\n"
                        "         │            ┊                       ●\n"
                        " 62.5 ms ┤            ┊\n"
                        "         └┬───────────┬───────────┬───────────┬\n"
                        "          1           2           4           8  workers\n"
                        "          ● wait   ○ compute   ◉ both   ┊ 2 cores\n");
    free(text);
}

/** Where there are points for 1 to 8, of a sweep up to `to`: is it said to be partial?
 */
static bool is_partial(int64_t to, bool complete, unsigned width)
{
    int64_t own[] = {0, (int64_t)1 << 32 | to};
    const struct options swept = {.card = &card, .cores = 2, .own = own};
    char *text = draw_of(&swept, complete, 1, 8, width, true);
    bool is_said = strstr(text, ", partial") != NULL;

    free(text);
    return is_said;
}

static void what_is_partial_says_so(void **state)
{
    (void)state;
    for (unsigned width = 20; width <= 60; width += 40) {
        assert_true(is_partial(16, false, width));
        assert_false(is_partial(16, true, width));
        assert_false(is_partial(8, false, width));
    }
}

static void where_it_is_narrow_there_are_lines(void **state)
{
    char *text = draw(4, 5, 23, false);

    (void)state;
    assert_non_null(strstr(text, "4 workers, wait:"));
    assert_non_null(strstr(text, "4 workers, compute:"));
    free(text);
}

static void a_place_is_never_beside_the_scale(void **state)
{
    (void)state;
    assert_true(chart_place(4, 2, 8) > 0.49 && chart_place(4, 2, 8) < 0.51);
    assert_true(chart_place(2, 2, 8) == 0 && chart_place(8, 2, 8) == 1);
    assert_true(chart_place(1, 2, 8) == 0 && chart_place(9, 2, 8) == 1);
    assert_true(chart_place(3, 0, 8) == 0 && chart_place(0, 0, 8) == 0);
    assert_true(chart_place(2, 2, 2) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_wider_than_it_may_be),
        cmocka_unit_test(it_is_as_it_should_be),
        cmocka_unit_test(what_is_partial_says_so),
        cmocka_unit_test(where_it_is_narrow_there_are_lines),
        cmocka_unit_test(a_place_is_never_beside_the_scale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
