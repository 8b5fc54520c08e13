// SPDX-License-Identifier: MIT
/** What a card may ask of the command line: words, what goes with them, how many tasks
 * there are and how long they take, and what it objects to. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "command_line.h"

#include "cli/completion.h"
#include "cli/help.h"
#include "view/title.h"
#include "view/view.h"

#include <inttypes.h>
#include <locale.h>

static const struct variant variants[] = {
    {.name = "plain", .about = "one after the other"},
    {.name = "adder", .about = "one step adds"},
    {.name = "seller", .about = "one lock sells"},
    {.name = "slow-adder", .about = "adds, but later", .extra = true},
    {.name = "climber", .about = "goes up", .extra = true},
    {.name = NULL},
};

static const struct demo demo = {.name = "fake", .variants = variants};

/** A preset can be any of the words. */
static int64_t last_of_three(const struct tasks *tasks)
{
    return tasks->count > 0 ? 2 : 0;
}

static const struct own_option own_options[] = {
    {.name = "--story",
     .value = "counter|tickets",
     .about = "what is shared",
     .kind = OWN_WORD,
     .preset = "counter"},
    {.name = "--count",
     .value = "N",
     .about = "add so often",
     .kind = OWN_NUMBER,
     .min = 1,
     .max = 1000},
    {.name = "--natural", .about = "leave it to luck", .kind = OWN_FLAG},
    {.name = "--order",
     .value = "up|upper|down",
     .about = "who is first",
     .kind = OWN_WORD,
     .preset = "down",
     .preset_of = last_of_three},
    {.name = "--guests",
     .value = "N",
     .about = "so many sit at the table",
     .kind = OWN_NUMBER,
     .min = 2,
     .max = 5000,
     .counts_tasks = true},
    {.name = "--sweep",
     .value = "A..B",
     .about = "count that often, in turn",
     .kind = OWN_RANGE,
     .min = 1,
     .max = 4096,
     .varies = "--count"},
    {.name = NULL},
};

static const struct goes_with company[] = {
    {"adder", "--story", "counter"},      {"seller", "--story", "tickets"},
    {"slow-adder", "--story", "counter"}, {"climber", "--order", "upper"},
    {"--count", "--story", "counter"},    {.what = NULL},
};

/** Of all that is only known at the end: a variant, a value, a task. */
static const char *no_luck_for_slow_ones(const struct options *options)
{
    if (!option_of(options->card, options, "--natural"))
        return NULL;
    if (options->chosen[3])
        return "--natural leaves it to luck: it excludes --with slow-adder";
    if (options->tasks.at[0].ttl_ns < SECOND / 1000)
        return "--natural needs a ttl of 1 ms at least";
    return NULL;
}

static void nothing_next(const struct report *report, FILE *out)
{
    (void)report, (void)out;
}

static const struct card card = {
    .demo = &demo,
    .next = nothing_next,
    .summary = "stand in for a demo",
    .question = "What does a card ask for?",
    .examples = (const char *const[]){"fake", NULL},
    .options = own_options,
    .goes_with = company,
    .min_tasks = 2,
    .ttl_ns = SECOND / 10,
    .objects = no_luck_for_slow_ones,
};

/** It has all tasks at a table, and nothing else to say. */
static const struct card crowd_card = {
    .demo = &demo,
    .min_tasks = 5,
    .ttl_ns = 3 * SECOND,
};

static char *describe(const struct options *options)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fprintf(out, "%zu x %" PRId64, options->tasks.count, options->tasks.at[0].ttl_ns);
    for (size_t i = 1; i < options->tasks.count; i++) {
        if (options->tasks.at[i].ttl_ns != options->tasks.at[i - 1].ttl_ns)
            fprintf(out, " %" PRId64, options->tasks.at[i].ttl_ns);
    }
    fputs(" |", out);
    for (size_t i = 0; variants[i].name; i++)
        fprintf(out, "%s%s", options->chosen[i] ? " " : "",
                options->chosen[i] ? variants[i].name : "");
    for (size_t i = 0; i < own_count(options->card); i++) {
        if (own_options[i].kind == OWN_RANGE && options->own[i] != 0)
            fprintf(out, " %s %u to %u", own_options[i].name + 2,
                    own_range(options->own[i]).from, own_range(options->own[i]).to);
        else if (options->own[i] != (i == 3 ? 2 : 0))
            fprintf(out, " %s %" PRId64, own_options[i].name + 2, options->own[i]);
    }
    fclose(out);
    return text;
}

