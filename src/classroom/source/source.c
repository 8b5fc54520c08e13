// SPDX-License-Identifier: MIT
#include "classroom/source/source.h"
#include "classroom/saved/saved.h"
#include "cli/diag.h"
#include "cli/reading.h"
#include "commands.h"
#include "view/style.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** What stands on the command line, as it was given. */
struct command_line {
    struct source_request *request;
    struct options options; /* colours and width */
    const char *demo;
};

static int name_a_demo(void)
{
    char line[256] = "";
    for (const struct command *command = commands; command->name != NULL; command++) {
        size_t length = strlen(line);
        if (command->card != NULL)
            snprintf(line + length, sizeof line - length, "%s%s",
                     length > 0 ? ", " : "", command->name);
    }
    return tool_bad(&source_tool, "name a demo: %s", line);
}

/** @return an exit status: 0, and the request has the card. */
static int find_card(struct source_request *request, const char *name)
{
    const struct command *command = command_named(name);
    const char *names[32];
    size_t count = 0;
    if (command != NULL && command->card != NULL) {
        request->card = command->card;
        return EXIT_SUCCESS;
    }
    for (command = commands; command->name != NULL && count < 31; command++)
        if (command->card != NULL)
            names[count++] = command->name;
    names[count] = NULL;
    const char *near = suggest(name, names);
    if (near != NULL)
        return tool_bad(&source_tool,
                        "there is no demo \"%.64s\"; did you mean \"%s\"?", name, near);
    return tool_bad(&source_tool,
                    "there is no demo \"%.64s\"; \"conc --help\" lists them", name);
}

/** "--diff A B", or "--diff A,B". */
static bool take_two(struct command_line *line, struct tool_reading *reading)
{
    struct source_request *request = line->request;
    const char *comma = strchr(reading->value, ',');
    request->diff_a = reading->value;
    request->diff_b = comma != NULL ? comma + 1 : NULL;
    if (comma == NULL && reading->at < reading->argc &&
        !is_option(reading->argv[reading->at]))
        request->diff_b = reading->argv[reading->at++];
    if (request->diff_b == NULL)
        tool_bad(&source_tool, "--diff needs two variants: --diff A B");
    return request->diff_b != NULL;
}

static bool take_option(struct command_line *line, struct tool_reading *reading)
{
    static const enum when whens[] = {WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER};
    struct source_request *request = line->request;
    if (tool_option_is(reading, "--run"))
        request->run = reading->value;
    else if (tool_option_is(reading, "--variant"))
        request->variant = reading->value;
    else if (tool_option_is(reading, "--diff"))
        return take_two(line, reading);
    else if (tool_option_is(reading, "--python"))
        request->is_python = true;
    else if (tool_option_is(reading, "--plain"))
        request->look.is_plain = true;
    else if (tool_option_is(reading, "--ascii"))
        line->options.ascii = true;
    else if (tool_option_is(reading, "--color"))
        line->options.color = whens[reading->word];
    else if (tool_option_is(reading, "--width"))
        line->options.width = (unsigned)reading->number;
    return true;
}

/** What cannot stand together.  @return an exit status. */
static int check_company(const struct source_request *request)
{
    if (request->diff_a != NULL && request->variant != NULL)
        return tool_bad(&source_tool,
                        "--diff names its variants: it excludes --variant");
    if (request->diff_a != NULL && request->run != NULL)
        return tool_bad(&source_tool, "--diff and --run exclude each other");
    if (request->is_python &&
        (request->diff_a != NULL || request->variant != NULL || request->run != NULL))
        return tool_bad(&source_tool, "--python shows all of it: it excludes %s",
                        request->diff_a != NULL    ? "--diff"
                        : request->variant != NULL ? "--variant"
                                                   : "--run");
    return EXIT_SUCCESS;
}

