// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"
#include "cli/diag.h"
#include "cli/tool.h"
#include "outputs.h"
#include "view/style.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

extern const struct tool compare_tool;

static const struct format {
    const char *name, *extension;
    compare_writer *write;
} formats[] = {
    {"text", ".txt", compare_write_text},
    {"plain", NULL, compare_write_plain},
    {"json", ".json", compare_write_json},
    {"csv", ".csv", compare_write_csv},
    {"svg", ".svg", compare_write_svg},
    {"html", ".html", compare_write_html},
    {NULL, NULL, NULL},
};

/** What the command line asks for. */
struct request {
    struct options shown;          /**< how text looks, and the files of -o */
    const struct format **formats; /**< one for each of those */
    const struct format *standard; /**< of standard output; NULL: none was named */
    const char *standard_option;   /**< which named it */
    char **paths;
    size_t path_count;
};

static void request_destroy(struct request *request)
{
    for (size_t i = 0; i < request->shown.output_count; i++)
        free(request->shown.outputs[i].path);
    free(request->shown.outputs);
    free(request->formats);
    free(request->paths);
}

static const struct format *format_named(const char *name)
{
    const struct format *format = formats;
    while (strcmp(format->name, name) != 0)
        format++;
    return format;
}

static const struct format *format_for(const char *path)
{
    size_t length = strlen(path);
    for (const struct format *format = formats; format->name != NULL; format++) {
        size_t end = format->extension != NULL ? strlen(format->extension) : 0;
        if (end > 0 && length > end &&
            strcmp(path + length - end, format->extension) == 0)
            return format;
    }
    return NULL;
}

/** @return an exit status, 0 to go on. */
static int take_output(struct request *request, const char *path)
{
    size_t count = request->shown.output_count;
    const struct format *format = format_for(path);
    if (format == NULL)
        return tool_bad(&compare_tool,
                        "-o: \"%.64s\" names no format by its end (.txt, .json, .csv, "
                        ".svg, .html)",
                        path);
    for (size_t i = 0; i < count; i++)
        if (strcmp(request->shown.outputs[i].path, path) == 0)
            return tool_bad(&compare_tool, "-o: \"%.64s\" is given twice", path);
    struct output *outputs =
        reallocarray(request->shown.outputs, count + 1, sizeof *outputs);
    if (outputs != NULL)
        request->shown.outputs = outputs;
    const struct format **room =
        reallocarray(request->formats, count + 1, sizeof *room);
    if (room != NULL)
        request->formats = room;
    char *copy = outputs != NULL && room != NULL ? strdup(path) : NULL;
    if (copy == NULL) {
        diag_for("compare", "out of memory");
        return 1;
    }
    outputs[count] = (struct output){.path = copy};
    room[count] = format;
    request->shown.output_count++;
    return 0;
}

static int take_standard(struct request *request, const char *option)
{
    if (request->standard != NULL && strcmp(request->standard_option, option) != 0)
        return tool_bad(&compare_tool, "%s and %s exclude each other",
                        request->standard_option, option);
    request->standard = format_named(option + 2);
    request->standard_option = option;
    return 0;
}

static int take_option(struct request *request, const struct tool_reading *reading)
{
    static const enum when whens[] = {WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER};
    if (tool_option_is(reading, "--output"))
        return take_output(request, reading->value);
    if (tool_option_is(reading, "--color"))
        request->shown.color = whens[reading->word];
    else if (tool_option_is(reading, "--width"))
        request->shown.width = (unsigned)reading->number;
    else if (tool_option_is(reading, "--ascii"))
        request->shown.ascii = true;
    else
        return take_standard(request, reading->option->name);
    return 0;
}

/** @return an exit status, 0 to go on; -1: the help was printed. */
static int read_command_line(struct request *request, int argc, char **argv)
{
    struct tool_reading reading = tool_read(&compare_tool, argc, argv);
    request->paths = calloc((size_t)argc + 1, sizeof *request->paths);
    if (request->paths == NULL) {
        diag_for("compare", "out of memory");
        return 1;
    }
    for (;;) {
        int status = 0;
        switch (tool_next(&reading)) {
        case TOOL_END:
            return request->path_count > 0
                       ? 0
                       : tool_bad(&compare_tool,
                                  "name files or folders of saved runs (conc threads "
                                  "-o run.json)");
        case TOOL_HELP:
            return -1;
        case TOOL_BAD:
            return 2;
        case TOOL_OPERAND:
            request->paths[request->path_count++] = argv[reading.at - 1];
            break;
        case TOOL_OPTION:
            status = take_option(request, &reading);
        }
        if (status != 0)
            return status;
    }
}

static int out_of_memory(void)
{
    diag_for("compare", "out of memory");
    return 1;
}

