// SPDX-License-Identifier: MIT
#include "cli/completion.h"

#include "cli/diag.h"
#include "view/view.h"

#include <string.h>

static const struct {
    const char *name;
    void (*write)(FILE *out, const struct command *table);
} shells[] = {
    {"bash", completion_bash},
    {"fish", completion_fish},
    {"zsh", completion_zsh},
};

#define SHELLS (sizeof shells / sizeof *shells)

void completion_shells(FILE *out)
{
    for (size_t i = 0; i < SHELLS; i++)
        fprintf(out, "%s%s", i > 0 ? " " : "", shells[i].name);
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
    if (spec->kind == VALUE_FORMAT) {
        for (const struct view *view = views; view->name; view++)
            fprintf(out, "%s%s", view > views ? " " : "", view->name);
    } else if (spec->kind == VALUE_WORD) {
        for (const char *at = spec->value; *at; at++)
            fputc(*at == '|' ? ' ' : *at, out);
    }
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

static void print_usage(const char *name)
{
    printf("Usage:\n"
           "  conc %s bash|fish|zsh\n"
           "\n"
           "Prints what the shell reads to complete conc's commands and options:\n"
           "  bash, zsh   source <(conc %s bash)\n"
           "  fish        conc %s fish | source\n",
           name, name, name);
}

int completion_main(int argc, char **argv)
{
    const char *names[SHELLS + 1] = {NULL};
    for (size_t i = 0; i < SHELLS; i++)
        names[i] = shells[i].name;
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_usage(argv[0]);
        return 0;
    }
    if (argc != 2) {
        diag_for(argv[0], "name one shell: bash, fish or zsh");
        return 2;
    }
    for (size_t i = 0; i < SHELLS; i++) {
        if (strcmp(argv[1], names[i]) == 0) {
            shells[i].write(stdout, commands);
            return 0;
        }
    }
    const char *near = suggest(argv[1], names);
    if (near)
        diag_for(argv[0], "no shell \"%.64s\"; did you mean \"%s\"?", argv[1], near);
    else
        diag_for(argv[0], "no shell \"%.64s\"; there are bash, fish and zsh", argv[1]);
    return 2;
}
