// SPDX-License-Identifier: MIT
#include "classroom/saved/saved.h"

#include "card.h"
#include "classroom/saved/parts.h"
#include "commands.h"

#include <stdlib.h>
#include <string.h>

/** What a run may have lost: the sum of as many runs as fit in a file is a number. */
#define LOST_MAX (INT64_MAX >> 24)

/** "signal 11", "exit 3": what stands before the number. */
static bool takes_number(const char *text, const char *word, int *number)
{
    size_t length = strlen(word);
    if (strncmp(text, word, length) != 0 || text[length] != ' ')
        return false;
    char *end;
    long read = strtol(text + length + 1, &end, 10);
    *number = (int)read;
    return *end == '\0' && end != text + length + 1 && read >= 0 && read < 1000;
}

static void read_ending(struct saved_reading *reading, const json_t *object,
                        struct run *run)
{
    static const struct {
        const char *word;
        enum ending ending;
    } words[] = {{"limit", ENDING_LIMIT},
                 {"deadlock", ENDING_DEADLOCK},
                 {"interrupt", ENDING_INTERRUPT},
                 {"refused", ENDING_REFUSED},
                 {"keeper", ENDING_KEEPER}};
    const char *text = saved_text_or_null(reading, object, "ended_by");
    run->ending = ENDING_RETURN;
    if (text == NULL)
        return;
    if (takes_number(text, "signal", &run->number)) {
        run->ending = ENDING_SIGNAL;
        return;
    }
    if (takes_number(text, "exit", &run->number)) {
        run->ending = ENDING_EXIT;
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].word, text) == 0) {
            run->ending = words[i].ending;
            return;
        }
    }
    saved_fail(reading, "ended_by", "is a word that this conc does not know");
}

/** What the demo printed may hold any bytes. */
static void read_printed(struct saved_reading *reading, const json_t *object,
                         struct run *run)
{
    const json_t *printed = json_object_get(object, "printed");
    run->printed_lost =
        (uint64_t)saved_int(reading, object, "printed_lost", 0, LOST_MAX);
    if (printed == NULL || json_is_null(printed))
        return;
    if (!json_is_string(printed)) {
        saved_fail(reading, "printed", "is not a text");
        return;
    }
    run->printed_bytes = json_string_length(printed);
    run->printed = saved_room(reading, run->printed_bytes, 1);
    if (run->printed != NULL)
        memcpy(run->printed, json_string_value(printed), run->printed_bytes);
    else
        run->printed_bytes = 0;
}

static void read_one_captured(struct saved_reading *reading, const json_t *object,
                              struct captured *captured)
{
    int64_t last = (int64_t)reading->saved->options.tasks.count - 1;
    const json_t *text = json_object_get(object, "text");
    captured->task = (size_t)saved_int(reading, object, "task", 0, last);
    captured->error = (int)saved_int(reading, object, "error", 0, INT16_MAX);
    captured->bytes = (uint64_t)saved_int(reading, object, "bytes", 0, LOST_MAX);
    captured->lines = (uint64_t)saved_int(reading, object, "lines", 0, LOST_MAX);
    captured->cksum = (uint32_t)saved_int(reading, object, "cksum", 0, UINT32_MAX);
    if (!json_is_string(text)) {
        saved_fail(reading, "text", "is not a text");
        return;
    }
    size_t bytes = json_string_length(text);
    captured->text = saved_room(reading, bytes, 1);
    if (captured->text == NULL)
        return;
    memcpy(captured->text, json_string_value(text), bytes);
    captured->text_bytes = bytes;
}

/** What programs printed may hold any bytes, too. */
static void read_captured(struct saved_reading *reading, const json_t *object,
                          struct run *run)
{
    size_t count;
    if (!reading->saved->options.card->takes_programs)
        return;
    const json_t *captured = saved_array(reading, object, "captured", &count);
    run->captured = saved_room(reading, count, sizeof *run->captured);
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "captured", (int64_t)i);
        read_one_captured(reading, json_array_get(captured, i),
                          &run->captured[run->captured_count++]);
        saved_leave(reading, before);
    }
}

static void read_run(struct saved_reading *reading, const json_t *object,
                     struct run *run)
{
    const char *detail = saved_text_or_null(reading, object, "detail");
    run->wall_ns = saved_ns(reading, object, "wall_ns");
    run->cpu_ns = saved_int_or_null(reading, object, "cpu_ns", INT64_MAX / 4);
    run->disturbed = saved_bool(reading, object, "disturbed");
    run->is_thinned = !saved_bool(reading, object, "lanes_kept");
    run->file_lines = -1;
    run->detail = detail != NULL ? strdup(detail) : NULL;
    run->outcome = json_incref(
        (json_t *)(uintptr_t)saved_object_or_null(reading, object, "outcome"));
    read_ending(reading, object, run);
    read_printed(reading, object, run);
    read_captured(reading, object, run);
    run->timeline.wall_ns = run->wall_ns;
    run->timeline.complete = run->ending == ENDING_RETURN;
    run->timeline.dropped_events =
        (uint64_t)saved_int(reading, object, "dropped_events", 0, LOST_MAX);
    saved_timeline(reading, object, &run->timeline);
    saved_deadlock(reading, object, run);
    if (!reading->failed && (run->ending == ENDING_DEADLOCK) != (run->deadlock != NULL))
        saved_fail(reading, "ended_by", "and deadlock contradict each other");
}

