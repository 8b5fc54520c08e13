// SPDX-License-Identifier: MIT
/**
 * Colours of pictures that are files, on white.  Those of a page on paper or screen,
 * light and dark, are in view/html/page.css; those of terminals in view/pen.c.
 *
 * Those of states are of Okabe and Ito, "Color Universal Design", 2008, which who sees
 * some colours alike can still tell apart; and each state has a shape besides.
 */

#ifndef CONC_VIEW_PAINT_H
#define CONC_VIEW_PAINT_H

/** Black on white, and what is less important: 17:1 and 7:1. */
#define PAINT_TEXT  "#1a1a1a"
#define PAINT_NOTE  "#595959"
#define PAINT_RULE  "#8c8c8c"
#define PAINT_GRID  "#dcdcdc"
#define PAINT_PANEL "#f0f0ee"

/** What computes, and whatever is measured: blue. */
#define PAINT_RUN            "#0072b2"
#define PAINT_READY          "#e69f00"
#define PAINT_READY_GROUND   "#fbe7bf"
#define PAINT_WAIT           "#6b6b6b"
#define PAINT_BLOCKED        "#d55e00"
#define PAINT_BLOCKED_GROUND "#fbe0d0"
#define PAINT_IDLE           "#8c8c8c"
#define PAINT_ZOMBIE         "#cc79a7"
#define PAINT_ZOMBIE_GROUND  "#f4e0ec"

/** What went wrong: vermilion, darkened for text. */
#define PAINT_WRONG "#b84700"
/** What somebody guessed: bluish green, darkened likewise. */
#define PAINT_GUESS "#00664b"

#endif
