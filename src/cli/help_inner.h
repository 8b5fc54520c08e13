// SPDX-License-Identifier: MIT
/** What the files of help share: help.c, help_layout.c and help_options.c. */

#ifndef CONC_CLI_HELP_INNER_H
#define CONC_CLI_HELP_INNER_H

#include "cli/options.h"

#include <stdio.h>

/** How wide help is, and where what is said of a name begins. */
enum { HELP_COLUMNS = 80, HELP_INDENT = 14 };

/* help_layout.c: text beside text, wrapped */

/**
 * Put words of `text`, wrapped, from `column` on; new lines begin at `indent`.
 * @return the column after the last one.
 */
size_t help_flow(FILE *out, const char *text, size_t indent, size_t column);

/** Text from the left on, and an empty line. */
void help_paragraph(FILE *out, const char *text);

/** What was printed ends at `column`: go to where the text beside it begins. */
void help_to_right(FILE *out, size_t indent, size_t column);

/** A name, and what is said of it. */
void help_entry(FILE *out, const char *left, const char *right);

/** What stands in brackets behind a text, its parts parted by semicolons. */
struct help_note {
    char text[320];
    size_t length;
};

void help_note_add(struct help_note *note, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Which other option it takes; NULL: none. */
void help_note_company(struct help_note *note, const struct goes_with *wanted);

/** Put it where a text has ended, if there is anything in it. */
void help_note_put(FILE *out, struct help_note *note, size_t indent, size_t column);

/* help_options.c: options, and what holds without them */

void help_option(FILE *out, const struct option_spec *spec,
                 const struct goes_with *wanted);

/** Those that every demo has; the card may be NULL: where no demo says otherwise. */
void help_common_options(const struct card *card, FILE *out);

/** Those of one demo alone; nothing where it has none. */
void help_own_options(const struct card *card, FILE *out);

#endif
