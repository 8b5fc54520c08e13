// SPDX-License-Identifier: MIT
#include "view/paragraph.h"
#include "text/width.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct paragraph {
    FILE *out;
    unsigned width, indent;
    unsigned column; /* where the next character goes */
    bool after_word; /* a space belongs there */
};

static void new_line(struct paragraph *p)
{
    putc('\n', p->out);
    p->column = 0;
    p->after_word = false;
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
    char *space = strchr(word, ' ');
    if (space != NULL && p->indent + columns > p->width) {
        *space = '\0';
        put_word(p, word);
        put_word(p, space + 1);
        return;
    }
    if (p->after_word && p->column + 1 + columns > p->width)
        new_line(p);
    unsigned column = p->column + p->after_word;
    put_spaces(p, column < p->indent ? p->indent : column);
    if (p->column + columns > p->width) {
        put_broken(p, word);
    } else {
        fputs(word, p->out);
        p->column += columns;
    }
    p->after_word = true;
}

static int put_label(struct paragraph *p, const char *label)
{
    char *copy = strdup(label);
    if (copy == NULL)
        return UV_ENOMEM;
    unsigned indent = p->indent;
    p->indent = 0;
    put_word(p, copy);
    p->indent = indent;
    free(copy);
    return 0;
}

/** Whether `text` begins with a unit, which must not be parted from its number. */
static bool is_unit(const char *text)
{
    static const char *const units[] = {"s", "ms", "us", "µs", "ns", "min", "h", "d"};
    size_t length = strcspn(text, " .,:;)");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i]) == length && strncmp(text, units[i], length) == 0)
            return true;
    return false;
}

/** Cut the next word off: up to a space, but for one between a number and its unit. */
static char *next_word(char **line)
{
    char *word = *line + strspn(*line, " "), *end = word;
    if (*word == '\0')
        return NULL;
    for (end += strcspn(end, " "); *end != '\0'; end += 1 + strcspn(end + 1, " "))
        if (end[-1] < '0' || end[-1] > '9' || !is_unit(end + 1))
            break;
    *line = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

int paragraph_write(FILE *out, unsigned width, const char *label, unsigned indent,
                    const char *text)
{
    struct paragraph p = {.out = out, .width = width > 0 ? width : 1};
    p.indent = indent < p.width / 3 ? indent : p.width / 3;
    char *copy = strdup(text);
    if (copy == NULL)
        return UV_ENOMEM;
    int result = label[0] != '\0' ? put_label(&p, label) : 0;
    for (char *line = copy, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        for (char *word; (word = next_word(&line)) != NULL;)
            put_word(&p, word);
        new_line(&p);
    }
    free(copy);
    return result;
}
