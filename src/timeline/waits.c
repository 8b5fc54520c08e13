// SPDX-License-Identifier: MIT
#include "timeline/waits.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define NOBODY UINT32_MAX

/** A lock that somebody holds. */
struct held {
    uint32_t process, lane;
    struct hold hold;
    uint32_t changes;
    bool is_abandoned; /**< the lane has ended */
};

enum visit { UNSEEN, ON_PATH, DONE };

/** A lane that waits. */
struct waiter {
    struct wait_link link;
    uint32_t process;
    enum visit visit;
    size_t next_held; /**< the next of those who hold what it wants, to be looked at */
};

struct lane_place {
    uint32_t process; /**< the lane of its process */
    uint32_t waiter;  /**< its place among the waiters, or NOBODY */
    bool ended;
};

/** What one look finds, in arrays that are kept from one to the next. */
struct waits {
    struct lane_place *lanes; /**< by id */
    size_t lane_count, lane_room;
    bool all_wait;        /**< every lane that has not ended, and none with a limit; all
                               of them of the first process */
    unsigned own_threads; /**< lanes that have not ended */
    struct waiter *waiters;
    size_t waiter_count, waiter_room;
    struct held *held; /**< by process and address */
    size_t held_count, held_room;
    size_t *path; /**< waiters, each waits for the next */
    size_t path_room;
    struct deadlock *before; /**< what the look before this one found; NULL: nothing */
};

int waits_create(struct waits **waits)
{
    *waits = calloc(1, sizeof **waits);
    return *waits != NULL ? 0 : UV_ENOMEM;
}

void deadlock_destroy(struct deadlock *deadlock)
{
    if (deadlock != NULL)
        free(deadlock->links);
    free(deadlock);
}

void waits_forget(struct waits *waits)
{
    deadlock_destroy(waits->before);
    waits->before = NULL;
}

void waits_destroy(struct waits *waits)
{
    if (waits == NULL)
        return;
    waits_forget(waits);
    free(waits->lanes);
    free(waits->waiters);
    free(waits->held);
    free(waits->path);
    free(waits);
}

/** Room for `count` items; what stood there need not stay. */
static bool make_room(void **items, size_t *room, size_t count, size_t size)
{
    if (count <= *room)
        return true;
    size_t wanted = count + count / 2;
    free(*items);
    *items = calloc(wanted, size);
    *room = *items != NULL ? wanted : 0;
    return *items != NULL;
}

static bool make_rooms(struct waits *waits, size_t lanes)
{
    return make_room((void **)&waits->lanes, &waits->lane_room, lanes,
                     sizeof *waits->lanes) &&
           make_room((void **)&waits->waiters, &waits->waiter_room, lanes,
                     sizeof *waits->waiters) &&
           make_room((void **)&waits->path, &waits->path_room, lanes,
                     sizeof *waits->path) &&
           make_room((void **)&waits->held, &waits->held_room, lanes * LANE_HOLDS,
                     sizeof *waits->held);
}

static void add_waiter(struct waits *waits, const struct lane_view *lane)
{
    waits->lanes[lane->id].waiter = (uint32_t)waits->waiter_count;
    waits->waiters[waits->waiter_count++] = (struct waiter){
        .link = {.lane = lane->id,
                 .doing = lane->doing,
                 .wants = lane->doing_object,
                 .wants_site = lane->doing_site,
                 .wants_since_ns = lane->doing_since_ns,
                 .changes = lane->changes},
        .process = waits->lanes[lane->id].process,
        .visit = UNSEEN,
    };
}

/** Waits that somebody else must end. */
static bool is_wait(enum event_kind kind)
{
    return kind == EVENT_LOCK_BEGIN || kind == EVENT_JOIN_BEGIN ||
           kind == EVENT_SEM_BEGIN || kind == EVENT_COND_BEGIN ||
           kind == EVENT_BARRIER_BEGIN;
}

static void add_lane(struct waits *waits, const struct lane_view *lane)
{
    bool is_steady = lane->changes % 2 == 0;
    bool waits_on = is_steady && is_wait(lane->doing) && lane->doing_since_ns > 0;
    if (!lane->ended) {
        waits->all_wait &= waits_on && waits->lanes[lane->id].process == 0;
        waits->own_threads++;
    }
    waits->lanes[lane->id].ended = lane->ended;
    if (!is_steady)
        return;
    for (size_t i = 0; i < lane->hold_count; i++)
        waits->held[waits->held_count++] = (struct held){
            .process = waits->lanes[lane->id].process,
            .lane = lane->id,
            .hold = lane->holds[i],
            .changes = lane->changes,
            .is_abandoned = lane->ended,
        };
    if (waits_on && !lane->ended)
        add_waiter(waits, lane);
}

