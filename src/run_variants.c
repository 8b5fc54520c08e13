// SPDX-License-Identifier: MIT

#include "run_variants.h"

#include "card.h"
#include "cli/diag.h"
#include "record.h"
#include "signals.h"
#include "stage/clock.h"
#include "stage/machine.h"
#include "stage/stage.h"
#include "sweep.h"
#include "view/live.h"
#include "view/style.h"
#include "view/words.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/**
 * Between frames: 30 a second, and about a hundredth of the time for drawing.  What
 * costs more comes 16 times a second still, as long as that takes no more than a sixth
 * of the time, and is never so seldom that the picture seems to stand still.
 */
#define FRAME_NS         (33 * NS_PER_MS)
#define FRAME_PART       100
#define FLUID_NS         (60 * NS_PER_MS)
#define FLUID_PART       5
#define LONGEST_PAUSE_NS (250 * NS_PER_MS)

struct session {
    struct report *report;
    struct stage *stage;
    struct live *live;              /**< NULL: not drawn live */
    struct variant_report *variant; /**< whose turn it is */
    bool amounts_known;             /**< how much computing each task's ttl is */
    bool no_stage;                  /**< none can be set up: no variant can run */
    int status;
};

/* Before the runs ------------------------------------------------------------- */

static int choose_variants(struct report *report)
{
    const struct options *options = report->options;
    const struct variant *variants = report->card->demo->variants;

    for (size_t i = 0; variants[i].name != NULL; i++) {
        struct variant_report *chosen = &report->variants[report->variant_count];

        if (!options->chosen[i])
            continue;
        chosen->variant = &variants[i];
        chosen->cpu_ns = -1;
        chosen->ideal_ns = report_ideal_ns(report->card, options, &variants[i]);
        chosen->runs = calloc(options->repeat, sizeof *chosen->runs);
        if (chosen->ideal_ns > options->limit_ns)
            chosen->status = VARIANT_SKIPPED;
        report->variant_count++;
        if (chosen->runs == NULL)
            break;
    }
    return report->variants[report->variant_count - 1].runs == NULL ? UV_ENOMEM : 0;
}

static int name_tasks(struct report *report)
{
    const struct tasks *tasks = &report->options->tasks;

    report->tasks = calloc(tasks->count, sizeof *report->tasks);
    if (report->tasks == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < tasks->count; i++)
        report->tasks[i] = (struct task_view){tasks->at[i].name, tasks->at[i].ttl_ns};
    return 0;
}

int report_begin(struct report *report, const struct card *card,
                 const struct options *options, int argc, char **argv)
{
    size_t count = 0;
    time_t now = time(NULL);
    struct tm utc;

    *report = (struct report){.card = card,
                              .options = options,
                              .argc = argc,
                              .argv = argv,
                              .items_max = REPORT_ITEMS_MAX,
                              .calibration_error = -1};
    gmtime_r(&now, &utc);
    strftime(report->started, sizeof report->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    machine_read(&report->machine);
    while (card->demo->variants[count].name != NULL)
        count++;
    report->variants = calloc(count, sizeof *report->variants);
    if (report->variants == NULL || name_tasks(report) != 0)
        return UV_ENOMEM;
    return choose_variants(report);
}

/* One run ------------------------------------------------------------------------ */

/** A message must not stand in the midst of a frame. */
static void clear_frame(struct session *session)
{
    if (session->live != NULL)
        live_suspend(session->live);
}

static void fail(struct session *session, const char *what, int error)
{
    clear_frame(session);
    diag_for(session->report->card->demo->name, "%s: %s", what, uv_strerror(error));
    session->status = EXIT_FAILURE;
}

/** What the end of a run means for the variant and for the exit status. */
static void judge(struct session *session, const struct run *run)
{
    struct variant_report *variant = session->variant;
    char *words;

    if (run->ending == ENDING_RETURN || run->ending == ENDING_DEADLOCK)
        return;
    variant->status = VARIANT_PARTIAL;
    if (run->ending == ENDING_LIMIT || run->ending == ENDING_INTERRUPT)
        return;
    session->status = EXIT_FAILURE;
    clear_frame(session);
    words = failure_words(session->report, run, false);
    diag_for(session->report->card->demo->name, "%s: %s", variant->variant->name,
             words != NULL ? words : "failed");
    free(words);
}

static int run_once(struct session *session)
{
    struct variant_report *variant = session->variant;
    struct run *run = &variant->runs[variant->run_count];
    struct stage_end end;
    int error;

    variant->shown = variant->run_count++;
    variant->status = VARIANT_RUNNING;
    run->ending = ENDING_RUNNING;
    error = stage_run(session->stage, variant->variant,
                      session->report->options->limit_ns, &end);
    if (error != 0) {
        variant->run_count--;
        variant->status = VARIANT_PARTIAL;
        free(end.printed);
        free(end.file_text);
        fail(session, "cannot start a process", error);
        return error;
    }
    session->no_stage = end.ending == ENDING_REFUSED && end.start_ns == 0;
    if ((error = record_run(session->report, session->stage, run, &end)) != 0)
        return error;
    judge(session, run);
    if (variant->status == VARIANT_RUNNING)
        variant->status = VARIANT_DONE;
    return 0;
}

/* Equal work for all --------------------------------------------------------------- */

static double error_of_amounts(const struct timeline *timeline)
{
    double spent_ns = 0, asked_ns = 0;
    bool is_told = false; /* of tasks that were quiet, nothing is */

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++) {
            const struct mark *mark = &timeline->lanes[i].marks[k];

            if (mark->kind != EVENT_TASK_END || mark->object >= timeline->task_count)
                continue;
            is_told = true;
            spent_ns += (double)mark->value;
            asked_ns += (double)timeline->tasks[mark->object].ttl_ns;
        }
    return asked_ns > 0 ? fabs(spent_ns / asked_ns - 1) : is_told ? 0 : -1;
}

