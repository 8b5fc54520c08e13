// SPDX-License-Identifier: MIT
#include "classroom/saved/parts.h"

#include "card.h"
#include "text/width.h"
#include "view/json/options.h"

#include <stdlib.h>
#include <string.h>

#define TASKS_MAX   INT64_C(1000000)
#define REPEAT_MAX  INT64_C(10000)
#define TTL_NS_MAX  (INT64_C(24) * 3600 * 1000000000)
#define SPEED_LEAST 0.01

static void read_task(struct saved_reading *reading, const json_t *object, size_t index)
{
    struct options *options = &reading->saved->options;
    struct task *task = &options->tasks.at[index];
    size_t before = saved_enter(reading, "tasks", (int64_t)index);
    task->number = index;
    task->name = saved_text(reading, object, "name");
    task->ttl_ns = saved_int(reading, object, "ttl_ns", 0, TTL_NS_MAX * 100);
    snprintf(task->thread_name, sizeof task->thread_name, "%.*s",
             (int)text_fit_bytes(task->name, sizeof task->thread_name - 1), task->name);
    reading->saved->report.tasks[index] = (struct task_view){task->name, task->ttl_ns};
    saved_leave(reading, before);
}

static void read_tasks(struct saved_reading *reading, const json_t *file)
{
    struct saved *saved = reading->saved;
    size_t count;
    const json_t *tasks = saved_array(reading, file, "tasks", &count);
    if (count == 0 || count > (size_t)TASKS_MAX) {
        saved_fail(reading, "tasks", "are none, or too many");
        return;
    }
    saved->options.tasks_block =
        saved_room(reading, count, sizeof *saved->options.tasks.at);
    saved->options.tasks.at = saved->options.tasks_block;
    saved->report.tasks = saved_room(reading, count, sizeof *saved->report.tasks);
    if (reading->failed)
        return;
    saved->options.tasks.count = count;
    for (size_t i = 0; i < count && !reading->failed; i++)
        read_task(reading, json_array_get(tasks, i), i);
}

static int64_t read_word(struct saved_reading *reading, const json_t *object,
                         const char *key, const struct own_option *own)
{
    const char *text = saved_text(reading, object, key), *word;
    size_t length;
    for (int64_t place = 0;
         (word = own_word(own, place, &length)) != NULL && length > 0; place++)
        if (strlen(text) == length && memcmp(text, word, length) == 0)
            return place;
    saved_fail(reading, key, "is a word that this conc does not know");
    return 0;
}

/** As own_range() takes it. */
static int64_t read_range(struct saved_reading *reading, const json_t *object,
                          const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL || json_is_null(value))
        return 0;
    json_int_t from = json_integer_value(json_array_get(value, 0));
    json_int_t to = json_integer_value(json_array_get(value, 1));
    if (from >= 0 && from < to && to <= UINT32_MAX / 2)
        return from << 32 | to;
    saved_fail(reading, key, "is not a range");
    return 0;
}

static int64_t read_own(struct saved_reading *reading, const json_t *object,
                        const struct own_option *own)
{
    struct json_key key = json_own_key(own);
    if (json_object_get(object, key.text) == NULL)
        return 0; /* there was no such option yet */
    switch (own->kind) {
    case OWN_FLAG:
        return saved_bool(reading, object, key.text);
    case OWN_RANGE:
        return read_range(reading, object, key.text);
    case OWN_WORD:
        return read_word(reading, object, key.text, own);
    case OWN_TIME:
    case OWN_NUMBER:
        break;
    }
    return saved_int(reading, object, key.text, 0, INT64_MAX / 10);
}

static void read_all_own(struct saved_reading *reading, const json_t *object)
{
    struct options *options = &reading->saved->options;
    const struct card *card = options->card;
    size_t count = own_count(card);
    options->own = saved_room(reading, count, sizeof *options->own);
    for (size_t i = 0; i < count && !reading->failed; i++)
        options->own[i] = read_own(reading, object, &card->options[i]);
}

static size_t count_words(struct saved_reading *reading, const json_t *programs)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(programs); i++) {
        size_t words = json_array_size(json_array_get(programs, i));
        if (words == 0)
            saved_fail(reading, "programs", "hold one without words");
        count += words + 1;
    }
    return count;
}

