// SPDX-License-Identifier: MIT
// Who waits for whom: in records written as the instruments write them, at random, and
// in damaged memory.

#include "timeline/waits.h"

#include "stage/clock.h"
#include "stage/trace_layout.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#endif
#endif

#define MIB ((size_t)1 << 20)

static struct trace *trace;
static struct waits *waits;

/** The time of the next event: each is a nanosecond after the one before. */
static int64_t now_ns;

/** How many threads the first process has; 0: not known. */
static unsigned thread_count;

static int begin(void **state)
{
    (void)state;
    now_ns = 1000;
    thread_count = 0;
    return trace_create(&trace, 16 * MIB) == 0 && waits_create(&waits) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    waits_destroy(waits);
    trace_destroy(trace);
    return 0;
}

/* What lanes do ------------------------------------------------------------------- */

static struct trace_writer new_lane(enum lane_kind kind, uint32_t parent)
{
    struct trace_writer writer;

    trace_open(&writer, trace, trace_add_lane(trace, kind, parent));
    trace_set_started(&writer, 1 + (int64_t)writer.lane);
    return writer;
}

static struct trace_writer new_thread(void)
{
    if (trace_lane_count(trace) == 0)
        new_lane(LANE_PROCESS, LANE_NONE);
    return new_lane(LANE_THREAD, 0);
}

static int64_t take(struct trace_writer *lane, uint64_t lock)
{
    struct hold hold = {lock, now_ns++, (uint16_t)(100 + lock % 100)};

    trace_add_hold(lane, &hold);
    return hold.since_ns;
}

static int64_t want(struct trace_writer *lane, uint64_t lock)
{
    trace_set_doing(lane, EVENT_LOCK_BEGIN, (uint16_t)(200 + lock % 100), lock,
                    now_ns++);
    return now_ns - 1;
}

static int64_t join(struct trace_writer *lane, uint32_t other)
{
    trace_set_doing(lane, EVENT_JOIN_BEGIN, 7, other, now_ns++);
    return now_ns - 1;
}

static void go_on(struct trace_writer *lane)
{
    trace_set_doing(lane, EVENT_NONE, SITE_NONE, 0, 0);
}

static void finish(struct trace_writer *lane)
{
    trace_set_ended(lane, 0, 0, 0);
}

/** So many threads, each with a lock of its own, which the one before it wants. */
static void make_ring(size_t count)
{
    struct trace_writer *lanes = calloc(count, sizeof *lanes);

    assert_non_null(lanes);
    for (size_t i = 0; i < count; i++) {
        lanes[i] = new_thread();
        take(&lanes[i], 1 + i);
    }
    for (size_t i = 0; i < count; i++)
        want(&lanes[i], 1 + (i + 1) % count);
    free(lanes);
}

/* What is seen of them --------------------------------------------------------------
 */

static struct deadlock *look(void)
{
    return waits_look(waits, trace, thread_count, now_ns++);
}

static void assert_none(void)
{
    for (int i = 0; i < 4; i++)
        assert_null(look());
}

/** Seen by the second look, and by it alone. */
static struct deadlock *assert_found(enum deadlock_kind kind, size_t count)
{
    struct deadlock *found;

    assert_null(look());
    found = look();
    assert_non_null(found);
    assert_int_equal(found->kind, kind);
    assert_int_equal(found->count, count);
    assert_int_equal(found->seen_ns, now_ns - 1);
    return found;
}

static void assert_link(const struct wait_link *link, const struct trace_writer *lane,
                        uint64_t holds, enum event_kind doing, uint64_t wants)
{
    assert_int_equal(link->lane, lane->lane);
    assert_int_equal(link->holds.object, holds);
    assert_int_equal(link->doing, doing);
    assert_int_equal(link->wants, wants);
}

/* Tests
 * -------------------------------------------------------------------------------------
 */