/** A negative, zero or positive number, as `held` stands before or after a lock. */
static int compare(const struct held *held, uint32_t process, uint64_t object)
{
    if (held->process != process)
        return held->process < process ? -1 : 1;
    return (held->hold.object > object) - (held->hold.object < object);
}

static int by_lock(const void *left, const void *right)
{
    const struct held *a = left, *b = right;
    int order = compare(a, b->process, b->hold.object);
    return order != 0 ? order : (a->lane > b->lane) - (a->lane < b->lane);
}

static bool read_lanes(struct waits *waits, const struct trace *trace)
{
    waits->lane_count = trace_lane_count(trace);
    waits->waiter_count = waits->held_count = 0;
    waits->all_wait = true;
    waits->own_threads = 0;
    if (!make_rooms(waits, waits->lane_count))
        return false;
    for (uint32_t id = 0; id < waits->lane_count; id++) {
        struct lane_view lane;
        waits->lanes[id] = (struct lane_place){.process = id, .waiter = NOBODY};
        if (!trace_read_lane(trace, id, &lane))
            continue;
        if (lane.kind != LANE_PROCESS && lane.parent < id)
            waits->lanes[id].process = waits->lanes[lane.parent].process;
        add_lane(waits, &lane);
    }
    qsort(waits->held, waits->held_count, sizeof *waits->held, by_lock);
    return true;
}

/** The first of those who hold what it wants; where they end, others begin. */
static size_t first_held(const struct waits *waits, const struct waiter *waiter)
{
    size_t low = 0, high = waits->held_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&waits->held[middle], waiter->process, waiter->link.wants) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/** The next lane that it waits for, and by which lock; false: there is none left. */
static bool next_holder(const struct waits *waits, struct waiter *waiter,
                        struct held *holder)
{
    size_t i = waiter->next_held++;
    if (waiter->link.doing == EVENT_JOIN_BEGIN) {
        *holder = (struct held){.lane = (uint32_t)waiter->link.wants};
        return i == 0;
    }
    if (waiter->link.doing != EVENT_LOCK_BEGIN || i >= waits->held_count ||
        compare(&waits->held[i], waiter->process, waiter->link.wants) != 0)
        return false;
    *holder = waits->held[i];
    return true;
}

/** Whether nobody waits for a lane that has ended, or a lock that nobody has. */
static bool nobody_is_let_go(struct waits *waits)
{
    for (size_t i = 0; i < waits->waiter_count; i++) {
        struct waiter *waiter = &waits->waiters[i];
        struct held holder;
        bool is_join = waiter->link.doing == EVENT_JOIN_BEGIN;
        if (!is_join && waiter->link.doing != EVENT_LOCK_BEGIN)
            continue;
        waiter->next_held = is_join ? 0 : first_held(waits, waiter);
        if (!next_holder(waits, waiter, &holder))
            return false;
        if (holder.lane < waits->lane_count && waits->lanes[holder.lane].ended)
            return false;
    }
    return true;
}

/** All that wait, in the order of their lanes. */
static struct deadlock *stall_of(const struct waits *waits)
{
    struct deadlock *deadlock = calloc(1, sizeof *deadlock);
    if (deadlock == NULL ||
        (deadlock->links = calloc(waits->waiter_count, sizeof *deadlock->links)) ==
            NULL) {
        free(deadlock);
        return NULL;
    }
    deadlock->kind = DEADLOCK_STALL;
    deadlock->count = waits->waiter_count;
    for (size_t i = 0; i < deadlock->count; i++)
        deadlock->links[i] = waits->waiters[i].link;
    return deadlock;
}

