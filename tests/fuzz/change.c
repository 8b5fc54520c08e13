// SPDX-License-Identifier: MIT
#include "change.h"

#include "timeline/kinds.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct dice {
    uint64_t state;
};

/** From 0 on, less than `sides`. */
static size_t throw(struct dice * dice, size_t sides)
{
    dice->state = dice->state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (dice->state >> 33) % sides;
}

/* Finding ------------------------------------------------------------------------- */

/** What is looked for, each with the same chance. */
struct search {
    struct dice *dice;
    const char *key; /**< NULL: any */
    bool arrays;     /**< arrays that hold something; else what is no container */
    size_t found;
    json_t *holder; /**< the object that the chosen one stands in */
    const char *chosen;
};

static bool is_wanted(const struct search *search, const char *key, const json_t *value)
{
    if (search->key != NULL && strcmp(search->key, key) != 0)
        return false;
    if (search->arrays)
        return json_array_size(value) > 0;
    return !json_is_array(value) && !json_is_object(value);
}

static void look(struct search *search, json_t *below)
{
    const char *key;
    json_t *value;
    for (size_t i = 0; i < json_array_size(below); i++)
        look(search, json_array_get(below, i));
    json_object_foreach(below, key, value)
    {
        if (is_wanted(search, key, value) &&
            throw(search->dice, ++search->found) == 0) {
            search->holder = below;
            search->chosen = key;
        }
        look(search, value);
    }
}

/** @return what is under `chosen`, or NULL. */
static json_t *find(struct search *search, json_t *root)
{
    look(search, root);
    return json_object_get(search->holder, search->chosen);
}

/* Values -------------------------------------------------------------------------- */

static json_t *odd_text(struct dice *dice)
{
    static const char *const texts[] = {"",
                                        "\x1b[31m",
                                        "luke",
                                        "\xe2\x80\xae",
                                        "<script>&amp;'",
                                        "a,\"b\"\n",
                                        "=1+1",
                                        "\xe5\xae\xb6\xe5\xae\xb6",
                                        "e\xcc\x81\xcc\x81",
                                        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8c\xbe",
                                        "a b c d e f g h i j k l m n o p q r s t u v",
                                        "%s%n{}\\"};
    return json_string(texts[throw(dice, COUNT(texts))]);
}

/** As likely to be refused as not. */
static json_t *odd_value(struct dice *dice)
{
    static const json_int_t numbers[] = {-1,        0,         1,         2,
                                         INT64_MAX, INT64_MIN, INT32_MAX, 1000000};
    switch (throw(dice, 8)) {
    case 0:
        return json_null();
    case 1:
        return json_real(throw(dice, 2) == 0 ? 1e308 : 1e-9);
    case 2:
        return json_boolean(throw(dice, 2));
    case 3:
        return json_array();
    case 4:
        return json_object();
    case 5:
        return odd_text(dice);
    default:
        return json_integer(numbers[throw(dice, COUNT(numbers))]);
    }
}

/** Another word that may stand under a key; NULL: it takes any text. */
static const char *word_for(struct dice *dice, const char *key)
{
    static const struct {
        const char *key, *words[9];
    } known[] = {
        {"state", {"run", "ready", "wait", "blocked", "idle", "zombie"}},
        {"kind", {"process", "thread", "task", "cycle", "self", "abandoned", "stall"}},
        {"waits_to", {"lock", "join", "semaphore", "condition", "barrier"}},
        {"status", {"pending", "running", "done", "skipped", "partial"}},
        {"ended_by",
         {"limit", "interrupt", "refused", "keeper", "signal 9", "exit 1", "deadlock"}},
        {"work", {"wait", "cpu"}},
    };
    if (strcmp(key, "event") == 0 || strcmp(key, "cause") == 0)
        return kind_name((enum event_kind)(1 + throw(dice, EVENT_KINDS - 1)));
    for (size_t i = 0; i < COUNT(known); i++) {
        size_t count = 0;
        while (count < COUNT(known[i].words) && known[i].words[count] != NULL)
            count++;
        if (strcmp(known[i].key, key) == 0)
            return known[i].words[throw(dice, count)];
    }
    return NULL;
}

static json_t *other_number(struct dice *dice, json_int_t before)
{
    switch (throw(dice, 4)) {
    case 0:
        return json_integer(before < INT64_MAX ? before + 1 : 0);
    case 1:
        return json_integer(before > 0 ? before - 1 : 1);
    case 2:
        return json_integer(before / 2);
    default:
        return json_integer((json_int_t) throw(dice, 8));
    }
}

/** Of the same type. */
static json_t *other_value(struct dice *dice, const char *key, const json_t *before)
{
    const char *word = word_for(dice, key);
    if (word != NULL)
        return json_string(word);
    if (json_is_boolean(before))
        return json_boolean(!json_is_true(before));
    if (json_is_integer(before))
        return other_number(dice, json_integer_value(before));
    if (json_is_real(before))
        return json_real(json_real_value(before) * (double) throw(dice, 5) / 2);
    return json_is_string(before) ? odd_text(dice) : odd_value(dice);
}

/** The value of the same key elsewhere. */
static json_t *value_elsewhere(struct dice *dice, json_t *root, const char *key)
{
    struct search search = {.dice = dice, .key = key};
    return json_deep_copy(find(&search, root));
}

