// SPDX-License-Identifier: MIT

#include "stage/told.h"

#include "stage/instruments_inner.h"

#include "demo.h"
#include "stage/clock.h"
#include "stage/flows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct staging *the_staging;

void told_begin(const struct staging *staging)
{
    the_staging = staging;
}

/** What is known of the program. */
struct teller {
    const struct site *site; /**< of the call of run_told() */
    const void *lock;
    pid_t pid;
    int64_t since_ns;             /**< when it was started */
    bool has_printed;             /**< anything at all */
    bool has_told;                /**< a line of it was one */
    struct trace_writer *writers; /**< by flow; of those that are not there, no trace */
    size_t room;
};

/** A line, taken apart. */
struct line {
    int64_t flow, at_ns;
    const char *word;
    size_t length;           /**< of the word */
    const char *rest;        /**< what follows it */
    uint64_t number, second; /**< at the beginning of that; 0: there is none */
};

/** Take a number from the beginning of a text. */
static bool take_number(const char **text, int64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoll(*text, &end, 10);
    if (end == *text || errno != 0)
        return false;
    *text = end;
    return true;
}

static bool read_line(const struct teller *teller, const char *text, struct line *line)
{
    char *after;

    if (!take_number(&text, &line->flow) || !take_number(&text, &line->at_ns) ||
        line->flow < 0 || (size_t)line->flow >= teller->room ||
        line->at_ns < teller->since_ns || line->at_ns > wall_ns())
        return false;
    line->word = text + strspn(text, " ");
    line->length = strcspn(line->word, " ");
    line->rest = line->word + line->length;
    line->number = strtoull(line->rest, &after, 10);
    line->second = strtoull(after, NULL, 10);
    return line->length > 0;
}

static bool is_word(const struct line *line, const char *word)
{
    return strlen(word) == line->length && memcmp(word, line->word, line->length) == 0;
}

static void write_line(struct teller *teller, const struct line *line,
                       enum event_kind kind, uint64_t object, uint64_t value)
{
    struct trace_writer *writer = &teller->writers[line->flow];

    if (writer->trace != NULL)
        trace_write(writer, line->at_ns, kind, instruments_site_number(teller->site),
                    object, value);
}

static void open_flow(struct teller *teller, uint64_t flow, enum lane_kind kind,
                      uint32_t parent)
{
    uint32_t lane = instruments_add_lane(kind, parent);

    if (lane == LANE_NONE)
        return;
    trace_open(&teller->writers[flow], instruments_trace(), lane);
    teller->writers[flow].processor = UINT32_MAX;
}

static uint32_t lane_of(const struct teller *teller, uint64_t flow)
{
    bool is_there = flow < teller->room && teller->writers[flow].trace != NULL;

    return is_there ? teller->writers[flow].lane : LANE_NONE;
}

static void take_create(struct teller *teller, const struct line *line)
{
    if (line->number == 0 || line->number >= teller->room ||
        lane_of(teller, line->number) != LANE_NONE)
        return;
    open_flow(teller, line->number, LANE_THREAD, lane_of(teller, (uint64_t)line->flow));
    write_line(teller, line, EVENT_CREATE, lane_of(teller, line->number), 0);
}

static void take_start(struct teller *teller, const struct line *line)
{
    struct trace_writer *writer = &teller->writers[line->flow];
    const char *name = line->rest;
    int64_t id;

    if (writer->trace == NULL || !take_number(&name, &id))
        return;
    trace_set_started(writer, id);
    if (*name == ' ')
        trace_set_name(writer, name + 1);
    if (line->flow > 0) /* the first one's stands there already */
        write_line(teller, line, EVENT_START, 0, 0);
}

/** Until it could tell anything, a program did what only the system knows: how much of
 * it was what, and not when. */
static void take_loaded(struct teller *teller, const struct line *line)
{
    int64_t took_ns = line->at_ns - teller->since_ns, asleep_ns;
    struct line part = *line;

    if (line->flow != 0 || line->number > INT64_MAX / 4 || line->second > INT64_MAX / 4)
        return;
    asleep_ns = took_ns - (int64_t)line->number - (int64_t)line->second;
    if (asleep_ns < 0)
        return;
    part.at_ns = teller->since_ns;
    write_line(teller, &part, EVENT_SLEEP_BEGIN, 0, (uint64_t)asleep_ns);
    part.at_ns += asleep_ns;
    write_line(teller, &part, EVENT_SLEEP_END, 0, 0);
    part.at_ns = line->at_ns - (int64_t)line->second;
    if (line->second > 0)
        write_line(teller, &part, EVENT_READY, 0, line->second);
}

/** A flow's end; the program's own is when it was waited for. */
static void take_end(struct teller *teller, const struct line *line)
{
    const char *rest = line->rest;
    int64_t cpu_ns, voluntary, involuntary;

    if (teller->writers[line->flow].trace == NULL || !take_number(&rest, &cpu_ns) ||
        !take_number(&rest, &voluntary) || !take_number(&rest, &involuntary))
        return;
    if (line->flow > 0)
        write_line(teller, line, EVENT_END, 0, 0);
    trace_set_ended(&teller->writers[line->flow], cpu_ns, voluntary, involuntary);
}

