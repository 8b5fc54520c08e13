// SPDX-License-Identifier: MIT
#include "view/moment.h"

#include "timeline/cut.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const struct run *run_of(const struct report *whole, size_t variant)
{
    const struct variant_report *report = &whole->variants[variant];
    return report->run_count > 0 ? &report->runs[report->shown] : NULL;
}

int64_t moment_length_ns(const struct report *whole, size_t variant)
{
    const struct run *run = run_of(whole, variant);
    if (run == NULL || run->is_thinned || run->timeline.lane_count == 0)
        return -1;
    int64_t end_ns = timeline_end_ns(&run->timeline);
    return end_ns > run->wall_ns ? end_ns : run->wall_ns;
}

/** Its turn has not come. */
static void be_pending(struct variant_report *variant)
{
    if (variant->status != VARIANT_SKIPPED)
        variant->status = VARIANT_PENDING;
    variant->run_count = variant->comparable = 0;
    variant->runs = NULL;
    variant->speedup = 0;
}

static int be_running(struct moment *moment, struct variant_report *variant,
                      const struct run *run, int64_t at_ns)
{
    int result = timeline_cut(&run->timeline, at_ns, &moment->run.timeline);
    if (result != 0)
        return result;
    moment->is_cut = true;
    moment->run.wall_ns = moment->run.timeline.wall_ns;
    moment->run.cpu_ns = -1;
    moment->run.ending = ENDING_RUNNING;
    moment->run.file_lines = -1;
    variant->status = VARIANT_RUNNING;
    variant->runs = &moment->run;
    variant->run_count = 1;
    variant->shown = variant->comparable = 0;
    variant->speedup = 0;
    return 0;
}

int moment_create(struct moment *moment, const struct report *whole, size_t variant,
                  int64_t at_ns)
{
    size_t count = whole->variant_count;
    *moment = (struct moment){.report = *whole};
    moment->variants = malloc(count * sizeof *moment->variants);
    moment->report.variants = moment->variants;
    if (moment->variants == NULL)
        return UV_ENOMEM;
    memcpy(moment->variants, whole->variants, count * sizeof *moment->variants);
    for (size_t i = variant + 1; i < count; i++)
        be_pending(&moment->variants[i]);
    if (at_ns >= moment_length_ns(whole, variant))
        return 0;
    int result =
        be_running(moment, &moment->variants[variant], run_of(whole, variant), at_ns);
    if (result != 0)
        moment_destroy(moment);
    return result;
}

void moment_destroy(struct moment *moment)
{
    if (moment->is_cut)
        timeline_destroy(&moment->run.timeline);
    free(moment->variants);
    *moment = (struct moment){0};
}
