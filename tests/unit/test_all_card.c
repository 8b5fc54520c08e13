// SPDX-License-Identifier: MIT
// What the card of demos/all.c says of runs that are made up: differences are named
// where they are larger than the noise, and nowhere else.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card.h"
#include "stage/clock.h"

#include <stdio.h>
#include <string.h>

extern const struct card all_card;

enum way { SEQUENTIAL, FORK, SPAWN, THREADS, POOL, PROCESSES, LOOP, WAYS };

#define TASKS_MAX 8

struct made {
    struct task task[TASKS_MAX];
    bool chosen[WAYS];
    struct options options;
    struct variant_report variants[WAYS];
    struct report report;
};

/** Two tasks of 50 and 100 ms on two cores, each variant so often. */
static struct made *make(enum work_kind work, size_t runs)
{
    struct made *made = calloc(1, sizeof *made);

    assert_non_null(made);
    made->task[0].ttl_ns = 50 * NS_PER_MS;
    made->task[1].ttl_ns = 100 * NS_PER_MS;
    made->options = (struct options){.card = &all_card,
                                     .tasks = {.count = 2, .at = made->task},
                                     .chosen = made->chosen,
                                     .work = work,
                                     .cores = 2};
    for (size_t i = 0; i < WAYS; i++)
        made->variants[i] = (struct variant_report){
            .variant = &all_card.demo->variants[i],
            .status = VARIANT_DONE,
            .run_count = runs,
            .comparable = runs,
        };
    made->report = (struct report){.card = &all_card,
                                   .options = &made->options,
                                   .variants = made->variants,
                                   .variant_count = WAYS};
    return made;
}

/** Its wall times, in µs: from, median, to.  And its ideal. */
static void took(struct made *made, enum way way, int64_t min, int64_t median,
                 int64_t max)
{
    struct variant_report *variant = &made->variants[way];

    variant->wall =
        (struct spread){min * NS_PER_US, median * NS_PER_US, max * NS_PER_US};
    variant->ideal_ns = report_ideal_ns(&all_card, &made->options, variant->variant);
}

/** All of them near their ideals, and none near another. */
static void took_as_usual(struct made *made)
{
    took(made, SEQUENTIAL, 150100, 150200, 150300);
    took(made, FORK, 100600, 100700, 100800);
    took(made, SPAWN, 102100, 102200, 102300);
    took(made, THREADS, 100100, 100200, 100300);
    took(made, POOL, 100110, 100210, 100310);
    took(made, PROCESSES, 100750, 100810, 100850);
    took(made, LOOP, 101300, 101400, 101500);
}

/** What the starts of its flows took in each of five runs, in µs. */
static void started(struct made *made, enum way way, const char *list)
{
    json_t *starts = json_loads(list, 0, NULL), *one;
    size_t i;

    assert_non_null(starts);
    json_array_foreach(starts, i, one)
    {
        json_integer_set(one, json_integer_value(one) * NS_PER_US);
    }
    made->variants[way].outcome = json_pack("{s:o}", "start_ns", starts);
}

static char *verdict(const struct made *made)
{
    char *text;
    size_t bytes;

    for (size_t i = 0; i < made->report.variant_count; i++) {
        FILE *out = open_memstream(&text, &bytes);

        assert_non_null(out);
        all_card.verdict(&made->report, i, out);
        fclose(out);
        if (i + 1 == made->report.variant_count)
            return text;
        assert_string_equal(text, "");
        free(text);
    }
    return NULL;
}

