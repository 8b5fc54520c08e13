// SPDX-License-Identifier: MIT
#include "classroom/class/session.h"

#include "classroom/class/class.h"
#include "classroom/class/key.h"
#include "classroom/class/view.h"
#include "classroom/class/votes.h"
#include "classroom/predict.h"
#include "cli/diag.h"
#include "outputs.h"
#include "run_demo.h"
#include "text/quantity.h"
#include "view/style.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** So many lines that are no votes are named, the rest counted. */
#define FAULTS_NAMED 20

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
    struct class_session *session = data;
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
    struct class_session *session = data;
    if (session->faults++ < FAULTS_NAMED)
        diag_for("class", "%.200s, line %zu: %s", session->source, line, why);
}

/** @return an exit status. */
static int read_votes(struct class_session *session, struct votes *votes, int fd,
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
static void invite(struct pen *pen, const struct class_session *session, int fd,
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

static void wait_for_key(struct pen *pen, const struct class_session *session,
                         const char *what)
{
    if (!session->waits)
        return;
    pen_newline(pen);
    pen_wrap(pen, INK_FAINT, 0, pen->style->width, what);
    fflush(stdout);
    class_key_wait();
}

/** At a lecture a file may come late: then it is waited for. */
static int open_second(struct pen *pen, const struct class_session *session)
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

static int first_vote(struct class_session *session, struct pen *pen,
                      const struct class_view *view, struct options *options)
{
    enum predicted kind = options->card->predicts;
    invite(pen, session, session->votes_fd, kind);
    int status = read_votes(session, &session->first, session->votes_fd,
                            session->votes_path, kind);
    close(session->votes_fd);
    session->votes_fd = -1;
    options->votes = &session->first;
    if (status == EXIT_SUCCESS && !session->quiet)
        status = show(pen, view);
    return status == EXIT_SUCCESS ? outputs_flush_stdout("class") : status;
}

static int second_vote(struct class_session *session, struct pen *pen,
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
    struct class_session *session = data;
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
    return status == EXIT_SUCCESS ? outputs_flush_stdout("class") : status;
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

static bool both_from_stdin(const struct class_session *session)
{
    return session->again_path != NULL && is_stdin(session->votes_path) &&
           is_stdin(session->again_path) && !isatty(STDIN_FILENO);
}

int class_session_run(struct class_session *session, const struct card *card, int argc,
                      char **argv)
{
    struct run_company company = {
        .data = session, .check = check, .before = before, .after = after};
    if (both_from_stdin(session))
        return tool_bad(&class_tool, "both votes cannot come from standard input: name "
                                     "a file with --votes or --again");
    int status = run_demo_for(card, argc, argv, &company);
    if (session->votes_fd >= 0)
        close(session->votes_fd);
    votes_destroy(&session->first);
    votes_destroy(&session->again);
    return status;
}
