// SPDX-License-Identifier: MIT
#include "classroom/saved/saved.h"
#include "classroom/saved/skip.h"
#include "text/width.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * What a run may be, to be read again: some 180,000 tasks.  jansson takes some 100
 * bytes a value.
 */
#define TEXT_MAX   ((size_t)512 << 20)
#define VALUES_MAX ((size_t)16 << 20)
#define DEPTH_MAX  64

struct text {
    char *at;
    size_t length, room;
};

__attribute__((format(printf, 2, 3))) static void refuse(struct saved_error *error,
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->text[text_fit_bytes(error->text, sizeof error->text - 1)] = '\0';
}

static bool make_room(struct text *text, size_t room)
{
    if (room <= text->room)
        return true;
    char *at = realloc(text->at, room);
    if (at == NULL)
        return false;
    text->at = at;
    text->room = room;
    return true;
}

/** @return 0 or an errno. */
static int read_all(int fd, struct text *text)
{
    struct stat found;
    size_t expected = 0;
    if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && found.st_size > 0)
        expected = (size_t)found.st_size < TEXT_MAX ? (size_t)found.st_size : TEXT_MAX;
    if (!make_room(text, expected + 4096))
        return ENOMEM;
    for (;;) {
        ssize_t got = read(fd, text->at + text->length, text->room - text->length);
        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return errno;
        text->length += got > 0 ? (size_t)got : 0;
        if (text->length > TEXT_MAX)
            return EFBIG;
        if (text->length == text->room && !make_room(text, 2 * text->room))
            return ENOMEM;
    }
}

static int read_file(const char *path, struct text *text)
{
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, text);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int result = read_all(fd, text);
    close(fd);
    return result;
}

/** Counted as jansson does: columns in characters, both from 1. */
static void refuse_at(const char *text, size_t at, const char *why,
                      struct saved_error *error)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at; i++) {
        bool ends = text[i] == '\n';
        line += ends;
        column = ends ? 1 : column + (((unsigned char)text[i] & 0xc0) != 0x80);
    }
    refuse(error, "line %zu, column %zu: %s", line, column, why);
}

/** Where the string ends that begins before `at`: its quote, or the text's end. */
static size_t end_of_string(const char *text, size_t length, size_t at)
{
    while (at < length && text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return at < length ? at : length;
}

/** Before jansson builds a tree of it, which is a hundred times as large at worst. */
static bool check_shape(const char *text, size_t length, struct saved_error *error)
{
    size_t depth = 0, values = 0;
    for (size_t at = 0; at < length; at++) {
        char byte = text[at];
        if (byte == '"') {
            at = end_of_string(text, length, at + 1);
        } else if (byte == '{' || byte == '[') {
            values++;
            depth++;
        } else if (byte == ',') {
            values++;
        } else if ((byte == '}' || byte == ']') && depth > 0) {
            depth--;
        }
        if (depth > DEPTH_MAX || values > VALUES_MAX) {
            refuse_at(text, at,
                      depth > DEPTH_MAX ? "nested deeper than any run of conc"
                                        : "more values than can be read",
                      error);
            return false;
        }
    }
    return true;
}

static bool check_schema(const json_t *root, struct saved_error *error)
{
    const json_t *schema = json_object_get(root, "schema");
    const char *name = json_string_value(schema);
    if (name != NULL && strcmp(name, "conc-run/1") == 0)
        return true;
    if (!json_is_object(root))
        refuse(error, "not a run of conc: it is no object");
    else if (name == NULL)
        refuse(error, "not a run of conc: it has no \"schema\"");
    else if (strncmp(name, "conc-run/", 9) == 0)
        refuse(error, "a run of another conc: schema \"%.64s\", not conc-run/1", name);
    else
        refuse(error, "not a run of conc: schema \"%.64s\", not conc-run/1", name);
    return false;
}

json_t *saved_parse_text(const char *text, size_t length, struct saved_error *error)
{
    json_error_t found;
    if (length == 0) {
        refuse(error, "line 1, column 1: the file is empty");
        return NULL;
    }
    if (!check_shape(text, length, error))
        return NULL;
    /* A demo may print NULs, which are kept as \u0000. */
    json_t *root =
        json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &found);
    if (root == NULL && found.line > 0)
        refuse(error, "line %d, column %d: %s", found.line,
               found.column > 0 ? found.column : 1, found.text);
    else if (root == NULL)
        refuse(error, "%s", found.text);
    else if (check_schema(root, error))
        return root;
    json_decref(root);
    return NULL;
}

