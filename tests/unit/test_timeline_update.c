// SPDX-License-Identifier: MIT
/**
 * A timeline that goes on with its trace is at any time what is built of that trace
 * anew: of traces by chance, looked at while they grow, up to a now that lies before
 * some of their events; and of a stage that went wild it is still whole.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "options.h"
#include "stage/clock.h"
#include "stage/trace_layout.h"
#include "timeline/timeline.h"

#include <string.h>
#include <uv.h>

/** ThreadSanitizer is slow, and looks only where threads meet: elsewhere a few do. */
#if defined(__SANITIZE_THREAD__)
#define ROUNDS(many) ((many) / 20)
#else
#define ROUNDS(many) (many)
#endif

#define TASKS 4
#define SITES 3
#define LANES 24

static const struct task_view tasks[TASKS] = {
    {"luke", 1000}, {"darthvader", 2000}, {"a-name-longer-than-fifteen", 10}, {"", 0}};

static const struct site sites[SITES] = {
    {"demos/a.c", 1, "uv_mutex_init", "&left"},
    {"demos/a.c", 2, "uv_mutex_init", "&forks[i]"},
    {"demos/a.c", 3, "uv_mutex_lock", "&left"},
};

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Field by field ----------------------------------------------------------- */

static void same_spans(const struct lane *a, const struct lane *b)
{
    assert_int_equal(a->span_count, b->span_count);
    for (size_t i = 0; i < a->span_count; i++) {
        const struct span *left = &a->spans[i], *right = &b->spans[i];
        assert_int_equal(left->start_ns, right->start_ns);
        assert_int_equal(left->end_ns, right->end_ns);
        assert_int_equal(left->cause, right->cause);
        assert_int_equal(left->state, right->state);
        assert_int_equal(left->task, right->task);
        assert_int_equal(left->site, right->site);
        assert_int_equal(left->object, right->object);
    }
}

static void same_marks(const struct lane *a, const struct lane *b)
{
    assert_int_equal(a->mark_count, b->mark_count);
    for (size_t i = 0; i < a->mark_count; i++) {
        const struct mark *left = &a->marks[i], *right = &b->marks[i];
        assert_int_equal(left->at_ns, right->at_ns);
        assert_int_equal(left->kind, right->kind);
        assert_int_equal(left->site, right->site);
        assert_int_equal(left->object, right->object);
        assert_int_equal(left->value, right->value);
    }
}

static void same_lane(const struct lane *a, const struct lane *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->parent, b->parent);
    assert_int_equal(a->os_id, b->os_id);
    assert_int_equal(a->start_ns, b->start_ns);
    assert_int_equal(a->end_ns, b->end_ns);
    assert_int_equal(a->reaped_ns, b->reaped_ns);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->zombie_seen, b->zombie_seen);
    assert_int_equal(a->cut, b->cut);
    assert_int_equal(a->cpu_ns, b->cpu_ns);
    assert_int_equal(a->switches_voluntary, b->switches_voluntary);
    assert_int_equal(a->switches_involuntary, b->switches_involuntary);
    assert_memory_equal(a->in_state_ns, b->in_state_ns, sizeof a->in_state_ns);
    assert_int_equal(a->processor_count, b->processor_count);
    assert_memory_equal(a->processors, b->processors, sizeof a->processors);
    assert_string_equal(a->name, b->name);
    same_spans(a, b);
    same_marks(a, b);
}

static void same_objects(const struct timeline *a, const struct timeline *b)
{
    assert_int_equal(a->object_count, b->object_count);
    for (size_t i = 0; i < a->object_count; i++) {
        assert_int_equal(a->objects[i].address, b->objects[i].address);
        assert_int_equal(a->objects[i].at_ns, b->objects[i].at_ns);
        assert_int_equal(a->objects[i].site, b->objects[i].site);
        assert_int_equal(a->objects[i].one_of_many, b->objects[i].one_of_many);
        assert_int_equal(a->objects[i].number, b->objects[i].number);
    }
    assert_int_equal(a->hold_count, b->hold_count);
    for (size_t i = 0; i < a->hold_count; i++) {
        assert_int_equal(a->holds[i].object, b->holds[i].object);
        assert_int_equal(a->holds[i].start_ns, b->holds[i].start_ns);
        assert_int_equal(a->holds[i].end_ns, b->holds[i].end_ns);
        assert_int_equal(a->holds[i].lane, b->holds[i].lane);
        assert_int_equal(a->holds[i].site, b->holds[i].site);
        assert_int_equal(a->holds[i].is_open, b->holds[i].is_open);
    }
}

