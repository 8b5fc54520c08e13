// SPDX-License-Identifier: MIT
// The trace: what is written is read, also by many, too much, and in damaged memory.

#include "stage/clock.h"
#include "stage/trace.h"
#include "stage/trace_layout.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#endif
#endif

#ifdef UNDER_TSAN
enum { UNDER_TSAN_DIVISOR = 10 };
#else
enum { UNDER_TSAN_DIVISOR = 1 };
#endif

#define MIB ((size_t)1 << 20)

static struct trace *new_trace(size_t bytes)
{
    struct trace *trace = NULL;

    assert_int_equal(trace_create(&trace, bytes), 0);
    assert_int_equal(trace_bytes(trace), bytes);
    return trace;
}

static struct trace_writer new_lane(struct trace *trace)
{
    struct trace_writer writer;

    trace_open(&writer, trace, trace_add_lane(trace, LANE_THREAD, LANE_NONE));
    return writer;
}

/* An event's other fields follow from its number, so that a torn one is seen. */
static uint64_t object_of(uint32_t lane, uint64_t number)
{
    return (number + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ lane;
}

static void write_numbers(struct trace_writer *writer, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        uint64_t object = object_of(writer->lane, i);

        writer->processor = (uint32_t)i;
        trace_write(writer, (int64_t)(i + 1), (enum event_kind)(1 + i % 20),
                    (uint16_t)i, object, ~object);
    }
}

static void assert_is_number(const struct event_view *event, uint32_t lane, uint64_t i)
{
    assert_int_equal(event->time_ns, i + 1);
    assert_int_equal(event->kind, 1 + i % 20);
    assert_int_equal(event->site, (uint16_t)i);
    assert_int_equal(event->processor, (uint32_t)i);
    assert_int_equal(event->object, object_of(lane, i));
    assert_int_equal(event->value, ~event->object);
}

/** Read on, from event `number` on, and check each.  @return the next one's number. */
static uint64_t read_numbers(struct trace_cursor *cursor, uint64_t number)
{
    struct event_view event;

    while (trace_next(cursor, &event))
        assert_is_number(&event, cursor->lane, number++);
    return number;
}

static uint64_t count_numbers(const struct trace *trace, uint32_t lane)
{
    struct trace_cursor cursor = trace_first(trace, lane);

    return read_numbers(&cursor, 0);
}

static void fields_come_back(void **state)
{
    struct trace *trace = new_trace(MIB);
    struct trace_writer writer = new_lane(trace);
    struct trace_cursor cursor;
    struct event_view event;

    (void)state;
    writer.processor = 7;
    trace_write(&writer, INT64_MAX, EVENT_LOCK_BEGIN, 0xfffe, UINT64_MAX, 1);
    cursor = trace_first(trace, 0);
    assert_true(trace_next(&cursor, &event));
    assert_int_equal(event.time_ns, INT64_MAX);
    assert_int_equal(event.kind, EVENT_LOCK_BEGIN);
    assert_int_equal(event.site, 0xfffe);
    assert_int_equal(event.object, UINT64_MAX);
    assert_int_equal(event.value, 1);
    assert_int_equal(event.processor, 7);
    assert_false(trace_next(&cursor, &event));
    trace_destroy(trace);
}

static void reading_goes_on_where_it_stopped(void **state)
{
    struct trace *trace = new_trace(MIB);
    struct trace_writer writer = new_lane(trace);
    struct trace_cursor cursor = trace_first(trace, 0);
    uint64_t read = 0;

    (void)state;
    for (uint64_t i = 0; i < 600; i++) {
        assert_int_equal(read = read_numbers(&cursor, read), i);
        write_numbers(&writer, i, i + 1);
    }
    assert_int_equal(read_numbers(&cursor, read), 600);
    trace_destroy(trace);
}

