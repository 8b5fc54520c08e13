// SPDX-License-Identifier: MIT
/** Ways to write a comparison down, and the words that they share. */

#ifndef CONC_CLASSROOM_COMPARE_VIEW_H
#define CONC_CLASSROOM_COMPARE_VIEW_H

#include "classroom/compare/compare.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "view/pen.h"

/** Each returns 0 or UV_ENOMEM; a write that failed is left in ferror(out). */
typedef int compare_writer(const struct comparison *comparison,
                           const struct style *style, FILE *out);

compare_writer compare_write_text, compare_write_plain, compare_write_json,
    compare_write_csv, compare_write_svg, compare_write_html;

/** All runs of a demo as dots on one axis, a row for each file and variant. */
int compare_put_strip(struct pen *pen, const struct comparison *comparison,
                      const struct compared_demo *demo);

/** The figures of a demo, likewise. */
int compare_put_table(struct pen *pen, const struct comparison *comparison,
                      const struct compared_demo *demo);

/** Where there are as many files, all of them have a row of their own. */
#define COMPARE_ALL_FROM 3

bool has_row_of_all(const struct compared_variant *variant);

/** How a demo's files are called in a view. */
struct label_style {
    const struct style *style;
    unsigned columns; /**< that the widest one takes */
    size_t from;      /**< bytes left out at the beginning, which all share */
};

/** As they are where that takes `most` columns or less; else without what they share,
 * and cut. */
struct label_style compare_label_style(const struct comparison *comparison,
                                       const struct compared_demo *demo,
                                       const struct style *style, unsigned most);

/** A label in that style: a text that the caller frees, or NULL. */
char *compare_label(const struct label_style *labels, const char *label);

/** As many columns as a terminal has for labels. */
unsigned compare_label_most(const struct style *style);

/** "all 12": the label of that row, in which each file's median counts as one run. */
struct quantity compare_label_of_all(const struct compared_variant *variant);

/** "15.002 s". */
struct quantity compare_wall_text(int64_t ns, bool ascii);

/** "5", or "3 of 5" where not all can be compared. */
struct quantity compare_runs_text(const struct entry *entry);

/** "11 s", "it hangs"; of a count also what came: "150, was 98"; of a class "3 s, then
 * 2 s (13 votes)"; "" where nothing was predicted. */
struct guess_text {
    char text[200];
} compare_guess_text(const struct entry *entry, bool ascii);

/** What is said in place of figures: "stuck in 3 of 5 runs". */
struct quantity compare_instead(const struct entry *entry);

/** Put a name that stood in a file. */
void compare_put_name(struct pen *pen, enum ink ink, const char *name);

/** "5 files, on Intel(R) Xeon(R) Processor, 2 of 2 cores": what they have in common;
 * and where that is no machine, which ones there are. */
void compare_say_common(const struct comparison *comparison,
                        const struct compared_demo *demo, FILE *out);

/** "--work: wait in anna, ben; cpu in carl". */
void compare_say_difference(const struct comparison *comparison,
                            const struct compared_demo *demo,
                            const struct difference *difference, FILE *out);

/** What a demo's figures do not tell: a line a sentence, each with its newline. */
void compare_say_limits(const struct compared_demo *demo, FILE *out);

/** draft_close(), and what was written is made safe to print in that style; newlines
 * stay. */
char *compare_close_safe(struct draft *draft, const struct style *style);

/** A demo's chart: what stands within an svg element of CHART_WIDTH and that height. */
struct compare_chart {
    char *text; /**< owned */
    unsigned height;
};

#define CHART_WIDTH 960

/** Whether the words around it, what is compared and what it does not tell, are in it.
 */
enum chart_words { CHART_ALONE, CHART_AMONG_WORDS };

/** Rules of style for what is in it. */
extern const char compare_chart_rules[];

/** @return 0 and the caller frees its text; or UV_ENOMEM. */
int compare_chart(struct compare_chart *chart, const struct comparison *comparison,
                  const struct compared_demo *demo, enum chart_words words);

/** "threads, 5 files: the time of each run, …": for who does not see the chart. */
void compare_say_chart(const struct comparison *comparison,
                       const struct compared_demo *demo, FILE *out);

/** The least and the greatest of all times of a demo's runs. @return whether there
 * are any. */
bool compare_range(const struct compared_demo *demo, int64_t *least, int64_t *greatest);

/** From where to where an axis for them goes: from 0, unless that would press them
 * together. */
void compare_axis_range(const struct compared_demo *demo, int64_t *from, int64_t *to);

#endif
