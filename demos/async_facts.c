// SPDX-License-Identifier: MIT
#include "async_facts.h"

#include <stdint.h>
#include <string.h>

/** So few tasks do not tell what one takes. */
#define MEASURED_TASKS 100

/** Memory is told in pages of 4 KiB: of this much, one is a twentieth. */
#define MEASURED_BYTES (20 * 4096)

/* Who was late ------------------------------------------------------------------------
 */

/** The first pause of that lane. */
static struct errand pause_of(const struct lane *lane)
{
    for (size_t i = 0; i < lane->span_count; i++)
        if (lane->spans[i].cause == EVENT_SLEEP_BEGIN)
            return (struct errand){lane->spans[i].start_ns, lane->spans[i].end_ns};
    return (struct errand){.end_ns = 0};
}

struct errand errand_on_loop(const struct timeline *timeline)
{
    if (timeline->lane_count == 0)
        return (struct errand){.end_ns = 0};
    return pause_of(&timeline->lanes[0]);
}

struct errand errand_in_pool(const struct timeline *timeline)
{
    struct errand errand = {.end_ns = 0};

    for (size_t i = 1; i < timeline->lane_count && errand.end_ns == 0; i++)
        if (timeline->lanes[i].kind == LANE_THREAD)
            errand = pause_of(&timeline->lanes[i]);
    return errand;
}

/** A lane works on one task at a time, so that a task's end belongs to the last begin.
 */
static void add_lane(struct lateness *sum, const struct timeline *timeline,
                     const struct lane *lane, const struct errand *during)
{
    int64_t begun_ns = 0;

    for (size_t i = 0; i < lane->mark_count; i++) {
        const struct mark *mark = &lane->marks[i];
        int64_t due_ns;

        if (mark->kind == EVENT_TASK_BEGIN)
            begun_ns = mark->at_ns;
        if (mark->kind != EVENT_TASK_END || mark->object >= timeline->task_count)
            continue;
        due_ns = begun_ns + timeline->tasks[mark->object].ttl_ns;
        if (due_ns < during->start_ns || due_ns >= during->end_ns)
            continue;
        if (sum->count++ > 0 && mark->at_ns - due_ns <= sum->max_ns)
            continue;
        sum->max_ns = mark->at_ns - due_ns;
        sum->latest = (size_t)mark->object;
    }
}

struct lateness lateness_during(const struct timeline *timeline,
                                const struct errand *errand)
{
    struct lateness sum = {.count = 0};

    for (size_t i = 0; i < timeline->lane_count; i++)
        add_lane(&sum, timeline, &timeline->lanes[i], errand);
    return sum;
}

struct lateness lateness(const struct timeline *timeline)
{
    return lateness_during(timeline, &(struct errand){.end_ns = INT64_MAX});
}

/* How many
 * ----------------------------------------------------------------------------- */

static size_t count_marks(const struct lane *lane, enum event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < lane->mark_count; i++)
        count += lane->marks[i].kind == kind;
    return count;
}

size_t tasks_done(const struct timeline *timeline)
{
    size_t count = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        count += count_marks(&timeline->lanes[i], EVENT_TASK_END);
    return count;
}

size_t lanes_at_work(const struct timeline *timeline)
{
    size_t count = 0;

    for (size_t i = 1; i < timeline->lane_count; i++)
        count += count_marks(&timeline->lanes[i], EVENT_TASK_END) > 0;
    return count;
}

/* Memory
 * ------------------------------------------------------------------------------- */

static const struct mark *find_figure(const struct timeline *timeline, const char *key)
{
    const struct lane *lane = &timeline->lanes[0];

    for (size_t i = 0; i < lane->mark_count; i++)
        if (lane->marks[i].kind == EVENT_VALUE &&
            strcmp(mark_name(timeline, &lane->marks[i]), key) == 0)
            return &lane->marks[i];
    return NULL;
}

bool bytes_per_task(const struct timeline *timeline, int64_t *bytes)
{
    const struct mark *told;
    size_t alive = 0;

    if (timeline->lane_count == 0 || (told = find_figure(timeline, "bytes")) == NULL ||
        (int64_t)told->value < MEASURED_BYTES)
        return false;
    for (size_t i = 1; i < timeline->lane_count; i++)
        alive += timeline->lanes[i].end_ns > told->at_ns;
    if (alive < timeline->task_count || alive < MEASURED_TASKS)
        return false;
    *bytes = (int64_t)told->value / (int64_t)alive;
    return true;
}

/* Threads
 * ------------------------------------------------------------------------------ */

static const char *line_end(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));

    return newline != NULL ? newline + 1 : end;
}

/** "5 threads at last:", then a line for each, which begins with a blank. */
static struct thread_list list_at(const char *line, const char *end)
{
    struct thread_list list = {.text = line_end(line, end)};

    while (line < end && *line >= '0' && *line <= '9' && list.count < SIZE_MAX / 100)
        list.count = list.count * 10 + (size_t)(*line++ - '0');
    list.end = list.text;
    while (list.end < end && *list.end == ' ')
        list.end = line_end(list.end, end);
    return list;
}

struct thread_list first_list(const struct run *run)
{
    if (run->printed == NULL)
        return (struct thread_list){.count = 0};
    return list_at(run->printed, run->printed + run->printed_bytes);
}

struct thread_list last_list(const struct run *run)
{
    struct thread_list list = first_list(run);
    const char *end = run->printed != NULL ? run->printed + run->printed_bytes : NULL;

    while (list.count > 0 && list.end < end)
        list = list_at(list.end, end);
    return list;
}

/** "  4711  conc-stage". */
static json_t *name_json(const char *line, const char *end)
{
    while (line < end && *line == ' ')
        line++;
    while (line < end && *line >= '0' && *line <= '9')
        line++;
    if (end - line < 3 || end[-1] != '\n')
        return NULL;
    return json_stringn(line + 2, (size_t)(end - line) - 3);
}

json_t *names_json(const struct thread_list *list)
{
    json_t *names = list->count > 0 ? json_array() : NULL;

    if (names == NULL)
        return NULL;
    for (const char *line = list->text; line < list->end;) {
        const char *next = line_end(line, list->end);

        json_array_append_new(names, name_json(line, next));
        line = next;
    }
    return names;
}
