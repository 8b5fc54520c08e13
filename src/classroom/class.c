// SPDX-License-Identifier: MIT
#include "classroom/class.h"

#include "classroom/class_key.h"
#include "classroom/class_view.h"
#include "classroom/predict.h"
#include "classroom/votes.h"
#include "cli/diag.h"
#include "commands.h"
#include "run_demo.h"
#include "signals.h"
#include "text/quantity.h"
#include "view/style.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** So many lines that are no votes are named, the rest counted. */
#define FAULTS_NAMED 20

struct session {
    const char *votes_path, *again_path; /**< "-": standard input; NULL: no such vote */
    const char *of;                      /**< --of; NULL: as the card has it */
    size_t variant;
    int votes_fd; /**< open from the start; -1: to be opened */
    struct votes first, again;
    bool quiet; /**< standard output is not for text */
    bool waits; /**< for keys */
    /* While votes are read. */
    const char *source; /**< what they are read from, for messages */
    size_t faults;
};

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

static const char *name_of(const char *path)
{
    return is_stdin(path) ? "standard input" : path;
}

/* The variant ---------------------------------------------------------------- */

static int no_such_variant(const struct options *options, const char *name)
{
    const struct variant *variants = options->card->demo->variants;
    const char *names[32];
    size_t count = 0;
    for (size_t i = 0; variants[i].name != NULL && count < 31; i++)
        if (predict_can_be(options, i))
            names[count++] = variants[i].name;
    names[count] = NULL;
    const char *near = suggest(name, names);
    if (near != NULL)
        return tool_bad(&class_tool,
                        "--of: no variant \"%.64s\" is run; did you mean \"%s\"?", name,
                        near);
    return tool_bad(&class_tool,
                    "--of: no variant \"%.64s\" is run that can be voted on", name);
}

/** @return its index; 0: there is none. */
static size_t variant_called(const struct options *options, const char *name)
{
    const struct variant *variants = options->card->demo->variants;
    for (size_t i = 0; name != NULL && variants[i].name != NULL; i++)
        if (predict_can_be(options, i) && strcmp(variants[i].name, name) == 0)
            return i;
    return 0;
}

static size_t usual_variant(const struct options *options)
{
    const struct card *card = options->card;
    size_t found = variant_called(options, card->subject);
    if (found == 0)
        found = variant_called(options, card->demo->name);
    for (size_t i = 1; found == 0 && card->demo->variants[i].name != NULL; i++)
        if (predict_can_be(options, i))
            found = i;
    return found;
}

/* Before anything is opened ---------------------------------------------------- */

static int cannot_read(const char *path, const char *why)
{
    const char *quote = is_stdin(path) ? "" : "\"";
    diag_for("class", "cannot read %s%.200s%s: %s", quote, name_of(path), quote, why);
    return EXIT_FAILURE;
}

