// SPDX-License-Identifier: MIT
#include "view/chosen_run.h"

const struct run *drawn_run(const struct variant_report *variant)
{
    if (variant->run_count == 0)
        return NULL;
    const struct run *last = &variant->runs[variant->run_count - 1];
    if (last->ending == ENDING_RUNNING || variant->shown >= variant->run_count)
        return last;
    return &variant->runs[variant->shown];
}

const struct run *deadlocked_run(const struct variant_report *variant)
{
    for (size_t i = 0; i < variant->run_count; i++)
        if (variant->runs[i].ending == ENDING_DEADLOCK && !variant->runs[i].is_thinned)
            return &variant->runs[i];
    return NULL;
}

const struct run *failed_run(const struct variant_report *variant)
{
    for (size_t i = 0; i < variant->run_count; i++) {
        enum ending ending = variant->runs[i].ending;
        if (ending != ENDING_RETURN && ending != ENDING_RUNNING &&
            ending != ENDING_DEADLOCK)
            return &variant->runs[i];
    }
    return NULL;
}

bool any_stuck(const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (deadlocked_run(&report->variants[i]) != NULL)
            return true;
    return false;
}

size_t stuck_runs(const struct variant_report *variant)
{
    size_t count = 0;
    for (size_t i = 0; i < variant->run_count; i++)
        count += variant->runs[i].ending == ENDING_DEADLOCK;
    return count;
}