static void two_that_wait_for_each_other(void **state)
{
    struct trace_writer luke = new_thread(), darthvader = new_thread();
    struct deadlock *found;
    int64_t taken_ns, wanted_ns;

    (void)state;
    taken_ns = take(&luke, 11);
    take(&darthvader, 22);
    want(&luke, 22);
    assert_none();
    wanted_ns = want(&darthvader, 11);
    found = assert_found(DEADLOCK_CYCLE, 2);
    assert_link(&found->links[0], &luke, 11, EVENT_LOCK_BEGIN, 22);
    assert_link(&found->links[1], &darthvader, 22, EVENT_LOCK_BEGIN, 11);
    assert_int_equal(found->closed_ns, wanted_ns);
    assert_int_equal(found->links[1].wants_since_ns, wanted_ns);
    assert_int_equal(found->links[1].wants_site, 211);
    assert_int_equal(found->links[0].holds.since_ns, taken_ns);
    assert_int_equal(found->links[0].holds.site, 111);
    deadlock_destroy(found);
}

static void rings_of_many(void **state)
{
    static const size_t counts[] = {3, 5, 50, 1000};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct deadlock *found;

        trace_reset(trace);
        make_ring(counts[i]);
        found = assert_found(DEADLOCK_CYCLE, counts[i]);
        for (size_t k = 0; k < counts[i]; k++) {
            assert_int_equal(found->links[k].lane, 1 + k);
            assert_int_equal(found->links[k].holds.object, 1 + k);
            assert_int_equal(found->links[k].wants, 1 + (k + 1) % counts[i]);
        }
        deadlock_destroy(found);
    }
}

/** Main joins a thread, which wants what main holds. */
static void a_join_in_it(void **state)
{
    struct trace_writer holder = new_thread(), joined = new_thread();
    struct deadlock *found;

    (void)state;
    take(&holder, 11);
    want(&joined, 11);
    assert_none();
    join(&holder, joined.lane);
    found = assert_found(DEADLOCK_CYCLE, 2);
    assert_link(&found->links[0], &holder, 11, EVENT_JOIN_BEGIN, joined.lane);
    assert_link(&found->links[1], &joined, 0, EVENT_LOCK_BEGIN, 11);
    deadlock_destroy(found);
}

/** Two that join each other, which pthread_join(3) calls a deadlock, too. */
static void joins_alone(void **state)
{
    struct trace_writer one = new_thread(), other = new_thread(), third = new_thread();

    (void)state;
    join(&one, other.lane);
    join(&other, one.lane);
    want(&third, 33); /* before that, nobody has to look */
    deadlock_destroy(assert_found(DEADLOCK_CYCLE, 2));
}

