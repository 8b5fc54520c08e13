// SPDX-License-Identifier: MIT
#include "view/telling.h"
#include "array.h"
#include "stage/clock.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/** More lanes than this besides main are told of together, but for so many first, last.
 */
#define MANY_LANES  20
#define FIRST_LANES 12
#define LAST_LANES  3

/** So many events of a lane are told one by one. */
#define LANE_EVENTS 100

/** How far the telling of a lane has come. */
struct teller {
    struct story *story;
    const struct lane *lane;
    size_t index; /* of the lane */
    size_t told;
    uint64_t left_out;
    bool namesake;
    size_t next_span;  /* the first that may belong to the task that goes on */
    size_t next_mark;  /* the first that may come between two waits */
    size_t next_join;  /* the first that may be the wait of the next join */
    size_t goes_on;    /* the telling of the last wait's end; SIZE_MAX: none */
    size_t many_ended; /* the telling of the end of the wait for the many; likewise */
};

/** @return the new telling, zeroed but for its place; NULL: no memory. */
static struct telling *add(struct story *story, size_t lane, int64_t at_ns,
                           enum telling_kind kind)
{
    struct telling *tellings =
        array_grow(story->tellings, story->count, &story->capacity, sizeof *tellings);
    if (tellings == NULL)
        return NULL;
    story->tellings = tellings;
    struct telling *telling = &story->tellings[story->count];
    *telling = (struct telling){
        .at_ns = at_ns, .lane = lane, .kind = kind, .order = story->count++};
    return telling;
}

/** The same for a lane that may have said enough: then it is only counted. */
static int tell(struct teller *t, int64_t at_ns, enum telling_kind kind,
                struct telling **told)
{
    *told = NULL;
    if (t->told >= LANE_EVENTS) {
        t->left_out++;
        return 0;
    }
    t->told++;
    *told = add(t->story, t->index, at_ns, kind);
    return *told == NULL ? UV_ENOMEM : 0;
}

bool story_is_of_many(const struct story *story, uint64_t id)
{
    const struct many *many = &story->many;
    const struct lane *lanes = story->timeline->lanes;
    return many->count > 0 && id >= lanes[many->first].id && id <= lanes[many->last].id;
}

static bool is_told_wait(const struct teller *t, const struct span *span)
{
    bool arranged =
        span->cause == EVENT_SEM_BEGIN && story_is_arranged(t->story, span->object);
    return span->cause != EVENT_NONE && span->cause != EVENT_TASK_BEGIN && !arranged &&
           span->state != STATE_RUN &&
           span->end_ns - span->start_ns >= t->story->grain_ns;
}

/** Whether a mark is news, beside what spans and other lanes tell. */
static bool is_told_mark(const struct teller *t, const struct mark *mark)
{
    switch (mark->kind) {
    case EVENT_START:
    case EVENT_END:
    case EVENT_INIT:
    case EVENT_VALUE: /* a figure for the verdict, which says it in words */
        return false;
    case EVENT_CREATE:
        return !story_is_of_many(t->story, mark->object);
    case EVENT_TASK_BEGIN:
        return !t->namesake || t->story->numbers != NULL;
    case EVENT_TASK_END:
        return !t->namesake;
    case EVENT_SEM_END:
    case EVENT_SEM_POST:
        return !story_is_arranged(t->story, mark->object);
    default:
        return true;
    }
}

/** Whether something is told between the end of a wait and the next one's beginning. */
static bool is_told_between(struct teller *t, int64_t from_ns, int64_t to_ns)
{
    const struct lane *lane = t->lane;
    for (; t->next_mark < lane->mark_count; t->next_mark++) {
        const struct mark *mark = &lane->marks[t->next_mark];
        if (mark->at_ns > to_ns)
            return false;
        bool is_wait = mark->kind == EVENT_JOIN_END || mark->kind == EVENT_JOIN_SEEN;
        bool is_that_wait = is_wait && (mark->at_ns <= from_ns ||
                                        story_is_of_many(t->story, mark->object));
        if (mark->at_ns >= from_ns && !is_that_wait && is_told_mark(t, mark))
            return true;
    }
    return false;
}

/** The wait that ended just before this one begins; NULL: there is none. */
static struct telling *just_ended(struct teller *t, int64_t start_ns)
{
    if (t->goes_on == SIZE_MAX)
        return NULL;
    struct telling *ended = &t->story->tellings[t->goes_on];
    bool at_once = start_ns - ended->at_ns < t->story->grain_ns &&
                   !is_told_between(t, ended->at_ns, start_ns);
    return at_once ? ended : NULL;
}

