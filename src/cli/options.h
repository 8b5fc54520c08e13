// SPDX-License-Identifier: MIT
/**
 * The options of a demo: one table for parsing, help, completions and the tests of the
 * manual pages; what a demo has of its own stands on its card.
 *
 *     conc COMMAND [OPTION | TIME]... [-- PROGRAM ARG...]...
 *
 * Options and times come in any order; `--` ends the options.  Where a card takes
 * programs, each stands behind a `--` of its own.  An option takes one
 * value or none, as `--option VALUE` or `--option=VALUE`; only `--ttl` takes values up
 * to the next option, and a value that may be left out stands behind "=" alone.  What
 * begins with "-" and a digit is a value.  Names are exact: no prefixes.  Given twice,
 * the last one counts, but `-o` and
 * `--predict` add up.
 */

#ifndef CONC_CLI_OPTIONS_H
#define CONC_CLI_OPTIONS_H

#include "card.h"

/** What to do after a command line was read. */
enum cli_action {
    CLI_RUN,
    CLI_HELP,  /**< --help */
    CLI_LIST,  /**< --list: name the variants */
    CLI_BAD,   /**< a line was printed on standard error; exit with status 2 */
    CLI_FAILED /**< memory ran out: a line was printed; exit with status 1 */
};

/** What the value of an option is. */
enum value_kind {
    VALUE_NONE,
    VALUE_TEXT,
    VALUE_NUMBER,      /**< a whole number from `min` to `max` */
    VALUE_WORD,        /**< one of the words in `value`: "wait|cpu" */
    VALUE_VARIANTS,    /**< names of the demo's variants, a comma between */
    VALUE_PREDICTIONS, /**< the same, "=" and a value behind each */
    VALUE_FORMAT,      /**< the name of a view */
    VALUE_FILE
};

struct reading;

/** An option as tables show it. */
struct option_spec {
    const char *name;    /**< "--ttl" */
    const char *letter;  /**< "-o"; NULL: there is none */
    const char *value;   /**< "T..."; NULL: takes none */
    const char *about;   /**< one line */
    const char *preset;  /**< what holds without it; NULL: nothing to say */
    const char *heading; /**< what stands above it in the help; NULL: nothing */
    enum value_kind kind;
    bool is_optional;  /**< its value, which then is taken only as --option=VALUE */
    uint64_t min, max; /**< of a number; max 0: as many as there are cores */
    /** Take the value.  @return CLI_RUN to read on. */
    enum cli_action (*take)(struct reading *reading, const struct option_spec *spec,
                            const char *value);
};

/** The options that every demo has, in the order of the help; ends with no name. */
extern const struct option_spec common_options[];

/** A line of that table as it is for one demo, which may need more tasks than one. */
struct option_spec common_spec(const struct card *card, const struct option_spec *spec);

/** An option of a demo's own, as tables show it. */
struct option_spec own_spec(const struct own_option *own);
/** The card's line on a variant or own option; NULL: it goes with everything. */
const struct goes_with *goes_with(const struct card *card, const char *what);

/**
 * Read a demo's command line; argv[0] is the demo's name.  Nothing is run, nothing
 * opened.  On CLI_RUN `options` is filled in and the caller ends it with
 * options_destroy(); else it needs no ending.
 */
enum cli_action options_parse(struct options *options, const struct card *card,
                              int argc, char **argv);
void options_destroy(struct options *options);

/**
 * Read a TIME: digits[.digits][us|ms|s|m], bare = seconds, 0 to 24 h; no sign,
 * exponent, space.  What is finer than a nanosecond is cut off.
 * @return 0, or UV_EINVAL (no TIME) or UV_ERANGE (too long).
 */
int time_parse(const char *text, size_t length, int64_t *ns);

/**
 * Read digits[.digits], the same in every locale, as so many `unit`-ths of 1, cut off
 * below: "1.5" with unit 1000 is 1500.  `max` is at most UINT64_MAX / 20.
 * @return 0, or UV_EINVAL (no number) or UV_ERANGE (more than `max`).
 */
int decimal_parse(const char *text, size_t length, uint64_t unit, uint64_t max,
                  uint64_t *value);

/**
 * Read what somebody predicts, as people type it: blanks around it, and before a unit,
 * are left out.  A time as above; a count of digits; "ends" or "hangs".
 * @return 0, or UV_EINVAL or UV_ERANGE.
 */
int predicted_parse(enum predicted kind, const char *text, size_t length,
                    int64_t *value);

/** What is read: "a time such as 2, 0.5, 300ms or 2m, up to 24 hours". */
const char *predicted_allowed(enum predicted kind);

/** Add a prediction; the reason may be NULL.  @return false: memory ran out. */
bool predictions_add(struct options *options, size_t variant, int64_t value,
                     const char *reason);

/** What was predicted of a variant, by its index; NULL: nothing. */
struct prediction *prediction_on(const struct options *options, size_t variant);

#endif