static void who_waits_for_the_cycle_is_no_part_of_it(void **state)
{
    struct trace_writer first, second;
    struct deadlock *found;

    (void)state;
    first = new_thread();
    second = new_thread();
    join(&first, second.lane);
    want(&second, 1);
    make_ring(3);
    found = assert_found(DEADLOCK_CYCLE, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(found->links[i].lane, 3 + i);
    deadlock_destroy(found);
}

static void one_that_locks_twice(void **state)
{
    struct trace_writer luke = new_thread(), darthvader = new_thread();
    struct deadlock *found;

    (void)state;
    want(&darthvader, 11);
    take(&luke, 11);
    want(&luke, 11);
    found = assert_found(DEADLOCK_SELF, 1);
    assert_link(&found->links[0], &luke, 11, EVENT_LOCK_BEGIN, 11);
    deadlock_destroy(found);
}

static void a_lock_whose_holder_has_ended(void **state)
{
    struct trace_writer luke = new_thread(), darthvader = new_thread();
    struct deadlock *found;

    (void)state;
    take(&luke, 11);
    want(&darthvader, 11);
    assert_none(); /* while he lives it is only long */
    finish(&luke);
    found = assert_found(DEADLOCK_ABANDONED, 2);
    assert_link(&found->links[0], &darthvader, 0, EVENT_LOCK_BEGIN, 11);
    assert_link(&found->links[1], &luke, 11, EVENT_NONE, 0);
    assert_int_equal(found->closed_ns, found->links[0].wants_since_ns);
    deadlock_destroy(found);
}

static void an_end_alone_abandons_nothing(void **state)
{
    struct trace_writer luke = new_thread(), darthvader = new_thread(),
                        leia = new_thread();

    (void)state;
    take(&luke, 11);
    want(&darthvader, 11);
    trace_drop_hold(&luke, 11);
    finish(&luke);
    assert_none();
    join(&leia, luke.lane); /* is about to come back */
    assert_none();
}

/** A lock for readers has many holders, of whom the first one waits for nobody. */
static void a_writer_and_one_of_its_readers(void **state)
{
    struct trace_writer free_one = new_thread(), reader = new_thread(),
                        writer = new_thread();
    struct deadlock *found;

    (void)state;
    take(&free_one, 11);
    take(&reader, 11);
    take(&writer, 22);
    want(&writer, 11);
    assert_none();
    want(&reader, 22);
    found = assert_found(DEADLOCK_CYCLE, 2);
    assert_link(&found->links[0], &reader, 11, EVENT_LOCK_BEGIN, 22);
    assert_link(&found->links[1], &writer, 22, EVENT_LOCK_BEGIN, 11);
    deadlock_destroy(found);
}

/** One lock given back leaves the other ones. */
static void holds_are_told_apart(void **state)
{
    struct trace_writer luke = new_thread(), darthvader = new_thread();

    (void)state;
    for (uint64_t lock = 1; lock <= LANE_HOLDS; lock++)
        take(&luke, lock);
    take(&darthvader, 22);
    want(&luke, 22);
    trace_drop_hold(&luke, 2);
    want(&darthvader, 2);
    assert_none();
    want(&darthvader, 3);
    deadlock_destroy(assert_found(DEADLOCK_CYCLE, 2));
}

/** After a fork the same addresses are other locks. */
static void two_processes_with_the_same_addresses(void **state)
{
    struct trace_writer parent = new_lane(LANE_PROCESS, LANE_NONE);
    struct trace_writer child = new_lane(LANE_PROCESS, parent.lane);
    struct trace_writer luke = new_lane(LANE_THREAD, parent.lane);
    struct trace_writer darthvader = new_lane(LANE_THREAD, child.lane);
    struct trace_writer leia = new_lane(LANE_THREAD, luke.lane);

    (void)state;
    take(&luke, 11);
    take(&darthvader, 22);
    want(&luke, 22);
    want(&darthvader, 11);
    assert_none();
    take(&leia, 22); /* started by luke: of the parent's process */
    want(&leia, 11);
    deadlock_destroy(assert_found(DEADLOCK_CYCLE, 2));
}

static void a_chain_is_only_long(void **state)
{
    struct trace_writer last, next;

    (void)state;
    last = new_thread();
    take(&last, 1);
    for (uint64_t i = 1; i < 50; i++) {
        next = new_thread();
        take(&next, i + 1);
        want(&next, i);
    }
    join(&last, last.lane + 60); /* a lane that never was */
    assert_none();
    go_on(&last);
    assert_none();
}

/** A wait with a limit ends by itself at some time. */
static void a_wait_with_a_limit_is_none(void **state)
{
    struct trace_writer luke = new_thread(), darthvader = new_thread();

    (void)state;
    take(&luke, 11);
    want(&darthvader, 11);
    trace_set_doing(&luke, EVENT_JOIN_BEGIN, 7, darthvader.lane, 0);
    assert_none();
}

/** Nor is what anybody may end: a semaphore, a condition, a barrier, a sleep. */
static void other_waits_have_no_owner(void **state)
{
    static const enum event_kind kinds[] = {EVENT_SEM_BEGIN, EVENT_COND_BEGIN,
                                            EVENT_BARRIER_BEGIN, EVENT_SLEEP_BEGIN};
    struct trace_writer luke = new_thread(), darthvader = new_thread();

    (void)state;
    take(&luke, 11);
    take(&darthvader, 22);
    want(&darthvader, 11);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        trace_set_doing(&luke, kinds[i], 7, 22, now_ns++);
        assert_none();
    }
}

