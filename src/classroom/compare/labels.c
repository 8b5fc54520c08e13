// SPDX-License-Identifier: MIT
#include "classroom/compare/compare.h"

#include "text/draft.h"
#include "text/width.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

char *made_printable(char *text)
{
    struct draft draft;
    if (text == NULL || text_is_printable(text))
        return text;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        text_print_safe(text, false, out);
    free(text);
    return draft_close(&draft);
}

/** "anna" of "class/anna.json"; all before the extension where `with_folder`. */
static char *label_of(const char *path, bool with_folder)
{
    if (strcmp(path, "-") == 0)
        return strdup("standard input");
    const char *slash = strrchr(path, '/');
    const char *from = slash != NULL && !with_folder ? slash + 1 : path;
    size_t length = strlen(from);
    if (length > 5 && strcmp(from + length - 5, ".json") == 0)
        length -= 5;
    return made_printable(strndup(from, length));
}

/** A file's place and its label, to find the same ones side by side. */
struct labelled {
    const char *label;
    size_t file;
};

static int by_label(const void *left, const void *right)
{
    const struct labelled *a = left, *b = right;
    int order = strcmp(a->label, b->label);
    return order != 0 ? order : (a->file > b->file) - (a->file < b->file);
}

static struct labelled *sorted_labels(const struct comparison *comparison)
{
    size_t count = comparison->file_count;
    struct labelled *sorted = calloc(count + 1, sizeof *sorted);
    for (size_t i = 0; sorted != NULL && i < count; i++)
        sorted[i] = (struct labelled){comparison->files[i].label, i};
    if (sorted != NULL)
        qsort(sorted, count, sizeof *sorted, by_label);
    return sorted;
}

/** Whether label `i` of the sorted ones also stands beside itself. */
static bool is_shared(const struct labelled *sorted, size_t count, size_t i)
{
    return (i > 0 && strcmp(sorted[i - 1].label, sorted[i].label) == 0) ||
           (i + 1 < count && strcmp(sorted[i + 1].label, sorted[i].label) == 0);
}

static int relabel(char **label, char *better)
{
    if (better == NULL)
        return UV_ENOMEM;
    free(*label);
    *label = better;
    return 0;
}

/** Where names are the same, their folders tell them apart. */
static int add_folders(struct comparison *comparison)
{
    size_t count = comparison->file_count;
    struct labelled *sorted = sorted_labels(comparison);
    bool *shared = calloc(count + 1, sizeof *shared);
    int result = sorted == NULL || shared == NULL ? UV_ENOMEM : 0;
    for (size_t i = 0; i < count && result == 0; i++)
        shared[sorted[i].file] = is_shared(sorted, count, i);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct compared_file *file = &comparison->files[i];
        if (shared[i])
            result = relabel(&file->label, label_of(file->path, true));
    }
    free(sorted);
    free(shared);
    return result;
}

/** The same file twice: "anna", "anna (2)". */
static int add_numbers(struct comparison *comparison)
{
    size_t count = comparison->file_count, number = 1;
    struct labelled *sorted = sorted_labels(comparison);
    size_t *numbers = calloc(count + 1, sizeof *numbers);
    int result = sorted == NULL || numbers == NULL ? UV_ENOMEM : 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        bool again = i > 0 && strcmp(sorted[i - 1].label, sorted[i].label) == 0;
        number = again ? number + 1 : 1;
        numbers[sorted[i].file] = number;
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        char *better = NULL;
        char **label = &comparison->files[i].label;
        if (numbers[i] == 1)
            continue;
        if (asprintf(&better, "%s (%zu)", *label, numbers[i]) < 0)
            better = NULL;
        result = relabel(label, better);
    }
    free(sorted);
    free(numbers);
    return result;
}

int compare_labels(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->file_count; i++) {
        struct compared_file *file = &comparison->files[i];
        file->label = label_of(file->path, false);
        if (file->label == NULL)
            return UV_ENOMEM;
    }
    int result = add_folders(comparison);
    return result == 0 ? add_numbers(comparison) : result;
}
