// SPDX-License-Identifier: MIT
#include "cli/reading.h"

#include "stage/clock.h"
#include "text/quantity.h"
#include "text/width.h"

#include <stdio.h>
#include <string.h>

static const char *const usual_names[] = {
    "luke",  "darthvader", "leia", "han",  "yoda", "chewbacca",
    "lando", "obiwan",     "r2d2", "c3po", NULL,
};

#define NUMBERED_BYTES 25 // "task" and any number

static const char *const *default_names(const struct reading *reading)
{
    return reading->card->names ? reading->card->names : usual_names;
}

/** How many tasks have a default name that is not just a number. */
static size_t cast_of(const struct reading *reading)
{
    const char *const *names = default_names(reading);
    size_t cast = 0;
    while (names[cast])
        cast++;
    return cast;
}

/** The bytes that default names of so many tasks take at most. */
static size_t default_bytes(const struct reading *reading, size_t count)
{
    const char *const *names = default_names(reading);
    size_t bytes = count * NUMBERED_BYTES;
    if (reading->program_count > 0)
        return count * PROGRAM_NAME_BYTES;
    for (size_t i = 0; names[i]; i++)
        bytes += strlen(names[i]) + 1;
    return bytes;
}

/** Write the name that task `number` has without --names.  @return its end. */
static char *write_default_name(const struct reading *reading, char *to, size_t number)
{
    if (reading->program_count > 0)
        return stpcpy(to, reading->program_names[number]);
    if (number < cast_of(reading))
        return stpcpy(to, default_names(reading)[number]);
    return to + snprintf(to, NUMBERED_BYTES, "task%zu", number + 1);
}

/** What all of the default ttls together should stay below, in sequence. */
#define PATIENCE_NS (4 * NS_PER_S)

/** How few tasks a demo can do with. */
static size_t min_tasks(const struct reading *reading)
{
    return reading->card->min_tasks > 1 ? reading->card->min_tasks : 1;
}

static size_t max_tasks(const struct reading *reading)
{
    return reading->card->max_tasks > 0 ? reading->card->max_tasks : TASKS_MAX;
}

/** How many tasks the card has times for, where none are given. */
static size_t listed(const struct card *card)
{
    size_t count = 0;
    while (card->ttls_ns && card->ttls_ns[count] > 0)
        count++;
    return count;
}

/** Of 1 s, 500 ms, 200 ms, 100 ms, … 100 us the longest that patience allows. */
static int64_t patient_ttl(size_t count)
{
    for (int64_t decade = NS_PER_S; decade > 100 * NS_PER_US; decade /= 10) {
        const int64_t steps[] = {decade, decade / 2, decade / 5};
        for (size_t i = 0; i < 3; i++)
            if ((int64_t)count <= PATIENCE_NS / steps[i])
                return steps[i];
    }
    return 100 * NS_PER_US;
}

static int64_t ttl_of(const struct reading *reading, size_t number, size_t count)
{
    if (reading->program_count > 0)
        return 0; // nobody knows
    if (reading->ttl_count > 0)
        return reading->ttls[reading->ttl_count > 1 ? number : 0];
    if (count == listed(reading->card))
        return reading->card->ttls_ns[number];
    int64_t own = reading->card->ttl_ns, patient = patient_ttl(count);
    if (own > 0)
        return count > 2 && patient < own ? patient : own;
    return count > 2 ? patient : ((int64_t)number + 1) * NS_PER_S;
}

/** ns / speed, rounded down; the remainder's part apart, so that nothing overflows. */
int64_t sped_up(int64_t ns, uint64_t millionths)
{
    int64_t one = (int64_t)SPEED_ONE, speed = (int64_t)millionths;
    return ns / speed * one + ns % speed * one / speed;
}

enum cli_action ask_for_tasks(struct reading *reading, const char *option,
                              uint64_t count)
{
    const char *before = reading->count_given;
    if (before && strcmp(before, option) != 0)
        return bad(reading,
                   "%s and %s exclude each other: both say how many tasks there are",
                   before, option);
    reading->count_given = option;
    reading->task_count = count;
    return CLI_RUN;
}

static enum cli_action choose_count(const struct reading *reading, size_t names,
                                    size_t *count)
{
    size_t ttls = reading->ttl_count, asked = reading->task_count;
    size_t least = min_tasks(reading), usual = listed(reading->card);
    if (ttls > 1 && asked > 0 && asked != ttls)
        return bad(reading, "%s: %s tasks cannot share %s ttls; give one, or one each",
                   reading->count_given, count_text(asked).text, count_text(ttls).text);
    if (reading->program_count > 0)
        *count = reading->program_count;
    else if (asked > 0)
        *count = asked;
    else if (ttls > 0)
        *count = ttls;
    else
        *count = names > 2 ? names : usual > 0 ? usual : least > 2 ? least : 2;
    if (*count < least)
        return bad(reading,
                   "it takes %s tasks at least; give each its ttl, or one ttl and "
                   "--tasks %zu",
                   count_text(least).text, least);
    if (*count > max_tasks(reading))
        return bad(reading, "%s: it takes %s tasks at most",
                   ttls > 0 ? "--ttl" : "--names", count_text(max_tasks(reading)).text);
    if (names > *count)
        return bad(reading, "--names: %s names for %s task%s", count_text(names).text,
                   count_text(*count).text, *count == 1 ? "" : "s");
    return CLI_RUN;
}

