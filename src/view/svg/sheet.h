// SPDX-License-Identifier: MIT
/**
 * The sheet that an SVG is drawn on, from top to bottom, in user units: pixels where it
 * is shown 1200 wide.  All text goes through here, so that it is escaped.
 *
 * Presentation attributes, no style sheet: programs for slides know those best.
 */

#ifndef CONC_VIEW_SVG_SHEET_H
#define CONC_VIEW_SVG_SHEET_H

#include "text/draft.h"
#include "view/drawing/drawing.h"
#include "view/paint.h"

#define SHEET_WIDTH  1200.0
#define SHEET_MARGIN 40.0
#define SHEET_RIGHT  (SHEET_WIDTH - SHEET_MARGIN)

/** Sizes of text, none below 14. */
#define SIZE_TITLE   32.0
#define SIZE_HEADING 20.0
#define SIZE_TEXT    17.0
#define SIZE_SMALL   15.0
#define SIZE_LEAST   14.0

struct sheet {
    FILE *out;
    double y;   /**< how far down it is filled */
    bool ascii; /**< of all text */
    int result; /**< 0, or UV_ENOMEM from then on */
    const struct report *report;
};

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

/** How a text looks. */
struct face {
    double size;
    const char *paint;
    bool bold, mono;
    enum anchor anchor;
};

/** Of tables and charts: what stands above or at the left, text, figures, remarks. */
extern const struct face title_face, text_face, right_face, note_face;

/** A line of text; y is its base line. */
void sheet_text(struct sheet *sheet, double x, double y, const struct face *face,
                const char *text);

/** The same on the next line, at x; with room for it. */
void sheet_line(struct sheet *sheet, double x, const struct face *face,
                const char *text);

/** Text on as many lines as it takes in `width`, words kept whole where they fit.
 * Newlines in it begin new lines. */
void sheet_paragraph(struct sheet *sheet, double x, double width,
                     const struct face *face, const char *text);

/** Text to be put together first.  @return where to write it; NULL when memory ran out,
 * which the sheet remembers. */
FILE *sheet_open_draft(struct sheet *sheet, struct draft *draft);
/** @return what was written, which the caller frees; NULL when memory ran out. */
char *sheet_close_draft(struct sheet *sheet, struct draft *draft);

/** Leave some room. */
void sheet_skip(struct sheet *sheet, double height);

/** "12.3": a number with a point in every locale; negative ones too. */
void sheet_number(struct sheet *sheet, double value);

/** Write a format in which each %f is such a number, and %s stands for itself. */
void sheet_put(struct sheet *sheet, const char *format, ...);

/** How wide a text is at most, in fonts without serifs that are as wide as DejaVu. */
double text_pixels(const char *text, double size, bool bold);

/** A copy that is no wider, with "…" at the end of what was cut, and safe to print;
 * NULL when memory ran out. */
char *text_cut_to_pixels(const char *text, double pixels, double size, bool ascii);

/** A heading over a part of the sheet. */
void sheet_heading(struct sheet *sheet, const char *text);

#endif