/* Lengths around the ends of the first chunk, 15 events, and of the next, 127 each. */
static void chunks_end_where_they_should(void **state)
{
    static const uint64_t lengths[] = {0, 1, 14, 15, 16, 141, 142, 143, 268, 269, 270};
    struct trace *trace = new_trace(MIB);

    (void)state;
    assert_int_equal(FIRST_EVENTS, 15);
    assert_int_equal(LATER_EVENTS, 127);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct trace_writer writer = new_lane(trace);

        write_numbers(&writer, 0, lengths[i]);
        assert_int_equal(count_numbers(trace, writer.lane), lengths[i]);
    }
    assert_int_equal(trace_dropped(trace), 0);
    trace_destroy(trace);
}

static void a_lane_tells_what_it_is(void **state)
{
    struct trace *trace = new_trace(MIB);
    uint32_t parent = trace_add_lane(trace, LANE_PROCESS, LANE_NONE);
    uint32_t lane = trace_add_lane(trace, LANE_THREAD, parent);
    struct trace_writer writer;
    struct lane_view view;

    (void)state;
    trace_open(&writer, trace, lane);
    assert_true(trace_read_lane(trace, lane, &view));
    assert_int_equal(view.id, lane);
    assert_int_equal(view.kind, LANE_THREAD);
    assert_int_equal(view.parent, parent);
    assert_false(view.started);
    assert_false(view.ended);
    assert_string_equal(view.name, "");

    trace_set_started(&writer, 4711);
    trace_set_name(&writer,
                   "a name that is longer than the forty-seven bytes it may have");
    trace_set_doing(&writer, EVENT_LOCK_BEGIN, 12, 0xabcdef, 77);
    assert_true(trace_read_lane(trace, lane, &view));
    assert_true(view.started);
    assert_int_equal(view.os_id, 4711);
    assert_int_equal(view.cpu_ns, -1);
    assert_string_equal(view.name, "a name that is longer than the forty-seven byte");
    assert_int_equal(view.doing, EVENT_LOCK_BEGIN);
    assert_int_equal(view.doing_site, 12);
    assert_int_equal(view.doing_object, 0xabcdef);

    trace_set_name(&writer, "short");
    trace_set_ended(&writer, 5, 6, 7);
    assert_true(trace_read_lane(trace, lane, &view));
    assert_true(view.ended);
    assert_int_equal(view.cpu_ns, 5);
    assert_int_equal(view.switches_voluntary, 6);
    assert_int_equal(view.switches_involuntary, 7);
    assert_string_equal(view.name, "short");
    assert_false(trace_read_lane(trace, lane + 1, &view));
    trace_destroy(trace);
}

/** What one of several threads or processes writes. */
struct share {
    struct trace *trace;
    uint64_t events;
    atomic_bool done;
    struct trace_writer writer;
};

static struct lane_view read_lane(const struct trace *trace, uint32_t lane)
{
    struct lane_view view;

    assert_true(trace_read_lane(trace, lane, &view));
    return view;
}

static void a_lane_tells_since_when_it_waits(void **state)
{
    struct trace *trace = new_trace(MIB);
    struct trace_writer writer = new_lane(trace);
    struct lane_view view;

    (void)state;
    trace_set_doing(&writer, EVENT_SEM_BEGIN, 3, 5, 100);
    view = read_lane(trace, 0);
    assert_int_equal(view.doing_since_ns, 100);
    assert_true(trace_has_contention(trace));
    trace_set_doing(&writer, EVENT_SEM_BEGIN, 3, 5, 0); /* with a limit */
    assert_int_equal(read_lane(trace, 0).doing_since_ns, 0);
    trace_reset(trace);
    new_lane(trace);
    assert_int_equal(read_lane(trace, 0).doing, EVENT_NONE);
    assert_int_equal(read_lane(trace, 0).doing_since_ns, 0);
    assert_false(trace_has_contention(trace));
    trace_destroy(trace);
}

