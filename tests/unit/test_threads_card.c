// SPDX-License-Identifier: MIT
// What the card of demos/threads.c says of runs that are made up.

#include "card.h"
#include "stage/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

extern const struct card threads_card;

/** The verdict on two that compute for 100 ms each on two cores, one variant after the
 * other; the caller frees it. */
static char *verdict_on(int64_t sequential_ns, int64_t threads_ns)
{
    struct task tasks[] = {{.ttl_ns = 100 * NS_PER_MS}, {.ttl_ns = 100 * NS_PER_MS}};
    struct options options = {.card = &threads_card,
                              .tasks = {.count = 2, .at = tasks},
                              .work = WORK_CPU,
                              .cores = 2,
                              .repeat = 1};
    struct run runs[] = {{.wall_ns = sequential_ns}, {.wall_ns = threads_ns}};
    struct variant_report variants[2];
    struct report report = {.card = &threads_card,
                            .options = &options,
                            .variants = variants,
                            .variant_count = 2};
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    for (size_t i = 0; i < 2; i++) {
        variants[i] =
            (struct variant_report){.variant = &threads_card.demo->variants[i],
                                    .status = VARIANT_DONE,
                                    .runs = &runs[i],
                                    .run_count = 1};
        assert_int_equal(report_sum(&report, i), 0);
    }
    threads_card.verdict(&report, 1, out);
    fclose(out);
    return text;
}

static void compares_with_what_was_possible(void **state)
{
    static const struct {
        int64_t threads_us;
        const char *said;
    } cases[] = {
        {125000, "1.60 times as fast, of 2.00 possible."},
        {100000, "2.00 times as fast, of 2.00 possible."},
        {99000, "2.02 times as fast, the most that was possible, within measurement "
                "error."},
        {80000, "2.50 times as fast, more than the 2.00 that were possible: something "
                "else disturbed one of them."},
        {250000, "and yet it took 250 ms, not 200 ms"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = verdict_on(200 * NS_PER_MS, cases[i].threads_us * NS_PER_US);
        if (!strstr(text, cases[i].said))
            fail_msg("no '%s' in '%s'", cases[i].said, text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_with_what_was_possible),
    };

    return cmocka_run_group_tests_name("threads card", tests, NULL, NULL);
}
