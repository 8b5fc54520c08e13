// SPDX-License-Identifier: MIT
#include "report_begin.h"

#include "card.h"
#include "stage/machine.h"

#include <stdlib.h>
#include <time.h>
#include <uv.h>

static int choose_variants(struct report *report)
{
    const struct options *options = report->options;
    const struct variant *variants = report->card->demo->variants;

    for (size_t i = 0; variants[i].name != NULL; i++) {
        struct variant_report *chosen = &report->variants[report->variant_count];

        if (!options->chosen[i])
            continue;
        chosen->variant = &variants[i];
        chosen->cpu_ns = -1;
        chosen->ideal_ns = report_ideal_ns(report->card, options, &variants[i]);
        chosen->runs = calloc(options->repeat, sizeof *chosen->runs);
        if (chosen->ideal_ns > options->limit_ns)
            chosen->status = VARIANT_SKIPPED;
        report->variant_count++;
        if (chosen->runs == NULL)
            break;
    }
    return report->variants[report->variant_count - 1].runs == NULL ? UV_ENOMEM : 0;
}

static int name_tasks(struct report *report)
{
    const struct tasks *tasks = &report->options->tasks;

    report->tasks = calloc(tasks->count, sizeof *report->tasks);
    if (report->tasks == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < tasks->count; i++)
        report->tasks[i] = (struct task_view){tasks->at[i].name, tasks->at[i].ttl_ns};
    return 0;
}

int report_begin(struct report *report, const struct card *card,
                 const struct options *options, int argc, char **argv)
{
    size_t count = 0;
    time_t now = time(NULL);
    struct tm utc;

    *report = (struct report){.card = card,
                              .options = options,
                              .argc = argc,
                              .argv = argv,
                              .items_max = REPORT_ITEMS_MAX,
                              .calibration_error = -1};
    gmtime_r(&now, &utc);
    strftime(report->started, sizeof report->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    machine_read(&report->machine);
    while (card->demo->variants[count].name != NULL)
        count++;
    report->variants = calloc(count, sizeof *report->variants);
    if (report->variants == NULL || name_tasks(report) != 0)
        return UV_ENOMEM;
    return choose_variants(report);
}