/** @return an exit status; -1: go on. */
static int read_command_line(struct command_line *line, int argc, char **argv)
{
    struct tool_reading reading = tool_read(&source_tool, argc, argv);
    for (;;) {
        switch (tool_next(&reading)) {
        case TOOL_END:
            return -1;
        case TOOL_HELP:
            return EXIT_SUCCESS;
        case TOOL_BAD:
            return 2;
        case TOOL_OPERAND:
            if (line->demo != NULL)
                return tool_bad(&source_tool, "one demo at a time, not \"%.64s\" too",
                                reading.value);
            line->demo = reading.value;
            break;
        case TOOL_OPTION:
            if (!take_option(line, &reading))
                return 2;
            break;
        }
    }
}

/** The name as the demo's table has it.  @return whether there is such a variant. */
static bool find_name(const struct card *card, const char *option, const char **name,
                      size_t length)
{
    const struct reading reading = {.command = source_tool.name, .card = card};
    const struct item item = {*name, length};
    size_t index;
    if (!variant_index(card->demo, &item, &index)) {
        bad_variant(&reading, option, &item);
        return false;
    }
    *name = card->demo->variants[index].name;
    return true;
}

/** @return an exit status. */
static int find_names_asked(struct source_request *request)
{
    const struct card *card = request->card;
    if (request->variant != NULL &&
        !find_name(card, "--variant", &request->variant, strlen(request->variant)))
        return 2;
    if (request->diff_a == NULL)
        return EXIT_SUCCESS;
    if (!find_name(card, "--diff", &request->diff_a, strcspn(request->diff_a, ",")) ||
        !find_name(card, "--diff", &request->diff_b, strlen(request->diff_b)))
        return 2;
    if (request->diff_a == request->diff_b)
        return tool_bad(&source_tool, "--diff wants two variants, not %s twice",
                        request->diff_a);
    return EXIT_SUCCESS;
}

/** The saved run is of this demo, and by this conc.  @return an exit status. */
static int check_run(struct source_request *request, const json_t *root)
{
    const char *demo = json_string_value(json_object_get(root, "demo"));
    const char *version = json_string_value(json_object_get(root, "conc"));
    const struct command *command = demo != NULL ? command_named(demo) : NULL;
    if (command == NULL || command->card == NULL) {
        diag_for("source", "%s is of a demo that this conc does not have: \"%.64s\"",
                 request->run, demo != NULL ? demo : "");
        return EXIT_FAILURE;
    }
    if (request->card != NULL && request->card != command->card) {
        diag_for("source", "%s is a run of %s, not of %s", request->run, command->name,
                 request->card->demo->name);
        return EXIT_FAILURE;
    }
    request->card = command->card;
    if (version == NULL || strcmp(version, CONC_VERSION) != 0)
        diag_for("source",
                 "%s was made by conc %.32s, and this is conc %s: lines may have moved",
                 request->run, version != NULL ? version : "?", CONC_VERSION);
    return EXIT_SUCCESS;
}

/** What is missing in the times is said.  @return an exit status. */
static int check_times(const struct source_request *request, const struct times *times)
{
    if (request->variant != NULL && times_variants(times) == 0) {
        diag_for("source", "%s has no run of %s", request->run, request->variant);
        return EXIT_FAILURE;
    }
    if (times_strays(times) > 0)
        diag_for("source", "%s names lines that are not in here: another conc made it",
                 request->run);
    else if (times_lines(times) == 0)
        diag_for("source", "%s names no line of %s", request->run,
                 request->card->demo->name);
    return EXIT_SUCCESS;
}

/** The sources are open. */
static int show(const struct source_request *request, const struct sources *sources,
                const json_t *root)
{
    struct times *times = NULL;
    if (request->is_python)
        return source_show_python(request, sources);
    if (request->diff_a != NULL)
        return source_show_diff(request, sources);
    if (root != NULL) {
        times = times_read(root, request->card->demo, request->variant, sources);
        if (times == NULL) {
            diag_for("source", "out of memory");
            return EXIT_FAILURE;
        }
    }
    int status = times != NULL ? check_times(request, times) : EXIT_SUCCESS;
    if (status == EXIT_SUCCESS)
        status = request->variant != NULL ? source_show_variant(request, sources, times)
                                          : source_show_all(request, sources, times);
    times_destroy(times);
    return status;
}