static void a_lane_tells_what_it_holds(void **state)
{
    struct trace *trace = new_trace(MIB);
    struct trace_writer writer = new_lane(trace);
    struct lane_view view;

    (void)state;
    for (uint64_t i = 0; i < LANE_HOLDS + 2; i++)
        trace_add_hold(&writer, &(struct hold){100 + i, 1000 + (int64_t)i, 7});
    view = read_lane(trace, 0);
    assert_int_equal(view.hold_count, LANE_HOLDS);
    for (size_t i = 0; i < LANE_HOLDS; i++) {
        assert_int_equal(view.holds[i].object, 100 + i);
        assert_int_equal(view.holds[i].since_ns, 1000 + i);
        assert_int_equal(view.holds[i].site, 7);
    }
    trace_drop_hold(&writer, 101);
    trace_drop_hold(&writer, 100 + LANE_HOLDS); /* there was no room for it */
    view = read_lane(trace, 0);
    assert_int_equal(view.hold_count, LANE_HOLDS - 1);
    assert_int_equal(view.holds[1].object, 102);
    trace_add_hold(&writer, &(struct hold){200, 2000, 8});
    assert_int_equal(read_lane(trace, 0).holds[1].object, 200);
    trace_reset(trace);
    new_lane(trace);
    assert_int_equal(read_lane(trace, 0).hold_count, 0);
    trace_destroy(trace);
}

static void every_change_is_counted(void **state)
{
    struct trace *trace = new_trace(MIB);
    struct trace_writer writer = new_lane(trace);
    uint32_t before = read_lane(trace, 0).changes;

    (void)state;
    assert_int_equal(before % 2, 0);
    trace_set_doing(&writer, EVENT_LOCK_BEGIN, 3, 5, 100);
    assert_int_equal(read_lane(trace, 0).changes, before += 2);
    trace_add_hold(&writer, &(struct hold){5, 100, 7});
    assert_int_equal(read_lane(trace, 0).changes, before += 2);
    trace_drop_hold(&writer, 5);
    assert_int_equal(read_lane(trace, 0).changes, before += 2);
    write_numbers(&writer, 0, 100); /* events are no changes of what it is doing */
    assert_int_equal(read_lane(trace, 0).changes, before);
    trace_destroy(trace);
}

static void *change_all_the_time(void *data)
{
    struct share *share = data;

    /* What belongs together says so: all that it holds and wants is the same number. */
    for (uint64_t i = 1; i <= share->events; i++) {
        trace_set_doing(&share->writer, EVENT_LOCK_BEGIN, (uint16_t)i, i, (int64_t)i);
        trace_add_hold(&share->writer, &(struct hold){i, (int64_t)i, (uint16_t)i});
        trace_drop_hold(&share->writer, i);
    }
    atomic_store(&share->done, true);
    return NULL;
}

/** A view is of one moment, or its number of changes is odd. */
static void views_are_of_one_moment(void **state)
{
    struct trace *trace = new_trace(MIB);
    static struct share share;
    pthread_t thread;
    uint64_t whole = 0;
    bool done = false;

    (void)state;
    share = (struct share){.trace = trace,
                           .events = 2 * 1000 * 1000 / UNDER_TSAN_DIVISOR,
                           .writer = new_lane(trace)};
    assert_int_equal(pthread_create(&thread, NULL, change_all_the_time, &share), 0);
    while (!done) {
        struct lane_view view;

        done = atomic_load(&share.done);
        view = read_lane(trace, 0);
        if (view.changes % 2 != 0 || view.doing == EVENT_NONE)
            continue;
        whole++;
        assert_int_equal(view.doing_since_ns, view.doing_object);
        assert_int_equal(view.doing_site, (uint16_t)view.doing_object);
        if (view.hold_count > 0) {
            assert_int_equal(view.holds[0].object, view.doing_object);
            assert_int_equal(view.holds[0].since_ns, view.doing_object);
            assert_int_equal(view.holds[0].site, (uint16_t)view.doing_object);
        }
    }
    pthread_join(thread, NULL);
    assert_true(whole > 0);
    trace_destroy(trace);
}

