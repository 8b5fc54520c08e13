// SPDX-License-Identifier: MIT
/**
 * conc: teaches concurrency by running it.  main() finds the command and runs it.
 *
 * A run of a demo, from end to end, and where it is in the source:
 *
 * - main(): the command line's first word
 *     - main.c                (this file)
 *     - commands.[ch]         (the table of commands)
 *     - run_demo.[ch]         (a demo's command, from command line to exit status)
 *     - signals.[ch]          (Ctrl-C and the like between variants; while one runs:
 *                             stage/stage_signals.c)
 *     - outputs.[ch]          (files and standard output: opened, written, checked;
 *                             full disks, and readers that have gone)
 *
 * - options_parse(): the rest of the command line
 *     - options.h             (what was asked for, resolved)
 *     - cli/options.[ch]      (walks along it; what holds where nothing is said)
 *     - cli/table.c           (the table of options, and what each does)
 *     - cli/own.c             (options of one demo alone)
 *     - cli/values.c          (numbers, words and lists; what is said of bad ones)
 *     - cli/time.c            (times)
 *     - cli/tasks.c           (how many tasks, how long, --speed, their names)
 *     - cli/variants.c        (which variants)
 *     - cli/programs.c        (programs, of a demo that takes some)
 *     - cli/predictions.c     (what is predicted of them)
 *     - cli/resolve.c         (what options mean together)
 *     - cli/reading.h         (what these share; how many tasks there may be)
 *     - cli/tool.[ch]         (the same for commands that are no demos)
 *     - cli/help.[ch]         (help, from the same tables)
 *     - cli/help_options.c, help_layout.c, help_inner.h   (options there; columns)
 *     - cli/completion.[ch], completion_bash.c, completion_fish.c, completion_zsh.c
 *     - cli/diag.[ch]         (messages)
 *     - cli/suggest.c         ("did you mean")
 *
 * - run_variants(): each variant in turn, into a report
 *     - run_variants.[ch]     (the turns)
 *     - session.[ch]          (what these parts share; how they tell what failed)
 *     - frames.[ch]           (the live picture: when it is drawn, and how often)
 *     - amounts.[ch]          (--work cpu: how much computing a ttl is, for all alike)
 *     - sweep.[ch]            (how a variant's time depends on a number)
 *     - besides.[ch]          (what is measured besides runs)
 *     - record.[ch]           (what a stage left behind, into the report)
 *     - report.[ch]           (all that is known of a run; medians, speedups, sums
 *                             over repeated runs)
 *     - report_begin.[ch]     (what is known before)
 *     - demo.h                (what a lesson includes, and how to add one)
 *     - card.[ch]             (what must be known of a lesson)
 *     - card_words.[ch]       (what cards say in the same words)
 *     - exhibit.h             (what a card shows besides)
 *     - classroom/predict.[ch]   (asks for predictions before)
 *     - classroom/class/class.[ch], session.[ch]   (conc class: what a class predicts)
 *     - classroom/class/votes.[ch]  (reads its votes)
 *     - classroom/class/view.[ch]   (shows them)
 *     - classroom/class/key.[ch]    (waits for a key)
 *
 * - stage_run(): one variant, in a process of its own
 *     - stage/stage.[ch]            (opens, runs and closes stages; how much memory
 *                                   the log of events may have)
 *     - stage/stage_watch.c         (the watcher's loop: limits, looks for deadlocks)
 *     - stage/stage_signals.c       (its signals: Ctrl-C, Ctrl-Z, resizing)
 *     - stage/stage_inner.h         (what these share)
 *     - stage/keeper.[ch]           (forks stages, and leaves no process behind)
 *     - stage/process.[ch]          (ends processes with all their descendants)
 *     - stage/stage_main.c          (what the stage does)
 *     - stage/shared.h              (what stage and watcher share)
 *     - stage/work.[ch]             (a task's work: waiting, computing; tells when it
 *                                   lost its core)
 *     - stage/lesson.[ch]           (what else demo.h promises)
 *     - stage/late_sqlite.c         (SQLite, loaded when a lesson calls it)
 *     - stage/self.c                (what the system tells of processes)
 *     - stage/cost.[ch]             (what one operation costs)
 *     - stage/measure.[ch]          (what else a demo has measured)
 *     - stage/stage_costs.c         (both, as the watcher sees them)
 *     - stage/captures.[ch]         (what programs print that a lesson starts)
 *     - stage/programs.[ch]         (what they do: their lanes)
 *     - stage/clients.[ch]          (clients for lessons that are servers)
 *     - stage/slots.[ch]            (how long they waited, counted)
 *     - stage/load.c                (busy processes, for demos that want them)
 *     - stage/spawned.[ch]          (one task as a program of its own)
 *     - stage/told.[ch]             (lanes of another program, as it tells of them)
 *     - stage/instruments.[ch]      (the primitives, traced: lanes and events)
 *     - stage/instruments_threads.c, instruments_processes.c, instruments_sync.c,
 *       instruments_loop.c, instruments_pool.c
 *     - stage/instruments_inner.h   (what these share)
 *     - stage/flows.[ch]            (which thread or process has which lane)
 *     - stage/folder.[ch]           (a folder for the files of a run)
 *     - stage/trace.[ch]            (the log of events, in shared memory; writing it)
 *     - stage/trace_read.c          (reading it)
 *     - stage/trace_layout.h        (how it lies in memory)
 *     - stage/clock.h, cores.[ch], machine.[ch], proc.[ch]
 *
 * - timeline_build(): events into lanes and spans; pure
 *     - timeline/timeline.[ch]      (the timeline)
 *     - timeline/update.c           (all lanes, or what is new: for live frames)
 *     - timeline/lane_start.c       (which lanes there are, and from when on)
 *     - timeline/lane_build.[ch]    (one lane's events)
 *     - timeline/lane_grow.c        (a lane that is kept from frame to frame)
 *     - timeline/run_bound.c        (ready told from run: no lane runs for longer than
 *                                   it computed)
 *     - timeline/objects.c          (locks and the like, by their names)
 *     - timeline/holds.c            (who held which lock, and when)
 *     - timeline/places.c           (where each task was done)
 *     - timeline/timeline_build.h   (what these share)
 *     - timeline/kinds.[ch]         (what each kind of event means)
 *     - timeline/kind_names.c       (their names in files)
 *     - timeline/cut.[ch]           (a timeline as it was at a moment)
 *     - timeline/labels.c           (spans and marks in words)
 *     - timeline/figures.[ch]       (ideals and spreads)
 *     - timeline/waits.[ch]         (who waits for whom: finds deadlocks)
 *
 * - views[]: ways to write a report down
 *     - view/view.[ch]              (the table of views)
 *     - view/text.c                 (text: pictures, figures, the verdicts)
 *     - view/pictures.[ch]          (all variants' pictures on one axis)
 *     - view/scene.[ch]             (their layout: how many lanes fit, from when on)
 *     - view/picture.[ch]           (lanes into cells)
 *     - view/turns.[ch]             (which state a cell shows, of several)
 *     - view/bar.[ch]               (marks and labels on a lane)
 *     - view/fold.[ch]              (lanes that do not fit)
 *     - view/axis.[ch], legend.[ch]
 *     - view/table.[ch]             (the figures)
 *     - view/title.[ch]             (what stands above: tasks, what is not as usual)
 *     - view/endings.[ch]           (how runs ended, in words)
 *     - view/chosen_run.[ch]        (which run of several is meant)
 *     - view/words.[ch]             (what several views say alike)
 *     - view/cycle.[ch], cycle_words.c   (who waits for whom, in a deadlock)
 *     - view/interleaving.[ch]      (what two lanes did, in two columns)
 *     - view/costs.[ch]             (what one operation costs)
 *     - view/grid.[ch]              (that, and what demos have of their own, as tables)
 *     - view/bars.[ch]              (what was measured besides, as bars)
 *     - view/chart.[ch]             (time against a number)
 *     - view/histogram.[ch]         (in how many runs what came out)
 *     - view/votes/sum.[ch], words.[ch]   (what a class's votes come to)
 *     - view/card_text.[ch]         (verdict and next of a card, in the style's
 *                                   characters)
 *     - view/printed.[ch]           (what lessons and programs printed)
 *     - view/pen.[ch]               (ink, which is colours, and columns)
 *     - view/live.[ch]              (the picture while it grows)
 *     - view/moment.[ch]            (a run as it stood at a moment)
 *     - view/cast.c                 (the live view as a recording)
 *     - view/terminal.[ch]          (a terminal that must not hold conc up)
 *     - view/plain.c                (a line an event)
 *     - view/telling.[ch]           (which events, in which order)
 *     - view/telling_names.c        (what flows are called there)
 *     - view/sentences.[ch], figure_sentences.c, paragraph.[ch]   (how they are said)
 *     - view/speech.[ch], speech_marks.c   (what sentences are made of)
 *     - view/explain.[ch], explain_marks.c, explain_spans.c, explain_inner.h
 *                                   (what events mean)
 *     - view/explanations.[ch]      (the same, in a list below a picture)
 *     - view/time_column.[ch]           (times in a column)
 *     - view/handover.[ch]          (what lets another lane go on)
 *     - view/plain_exhibits.[ch]    (deadlocks and the like, in sentences)
 *     - view/csv.c, csv_field.[ch]  (a row a run)
 *     - view/json/json.c, options.[ch], predictions.[ch], sites.c, timeline.[ch],
 *       exhibits.[ch], parts.h, writer.[ch]
 *     - view/chrome/chrome.c, lanes.c, flows.c, inner.h   (trace events)
 *     - view/drawing/drawing.[ch]   (pictures that are drawn: lanes, blocks, axis)
 *     - view/drawing/blocks.[ch], stretches.c   (as fine as can be seen)
 *     - view/drawing/stretch.[ch]   (spans that are one thing to a reader)
 *     - view/svg/svg.c, picture.c, figures.c, exhibits.c, bars.c, cycle.c, chart.c,
 *       grid.c, votes.c, parts.h, frame.h
 *     - view/svg/axis.c             (the axis, and how states look)
 *     - view/svg/sheet.[ch]         (text and its colours, from top to bottom)
 *     - view/html/html.c, pictures.c, figures.c, exhibits.c, votes.c, words.c,
 *       page.[ch]                   (a page)
 *     - view/html/page.css, script/ (its colours, and what moves on it; embed.py)
 *     - view/html/data.[ch]         (what its script draws)
 *     - view/html/levels.c, looks.c, folded.c, texts.[ch]   (the parts of that)
 *     - view/paint.h                (colours of pictures that are files)
 *     - view/markup.[ch]            (text in XML and HTML)
 *     - view/command_line.[ch]      (as a shell reads it)
 *     - view/prediction.[ch]        (what was predicted, beside what was measured)
 *     - view/style.[ch]             (what the terminal can do: colours, UTF-8, width)
 *     - array.[ch]                  (arrays that grow)
 *     - text/draft.[ch]             (text that is put together before it is used)
 *     - text/quantity.[ch], width.[ch]   (quantities and widths)
 *
 * - http_next(): what lessons that are servers read and write
 *     - http/http.h, request.c, response.c   (HTTP/1.1; pure)
 *
 * - tools: runs that were saved, and a class that looks at them
 *     - classroom/compare/compare.[ch]   (conc compare: saved runs side by side)
 *     - classroom/compare/files.c   (which files there are)
 *     - classroom/compare/read.c, guesses.[ch]   (one of them, checked)
 *     - classroom/compare/labels.c, sum.c, differences.c   (what they come to)
 *     - classroom/compare/view.h    (ways to write that down:)
 *     - classroom/compare/text.c, strip.c, table.c, plain.c
 *     - classroom/compare/json.c, csv.c
 *     - classroom/compare/svg.c, chart.c, html.c
 *     - classroom/compare/words.c   (words that these share)
 *     - classroom/source/source.[ch]   (a demo's C: what was asked for)
 *     - classroom/source/show.c, python.c   (all, a variant, two; its twin)
 *     - classroom/source/files.[ch] (the text, built in by embed.py)
 *     - classroom/source/code.[ch]  (keywords, comments, strings, primitives)
 *     - classroom/source/find.[ch]  (which function a variant runs)
 *     - classroom/source/diff.[ch]  (two functions, line by line)
 *     - classroom/source/times.[ch] (when a saved run was at which line)
 *     - classroom/source/times_note.c, times_inner.h   (the same in words)
 *     - classroom/source/page.[ch]  (lines with numbers and notes)
 *
 * - saved_read(): a run that was saved, read back into a report
 *     - classroom/saved/saved.[ch]  (the file as a whole)
 *     - classroom/saved/parse.c, skip.[ch]   (JSON that may hold anything)
 *     - classroom/saved/options.c, timeline.c, exhibits.c, votes.c
 *     - classroom/saved/values.[ch] (values, each checked), parts.h
 *     - classroom/replay/replay.c   (conc replay)
 *     - classroom/replay/live.c, step.c, loop.[ch], inner.h
 *
 * - demos/: the lessons
 *     - NAME.c, python/NAME.py   (a lesson, and its twin)
 *     - NAME_card.c           (its card: outcome, options, ideals, what to try next)
 *     - NAME_verdict.[ch]     (what is said of its runs)
 *     - NAME_facts.[ch], race_exhibits.[ch]   (what these read off a timeline)
 *     - pool.h, pool_job.c, pool_processes.c, pool_uv.c   (the rest of that lesson)
 *     - cost.h, cost_switch.c, cost_floors.c   (of that one: what else is measured)
 *     - gil_lock.[ch], gil_python.[ch]   (the lock of that one; and the real one)
 *     - server/server.c, server.h   (a lesson of several files)
 *     - server/server_serve.c, server_loop.c   (what its variants share; those on a
 *       loop)
 *     - webapp/webapp.c       (another)
 *     - webapp/webapp.h, webapp_store.c, webapp_site.c, webapp_visitors.c,
 *       webapp_request.c, webapp_pages.c, webapp_queue.c, webapp_times.c,
 *       webapp_client.c, webapp_lost.c
 *     - webapp/webapp_card.c, webapp_verdict.[ch]
 */

