// SPDX-License-Identifier: MIT
/** What is measured besides runs, each on a stage of its own. */

#include "stage/cost.h"
#include "stage/measure.h"
#include "stage/stage_inner.h"

#include "stage/clients.h"
#include "stage/clock.h"

/** The spread of what was measured; all 0 where it was not to its end. */
static struct spread cost_of(struct shared *shared, int which)
{
    int64_t rounds[COST_ROUNDS];

    for (int i = 0; i < COST_ROUNDS; i++) {
        rounds[i] = atomic_load(&shared->cost_ps[which][i]);
        if (rounds[i] <= 0)
            return (struct spread){0, 0, 0};
    }
    return spread_of(rounds, COST_ROUNDS);
}

int stage_costs(struct stage *stage, const struct variant *variant, struct costs *costs,
                struct stage_end *end)
{
    const struct variant measure = {
        .name = "costs", .run = cost_measure, .operations = variant->operations};
    int error = stage_run(stage, &measure, 10 * NS_PER_S, end);

    costs->alone_ps = cost_of(stage->staging.shared, 0);
    costs->together_ps = cost_of(stage->staging.shared, 1);
    return error;
}

int stage_flow_costs(struct stage *stage, enum flow_kind kind, struct spread *ps,
                     struct stage_end *end)
{
    const struct variant measure = {.name = "flows",
                                    .run = cost_measure_alone,
                                    .operations = cost_flows[kind],
                                    .forks = true};
    int error = stage_run(stage, &measure, 10 * NS_PER_S, end);

    *ps = cost_of(stage->staging.shared, 0);
    return error;
}

/** All 0 where it was not measured, or something wild stands there. */
static struct spread middle_half(const _Atomic int64_t *measured)
{
    struct spread spread = {.min = atomic_load(&measured[0]),
                            .median = atomic_load(&measured[1]),
                            .max = atomic_load(&measured[2])};

    return spread.min > 0 && spread.min <= spread.median && spread.median <= spread.max
               ? spread
               : (struct spread){0, 0, 0};
}

int stage_measure(struct stage *stage, const struct gauge *gauge, struct spread *value,
                  struct stage_end *end)
{
    const struct variant variant = {.name = "measure",
                                    .run = gauge->bytes != NULL ? measure_bytes
                                                                : measure_time,
                                    .operations = gauge->operations,
                                    .forks = true};
    int error;

    stage->bytes = gauge->bytes;
    error = stage_run(stage, &variant, 10 * NS_PER_S, end);
    stage->bytes = NULL;
    *value = middle_half(stage->staging.shared->measured);
    return error;
}

int stage_load(struct stage *stage, const struct variant *variant, int64_t limit_ns,
               struct load *load, struct stage_end *end)
{
    int error;

    stage->is_load = true;
    error = stage_run(stage, variant, limit_ns, end);
    stage->is_load = false;
    *load = (struct load){.time_ns = 0};
    if (error == 0 && end->ending == ENDING_RETURN)
        *load = clients_seen(stage->staging.shared);
    return error;
}