static void ten_thousand_lanes(void **state)
{
    enum { LANES = 10000 };
    struct trace *trace = new_trace(256 * MIB);
    struct trace_writer *writers = calloc(LANES, sizeof *writers);

    (void)state;
    assert_non_null(writers);
    for (uint32_t i = 0; i < LANES; i++)
        writers[i] = new_lane(trace);
    for (uint64_t from = 0; from < 20; from += 5)
        for (uint32_t i = 0; i < LANES; i++)
            write_numbers(&writers[i], from, from + 5);
    assert_int_equal(trace_lane_count(trace), LANES);
    for (uint32_t i = 0; i < LANES; i++)
        assert_int_equal(count_numbers(trace, i), 20);
    assert_int_equal(trace_dropped(trace), 0);
    free(writers);
    trace_destroy(trace);
}

static void ten_million_events(void **state)
{
    const uint64_t events = 10 * 1000 * 1000 / UNDER_TSAN_DIVISOR;
    struct trace *trace = new_trace(512 * MIB);
    struct trace_writer writer = new_lane(trace);
    int64_t start_ns = wall_ns(), written_ns;

    (void)state;
    write_numbers(&writer, 0, events);
    written_ns = wall_ns();
    assert_int_equal(count_numbers(trace, 0), events);
    print_message("# %.1f ns to write an event, %.1f to read and check it\n",
                  (double)(written_ns - start_ns) / (double)events,
                  (double)(wall_ns() - written_ns) / (double)events);
    assert_int_equal(trace_dropped(trace), 0);
    trace_destroy(trace);
}

static void a_full_trace_counts_what_it_drops(void **state)
{
    const uint64_t events = 20000;
    struct trace *trace = new_trace(128 * 1024);
    struct trace_writer writer = new_lane(trace), none;
    struct lane_view view;
    uint64_t kept, dropped;

    (void)state;
    write_numbers(&writer, 0, events);
    kept = count_numbers(trace, 0);
    assert_in_range(kept, 1000, 4096);
    assert_int_equal(trace_dropped(trace), events - kept);

    trace_set_doing(&writer, EVENT_JOIN_BEGIN, 3, 9, 0);
    trace_set_name(&writer, "full");
    assert_true(trace_read_lane(trace, 0, &view));
    assert_int_equal(view.doing, EVENT_JOIN_BEGIN);
    assert_string_equal(view.name, "full");

    dropped = trace_dropped(trace);
    while (trace_add_lane(trace, LANE_THREAD, 0) != LANE_NONE)
        continue;
    assert_int_equal(trace_lane_count(trace), 64);
    assert_int_equal(trace_dropped(trace), dropped + 1);
    trace_open(&none, trace, LANE_NONE);
    write_numbers(&none, 0, 10);
    trace_set_started(&none, 1);
    trace_set_doing(&none, EVENT_JOIN_BEGIN, 0, 0, 0);
    assert_int_equal(trace_dropped(trace), dropped + 11);
    assert_int_equal(count_numbers(trace, 0), kept);
    trace_destroy(trace);
}

/* However much others write, each lane has room for its first events. */
static void a_full_trace_serves_new_lanes(void **state)
{
    struct trace *trace = new_trace(128 * 1024);
    struct trace_writer first = new_lane(trace);
    uint64_t dropped;

    (void)state;
    write_numbers(&first, 0, 20000);
    dropped = trace_dropped(trace);
    assert_true(dropped > 0);
    for (uint32_t i = 1; i < trace->lane_capacity; i++) {
        struct trace_writer next = new_lane(trace);

        write_numbers(&next, 0, 20);
        assert_int_equal(count_numbers(trace, next.lane), 15);
        assert_int_equal(trace_dropped(trace), dropped += 5);
    }
    assert_int_equal(trace_add_lane(trace, LANE_THREAD, LANE_NONE), LANE_NONE);
    trace_destroy(trace);
}