/** Asking for the CPU time takes 1 µs a task, which shorter ones would be told by. */
#define MEASURED_NS (100 * NS_PER_US)

/** Whether the variant whose turn it is measures how much computing a ttl is. */
static bool measures(const struct session *session)
{
    const struct tasks *tasks = &session->report->options->tasks;

    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns > 0 && tasks->at[i].ttl_ns < MEASURED_NS)
            return false;
    return session->variant->variant->shape == SHAPE_SERIAL;
}

/** Before the first run that has to know the amounts. */
static int need_amounts(struct session *session)
{
    struct stage_end end;
    int error;

    if (session->report->options->work != WORK_CPU || session->amounts_known ||
        measures(session))
        return 0;
    session->report->calibrated = true;
    session->amounts_known = true;
    error = stage_calibrate(session->stage, &end);
    free(end.printed);
    free(end.file_text);
    if (error == 0 && end.ending != ENDING_RETURN && end.ending != ENDING_INTERRUPT)
        error = UV_ECANCELED;
    return error;
}

static void note_amounts(struct session *session)
{
    struct variant_report *variant = session->variant;
    const struct run *run = &variant->runs[variant->run_count - 1];

    if (session->report->options->work != WORK_CPU || run->ending != ENDING_RETURN ||
        session->report->calibration_error >= 0)
        return;
    session->report->calibration_error = error_of_amounts(&run->timeline);
    if (!session->amounts_known)
        stage_amounts_known(session->stage);
    session->amounts_known = true;
}

/* All runs ---------------------------------------------------------------------------
 */

static int run_variant(struct session *session, size_t index)
{
    int error;

    session->variant = &session->report->variants[index];
    if (session->variant->status == VARIANT_SKIPPED ||
        session->variant->status == VARIANT_PARTIAL)
        return 0;
    if ((error = need_amounts(session)) != 0)
        fail(session, "cannot measure how much is computed in a time", error);
    if (error != 0 || stage_interrupted(session->stage) != 0)
        return error;
    if ((error = run_once(session)) != 0)
        return error;
    note_amounts(session);
    report_thin(session->report, index);
    return 0;
}

static bool over(const struct session *session)
{
    const struct variant_report *variant = session->variant;

    if (stage_interrupted(session->stage) != 0 || session->no_stage)
        return true;
    return variant != NULL && variant->run_count > 0 &&
           variant->runs[variant->run_count - 1].ending == ENDING_KEEPER;
}

/** What one operation costs, of each variant that has any, and has run to its end. */
static int measure_costs(struct session *session)
{
    int error = 0;

    for (size_t i = 0; i < session->report->variant_count && error == 0; i++) {
        struct variant_report *variant = &session->report->variants[i];
        struct stage_end end = {.ending = ENDING_RUNNING};

        if (variant->variant->operations == NULL || variant->status != VARIANT_DONE)
            continue;
        session->variant = variant;
        if (over(session))
            break;
        error = stage_costs(session->stage, variant->variant, &variant->costs, &end);
        free(end.printed);
        free(end.file_text);
        deadlock_destroy(end.deadlock);
    }
    return error;
}

