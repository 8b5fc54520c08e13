// SPDX-License-Identifier: MIT
#include "cli/help.h"

#include "cli/help_inner.h"

#include <string.h>

/** The first `most` demos, a line each. */
static void list_demos(FILE *out, const struct command *table, size_t most)
{
    fputs("Demos:\n", out);
    for (const struct command *command = table; command->name; command++)
        if (command->card && most > 0 && most--)
            help_entry(out, command->name, command_summary(command));
}

static void list_tools(FILE *out)
{
    fputs("Tools:\n", out);
    for (const struct command *command = commands; command->name; command++)
        if (!command->card)
            help_entry(out, command->name, command_summary(command));
    help_entry(out, "help", "all commands and options, or those of the command named");
}

/** The first examples of each demo, then the second ones, … as many as asked for. */
static void list_examples(FILE *out, const struct command *table, size_t count)
{
    size_t printed = 0;
    fputs("Try:\n", out);
    for (size_t round = 0; round < count && printed < count; round++)
        for (const struct command *command = table; command->name; command++) {
            const char *const *examples =
                command->card ? command->card->examples : NULL;
            size_t i = 0;
            while (examples && examples[i] && i < round)
                i++;
            if (examples && examples[i] && printed++ < count)
                fprintf(out, "  conc %s\n", examples[i]);
        }
    fputc('\n', out);
}

static const char purpose[] =
    "conc teaches concurrency by running it: the same work in "
    "sequence, then concurrently, measured and drawn.";

/**
 * For the list of demos on the short page, so that a terminal of 24 lines shows it
 * whole, and the prompt below it; and how much of a line names fill at least, where
 * they wrap.
 */
enum { DEMO_LINES = 9, NAMES_WIDTH = 56 };

struct names {
    char text[DEMO_LINES * HELP_COLUMNS];
};

/** "spawn, stop": the demos after the first `skipped`, or the tools. */
static struct names names_of(const struct command *table, bool demos, size_t skipped)
{
    struct names names = {""};
    size_t length = 0;
    for (const struct command *command = table; command->name; command++) {
        if (demos != (command->card != NULL) || (skipped > 0 && skipped--))
            continue;
        length += (size_t)snprintf(names.text + length, sizeof names.text - length,
                                   "%s%s", length > 0 ? ", " : "", command->name);
        if (length >= sizeof names.text)
            break;
    }
    return names;
}

/** Demos with a line each as long as there is room, the others by name. */
static void list_demos_shortly(FILE *out, const struct command *table)
{
    size_t count = DEMO_LINES;
    struct names others = names_of(table, true, count);
    while (count > 0 && strlen(others.text) > (DEMO_LINES - count) * NAMES_WIDTH)
        others = names_of(table, true, --count);
    list_demos(out, table, count);
    if (others.text[0]) {
        fputs("  and", out);
        help_flow(out, others.text, 2, 5);
        fputc('\n', out);
    }
}

void help_short(FILE *out, const struct command *table)
{
    help_paragraph(out, purpose);
    list_examples(out, table, 2);
    list_demos_shortly(out, table);
    fputs("\nTools:\n  ", out);
    help_flow(out, names_of(table, false, 0).text, 2, 2);
    fputs(", help\n"
          "\n"
          "Read on:\n"
          "  conc COMMAND --help, conc --help, man conc\n",
          out);
}

void help_all(FILE *out)
{
    help_paragraph(out, purpose);
    fputs("Usage:\n"
          "  conc COMMAND [OPTION | T]...\n"
          "  conc --help | --version\n"
          "\n",
          out);
    list_demos(out, commands, SIZE_MAX);
    fputc('\n', out);
    list_tools(out);
    fputs("\nThe options of every demo:\n\n", out);
    help_common_options(NULL, out);
    fputs("Exit status:\n", out);
    help_entry(out, "0", "done; a bug that was shown is done too");
    help_entry(out, "1", "the system refused something, or output was lost");
    help_entry(out, "2", "the command line is wrong");
    help_entry(out, "128 + n", "ended by signal n");
    fputs("\nRead on:\n"
          "  conc COMMAND --help, man conc\n",
          out);
}

static void list_variants(const struct card *card, FILE *out)
{
    for (const struct variant *variant = card->demo->variants; variant->name;
         variant++) {
        struct help_note note = {.length = 0};
        size_t column = 2 + strlen(variant->name);
        fprintf(out, "  %s", variant->name);
        help_to_right(out, HELP_INDENT, column);
        column = help_flow(out, variant->about, HELP_INDENT, HELP_INDENT);
        if (variant->extra)
            help_note_add(&note, "only when named");
        help_note_company(&note, goes_with(card, variant->name));
        help_note_put(out, &note, HELP_INDENT, column);
        fputc('\n', out);
    }
    fputc('\n', out);
}

void help_variants(const struct card *card, FILE *out)
{
    fprintf(out, "Variants of %s, for --only and --with:\n", card->demo->name);
    list_variants(card, out);
    fprintf(out, "conc %s --help says more.\n", card->demo->name);
}

/** A heading and a list below it, where there is one. */
static void list_points(FILE *out, const char *heading, const char *const *points)
{
    if (points == NULL)
        return;
    fprintf(out, "%s:\n", heading);
    for (size_t i = 0; points[i] != NULL; i++) {
        fputs("  - ", out);
        help_flow(out, points[i], 4, 4);
        fputc('\n', out);
    }
    fputc('\n', out);
}

static void list_usage(FILE *out, const char *name, const char *const *usage)
{
    fputs("\n\nUsage:\n", out);
    for (; *usage; usage++)
        fprintf(out, "  conc %s %s\n", name, *usage);
    fputc('\n', out);
}

static void list_examples_of(FILE *out, const char *const *examples)
{
    fputs("Examples:\n", out);
    for (; *examples; examples++)
        fprintf(out, "  conc %s\n", *examples);
    fputc('\n', out);
}

static const struct option_spec help_spec = {
    .name = "--help", .letter = "-h", .about = "show this help"};

void help_tool(const struct tool *tool, FILE *out)
{
    fprintf(out, "conc %s:", tool->name);
    help_flow(out, tool->summary, 0, 6 + strlen(tool->name));
    list_usage(out, tool->name, tool->usage);
    for (const char *const *text = tool->about; *text; text++)
        help_paragraph(out, *text);
    fputs("Options:\n", out);
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL; i++)
        help_option(out, spec, NULL);
    help_option(out, &help_spec, NULL);
    fputc('\n', out);
    if (tool->examples)
        list_examples_of(out, tool->examples);
    fprintf(out, "Read on:\n  man conc-%s, conc --help\n", tool->name);
}

void help_demo(const struct card *card, FILE *out)
{
    const char *name = card->demo->name;
    fprintf(out, "conc %s:", name);
    help_flow(out, card->question, 0, 6 + strlen(name));
    fprintf(out, "\n\nUsage:\n  conc %s [OPTION | T]...%s\n\n", name,
            card->takes_programs ? " [-- PROGRAM ARG...]..." : "");
    list_points(out, "What to look for", card->look_for);
    list_points(out, "What it refutes", card->refutes);
    fputs("Variants:\n", out);
    list_variants(card, out);
    help_own_options(card, out);
    help_common_options(card, out);
    list_examples_of(out, card->examples);
    fprintf(out, "Read on:\n  man conc-%s, conc --help\n", name);
}
