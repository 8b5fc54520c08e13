// SPDX-License-Identifier: MIT
/** `conc source`: a lesson's C, which is built into conc, and its twin in Python. */

#ifndef CONC_CLASSROOM_SOURCE_SOURCE_H
#define CONC_CLASSROOM_SOURCE_SOURCE_H

#include "classroom/source/page.h"
#include "classroom/source/times.h"
#include "cli/tool.h"

extern const struct tool source_tool;

/** What was asked for. */
struct source_request {
    const struct card *card;
    const char *run;             /**< a file; NULL: none */
    const char *variant;         /**< that one alone; NULL: all */
    const char *diff_a, *diff_b; /**< these two beside each other; NULL: none */
    bool is_python;
    struct look look;
};

/** All show on standard output, and @return an exit status. */
int source_show_all(const struct source_request *request, const struct sources *sources,
                    const struct times *times);
int source_show_variant(const struct source_request *request,
                        const struct sources *sources, const struct times *times);
int source_show_diff(const struct source_request *request,
                     const struct sources *sources);
int source_show_python(const struct source_request *request,
                       const struct sources *sources);

#endif
