// SPDX-License-Identifier: MIT
/** Timelines of traces: written by hand, by chance, and by a stage that went wild. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../golden/trace_text.h"
#include "options.h"
#include "stage/trace_layout.h"

#include <string.h>

#define TASKS 4
#define SITES 6

/** The smallest trace there is: the more of it is hit by chance. */
#define LEAST ((size_t)128 << 10)

static const struct task_view tasks[TASKS] = {
    {"luke", 1000}, {"darthvader", 2000}, {"a-name-longer-than-fifteen", 10}, {"", 0}};

static const struct site sites[SITES] = {
    {"demos/a.c", 1, "uv_mutex_init", "&left"},
    {"demos/a.c", 2, "uv_mutex_init", "&forks[i]"},
    {"demos/a.c", 3, "uv_mutex_lock", "&forks[(i + 1) % n]"},
    {"demos/a.c", 4, "a beat", ""},
    {"demos/a.c", 5, "answer", ""},
    {"demos/a.c", 6, "uv_sem_wait", "free"},
};

/* What holds of every timeline ------------------------------------------- */

static void check_spans(const struct timeline *timeline, const struct lane *lane)
{
    int64_t at_ns = lane->start_ns, in_state_ns[STATE_COUNT] = {0};
    for (size_t i = 0; i < lane->span_count; i++) {
        const struct span *span = &lane->spans[i];
        assert_int_equal(span->start_ns, at_ns);
        assert_true(span->end_ns > span->start_ns);
        assert_true((unsigned)span->state < STATE_COUNT);
        assert_true(span->task == TASK_NONE || span->task < timeline->task_count);
        assert_true(span->site == SITE_NONE || span->site < timeline->site_count);
        in_state_ns[span->state] += span->end_ns - span->start_ns;
        at_ns = span->end_ns;
    }
    assert_int_equal(at_ns, lane->end_ns);
    assert_true(lane->cpu_ns < 0 || timeline->dropped_events > 0 ||
                in_state_ns[STATE_RUN] - 200000 <= lane->cpu_ns);
    assert_memory_equal(in_state_ns, lane->in_state_ns, sizeof in_state_ns);
}

static void check_marks(const struct lane *lane)
{
    int64_t at_ns = lane->start_ns;
    for (size_t i = 0; i < lane->mark_count; i++) {
        assert_true(lane->marks[i].at_ns >= at_ns);
        at_ns = lane->marks[i].at_ns;
    }
    assert_true(at_ns <= lane->end_ns);
}

static void check_labels(const struct timeline *timeline, const struct lane *lane)
{
    char label[24];
    for (size_t i = 0; i < lane->span_count; i++) {
        span_label(timeline, &lane->spans[i], label, sizeof label);
        assert_true(strlen(label) < sizeof label);
        site_label(timeline, lane->spans[i].site, label, sizeof label);
    }
    for (size_t i = 0; i < lane->mark_count; i++) {
        mark_object(timeline, &lane->marks[i], label, sizeof label);
        assert_non_null(mark_name(timeline, &lane->marks[i]));
    }
}

static void check(const struct timeline *timeline, int64_t longest_ns)
{
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        assert_true(i == 0 || lane->id > timeline->lanes[i - 1].id);
        assert_ptr_equal(timeline_lane(timeline, lane->id), lane);
        assert_true(i == 0 ? lane->parent == LANE_NONE : lane->parent < lane->id);
        assert_true(i == 0 || timeline_lane(timeline, lane->parent) != NULL);
        assert_true(lane->start_ns >= 0 && lane->end_ns <= longest_ns);
        assert_true(lane->name[0] != '\0');
        check_spans(timeline, lane);
        check_marks(lane);
        check_labels(timeline, lane);
    }
    for (uint32_t task = 0; task < timeline->task_count; task++) {
        size_t lane, span;
        if (timeline_find_task(timeline, task, &lane, &span))
            assert_int_equal(timeline->lanes[lane].spans[span].task, task);
    }
}