/* One thread, many lanes: it goes on where it left off, in whichever chunk that is. */
static void a_writer_leaves_off_and_goes_on(void **state)
{
    enum { LANES = 3, EVENTS = 300 };
    struct trace *trace = new_trace(MIB);
    struct trace_writer writer, none;

    (void)state;
    for (int i = 0; i < LANES; i++) {
        writer = new_lane(trace);
        trace_put_down(&writer);
    }
    for (uint64_t at = 0; at < EVENTS; at++)
        for (uint32_t lane = 0; lane < LANES; lane++) {
            trace_take_up(&writer, trace, lane);
            write_numbers(&writer, at, at + 1);
            trace_put_down(&writer);
        }
    for (uint32_t lane = 0; lane < LANES; lane++)
        assert_int_equal(count_numbers(trace, lane), EVENTS);
    assert_int_equal(trace_dropped(trace), 0);

    trace_take_up(&none, trace, LANE_NONE);
    trace_put_down(&none);
    write_numbers(&none, 0, 1);
    assert_int_equal(trace_dropped(trace), 1);
    trace_destroy(trace);
}

/** Reset, then use the trace: there is nothing but what was written after it. */
static void assert_clean_after_reset(struct trace *trace)
{
    struct trace_writer writer;
    struct lane_view view;
    uint64_t fits = (trace->chunk_capacity - 2) * LATER_EVENTS;

    trace_reset(trace);
    assert_int_equal(trace_lane_count(trace), 0);
    assert_int_equal(trace_dropped(trace), 0);
    for (uint32_t i = 0; i < 100; i++) {
        writer = new_lane(trace);
        assert_int_equal(writer.lane, i);
        assert_true(trace_read_lane(trace, i, &view));
        assert_false(view.started);
        assert_string_equal(view.name, "");
        assert_int_equal(view.doing, EVENT_NONE);
        assert_int_equal(count_numbers(trace, i), 0);
    }
    trace_reset(trace);
    writer = new_lane(trace);
    for (uint64_t i = 0; i < fits; i += 61) {
        write_numbers(&writer, i, i + 61 < fits ? i + 61 : fits);
        assert_int_equal(trace_dropped(trace), 0);
    }
    assert_int_equal(count_numbers(trace, 0), fits);
}

static void reset_gives_a_clean_slate(void **state)
{
    static const uint64_t lengths[] = {0, 10, 30000, 300000};

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct trace *trace = new_trace(16 * MIB);

        for (int lane = 0; lane < 2000; lane++) {
            struct trace_writer writer = new_lane(trace);

            trace_set_started(&writer, 1);
            trace_set_name(&writer, "old");
            trace_set_doing(&writer, EVENT_JOIN_BEGIN, 3, 9, 0);
            write_numbers(&writer, 0, lane == 0 ? lengths[i] : 3);
        }
        assert_clean_after_reset(trace);
        trace_destroy(trace);
    }
}

static void *write_share(void *data)
{
    struct share *share = data;

    write_numbers(&share->writer, 0, share->events);
    atomic_store(&share->done, true);
    return NULL;
}

static void reading_while_threads_write(void **state)
{
    enum { THREADS = 4 };
    const uint64_t events = 200 * 1000 / UNDER_TSAN_DIVISOR;
    struct trace *trace = new_trace(64 * MIB);
    static struct share shares[THREADS];
    struct trace_cursor cursors[THREADS];
    uint64_t read[THREADS] = {0};
    pthread_t threads[THREADS];
    bool all_done = false;

    (void)state;
    for (uint32_t i = 0; i < THREADS; i++) {
        shares[i] = (struct share){trace, events, false, new_lane(trace)};
        cursors[i] = trace_first(trace, i);
        assert_int_equal(pthread_create(&threads[i], NULL, write_share, &shares[i]), 0);
    }
    while (!all_done) {
        all_done = true;
        for (uint32_t i = 0; i < THREADS; i++)
            all_done = atomic_load(&shares[i].done) && all_done;
        for (uint32_t i = 0; i < THREADS; i++)
            read[i] = read_numbers(&cursors[i], read[i]);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(read[i], events);
    }
    assert_int_equal(trace_dropped(trace), 0);
    trace_destroy(trace);
}

