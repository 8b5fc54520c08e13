// SPDX-License-Identifier: MIT
#include "report.h"
#include "card.h"

#include <string.h>
#include <uv.h>

bool is_failure(enum ending ending)
{
    return ending == ENDING_REFUSED || ending == ENDING_SIGNAL ||
           ending == ENDING_EXIT || ending == ENDING_KEEPER;
}

const struct spread *report_measured(const struct report *report, const char *chart,
                                     const char *name)
{
    for (size_t i = 0; i < report->measured_count; i++) {
        const struct measured *measured = &report->measured[i];
        if (strcmp(measured->gauge->chart, chart) == 0 &&
            strcmp(measured->gauge->name, name) == 0)
            return &measured->value;
    }
    return NULL;
}

static int add_arrays(json_t *sum, json_t *one)
{
    size_t index;
    json_t *item;
    json_array_foreach(one, index, item)
    {
        if (json_array_append_new(sum, json_deep_copy(item)) < 0)
            return UV_ENOMEM;
    }
    return 0;
}

static int add_numbers(json_t *sum, json_t *one)
{
    if (json_is_real(sum))
        return json_real_set(sum, json_real_value(sum) + json_number_value(one));
    json_int_t a = json_integer_value(sum), b = json_integer_value(one), total;
    if (__builtin_add_overflow(a, b, &total))
        total = a < 0 ? INT64_MIN : INT64_MAX;
    return json_integer_set(sum, total);
}

/** Two values of one key; where they cannot be added, the first stands. */
static int add_values(json_t *sum, json_t *one)
{
    if (json_is_object(sum) && json_is_object(one))
        return outcome_add(sum, one);
    if (json_is_array(sum) && json_is_array(one))
        return add_arrays(sum, one);
    if (json_is_number(sum) && json_is_number(one))
        return add_numbers(sum, one);
    return 0;
}

int outcome_add(json_t *sum, json_t *one)
{
    const char *key;
    json_t *value;
    json_object_foreach(one, key, value)
    {
        json_t *there = json_object_get(sum, key);
        int result = there != NULL
                         ? add_values(there, value)
                         : json_object_set_new(sum, key, json_deep_copy(value));
        if (result < 0)
            return UV_ENOMEM;
    }
    return 0;
}

static bool is_comparable(const struct run *run)
{
    return run->ending == ENDING_RETURN && !run->disturbed;
}

/** How far a run is from the variant's median. */
static int64_t distance(const struct variant_report *variant, size_t run)
{
    int64_t away = variant->runs[run].wall_ns - variant->wall.median;
    return away < 0 ? -away : away;
}

/** The run that is drawn: of those that are kept the first that ended in a deadlock,
 * else the one nearest the median wall time. */
static size_t find_shown(const struct variant_report *variant)
{
    size_t best = variant->run_count > 0 ? variant->run_count - 1 : 0;
    bool found = false;
    for (size_t i = 0; i < variant->run_count; i++)
        if (variant->runs[i].deadlock != NULL && !variant->runs[i].is_thinned)
            return i;
    for (size_t i = 0; i < variant->run_count; i++) {
        if (!is_comparable(&variant->runs[i]) || variant->runs[i].is_thinned)
            continue;
        if (!found || distance(variant, i) < distance(variant, best))
            best = i;
        found = true;
    }
    return best;
}

static int sum_walls(struct variant_report *variant)
{
    variant->comparable = 0;
    variant->wall = (struct spread){0, 0, 0};
    if (variant->run_count == 0)
        return 0;
    int64_t *walls = malloc(variant->run_count * sizeof *walls);
    if (walls == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < variant->run_count; i++)
        if (is_comparable(&variant->runs[i]))
            walls[variant->comparable++] = variant->runs[i].wall_ns;
    if (variant->comparable > 0)
        variant->wall = spread_of(walls, variant->comparable);
    free(walls);
    return 0;
}

static size_t count_items(const struct timeline *timeline)
{
    size_t count = timeline->lane_count;
    for (size_t i = 0; i < timeline->lane_count; i++)
        count += timeline->lanes[i].span_count + timeline->lanes[i].mark_count;
    return count;
}

/** The kept run that is farthest from the median; `run_count` where only one is left.
 */
static size_t find_farthest(const struct variant_report *variant)
{
    size_t farthest = variant->run_count, kept = 0;
    for (size_t i = 0; i < variant->run_count; i++) {
        if (variant->runs[i].is_thinned)
            continue;
        kept++;
        if (farthest == variant->run_count ||
            distance(variant, i) > distance(variant, farthest))
            farthest = i;
    }
    return kept > 1 ? farthest : variant->run_count;
}

