// SPDX-License-Identifier: MIT
#include "spawn_facts.h"

#include "stage/clock.h"

#include <stdlib.h>
#include <sys/wait.h>

/** What programs do is looked at so often; where they are many, a look at each takes
 * 15 us, and looking a hundredth of a core (stage/programs.c). */
#define LATE_NS      (10 * NS_PER_MS)
#define LATE_EACH_NS (2 * NS_PER_MS)

bool spawn_is_program(const struct lane *lane)
{
    return lane->kind == LANE_PROCESS && lane->id != 0;
}

static int64_t life_ns(const struct lane *lane)
{
    return lane_own_end_ns(lane) - lane->start_ns;
}

static void add_life(struct spawn_facts *sum, const struct lane *lane)
{
    int64_t ns = life_ns(lane);

    if (sum->longest == NULL || ns > sum->longest_ns) {
        sum->second_ns = sum->longest_ns;
        sum->longest_ns = ns;
        sum->longest = lane;
    } else if (ns > sum->second_ns) {
        sum->second_ns = ns;
    }
}

static void add_program(struct spawn_facts *sum, const struct lane *lane)
{
    sum->started++;
    if (lane->status >= 0 && WIFSIGNALED(lane->status))
        sum->signaled++;
    else if (lane->status > 0)
        sum->failed++;
    add_life(sum, lane);
    if (lane_own_end_ns(lane) > sum->ended_ns)
        sum->ended_ns = lane_own_end_ns(lane);
}

static void add_captured(struct spawn_facts *sum, const struct captured *captured)
{
    sum->not_started += captured->error != 0;
    sum->bytes += captured->bytes;
    sum->lines += captured->lines;
    if (captured->bytes > 0 &&
        (sum->most == NULL || captured->bytes > sum->most->bytes))
        sum->most = captured;
}

static void add_call(struct spawn_facts *sum, const struct mark *mark)
{
    int64_t ns = (int64_t)mark->value;

    if (mark->kind != EVENT_CREATE)
        return;
    if (sum->call_sum_ns == 0 || ns < sum->call_least_ns)
        sum->call_least_ns = ns;
    if (ns > sum->call_most_ns)
        sum->call_most_ns = ns;
    sum->call_sum_ns += ns;
}

/** When the last of the programs had ended that had been started until then. */
static int64_t last_end_ns(const struct timeline *timeline, int64_t until_ns)
{
    int64_t last_ns = INT64_MIN;

    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];

        if (spawn_is_program(lane) && lane->start_ns < until_ns &&
            lane_own_end_ns(lane) > last_ns)
            last_ns = lane_own_end_ns(lane);
    }
    return last_ns == INT64_MIN ? until_ns : last_ns;
}

/** An output ends when nobody has it open any more.  Main looks at programs while it
 * waits for that, so that an end is never seen later than it reads on. */
static int64_t open_ns(const struct timeline *timeline)
{
    const struct lane *main_lane = &timeline->lanes[0];
    int64_t sum_ns = 0;

    for (size_t i = 0; timeline->lane_count > 0 && i < main_lane->span_count; i++) {
        const struct span *span = &main_lane->spans[i];
        int64_t from_ns;

        if (span->cause != EVENT_POLL_BEGIN || span->end_ns - span->start_ns < LATE_NS)
            continue;
        from_ns = last_end_ns(timeline, span->end_ns);
        if (from_ns < span->start_ns)
            from_ns = span->start_ns;
        sum_ns += span->end_ns > from_ns ? span->end_ns - from_ns : 0;
    }
    return sum_ns;
}

struct spawn_facts spawn_facts(const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    struct spawn_facts sum = {.started = 0};

    for (size_t i = 0; i < timeline->lane_count; i++)
        if (spawn_is_program(&timeline->lanes[i]))
            add_program(&sum, &timeline->lanes[i]);
    for (size_t i = 0; i < run->captured_count; i++)
        add_captured(&sum, &run->captured[i]);
    for (size_t i = 0; timeline->lane_count > 0 && i < timeline->lanes[0].mark_count;
         i++)
        add_call(&sum, &timeline->lanes[0].marks[i]);
    sum.open_ns = open_ns(timeline);
    sum.late_ns = (int64_t)sum.started * LATE_EACH_NS;
    if (sum.late_ns < LATE_NS)
        sum.late_ns = LATE_NS;
    return sum;
}

/** One that a run's outcome has: {"status": 3, "signal": null}. */
static void add_end(struct spawn_wrong *wrong, const json_t *end)
{
    int status = (int)json_integer_value(json_object_get(end, "status"));
    int signal = (int)json_integer_value(json_object_get(end, "signal"));

    if (status == 0 && signal == 0)
        return;
    wrong->differs |=
        wrong->ended > 0 && (wrong->status != status || wrong->signal != signal);
    wrong->status = status;
    wrong->signal = signal;
    wrong->ended++;
}

/** Those that were started have ended, in the order of the tasks, as captures are. */
static void add_wrong(struct spawn_wrong *wrong, size_t tasks, const struct run *run)
{
    const json_t *ends = json_object_get(run->outcome, "ended");
    size_t captured = 0, end = 0;

    for (size_t i = 0; i < tasks; i++) {
        const struct captured *of = &run->captured[captured];

        if (captured >= run->captured_count || of->task != i)
            of = NULL;
        captured += of != NULL;
        if (of == NULL || of->error == 0) {
            add_end(&wrong[i], json_array_get(ends, end++));
            continue;
        }
        wrong[i].not_started++;
        wrong[i].error = of->error;
    }
}

struct spawn_wrong *spawn_wrong(const struct variant_report *variant, size_t tasks)
{
    struct spawn_wrong *wrong = calloc(tasks, sizeof *wrong);

    for (size_t i = 0; wrong != NULL && i < variant->run_count; i++)
        add_wrong(wrong, tasks, &variant->runs[i]);
    return wrong;
}

/** {"name": "sh", "pid": 4711, "status": 3, "signal": null} */
static json_t *ended(const struct lane *lane)
{
    bool killed = WIFSIGNALED(lane->status);

    return json_pack(
        "{s:s, s:I, s:o, s:o}", "name", lane->name, "pid", (json_int_t)lane->os_id,
        "status", killed ? json_null() : json_integer(WEXITSTATUS(lane->status)),
        "signal", killed ? json_integer(WTERMSIG(lane->status)) : json_null());
}

/** Those that were waited for. */
static json_t *all_ended(const struct timeline *timeline)
{
    json_t *list = json_array();

    for (size_t i = 0; list != NULL && i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];

        if (!spawn_is_program(lane) || lane->status < 0)
            continue;
        if (json_array_append_new(list, ended(lane)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

json_t *spawn_outcome(const struct report *report, const struct run *run)
{
    struct spawn_facts sum = spawn_facts(run);

    (void)report;
    return json_pack("{s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I}", "started",
                     (json_int_t)sum.started, "not_started",
                     (json_int_t)sum.not_started, "ended", all_ended(&run->timeline),
                     "failed", (json_int_t)sum.failed, "signaled",
                     (json_int_t)sum.signaled, "bytes", (json_int_t)sum.bytes, "lines",
                     (json_int_t)sum.lines, "spawn_ns", (json_int_t)sum.call_sum_ns);
}
