// SPDX-License-Identifier: MIT
#include "classroom/saved/parts.h"

/** A file has no names, and reasons may hold anything. */
static void read_round(struct saved_reading *reading, const json_t *class,
                       const char *key, struct votes *votes)
{
    size_t count;
    const json_t *all = saved_array(reading, class, key, &count);
    votes->at = saved_room(reading, count, sizeof *votes->at);
    if (count == 0)
        saved_fail(reading, key, "is empty");
    for (size_t i = 0; i < count && !reading->failed; i++) {
        const json_t *object = json_array_get(all, i);
        size_t before = saved_enter(reading, key, (int64_t)i);
        const char *reason = json_string_value(json_object_get(object, "reason"));
        if (!json_is_object(object))
            saved_fail(reading, NULL, "is not an object");
        votes->at[votes->count++] =
            (struct vote){.value = saved_predicted(reading, object),
                          .reason = (char *)(uintptr_t)reason,
                          .line = i + 1};
        saved_leave(reading, before);
    }
}

void saved_votes(struct saved_reading *reading, const json_t *file)
{
    struct saved *saved = reading->saved;
    const json_t *class = saved_object_or_null(reading, file, "class");
    if (class == NULL)
        return;
    const json_t *again = json_object_get(class, "again");
    size_t before = saved_enter(reading, "class", -1);
    saved->options.voted_on = saved_variant(reading, class);
    read_round(reading, class, "votes", &saved->votes);
    saved->options.votes = &saved->votes;
    if (again != NULL && !json_is_null(again)) {
        read_round(reading, class, "again", &saved->again);
        saved->options.again = &saved->again;
    }
    saved_leave(reading, before);
}
