// SPDX-License-Identifier: MIT
#include "fork_verdict.h"

#include "card_words.h"
#include "fork_facts.h"
#include "text/quantity.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

/** As many children as sentences name one by one. */
#define NAMED_CHILDREN 3

/** A part of the wall time that is worth a word. */
#define MUCH 0.05

/** Name the children of a kind, a few; or how many they are of how many. */
static void say_children(const struct timeline *timeline, size_t chosen, size_t count,
                         bool (*is_one)(const struct timeline *, const struct lane *),
                         FILE *out)
{
    size_t said = 0;

    if (chosen > NAMED_CHILDREN) {
        if (chosen == count)
            fprintf(out, "all %s children", count_text(count).text);
        else
            fprintf(out, "%s of %s children", count_text(chosen).text,
                    count_text(count).text);
        return;
    }
    for (size_t i = 0; i < timeline->lane_count; i++)
        if (fork_is_child(&timeline->lanes[i]) &&
            is_one(timeline, &timeline->lanes[i])) {
            const char *before = said + 1 == chosen ? " and " : ", ";

            fprintf(out, "%s%s", said++ > 0 ? before : "", timeline->lanes[i].name);
        }
}

static bool is_any(const struct timeline *timeline, const struct lane *lane)
{
    (void)timeline;
    (void)lane;
    return true;
}

static bool is_zombie(const struct timeline *timeline, const struct lane *lane)
{
    (void)timeline;
    return lane->zombie_seen;
}

/** "luke by signal 9 (Killed), leia by signal 15 (Terminated)". */
static void say_signals(const struct timeline *timeline, FILE *out)
{
    size_t said = 0;

    for (size_t i = 0; i < timeline->lane_count && said <= NAMED_CHILDREN; i++) {
        const struct lane *lane = &timeline->lanes[i];

        if (!fork_is_child(lane) || !fork_was_killed(lane))
            continue;
        if (said++ == NAMED_CHILDREN)
            fprintf(out, ", others too");
        else
            fprintf(out, "%s%s by signal %d (%s)", said > 1 ? ", " : "", lane->name,
                    WTERMSIG(lane->status), strsignal(WTERMSIG(lane->status)));
    }
}

/** Work that was cut short has no time to speak of. */
static void say_killed(const struct timeline *timeline, const struct fork_facts *sum,
                       FILE *out)
{
    fprintf(out, "%s of %s children %s killed: ", count_text(sum->killed).text,
            count_text(sum->count).text, sum->killed == 1 ? "was" : "were");
    say_signals(timeline, out);
    fprintf(out, ". That is what waitpid told instead of an exit status; the work was "
                 "not all done, so the time says nothing. ");
}

static void say_time(const struct report *report, const struct variant_report *variant,
                     FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;

    if (total_ns(tasks) == 0)
        fprintf(out, "The tasks take no time: %s is what forking and waiting costs.",
                duration_text(variant->wall.median, false).text);
    else if (tasks->count == 1)
        fprintf(out, "One task has nothing to overlap with: a child of its own makes "
                     "it no faster.");
    else if (report->options->work == WORK_CPU)
        say_computing(report, variant, "the children", out);
    else
        fprintf(out, "%s waits went on at once: %s, not the sum (%s).",
                both_or_all(tasks->count),
                duration_text(variant->wall.median, false).text,
                chosen_text(total_ns(tasks)).text);
    fputc(' ', out);
}

/** Only where all have told, and told the same. */
static void say_memory(const struct timeline *timeline, const struct fork_facts *sum,
                       FILE *out)
{
    int64_t address, value;

    if (sum->count == 0 || sum->same_address < sum->count ||
        sum->told_value < sum->count || sum->value != sum->value_least ||
        !fork_told(timeline, &timeline->lanes[0], "address", &address) ||
        !fork_told(timeline, &timeline->lanes[0], "parent_value", &value) ||
        value == sum->value)
        return;
    fprintf(out,
            "fork copied the memory: at one address (0x%" PRIx64 ") `done` was %" PRId64
            " in ",
            (uint64_t)address, sum->value);
    if (sum->count > NAMED_CHILDREN)
        fprintf(out, "each child");
    else
        say_children(timeline, sum->count, sum->count, is_any, out);
    fprintf(out, " and still %" PRId64 " in darthvader. ", value);
}

/** "a zombie (state Z)", as the system said. */
static void say_zombies(const struct variant_report *variant,
                        const struct fork_facts *sum, FILE *out)
{
    if (sum->zombies == 0)
        return;
    if (sum->zombies == 1 && sum->count == 1)
        fprintf(out, "The child that had ended was a zombie (state Z)");
    else if (sum->zombies == sum->count)
        fprintf(out, "Each child that had ended was a zombie (state Z)");
    else
        fprintf(out, "%s of %s children were seen as zombies (state Z)",
                count_text(sum->zombies).text, count_text(sum->count).text);
    fprintf(out, " until darthvader waited for it");
    if (sum->zombie_most != NULL &&
        sum->zombie_most_ns > (int64_t)(MUCH * (double)variant->wall.median))
        fprintf(out, ", %s for %s", sum->zombie_most->name,
                duration_text(sum->zombie_most_ns, false).text);
    fprintf(out, ". ");
}