/** How their times depend on a number, of the variants of which that was asked. */
static int sweep_variants(struct session *session)
{
    struct sweep sweep = {session->report, session->stage, session->amounts_known};
    struct range range;
    size_t place;
    int error = 0;

    if (!sweep_asked(session->report, &range, &place))
        return 0;
    for (size_t i = 0; i < session->report->variant_count && error == 0; i++) {
        struct variant_report *variant = &session->report->variants[i];

        session->variant = variant;
        if (variant->variant->is_swept && variant->status == VARIANT_DONE &&
            !over(session))
            error = sweep_variant(&sweep, variant);
    }
    return error;
}

/** In turn, so that what disturbs the machine for a while disturbs all variants. */
static int run_all(struct session *session)
{
    struct report *report = session->report;
    int error = 0;

    for (unsigned round = 0; round < report->options->repeat; round++)
        for (size_t i = 0; i < report->variant_count && error == 0; i++)
            if (!over(session))
                error = run_variant(session, i);
    /* Also after an error: what was measured before it counts. */
    for (size_t i = 0; i < report->variant_count; i++) {
        int summed = report_sum(report, i);

        error = error != 0 ? error : summed;
    }
    return error;
}

/* The live view
 * ------------------------------------------------------------------------ */

/** In the background the terminal is somebody else's to write on. */
static bool in_foreground(void)
{
    pid_t foreground = tcgetpgrp(STDOUT_FILENO);

    return foreground < 0 || foreground == getpgrp();
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** What it cost, not what it waited: that is the demo's and the terminal's. */
static int64_t pause_after(int64_t cpu_begun_ns)
{
    int64_t cost_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_begun_ns;
    int64_t fluid_ns = most(cost_ns * FLUID_PART, FLUID_NS);
    int64_t pause_ns = least(least(cost_ns * FRAME_PART, fluid_ns), LONGEST_PAUSE_NS);

    return most(pause_ns, FRAME_NS);
}

static int64_t draw_frame(void *data)
{
    struct session *session = data;
    struct variant_report *variant = session->variant;
    int64_t cpu_begun_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID), now_ns = wall_ns();
    int64_t start_ns = stage_start_ns(session->stage);
    struct run *run = &variant->runs[variant->shown];

    if (start_ns == 0 || run->ending != ENDING_RUNNING || !in_foreground())
        return FRAME_NS;
    if (record_frame(session->report, session->stage, run, now_ns) != 0)
        return FRAME_NS;
    live_draw(session->live, session->report);
    return pause_after(cpu_begun_ns);
}

static void on_resized(void *data)
{
    struct session *session = data;

    if (session->live != NULL)
        live_resized(session->live);
}

static void on_suspend(void *data)
{
    struct session *session = data;

    if (session->live != NULL)
        live_suspend(session->live);
}

static void on_farewell(void *data)
{
    const struct session *session = data;

    live_farewell(session->live);
}

/** Where that cannot be, the picture is drawn once, at the end. */
static void open_live(struct session *session)
{
    const struct options *options = session->report->options;
    struct style style = style_for(options, STDOUT_FILENO);

    if (live_open(&session->live, STDOUT_FILENO, &style, options->width) != 0)
        session->live = NULL;
}

int run_variants(struct report *report, bool live)
{
    struct session session = {.report = report};
    struct stage_hooks hooks = {
        .data = &session, .resized = on_resized, .suspend = on_suspend};
    const char *what = "out of memory";
    int error, interrupted = 0;
    char *rest;

    /* Before the keeper, which may have to end what is drawn. */
    if (live)
        open_live(&session);
    if (session.live != NULL) {
        hooks.frame = draw_frame;
        hooks.farewell = on_farewell;
    }
    error = stage_open(&session.stage, report->options, &hooks, &what);
    if (error != 0)
        goto failed;
    what = "out of memory";
    error = run_all(&session);
    if (error == 0 && !report->options->quiet)
        error = measure_costs(&session);
    if (error == 0)
        error = sweep_variants(&session);
    interrupted = stage_interrupted(session.stage);
    report->complete = error == 0 && interrupted == 0 && !session.no_stage;
failed:
    rest = live_close(session.live);
    stage_close(session.stage);
    leave_on_signals();
    if (rest != NULL)
        fputs(rest, stdout);
    free(rest);
    if (error != 0 && session.status == 0)
        fail(&session, what, error);
    return interrupted != 0 ? 128 + interrupted : session.status;
}
