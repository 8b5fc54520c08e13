// SPDX-License-Identifier: MIT
// What every card has; and, to copy from, the least card there can be.

#include "card.h"

#include "card_words.h"
#include "commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The least card: of a lesson that calls note("late", ns) --------------------- */

static json_t *outcome(const struct report *report, const struct run *run)
{
    (void)report;
    return json_pack("{s:I}", "late_ns", told_figure(&run->timeline, "late"));
}

static void verdict(const struct report *report, size_t index, FILE *out)
{
    const struct variant_report *variant = &report->variants[index];

    if (has_time(variant))
        fprintf(out, "%s: the tasks were late by %s in all.", variant->variant->name,
                duration_text(outcome_of(variant, "late_ns"), false).text);
}

static void next(const struct report *report, FILE *out)
{
    if (all_skipped(report))
        fprintf(out, "Too long?\tleast --ttl 0.1 0.2");
    else
        fprintf(out, "And when they compute?\tleast --work cpu");
}

static const struct variant variants[] = {{.name = "threads"}, {.name = NULL}};
static const struct demo least_demo = {.name = "least", .variants = variants};

static const struct card least_card = {
    .demo = &least_demo,
    .summary = "let tasks be late",
    .question = "How late is a task?",
    .refutes = (const char *const[]){"\"a timer is exact\"", NULL},
    .examples = (const char *const[]){"least --ttl 1 2", NULL},
    .outcome = outcome,
    .verdict = verdict,
    .next = next,
};

/* ---------------------------------------------------------------------------- */

/** The field that a card of that demo lacks; NULL: none. */
static const char *lacking(const struct card *card, const char *demo)
{
    const char *const *examples = card->examples;
    size_t length = strlen(demo);

    if (!card->demo || strcmp(card->demo->name, demo) != 0)
        return "demo";
    if (!card->summary || !card->summary[0])
        return "summary";
    if (!card->question || !strchr(card->question, '?'))
        return "question";
    if (!card->refutes || !card->refutes[0])
        return "refutes";
    if (!examples || !examples[0] || strncmp(examples[0], demo, length) != 0 ||
        strchr(" ", examples[0][length]) == NULL)
        return "examples";
    return !card->outcome   ? "outcome"
           : !card->verdict ? "verdict"
           : !card->next    ? "next"
                            : NULL;
}

static void has_what_every_card_has(void **state)
{
    size_t count = 0;

    (void)state;
    for (const struct command *command = commands; command->name; command++) {
        const char *field =
            command->card ? lacking(command->card, command->name) : NULL;
        if (field)
            fail_msg("the card of %s needs its `%s`, as every card (src/card.h)",
                     command->name, field);
        count += command->card != NULL;
    }
    assert_true(count > 0);
}

static void names_what_a_card_lacks(void **state)
{
    static const char *const none[] = {NULL}, *const others[] = {"leastwise", NULL};
    struct card card = least_card;

    (void)state;
    assert_null(lacking(&card, "least"));
    assert_string_equal(lacking(&card, "other"), "demo");
    card.next = NULL;
    assert_string_equal(lacking(&card, "least"), "next");
    card.verdict = NULL;
    assert_string_equal(lacking(&card, "least"), "verdict");
    card.outcome = NULL;
    assert_string_equal(lacking(&card, "least"), "outcome");
    card.examples = others;
    assert_string_equal(lacking(&card, "least"), "examples");
    card.examples = none;
    assert_string_equal(lacking(&card, "least"), "examples");
    card.refutes = none;
    assert_string_equal(lacking(&card, "least"), "refutes");
    card.question = "How late it is";
    assert_string_equal(lacking(&card, "least"), "question");
    card.summary = "";
    assert_string_equal(lacking(&card, "least"), "summary");
}

/** What it says of its only variant, and then, after a newline, what to try next. */
static char *said(const struct report *report)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    report->card->verdict(report, 0, out);
    fputc('\n', out);
    report->card->next(report, out);
    fclose(out);
    return text;
}

static void is_enough_of_a_card(void **state)
{
    struct options options = {.card = &least_card};
    struct run run = {.wall_ns = 1};
    struct variant_report variant = {.variant = variants,
                                     .status = VARIANT_DONE,
                                     .runs = &run,
                                     .run_count = 1,
                                     .comparable = 1};
    struct report report = {.card = &least_card,
                            .options = &options,
                            .variants = &variant,
                            .variant_count = 1};
    char *text;

    (void)state;
    run.outcome = variant.outcome = least_card.outcome(&report, &run);
    assert_true(json_is_integer(json_object_get(run.outcome, "late_ns")));
    text = said(&report);
    assert_string_equal(text, "threads: the tasks were late by 0 s in all.\n"
                              "And when they compute?\tleast --work cpu");
    free(text);
    json_decref(run.outcome);

    variant.status = VARIANT_SKIPPED;
    text = said(&report);
    assert_string_equal(text, "\nToo long?\tleast --ttl 0.1 0.2");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_what_every_card_has),
        cmocka_unit_test(names_what_a_card_lacks),
        cmocka_unit_test(is_enough_of_a_card),
    };

    return cmocka_run_group_tests_name("card", tests, NULL, NULL);
}
