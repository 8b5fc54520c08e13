// SPDX-License-Identifier: MIT
/** What command lines mean, and what is said of those that mean nothing. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "command_line.h"

#include "cli/completion.h"
#include "cli/diag.h"
#include "cli/help.h"
#include "stage/cores.h"
#include "view/view.h"

#include <inttypes.h>
#include <locale.h>

#define DAY (24 * 3600 * SECOND)

static const struct variant variants[] = {
    {.name = "first", .about = "one after the other"},
    {.name = "second", .about = "all at once"},
    {.name = "hazard", .about = "what goes wrong", .extra = true},
    {.name = NULL},
};

static const struct demo fake_demo = {.name = "fake", .variants = variants};

static int64_t half_of_longest(const struct tasks *tasks)
{
    int64_t longest = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        if (tasks->at[i].ttl_ns > longest)
            longest = tasks->at[i].ttl_ns;
    }
    return longest / 2;
}

static int64_t twice_as_many(const struct tasks *tasks)
{
    return 2 * (int64_t)tasks->count;
}

static const struct own_option own_options[] = {
    {.name = "--timeout",
     .value = "T",
     .about = "wait so long for a result",
     .kind = OWN_TIME,
     .preset = "half of the longest ttl",
     .preset_of = half_of_longest},
    {.name = "--count",
     .value = "N",
     .about = "add so often",
     .kind = OWN_NUMBER,
     .min = 2,
     .max = 1000,
     .preset = "twice as many as tasks",
     .preset_of = twice_as_many},
    {.name = "--check-twice", .about = "look again", .kind = OWN_FLAG},
    {.name = NULL},
};

static void nothing_next(const struct report *report, FILE *out)
{
    (void)report, (void)out;
}

static const struct card fake_card = {
    .demo = &fake_demo,
    .next = nothing_next,
    .summary = "stand in for a demo",
    .question = "What does a command line mean?",
    .examples = (const char *const[]){"fake 1 2", "fake --work cpu", NULL},
    .options = own_options,
};

/** Without options of its own. */
static const struct card plain_card = {
    .demo = &(const struct demo){.name = "simple", .variants = variants},
    .summary = "stand in for another",
    .names = (const char *const[]){"a name of its own", "luke", NULL},
};

static enum cli_action parse(struct options *options, const char *const *arguments,
                             char **said)
{
    return parse_for(&fake_card, options, arguments, said);
}

/** All that is not as it is by default. */
static char *describe(const struct options *options)
{
    static const char *const whens[] = {"", " always", " never"};
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    for (size_t i = 0; i < options->tasks.count && i < 12; i++)
        fprintf(out, "%s=%" PRId64 " ", options->tasks.at[i].name,
                options->tasks.at[i].ttl_ns);
    fputc('|', out);
    for (size_t i = 0; variants[i].name; i++)
        fprintf(out, "%s%s", options->chosen[i] ? " " : "",
                options->chosen[i] ? variants[i].name : "");
    fprintf(out, "%s", options->work == WORK_CPU ? " cpu" : "");
    if (options->cores != cores_allowed())
        fprintf(out, " cores %u", options->cores);
    if (options->repeat != 1)
        fprintf(out, " repeat %u", options->repeat);
    if (options->speed < 1 || options->speed > 1)
        fprintf(out, " speed %g", options->speed);
    if (options->limit_ns != 60 * SECOND)
        fprintf(out, " limit %" PRId64, options->limit_ns);
    if (options->seed != 1)
        fprintf(out, " seed %" PRIu64, options->seed);
    if (options->from_ns != -1)
        fprintf(out, " from %" PRId64, options->from_ns);
    if (options->to_ns != -1)
        fprintf(out, " to %" PRId64, options->to_ns);
    fprintf(out, "%s%s", options->live ? " live" : "", whens[options->live]);
    fprintf(out, "%s%s", options->color ? " color" : "", whens[options->color]);
    fprintf(out, "%s%s%s", options->plain ? " plain" : "",
            options->ascii ? " ascii" : "", options->quiet ? " quiet" : "");
    if (options->width != 0)
        fprintf(out, " width %u", options->width);
    for (size_t i = 0; i < options->output_count; i++)
        fprintf(out, " %s:%s", options->outputs[i].path,
                options->outputs[i].view->name);
    if (options->own[0] != half_of_longest(&options->tasks))
        fprintf(out, " timeout %" PRId64, options->own[0]);
    if (options->own[1] != twice_as_many(&options->tasks))
        fprintf(out, " count %" PRId64, options->own[1]);
    fprintf(out, "%s", options->own[2] ? " check-twice" : "");
    fclose(out);
    return text;
}

#define LUKE  "luke=1000000000 "
#define BOTH  "luke=1000000000 darthvader=2000000000 "
#define USUAL "| first second"

