// SPDX-License-Identifier: MIT
#include "classroom/compare.h"

#include "text/width.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum judgement judge(const struct entry *a, const struct entry *b)
{
    if (a == b || a->wall_count == 0 || b->wall_count == 0)
        return JUDGE_NONE;
    if (a->wall_count == 1 && b->wall_count == 1)
        return JUDGE_SINGLE;
    if (spreads_overlap(&a->wall, &b->wall))
        return JUDGE_NOISE;
    return a->wall_count == 1 || b->wall_count == 1 ? JUDGE_SINGLE : JUDGE_APART;
}

double luck_of(size_t a, size_t b)
{
    /* Of all orders of a + b runs that are equally likely, two have all of the one
     * before all of the other: (a + b)! / (a! b!) / 2. */
    double ways = 1;
    size_t less = a < b ? a : b, more = a < b ? b : a;
    for (size_t i = 1; i <= less && ways < 1e15; i++)
        ways *= (double)(more + i) / (double)i;
    return ways / 2;
}

static double ratio(int64_t a, int64_t b)
{
    return a > 0 && b > 0 ? (double)a / (double)b : 0;
}

// ---- labels

char *made_printable(char *text)
{
    char *safe = NULL;
    size_t length = 0;
    if (text == NULL || text_is_printable(text))
        return text;
    FILE *memory = open_memstream(&safe, &length);
    if (memory != NULL) {
        text_print_safe(text, false, memory);
        if (fclose(memory) != 0) {
            free(safe);
            safe = NULL;
        }
    }
    free(text);
    return safe;
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

static int make_labels(struct comparison *comparison)
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

// ---- groups

static struct compared_demo *demo_named(struct comparison *comparison, const char *name)
{
    for (size_t i = 0; i < comparison->demo_count; i++)
        if (strcmp(comparison->demos[i].name, name) == 0)
            return &comparison->demos[i];
    size_t room = comparison->demo_count + 1;
    struct compared_demo *demos =
        reallocarray(comparison->demos, room, sizeof *comparison->demos);
    if (demos == NULL)
        return NULL;
    comparison->demos = demos;
    demos[comparison->demo_count] = (struct compared_demo){.name = name};
    return &demos[comparison->demo_count++];
}

static struct compared_variant *variant_named(struct compared_demo *demo,
                                              const char *name)
{
    for (size_t i = 0; i < demo->variant_count; i++)
        if (strcmp(demo->variants[i].name, name) == 0)
            return &demo->variants[i];
    struct compared_variant *variants =
        reallocarray(demo->variants, demo->variant_count + 1, sizeof *variants);
    if (variants == NULL)
        return NULL;
    demo->variants = variants;
    variants[demo->variant_count] = (struct compared_variant){.name = name};
    return &variants[demo->variant_count++];
}

static int group_entry(struct compared_demo *demo, const struct entry *entry)
{
    struct compared_variant *variant = variant_named(demo, entry->name);
    if (variant == NULL)
        return UV_ENOMEM;
    const struct entry **entries =
        reallocarray(variant->entries, variant->count + 1, sizeof *variant->entries);
    if (entries == NULL)
        return UV_ENOMEM;
    variant->entries = entries;
    entries[variant->count++] = entry;
    variant->measured += entry->wall_count > 0;
    return 0;
}

static int group_file(struct comparison *comparison, size_t index)
{
    struct compared_file *file = &comparison->files[index];
    struct compared_demo *demo = demo_named(comparison, file->demo);
    if (demo == NULL)
        return UV_ENOMEM;
    size_t *files =
        reallocarray(demo->files, demo->file_count + 1, sizeof *demo->files);
    if (files == NULL)
        return UV_ENOMEM;
    demo->files = files;
    files[demo->file_count++] = index;
    for (size_t i = 0; i < file->entry_count; i++) {
        file->entries[i].file = index;
        if (group_entry(demo, &file->entries[i]) != 0)
            return UV_ENOMEM;
    }
    return 0;
}

// ---- figures

static void sum_file(struct compared_file *file)
{
    struct entry *first = &file->entries[0];
    for (size_t i = 0; i < file->entry_count; i++) {
        struct entry *entry = &file->entries[i];
        entry->speedup = ratio(first->wall.median, entry->wall.median);
        entry->speedup_is = judge(first, entry);
        entry->base_runs = first->wall_count;
    }
}

/** The first entry of a variant that has runs which can be compared; or NULL. */
static const struct entry *first_measured(const struct compared_variant *variant)
{
    for (size_t i = 0; i < variant->count; i++)
        if (variant->entries[i]->wall_count > 0)
            return variant->entries[i];
    return NULL;
}

static int sum_variant(struct comparison *comparison, struct compared_variant *variant)
{
    const struct entry *first = first_measured(variant);
    int64_t *medians = calloc(variant->count + 1, sizeof *medians);
    size_t count = 0;
    if (medians == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < variant->count && first != NULL; i++) {
        size_t file = variant->entries[i]->file;
        struct compared_file *owner = &comparison->files[file];
        struct entry *entry = &owner->entries[variant->entries[i] - owner->entries];
        entry->to_first = ratio(first->wall.median, entry->wall.median);
        entry->to_first_is = judge(first, entry);
        entry->first_runs = first->wall_count;
        if (entry->wall_count > 0)
            medians[count++] = entry->wall.median;
    }
    if (count > 0)
        variant->medians = spread_of(medians, count);
    free(medians);
    return 0;
}

static void sum_machines(const struct comparison *comparison,
                         struct compared_demo *demo)
{
    demo->same_machine = demo->same_cores = true;
    const struct compared_file *first = &comparison->files[demo->files[0]];
    for (size_t i = 1; i < demo->file_count; i++) {
        const struct compared_file *file = &comparison->files[demo->files[i]];
        demo->same_machine &= strcmp(file->machine.cpu, first->machine.cpu) == 0;
        demo->same_cores &= file->machine.cores == first->machine.cores &&
                            file->cores_used == first->cores_used;
    }
}

int compare_sum(struct comparison *comparison)
{
    int result = make_labels(comparison);
    for (size_t i = 0; i < comparison->file_count && result == 0; i++) {
        if (comparison->files[i].entry_count > 0)
            sum_file(&comparison->files[i]);
        result = group_file(comparison, i);
    }
    for (size_t i = 0; i < comparison->demo_count && result == 0; i++) {
        struct compared_demo *demo = &comparison->demos[i];
        sum_machines(comparison, demo);
        for (size_t j = 0; j < demo->variant_count && result == 0; j++)
            result = sum_variant(comparison, &demo->variants[j]);
        if (result == 0)
            result = compare_differences(comparison, demo);
    }
    return result;
}

// ---- the end

static void difference_destroy(struct difference *difference)
{
    for (size_t i = 0; i < difference->count; i++) {
        json_decref(difference->values[i].json);
        free(difference->values[i].text);
        free(difference->values[i].files);
    }
    free(difference->values);
    free(difference->what);
}

static void demo_destroy(struct compared_demo *demo)
{
    for (size_t i = 0; i < demo->variant_count; i++)
        free(demo->variants[i].entries);
    for (size_t i = 0; i < demo->difference_count; i++)
        difference_destroy(&demo->differences[i]);
    free(demo->variants);
    free(demo->differences);
    free(demo->files);
}

void compare_destroy(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->demo_count; i++)
        demo_destroy(&comparison->demos[i]);
    for (size_t i = 0; i < comparison->file_count; i++)
        compare_file_destroy(&comparison->files[i]);
    for (size_t i = 0; i < comparison->skipped_count; i++)
        free(comparison->skipped[i].path);
    free(comparison->demos);
    free(comparison->files);
    free(comparison->skipped);
    *comparison = (struct comparison){.files = NULL};
}
