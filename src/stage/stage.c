// SPDX-License-Identifier: MIT

#include "stage/stage_inner.h"

#include "card.h"
#include "stage/captures.h"
#include "stage/clock.h"
#include "stage/work.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/** Address space, not memory: what is not written to costs nothing. */
#define TRACE_BYTES ((size_t)1 << 31)

/** With more tasks than this, more of the trace is made present beforehand. */
#define WARM_FROM 500

/** Where address space is limited (`ulimit -v`), most of it is for the demo. */
#define LIMITED_PART 8

static size_t trace_size(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) == 0 &&
        limit.rlim_cur / LIMITED_PART < TRACE_BYTES)
        return (size_t)(limit.rlim_cur / LIMITED_PART);
    return TRACE_BYTES;
}

static int map_shared(struct stage *stage, const struct options *options)
{
    size_t amounts_at = (sizeof(struct shared) + 63) & ~(size_t)63;
    size_t known_at = amounts_at + options->tasks.count * sizeof(uint64_t);
    size_t bytes = known_at + 64;
    char *base =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (base == MAP_FAILED)
        return -errno;
    stage->shared_memory = base;
    stage->shared_bytes = bytes;
    stage->staging.shared = (struct shared *)(void *)base;
    stage->staging.amounts = (_Atomic uint64_t *)(void *)(base + amounts_at);
    stage->staging.amounts_known = (_Atomic int *)(void *)(base + known_at);
    return 0;
}

/**
 * libuv aborts where it finds too few descriptors left, so see beforehand: the loop and
 * its signals take 6, the keeper's socket and pipe 4 while it is forked, a file of
 * /proc 1.
 */
#define DESCRIPTORS 14

static bool enough_descriptors(void)
{
    int taken[DESCRIPTORS], count = 0;

    while (count < DESCRIPTORS) {
        taken[count] = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        if (taken[count] < 0)
            break;
        count++;
    }
    for (int i = 0; i < count; i++)
        close(taken[i]);
    return count == DESCRIPTORS;
}

/** What the demo's card wants.  @return 0 or a negative errno. */
static int open_files(struct stage *stage, const struct card *card, const char **what)
{
    bool is_given;

    folder_of_runs(&is_given);
    *what = is_given ? "cannot make a file for the run in $TMPDIR"
                     : "cannot make a file for the run in /tmp";
    if (card == NULL || !card->uses_file)
        return 0;
    stage->staging.file = folder_file();
    return stage->staging.file < 0 ? stage->staging.file : 0;
}

/** The keeper removes the folder, so that no signal may end conc before there is one.
 */
