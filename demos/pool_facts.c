// SPDX-License-Identifier: MIT
#include "pool_facts.h"

#include "card_words.h"
#include "text/quantity.h"

#include <stdlib.h>
#include <string.h>

/** Of one task; -1: not seen. */
struct moments {
    int64_t queued_ns, begun_ns, done_ns;
};

static void see(struct moments *moments, const struct mark *mark)
{
    if (mark->kind == EVENT_QUEUED)
        moments->queued_ns = mark->at_ns;
    else if (mark->kind == EVENT_TASK_BEGIN)
        moments->begun_ns = mark->at_ns;
    else if (mark->kind == EVENT_TASK_END)
        moments->done_ns = mark->at_ns;
}

static struct moments *moments_of(const struct timeline *timeline)
{
    struct moments *moments = calloc(timeline->task_count + 1, sizeof *moments);

    for (size_t i = 0; moments != NULL && i < timeline->task_count; i++)
        moments[i] = (struct moments){-1, -1, -1};
    for (size_t i = 0; moments != NULL && i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++)
            if (timeline->lanes[i].marks[k].object < timeline->task_count)
                see(&moments[timeline->lanes[i].marks[k].object],
                    &timeline->lanes[i].marks[k]);
    return moments;
}

static void count_queue(struct pool_facts *facts, const struct moments *moments,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t ns = moments[i].begun_ns - moments[i].queued_ns;

        if (moments[i].queued_ns < 0 || moments[i].begun_ns < 0 || ns < 0)
            continue;
        facts->queued++;
        facts->queue_ns += ns;
        if (ns > facts->longest_ns) {
            facts->longest_ns = ns;
            facts->longest = (uint32_t)i;
        }
    }
}

/** From the last task to the first: which of those after it was done the earliest? */
static void find_overtaken(struct pool_facts *facts, const struct moments *moments,
                           size_t count)
{
    size_t first_done = count;

    for (size_t i = count; i-- > 0;) {
        if (moments[i].done_ns < 0)
            continue;
        facts->done++;
        if (first_done == count || moments[i].done_ns <= moments[first_done].done_ns) {
            first_done = i;
        } else if (moments[i].done_ns - moments[first_done].done_ns >
                   facts->overtaken_ns) {
            facts->overtaken_ns = moments[i].done_ns - moments[first_done].done_ns;
            facts->early = (uint32_t)i;
            facts->late = (uint32_t)first_done;
        }
    }
}

static size_t tasks_of(const struct lane *lane)
{
    size_t count = 0;

    for (size_t i = 0; i < lane->mark_count; i++)
        count += lane->marks[i].kind == EVENT_TASK_END;
    return count;
}

static void count_workers(struct pool_facts *facts, const struct timeline *timeline)
{
    for (size_t i = 1; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];

        facts->workers++;
        facts->unused += tasks_of(lane) == 0;
        facts->idle_ns += lane->in_state_ns[STATE_IDLE];
    }
}

static bool is_moment(const struct timeline *timeline, const struct mark *mark,
                      const char *what)
{
    return mark->kind == EVENT_MARK && strcmp(mark_name(timeline, mark), what) == 0;
}

/** Whether main waits for room: in `pool` at a condition, as it does for a result too;
 * the others have their loops, or their workers, to attend to meanwhile. */
static bool waits_for_room(const struct timeline *timeline, const struct span *span)
{
    const char *room = "&pool->room,";

    return span->cause == EVENT_POLL_BEGIN ||
           (span->cause == EVENT_COND_BEGIN && span->site < timeline->site_count &&
            strncmp(timeline->sites[span->site].text, room, strlen(room)) == 0);
}

/** Main says when it has submitted all. */
static void count_held_up(struct pool_facts *facts, const struct timeline *timeline)
{
    const struct lane *main_lane = &timeline->lanes[0];
    int64_t last_ns = -1;

    for (size_t i = 0; i < main_lane->mark_count; i++)
        if (is_moment(timeline, &main_lane->marks[i], "has submitted all"))
            last_ns = main_lane->marks[i].at_ns;
    for (size_t i = 0; i < main_lane->span_count; i++) {
        const struct span *span = &main_lane->spans[i];

        if (span->end_ns <= last_ns && waits_for_room(timeline, span))
            facts->held_up_ns += span->end_ns - span->start_ns;
    }
}

/** The task that the lane had done when it failed. */
static void find_failed(struct pool_facts *facts, const struct timeline *timeline,
                        const struct lane *lane)
{
    uint32_t task = TASK_NONE;

    for (size_t i = 0; i < lane->mark_count; i++) {
        const struct mark *mark = &lane->marks[i];

        if (mark->kind == EVENT_TASK_END)
            task = (uint32_t)mark->object;
        else if (is_moment(timeline, mark, "fails") && task < timeline->task_count) {
            facts->failed = task;
            facts->failed_ns = mark->at_ns;
        } else if (is_moment(timeline, mark, "the error comes out")) {
            facts->failure_out_ns = mark->at_ns;
        }
    }
}

