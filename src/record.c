// SPDX-License-Identifier: MIT

#include "record.h"

#include "card.h"
#include "stage/instruments.h"
#include "text/draft.h"
#include "text/quantity.h"

#include <stdlib.h>
#include <string.h>

/** How many lanes a line on a sudden end speaks of. */
#define LANES_TOLD 4

static struct timeline_input input_of(const struct report *report,
                                      const struct stage *stage, int64_t now_ns)
{
    struct timeline_input input = {
        .trace = stage_trace(stage),
        .tasks = report->tasks,
        .task_count = report->options->tasks.count,
        .now_ns = now_ns,
    };

    input.sites = instruments_sites(&input.site_count);
    return input;
}

int record_frame(const struct report *report, const struct stage *stage,
                 struct run *run, int64_t now_ns)
{
    struct timeline_input input = input_of(report, stage, now_ns);
    int error = timeline_update(&run->timeline, &input);

    run->wall_ns = run->timeline.wall_ns;
    return error;
}

/** How many of a kind there were, besides main. */
static size_t count_lanes(const struct timeline *timeline, enum lane_kind kind)
{
    size_t count = 0;

    for (size_t i = 1; i < timeline->lane_count; i++)
        count += timeline->lanes[i].kind == kind;
    return count;
}

static void tell_refusal(const struct report *report, const struct timeline *timeline,
                         const struct stage_end *end, FILE *out)
{
    bool threads = strncmp(end->call, "uv_thread_create", 16) == 0;
    if (threads || strcmp(end->call, "fork") == 0)
        fprintf(out, "the system gave %s of %s %s: ",
                count_text(count_lanes(timeline, threads ? LANE_THREAD : LANE_PROCESS))
                    .text,
                count_text(report->options->tasks.count).text,
                threads ? "threads" : "processes");
    fprintf(out, "%s: %s", end->call, uv_strerror(end->error));
}

/** What the lanes were doing at the end: "last seen: main blocked (joins luke, ...)".
 */
static void tell_last_seen(const struct timeline *timeline, FILE *out)
{
    size_t told = 0;

    for (size_t i = 0; i < timeline->lane_count && told < LANES_TOLD; i++) {
        const struct lane *lane = &timeline->lanes[i];
        const struct span *span;
        char label[96], site[96];

        if (!lane->cut || lane->span_count == 0)
            continue;
        span = &lane->spans[lane->span_count - 1];
        span_label(timeline, span, label, sizeof label);
        site_label(timeline, span->site, site, sizeof site);
        fprintf(out, "%s%s %s", told++ == 0 ? "last seen: " : "; ", lane->name,
                state_name(span->state));
        if (label[0] != '\0' || site[0] != '\0')
            fprintf(out, " (%s%s%s)", label,
                    label[0] != '\0' && site[0] != '\0' ? ", " : "", site);
    }
}

/** What the ending alone does not tell, for people; NULL for nothing. */
static char *detail_of(const struct report *report, const struct run *run,
                       const struct stage_end *end)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    char *text;

    if (out == NULL)
        return NULL;
    if (run->ending == ENDING_REFUSED)
        tell_refusal(report, &run->timeline, end, out);
    else if (run->ending == ENDING_SIGNAL || run->ending == ENDING_EXIT)
        tell_last_seen(&run->timeline, out);
    text = draft_close(&draft);
    if (draft.bytes > 0)
        return text;
    free(text);
    return NULL;
}

/** On the timeline's clock. */
static void shift(struct deadlock *deadlock, int64_t start_ns)
{
    if (deadlock == NULL)
        return;
    deadlock->closed_ns -= start_ns;
    deadlock->seen_ns -= start_ns;
    for (size_t i = 0; i < deadlock->count; i++) {
        deadlock->links[i].wants_since_ns -= start_ns;
        deadlock->links[i].holds.since_ns -= start_ns;
    }
}

/** A wait for a lock whose holder still goes on is only long: when that ended, it
 * became one for ever. */
static void close_abandoned(struct run *run)
{
    struct deadlock *deadlock = run->deadlock;
    const struct lane *holder;

    if (deadlock == NULL || deadlock->kind != DEADLOCK_ABANDONED)
        return;
    holder = timeline_lane(&run->timeline, deadlock->links[deadlock->count - 1].lane);
    if (holder != NULL && lane_own_end_ns(holder) > deadlock->closed_ns)
        deadlock->closed_ns = lane_own_end_ns(holder);
}

int record_run(const struct report *report, const struct stage *stage, struct run *run,
               const struct stage_end *end)
{
    struct timeline_input input = input_of(report, stage, end->gone_ns);
    int error;

    timeline_destroy(&run->timeline);
    deadlock_destroy(run->deadlock);
    *run = (struct run){
        .cpu_ns = end->cpu_ns,
        .ending = end->ending,
        .number = end->number,
        .deadlock = end->deadlock,
        .disturbed = end->disturbed,
        .file_lines = end->file_lines,
        .file_text = end->file_text,
        .file_bytes = end->file_bytes,
        .printed = end->printed,
        .printed_bytes = end->printed_bytes,
        .printed_lost = end->printed_lost,
        .captured = end->captured,
        .captured_count = end->captured_count,
    };
    shift(run->deadlock, end->start_ns);
    if ((error = timeline_build(&run->timeline, &input)) != 0)
        return error;
    close_abandoned(run);
    run->wall_ns = run->timeline.wall_ns;
    run->detail = detail_of(report, run, end);
    run->outcome = report->card->outcome(report, run);
    return run->outcome == NULL ? UV_ENOMEM : 0;
}

void record_failure(struct run *run, const struct stage_end *end)
{
    *run = (struct run){.ending = end->ending, .number = end->number};
    if (end->start_ns != 0)
        run->wall_ns = end->end_ns - end->start_ns;
    if (end->ending == ENDING_REFUSED &&
        asprintf(&run->detail, "%s: %s", end->call, uv_strerror(end->error)) < 0)
        run->detail = NULL;
}

int record_load(struct variant_report *variant)
{
    const struct load *load = &variant->load;
    json_t *seen;

    if (load->time_ns <= 0)
        return 0;
    seen =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:I, s:I, s:I}", "kept",
                  (json_int_t)load->kept, "opened", (json_int_t)load->opened, "time_ns",
                  (json_int_t)load->time_ns, "answered", (json_int_t)load->answered,
                  "failed", (json_int_t)load->failed, "cut", (json_int_t)load->cut,
                  "per_s", (double)load->answered * 1e9 / (double)load->time_ns,
                  "p50_ns", (json_int_t)load->p50_ns, "p99_ns",
                  (json_int_t)load->p99_ns, "max_ns", (json_int_t)load->max_ns);
    return json_object_set_new(variant->outcome, "load", seen) == 0 ? 0 : UV_ENOMEM;
}
