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

static void command_lines(FILE *out)
{
    for (const struct command *command = commands; command->name; command++) {
        fprintf(out, "complete -c conc -n '__conc_first 1' -a %s", command->name);
        about(out, command_summary(command));
        fprintf(out,
                "complete -c conc -n '__conc_command_is help; and __conc_first 2' "
                "-a %s",
                command->name);
        about(out, command_summary(command));
    }
    fputs("complete -c conc -n '__conc_command_is completion; and __conc_first 2' -a '",
          out);
    completion_shells(out);
    fputs("'\n", out);
}

/** For the commands named, or for that of one demo whose variants are the values. */
static void option_line(FILE *out, const struct option_spec *spec,
                        const struct demo *demo)
{
    fputs("complete -c conc -n '__conc_command_is ", out);
    if (demo)
        fputs(demo->name, out);
    else
        completion_commands(out, true);
    fprintf(out, "' -l %s", spec->name + 2);
    if (spec->letter)
        fprintf(out, " -s %s", spec->letter + 1);
    if (spec->kind == VALUE_FILE)
        fputs(" -r -F", out);
    else if (spec->value)
        fputs(" -x", out);
    if (demo) {
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

void completion_fish(FILE *out)
{
    fputs(opening, out);
    command_lines(out);
    for (const struct option_spec *spec = common_options; spec->name; spec++) {
        if (spec->kind != VALUE_VARIANTS) {
            option_line(out, spec, NULL);
            continue;
        }
        for (const struct command *command = commands; command->name; command++) {
            if (command->card)
                option_line(out, spec, command->card->demo);
        }
    }
}
