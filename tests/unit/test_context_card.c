// SPDX-License-Identifier: MIT
// What the card of demos/context.c says of runs that are made up.

#include "card.h"
#include "stage/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

extern const struct card context_card;

enum { REQUESTS = 3, RUNS_MAX = 2 };

static json_t *outcome_with(int wrong)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:I, s:I}", "requests", REQUESTS,
                     "rows_wrong", wrong, "runs", 1, "runs_with_wrong", wrong > 0,
                     "replied_ns", (json_int_t)(REQUESTS * NS_PER_US), "written_ns",
                     (json_int_t)(REQUESTS * NS_PER_MS));
}

/** The verdict on one variant whose runs had so many rows that were wrong, and what
 * stands in its line of the table; the caller frees it. */
static char *verdict_on(const char *name, const int *wrong, size_t count)
{
    struct task tasks[REQUESTS] = {{.ttl_ns = NS_PER_MS}};
    struct options options = {.card = &context_card,
                              .tasks = {.count = REQUESTS, .at = tasks},
                              .cores = 1,
                              .repeat = (unsigned)count};
    struct run runs[RUNS_MAX] = {{.wall_ns = NS_PER_MS}, {.wall_ns = NS_PER_MS}};
    struct variant made = {.name = name};
    struct variant_report variant = {
        .variant = &made, .status = VARIANT_DONE, .runs = runs, .run_count = count};
    struct report report = {.card = &context_card,
                            .options = &options,
                            .variants = &variant,
                            .variant_count = 1};
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    for (size_t i = 0; i < count; i++)
        runs[i].outcome = outcome_with(wrong[i]);
    assert_int_equal(report_sum(&report, 0), 0);
    context_card.verdict(&report, 0, out);
    for (size_t i = 0; context_card.figures->columns[i].heading != NULL; i++)
        fprintf(out, "|%s",
                context_card.figures->columns[i].figure(&variant, false).text);
    fclose(out);
    for (size_t i = 0; i < count; i++)
        json_decref(runs[i].outcome);
    json_decref(variant.outcome);
    return text;
}

static void assert_said(const char *name, const int *wrong, size_t count,
                        const char *said, const char *unsaid)
{
    char *text = verdict_on(name, wrong, count);

    if (strstr(text, said) == NULL)
        fail_msg("no '%s' in '%s'", said, text);
    if (strstr(text, unsaid) != NULL)
        fail_msg("'%s' in '%s'", unsaid, text);
    free(text);
}

static void luck_is_called_luck(void **state)
{
    (void)state;
    assert_said("pointer", (int[]){0}, 1, "all 3 rows are right. That was luck",
                "test");
    assert_said("pointer", (int[]){0, 0}, 2, "all 6 rows are right. That was luck",
                "test");
}

static void the_last_row_is_spoken_of_where_it_alone_is_right(void **state)
{
    (void)state;
    assert_said("pointer", (int[]){2}, 1, "a test with one request would pass", "luck");
    assert_said("pointer", (int[]){2, 2}, 2, "in 2 of 2 runs rows are wrong, 4 of 6",
                "luck");
    assert_said("pointer", (int[]){2, 1}, 2, "3 of 6 in all", "The last row");
    assert_said("pointer", (int[]){1}, 1, "1 of 3 rows is wrong. When its writer",
                "The last row");
    assert_said("pointer", (int[]){0, 2}, 2, "in 1 of 2 runs rows are wrong, 2 of 6",
                "The last row");
}

static void what_should_be_right_is_not_praised_where_it_is_wrong(void **state)
{
    (void)state;
    assert_said("copy", (int[]){0}, 1, "a copy does not change", "wrong");
    assert_said("copy", (int[]){1}, 1, "1 of 3 rows is wrong", "a copy does not");
    assert_said("owned", (int[]){1}, 1, "1 of 3 rows is wrong", "freed");
    assert_said("inline", (int[]){0}, 1,
                "all 3 rows are right; each caller waited until his own was written",
                "wrong");
}

static void the_table_has_averages_and_sums(void **state)
{
    (void)state;
    assert_said("copy", (int[]){0}, 1, "|1.00 µs|1.00 ms|0 of 3", "?");
    assert_said("pointer", (int[]){2, 1}, 2, "|1.00 µs|1.00 ms|3 of 6", "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(luck_is_called_luck),
        cmocka_unit_test(the_last_row_is_spoken_of_where_it_alone_is_right),
        cmocka_unit_test(what_should_be_right_is_not_praised_where_it_is_wrong),
        cmocka_unit_test(the_table_has_averages_and_sums),
    };

    return cmocka_run_group_tests_name("context card", tests, NULL, NULL);
}
