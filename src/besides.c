// SPDX-License-Identifier: MIT
#include "besides.h"

#include "card.h"
#include "record.h"
#include "stage/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Where it did not return, that is said, unless the user ended it: `what` of whom. */
static void tell_not_measured(struct session *session, const char *whose,
                              const char *what, const struct stage_end *end)
{
    struct run failed;
    char about[200];

    if (end->ending == ENDING_RETURN || end->ending == ENDING_INTERRUPT)
        return;
    session->is_partial = true;
    snprintf(about, sizeof about, "%s is not measured: ", what);
    record_failure(&failed, end);
    if (end->ending == ENDING_LIMIT) /* its own, not that of runs */
        session_tell(session, "%s: %sit took too long", whose, about);
    else
        session_tell_ending(session, whose, about, &failed);
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
        session_turn(session, variant);
        if (session_is_over(session))
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
    for (int kind = 0; kind < FLOW_KINDS && error == 0 && !session_is_over(session);
         kind++) {
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
        if (session_is_over(session))
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
        session_turn(session, variant);
        if (session_is_over(session))
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

int besides_measure(struct session *session)
{
    int error = measure_costs(session);

    if (error == 0)
        error = measure_flows(session);
    if (error == 0)
        error = measure_gauges(session);
    return error == 0 ? measure_loads(session) : error;
}
