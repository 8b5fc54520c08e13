// SPDX-License-Identifier: MIT
/** `conc replay FILE`: a saved run once more, live, step by step, or written anew. */

#include "classroom/replay/inner.h"

#include "classroom/class/view.h"
#include "cli/diag.h"
#include "cli/reading.h"
#include "cli/tool.h"
#include "outputs.h"
#include "signals.h"
#include "view/style.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_spec own[] = {
    {.name = "--speed",
     .value = "X",
     .about = "that many times as fast, 0.01 to 1000",
     .preset = "1",
     .kind = VALUE_TEXT},
    {.name = "--step",
     .about = "event by event, each with what it means: space for the next, b for the "
              "one before, q to end"},
    {.name = NULL},
};

static const char *const shares[] = {
    "--from",  "--to",    "--live",  "--no-live", "--plain",  "--explain", "--ascii",
    "--color", "--width", "--quiet", "--output",  "--format", "--json",    NULL};

struct request {
    const char *path;
    double speed;
    bool speed_given, step;
    struct options shown; /**< how to show and write it */
};

static int bad_speed(const char *value)
{
    return tool_bad(&replay_tool, "--speed: %s is not a number from 0.01 to 1000",
                    shown(value, strlen(value)).text);
}

static int take_own(struct request *request, const struct tool_reading *part)
{
    uint64_t speed;
    if (tool_option_is(part, "--step")) {
        request->step = true;
        return 0;
    }
    if (decimal_parse(part->value, strlen(part->value), SPEED_ONE, 1000 * SPEED_ONE,
                      &speed) != 0 ||
        speed < SPEED_ONE / 100)
        return bad_speed(part->value);
    request->speed = (double)speed / (double)SPEED_ONE;
    request->speed_given = true;
    return 0;
}

/** @return an exit status to leave with, or -1 to read on. */
static int take_part(struct request *request, struct reading *reading,
                     const struct tool_reading *part)
{
    if (part->option->take == NULL)
        return take_own(request, part) == 0 ? -1 : 2;
    enum cli_action action = part->option->take(reading, part->option, part->value);
    return action == CLI_RUN ? -1 : action == CLI_BAD ? 2 : EXIT_FAILURE;
}

static int take_path(struct request *request, const char *path)
{
    if (request->path != NULL)
        return tool_bad(&replay_tool, "one file at a time: %s and %s",
                        shown(request->path, strlen(request->path)).text,
                        shown(path, strlen(path)).text);
    request->path = path;
    return -1;
}

static int check(const struct request *request)
{
    const struct options *shown = &request->shown;
    if (request->path == NULL)
        return tool_bad(&replay_tool,
                        "name the file of a run, as -o run.json wrote it");
    if (request->step && request->speed_given)
        return tool_bad(&replay_tool, "--step and --speed exclude each other");
    if (request->step && (shown->plain || shown->quiet || shown->live == WHEN_NEVER))
        return tool_bad(&replay_tool, "--step excludes --plain, --quiet and --no-live");
    return -1;
}

/** @return an exit status to leave with, or -1: all is well. */
static int read_request(struct request *request, int argc, char **argv)
{
    struct tool_reading part = tool_read(&replay_tool, argc, argv);
    struct reading reading = {.options = &request->shown,
                              .command = replay_tool.name,
                              .argc = argc,
                              .argv = argv};
    enum tool_part kind;
    int status = -1;
    while (status < 0 && (kind = tool_next(&part)) != TOOL_END) {
        if (kind == TOOL_HELP || kind == TOOL_BAD)
            return kind == TOOL_HELP ? 0 : 2;
        status = kind == TOOL_OPERAND ? take_path(request, part.value)
                                      : take_part(request, &reading, &part);
    }
    if (status < 0)
        status = check(request);
    if (status >= 0)
        return status;
    enum cli_action action = resolve_showing(&reading);
    return action == CLI_RUN ? -1 : action == CLI_BAD ? 2 : EXIT_FAILURE;
}

