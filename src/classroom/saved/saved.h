// SPDX-License-Identifier: MIT
/**
 * Saved runs, read back: the JSON that conc writes (`-o run.json`, conc(1)), into the
 * report that it was written from, so that every view writes the same of it as when it
 * was run.
 *
 * A file comes from anywhere: whatever stands in it, it is read as a run that makes
 * sense (times in order, indices that exist, names that can be printed), or refused in
 * one line.  What was worked out by a card (verdict, interleaving, ...) is taken from
 * the file, not worked out again.
 */

#ifndef CONC_CLASSROOM_SAVED_SAVED_H
#define CONC_CLASSROOM_SAVED_SAVED_H

#include "report.h"

/** Why a file is refused: "line 3, column 14: '}' expected near 'x'"; or where in the
 * value: "variants[1].runs[0].wall_ns is not a time".  Safe to print with diag(). */
struct saved_error {
    char text[256];
};

/**
 * Read a file of conc's as JSON, without looking further than that it is one: "schema"
 * is "conc-run/1".  "-" is standard input.
 * @return a new reference; NULL with `error` filled in.
 */
json_t *saved_parse(const char *path, struct saved_error *error);
/** The same of a text that was read already. */
json_t *saved_parse_text(const char *text, size_t length, struct saved_error *error);

/**
 * The same, but for the runs' "lanes", which are nearly all of a file: they are checked
 * to be JSON, and left empty.  The text is changed.
 */
json_t *saved_parse_figures(const char *path, struct saved_error *error);
json_t *saved_parse_figures_text(char *text, size_t length, struct saved_error *error);

/** A run that was read back. */
struct saved {
    struct report report; /**< its `options`, `argv` and sites are those below */
    struct options options;
    struct votes votes, again; /**< of a class; their texts stand in `root` */
    struct site *sites;
    size_t site_count;
    void *strings; /**< what names stand in; owned */
    json_t *root;  /**< likewise */
};

/** @return 0 and the caller ends it with saved_destroy(); else -1, `error` filled in.
 */
int saved_read(struct saved **saved, const char *path, struct saved_error *error);
/** The same of JSON that was parsed already, which it takes over, also on failure. */
int saved_read_json(struct saved **saved, json_t *root, struct saved_error *error);
void saved_destroy(struct saved *saved);

#endif
