// SPDX-License-Identifier: MIT
#include "sweep.h"

#include "record.h"
#include "stage/clock.h"

#include <stdlib.h>

/** Of more numbers than this, some are taken. */
#define MOST_NUMBERS 16

bool sweep_asked(const struct report *report, struct range *range, size_t *place)
{
    const struct card *card = report->card;

    for (size_t i = 0; i < own_count(card); i++)
        if (card->options[i].kind == OWN_RANGE && report->options->own[i] != 0) {
            *range = own_range(report->options->own[i]);
            *place = own_place(card, card->options[i].varies);
            return *place < own_count(card);
        }
    return false;
}

static unsigned next_number(const struct range *range, unsigned number)
{
    bool is_wide = range->to - range->from >= MOST_NUMBERS;
    unsigned step = is_wide && number >= 6 ? number / 3 : 1;

    if (number < range->to && range->to - number < step)
        return range->to;
    return number + step;
}

/** What the options would be with that number and that kind of work. */
static int64_t ideal_of(const struct report *report, const struct variant *variant,
                        const struct sweep_point *point, size_t place)
{
    struct options options = *report->options;
    size_t count = own_count(report->card);
    int64_t *own = calloc(count, sizeof *own), ideal_ns = 0;

    if (own == NULL)
        return 0;
    for (size_t i = 0; i < count; i++)
        own[i] = i == place ? (int64_t)point->number : report->options->own[i];
    options.own = own;
    options.work = point->work;
    ideal_ns = report_ideal_ns(report->card, &options, variant);
    free(own);
    return ideal_ns;
}

/** @return whether it returned, and was not disturbed: then its wall time. */
static int run_once(struct sweep *sweep, const struct variant *variant, unsigned number,
                    bool *is_fine, int64_t *wall_ns)
{
    struct stage_end end;
    int error =
        stage_run(sweep->stage, variant, sweep->report->options->limit_ns, &end);

    *is_fine = error == 0 && end.ending == ENDING_RETURN && !end.disturbed;
    *wall_ns = end.end_ns - end.start_ns;
    if (error == 0 && is_failure(end.ending)) {
        sweep->failed_at = number;
        record_failure(&sweep->failed, &end);
    }
    stage_end_free(&end);
    return error;
}

/** All runs of one point; it is added where one of them at least was fine. */
static int measure_point(struct sweep *sweep, struct variant_report *variant,
                         struct sweep_point *point)
{
    unsigned repeat = sweep->report->options->repeat;
    int64_t *walls = calloc(repeat, sizeof *walls);
    size_t count = 0;
    int error = walls != NULL ? 0 : UV_ENOMEM;

    for (unsigned i = 0; i < repeat && error == 0 && sweep->failed_at == 0; i++) {
        bool is_fine = false;

        error =
            run_once(sweep, variant->variant, point->number, &is_fine, &walls[count]);
        count += is_fine;
    }
    if (count > 0) {
        point->wall = spread_of(walls, count);
        variant->sweep[variant->sweep_count++] = *point;
    }
    free(walls);
    return error;
}

static int make_room(struct variant_report *variant)
{
    struct sweep_point *points =
        realloc(variant->sweep, (variant->sweep_count + 1) * sizeof *points);

    if (points == NULL)
        return UV_ENOMEM;
    variant->sweep = points;
    return 0;
}

static int sweep_work(struct sweep *sweep, struct variant_report *variant,
                      enum work_kind work)
{
    struct range range;
    size_t place;
    int error = 0;

    if (!sweep_asked(sweep->report, &range, &place))
        return 0;
    for (unsigned n = range.from; n <= range.to && error == 0;
         n = next_number(&range, n)) {
        struct sweep_point point = {.number = n, .work = work};

        if (stage_interrupted(sweep->stage) != 0 || sweep->failed_at != 0)
            break;
        point.ideal_ns = ideal_of(sweep->report, variant->variant, &point, place);
        if (point.ideal_ns > sweep->report->options->limit_ns)
            continue;
        stage_vary(sweep->stage, work, place, n);
        if ((error = make_room(variant)) == 0)
            error = measure_point(sweep, variant, &point);
    }
    return error;
}

static bool sweeps(const struct report *report, enum work_kind work)
{
    return !report->options->work_asked || report->options->work == work;
}

bool sweep_computes(const struct report *report)
{
    return sweeps(report, WORK_CPU);
}

int sweep_variant(struct sweep *sweep, struct variant_report *variant)
{
    int error = 0;

    if (sweeps(sweep->report, WORK_WAIT))
        error = sweep_work(sweep, variant, WORK_WAIT);
    if (error == 0 && sweeps(sweep->report, WORK_CPU))
        error = sweep_work(sweep, variant, WORK_CPU);
    return error;
}