static int open_keeper(struct stage *stage, const struct card *card, const char **what)
{
    sigset_t all, before;
    int error = 0;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    if (card != NULL && card->uses_folder)
        error = folder_make(stage->staging.folder);
    if (error == 0) {
        *what = "cannot start a process";
        error = keeper_fork(&stage->keeper, &stage->staging);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return error;
}

static int open_loop(struct stage *stage)
{
    int error = uv_loop_init(&stage->loop);

    if (error != 0)
        return error;
    stage->loop_open = true;
    if ((error = stage_watch_start(stage)) != 0)
        return error;
    return stage_signals_start(stage);
}

int stage_open(struct stage **result, const struct options *options,
               const struct stage_hooks *hooks, const char **what)
{
    struct stage *stage = calloc(1, sizeof *stage);
    int error;

    *what = "no memory";
    if (stage == NULL)
        return -ENOMEM;
    stage->staging.file = -1;
    if (hooks != NULL)
        stage->hooks = *hooks;
    stage->staging.farewell = stage->hooks.farewell;
    stage->staging.farewell_data = stage->hooks.data;
    stage->staging.options = options;
    stage->staging.tasks = &options->tasks;
    stage->staging.work = options->work;
    stage->staging.cores = options->cores;
    if ((error = trace_create(&stage->staging.trace, trace_size())) != 0 ||
        (error = map_shared(stage, options)) != 0)
        goto failed;

    if (options->tasks.count > WARM_FROM)
        trace_warm(stage->staging.trace, options->tasks.count + 1);
    *what = "cannot watch the run";
    if (!enough_descriptors()) {
        error = UV_EMFILE;
        goto failed;
    }
    *what = "no memory";
    if (options->card != NULL && options->card->takes_programs &&
        (error = captures_map(&stage->staging)) != 0)
        goto failed;
    if ((error = process_children(&stage->spared)) != 0 ||
        (error = waits_create(&stage->waits)) != 0)
        goto failed;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if ((error = open_files(stage, options->card, what)) != 0 ||
        (error = open_keeper(stage, options->card, what)) != 0)
        goto failed;
    *what = "cannot watch the run";
    if ((error = open_loop(stage)) != 0)
        goto failed;
    *result = stage;
    return 0;

failed:
    stage_close(stage);
    return error;
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void stage_close(struct stage *stage)
{
    if (stage == NULL)
        return;
    if (stage->loop_open) {
        uv_walk(&stage->loop, close_handle, NULL);
        uv_run(&stage->loop, UV_RUN_DEFAULT);
        uv_loop_close(&stage->loop);
    }
    if (stage->keeper.socket > 0) {
        stage_ask_keeper(stage, KEEPER_LEAVE, NULL);
        close(stage->keeper.socket);
        close(stage->keeper.output);
    }
    if (stage->keeper.pid > 0) {
        kill(stage->keeper.pid, SIGCONT); /* whoever may have stopped it */
        waitpid(stage->keeper.pid, NULL, 0);
    }
    if (stage->staging.file >= 0)
        close(stage->staging.file);
    folder_remove(stage->staging.folder); /* the keeper may have been killed */
    trace_destroy(stage->staging.trace);
    captures_unmap(&stage->staging);
    if (stage->shared_memory != NULL)
        munmap(stage->shared_memory, stage->shared_bytes);
    process_forget(&stage->spared);
    waits_destroy(stage->waits);
    free(stage);
}

/** As much of the stage's file is kept as a text, and so much is read at most. */
#define FILE_BYTES      ((size_t)64 << 10)
#define MOST_FILE_BYTES ((off_t)64 << 20)

static int64_t lines_in(const char *text, size_t bytes)
{
    int64_t lines = 0;

    for (size_t i = 0; i < bytes; i++)
        lines += text[i] == '\n';
    return lines;
}

/** Count the lines of the stage's file, -1 where there is none, and keep its beginning.
 */
static void take_file(int file, struct stage_end *end)
{
    char text[4096];
    ssize_t got;

    end->file_lines = -1;
    if (file < 0)
        return;
    end->file_text = malloc(FILE_BYTES);
    got = end->file_text != NULL ? pread(file, end->file_text, FILE_BYTES, 0) : -1;
    if (got < 0)
        return;
    end->file_bytes = (size_t)got;
    end->file_lines = lines_in(end->file_text, end->file_bytes);
    for (off_t at = got; at <= MOST_FILE_BYTES; at += got) {
        if ((got = pread(file, text, sizeof text, at)) <= 0)
            break;
        end->file_lines += lines_in(text, (size_t)got);
    }
    if (got != 0)
        end->file_lines = -1;
}

static void prepare(struct stage *stage, const struct variant *variant,
                    int64_t limit_ns, struct stage_end *end)
{
    *end = (struct stage_end){.ending = ENDING_RUNNING, .cpu_ns = -1};
    trace_reset(stage->staging.trace);
    memset(stage->staging.shared, 0, sizeof *stage->staging.shared);
    if (stage->staging.file >= 0)
        (void)!ftruncate(stage->staging.file, 0); /* a regular file of ours: it can */
    folder_empty(stage->staging.folder);
    captures_reset(&stage->staging);
    atomic_store(&stage->staging.shared->operations, variant->operations);
    atomic_store(&stage->staging.shared->bytes, stage->bytes);
    atomic_store(&stage->staging.shared->is_load, stage->is_load);
    stage->end = end;
    stage->running = true;
    stage->refused = 0;
    stage->asked_ns = wall_ns();
    stage->limit_at_ns = stage->asked_ns + limit_ns;
    stage_set_limit(stage);
    stage_set_frames(stage);
    stage_set_looks(stage);
}

/** After an interrupt nothing is started any more, whoever asks for it. */
static void nothing_started(struct stage *stage)
{
    stage->end->ending = ENDING_INTERRUPT;
    stage->end->number = stage->interrupted;
    stage->end->end_ns = wall_ns();
    stage->running = false;
}

/** Give back what was not used: there may be thousands of runs. */
static void trim(char **text, size_t bytes)
{
    char *trimmed = *text != NULL ? realloc(*text, bytes > 0 ? bytes : 1) : NULL;

    if (trimmed != NULL)
        *text = trimmed;
}

int stage_run(struct stage *stage, const struct variant *variant, int64_t limit_ns,
              struct stage_end *end)
{
    prepare(stage, variant, limit_ns, end);
    if (stage->interrupted != 0)
        nothing_started(stage);
    else if (stage->keeper.pid == 0 || !stage_ask_keeper(stage, KEEPER_START, variant))
        stage_keeper_gone(stage);
    while (stage->running)
        uv_run(&stage->loop, UV_RUN_ONCE);
    uv_timer_stop(&stage->limit);
    uv_timer_stop(&stage->frame);
    uv_timer_stop(&stage->look);
    stage_take_all_output(stage);
    stage->end = NULL;
    if (end->gone_ns < end->end_ns)
        end->gone_ns = end->end_ns;
    take_file(stage->staging.file, end);
    trim(&end->file_text, end->file_bytes);
    trim(&end->printed, end->printed_bytes);
    captures_take(&stage->staging, end);
    end->start_ns = stage_start_ns(stage);
    if (end->start_ns > end->end_ns)
        end->start_ns = 0;
    return stage->refused != 0 ? -stage->refused : 0;
}

void stage_end_free(struct stage_end *end)
{
    free(end->printed);
    free(end->file_text);
    captured_free(end->captured, end->captured_count);
    deadlock_destroy(end->deadlock);
}

int stage_calibrate(struct stage *stage, struct stage_end *end)
{
    static const struct variant calibrate = {.name = "calibrate",
                                             .run = work_calibrate};

    return stage_run(stage, &calibrate, 10 * NS_PER_S, end);
}

void stage_vary(struct stage *stage, enum work_kind work, size_t place, int64_t value)
{
    stage->staging.work = work;
    stage->staging.varied = place + 1;
    stage->staging.varied_value = value;
}

void stage_amounts_known(struct stage *stage)
{
    atomic_store(stage->staging.amounts_known, 1);
}

int64_t stage_start_ns(const struct stage *stage)
{
    int64_t start_ns = atomic_load(&stage->staging.shared->start_ns);

    /* A stage that went wild may have written anything there. */
    return start_ns >= stage->asked_ns && start_ns <= wall_ns() ? start_ns : 0;
}

const struct trace *stage_trace(const struct stage *stage)
{
    return stage->staging.trace;
}

int stage_interrupted(const struct stage *stage)
{
    return stage->interrupted;
}