static void change_value(struct dice *dice, json_t *root)
{
    struct search search = {.dice = dice};
    json_t *before = find(&search, root);
    if (before == NULL)
        return;
    switch (throw(dice, 8)) {
    case 0:
        json_object_set_new(search.holder, search.chosen, odd_value(dice));
        break;
    case 1:
        json_object_del(search.holder, search.chosen);
        break;
    case 2:
    case 3:
        json_object_set_new(search.holder, search.chosen,
                            value_elsewhere(dice, root, search.chosen));
        break;
    default:
        json_object_set_new(search.holder, search.chosen,
                            other_value(dice, search.chosen, before));
    }
}

/* Times --------------------------------------------------------------------------- */

/** Times keep their order: all of some part are shifted from one on, cut, or scaled. */
struct shift {
    enum way { LATER, AT_MOST, AT_LEAST, LONGER, SHORTER } how;
    json_int_t from, by;
};

static json_int_t shifted(const struct shift *shift, json_int_t at)
{
    switch (shift->how) {
    case LATER:
        return at > shift->from && at < INT64_MAX / 4 ? at + shift->by : at;
    case AT_MOST:
        return at < shift->from ? at : shift->from;
    case AT_LEAST:
        return at > shift->from ? at : shift->from;
    case LONGER:
        return at > 0 && at < INT64_MAX / 4096 ? at * (shift->by % 1000 + 2) : at;
    default:
        return at / (shift->by % 1000 + 2);
    }
}

static bool is_time(const char *key)
{
    size_t length = strlen(key);
    return length > 3 && strcmp(key + length - 3, "_ns") == 0;
}

static void shift_times(const struct shift *shift, json_t *below, bool in_time)
{
    const char *key;
    json_t *value;
    if (in_time && json_is_integer(below))
        json_integer_set(below, shifted(shift, json_integer_value(below)));
    for (size_t i = 0; i < json_array_size(below); i++)
        shift_times(shift, json_array_get(below, i), in_time);
    json_object_foreach(below, key, value) shift_times(shift, value, is_time(key));
}

/** Of the whole file, or of a lane, a variant, ... */
static void change_times(struct dice *dice, json_t *root)
{
    static const char *const keys[] = {"start_ns", "end_ns", "at_ns", "wall_ns"};
    static const char *const parts[] = {"lanes", "variants", "runs", "links", "steps"};
    static const json_int_t lengths[] = {1, 100, 1000000, 1000000000,
                                         30000000000000000};
    struct search part = {
        .dice = dice, .key = parts[throw(dice, COUNT(parts))], .arrays = true};
    struct search time = {.dice = dice, .key = keys[throw(dice, COUNT(keys))]};
    json_t *below = throw(dice, 2) == 0 ? root : find(&part, root);
    if (below != root)
        below = json_array_get(below, throw(dice, json_array_size(below) + 1));
    struct shift shift = {.how = (enum way) throw(dice, 5),
                          .from = json_integer_value(find(&time, root)),
                          .by = lengths[throw(dice, COUNT(lengths))]};
    shift_times(&shift, below, false);
}

/* Arrays -------------------------------------------------------------------------- */

/** In the middle, if it is a span; a lane's id is made the next one. */
static void repeat_item(json_t *array, size_t at)
{
    json_t *item = json_array_get(array, at), *copy = json_deep_copy(item);
    json_t *id = json_object_get(copy, "id");
    json_int_t start = json_integer_value(json_object_get(item, "start_ns"));
    json_int_t end = json_integer_value(json_object_get(item, "end_ns"));
    if (id != NULL) {
        at = json_array_size(array) - 1;
        json_t *last = json_object_get(json_array_get(array, at), "id");
        json_integer_set(id, json_integer_value(last) % INT32_MAX + 1);
    } else if (json_object_get(item, "state") != NULL && start >= 0 && end >= start) {
        json_integer_set(json_object_get(item, "end_ns"), start + (end - start) / 2);
        json_integer_set(json_object_get(copy, "start_ns"), start + (end - start) / 2);
    }
    json_array_insert_new(array, at + 1, copy);
}

/** Where it is a span, the next one begins where it began. */
static void remove_item(json_t *array, size_t at)
{
    json_t *start = json_object_get(json_array_get(array, at), "start_ns");
    json_t *next = json_array_get(array, at + 1);
    if (json_object_get(next, "state") != NULL && json_is_integer(start))
        json_integer_set(json_object_get(next, "start_ns"), json_integer_value(start));
    json_array_remove(array, at);
}

static void change_array(struct dice *dice, json_t *root)
{
    struct search search = {.dice = dice, .arrays = true};
    json_t *array = find(&search, root);
    size_t count = json_array_size(array);
    if (count == 0)
        return;
    size_t at = throw(dice, count);
    switch (throw(dice, 8)) {
    case 0:
        json_array_append_new(array, odd_value(dice));
        break;
    case 1:
        json_array_set_new(array, at, odd_value(dice));
        break;
    case 2:
        json_array_clear(array);
        break;
    case 3:
    case 4:
        remove_item(array, at);
        break;
    default:
        repeat_item(array, at);
    }
}

void change_run(json_t *root, unsigned seed)
{
    struct dice dice = {seed};
    switch (throw(&dice, 4)) {
    case 0:
        change_times(&dice, root);
        break;
    case 1:
        change_array(&dice, root);
        break;
    default:
        change_value(&dice, root);
    }
}
