// SPDX-License-Identifier: MIT
/** What the run of a variant that is drawn has printed, in parts: what the lesson
 * itself printed, then what the programs did that it started. */

#ifndef CONC_VIEW_PRINTED_H
#define CONC_VIEW_PRINTED_H

#include "report.h"

/** Notes on what is not shown of a part, at most. */
#define PRINTED_NOTES 2

/** A part to show, not safe to print.  It lives no longer than the report. */
struct printed {
    char who[128];    /**< "fork", a variant; "sh", "parallel: sh", a program */
    char says[160];   /**< " printed"; " printed 2 lines, 12 bytes" */
    bool is_programs; /**< not what the lesson itself printed */
    const char *text;
    size_t bytes;                 /**< of it, to be shown; it ends with a line */
    char more[PRINTED_NOTES][96]; /**< "and 12 more lines"; or "" */
};

/**
 * What all variants' lessons printed, and after that what programs did: a part a
 * number, from 0.  @return false: there is none with that number.
 */
bool printed_of_all(const struct report *report, size_t number,
                    struct printed *printed);

/** The same of one variant. */
bool printed_of_variant(const struct report *report, size_t variant, size_t number,
                        struct printed *printed);

/**
 * Take the next line, as a text without NULs, which the caller frees: "\0" stands for
 * them.  @return false after the last; `*line` is NULL where memory ran out.
 */
bool printed_line(struct printed *printed, char **line);

#endif