static void same_timeline(const struct timeline *a, const struct timeline *b)
{
    assert_int_equal(a->wall_ns, b->wall_ns);
    assert_int_equal(a->complete, b->complete);
    assert_int_equal(a->dropped_events, b->dropped_events);
    assert_int_equal(a->lane_count, b->lane_count);
    for (size_t i = 0; i < a->lane_count; i++)
        same_lane(&a->lanes[i], &b->lanes[i]);
    same_objects(a, b);
    for (uint32_t task = 0; task < a->task_count; task++) {
        size_t lane[2] = {0, 0}, span[2] = {0, 0};
        assert_int_equal(timeline_find_task(a, task, &lane[0], &span[0]),
                         timeline_find_task(b, task, &lane[1], &span[1]));
        assert_int_equal(lane[0], lane[1]);
        assert_int_equal(span[0], span[1]);
    }
}

/* Traces by chance --------------------------------------------------------- */

/** A trace and who writes it. */
struct scene {
    struct trace *trace;
    uint64_t seed;
    struct trace_writer writers[LANES];
    int64_t times[LANES];
    bool has_started[LANES], has_ended[LANES], is_silent[LANES], is_over[LANES];
    unsigned count;
    unsigned processes; /**< of so many lanes one is a process; 0: none but main */
    int64_t step_ns;
};

static uint64_t below(struct scene *s, uint64_t limit)
{
    return next_random(&s->seed) % limit;
}

static void add_lane(struct scene *s)
{
    unsigned lane = s->count;
    enum lane_kind kind = below(s, 2) == 0 ? LANE_THREAD : LANE_TASK;
    uint32_t parent = lane == 0 ? LANE_NONE : (uint32_t)below(s, lane);
    if (lane == 0 || (s->processes > 0 && below(s, s->processes) == 0))
        kind = LANE_PROCESS;
    trace_open(&s->writers[lane], s->trace, trace_add_lane(s->trace, kind, parent));
    s->times[lane] = 1000 + (lane > 0 ? s->times[below(s, lane)] : 0);
    /* Some come to life after the next ones have. */
    s->is_silent[lane] = lane > 0 && below(s, 3) == 0;
    s->count++;
}

static void write_event(struct scene *s, unsigned lane, enum event_kind kind)
{
    uint64_t value = next_random(&s->seed), object = below(s, LANES + 4);
    struct trace_writer *writer = &s->writers[lane];
    writer->processor = (uint32_t)below(s, 12) - 1;
    s->times[lane] += (int64_t)below(s, 40) * s->step_ns;
    s->is_over[lane] |= kind == EVENT_END || kind == EVENT_KILLED;
    if (kind == EVENT_NAME && !s->is_over[lane])
        trace_set_name(writer, below(s, 2) == 0 ? "luke" : "a-name-longer-t");
    trace_write(writer, s->times[lane], kind, (uint16_t)below(s, SITES + 2), object,
                value % 3 == 0 ? value : value % (uint64_t)(60 * s->step_ns));
}

static enum event_kind any_kind(struct scene *s)
{
    /* Seldom the end: after it nothing is read. */
    enum event_kind kind = (enum event_kind)below(s, EVENT_KINDS);
    bool is_rare = kind == EVENT_END || kind == EVENT_KILLED || kind == EVENT_INIT ||
                   kind == EVENT_NAME;
    return is_rare && below(s, 4) > 0 ? EVENT_TASK_BEGIN : kind;
}

/** Its record tells of its end some time after its events do, or never. */
static void end_record(struct scene *s, unsigned lane)
{
    if (s->has_ended[lane] || below(s, 3) == 0)
        return;
    trace_set_ended(&s->writers[lane], (int64_t)below(s, 300000) - 1, 3, 4);
    s->has_ended[lane] = true;
}

