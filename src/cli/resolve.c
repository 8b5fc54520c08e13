// SPDX-License-Identifier: MIT
#include "cli/reading.h"
#include "text/quantity.h"

#include <string.h>

static struct words format_names(void)
{
    struct words words = {.length = 0};
    for (const struct view *view = views; view->name; view++)
        add_word(&words, view->name, strlen(view->name));
    return words;
}

static struct words extensions(void)
{
    struct words words = {.length = 0};
    for (const struct view *view = views; view->name; view++)
        if (view->extension)
            add_word(&words, view->extension, strlen(view->extension));
    return words;
}

enum cli_action bad_format(const struct reading *reading, const char *option,
                           const char *value)
{
    return bad(reading, "%s: %s is not one of %s", option,
               shown(value, strlen(value)).text, format_names().text);
}

static enum cli_action check_window(const struct reading *reading)
{
    const struct options *options = reading->options;
    if (options->to_ns < 0)
        return CLI_RUN;
    if (options->from_ns < options->to_ns && options->to_ns > 0)
        return CLI_RUN;
    if (options->from_ns <= 0)
        return bad(reading, "--to must be later than 0, where the picture begins");
    return bad(reading, "--to %s is not later than --from %s",
               ttl_text(options->to_ns, true).text,
               ttl_text(options->from_ns, true).text);
}

bool add_output(struct options *options, const char *path)
{
    size_t count = options->output_count + 1;
    struct output *outputs = realloc(options->outputs, count * sizeof *outputs);
    if (!outputs)
        return false;
    options->outputs = outputs;
    char *own = strdup(path);
    if (!own)
        return false;
    outputs[count - 1] = (struct output){.path = own};
    options->output_count = count;
    return true;
}

static bool is_standard_output(const struct output *output)
{
    return strcmp(output->path, "-") == 0;
}

static bool goes_to_standard_output(const struct options *options)
{
    for (size_t i = 0; i < options->output_count; i++)
        if (is_standard_output(&options->outputs[i]))
            return true;
    return false;
}

/** `--json`, and `--format` by itself, mean standard output. */
static enum cli_action imply_output(struct reading *reading)
{
    struct options *options = reading->options;
    if (reading->json) {
        const struct view *json = view_named("json");
        if (reading->format && reading->format != json)
            return bad(reading, "--json and --format %s exclude each other",
                       reading->format->name);
        reading->format = json;
    }
    bool implied = reading->json ? !goes_to_standard_output(options)
                                 : reading->format && options->output_count == 0;
    return !implied || add_output(options, "-") ? CLI_RUN : out_of_memory(reading);
}

static enum cli_action find_view(const struct reading *reading, struct output *output,
                                 bool *format_used)
{
    struct shown path = shown(output->path, strlen(output->path));
    bool standard = is_standard_output(output);
    output->view = standard ? NULL : view_for_path(output->path);
    if (!output->view || output->view == reading->format) {
        output->view = reading->format;
        *format_used = true;
    }
    if (output->view)
        return CLI_RUN;
    if (standard)
        return bad(reading, "-o: \"-\" needs --format, one of %s", format_names().text);
    return bad(reading, "-o: %s names no format by its end (%s); give --format",
               path.text, extensions().text);
}

static enum cli_action check_paths_differ(const struct reading *reading)
{
    const struct output *outputs = reading->options->outputs;
    for (size_t i = 1; i < reading->options->output_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(outputs[i].path, outputs[j].path) == 0)
                return bad(reading, "-o: %s is given twice",
                           shown(outputs[i].path, strlen(outputs[i].path)).text);
    return CLI_RUN;
}

static enum cli_action resolve_outputs(struct reading *reading)
{
    struct options *options = reading->options;
    bool format_used = false;
    enum cli_action action = imply_output(reading);
    for (size_t i = 0; i < options->output_count && action == CLI_RUN; i++)
        action = find_view(reading, &options->outputs[i], &format_used);
    if (action == CLI_RUN && reading->format && !format_used)
        return bad(
            reading, "--format %s: the extension of %s names its format already",
            reading->format->name,
            shown(options->outputs[0].path, strlen(options->outputs[0].path)).text);
    return action == CLI_RUN ? check_paths_differ(reading) : action;
}

/** Options that would leave one another nothing to do. */
static enum cli_action check_contradictions(const struct reading *reading)
{
    const struct options *options = reading->options;
    const struct {
        const char *name;
        bool given;
    } ways[] = {
        {"--live", options->live == WHEN_ALWAYS},
        {"--plain", options->plain},
        {"--quiet", options->quiet},
    };
    const char *first = NULL;
    for (size_t i = 0; i < 3; i++) {
        if (!ways[i].given)
            continue;
        if (first)
            return bad(reading, "%s and %s exclude each other", first, ways[i].name);
        first = ways[i].name;
    }
    if (first && !options->quiet && goes_to_standard_output(options))
        return bad(reading, "%s: standard output is taken by %s", first,
                   reading->json ? "--json" : "--format");
    return CLI_RUN;
}

/** Whether anything is written that --explain adds to. */
static bool has_explained(const struct options *options)
{
    if (!goes_to_standard_output(options))
        return true;
    for (size_t i = 0; i < options->output_count; i++) {
        const char *name = options->outputs[i].view->name;
        if (strcmp(name, "text") == 0 || strcmp(name, "plain") == 0)
            return true;
    }
    return false;
}

static enum cli_action check_explain(const struct reading *reading)
{
    const struct options *options = reading->options;
    if (!options->explain)
        return CLI_RUN;
    if (options->quiet)
        return bad(reading, "--quiet and --explain exclude each other");
    if (!has_explained(options))
        return bad(reading, "--explain: standard output is taken by %s",
                   reading->json ? "--json" : "--format");
    return CLI_RUN;
}

enum cli_action resolve(struct reading *reading)
{
    reading->options->speed = (double)reading->speed_millionths / (double)SPEED_ONE;
    return resolve_showing(reading);
}

enum cli_action resolve_showing(struct reading *reading)
{
    enum cli_action action = check_window(reading);
    if (action == CLI_RUN)
        action = resolve_outputs(reading);
    if (action == CLI_RUN)
        action = check_contradictions(reading);
    return action == CLI_RUN ? check_explain(reading) : action;
}
