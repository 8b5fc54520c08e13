// SPDX-License-Identifier: MIT
#include "timeline/figures.h"

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

struct spread spread_of(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return (struct spread){
        .min = values[0], .median = values[(count - 1) / 2], .max = values[count - 1]};
}

bool spreads_overlap(const struct spread *a, const struct spread *b)
{
    return a->min <= b->max && b->min <= a->max;
}

/** Sum and longest of some work, told piece by piece. */
struct total {
    int64_t sum, longest;
};

static void add(struct total *total, int64_t ttl_ns)
{
    if (__builtin_add_overflow(total->sum, ttl_ns, &total->sum))
        total->sum = INT64_MAX;
    if (total->longest < ttl_ns)
        total->longest = ttl_ns;
}

static int64_t ideal_of_total(struct total total, enum shape shape, bool computes,
                              unsigned cores)
{
    if (shape == SHAPE_SERIAL)
        return total.sum;
    int64_t share = computes ? total.sum / (cores > 0 ? cores : 1) : 0;
    return share > total.longest ? share : total.longest;
}

int64_t ideal_of_variant(const struct variant *variant, const struct tasks *tasks,
                         bool computes, unsigned cores)
{
    struct total total = {0, 0};
    for (size_t i = 0; i < tasks->count; i++)
        add(&total, tasks->at[i].ttl_ns);
    if (variant->returns_at > 0)
        return (int64_t)(variant->returns_at * (double)total.longest);
    return ideal_of_total(total, variant->shape, computes, cores);
}

int64_t ideal_of_timeline(const struct timeline *timeline, enum shape shape,
                          bool computes, unsigned cores)
{
    struct total total = {0, 0};
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        for (size_t j = 0; j < lane->mark_count; j++) {
            const struct mark *mark = &lane->marks[j];
            if (mark->kind == EVENT_TASK_BEGIN && mark->object < timeline->task_count)
                add(&total, timeline->tasks[mark->object].ttl_ns);
        }
    }
    return ideal_of_total(total, shape, computes, cores);
}