#define USUAL "2 x 100000000 "
#define ADDS  "| plain adder"
#define SELLS "| plain seller story 1"

static void reads_what_a_card_asks_for(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        const char *expected;
    } lines[] = {
        {{NULL}, USUAL ADDS},
        {{"--story", "counter"}, USUAL ADDS},
        {{"--story", "tickets"}, USUAL SELLS},
        {{"--story=tickets"}, USUAL SELLS},
        {{"--story", "tickets", "--story", "counter"}, USUAL ADDS},
        {{"--order", "up"}, USUAL ADDS " order 0"},
        {{"--order", "upper"}, USUAL ADDS " order 1"},
        {{"--order", "down"}, USUAL ADDS},
        {{"--order", "upper", "--with", "climber"}, USUAL ADDS " climber order 1"},

        {{"--only", "adder"}, USUAL "| adder"},
        {{"--only", "seller", "--story", "tickets"}, USUAL "| seller story 1"},
        {{"--story", "tickets", "--with", "plain"}, USUAL SELLS},
        {{"--with", "slow-adder"}, USUAL ADDS " slow-adder"},
        {{"--only", "seller", "--only", "plain"}, USUAL "| plain"}, // the last counts
        {{"--story=tickets", "--only=adder", "--only=seller"},
         USUAL "| seller story 1"},
        {{"--story", "tickets", "--only", "adder", "--story", "counter"},
         USUAL "| adder"},
        {{"--count", "7"}, USUAL ADDS " count 7"},
        {{"--count", "7", "--story", "counter"}, USUAL ADDS " count 7"},

        {{"--guests", "2"}, USUAL ADDS " guests 2"},
        {{"--guests", "50"}, "50 x 50000000 " ADDS " guests 50"},
        {{"--guests=3", "5"}, "3 x 5000000000 " ADDS " guests 3"},
        {{"--guests", "3", "1", "2", "2"},
         "3 x 1000000000 2000000000 " ADDS " guests 3"},
        {{"--guests", "9", "--guests", "3"}, "3 x 100000000 " ADDS " guests 3"},
        {{"--guests", "4", "--names", "a,b"}, "4 x 100000000 " ADDS " guests 4"},

        {{"--sweep", "1..16"}, USUAL ADDS " sweep 1 to 16"},
        {{"--sweep=4095..4096"}, USUAL ADDS " sweep 4095 to 4096"},
        {{"--sweep", "1..2", "--sweep", "3..4"}, USUAL ADDS " sweep 3 to 4"},

        {{"--tasks", "40"}, "40 x 100000000 " ADDS},
        {{"--tasks", "41"}, "41 x 50000000 " ADDS}, // patience, not the card
        {{"--tasks", "1000"}, "1000 x 2000000 " ADDS},
        {{"--names", "a,b,c"}, "3 x 100000000 " ADDS},
        {{"--names", "a"}, USUAL ADDS},
        {{"--speed", "2"}, "2 x 50000000 " ADDS},
        {{"0.2", "0.3"}, "2 x 200000000 300000000 " ADDS},
        {{"0", "--tasks", "2"}, "2 x 0 " ADDS},

        {{"--natural"}, USUAL ADDS " natural 1"},
        {{"--natural", "--story", "tickets"}, USUAL SELLS " natural 1"},
        {{"--with", "slow-adder"}, USUAL ADDS " slow-adder"},
        {{"--natural", "--with=slow-adder", "--with=adder"}, USUAL ADDS " natural 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        enum cli_action action = parse_for(&card, &options, lines[i].arguments, &said);
        assert_string_equal(said, "");
        assert_int_equal(action, CLI_RUN);
        char *text = describe(&options);
        assert_string_equal(text, lines[i].expected);
        free(text);
        free(said);
        options_destroy(&options);
    }
}