static void act(struct scene *s)
{
    if (s->count == 0 || (s->count < LANES && below(s, 12) == 0))
        add_lane(s);
    unsigned lane = (unsigned)below(s, s->count);
    s->is_silent[lane] = s->is_silent[lane] && below(s, 4) > 0;
    if (s->is_silent[lane])
        return;
    if (!s->has_started[lane] && below(s, 4) == 0) {
        trace_set_started(&s->writers[lane], 1 + (int64_t)below(s, 1000));
        s->has_started[lane] = true;
    } else if (s->has_started[lane] && below(s, 60) == 0) {
        write_event(s, lane, EVENT_END);
        end_record(s, lane);
    } else if (!s->has_ended[lane] || below(s, 20) == 0) {
        write_event(s, lane, any_kind(s));
    }
}

/** A time among those that the lanes have reached, so that some are ahead of it. */
static int64_t any_now(struct scene *s, int64_t least_ns)
{
    int64_t now_ns = 1000;
    for (unsigned i = 0; i < s->count; i++)
        if (below(s, 2) == 0 && s->times[i] > now_ns)
            now_ns = s->times[i] - (int64_t)below(s, 3) * s->step_ns;
    return now_ns > least_ns ? now_ns : least_ns;
}

static struct timeline_input input_of(const struct trace *trace, int64_t now_ns)
{
    return (struct timeline_input){.trace = trace,
                                   .sites = sites,
                                   .site_count = SITES,
                                   .tasks = tasks,
                                   .task_count = TASKS,
                                   .now_ns = now_ns};
}

static void look(struct timeline *timeline, const struct trace *trace, int64_t now_ns)
{
    struct timeline_input input = input_of(trace, now_ns);
    struct timeline fresh;
    assert_int_equal(timeline_update(timeline, &input), 0);
    assert_int_equal(timeline_build(&fresh, &input), 0);
    same_timeline(timeline, &fresh);
    timeline_destroy(&fresh);
}

/** Write a trace and look at it now and then, looks and writing by chance. */
static void grow_and_look(struct trace *trace, uint64_t round, unsigned processes)
{
    struct scene s = {.trace = trace,
                      .seed = round * UINT64_C(0x9e3779b97f4a7c15),
                      .processes = processes,
                      .step_ns = round % 2 == 0 ? 1 : 20000};
    struct timeline timeline = {.wall_ns = 0};
    int64_t now_ns = 0;
    unsigned events = 1 + (unsigned)below(&s, 600);
    unsigned pause = 1 + (unsigned)below(&s, 60);
    trace_reset(trace);
    for (unsigned i = 0; i < events; i++) {
        act(&s);
        if (below(&s, pause) > 0)
            continue;
        now_ns = any_now(&s, now_ns);
        look(&timeline, trace, now_ns);
    }
    look(&timeline, trace, now_ns);
    look(&timeline, trace, now_ns + 1000000000);
    timeline_destroy(&timeline);
}

static void it_is_what_would_be_built(void **state)
{
    (void)state;
    struct trace *trace;
    assert_int_equal(trace_create(&trace, (size_t)256 << 10), 0);
    for (uint64_t round = 1; round <= ROUNDS(2000); round++)
        grow_and_look(trace, round, 0);
    trace_destroy(trace);
}

static void with_processes_too(void **state)
{
    (void)state;
    struct trace *trace;
    assert_int_equal(trace_create(&trace, (size_t)256 << 10), 0);
    for (uint64_t round = 1; round <= ROUNDS(600); round++)
        grow_and_look(trace, round, 1 + (unsigned)(round % 30));
    trace_destroy(trace);
}

/** Events and lanes that do not fit. */
static void in_a_trace_that_fills_up(void **state)
{
    (void)state;
    struct trace *trace;
    assert_int_equal(trace_create(&trace, (size_t)128 << 10), 0);
    for (uint64_t round = 1; round <= 20; round++) {
        struct scene s = {.trace = trace, .seed = round, .step_ns = 100};
        struct timeline timeline = {.wall_ns = 0};
        trace_reset(trace);
        for (unsigned i = 0; i < 20000; i++) {
            act(&s);
            if (i % 500 == 0)
                look(&timeline, trace, s.times[0]);
        }
        assert_true(timeline.dropped_events > 0);
        timeline_destroy(&timeline);
    }
    trace_destroy(trace);
}

