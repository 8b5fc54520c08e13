// SPDX-License-Identifier: MIT

#include "outputs.h"

#include "cli/diag.h"
#include "view/style.h"
#include "view/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** What a shell reports for a program that SIGPIPE has ended: 128 + 13. */
#define READER_GONE 141

static bool is_stdout(const struct output *output)
{
    return strcmp(output->path, "-") == 0;
}

int outputs_open(struct outputs *outputs)
{
    const struct options *options = outputs->options;

    outputs->files = calloc(options->output_count + 1, sizeof *outputs->files);
    if (outputs->files == NULL) {
        diag_for(outputs->command, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < options->output_count; i++) {
        const struct output *output = &options->outputs[i];

        outputs->files[i] = is_stdout(output) ? stdout : fopen(output->path, "we");
        if (outputs->files[i] == NULL) {
            diag_for(outputs->command, "cannot write \"%s\": %s", output->path,
                     strerror(errno));
            return -1;
        }
    }
    return 0;
}

static int lost(const char *command, const char *where, int error)
{
    if (error == EPIPE)
        return READER_GONE;
    diag_for(command, "%s: output is lost: %s", where, strerror(error));
    return EXIT_FAILURE;
}

/** Flush and close; errors of all the writes before come out here at the latest. */
static int finish(const char *command, const char *where, FILE *file)
{
    bool failed = ferror(file);
    int error = failed && errno != 0 ? errno : EIO;

    if (fflush(file) != 0) {
        failed = true;
        error = errno;
    }
    if (fclose(file) != 0 && !failed) {
        failed = true;
        error = errno;
    }
    return failed ? lost(command, where, error) : EXIT_SUCCESS;
}

int outputs_finish_stdout(const char *command, bool had_stdout)
{
    int status;

    if (!had_stdout)
        return lost(command, "standard output is closed", EBADF);
    status = finish(command, "standard output", stdout);
    /* Later messages must not find another file under this number. */
    dup2(STDERR_FILENO, STDOUT_FILENO);
    return status;
}

static int write_view(struct outputs *outputs, const struct view *view, FILE *file,
                      const struct report *report)
{
    struct style style = style_for(outputs->options, fileno(file));
    int error;

    errno = 0;
    error = view->write(report, &style, file);
    if (error == 0)
        return EXIT_SUCCESS;
    diag_for(outputs->command, "out of memory: the %s output is not complete",
             view->name);
    return EXIT_FAILURE;
}

static int worse(int a, int b)
{
    return a > b ? a : b;
}

int outputs_write(struct outputs *outputs, const struct report *report)
{
    const struct options *options = outputs->options;
    bool text = true;
    int status = EXIT_SUCCESS;

    for (size_t i = 0; i < options->output_count; i++) {
        const struct output *output = &options->outputs[i];
        FILE *file = outputs->files[i];

        status = worse(status, write_view(outputs, output->view, file, report));
        if (is_stdout(output)) {
            text = false;
            continue;
        }
        outputs->files[i] = NULL;
        status = worse(status, finish(outputs->command, output->path, file));
    }
    if (text)
        status = worse(status, write_view(outputs,
                                          view_named(options->plain ? "plain" : "text"),
                                          stdout, report));
    return worse(status, outputs_finish_stdout(outputs->command, outputs->had_stdout));
}

void outputs_close(struct outputs *outputs)
{
    for (size_t i = 0; outputs->files != NULL && i < outputs->options->output_count;
         i++)
        if (outputs->files[i] != NULL && outputs->files[i] != stdout)
            fclose(outputs->files[i]);
    free(outputs->files);
    outputs->files = NULL;
}
