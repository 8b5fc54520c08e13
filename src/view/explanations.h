// SPDX-License-Identifier: MIT
/**
 * --explain below a variant's picture: numbers where something happens, the axis, and
 * for each number a line that says what it means.
 *
 *       main        ├░ joins luke ░░░░░░░┤
 *       luke        ├────────────────────┤
 *                   1–3                  4
 *                   0       2       4       6
 *       1  0.000 s  main starts luke: a thread of its own, in the same memory
 *
 * Of many events those that tell most: each kind of event once, what main waits for,
 * ends and waits of others, what is started; the rest is counted.
 */

#ifndef CONC_VIEW_EXPLANATIONS_H
#define CONC_VIEW_EXPLANATIONS_H

#include "view/scene.h"

/** @return 0 or UV_ENOMEM. */
int explanations_put(struct pen *pen, const struct scene *scene,
                     const struct part *part);

#endif