/** Another trace, another clock, a now that goes back: it begins anew. */
static void of_another_run_it_begins_anew(void **state)
{
    (void)state;
    struct trace *trace;
    struct timeline timeline = {.wall_ns = 0};
    assert_int_equal(trace_create(&trace, (size_t)256 << 10), 0);
    for (uint64_t round = 1; round <= ROUNDS(200); round++) {
        struct scene s = {.trace = trace, .seed = round * 77, .step_ns = 10};
        trace_reset(trace);
        look(&timeline, trace, 0);
        for (unsigned i = 0; i < 50 + round; i++)
            act(&s);
        look(&timeline, trace, any_now(&s, 0));
        look(&timeline, trace, 1000);
    }
    timeline_destroy(&timeline);
    trace_destroy(trace);
}

/* While it is written ------------------------------------------------------- */

#define WRITERS       3
#define LANES_WRITTEN 400

struct crowd {
    struct trace *trace;
    struct trace_writer main;
    uv_mutex_t lock; /* of `main`, and of the order in which lanes come */
    atomic_uint begun, left;
};

/** A lane that another is seen creating only after it has begun, as instruments do. */
static void live_a_life(struct crowd *crowd, uint64_t *seed)
{
    struct trace_writer writer;
    int64_t created_ns = wall_ns();
    uint32_t lane = trace_add_lane(crowd->trace, LANE_THREAD, 0);
    trace_open(&writer, crowd->trace, lane);
    trace_write(&writer, wall_ns(), EVENT_START, SITE_NONE, 0, 0);
    trace_set_started(&writer, (int64_t)lane + 1);
    if (next_random(seed) % 2 == 0)
        trace_write(&writer, wall_ns(), EVENT_NAME, SITE_NONE, 0, 0);
    uv_mutex_lock(&crowd->lock);
    trace_write(&crowd->main, wall_ns(), EVENT_INIT, 0, next_random(seed) % 9, 0);
    trace_write(&crowd->main, wall_ns(), EVENT_CREATE, SITE_NONE, lane,
                (uint64_t)created_ns);
    uv_mutex_unlock(&crowd->lock);
    for (uint64_t i = next_random(seed) % 40; i > 0; i--)
        trace_write(&writer, wall_ns(),
                    (enum event_kind)(i % 2 == 0 ? EVENT_TASK_BEGIN : EVENT_LOCK_END),
                    0, next_random(seed) % TASKS, 0);
    trace_write(&writer, wall_ns(), EVENT_END, SITE_NONE, 0, 0);
    trace_set_ended(&writer, (int64_t)(next_random(seed) % 100000), 1, 2);
}

static void write_lives(void *data)
{
    struct crowd *crowd = data;
    uint64_t seed = 1 + atomic_fetch_add(&crowd->begun, 1);
    for (int i = 0; i < LANES_WRITTEN; i++)
        live_a_life(crowd, &seed);
    atomic_fetch_sub(&crowd->left, 1);
}

static void while_others_write_nothing_is_lost(void **state)
{
    (void)state;
    struct crowd crowd = {.left = 0};
    struct timeline timeline = {.wall_ns = 0};
    uv_thread_t writers[WRITERS];
    assert_int_equal(trace_create(&crowd.trace, (size_t)16 << 20), 0);
    assert_int_equal(uv_mutex_init(&crowd.lock), 0);
    for (int round = 0; round < 10; round++) {
        trace_reset(crowd.trace);
        trace_open(&crowd.main, crowd.trace,
                   trace_add_lane(crowd.trace, LANE_PROCESS, LANE_NONE));
        trace_write(&crowd.main, wall_ns(), EVENT_START, SITE_NONE, 0, 0);
        trace_set_started(&crowd.main, 1);
        atomic_store(&crowd.left, WRITERS);
        for (int i = 0; i < WRITERS; i++)
            assert_int_equal(uv_thread_create(&writers[i], write_lives, &crowd), 0);
        while (atomic_load(&crowd.left) > 0) {
            struct timeline_input input = input_of(crowd.trace, wall_ns());
            assert_int_equal(timeline_update(&timeline, &input), 0);
        }
        for (int i = 0; i < WRITERS; i++)
            uv_thread_join(&writers[i]);
        trace_write(&crowd.main, wall_ns(), EVENT_END, SITE_NONE, 0, 0);
        trace_set_ended(&crowd.main, -1, -1, -1);
        look(&timeline, crowd.trace, wall_ns());
        assert_int_equal(timeline.lane_count, 1 + WRITERS * LANES_WRITTEN);
        timeline_destroy(&timeline);
    }
    uv_mutex_destroy(&crowd.lock);
    trace_destroy(crowd.trace);
}

