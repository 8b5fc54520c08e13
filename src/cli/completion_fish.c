// SPDX-License-Identifier: MIT
#include "cli/completion.h"

#include "cli/help.h"

static const char opening[] =
    "# Completions of conc for fish, as \"conc completion fish\" prints them.\n"
    "function __conc_command_is\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -ge 2; and contains -- $words[2] $argv\n"
    "end\n"
    "function __conc_first\n"
    "    test (count (commandline -opc)) -eq $argv[1]\n"
    "end\n"
    "function __conc_list\n"
    "    set -l value (string replace -r '^--[^=]*=' '' -- (commandline -ct))\n"
    "    set -l lead (string match -r '.*,' -- $value)\n"
    "    for word in $argv\n"
    "        echo \"$lead$word\"\n"
    "    end\n"
    "end\n"
    "complete -c conc -f\n"
    "complete -c conc -n '__conc_first 1' -s h -l help -d 'show help'\n"
    "complete -c conc -n '__conc_first 1' -a help -d 'show help'\n"
    "complete -c conc -n '__conc_first 1' -l version -d 'show the version'\n";

static void about(FILE *out, const char *text)
{
    fputs(" -d '", out);
    completion_quote(out, text, "\\");
    fputs("'\n", out);
}

static void command_lines(FILE *out, const struct command *table)
{
    for (const struct command *command = table; command->name; command++) {
        fprintf(out, "complete -c conc -n '__conc_first 1' -a %s", command->name);
        about(out, command_summary(command));
        fprintf(out,
                "complete -c conc -n '__conc_command_is help; and __conc_first 2' "
                "-a %s",
                command->name);
        about(out, command_summary(command));
    }
}

/** An option of the command that is called that, or, without a name, of all demos. */
static void option_line(FILE *out, const struct command *table,
                        const struct option_spec *spec, const char *name,
                        const struct demo *demo)
{
    fputs("complete -c conc -n '__conc_command_is ", out);
    if (name)
        fputs(name, out);
    else
        completion_commands(out, table, true);
    fprintf(out, "' -l %s", spec->name + 2);
    if (spec->letter)
        fprintf(out, " -s %s", spec->letter + 1);
    if (spec->kind == VALUE_FILE)
        fputs(" -r -F", out);
    else if (spec->value)
        fputs(" -x", out);
    if (spec->kind == VALUE_VARIANTS) {
        fputs(" -a '(__conc_list ", out);
        completion_variants(out, demo);
        fputs(")'", out);
    } else if (spec->kind == VALUE_WORD || spec->kind == VALUE_FORMAT) {
        fputs(" -a '", out);
        completion_words(out, spec);
        fputs("'", out);
    }
    about(out, spec->about);
}

static void demo_lines(FILE *out, const struct command *table, const struct card *card)
{
    for (const struct option_spec *spec = common_options; spec->name; spec++) {
        if (spec->kind == VALUE_VARIANTS)
            option_line(out, table, spec, card->demo->name, card->demo);
    }
    for (size_t i = 0; i < own_count(card); i++) {
        struct option_spec own = own_spec(&card->options[i]);
        option_line(out, table, &own, card->demo->name, card->demo);
    }
}

static void tool_lines(FILE *out, const struct command *table, const struct tool *tool)
{
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL; i++)
        option_line(out, table, spec, tool->name, NULL);
    fprintf(out,
            "complete -c conc -n '__conc_command_is %s' -s h -l help -d 'show help'\n",
            tool->name);
    if (tool->operands == OPERANDS_FILES) {
        fprintf(out, "complete -c conc -n '__conc_command_is %s' -F\n", tool->name);
    } else if (tool->operands != OPERANDS_NONE) {
        fprintf(out,
                "complete -c conc -n '__conc_command_is %s; and __conc_first 2' -a '",
                tool->name);
        completion_operands(out, table, tool);
        fputs("'\n", out);
    }
}

void completion_fish(FILE *out, const struct command *table)
{
    fputs(opening, out);
    command_lines(out, table);
    for (const struct option_spec *spec = common_options; spec->name; spec++) {
        if (spec->kind != VALUE_VARIANTS)
            option_line(out, table, spec, NULL, NULL);
    }
    for (const struct command *command = table; command->name; command++) {
        if (command->card)
            demo_lines(out, table, command->card);
        else
            tool_lines(out, table, command->tool);
    }
}
