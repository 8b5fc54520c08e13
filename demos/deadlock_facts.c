// SPDX-License-Identifier: MIT
#include "deadlock_facts.h"

#include <stdio.h>
#include <string.h>

/* Who, and what ----------------------------------------------------------- */

struct words lane_words(const struct timeline *timeline, uint64_t id)
{
    const struct lane *lane = timeline_lane(timeline, id);
    struct words words;

    snprintf(words.text, sizeof words.text, "%s",
             lane != NULL && lane->name != NULL ? lane->name : "a thread");
    return words;
}

static struct words object_words(const struct timeline *timeline, enum event_kind kind,
                                 uint64_t object, uint16_t site, int64_t at_ns)
{
    struct mark mark = {.at_ns = at_ns, .kind = kind, .site = site, .object = object};
    struct words words;

    mark_object(timeline, &mark, words.text, sizeof words.text);
    return words;
}

static struct words held_words(const struct timeline *timeline, const struct hold *hold)
{
    return object_words(timeline, EVENT_LOCK_END, hold->object, hold->site,
                        hold->since_ns);
}

struct words wanted_words(const struct timeline *timeline, const struct wait_link *link)
{
    return object_words(timeline, link->doing, link->wants, link->wants_site,
                        link->wants_since_ns);
}

/* As JSON ------------------------------------------------------------------ */

/** NULL for the text of nothing. */
static json_t *text_or_null(bool is_there, const char *text)
{
    return is_there ? json_string(text) : json_null();
}

/** {"lane": "luke", "holds": "left", "wants": "right", "source": …} */
static json_t *link_json(const struct timeline *timeline, const struct wait_link *link)
{
    bool holds = link->holds.object != 0, wants = link->doing != EVENT_NONE;
    struct words held = held_words(timeline, &link->holds);
    struct words wanted = wanted_words(timeline, link);
    char wanted_at[96], held_at[96];

    site_label(timeline, link->wants_site, wanted_at, sizeof wanted_at);
    site_label(timeline, link->holds.site, held_at, sizeof held_at);
    return json_pack(
        "{s:s, s:o*, s:o*, s:o*, s:o*}", "lane", lane_words(timeline, link->lane).text,
        "holds", text_or_null(holds, held.text), "holds_source",
        text_or_null(holds, held_at), "wants", text_or_null(wants, wanted.text),
        "source", text_or_null(wants, wanted_at));
}

json_t *cycle_json(const struct run *run)
{
    json_t *cycle = json_array();

    for (size_t i = 0; run->deadlock != NULL && i < run->deadlock->count; i++)
        if (json_array_append_new(
                cycle, link_json(&run->timeline, &run->deadlock->links[i])) < 0) {
            json_decref(cycle);
            return NULL;
        }
    return cycle;
}

static const char *kind_name(const struct deadlock *deadlock)
{
    static const char *const names[] = {
        [DEADLOCK_NONE] = "none",   [DEADLOCK_CYCLE] = "cycle",
        [DEADLOCK_SELF] = "self",   [DEADLOCK_ABANDONED] = "abandoned",
        [DEADLOCK_STALL] = "stall",
    };
    return names[deadlock->kind];
}

json_t *kinds_json(const struct run *run)
{
    return run->deadlock != NULL ? json_pack("{s:i}", kind_name(run->deadlock), 1)
                                 : json_object();
}

json_t *detected_json(const struct run *run)
{
    const struct deadlock *deadlock = run->deadlock;

    return deadlock != NULL
               ? json_pack("[I]", (json_int_t)(deadlock->seen_ns - deadlock->closed_ns))
               : json_array();
}

/* Times --------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/** When tasks began, or were done, in order of time.  @return how many. */
static size_t task_times(const struct timeline *timeline, enum event_kind kind,
                         int64_t *times)
{
    size_t count = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++)
            if (timeline->lanes[i].marks[k].kind == kind &&
                count < timeline->task_count)
                times[count++] = timeline->lanes[i].marks[k].at_ns;
    qsort(times, count, sizeof *times, by_time);
    return count;
}

size_t most_at_work(const struct timeline *timeline)
{
    int64_t *begun = calloc(2 * timeline->task_count, sizeof *begun), *done;
    size_t most = 0, count, ended = 0;

    if (begun == NULL)
        return 0;
    done = begun + timeline->task_count;
    count = task_times(timeline, EVENT_TASK_BEGIN, begun);
    if (task_times(timeline, EVENT_TASK_END, done) == count)
        for (size_t i = 0; i < count; i++) {
            while (ended < i && done[ended] <= begun[i])
                ended++;
            most = i + 1 - ended > most ? i + 1 - ended : most;
        }
    free(begun);
    return most;
}

int64_t meeting_ns(const struct timeline *timeline)
{
    int64_t sum = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].span_count; k++) {
            const struct span *span = &timeline->lanes[i].spans[k];

            sum += span->cause == EVENT_SEM_BEGIN ? span->end_ns - span->start_ns : 0;
        }
    return sum;
}

int64_t livelock_ns(const struct timeline *timeline)
{
    int64_t failed_ns = INT64_MAX, begun_ns = INT64_MAX;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++) {
            const struct mark *mark = &timeline->lanes[i].marks[k];

            if (mark->kind == EVENT_LOCK_FAIL && mark->at_ns < failed_ns)
                failed_ns = mark->at_ns;
            if (mark->kind == EVENT_TASK_BEGIN && mark->at_ns < begun_ns)
                begun_ns = mark->at_ns;
        }
    return begun_ns > failed_ns && begun_ns < INT64_MAX ? begun_ns - failed_ns : 0;
}
