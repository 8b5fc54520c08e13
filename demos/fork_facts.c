// SPDX-License-Identifier: MIT
#include "fork_facts.h"

#include <string.h>
#include <sys/wait.h>

/** As demos/fork.c has it, in `unflushed`. */
static const char printed_once[] = "darthvader prints this once\n";

bool fork_is_child(const struct lane *lane)
{
    return lane->kind == LANE_PROCESS && lane->id != 0;
}

bool fork_was_killed(const struct lane *lane)
{
    return lane->status >= 0 && WIFSIGNALED(lane->status);
}

bool fork_told(const struct timeline *timeline, const struct lane *lane,
               const char *key, int64_t *value)
{
    for (size_t i = lane->mark_count; i > 0; i--) {
        const struct mark *mark = &lane->marks[i - 1];

        if (mark->kind == EVENT_VALUE && strcmp(mark_name(timeline, mark), key) == 0) {
            *value = (int64_t)mark->value;
            return true;
        }
    }
    return false;
}

bool fork_is_orphan(const struct timeline *timeline, const struct lane *lane)
{
    int64_t parent;

    return fork_told(timeline, lane, "ppid_after", &parent) &&
           parent != timeline->lanes[0].os_id;
}

static void add_child(struct fork_facts *sum, const struct timeline *timeline,
                      const struct lane *lane)
{
    int64_t parents = 0, address = 0, value = 0;
    bool same = fork_told(timeline, &timeline->lanes[0], "address", &parents) &&
                fork_told(timeline, lane, "address", &address) && address == parents;

    sum->count++;
    sum->same_address += same;
    sum->killed += fork_was_killed(lane);
    sum->orphans += fork_is_orphan(timeline, lane);
    if (fork_told(timeline, lane, "child_value", &value)) {
        bool first = sum->told_value++ == 0;

        sum->value = first || value > sum->value ? value : sum->value;
        sum->value_least = first || value < sum->value_least ? value : sum->value_least;
    }
    if (lane->in_state_ns[STATE_ZOMBIE] > sum->zombie_most_ns) {
        sum->zombie_most_ns = lane->in_state_ns[STATE_ZOMBIE];
        sum->zombie_most = lane;
    }
}

/** What the parent saw: how long its calls of fork took, and who was a zombie. */
static void add_mark(struct fork_facts *sum, const struct mark *mark)
{
    int64_t ns = (int64_t)mark->value;

    if (mark->kind == EVENT_STATE)
        sum->zombies += mark->value == 'Z';
    if (mark->kind != EVENT_CREATE)
        return;
    if (sum->fork_sum_ns == 0 || ns < sum->fork_least_ns)
        sum->fork_least_ns = ns;
    if (ns > sum->fork_most_ns)
        sum->fork_most_ns = ns;
    sum->fork_sum_ns += ns;
}

struct fork_facts fork_facts(const struct timeline *timeline)
{
    struct fork_facts sum = {.count = 0};

    for (size_t i = 0; i < timeline->lane_count; i++)
        if (fork_is_child(&timeline->lanes[i]))
            add_child(&sum, timeline, &timeline->lanes[i]);
    for (size_t i = 0; timeline->lane_count > 0 && i < timeline->lanes[0].mark_count;
         i++)
        add_mark(&sum, &timeline->lanes[0].marks[i]);
    return sum;
}

/** Those that were waited for: {"pid": 4711, "status": 1, "signal": null}. */
static json_t *exited(const struct timeline *timeline)
{
    json_t *list = json_array();

    for (size_t i = 0; list != NULL && i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        json_t *one;

        if (!fork_is_child(lane) || lane->status < 0)
            continue;
        one = json_pack(
            "{s:I, s:o, s:o}", "pid", (json_int_t)lane->os_id, "status",
            WIFEXITED(lane->status) ? json_integer(WEXITSTATUS(lane->status))
                                    : json_null(),
            "signal",
            fork_was_killed(lane) ? json_integer(WTERMSIG(lane->status)) : json_null());
        if (one == NULL || json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/** How often the line that was printed once came out. */
static int64_t count_printed(const struct run *run)
{
    const size_t length = sizeof printed_once - 1;
    const char *at = run->printed, *end = at + run->printed_bytes;
    int64_t count = 0;

    while (at < end && (at = memmem(at, (size_t)(end - at), printed_once, length))) {
        at += length;
        count++;
    }
    return count;
}

/** What is not known of a run does not stand in its outcome. */
static int add_figure(json_t *outcome, bool known, const char *key, int64_t value)
{
    return known ? json_object_set_new(outcome, key, json_integer(value)) : 0;
}

json_t *fork_outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    struct fork_facts sum = fork_facts(timeline);
    json_t *result =
        json_pack("{s:I, s:o*, s:I, s:I, s:I, s:I}", "children", (json_int_t)sum.count,
                  "exited", exited(timeline), "zombie_seen", (json_int_t)sum.zombies,
                  "same_address", (json_int_t)sum.same_address, "orphans",
                  (json_int_t)sum.orphans, "fork_ns", (json_int_t)sum.fork_sum_ns);
    const struct lane *parent = timeline->lane_count > 0 ? timeline->lanes : NULL;
    int64_t value = 0;
    int failed = result == NULL;

    (void)report;
    if (failed == 0)
        failed |= add_figure(result, sum.told_value > 0, "child_value", sum.value);
    if (failed == 0 && parent != NULL &&
        fork_told(timeline, parent, "parent_value", &value))
        failed |= add_figure(result, true, "parent_value", value);
    if (failed == 0 && parent != NULL &&
        fork_told(timeline, parent, "waiting_bytes", &value)) {
        failed |= add_figure(result, true, "waiting_bytes", value);
        failed |= add_figure(result, run->printed_lost == 0, "printed_times",
                             count_printed(run));
    }
    if (failed == 0)
        return result;
    json_decref(result);
    return NULL;
}
