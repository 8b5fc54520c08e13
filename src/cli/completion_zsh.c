// SPDX-License-Identifier: MIT
#include "cli/completion.h"

/** "#compdef" is for a file in $fpath; the end, for `source <(conc completion zsh)`. */
static const char opening[] =
    "#compdef conc\n"
    "# Completions of conc for zsh, as \"conc completion zsh\" prints them.\n"
    "_conc() {\n"
    "    local curcontext=$curcontext state line\n"
    "    typeset -A opt_args\n"
    "    local -a known=(\n";

static const char closing[] = "        esac\n"
                              "        ;;\n"
                              "    esac\n"
                              "}\n"
                              "if [[ $funcstack[1] == _conc ]]; then\n"
                              "    _conc \"$@\"\n"
                              "else\n"
                              "    compdef _conc conc\n"
                              "fi\n";

/** Names with "=" behind them, and no blank behind that. */
static void predictions(FILE *out, const struct demo *demo)
{
    fputs(":{compadd -S \"\" --", out);
    for (const struct variant *variant = demo->variants + 1; variant->name; variant++)
        fprintf(out, " %s=", variant->name);
    fputs("}", out);
}

static void action(FILE *out, const struct option_spec *spec, const struct demo *demo)
{
    fputs(spec->is_optional ? "::" : ":", out);
    completion_quote(out, spec->value, "\\:");
    switch (spec->kind) {
    case VALUE_WORD:
    case VALUE_FORMAT:
        fputs(":(", out);
        completion_words(out, spec);
        fputs(")", out);
        break;
    case VALUE_VARIANTS:
        fputs(":_values -s , variant ", out);
        completion_variants(out, demo);
        break;
    case VALUE_PREDICTIONS:
        if (demo)
            predictions(out, demo);
        break;
    case VALUE_FILE:
        fputs(":_files", out);
        break;
    default:
        fputs(": ", out);
    }
}

static void option_line(FILE *out, const struct option_spec *spec,
                        const struct demo *demo)
{
    const char *more = spec->kind == VALUE_FILE ? "*" : ""; // may be given again
    if (spec->letter)
        fprintf(out, "                '%s'{%s,%s%s}'", more, spec->letter, spec->name,
                spec->value ? "=" : "");
    else
        fprintf(out, "                '%s%s%s", more, spec->name,
                spec->is_optional ? "=-"
                : spec->value     ? "="
                                  : "");
    fputs("[", out);
    completion_quote(out, spec->about, "\\[]:");
    fputs("]", out);
    if (spec->value)
        action(out, spec, demo);
    fputs("' \\\n", out);
}

/** What stands behind such a tool's demo is the demo's, and the tool's. */
static void tools_with_demos(FILE *out, const struct command *table)
{
    for (const struct command *command = table; command->name; command++) {
        if (!command_runs_demo(command))
            continue;
        fprintf(out,
                "        if [[ $words[1] == %s ]] && ((CURRENT > 2)); then\n"
                "            shift words; ((CURRENT--))\n"
                "            of_tool=(\n",
                command->name);
        const struct option_spec *spec;
        for (size_t i = 0; (spec = tool_option(command->tool, i)) != NULL; i++)
            if (spec->kind != VALUE_VARIANTS)
                option_line(out, spec, NULL);
        fputs("            )\n        fi\n", out);
    }
}

/** Those of the tool's options that take a variant of the demo. */
static void variant_options(FILE *out, const struct command *table,
                            const struct demo *demo)
{
    for (const struct command *command = table; command->name; command++) {
        if (!command_runs_demo(command))
            continue;
        const struct option_spec *spec;
        for (size_t i = 0; (spec = tool_option(command->tool, i)) != NULL; i++) {
            if (spec->kind != VALUE_VARIANTS)
                continue;
            fputs("            (($#of_tool)) && of_tool+=(\n", out);
            option_line(out, spec, demo);
            fputs("            )\n", out);
        }
    }
}

static void list_commands(FILE *out, const struct command *table)
{
    for (const struct command *command = table; command->name; command++) {
        fprintf(out, "        '%s:", command->name);
        completion_quote(out, command_summary(command), "\\");
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    local -a first_words=(\"${known[@]}\" 'help:show help')\n"
          "    _arguments -C \\\n"
          "        '(- *)'{-h,--help}'[show help]' \\\n"
          "        '(- *)--version[show the version]' \\\n"
          "        '1:command:->command' '*::argument:->argument'\n"
          "    case $state in\n"
          "    command) _describe command first_words ;;\n"
          "    argument)\n"
          "        local -a of_tool=()\n",
          out);
    tools_with_demos(out, table);
    fputs("        case $words[1] in\n", out);
}

static void tool_lines(FILE *out, const struct command *table, const struct tool *tool)
{
    fprintf(out, "        %s)\n            _arguments \\\n", tool->name);
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL; i++)
        if (spec->kind != VALUE_VARIANTS)
            option_line(out, spec, NULL);
    fputs("                '(- *)'{-h,--help}'[show help]'", out);
    if (tool->operands == OPERANDS_FILES) {
        fputs(" \\\n                '*:file:_files'", out);
    } else if (tool->operands != OPERANDS_NONE) {
        fputs(" \\\n                '1: :(", out);
        completion_operands(out, table, tool);
        fputs(")'", out);
    }
    fputs("\n            ;;\n", out);
}

void completion_zsh(FILE *out, const struct command *table)
{
    fputs(opening, out);
    list_commands(out, table);
    for (const struct command *command = table; command->name; command++) {
        if (!command->card) {
            tool_lines(out, table, command->tool);
            continue;
        }
        fprintf(out, "        %s)\n", command->name);
        if (command->card->takes_programs)
            fputs("            if ((${words[(i)--]} < CURRENT)); then\n"
                  "                if [[ $words[CURRENT-1] == -- ]]; then\n"
                  "                    _command_names -e\n"
                  "                else\n"
                  "                    _files\n"
                  "                fi\n"
                  "                return\n"
                  "            fi\n",
                  out);
        variant_options(out, table, command->card->demo);
        fputs("            _arguments \"${of_tool[@]}\" \\\n", out);
        for (size_t i = 0; i < own_count(command->card); i++) {
            struct option_spec own = own_spec(&command->card->options[i]);
            option_line(out, &own, command->card->demo);
        }
        for (const struct option_spec *spec = common_options; spec->name; spec++)
            option_line(out, spec, command->card->demo);
        fputs("                '*: :_guard \"[^-]#\" time'\n            ;;\n", out);
    }
    fputs("        help) _describe command known ;;\n", out);
    fputs(closing, out);
}
