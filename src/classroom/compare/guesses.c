// SPDX-License-Identifier: MIT
#include "classroom/compare/guesses.h"

#include "view/votes/sum.h"

#include <stdlib.h>

static void read_value(struct saved_reading *reading, const json_t *json,
                       struct guess *guess)
{
    bool is_count = json_object_get(json, "count") != NULL;
    bool is_end = json_object_get(json, "ends") != NULL;
    guess->what = is_end ? PREDICT_END : is_count ? PREDICT_COUNT : PREDICT_TIME;
    if (is_end)
        guess->value = saved_bool(reading, json, "ends");
    else if (is_count)
        guess->value = saved_int(reading, json, "count", 0, INT64_MAX);
    else
        guess->value = saved_ns(reading, json, "value_ns");
}

/** Of a variant that was not run there is nothing to say. */
static struct entry *entry_of(struct saved_reading *reading, struct compared_file *file,
                              const json_t *json)
{
    const char *name = compare_read_name(reading, json, "variant");
    return reading->failed ? NULL : compare_entry_named(file, name, file->entry_count);
}

/** The reason may hold anything that somebody typed. */
static void read_guess(struct saved_reading *reading, const json_t *json,
                       struct compared_file *file)
{
    struct guess guess = {.is_given = true, .before = -1};
    if (!json_is_object(json))
        saved_fail(reading, NULL, "is not an object");
    struct entry *entry = entry_of(reading, file, json);
    const json_t *reason = json_object_get(json, "reason");
    if (reason != NULL && !json_is_null(reason) && !json_is_string(reason))
        saved_fail(reading, "reason", "is not a text");
    guess.reason = json_string_value(reason);
    read_value(reading, json, &guess);
    if (entry != NULL && !reading->failed)
        entry->guess = guess;
}

static void read_own(struct saved_reading *reading, struct compared_file *file)
{
    size_t count;
    const json_t *json = json_object_get(file->root, "prediction");
    if (reading->failed || json == NULL || json_is_null(json))
        return;
    const json_t *guesses = saved_array(reading, file->root, "prediction", &count);
    for (size_t i = 0; i < count && !reading->failed; i++) {
        size_t before = saved_enter(reading, "prediction", (int64_t)i);
        read_guess(reading, json_array_get(guesses, i), file);
        saved_leave(reading, before);
    }
}

// ---- a class

/** All votes of a round are of one kind; none: it is left as it was. */
static void read_votes(struct saved_reading *reading, const json_t *json,
                       struct vote *votes, size_t count, enum predicted *what)
{
    for (size_t i = 0; i < count && !reading->failed; i++) {
        struct guess guess;
        const json_t *vote = json_array_get(json, i);
        if (!json_is_object(vote))
            saved_fail(reading, NULL, "has something in it that is no vote");
        read_value(reading, vote, &guess);
        if (i > 0 && guess.what != *what)
            saved_fail(reading, NULL, "has votes of more than one kind");
        *what = guess.what;
        votes[i].value = guess.value;
    }
}

/** What the votes of a round come to. @return false: there are none. */
static bool read_round(struct saved_reading *reading, const json_t *class,
                       const char *key, enum predicted *what, struct class_sum *sum)
{
    size_t count = 0;
    const json_t *json = saved_array(reading, class, key, &count);
    struct votes votes = {.at = saved_room(reading, count, sizeof *votes.at)};
    size_t before = saved_enter(reading, key, -1);
    votes.count = votes.at != NULL ? count : 0;
    read_votes(reading, json, votes.at, votes.count, what);
    if (class_sum_up(sum, &votes) != 0)
        saved_fail(reading, NULL, "out of memory");
    saved_leave(reading, before);
    free(votes.at);
    return !reading->failed && sum->count > 0;
}

static int64_t most_say(enum predicted what, const struct class_sum *sum)
{
    return what == PREDICT_END ? sum->ends * 2 >= sum->count : sum->median;
}

/** The last vote counts; what was said before it stands beside it. */
static struct guess guess_of(struct saved_reading *reading, const json_t *class)
{
    struct guess guess = {.before = -1};
    struct class_sum sum, again;
    const json_t *second = json_object_get(class, "again");
    if (!read_round(reading, class, "votes", &guess.what, &sum))
        return guess;
    guess.before = most_say(guess.what, &sum);
    bool has_second = second != NULL && !json_is_null(second) &&
                      read_round(reading, class, "again", &guess.what, &again);
    if (has_second)
        sum = again;
    guess.is_given = true;
    guess.value = most_say(guess.what, &sum);
    guess.votes = sum.count;
    guess.ends = sum.ends;
    if (!has_second)
        guess.before = -1;
    return guess;
}

static void read_class(struct saved_reading *reading, struct compared_file *file)
{
    const json_t *class = saved_object_or_null(reading, file->root, "class");
    if (reading->failed || class == NULL)
        return;
    size_t before = saved_enter(reading, "class", -1);
    struct entry *entry = entry_of(reading, file, class);
    struct guess guess = guess_of(reading, class);
    if (entry != NULL && !entry->guess.is_given && !reading->failed)
        entry->guess = guess;
    saved_leave(reading, before);
}

void compare_read_guesses(struct saved_reading *reading, struct compared_file *file)
{
    read_own(reading, file);
    read_class(reading, file);
}