static void *add_lanes(void *data)
{
    struct share *share = data;

    for (uint64_t i = 0; i < share->events; i++) {
        struct trace_writer writer = new_lane(share->trace);

        trace_set_started(&writer, 1 + (int64_t)writer.lane);
        write_numbers(&writer, 0, 20);
    }
    atomic_store(&share->done, true);
    return NULL;
}

/** Each record that can be read makes sense already, and each event on its lane. */
static void check_lanes(const struct trace *trace)
{
    uint32_t count = trace_lane_count(trace);

    for (uint32_t lane = 0; lane < count; lane++) {
        struct lane_view view;

        if (!trace_read_lane(trace, lane, &view))
            continue;
        assert_int_equal(view.kind, LANE_THREAD);
        assert_int_equal(view.parent, LANE_NONE);
        assert_int_equal(view.cpu_ns, -1);
        if (view.started)
            assert_int_equal(view.os_id, 1 + lane);
        assert_in_range(count_numbers(trace, lane), 0, 20);
    }
}

static void lanes_appear_whole(void **state)
{
    enum { THREADS = 3, LANES = 500 };
    struct trace *trace = new_trace(16 * MIB);
    static struct share shares[THREADS];
    pthread_t threads[THREADS];
    bool all_done = false;

    (void)state;
    for (uint32_t i = 0; i < THREADS; i++) {
        shares[i] = (struct share){.trace = trace, .events = LANES};
        assert_int_equal(pthread_create(&threads[i], NULL, add_lanes, &shares[i]), 0);
    }
    while (!all_done) {
        all_done = true;
        for (uint32_t i = 0; i < THREADS; i++)
            all_done = atomic_load(&shares[i].done) && all_done;
        check_lanes(trace);
    }
    for (uint32_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(trace_lane_count(trace), THREADS * LANES);
    for (uint32_t lane = 0; lane < THREADS * LANES; lane++)
        assert_int_equal(count_numbers(trace, lane), 20);
    trace_destroy(trace);
}

/* Its number is taken before its record is written. */
static void a_lane_that_is_not_written_yet_is_none(void **state)
{
    struct trace *trace = new_trace(MIB);
    struct lane_view view;

    (void)state;
    atomic_store(&trace->counters->lanes, 1);
    assert_int_equal(trace_lane_count(trace), 1);
    assert_false(trace_read_lane(trace, 0, &view));
    assert_int_equal(count_numbers(trace, 0), 0);
    trace_destroy(trace);
}

static void processes_write_the_same_trace(void **state)
{
    enum { CHILDREN = 8, LANES = 50 };
    struct trace *trace = new_trace(16 * MIB);
    struct trace_writer own = new_lane(trace);
    pid_t pids[CHILDREN];

    (void)state;
    for (int i = 0; i < CHILDREN; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            add_lanes(&(struct share){.trace = trace, .events = LANES});
            _exit(0);
        }
        write_numbers(&own, (uint64_t)i * 100, (uint64_t)i * 100 + 100);
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status = -1;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(trace_lane_count(trace), 1 + CHILDREN * LANES);
    assert_int_equal(count_numbers(trace, 0), CHILDREN * 100);
    for (uint32_t lane = 1; lane <= CHILDREN * LANES; lane++)
        assert_int_equal(count_numbers(trace, lane), 20);
    trace_destroy(trace);
}

/* Damaged memory ---------------------------------------------------------------- */

#define PAGE ((size_t)4096)

/** A trace with unmapped pages on both sides, so that a step beside it is a crash. */
static struct trace *new_guarded_trace(size_t bytes)
{
    struct trace *trace = new_trace(bytes);
    char *area =
        mmap(NULL, bytes + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ptrdiff_t moved = area + PAGE - trace->base;

    assert_ptr_not_equal(area, MAP_FAILED);
    assert_ptr_equal(mremap(trace->base, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
                            trace->base + moved),
                     trace->base + moved);
    trace->lanes = (struct lane_record *)(void *)((char *)trace->lanes + moved);
    trace->counters =
        (struct trace_counters *)(void *)((char *)trace->counters + moved);
    trace->chunks += moved;
    trace->base += moved;
    return trace;
}

static void destroy_guarded_trace(struct trace *trace)
{
    munmap(trace->base - PAGE, PAGE);
    munmap(trace->base + trace->bytes, PAGE);
    trace_destroy(trace);
}

static uint64_t random_number(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/** Read all there seems to be.  @return how many events, after checking each. */
static uint64_t read_all(const struct trace *trace)
{
    uint64_t events = 0;
    uint32_t count = trace_lane_count(trace);

    for (uint32_t lane = 0; lane < count; lane++) {
        struct trace_cursor cursor = trace_first(trace, lane);
        struct event_view event;
        struct lane_view view;

        if (trace_read_lane(trace, lane, &view)) {
            assert_in_range(view.kind, 0, LANE_KINDS - 1);
            assert_true(view.parent < lane || view.parent == LANE_NONE);
            assert_in_range(view.doing, 0, EVENT_KINDS - 1);
            assert_true(strlen(view.name) < sizeof view.name);
        }
        while (trace_next(&cursor, &event)) {
            assert_in_range(event.kind, 0, EVENT_KINDS - 1);
            assert_true(event.time_ns > 0);
            events++;
        }
    }
    return events;
}

/** However its chains are bent, a trace has no more than all chunks. */
static uint64_t most_events(const struct trace *trace)
{
    return trace->lane_capacity * FIRST_EVENTS + trace->chunk_capacity * LATER_EVENTS;
}

static void fill_at_random(struct trace *trace, uint64_t seed)
{
    for (size_t at = 0; at < trace->bytes; at += 8) {
        uint64_t value = random_number(&seed);

        memcpy(trace->base + at, &value, sizeof value);
    }
}

static void random_bytes_are_survived(void **state)
{
    struct trace *trace = new_guarded_trace(128 * 1024);

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        fill_at_random(trace, seed);
        assert_in_range(read_all(trace), 0, most_events(trace));
    }
    destroy_guarded_trace(trace);
}

/**
 * Worse than noise is what is nearly right: events everywhere, chunks of few lanes, and
 * links that lead to and fro between them.
 */
static void fill_with_bent_chains(struct trace *trace, uint64_t seed)
{
    uint32_t lanes = 1 + (uint32_t)(random_number(&seed) % 4);
    uint32_t step = 1 + (uint32_t)(random_number(&seed) % 3);

    memset(trace->base, 0x01, trace->bytes);
    atomic_store(&trace->counters->lanes, trace->lane_capacity);
    atomic_store(&trace->counters->chunks, UINT32_MAX);
    for (uint32_t i = 0; i < trace->lane_capacity; i++)
        atomic_store(&trace->lanes[i].first.next,
                     (uint32_t)(random_number(&seed) % (trace->chunk_capacity + 2)));
    for (uint32_t number = 0; number < trace->chunk_capacity; number++) {
        struct chunk *chunk = (void *)(trace->chunks + (size_t)number * CHUNK_BYTES);
        uint64_t choice = random_number(&seed);

        atomic_store(&chunk->lane, (uint32_t)(choice >> 8) % lanes);
        atomic_store(&chunk->next,
                     choice % 4 == 0 ? (uint32_t)(choice >> 32) % trace->chunk_capacity
                                     : number + step);
    }
}

static void bent_chains_end(void **state)
{
    struct trace *trace = new_guarded_trace(512 * 1024);
    uint64_t events = 0, first = trace->lane_capacity * FIRST_EVENTS;

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        uint64_t read;

        fill_with_bent_chains(trace, seed);
        read = read_all(trace);
        assert_in_range(read, 0, most_events(trace));
        events += read > first ? read - first : 0;
    }
    assert_true(events > 0); /* the chains were followed, not just refused */
    destroy_guarded_trace(trace);
}

static void a_cycle_ends(void **state)
{
    struct trace *trace = new_guarded_trace(MIB);
    struct trace_writer writer = new_lane(trace);
    struct trace_cursor cursor = trace_first(trace, 0);

    (void)state;
    write_numbers(&writer, 0, 15 + 3 * 127);
    /* None, its own three, and such as nobody has. */
    for (uint32_t number = 0; number < 20; number++) {
        atomic_store(&writer.chunk->next, number);
        assert_int_equal(count_numbers(trace, 0), 15 + 3 * 127);
    }
    assert_int_equal(read_numbers(&cursor, 0), 15 + 3 * 127);
    destroy_guarded_trace(trace);
}

static void a_chunk_of_another_lane_is_not_read(void **state)
{
    struct trace *trace = new_guarded_trace(MIB);
    struct trace_writer one = new_lane(trace), other = new_lane(trace);

    (void)state;
    write_numbers(&one, 0, 15);
    write_numbers(&other, 0, 16);
    atomic_store(&one.chunk->next, 1); /* the second chunk of `other` */
    assert_int_equal(count_numbers(trace, 0), 15);
    assert_int_equal(count_numbers(trace, 1), 16);
    destroy_guarded_trace(trace);
}

static void reset_cleans_up_after_a_wild_stage(void **state)
{
    struct trace *trace = new_guarded_trace(8 * MIB);

    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        fill_at_random(trace, seed);
        atomic_store(&trace->counters->lanes, 2);
        atomic_store(&trace->counters->chunks, 2);
        assert_clean_after_reset(trace);
    }
    destroy_guarded_trace(trace);
}

