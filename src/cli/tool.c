// SPDX-License-Identifier: MIT
#include "cli/tool.h"

#include "cli/diag.h"
#include "cli/help.h"
#include "cli/reading.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int tool_bad(const struct tool *tool, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vdiag_for(tool->name, format, arguments);
    va_end(arguments);
    return 2;
}

struct tool_reading tool_read(const struct tool *tool, int argc, char **argv)
{
    return (struct tool_reading){.tool = tool, .argc = argc, .argv = argv, .at = 1};
}

static bool is_called(const char *name, const char *given, size_t length)
{
    return name && strlen(name) == length && memcmp(name, given, length) == 0;
}

/** The option of every demo that is called that. */
static const struct option_spec *common_option(const char *name)
{
    const struct option_spec *spec = common_options;
    while (spec->name && strcmp(spec->name, name) != 0)
        spec++;
    return spec->name ? spec : NULL;
}

const struct option_spec *tool_option(const struct tool *tool, size_t index)
{
    size_t own = 0;
    while (tool->options && tool->options[own].name) {
        if (own == index)
            return &tool->options[index];
        own++;
    }
    for (size_t i = 0; tool->shares && tool->shares[i]; i++)
        if (own + i == index)
            return common_option(tool->shares[i]);
    return NULL;
}

static const struct option_spec *find(const struct tool *tool, const char *given,
                                      size_t length)
{
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL; i++)
        if (is_called(spec->name, given, length) ||
            is_called(spec->letter, given, length))
            return spec;
    return NULL;
}

/** How many words of the line, from `at` on, the tool takes; 0: it is not for it. */
static int words_taken(const struct tool *tool, int argc, char **argv, int at)
{
    const char *given = argv[at];
    size_t length = strcspn(given, "=");
    if (!is_option(given))
        return 0;
    if (strcmp(given, "--help") == 0 || strcmp(given, "-h") == 0)
        return 1;
    const struct option_spec *spec = find(tool, given, length);
    if (!spec)
        return 0;
    bool apart = spec->value && !given[length];
    return apart && at + 1 < argc && !is_option(argv[at + 1]) ? 2 : 1;
}

bool tool_split_line(const struct tool *tool, int argc, char **argv,
                     struct tool_split *split)
{
    char **words = calloc((size_t)argc * 2 + 2, sizeof *words);
    int own = 0;
    bool options_ended = false;
    if (!words)
        return false;
    *split = (struct tool_split){.memory = words, .rest = words + argc + 1};
    words[own++] = argv[0];
    for (int at = 1; at < argc;) {
        options_ended |= strcmp(argv[at], "--") == 0;
        int taken = options_ended ? 0 : words_taken(tool, argc, argv, at);
        if (taken == 0)
            split->rest[split->rest_count++] = argv[at++];
        while (taken-- > 0)
            words[own++] = argv[at++];
    }
    split->own = tool_read(tool, own, words);
    return true;
}

void tool_split_free(struct tool_split *split)
{
    free(split->memory);
}

/** What an unknown option may be meant for: the tool's, and the demo's, if any. */
static const char *nearest_of_both(const struct tool *tool, const struct card *card,
                                   const char *given, size_t length)
{
    const char *names[128] = {"--help"};
    size_t count = 1;
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL && count < 40; i++)
        names[count++] = spec->name;
    for (size_t i = 0; card && i < own_count(card) && count < 80; i++)
        names[count++] = card->options[i].name;
    for (spec = common_options; card && spec->name && count < 127; spec++)
        names[count++] = spec->name;
    return nearest(given, length, names);
}

int tool_check_rest(const struct tool *tool, const struct tool_split *split,
                    const struct card *card)
{
    struct option_spec found;
    for (int i = 0; i < split->rest_count; i++) {
        const char *given = split->rest[i];
        size_t length = strcspn(given, "=");
        if (strcmp(given, "--") == 0)
            return 0;
        if (!is_option(given) || (card && find_option(card, given, length, &found)))
            continue;
        const char *near = nearest_of_both(tool, card, given, length);
        if (near)
            return tool_bad(tool, "unknown option %s; did you mean \"%s\"?",
                            shown(given, length).text, near);
        if (card)
            return tool_bad(
                tool,
                "unknown option %s; \"conc %s --help\" and \"conc %s --help\" list all",
                shown(given, length).text, tool->name, card->demo->name);
    }
    return 0;
}

bool tool_option_is(const struct tool_reading *reading, const char *name)
{
    return strcmp(reading->option->name, name) == 0;
}

static enum tool_part unknown_option(const struct tool *tool, const char *given,
                                     size_t length)
{
    const char *names[32] = {"--help"};
    size_t count = 1;
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL && count < 31; i++)
        names[count++] = spec->name;
    const char *near = nearest(given, length, names);
    if (near)
        tool_bad(tool, "unknown option %s; did you mean \"%s\"?",
                 shown(given, length).text, near);
    else
        tool_bad(tool, "unknown option %s; \"conc %s --help\" lists all",
                 shown(given, length).text, tool->name);
    return TOOL_BAD;
}

/** Numbers and words are checked here, so that all tools say the same of bad ones. */
static enum tool_part check_value(struct tool_reading *reading)
{
    const struct reading values = {.command = reading->tool->name};
    enum cli_action action = CLI_RUN;
    if (reading->option->kind == VALUE_NUMBER)
        action =
            read_number(&values, reading->option, reading->value, &reading->number);
    else if (reading->option->kind == VALUE_WORD)
        action = read_word(&values, reading->option, reading->value, &reading->word);
    return action == CLI_RUN ? TOOL_OPTION : TOOL_BAD;
}

static enum tool_part read_option(struct tool_reading *reading, const char *given)
{
    const struct tool *tool = reading->tool;
    size_t length = strcspn(given, "=");
    const struct option_spec *spec = find(tool, given, length);
    if (!spec)
        return unknown_option(tool, given, length);
    reading->option = spec;
    reading->value = given[length] ? given + length + 1 : NULL;
    if (!spec->value && reading->value) {
        tool_bad(tool, "%s takes no value; %s was given", spec->name,
                 shown(reading->value, strlen(reading->value)).text);
        return TOOL_BAD;
    }
    if (!spec->value)
        return TOOL_OPTION;
    if (!reading->value && reading->at < reading->argc &&
        !is_option(reading->argv[reading->at]))
        reading->value = reading->argv[reading->at++];
    if (!reading->value) {
        tool_bad(tool, "%s needs a value: %s %s", spec->name, spec->name, spec->value);
        return TOOL_BAD;
    }
    return check_value(reading);
}

enum tool_part tool_next(struct tool_reading *reading)
{
    while (reading->at < reading->argc) {
        const char *given = reading->argv[reading->at++];
        if (reading->options_ended || !is_option(given)) {
            reading->value = given;
            return TOOL_OPERAND;
        }
        if (strcmp(given, "--help") == 0 || strcmp(given, "-h") == 0) {
            help_tool(reading->tool, stdout);
            return TOOL_HELP;
        }
        if (strcmp(given, "--") != 0)
            return read_option(reading, given);
        reading->options_ended = true;
    }
    return TOOL_END;
}
