// SPDX-License-Identifier: MIT
/**
 * A command line while it is being read: what stands between argv and struct options.
 * Only for the files of src/cli that read it:
 *
 *   options.c   walks along argv and finds each option's line in the table
 *   table.c     the table, and for each option what it does with its value
 *   own.c       the same for the options that one demo alone has
 *   values.c    numbers, words, times and lists, and what is said of bad ones
 *   programs.c  programs behind "--", of a demo that takes some
 *   tasks.c     the tasks: how many, how long, what they are called
 *   predictions.c  what is predicted of variants
 *   variants.c  the variants: which there are, and which of them to run
 *   resolve.c   what options mean together: window, outputs, contradictions
 */

#ifndef CONC_CLI_READING_H
#define CONC_CLI_READING_H

#include "cli/options.h"
#include "view/view.h"

#define TASKS_MAX UINT64_C(1000000)
#define SPEED_ONE UINT64_C(1000000) /**< --speed 1, in the unit of speed_millionths */

enum ttl_source { TTL_DEFAULT, TTL_OPTION, TTL_POSITION };

/** The name of a task that runs a program, with its end. */
#define PROGRAM_NAME_BYTES 64

struct reading {
    struct options *options;
    const struct card *card;
    const char *command; /**< whose command line it is, for messages */
    int argc, at;        /**< `at`: the argument to read next */
    char **argv;
    bool attached; /**< the value at hand was given as --option=VALUE */

    int64_t *ttls; /**< owned */
    size_t ttl_count, ttl_room;
    enum ttl_source ttl_source;
    bool limit_given;
    uint64_t task_count;     /**< how many were asked for; 0: not said */
    const char *count_given; /**< by which option: "--tasks"; NULL: none */
    size_t program_count;
    char (*program_names)[PROGRAM_NAME_BYTES]; /**< of tasks without --names; owned */
    const char *names;                         /**< --names; NULL: not given */
    uint64_t speed_millionths;

    bool *named;           /**< variants in --only or --with, by index; owned */
    const char *only_with; /**< which of the two it was; NULL: none */
    bool *own_given;       /**< the demo's own options, by index; owned */
    size_t reasoned;       /**< so many of the predictions have had their --reason */
    const struct view *format;
    bool json, list;
};

/** A text from outside as a message shows it: in quotes, long ones cut. */
struct shown {
    char text[80];
};

struct shown shown(const char *text, size_t length);

/** suggest() for a word that does not end with a NUL. */
const char *nearest(const char *word, size_t length, const char *const *names);

/** Words one after another, a comma between, for a message. */
struct words {
    char text[160];
    size_t length;
};

void add_word(struct words *words, const char *word, size_t length);

/** Print a line that names the command.  @return CLI_BAD. */
enum cli_action bad(const struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Print that memory ran out.  @return CLI_FAILED. */
enum cli_action out_of_memory(const struct reading *reading);

/** A part of a list in which a comma stands between. */
struct item {
    const char *text;
    size_t length;
};

/** The next item of the list at `*rest`, which moves on; false after the last. */
bool next_item(const char **rest, struct item *item);

size_t count_items(const char *list);

enum cli_action read_number(const struct reading *reading,
                            const struct option_spec *spec, const char *value,
                            uint64_t *number);

/** The index of `value` among the words "one|two|three". */
enum cli_action read_word(const struct reading *reading, const struct option_spec *spec,
                          const char *value, unsigned *index);

/** A TIME; `option` is NULL for one that stands by itself. */
enum cli_action read_time(const struct reading *reading, const char *option,
                          const struct item *item, int64_t *ns);

/** Add a list of TIMEs to the ttls. */
enum cli_action read_ttls(struct reading *reading, const char *option,
                          const char *list);

/** The option, common or the demo's own, that is called exactly that. */
bool find_option(const struct card *card, const char *name, size_t length,
                 struct option_spec *found);

/** Whether an argument stands where an option may: not "-", not "-1". */
bool is_option(const char *argument);

/** Whether a variant of the demo is called that; then `index` is set. */
bool variant_index(const struct demo *demo, const struct item *name, size_t *index);

size_t count_variants(const struct demo *demo);

/** What to say of a variant, and of a format, that does not exist. */
enum cli_action bad_variant(const struct reading *reading, const char *option,
                            const struct item *name);
enum cli_action bad_format(const struct reading *reading, const char *option,
                           const char *value);

/** The rest of the line: programs with their arguments, a "--" between. */
enum cli_action read_programs(struct reading *reading);

/** Work out what tasks are called that run programs. */
enum cli_action name_programs(struct reading *reading);

/** Programs take the time that they take: no option may say how long. */
enum cli_action check_programs(const struct reading *reading);

/** So many tasks, because an option says so; no other may. */
enum cli_action ask_for_tasks(struct reading *reading, const char *option,
                              uint64_t count);

/** The tasks of what was read. */
enum cli_action resolve_tasks(struct reading *reading);

/** ns divided by --speed. */
int64_t sped_up(int64_t ns, uint64_t millionths);

/** Make room for the values of the demo's own options; false: memory ran out. */
bool begin_own(struct reading *reading);

/** These values, once the tasks are known. */
enum cli_action resolve_own(struct reading *reading);

/** Which word it takes that there be a variant or own option of the card; NULL: it goes
 * with the words that were chosen. */
const struct goes_with *wanted_for(const struct reading *reading, const char *what);

/** Which variants to run, once the demo's own options are known. */
enum cli_action resolve_variants(struct reading *reading);

/** Take `--predict`, with or without predictions, and `--reason`. */
enum cli_action take_predict(struct reading *reading, const struct option_spec *spec,
                             const char *value);
enum cli_action take_reason(struct reading *reading, const struct option_spec *spec,
                            const char *value);

/** Predictions must be of variants that are run. */
enum cli_action check_predictions(const struct reading *reading);

/** What the card has against it all, at the very end. */
enum cli_action ask_card(const struct reading *reading);

/** How it is shown and written: the window of time, the outputs and their formats. */
enum cli_action resolve_showing(struct reading *reading);

/** All else; outputs need their formats, for example. */
enum cli_action resolve(struct reading *reading);

/** Another output, its view not yet known; false: memory ran out. */
bool add_output(struct options *options, const char *path);

#endif
