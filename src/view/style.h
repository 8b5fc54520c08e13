// SPDX-License-Identifier: MIT
/** What the terminal, the locale, the environment and the options make of the style. */

#ifndef CONC_VIEW_STYLE_H
#define CONC_VIEW_STYLE_H

#include "view/view.h"

/**
 * The style for what is written to `fd`.
 *
 * Colour: --color, else NO_COLOR (any value but empty; no-color.org), else by terminal:
 * none where `fd` is none or TERM is "dumb" or unset; 256 colours where TERM or
 * COLORTERM says so, else 16.  Characters: ASCII with --ascii, or where the locale's
 * codeset (nl_langinfo(3), after setlocale()) is not UTF-8.  Width: --width, else the
 * window's, else $COLUMNS, else 80; a window of 0 columns is taken as 80.
 */
struct style style_for(const struct options *options, int fd);

/** Columns and lines of a terminal, 80 by 24 where it does not say or says 0. */
void style_window(int fd, unsigned *columns, unsigned *lines);

/** Whether a live picture makes sense there: a terminal that can move its cursor. */
bool style_can_move(int fd);

#endif
