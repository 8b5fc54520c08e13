// SPDX-License-Identifier: MIT
#include "array.h"
#include "classroom/compare/compare.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

static int skip(struct comparison *comparison, const char *path,
                const struct saved_error *error)
{
    size_t count = comparison->skipped_count;
    struct skipped_file *skipped = array_grow(
        comparison->skipped, count, &comparison->skipped_capacity, sizeof *skipped);
    if (skipped == NULL)
        return UV_ENOMEM;
    comparison->skipped = skipped;
    skipped[count] = (struct skipped_file){.path = strdup(path), .error = *error};
    if (skipped[count].path == NULL)
        return UV_ENOMEM;
    comparison->skipped_count++;
    return 0;
}

/** @root: what was parsed, which is taken over; NULL: `error` says why not. */
static int add_root(struct comparison *comparison, const char *path, json_t *root,
                    struct saved_error *error)
{
    struct compared_file file = {.path = NULL};
    if (root == NULL || compare_read(&file, root, error) != 0)
        return skip(comparison, path, error);
    file.path = strdup(path);
    struct compared_file *files = array_grow(comparison->files, comparison->file_count,
                                             &comparison->file_capacity, sizeof *files);
    if (files != NULL)
        comparison->files = files;
    if (files == NULL || file.path == NULL) {
        compare_file_destroy(&file);
        return UV_ENOMEM;
    }
    files[comparison->file_count++] = file;
    return 0;
}

int compare_add(struct comparison *comparison, const char *path)
{
    struct saved_error error = {""};
    return add_root(comparison, path, saved_parse_figures(path, &error), &error);
}

int compare_add_text(struct comparison *comparison, const char *path, const char *text,
                     size_t length)
{
    struct saved_error error = {""};
    char *copy = malloc(length + 1);
    if (copy == NULL)
        return UV_ENOMEM;
    memcpy(copy, text, length);
    json_t *root = saved_parse_figures_text(copy, length, &error);
    free(copy);
    return add_root(comparison, path, root, &error);
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), end_length = strlen(end);
    return length > end_length && strcmp(name + length - end_length, end) == 0;
}

/** As the shell's *.json, which leaves hidden files out; traces are of another format.
 */
static int is_wanted(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && ends_with(entry->d_name, ".json") &&
           !ends_with(entry->d_name, ".trace.json");
}

/** By their bytes: the same order in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/** Something in a folder: to open a pipe there might take for ever. */
static int add_in_folder(struct comparison *comparison, const char *folder,
                         const char *name)
{
    struct stat found;
    char *path = NULL;
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    if (asprintf(&path, "%s%s%s", folder, slash, name) < 0)
        return UV_ENOMEM;
    int result = 0;
    if (stat(path, &found) != 0 || S_ISREG(found.st_mode))
        result = compare_add(comparison, path);
    free(path);
    return result;
}

static int add_folder(struct comparison *comparison, const char *path)
{
    struct dirent **names = NULL;
    struct saved_error error = {"no *.json in this folder"};
    int result = 0, count = scandir(path, &names, is_wanted, by_name);
    if (count < 0)
        snprintf(error.text, sizeof error.text, "%s", strerror(errno));
    if (count <= 0)
        result = skip(comparison, path, &error);
    for (int i = 0; i < count; i++) {
        if (result == 0)
            result = add_in_folder(comparison, path, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return result;
}

int compare_add_path(struct comparison *comparison, const char *path)
{
    struct stat found;
    if (strcmp(path, "-") != 0 && stat(path, &found) == 0 && S_ISDIR(found.st_mode))
        return add_folder(comparison, path);
    return compare_add(comparison, path);
}
