// SPDX-License-Identifier: MIT
#include "trace_text_inner.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static struct trace_writer *writer(struct fixture *f, uint64_t lane)
{
    if (f->trace == NULL || lane >= f->lane_count)
        fixture_fail(f, "no lane %" PRIu64, lane);
    return &f->writers[lane];
}

static void write_event(struct fixture *f, int64_t at_ns, uint64_t lane,
                        const struct event_view *event)
{
    trace_write(writer(f, lane), EPOCH_NS + at_ns, event->kind, event->site,
                event->object, event->value);
    fixture_keep_record(f, lane, EPOCH_NS + at_ns, event);
    int64_t last_ns = at_ns;
    if (event->kind == EVENT_READY)
        last_ns += (int64_t)event->value;
    if (event->kind == EVENT_START)
        trace_set_started(writer(f, lane), 4000 + (int64_t)lane);
    if (event->kind == EVENT_END)
        trace_set_ended(writer(f, lane), -1, -1, -1);
    if (f->last_ns < last_ns)
        f->last_ns = last_ns;
}

static void write_plain(struct fixture *f, int64_t at_ns, uint64_t lane,
                        enum event_kind kind, uint64_t object, uint64_t value)
{
    write_event(f, at_ns, lane,
                &(struct event_view){
                    .kind = kind, .site = SITE_NONE, .object = object, .value = value});
}

static enum event_kind kind_of(struct fixture *f)
{
    static const char *const names[EVENT_KINDS] = {
        [EVENT_START] = "start",
        [EVENT_END] = "end",
        [EVENT_CREATE] = "create",
        [EVENT_NAME] = "name",
        [EVENT_TASK_BEGIN] = "task_begin",
        [EVENT_TASK_END] = "task_end",
        [EVENT_READY] = "ready",
        [EVENT_SLEEP_BEGIN] = "sleep_begin",
        [EVENT_SLEEP_END] = "sleep_end",
        [EVENT_JOIN_BEGIN] = "join_begin",
        [EVENT_JOIN_END] = "join_end",
        [EVENT_LOCK_BEGIN] = "lock_begin",
        [EVENT_LOCK_END] = "lock_end",
        [EVENT_LOCK_FAIL] = "lock_fail",
        [EVENT_UNLOCK] = "unlock",
        [EVENT_SEM_BEGIN] = "sem_begin",
        [EVENT_SEM_END] = "sem_end",
        [EVENT_SEM_POST] = "sem_post",
        [EVENT_COND_BEGIN] = "cond_begin",
        [EVENT_COND_END] = "cond_end",
        [EVENT_COND_SIGNAL] = "cond_signal",
        [EVENT_COND_BROADCAST] = "cond_broadcast",
        [EVENT_BARRIER_BEGIN] = "barrier_begin",
        [EVENT_BARRIER_END] = "barrier_end",
        [EVENT_INIT] = "init",
        [EVENT_MARK] = "mark",
        [EVENT_STATE] = "state",
        [EVENT_JOIN_FAIL] = "join_fail",
        [EVENT_JOIN_SEEN] = "join_seen",
        [EVENT_VALUE] = "value",
        [EVENT_READ] = "read",
        [EVENT_WRITE] = "write",
        [EVENT_ADD] = "add",
        [EVENT_QUEUED] = "queued",
        [EVENT_POLL_BEGIN] = "poll_begin",
        [EVENT_POLL_END] = "poll_end",
        [EVENT_CANCEL] = "cancel",
        [EVENT_KILL] = "kill",
        [EVENT_KILLED] = "killed",
    };
    const char *name = fixture_word(f, "kind");
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        if (names[kind] != NULL && strcmp(names[kind], name) == 0)
            return (enum event_kind)kind;
    fixture_fail(f, "no kind of event: %s", name);
}

static bool has_only_value(enum event_kind kind)
{
    return kind == EVENT_START || kind == EVENT_END || kind == EVENT_READY ||
           kind == EVENT_SLEEP_BEGIN || kind == EVENT_VALUE;
}