/** It is said, or it is not; then all of it is over. */
static void assert_said(struct made *made, const char *const *said,
                        const char *const *unsaid)
{
    char *text = verdict(made);

    for (; *said != NULL; said++)
        if (strstr(text, *said) == NULL)
            fail_msg("not said: %s\n%s", *said, text);
    for (; *unsaid != NULL; unsaid++)
        if (strstr(text, *unsaid) != NULL)
            fail_msg("said: %s\n%s", *unsaid, text);
    assert_null(strstr(text, "  "));
    assert_int_equal(text[strlen(text) - 1], '.');
    free(text);
    for (size_t i = 0; i < WAYS; i++)
        json_decref(made->variants[i].outcome);
    free(made);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void differences_larger_than_the_noise_are_named(void **state)
{
    struct made *made = make(WORK_WAIT, 5);

    (void)state;
    took_as_usual(made);
    started(made, THREADS, "[40, 41, 42, 39, 60]");
    started(made, FORK, "[140, 150, 160, 170, 180]");
    started(made, SPAWN, "[900, 950, 1000, 1100, 1200]");
    assert_said(made,
                LIST("fork, spawn, threads, pool, processes and loop let the waits",
                     "took 102 ms at most", "a thread took 41.0 µs",
                     "a forked process 160 µs and",
                     "a program of its own 1.00 ms, in this order in every run",
                     "no faster than threads, but 1.20 ms slower: its timers count",
                     "Worker processes took 600 µs more than worker threads"),
                LIST("noise", "do not tell", "0.1%"));
}

static void others_are_not(void **state)
{
    struct made *made = make(WORK_WAIT, 5);

    (void)state;
    took_as_usual(made);
    took(made, THREADS, 100100, 100200, 101350); /* one run in five */
    took(made, POOL, 100110, 100210, 100760);
    started(made, THREADS, "[40, 41, 42, 39, 145]");
    started(made, FORK, "[140, 150, 160, 170, 180]");
    started(made, SPAWN, "[900, 950, 1000, 1100, 1200]");
    assert_said(made,
                LIST("5 runs on this machine do not tell their order",
                     "no faster than threads: the difference is within the noise",
                     "no difference beyond the noise"),
                LIST("in this order", "slower", "took 600"));
}

static void one_run_tells_no_small_difference(void **state)
{
    struct made *made = make(WORK_WAIT, 1);

    (void)state;
    took_as_usual(made);
    started(made, THREADS, "[40]");
    started(made, FORK, "[150]");
    started(made, SPAWN, "[1000]");
    assert_said(made, LIST("let the waits go on at once"),
                LIST("noise", "slower", "more than worker", "first act", "tell"));
}

static void a_large_one_is_told_by_one_run(void **state)
{
    struct made *made = make(WORK_WAIT, 1);

    (void)state;
    took_as_usual(made);
    took(made, THREADS, 140000, 140000, 140000);
    assert_said(made, LIST("loop was 38.6 ms faster than threads: what it saves"),
                LIST("noise", "no faster"));
}

static void what_is_late_by_more_has_no_such_reason(void **state)
{
    struct made *made = make(WORK_WAIT, 5);

    (void)state;
    took_as_usual(made);
    took(made, LOOP, 120000, 120000, 120000);
    assert_said(made, LIST("but 19.8 ms slower."), LIST("whole milliseconds"));
}

static void long_waits_of_a_loop_end_a_thousandth_later(void **state)
{
    struct made *made = make(WORK_WAIT, 5);

    (void)state;
    made->task[1].ttl_ns = 10 * NS_PER_S;
    took_as_usual(made);
    took(made, THREADS, 10000100, 10000200, 10000300);
    took(made, LOOP, 10009000, 10010200, 10011000);
    assert_said(made, LIST("10.0 ms slower: its timers", "0.1% longer"), LIST("noise"));
}

static void what_takes_longer_than_the_sum_says_so(void **state)
{
    struct made *made = make(WORK_WAIT, 5);

    (void)state;
    took_as_usual(made);
    took(made, SPAWN, 170000, 180000, 190000);
    took(made, PROCESSES, 150200, 160000, 170000); /* which overlaps */
    assert_said(made,
                LIST("fork, threads, pool and loop let the waits",
                     "spawn took longer than the tasks one after the other"),
                LIST("processes took longer", "spawn and"));
}

static void workers_that_are_fewer_than_tasks_are_a_bound(void **state)
{
    struct made *made = make(WORK_WAIT, 5);

    (void)state;
    made->options.tasks.count = 5;
    for (size_t i = 0; i < 5; i++)
        made->task[i].ttl_ns = 50 * NS_PER_MS;
    took_as_usual(made);
    took(made, SEQUENTIAL, 250000, 250100, 250200);
    took(made, POOL, 150000, 150100, 150200);
    took(made, PROCESSES, 150300, 150400, 150500);
    assert_int_equal(made->variants[POOL].ideal_ns, 150 * NS_PER_MS);
    assert_int_equal(made->variants[PROCESSES].ideal_ns, 150 * NS_PER_MS);
    assert_said(made,
                LIST("fork, spawn, threads and loop let the waits",
                     "pool has 2 workers for 5 tasks",
                     "it took 150 ms, and could not have taken less than 150 ms"),
                LIST("took longer"));
}

static void what_computes_uses_the_cores_but_for_a_loop(void **state)
{
    struct made *made = make(WORK_CPU, 5);

    (void)state;
    took_as_usual(made);
    took(made, POOL, 100000, 101000, 150200);
    took(made, LOOP, 150000, 150300, 150400);
    assert_int_equal(made->variants[LOOP].ideal_ns, 150 * NS_PER_MS);
    assert_said(made,
                LIST("fork, spawn, threads and processes computed on 2 cores at once.",
                     "Whether pool gained anything, these runs do not tell",
                     "loop has one thread, which computes one task after",
                     "the other: 150 ms, 1.50 times as long as threads."),
                LIST("let the waits", "no faster"));
}

static void one_core_computes_one_thing_at_a_time(void **state)
{
    struct made *made = make(WORK_CPU, 5);

    (void)state;
    made->options.cores = 1;
    took_as_usual(made);
    assert_said(made, LIST("One core computes one thing at a time", "the sum, 150 ms"),
                LIST("cores compute"));
}

static void what_has_no_time_is_not_spoken_of(void **state)
{
    struct made *made = make(WORK_WAIT, 5);

    (void)state;
    took_as_usual(made);
    made->variants[LOOP].status = VARIANT_PARTIAL;
    made->variants[SEQUENTIAL].status = VARIANT_SKIPPED;
    made->variants[PROCESSES].comparable = 0;
    assert_said(made, LIST("fork, spawn, threads and pool let the waits"),
                LIST("loop", "orker processes", "sequential"));
}

static unsigned repeats(struct made *made, enum way first, enum way last)
{
    for (size_t i = 0; i < WAYS; i++)
        made->chosen[i] = i >= first && i <= last;
    return all_card.repeat_of(&made->options);
}

static void variants_are_repeated_while_that_is_quick(void **state)
{
    struct made *made = make(WORK_WAIT, 1);

    (void)state;
    assert_int_equal(repeats(made, SEQUENTIAL, LOOP), 5);
    made->task[1].ttl_ns = 200 * NS_PER_MS;
    assert_int_equal(repeats(made, SEQUENTIAL, LOOP), 3);
    assert_int_equal(repeats(made, LOOP, LOOP), 5);
    made->task[1].ttl_ns = INT64_MAX / 2;
    assert_int_equal(repeats(made, SEQUENTIAL, LOOP), 1);
    made->task[0].ttl_ns = made->task[1].ttl_ns = 0;
    assert_int_equal(repeats(made, LOOP, LOOP), 5);
    made->options.tasks.count = 0;
    assert_int_equal(repeats(made, LOOP, LOOP), 5);
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_larger_than_the_noise_are_named),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(one_run_tells_no_small_difference),
        cmocka_unit_test(a_large_one_is_told_by_one_run),
        cmocka_unit_test(what_is_late_by_more_has_no_such_reason),
        cmocka_unit_test(long_waits_of_a_loop_end_a_thousandth_later),
        cmocka_unit_test(what_takes_longer_than_the_sum_says_so),
        cmocka_unit_test(workers_that_are_fewer_than_tasks_are_a_bound),
        cmocka_unit_test(what_computes_uses_the_cores_but_for_a_loop),
        cmocka_unit_test(one_core_computes_one_thing_at_a_time),
        cmocka_unit_test(what_has_no_time_is_not_spoken_of),
        cmocka_unit_test(variants_are_repeated_while_that_is_quick),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
