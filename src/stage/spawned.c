// SPDX-License-Identifier: MIT

#include "stage/spawned.h"

#include "demo.h"
#include "stage/instruments.h"
#include "stage/work.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define PROGRAM  "conc-task"
#define VARIABLE "CONC_LANE"

static const struct staging *the_staging;

void spawned_begin(const struct staging *staging)
{
    the_staging = staging;
}

/* The caller ------------------------------------------------------------------ */

/** PROGRAM, number, name, kind of work, amount. */
#define ARGUMENTS 5

/** More tasks than there can be. */
#define NUMBER_MAX UINT64_C(10000000)

/** What computing there is to do is known by now: in units, not in time. */
static uint64_t amount_of(const struct task *task)
{
    if (the_staging->work == WORK_CPU)
        return atomic_load(&the_staging->amounts[task->number]);
    return (uint64_t)task->ttl_ns;
}

/** The program that was given for that task; NULL: none was. */
static char **given_program(const struct task *task)
{
    const struct options *options = the_staging->options;

    return options != NULL && options->programs != NULL
               ? options->programs[task->number]
               : NULL;
}

/** A copy of the array, not of its words. */
static char **copy_of(char **argv)
{
    size_t count = 0;
    char **copy;

    while (argv[count] != NULL)
        count++;
    copy = must_alloc(count + 1, sizeof *copy);
    memcpy(copy, argv, count * sizeof *copy);
    return copy;
}

const struct task *spawned_other(char *const argv[])
{
    const struct tasks *tasks = the_staging != NULL ? the_staging->tasks : NULL;

    for (size_t i = 0; tasks != NULL && i < tasks->count; i++) {
        char **given = given_program(&tasks->at[i]);

        if (given == NULL)
            break;
        if (argv[0] == given[0])
            return &tasks->at[i];
    }
    return NULL;
}

const char *program_file(const struct task *task)
{
    char **given = given_program(task);

    return given != NULL ? given[0] : "/proc/self/exe";
}

static char **own_program(const struct task *task)
{
    struct {
        char *argv[ARGUMENTS + 1];
        char program[sizeof PROGRAM], number[24], name[sizeof task->thread_name],
            kind[8], amount[24];
    } *words = must_alloc(1, sizeof *words);
    char *const argv[] = {words->program, words->number, words->name, words->kind,
                          words->amount};

    memcpy(words->argv, argv, sizeof argv);
    memcpy(words->program, PROGRAM, sizeof PROGRAM);
    snprintf(words->number, sizeof words->number, "%zu", task->number);
    memcpy(words->name, task->thread_name, sizeof words->name);
    strcpy(words->kind, the_staging->work == WORK_CPU ? "cpu" : "wait");
    snprintf(words->amount, sizeof words->amount, "%" PRIu64, amount_of(task));
    return words->argv;
}

char **task_program(const struct task *task)
{
    char **given = given_program(task);

    return given != NULL ? copy_of(given) : own_program(task);
}

void spawned_word(char *word, int file, uint32_t lane)
{
    snprintf(word, SPAWNED_WORD_BYTES, VARIABLE "=%d:%" PRIu32, file, lane);
}

/* The program ------------------------------------------------------------------- */

bool spawned_is_wanted(int argc, char **argv)
{
    return argc > 0 && strcmp(argv[0], PROGRAM) == 0;
}

/** Read a number up to `most`, and nothing else.  @return whether it is one. */
static bool read_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
           *number <= most;
}

static bool read_kind(const char *text, enum work_kind *kind)
{
    *kind = strcmp(text, "cpu") == 0 ? WORK_CPU : WORK_WAIT;
    return *kind == WORK_CPU || strcmp(text, "wait") == 0;
}

/** Where there is a trace, be on the lane that was made for this process. */
static void find_lane(struct trace **trace)
{
    const char *word = getenv(VARIABLE),
               *colon = word != NULL ? strchr(word, ':') : NULL;
    char file_text[16] = "";
    uint64_t file, lane;

    if (colon == NULL || colon - word >= (ptrdiff_t)sizeof file_text)
        return;
    memcpy(file_text, word, (size_t)(colon - word));
    if (read_number(file_text, INT_MAX, &file) &&
        read_number(colon + 1, LANE_NONE, &lane) && trace_attach(trace, (int)file) == 0)
        instruments_begin(*trace, (uint32_t)lane);
}

/** As a forked child would, with all that it needs in hand. */
static void do_task(struct task *task, enum work_kind kind, _Atomic uint64_t *amounts)
{
    _Atomic int known = 1;
    struct tasks tasks = {.count = 1, .at = task};
    struct staging staging = {
        .tasks = &tasks, .work = kind, .amounts = amounts, .amounts_known = &known};

    find_lane(&staging.trace);
    work_begin(&staging);
    instruments_lane_start();
    traced_pthread_setname_np(NULL, pthread_self(), task->thread_name);
    work(task);
    instruments_lane_end(EXIT_SUCCESS);
}

static int say_usage(void)
{
    fprintf(stderr, "usage: " PROGRAM " NUMBER NAME wait|cpu NANOSECONDS|UNITS\n");
    return 2;
}

int spawned_main(int argc, char **argv)
{
    enum work_kind kind;
    uint64_t number, amount;
    void *amounts;
    struct task task;

    if (argc != ARGUMENTS || !read_kind(argv[3], &kind) ||
        !read_number(argv[1], NUMBER_MAX, &number) ||
        !read_number(argv[4], INT64_MAX, &amount))
        return say_usage();
    /* By number, as on the stage; no page of the others is ever touched. */
    amounts = calloc(number + 1, sizeof(_Atomic uint64_t));
    if (amounts == NULL)
        return EXIT_FAILURE;
    atomic_store((_Atomic uint64_t *)amounts + number, amount);
    task = (struct task){.name = argv[2], .number = number, .ttl_ns = (int64_t)amount};
    snprintf(task.thread_name, sizeof task.thread_name, "%s", argv[2]);
    do_task(&task, kind, amounts);
    free(amounts);
    return EXIT_SUCCESS;
}
