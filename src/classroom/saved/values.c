// SPDX-License-Identifier: MIT
#include "classroom/saved/values.h"

#include "text/width.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/** Longer texts are nothing that conc wrote. */
#define TEXT_BYTES_MAX ((size_t)64 << 10)

bool saved_fail(struct saved_reading *reading, const char *key, const char *format, ...)
{
    if (reading->failed)
        return false;
    reading->failed = true;
    char why[96];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    /* The path ends in a dot, but for the outermost. */
    int path = (int)reading->length - (key == NULL && reading->length > 0);
    snprintf(reading->error->text, sizeof reading->error->text, "%.*s%s %s", path,
             reading->path, key != NULL ? key : "", why);
    return false;
}

size_t saved_enter(struct saved_reading *reading, const char *key, int64_t index)
{
    size_t before = reading->length, room = sizeof reading->path - before;
    char *at = reading->path + before;
    int written = index >= 0 ? snprintf(at, room, "%s[%" PRId64 "].", key, index)
                             : snprintf(at, room, "%s.", key);
    if (written > 0 && (size_t)written < room)
        reading->length += (size_t)written;
    else
        *at = '\0';
    return before;
}

void saved_leave(struct saved_reading *reading, size_t before)
{
    reading->length = before;
    reading->path[before] = '\0';
}

int64_t saved_int(struct saved_reading *reading, const json_t *object, const char *key,
                  int64_t least, int64_t most)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value)) {
        saved_fail(reading, key, "is not a whole number");
        return 0;
    }
    int64_t number = json_integer_value(value);
    if (number >= least && number <= most)
        return number;
    saved_fail(reading, key, "is not from %" PRId64 " to %" PRId64, least, most);
    return 0;
}

static bool is_null(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value == NULL || json_is_null(value);
}

int64_t saved_int_or_null(struct saved_reading *reading, const json_t *object,
                          const char *key, int64_t most)
{
    return is_null(object, key) ? -1 : saved_int(reading, object, key, 0, most);
}

int64_t saved_ns(struct saved_reading *reading, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value) && json_integer_value(value) >= 0 &&
        json_integer_value(value) <= SAVED_NS_MAX)
        return json_integer_value(value);
    saved_fail(reading, key, value != NULL ? "is not a time" : "is missing");
    return 0;
}

int64_t saved_ns_or_null(struct saved_reading *reading, const json_t *object,
                         const char *key)
{
    return is_null(object, key) ? -1 : saved_ns(reading, object, key);
}

double saved_real(struct saved_reading *reading, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (is_null(object, key))
        return 0;
    if (json_is_number(value) && isfinite(json_number_value(value)) &&
        json_number_value(value) >= 0)
        return json_number_value(value);
    saved_fail(reading, key, "is not a number from 0 on");
    return 0;
}

bool saved_bool(struct saved_reading *reading, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_boolean(value))
        saved_fail(reading, key, "is not true or false");
    return json_is_true(value);
}

const char *saved_text(struct saved_reading *reading, const json_t *object,
                       const char *key)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    if (text == NULL)
        saved_fail(reading, key, "is not a text");
    else if (json_string_length(value) > TEXT_BYTES_MAX)
        saved_fail(reading, key, "is too long");
    else if (strlen(text) != json_string_length(value) || !text_is_printable(text))
        saved_fail(reading, key, "holds characters that cannot be printed");
    else
        return text;
    return "";
}

const char *saved_text_or_null(struct saved_reading *reading, const json_t *object,
                               const char *key)
{
    return is_null(object, key) ? NULL : saved_text(reading, object, key);
}

unsigned saved_word(struct saved_reading *reading, const json_t *object,
                    const char *key, const char *const *words)
{
    const char *text = saved_text(reading, object, key);
    for (unsigned i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    saved_fail(reading, key, "is a word that this conc does not know");
    return 0;
}

const json_t *saved_array(struct saved_reading *reading, const json_t *object,
                          const char *key, size_t *count)
{
    const json_t *value = json_object_get(object, key);
    *count = 0;
    if (!json_is_array(value)) {
        saved_fail(reading, key, "is not an array");
        return NULL;
    }
    *count = json_array_size(value);
    return value;
}

const json_t *saved_object(struct saved_reading *reading, const json_t *object,
                           const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_object(value))
        return value;
    saved_fail(reading, key, "is not an object");
    return NULL;
}

const json_t *saved_object_or_null(struct saved_reading *reading, const json_t *object,
                                   const char *key)
{
    return is_null(object, key) ? NULL : saved_object(reading, object, key);
}

void *saved_room(struct saved_reading *reading, size_t count, size_t size)
{
    void *room = reading->failed ? NULL : calloc(count + 1, size);
    if (room == NULL)
        saved_fail(reading, NULL, "does not fit in memory");
    return room;
}
