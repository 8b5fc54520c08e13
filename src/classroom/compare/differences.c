// SPDX-License-Identifier: MIT
#include "classroom/compare/compare.h"

#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ITEMS_SHOWN 4
#define TEXT_BYTES  64

/** What a run is shown and written as, and what is said of it in other words. */
static const char *const ignored[] = {
    "variants", "outputs", "from_ns", "to_ns", "live",    "color",
    "plain",    "ascii",   "quiet",   "width", "predict", "explain",
};

static bool is_ignored(const char *key)
{
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        if (strcmp(ignored[i], key) == 0)
            return true;
    return false;
}

/** Facts that are no options; what the differences are called. */
#define CONC        "conc"
#define DISTURBED   "disturbed"
#define INTERRUPTED "interrupted"
#define BASELINE    "speedups against"

/** And one that is told apart from them. */
#define MACHINE "machine"

static json_t *option_value(const struct compared_file *file, const char *key)
{
    json_t *value = json_object_get(file->options, key);
    /* As many as the machine has: another machine is no other option. */
    if (strcmp(key, "cores") == 0 && json_is_integer(value) &&
        json_integer_value(value) == file->machine.cores)
        return json_string("all");
    return value != NULL ? json_incref(value) : json_null();
}

static json_t *fact_value(const struct compared_file *file, const char *what)
{
    if (strcmp(what, CONC) == 0)
        return json_string(file->conc);
    if (strcmp(what, DISTURBED) == 0)
        return json_boolean(file->disturbed);
    if (strcmp(what, INTERRUPTED) == 0)
        return json_boolean(!file->complete);
    if (strcmp(what, MACHINE) == 0)
        return json_string(file->machine.cpu[0] != '\0' ? file->machine.cpu : "?");
    return file->entry_count > 0 ? json_string(file->entries[0].name) : json_null();
}

// ---- values as text

static void put_value(const json_t *value, bool is_time, bool ascii, FILE *out);

/** The words of a program. */
static void put_words(const json_t *words, FILE *out)
{
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *word = json_string_value(json_array_get(words, i));
        fprintf(out, "%s%.*s", i > 0 ? " " : "",
                word != NULL ? (int)text_fit_bytes(word, TEXT_BYTES) : 0,
                word != NULL ? word : "");
    }
}

static void put_items(const json_t *array, bool is_time, bool ascii, FILE *out)
{
    size_t count = json_array_size(array);
    for (size_t i = 0; i < count && i < ITEMS_SHOWN; i++) {
        fputs(i > 0 ? ", " : "", out);
        const json_t *item = json_array_get(array, i);
        if (json_is_array(item))
            put_words(item, out);
        else if (json_is_object(item))
            fputs("...", out);
        else
            put_value(item, is_time, ascii, out);
    }
    if (count > ITEMS_SHOWN)
        fprintf(out, ", ... (%s)", count_text(count).text);
}

static void put_value(const json_t *value, bool is_time, bool ascii, FILE *out)
{
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        fprintf(out, "%.*s", (int)text_fit_bytes(text, TEXT_BYTES), text);
    } else if (json_is_integer(value) && is_time) {
        fputs(ttl_text(json_integer_value(value), ascii).text, out);
    } else if (json_is_integer(value)) {
        fprintf(out, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        fprintf(out, "%g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        fputs(json_is_true(value) ? "yes" : "no", out);
    } else if (json_is_array(value) && json_array_size(value) > 0) {
        put_items(value, is_time, ascii, out);
    } else {
        fputs(json_is_object(value) ? "..." : "none", out);
    }
}

static bool ends_in_ns(const char *key)
{
    size_t length = strlen(key);
    return length > 3 && strcmp(key + length - 3, "_ns") == 0;
}

static char *text_of(const json_t *value, bool is_time, bool ascii)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        put_value(value, is_time, ascii, out);
    return made_printable(draft_close(&draft));
}

/** "--check-twice" for "check_twice", "--timeout" for "timeout_ns"; programs have none.
 */
static char *option_name(const char *key)
{
    char *name = NULL;
    if (strcmp(key, "programs") == 0)
        return strdup(key);
    int length = (int)strlen(key) - (ends_in_ns(key) ? 3 : 0);
    if (asprintf(&name, "--%.*s", length, key) < 0)
        return NULL;
    for (char *at = name; *at != '\0'; at++)
        if (*at == '_')
            *at = '-';
    return made_printable(name);
}

// ---- groups of files

static int add_file(struct difference_value *value, size_t file)
{
    size_t *files = reallocarray(value->files, value->count + 1, sizeof *files);
    if (files == NULL)
        return UV_ENOMEM;
    value->files = files;
    files[value->count++] = file;
    return 0;
}

