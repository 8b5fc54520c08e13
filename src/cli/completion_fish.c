// SPDX-License-Identifier: MIT
#include "cli/completion.h"

static const char opening[] =
    "# Completions of conc for fish, as \"conc completion fish\" prints them.\n"
    "function __conc_command_is\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -ge 2; or return 1\n"
    "    contains -- $words[2] $argv; and return 0\n"
    "    contains -- $words[2] $__conc_with_demo; and test (count $words) -ge 3\n"
    "    and contains -- $words[3] $argv\n"
    "end\n"
    "function __conc_first\n"
    "    test (count (commandline -opc)) -eq $argv[1]\n"
    "end\n"
    "function __conc_list\n"
    "    set -l value (string replace -r '^--[^=]*=' '' -- (commandline -ct))\n"
    "    set -l lead (string match -r '.*,' -- $value)\n"
    "    set -l taken (string split , -- $lead | string replace -r '=.*' '')\n"
    "    for word in $argv\n"
    "        contains -- (string replace -r '=.*' '' -- $word) $taken\n"
    "        or echo \"$lead$word\"\n"
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

/** Tools whose demo stands behind them, with all its options. */
static void tools_with_demos(FILE *out, const struct command *table)
{
    fputs("set -g __conc_with_demo", out);
    for (const struct command *command = table; command->name; command++)
        if (command_runs_demo(command))
            fprintf(out, " %s", command->name);
    fputc('\n', out);
}

/** The names of variants, behind what stands there already; with something behind
 * them, but for the first, which is not predicted. */
static void variant_words(FILE *out, const struct demo *demo, const char *behind)
{
    fputs(" -a '(__conc_list", out);
    const struct variant *variant = demo->variants + (*behind ? 1 : 0);
    for (; variant->name; variant++)
        fprintf(out, " %s%s", variant->name, behind);
    fputs(")'", out);
}

static bool is_of_variants(const struct option_spec *spec)
{
    return spec->kind == VALUE_VARIANTS || spec->kind == VALUE_PREDICTIONS;
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
        fputs(spec->is_optional ? " -f" : " -x", out);
    if (demo && is_of_variants(spec)) {
        variant_words(out, demo, spec->kind == VALUE_PREDICTIONS ? "=" : "");
    } else if (spec->kind == VALUE_WORD || spec->kind == VALUE_FORMAT) {
        fputs(" -a '", out);
        completion_words(out, spec);
        fputs("'", out);
    }
    about(out, spec->about);
}

static void demo_lines(FILE *out, const struct command *table, const struct card *card)
{
    if (card->takes_programs)
        fprintf(out,
                "complete -c conc -n '__conc_command_is %s; and contains -- -- "
                "(commandline -opc)' -F\n"
                "complete -c conc -n '__conc_command_is %s; and test "
                "(commandline -opc)[-1] = --' -a '(complete -C (commandline -ct))'\n",
                card->demo->name, card->demo->name);
    for (const struct option_spec *spec = common_options; spec->name; spec++)
        if (is_of_variants(spec))
            option_line(out, table, spec, card->demo->name, card->demo);
    for (size_t i = 0; i < own_count(card); i++) {
        struct option_spec own = own_spec(&card->options[i]);
        option_line(out, table, &own, card->demo->name, card->demo);
    }
}

/** An option of a tool that takes a variant of the demo that is named. */
static void variant_option(FILE *out, const struct command *table,
                           const struct tool *tool, const struct option_spec *spec)
{
    char both[160];
    for (const struct command *command = table; command->name; command++) {
        if (!command->card)
            continue;
        snprintf(both, sizeof both, "%s; and __conc_command_is %s", tool->name,
                 command->name);
        option_line(out, table, spec, both, command->card->demo);
    }
}

static void tool_lines(FILE *out, const struct command *table, const struct tool *tool)
{
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL; i++)
        if (is_of_variants(spec))
            variant_option(out, table, tool, spec);
        else
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
    tools_with_demos(out, table);
    command_lines(out, table);
    for (const struct option_spec *spec = common_options; spec->name; spec++)
        if (!is_of_variants(spec))
            option_line(out, table, spec, NULL, NULL);
    for (const struct command *command = table; command->name; command++)
        if (command->card)
            demo_lines(out, table, command->card);
        else
            tool_lines(out, table, command->tool);
}