static void wait_for(struct trace_writer *lane, enum event_kind kind, uint64_t object)
{
    trace_set_doing(lane, kind, 7, object, now_ns++);
}

/** Semaphores and the like have no owner; but nobody is left to end any wait. */
static void where_every_lane_waits_it_is_a_stall(void **state)
{
    struct trace_writer main_lane = new_lane(LANE_PROCESS, LANE_NONE),
                        luke = new_lane(LANE_THREAD, 0),
                        leia = new_lane(LANE_THREAD, 0);
    struct deadlock *found;

    (void)state;
    thread_count = 3;
    join(&main_lane, luke.lane);
    wait_for(&luke, EVENT_SEM_BEGIN, 33);
    assert_none();
    wait_for(&leia, EVENT_COND_BEGIN, 44);
    found = assert_found(DEADLOCK_STALL, 3);
    assert_link(&found->links[0], &main_lane, 0, EVENT_JOIN_BEGIN, luke.lane);
    assert_link(&found->links[1], &luke, 0, EVENT_SEM_BEGIN, 33);
    assert_link(&found->links[2], &leia, 0, EVENT_COND_BEGIN, 44);
    deadlock_destroy(found);
}

static void where_somebody_could_end_a_wait_it_is_none(void **state)
{
    struct trace_writer main_lane = new_lane(LANE_PROCESS, LANE_NONE),
                        luke = new_lane(LANE_THREAD, 0);

    (void)state;
    join(&main_lane, luke.lane);
    wait_for(&luke, EVENT_SEM_BEGIN, 33);
    assert_none(); /* nobody knows how many threads there are */
    thread_count = 3;
    assert_none(); /* there is one without a lane */
    thread_count = 2;
    trace_set_doing(&luke, EVENT_SEM_BEGIN, 7, 33, 0);
    assert_none(); /* luke goes on by himself, at some time */
    go_on(&luke);
    assert_none();
    new_lane(LANE_THREAD, 0); /* about to begin */
    wait_for(&luke, EVENT_SEM_BEGIN, 33);
    assert_none();
}

/** What they wait for is there already: they were woken, and have no core yet. */
static void who_is_about_to_go_on_is_no_stall(void **state)
{
    struct trace_writer main_lane = new_lane(LANE_PROCESS, LANE_NONE),
                        luke = new_lane(LANE_THREAD, 0),
                        leia = new_lane(LANE_THREAD, 0);

    (void)state;
    thread_count = 3;
    join(&main_lane, luke.lane);
    want(&luke, 11); /* nobody has it */
    wait_for(&leia, EVENT_SEM_BEGIN, 33);
    assert_none();
    thread_count = 2;
    finish(&luke);
    assert_none();
}

/* Between two looks luke has had what he wanted: there were two cycles, or none. */
static void who_has_moved_meanwhile_waits_anew(void **state)
{
    struct trace_writer luke = new_thread(), darthvader = new_thread();

    (void)state;
    take(&luke, 11);
    take(&darthvader, 22);
    want(&darthvader, 11);
    for (int i = 0; i < 100; i++) {
        want(&luke, 22);
        assert_null(look());
        go_on(&luke);
    }
    want(&luke, 22);
    deadlock_destroy(assert_found(DEADLOCK_CYCLE, 2));
}

/** A cycle as wide as the one before, but of others. */
static void another_cycle_is_not_the_same(void **state)
{
    struct trace_writer luke = new_thread(), darthvader = new_thread(),
                        leia = new_thread();

    (void)state;
    take(&luke, 11);
    take(&darthvader, 22);
    want(&luke, 22);
    want(&darthvader, 11);
    assert_null(look());
    go_on(&luke);
    trace_drop_hold(&luke, 11);
    take(&leia, 11);
    want(&leia, 22);
    deadlock_destroy(assert_found(DEADLOCK_CYCLE, 2));
}

static void a_record_in_the_midst_of_a_change_is_none(void **state)
{
    struct trace_writer luke = new_thread();

    (void)state;
    make_ring(2);
    want(&luke, 1);
    atomic_fetch_add(&trace->lanes[2].changes, 1); /* odd, and stays so */
    assert_none();
    atomic_fetch_add(&trace->lanes[2].changes, 1);
    deadlock_destroy(assert_found(DEADLOCK_CYCLE, 2));
}