/** As `programs` of options.h has them. */
static void read_programs(struct saved_reading *reading, const json_t *object)
{
    struct options *options = &reading->saved->options;
    const json_t *programs = json_object_get(object, "programs");
    size_t count = json_array_size(programs);
    if (!options->card->takes_programs || programs == NULL || json_is_null(programs))
        return;
    if (count != options->tasks.count) {
        saved_fail(reading, "programs", "are not as many as the tasks");
        return;
    }
    size_t words = count_words(reading, programs);
    char ***all = saved_room(reading, 1, count * sizeof *all + words * sizeof(char *));
    if (all == NULL)
        return;
    char **to = (char **)(all + count);
    options->programs = all;
    for (size_t i = 0; i < count && !reading->failed; i++) {
        const json_t *program = json_array_get(programs, i);
        all[i] = to;
        for (size_t k = 0; k < json_array_size(program); k++) {
            const char *word = json_string_value(json_array_get(program, k));
            if (word == NULL)
                saved_fail(reading, "programs", "hold what is no text");
            *to++ = (char *)(uintptr_t)word;
        }
        to++;
    }
}

/** The card's variants that were chosen. */
static void read_chosen(struct saved_reading *reading, const json_t *object)
{
    struct options *options = &reading->saved->options;
    const struct variant *variants = options->card->demo->variants;
    size_t count = 0, named;
    const json_t *names = saved_array(reading, object, "variants", &named);
    while (variants[count].name != NULL)
        count++;
    options->chosen = saved_room(reading, count, sizeof *options->chosen);
    for (size_t i = 0; i < named && options->chosen != NULL; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        for (size_t k = 0; k < count && name != NULL; k++)
            options->chosen[k] |= strcmp(variants[k].name, name) == 0;
    }
}

void saved_options(struct saved_reading *reading, const json_t *file)
{
    static const char *const works[] = {"wait", "cpu", NULL};
    struct options *options = &reading->saved->options;
    const json_t *object = saved_object(reading, file, "options");
    options->card = reading->saved->report.card;
    read_tasks(reading, file);
    size_t before = saved_enter(reading, "options", -1);
    options->work =
        saved_word(reading, object, "work", works) == 1 ? WORK_CPU : WORK_WAIT;
    options->cores = (unsigned)saved_int(reading, object, "cores", 1, UINT16_MAX);
    options->repeat = (unsigned)saved_int(reading, object, "repeat", 1, REPEAT_MAX);
    options->speed = saved_real(reading, object, "speed");
    options->limit_ns = saved_int(reading, object, "limit_ns", 0, TTL_NS_MAX);
    options->seed = (uint64_t)saved_int(reading, object, "seed", 0, UINT32_MAX);
    options->from_ns = saved_int_or_null(reading, object, "from_ns", TTL_NS_MAX);
    options->to_ns = saved_int_or_null(reading, object, "to_ns", TTL_NS_MAX);
    if (options->speed < SPEED_LEAST)
        saved_fail(reading, "speed", "is too small");
    if (options->to_ns >= 0 && options->to_ns <= options->from_ns)
        saved_fail(reading, "to_ns", "is not later than from_ns");
    read_chosen(reading, object);
    read_all_own(reading, object);
    read_programs(reading, object);
    saved_leave(reading, before);
}

size_t saved_variant(struct saved_reading *reading, const json_t *object)
{
    const struct variant *variants = reading->saved->options.card->demo->variants;
    const char *name = saved_text(reading, object, "variant");
    for (size_t i = 0; variants[i].name != NULL; i++)
        if (strcmp(variants[i].name, name) == 0)
            return i;
    saved_fail(reading, "variant", "is none of this demo");
    return 0;
}

int64_t saved_predicted(struct saved_reading *reading, const json_t *object)
{
    switch (reading->saved->options.card->predicts) {
    case PREDICT_COUNT:
        return saved_int(reading, object, "count", 0, INT64_MAX / 4);
    case PREDICT_END:
        return saved_bool(reading, object, "ends");
    case PREDICT_TIME:
        break;
    }
    return saved_ns(reading, object, "value_ns");
}

void saved_predictions(struct saved_reading *reading, const json_t *file)
{
    struct options *options = &reading->saved->options;
    const json_t *value = json_object_get(file, "prediction");
    size_t count;
    if (value == NULL || json_is_null(value))
        return;
    const json_t *all = saved_array(reading, file, "prediction", &count);
    options->predictions = saved_room(reading, count, sizeof *options->predictions);
    for (size_t i = 0; i < count && !reading->failed; i++) {
        const json_t *object = json_array_get(all, i);
        size_t before = saved_enter(reading, "prediction", (int64_t)i);
        const char *reason = saved_text_or_null(reading, object, "reason");
        options->predictions[options->prediction_count++] = (struct prediction){
            .variant = saved_variant(reading, object),
            .value = saved_predicted(reading, object),
            .reason = reason != NULL ? strdup(reason) : NULL,
        };
        saved_leave(reading, before);
    }
}
