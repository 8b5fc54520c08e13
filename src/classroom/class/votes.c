// SPDX-License-Identifier: MIT
#include "classroom/class/votes.h"

#include "array.h"
#include "cli/options.h"
#include "view/votes/sum.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** A stretch of the text. */
struct part {
    const char *at;
    size_t length;
    bool is_quoted; /**< it stood in quotes, and a quote in it is there twice */
};

struct parsing {
    struct votes *votes;
    size_t room;
    enum predicted kind;
    const struct votes_faults *faults;
    size_t line;
};

__attribute__((format(printf, 2, 3))) static void fault(const struct parsing *parsing,
                                                        const char *format, ...)
{
    char why[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    parsing->faults->tell(parsing->faults->data, parsing->line, why);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct part trimmed(struct part part)
{
    while (part.length > 0 && is_blank(part.at[0])) {
        part.at++;
        part.length--;
    }
    while (part.length > 0 && is_blank(part.at[part.length - 1]))
        part.length--;
    return part;
}

/** How long what stands in quotes at the beginning is, with them; 0: nothing does. */
static size_t quoted_length(struct part part)
{
    size_t at = 1;
    if (part.length == 0 || part.at[0] != '"')
        return 0;
    while (at < part.length &&
           (part.at[at] != '"' || (at + 1 < part.length && part.at[at + 1] == '"')))
        at += part.at[at] == '"' ? 2 : 1;
    return at < part.length ? at + 1 : 0;
}

/** Spreadsheets write a field with a comma in it in quotes. */
static struct part unquoted(struct part part)
{
    struct part field = trimmed(part);
    if (field.length == 0 || quoted_length(field) != field.length)
        return field;
    return (struct part){field.at + 1, field.length - 2, .is_quoted = true};
}

/** @return NULL: memory ran out. */
static char *copy_of(struct part field)
{
    char *copy = malloc(field.length + 1);
    size_t used = 0;
    for (size_t i = 0; copy != NULL && i < field.length; i++) {
        copy[used++] = field.at[i];
        i += field.is_quoted && field.at[i] == '"'; /* which is there twice */
    }
    if (copy != NULL)
        copy[used] = '\0';
    return copy;
}

/** What stands before the next comma, which the rest begins behind. */
static struct part next_field(struct part *rest)
{
    *rest = trimmed(*rest);
    size_t quoted = quoted_length(*rest);
    const char *comma = memchr(rest->at + quoted, ',', rest->length - quoted);
    struct part field = *rest;
    if (comma == NULL) {
        *rest = (struct part){rest->at + rest->length, .length = 0};
    } else {
        field.length = (size_t)(comma - rest->at);
        *rest = (struct part){comma + 1, .length = rest->length - field.length - 1};
    }
    return unquoted(field);
}

static int keep(struct parsing *parsing, const struct vote *vote)
{
    struct votes *votes = parsing->votes;
    struct vote *at = array_grow(votes->at, votes->count, &parsing->room, sizeof *at);
    if (at == NULL)
        return UV_ENOMEM;
    votes->at = at;
    votes->at[votes->count++] = *vote;
    return 0;
}

static int parse_vote(struct parsing *parsing, struct part line)
{
    static const char *const wanted[] = {
        [PREDICT_TIME] = "name, time, reason",
        [PREDICT_COUNT] = "name, count, reason",
        [PREDICT_END] = "name, ends or hangs, reason",
    };
    struct part name = next_field(&line), value = next_field(&line);
    struct part reason = unquoted(line);
    struct vote vote = {.line = parsing->line};
    if (name.length == 0 || value.length == 0) {
        fault(parsing, "%s is missing in \"%s\"",
              name.length == 0 ? "a name" : "a value", wanted[parsing->kind]);
        return 0;
    }
    if (predicted_parse(parsing->kind, value.at, value.length, &vote.value) != 0) {
        fault(parsing, "\"%.*s%s\" is not %s",
              (int)(value.length < 40 ? value.length : 40), value.at,
              value.length > 40 ? "..." : "", predicted_allowed(parsing->kind));
        return 0;
    }
    vote.name = copy_of(name);
    vote.reason = reason.length > 0 ? copy_of(reason) : NULL;
    bool kept = vote.name != NULL && (vote.reason != NULL || reason.length == 0) &&
                keep(parsing, &vote) == 0;
    if (kept)
        return 0;
    free(vote.name);
    free(vote.reason);
    return UV_ENOMEM;
}

static int parse_line(struct parsing *parsing, struct part line)
{
    if (trimmed(line).length == 0)
        return 0;
    if (line.length > VOTES_LINE_MAX)
        fault(parsing, "is longer than %zu bytes", VOTES_LINE_MAX);
    else if (memchr(line.at, '\0', line.length) != NULL)
        fault(parsing, "has a NUL byte in it");
    else
        return parse_vote(parsing, line);
    return 0;
}

/* One vote a name ------------------------------------------------------------ */

static int by_line(const void *a, const void *b)
{
    const struct vote *one = a, *other = b;
    return (one->line > other->line) - (one->line < other->line);
}

static int by_name(const void *a, const void *b)
{
    const struct vote *one = a, *other = b;
    int order = strcmp(one->name, other->name);
    return order != 0 ? order : by_line(a, b);
}

static void drop(struct vote *vote)
{
    free(vote->name);
    free(vote->reason);
}

/** Whose vote comes again is told at the line where it does, with the lines in order.
 */
static int drop_repeated(struct parsing *parsing)
{
    struct votes *votes = parsing->votes;
    struct vote *again = malloc((votes->count + 1) * sizeof *again);
    size_t kept = 0, dropped = 0;
    if (again == NULL)
        return UV_ENOMEM;
    qsort(votes->at, votes->count, sizeof *votes->at, by_name);
    for (size_t i = 0; i < votes->count; i++) {
        struct vote *vote = &votes->at[i];
        if (kept > 0 && strcmp(votes->at[kept - 1].name, vote->name) == 0)
            again[dropped++] = *vote;
        else
            votes->at[kept++] = *vote;
    }
    votes->count = kept;
    qsort(again, dropped, sizeof *again, by_line);
    for (size_t i = 0; i < dropped; i++) {
        parsing->line = again[i].line;
        fault(parsing, "that name has voted on line %zu already",
              vote_of(votes, again[i].name)->line);
        drop(&again[i]);
    }
    free(again);
    return 0;
}

int votes_parse(struct votes *votes, enum predicted kind, const char *text,
                size_t length, const struct votes_faults *faults)
{
    struct parsing parsing = {.votes = votes, .kind = kind, .faults = faults};
    static const char mark[] = "\xef\xbb\xbf"; /* some editors put it first */
    size_t at = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    int result = 0;
    *votes = (struct votes){.count = 0};
    while (at < length && result == 0) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t bytes = end != NULL ? (size_t)(end - (text + at)) : length - at;
        parsing.line++;
        result = parse_line(&parsing, (struct part){text + at, .length = bytes});
        at += bytes + 1;
    }
    return result == 0 && votes->count > 1 ? drop_repeated(&parsing) : result;
}

/** @return 0; UV_EFBIG, or another negative errno; the caller frees the text. */
static int read_all(int fd, char **text, size_t *length)
{
    size_t room = 0;
    for (;;) {
        if (*length == room) {
            room = room > 0 ? room * 2 : 65536;
            char *more = *length > VOTES_BYTES_MAX ? NULL : realloc(*text, room);
            if (more == NULL)
                return *length > VOTES_BYTES_MAX ? UV_EFBIG : UV_ENOMEM;
            *text = more;
        }
        ssize_t got = read(fd, *text + *length, room - *length);
        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return -errno;
        *length += got > 0 ? (size_t)got : 0;
    }
}

int votes_read(struct votes *votes, enum predicted kind, int fd,
               const struct votes_faults *faults)
{
    char *text = NULL;
    size_t length = 0;
    *votes = (struct votes){.count = 0};
    int result = read_all(fd, &text, &length);
    if (result == 0)
        result = votes_parse(votes, kind, text, length, faults);
    free(text);
    return result;
}

void votes_destroy(struct votes *votes)
{
    for (size_t i = 0; i < votes->count; i++)
        drop(&votes->at[i]);
    free(votes->at);
    *votes = (struct votes){.count = 0};
}
