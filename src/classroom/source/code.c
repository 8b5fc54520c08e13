// SPDX-License-Identifier: MIT
#include "classroom/source/code.h"

#include <string.h>

static const char c_keywords[] =
    " auto break case char const continue default do double else enum extern float for "
    "goto if inline int long register restrict return short signed sizeof static "
    "struct switch typedef union unsigned void volatile while _Alignas _Alignof "
    "_Atomic _Bool _Generic _Noreturn _Static_assert _Thread_local bool true false "
    "NULL size_t ssize_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t "
    "pid_t ";

/** Calls whose names do not tell; those of libuv and of POSIX threads do. */
static const char c_primitives[] =
    " fork vfork posix_spawn waitpid waitid wait exit _exit mmap munmap socketpair "
    "poll send recv nanosleep ";

static const char *const c_families[] = {"uv_", "pthread_", "atomic_"};

static const char python_keywords[] =
    " False None True and as assert async await break class continue def del elif else "
    "except finally for from global if import in is lambda nonlocal not or pass raise "
    "return try while with yield ";

static const char python_primitives[] =
    " Thread Process Pool Lock RLock Event Condition Semaphore Barrier Queue "
    "SimpleQueue ThreadPoolExecutor ProcessPoolExecutor start join acquire release "
    "submit result map fork waitpid _exit wait notify gather create_task sleep run "
    "to_thread run_in_executor Popen is_alive ";

bool code_is_name(char character)
{
    return (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '_';
}

static size_t name_length(const struct source *source, size_t at)
{
    size_t length = 0;
    while (at + length < source->size && code_is_name(source->text[at + length]))
        length++;
    return length;
}

size_t code_name_at(const struct source *source, size_t at)
{
    if (at >= source->size)
        return 0;
    char first = source->text[at];
    enum token token = source->tokens[at];
    bool is_code = token == TOKEN_PLAIN || token == TOKEN_PRIMITIVE;
    if (!is_code || (first >= '0' && first <= '9') ||
        (at > 0 && code_is_name(source->text[at - 1])))
        return 0;
    return name_length(source, at);
}

/** Whether a word stands among others, each between blanks. */
static bool is_among(const char *words, const char *word, size_t length)
{
    for (const char *at = words; (at = memmem(at, strlen(at), word, length)) != NULL;
         at++)
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

static bool is_called(const struct source *source, size_t end)
{
    return end < source->size && source->text[end] == '(';
}

static enum token c_word(const struct source *source, size_t at, size_t length)
{
    const char *word = source->text + at;
    if (is_among(c_keywords, word, length))
        return TOKEN_KEYWORD;
    if (!is_called(source, at + length))
        return TOKEN_PLAIN;
    for (size_t i = 0; i < sizeof c_families / sizeof *c_families; i++)
        if (strncmp(word, c_families[i], strlen(c_families[i])) == 0)
            return TOKEN_PRIMITIVE;
    return is_among(c_primitives, word, length) ? TOKEN_PRIMITIVE : TOKEN_PLAIN;
}

static enum token python_word(const struct source *source, size_t at, size_t length)
{
    const char *word = source->text + at;
    if (is_among(python_keywords, word, length))
        return TOKEN_KEYWORD;
    return is_called(source, at + length) && is_among(python_primitives, word, length)
               ? TOKEN_PRIMITIVE
               : TOKEN_PLAIN;
}

static bool begins(const struct source *source, size_t at, const char *with)
{
    size_t length = strlen(with);
    return at + length <= source->size && memcmp(source->text + at, with, length) == 0;
}

static size_t until(const struct source *source, size_t at, const char *end)
{
    while (at < source->size && !begins(source, at, end))
        at++;
    return at;
}

/** Where a string or character ends that begins here: past its mark; at the end of the
 * line, if that has none. */
static size_t string_end(const struct source *source, size_t at)
{
    char mark = source->text[at++];
    while (at < source->size && source->text[at] != '\n') {
        if (source->text[at] == mark)
            return at + 1;
        at += source->text[at] == '\\' && at + 1 < source->size ? 2 : 1;
    }
    return at < source->size ? at : source->size;
}

static size_t c_comment_end(const struct source *source, size_t at)
{
    size_t end = begins(source, at, "//") ? until(source, at, "\n")
                                          : until(source, at + 2, "*/") + 2;
    return end < source->size ? end : source->size;
}

static bool is_first_of_line(const struct source *source, size_t at)
{
    while (at > 0 && source->text[at - 1] == ' ')
        at--;
    return at == 0 || source->text[at - 1] == '\n';
}

/** A directive ends with its line, or with the line that that goes on in, or at a
 * comment. */
static size_t directive_end(const struct source *source, size_t at)
{
    while (at < source->size && !begins(source, at, "/*") &&
           !begins(source, at, "//")) {
        if (source->text[at] == '\n' && source->text[at - 1] != '\\')
            break;
        at++;
    }
    return at;
}

/** The token that begins there. */
struct piece {
    enum token token;
    size_t end;
};

static struct piece c_piece(const struct source *source, size_t at)
{
    char first = source->text[at];
    if (begins(source, at, "/*") || begins(source, at, "//"))
        return (struct piece){TOKEN_COMMENT, c_comment_end(source, at)};
    if (first == '"' || first == '\'')
        return (struct piece){TOKEN_STRING, string_end(source, at)};
    if (first == '#' && is_first_of_line(source, at))
        return (struct piece){TOKEN_PREPROCESSOR, directive_end(source, at)};
    if (!code_is_name(first))
        return (struct piece){TOKEN_PLAIN, at + 1};
    size_t length = name_length(source, at);
    return (struct piece){c_word(source, at, length), at + length};
}

static struct piece python_piece(const struct source *source, size_t at)
{
    char first = source->text[at];
    if (first == '#')
        return (struct piece){TOKEN_COMMENT, until(source, at, "\n")};
    if (begins(source, at, "\"\"\"")) {
        size_t end = until(source, at + 3, "\"\"\"") + 3;
        return (struct piece){TOKEN_STRING, end < source->size ? end : source->size};
    }
    if (first == '"' || first == '\'')
        return (struct piece){TOKEN_STRING, string_end(source, at)};
    if (!code_is_name(first))
        return (struct piece){TOKEN_PLAIN, at + 1};
    size_t length = name_length(source, at);
    return (struct piece){python_word(source, at, length), at + length};
}

static void fill(struct source *source,
                 struct piece (*piece_at)(const struct source *source, size_t at))
{
    for (size_t at = 0; at < source->size;) {
        struct piece piece = piece_at(source, at);
        memset(source->tokens + at, (int)piece.token, piece.end - at);
        at = piece.end;
    }
}

void code_of_c(struct source *source)
{
    fill(source, c_piece);
}

void code_of_python(struct source *source)
{
    fill(source, python_piece);
}