/* Wild ones ----------------------------------------------------------------- */

/** What holds of every timeline. */
static void check_whole(const struct timeline *timeline, int64_t longest_ns)
{
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        int64_t at_ns = lane->start_ns, in_state_ns[STATE_COUNT] = {0};
        assert_true(i == 0 || lane->id > timeline->lanes[i - 1].id);
        assert_true(i == 0 || timeline_lane(timeline, lane->parent) != NULL);
        assert_true(lane->start_ns >= 0 && lane->end_ns <= longest_ns);
        assert_true(lane->name[0] != '\0');
        for (size_t k = 0; k < lane->span_count; k++) {
            const struct span *span = &lane->spans[k];
            assert_int_equal(span->start_ns, at_ns);
            assert_true(span->end_ns > span->start_ns);
            assert_true((unsigned)span->state < STATE_COUNT);
            in_state_ns[span->state] += span->end_ns - span->start_ns;
            at_ns = span->end_ns;
        }
        assert_int_equal(at_ns, lane->end_ns);
        assert_memory_equal(in_state_ns, lane->in_state_ns, sizeof in_state_ns);
        for (size_t k = 0; k < lane->mark_count; k++)
            assert_true(lane->marks[k].at_ns <= lane->end_ns);
    }
    for (uint32_t task = 0; task < timeline->task_count; task++) {
        size_t lane, span;
        if (timeline_find_task(timeline, task, &lane, &span))
            assert_int_equal(timeline->lanes[lane].spans[span].task, task);
    }
}

/** Bytes anywhere, some of them small numbers, which more often look like sense. */
static void scribble(struct scene *s)
{
    for (uint64_t i = below(s, 20); i > 0; i--) {
        size_t at = below(s, s->trace->bytes - 8);
        if (below(s, 2) == 0)
            at %= 3 * TRACE_LANES_AT;
        uint64_t value = next_random(&s->seed);
        value = value % 2 == 0 ? value : value % 64;
        memcpy(s->trace->base + at, &value, 1 + below(s, 8));
    }
}

static void of_a_stage_that_goes_wild_it_is_whole(void **state)
{
    (void)state;
    struct trace *trace;
    assert_int_equal(trace_create(&trace, (size_t)128 << 10), 0);
    for (uint64_t round = 1; round <= ROUNDS(2000); round++) {
        struct scene s = {.trace = trace, .seed = round * 99991, .step_ns = 100};
        struct timeline timeline = {.wall_ns = 0};
        int64_t now_ns = 0;
        trace_reset(trace);
        for (unsigned looks = 0; looks < 6; looks++) {
            for (uint64_t i = below(&s, 60); i > 0; i--)
                act(&s);
            scribble(&s);
            now_ns = below(&s, 9) == 0 ? INT64_MAX : any_now(&s, now_ns);
            struct timeline_input input = input_of(trace, now_ns);
            assert_int_equal(timeline_update(&timeline, &input), 0);
            check_whole(&timeline, now_ns > 0 ? now_ns : 0);
        }
        timeline_destroy(&timeline);
    }
    trace_destroy(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_would_be_built),
        cmocka_unit_test(with_processes_too),
        cmocka_unit_test(in_a_trace_that_fills_up),
        cmocka_unit_test(of_another_run_it_begins_anew),
        cmocka_unit_test(while_others_write_nothing_is_lost),
        cmocka_unit_test(of_a_stage_that_goes_wild_it_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
