// SPDX-License-Identifier: MIT
/** The views: ways to write a report down.  A table, so a new format is a file. */

#ifndef CONC_VIEW_VIEW_H
#define CONC_VIEW_VIEW_H

#include "report.h"

#include <stdio.h>

enum palette { PALETTE_NONE, PALETTE_16, PALETTE_256 };

/** How text looks. */
struct style {
    unsigned width;  /**< columns, 1 to 300 */
    unsigned height; /**< lines that a picture should fit in; 0: as many as it takes */
    enum palette palette;
    bool unicode;
};

struct view {
    const char *name;      /**< for --format */
    const char *extension; /**< ".json"; NULL: no file name chooses it */
    const char *about;
    /**
     * Write the report.  @return 0, or a negative errno (UV_E…) when memory ran out; a
     * write that failed is left in ferror(out) for the caller to see.
     */
    int (*write)(const struct report *report, const struct style *style, FILE *out);
};

/** Ends with an entry that has no name. */
extern const struct view views[];

/** @return NULL when there is none. */
const struct view *view_named(const char *name);
/** By the longest extension that fits; NULL when none does. */
const struct view *view_for_path(const char *path);

int text_write(const struct report *report, const struct style *style, FILE *out);
int plain_write(const struct report *report, const struct style *style, FILE *out);
int json_write(const struct report *report, const struct style *style, FILE *out);
int cast_write(const struct report *report, const struct style *style, FILE *out);
int html_write(const struct report *report, const struct style *style, FILE *out);
int svg_write(const struct report *report, const struct style *style, FILE *out);
int csv_write(const struct report *report, const struct style *style, FILE *out);
int chrome_write(const struct report *report, const struct style *style, FILE *out);

/**
 * Only the pictures: title, variants on one axis, legend.  What the live view draws at
 * each frame, from a report in which one variant is running.
 */
int text_write_pictures(const struct report *report, const struct style *style,
                        FILE *out);

#endif
