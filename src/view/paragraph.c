// SPDX-License-Identifier: MIT
#include "view/paragraph.h"
#include "text/width.h"

#include <stdlib.h>
#include <string.h>

struct paragraph {
    FILE *out;
    unsigned width, indent;
    unsigned column; /* where the next character goes */
};

static void new_line(struct paragraph *p)
{
    putc('\n', p->out);
    p->column = 0;
}

static void put_spaces(struct paragraph *p, unsigned until)
{
    for (; p->column < until; p->column++)
        putc(' ', p->out);
}

/** A word that no line holds: as much as fits, line by line. */
static void put_broken(struct paragraph *p, char *word)
{
    while (*word != '\0') {
        size_t bytes = text_fit(word, p->width - p->column);
        if (bytes == 0 && p->column > p->indent) {
            new_line(p);
            put_spaces(p, p->indent);
            continue;
        }
        /* A character of two columns does not fit in one; it must go somewhere. */
        if (bytes == 0)
            bytes = text_fit(word, 2);
        bytes = bytes > 0 ? bytes : strlen(word);
        char kept = word[bytes];
        word[bytes] = '\0';
        fputs(word, p->out);
        p->column += text_width(word);
        word[bytes] = kept;
        word += bytes;
        if (*word != '\0') {
            new_line(p);
            put_spaces(p, p->indent);
        }
    }
}

static void put_word(struct paragraph *p, char *word)
{
    unsigned columns = text_width(word);
    unsigned space = p->column > p->indent;
    if (space > 0 && p->column + space + columns > p->width) {
        new_line(p);
        space = 0;
    }
    put_spaces(p, p->indent > p->column + space ? p->indent : p->column + space);
    if (p->column + columns > p->width) {
        put_broken(p, word);
    } else {
        fputs(word, p->out);
        p->column += columns;
    }
}

static void put_label(struct paragraph *p, const char *label)
{
    char *copy = strdup(label);
    if (copy == NULL)
        return;
    unsigned indent = p->indent;
    p->indent = 0;
    put_word(p, copy);
    p->indent = indent;
    free(copy);
}

void paragraph_write(FILE *out, unsigned width, const char *label, unsigned indent,
                     const char *text)
{
    struct paragraph p = {.out = out, .width = width > 0 ? width : 1};
    p.indent = indent < p.width / 3 ? indent : p.width / 3;
    char *copy = strdup(text);
    if (copy == NULL)
        return;
    if (label[0] != '\0')
        put_label(&p, label);
    for (char *line = copy, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        for (char *save, *word = strtok_r(line, " ", &save); word != NULL;
             word = strtok_r(NULL, " ", &save))
            put_word(&p, word);
        new_line(&p);
    }
    free(copy);
}