static void reads_good_lines(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        const char *expected;
    } lines[] = {
        {{NULL}, BOTH USUAL},
        {{"--ttl", "1", "2"}, BOTH USUAL},
        {{"--ttl", "1,2"}, BOTH USUAL},
        {{"--ttl=1,2"}, BOTH USUAL},
        {{"--ttl=1", "--work=wait"}, LUKE USUAL},
        {{"1", "2"}, BOTH USUAL},
        {{"1,2"}, BOTH USUAL},
        {{"1", "--work", "cpu", "2"}, BOTH USUAL " cpu"},
        {{"--work", "cpu", "--ttl", "1s", "2000ms"}, BOTH USUAL " cpu"},
        {{"--ttl", "1", "2", "--work", "cpu"}, BOTH USUAL " cpu"},
        {{"--", "1", "2"}, BOTH USUAL},
        {{"1", "--", "2"}, BOTH USUAL},
        {{"--"}, BOTH USUAL},
        {{"0"}, "luke=0 " USUAL},
        {{"--ttl", "1.5", "0.25ms", "7us", "2m"},
         "luke=1500000000 darthvader=250000 leia=7000 han=120000000000 " USUAL},

        {{"--tasks", "1"}, LUKE USUAL},
        {{"--tasks", "2"}, BOTH USUAL},
        {{"--tasks", "3"},
         "luke=1000000000 darthvader=1000000000 leia=1000000000 " USUAL},
        {{"--tasks=3", "5"},
         "luke=5000000000 darthvader=5000000000 leia=5000000000 " USUAL},
        {{"--tasks", "2", "--ttl", "1", "2"}, BOTH USUAL},
        {{"--tasks", "12", "--ttl", "0"},
         "luke=0 darthvader=0 leia=0 han=0 yoda=0 chewbacca=0 lando=0 obiwan=0 r2d2=0 "
         "c3po=0 task11=0 task12=0 " USUAL},
        {{"--tasks", "0003", "0"}, "luke=0 darthvader=0 leia=0 " USUAL},
        {{"--tasks", "9", "--tasks", "1"}, LUKE USUAL},

        {{"--names", "ann"}, "ann=1000000000 darthvader=2000000000 " USUAL},
        {{"--names", "ann,bob"}, "ann=1000000000 bob=2000000000 " USUAL},
        {{"--names", "a,b,c"}, "a=1000000000 b=1000000000 c=1000000000 " USUAL},
        {{"--names", "darthvader,luke"},
         "darthvader=1000000000 luke=2000000000 " USUAL},
        {{"--names", "task3", "0", "0"}, "task3=0 darthvader=0 " USUAL},
        {{"--names", "task011", "--tasks=2", "0"}, "task011=0 darthvader=0 " USUAL},
        {{"--names=-x", "0"}, "-x=0 " USUAL},
        {{"--names", "-1", "0"}, "-1=0 " USUAL},
        {{"--names", "two words", "0"}, "two words=0 " USUAL},

        {{"--only", "second"}, BOTH "| second"},
        {{"--only", "hazard,first"}, BOTH "| first hazard"},
        {{"--only=first,first"}, BOTH "| first"},
        {{"--only", "first", "--only", "second"}, BOTH "| second"},
        {{"--with", "hazard"}, BOTH "| first second hazard"},
        {{"--with", "first"}, BOTH "| first second"},

        {{"--cores", "1", "--cores=1"}, NULL}, // one core may be all there is
        {{"--repeat", "50"}, BOTH USUAL " repeat 50"},
        {{"--seed", "0"}, BOTH USUAL " seed 0"},
        {{"--limit", "2m"}, BOTH USUAL " limit 120000000000"},
        {{"--limit", "1440m"}, BOTH USUAL " limit 86400000000000"},
        {{"--speed", "2"}, "luke=500000000 darthvader=1000000000 " USUAL " speed 2"},
        {{"--speed=0.01", "1"}, "luke=100000000000 " USUAL " speed 0.01"},
        {{"--speed", "1000", "1us"}, "luke=1 " USUAL " speed 1000"},
        {{"--speed", "3", "1"}, "luke=333333333 " USUAL " speed 3"},
        {{"--speed", "0.01", "1440m"}, "luke=8640000000000000 " USUAL " speed 0.01"},

        {{"--from", "0.5"}, BOTH USUAL " from 500000000"},
        {{"--to", "1"}, BOTH USUAL " to 1000000000"},
        {{"--from=0", "--to=1us"}, BOTH USUAL " from 0 to 1000"},
        {{"--live"}, BOTH USUAL " live always"},
        {{"--live", "--no-live"}, BOTH USUAL " live never"},
        {{"--no-live", "--plain"}, BOTH USUAL " live never plain"},
        {{"--ascii", "--color", "never"}, BOTH USUAL " color never ascii"},
        {{"--color=always", "--color=auto"}, BOTH USUAL},
        {{"--width", "300"}, BOTH USUAL " width 300"},
        {{"--quiet"}, BOTH USUAL " quiet"},

        {{"-o", "run.json"}, BOTH USUAL " run.json:json"},
        {{"--output=run.json", "-o", "a.b.json"},
         BOTH USUAL " run.json:json a.b.json:json"},
        {{"-o=-", "--format", "plain"}, BOTH USUAL " -:plain"},
        {{"--format", "json"}, BOTH USUAL " -:json"},
        {{"--json"}, BOTH USUAL " -:json"},
        {{"--json", "--json", "-o", "-"}, BOTH USUAL " -:json"},
        {{"--json", "--format", "json"}, BOTH USUAL " -:json"},
        {{"--json", "--quiet", "-o", "run.json"},
         BOTH USUAL " quiet run.json:json -:json"},
        {{"-o", "run", "--format", "plain"}, BOTH USUAL " run:plain"},
        {{"-o", "run.json", "--format", "json"}, BOTH USUAL " run.json:json"},
        {{"-o", "run.json", "-o", "-", "--format", "plain"},
         BOTH USUAL " run.json:json -:plain"},
        {{"-o", "./-", "--format", "plain"}, BOTH USUAL " ./-:plain"},

        {{"--timeout", "5"}, BOTH USUAL " timeout 5000000000"},
        {{"--timeout=20ms", "1"}, LUKE USUAL " timeout 20000000"},
        {{"--timeout", "0"}, BOTH USUAL " timeout 0"},
        {{"--timeout", "1440m"}, BOTH USUAL " timeout 86400000000000"},
        {{"--timeout", "7", "--timeout", "0.3"}, BOTH USUAL " timeout 300000000"},
        {{"1", "--timeout", "5", "2"}, BOTH USUAL " timeout 5000000000"},
        {{"--timeout", "6", "--speed", "3", "1"},
         "luke=333333333 " USUAL " speed 3 timeout 2000000000"},
        {{"--speed", "0.01", "--timeout=1440m", "0"},
         "luke=0 " USUAL " speed 0.01 timeout 8640000000000000"},
        {{"--count", "2"}, BOTH USUAL " count 2"},
        {{"--count=1000", "--speed=2", "1"},
         "luke=500000000 " USUAL " speed 2 count 1000"},
        {{"--count", "9", "--count", "0010"}, BOTH USUAL " count 10"},
        {{"--check-twice"}, BOTH USUAL " check-twice"},
        {{"--check-twice", "1", "--check-twice"}, LUKE USUAL " check-twice"},
        {{"--ttl", "1", "2", "--check-twice", "--count", "3", "--timeout", "1us"},
         BOTH USUAL " timeout 1000 count 3 check-twice"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        enum cli_action action = parse(&options, lines[i].arguments, &said);
        assert_string_equal(said, "");
        assert_int_equal(action, CLI_RUN);
        char *text = describe(&options);
        if (lines[i].expected)
            assert_string_equal(text, lines[i].expected);
        free(text);
        free(said);
        options_destroy(&options);
    }
}

