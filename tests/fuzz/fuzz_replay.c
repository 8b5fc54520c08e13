// SPDX-License-Identifier: MIT
/**
 * Nonsense for those who read saved runs.  Half of the changes are made by libFuzzer to
 * the bytes, the others here to a value of the JSON, which stays well-formed.  Whatever
 * it is: it is refused in one safe line, or every view can write it, and what the JSON
 * view writes is a run again.
 */

#include "classroom/replay/inner.h"
#include "classroom/saved/saved.h"
#include "text/width.h"
#include "view/moment.h"
#include "view/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* Changes
 * ------------------------------------------------------------------------------ */

static json_t *odd_value(unsigned choice, const json_t *before)
{
    static const char *const texts[] = {
        "",        "\x1b[31m",   "luke",         "limit",    "deadlock",
        "threads", "lock-begin", "\xe2\x80\xae", "<script>", "a,\"b\"\n"};
    json_int_t number = json_integer_value(before);
    switch (choice % 14) {
    case 0:
        return json_null();
    case 1:
        return json_integer(-1);
    case 2:
        return json_integer(INT64_MAX);
    case 3:
        return json_integer(INT64_MIN);
    case 4:
        return json_integer(number > 0 ? number - 1 : 0);
    case 5:
        return json_integer(number < INT64_MAX ? number + 1 : 0);
    case 6:
        return json_integer(number / 2);
    case 7:
        return json_real(1e308);
    case 8:
        return json_boolean(choice / 14 % 2);
    case 9:
        return json_array();
    case 10:
        return json_object();
    case 11:
        return json_integer(0);
    default:
        return json_string(texts[choice / 14 % (sizeof texts / sizeof *texts)]);
    }
}

static void change_array(json_t *array, unsigned *seed)
{
    size_t count = json_array_size(array), at = count > 0 ? *seed % count : 0;
    json_t *item = json_array_get(array, at);
    *seed = *seed * 1103515245 + 12345;
    if (count == 0 || *seed / 65536 % 8 == 0)
        json_array_append_new(array, odd_value(*seed >> 8, NULL));
    else if (*seed / 65536 % 8 == 1)
        json_array_remove(array, at);
    else if (*seed / 65536 % 8 == 2)
        json_array_insert_new(array, at, json_deep_copy(item));
    else
        json_array_set_new(array, at, odd_value(*seed >> 8, item));
}

static void change_object(json_t *object, unsigned *seed)
{
    size_t count = json_object_size(object);
    void *at = json_object_iter(object);
    for (size_t i = count > 0 ? *seed % count : 0; i > 0; i--)
        at = json_object_iter_next(object, at);
    if (at == NULL)
        return;
    *seed = *seed * 1103515245 + 12345;
    if (*seed / 65536 % 16 == 0)
        json_object_del(object, json_object_iter_key(at));
    else
        json_object_iter_set_new(object, at,
                                 odd_value(*seed >> 8, json_object_iter_value(at)));
}

/** Walk down from the top, to change something on the way or at the end. */
static void change(json_t *root, unsigned seed)
{
    json_t *here = root, *next;
    for (unsigned depth = 0; depth < 16; depth++) {
        seed = seed * 1103515245 + 12345;
        size_t pick = seed >> 8;
        if (json_is_array(here) && json_array_size(here) > 0) {
            next = json_array_get(here, pick % json_array_size(here));
        } else if (json_is_object(here) && json_object_size(here) > 0) {
            void *at = json_object_iter(here);
            for (size_t i = pick % json_object_size(here); i > 0; i--)
                at = json_object_iter_next(here, at);
            next = json_object_iter_value(at);
        } else {
            break;
        }
        if ((!json_is_array(next) && !json_is_object(next)) || seed / 65536 % 8 == 0)
            break;
        here = next;
    }
    if (json_is_array(here))
        change_array(here, &seed);
    else if (json_is_object(here))
        change_object(here, &seed);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    json_t *root = seed % 2 == 0
                       ? json_loadb((const char *)data, size, JSON_ALLOW_NUL, NULL)
                       : NULL;
    if (root == NULL)
        return LLVMFuzzerMutate(data, size, max);
    for (unsigned i = 0; i <= seed / 2 % 3; i++)
        change(root, seed / 8 + i * 7919);
    size_t length = json_dumpb(root, (char *)data, max, JSON_COMPACT);
    json_decref(root);
    return length <= max ? length : LLVMFuzzerMutate(data, size, max);
}

/* Reading and writing
 * ------------------------------------------------------------------- */

static void fail(const char *why)
{
    fprintf(stderr, "%s\n", why);
    abort();
}

static void check_refusal(const struct saved_error *error)
{
    if (error->text[0] == '\0' || memchr(error->text, '\0', sizeof error->text) == NULL)
        fail("no line on what was wrong");
}

/** As one view has it: all of them for each input would take too long. */
static void write_view(const struct report *report, size_t number)
{
    static const struct style styles[] = {
        {.width = 80, .height = 0, .palette = PALETTE_256, .unicode = true},
        {.width = 17, .height = 0, .palette = PALETTE_NONE, .unicode = false},
    };
    size_t count = 0;
    while (views[count].name != NULL)
        count++;
    FILE *out = fopen("/dev/null", "w");
    if (out == NULL)
        fail("no /dev/null");
    views[number % count].write(report, &styles[number / count % 2], out);
    fclose(out);
}

static void write_moments(const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        int64_t length_ns = moment_length_ns(report, i);
        for (int64_t part = 0; part < 3 && length_ns >= 0; part++) {
            struct moment moment;
            char *text = NULL;
            size_t bytes;
            FILE *out = open_memstream(&text, &bytes);
            struct style style = {.width = 40, .height = 12, .unicode = true};
            if (moment_create(&moment, report, i, length_ns / 2 * part) == 0) {
                text_write_pictures(&moment.report, &style, out);
                moment_destroy(&moment);
            }
            fclose(out);
            free(text);
        }
    }
    FILE *out = fopen("/dev/null", "w");
    replay_list(report, true, out);
    fclose(out);
}

static char *as_json(const struct report *report, size_t *bytes)
{
    static const struct style style = {.width = 80, .unicode = true};
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);
    view_named("json")->write(report, &style, out);
    fclose(out);
    return text;
}

/** What is written of it is a run again, and the same is written of that. */
static void check_round_trip(const struct report *report)
{
    struct saved_error error;
    struct saved *again = NULL;
    size_t bytes, bytes_again;
    char *text = as_json(report, &bytes);
    json_t *root = saved_parse_text(text, bytes, &error);
    if (root == NULL || saved_read_json(&again, root, &error) != 0)
        fail(error.text);
    char *text_again = as_json(&again->report, &bytes_again);
    if (bytes != bytes_again || memcmp(text, text_again, bytes) != 0)
        fail("what was written of it differs");
    saved_destroy(again);
    free(text_again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct saved_error error = {{0}};
    struct saved *saved;
    json_t *root = saved_parse_text((const char *)data, size, &error);
    if (root == NULL || saved_read_json(&saved, root, &error) != 0) {
        check_refusal(&error);
        return 0;
    }
    unsigned sum = 2166136261;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ data[i]) * 16777619; /* FNV-1a: any part of the input counts */
    saved->options.explain = sum / 8 % 2 == 0;
    write_view(&saved->report, sum / 16);
    saved->options.explain = false; /* how it is shown is not read back */
    if (sum % 4 == 0)
        write_moments(&saved->report);
    else if (sum % 4 == 1)
        check_round_trip(&saved->report);
    saved_destroy(saved);
    return 0;
}