/** What stood in the records of the run before, even if it stood there in the same way.
 */
static void another_run_begins_anew(void **state)
{
    (void)state;
    make_ring(2);
    assert_null(look());
    trace_reset(trace);
    make_ring(2);
    waits_forget(waits);
    deadlock_destroy(assert_found(DEADLOCK_CYCLE, 2));
    trace_reset(trace);
    assert_none();
}

static void two_rings_are_seen_one_by_one(void **state)
{
    struct deadlock *found;

    (void)state;
    make_ring(3);
    for (uint32_t i = 0; i < 2; i++) {
        struct trace_writer lane = new_thread();

        take(&lane, 100 + i);
        want(&lane, 101 - i);
    }
    found = assert_found(DEADLOCK_CYCLE, 3);
    deadlock_destroy(found);
}

static void ten_thousand_lanes(void **state)
{
    enum { LANES = 10000, LOOKS = 20 };
    struct deadlock *found;
    int64_t begun_ns;

    (void)state;
    trace_destroy(trace);
    assert_int_equal(trace_create(&trace, 64 * MIB), 0);
    make_ring(LANES);
    trace_drop_hold(&(struct trace_writer){.trace = trace, .lane = 1}, 1);
    begun_ns = wall_ns();
    for (int i = 0; i < LOOKS; i++)
        assert_null(look());
    print_message("# %.2f ms a look at a chain of %d\n",
                  (double)(wall_ns() - begun_ns) / LOOKS / 1e6, LANES);
    take(&(struct trace_writer){.trace = trace, .lane = 1}, 1);
    found = assert_found(DEADLOCK_CYCLE, LANES);
    deadlock_destroy(found);
}

/* At random, against another way of finding it
 * --------------------------------------- */

static uint64_t seed;

static uint64_t any(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

enum { FEW = 8 };

/** Who waits for whom, as it was drawn. */
struct drawn {
    bool waits_for[FEW][FEW];
    bool is_abandoned[FEW]; /* waits for one that has ended */
};

/** Up to eight lanes, four locks with one holder each, and who wants or joins what. */
static void draw(struct drawn *drawn)
{
    struct trace_writer lanes[FEW];
    size_t count = 2 + any(FEW - 1), owner[4];
    bool ended[FEW] = {false};

    memset(drawn, 0, sizeof *drawn);
    for (size_t i = 0; i < count; i++)
        lanes[i] = new_thread();
    for (size_t lock = 0; lock < 4; lock++) {
        owner[lock] = any(count + 1); /* `count`: nobody has it */
        if (owner[lock] < count)
            take(&lanes[owner[lock]], 1 + lock);
    }
    for (size_t i = 0; i < count; i++)
        ended[i] = any(12) == 0;
    for (size_t i = 0; i < count; i++) {
        size_t lock = any(4), other = any(count);

        if (ended[i]) {
            finish(&lanes[i]);
        } else if (any(3) > 0) {
            want(&lanes[i], 1 + lock);
            if (owner[lock] < count) {
                drawn->waits_for[i][owner[lock]] = !ended[owner[lock]];
                drawn->is_abandoned[i] = ended[owner[lock]];
            }
        } else if (any(2) > 0) {
            join(&lanes[i], lanes[other].lane);
            drawn->waits_for[i][other] = !ended[other];
        }
    }
    want(&(struct trace_writer){.trace = trace, .lane = 0}, 99); /* nobody's */
}

/** By Warshall: whoever reaches itself is in a circle. */
static bool is_stuck(struct drawn *drawn)
{
    bool stuck = false;

    for (size_t k = 0; k < FEW; k++)
        for (size_t i = 0; i < FEW; i++)
            for (size_t j = 0; j < FEW; j++)
                drawn->waits_for[i][j] |=
                    drawn->waits_for[i][k] && drawn->waits_for[k][j];
    for (size_t i = 0; i < FEW; i++)
        stuck |= drawn->waits_for[i][i] || drawn->is_abandoned[i];
    return stuck;
}

/** Each link of what was found wants what the next one holds, or is joined by it. */
static void assert_leads_back(const struct deadlock *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct wait_link *link = &found->links[i];
        const struct wait_link *next = &found->links[(i + 1) % found->count];

        if (link->doing == EVENT_LOCK_BEGIN)
            assert_int_equal(link->wants, next->holds.object);
        else if (link->doing == EVENT_JOIN_BEGIN)
            assert_int_equal(link->wants, next->lane);
        else
            assert_true(found->kind == DEADLOCK_ABANDONED && i == 1);
    }
}

