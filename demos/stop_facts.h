// SPDX-License-Identifier: MIT
/** What a run of demos/stop.c came to, for its card alone; pure, as cards are. */

#ifndef CONC_DEMOS_STOP_FACTS_H
#define CONC_DEMOS_STOP_FACTS_H

#include "report.h"

/** Records, as they stand in the run's file, counted when all was over. */
struct records {
    int64_t begun, ended, undone;
    int64_t half; /**< begun, and neither ended nor undone */
};

/** @return false where not all of the file is known. */
bool records_of(const struct run *run, struct records *records);

/** How the threads, or processes, of a run ended. */
struct ends {
    int64_t asked_ns; /**< when main began to ask; -1: it did not */
    size_t asked;     /**< so many had not ended by themselves before */
    int64_t last_ns;  /**< from asking to the end of the last of those; -1: none */
    size_t last;  /**< which lane that is; where none was asked, one that was alive */
    size_t alive; /**< so many were still there when the program ended */
    size_t cleanups; /**< so many put in order what they were in the midst of */
};

/** @return false where events are missing. */
bool ends_of(const struct run *run, struct ends *ends);

#endif
