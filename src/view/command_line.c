// SPDX-License-Identifier: MIT
#include "view/command_line.h"
#include "text/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What no shell takes for anything but itself, wherever it stands. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789-_.,:/+@%";

static void put_word(const char *word, FILE *out)
{
    bool quoted = word[0] == '\0' || word[strspn(word, plain)] != '\0';
    if (!quoted) {
        fputs(word, out);
        return;
    }
    putc('\'', out);
    for (; *word != '\0'; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            putc(*word, out);
    putc('\'', out);
}

void command_words(char *const *argv, FILE *out)
{
    for (size_t i = 0; argv[i] != NULL; i++) {
        if (i > 0)
            putc(' ', out);
        put_word(argv[i], out);
    }
}

char *command_line(const struct report *report)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out == NULL)
        return NULL;
    fputs("conc", out);
    for (int i = 0; i < report->argc; i++) {
        putc(' ', out);
        put_word(report->argv[i], out);
    }
    return draft_close(&draft);
}