/** @return a descriptor, or a negative errno. */
static int open_votes(const char *path)
{
    int fd = is_stdin(path) ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/** What can be found out early is: a class is waiting. */
static int check(void *data, const struct options *options)
{
    struct session *session = data;
    if (options->predict)
        return tool_bad(&class_tool, "--predict asks one person; the class's votes are "
                                     "its predictions");
    session->variant = session->of != NULL ? variant_called(options, session->of)
                                           : usual_variant(options);
    if (session->variant == 0 && session->of != NULL)
        return no_such_variant(options, session->of);
    if (session->variant == 0)
        return tool_bad(&class_tool,
                        "nothing is run that can be voted on: name a "
                        "variant besides %s",
                        options->card->demo->variants[0].name);
    session->quiet = run_writes_to_stdout(options);
    session->waits = !session->quiet && class_key_can_wait();
    session->votes_fd = open_votes(session->votes_path);
    if (session->votes_fd < 0)
        return cannot_read(session->votes_path, strerror(-session->votes_fd));
    if (session->again_path != NULL && !session->waits) {
        int fd = open_votes(session->again_path);
        if (fd < 0)
            return cannot_read(session->again_path, strerror(-fd));
        close(fd);
    }
    return EXIT_SUCCESS;
}

/* Votes -------------------------------------------------------------------------- */

static void tell_fault(void *data, size_t line, const char *why)
{
    struct session *session = data;
    if (session->faults++ < FAULTS_NAMED)
        diag_for("class", "%.200s, line %zu: %s", session->source, line, why);
}

/** @return an exit status. */
static int read_votes(struct session *session, struct votes *votes, int fd,
                      const char *path, enum predicted kind)
{
    struct votes_faults faults = {.tell = tell_fault, .data = session};
    session->source = name_of(path);
    session->faults = 0;
    fflush(stdout);
    int result = votes_read(votes, kind, fd, &faults);
    if (session->faults > FAULTS_NAMED)
        diag_for("class", "%.200s: %s more lines are no votes", session->source,
                 count_text(session->faults - FAULTS_NAMED).text);
    if (result == UV_EFBIG)
        return cannot_read(path, "it has more than 64 MiB");
    if (result == UV_ENOMEM)
        return cannot_read(path, "out of memory");
    if (result != 0)
        return cannot_read(path, strerror(-result));
    if (votes->count > 0)
        return EXIT_SUCCESS;
    return cannot_read(path, "no line of it is a vote");
}

/** Who types the votes is told how. */
static void invite(struct pen *pen, const struct session *session, int fd,
                   enum predicted kind)
{
    if (session->quiet || !isatty(fd))
        return;
    char line[256];
    snprintf(line, sizeof line, "A vote a line: name, %s, reason. Ctrl-D ends.",
             kind == PREDICT_TIME    ? "time"
             : kind == PREDICT_COUNT ? "count"
                                     : "ends or hangs");
    pen_newline(pen);
    pen_wrap(pen, INK_FAINT, 0, pen->style->width, line);
    fflush(stdout);
}

static void wait_for_key(struct pen *pen, const struct session *session,
                         const char *what)
{
    if (!session->waits)
        return;
    pen_newline(pen);
    pen_put(pen, INK_FAINT, what);
    /* Spaces are held back, and the line goes on. */
    pen_newline(pen);
    fflush(stdout);
    class_key_wait();
}

/** At a lecture a file may come late: then it is waited for. */
static int open_second(struct pen *pen, const struct session *session)
{
    int fd = open_votes(session->again_path);
    while (fd < 0 && session->waits) {
        cannot_read(session->again_path, strerror(-fd));
        wait_for_key(pen, session, "A key tries again.");
        fd = open_votes(session->again_path);
    }
    return fd;
}

static int show(struct pen *pen, const struct class_view *view)
{
    int result = class_put_votes(pen, view);
    if (result != 0)
        diag_for("class", "out of memory");
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Around the run -------------------------------------------------------------------
 */

static int first_vote(struct session *session, struct pen *pen,
                      const struct class_view *view, struct options *options)
{
    enum predicted kind = options->card->predicts;
    invite(pen, session, session->votes_fd, kind);
    int status = read_votes(session, &session->first, session->votes_fd,
                            session->votes_path, kind);
    close(session->votes_fd);
    session->votes_fd = -1;
    options->votes = &session->first;
    return status == EXIT_SUCCESS && !session->quiet ? show(pen, view) : status;
}

static int second_vote(struct session *session, struct pen *pen,
                       const struct class_view *view, struct options *options)
{
    enum predicted kind = options->card->predicts;
    wait_for_key(pen, session,
                 "Talk with your neighbours. A key opens the second vote.");
    int fd = open_second(pen, session);
    if (fd < 0)
        return cannot_read(session->again_path, strerror(-fd));
    invite(pen, session, fd, kind);
    int status = read_votes(session, &session->again, fd, session->again_path, kind);
    close(fd);
    options->again = &session->again;
    return status == EXIT_SUCCESS && !session->quiet ? show(pen, view) : status;
}

static int before(void *data, const struct report *report, struct options *options)
{
    struct session *session = data;
    struct style style = style_for(options, STDOUT_FILENO);
    struct pen pen = pen_on(stdout, &style);
    struct class_view view = {.report = report, .plain = options->plain};
    options->voted_on = session->variant;
    if (!session->quiet) {
        predict_introduce(&pen, report);
        class_put_question(&pen, &view);
    }
    int status = first_vote(session, &pen, &view, options);
    if (status == EXIT_SUCCESS && session->again_path != NULL)
        status = second_vote(session, &pen, &view, options);
    if (status == EXIT_SUCCESS)
        wait_for_key(&pen, session, "A key starts the run.");
    if (status == EXIT_SUCCESS && !session->quiet)
        pen_newline(&pen);
    fflush(stdout);
    return status;
}

static int after(void *data, const struct report *report)
{
    (void)data;
    struct style style = style_for(report->options, STDOUT_FILENO);
    struct pen pen = pen_on(stdout, &style);
    struct class_view view = {
        .report = report, .plain = report->options->plain, .is_over = true};
    class_put_question(&pen, &view);
    return show(&pen, &view);
}

/* The command line ------------------------------------------------------------------
 */

/** Take what is the tool's own; all else is the demo's, in the order given. */
static int take_options(struct tool_reading *reading, struct session *session)
{
    enum tool_part part;
    while ((part = tool_next(reading)) != TOOL_END) {
        if (part != TOOL_OPTION)
            return part == TOOL_HELP ? -1 : 2;
        const char **to = tool_option_is(reading, "--votes")   ? &session->votes_path
                          : tool_option_is(reading, "--again") ? &session->again_path
                                                               : &session->of;
        *to = reading->value;
        if (*reading->value == '\0')
            return tool_bad(&class_tool, "%s: \"\" is no %s", reading->option->name,
                            reading->option->kind == VALUE_FILE ? "file" : "variant");
    }
    return EXIT_SUCCESS;
}

static int find_demo(int argc, char **argv, const struct command **demo)
{
    const char *names[64];
    size_t count = 0;
    *demo = argc > 0 ? command_named(argv[0]) : NULL;
    if (*demo != NULL && (*demo)->card != NULL)
        return EXIT_SUCCESS;
    if (argc == 0 || argv[0][0] == '-')
        return tool_bad(&class_tool, "name a demo first, as in: conc class threads "
                                     "--ttl 1 2 --votes votes.txt");
    for (const struct command *command = commands; command->name != NULL; command++)
        if (command->card != NULL)
            names[count++] = command->name;
    names[count] = NULL;
    const char *near = suggest(argv[0], names);
    if (near != NULL)
        return tool_bad(&class_tool, "no demo \"%.64s\"; did you mean \"%s\"?", argv[0],
                        near);
    return tool_bad(&class_tool, "no demo \"%.64s\"; \"conc --help\" lists them",
                    argv[0]);
}

static int run_session(struct session *session, int argc, char **argv)
{
    struct run_company company = {
        .data = session, .check = check, .before = before, .after = after};
    const struct command *demo;
    int status = find_demo(argc, argv, &demo);
    if (status == EXIT_SUCCESS && session->again_path != NULL &&
        is_stdin(session->votes_path) && is_stdin(session->again_path) &&
        !isatty(STDIN_FILENO))
        status = tool_bad(&class_tool, "both votes cannot come from standard input: "
                                       "name a file with --votes or --again");
    if (status == EXIT_SUCCESS)
        status = run_demo_for(demo->card, argc, argv, &company);
    if (session->votes_fd >= 0)
        close(session->votes_fd);
    votes_destroy(&session->first);
    votes_destroy(&session->again);
    return status;
}

static int class_main(int argc, char **argv)
{
    struct session session = {.votes_path = "-", .votes_fd = -1};
    struct tool_split split;
    if (!tool_split_line(&class_tool, argc, argv, &split)) {
        diag_for("class", "out of memory");
        return EXIT_FAILURE;
    }
    int status = take_options(&split.own, &session);
    if (status == EXIT_SUCCESS)
        status = run_session(&session, split.rest_count, split.rest);
    tool_split_free(&split);
    return status < 0 ? EXIT_SUCCESS : status;
}

static const char *const usage[] = {
    "DEMO [--votes FILE] [--again FILE] [OPTION | T]...", NULL};

static const char *const about[] = {
    "A class predicts before it watches. The votes, a line each, are a name, a time "
    "and "
    "a reason, with commas between; for race a count in place of the time, for "
    "deadlock "
    "\"ends\" or \"hangs\". They are shown as bars; with --again the class talks and "
    "votes a second time; then the demo runs, and what was measured is shown among the "
    "votes, and how the class moved. Names are never shown.",
    "Where there is a terminal, it waits for a key before each step. All options and "
    "times of the demo are taken, too.",
    NULL};

static const struct option_spec own_options[] = {
    {.name = "--votes",
     .value = "FILE",
     .about = "where the votes are",
     .preset = "-, standard input",
     .kind = VALUE_FILE},
    {.name = "--again",
     .value = "FILE",
     .about = "where the votes are when the class has talked",
     .kind = VALUE_FILE},
    {.name = "--of",
     .value = "VARIANT",
     .about = "which variant is voted on",
     .preset = "the one that the demo is about",
     .kind = VALUE_VARIANTS},
    {.name = NULL},
};

static const char *const examples[] = {
    "class threads --ttl 1 2 --votes votes.txt --again again.txt",
    "class race --of mutex --votes votes.txt", NULL};

const struct tool class_tool = {
    .name = "class",
    .summary = "collect a class's predictions, then run a demo among them",
    .usage = usage,
    .about = about,
    .options = own_options,
    .operands = OPERANDS_DEMO_RUN,
    .examples = examples,
    .main = class_main,
};
