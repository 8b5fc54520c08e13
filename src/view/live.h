// SPDX-License-Identifier: MIT
/**
 * The live view: the picture of a run, redrawn in place while it grows.  Each frame is
 * one write of whole lines that overwrite the ones before, so nothing flickers.  The
 * cursor is hidden, and what is typed not shown, between live_open() and live_close(),
 * and between those the caller must call live_close() before anything else is printed
 * or the process ends or stops. One thread.
 */

#ifndef CONC_VIEW_LIVE_H
#define CONC_VIEW_LIVE_H

#include "view/view.h"

struct live;

/**
 * @fd is a terminal.  @style says colours and characters; its width and height are read
 * from the terminal at each frame unless `fixed_width` is not 0.
 * @return 0, UV_ENOMEM, or another negative errno where the terminal cannot be opened
 * so that writes do not block: then there can be no live view.
 */
int live_open(struct live **live, int fd, const struct style *style,
              unsigned fixed_width);

/** Draw a frame over the one before.  @return 0 or a negative errno. */
int live_draw(struct live *live, const struct report *report);

/** The same with lines of the caller's, which `write` puts out in that style. */
int live_show(struct live *live,
              int (*write)(const void *what, const struct style *style, FILE *out),
              const void *what);

/** The window changed its size: what is on screen may have been wrapped; start over. */
void live_resized(struct live *live);

/** Wipe the frame and show the cursor, as before a stop (SIGTSTP); then draw again. */
void live_suspend(struct live *live);

/**
 * In another process, in place of the one that drew and was killed: the cursor shows,
 * what is typed is seen, colours are the terminal's own, and a new line begins.
 */
void live_farewell(const struct live *live);

/**
 * The same for good; frees it.  NULL is allowed.
 * @return what a terminal that was stopped (Ctrl-S) has not taken yet, to be written
 * before anything else is; the caller frees it; NULL: nothing.
 */
char *live_close(struct live *live);

#endif