/* Traces by hand --------------------------------------------------------- */

static struct fixture *read_text(const char *text)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(in);
    struct fixture *fixture = fixture_read(in, "test");
    fclose(in);
    const struct timeline *timeline =
        &fixture_report(fixture)->variants[0].runs[0].timeline;
    check(timeline, INT64_MAX);
    return fixture;
}

static const struct timeline *timeline_of(struct fixture *fixture)
{
    return &fixture_report(fixture)->variants[0].runs[0].timeline;
}

#define HEAD                                                               \
    "task luke 5\ntask darthvader 10\ntask a-name-longer-than-fifteen 1\n" \
    "site 0 demos/a.c 1 uv_sem_init &left,0\n"                             \
    "site 1 demos/a.c 2 uv_sem_init &forks[f(i,k[0])],0\n"                 \
    "site 2 demos/a.c 3 uv_mutex_lock &forks[(i+1)%n]\n"                   \
    "site 3 demos/a.c 4 uv_sem_wait free\n"                                \
    "variant v concurrent\nrun\nlane 0 process parent none\n0 0 start\n"

static void assert_span(const struct timeline *timeline, size_t lane, size_t span,
                        enum state state, const char *expected)
{
    char label[64];
    assert_true(lane < timeline->lane_count);
    assert_true(span < timeline->lanes[lane].span_count);
    span_label(timeline, &timeline->lanes[lane].spans[span], label, sizeof label);
    assert_string_equal(label, expected);
    assert_string_equal(state_name(timeline->lanes[lane].spans[span].state),
                        state_name(state));
}