static int tell_goes_on(struct teller *t, const struct span *span)
{
    struct telling *told = NULL;
    bool cut = t->lane->cut && span->end_ns == t->lane->end_ns;
    /* Of the others a mark tells what came, or their length was told before. */
    if (cut || span->cause != EVENT_JOIN_BEGIN)
        return 0;
    int result = tell(t, span->end_ns, TELL_GOES_ON, &told);
    if (told != NULL) {
        told->over = span;
        t->goes_on = (size_t)(told - t->story->tellings);
    }
    return result;
}

static int tell_wait(struct teller *t, const struct span *span)
{
    struct telling *told = NULL, *ended = just_ended(t, span->start_ns);
    int result = 0;
    if (ended != NULL)
        ended->span = span;
    else
        result = tell(t, span->start_ns, TELL_WAITS, &told);
    if (told != NULL)
        told->span = span;
    return result < 0 ? result : tell_goes_on(t, span);
}

/** Joins of the lanes that are told of together are one wait. */
static int tell_wait_for_many(struct teller *t, const struct span *span)
{
    struct telling *told = NULL, *ended = just_ended(t, span->start_ns);
    int result = 0;
    if (t->many_ended != SIZE_MAX) {
        t->story->tellings[t->many_ended].at_ns = span->end_ns;
        return 0;
    }
    if (ended != NULL)
        ended->then_many = true;
    else
        result = tell(t, span->start_ns, TELL_MANY_WAITED, &told);
    size_t before = t->goes_on;
    if (result == 0)
        result = tell_goes_on(t, span);
    if (t->goes_on != before)
        t->many_ended = t->goes_on;
    return result;
}

static int tell_spans(struct teller *t)
{
    int result = 0;
    for (size_t i = 0; i < t->lane->span_count && result == 0; i++) {
        const struct span *span = &t->lane->spans[i];
        if (span->cause == EVENT_JOIN_BEGIN && story_is_of_many(t->story, span->object))
            result = tell_wait_for_many(t, span);
        else if (is_told_wait(t, span))
            result = tell_wait(t, span);
    }
    return result;
}

/** Sum up the spans of a task from its beginning to its end. */
static void sum_task(struct teller *t, const struct mark *done, struct telling *told)
{
    const struct lane *lane = t->lane;
    for (; t->next_span < lane->span_count; t->next_span++) {
        const struct span *span = &lane->spans[t->next_span];
        if (span->start_ns >= done->at_ns)
            break;
        if (span->task == done->object)
            told->in_state_ns[span->state] += span->end_ns - span->start_ns;
    }
}

/** A join that was waited for is told as a wait; one that was not, as a mark. */
static bool was_waited_for(struct teller *t, const struct mark *mark)
{
    if (story_is_of_many(t->story, mark->object))
        return true;
    while (t->next_join < t->lane->span_count &&
           t->lane->spans[t->next_join].end_ns < mark->at_ns)
        t->next_join++;
    return t->next_join < t->lane->span_count &&
           t->lane->spans[t->next_join].end_ns == mark->at_ns &&
           is_told_wait(t, &t->lane->spans[t->next_join]);
}

static int tell_marks(struct teller *t)
{
    int result = 0;
    for (size_t i = 0; i < t->lane->mark_count && result == 0; i++) {
        const struct mark *mark = &t->lane->marks[i];
        struct telling *told;
        bool done = mark->kind == EVENT_TASK_END;
        if (!is_told_mark(t, mark) ||
            ((mark->kind == EVENT_JOIN_END || mark->kind == EVENT_JOIN_SEEN) &&
             was_waited_for(t, mark)))
            continue;
        result = tell(t, mark->at_ns, done ? TELL_DONE : TELL_MARK, &told);
        if (told == NULL)
            continue;
        told->mark = mark;
        if (done)
            sum_task(t, mark, told);
    }
    return result;
}

static bool is_seen_ready(const struct teller *t, const struct span *span)
{
    return span->state == STATE_READY &&
           span->end_ns - span->start_ns >= t->story->grain_ns;
}

/** Once a lane, when it is without a core for long enough to be seen; how it was
 * started only where that was all. */
