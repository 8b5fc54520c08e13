// SPDX-License-Identifier: MIT
#include "run_variants.h"

#include "besides.h"
#include "card.h"
#include "record.h"
#include "session.h"
#include "signals.h"
#include "sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Whether the run before could not start it either: that was said. */
static bool was_told(const struct variant_report *variant,
                     const struct captured *captured)
{
    const struct run *before;

    if (variant->run_count < 2)
        return false;
    before = &variant->runs[variant->run_count - 2];
    for (size_t i = 0; i < before->captured_count; i++)
        if (before->captured[i].task == captured->task)
            return before->captured[i].error == captured->error;
    return false;
}

/** Programs that the system did not start, and why. */
static void tell_not_started(struct session *session, const struct run *run)
{
    const struct report *report = session->report;

    for (size_t i = 0; i < run->captured_count; i++)
        if (run->captured[i].error != 0 &&
            !was_told(session->variant, &run->captured[i]))
            session_tell(session, "%s: cannot start %s: %s",
                         session->variant->variant->name,
                         report->options->tasks.at[run->captured[i].task].name,
                         strerror(run->captured[i].error));
}

/** What the end of a run means for the variant and for the exit status. */
static void judge(struct session *session, const struct run *run)
{
    struct variant_report *variant = session->variant;

    tell_not_started(session, run);
    if (run->ending == ENDING_RETURN || run->ending == ENDING_DEADLOCK)
        return;
    variant->status = VARIANT_PARTIAL;
    if (is_failure(run->ending))
        session_tell_ending(session, variant->variant->name, "", run);
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
        stage_end_free(&end);
        session_tell_error(session, "cannot start a process", error);
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

#define CANNOT_MEASURE "cannot measure how much is computed in a time"

static int run_variant(struct session *session, size_t index)
{
    struct variant_report *variant = &session->report->variants[index];
    int error;

    session_turn(session, variant);
    if (variant->status == VARIANT_SKIPPED || variant->status == VARIANT_PARTIAL)
        return 0;
    if ((error = amounts_need(&session->amounts, variant->variant)) != 0)
        session_tell_error(session, CANNOT_MEASURE, error);
    if (error != 0 || stage_interrupted(session->stage) != 0)
        return error;
    if ((error = run_once(session)) != 0)
        return error;
    amounts_note(&session->amounts, &variant->runs[variant->run_count - 1]);
    report_thin(session->report, index);
    return 0;
}

/** The points before it are kept. */
static void tell_sweep_failed(struct session *session, struct sweep *sweep)
{
    const struct card *card = session->report->card;
    struct range range;
    size_t place;
    char about[100] = "";

    session->is_partial = true;
    if (sweep_asked(session->report, &range, &place))
        snprintf(about, sizeof about, "with %s %u: ", card->options[place].name,
                 sweep->failed_at);
    session_tell_ending(session, session->variant->variant->name, about,
                        &sweep->failed);
    free(sweep->failed.detail);
}

/** How its time depends on a number, where that was asked. */
static int sweep(struct session *session, struct variant_report *variant)
{
    struct sweep sweep = {.report = session->report, .stage = session->stage};
    int error = 0;

    session_turn(session, variant);
    if (!variant->variant->is_swept || variant->status != VARIANT_DONE ||
        session_is_over(session))
        return 0;
    if (sweep_computes(session->report))
        error = amounts_measure(&session->amounts);
    if (error != 0)
        session_tell_error(session, CANNOT_MEASURE, error);
    if (error == 0)
        error = sweep_variant(&sweep, variant);
    if (sweep.failed_at != 0)
        tell_sweep_failed(session, &sweep);
    return error;
}

static int sweep_variants(struct session *session)
{
    struct range range;
    size_t place;
    int error = 0;

    if (!sweep_asked(session->report, &range, &place))
        return 0;
    for (size_t i = 0; i < session->report->variant_count && error == 0; i++)
        error = sweep(session, &session->report->variants[i]);
    return error;
}

/** In turn, so that what disturbs the machine for a while disturbs all variants. */
static int run_all(struct session *session)
{
    struct report *report = session->report;
    int error = 0;

    for (unsigned round = 0; round < report->options->repeat; round++)
        for (size_t i = 0; i < report->variant_count && error == 0; i++)
            if (!session_is_over(session))
                error = run_variant(session, i);
    /* Also after an error: what was measured before it counts. */
    for (size_t i = 0; i < report->variant_count; i++) {
        int summed = report_sum(report, i);

        error = error != 0 ? error : summed;
    }
    return error;
}

/** All that is measured.  What is to be said of an error, where nobody said it: `what`.
 */
static int measure_all(struct session *session, const char **what)
{
    int error = run_all(session);

    *what = "out of memory";
    if (error == 0 && !session->report->options->quiet)
        error = besides_measure(session);
    if (error == 0)
        error = sweep_variants(session);
    if (error != UV_ENOMEM)
        *what = "cannot start a process";
    return error;
}

/** Where a run was cut off, or has never begun, its picture tells. */
static bool shows_interrupt(const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (report->variants[i].status != VARIANT_DONE &&
            report->variants[i].status != VARIANT_SKIPPED)
            return true;
    return false;
}

int run_variants(struct report *report, bool live)
{
    struct session session = {.report = report, .frames.report = report};
    struct stage_hooks hooks;
    const char *what;
    int error, interrupted = 0;
    char *rest;

    /* Before the keeper, which may have to end what is drawn. */
    if (live)
        frames_open(&session.frames);
    hooks = frames_hooks(&session.frames);
    error = stage_open(&session.stage, report->options, &hooks, &what);
    if (error == 0) {
        session.frames.stage = session.stage;
        session.amounts = (struct amounts){.report = report, .stage = session.stage};
        error = measure_all(&session, &what);
        interrupted = stage_interrupted(session.stage);
        report->complete =
            error == 0 && interrupted == 0 && !session.no_stage && !session.is_partial;
    }
    rest = frames_close(&session.frames);
    stage_close(session.stage);
    leave_on_signals();
    if (rest != NULL)
        fputs(rest, stdout);
    free(rest);
    if (error != 0 && session.status == 0)
        session_tell_error(&session, what, error);
    if (interrupted != 0 && !shows_interrupt(report))
        session_tell(&session, "interrupted before all was measured");
    return interrupted != 0 ? 128 + interrupted : session.status;
}
