// SPDX-License-Identifier: MIT
#include "cli/reading.h"

#include "text/quantity.h"

#include <string.h>

/** One end of a range.  @return whether it is one. */
static bool read_end(const struct own_option *own, const char *text, size_t length,
                     uint64_t *number)
{
    return length > 0 && strspn(text, "0123456789") >= length &&
           decimal_parse(text, length, 1, (uint64_t)own->max, number) == 0 &&
           *number >= (uint64_t)own->min;
}

/** "1..16": both ends, the lower one in the upper half, as own_range() takes it. */
static enum cli_action read_range(const struct reading *reading,
                                  const struct own_option *own, const char *value,
                                  uint64_t *range)
{
    const char *dots = strstr(value, "..");
    uint64_t from = 0, to = 0;
    if (!dots || !read_end(own, value, (size_t)(dots - value), &from) ||
        !read_end(own, dots + 2, strlen(dots + 2), &to) || from >= to)
        return bad(reading, "%s: %s is not a range such as 1..16, within %s to %s",
                   own->name, shown(value, strlen(value)).text,
                   count_text((uint64_t)own->min).text,
                   count_text((uint64_t)own->max).text);
    *range = from << 32 | to;
    return CLI_RUN;
}

static enum cli_action read_own(const struct reading *reading,
                                const struct option_spec *spec, const char *value,
                                const struct own_option *own, int64_t *to)
{
    if (own->kind == OWN_TIME) {
        struct item item = {value, strlen(value)};
        return read_time(reading, spec->name, &item, to);
    }
    uint64_t number = 1; // a flag's, which has no value
    unsigned place = 0;
    enum cli_action action = CLI_RUN;
    if (own->kind == OWN_NUMBER) {
        action = read_number(reading, spec, value, &number);
    } else if (own->kind == OWN_WORD) {
        action = read_word(reading, spec, value, &place);
        number = place;
    } else if (own->kind == OWN_RANGE) {
        action = read_range(reading, own, value, &number);
    }
    if (action == CLI_RUN)
        *to = (int64_t)number;
    return action;
}

static enum cli_action take_own(struct reading *reading, const struct option_spec *spec,
                                const char *value)
{
    const struct own_option *own = reading->card->options;
    size_t i = 0;
    while (strcmp(own[i].name, spec->name) != 0)
        i++;
    int64_t *to = &reading->options->own[i];
    reading->own_given[i] = true;
    enum cli_action action = read_own(reading, spec, value, &own[i], to);
    if (action == CLI_RUN && own[i].counts_tasks)
        action = ask_for_tasks(reading, spec->name, (uint64_t)*to);
    return action;
}

struct option_spec own_spec(const struct own_option *own)
{
    static const enum value_kind kinds[] = {
        [OWN_TIME] = VALUE_TEXT, [OWN_NUMBER] = VALUE_NUMBER, [OWN_FLAG] = VALUE_NONE,
        [OWN_WORD] = VALUE_WORD, [OWN_RANGE] = VALUE_TEXT,
    };
    return (struct option_spec){
        .name = own->name,
        .value = own->value,
        .about = own->about,
        .preset = own->preset,
        .kind = kinds[own->kind],
        .min = (uint64_t)own->min,
        .max = (uint64_t)own->max,
        .take = take_own,
    };
}

bool begin_own(struct reading *reading)
{
    size_t count = own_count(reading->card);
    if (count == 0)
        return true;
    reading->options->own = calloc(count, sizeof *reading->options->own);
    reading->own_given = calloc(count, sizeof *reading->own_given);
    return reading->options->own && reading->own_given;
}

static enum cli_action check_task(const struct reading *reading,
                                  const struct own_option *own, int64_t number)
{
    uint64_t count = reading->options->tasks.count;
    if (!own->is_task || (uint64_t)number <= count)
        return CLI_RUN;
    return bad(reading, "%s: there is no task %s, only %s", own->name,
               count_text((uint64_t)number).text, count_text(count).text);
}

/** Whether that word was chosen. */
static bool goes(const struct reading *reading, const struct goes_with *line)
{
    const struct own_option *own = reading->card->options;
    for (size_t i = 0; own && own[i].name; i++) {
        size_t length;
        if (strcmp(own[i].name, line->option) != 0)
            continue;
        const char *word = own_word(&own[i], reading->options->own[i], &length);
        return strlen(line->word) == length && memcmp(line->word, word, length) == 0;
    }
    return false;
}

const struct goes_with *goes_with(const struct card *card, const char *what)
{
    const struct goes_with *line = card->goes_with;
    while (line && line->what && strcmp(line->what, what) != 0)
        line++;
    return line && line->what ? line : NULL;
}

const struct goes_with *wanted_for(const struct reading *reading, const char *what)
{
    const struct goes_with *line = goes_with(reading->card, what);
    return line && !goes(reading, line) ? line : NULL;
}

/** Own options that were given, but do not go with the words chosen. */
static enum cli_action check_company(const struct reading *reading)
{
    for (size_t i = 0; i < own_count(reading->card); i++) {
        const char *name = reading->card->options[i].name;
        const struct goes_with *wanted =
            reading->own_given[i] ? wanted_for(reading, name) : NULL;
        if (wanted)
            return bad(reading, "%s goes with %s %s", name, wanted->option,
                       wanted->word);
    }
    return CLI_RUN;
}

enum cli_action resolve_own(struct reading *reading)
{
    struct options *options = reading->options;
    enum cli_action action = CLI_RUN;
    for (size_t i = 0; i < own_count(reading->card) && action == CLI_RUN; i++) {
        const struct own_option *own = &reading->card->options[i];
        if (!reading->own_given[i] && own->preset_is_cores)
            options->own[i] = options->cores;
        else if (!reading->own_given[i])
            options->own[i] = own_preset(own, &options->tasks);
        else if (own->kind == OWN_TIME)
            options->own[i] = sped_up(options->own[i], reading->speed_millionths);
        action = check_task(reading, own, options->own[i]);
    }
    return action == CLI_RUN ? check_company(reading) : action;
}

enum cli_action ask_card(const struct reading *reading)
{
    const struct card *card = reading->card;
    const char *objection = card->objects ? card->objects(reading->options) : NULL;
    return objection ? bad(reading, "%s", objection) : CLI_RUN;
}