/** An object or a value: a number, a time with a unit, "wait" or "cpu". */
static uint64_t argument(struct fixture *f)
{
    if (f->at >= f->count || f->words[f->at][0] == '@')
        return 0;
    if (fixture_accept(f, "wait"))
        return WORK_WAIT;
    if (fixture_accept(f, "cpu"))
        return WORK_CPU;
    char *end;
    const char *text = fixture_word(f, "argument");
    uint64_t value = strtoull(text, &end, 0);
    int64_t ns;
    if (*end == '\0')
        return value;
    if (!fixture_parse_time(text, &ns))
        fixture_fail(f, "no argument: %s", text);
    return (uint64_t)ns;
}

static struct event_view event_of(struct fixture *f)
{
    struct event_view event = {.kind = kind_of(f), .site = SITE_NONE};
    if (!has_only_value(event.kind))
        event.object = argument(f);
    event.value = argument(f);
    if (f->at < f->count && f->words[f->at][0] == '@')
        event.site = (uint16_t)strtoul(f->words[f->at++] + 1, NULL, 10);
    return event;
}

static void read_event(struct fixture *f)
{
    int64_t at_ns = fixture_time(f, "time");
    uint64_t lane = fixture_number(f, "lane");
    struct event_view event = event_of(f);
    write_event(f, at_ns, lane, &event);
}

static void read_doing(struct fixture *f)
{
    uint64_t lane = fixture_number(f, "lane");
    struct event_view event = event_of(f);
    trace_set_doing(writer(f, lane), event.kind, event.site, event.object, 0);
}

static void read_record(struct fixture *f)
{
    struct trace_writer *w = writer(f, fixture_number(f, "lane"));
    trace_set_started(w, (int64_t)fixture_number(f, "os id"));
    int64_t cpu_ns = fixture_time(f, "cpu");
    int64_t voluntary = (int64_t)fixture_number(f, "voluntary switches");
    trace_set_ended(w, cpu_ns, voluntary,
                    (int64_t)fixture_number(f, "involuntary switches"));
}

static void add_lane(struct fixture *f, enum lane_kind kind, uint32_t parent)
{
    uint32_t id = trace_add_lane(f->trace, kind, parent);
    if (id != f->lane_count)
        fixture_fail(f, "lane %zu became %u", f->lane_count, id);
    f->writers = fixture_more(f, f->writers, f->lane_count++, sizeof *f->writers);
    trace_open(&f->writers[id], f->trace, id);
}

static void read_lane(struct fixture *f)
{
    if (f->trace == NULL)
        fixture_fail(f, "no run yet");
    if (fixture_number(f, "id") != f->lane_count)
        fixture_fail(f, "the next lane is %zu", f->lane_count);
    enum lane_kind kind = fixture_accept(f, "process")  ? LANE_PROCESS
                          : fixture_accept(f, "thread") ? LANE_THREAD
                                                        : LANE_TASK;
    if (kind == LANE_TASK && !fixture_accept(f, "task"))
        fixture_fail(f, "no kind of lane");
    if (!fixture_accept(f, "parent"))
        fixture_fail(f, "parent is missing");
    uint32_t parent =
        fixture_accept(f, "none") ? LANE_NONE : (uint32_t)fixture_number(f, "parent");
    add_lane(f, kind, parent);
    if (fixture_accept(f, "name"))
        trace_set_name(writer(f, f->lane_count - 1), fixture_word(f, "name"));
}

static void read_crowd(struct fixture *f)
{
    uint64_t count = fixture_number(f, "count");
    int64_t gap_ns = fixture_time(f, "gap"), at_ns = 0, end_ns = 0;
    for (uint64_t i = 1; i <= count; i++, at_ns += gap_ns) {
        uint64_t task = (i - 1) % f->options.tasks.count;
        end_ns = at_ns + gap_ns + f->tasks[task].ttl_ns;
        add_lane(f, LANE_THREAD, 0);
        write_plain(f, at_ns, 0, EVENT_CREATE, i, 0);
        trace_set_name(writer(f, i), f->tasks[task].name);
        write_plain(f, at_ns + gap_ns, i, EVENT_START, 0, 0);
        write_plain(f, at_ns + gap_ns, i, EVENT_TASK_BEGIN, task, f->options.work);
        write_plain(f, end_ns, i, EVENT_TASK_END, task, 0);
        write_plain(f, end_ns, i, EVENT_END, 0, 0);
    }
    for (uint64_t i = 1; i <= count; i++) {
        int64_t ended_ns =
            (int64_t)i * gap_ns + f->tasks[(i - 1) % f->options.tasks.count].ttl_ns;
        write_plain(f, at_ns, 0, EVENT_JOIN_BEGIN, i, 0);
        at_ns = at_ns < ended_ns ? ended_ns + NS_PER_US : at_ns;
        write_plain(f, at_ns, 0, EVENT_JOIN_END, i, 0);
    }
}