/** Where runs are: in the root's variants' runs. */
#define RUN_DEPTH 5

/** Where the array begins that is the value of "lanes"; 0: `at` is no such key. */
static size_t lanes_at(const char *text, size_t length, size_t at)
{
    static const char key[] = "\"lanes\"";
    size_t after = at + sizeof key - 1;
    if (after > length || memcmp(text + at, key, sizeof key - 1) != 0)
        return 0;
    while (after < length && strchr(" \n\r\t:", text[after]) != NULL &&
           text[after] != '\0')
        after++;
    return after < length && text[after] == '[' ? after : 0;
}

/** Empty an array of so many bytes, which then end where they did: on that line, in
 * that column.  @return how many bytes are left. */
static size_t empty(char *array, size_t length)
{
    size_t lines = 0, columns = 0, to = 1;
    for (size_t i = 1; i + 1 < length; i++) {
        bool ends = array[i] == '\n';
        lines += ends;
        columns = ends ? 0 : columns + (((unsigned char)array[i] & 0xc0) != 0x80);
    }
    memset(array + to, '\n', lines);
    to += lines;
    memset(array + to, ' ', columns);
    to += columns;
    array[to++] = ']';
    return to;
}

/** Take the lanes out.  @return how long the text is then. */
static size_t empty_lanes(char *text, size_t length)
{
    size_t depth = 0, to = 0;
    for (size_t at = 0; at < length; at++) {
        size_t from = at, lanes = 0;
        if (text[at] == '"') {
            lanes = depth == RUN_DEPTH ? lanes_at(text, length, at) : 0;
            at = end_of_string(text, length, at + 1);
            at = at < length ? at : length - 1;
        }
        depth += text[at] == '{' || text[at] == '[';
        depth -= (text[at] == '}' || text[at] == ']') && depth > 0;
        size_t skipped =
            lanes > 0 ? saved_skip_array(text + lanes, length - lanes, DEPTH_MAX) : 0;
        at = skipped > 0 ? lanes - 1 : at;
        memmove(text + to, text + from, at + 1 - from);
        to += at + 1 - from;
        if (skipped > 0) {
            size_t left = empty(text + lanes, skipped);
            memmove(text + to, text + lanes, left);
            to += left;
            at += skipped;
        }
    }
    return to;
}

json_t *saved_parse_figures_text(char *text, size_t length, struct saved_error *error)
{
    return saved_parse_text(text, empty_lanes(text, length), error);
}

/** Read a file whole.  @return false: `error` says why not. */
static bool read_text(const char *path, struct text *text, struct saved_error *error)
{
    int result = read_file(path, text);
    if (result == EFBIG)
        refuse(error, "larger than %zu MiB: too large to read", TEXT_MAX >> 20);
    else if (result != 0)
        refuse(error, "%s", strerror(result));
    return result == 0;
}

json_t *saved_parse(const char *path, struct saved_error *error)
{
    struct text text = {.at = NULL};
    json_t *root = NULL;
    if (read_text(path, &text, error))
        root = saved_parse_text(text.at, text.length, error);
    free(text.at);
    return root;
}

json_t *saved_parse_figures(const char *path, struct saved_error *error)
{
    struct text text = {.at = NULL};
    json_t *root = NULL;
    if (read_text(path, &text, error))
        root = saved_parse_figures_text(text.at, text.length, error);
    free(text.at);
    return root;
}
