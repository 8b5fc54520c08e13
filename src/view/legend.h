// SPDX-License-Identifier: MIT
/** What the glyphs of a picture mean, and what a cell is worth. */

#ifndef CONC_VIEW_LEGEND_H
#define CONC_VIEW_LEGEND_H

#include "view/scene.h"

/** Only what occurs in the scene, on as many lines as it takes. */
void legend_write(struct pen *pen, const struct scene *scene);

/** "ready (no core)"; of most states their name. */
const char *legend_words(const struct legend *legend, enum state state);

#endif