static void refuses_bad_lines(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        const char *said[3];
    } lines[] = {
        {{"--ttl", "-1"}, {"--ttl: \"-1\"", "24 hours"}},
        {{"--ttl", "nan"}, {"--ttl: \"nan\"", "not a time"}},
        {{"--ttl", "inf"}, {"--ttl: \"inf\""}},
        {{"--ttl", "1e308"}, {"--ttl: \"1e308\""}},
        {{"--ttl", "0x10"}, {"--ttl: \"0x10\""}},
        {{"--ttl", "5apples"}, {"--ttl: \"5apples\"", "us"}},
        {{"--ttl", "5-"}, {"--ttl: \"5-\""}},
        {{"--ttl", ""}, {"--ttl: \"\""}},
        {{"--ttl="}, {"--ttl: \"\""}},
        {{"--ttl", "5,,6"}, {"--ttl: ", "empty", "\"5,,6\""}},
        {{"--ttl", "5,"}, {"--ttl: ", "empty", "\"5,\""}},
        {{"--ttl", "1", "+2"}, {"--ttl: \"+2\""}},
        {{"--ttl", " 1"}, {"--ttl: \" 1\""}},
        {{"--ttl", "1 s"}, {"--ttl: \"1 s\""}},
        {{"--ttl", "1S"}, {"--ttl: \"1S\""}},
        {{"--ttl", "1h"}, {"--ttl: \"1h\""}},
        {{"--ttl", "1,5s", "2;"}, {"--ttl: \"2;\""}},
        {{"--ttl", ".5"}, {"--ttl: \".5\""}},
        {{"--ttl", "5."}, {"--ttl: \"5.\""}},
        {{"--ttl", "1.5.2"}, {"--ttl: \"1.5.2\""}},
        {{"--ttl", "-"}, {"--ttl: \"-\""}},
        {{"--ttl", "\xd9\xa3"}, {"--ttl: \""}}, // a digit, but in Arabic
        {{"--ttl", "1441m"}, {"\"1441m\"", "too long", "24 hours"}},
        {{"--ttl", "86400.000000001"}, {"too long"}},
        {{"--ttl", "99999999999999999999999999"}, {"too long"}},
        {{"--ttl"}, {"--ttl needs a value"}},
        {{"--ttl", "--work", "cpu"}, {"--ttl needs a value"}},
        {{"--ttl", "1", "--ttl", "2"}, {"--ttl is given twice"}},
        {{"--ttl=1", "2"}, {"\"2\": --ttl has its times already"}},
        {{"--ttl", "1", "--", "2"}, {"\"2\": --ttl has its times already"}},
        {{"--ttl", "1", "--work", "cpu", "2"}, {"\"2\": --ttl has its times"}},
        {{"1", "--ttl", "2"}, {"--ttl: times were given before"}},

        {{"5apples"}, {"fake: \"5apples\" is not a time"}},
        {{""}, {"fake: \"\" is not a time"}},
        {{"-1"}, {"fake: \"-1\" is not a time"}},
        {{"--", "--work"}, {"fake: \"--work\" is not a time"}},
        {{"second"}, {"did you mean \"--only second\"?"}},
        {{"ttl", "5"}, {"did you mean \"--ttl\"?"}},

        {{"--bogus"}, {"unknown option \"--bogus\"", "\"conc fake --help\" lists"}},
        {{"--tt", "1"}, {"unknown option \"--tt\"", "did you mean \"--ttl\"?"}},
        {{"--TTL", "1"}, {"unknown option \"--TTL\"", "did you mean \"--ttl\"?"}},
        {{"-ttl=1"}, {"unknown option \"-ttl\"", "did you mean \"--ttl\"?"}},
        {{"--colour=auto"},
         {"unknown option \"--colour\"", "did you mean \"--color\"?"}},
        {{"--wrok", "cpu"}, {"did you mean \"--work\"?"}},
        {{"--repeta", "3"}, {"did you mean \"--repeat\"?"}},
        {{"-x"}, {"unknown option \"-x\""}},
        {{"---"}, {"unknown option \"---\""}},
        {{"--=1"}, {"unknown option \"--\""}},
        {{"--\x1b[2J"}, {"unknown option \"--\\x1b[2J\""}},
        {{"--predicts"}, {"unknown option"}},
        {{"--plain=yes"}, {"--plain takes no value", "\"yes\""}},
        {{"--help=me"}, {"--help takes no value"}},
        {{"--list", "--bogus"}, {"unknown option"}},

        {{"--timeout"}, {"--timeout needs a value: --timeout T"}},
        {{"--timeout", "--count", "3"}, {"--timeout needs a value"}},
        {{"--timeout", "soon"}, {"--timeout: \"soon\" is not a time such as"}},
        {{"--timeout", "1,2"}, {"--timeout: \"1,2\" is not a time"}},
        {{"--timeout="}, {"--timeout: \"\" is not a time"}},
        {{"--timeout", "-1"}, {"--timeout: \"-1\" is not a time"}},
        {{"--timeout", "25m", "--timeout", "1h"}, {"--timeout: \"1h\""}},
        {{"--timeout", "1441m"}, {"--timeout: \"1441m\" is too long", "24 hours"}},
        {{"--timeout", "1", "2", "--ttl", "3"}, {"--ttl: times were given before"}},
        {{"--count", "1"}, {"--count: \"1\" is not a number from 2 to 1,000\n"}},
        {{"--count", "1001"}, {"--count: \"1001\"", "2 to 1,000"}},
        {{"--count", "3.0"}, {"--count: \"3.0\""}},
        {{"--count", ""}, {"--count: \"\""}},
        {{"--count"}, {"--count needs a value: --count N"}},
        {{"--count", "1", "--count", "3"}, {"--count: \"1\""}},
        {{"--check-twice=yes"}, {"--check-twice takes no value; \"yes\""}},
        {{"--check-twice", "yes"}, {"\"yes\" is not a time"}},
        {{"--timeot", "3"}, {"unknown option \"--timeot\"", "mean \"--timeout\"?"}},
        {{"--time=3"}, {"unknown option \"--time\"", "mean \"--timeout\"?"}},
        {{"--Count", "3"}, {"unknown option \"--Count\"", "mean \"--count\"?"}},
        {{"--check"}, {"did you mean \"--check-twice\"?"}},
        {{"timeout", "5"}, {"\"timeout\" is not a time; did you mean \"--timeout\"?"}},

        {{"--tasks", "1000000000"}, {"--tasks: \"1000000000\"", "1 to 1,000,000"}},
        {{"--tasks", "18446744073709551617"}, {"--tasks: \"18446744073709551617\""}},
        {{"--tasks", "0"}, {"--tasks: \"0\""}},
        {{"--tasks", "-1"}, {"--tasks: \"-1\""}},
        {{"--tasks", "+1"}, {"--tasks: \"+1\""}},
        {{"--tasks", "1.0"}, {"--tasks: \"1.0\""}},
        {{"--tasks", "1,000"}, {"--tasks: \"1,000\""}},
        {{"--tasks", ""}, {"--tasks: \"\""}},
        {{"--tasks"}, {"--tasks needs a value"}},
        {{"--tasks", "3", "1", "2"}, {"--tasks: 3 tasks", "2 ttls"}},
        {{"--work", "hard"}, {"--work: \"hard\"", "not one of wait, cpu\n"}},
        {{"--work", "wait|cpu"}, {"--work: \"wait|cpu\""}},
        {{"--work="}, {"--work: \"\""}},
        {{"--work", "--", "cpu"}, {"--work needs a value"}},
        {{"--cores", "0"}, {"--cores: \"0\"", "from 1 to", "the cores"}},
        {{"--cores", "1000000"}, {"--cores: \"1000000\""}},
        {{"--repeat", "0"}, {"--repeat: \"0\"", "1 to 10,000"}},
        {{"--seed", "4294967296"}, {"--seed: \"4294967296\"", "4,294,967,295"}},
        {{"--speed", "0"}, {"--speed: \"0\"", "0.01 to 1000"}},
        {{"--speed", "0.009999"}, {"--speed: \"0.009999\""}},
        {{"--speed", "1000.000001"}, {"--speed: \"1000.000001\""}},
        {{"--speed", "2x"}, {"--speed: \"2x\""}},
        {{"--limit", "soon"}, {"--limit: \"soon\" is not a time"}},
        {{"--limit", "1,2"}, {"--limit: \"1,2\" is not a time"}},
        {{"--width", "0"}, {"--width: \"0\"", "1 to 300"}},
        {{"--width", "301"}, {"--width: \"301\""}},
        {{"--color", "pink"}, {"--color: \"pink\"", "auto, always, never\n"}},
        {{"--color", "Auto"}, {"--color: \"Auto\""}},
        {{"--width", "0", "--width", "80"}, {"--width: \"0\""}},

        {{"--only", "secnod"}, {"--only: no variant \"secnod\"", "mean \"second\"?"}},
        {{"--with", "unlike"}, {"no variant \"unlike\"", "first, second, hazard"}},
        {{"--only", ""}, {"--only: no variant \"\""}},
        {{"--only", "first,"}, {"--only: no variant \"\""}},
        {{"--only", "first second"}, {"no variant \"first second\""}},
        {{"--only", "first", "--with", "hazard"}, {"--only and --with exclude"}},

        {{"--names", ""}, {"--names: a name is empty in \"\""}},
        {{"--names", "a,,b"}, {"--names: a name is empty in \"a,,b\""}},
        {{"--names", "a,b,a"}, {"--names: \"a\" is there twice"}},
        {{"--names", "darthvader"},
         {"--names: \"darthvader\" is what task 2 is called"}},
        {{"--names", "task11", "--tasks", "11"},
         {"\"task11\" is what task 11 is called"}},
        {{"--names", "a,b,c", "--tasks", "2"}, {"--names: 3 names for 2 tasks"}},
        {{"--names", "a,b", "1"}, {"--names: 2 names for 1 task\n"}},
        {{"--names", "lu\nke"}, {"--names: \"lu\\nke\"", "cannot be printed"}},
        {{"--names", "\xff"}, {"--names: \"\\xff\"", "cannot be printed"}},
        {{"--names", "a, b"}, {"--names: \" b\" begins or ends with a space"}},
        {{"--names", "a ,b"}, {"--names: \"a \" begins or ends with a space"}},
        {{"--names", "\xcc\x81"}, {"--names: ", "cannot be seen"}},

        {{"--from", "2", "--to", "1"}, {"--to 1 s is not later than --from 2 s"}},
        {{"--from", "1", "--to", "1s"}, {"--to 1 s is not later than --from 1 s"}},
        {{"--to", "0"}, {"--to must be later than 0"}},
        {{"--live", "--plain"}, {"--live and --plain exclude"}},
        {{"--quiet", "--plain"}, {"--plain and --quiet exclude"}},
        {{"--live", "--json"}, {"--live: standard output is taken by --json"}},
        {{"--plain", "--format", "json"}, {"--plain: standard output is taken"}},

        {{"-o", "-"}, {"-o: \"-\" needs --format", "text, plain, json"}},
        {{"-o", "run.xyz"}, {"-o: \"run.xyz\" names no format", ".json"}},
        {{"-o", ""}, {"-o: \"\" is not the name of a file"}},
        {{"-o"}, {"--output needs a value: --output FILE"}},
        {{"-orun.json"}, {"unknown option \"-orun.json\""}},
        {{"-o", "a.json", "--output", "a.json"}, {"-o: \"a.json\" is given twice"}},
        {{"--format", "xml"}, {"--format: \"xml\" is not one of text, plain, json"}},
        {{"--json", "--format", "text"}, {"--json and --format text exclude"}},
        {{"-o", "run.json", "--format", "plain"}, {"--format plain: ", "\"run.json\""}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        enum cli_action action = parse(&options, lines[i].arguments, &said);
        check_line(said);
        for (size_t part = 0; part < 3 && lines[i].said[part]; part++) {
            if (!strstr(said, lines[i].said[part]))
                fail_msg("line %zu: no '%s' in '%s'", i, lines[i].said[part], said);
        }
        assert_int_equal(action, CLI_BAD);
        free(said);
    }
}

