// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include "cli/reading.h"
#include "stage/clock.h"
#include "stage/cores.h"

#include <string.h>

static bool is_called(const struct option_spec *spec, const char *name, size_t length)
{
    const char *names[] = {spec->name, spec->letter};
    for (size_t i = 0; i < 2; i++)
        if (names[i] && strlen(names[i]) == length &&
            memcmp(names[i], name, length) == 0)
            return true;
    return false;
}

bool find_option(const struct card *card, const char *name, size_t length,
                 struct option_spec *found)
{
    for (const struct option_spec *spec = common_options; spec->name; spec++) {
        *found = common_spec(card, spec);
        if (is_called(found, name, length))
            return true;
    }
    for (size_t i = 0; i < own_count(card); i++) {
        *found = own_spec(&card->options[i]);
        if (is_called(found, name, length))
            return true;
    }
    return false;
}

static enum cli_action bad_option(const struct reading *reading, const char *name,
                                  size_t length)
{
    const struct card *card = reading->card;
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < own_count(card) && count < 63; i++)
        names[count++] = card->options[i].name;
    for (const struct option_spec *spec = common_options; spec->name && count < 63;
         spec++)
        names[count++] = spec->name;
    names[count] = NULL;
    const char *near = nearest(name, length, names);
    struct shown unknown = shown(name, length);
    if (near)
        return bad(reading, "unknown option %s; did you mean \"%s\"?", unknown.text,
                   near);
    return bad(reading, "unknown option %s; \"conc %s --help\" lists all", unknown.text,
               reading->command);
}

static enum cli_action read_option(struct reading *reading, const char *argument)
{
    size_t length = strcspn(argument, "=");
    const char *value = argument[length] ? argument + length + 1 : NULL;
    struct option_spec spec;
    if (!find_option(reading->card, argument, length, &spec))
        return bad_option(reading, argument, length);
    reading->attached = value;
    if (!spec.value) {
        if (value)
            return bad(reading, "%s takes no value; %s was given", spec.name,
                       shown(value, strlen(value)).text);
        return spec.take(reading, &spec, NULL);
    }
    if (!value && spec.is_optional)
        return spec.take(reading, &spec, NULL);
    if (!value && reading->at < reading->argc && !is_option(reading->argv[reading->at]))
        value = reading->argv[reading->at++];
    if (!value)
        return bad(reading, "%s needs a value: %s %s", spec.name, spec.name,
                   spec.value);
    return spec.take(reading, &spec, value);
}

/** `--predict threads=2`: its value is optional, and so stands after "=". */
static bool is_prediction(const struct reading *reading, const char *argument)
{
    return strchr(argument, '=') && reading->at > 2 &&
           strcmp(reading->argv[reading->at - 2], "--predict") == 0;
}

static enum cli_action read_position(struct reading *reading, const char *argument)
{
    if (is_prediction(reading, argument))
        return bad(reading, "--predict and its value are one word: --predict=%s",
                   shown(argument, strlen(argument)).text);
    if (reading->ttl_source == TTL_OPTION)
        return bad(reading, "%s: --ttl has its times already; give all in one place",
                   shown(argument, strlen(argument)).text);
    reading->ttl_source = TTL_POSITION;
    return read_ttls(reading, NULL, argument);
}

static enum cli_action read_all(struct reading *reading)
{
    enum cli_action action = CLI_RUN;
    bool options_ended = false;
    while (action == CLI_RUN && reading->at < reading->argc) {
        const char *argument = reading->argv[reading->at++];
        if (options_ended || !is_option(argument))
            action = read_position(reading, argument);
        else if (strcmp(argument, "--") == 0 && reading->card->takes_programs)
            action = read_programs(reading);
        else if (strcmp(argument, "--") == 0)
            options_ended = true;
        else
            action = read_option(reading, argument);
    }
    return action == CLI_RUN && reading->list ? CLI_LIST : action;
}

static enum cli_action begin(struct reading *reading)
{
    size_t variants = count_variants(reading->card->demo);
    *reading->options = (struct options){
        .card = reading->card,
        .work = reading->card->work,
        .cores = cores_allowed(),
        .limit_ns = 60 * NS_PER_S,
        .seed = 1,
        .from_ns = -1,
        .to_ns = -1,
    };
    reading->speed_millionths = SPEED_ONE;
    reading->options->chosen = calloc(variants, sizeof *reading->options->chosen);
    reading->named = calloc(variants, sizeof *reading->named);
    if (!reading->options->chosen || !reading->named || !begin_own(reading))
        return out_of_memory(reading);
    return CLI_RUN;
}

/** 0: it was not given. */
static void resolve_repeat(struct reading *reading)
{
    struct options *options = reading->options;
    const struct card *card = reading->card;
    if (options->repeat == 0)
        options->repeat = card->repeat_of ? card->repeat_of(options) : 1;
}

enum cli_action options_parse(struct options *options, const struct card *card,
                              int argc, char **argv)
{
    struct reading reading = {.options = options,
                              .card = card,
                              .command = card->demo->name,
                              .argc = argc,
                              .argv = argv,
                              .at = 1};
    enum cli_action action = begin(&reading);
    if (action == CLI_RUN)
        action = read_all(&reading);
    if (action == CLI_RUN)
        action = resolve(&reading);
    if (action == CLI_RUN)
        action = resolve_tasks(&reading);
    if (action == CLI_RUN)
        action = resolve_own(&reading);
    if (action == CLI_RUN)
        action = resolve_variants(&reading);
    if (action == CLI_RUN)
        action = check_predictions(&reading);
    if (action == CLI_RUN)
        resolve_repeat(&reading);
    if (action == CLI_RUN)
        action = ask_card(&reading);
    free(reading.ttls);
    free(reading.program_names);
    free(reading.named);
    free(reading.own_given);
    if (action != CLI_RUN)
        options_destroy(options);
    return action;
}

void options_destroy(struct options *options)
{
    for (size_t i = 0; i < options->output_count; i++)
        free(options->outputs[i].path);
    free(options->outputs);
    for (size_t i = 0; i < options->prediction_count; i++)
        free(options->predictions[i].reason);
    free(options->predictions);
    free(options->chosen);
    free(options->own);
    free(options->tasks_block);
    free(options->programs);
    *options = (struct options){0};
}
