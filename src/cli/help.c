// SPDX-License-Identifier: MIT
#include "cli/help.h"

#include "cli/options.h"
#include "stage/clock.h"
#include "text/quantity.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { COLUMNS = 80, SHORT_INDENT = 14, OPTION_INDENT = 29 };

/**
 * Words of `text`, wrapped, from `column` on; new lines begin at `indent`.
 * @return the column after the last one.
 */
static size_t flow(FILE *out, const char *text, size_t indent, size_t column)
{
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > indent && column + 1 + length > COLUMNS) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, length, out);
        column += length;
        text += length + strspn(text + length, " ");
    }
    return column;
}

static void paragraph(FILE *out, const char *text)
{
    flow(out, text, 0, 0);
    fputs("\n\n", out);
}

/** `left` was printed and ends at `column`: go to where the text beside it begins. */
static void to_right(FILE *out, size_t indent, size_t column)
{
    if (column + 2 > indent) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%*s", (int)(indent - column), "");
}

static void entry(FILE *out, const char *left, const char *right)
{
    fprintf(out, "  %s", left);
    to_right(out, SHORT_INDENT, 2 + strlen(left));
    flow(out, right, SHORT_INDENT, SHORT_INDENT);
    fputc('\n', out);
}

/** What stands in brackets behind a text, its parts parted by semicolons. */
struct note {
    char text[320];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void note_part(struct note *note,
                                                            const char *format, ...)
{
    char part[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(part, sizeof part, format, arguments);
    va_end(arguments);
    size_t room = sizeof note->text - note->length;
    int written = snprintf(note->text + note->length, room, "%s%s",
                           note->length > 0 ? "; " : "(", part);
    if (written > 0 && (size_t)written + 1 < room)
        note->length += (size_t)written;
}

/** Put it where a text has ended, if there is anything in it. */
static void put_note(FILE *out, struct note *note, size_t indent, size_t column)
{
    if (note->length == 0)
        return;
    note->text[note->length] = ')';
    note->text[note->length + 1] = '\0';
    flow(out, note->text, indent, column);
}

static void note_company(struct note *note, const struct goes_with *wanted)
{
    if (wanted)
        note_part(note, "with %s %s", wanted->option, wanted->word);
}

static void option_entry(FILE *out, const struct option_spec *spec,
                         const struct goes_with *wanted)
{
    struct note note = {.length = 0};
    const char *before = spec->is_optional ? "[=" : spec->value ? " " : "";
    int left = fprintf(out, "  %s%s%s%s%s%s", spec->letter ? spec->letter : "",
                       spec->letter ? ", " : "", spec->name, before,
                       spec->value ? spec->value : "", spec->is_optional ? "]" : "");
    to_right(out, OPTION_INDENT, left > 0 ? (size_t)left : 0);
    size_t column = flow(out, spec->about, OPTION_INDENT, OPTION_INDENT);
    note_company(&note, wanted);
    if (spec->kind == VALUE_NUMBER && spec->max > 0)
        note_part(&note, "%s to %s", count_text(spec->min).text,
                  count_text(spec->max).text);
    if (spec->preset)
        note_part(&note, "default: %s", spec->preset);
    put_note(out, &note, OPTION_INDENT, column);
    fputc('\n', out);
}

/** A ttl as one would type it: "0.1". */
static void put_ttl(char *to, size_t size, int64_t ns)
{
    int length =
        snprintf(to, size, "%" PRId64 ".%09" PRId64, ns / NS_PER_S, ns % NS_PER_S);
    while (length > 1 && to[length - 1] == '0')
        to[--length] = '\0';
    if (to[length - 1] == '.')
        to[length - 1] = '\0';
}

/** "0.5 0.2; with --tasks N 1 each, or less" */
static void put_ttls(char *to, size_t size, const int64_t *ttls_ns)
{
    char ttl[32];
    size_t length = 0;
    for (; *ttls_ns > 0 && length < size; ttls_ns++) {
        put_ttl(ttl, sizeof ttl, *ttls_ns);
        length += (size_t)snprintf(to + length, size - length, "%s ", ttl);
    }
    if (length > 0 && length < size)
        snprintf(to + length - 1, size - length + 1,
                 "; with --tasks N 1 each, or less");
}

static const struct option_spec help_spec = {
    .name = "--help", .letter = "-h", .about = "show this help"};

/** An option that every demo has; NULL: as it is where no demo says otherwise. */
static void common_entry(FILE *out, const struct card *card,
                         const struct option_spec *common)
{
    struct option_spec spec = common_spec(card, common);
    char ttl[32], preset[96];
    if (card && card->ttl_ns > 0 && strcmp(spec.name, "--ttl") == 0) {
        put_ttl(ttl, sizeof ttl, card->ttl_ns);
        snprintf(preset, sizeof preset, "%s each, or less for many tasks", ttl);
        spec.preset = preset;
    } else if (card && card->ttls_ns && strcmp(spec.name, "--ttl") == 0) {
        put_ttls(preset, sizeof preset, card->ttls_ns);
        spec.preset = preset;
    } else if (card && card->repeat_of && strcmp(spec.name, "--repeat") == 0) {
        spec.preset = "1, or more where that is quick";
    }
    option_entry(out, &spec, NULL);
}

static void list_options(const struct card *card, FILE *out)
{
    for (const struct option_spec *spec = common_options; spec->name; spec++) {
        if (spec->heading)
            fprintf(out, "%s:\n", spec->heading);
        common_entry(out, card, spec);
        if (spec[1].heading || !spec[1].name)
            fputc('\n', out);
    }
    paragraph(out,
              "A time T is a number such as 5 or 0.5, then us, ms, s or m, or nothing "
              "for seconds; at most 24 hours.");
}

static void list_own_options(const struct card *card, FILE *out)
{
    size_t count = own_count(card);
    if (count == 0)
        return;
    fprintf(out, "Only in %s:\n", card->demo->name);
    for (size_t i = 0; i < count; i++) {
        struct option_spec spec = own_spec(&card->options[i]);
        option_entry(out, &spec, goes_with(card, spec.name));
    }
    fputc('\n', out);
}

const char *command_summary(const struct command *command)
{
    return command->card ? command->card->summary : command->tool->summary;
}

/** The first `most` demos, a line each. */
static void list_demos(FILE *out, const struct command *table, size_t most)
{
    fputs("Demos:\n", out);
    for (const struct command *command = table; command->name; command++)
        if (command->card && most > 0 && most--)
            entry(out, command->name, command_summary(command));
}

static void list_tools(FILE *out)
{
    fputs("Tools:\n", out);
    for (const struct command *command = commands; command->name; command++)
        if (!command->card)
            entry(out, command->name, command_summary(command));
    entry(out, "help", "all commands and options, or those of the command named");
}

/** The first examples of each demo, then the second ones, … as many as asked for. */
static void list_examples(FILE *out, const struct command *table, size_t count)
{
    size_t printed = 0;
    fputs("Try:\n", out);
    for (size_t round = 0; round < count && printed < count; round++) {
        for (const struct command *command = table; command->name; command++) {
            const char *const *examples =
                command->card ? command->card->examples : NULL;
            size_t i = 0;
            while (examples && examples[i] && i < round)
                i++;
            if (examples && examples[i] && printed++ < count)
                fprintf(out, "  conc %s\n", examples[i]);
        }
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
    char text[DEMO_LINES * COLUMNS];
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
        flow(out, others.text, 2, 5);
        fputc('\n', out);
    }
}

void help_short(FILE *out, const struct command *table)
{
    paragraph(out, purpose);
    list_examples(out, table, 2);
    list_demos_shortly(out, table);
    fputs("\nTools:\n  ", out);
    flow(out, names_of(table, false, 0).text, 2, 2);
    fputs(", help\n"
          "\n"
          "Read on:\n"
          "  conc COMMAND --help, conc --help, man conc\n",
          out);
}

void help_all(FILE *out)
{
    paragraph(out, purpose);
    fputs("Usage:\n"
          "  conc COMMAND [OPTION | T]...\n"
          "  conc --help | --version\n"
          "\n",
          out);
    list_demos(out, commands, SIZE_MAX);
    fputc('\n', out);
    list_tools(out);
    fputs("\nThe options of every demo:\n\n", out);
    list_options(NULL, out);
    fputs("Exit status:\n", out);
    entry(out, "0", "done; a bug that was shown is done too");
    entry(out, "1", "the system refused something, or output was lost");
    entry(out, "2", "the command line is wrong");
    entry(out, "128 + n", "ended by signal n");
    fputs("\nRead on:\n"
          "  conc COMMAND --help, man conc\n",
          out);
}

static void list_variants(const struct card *card, FILE *out)
{
    for (const struct variant *variant = card->demo->variants; variant->name;
         variant++) {
        struct note note = {.length = 0};
        size_t column = 2 + strlen(variant->name);
        fprintf(out, "  %s", variant->name);
        to_right(out, SHORT_INDENT, column);
        column = flow(out, variant->about, SHORT_INDENT, SHORT_INDENT);
        if (variant->extra)
            note_part(&note, "only when named");
        note_company(&note, goes_with(card, variant->name));
        put_note(out, &note, SHORT_INDENT, column);
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
        flow(out, points[i], 4, 4);
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

void help_tool(const struct tool *tool, FILE *out)
{
    fprintf(out, "conc %s:", tool->name);
    flow(out, tool->summary, 0, 6 + strlen(tool->name));
    list_usage(out, tool->name, tool->usage);
    for (const char *const *text = tool->about; *text; text++)
        paragraph(out, *text);
    fputs("Options:\n", out);
    const struct option_spec *spec;
    for (size_t i = 0; (spec = tool_option(tool, i)) != NULL; i++)
        option_entry(out, spec, NULL);
    option_entry(out, &help_spec, NULL);
    fputc('\n', out);
    if (tool->examples)
        list_examples_of(out, tool->examples);
    fprintf(out, "Read on:\n  man conc-%s, conc --help\n", tool->name);
}

void help_demo(const struct card *card, FILE *out)
{
    const char *name = card->demo->name;
    fprintf(out, "conc %s:", name);
    flow(out, card->question, 0, 6 + strlen(name));
    fprintf(out, "\n\nUsage:\n  conc %s [OPTION | T]...\n\n", name);
    list_points(out, "What to look for", card->look_for);
    list_points(out, "What it refutes", card->refutes);
    fputs("Variants:\n", out);
    list_variants(card, out);
    list_own_options(card, out);
    list_options(card, out);
    list_examples_of(out, card->examples);
    fprintf(out, "Read on:\n  man conc-%s, conc --help\n", name);
}