static void read_runs(struct saved_reading *reading, const json_t *object,
                      struct variant_report *variant)
{
    size_t count;
    const json_t *runs = saved_array(reading, object, "runs", &count);
    variant->runs = saved_room(reading, count, sizeof *variant->runs);
    for (size_t i = 0; i < count && variant->runs != NULL && !reading->failed; i++) {
        size_t before = saved_enter(reading, "runs", (int64_t)i);
        variant->run_count++;
        read_run(reading, json_array_get(runs, i), &variant->runs[i]);
        variant->comparable +=
            variant->runs[i].ending == ENDING_RETURN && !variant->runs[i].disturbed;
        saved_leave(reading, before);
    }
}

static void read_spread(struct saved_reading *reading, const json_t *object,
                        struct variant_report *variant)
{
    const json_t *spread = json_object_get(object, "spread_ns");
    int64_t ends[2];
    for (size_t i = 0; i < 2; i++) {
        const json_t *end = json_array_get(spread, i);
        ends[i] = json_integer_value(end);
        if (!json_is_integer(end) || ends[i] < 0 || ends[i] > SAVED_NS_MAX)
            saved_fail(reading, "spread_ns", "is not two times");
    }
    variant->wall = (struct spread){
        .min = ends[0],
        .median = saved_ns(reading, object, "wall_ns"),
        .max = ends[1],
    };
    if (variant->wall.min > variant->wall.median ||
        variant->wall.median > variant->wall.max)
        saved_fail(reading, "spread_ns", "does not hold the median, wall_ns");
}

static const struct variant *find_variant(struct saved_reading *reading,
                                          const json_t *object)
{
    const struct report *report = &reading->saved->report;
    const char *name = saved_text(reading, object, "name");
    const struct variant *variant = report->card->demo->variants;
    while (variant->name != NULL && strcmp(variant->name, name) != 0)
        variant++;
    if (variant->name == NULL)
        saved_fail(reading, "name", "is no variant of conc %s",
                   report->card->demo->name);
    for (size_t i = 0; i + 1 < report->variant_count; i++)
        if (report->variants[i].variant == variant)
            saved_fail(reading, "name", "is there twice");
    return variant;
}

static void read_figures(struct saved_reading *reading, const json_t *object,
                         struct variant_report *variant)
{
    if (variant->comparable > 0)
        read_spread(reading, object, variant);
    variant->ideal_ns = saved_int_or_null(reading, object, "ideal_ns", INT64_MAX / 4);
    variant->cpu_ns = saved_int_or_null(reading, object, "cpu_ns", INT64_MAX / 4);
    variant->speedup = saved_real(reading, object, "speedup");
    variant->possible = saved_real(reading, object, "possible");
    if (variant->run_count > 0)
        variant->shown = (size_t)saved_int(reading, object, "shown", 0,
                                           (int64_t)variant->run_count - 1);
    variant->outcome = json_incref(
        (json_t *)(uintptr_t)saved_object_or_null(reading, object, "outcome"));
}

static void read_variant(struct saved_reading *reading, const json_t *object,
                         struct variant_report *variant)
{
    static const char *const statuses[] = {"pending", "running", "done",
                                           "skipped", "partial", NULL};
    variant->variant = find_variant(reading, object);
    variant->status =
        (enum variant_status)saved_word(reading, object, "status", statuses);
    read_runs(reading, object, variant);
    read_figures(reading, object, variant);
    if (!reading->failed)
        saved_exhibits(reading, object, variant);
}

static void read_variants(struct saved_reading *reading, const json_t *file)
{
    struct report *report = &reading->saved->report;
    size_t count;
    const json_t *variants = saved_array(reading, file, "variants", &count);
    report->variants = saved_room(reading, count, sizeof *report->variants);
    if (count == 0)
        saved_fail(reading, "variants", "is empty");
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "variants", (int64_t)i);
        report->variant_count++;
        read_variant(reading, json_array_get(variants, i), &report->variants[i]);
        saved_leave(reading, before);
    }
}

static void copy(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text != NULL ? text : "");
}