int pool_facts(const struct timeline *timeline, struct pool_facts *facts)
{
    struct moments *moments = moments_of(timeline);

    *facts = (struct pool_facts){
        .longest = TASK_NONE, .failed = TASK_NONE, .failure_out_ns = -1};
    if (moments == NULL)
        return UV_ENOMEM;
    if (timeline->lane_count > 0) {
        count_queue(facts, moments, timeline->task_count);
        find_overtaken(facts, moments, timeline->task_count);
        count_workers(facts, timeline);
        count_held_up(facts, timeline);
    }
    for (size_t i = 0; i < timeline->lane_count; i++)
        find_failed(facts, timeline, &timeline->lanes[i]);
    free(moments);
    return 0;
}

/** How many tasks each worker did: {"worker 1": 3, "worker 2": 2}. */
static json_t *pool_taken(const struct timeline *timeline)
{
    json_t *taken = json_object();

    for (size_t i = 1; i < timeline->lane_count && taken != NULL; i++) {
        const struct lane *lane = &timeline->lanes[i];
        const char *name = lane->name != NULL ? lane->name : "";
        json_t *before = json_object_get(taken, name);
        json_int_t count = json_integer_value(before) + (json_int_t)tasks_of(lane);

        if (name[0] != '\0' &&
            json_object_set_new(taken, name, json_integer(count)) < 0) {
            json_decref(taken);
            taken = NULL;
        }
    }
    return taken;
}

/* Outcome ---------------------------------------------------------------- */

/** A figure of each run, where it was told: [12]. */
static json_t *told(const struct timeline *timeline, const char *key)
{
    return has_figure(timeline, key)
               ? json_pack("[I]", (json_int_t)told_figure(timeline, key))
               : json_array();
}

/** Of each run that was not cut off. */
static json_t *rate(json_int_t done, int64_t wall_ns)
{
    return wall_ns > 0 && done > 0
               ? json_pack("[f]", (double)done * 1e9 / (double)wall_ns)
               : json_array();
}

/** What is known of tasks that are drawn one by one alone. */
static json_t *drawn_figures(const struct timeline *timeline,
                             const struct pool_facts *facts)
{
    json_t *figures = json_object();

    if (facts->queued > 0)
        json_object_set_new(figures, "queue_ns",
                            json_integer((json_int_t)facts->queue_ns));
    if (facts->done > 0)
        json_object_set_new(figures, "taken", pool_taken(timeline));
    return figures;
}

json_t *pool_outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    json_int_t done = told_figure(timeline, "results");
    struct pool_facts facts;
    json_t *figures, *drawn;

    if (pool_facts(timeline, &facts) != 0)
        return NULL;
    figures = json_pack("{s:I, s:I, s:I, s:I, s:o*, s:I, s:I, s:o*, s:o*, s:I}",
                        "tasks", (json_int_t)report->options->tasks.count, "done", done,
                        "failed", (json_int_t)told_figure(timeline, "errors"),
                        "workers", (json_int_t)facts.workers, "tasks_per_s",
                        rate(done, run->wall_ns), "idle_ns", (json_int_t)facts.idle_ns,
                        "held_up_ns", (json_int_t)facts.held_up_ns, "most_queued",
                        told(timeline, "most_queued"), "memory_bytes",
                        told(timeline, "memory_bytes"), "workers_lost",
                        (json_int_t)told_figure(timeline, "workers_lost"));
    drawn = drawn_figures(timeline, &facts);
    json_object_update(figures, drawn);
    json_decref(drawn);
    return figures;
}

/* A sweep ---------------------------------------------------------------- */

/** "tasks that wait took 803 ms with 1, 51.2 ms with 16" */
static bool say_points(const struct variant_report *variant, enum work_kind work,
                       const char *before, FILE *out)
{
    const struct sweep_point *first = NULL, *last = NULL;

    for (size_t i = 0; i < variant->sweep_count; i++)
        if (variant->sweep[i].work == work) {
            last = &variant->sweep[i];
            first = first == NULL ? last : first;
        }
    if (first == last)
        return false;
    fprintf(
        out, "%stasks that %s took %s with %s, %s with %s", before,
        work == WORK_CPU ? "compute" : "wait",
        duration_text(first->wall.median, false).text, count_text(first->number).text,
        duration_text(last->wall.median, false).text, count_text(last->number).text);
    return true;
}

void pool_say_sweep(const struct report *report, const struct variant_report *variant,
                    FILE *out)
{
    unsigned cores = report->options->cores;
    bool waits = say_points(variant, WORK_WAIT, " By the number of workers, ", out);
    bool computes = say_points(variant, WORK_CPU,
                               waits ? "; " : " By the number of workers, ", out);

    if (computes)
        fprintf(out, ", on %s core%s", count_text(cores).text, cores == 1 ? "" : "s");
    if (waits || computes)
        fputc('.', out);
}
