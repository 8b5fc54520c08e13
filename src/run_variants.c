// SPDX-License-Identifier: MIT
#include "run_variants.h"

#include "besides.h"
#include "card.h"
#include "record.h"
#include "session.h"
#include "signals.h"
#include "sweep.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_task(const void *a, const void *b)
{
    const struct captured *x = a, *y = b;

    return (x->task > y->task) - (x->task < y->task);
}

static bool is_same_in(const struct run *run, const struct captured *captured)
{
    const struct captured *found = NULL;

    if (run->captured_count > 0)
        found = bsearch(captured, run->captured, run->captured_count,
                        sizeof *run->captured, by_task);
    return found != NULL && found->error == captured->error;
}

/** Whether a run before, of any variant, could not start it either: that was said. */
static bool was_told(const struct report *report, const struct run *run,
                     const struct captured *captured)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct variant_report *variant = &report->variants[i];

        for (size_t k = 0; k < variant->run_count; k++)
            if (&variant->runs[k] != run && is_same_in(&variant->runs[k], captured))
                return true;
    }
    return false;
}

/** As posix_spawnp() looks for it. */
static bool is_there(const char *file)
{
    const char *folder = getenv("PATH");
    char path[PATH_MAX];

    if (strchr(file, '/') != NULL || folder == NULL)
        return access(file, F_OK) == 0;
    for (;;) {
        size_t length = strcspn(folder, ":");

        snprintf(path, sizeof path, "%.*s%s%s", (int)length, folder,
                 length > 0 ? "/" : "", file);
        if (access(path, F_OK) == 0)
            return true;
        if (folder[length] == '\0')
            return false;
        folder += length + 1;
    }
}

/** Programs that the system did not start, and why. */
static void tell_not_started(struct session *session, const struct run *run)
{
    const struct report *report = session->report;
    char ***programs = report->options->programs;

    for (size_t i = 0; i < run->captured_count; i++) {
        const struct captured *captured = &run->captured[i];
        const char *name = programs != NULL
                               ? programs[captured->task][0]
                               : report->options->tasks.at[captured->task].name;
        const char *why = strerror(captured->error);

        if (captured->error == 0 || was_told(report, run, captured))
            continue;
        if (captured->error == ENOENT && programs != NULL && is_there(name))
            why = "the file is there, but not the interpreter that it names";
        session_tell(session, "cannot start %s: %s", name, why);
    }
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