static void read_machine(struct saved_reading *reading, const json_t *file)
{
    struct report *report = &reading->saved->report;
    struct machine *machine = &report->machine;
    const json_t *object = saved_object(reading, file, "machine");
    size_t before = saved_enter(reading, "machine", -1);
    copy(machine->os, sizeof machine->os, saved_text_or_null(reading, object, "os"));
    copy(machine->kernel, sizeof machine->kernel,
         saved_text_or_null(reading, object, "kernel"));
    copy(machine->cpu, sizeof machine->cpu, saved_text_or_null(reading, object, "cpu"));
    machine->cores = (unsigned)saved_int(reading, object, "cores", 1, UINT16_MAX);
    machine->cpu_quota = saved_real(reading, object, "cpu_quota");
    report->calibrated = saved_bool(reading, object, "calibrated");
    report->calibration_error =
        json_is_null(json_object_get(object, "calibration_error"))
            ? -1
            : saved_real(reading, object, "calibration_error");
    saved_leave(reading, before);
}

static void read_argv(struct saved_reading *reading, const json_t *file)
{
    struct report *report = &reading->saved->report;
    size_t count;
    const json_t *argv = saved_array(reading, file, "argv", &count);
    report->argv = saved_room(reading, count, sizeof *report->argv);
    for (size_t i = 0; i < count && report->argv != NULL; i++) {
        const char *text = json_string_value(json_array_get(argv, i));
        if (text == NULL)
            saved_fail(reading, "argv", "is not an array of texts");
        report->argv[report->argc++] = (char *)(uintptr_t)text;
    }
}

/** "next", as card_next() has it. */
static void read_next(struct saved_reading *reading, const json_t *file)
{
    struct saved *saved = reading->saved;
    const json_t *next = saved_object_or_null(reading, file, "next");
    char *text = NULL;
    size_t before = saved_enter(reading, "next", -1);
    if (next != NULL && asprintf(&text, "%s\t%s", saved_text(reading, next, "question"),
                                 saved_text(reading, next, "command")) < 0)
        text = NULL;
    saved_leave(reading, before);
    saved->strings = text;
    saved->report.saved_next = text != NULL ? text : "";
}

static void find_card(struct saved_reading *reading, const json_t *file)
{
    const char *name = saved_text(reading, file, "demo");
    const struct command *command = command_named(name);
    if (command != NULL && command->card != NULL)
        reading->saved->report.card = command->card;
    else
        saved_fail(reading, "demo", "\"%.32s\" is none that this conc has", name);
}

static void read_file(struct saved_reading *reading, const json_t *file)
{
    struct report *report = &reading->saved->report;
    report->options = &reading->saved->options;
    report->items_max = REPORT_ITEMS_MAX;
    copy(report->started, sizeof report->started, saved_text(reading, file, "started"));
    report->complete = saved_bool(reading, file, "complete");
    find_card(reading, file);
    if (reading->failed)
        return;
    read_argv(reading, file);
    saved_options(reading, file);
    read_machine(reading, file);
    saved_sites(reading, file);
    if (!reading->failed)
        read_variants(reading, file);
    if (!reading->failed)
        saved_predictions(reading, file);
    if (!reading->failed)
        saved_votes(reading, file);
    if (!reading->failed)
        saved_flows(reading, file);
    if (!reading->failed)
        saved_measures(reading, file);
    read_next(reading, file);
}

int saved_read(struct saved **result, const char *path, struct saved_error *error)
{
    json_t *root = saved_parse(path, error);
    *result = NULL;
    return root != NULL ? saved_read_json(result, root, error) : -1;
}

int saved_read_json(struct saved **result, json_t *root, struct saved_error *error)
{
    struct saved *saved = calloc(1, sizeof *saved);
    struct saved_reading reading = {.saved = saved, .error = error};
    *result = NULL;
    if (saved == NULL) {
        json_decref(root);
        snprintf(error->text, sizeof error->text, "out of memory");
        return -1;
    }
    saved->root = root;
    read_file(&reading, root);
    if (reading.failed) {
        saved_destroy(saved);
        return -1;
    }
    *result = saved;
    return 0;
}

static void destroy_words(struct variant_report *variant)
{
    const struct saved_words *words = variant->saved;
    if (words == NULL)
        return;
    free((void *)(uintptr_t)words->interleaving);
    free((void *)(uintptr_t)words->histogram);
    free((void *)(uintptr_t)words);
}

void saved_destroy(struct saved *saved)
{
    if (saved == NULL)
        return;
    for (size_t i = 0; i < saved->report.variant_count; i++)
        destroy_words(&saved->report.variants[i]);
    report_destroy(&saved->report);
    free(saved->report.argv);
    free(saved->options.chosen);
    free(saved->options.own);
    free(saved->options.tasks_block);
    free(saved->options.programs);
    for (size_t i = 0; i < saved->options.prediction_count; i++)
        free(saved->options.predictions[i].reason);
    free(saved->options.predictions);
    free(saved->votes.at);
    free(saved->again.at);
    for (size_t i = 0; i < saved->site_count; i++)
        free((void *)(uintptr_t)saved->sites[i].file);
    free(saved->sites);
    free(saved->strings);
    json_decref(saved->root);
    free(saved);
}
