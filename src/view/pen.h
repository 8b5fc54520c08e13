// SPDX-License-Identifier: MIT
/**
 * Writing lines of coloured text that never get wider than the style allows.  Spaces
 * are held back until something follows them, so that no line ends in blanks.
 */

#ifndef CONC_VIEW_PEN_H
#define CONC_VIEW_PEN_H

#include "view/view.h"

/** What a colour means.  The palettes are in pen.c. */
enum ink {
    INK_PLAIN,
    INK_STRONG, /**< names of commands and variants */
    INK_FAINT,  /**< axis, legend, notes */
    INK_RUN,
    INK_READY,
    INK_WAIT,
    INK_BLOCKED,
    INK_IDLE,
    INK_ZOMBIE,
    INK_COUNT
};

struct pen {
    FILE *out;
    const struct style *style;
    unsigned column;  /**< where the next text goes */
    unsigned written; /**< columns of this line that are out */
    enum ink ink;     /**< what the terminal is set to */
};

struct pen pen_on(FILE *out, const struct style *style);

/** Put printable text; what does not fit in the width is left out. */
void pen_put(struct pen *pen, enum ink ink, const char *text);

/** The same with a format; up to 255 bytes. */
void pen_format(struct pen *pen, enum ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Go on at `column`, if that is to the right. */
void pen_move(struct pen *pen, unsigned column);

/** Put text so that it ends at `column`, or right here if it is past that. */
void pen_put_right(struct pen *pen, enum ink ink, const char *text, unsigned column);

void pen_newline(struct pen *pen);

/**
 * Put words on lines up to `width` columns wide, each indented by `indent`, from where
 * the pen stands; ends the last line.  Words that are too long are folded; figures
 * stay with their units.  Newlines in
 * the text begin new lines.
 */
void pen_wrap(struct pen *pen, enum ink ink, unsigned indent, unsigned width,
              const char *text);

/** Whether text begins with a unit of time, as a word: it belongs to the figure before.
 */
bool begins_with_unit(const char *text);

/**
 * A copy of text from outside, safe to print (text_print_safe()); NULL when memory ran
 * out.  The caller frees it.
 */
char *safe_copy(const char *text, const struct style *style);

/**
 * The same, cut to `columns` with "…" ("~" in ASCII) at the end of what was cut.
 */
char *safe_cut(const char *text, unsigned columns, const struct style *style);

#endif
