// SPDX-License-Identifier: MIT

#include "commands.h"

#include <string.h>

/* A demo's card stands in demos/NAME_card.c. */
extern const struct card fork_card;
extern const struct card threads_card;
extern const struct card daemon_card;
extern const struct card join_card;
extern const struct card race_card;
extern const struct card deadlock_card;
extern const struct card pool_card;
extern const struct card async_card;
extern const struct card all_card;
extern const struct card spawn_card;
extern const struct card stop_card;
extern const struct card gil_card;
extern const struct card cost_card;
extern const struct card context_card;
extern const struct card server_card;
extern const struct card webapp_card;

/* A tool stands in src/classroom/NAME/NAME.c, or src/cli/NAME.c. */
extern const struct tool class_tool;
extern const struct tool compare_tool;
extern const struct tool completion_tool;
extern const struct tool replay_tool;
extern const struct tool source_tool;

const struct command commands[] = {
    {.name = "fork", .card = &fork_card},
    {.name = "threads", .card = &threads_card},
    {.name = "daemon", .card = &daemon_card},
    {.name = "join", .card = &join_card},
    {.name = "race", .card = &race_card},
    {.name = "deadlock", .card = &deadlock_card},
    {.name = "pool", .card = &pool_card},
    {.name = "async", .card = &async_card},
    {.name = "all", .card = &all_card},
    {.name = "spawn", .card = &spawn_card},
    {.name = "stop", .card = &stop_card},
    {.name = "gil", .card = &gil_card},
    {.name = "cost", .card = &cost_card},
    {.name = "context", .card = &context_card},
    {.name = "server", .card = &server_card},
    {.name = "webapp", .card = &webapp_card},
    {.name = "class", .tool = &class_tool},
    {.name = "compare", .tool = &compare_tool},
    {.name = "replay", .tool = &replay_tool},
    {.name = "source", .tool = &source_tool},
    {.name = "completion", .tool = &completion_tool},
    {0},
};

const struct command *command_named(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

const char *command_summary(const struct command *command)
{
    return command->card != NULL ? command->card->summary : command->tool->summary;
}

bool command_runs_demo(const struct command *command)
{
    return command->tool != NULL && command->tool->operands == OPERANDS_DEMO_RUN;
}