/** @return 1 where some could not be read. */
static int report_skipped(const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->skipped_count; i++)
        diag_for("compare", "skipped \"%s\": %s", comparison->skipped[i].path,
                 comparison->skipped[i].error.text);
    return comparison->skipped_count > 0;
}

static int write_one(const struct request *request, const struct comparison *comparison,
                     const struct format *format, FILE *file)
{
    struct style style = style_for(&request->shown, fileno(file));
    errno = 0;
    return format->write(comparison, &style, file) == 0 ? 0 : out_of_memory();
}

static int write_all(const struct request *request, const struct comparison *comparison,
                     struct outputs *outputs)
{
    int status = 0;
    for (size_t i = 0; i < request->shown.output_count; i++) {
        int written =
            write_one(request, comparison, request->formats[i], outputs->files[i]);
        int closed = outputs_finish_file(outputs, i);
        status = written > status ? written : status;
        status = closed > status ? closed : status;
    }
    const struct format *standard =
        request->standard != NULL ? request->standard : format_named("text");
    int written = write_one(request, comparison, standard, stdout);
    return written > status ? written : status;
}

static int compare_paths(const struct request *request, struct comparison *comparison)
{
    int result = 0;
    for (size_t i = 0; i < request->path_count && result == 0; i++)
        result = compare_add_path(comparison, request->paths[i]);
    comparison->ascii = !style_for(&request->shown, STDOUT_FILENO).unicode;
    if (result == 0)
        result = compare_sum(comparison);
    return result == 0 ? 0 : out_of_memory();
}

/** What is written must not take the place of what was read. */
static int check_outputs(const struct request *request,
                         const struct comparison *comparison)
{
    for (size_t i = 0; i < request->shown.output_count; i++) {
        const char *path = request->shown.outputs[i].path;
        struct stat output, input;
        if (stat(path, &output) != 0 || !S_ISREG(output.st_mode))
            continue;
        for (size_t j = 0; j < comparison->file_count; j++)
            if (stat(comparison->files[j].path, &input) == 0 &&
                input.st_dev == output.st_dev && input.st_ino == output.st_ino)
                return tool_bad(&compare_tool,
                                "-o: \"%.64s\" is one of the runs to compare", path);
    }
    return 0;
}

static int run(const struct request *request)
{
    struct comparison comparison = {.files = NULL};
    struct outputs outputs = {.command = "compare", .options = &request->shown};
    int status = compare_paths(request, &comparison);
    if (status == 0)
        status = check_outputs(request, &comparison);
    if (status == 0)
        status = outputs_open(&outputs);
    if (status == 0) {
        status = report_skipped(&comparison);
        int written =
            comparison.file_count > 0 ? write_all(request, &comparison, &outputs) : 0;
        status = written > status ? written : status;
    }
    outputs_close(&outputs);
    compare_destroy(&comparison);
    return status;
}

static int compare_main(int argc, char **argv)
{
    struct request request = {.standard = NULL};
    int status = read_command_line(&request, argc, argv);
    if (status == 0)
        status = run(&request);
    request_destroy(&request);
    /* Where all went well, standard output is looked after by main(). */
    if (status == 1 && outputs_finish_stdout("compare", true) == EXIT_READER_GONE)
        return EXIT_READER_GONE;
    return status < 0 ? 0 : status;
}

static const char *const usage[] = {"FILE|FOLDER...", NULL};

static const char *const about[] = {
    "Puts saved runs (conc DEMO -o run.json) beside one another, by demo and by "
    "variant: "
    "each run as a dot on one time axis, then the figures, and what is not alike.",
    "A folder stands for all *.json in it, not for folders in it. A file that is no "
    "run "
    "of conc, or is damaged, is named and skipped.",
    NULL};

static const struct option_spec options[] = {
    {.name = "--output",
     .letter = "-o",
     .value = "FILE",
     .about = "write it to FILE too, as .txt, .json, .csv, .svg or .html",
     .kind = VALUE_FILE},
    {.name = "--json", .about = "as JSON on standard output"},
    {.name = "--csv", .about = "as CSV, a row for each file and variant"},
    {.name = "--plain", .about = "in sentences, for screen readers and logs"},
    {0},
};

static const char *const shares[] = {"--ascii", "--color", "--width", NULL};

static const char *const examples[] = {"compare before.json after.json",
                                       "compare class/ -o class.html", NULL};

const struct tool compare_tool = {
    .name = "compare",
    .summary = "put saved runs beside one another, by demo and by variant",
    .usage = usage,
    .about = about,
    .options = options,
    .shares = shares,
    .operands = OPERANDS_FILES,
    .examples = examples,
    .main = compare_main,
};
