// SPDX-License-Identifier: MIT
#include "classroom/source/files.h"
#include "classroom/source/code.h"

#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), ending = strlen(end);
    return length >= ending && strcmp(text + length - ending, end) == 0;
}

static bool find_lines(struct source *source)
{
    size_t count = 0;
    for (size_t i = 0; i < source->size; i++)
        count += source->text[i] == '\n';
    source->line_at = calloc(count + 1, sizeof *source->line_at);
    if (source->line_at == NULL)
        return false;
    for (size_t i = 0; i < source->size; i++)
        if (source->text[i] == '\n')
            source->line_at[++source->line_count] = i + 1;
    return true;
}

bool source_open(struct source *source, const char *path, const char *text, size_t size)
{
    *source = (struct source){.path = path, .text = text, .size = size};
    source->tokens = calloc(size + 1, 1);
    if (source->tokens == NULL || !find_lines(source)) {
        source_close(source);
        return false;
    }
    if (ends_with(path, ".py"))
        code_of_python(source);
    else
        code_of_c(source);
    return true;
}

void source_close(struct source *source)
{
    free(source->tokens);
    free(source->line_at);
    *source = (struct source){.path = NULL};
}

bool sources_open(struct sources *sources, const char *demo, bool is_python)
{
    size_t count = 0;
    *sources = (struct sources){.at = NULL};
    while (embedded_files[count].path[0] != '\0')
        count++;
    sources->at = calloc(count + 1, sizeof *sources->at);
    if (sources->at == NULL)
        return false;
    for (const struct embedded *file = embedded_files; file->path[0] != '\0'; file++) {
        if (strcmp(file->demo, demo) != 0 || ends_with(file->path, ".py") != is_python)
            continue;
        if (!source_open(&sources->at[sources->count], file->path,
                         embedded_texts + file->at, file->size))
            return false;
        sources->count++;
    }
    return true;
}

void sources_close(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        source_close(&sources->at[i]);
    free(sources->at);
    *sources = (struct sources){.at = NULL};
}

const char *source_line(const struct source *source, size_t line, size_t *length)
{
    size_t begin = source->line_at[line - 1], end = source->line_at[line];
    *length = end - begin - 1;
    return source->text + begin;
}

size_t source_line_of(const struct source *source, size_t byte)
{
    size_t below = 0, above = source->line_count;
    while (above - below > 1) {
        size_t middle = below + (above - below) / 2;
        if (source->line_at[middle] <= byte)
            below = middle;
        else
            above = middle;
    }
    return below + 1;
}
