// SPDX-License-Identifier: MIT
/** Small tables under that of the times, a line a variant: what one operation costs,
 * and what the demo has of its own. */

#ifndef CONC_VIEW_GRID_H
#define CONC_VIEW_GRID_H

#include "card.h"
#include "view/pen.h"

struct grid_column {
    struct quantity heading, narrow; /**< the second: where there is little room */
    bool is_lesser;                  /**< faint, and left out first */
};

struct grid_row {
    const char *name;
    struct quantity cells[FIGURES_MAX]; /**< "": nothing stands there */
};

struct grid {
    char title[256];
    struct grid_column columns[FIGURES_MAX];
    size_t column_count;
    struct grid_row *rows;
    size_t row_count;
};

/** So many tables there may be. */
#define GRIDS 2

/** The table with that number, from 0; without rows where there is none.  @return 0,
 * and it is to be freed, or UV_ENOMEM. */
int grid_create(struct grid *grid, const struct report *report, size_t number,
                bool ascii);
void grid_destroy(struct grid *grid);

/** All of them.  @return 0 or UV_ENOMEM. */
int grids_write(struct pen *pen, const struct report *report);

#endif
