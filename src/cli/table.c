// SPDX-License-Identifier: MIT
#include "cli/reading.h"

#include <string.h>

static enum cli_action take_ttl(struct reading *reading, const struct option_spec *spec,
                                const char *value)
{
    if (reading->ttl_source == TTL_OPTION)
        return bad(reading,
                   "--ttl is given twice; give all times in one place: --ttl 1 2");
    if (reading->ttl_source == TTL_POSITION)
        return bad(
            reading,
            "--ttl: times were given before it; give all in one place: --ttl 1 2");
    reading->ttl_source = TTL_OPTION;

    enum cli_action action = read_ttls(reading, spec->name, value);
    while (action == CLI_RUN && !reading->attached && reading->at < reading->argc &&
           !is_option(reading->argv[reading->at]))
        action = read_ttls(reading, spec->name, reading->argv[reading->at++]);
    return action;
}

static enum cli_action take_tasks(struct reading *reading,
                                  const struct option_spec *spec, const char *value)
{
    uint64_t count = 0;
    enum cli_action action = read_number(reading, spec, value, &count);
    return action == CLI_RUN ? ask_for_tasks(reading, spec->name, count) : action;
}

static enum cli_action take_names(struct reading *reading,
                                  const struct option_spec *spec, const char *value)
{
    (void)spec;
    reading->names = value;
    return CLI_RUN;
}

static enum cli_action take_work(struct reading *reading,
                                 const struct option_spec *spec, const char *value)
{
    static const enum work_kind kinds[] = {WORK_WAIT, WORK_CPU};
    unsigned index;
    enum cli_action action = read_word(reading, spec, value, &index);
    if (action == CLI_RUN) {
        reading->options->work = kinds[index];
        reading->options->work_asked = true;
    }
    return action;
}

static enum cli_action take_color(struct reading *reading,
                                  const struct option_spec *spec, const char *value)
{
    static const enum when whens[] = {WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER};
    unsigned index;
    enum cli_action action = read_word(reading, spec, value, &index);
    if (action == CLI_RUN)
        reading->options->color = whens[index];
    return action;
}

static enum cli_action take_unsigned(const struct reading *reading,
                                     const struct option_spec *spec, const char *value,
                                     unsigned *number)
{
    uint64_t read = 0;
    enum cli_action action = read_number(reading, spec, value, &read);
    if (action == CLI_RUN)
        *number = (unsigned)read;
    return action;
}

static enum cli_action take_cores(struct reading *reading,
                                  const struct option_spec *spec, const char *value)
{
    return take_unsigned(reading, spec, value, &reading->options->cores);
}

static enum cli_action take_repeat(struct reading *reading,
                                   const struct option_spec *spec, const char *value)
{
    return take_unsigned(reading, spec, value, &reading->options->repeat);
}

static enum cli_action take_width(struct reading *reading,
                                  const struct option_spec *spec, const char *value)
{
    return take_unsigned(reading, spec, value, &reading->options->width);
}

static enum cli_action take_seed(struct reading *reading,
                                 const struct option_spec *spec, const char *value)
{
    return read_number(reading, spec, value, &reading->options->seed);
}

static enum cli_action take_speed(struct reading *reading,
                                  const struct option_spec *spec, const char *value)
{
    size_t length = strlen(value);
    uint64_t speed;
    if (decimal_parse(value, length, SPEED_ONE, 1000 * SPEED_ONE, &speed) != 0 ||
        speed < SPEED_ONE / 100)
        return bad(reading, "%s: %s is not a number from 0.01 to 1000", spec->name,
                   shown(value, length).text);
    reading->speed_millionths = speed;
    return CLI_RUN;
}

static enum cli_action take_time(struct reading *reading,
                                 const struct option_spec *spec, const char *value,
                                 int64_t *ns)
{
    struct item item = {value, strlen(value)};
    return read_time(reading, spec->name, &item, ns);
}

