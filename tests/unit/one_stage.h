// SPDX-License-Identifier: MIT
/** A stage for all tests of a program, with one task that waits 1 ms. */

#ifndef CONC_TESTS_UNIT_ONE_STAGE_H
#define CONC_TESTS_UNIT_ONE_STAGE_H

#include "stage/stage.h"

static struct stage *stage;

/** Of so many cores.  For cmocka's setup: @return 0, or it failed. */
static inline int open_one_stage(unsigned cores)
{
    static struct task task_table[1] = {{.name = "one", .ttl_ns = 1000000}};
    static struct options options = {.tasks = {1, task_table}, .work = WORK_WAIT};
    const char *what = "";

    options.cores = cores;
    return stage_open(&stage, &options, NULL, &what);
}

static inline int close_stage(void **state)
{
    (void)state;
    stage_close(stage);
    return 0;
}

#endif