static void random_waits_are_judged_rightly(void **state)
{
#ifdef __SANITIZE_THREAD__
    enum { ROUNDS = 500 }; /* one thread: that is for the other builds */
#else
    enum { ROUNDS = 20000 };
#endif
    unsigned stuck = 0;

    (void)state;
    seed = 4711;
    for (int i = 0; i < ROUNDS; i++) {
        struct drawn drawn;
        struct deadlock *found;
        bool expected;

        trace_reset(trace);
        waits_forget(waits);
        draw(&drawn);
        expected = is_stuck(&drawn);
        assert_null(look());
        found = look();
        assert_int_equal(found != NULL, expected);
        if (found != NULL)
            assert_leads_back(found);
        deadlock_destroy(found);
        stuck += expected;
    }
    assert_in_range(stuck, ROUNDS / 10, ROUNDS / 10 * 9); /* it was put to the test */
}

/* Damaged memory --------------------------------------------------------------------
 */

/** Look twice.  @return whether something was found, after checking that it can be. */
static bool look_at_damage(void)
{
    bool is_found = false;

    for (int i = 0; i < 2; i++) {
        struct deadlock *found = look();

        if (found == NULL)
            continue;
        is_found = true;
        assert_in_range(found->kind, DEADLOCK_CYCLE, DEADLOCK_STALL);
        assert_in_range(found->count, 1, trace_lane_count(trace));
        for (size_t k = 0; k < found->count; k++)
            assert_in_range(found->links[k].lane, 0, trace_lane_count(trace) - 1);
        if (found->kind != DEADLOCK_STALL)
            assert_leads_back(found);
        deadlock_destroy(found);
    }
    return is_found;
}

static void fill_at_random(size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 8) {
        uint64_t value = any(UINT64_MAX);

        memcpy(trace->base + at, &value, sizeof value);
    }
}

static void random_bytes_are_survived(void **state)
{
    (void)state;
    trace_destroy(trace);
    assert_int_equal(trace_create(&trace, 128 * 1024), 0);
    for (seed = 1; seed <= 300; seed++) {
        uint64_t kept = seed;

        fill_at_random(trace->bytes);
        look_at_damage();
        seed = kept;
    }
}

/** Worse than noise is what is nearly right: lanes that hold and want few things. */
static void fill_with_waits(void)
{
    atomic_store(&trace->counters->lanes, trace->lane_capacity);
    atomic_store(&trace->counters->contended, 1);
    for (uint32_t i = 0; i < trace->lane_capacity; i++) {
        struct lane_record *record = &trace->lanes[i];

        atomic_store(&record->kind, (uint32_t)any(LANE_KINDS + 1));
        atomic_store(&record->parent, (uint32_t)any(trace->lane_capacity + 2));
        atomic_store(&record->progress, (uint32_t)any(5));
        atomic_store(&record->changes, (uint32_t)any(8) / 7);
        atomic_store(&record->doing,
                     (uint32_t)((any(2) != 0 ? EVENT_LOCK_BEGIN : any(64)) << 16));
        atomic_store(&record->doing_object, any(12));
        atomic_store(&record->doing_since_ns, (int64_t)any(3) - 1);
        for (size_t k = 0; k < LANE_HOLDS; k++)
            atomic_store(&record->holds[k].object, any(12) * any(2));
    }
}