static void fills_in_own_presets(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        int64_t timeout_ns, count;
    } lines[] = {
        {{NULL}, SECOND, 4},
        {{"4"}, 2 * SECOND, 2},
        {{"1", "2", "3"}, 3 * SECOND / 2, 6},
        {{"--speed", "4", "1", "8"}, SECOND, 4}, // divided once, not twice
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        assert_int_equal(parse(&options, lines[i].arguments, &said), CLI_RUN);
        assert_int_equal(option_of(&fake_card, &options, "--timeout"),
                         lines[i].timeout_ns);
        assert_int_equal(option_of(&fake_card, &options, "--count"), lines[i].count);
        assert_int_equal(option_of(&fake_card, &options, "--check-twice"), 0);
        options_destroy(&options);
        free(said);
    }
}

static void finds_own_values_by_name(void **state)
{
    static const char *const line[] = {"--count", "7", "--check-twice", NULL};
    struct options options;
    char *said;
    (void)state;
    assert_int_equal(parse(&options, line, &said), CLI_RUN);
    assert_int_equal(option_of(&fake_card, &options, "--count"), 7);
    assert_int_equal(option_of(&fake_card, &options, "--check-twice"), 1);
    assert_int_equal(option_of(&fake_card, &options, "--coun"), 0);
    assert_int_equal(option_of(&fake_card, &options, "count"), 0);
    assert_int_equal(option_of(&fake_card, &options, "--tasks"), 0);
    assert_int_equal(option_of(&plain_card, &options, "--count"), 0);
    options_destroy(&options);
    assert_null(options.own);
    assert_int_equal(option_of(&fake_card, &options, "--count"), 0);
    free(said);
}

