// SPDX-License-Identifier: MIT
/**
 * Whose words does a thread log when its request is over?
 *
 * A server answers requests, and writes a row of its log for each.  Writing is slow,
 * and the caller needs nothing back from it, so a thread can do it after the reply.
 * But the server has one slot for the request that it is answering, and the next
 * request goes into the same.  A thread with a pointer to the slot finds there whatever
 * came last.  Every access is under a lock, so this is no data race, and no tool finds
 * it: the pointer is good, the lock is good, and the words are somebody else's.  Look
 * at when main replies, at when the rows are written, and at what should stand in them.
 *
 *     conc context
 *     conc context --ttl 0 0 0 --only pointer --repeat 30
 *
 * `pointer` is UNSAFE.  Go through it beside `copy` and `owned`: a line more, and a few
 * lines more.  Read next: demos/pool.c, where such work is given to threads that are
 * there already.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "demo.h"

/** What a client asks for. */
struct request {
    char words[64];
};

/** The request that is being answered.  Main alone writes to it. */
static struct request slot;

/** Of the words in all requests.  With it, no one reads half a request; whose it is, no
 * lock can know. */
static uv_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/** A row of the log. */
struct row {
    const struct task *task; /* who asked; the row takes its ttl to write */
    struct request *request; /* where its writer finds what was asked for */
    struct request copy;     /* a place for that, as long as there is the row */
    struct request logged;   /* what the writer found */
    uv_thread_t writer;
};

/** What comes from the client; the next request waits until this one has its reply. */
static struct request ask(const struct task *task)
{
    static const char *const wishes[] = {"a lightsaber", "the plans", "help", "a ship"};
    struct request request;

    snprintf(request.words, sizeof request.words, "%zu: %s wants %s", task->number + 1,
             task->name, wishes[task->number % 4]);
    return request;
}

static void receive(const struct task *task)
{
    uv_mutex_lock(&lock);
    slot = ask(task);
    uv_mutex_unlock(&lock);
}

/** The job.  In a real server it waits for a disk, or for a database. */
static void write_row(struct row *row)
{
    work(row->task);
    uv_mutex_lock(&lock);
    row->logged = *row->request;
    uv_mutex_unlock(&lock);
    beat("row written");
}

static void writer(void *arg)
{
    struct row *row = arg;

    pthread_setname_np(pthread_self(), row->task->thread_name);
    write_row(row);
}

static void start(struct row *row, uv_thread_cb entry)
{
    must(uv_thread_create(&row->writer, entry, row), "uv_thread_create");
}

/** Right, and the caller waits for what he does not need. */
static void answer_inline(struct row *row)
{
    row->request = &slot;
    write_row(row);
}

/**
 * UNSAFE: the pointer outlives this call, and the request does not.
 *
 *     main                                     luke's writer
 *     slot = "luke wants a lightsaber"
 *     starts the writer with &slot
 *     replies to luke                          works
 *     slot = "darthvader wants the plans"      works
 *                                              logs *(&slot): "darthvader wants ..."
 */
static void answer_pointer(struct row *row)
{
    row->request = &slot;
    start(row, writer);
}

/** The words are copied while they are there.  What they are copied to must live as
 * long as the thread; the row does, a variable in here would not. */
static void answer_copy(struct row *row)
{
    row->copy = slot;
    row->request = &row->copy;
    start(row, writer);
}

/** It alone has the pointer, so that it frees what nobody else will. */
static void last_owner(void *arg)
{
    struct row *row = arg;

    writer(row);
    free(row->request);
}

/** The same where nothing lives long enough: memory that is handed over. */
static void answer_owned(struct row *row)
{
    struct request *own = must_alloc(1, sizeof *own);

    *own = slot;
    row->request = own;
    start(row, last_owner);
}

/** One connection, and so one request after the other, each in the same slot. */
static struct row *serve(const struct tasks *tasks, void (*answer)(struct row *row))
{
    struct row *rows = must_alloc(tasks->count, sizeof *rows);

    for (size_t i = 0; i < tasks->count; i++) {
        rows[i].task = &tasks->at[i];
        receive(rows[i].task);
        answer(&rows[i]);
        beat("replies");
    }
    return rows;
}

/** What was logged, beside what was asked: the first ten rows that are wrong. */
static void compare(struct row *rows, size_t count)
{
    int64_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        struct request asked = ask(rows[i].task);

        if (strcmp(rows[i].logged.words, asked.words) == 0)
            continue;
        if (wrong++ < 10)
            printf("asked  %-31s logged  %s\n", asked.words, rows[i].logged.words);
    }
    note("rows", (int64_t)count);
    note("wrong", wrong);
    free(rows);
}

/** In the handler itself, before the reply. */
static void in_handler(const struct tasks *tasks)
{
    struct row *rows = serve(tasks, answer_inline);

    compare(rows, tasks->count);
}

/** In a thread for each row.  Before it ends, the server waits for them all. */
static void in_threads(const struct tasks *tasks, void (*answer)(struct row *row))
{
    struct row *rows = serve(tasks, answer);

    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&rows[i].writer), "uv_thread_join");
    compare(rows, tasks->count);
}

static void pointer(const struct tasks *tasks)
{
    in_threads(tasks, answer_pointer);
}

static void copy(const struct tasks *tasks)
{
    in_threads(tasks, answer_copy);
}

static void owned(const struct tasks *tasks)
{
    in_threads(tasks, answer_owned);
}

static const struct variant variants[] = {
    {"inline", "write the row, then reply", in_handler, .shape = SHAPE_SERIAL},
    {"pointer", "UNSAFE: a thread writes it, with a pointer to the request", pointer,
     .shape = SHAPE_CONCURRENT, .other_work = true},
    {"copy", "a thread writes it, with a copy of the request", copy,
     .shape = SHAPE_CONCURRENT},
    {"owned", "a thread writes it, and owns the memory with the copy", owned,
     .shape = SHAPE_CONCURRENT},
    {0},
};

const struct demo context_demo = {.name = "context", .variants = variants};