/** Of the path from place `from` on; `closing` is the lock that its first one holds. */
static struct deadlock *cycle_of(const struct waits *waits, size_t from, size_t length,
                                 const struct hold *closing)
{
    struct deadlock *deadlock = calloc(1, sizeof *deadlock);
    size_t count = length - from, first = 0;
    if (deadlock == NULL ||
        (deadlock->links = calloc(count, sizeof *deadlock->links)) == NULL) {
        free(deadlock);
        return NULL;
    }
    deadlock->kind = count == 1 ? DEADLOCK_SELF : DEADLOCK_CYCLE;
    deadlock->count = count;
    for (size_t i = 1; i < count; i++)
        if (waits->path[from + i] < waits->path[from + first])
            first = i;
    for (size_t i = 0; i < count; i++) {
        size_t place = (first + i) % count;
        deadlock->links[i] = waits->waiters[waits->path[from + place]].link;
        if (place == 0)
            deadlock->links[i].holds = *closing;
    }
    return deadlock;
}

/** The last one of the path waits for a lane that has ended. */
static struct deadlock *abandoned_of(const struct waits *waits, size_t length,
                                     const struct held *holder)
{
    struct hold nothing = {.object = 0};
    struct deadlock *deadlock = cycle_of(waits, length - 1, length, &nothing);
    struct wait_link *links =
        deadlock != NULL ? realloc(deadlock->links, 2 * sizeof *links) : NULL;
    if (links == NULL) {
        deadlock_destroy(deadlock);
        return NULL;
    }
    links[1] = (struct wait_link){.lane = holder->lane,
                                  .doing = EVENT_NONE,
                                  .holds = holder->hold,
                                  .changes = holder->changes};
    deadlock->kind = DEADLOCK_ABANDONED;
    deadlock->links = links;
    deadlock->count = 2;
    return deadlock;
}

static void step_on(struct waits *waits, size_t waiter, size_t *length,
                    const struct hold *by)
{
    struct waiter *next = &waits->waiters[waiter];
    next->visit = ON_PATH;
    next->link.holds = *by;
    next->next_held =
        next->link.doing == EVENT_LOCK_BEGIN ? first_held(waits, next) : 0;
    waits->path[(*length)++] = waiter;
}

/** Follow the waits from one waiter on, until they lead back or come to an end. */
static struct deadlock *follow(struct waits *waits, size_t start)
{
    size_t length = 0;
    step_on(waits, start, &length, &(struct hold){.object = 0});
    while (length > 0) {
        struct waiter *last = &waits->waiters[waits->path[length - 1]];
        struct held holder;
        if (!next_holder(waits, last, &holder)) {
            last->visit = DONE;
            length--;
            continue;
        }
        if (holder.is_abandoned)
            return abandoned_of(waits, length, &holder);
        size_t waiter =
            holder.lane < waits->lane_count ? waits->lanes[holder.lane].waiter : NOBODY;
        if (waiter == NOBODY || waits->waiters[waiter].visit == DONE)
            continue;
        if (waits->waiters[waiter].visit == UNSEEN) {
            step_on(waits, waiter, &length, &holder.hold);
            continue;
        }
        size_t from = 0;
        while (waits->path[from] != waiter)
            from++;
        return cycle_of(waits, from, length, &holder.hold);
    }
    return NULL;
}

static struct deadlock *find(struct waits *waits, unsigned threads)
{
    for (size_t i = 0; i < waits->waiter_count; i++) {
        struct deadlock *found =
            waits->waiters[i].visit == UNSEEN ? follow(waits, i) : NULL;
        if (found != NULL)
            return found;
    }
    bool is_stall = waits->all_wait && waits->own_threads == threads &&
                    waits->waiter_count > 0 && nobody_is_let_go(waits);
    return is_stall ? stall_of(waits) : NULL;
}

static bool is_same(const struct deadlock *a, const struct deadlock *b)
{
    if (a == NULL || a->kind != b->kind || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->links[i].lane != b->links[i].lane ||
            a->links[i].changes != b->links[i].changes)
            return false;
    return true;
}

bool waits_may_stall(const struct waits *waits)
{
    return waits->before != NULL && waits->before->kind == DEADLOCK_STALL;
}

struct deadlock *waits_look(struct waits *waits, const struct trace *trace,
                            unsigned threads, int64_t now_ns)
{
    if (!trace_has_contention(trace) || !read_lanes(waits, trace))
        return NULL;
    struct deadlock *found = find(waits, threads);
    bool is_certain = found != NULL && is_same(waits->before, found);
    waits_forget(waits);
    if (!is_certain) {
        waits->before = found;
        return NULL;
    }
    found->seen_ns = now_ns;
    for (size_t i = 0; i < found->count; i++)
        if (found->links[i].wants_since_ns > found->closed_ns)
            found->closed_ns = found->links[i].wants_since_ns;
    return found;
}