#ifndef UNDER_TSAN /* the race is the point of it */
struct wild {
    struct trace *trace;
    atomic_bool stop;
};

static void *go_wild(void *data)
{
    struct wild *wild = data;
    uint64_t seed = 42;

    while (!atomic_load(&wild->stop)) {
        uint64_t value = random_number(&seed);
        size_t at = (size_t)(random_number(&seed) % (wild->trace->bytes / 8)) * 8;

        *(_Atomic uint64_t *)(void *)(wild->trace->base + at) =
            value % 3 != 0 ? value % 64 << (value % 2 * 32) : value;
    }
    return NULL;
}

static void memory_may_change_while_it_is_read(void **state)
{
    struct trace *trace = new_guarded_trace(128 * 1024);
    struct wild wild = {.trace = trace};
    pthread_t thread;

    (void)state;
    fill_with_bent_chains(trace, 1);
    assert_int_equal(pthread_create(&thread, NULL, go_wild, &wild), 0);
    for (int i = 0; i < 500; i++)
        read_all(trace);
    atomic_store(&wild.stop, true);
    pthread_join(thread, NULL);
    destroy_guarded_trace(trace);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_come_back),
        cmocka_unit_test(reading_goes_on_where_it_stopped),
        cmocka_unit_test(chunks_end_where_they_should),
        cmocka_unit_test(a_lane_tells_what_it_is),
        cmocka_unit_test(a_lane_tells_since_when_it_waits),
        cmocka_unit_test(a_lane_tells_what_it_holds),
        cmocka_unit_test(every_change_is_counted),
        cmocka_unit_test(views_are_of_one_moment),
        cmocka_unit_test(ten_thousand_lanes),
        cmocka_unit_test(ten_million_events),
        cmocka_unit_test(a_full_trace_counts_what_it_drops),
        cmocka_unit_test(a_full_trace_serves_new_lanes),
        cmocka_unit_test(a_writer_leaves_off_and_goes_on),
        cmocka_unit_test(reset_gives_a_clean_slate),
        cmocka_unit_test(reading_while_threads_write),
        cmocka_unit_test(lanes_appear_whole),
        cmocka_unit_test(a_lane_that_is_not_written_yet_is_none),
        cmocka_unit_test(processes_write_the_same_trace),
        cmocka_unit_test(random_bytes_are_survived),
        cmocka_unit_test(bent_chains_end),
        cmocka_unit_test(a_cycle_ends),
        cmocka_unit_test(a_chunk_of_another_lane_is_not_read),
        cmocka_unit_test(reset_cleans_up_after_a_wild_stage),
#ifndef UNDER_TSAN
        cmocka_unit_test(memory_may_change_while_it_is_read),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
