// SPDX-License-Identifier: MIT
/** Reading command lines in tests.  Include cmocka.h before. */

#ifndef CONC_TESTS_UNIT_COMMAND_LINE_H
#define CONC_TESTS_UNIT_COMMAND_LINE_H

#include "cli/options.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define MAX_ARGUMENTS 12
#define SECOND        INT64_C(1000000000)

/** What was written to a descriptor meanwhile. */
struct capture {
    int file, saved, fd;
};

static inline void capture_begin(struct capture *capture, int fd)
{
    fflush(NULL);
    *capture = (struct capture){.fd = fd};
    capture->file = memfd_create("capture", MFD_CLOEXEC);
    capture->saved = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    assert_true(capture->file >= 0 && capture->saved >= 0);
    assert_true(dup2(capture->file, fd) == fd);
}

static inline char *capture_end(struct capture *capture)
{
    fflush(NULL);
    assert_true(dup2(capture->saved, capture->fd) == capture->fd);
    size_t length = (size_t)lseek(capture->file, 0, SEEK_END);
    char *text = calloc(1, length + 1);
    assert_non_null(text);
    assert_int_equal(pread(capture->file, text, length, 0), length);
    close(capture->file);
    close(capture->saved);
    return text;
}

/** Read a line; the caller frees what was said on standard error. */
static inline enum cli_action parse_for(const struct card *card,
                                        struct options *options,
                                        const char *const *arguments, char **said)
{
    char *argv[MAX_ARGUMENTS + 2] = {strdup("fake")};
    int argc = 1;
    for (; arguments[argc - 1]; argc++)
        argv[argc] = strdup(arguments[argc - 1]);
    struct capture capture;
    capture_begin(&capture, STDERR_FILENO);
    enum cli_action action = options_parse(options, card, argc, argv);
    *said = capture_end(&capture);
    while (argc > 0)
        free(argv[--argc]); // what was read must not point into argv
    return action;
}

/** One line for people, without anything that could move a cursor. */
static inline void check_line(const char *said)
{
    size_t length = strlen(said);
    assert_true(length > 0 && length < 1000);
    assert_memory_equal(said, "conc fake: ", 11);
    for (size_t i = 0; i + 1 < length; i++)
        assert_true((unsigned char)said[i] >= ' ' && said[i] != 0x7f);
    assert_int_equal(said[length - 1], '\n');
}

/** How often a part is in a text. */
static inline size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text++)
        count++;
    return count;
}

#endif
