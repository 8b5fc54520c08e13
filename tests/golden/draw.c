// SPDX-License-Identifier: MIT
/**
 * Write a report made from a text (trace_text.h) as any view shows it:
 *
 *     draw FILE VIEW [--width N] [--height N] [--ascii] [--color 16|256]
 *                    [--from T] [--to T] [--explain]
 *     draw FILE pictures ...        only the pictures, as the live view draws them
 */
#include "trace_text_inner.h"
#include "view/view.h"

#include <string.h>

static _Noreturn void usage(void)
{
    fputs("usage: draw FILE VIEW [--width N] [--height N] [--ascii] [--color 16|256] "
          "[--from T] [--to T] [--explain]\n",
          stderr);
    exit(2);
}

static struct style read_style(char **argv, struct options *options)
{
    struct style style = {.width = 80, .unicode = true};
    for (; *argv != NULL; argv++) {
        const char *option = *argv;
        if (strcmp(option, "--ascii") == 0) {
            style.unicode = false;
            options->ascii = true;
            continue;
        }
        if (strcmp(option, "--explain") == 0) {
            options->explain = true;
            continue;
        }
        if (*++argv == NULL)
            usage();
        if (strcmp(option, "--from") == 0 || strcmp(option, "--to") == 0) {
            bool from = strcmp(option, "--from") == 0;
            if (!fixture_parse_time(*argv, from ? &options->from_ns : &options->to_ns))
                usage();
            continue;
        }
        unsigned value = (unsigned)strtoul(*argv, NULL, 10);
        if (strcmp(option, "--width") == 0)
            style.width = options->width = value;
        else if (strcmp(option, "--height") == 0)
            style.height = value;
        else if (strcmp(option, "--color") == 0)
            style.palette = value == 16 ? PALETTE_16 : PALETTE_256;
        else
            usage();
    }
    return style;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        usage();
    FILE *in = fopen(argv[1], "r");
    if (in == NULL) {
        perror(argv[1]);
        return 2;
    }
    struct fixture *fixture = fixture_read(in, argv[1]);
    fclose(in);
    const struct view *view = view_named(argv[2]);
    if (view == NULL && strcmp(argv[2], "pictures") != 0)
        usage();
    struct report *report = fixture_report(fixture);
    struct options options = *report->options;
    struct style style = read_style(argv + 3, &options);
    report->options = &options;
    int result = view != NULL ? view->write(report, &style, stdout)
                              : text_write_pictures(report, &style, stdout);
    fixture_free(fixture);
    return result < 0 || fflush(stdout) != 0 ? 1 : 0;
}