static enum cli_action take_limit(struct reading *reading,
                                  const struct option_spec *spec, const char *value)
{
    reading->limit_given = true;
    return take_time(reading, spec, value, &reading->options->limit_ns);
}

static enum cli_action take_from(struct reading *reading,
                                 const struct option_spec *spec, const char *value)
{
    return take_time(reading, spec, value, &reading->options->from_ns);
}

static enum cli_action take_to(struct reading *reading, const struct option_spec *spec,
                               const char *value)
{
    return take_time(reading, spec, value, &reading->options->to_ns);
}

static enum cli_action take_variants(struct reading *reading,
                                     const struct option_spec *spec, const char *value)
{
    const struct demo *demo = reading->card->demo;
    if (reading->only_with && strcmp(reading->only_with, spec->name) != 0)
        return bad(reading, "--only and --with exclude each other: --only names all");
    reading->only_with = spec->name;
    memset(reading->named, 0, count_variants(demo) * sizeof *reading->named);

    struct item item;
    while (next_item(&value, &item)) {
        size_t index;
        if (!variant_index(demo, &item, &index))
            return bad_variant(reading, spec->name, &item);
        reading->named[index] = true;
    }
    return CLI_RUN;
}

static enum cli_action take_live(struct reading *reading,
                                 const struct option_spec *spec, const char *value)
{
    (void)value;
    reading->options->live =
        strcmp(spec->name, "--live") == 0 ? WHEN_ALWAYS : WHEN_NEVER;
    return CLI_RUN;
}

static enum cli_action take_flag(struct reading *reading,
                                 const struct option_spec *spec, const char *value)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"--plain", &reading->options->plain},
        {"--ascii", &reading->options->ascii},
        {"--quiet", &reading->options->quiet},
        {"--explain", &reading->options->explain},
        {"--json", &reading->json},
        {"--list", &reading->list},
    };
    (void)value;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(spec->name, flags[i].name) == 0)
            *flags[i].flag = true;
    return CLI_RUN;
}

static enum cli_action take_output(struct reading *reading,
                                   const struct option_spec *spec, const char *value)
{
    if (!*value)
        return bad(reading, "%s: \"\" is not the name of a file", spec->letter);
    return add_output(reading->options, value) ? CLI_RUN : out_of_memory(reading);
}

static enum cli_action take_format(struct reading *reading,
                                   const struct option_spec *spec, const char *value)
{
    reading->format = view_named(value);
    return reading->format ? CLI_RUN : bad_format(reading, spec->name, value);
}

static enum cli_action take_help(struct reading *reading,
                                 const struct option_spec *spec, const char *value)
{
    (void)reading, (void)spec, (void)value;
    return CLI_HELP;
}