/** The run's own options, shown as this command line asks for. */
static void merge(struct options *run, const struct options *shown)
{
    if (shown->from_ns >= 0 || shown->to_ns >= 0) {
        run->from_ns = shown->from_ns;
        run->to_ns = shown->to_ns;
    }
    run->live = shown->live;
    run->color = shown->color;
    run->plain = shown->plain;
    run->ascii = shown->ascii;
    run->quiet = shown->quiet;
    run->explain = shown->explain;
    run->width = shown->width;
    run->outputs = shown->outputs;
    run->output_count = shown->output_count;
}

static bool writes_to_stdout(const struct options *options)
{
    for (size_t i = 0; i < options->output_count; i++)
        if (strcmp(options->outputs[i].path, "-") == 0)
            return true;
    return false;
}

static bool is_drawn(const struct options *shown)
{
    if (shown->live == WHEN_NEVER || shown->plain || shown->quiet ||
        writes_to_stdout(shown))
        return false;
    return style_can_move(STDOUT_FILENO);
}

/** What a class said of it, after its text, as when it was run. */
static int show_class(const struct report *report)
{
    const struct options *options = report->options;
    if (options->votes == NULL || !report->complete || writes_to_stdout(options))
        return EXIT_SUCCESS;
    struct style style = style_for(options, STDOUT_FILENO);
    struct pen pen = pen_on(stdout, &style);
    struct class_view view = {
        .report = report, .plain = options->plain, .is_over = true};
    class_put_question(&pen, &view);
    if (class_put_votes(&pen, &view) == 0)
        return EXIT_SUCCESS;
    diag_for(replay_tool.name, "out of memory");
    return EXIT_FAILURE;
}

static int replay(const struct request *request, const struct report *report,
                  struct outputs *outputs)
{
    bool drawn = is_drawn(&request->shown);
    int status = 0;
    if (request->step && drawn)
        status = replay_step(report);
    else if (drawn)
        status = replay_live(report, request->speed);
    else if (request->step &&
             replay_list(report, !style_for(report->options, STDOUT_FILENO).unicode,
                         stdout) != 0)
        status = EXIT_FAILURE;
    if (status != 0)
        return status;
    status = outputs_write(outputs, report);
    return status == 0 ? show_class(report) : status;
}

static int replay_file(const struct request *request)
{
    struct saved *saved;
    struct saved_error error;
    if (saved_read(&saved, request->path, &error) != 0) {
        diag_for(replay_tool.name, "\"%s\": %s", request->path, error.text);
        return EXIT_FAILURE;
    }
    merge(&saved->options, &request->shown);
    struct outputs outputs = {.command = replay_tool.name,
                              .options = &saved->options,
                              .had_stdout = true,
                              .leaves_stdout = true};
    int status = outputs_open(&outputs);
    if (status == EXIT_SUCCESS)
        status = replay(request, &saved->report, &outputs);
    outputs_close(&outputs);
    saved_destroy(saved);
    return status;
}

static int replay_main(int argc, char **argv)
{
    struct request request = {.speed = 1, .shown = {.from_ns = -1, .to_ns = -1}};
    int status = read_request(&request, argc, argv);
    if (status < 0)
        status = replay_file(&request);
    options_destroy(&request.shown);
    return status;
}

static const char *const usage[] = {"FILE [OPTION]...", NULL};

static const char *const about[] = {
    "Shows a run that -o FILE.json has saved: on a terminal live, as it went when it "
    "was "
    "run, and then as it ended; with --step one event at a time, with a sentence on "
    "each.  With -o it is written in other formats, without being run again.",
    NULL};

static const char *const examples[] = {
    "replay run.json --speed 0.25", "replay run.json --step",
    "replay run.json -o run.svg -o run.html --quiet", NULL};

const struct tool replay_tool = {
    .name = "replay",
    .summary = "show a saved run again, live or step by step",
    .usage = usage,
    .about = about,
    .options = own,
    .shares = shares,
    .operands = OPERANDS_FILES,
    .examples = examples,
    .main = replay_main,
};
