// SPDX-License-Identifier: MIT
#include "classroom/class/class.h"

#include "classroom/class/session.h"
#include "cli/diag.h"
#include "commands.h"

#include <stdlib.h>
#include <string.h>

/** Take what is the tool's own; all else is the demo's, in the order given. */
static int take_options(struct tool_reading *reading, struct class_session *session)
{
    enum tool_part part;
    while ((part = tool_next(reading)) != TOOL_END) {
        if (part != TOOL_OPTION)
            return part == TOOL_HELP ? -1 : 2;
        const char **to = tool_option_is(reading, "--votes")   ? &session->votes_path
                          : tool_option_is(reading, "--again") ? &session->again_path
                                                               : &session->of;
        *to = reading->value;
        if (*reading->value == '\0')
            return tool_bad(&class_tool, "%s: \"\" is no %s", reading->option->name,
                            reading->option->kind == VALUE_FILE ? "file" : "variant");
    }
    return EXIT_SUCCESS;
}

/** @return NULL after a line was printed. */
static const struct card *find_demo(const char *name)
{
    const struct command *found = command_named(name);
    const char *names[64];
    size_t count = 0;
    if (found != NULL && found->card != NULL)
        return found->card;
    for (const struct command *command = commands; command->name != NULL; command++)
        if (command->card != NULL && count < 63)
            names[count++] = command->name;
    names[count] = NULL;
    const char *near = suggest(name, names);
    if (near != NULL)
        tool_bad(&class_tool, "no demo \"%.64s\"; did you mean \"%s\"?", name, near);
    else
        tool_bad(&class_tool, "no demo \"%.64s\"; \"conc --help\" lists them", name);
    return NULL;
}

static int run(struct class_session *session, const struct tool_split *split)
{
    bool is_named = split->rest_count > 0 && split->rest[0][0] != '-';
    const struct card *card = NULL;
    if (is_named && (card = find_demo(split->rest[0])) == NULL)
        return 2;
    if (tool_check_rest(&class_tool, split, card) != 0)
        return 2;
    if (card == NULL)
        return tool_bad(&class_tool, "name a demo first, as in: conc class threads "
                                     "--ttl 1 2 --votes votes.txt");
    return class_session_run(session, card, split->rest_count, split->rest);
}

static int class_main(int argc, char **argv)
{
    struct class_session session = {.votes_path = "-", .votes_fd = -1};
    struct tool_split split;
    if (!tool_split_line(&class_tool, argc, argv, &split)) {
        diag_for("class", "out of memory");
        return EXIT_FAILURE;
    }
    int status = take_options(&split.own, &session);
    if (status == EXIT_SUCCESS)
        status = run(&session, &split);
    tool_split_free(&split);
    return status < 0 ? EXIT_SUCCESS : status;
}

static const char *const usage[] = {
    "DEMO [--votes FILE] [--again FILE] [OPTION | T]...", NULL};

static const char *const about[] = {
    "A class predicts before it watches. The votes, a line each, are a name, a time "
    "and "
    "a reason, with commas between; for race a count in place of the time, for "
    "deadlock "
    "\"ends\" or \"hangs\". They are shown as bars; with --again the class talks and "
    "votes a second time; then the demo runs, and what was measured is shown among the "
    "votes, and how the class moved. Names are never shown.",
    "Where there is a terminal, it waits for a key before each step. All options and "
    "times of the demo are taken, too.",
    NULL};

static const struct option_spec own_options[] = {
    {.name = "--votes",
     .value = "FILE",
     .about = "where the votes are",
     .preset = "-, standard input",
     .kind = VALUE_FILE},
    {.name = "--again",
     .value = "FILE",
     .about = "where the votes are when the class has talked",
     .kind = VALUE_FILE},
    {.name = "--of",
     .value = "VARIANT",
     .about = "which variant is voted on",
     .preset = "the one that the demo is about",
     .kind = VALUE_VARIANTS},
    {.name = NULL},
};

static const char *const examples[] = {
    "class threads --ttl 1 2 --votes votes.txt --again again.txt",
    "class race --of mutex --votes votes.txt", NULL};

const struct tool class_tool = {
    .name = "class",
    .summary = "collect a class's predictions, then run a demo among them",
    .usage = usage,
    .about = about,
    .options = own_options,
    .operands = OPERANDS_DEMO_RUN,
    .examples = examples,
    .main = class_main,
};