static void refuses_what_does_not_go(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        const char *said;
    } lines[] = {
        {{"--story", "seats"}, "--story: \"seats\" is not one of counter, tickets"},
        {{"--story", ""}, "--story: \"\" is not one of counter, tickets"},
        {{"--story", "Counter"}, "--story: \"Counter\" is not one of"},
        {{"--story", "counte"}, "--story: \"counte\" is not one of"},
        {{"--story", "counters"}, "--story: \"counters\" is not one of"},
        {{"--story", "counter|tickets"}, "--story: \"counter|tickets\" is not one of"},
        {{"--story"}, "--story needs a value: --story counter|tickets\n"},
        {{"--story", "--natural"}, "--story needs a value"},
        {{"--order", "u"}, "--order: \"u\" is not one of up, upper, down\n"},
        {{"--order", "|"}, "--order: \"|\" is not one of"},
        {{"story", "tickets"}, "\"story\" is not a time; did you mean \"--story\"?"},
        {{"--sotry", "tickets"}, "did you mean \"--story\"?"},

        {{"--only", "seller"}, "fake: --only: seller goes with --story tickets\n"},
        {{"--with", "seller"}, "fake: --with: seller goes with --story tickets\n"},
        {{"--only", "plain,slow-adder", "--story", "tickets"},
         "--only: slow-adder goes with --story counter\n"},
        {{"--story", "tickets", "--count", "3"},
         "fake: --count goes with --story counter\n"},
        {{"--count", "3", "--story=tickets"}, "--count goes with --story counter\n"},
        {{"--only", "climber"}, "--only: climber goes with --order upper\n"},
        {{"--only", "climber", "--order", "up"}, "climber goes with --order upper\n"},
        {{"--only", "sellers"}, "no variant \"sellers\"; did you mean \"seller\"?"},

        {{"--guests", "3", "--tasks", "3"},
         "fake: --guests and --tasks exclude each other: both say how many"},
        {{"--tasks=4", "--guests=3"}, "--tasks and --guests exclude each other"},
        {{"--guests", "1"}, "--guests: \"1\" is not a number from 2 to 5,000\n"},
        {{"--guests", "3", "1", "2"},
         "--guests: 3 tasks cannot share 2 ttls; give one, or one each\n"},
        {{"--tasks", "3", "1", "2"}, "--tasks: 3 tasks cannot share 2 ttls"},
        {{"--guests", "2", "--names", "a,b,c"}, "--names: 3 names for 2 tasks"},

        {{"--sweep", "16"},
         "fake: --sweep: \"16\" is not a range such as 1..16, within 1 to 4,096\n"},
        {{"--sweep", "1...16"}, "--sweep: \"1...16\" is not a range"},
        {{"--sweep", "1..16.5"}, "\"1..16.5\" is not a range"},
        {{"--sweep", "16..1"}, "\"16..1\" is not a range"},
        {{"--sweep", "4..4"}, "\"4..4\" is not a range"},
        {{"--sweep", "0..4"}, "\"0..4\" is not a range"},
        {{"--sweep", "1..4097"}, "\"1..4097\" is not a range"},
        {{"--sweep", "1.."}, "\"1..\" is not a range"},
        {{"--sweep", "..16"}, "\"..16\" is not a range"},
        {{"--sweep", ".."}, "\"..\" is not a range"},
        {{"--sweep", ""}, "\"\" is not a range"},
        {{"--sweep", "1..99999999999999999999"}, "is not a range"},
        {{"--sweep", "1..2x"}, "\"1..2x\" is not a range"},
        {{"--sweep", "-1..2"}, "\"-1..2\" is not a range"},
        {{"--sweep"}, "--sweep needs a value: --sweep A..B\n"},

        {{"--tasks", "1"}, "--tasks: \"1\" is not a number from 2 to 1,000,000\n"},
        {{"5"},
         "fake: it takes 2 tasks at least; give each its ttl, or one ttl and "
         "--tasks 2\n"},
        {{"--ttl", "5"}, "it takes 2 tasks at least"},
        {{"--names", "a", "5"}, "it takes 2 tasks at least"},

        {{"--natural", "--with", "slow-adder"},
         "fake: --natural leaves it to luck: it excludes --with slow-adder\n"},
        {{"--with", "slow-adder", "--natural"}, "it excludes --with slow-adder\n"},
        {{"--natural", "--speed", "101"}, "--natural needs a ttl of 1 ms at least\n"},
        {{"--natural", "--with", "slow-adder", "--width", "0"}, "--width: \"0\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        enum cli_action action = parse_for(&card, &options, lines[i].arguments, &said);
        check_line(said);
        if (!strstr(said, lines[i].said))
            fail_msg("line %zu: no '%s' in '%s'", i, lines[i].said, said);
        assert_int_equal(action, CLI_BAD);
        free(said);
    }
}