/** What one demo has, another has not. */
static void keeps_own_options_to_their_demo(void **state)
{
    struct options options;
    char *said;
    (void)state;
    assert_int_equal(
        parse_for(&plain_card, &options, (const char *[]){"1", NULL}, &said), CLI_RUN);
    assert_string_equal(said, "");
    assert_null(options.own);
    options_destroy(&options);
    free(said);
    assert_int_equal(parse_for(&plain_card, &options,
                               (const char *[]){"--timeout", "1", NULL}, &said),
                     CLI_BAD);
    assert_non_null(strstr(said, "unknown option \"--timeout\"; \"conc simple"));
    free(said);
}

/** A demo's cast comes first, then numbers; what is taken is that demo's alone. */
static void names_tasks_as_their_demo_does(void **state)
{
    static const char *const good[] = {"--names", "darthvader,x", "0", "0", NULL};
    static const char *const many[] = {"--tasks", "4", NULL};
    static const char *const bad[] = {"--names", "luke", "0", "0", NULL};
    static const char *const names[] = {"a name of its own", "luke", "task3", "task4"};
    struct options options;
    char *said;
    (void)state;
    assert_int_equal(parse_for(&plain_card, &options, many, &said), CLI_RUN);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(options.tasks.at[i].name, names[i]);
    assert_string_equal(options.tasks.at[0].thread_name, "a name of its o");
    options_destroy(&options);
    free(said);
    assert_int_equal(parse_for(&plain_card, &options, good, &said), CLI_RUN);
    options_destroy(&options);
    free(said);
    assert_int_equal(parse_for(&plain_card, &options, bad, &said), CLI_BAD);
    assert_non_null(strstr(said, "\"luke\" is what task 2 is called"));
    free(said);
}

