// SPDX-License-Identifier: MIT
/** The pictures of a run, laid out: which lanes, where, on which axis.  Pure. */

#ifndef CONC_VIEW_SCENE_H
#define CONC_VIEW_SCENE_H

#include "view/fold.h"
#include "view/picture.h"

/** Where things stand on a line. */
struct layout {
    unsigned indent;  /**< of lanes */
    unsigned name;    /**< columns for lanes' names; 0: none are shown */
    unsigned left;    /**< of the bars */
    unsigned columns; /**< of the bars */
    unsigned totals;  /**< columns for what each lane did; 0: no room */
};

/** A variant's part of the scene. */
struct part {
    const struct run *run; /**< NULL: there is none to draw */
    struct fold fold;
    size_t *lanes; /**< those shown, by their index */
    char **names;  /**< theirs, cut to the layout */
    struct bar *bars;
    size_t lane_count;
};

struct scene {
    const struct report *report;
    const struct style *style;
    struct layout layout;
    struct axis axis;
    struct legend legend;
    bool is_draft;       /**< only how many lines it takes is asked */
    bool window_is_past; /**< --from is after the end: everything is drawn instead */
    struct part *parts;  /**< one for each of the report's variants */
};

/**
 * Lay out and draw.  @live: the axis is as long as the run will be; @lines is how many
 * lanes may take together, 0 for as many as a page likes.
 * @return 0 or UV_ENOMEM; on success ended by scene_destroy().
 */
int scene_create(struct scene *scene, const struct report *report,
                 const struct style *style, bool live, unsigned lines);
void scene_destroy(struct scene *scene);

#endif