/** Each of a ring of threads takes the fork with its number, then wants the next. */
static void read_ring(struct fixture *f)
{
    uint64_t count = fixture_number(f, "count");
    int64_t gap_ns = fixture_time(f, "gap"), at_ns = 0;
    for (uint64_t i = 1; i <= count; i++)
        write_event(f, at_ns, 0,
                    &(struct event_view){.kind = EVENT_INIT, .object = 64 * i});
    for (uint64_t i = 1; i <= count; i++, at_ns += gap_ns) {
        add_lane(f, LANE_THREAD, 0);
        write_plain(f, at_ns, 0, EVENT_CREATE, i, 0);
        trace_set_name(writer(f, i), f->tasks[(i - 1) % f->options.tasks.count].name);
        write_plain(f, at_ns, i, EVENT_START, 0, 0);
        write_event(
            f, at_ns + gap_ns, i,
            &(struct event_view){.kind = EVENT_LOCK_END, .site = 1, .object = 64 * i});
    }
    write_plain(f, at_ns, 0, EVENT_JOIN_BEGIN, 1, 0);
    for (uint64_t i = 1; i <= count; i++)
        write_event(f, at_ns + (int64_t)i * gap_ns, i,
                    &(struct event_view){.kind = EVENT_LOCK_BEGIN,
                                         .site = 2,
                                         .object = 64 * (i % count + 1)});
}

static void read_share(struct fixture *f)
{
    int64_t at_ns = fixture_time(f, "from"), slice_ns = fixture_time(f, "slice");
    int64_t each_ns = fixture_time(f, "each");
    struct {
        uint64_t lane;
        int64_t left_ns, since_ns;
    } turns[MAX_WORDS];
    uint64_t count = 0, left;
    for (; f->at < f->count; count++) {
        turns[count].lane = fixture_number(f, "lane");
        turns[count].left_ns = each_ns;
        turns[count].since_ns = at_ns;
        write_plain(f, at_ns, turns[count].lane, EVENT_TASK_BEGIN, count, WORK_CPU);
    }
    for (left = count; left > 0;) {
        for (uint64_t i = 0; i < count; i++) {
            int64_t run_ns = turns[i].left_ns < slice_ns ? turns[i].left_ns : slice_ns;
            if (run_ns == 0)
                continue;
            if (at_ns > turns[i].since_ns)
                write_plain(f, turns[i].since_ns, turns[i].lane, EVENT_READY, 0,
                            (uint64_t)(at_ns - turns[i].since_ns));
            at_ns += run_ns;
            turns[i].since_ns = at_ns;
            turns[i].left_ns -= run_ns;
            if (turns[i].left_ns == 0) {
                write_plain(f, at_ns, turns[i].lane, EVENT_TASK_END, i,
                            (uint64_t)each_ns);
                left--;
            }
        }
    }
}

bool fixture_read_trace(struct fixture *f, const char *first)
{
    static const struct {
        const char *word;
        void (*read)(struct fixture *f);
    } lines[] = {{"lane", read_lane},   {"doing", read_doing}, {"record", read_record},
                 {"crowd", read_crowd}, {"ring", read_ring},   {"share", read_share}};
    if (isdigit((unsigned char)first[0])) {
        f->at = 0;
        read_event(f);
        return true;
    }
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strcmp(first, lines[i].word) == 0) {
            lines[i].read(f);
            return true;
        }
    return false;
}