#include "cli/diag.h"
#include "cli/help.h"
#include "commands.h"
#include "outputs.h"
#include "run_demo.h"
#include "stage/spawned.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) != -1;
}

/**
 * Make sure that 0, 1 and 2 are open: files opened later must not get these numbers,
 * and libuv aborts where they are closed.  @return false when they cannot be.
 */
static bool open_standard_files(void)
{
    while (!is_open(STDIN_FILENO) || !is_open(STDOUT_FILENO) || !is_open(STDERR_FILENO))
        if (open("/dev/null", O_RDWR) < 0) /* the lowest number that is free */
            return false;
    return true;
}

static int print_help(void (*help)(FILE *out), bool had_stdout)
{
    help(stdout);
    return outputs_finish_stdout(NULL, had_stdout);
}

/** An option or a time where a command should stand: the demo was forgotten. */
static int forgotten_demo(const char *word)
{
    static const char *const options[] = {"--help", "--version", NULL};
    const char *near = suggest(word, options);

    if (near != NULL)
        diag("unknown option \"%.64s\"; did you mean \"%s\"?", word, near);
    else
        diag("name a demo first, as in: conc threads --ttl 5 10");
    return 2;
}

static int unknown_command(const char *word)
{
    const char *names[64];
    const char *near;
    size_t count = 0;

    if (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'))
        return forgotten_demo(word);
    for (const struct command *command = commands; command->name != NULL; command++)
        names[count++] = command->name;
    names[count++] = "help";
    names[count] = NULL;
    near = suggest(word, names);
    if (near != NULL)
        diag("there is no command \"%.64s\"; did you mean \"%s\"?", word, near);
    else
        diag("there is no command \"%.64s\"; \"conc --help\" lists them", word);
    return 2;
}

/** `conc help`, `conc help threads`. */
static int help_command(int argc, char **argv, bool had_stdout)
{
    const struct command *command;

    if (argc < 2)
        return print_help(help_all, had_stdout);
    if (argc > 2) {
        diag("help takes one command, not \"%.64s\" too", argv[2]);
        return 2;
    }
    if (strcmp(argv[1], "help") == 0)
        return print_help(help_all, had_stdout);
    command = command_named(argv[1]);
    if (command == NULL)
        return unknown_command(argv[1]);
    if (command->card == NULL)
        help_tool(command->tool, stdout);
    else
        help_demo(command->card, stdout);
    return outputs_finish_stdout(NULL, had_stdout);
}

static int run_command(int argc, char **argv, bool had_stdout)
{
    const struct command *command = command_named(argv[0]);
    int status, written;

    if (command == NULL)
        return unknown_command(argv[0]);
    if (command->card != NULL)
        return run_demo(command->card, argc, argv, had_stdout);
    status = command->tool->main(argc, argv);
    if (status != EXIT_SUCCESS)
        return status;
    written = outputs_finish_stdout(command->name, had_stdout);
    return written;
}

int main(int argc, char **argv)
{
    bool had_stdout = is_open(STDOUT_FILENO);

    if (spawned_is_wanted(argc, argv))
        return spawned_main(argc, argv);
    if (!open_standard_files()) {
        diag("cannot open /dev/null: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    /* A reader that has gone shows as EPIPE, where it can be told from other errors. */
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("conc " CONC_VERSION);
        return outputs_finish_stdout(NULL, had_stdout);
    }
    setlocale(LC_CTYPE, ""); /* a tenth of a start */
    if (argc < 2) {
        help_short(stdout, commands);
        return outputs_finish_stdout(NULL, had_stdout);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help(help_all, had_stdout);
    if (strcmp(argv[1], "help") == 0)
        return help_command(argc - 1, argv + 1, had_stdout);
    return run_command(argc - 1, argv + 1, had_stdout);
}
