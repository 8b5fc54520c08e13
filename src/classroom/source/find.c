// SPDX-License-Identifier: MIT
#include "classroom/source/find.h"
#include "classroom/source/code.h"

#include <string.h>

static bool is_code(const struct source *source, size_t at)
{
    enum token token = source->tokens[at];
    return token == TOKEN_PLAIN || token == TOKEN_KEYWORD || token == TOKEN_PRIMITIVE;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\n';
}

/** Past the bracket that closes the one at `at`; the end of the text, if none does. */
static size_t past_bracket(const struct source *source, size_t at)
{
    int depth = 0;
    for (; at < source->size; at++) {
        if (!is_code(source, at))
            continue;
        char is = source->text[at];
        depth += (is == '(' || is == '{' || is == '[');
        depth -= (is == ')' || is == '}' || is == ']');
        if (depth == 0)
            return at + 1;
    }
    return at;
}

/** The name in front of the bracket at `at`. */
static void name_before(const struct source *source, size_t at,
                        struct function *function)
{
    size_t end = at;
    while (end > 0 && source->text[end - 1] == ' ')
        end--;
    size_t begin = end;
    while (begin > 0 && code_is_name(source->text[begin - 1]))
        begin--;
    function->name = source->text + begin;
    function->name_length = end - begin;
}

/** A comment that ends on the line above belongs to what begins at `at`. */
static size_t with_comment(const struct source *source, size_t at)
{
    size_t end = at;
    while (end > 0 && is_blank(source->text[end - 1]))
        end--;
    if (end == 0 || source->tokens[end - 1] != TOKEN_COMMENT ||
        source_line_of(source, end - 1) + 1 < source_line_of(source, at))
        return at;
    while (end > 0 && source->tokens[end - 1] == TOKEN_COMMENT)
        end--;
    return end;
}

/**
 * What begins at `at`, outside of all functions.  @return whether it is a function's
 * definition: brackets after a name, and then a body.  Else `end` alone is set: past
 * its semicolon.
 */
static bool read_declaration(const struct source *source, size_t at,
                             struct function *function)
{
    bool has_name = false, after_bracket = false;
    *function = (struct function){.source = source, .head = at};
    while (at < source->size) {
        char is = source->text[at];
        if (!is_code(source, at) || is_blank(is)) {
            at++;
            continue;
        }
        if (is == ';') {
            function->end = at + 1;
            return false;
        }
        if (is == '{' && has_name && after_bracket) {
            function->body = at;
            function->end = past_bracket(source, at);
            return true;
        }
        if (is == '(' && !has_name) {
            name_before(source, at, function);
            has_name = function->name_length > 0;
        }
        after_bracket = is == '(';
        at = is == '(' || is == '{' || is == '[' ? past_bracket(source, at) : at + 1;
    }
    function->end = at;
    return false;
}

bool find_function(const struct source *source, size_t from, struct function *function)
{
    while (from < source->size) {
        if (!is_code(source, from) || is_blank(source->text[from])) {
            from++;
            continue;
        }
        if (read_declaration(source, from, function)) {
            function->lines.from =
                source_line_of(source, with_comment(source, function->head));
            function->lines.to = source_line_of(source, function->end - 1);
            return true;
        }
        from = function->end;
    }
    return false;
}

static bool is_called(const struct function *function, const char *name, size_t length)
{
    return function->name_length == length && memcmp(function->name, name, length) == 0;
}

bool find_named(const struct sources *sources, const char *name, size_t length,
                struct function *function)
{
    for (size_t i = 0; i < sources->count; i++) {
        size_t from = 0;
        while (find_function(&sources->at[i], from, function)) {
            if (is_called(function, name, length))
                return true;
            from = function->end;
        }
    }
    return false;
}

/** Past the next place where `what` stands as code, from `at` on; 0: nowhere. */
static size_t past(const struct source *source, size_t at, const char *what)
{
    size_t length = strlen(what);
    for (; at + length <= source->size; at++)
        if (memcmp(source->text + at, what, length) == 0 && is_code(source, at))
            return at + length;
    return 0;
}

