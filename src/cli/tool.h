// SPDX-License-Identifier: MIT
/**
 * Tools: commands that are no demos.  What a tool takes stands in a table, as with
 * demos: for reading its command line, for help, completions, and the tests of the
 * manual pages.
 *
 *     conc TOOL [OPTION]... [OPERAND]...
 */

#ifndef CONC_CLI_TOOL_H
#define CONC_CLI_TOOL_H

#include "cli/options.h"

/** What stands on a tool's command line besides options. */
enum operands {
    OPERANDS_NONE,
    OPERANDS_FILES,
    OPERANDS_WORD, /**< one of the tool's words */
    OPERANDS_DEMO, /**< a demo's name */
    /** A demo's name, and then all options and times of that demo, which the tool hands
     * on: those that it has itself are in its own table. */
    OPERANDS_DEMO_RUN
};

struct tool {
    const char *name;
    /** For the list of commands: "print a shell's completions". */
    const char *summary;
    /** How it is called, a line each, without "conc NAME": "FILE..."; ends with NULL.
     */
    const char *const *usage;
    /** What it does: paragraphs; ends with NULL. */
    const char *const *about;
    /** Without `take`, and without --help, which all have; ends with no name; NULL: it
     * has none. */
    const struct option_spec *options;
    /** Options of every demo that it has too, by their names: how something is shown
     * and written; ends with NULL; NULL: none. */
    const char *const *shares;
    enum operands operands;
    /** OPERANDS_WORD: which there are; ends with NULL. */
    const char *const *words;
    /** Command lines to try, without "conc"; ends with NULL. */
    const char *const *examples;
    /** @return an exit status; argv[0] is its name. */
    int (*main)(int argc, char **argv);
};

/** What stands at one place of a tool's command line. */
enum tool_part {
    TOOL_END,
    TOOL_OPTION,
    TOOL_OPERAND,
    TOOL_HELP, /**< the help was asked for, and has been printed: exit with status 0 */
    TOOL_BAD   /**< a line was printed on standard error: exit with status 2 */
};

/** A walk along a tool's command line. */
struct tool_reading {
    const struct tool *tool;
    int argc, at; /**< `at`: what to read next, from 1 */
    char **argv;
    bool options_ended;

    const struct option_spec *option; /**< of a TOOL_OPTION */
    const char *value; /**< the option's, NULL for one that takes none; the operand */
    uint64_t number;   /**< of a VALUE_NUMBER, checked */
    unsigned word;     /**< of a VALUE_WORD: which one it is */
};

/** Begin: tool, argc and argv are set, `at` is 1, all else 0.  Options and operands
 * come in any order; "--" ends the options. */
struct tool_reading tool_read(const struct tool *tool, int argc, char **argv);

/** The next part. */
enum tool_part tool_next(struct tool_reading *reading);

/** Its options, its own and then those that it shares; NULL after the last. */
const struct option_spec *tool_option(const struct tool *tool, size_t index);

/** A command line in two: what a tool of OPERANDS_DEMO_RUN has itself, and the rest, in
 * the order given, which is a demo's; --help is the tool's. */
struct tool_split {
    struct tool_reading own; /**< begun */
    int rest_count;
    char **rest;  /**< ends with NULL */
    void *memory; /**< of both */
};

/** @return false: memory ran out; else the caller ends it with tool_split_free(). */
bool tool_split_line(const struct tool *tool, int argc, char **argv,
                     struct tool_split *split);
void tool_split_free(struct tool_split *split);

/**
 * Whether all options of the rest are the demo's; the first that is not is named, with
 * the nearest that there is, of the tool or of the demo.  @card: NULL: the demo is not
 * known, and only what may be meant for the tool is spoken of.
 * @return 0, or 2 after a line was printed.
 */
int tool_check_rest(const struct tool *tool, const struct tool_split *split,
                    const struct card *card);

/** Whether the option that was just read is called that: "--votes". */
bool tool_option_is(const struct tool_reading *reading, const char *name);

/** Print a line that names the tool.  @return 2, the exit status. */
int tool_bad(const struct tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
