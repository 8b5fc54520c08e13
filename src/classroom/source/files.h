// SPDX-License-Identifier: MIT
/**
 * The text of the lessons, and of their twins in Python, as they were when this conc
 * was built: embed.py writes it into a C file.  ASCII, in whole lines, without tabs.
 */

#ifndef CONC_CLASSROOM_SOURCE_FILES_H
#define CONC_CLASSROOM_SOURCE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A file, by where its text stands in `embedded_texts`.  Nothing here is a pointer:
 * the table costs nothing at the start of other commands. */
struct embedded {
    char demo[16];
    char path[44]; /**< "demos/threads.c" */
    uint32_t at, size;
};

/** Sorted by demo, C before Python; ends with one that has no path. */
extern const struct embedded embedded_files[];
extern const char embedded_texts[];

/** What a character of a text belongs to. */
enum token {
    TOKEN_PLAIN,
    TOKEN_KEYWORD,
    TOKEN_COMMENT,
    TOKEN_STRING,
    TOKEN_PREPROCESSOR,
    TOKEN_PRIMITIVE /**< the name of a call that makes flows, or that they meet at */
};

/** Lines of a file, counted from 1, with both ends; from 0: none. */
struct lines {
    size_t from, to;
};

/** A file's text, taken apart. */
struct source {
    const char *path;
    const char *text; /**< ends with a newline; not with a NUL */
    size_t size;
    unsigned char *tokens; /**< an enum token for each byte */
    size_t *line_at; /**< where line i + 1 begins; one more, where the text ends */
    size_t line_count;
};

/** Take a text apart; it must outlive that.  @return false: memory ran out. */
bool source_open(struct source *source, const char *path, const char *text,
                 size_t size);
void source_close(struct source *source);

/** All of a demo's files in C, the one that is named after it first; or in Python. */
struct sources {
    struct source *at;
    size_t count;
};

/** @return false: memory ran out.  In any case the caller ends it. */
bool sources_open(struct sources *sources, const char *demo, bool is_python);
void sources_close(struct sources *sources);

/** A line's text, without its newline. */
const char *source_line(const struct source *source, size_t line, size_t *length);

/** The line that a byte stands on. */
size_t source_line_of(const struct source *source, size_t byte);

#endif
