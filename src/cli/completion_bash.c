// SPDX-License-Identifier: MIT
#include "cli/completion.h"

/**
 * Readline takes "--work=cpu" for three words, unless somebody took "=" out of
 * COMP_WORDBREAKS: then it is one, and what is put in its place begins with "--work=".
 */
static const char opening[] =
    "# Completions of conc for bash, as \"conc completion bash\" prints them.\n"
    "_conc_list() {\n"
    "    local taken IFS=,\n"
    "    [[ $cur == *,* ]] || return\n"
    "    lead+=${cur%,*},\n"
    "    for taken in ${cur%,*}; do\n"
    "        words=\" ${words// /  } \" words=${words// ${taken%%=*} / }\n"
    "    done\n"
    "    cur=${cur##*,}\n"
    "}\n"
    "_conc() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} option\n"
    "    local lead='' words='' variants='' own='' of_tool='' equals='' after=''\n"
    "    COMPREPLY=()\n"
    "    option=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur= equals=1\n"
    "    elif [[ $option == = ]]; then\n"
    "        option=${COMP_WORDS[COMP_CWORD - 2]} equals=1\n"
    "    elif [[ $cur == --*=* ]]; then\n"
    "        option=${cur%%=*} lead=$option= cur=${cur#*=} equals=1\n"
    "    fi\n";

static const char closing[] =
    "    mapfile -t COMPREPLY < <(compgen -P \"$lead\" -S \"$after\" -W \"$words\" "
    "-- \"$cur\")\n"
    "}\n"
    "complete -F _conc conc\n";

static void quoted_words(FILE *out, const struct option_spec *spec)
{
    fputs("words='", out);
    completion_words(out, spec);
    fputs("'", out);
}

static void value_case(FILE *out, const struct option_spec *spec)
{
    fprintf(out, "    %s%s%s) ", spec->letter ? spec->letter : "",
            spec->letter ? " | " : "", spec->name);
    switch (spec->kind) {
    case VALUE_WORD:
    case VALUE_FORMAT:
        quoted_words(out, spec);
        break;
    case VALUE_VARIANTS:
        fputs("words=$variants\n"
              "        _conc_list",
              out);
        break;
    case VALUE_PREDICTIONS:
        fputs("words=${variants#* } after='='\n"
              "        compopt -o nospace 2>/dev/null\n"
              "        _conc_list",
              out);
        break;
    case VALUE_FILE:
        fputs("compopt -o filenames 2>/dev/null\n"
              "        mapfile -t COMPREPLY < <(compgen -P \"$lead\" -f -- \"$cur\")\n"
              "        return",
              out);
        break;
    default:
        fputs("return", out); // only the user knows
    }
    fputs(" ;;\n", out);
}

static void own_value_case(FILE *out, const struct option_spec *spec)
{
    fprintf(out, "\n        %s) ", spec->name);
    if (spec->kind == VALUE_WORD)
        quoted_words(out, spec);
    else
        fputs("return", out); // only the user knows
    fputs(" ;;", out);
}

/** A tool's options, what their values may be, and what else may stand there. */
static void tool_case(FILE *out, const struct command *table, const struct tool *tool)
{
    fprintf(out, "    %s)\n        case $option in\n", tool->name);
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL; i++)
        if (spec->value)
            value_case(out, spec);
    fputs("    *)\n        words='", out);
    completion_operands(out, table, tool);
    fputs("'\n", out);
    if (tool->words)
        fputs("        ((COMP_CWORD == 2)) || words=\n", out);
    fputs("        [[ $cur != -* ]] || words='--help", out);
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL; i++)
        fprintf(out, " %s", spec->name);
    fputs("'\n", out);
    if (tool->operands == OPERANDS_FILES)
        fputs("        if [[ $cur != -* ]]; then\n"
              "            compopt -o filenames 2>/dev/null\n"
              "            mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
              "            return\n"
              "        fi\n",
              out);
    fputs("        ;;\n        esac ;;\n", out);
}

