// SPDX-License-Identifier: MIT

#include "outputs.h"

#include "cli/diag.h"
#include "view/style.h"
#include "view/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stdout(const struct output *output)
{
    return strcmp(output->path, "-") == 0;
}

/** As fopen(3) for writing, but what stands in the file stays there for now. */
static FILE *open_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (fd >= 0 && file == NULL)
        close(fd);
    return file;
}

/** Pipes and devices may be written to by many: only files are overwritten. */
static bool is_same_file(FILE *a, FILE *b)
{
    struct stat of_a, of_b;

    return fstat(fileno(a), &of_a) == 0 && fstat(fileno(b), &of_b) == 0 &&
           S_ISREG(of_a.st_mode) && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

/** Whether the file is none of those before it, nor standard output. */
static bool is_another_file(const struct outputs *outputs, size_t index)
{
    const struct output *all = outputs->options->outputs;

    if (is_stdout(&all[index]))
        return true;
    if (is_same_file(outputs->files[index], stdout)) {
        diag_for(outputs->command, "-o: \"%s\" is where standard output goes",
                 all[index].path);
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (!is_same_file(outputs->files[index], outputs->files[i]))
            continue;
        diag_for(outputs->command, "-o: \"%s\" and \"%s\" are the same file",
                 all[i].path, all[index].path);
        return false;
    }
    return true;
}

/** Now, so that a run that is broken off leaves no figures of an earlier one. */
static int empty_file(FILE *file)
{
    struct stat found;

    if (fstat(fileno(file), &found) != 0 || !S_ISREG(found.st_mode))
        return 0;
    return ftruncate(fileno(file), 0) == 0 ? 0 : errno;
}

static int cannot_write(const struct outputs *outputs, size_t index, int error)
{
    diag_for(outputs->command, "cannot write \"%s\": %s",
             outputs->options->outputs[index].path, strerror(error));
    return EXIT_FAILURE;
}

int outputs_open(struct outputs *outputs)
{
    const struct options *options = outputs->options;

    outputs->files = calloc(options->output_count + 1, sizeof *outputs->files);
    if (outputs->files == NULL) {
        diag_for(outputs->command, "out of memory");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < options->output_count; i++) {
        const struct output *output = &options->outputs[i];

        outputs->files[i] = is_stdout(output) ? stdout : open_file(output->path);
        if (outputs->files[i] == NULL)
            return cannot_write(outputs, i, errno);
        if (!is_another_file(outputs, i))
            return 2;
    }
    return outputs->empties_later ? EXIT_SUCCESS : outputs_empty(outputs);
}

int outputs_empty(struct outputs *outputs)
{
    const struct options *options = outputs->options;

    for (size_t i = 0; i < options->output_count; i++) {
        int error = is_stdout(&options->outputs[i]) ? 0 : empty_file(outputs->files[i]);

        if (error != 0)
            return cannot_write(outputs, i, error);
    }
    return EXIT_SUCCESS;
}

static int lost(const char *command, const char *where, int error)
{
    if (error == EPIPE)
        return EXIT_READER_GONE;
    diag_for(command, "%s: output is lost: %s", where, strerror(error));
    return EXIT_FAILURE;
}

/**
 * Why what was written before is lost, at once: later calls change errno.  @return 0 or
 * an errno.
 */
static int error_of(FILE *file)
{
    int error = errno;

    if (ferror(file))
        return error != 0 ? error : EIO;
    return fflush(file) != 0 ? errno : 0;
}

/** Close; @error: of the writes before.  Others come out here at the latest. */
static int finish(const char *command, const char *where, FILE *file, int error)
{
    if (error == 0)
        error = error_of(file);
    if (fclose(file) != 0 && error == 0)
        error = errno;
    return error != 0 ? lost(command, where, error) : EXIT_SUCCESS;
}

int outputs_finish_file(struct outputs *outputs, size_t index)
{
    FILE *file = outputs->files[index];

    outputs->files[index] = NULL;
    return finish(outputs->command, outputs->options->outputs[index].path, file, 0);
}

static int finish_stdout(const char *command, bool had_stdout, int error)
{
    int status;

    if (!had_stdout)
        return lost(command, "standard output is closed", EBADF);
    status = finish(command, "standard output", stdout, error);
    /* Later messages must not find another file under this number. */
    dup2(STDERR_FILENO, STDOUT_FILENO);
    return status;
}

int outputs_finish_stdout(const char *command, bool had_stdout)
{
    return finish_stdout(command, had_stdout, 0);
}

/** @write_error: why what was written is lost, an errno, or 0. */
static int write_view(struct outputs *outputs, const struct view *view, FILE *file,
                      const struct report *report, int *write_error)
{
    struct style style = style_for(outputs->options, fileno(file));
    int error;

    errno = 0;
    error = view->write(report, &style, file);
    *write_error = error_of(file);
    if (error == 0)
        return EXIT_SUCCESS;
    diag_for(outputs->command, "out of memory: the %s output is not complete",
             view->name);
    return EXIT_FAILURE;
}

int outputs_flush_stdout(const char *command)
{
    int error = error_of(stdout);

    return error == 0 ? EXIT_SUCCESS : lost(command, "standard output", error);
}

int outputs_finish(const struct outputs *outputs)
{
    if (!outputs->leaves_stdout)
        return finish_stdout(outputs->command, outputs->had_stdout, outputs->error);
    return outputs->error == 0
               ? EXIT_SUCCESS
               : lost(outputs->command, "standard output", outputs->error);
}

static int worse(int a, int b)
{
    return a > b ? a : b;
}

int outputs_write(struct outputs *outputs, const struct report *report)
{
    const struct options *options = outputs->options;
    bool text = true;
    int status = EXIT_SUCCESS, error;

    for (size_t i = 0; i < options->output_count; i++) {
        const struct output *output = &options->outputs[i];
        FILE *file = outputs->files[i];

        status = worse(status, write_view(outputs, output->view, file, report, &error));
        if (is_stdout(output)) {
            text = false;
            outputs->error = error;
            continue;
        }
        outputs->files[i] = NULL;
        status = worse(status, finish(outputs->command, output->path, file, error));
    }
    if (text)
        status = worse(status, write_view(outputs,
                                          view_named(options->plain ? "plain" : "text"),
                                          stdout, report, &outputs->error));
    return worse(status, outputs_finish(outputs));
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
