// SPDX-License-Identifier: MIT

#include "run_variants.h"

#include "amounts.h"
#include "card.h"
#include "cli/diag.h"
#include "frames.h"
#include "record.h"
#include "signals.h"
#include "stage/clock.h"
#include "stage/stage.h"
#include "sweep.h"
#include "view/endings.h"

#include <stdlib.h>
#include <string.h>

struct session {
    struct report *report;
    struct stage *stage;
    struct frames frames;
    struct amounts amounts;
    struct variant_report *variant; /**< whose turn it is; NULL: nobody's yet */
    bool no_stage;                  /**< none can be set up: no variant can run */
    bool is_partial; /**< something that was asked for was not measured */
    int status;
};

static void fail(struct session *session, const char *what, int error)
{
    frames_suspend(&session->frames);
    diag_for(session->report->card->demo->name, "%s: %s", what, uv_strerror(error));
    session->status = EXIT_FAILURE;
}

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

    for (size_t i = 0; i < run->captured_count; i++) {
        if (run->captured[i].error == 0)
            continue;
        session->status = EXIT_FAILURE;
        if (was_told(session->variant, &run->captured[i]))
            continue;
        frames_suspend(&session->frames);
        diag_for(report->card->demo->name, "%s: cannot start %s: %s",
                 session->variant->variant->name,
                 report->options->tasks.at[run->captured[i].task].name,
                 strerror(run->captured[i].error));
    }
}

/** What the end of a run means for the variant and for the exit status. */
static void judge(struct session *session, const struct run *run)
{
    struct variant_report *variant = session->variant;
    char *words;

    tell_not_started(session, run);
    if (run->ending == ENDING_RETURN || run->ending == ENDING_DEADLOCK)
        return;
    variant->status = VARIANT_PARTIAL;
    if (run->ending == ENDING_LIMIT || run->ending == ENDING_INTERRUPT)
        return;
    session->status = EXIT_FAILURE;
    frames_suspend(&session->frames);
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
        stage_end_free(&end);
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

#define CANNOT_MEASURE "cannot measure how much is computed in a time"

static void give_turn(struct session *session, struct variant_report *variant)
{
    session->variant = variant;
    session->frames.variant = variant;
}

static int run_variant(struct session *session, size_t index)
{
    struct variant_report *variant = &session->report->variants[index];
    int error;

    give_turn(session, variant);
    if (variant->status == VARIANT_SKIPPED || variant->status == VARIANT_PARTIAL)
        return 0;
    if ((error = amounts_need(&session->amounts, variant->variant)) != 0)
        fail(session, CANNOT_MEASURE, error);
    if (error != 0 || stage_interrupted(session->stage) != 0)
        return error;
    if ((error = run_once(session)) != 0)
        return error;
    amounts_note(&session->amounts, &variant->runs[variant->run_count - 1]);
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

/** Where what is measured besides runs did not return, that is said, unless the user
 * ended it: `what` of whom. */
static void tell_not_measured(struct session *session, const char *whose,
                              const char *what, const struct stage_end *end)
{
    struct run failed;
    char *words;

    if (end->ending == ENDING_RETURN || end->ending == ENDING_INTERRUPT)
        return;
    record_failure(&failed, end);
    words = failure_words(session->report, &failed, false);
    session->status = EXIT_FAILURE;
    session->is_partial = true;
    frames_suspend(&session->frames);
    diag_for(session->report->card->demo->name, "%s: %s is not measured: %s", whose,
             what,
             end->ending == ENDING_LIMIT ? "it took too long"
             : words != NULL             ? words
                                         : "failed");
    free(words);
    free(failed.detail);
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
        give_turn(session, variant);
        if (over(session))
            break;
        error = stage_costs(session->stage, variant->variant, &variant->costs, &end);
        if (error == 0)
            tell_not_measured(session, variant->variant->name,
                              "what an operation costs", &end);
        stage_end_free(&end);
    }
    return error;
}

/** What flows cost, where the card wants it and a variant has run to its end. */
static int measure_flows(struct session *session)
{
    struct report *report = session->report;
    bool any = false;
    int error = 0;

    for (size_t i = 0; i < report->variant_count; i++)
        any |= report->variants[i].status == VARIANT_DONE;
    if (!report->card->measures_flows || !any)
        return 0;
    for (int kind = 0; kind < FLOW_KINDS && error == 0 && !over(session); kind++) {
        struct stage_end end = {.ending = ENDING_RUNNING};

        error = stage_flow_costs(session->stage, (enum flow_kind)kind,
                                 &report->flows_ps[kind], &end);
        if (error == 0)
            tell_not_measured(session, "flows", "what one costs", &end);
        stage_end_free(&end);
    }
    return error;
}

/** Whether the variant that it is of has run to its end; floors are of none. */
static bool is_wanted(const struct report *report, const struct gauge *gauge)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (strcmp(report->variants[i].variant->name, gauge->name) == 0)
            return report->variants[i].status == VARIANT_DONE;
    return gauge->is_floor;
}

