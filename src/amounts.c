// SPDX-License-Identifier: MIT
#include "amounts.h"

#include "card.h"
#include "stage/clock.h"

#include <math.h>
#include <uv.h>

/** Asking for the CPU time takes 1 µs a task, which shorter ones would be told by. */
#define MEASURED_NS (100 * NS_PER_US)

/** Whether a run of the variant measures how much computing a ttl is.  A program has to
 * be told before. */
static bool measures(const struct report *report, const struct variant *variant)
{
    const struct tasks *tasks = &report->options->tasks;

    for (size_t i = 0; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns > 0 && tasks->at[i].ttl_ns < MEASURED_NS)
            return false;
    return variant->shape == SHAPE_SERIAL && !report->card->takes_programs;
}

int amounts_need(struct amounts *amounts, const struct variant *variant)
{
    struct report *report = amounts->report;

    if (report->options->work != WORK_CPU || amounts->are_known ||
        measures(report, variant))
        return 0;
    report->calibrated = true;
    return amounts_measure(amounts);
}

int amounts_measure(struct amounts *amounts)
{
    struct stage_end end;
    int error;

    if (amounts->are_known)
        return 0;
    amounts->are_known = true;
    error = stage_calibrate(amounts->stage, &end);
    if (error == 0 && end.ending != ENDING_RETURN && end.ending != ENDING_INTERRUPT)
        error = UV_ECANCELED;
    stage_end_free(&end);
    return error;
}

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

void amounts_note(struct amounts *amounts, const struct run *run)
{
    struct report *report = amounts->report;

    if (report->options->work != WORK_CPU || run->ending != ENDING_RETURN ||
        report->calibration_error >= 0)
        return;
    report->calibration_error = error_of_amounts(&run->timeline);
    if (!amounts->are_known)
        stage_amounts_known(amounts->stage);
    amounts->are_known = true;
}