static int open_and_show(struct source_request *request, const json_t *root)
{
    struct sources sources;
    int status = root != NULL ? check_run(request, root) : EXIT_SUCCESS;
    if (status == EXIT_SUCCESS)
        status = find_names_asked(request);
    if (status != EXIT_SUCCESS)
        return status;
    bool is_open = sources_open(&sources, request->card->demo->name, false);
    if (is_open) {
        status = show(request, &sources, root);
    } else {
        diag_for("source", "out of memory");
        status = EXIT_FAILURE;
    }
    sources_close(&sources);
    return status;
}

/** Narrower than this, there is no room beside line numbers. */
#define WIDTH_MIN 20

static struct look look_for(const struct command_line *line)
{
    struct look look = {.style = style_for(&line->options, STDOUT_FILENO),
                        .is_plain = line->request->look.is_plain};
    if (look.style.width < WIDTH_MIN)
        look.style.width = WIDTH_MIN;
    if (look.is_plain)
        look.style.palette = PALETTE_NONE;
    look.is_endless = line->options.width == 0 && !isatty(STDOUT_FILENO);
    return look;
}

static int source_main(int argc, char **argv)
{
    struct source_request request = {.card = NULL};
    struct command_line line = {.request = &request};
    struct saved_error error;
    json_t *root = NULL;
    int status = read_command_line(&line, argc, argv);
    if (status >= 0)
        return status;
    status = check_company(&request);
    if (status == EXIT_SUCCESS && line.demo == NULL && request.run == NULL)
        status = name_a_demo();
    if (status == EXIT_SUCCESS && line.demo != NULL)
        status = find_card(&request, line.demo);
    if (status == EXIT_SUCCESS && request.card != NULL)
        status = find_names_asked(&request);
    if (status != EXIT_SUCCESS)
        return status;
    request.look = look_for(&line);
    if (request.run != NULL && (root = saved_parse(request.run, &error)) == NULL) {
        diag_for("source", "%s: %s", request.run, error.text);
        return EXIT_FAILURE;
    }
    status = open_and_show(&request, root);
    json_decref(root);
    return status;
}

static const char *const usage[] = {"DEMO [--run FILE] [--variant V]",
                                    "DEMO --diff A B", "DEMO --python", NULL};

static const char *const about[] = {
    "Shows the C that runs as this demo: it is built into conc, and so is always that "
    "of "
    "this very conc. Lines are numbered as in the file, and in messages.",
    "With --run, a saved run tells when its lanes were at which line. --variant shows "
    "one "
    "variant's function, with those that it hands to threads and callbacks.",
    NULL};

static const struct option_spec options[] = {
    {.name = "--run",
     .value = "FILE",
     .about = "put the times of a saved run (-o FILE.json) beside its lines; - is "
              "standard input",
     .kind = VALUE_FILE},
    {.name = "--variant",
     .value = "V",
     .about = "only the function of that variant",
     .kind = VALUE_TEXT},
    {.name = "--diff",
     .value = "A B",
     .about =
         "the functions of two variants side by side, or, below 100 columns, one in "
         "the other",
     .kind = VALUE_TEXT},
    {.name = "--python",
     .about = "the same in a few lines of Python, and what each call of C is there"},
    {.name = "--plain", .about = "no colours and no columns, for screen readers"},
    {.name = "--width",
     .value = "N",
     .about = "fold lines after so many columns",
     .preset = "the terminal's; elsewhere lines are not folded",
     .kind = VALUE_NUMBER,
     .min = WIDTH_MIN,
     .max = 300},
    {.name = NULL},
};

static const char *const shares[] = {"--ascii", "--color", NULL};

static const char *const examples[] = {"source threads", "source race --variant mutex",
                                       "source race --diff unsafe mutex",
                                       "source pool --python", NULL};

const struct tool source_tool = {
    .name = "source",
    .summary = "show a demo's C, with the times of a run, or in Python",
    .usage = usage,
    .about = about,
    .options = options,
    .shares = shares,
    .operands = OPERANDS_DEMO,
    .examples = examples,
    .main = source_main,
};