static void take_figure(struct teller *teller, const struct line *line)
{
    const struct site *const keys[] = {CONC_SITE("python_version", ""),
                                       CONC_SITE("python_has_lock", "")};
    struct trace_writer *writer = &teller->writers[line->flow];
    const char *key = line->rest + strspn(line->rest, " ");

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t length = strlen(keys[i]->call);

        if (strncmp(key, keys[i]->call, length) == 0 && writer->trace != NULL)
            trace_write(writer, line->at_ns, EVENT_VALUE,
                        instruments_site_number(keys[i]), 0,
                        strtoull(key + length, NULL, 10));
    }
}

static void take_line(struct teller *teller, const char *text)
{
    uint64_t lock = (uint64_t)(uintptr_t)teller->lock;
    struct line line;

    if (!read_line(teller, text, &line))
        return;
    teller->has_told = true;
    const struct {
        const char *word;
        enum event_kind kind;
        uint64_t object, value;
    } events[] = {
        {"task", EVENT_TASK_BEGIN, line.number, (uint64_t)the_staging->work},
        {"done", EVENT_TASK_END, line.number, line.second},
        {"want", EVENT_LOCK_BEGIN, lock, 0},
        {"have", EVENT_LOCK_END, lock, 0},
        {"give", EVENT_UNLOCK, lock, 0},
        {"lack", EVENT_READY, 0, line.number},
        {"join", EVENT_JOIN_BEGIN, lane_of(teller, line.number), 0},
        {"joined", EVENT_JOIN_END, lane_of(teller, line.number), 0},
    };

    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (is_word(&line, events[i].word))
            write_line(teller, &line, events[i].kind, events[i].object,
                       events[i].value);
    if (is_word(&line, "create"))
        take_create(teller, &line);
    else if (is_word(&line, "loaded"))
        take_loaded(teller, &line);
    else if (is_word(&line, "start"))
        take_start(teller, &line);
    else if (is_word(&line, "end"))
        take_end(teller, &line);
    else if (is_word(&line, "figure"))
        take_figure(teller, &line);
}

/** No line is longer; of what is no line at all, no more is kept. */
#define LINE_BYTES 4096

static void take_lines(struct teller *teller, int file)
{
    FILE *in = fdopen(file, "r");
    char text[LINE_BYTES];
    bool is_rest = false; /* of a line that was longer */

    must_posix(in != NULL ? 0 : -1, "fdopen");
    while (fgets(text, sizeof text, in) != NULL) {
        size_t length = strcspn(text, "\n");
        bool is_whole = text[length] == '\n';

        text[length] = '\0';
        teller->has_printed = true;
        if (!is_rest)
            take_line(teller, text);
        is_rest = !is_whole;
    }
    fclose(in);
}

/** Start it, with its standard output going into a pipe. @return 0, or an errno. */
static int start(struct teller *teller, char *const argv[], int *output)
{
    posix_spawn_file_actions_t actions;
    int ends[2], error;

    must_posix(pipe2(ends, O_CLOEXEC), "pipe2");
    must_pthread(posix_spawn_file_actions_init(&actions), "posix_spawn");
    must_pthread(posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO),
                 "posix_spawn");
    error = posix_spawnp(&teller->pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error != 0)
        close(ends[0]);
    *output = ends[0];
    return error;
}

/** The call, of the calling thread, and the lane of what it has started. */
static void tell_start(struct teller *teller, const char *name)
{
    struct line begin = {.flow = 0, .at_ns = teller->since_ns};

    open_flow(teller, 0, LANE_PROCESS, instruments_writer()->lane);
    instruments_event_at(teller->since_ns, EVENT_CREATE, teller->site,
                         lane_of(teller, 0), (uint64_t)(wall_ns() - teller->since_ns));
    if (teller->writers[0].trace == NULL)
        return;
    flows_add_process(teller->pid, lane_of(teller, 0));
    trace_set_name(&teller->writers[0], name);
    trace_set_started(&teller->writers[0], teller->pid);
    write_line(teller, &begin, EVENT_START, 0, 0);
}

int traced_run_told(const struct site *site, const void *lock, char *const argv[])
{
    struct teller teller = {.site = site,
                            .lock = lock,
                            .since_ns = wall_ns(),
                            .room = the_staging->tasks->count + 1};
    struct line end = {.flow = 0};
    int output, status = 0, error;

    teller.writers = must_alloc(teller.room, sizeof *teller.writers);
    error = start(&teller, argv, &output);
    if (error != 0) {
        free(teller.writers);
        return -error;
    }
    tell_start(&teller, argv[0]);
    instruments_begin_wait(EVENT_JOIN_BEGIN, site, lane_of(&teller, 0), 0);
    take_lines(&teller, output);
    must_posix(waitpid(teller.pid, &status, 0), "waitpid");
    end.at_ns = wall_ns();
    write_line(&teller, &end, EVENT_END, 0, (uint64_t)status);
    instruments_end_wait(EVENT_JOIN_END, site, lane_of(&teller, 0), (uint64_t)status);
    free(teller.writers);
    if (status != 0 || teller.has_told)
        return status;
    return teller.has_printed ? UV_EPROTO : UV_EOF;
}