static void writes_own_options_into_json(void **state)
{
    static const char *const line[] = {"--timeout", "20ms", "--check-twice", NULL};
    struct options options;
    char *said, *text = NULL;
    size_t length;
    (void)state;
    assert_int_equal(parse(&options, line, &said), CLI_RUN);
    struct report report = {.card = &fake_card, .options = &options};
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(view_named("json")->write(&report, NULL, out), 0);
    fclose(out);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *written = json_object_get(json, "options");
    assert_int_equal(json_integer_value(json_object_get(written, "timeout_ns")),
                     20000000);
    assert_int_equal(json_integer_value(json_object_get(written, "count")), 4);
    assert_true(json_is_true(json_object_get(written, "check_twice")));
    json_decref(json);
    free(text);
    free(said);
    options_destroy(&options);
}

static void asks_for_help(void **state)
{
    static const struct {
        const char *arguments[MAX_ARGUMENTS];
        enum cli_action expected;
    } lines[] = {
        {{"--help"}, CLI_HELP},
        {{"-h"}, CLI_HELP},
        {{"1", "2", "--help", "--bogus"}, CLI_HELP}, // help is what one asks for then
        {{"--list"}, CLI_LIST},
        {{"--list", "1"}, CLI_LIST},
        {{"--list", "-h"}, CLI_HELP},
        {{"--only", "first", "--list"}, CLI_LIST},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options;
        char *said;
        assert_int_equal(parse(&options, lines[i].arguments, &said), lines[i].expected);
        assert_string_equal(said, "");
        free(said);
    }
}

static void cuts_a_long_value(void **state)
{
    char value[5000];
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    struct options options;
    char *said;
    (void)state;
    assert_int_equal(parse(&options, (const char *[]){value, NULL}, &said), CLI_BAD);
    check_line(said);
    assert_true(strlen(said) < 200);
    assert_non_null(strstr(said, "xxx...\" is not a time"));
    free(said);
}