static int tell_ready(struct teller *t)
{
    const struct lane *lane = t->lane;
    const struct span *first = NULL;
    uint64_t count = 0;
    int64_t sum_ns = 0;
    for (size_t i = 0; i < lane->span_count; i++) {
        const struct span *span = &lane->spans[i];
        if (!is_seen_ready(t, span))
            continue;
        if (first == NULL || first->start_ns == lane->start_ns) {
            first = span;
            count = 0;
            sum_ns = 0;
        }
        sum_ns += span->end_ns - span->start_ns;
        count++;
    }
    if (first == NULL)
        return 0;
    struct telling *told = add(t->story, t->index, first->start_ns, TELL_READY);
    if (told == NULL)
        return UV_ENOMEM;
    told->span = first;
    told->count = count;
    told->in_state_ns[STATE_READY] = sum_ns;
    return 0;
}

static int tell_end(struct teller *t)
{
    int64_t end_ns = lane_own_end_ns(t->lane);
    struct telling *told = NULL;
    if (t->left_out > 0) {
        told = add(t->story, t->index, end_ns, TELL_LEFT_OUT);
        if (told == NULL)
            return UV_ENOMEM;
        told->count = t->left_out;
    }
    told = add(t->story, t->index, end_ns, t->lane->cut ? TELL_CUT : TELL_END);
    return told == NULL ? UV_ENOMEM : 0;
}

static int tell_lane(struct story *story, size_t index)
{
    const struct lane *lane = &story->timeline->lanes[index];
    struct teller t = {
        .story = story,
        .lane = lane,
        .index = index,
        .namesake = story_is_namesake(story->timeline, lane),
        .goes_on = SIZE_MAX,
        .many_ended = SIZE_MAX,
    };
    int result = tell_spans(&t);
    if (result == 0)
        result = tell_marks(&t);
    if (result == 0 && story->tells_ready)
        result = tell_ready(&t);
    return result < 0 ? result : tell_end(&t);
}

static void gather_many(struct story *story)
{
    const struct timeline *timeline = story->timeline;
    struct many *many = &story->many;
    if (timeline->lane_count <= MANY_LANES + 1)
        return;
    many->first = 1 + FIRST_LANES;
    many->last = timeline->lane_count - LAST_LANES - 1;
    for (size_t i = many->first; i <= many->last; i++) {
        const struct lane *lane = &timeline->lanes[i];
        bool first = many->count++ == 0;
        many->cut += lane_is_cut_off(story->timeline, lane);
        if (first || lane->start_ns < many->start_ns)
            many->start_ns = lane->start_ns;
        if (first || lane->end_ns > many->end_ns)
            many->end_ns = lane->end_ns;
        for (unsigned state = 0; state < STATE_COUNT; state++) {
            int64_t ns = lane->in_state_ns[state];
            if (first || ns < many->least_ns[state])
                many->least_ns[state] = ns;
            if (first || ns > many->most_ns[state])
                many->most_ns[state] = ns;
        }
    }
}

static int tell_many(struct story *story)
{
    const struct many *many = &story->many;
    if (many->count == 0)
        return 0;
    if (add(story, many->first, many->start_ns, TELL_MANY_START) == NULL ||
        add(story, many->first, many->end_ns, TELL_MANY_END) == NULL)
        return UV_ENOMEM;
    return 0;
}

static int compare(const void *left, const void *right)
{
    const struct telling *a = left, *b = right;
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns ? -1 : 1;
    if (a->lane != b->lane)
        return a->lane < b->lane ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

static int tell_story(struct story *story, const struct timeline *timeline,
                      bool tells_ready)
{
    *story = (struct story){.timeline = timeline,
                            .tells_ready = tells_ready,
                            .grain_ns = timeline->wall_ns / 100};
    if (story->grain_ns > NS_PER_MS)
        story->grain_ns = NS_PER_MS;
    int result = story_find_names(story);
    gather_many(story);
    if (result == 0)
        result = tell_many(story);
    for (size_t i = 0; i < timeline->lane_count && result == 0; i++)
        if (story->many.count == 0 || i < story->many.first || i > story->many.last)
            result = tell_lane(story, i);
    if (result == 0 && story->count > 0)
        qsort(story->tellings, story->count, sizeof *story->tellings, compare);
    return result;
}

int story_tell(struct story *story, const struct timeline *timeline)
{
    return tell_story(story, timeline, false);
}

int story_explain(struct story *story, const struct timeline *timeline)
{
    return tell_story(story, timeline, true);
}

void story_destroy(struct story *story)
{
    free(story->tellings);
    free(story->numbers);
    *story = (struct story){.timeline = NULL};
}
