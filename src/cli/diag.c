// SPDX-License-Identifier: MIT
#include "cli/diag.h"

#include "text/width.h"

#include <errno.h>
#include <langinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_all(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, text, length);
        if (written < 0 && errno != EINTR)
            return; // there is nobody left to tell
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
}

__attribute__((format(printf, 2, 0))) static char *
line_of(const char *command, const char *format, va_list arguments)
{
    char *said = NULL, *line = NULL;
    size_t length = 0;
    if (vasprintf(&said, format, arguments) < 0)
        return NULL;
    FILE *out = open_memstream(&line, &length);
    if (out) {
        fprintf(out, "conc%s%s: ", command ? " " : "", command ? command : "");
        text_print_safe(said, strcmp(nl_langinfo(CODESET), "UTF-8") != 0, out);
        fputc('\n', out);
        if (fclose(out) != 0) {
            free(line);
            line = NULL;
        }
    }
    free(said);
    return line;
}

void vdiag_for(const char *command, const char *format, va_list arguments)
{
    int saved = errno;
    char *line = line_of(command, format, arguments);
    const char *text = line ? line : "conc: out of memory\n";
    write_all(text, strlen(text));
    free(line);
    errno = saved;
}

void diag(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vdiag_for(NULL, format, arguments);
    va_end(arguments);
}

void diag_for(const char *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vdiag_for(command, format, arguments);
    va_end(arguments);
}