static void names_threads_within_15_bytes(void **state)
{
    static const char *const line[] = {
        "--names",
        "exactly15bytes!,exactly16bytes!!,b\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
        "\xc3\xa9\xc3\xa9\xc3\xa9z,a\xe3\x81\xbc\xe3\x81\xbc\xe3\x81\xbc"
        "\xe3\x81\xbc\xe3\x81\xbc",
        NULL};
    static const char *const expected[] = {
        "exactly15bytes!", "exactly16bytes!",
        "b\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
        "a\xe3\x81\xbc\xe3\x81\xbc\xe3\x81\xbc\xe3\x81\xbc"};
    struct options options;
    char *said;
    (void)state;
    assert_int_equal(parse(&options, line, &said), CLI_RUN);
    assert_int_equal(options.tasks.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(options.tasks.at[i].thread_name, expected[i]);
    options_destroy(&options);
    free(said);
}

static void makes_a_million_tasks(void **state)
{
    struct options options;
    char *said;
    (void)state;
    assert_int_equal(
        parse(&options, (const char *[]){"--tasks", "1000000", NULL}, &said), CLI_RUN);
    assert_int_equal(options.tasks.count, 1000000);
    const struct task *last = &options.tasks.at[999999];
    assert_string_equal(last->name, "task1000000");
    assert_string_equal(last->thread_name, "task1000000");
    assert_int_equal(last->number, 999999);
    assert_int_equal(last->ttl_ns, 100000);
    options_destroy(&options);
    free(said);
}

static void keeps_the_default_ttls_of_many_tasks_short(void **state)
{
    static const struct {
        const char *tasks;
        int64_t ttl_ns;
    } cases[] = {
        {"3", SECOND},
        {"4", SECOND},
        {"5", SECOND / 2},
        {"8", SECOND / 2},
        {"9", SECOND / 5},
        {"20", SECOND / 5},
        {"21", SECOND / 10},
        {"40", SECOND / 10},
        {"41", SECOND / 20},
        {"400", SECOND / 100},
        {"10000", SECOND / 5000},
        {"20000", SECOND / 5000},
        {"20001", SECOND / 10000},
        {"40001", SECOND / 10000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options options;
        char *said;
        parse(&options, (const char *[]){"--tasks", cases[i].tasks, NULL}, &said);
        assert_int_equal(options.tasks.at[0].ttl_ns, cases[i].ttl_ns);
        options_destroy(&options);
        free(said);
    }
}

static void reads_times(void **state)
{
    static const struct {
        const char *text;
        int64_t ns; // or a code
    } times[] = {
        {"0", 0},
        {"5", 5 * SECOND},
        {"007", 7 * SECOND},
        {"0.1", 100000000},
        {"0.000000001", 1},
        {"0.0000000019999999999999999999999999999", 1},
        {"0.9999999999999999999999999999", 999999999},
        {"1us", 1000},
        {"0.001us", 1},
        {"0.0009us", 0},
        {"1.5ms", 1500000},
        {"3s", 3 * SECOND},
        {"1m", 60 * SECOND},
        {"0.5m", 30 * SECOND},
        {"0.0000000000166666666666666666666", 0},
        {"0.0000000000166666666666666666666m", 0},
        {"0.0000000000166666666666666666667m", 1},
        {"0.016666666666666666666666666667m", SECOND},
        {"0.016666666666666666666666666666m", SECOND - 1},
        {"86400", DAY},
        {"86400.0000000009", DAY},
        {"1440m", DAY},
        {"86400000ms", DAY},
        {"86400000000us", DAY},
        {"000000000000000000000000000000000000000001", SECOND},
        {"86400.000000001", UV_ERANGE},
        {"1440.1m", UV_ERANGE},
        {"86401", UV_ERANGE},
        {"18446744073709551616", UV_ERANGE},
        {"340282366920938463463374607431768211457us", UV_ERANGE},
        {"", UV_EINVAL},
        {"s", UV_EINVAL},
        {"us", UV_EINVAL},
        {".", UV_EINVAL},
        {"1.", UV_EINVAL},
        {".1", UV_EINVAL},
        {"1.s", UV_EINVAL},
        {"1,5", UV_EINVAL},
        {"1ss", UV_EINVAL},
        {"1ns", UV_EINVAL},
        {"1mm", UV_EINVAL},
        {"1sm", UV_EINVAL},
        {"1e3", UV_EINVAL},
        {"99999999999999999999x", UV_EINVAL},
        {"\xc2\xb5s", UV_EINVAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t ns = -1;
        int code = time_parse(times[i].text, strlen(times[i].text), &ns);
        if (code != 0)
            assert_int_equal(ns, -1);
        if ((code ? code : ns) != times[i].ns)
            fail_msg("'%s' is %" PRId64 ", code %d", times[i].text, ns, code);
    }
}

static void reads_no_further_than_the_length(void **state)
{
    int64_t ns;
    (void)state;
    assert_int_equal(time_parse("12ms", 3, &ns), 0);
    assert_int_equal(ns, 720 * SECOND);
    assert_int_equal(time_parse("12ms", 1, &ns), 0);
    assert_int_equal(ns, SECOND);
    assert_int_equal(time_parse("1\0002", 3, &ns), UV_EINVAL);
}

static void suggests_what_is_near(void **state)
{
    static const char *const names[] = {"threads", "race", "deadlock",
                                        "--ttl",   "a",    NULL};
    static const struct {
        const char *word, *expected;
    } cases[] = {
        {"threads", "threads"},
        {"thread", "threads"},
        {"htreads", "threads"},
        {"THREADS", "threads"},
        {"thr", "threads"},
        {"rcae", "race"},
        {"rce", "race"},
        {"raze", "race"},
        {"--tl", "--ttl"},
        {"-ttl", "--ttl"},
        {"deadlocks", "deadlock"},
        {"tolerance", NULL},
        {"b", NULL},
        {"", NULL},
        {"--", NULL},
        {"t", NULL},
        {"xylophone", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *near = suggest(cases[i].word, names);
        const char *got = near ? near : "nothing";
        const char *wanted = cases[i].expected ? cases[i].expected : "nothing";
        if (strcmp(got, wanted) != 0)
            fail_msg("'%s' suggests '%s'", cases[i].word, got);
    }
    char word[5000];
    memset(word, 't', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_null(suggest(word, names));
}

static void says_one_safe_line(void **state)
{
    struct capture capture;
    (void)state;
    capture_begin(&capture, STDERR_FILENO);
    diag("cannot open %s", "a\nb\x1b[31m\x7f\xff");
    diag_for("fake", "%d", 5);
    char *said = capture_end(&capture);
    assert_string_equal(said, "conc: cannot open a\\nb\\x1b[31m\\x7f\\xff\n"
                              "conc fake: 5\n");
    free(said);
}

static char *printed(void (*print)(const struct card *card, FILE *out))
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    print(&fake_card, out);
    fclose(out);
    return text;
}

static void short_page(const struct card *card, FILE *out)
{
    (void)card;
    help_short(out, commands);
}

static void whole_page(const struct card *card, FILE *out)
{
    (void)card;
    help_all(out);
}

static void helps_within_80_columns(void **state)
{
    void (*const pages[])(const struct card *, FILE *) = {short_page, whole_page,
                                                          help_demo, help_variants};
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        char *text = printed(pages[i]);
        for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
            size_t length = strcspn(line, "\n");
            if (length > 80 || (length > 0 && line[length - 1] == ' '))
                fail_msg("page %zu: '%.*s'", i, (int)length, line);
        }
        free(text);
    }
}

static void helps_with_all_there_is(void **state)
{
    char *text = printed(help_demo), *list = printed(help_variants);
    (void)state;
    assert_non_null(strstr(text, fake_card.question));
    assert_non_null(strstr(text, "  conc fake --work cpu\n"));
    for (const struct option_spec *spec = common_options; spec->name; spec++) {
        char left[80];
        const char *before = spec->is_optional ? "[=" : spec->value ? " " : "";
        snprintf(left, sizeof left, "%s%s%s", spec->name, before,
                 spec->value ? spec->value : "");
        if (!strstr(text, left) && strlen(left) < 30)
            fail_msg("no '%s' in the help", left);
    }
    for (const struct variant *variant = variants; variant->name; variant++) {
        assert_non_null(strstr(text, variant->about));
        assert_non_null(strstr(list, variant->about));
    }
    assert_non_null(strstr(list, "what goes wrong (only when named)\n"));
    assert_non_null(strstr(text,
                           "Only in fake:\n"
                           "  --timeout T                wait so long for a result "
                           "(default: half of the\n"
                           "                             longest ttl)\n"));
    assert_non_null(
        strstr(text, "add so often (2 to 1,000; default: twice as many as\n"));
    assert_non_null(
        strstr(text, "  --check-twice              look again\n\nTasks:\n"));
    free(text);
    free(list);
}

/** The table itself: what parsing, help and completions rely on. */
static void has_a_sound_table(void **state)
{
    (void)state;
    for (const struct option_spec *spec = common_options; spec->name; spec++) {
        assert_memory_equal(spec->name, "--", 2);
        assert_true(!spec->letter || strlen(spec->letter) == 2);
        assert_non_null(spec->take);
        assert_true((spec->value == NULL) == (spec->kind == VALUE_NONE));
        assert_true(spec->kind != VALUE_WORD ||
                    (spec->value && strchr(spec->value, '|')));
        for (const struct option_spec *other = common_options; other < spec; other++)
            assert_string_not_equal(spec->name, other->name);
    }
}

static void completes_own_options_of_their_demo_alone(void **state)
{
    static const struct command table[] = {
        {.name = "fake", .card = &fake_card},
        {.name = "simple", .card = &plain_card},
        {.name = NULL},
    };
    static const struct {
        void (*write)(FILE *out, const struct command *table);
        const char *lines[3];
    } shells[] = {
        {completion_bash,
         {"    fake) variants='first second hazard'"
          " own='--timeout --count --check-twice'\n"
          "        case $option in\n"
          "        --timeout) return ;;\n"
          "        --count) return ;;\n"
          "        esac ;;\n"
          "    simple) variants='first second hazard' ;;\n"}},
        {completion_fish,
         {"-n '__conc_command_is fake' -l timeout -x -d 'wait so long for a result'\n",
          "-n '__conc_command_is fake' -l count -x -d 'add so often'\n",
          "-n '__conc_command_is fake' -l check-twice -d 'look again'\n"}},
        {completion_zsh,
         {"        fake)\n"
          "            _arguments \"${of_tool[@]}\" \\\n"
          "                '--timeout=[wait so long for a result]:T: ' \\\n"
          "                '--count=[add so often]:N: ' \\\n"
          "                '--check-twice[look again]' \\\n"
          "                '--ttl=["}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        char *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        shells[i].write(out, table);
        fclose(out);
        for (size_t line = 0; line < 3 && shells[i].lines[line]; line++) {
            if (count_of(text, shells[i].lines[line]) != 1)
                fail_msg("not once: '%s' in '%s'", shells[i].lines[line], text);
        }
        assert_int_equal(count_of(text, "check-twice"), 1);
        free(text);
    }
}

static void completes_for_each_shell(void **state)
{
    static const char *const shells[] = {"bash", "fish", "zsh"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct capture capture;
        char *argv[] = {strdup("completion"), strdup(shells[i]), NULL};
        capture_begin(&capture, STDOUT_FILENO);
        int status = completion_tool.main(2, argv);
        char *text = capture_end(&capture);
        assert_int_equal(status, 0);
        for (const struct option_spec *spec = common_options; spec->name; spec++)
            assert_non_null(strstr(text, spec->name + 2));
        for (const struct command *command = commands; command->name; command++)
            assert_non_null(strstr(text, command->name));
        for (const struct view *view = views; view->name; view++)
            assert_non_null(strstr(text, view->name));
        free(text);
        free(argv[0]);
        free(argv[1]);
    }
}

static void refuses_other_shells(void **state)
{
    static const struct {
        int argc;
        const char *shell, *said;
    } cases[] = {
        {1, NULL, "conc completion: name one shell: bash, fish or zsh\n"},
        {2, "bsah", "conc completion: no shell \"bsah\"; did you mean \"bash\"?\n"},
        {2, "cmd.exe",
         "conc completion: no shell \"cmd.exe\"; there are bash, fish and "
         "zsh\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct capture capture;
        char *argv[] = {strdup("completion"),
                        cases[i].shell ? strdup(cases[i].shell) : NULL, NULL};
        capture_begin(&capture, STDERR_FILENO);
        int status = completion_tool.main(cases[i].argc, argv);
        char *said = capture_end(&capture);
        assert_int_equal(status, 2);
        assert_string_equal(said, cases[i].said);
        free(said);
        free(argv[0]);
        free(argv[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_good_lines),
        cmocka_unit_test(refuses_bad_lines),
        cmocka_unit_test(fills_in_own_presets),
        cmocka_unit_test(finds_own_values_by_name),
        cmocka_unit_test(keeps_own_options_to_their_demo),
        cmocka_unit_test(names_tasks_as_their_demo_does),
        cmocka_unit_test(writes_own_options_into_json),
        cmocka_unit_test(asks_for_help),
        cmocka_unit_test(cuts_a_long_value),
        cmocka_unit_test(names_threads_within_15_bytes),
        cmocka_unit_test(makes_a_million_tasks),
        cmocka_unit_test(keeps_the_default_ttls_of_many_tasks_short),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(reads_no_further_than_the_length),
        cmocka_unit_test(suggests_what_is_near),
        cmocka_unit_test(says_one_safe_line),
        cmocka_unit_test(helps_within_80_columns),
        cmocka_unit_test(helps_with_all_there_is),
        cmocka_unit_test(has_a_sound_table),
        cmocka_unit_test(completes_for_each_shell),
        cmocka_unit_test(completes_own_options_of_their_demo_alone),
        cmocka_unit_test(refuses_other_shells),
    };
    setlocale(LC_ALL, "C");
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