static void test_lane_begins_at_creation(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(HEAD "lane 1 thread parent 0 name luke\n"
                       "1 0 create 1\n2 1 start\n2 1 task_begin 0 wait\n"
                       "4 1 task_end 0\n5 1 end\n1 0 join_begin 1\n"
                       "6 0 join_end 1\n7 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_int_equal(t->wall_ns, 7000000000);
    assert_true(t->complete);
    assert_int_equal(t->lanes[1].start_ns, 1000000000);
    assert_int_equal(t->lanes[1].end_ns, 5000000000);
    assert_false(t->lanes[1].cut);
    assert_span(t, 1, 0, STATE_READY, "");
    assert_span(t, 1, 1, STATE_WAIT, "luke");
    assert_span(t, 1, 2, STATE_RUN, "");
    assert_span(t, 0, 1, STATE_BLOCKED, "joins luke");
    assert_int_equal(t->lanes[0].in_state_ns[STATE_BLOCKED], 5000000000);
    size_t lane, span;
    assert_true(timeline_find_task(t, 0, &lane, &span));
    assert_int_equal(lane, 1);
    assert_int_equal(span, 1);
    assert_false(timeline_find_task(t, 1, &lane, &span));
    fixture_free(f);
}

/** A program cannot tell of its own end by a signal; it is not the time at which
 * somebody waits for it. */
static void test_a_program_that_was_killed_ends_there(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(HEAD "lane 1 process parent 0 name sh\n"
                       "1 0 create 1\n2 1 start\n2 1 task_begin 0 cpu\n"
                       "3 1 sleep_begin\n5 1 killed 0 9\n6 0 join_begin 1\n"
                       "8 0 join_end 1 9\n9 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_int_equal(t->lanes[1].end_ns, 5000000000);
    assert_int_equal(t->lanes[1].reaped_ns, 8000000000);
    assert_int_equal(t->lanes[1].status, 9);
    assert_true(t->lanes[1].cut);
    assert_int_equal(t->lanes[1].in_state_ns[STATE_WAIT], 2000000000);
    fixture_free(f);
}

static void test_program_end_cuts_threads_but_not_processes(void **state)
{
    (void)state;
    struct fixture *f = read_text(
        HEAD "lane 1 thread parent 0\nlane 2 process parent 0\n"
             "lane 3 thread parent 2\nlane 4 thread parent 2\n"
             "0 0 create 1\n0 0 create 2\n0 1 start\n0 2 start\n"
             "0 2 create 3\n0 3 start\n0 2 create 4\n3 2 end\n2 0 end\nnow 9\n");
    const struct timeline *t = timeline_of(f);
    assert_int_equal(t->wall_ns, 2000000000);
    assert_true(t->lanes[1].cut);
    assert_int_equal(t->lanes[1].end_ns, 2000000000);
    assert_false(t->lanes[2].cut);
    assert_int_equal(t->lanes[2].end_ns, 3000000000);
    assert_true(t->lanes[3].cut);
    assert_int_equal(t->lanes[3].end_ns, 3000000000);
    assert_int_equal(t->lanes[4].in_state_ns[STATE_READY], 3000000000);
    assert_string_equal(t->lanes[1].name, "thread 1");
    assert_string_equal(t->lanes[2].name, "process 1");
    assert_string_equal(t->lanes[3].name, "thread 2");
    fixture_free(f);
}

/** exit() takes a moment, in which threads go on. */
static void test_nothing_is_after_the_end_of_the_process(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(HEAD "lane 1 thread parent 0\nlane 2 thread parent 1\n"
                       "lane 3 thread parent 0\n"
                       "0 0 create 1\n0 1 start\n1 1 task_begin 0 wait\n"
                       "2 0 end\n2.1 1 task_end 0\n2.2 1 create 2\n2.2 2 start\n"
                       "2.3 1 end\n2.4 3 mark 3\nnow 9\n");
    const struct timeline *t = timeline_of(f);
    assert_int_equal(t->wall_ns, 2000000000);
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(t->lanes[i].end_ns, 2000000000);
    assert_false(t->lanes[1].cut);
    assert_true(t->lanes[2].cut);
    assert_int_equal(t->lanes[1].in_state_ns[STATE_WAIT], 1000000000);
    fixture_free(f);
}

static void test_without_an_end_it_is_now(void **state)
{
    (void)state;
    struct fixture *f = read_text(HEAD "1 0 task_begin 1 wait\nnow 4\n");
    const struct timeline *t = timeline_of(f);
    assert_false(t->complete);
    assert_true(t->lanes[0].cut);
    assert_int_equal(t->wall_ns, 4000000000);
    assert_span(t, 0, 1, STATE_WAIT, "darthvader");
    fixture_free(f);
}

static void test_ready_is_carved_out_of_computing(void **state)
{
    (void)state;
    struct fixture *f = read_text(HEAD "1 0 task_begin 0 cpu\n2 0 ready 1s\n"
                                       "4 0 ready 500ms\n6 0 task_end 0\n6 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_int_equal(t->lanes[0].span_count, 6);
    assert_span(t, 0, 1, STATE_RUN, "luke");
    assert_span(t, 0, 2, STATE_READY, "");
    assert_int_equal(t->lanes[0].spans[2].task, 0);
    assert_span(t, 0, 3, STATE_RUN, "luke");
    assert_span(t, 0, 4, STATE_READY, "");
    assert_span(t, 0, 5, STATE_RUN, "luke");
    assert_int_equal(t->lanes[0].in_state_ns[STATE_READY], 1500000000);
    assert_int_equal(t->lanes[0].in_state_ns[STATE_RUN], 4500000000);
    fixture_free(f);
}

static void test_a_wait_inside_a_task_goes_back_to_it(void **state)
{
    (void)state;
    struct fixture *f = read_text(HEAD "1 0 task_begin 0 cpu\n1.5 0 lock_end 0x20\n"
                                       "1.6 0 unlock 0x20\n2 0 sem_begin 0x10 0 @3\n"
                                       "3 0 sem_end 0x10\n4 0 task_end 0\n5 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_span(t, 0, 1, STATE_RUN, "luke");
    assert_span(t, 0, 2, STATE_BLOCKED, "waits for free");
    assert_span(t, 0, 3, STATE_RUN, "luke");
    assert_span(t, 0, 4, STATE_RUN, "");
    assert_int_equal(t->lanes[0].span_count, 5);
    fixture_free(f);
}

static void test_nothing_is_before_the_first_act(void **state)
{
    (void)state;
    struct fixture *f = read_text("variant v concurrent\nrun\n"
                                  "lane 0 process parent none\n"
                                  "lane 1 thread parent 0\n1 0 create 1\n2 0 start\n"
                                  "1.5 1 start\n3 1 end\n4 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_int_equal(t->wall_ns, 2000000000);
    assert_int_equal(t->lane_count, 2);
    assert_int_equal(t->lanes[1].start_ns, 0);
    assert_int_equal(t->lanes[1].end_ns, 1000000000);
    assert_int_equal(t->lanes[1].in_state_ns[STATE_READY], 0);
    fixture_free(f);
}

static void test_locks_have_the_names_they_were_made_with(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(HEAD "0 0 init 0x20 0 @1\n0 0 init 0x10 0 @1\n0 0 init 0x30 0 @1\n"
                       "0 0 init 0x90 0 @0\n"
                       "1 0 lock_begin 0x90 0 @2\n2 0 lock_end 0x90\n"
                       "3 0 lock_begin 0x20 0 @2\n4 0 lock_end 0x20\n"
                       "5 0 lock_begin 0x77 0 @2\n6 0 lock_end 0x77\n"
                       "7 0 lock_begin 0x78\n8 0 lock_end 0x78\n9 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_span(t, 0, 1, STATE_BLOCKED, "wants left");
    assert_span(t, 0, 3, STATE_BLOCKED, "wants forks[1]");
    assert_span(t, 0, 5, STATE_BLOCKED, "wants forks[(i+1)%n]");
    assert_span(t, 0, 7, STATE_BLOCKED, "wants");
    char label[64];
    const struct lane *main_lane = &t->lanes[0];
    mark_object(t, &main_lane->marks[main_lane->mark_count - 4], label, sizeof label);
    assert_string_equal(label, "forks[1]");
    fixture_free(f);
}

static void test_names_that_linux_cut_are_made_whole(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(HEAD "lane 1 thread parent 0 name a-name-longer-t\n"
                       "lane 2 thread parent 0 name a-name-longer-t\n"
                       "0 0 create 1\n0 0 create 2\n1 1 start\n1 1 task_begin 2 wait\n"
                       "2 1 task_end 2\n3 1 end\n1 2 task_begin 0 wait\n3 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_string_equal(t->lanes[1].name, "a-name-longer-than-fifteen");
    assert_string_equal(t->lanes[2].name, "a-name-longer-t");
    fixture_free(f);
}

static void test_a_lane_that_was_refused_is_none(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(HEAD "lane 1 thread parent 0\nlane 2 thread parent 0\n"
                       "1 0 create 2\n2 2 start\n3 2 end\n"
                       "2 0 join_begin 2\n4 0 join_end 2\n4 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_int_equal(t->lane_count, 2);
    assert_int_equal(t->lanes[1].id, 2);
    assert_string_equal(t->lanes[1].name, "thread 1");
    assert_span(t, 0, 1, STATE_BLOCKED, "joins thread 1");
    assert_null(timeline_lane(t, 1));
    fixture_free(f);
}

static void test_labels_are_cut_at_whole_characters(void **state)
{
    (void)state;
    struct fixture *f = read_text("task äöü 1\nvariant v serial\nrun\n"
                                  "lane 0 process parent none\n0 0 start\n"
                                  "0 0 task_begin 0 wait\n1 0 task_end 0\n1 0 end\n");
    const struct timeline *t = timeline_of(f);
    char label[8];
    const char *const expected[] = {"", "", "", "ä", "ä", "äö", "äö", "äöü"};
    for (size_t size = 1; size <= 7; size++) {
        span_label(t, &t->lanes[0].spans[0], label, size);
        assert_string_equal(label, expected[size]);
    }
    fixture_free(f);
}

/** Whatever is told of a lane, it has not run for longer than it spent CPU time. */
static void test_run_is_bounded_by_cpu_time(void **state)
{
    (void)state;
    struct fixture *f = read_text(
        HEAD "lane 1 thread parent 0 name luke\nlane 2 thread parent 0\n"
             "0.1 0 create 1\n0.2 0 create 2\n9 0 mark 3\n"
             "1 1 start\n1.1 1 task_begin 0 cpu\n2 1 ready 1s\n4 1 task_end 0\n"
             "9 1 end\nrecord 1 11 2.3 0 4\n"
             "1 2 start\n3 2 end\nrecord 2 12 1.9999 0 0\n"
             "10 0 end\nrecord 0 10 2 0 2\n");
    const struct timeline *t = timeline_of(f);
    /* Luke: 2 s of the task and 5.1 s without are told to be run; 2.3 s were. */
    const struct lane *luke = &t->lanes[1];
    assert_int_equal(luke->in_state_ns[STATE_RUN], 2300000000);
    assert_int_equal(luke->in_state_ns[STATE_READY], 6600000000);
    const struct span *last = &luke->spans[luke->span_count - 1];
    assert_int_equal(last->state, STATE_READY);
    assert_int_equal(last->task, TASK_NONE);
    assert_int_equal(last->end_ns, 9000000000);
    assert_int_equal(last->end_ns - last->start_ns, 4700000000);
    assert_span(t, 1, luke->span_count - 2, STATE_RUN, "");
    assert_span(t, 1, luke->span_count - 3, STATE_RUN, "luke");
    /* So small a difference is that of the clocks. */
    assert_int_equal(t->lanes[2].in_state_ns[STATE_RUN], 2000000000);
    /* Main ran at each of its marks; without a core it was where they are far apart. */
    const struct lane *first = &t->lanes[0];
    assert_int_equal(first->in_state_ns[STATE_RUN], 2000000000);
    assert_int_equal(first->in_state_ns[STATE_READY], 8000000000);
    assert_int_equal(first->span_count, 3);
    assert_int_equal(first->spans[1].state, STATE_READY);
    assert_int_equal(first->spans[1].start_ns, 1000000000);
    assert_int_equal(first->spans[1].end_ns, 9000000000);
    assert_span(t, 0, 2, STATE_RUN, "");
    fixture_free(f);
}

/** Where there is no other, a task's own run must have been less. */
static void test_run_of_tasks_is_bounded_too(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(HEAD "0 0 task_begin 0 cpu\n1 0 ready 1s\n5 0 task_end 0\n"
                       "5 0 end\nrecord 0 10 1.5 0 2\n");
    const struct timeline *t = timeline_of(f);
    const struct lane *lane = &t->lanes[0];
    assert_int_equal(lane->span_count, 4);
    assert_span(t, 0, 0, STATE_RUN, "luke");
    assert_span(t, 0, 1, STATE_READY, "");
    assert_span(t, 0, 2, STATE_RUN, "luke");
    assert_int_equal(lane->spans[2].end_ns, 2500000000);
    assert_int_equal(lane->spans[3].state, STATE_READY);
    assert_int_equal(lane->spans[3].task, 0);
    assert_int_equal(lane->in_state_ns[STATE_RUN], 1500000000);
    fixture_free(f);
}

/** A lane that has not told of its CPU time is taken at its word. */
static void test_run_without_cpu_time_is_run(void **state)
{
    (void)state;
    struct fixture *f = read_text(HEAD "lane 1 thread parent 0\n0 0 create 1\n"
                                       "0 1 start\n5 0 end\n");
    const struct timeline *t = timeline_of(f);
    assert_int_equal(t->lanes[0].in_state_ns[STATE_RUN], 5000000000);
    assert_int_equal(t->lanes[1].in_state_ns[STATE_RUN], 5000000000);
    fixture_free(f);
}

/** The one who waits may be a thread that came after the process. */
static void test_processes_are_waited_for_on_any_lane(void **state)
{
    (void)state;
    struct fixture *f = read_text(
        HEAD "lane 1 process parent 0\nlane 2 process parent 0\n"
             "lane 3 thread parent 1\nlane 4 thread parent 0\n"
             "0 0 create 1\n0 0 create 2\n1 1 start\n1 1 create 3\n1 3 start\n"
             "1 2 start\n2 2 end 3\n2 0 create 4\n2 4 start\n"
             "2 4 join_begin 1\n3 4 join_end 1 9\n4 4 state 2 90\n"
             "5 4 join_begin 2\n5 4 join_end 2 768\n6 4 end\n7 0 end\nnow 8\n");
    const struct timeline *t = timeline_of(f);
    /* Killed: neither it nor its thread lived until the end. */
    assert_int_equal(t->lanes[1].reaped_ns, 3000000000);
    assert_int_equal(t->lanes[1].end_ns, 3000000000);
    assert_int_equal(t->lanes[1].status, 9);
    assert_int_equal(t->lanes[3].end_ns, 3000000000);
    assert_int_equal(t->lanes[2].reaped_ns, 5000000000);
    assert_int_equal(t->lanes[2].status, 768);
    assert_true(t->lanes[2].zombie_seen);
    assert_int_equal(t->lanes[2].in_state_ns[STATE_ZOMBIE], 3000000000);
    fixture_free(f);
}

/** A wait that has failed says nothing of the one waited for. */
static void test_a_failed_wait_ends_nobody(void **state)
{
    (void)state;
    struct fixture *f =
        read_text(HEAD "lane 1 process parent 0\n0 0 create 1\n1 1 start\n"
                       "1 0 join_begin 1\n2 0 join_fail 1 4\n3 0 join_fail 1\n"
                       "4 1 end\n5 0 end\nnow 6\n");
    const struct timeline *t = timeline_of(f);
    const struct lane *first = &t->lanes[0];
    assert_int_equal(t->lanes[1].end_ns, 4000000000);
    assert_int_equal(t->lanes[1].reaped_ns, -1);
    assert_int_equal(t->lanes[1].status, -1);
    assert_int_equal(first->in_state_ns[STATE_BLOCKED], 1000000000);
    assert_string_equal(mark_name(t, &first->marks[first->mark_count - 3]),
                        "join-failed");
    assert_string_equal(mark_name(t, &first->marks[first->mark_count - 2]), "alive");
    fixture_free(f);
}

/* Traces by chance ------------------------------------------------------- */

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void build_and_check(const struct trace *trace, int64_t now_ns)
{
    struct timeline timeline;
    struct timeline_input input = {.trace = trace,
                                   .sites = sites,
                                   .site_count = SITES,
                                   .tasks = tasks,
                                   .task_count = TASKS,
                                   .now_ns = now_ns};
    assert_int_equal(timeline_build(&timeline, &input), 0);
    check(&timeline, now_ns > 0 ? now_ns : 0);
    timeline_destroy(&timeline);
}

/** Lanes whose events are of any kind, with any number in them, in order of time; half
 * of them tell of any CPU time. */
static void write_any(struct trace *trace, uint64_t *seed, unsigned events,
                      int64_t scale_ns)
{
    struct trace_writer writers[8];
    int64_t times[8];
    unsigned count = 0;
    for (unsigned i = 0; i < events; i++) {
        if (count == 0 || (count < 8 && next_random(seed) % 8 == 0)) {
            enum lane_kind kind = (enum lane_kind)(next_random(seed) % LANE_KINDS);
            uint32_t parent = count == 0 ? LANE_NONE : (uint32_t)(*seed >> 8) % count;
            trace_open(&writers[count], trace, trace_add_lane(trace, kind, parent));
            trace_set_name(&writers[count], count % 2 == 0 ? "luke" : "");
            times[count++] = 1000;
        }
        unsigned lane = (unsigned)(next_random(seed) % count);
        times[lane] += (int64_t)(next_random(seed) % 50) * scale_ns;
        uint64_t value = next_random(seed);
        trace_write(&writers[lane], times[lane],
                    (enum event_kind)(next_random(seed) % EVENT_KINDS),
                    (uint16_t)(next_random(seed) % (SITES + 2)), next_random(seed) % 10,
                    value % 3 == 0 ? value : value % 100);
    }
    for (unsigned i = 0; i < count; i++)
        if (next_random(seed) % 2 == 0)
            trace_set_ended(&writers[i], (int64_t)(*seed >> 8) % 1000 * scale_ns - 1, 0,
                            0);
}

static void test_any_events_make_a_whole_timeline(void **state)
{
    (void)state;
    struct trace *trace;
    assert_int_equal(trace_create(&trace, 1 << 18), 0);
    for (uint64_t round = 1; round <= 3000; round++) {
        uint64_t seed = round * UINT64_C(0x9e3779b97f4a7c15);
        trace_reset(trace);
        int64_t scale_ns = round % 2 == 0 ? 1 : 100000;
        write_any(trace, &seed, (unsigned)(next_random(&seed) % 300), scale_ns);
        build_and_check(trace, 1000 + (int64_t)(next_random(&seed) % 3000) * scale_ns);
    }
    trace_destroy(trace);
}

/** Bytes anywhere, some of them small numbers, which more often look like sense. */
static void scribble(struct trace *trace, uint64_t *seed)
{
    uint64_t times = next_random(seed) % 200;
    for (uint64_t i = 0; i < times; i++) {
        size_t at = next_random(seed) % (trace->bytes - 8), length;
        if (next_random(seed) % 2 == 0)
            at %= 3 * TRACE_LANES_AT;
        uint64_t value = next_random(seed);
        value = value % 2 == 0 ? value : value % 64;
        length = 1 + next_random(seed) % 8;
        memcpy(trace->base + at, &value, length);
    }
}

static void test_a_stage_that_went_wild(void **state)
{
    (void)state;
    struct trace *trace;
    assert_int_equal(trace_create(&trace, LEAST), 0);
    for (uint64_t round = 1; round <= 5000; round++) {
        uint64_t seed = round * UINT64_C(0xd1342543de82ef95);
        trace_reset(trace);
        write_any(trace, &seed, (unsigned)(next_random(&seed) % 300), 1000);
        scribble(trace, &seed);
        static const int64_t nows[] = {INT64_MAX, INT64_MIN, 0,
                                       -1,        2000,      INT64_MAX - 1};
        build_and_check(trace, nows[next_random(&seed) % 6]);
    }
    trace_destroy(trace);
}

static void test_nothing_but_noise(void **state)
{
    (void)state;
    struct trace *trace;
    assert_int_equal(trace_create(&trace, LEAST), 0);
    for (uint64_t round = 1; round <= 500; round++) {
        uint64_t seed = round * UINT64_C(0xa0761d6478bd642f);
        for (size_t at = 0; at + 8 <= trace->bytes; at += 8) {
            uint64_t value = next_random(&seed);
            value = value % 4 == 0 ? value % 16 : value;
            memcpy(trace->base + at, &value, 8);
        }
        build_and_check(trace, INT64_MAX);
    }
    trace_destroy(trace);
}

static void test_a_full_trace_tells_what_lanes_do(void **state)
{
    (void)state;
    struct trace *trace;
    struct trace_writer writer, other;
    assert_int_equal(trace_create(&trace, LEAST), 0);
    trace_open(&writer, trace, trace_add_lane(trace, LANE_PROCESS, LANE_NONE));
    trace_open(&other, trace, trace_add_lane(trace, LANE_THREAD, 0));
    trace_write(&writer, 1000, EVENT_START, SITE_NONE, 0, 0);
    for (int64_t at_ns = 1001; trace_dropped(trace) == 0; at_ns++)
        trace_write(&writer, at_ns, EVENT_MARK, 3, 0, 0);
    trace_set_started(&other, 77);
    trace_set_doing(&other, EVENT_LOCK_BEGIN, 0, 0x10, 0);
    struct timeline timeline;
    struct timeline_input input = {.trace = trace,
                                   .sites = sites,
                                   .site_count = SITES,
                                   .tasks = tasks,
                                   .task_count = TASKS,
                                   .now_ns = 1000000};
    assert_int_equal(timeline_build(&timeline, &input), 0);
    check(&timeline, input.now_ns);
    assert_true(timeline.dropped_events > 0);
    assert_int_equal(timeline.lane_count, 2);
    assert_span(&timeline, 1, 0, STATE_BLOCKED, "wants left");
    timeline_destroy(&timeline);
    trace_destroy(trace);
}

static void test_no_lane_at_all(void **state)
{
    (void)state;
    struct trace *trace;
    assert_int_equal(trace_create(&trace, LEAST), 0);
    build_and_check(trace, 5);
    trace_destroy(trace);
}

/** A pool's thread that waits for its next task loses nothing when its process ends. */
static void test_idle_threads_are_not_cut_off(void **state)
{
    (void)state;
    struct span last = {.state = STATE_IDLE};
    struct lane lane = {
        .kind = LANE_THREAD, .cut = true, .spans = &last, .span_count = 1};
    struct timeline timeline = {.complete = true};
    assert_false(lane_is_cut_off(&timeline, &lane));
    timeline.complete = false;
    assert_true(lane_is_cut_off(&timeline, &lane));
    timeline.complete = true;
    lane.kind = LANE_PROCESS;
    assert_true(lane_is_cut_off(&timeline, &lane));
    lane.kind = LANE_THREAD;
    last.state = STATE_BLOCKED;
    assert_true(lane_is_cut_off(&timeline, &lane));
    lane.cut = false;
    assert_false(lane_is_cut_off(&timeline, &lane));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lane_begins_at_creation),
        cmocka_unit_test(test_a_program_that_was_killed_ends_there),
        cmocka_unit_test(test_program_end_cuts_threads_but_not_processes),
        cmocka_unit_test(test_nothing_is_after_the_end_of_the_process),
        cmocka_unit_test(test_without_an_end_it_is_now),
        cmocka_unit_test(test_ready_is_carved_out_of_computing),
        cmocka_unit_test(test_a_wait_inside_a_task_goes_back_to_it),
        cmocka_unit_test(test_nothing_is_before_the_first_act),
        cmocka_unit_test(test_locks_have_the_names_they_were_made_with),
        cmocka_unit_test(test_names_that_linux_cut_are_made_whole),
        cmocka_unit_test(test_a_lane_that_was_refused_is_none),
        cmocka_unit_test(test_labels_are_cut_at_whole_characters),
        cmocka_unit_test(test_run_is_bounded_by_cpu_time),
        cmocka_unit_test(test_run_of_tasks_is_bounded_too),
        cmocka_unit_test(test_run_without_cpu_time_is_run),
        cmocka_unit_test(test_processes_are_waited_for_on_any_lane),
        cmocka_unit_test(test_a_failed_wait_ends_nobody),
        cmocka_unit_test(test_any_events_make_a_whole_timeline),
        cmocka_unit_test(test_a_stage_that_went_wild),
        cmocka_unit_test(test_nothing_but_noise),
        cmocka_unit_test(test_a_full_trace_tells_what_lanes_do),
        cmocka_unit_test(test_no_lane_at_all),
        cmocka_unit_test(test_idle_threads_are_not_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