static enum cli_action check_name(const struct reading *reading, const char *name)
{
    size_t length = strlen(name);
    const char *fault = NULL;
    if (length == 0)
        return bad(reading, "--names: a name is empty in %s",
                   shown(reading->names, strlen(reading->names)).text);
    if (!text_is_printable(name))
        fault = "has characters that cannot be printed";
    else if (name[0] == ' ' || name[length - 1] == ' ')
        fault = "begins or ends with a space";
    else if (text_width(name) == 0)
        fault = "cannot be seen";
    if (fault)
        return bad(reading, "--names: %s %s", shown(name, length).text, fault);
    return CLI_RUN;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum cli_action check_twice(const struct reading *reading,
                                   const struct task *tasks, size_t named)
{
    enum cli_action action = CLI_RUN;
    const char **sorted = calloc(named, sizeof *sorted);
    if (!sorted)
        return out_of_memory(reading);
    for (size_t i = 0; i < named; i++)
        sorted[i] = tasks[i].name;
    qsort(sorted, named, sizeof *sorted, by_text);
    for (size_t i = 1; i < named && action == CLI_RUN; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            action = bad(reading, "--names: %s is there twice",
                         shown(sorted[i], strlen(sorted[i])).text);
    free(sorted);
    return action;
}

/** The same for programs, which are as many as there are tasks. */
static size_t program_called(const struct reading *reading, const char *name)
{
    size_t i = 0;
    while (i < reading->program_count && strcmp(reading->program_names[i], name) != 0)
        i++;
    return i;
}

/** The number of the task that is called `name` by default; `count`: none of them. */
static size_t default_number(const struct reading *reading, const char *name,
                             size_t count)
{
    char own[NUMBERED_BYTES];
    size_t cast = cast_of(reading);
    if (reading->program_count > 0)
        return program_called(reading, name);
    for (size_t i = 0; i < cast && i < count; i++)
        if (strcmp(name, default_names(reading)[i]) == 0)
            return i;
    if (strncmp(name, "task", 4) != 0 || strlen(name) >= NUMBERED_BYTES)
        return count;
    unsigned long number = strtoul(name + 4, NULL, 10);
    if (number <= cast || number > count)
        return count;
    write_default_name(reading, own, number - 1);
    return strcmp(name, own) == 0 ? number - 1 : count;
}

static enum cli_action check_names(const struct reading *reading,
                                   const struct task *tasks, size_t named, size_t count)
{
    enum cli_action action = CLI_RUN;
    for (size_t i = 0; i < named && i < count && action == CLI_RUN; i++) {
        const char *name = tasks[i].name;
        action = check_name(reading, name);
        size_t taken = default_number(reading, name, count);
        if (action == CLI_RUN && taken >= named && taken < count)
            action =
                bad(reading, "--names: \"%s\" is what task %zu is called; name it too",
                    name, taken + 1);
    }
    return action == CLI_RUN && named > 1 ? check_twice(reading, tasks, named) : action;
}

/** The given names, then the defaults. */
static void write_names(const struct reading *reading, struct task *tasks, size_t count,
                        char *to)
{
    const char *given = reading->names;
    struct item item;
    for (size_t i = 0; i < count; i++) {
        tasks[i].name = to;
        to = next_item(&given, &item) ? mempcpy(to, item.text, item.length)
                                      : write_default_name(reading, to, i);
        *to++ = '\0';
    }
}

static void fill_in(const struct reading *reading, struct task *tasks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct task *task = &tasks[i];
        size_t room = sizeof task->thread_name - 1, length = strlen(task->name);
        memcpy(task->thread_name, task->name,
               length > room ? text_fit_bytes(task->name, room) : length);
        task->ttl_ns = sped_up(ttl_of(reading, i, count), reading->speed_millionths);
        task->number = i;
    }
}

enum cli_action resolve_tasks(struct reading *reading)
{
    size_t count = 0, named = reading->names ? count_items(reading->names) : 0;
    enum cli_action action = check_programs(reading);
    if (action == CLI_RUN)
        action = name_programs(reading);
    if (action == CLI_RUN)
        action = choose_count(reading, named, &count);
    if (action != CLI_RUN)
        return action;
    size_t name_bytes =
        default_bytes(reading, count) + (named ? strlen(reading->names) + 1 : 0);
    struct task *tasks = calloc(1, count * sizeof *tasks + name_bytes);
    if (!tasks)
        return out_of_memory(reading);
    reading->options->tasks_block = tasks;
    reading->options->tasks = (struct tasks){.count = count, .at = tasks};
    write_names(reading, tasks, count, (char *)(tasks + count));
    fill_in(reading, tasks, count);
    return check_names(reading, tasks, named, count);
}