static void says_as_many_tasks_as_it_takes(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        size_t count;
        int64_t ttl_ns; // of each
    } lines[] = {
        {{NULL}, 5, SECOND / 2}, // less than the card's, for so many
        {{"--tasks", "6"}, 6, SECOND / 2},
        {{"--names", "a,b"}, 5, SECOND / 2},
        {{"2", "2", "2", "2", "2"}, 5, 2 * SECOND},
        {{"7", "--tasks", "5"}, 5, 7 * SECOND},
        {{"--tasks", "4"}, 0, 0},
        {{"2", "2", "2", "2"}, 0, 0},
        {{"2"}, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        enum cli_action action =
            parse_for(&crowd_card, &options, lines[i].arguments, &said);
        assert_int_equal(action, lines[i].count > 0 ? CLI_RUN : CLI_BAD);
        if (action == CLI_RUN) {
            assert_int_equal(options.tasks.count, lines[i].count);
            for (size_t j = 0; j < lines[i].count; j++)
                assert_int_equal(options.tasks.at[j].ttl_ns, lines[i].ttl_ns);
            options_destroy(&options);
        }
        free(said);
    }
}

/** A few tasks take as long as the card says, though that be long. */
static void takes_the_ttl_of_the_card(void **state)
{
    static const struct card slow_card = {
        .demo = &demo,
        .ttl_ns = 3 * SECOND,
    };
    static const char *const names[] = {NULL, "--tasks=2", "--tasks=1", "--tasks=3"};
    static const int64_t ttls[] = {3 * SECOND, 3 * SECOND, 3 * SECOND, SECOND};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct options options;
        char *said;
        const char *const line[] = {names[i], NULL};
        assert_int_equal(parse_for(&slow_card, &options, line, &said), CLI_RUN);
        for (size_t j = 0; j < options.tasks.count; j++)
            assert_int_equal(options.tasks.at[j].ttl_ns, ttls[i]);
        options_destroy(&options);
        free(said);
    }
}

static void finds_each_word(void **state)
{
    static const struct {
        int64_t place;
        const char *word;
    } cases[] = {{0, "up"}, {1, "upper"}, {2, "down"}, {3, ""}, {INT64_MAX, ""}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length;
        const char *word = own_word(&own_options[3], cases[i].place, &length);
        assert_int_equal(length, strlen(cases[i].word));
        assert_memory_equal(word, cases[i].word, length);
    }
}

static json_t *options_in_json(const struct report *report)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(view_named("json")->write(report, NULL, out), 0);
    fclose(out);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *written = json_incref(json_object_get(json, "options"));
    json_decref(json);
    free(text);
    return written;
}

static char *title_note(const struct report *report)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    put_own_options(report, "with ", out);
    fclose(out);
    return text;
}

static void writes_words_as_words(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        const char *story, *order, *note;
    } lines[] = {
        {{NULL}, "counter", "down", ""},
        {{"--order=up"}, "counter", "up", "with --order up"},
        {{"--story=counter", "--count=5"}, "counter", "down", "with --count 5"},
        {{"--order=down", "--story=tickets"},
         "tickets",
         "down",
         "with --story tickets"},
        {{"--story=tickets", "--natural", "--order=upper", "--guests=3"},
         "tickets",
         "upper",
         "with --story tickets --natural --order upper --guests 3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        assert_int_equal(parse_for(&card, &options, lines[i].arguments, &said),
                         CLI_RUN);
        struct report report = {.card = &card, .options = &options};
        json_t *json = options_in_json(&report);
        assert_string_equal(json_string_value(json_object_get(json, "story")),
                            lines[i].story);
        assert_string_equal(json_string_value(json_object_get(json, "order")),
                            lines[i].order);
        char *note = title_note(&report);
        assert_string_equal(note, lines[i].note);
        free(note);
        json_decref(json);
        free(said);
        options_destroy(&options);
    }
}

static char *printed(void (*print)(const struct card *card, FILE *out),
                     const struct card *of)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    print(of, out);
    fclose(out);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        size_t columns = strcspn(line, "\n");
        if (columns > 80 || (columns > 0 && line[columns - 1] == ' '))
            fail_msg("'%.*s'", (int)columns, line);
    }
    return text;
}

