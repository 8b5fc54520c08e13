// SPDX-License-Identifier: MIT
// The site of conc webapp, where no search is logged: what one is held against whose
// row is written later.
//
//     cost_webapp FOLDER
//
// Prints where it listens, and answers until it is killed.

#include "../../demos/webapp/webapp.h"
#include "card.h"
#include "stage/instruments.h"
#include "stage/lesson.h"
#include "stage/trace.h"

#include <stdlib.h>

extern const struct card webapp_card;

enum { TRACE_BYTES = 16 << 20 };

static void log_nothing(const struct task *task, const struct request *request)
{
    (void)task;
    (void)request;
}

/** As in a stage of conc's. */
static const struct tasks *be_a_stage(const char *folder)
{
    static struct task task = {.name = "luke"};
    static struct shared shared;
    static struct options options = {.card = &webapp_card, .tasks = {1, &task}};
    static struct staging staging = {
        .options = &options, .tasks = &options.tasks, .shared = &shared};
    options.own = calloc(own_count(&webapp_card), sizeof *options.own);
    if (options.own == NULL || trace_create(&staging.trace, TRACE_BYTES) != 0)
        abort();
    options.own[own_place(&webapp_card, "--serve")] = 1;
    snprintf(staging.folder, sizeof staging.folder, "%s", folder);
    lesson_begin(&staging);
    instruments_begin(staging.trace,
                      trace_add_lane(staging.trace, LANE_PROCESS, LANE_NONE));
    return staging.tasks;
}

int main(int argc, char **argv)
{
    const struct tasks *tasks;
    if (argc != 2)
        return 2;
    tasks = be_a_stage(argv[1]);
    site_open(tasks);
    site_answer(tasks, log_nothing);
    return 0;
}