const struct option_spec common_options[] = {
    {.heading = "Tasks",
     .name = "--ttl",
     .value = "T...",
     .about = "how long each task takes; T,T and times without --ttl mean the same",
     .preset = "1 2; for more tasks 1 each, or less",
     .kind = VALUE_TEXT,
     .take = take_ttl},
    {.name = "--tasks",
     .value = "N",
     .about = "that many tasks, each with the one ttl given",
     .kind = VALUE_NUMBER,
     .min = 1,
     .max = TASKS_MAX,
     .take = take_tasks},
    {.name = "--names",
     .value = "NAME,...",
     .about = "names of the tasks; without ttls also how many tasks, at least 2",
     .kind = VALUE_TEXT,
     .take = take_names},
    {.name = "--work",
     .value = "wait|cpu",
     .about = "each task sleeps, or computes",
     .preset = "wait",
     .kind = VALUE_WORD,
     .take = take_work},

    {.heading = "Running",
     .name = "--only",
     .value = "V,...",
     .about = "run exactly these variants",
     .kind = VALUE_VARIANTS,
     .take = take_variants},
    {.name = "--with",
     .value = "V,...",
     .about = "run these variants beside the default ones",
     .kind = VALUE_VARIANTS,
     .take = take_variants},
    {.name = "--cores",
     .value = "N",
     .about = "let the tasks use N cores",
     .preset = "all that conc may use",
     .kind = VALUE_NUMBER,
     .min = 1,
     .take = take_cores},
    {.name = "--repeat",
     .value = "N",
     .about = "run each variant N times; show the median and the spread",
     .kind = VALUE_NUMBER,
     .min = 1,
     .max = 10000,
     .take = take_repeat},
    {.name = "--speed",
     .value = "X",
     .about = "make all times X times shorter (0.01 to 1000)",
     .kind = VALUE_TEXT,
     .take = take_speed},
    {.name = "--limit",
     .value = "T",
     .about = "end a variant that takes longer; do not start one that must",
     .preset = "60",
     .kind = VALUE_TEXT,
     .take = take_limit},
    {.name = "--seed",
     .value = "N",
     .about = "where random numbers begin",
     .preset = "1",
     .kind = VALUE_NUMBER,
     .max = UINT32_MAX,
     .take = take_seed},

    {.heading = "Predicting",
     .name = "--predict",
     .value = "V=VALUE,...",
     .about =
         "say before the run what variants will come to: a time; in race and context a "
         "count, in stop one of milliseconds; in deadlock ends or hangs; alone, it "
         "asks on the terminal",
     .kind = VALUE_PREDICTIONS,
     .is_optional = true,
     .take = take_predict},
    {.name = "--reason",
     .value = "TEXT",
     .about = "why: of the predictions just before it",
     .kind = VALUE_TEXT,
     .take = take_reason},

    {.heading = "Showing",
     .name = "--from",
     .value = "T",
     .about = "let the picture begin there",
     .kind = VALUE_TEXT,
     .take = take_from},
    {.name = "--to",
     .value = "T",
     .about = "let the picture end there",
     .kind = VALUE_TEXT,
     .take = take_to},
    {.name = "--live",
     .about = "draw while it runs",
     .preset = "on a terminal",
     .take = take_live},
    {.name = "--no-live", .about = "draw when all is done", .take = take_live},
    {.name = "--plain",
     .about = "a line for each event, for screen readers and logs",
     .take = take_flag},
    {.name = "--explain",
     .about = "say below each picture what its events mean, in a sentence each",
     .take = take_flag},
    {.name = "--ascii", .about = "no characters but ASCII", .take = take_flag},
    {.name = "--color",
     .value = "auto|always|never",
     .about = "colours",
     .preset = "auto, which is on a terminal",
     .kind = VALUE_WORD,
     .take = take_color},
    {.name = "--width",
     .value = "N",
     .about = "columns to draw in",
     .preset = "the terminal's",
     .kind = VALUE_NUMBER,
     .min = 1,
     .max = 300,
     .take = take_width},
    {.name = "--quiet", .about = "print only the table of figures", .take = take_flag},

    {.heading = "Writing",
     .name = "--output",
     .letter = "-o",
     .value = "FILE",
     .about =
         "write the run to FILE too; its extension names the format; - is standard "
         "output, in place of the text there",
     .kind = VALUE_FILE,
     .take = take_output},
    {.name = "--format",
     .value = "F",
     .about = "the format of -o - and of files whose extension names none; without -o, "
              "write it to standard output",
     .kind = VALUE_FORMAT,
     .take = take_format},
    {.name = "--json", .about = "the same as --format json -o -", .take = take_flag},

    {.heading = "Asking",
     .name = "--list",
     .about = "list the variants",
     .take = take_flag},
    {.name = "--help", .letter = "-h", .about = "show this help", .take = take_help},
    {.name = NULL},
};

struct option_spec common_spec(const struct card *card, const struct option_spec *spec)
{
    struct option_spec own = *spec;
    if (card && card->min_tasks > 1 && spec->take == take_tasks)
        own.min = card->min_tasks;
    if (card && card->max_tasks > 0 && spec->take == take_tasks)
        own.max = card->max_tasks;
    if (card && card->work == WORK_CPU && spec->take == take_work)
        own.preset = "cpu";
    return own;
}