void report_thin(struct report *report, size_t number)
{
    struct variant_report *variant = &report->variants[number];
    if (variant->run_count == 0)
        return;
    report->items += count_items(&variant->runs[variant->run_count - 1].timeline);
    if (report->items <= report->items_max || sum_walls(variant) < 0)
        return;
    while (report->items > report->items_max) {
        size_t farthest = find_farthest(variant);
        if (farthest == variant->run_count)
            return;
        report->items -= count_items(&variant->runs[farthest].timeline);
        timeline_destroy(&variant->runs[farthest].timeline);
        variant->runs[farthest].is_thinned = true;
    }
}

static int sum_outcomes(struct variant_report *variant)
{
    json_decref(variant->outcome);
    variant->outcome = NULL;
    for (size_t i = 0; i < variant->run_count; i++) {
        json_t *one = variant->runs[i].outcome;
        if (one == NULL)
            continue;
        if (variant->outcome == NULL)
            variant->outcome = json_object();
        if (variant->outcome == NULL || outcome_add(variant->outcome, one) < 0)
            return UV_ENOMEM;
    }
    return 0;
}

int64_t report_ideal_ns(const struct card *card, const struct options *options,
                        const struct variant *variant)
{
    if (options->programs != NULL || serving(options) != NULL)
        return -1;
    int64_t ns =
        card != NULL && card->ideal_ns != NULL ? card->ideal_ns(options, variant) : 0;
    return ns > 0 ? ns
                  : ideal_of_variant(variant, &options->tasks,
                                     options->work == WORK_CPU, options->cores);
}

static void set_ideal(const struct card *card, const struct options *options,
                      struct variant_report *variant)
{
    bool computes = options->work == WORK_CPU;
    bool is_as_done = variant->variant->other_work && variant->variant->returns_at <= 0;
    if (is_as_done && variant->run_count > 0 && serving(options) == NULL)
        variant->ideal_ns =
            ideal_of_timeline(&variant->runs[variant->shown].timeline,
                              variant->variant->shape, computes, options->cores);
    else
        variant->ideal_ns = report_ideal_ns(card, options, variant->variant);
}

/** A ratio of times, or 0 where there is none to speak of. */
static double ratio(int64_t first_ns, int64_t this_ns)
{
    return first_ns > 0 && this_ns > 0 ? (double)first_ns / (double)this_ns : 0;
}

static bool left_undone(const struct card *card, const struct variant_report *variant)
{
    return card->undone != NULL &&
           json_integer_value(json_object_get(variant->outcome, card->undone)) > 0;
}

static void set_speedup(const struct report *report, struct variant_report *variant)
{
    const struct variant_report *first = &report->variants[0];
    variant->speedup = variant->possible = 0;
    if (first->status != VARIANT_DONE || first->comparable == 0 ||
        variant->comparable == 0 || first->variant->other_work ||
        variant->variant->other_work || left_undone(report->card, first) ||
        left_undone(report->card, variant))
        return;
    variant->speedup = ratio(first->wall.median, variant->wall.median);
    if (!report->card->demo->computes_besides)
        variant->possible = ratio(first->ideal_ns, variant->ideal_ns);
}

int report_sum(struct report *report, size_t number)
{
    struct variant_report *variant = &report->variants[number];
    int result = sum_walls(variant);
    if (result < 0)
        return result;
    variant->shown = find_shown(variant);
    variant->cpu_ns =
        variant->run_count > 0 ? variant->runs[variant->shown].cpu_ns : -1;
    set_ideal(report->card, report->options, variant);
    result = sum_outcomes(variant);
    if (result == 0)
        set_speedup(report, variant);
    return result;
}

const struct prediction *report_prediction(const struct report *report,
                                           const struct variant_report *variant)
{
    const struct options *options = report->options;
    const struct variant *variants = report->card->demo->variants;
    for (size_t i = 0; i < options->prediction_count; i++)
        if (strcmp(variants[options->predictions[i].variant].name,
                   variant->variant->name) == 0)
            return &options->predictions[i];
    return NULL;
}

void captured_free(struct captured *captured, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(captured[i].text);
    free(captured);
}

static void destroy_run(struct run *run)
{
    timeline_destroy(&run->timeline);
    json_decref(run->outcome);
    deadlock_destroy(run->deadlock);
    free(run->detail);
    free(run->printed);
    captured_free(run->captured, run->captured_count);
    free(run->file_text);
}

void report_destroy(struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++) {
        struct variant_report *variant = &report->variants[i];
        for (size_t j = 0; j < variant->run_count; j++)
            destroy_run(&variant->runs[j]);
        free(variant->runs);
        free(variant->sweep);
        json_decref(variant->outcome);
    }
    free(report->variants);
    free(report->tasks);
    report->variants = NULL;
    report->tasks = NULL;
    report->variant_count = 0;
}