/** The file has that value, which is taken over. */
static int add_value(struct difference *difference, size_t file, json_t *json)
{
    for (size_t i = 0; i < difference->count; i++) {
        if (!json_equal(difference->values[i].json, json))
            continue;
        json_decref(json);
        return add_file(&difference->values[i], file);
    }
    struct difference_value *values =
        reallocarray(difference->values, difference->count + 1, sizeof *values);
    if (values == NULL) {
        json_decref(json);
        return UV_ENOMEM;
    }
    difference->values = values;
    values[difference->count++] = (struct difference_value){.json = json};
    return add_file(&values[difference->count - 1], file);
}

static int add_texts(struct difference *difference, bool is_time, bool ascii)
{
    for (size_t i = 0; i < difference->count; i++) {
        struct difference_value *value = &difference->values[i];
        value->text = text_of(value->json, is_time, ascii);
        if (value->text == NULL)
            return UV_ENOMEM;
    }
    return 0;
}

void difference_destroy(struct difference *difference)
{
    for (size_t i = 0; i < difference->count; i++) {
        json_decref(difference->values[i].json);
        free(difference->values[i].text);
        free(difference->values[i].files);
    }
    free(difference->values);
    free(difference->what);
}

/** A flag that is set in all files is worth a word too. */
static bool is_worth_saying(const struct difference *difference, const char *what)
{
    bool is_flag = strcmp(what, DISTURBED) == 0 || strcmp(what, INTERRUPTED) == 0;
    return difference->count > 1 || (is_flag && difference->count == 1 &&
                                     json_is_true(difference->values[0].json));
}

/** Which of the files have which value.  @key: an option's; or else a fact's name. */
static int collect(const struct comparison *comparison,
                   const struct compared_demo *demo, const char *key, bool is_option,
                   struct difference *found)
{
    int result = 0;
    *found = (struct difference){.what = is_option ? option_name(key) : strdup(key)};
    if (found->what == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < demo->file_count && result == 0; i++) {
        const struct compared_file *file = &comparison->files[demo->files[i]];
        json_t *value = is_option ? option_value(file, key) : fact_value(file, key);
        result = value == NULL ? UV_ENOMEM : add_value(found, demo->files[i], value);
    }
    return result == 0
               ? add_texts(found, is_option && ends_in_ns(key), comparison->ascii)
               : result;
}

static int add_difference(const struct comparison *comparison,
                          struct compared_demo *demo, const char *key, bool is_option)
{
    struct difference found;
    int result = collect(comparison, demo, key, is_option, &found);
    if (result != 0 || !is_worth_saying(&found, key)) {
        difference_destroy(&found);
        return result;
    }
    struct difference *all =
        reallocarray(demo->differences, demo->difference_count + 1, sizeof *all);
    if (all == NULL) {
        difference_destroy(&found);
        return UV_ENOMEM;
    }
    demo->differences = all;
    all[demo->difference_count++] = found;
    return 0;
}

/** Whether one of the files before the demo's `count`th has that option. */
static bool is_known(const struct comparison *comparison,
                     const struct compared_demo *demo, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (json_object_get(comparison->files[demo->files[i]].options, key) != NULL)
            return true;
    return false;
}

/** Whether all have as many tasks: if not, their number and names differ too. */
static bool same_tasks(const struct comparison *comparison,
                       const struct compared_demo *demo)
{
    size_t first = 0;
    for (size_t i = 0; i < demo->file_count; i++) {
        const json_t *options = comparison->files[demo->files[i]].options;
        size_t count = json_array_size(json_object_get(options, "ttl_ns"));
        if (i > 0 && count != first)
            return false;
        first = count;
    }
    return true;
}

static int add_options(const struct comparison *comparison, struct compared_demo *demo)
{
    bool tasks = same_tasks(comparison, demo);
    for (size_t i = 0; i < demo->file_count; i++) {
        json_t *options =
            (json_t *)(uintptr_t)comparison->files[demo->files[i]].options;
        const char *key;
        json_t *value;
        json_object_foreach(options, key, value)
        {
            bool follows = strcmp(key, "tasks") == 0 || strcmp(key, "names") == 0;
            if (is_ignored(key) || (follows && !tasks) ||
                is_known(comparison, demo, i, key))
                continue;
            if (add_difference(comparison, demo, key, true) != 0)
                return UV_ENOMEM;
        }
    }
    return 0;
}

int compare_differences(const struct comparison *comparison, struct compared_demo *demo)
{
    static const char *const facts[] = {CONC, DISTURBED, INTERRUPTED, BASELINE};
    int result = add_options(comparison, demo);
    for (size_t i = 0; i < sizeof facts / sizeof *facts && result == 0; i++)
        result = add_difference(comparison, demo, facts[i], false);
    if (result == 0 && !demo->same_machine)
        result = collect(comparison, demo, MACHINE, false, &demo->machines);
    return result;
}