static size_t skip_blanks(const struct source *source, size_t at)
{
    while (at < source->size && is_blank(source->text[at]))
        at++;
    return at;
}

/** The end of a value in a list: its comma, or the bracket that closes the list. */
static size_t value_end(const struct source *source, size_t at)
{
    while (at < source->size) {
        char is = source->text[at];
        bool opens = is == '(' || is == '{' || is == '[';
        if (is_code(source, at) && (is == ',' || is == '}'))
            return at;
        at = opens && is_code(source, at) ? past_bracket(source, at) : at + 1;
    }
    return at;
}

/** Where two values of an entry stand: its name, a string, and what it runs. */
struct entry {
    size_t name, run;
};

/** An entry of the table: its "{" is at `at`. */
static struct entry read_entry(const struct source *source, size_t at)
{
    struct entry entry = {0, 0};
    size_t end = past_bracket(source, at);
    at++;
    for (size_t place = 0; at < end; place++) {
        at = skip_blanks(source, at);
        bool is_named = at < end && source->text[at] == '.';
        size_t name = at + 1, length = is_named ? code_name_at(source, name) : 0;
        size_t equals = is_named ? past(source, at, "=") : 0;
        size_t value = equals > 0 ? skip_blanks(source, equals) : at;
        if (is_named ? length == 4 && memcmp(source->text + name, "name", 4) == 0
                     : place == 0)
            entry.name = value;
        if (is_named ? length == 3 && memcmp(source->text + name, "run", 3) == 0
                     : place == 2)
            entry.run = value;
        at = value_end(source, value) + 1;
    }
    return entry;
}

/** Whether a string of exactly that text stands there. */
static bool is_string(const struct source *source, size_t at, const char *text)
{
    size_t length = strlen(text);
    return at + length + 2 <= source->size && source->text[at] == '"' &&
           memcmp(source->text + at + 1, text, length) == 0 &&
           source->text[at + 1 + length] == '"';
}

bool find_variant(const struct sources *sources, const char *variant,
                  struct function *function)
{
    const struct source *source = sources->at;
    size_t at = sources->count > 0 ? past(source, 0, "struct variant variants[]") : 0;
    if (at == 0 || (at = past(source, at, "{")) == 0)
        return false;
    for (;;) {
        at = skip_blanks(source, at);
        if (at >= source->size || source->text[at] != '{')
            return false;
        struct entry entry = read_entry(source, at);
        if (is_string(source, entry.name, variant))
            return entry.run > 0 &&
                   find_named(sources, source->text + entry.run,
                              code_name_at(source, entry.run), function);
        at = skip_blanks(source, past_bracket(source, at));
        if (at < source->size && source->text[at] == ',')
            at++;
    }
}

/** Whether what stands from `at` to `end` is one argument of a call, and nothing more.
 */
static bool is_argument(const struct source *source, size_t at, size_t end)
{
    while (at > 0 && is_blank(source->text[at - 1]))
        at--;
    end = skip_blanks(source, end);
    return at > 0 && end < source->size && strchr("(,", source->text[at - 1]) != NULL &&
           strchr("),", source->text[end]) != NULL;
}

bool find_names(const struct sources *sources, const struct function *function,
                size_t *from, struct function *other, enum naming *naming)
{
    const struct source *source = function->source;
    size_t at = *from > function->body ? *from : function->body;
    while (at < function->end) {
        size_t length = code_name_at(source, at), end = at + length;
        const char *name = source->text + at;
        if (length == 0) {
            at++;
            continue;
        }
        size_t next = skip_blanks(source, end);
        bool is_call = next < source->size && source->text[next] == '(';
        at = end;
        if ((is_call || is_argument(source, end - length, end)) &&
            !is_called(function, name, length) &&
            find_named(sources, name, length, other)) {
            *naming = is_call ? NAMING_CALL : NAMING_HAND;
            *from = at;
            return true;
        }
    }
    return false;
}
