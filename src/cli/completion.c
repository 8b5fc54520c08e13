// SPDX-License-Identifier: MIT
#include "cli/completion.h"

#include "cli/diag.h"
#include "view/view.h"

#include <string.h>

enum { SHELLS = 3 };

static const char *const shell_names[SHELLS + 1] = {"bash", "fish", "zsh"};

static void (*const writers[SHELLS])(FILE *out, const struct command *table) = {
    completion_bash, completion_fish, completion_zsh};

void completion_operands(FILE *out, const struct command *table,
                         const struct tool *tool)
{
    bool demos = tool->operands == OPERANDS_DEMO || tool->operands == OPERANDS_DEMO_RUN;
    if (demos)
        completion_commands(out, table, true);
    for (size_t i = 0; tool->words && tool->words[i]; i++)
        fprintf(out, "%s%s", i > 0 ? " " : "", tool->words[i]);
}

void completion_commands(FILE *out, const struct command *table, bool demos_only)
{
    const char *between = "";
    for (const struct command *command = table; command->name; command++) {
        if (!command->card && demos_only)
            continue;
        fprintf(out, "%s%s", between, command->name);
        between = " ";
    }
}

void completion_variants(FILE *out, const struct demo *demo)
{
    for (const struct variant *variant = demo->variants; variant->name; variant++)
        fprintf(out, "%s%s", variant > demo->variants ? " " : "", variant->name);
}

void completion_words(FILE *out, const struct option_spec *spec)
{
    if (spec->kind == VALUE_FORMAT)
        for (const struct view *view = views; view->name; view++)
            fprintf(out, "%s%s", view > views ? " " : "", view->name);
    else if (spec->kind == VALUE_WORD)
        for (const char *at = spec->value; *at; at++)
            fputc(*at == '|' ? ' ' : *at, out);
}

void completion_quote(FILE *out, const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            fputc('\\', out);
        if (*text == '\'')
            fputs("'\\''", out); // good in all three shells
        else
            fputc(*text, out);
    }
}

static int completion_main(int argc, char **argv)
{
    struct tool_reading reading = tool_read(&completion_tool, argc, argv);
    enum tool_part part = tool_next(&reading);
    if (part == TOOL_HELP || part == TOOL_BAD)
        return part == TOOL_HELP ? 0 : 2;
    if (argc != 2)
        return tool_bad(&completion_tool, "name one shell: bash, fish or zsh");
    for (size_t i = 0; i < SHELLS; i++)
        if (strcmp(argv[1], shell_names[i]) == 0) {
            writers[i](stdout, commands);
            return 0;
        }
    const char *near = suggest(argv[1], shell_names);
    if (near)
        return tool_bad(&completion_tool, "no shell \"%.64s\"; did you mean \"%s\"?",
                        argv[1], near);
    return tool_bad(&completion_tool,
                    "no shell \"%.64s\"; there are bash, fish and zsh", argv[1]);
}

static const char *const usage[] = {"bash|fish|zsh", NULL};

static const char *const about[] = {
    "Prints what the shell reads to complete conc's commands and options:",
    "bash, zsh: source <(conc completion bash)", "fish: conc completion fish | source",
    NULL};

const struct tool completion_tool = {
    .name = "completion",
    .summary = "print a shell's completions: bash, zsh or fish",
    .usage = usage,
    .about = about,
    .operands = OPERANDS_WORD,
    .words = shell_names,
    .main = completion_main,
};
