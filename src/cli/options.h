// SPDX-License-Identifier: MIT
/**
 * The options of a demo: one table for parsing, help, completions and the tests of the
 * manual pages.
 */

#ifndef CONC_CLI_OPTIONS_H
#define CONC_CLI_OPTIONS_H

#include "card.h"

/** What to do after a command line was read. */
enum cli_action {
    CLI_RUN,
    CLI_HELP, /**< --help */
    CLI_LIST, /**< --list: name the variants */
    CLI_BAD   /**< a line was printed on standard error; exit with status 2 */
};

/** An option as tables show it. */
struct option_spec {
    const char *name;  /**< "--ttl" */
    const char *value; /**< "T..."; NULL: takes none */
    const char *about; /**< one line */
};

/** The options that every demo has, in the order of the help; ends with no name. */
extern const struct option_spec common_options[];

/**
 * Read a demo's command line; argv[0] is the demo's name.  Nothing is run, nothing
 * opened.  On CLI_RUN `options` is filled in and the caller ends it with
 * options_destroy(); else it needs no ending.
 */
enum cli_action options_parse(struct options *options, const struct card *card, int argc,
                              char **argv);
void options_destroy(struct options *options);

/**
 * Read a TIME: digits[.digits][us|ms|s|m], bare = seconds, 0 to 24 h; no sign, exponent,
 * space.  @return 0, or UV_EINVAL (no TIME) or UV_ERANGE (too long).
 */
int time_parse(const char *text, size_t length, int64_t *ns);

#endif