/** Sentences end with a space; the last one is not to. */
static void say_fork(const struct fork_facts *sum, FILE *out)
{
    struct quantity least = duration_text(sum->fork_least_ns, false);
    struct quantity most = duration_text(sum->fork_most_ns, false);

    if (sum->count == 0)
        return;
    fprintf(out, "A fork took %s", least.text);
    if (strcmp(least.text, most.text) != 0)
        fprintf(out, " to %s", most.text);
    fputc('.', out);
}

static void verdict_on_fork(const struct report *report,
                            const struct variant_report *variant, FILE *out)
{
    const struct timeline *timeline = &shown_run(variant)->timeline;
    struct fork_facts sum = fork_facts(timeline);

    if (sum.killed > 0)
        say_killed(timeline, &sum, out);
    else
        say_time(report, variant, out);
    say_memory(timeline, &sum, out);
    say_zombies(variant, &sum, out);
    say_fork(&sum, out);
}

static void verdict_on_unflushed(const struct variant_report *variant, FILE *out)
{
    const struct run *run = shown_run(variant);
    struct fork_facts sum = fork_facts(&run->timeline);
    json_t *times = json_object_get(run->outcome, "printed_times");
    int64_t waiting = told_figure(&run->timeline, "waiting_bytes");
    json_int_t came = json_integer_value(times);

    if (waiting <= 0)
        return;
    fprintf(out,
            "One line, %" PRId64 " bytes, was in stdio's buffer at the fork: stdout is "
            "a pipe here, so stdio collects. The buffer is memory and was copied, and "
            "exit() writes what is in it",
            waiting);
    if (times != NULL)
        fprintf(out, ": ");
    if (times != NULL && came == (json_int_t)sum.count + 1)
        fprintf(out, "%s processes, so ", count_text(sum.count + 1).text);
    if (times != NULL)
        fprintf(out, "the line came out %" JSON_INTEGER_FORMAT " time%s", came,
                came == 1 ? "" : "s");
    fprintf(out, ". ");
    if (sum.killed > 0)
        say_killed(&run->timeline, &sum, out);
    fprintf(out, "fflush(stdout) before fork(), or _exit() in the child, mends it.");
}

/** Of those that were not waited for. */
static void say_left(const struct timeline *timeline, const struct fork_facts *sum,
                     FILE *out)
{
    int64_t keeper = 0, after = 0;

    if (sum->orphans == 0)
        return;
    for (size_t i = 0; i < timeline->lane_count; i++)
        if (fork_is_child(&timeline->lanes[i]) &&
            fork_is_orphan(timeline, &timeline->lanes[i]))
            fork_told(timeline, &timeline->lanes[i], "ppid_after", &after);
    fprintf(out, "darthvader ended before ");
    say_children(timeline, sum->orphans, sum->count, fork_is_orphan, out);
    fprintf(out, ": %s reparented from %" PRId64 " to %" PRId64,
            sum->orphans == 1 ? "an orphan," : "orphans,", timeline->lanes[0].os_id,
            after);
    if (fork_told(timeline, &timeline->lanes[0], "ppid", &keeper) && keeper == after)
        fprintf(out, ", conc's subreaper; elsewhere that is init, process 1");
    fprintf(out, ". ");
}

static int64_t last_end_ns(const struct timeline *timeline)
{
    int64_t last_ns = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        if (timeline->lanes[i].end_ns > last_ns)
            last_ns = timeline->lanes[i].end_ns;
    return last_ns;
}

static void verdict_on_no_wait(const struct variant_report *variant, FILE *out)
{
    const struct timeline *timeline = &shown_run(variant)->timeline;
    struct fork_facts sum = fork_facts(timeline);
    size_t named = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        named += fork_is_child(&timeline->lanes[i]) && timeline->lanes[i].zombie_seen;
    fprintf(out, "Nobody waited. ");
    if (named > 0) {
        say_children(timeline, named, sum.count, is_zombie, out);
        fprintf(out,
                " ended and stayed %s (state Z) as long as darthvader lived, since "
                "nobody asked for %s exit status. ",
                named == 1 ? "a zombie" : "zombies", named == 1 ? "its" : "their");
    }
    say_left(timeline, &sum, out);
    fprintf(out, "The program was over at %s, its last process at %s.",
            duration_text(timeline->wall_ns, false).text,
            duration_text(last_end_ns(timeline), false).text);
}

void fork_verdict(const struct report *report, size_t index, FILE *out)
{
    const struct variant_report *variant = &report->variants[index];
    const char *name = variant->variant->name;

    if (!has_time(variant))
        return;
    if (strcmp(name, "fork") == 0)
        verdict_on_fork(report, variant, out);
    else if (strcmp(name, "unflushed") == 0)
        verdict_on_unflushed(variant, out);
    else if (strcmp(name, "no-wait") == 0)
        verdict_on_no_wait(variant, out);
}
