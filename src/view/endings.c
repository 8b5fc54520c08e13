// SPDX-License-Identifier: MIT
#include "view/endings.h"
#include "text/quantity.h"
#include "view/chosen_run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct sentence skipped_words(const struct report *report,
                              const struct variant_report *variant, bool ascii)
{
    struct sentence words = {""};
    snprintf(words.text, sizeof words.text,
             "not run: would take %s, past the limit of %s",
             duration_text(variant->ideal_ns, ascii).text,
             short_ttl_text(report->options->limit_ns, ascii).text);
    return words;
}

static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGABRT, " (SIGABRT, it aborted)"},
        {SIGSEGV, " (SIGSEGV, a wrong address)"},
        {SIGBUS, " (SIGBUS, a wrong address)"},
        {SIGFPE, " (SIGFPE, wrong arithmetic)"},
        {SIGILL, " (SIGILL, a wrong instruction)"},
        {SIGKILL, " (SIGKILL)"},
        {SIGTERM, " (SIGTERM)"},
        {SIGINT, " (SIGINT)"},
        {SIGHUP, " (SIGHUP)"},
        {SIGPIPE, " (SIGPIPE)"},
        {SIGTRAP, " (SIGTRAP)"},
        {SIGSYS, " (SIGSYS, a forbidden system call)"},
        {SIGXCPU, " (SIGXCPU, past its CPU limit)"},
        {SIGXFSZ, " (SIGXFSZ, past its limit on the size of files)"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number)
            return names[i].name;
    return "";
}

struct sentence ending_words(const struct report *report, const struct run *run,
                             bool ascii)
{
    struct sentence words = {""};
    char *text = words.text;
    size_t size = sizeof words.text;
    struct quantity after = duration_text(run->wall_ns, ascii);
    switch (run->ending) {
    case ENDING_RETURN:
    case ENDING_RUNNING:
        break;
    case ENDING_LIMIT:
        /* The limit counts from before the first act. */
        snprintf(text, size, "ended after %s, at the limit of %s%s", after.text,
                 short_ttl_text(report->options->limit_ns, ascii).text,
                 run->wall_ns < report->options->limit_ns ? " (start-up included)"
                                                          : "");
        break;
    case ENDING_DEADLOCK:
        if (run->deadlock != NULL)
            snprintf(
                text, size, "stuck at %s, seen %s later, and ended",
                duration_text(run->deadlock->closed_ns, ascii).text,
                duration_text(run->deadlock->seen_ns - run->deadlock->closed_ns, ascii)
                    .text);
        break;
    case ENDING_INTERRUPT:
        snprintf(text, size, "interrupted after %s", after.text);
        break;
    case ENDING_SIGNAL:
        snprintf(text, size, "killed by signal %d%s after %s", run->number,
                 signal_name(run->number), after.text);
        break;
    case ENDING_EXIT:
        snprintf(text, size, "ended itself with status %d after %s, without returning",
                 run->number, after.text);
        break;
    case ENDING_REFUSED:
        snprintf(text, size, "given up after %s%s", after.text,
                 run->detail == NULL ? ": the system refused something" : "");
        break;
    case ENDING_KEEPER:
        snprintf(text, size, "lost after %s: the process that keeps it was killed",
                 after.text);
        break;
    }
    return words;
}

char *failure_words(const struct report *report, const struct run *run, bool ascii)
{
    char *text = NULL;
    bool more = run->detail != NULL;
    if (asprintf(&text, "%s%s%s", ending_words(report, run, ascii).text,
                 more ? ": " : "", more ? run->detail : "") < 0)
        return NULL;
    return text;
}

struct sentence stuck_words(const struct variant_report *variant)
{
    struct sentence words = {"stuck, and ended"};
    size_t stuck = stuck_runs(variant);
    struct quantity runs = count_text(variant->run_count);
    if (variant->run_count > 1 && stuck == variant->run_count)
        snprintf(words.text, sizeof words.text, "stuck in all %s runs", runs.text);
    else if (variant->run_count > 1)
        snprintf(words.text, sizeof words.text, "stuck in %s of %s runs",
                 count_text(stuck).text, runs.text);
    return words;
}

struct sentence stuck_note(const struct variant_report *variant)
{
    struct sentence note = {""};
    if (variant->comparable > 0 && stuck_runs(variant) > 0)
        snprintf(note.text, sizeof note.text,
                 "%s: %.80s; the figures are those of the others",
                 variant->variant->name, stuck_words(variant).text);
    return note;
}

struct sentence disturbed_words(const struct run *run)
{
    if (!run->disturbed)
        return (struct sentence){""};
    return (struct sentence){
        "stopped and continued meanwhile: its times are not to be compared"};
}

struct sentence dropped_words(const struct run *run)
{
    struct sentence words = {""};
    if (run->timeline.dropped_events > 0)
        snprintf(words.text, sizeof words.text,
                 "%s events did not fit in the trace and are not drawn",
                 count_text(run->timeline.dropped_events).text);
    return words;
}