static void bent_waits_end(void **state)
{
    unsigned found = 0;

    (void)state;
    trace_destroy(trace);
    assert_int_equal(trace_create(&trace, 128 * 1024), 0);
    for (uint64_t i = 1; i <= 2000; i++) {
        seed = i;
        fill_with_waits();
        found += look_at_damage();
    }
    assert_true(found > 100); /* the waits were followed, not just refused */
}

#ifndef UNDER_TSAN /* the race is the point of it */
struct wild {
    struct trace *trace;
    atomic_bool stop;
};

static void *go_wild(void *data)
{
    struct wild *wild = data;
    uint64_t random = 42;

    while (!atomic_load(&wild->stop)) {
        size_t at;

        random = random * 6364136223846793005u + 1442695040888963407u;
        at = (size_t)(random >> 32) % (wild->trace->bytes / 8) * 8;
        *(_Atomic uint64_t *)(void *)(wild->trace->base + at) = random >> 60;
    }
    return NULL;
}

static void memory_may_change_while_it_is_looked_at(void **state)
{
    struct wild wild = {0};
    pthread_t thread;

    (void)state;
    trace_destroy(trace);
    assert_int_equal(trace_create(&trace, 128 * 1024), 0);
    fill_with_waits();
    wild.trace = trace;
    assert_int_equal(pthread_create(&thread, NULL, go_wild, &wild), 0);
    for (int i = 0; i < 2000; i++)
        deadlock_destroy(look());
    atomic_store(&wild.stop, true);
    pthread_join(thread, NULL);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_that_wait_for_each_other, begin, end),
        cmocka_unit_test_setup_teardown(rings_of_many, begin, end),
        cmocka_unit_test_setup_teardown(a_join_in_it, begin, end),
        cmocka_unit_test_setup_teardown(joins_alone, begin, end),
        cmocka_unit_test_setup_teardown(who_waits_for_the_cycle_is_no_part_of_it, begin,
                                        end),
        cmocka_unit_test_setup_teardown(one_that_locks_twice, begin, end),
        cmocka_unit_test_setup_teardown(a_lock_whose_holder_has_ended, begin, end),
        cmocka_unit_test_setup_teardown(an_end_alone_abandons_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_writer_and_one_of_its_readers, begin, end),
        cmocka_unit_test_setup_teardown(holds_are_told_apart, begin, end),
        cmocka_unit_test_setup_teardown(two_processes_with_the_same_addresses, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_chain_is_only_long, begin, end),
        cmocka_unit_test_setup_teardown(a_wait_with_a_limit_is_none, begin, end),
        cmocka_unit_test_setup_teardown(other_waits_have_no_owner, begin, end),
        cmocka_unit_test_setup_teardown(where_every_lane_waits_it_is_a_stall, begin,
                                        end),
        cmocka_unit_test_setup_teardown(where_somebody_could_end_a_wait_it_is_none,
                                        begin, end),
        cmocka_unit_test_setup_teardown(who_is_about_to_go_on_is_no_stall, begin, end),
        cmocka_unit_test_setup_teardown(who_has_moved_meanwhile_waits_anew, begin, end),
        cmocka_unit_test_setup_teardown(another_cycle_is_not_the_same, begin, end),
        cmocka_unit_test_setup_teardown(a_record_in_the_midst_of_a_change_is_none,
                                        begin, end),
        cmocka_unit_test_setup_teardown(another_run_begins_anew, begin, end),
        cmocka_unit_test_setup_teardown(two_rings_are_seen_one_by_one, begin, end),
        cmocka_unit_test_setup_teardown(ten_thousand_lanes, begin, end),
        cmocka_unit_test_setup_teardown(random_waits_are_judged_rightly, begin, end),
        cmocka_unit_test_setup_teardown(random_bytes_are_survived, begin, end),
        cmocka_unit_test_setup_teardown(bent_waits_end, begin, end),
#ifndef UNDER_TSAN
        cmocka_unit_test_setup_teardown(memory_may_change_while_it_is_looked_at, begin,
                                        end),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