static void helps_with_what_holds_for_the_demo(void **state)
{
    static const char *const said[] = {
        "  --story counter|tickets    what is shared (default: counter)\n",
        "  --count N                  add so often (with --story counter; 1 to "
        "1,000)\n",
        "  --order up|upper|down      who is first (default: down)\n",
        "  --guests N                 so many sit at the table (2 to 5,000)\n",
        "(default: 0.1 each, or less for\n"
        "                             many tasks)\n",
        "(2 to\n                             1,000,000)\n",
    };
    static const char *const listed[] = {
        "  plain       one after the other\n"
        "  adder       one step adds (with --story counter)\n"
        "  seller      one lock sells (with --story tickets)\n"
        "  slow-adder  adds, but later (only when named; with --story counter)\n",
    };
    char *help = printed(help_demo, &card), *list = printed(help_variants, &card);
    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (count_of(help, said[i]) != 1)
            fail_msg("not once: '%s' in '%s'", said[i], help);
    }
    assert_int_equal(count_of(list, listed[0]), 1);
    assert_int_equal(count_of(help, listed[0]), 1);
    free(help);
    free(list);
}

static void helps_with_any_ttl(void **state)
{
    static const struct {
        int64_t ns;
        const char *said;
    } cases[] = {{SECOND, "(default: 1 each, or"},
                 {10 * SECOND, "(default: 10 each, or"},
                 {SECOND / 50, "(default: 0.02 each,"},
                 {50000, "(default: 0.00005"},
                 {5 * SECOND / 2, "(default: 2.5 each"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct card own = card;
        own.ttl_ns = cases[i].ns;
        char *text = printed(help_demo, &own);
        if (count_of(text, cases[i].said) != 1)
            fail_msg("not once: '%s' in '%s'", cases[i].said, text);
        free(text);
    }
}

static const struct own_option staying[] = {
    {.name = "--up", .about = "stay up", .kind = OWN_FLAG, .serves = "climber"},
    {.name = NULL},
};

static void stays_up_with_one_variant(void **state)
{
    static const struct card up_card = {
        .demo = &demo, .ttl_ns = SECOND, .options = staying};
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        const char *said; // part of it; NULL: it is fine
        int64_t limit_ns;
        bool is_up, adder, climber;
    } lines[] = {
        {{NULL}, NULL, 60 * SECOND, false, true, false},
        {{"--up"}, NULL, 24 * 3600 * SECOND, true, false, true},
        {{"--up", "--limit", "2"}, NULL, 2 * SECOND, true, false, true},
        {{"--only", "adder", "--up"}, NULL, 24 * 3600 * SECOND, true, true, false},
        {{"--up", "--with", "slow-adder"}, "--up: one variant", 0, 0, 0, 0},
        {{"--up", "--only", "adder,climber"}, "--up: one variant", 0, 0, 0, 0},
        {{"--up", "--repeat", "2"}, "--up and --repeat", 0, 0, 0, 0},
        {{"--up", "--live"}, "--up and --live", 0, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        enum cli_action action =
            parse_for(&up_card, &options, lines[i].arguments, &said);
        assert_int_equal(action, lines[i].said ? CLI_BAD : CLI_RUN);
        if (lines[i].said) {
            assert_non_null(strstr(said, lines[i].said));
        } else {
            assert_int_equal(serving(&options) != NULL, lines[i].is_up);
            assert_int_equal(options.limit_ns, lines[i].limit_ns);
            assert_int_equal(options.chosen[1], lines[i].adder);
            assert_int_equal(options.chosen[4], lines[i].climber);
            options_destroy(&options);
        }
        free(said);
    }
}

static const struct own_option bringing[] = {
    {.name = "--late",
     .about = "with a slow one beside",
     .kind = OWN_FLAG,
     .brings = "slow-adder"},
    {.name = NULL},
};

/** What a demo computes unless told to wait, how many tasks it has, and a flag that
 * names an extra variant, whatever else is named. */
static void computes_and_brings_as_the_card_says(void **state)
{
    static const int64_t ttls_ns[] = {SECOND / 50, SECOND / 50, SECOND / 50, 0};
    static const struct card busy_card = {
        .demo = &demo,
        .ttl_ns = SECOND / 20,
        .ttls_ns = ttls_ns,
        .work = WORK_CPU,
        .options = bringing,
    };
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        enum work_kind work;
        size_t tasks;
        int64_t ttl_ns;
        bool plain, late;
    } lines[] = {
        {{NULL}, WORK_CPU, 3, SECOND / 50, true, false},
        {{"--work", "wait"}, WORK_WAIT, 3, SECOND / 50, true, false},
        {{"--work=wait", "--work=cpu"}, WORK_CPU, 3, SECOND / 50, true, false},
        {{"--tasks", "4"}, WORK_CPU, 4, SECOND / 20, true, false},
        {{"--late"}, WORK_CPU, 3, SECOND / 50, true, true},
        {{"--only", "adder", "--late"}, WORK_CPU, 3, SECOND / 50, false, true},
        {{"--late", "--with", "climber"}, WORK_CPU, 3, SECOND / 50, true, true},
        {{"--only", "slow-adder"}, WORK_CPU, 3, SECOND / 50, false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        assert_int_equal(parse_for(&busy_card, &options, lines[i].arguments, &said),
                         CLI_RUN);
        assert_int_equal(options.work, lines[i].work);
        assert_int_equal(options.tasks.count, lines[i].tasks);
        assert_int_equal(options.tasks.at[2].ttl_ns, lines[i].ttl_ns);
        assert_int_equal(options.chosen[0], lines[i].plain);
        assert_int_equal(options.chosen[3], lines[i].late);
        options_destroy(&options);
        free(said);
    }
    struct card helped = busy_card;
    helped.summary = helped.question = "What?";
    helped.examples = (const char *const[]){"fake", NULL};
    char *text = printed(help_demo, &helped);
    assert_int_equal(count_of(text, "default: cpu"), 1);
    assert_int_equal(count_of(text, "0.02 0.02 0.02; with"), 1);
    free(text);
}

static void completes_words(void **state)
{
    static const struct command table[] = {
        {.name = "fake", .card = &card},
        {.name = NULL},
    };
    static const struct {
        void (*write)(FILE *out, const struct command *table);
        const char *lines[2];
    } shells[] = {
        {completion_bash,
         {"own='--story --count --natural --order --guests --sweep'\n"
          "        case $option in\n"
          "        --story) words='counter tickets' ;;\n"
          "        --count) return ;;\n"
          "        --order) words='up upper down' ;;\n"
          "        --guests) return ;;\n"
          "        --sweep) return ;;\n"
          "        esac ;;\n",
          "    *) [[ -n $words ]] || words=$own$of_tool' --ttl "}},
        {completion_fish,
         {" -l story -x -a 'counter tickets' -d 'what is shared'\n",
          " -l order -x -a 'up upper down' -d 'who is first'\n"}},
        {completion_zsh,
         {"'--story=[what is shared]:counter|tickets:(counter tickets)' \\\n",
          "'--order=[who is first]:up|upper|down:(up upper down)' \\\n"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        char *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        shells[i].write(out, table);
        fclose(out);
        for (size_t line = 0; line < 2; line++) {
            if (count_of(text, shells[i].lines[line]) != 1)
                fail_msg("not once: '%s' in '%s'", shells[i].lines[line], text);
        }
        free(text);
    }
}

/* The cards themselves: what parsing, help and completions rely on. */

static const struct own_option *own_named(const struct card *of, const char *name)
{
    for (size_t i = 0; i < own_count(of); i++) {
        if (strcmp(of->options[i].name, name) == 0)
            return &of->options[i];
    }
    return NULL;
}

static bool has_word(const struct own_option *own, const char *wanted)
{
    size_t length;
    for (int64_t place = 0;; place++) {
        const char *word = own_word(own, place, &length);
        if (length == 0)
            return false;
        if (strlen(wanted) == length && memcmp(word, wanted, length) == 0)
            return true;
    }
}

static bool has_variant(const struct card *of, const char *name)
{
    const struct variant *variant = of->demo->variants;
    while (variant->name && strcmp(variant->name, name) != 0)
        variant++;
    return variant->name;
}

static void check_number(const struct card *of, const struct own_option *own)
{
    assert_true(own->min >= 0 && own->max >= 1 && own->min <= own->max);
    assert_true(own->max <= INT64_MAX / 10);
    if (own->counts_tasks) {
        assert_true(own->min >= 1 && own->min >= (int64_t)of->min_tasks);
        assert_true(own->max <= 1000000);
    }
}

/** "one|two": two at least, none empty. */
static bool has_words(const char *value)
{
    size_t bars = value ? count_of(value, "|") : 0;
    return bars > 0 && !strstr(value, "||") && value[0] != '|' &&
           value[strlen(value) - 1] != '|';
}

static void check_own_options(const struct card *of)
{
    for (const struct own_option *own = of->options; own && own->name; own++) {
        struct option_spec spec = own_spec(own);
        assert_memory_equal(own->name, "--", 2);
        assert_true(own->about && own->about[0]);
        assert_true((own->value == NULL) == (own->kind == OWN_FLAG));
        assert_true((spec.value == NULL) == (spec.kind == VALUE_NONE));
        assert_true(!own->preset_of || own->preset); // no secret from the help
        assert_true(own->kind == OWN_NUMBER || !(own->is_task || own->counts_tasks));
        assert_true(own->kind != OWN_WORD || (own->preset && has_words(own->value)));
        if (own->kind == OWN_NUMBER)
            check_number(of, own);
        assert_true(!own->brings ||
                    (own->kind == OWN_FLAG && has_variant(of, own->brings)));
        assert_true(!own->serves ||
                    (own->kind == OWN_FLAG && has_variant(of, own->serves)));
        for (const struct option_spec *other = common_options; other->name; other++)
            assert_string_not_equal(own->name, other->name);
        for (const struct own_option *other = of->options; other < own; other++)
            assert_string_not_equal(own->name, other->name);
    }
}

static void check_company(const struct card *of)
{
    for (const struct goes_with *line = of->goes_with; line && line->what; line++) {
        const struct own_option *own = own_named(of, line->option);
        assert_true(own && own->kind == OWN_WORD && has_word(own, line->word));
        assert_true(has_variant(of, line->what) || own_named(of, line->what));
        assert_string_not_equal(line->what, line->option);
        assert_ptr_equal(goes_with(of, line->what), line); // the only one on it
    }
}

/** Whatever the story, something runs; and its first word is what the help says. */
static void check_words(const struct card *of, const struct own_option *own)
{
    struct options options;
    char *said;
    size_t length;
    const char *word;
    for (int64_t place = 0; word = own_word(own, place, &length), length > 0; place++) {
        char argument[128];
        snprintf(argument, sizeof argument, "%s=%.*s", own->name, (int)length, word);
        const char *const line[] = {argument, NULL};
        assert_int_equal(parse_for(of, &options, line, &said), CLI_RUN);
        assert_int_equal(option_of(of, &options, own->name), place);
        bool any = false;
        for (size_t i = 0; of->demo->variants[i].name; i++)
            any |= options.chosen[i];
        assert_true(any);
        options_destroy(&options);
        free(said);
    }
    assert_int_equal(parse_for(of, &options, (const char *const[]){NULL}, &said),
                     CLI_RUN);
    word = own_word(own, option_of(of, &options, own->name), &length);
    assert_int_equal(length, strlen(own->preset));
    assert_memory_equal(own->preset, word, length);
    options_destroy(&options);
    free(said);
}

static void check_card(const struct card *of)
{
    check_own_options(of);
    check_company(of);
    assert_true(of->min_tasks <= 2 || of->ttl_ns > 0);
    for (const struct own_option *own = of->options; own && own->name; own++) {
        if (own->kind == OWN_WORD)
            check_words(of, own);
    }
}

static void has_sound_cards(void **state)
{
    (void)state;
    check_card(&card);
    check_card(&crowd_card);
    for (const struct command *command = commands; command->name; command++) {
        if (command->card)
            check_card(command->card);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_card_asks_for),
        cmocka_unit_test(refuses_what_does_not_go),
        cmocka_unit_test(says_as_many_tasks_as_it_takes),
        cmocka_unit_test(takes_the_ttl_of_the_card),
        cmocka_unit_test(finds_each_word),
        cmocka_unit_test(writes_words_as_words),
        cmocka_unit_test(helps_with_what_holds_for_the_demo),
        cmocka_unit_test(helps_with_any_ttl),
        cmocka_unit_test(computes_and_brings_as_the_card_says),
        cmocka_unit_test(stays_up_with_one_variant),
        cmocka_unit_test(completes_words),
        cmocka_unit_test(has_sound_cards),
    };
    setlocale(LC_ALL, "C");
    return cmocka_run_group_tests_name("card options", tests, NULL, NULL);
}
