// SPDX-License-Identifier: MIT
#include "classroom/compare/compare.h"
#include "classroom/compare/guesses.h"
#include "classroom/saved/values.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define NAME_BYTES 128
#define CORES_MAX  1000000

const char *compare_read_name(struct saved_reading *reading, const json_t *object,
                              const char *key)
{
    const char *name = saved_text(reading, object, key);
    if (*name == '\0')
        saved_fail(reading, key, "is empty");
    else if (strlen(name) > NAME_BYTES)
        saved_fail(reading, key, "is too long");
    return name;
}

static void read_machine(struct saved_reading *reading, struct compared_file *file)
{
    struct machine *machine = &file->machine;
    const json_t *json = saved_object(reading, file->root, "machine");
    size_t before = saved_enter(reading, "machine", -1);
    snprintf(machine->os, sizeof machine->os, "%s", saved_text(reading, json, "os"));
    snprintf(machine->kernel, sizeof machine->kernel, "%s",
             saved_text(reading, json, "kernel"));
    snprintf(machine->cpu, sizeof machine->cpu, "%s", saved_text(reading, json, "cpu"));
    machine->cores = (unsigned)saved_int(reading, json, "cores", 1, CORES_MAX);
    machine->cpu_quota = saved_real(reading, json, "cpu_quota");
    file->cores_used =
        (unsigned)saved_int(reading, json, "cores_used", 1, machine->cores);
    saved_leave(reading, before);
}

/** What a race has counted in a run, which is what --predict asks for there. */
static void read_counted(const json_t *run, struct entry *entry)
{
    const json_t *outcome = json_object_get(run, "outcome");
    const json_t *actual = json_object_get(outcome, "actual");
    int64_t counted = json_is_integer(actual) ? json_integer_value(actual) : -1;
    if (counted < 0 || json_integer_value(json_object_get(outcome, "runs")) <= 0)
        return;
    bool first = entry->counted_min < 0;
    if (first || counted < entry->counted_min)
        entry->counted_min = counted;
    if (first || counted > entry->counted_max)
        entry->counted_max = counted;
}

/** A run: whether, and why not, it can be compared. */
static void read_run(struct saved_reading *reading, const json_t *run,
                     struct entry *entry)
{
    int64_t wall = saved_ns(reading, run, "wall_ns");
    const char *ended_by = saved_text_or_null(reading, run, "ended_by");
    bool disturbed = saved_bool(reading, run, "disturbed");
    if (ended_by == NULL)
        read_counted(run, entry);
    if (ended_by != NULL && strcmp(ended_by, "deadlock") == 0)
        entry->stuck++;
    else if (ended_by != NULL)
        entry->cut++;
    else if (disturbed)
        entry->stopped++;
    else
        entry->walls[entry->wall_count++] = wall;
}

static void read_runs(struct saved_reading *reading, const json_t *variant,
                      struct entry *entry)
{
    const json_t *runs = saved_array(reading, variant, "runs", &entry->run_count);
    entry->counted_min = entry->counted_max = -1;
    entry->walls = saved_room(reading, entry->run_count, sizeof *entry->walls);
    for (size_t i = 0; i < entry->run_count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "runs", (int64_t)i);
        const json_t *run = json_array_get(runs, i);
        if (!json_is_object(run))
            saved_fail(reading, NULL, "is not an object");
        read_run(reading, run, entry);
        saved_leave(reading, before);
    }
    if (entry->wall_count > 0)
        entry->wall = spread_of(entry->walls, entry->wall_count);
}

/** What the file says of itself must fit its runs: figures are worked out from those.
 */
static void check_figures(struct saved_reading *reading, const json_t *variant,
                          const struct entry *entry)
{
    int64_t wall = saved_ns_or_null(reading, variant, "wall_ns");
    if (wall != (entry->wall_count > 0 ? entry->wall.median : -1))
        saved_fail(reading, "wall_ns", "is not the median of the runs");
}

static void read_variant(struct saved_reading *reading, const json_t *json,
                         struct entry *entry)
{
    if (!json_is_object(json))
        saved_fail(reading, NULL, "is not an object");
    entry->name = compare_read_name(reading, json, "name");
    entry->skipped = saved_text_or_null(reading, json, "skipped") != NULL;
    entry->ideal_ns = saved_ns_or_null(reading, json, "ideal_ns");
    entry->cpu_ns = saved_ns_or_null(reading, json, "cpu_ns");
    entry->no_speedup = json_is_null(json_object_get(json, "speedup"));
    entry->has_sweep = json_array_size(json_object_get(json, "sweep")) > 0;
    read_runs(reading, json, entry);
    check_figures(reading, json, entry);
}

struct entry *compare_entry_named(struct compared_file *file, const char *name,
                                  size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(file->entries[i].name, name) == 0)
            return &file->entries[i];
    return NULL;
}

static void read_variants(struct saved_reading *reading, struct compared_file *file)
{
    const json_t *variants =
        saved_array(reading, file->root, "variants", &file->entry_count);
    if (file->entry_count > COMPARE_VARIANTS_MAX)
        saved_fail(reading, "variants", "has more items than a demo has variants");
    else if (file->entry_count == 0)
        saved_fail(reading, "variants", "is empty");
    file->entries = saved_room(reading, file->entry_count, sizeof *file->entries);
    for (size_t i = 0; i < file->entry_count && !reading->failed; i++) {
        struct entry *entry = &file->entries[i];
        size_t before = saved_enter(reading, "variants", (int64_t)i);
        read_variant(reading, json_array_get(variants, i), entry);
        if (!reading->failed && compare_entry_named(file, entry->name, i) != NULL)
            saved_fail(reading, "name", "stands for another variant already");
        saved_leave(reading, before);
    }
}

/** Only what is needed later: lanes of many files would fill the memory. */
static void drop_lanes(json_t *root)
{
    size_t i, j;
    json_t *variant, *run;
    json_object_del(root, "class");
    json_array_foreach(json_object_get(root, "variants"), i, variant)
    {
        json_array_foreach(json_object_get(variant, "runs"), j, run)
        {
            json_object_clear(run);
        }
    }
}

int compare_read(struct compared_file *file, json_t *root, struct saved_error *error)
{
    struct saved_reading reading = {.error = error};
    file->root = root;
    file->conc = compare_read_name(&reading, root, "conc");
    file->demo = compare_read_name(&reading, root, "demo");
    file->options = saved_object(&reading, root, "options");
    if (json_object_size(file->options) > COMPARE_OPTIONS_MAX)
        saved_fail(&reading, "options", "has more keys than a demo has options");
    file->started = saved_text(&reading, root, "started");
    file->complete = saved_bool(&reading, root, "complete");
    file->disturbed = saved_bool(&reading, root, "disturbed");
    read_machine(&reading, file);
    read_variants(&reading, file);
    compare_read_guesses(&reading, file);
    if (!reading.failed) {
        drop_lanes(root);
        return 0;
    }
    compare_file_destroy(file);
    return -1;
}

void compare_file_destroy(struct compared_file *file)
{
    for (size_t i = 0; file->entries != NULL && i < file->entry_count; i++)
        free(file->entries[i].walls);
    free(file->entries);
    json_decref(file->root);
    free(file->path);
    free(file->label);
    *file = (struct compared_file){.path = NULL};
}
