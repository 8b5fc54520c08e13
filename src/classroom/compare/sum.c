// SPDX-License-Identifier: MIT
#include "classroom/compare/compare.h"

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
        if (!entry->no_speedup) {
            entry->speedup = ratio(first->wall.median, entry->wall.median);
            entry->speedup_is = judge(first, entry);
        }
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

/** Where the beginning ends that all labels share: behind the last "-", "/" or so. */
static size_t shared_bytes(const struct comparison *comparison,
                           const struct compared_demo *demo)
{
    const char *first = comparison->files[demo->files[0]].label;
    size_t shared = strlen(first);
    for (size_t i = 0; i < demo->file_count; i++) {
        const char *label = comparison->files[demo->files[i]].label;
        size_t same = 0;
        while (same < shared && label[same] == first[same])
            same++;
        shared = same;
    }
    while (shared > 0 && strchr("-_./ ", first[shared - 1]) == NULL)
        shared--;
    return shared;
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
    int result = compare_labels(comparison);
    for (size_t i = 0; i < comparison->file_count && result == 0; i++) {
        if (comparison->files[i].entry_count > 0)
            sum_file(&comparison->files[i]);
        result = group_file(comparison, i);
    }
    for (size_t i = 0; i < comparison->demo_count && result == 0; i++) {
        struct compared_demo *demo = &comparison->demos[i];
        sum_machines(comparison, demo);
        demo->shared_bytes = shared_bytes(comparison, demo);
        for (size_t j = 0; j < demo->variant_count && result == 0; j++)
            result = sum_variant(comparison, &demo->variants[j]);
        if (result == 0)
            result = compare_differences(comparison, demo);
    }
    return result;
}

// ---- the end

static void demo_destroy(struct compared_demo *demo)
{
    for (size_t i = 0; i < demo->variant_count; i++)
        free(demo->variants[i].entries);
    for (size_t i = 0; i < demo->difference_count; i++)
        difference_destroy(&demo->differences[i]);
    difference_destroy(&demo->machines);
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