static int measure_gauge(struct session *session, const struct gauge *gauge)
{
    struct report *report = session->report;
    struct measured measured = {.gauge = gauge};
    struct stage_end end = {.ending = ENDING_RUNNING};
    int error = stage_measure(session->stage, gauge, &measured.value, &end);

    if (error == 0)
        tell_not_measured(session, gauge->name, gauge->chart, &end);
    stage_end_free(&end);
    if (measured.value.median > 0)
        report->measured[report->measured_count++] = measured;
    return error;
}

/** What the demo has measured besides. */
static int measure_gauges(struct session *session)
{
    const struct gauge *gauge = session->report->card->demo->gauges;
    int error = 0;

    for (; gauge != NULL && gauge->chart != NULL && error == 0; gauge++) {
        if (over(session))
            break;
        if (is_wanted(session->report, gauge) &&
            session->report->measured_count < GAUGES_MAX)
            error = measure_gauge(session, gauge);
    }
    return error;
}

/** How long the system may take besides. */
#define LOAD_PATIENCE_NS (10 * NS_PER_S)

/** What clients see of each variant that is a server, and has run to its end. */
static int measure_loads(struct session *session)
{
    int64_t load_ns =
        option_of(session->report->card, session->report->options, "--load");
    int error = 0;

    for (size_t i = 0; i < session->report->variant_count && error == 0; i++) {
        struct variant_report *variant = &session->report->variants[i];
        struct stage_end end = {.ending = ENDING_RUNNING};

        if (load_ns == 0 || !variant->variant->is_loaded ||
            variant->status != VARIANT_DONE)
            continue;
        give_turn(session, variant);
        if (over(session))
            break;
        error = stage_load(session->stage, variant->variant, load_ns + LOAD_PATIENCE_NS,
                           &variant->load, &end);
        if (error == 0)
            tell_not_measured(session, variant->variant->name, "the load", &end);
        stage_end_free(&end);
        if (error == 0)
            error = record_load(variant);
    }
    return error;
}

/** The points before it are kept. */
static void tell_sweep_failed(struct session *session, struct sweep *sweep)
{
    const struct card *card = session->report->card;
    struct range range;
    size_t place;
    char *words = failure_words(session->report, &sweep->failed, false);

    session->status = EXIT_FAILURE;
    session->is_partial = true;
    frames_suspend(&session->frames);
    if (sweep_asked(session->report, &range, &place))
        diag_for(card->demo->name, "%s: with %s %u: %s",
                 session->variant->variant->name, card->options[place].name,
                 sweep->failed_at, words != NULL ? words : "failed");
    free(words);
    free(sweep->failed.detail);
}

/** How its time depends on a number, where that was asked. */
static int sweep(struct session *session, struct variant_report *variant)
{
    struct sweep sweep = {.report = session->report, .stage = session->stage};
    int error = 0;

    give_turn(session, variant);
    if (!variant->variant->is_swept || variant->status != VARIANT_DONE || over(session))
        return 0;
    if (sweep_computes(session->report))
        error = amounts_measure(&session->amounts);
    if (error != 0)
        fail(session, CANNOT_MEASURE, error);
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
            if (!over(session))
                error = run_variant(session, i);
    /* Also after an error: what was measured before it counts. */
    for (size_t i = 0; i < report->variant_count; i++) {
        int summed = report_sum(report, i);

        error = error != 0 ? error : summed;
    }
    return error;
}

/** What runs do not tell. */
static int measure_besides(struct session *session)
{
    int error = measure_costs(session);

    if (error == 0)
        error = measure_flows(session);
    if (error == 0)
        error = measure_gauges(session);
    return error == 0 ? measure_loads(session) : error;
}

/** All that is measured.  What is to be said of an error, where nobody said it: `what`.
 */
static int measure_all(struct session *session, const char **what)
{
    int error = run_all(session);

    *what = "out of memory";
    if (error == 0 && !session->report->options->quiet)
        error = measure_besides(session);
    if (error == 0)
        error = sweep_variants(session);
    if (error != UV_ENOMEM)
        *what = "cannot start a process";
    return error;
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
        fail(&session, what, error);
    return interrupted != 0 ? 128 + interrupted : session.status;
}
