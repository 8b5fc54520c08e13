// SPDX-License-Identifier: MIT
#include "cli/reading.h"

#include "text/quantity.h"
#include "text/width.h"

#include <stdio.h>
#include <string.h>

#define PROGRAMS_MAX 1000

static bool is_between(const char *word)
{
    return strcmp(word, "--") == 0;
}

/** The first "--" from `at` on, or the end of the line. */
static int program_end(const struct reading *reading, int at)
{
    while (at < reading->argc && !is_between(reading->argv[at]))
        at++;
    return at;
}

/** Each has its words, and a program at all. */
static enum cli_action check_words(const struct reading *reading)
{
    for (int at = reading->at; at <= reading->argc; at = program_end(reading, at) + 1) {
        if (at == reading->argc || is_between(reading->argv[at]))
            return bad(reading, "a program must follow \"--\", as in: -- sleep 1");
        if (reading->argv[at][0] == '\0')
            return bad(reading, "the name of a program behind \"--\" is empty");
    }
    return CLI_RUN;
}

/** How many there are.  They were checked. */
static size_t count_programs(const struct reading *reading)
{
    size_t count = 1;
    for (int at = reading->at; at < reading->argc; at++)
        count += is_between(reading->argv[at]);
    return count;
}

enum cli_action read_programs(struct reading *reading)
{
    enum cli_action action = check_words(reading);
    if (action != CLI_RUN)
        return action;
    size_t count = count_programs(reading);
    if (count > PROGRAMS_MAX)
        return bad(reading, "%s programs are too many: at most %s",
                   count_text(count).text, count_text(PROGRAMS_MAX).text);
    size_t words = (size_t)(reading->argc - reading->at) + 1;
    char ***programs = calloc(1, count * sizeof *programs + words * sizeof(char *));
    if (!programs)
        return out_of_memory(reading);
    char **to = (char **)(programs + count);
    for (size_t i = 0; i < count; i++) {
        int end = program_end(reading, reading->at);
        programs[i] = to;
        while (reading->at < end)
            *to++ = reading->argv[reading->at++];
        to++; // stays NULL
        reading->at = end + 1;
    }
    reading->at = reading->argc;
    reading->options->programs = programs;
    reading->program_count = count;
    return CLI_RUN;
}

/** What stands behind the last slash. */
static const char *base_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash && slash[1] ? slash + 1 : file;
}

/** How many programs before it have the same base. */
static size_t alike_before(const struct reading *reading, size_t number)
{
    char ***programs = reading->options->programs;
    size_t count = 0;
    for (size_t i = 0; i < number; i++)
        count += strcmp(base_of(programs[i][0]), base_of(programs[number][0])) == 0;
    return count;
}

static bool can_be_name(const char *name)
{
    return text_is_printable(name) && !strchr(name, ',') && name[0] != ' ' &&
           name[strlen(name) - 1] != ' ' && text_width(name) > 0;
}

/** "sh", "sh 2"; or, where that cannot be a name, "program 3". */
static void name_program(const struct reading *reading, size_t number)
{
    const char *base = base_of(reading->options->programs[number][0]);
    char *name = reading->program_names[number];
    size_t before = alike_before(reading, number);
    int length = (int)text_fit_bytes(base, PROGRAM_NAME_BYTES / 2);
    if (!can_be_name(base))
        snprintf(name, PROGRAM_NAME_BYTES, "program %zu", number + 1);
    else if (before > 0)
        snprintf(name, PROGRAM_NAME_BYTES, "%.*s %zu", length, base, before + 1);
    else
        snprintf(name, PROGRAM_NAME_BYTES, "%.*s", length, base);
}

enum cli_action name_programs(struct reading *reading)
{
    if (reading->program_count == 0)
        return CLI_RUN;
    reading->program_names =
        calloc(reading->program_count, sizeof *reading->program_names);
    if (!reading->program_names)
        return out_of_memory(reading);
    for (size_t i = 0; i < reading->program_count; i++)
        name_program(reading, i);
    return CLI_RUN;
}

enum cli_action check_programs(const struct reading *reading)
{
    const char *given = NULL;
    if (reading->program_count == 0)
        return CLI_RUN;
    if (reading->ttl_count > 0)
        given = "--ttl";
    else if (reading->count_given)
        given = reading->count_given;
    else if (reading->options->work_asked)
        given = "--work";
    else if (reading->speed_millionths != SPEED_ONE)
        given = "--speed";
    return given ? bad(reading,
                       "%s says what tasks do; the programs behind \"--\" do as they "
                       "do: give one or the other",
                       given)
                 : CLI_RUN;
}