/** The demo's own options, and what their values may be. */
static void own_options(FILE *out, const struct card *card)
{
    size_t count = own_count(card);
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s", i > 0 ? " " : " own='", card->options[i].name);
    fputs("'\n        case $option in", out);
    for (size_t i = 0; i < count; i++) {
        struct option_spec spec = own_spec(&card->options[i]);
        if (spec.value)
            own_value_case(out, &spec);
    }
    fputs("\n        esac", out);
}

/** What stands behind such a tool's demo is the demo's, and the tool's. */
static void tools_with_demos(FILE *out, const struct command *table)
{
    for (const struct command *command = table; command->name; command++) {
        if (!command_runs_demo(command))
            continue;
        fprintf(out,
                "    if [[ $command == %s ]] && ((COMP_CWORD > 2)); then\n"
                "        command=${COMP_WORDS[2]} of_tool='",
                command->name);
        const struct option_spec *spec;
        for (size_t i = 0; (spec = tool_option(command->tool, i)) != NULL; i++)
            fprintf(out, " %s", spec->name);
        fputs("'\n    fi\n", out);
    }
}

/** Values of the options that those have themselves. */
static void options_of_tools(FILE *out, const struct command *table)
{
    fputs("    [[ -z $of_tool ]] || case $option in\n", out);
    for (const struct command *command = table; command->name; command++) {
        if (!command_runs_demo(command))
            continue;
        const struct option_spec *spec;
        for (size_t i = 0; (spec = tool_option(command->tool, i)) != NULL; i++)
            if (spec->value)
                value_case(out, spec);
    }
    fputs("    esac\n", out);
}

/** Behind "--" of a demo that takes programs stands a command, then its arguments. */
static void programs(FILE *out, const struct command *table)
{
    for (const struct command *command = table; command->name; command++)
        if (command->card && command->card->takes_programs)
            fprintf(
                out,
                "    if [[ $command == %s ]]; then\n"
                "        local at\n"
                "        for ((at = 2; at < COMP_CWORD; at++)); do\n"
                "            [[ ${COMP_WORDS[at]} == -- ]] || continue\n"
                "            compopt -o filenames 2>/dev/null\n"
                "            after=-f\n"
                "            [[ ${COMP_WORDS[COMP_CWORD - 1]} != -- ]] || after=-c\n"
                "            mapfile -t COMPREPLY < <(compgen $after -- \"$cur\" | "
                "sort -u)\n"
                "            return\n"
                "        done\n"
                "    fi\n",
                command->name);
}

static void command_cases(FILE *out, const struct command *table)
{
    tools_with_demos(out, table);
    programs(out, table);
    fputs("    if ((COMP_CWORD == 1)); then\n"
          "        words='",
          out);
    completion_commands(out, table, false);
    fputs(" help --help --version'\n"
          "        option=\n"
          "    fi\n"
          "    ((COMP_CWORD == 1)) || case $command in\n",
          out);
    for (const struct command *command = table; command->name; command++)
        if (command->card) {
            fprintf(out, "    %s) variants='", command->name);
            completion_variants(out, command->card->demo);
            fputs("'", out);
            own_options(out, command->card);
            fputs(" ;;\n", out);
        } else {
            tool_case(out, table, command->tool);
        }
    fputs("    help) ((COMP_CWORD == 2)) && words='", out);
    completion_commands(out, table, false);
    fputs("' ;;\n    esac\n", out);
}

void completion_bash(FILE *out, const struct command *table)
{
    fputs(opening, out);
    command_cases(out, table);
    options_of_tools(out, table);
    for (const struct option_spec *spec = common_options; spec->name; spec++)
        if (spec->is_optional)
            fprintf(out, "    [[ $option != %s || -n $equals ]] || option=\n",
                    spec->name);
    fputs("    [[ -z $variants ]] || case $option in\n", out);
    for (const struct option_spec *spec = common_options; spec->name; spec++)
        if (spec->value)
            value_case(out, spec);
    fputs("    *) [[ -n $words ]] || words=$own$of_tool'", out);
    for (const struct option_spec *spec = common_options; spec->name; spec++)
        fprintf(out, " %s", spec->name);
    fputs("' ;;\n    esac\n", out);
    fputs(closing, out);
}
