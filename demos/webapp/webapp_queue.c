// SPDX-License-Identifier: MIT
/** One thread that writes the rows of demos/webapp/webapp.c, out of a queue: one after
 * the other, or all that wait at once. */

#include <pthread.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

#include "webapp.h"

/* queue: let one thread write all rows --------------------------------------------- */

static struct {
    uv_mutex_t lock; /* whoever looks at what follows, or changes it, holds this: */
    struct later *first, **end;
    bool is_closing; /* nothing will be put in any more */

    uv_cond_t filled; /* there is a row to write, or none will come */
} rows;

/** The next row to write; NULL: there will be none. */
static struct later *take(void)
{
    struct later *later;

    uv_mutex_lock(&rows.lock);
    while (rows.first == NULL && !rows.is_closing)
        uv_cond_wait(&rows.filled, &rows.lock);
    later = rows.first;
    if (later != NULL) {
        rows.first = later->next;
        if (rows.first == NULL)
            rows.end = &rows.first;
    }
    uv_mutex_unlock(&rows.lock);
    return later;
}

/** Whoever told the server to end does not wait for ever. */
static bool is_too_late(void)
{
    uint64_t at = site_gives_up_at();

    return at != 0 && uv_hrtime() > at;
}

static void write_rows(void *unused)
{
    struct later *later;

    (void)unused;
    pthread_setname_np(pthread_self(), "writer");
    idle_between_tasks();
    while ((later = take()) != NULL) {
        quiet(later->number >= DRAWN_SEARCHES);
        if (is_too_late())
            look(later, STORE_TOO_LATE);
        else
            insert_and_look(later);
        free(later);
    }
}

static void log_in_queue(const struct task *task, const struct request *request)
{
    struct later *later = later_for(task, request);

    uv_mutex_lock(&rows.lock);
    queued(task);
    *rows.end = later;
    rows.end = &later->next;
    uv_mutex_unlock(&rows.lock);
    uv_cond_signal(&rows.filled);
}

/** What is in the queue is still written, and then the writer ends. */
static void close_queue(uv_thread_t *writer)
{
    uv_mutex_lock(&rows.lock);
    rows.is_closing = true;
    uv_mutex_unlock(&rows.lock);
    uv_cond_signal(&rows.filled);
    must(uv_thread_join(writer), "uv_thread_join");
}

static void write_by(void (*writing)(void *), const struct tasks *tasks)
{
    uv_thread_t writer;

    site_open(tasks);
    rows.end = &rows.first;
    must(uv_mutex_init(&rows.lock), "uv_mutex_init");
    must(uv_cond_init(&rows.filled), "uv_cond_init");
    must(uv_thread_create(&writer, writing, NULL), "uv_thread_create");
    site_answer(tasks, log_in_queue);
    close_queue(&writer);
    store_tell(tasks);
}

void queue(const struct tasks *tasks)
{
    write_by(write_rows, tasks);
}

/* batch: all rows that wait in one transaction, which takes as long as one --------- */

/** All rows that wait; NULL: there will be none. */
static struct later *take_all(void)
{
    struct later *first;

    uv_mutex_lock(&rows.lock);
    while (rows.first == NULL && !rows.is_closing)
        uv_cond_wait(&rows.filled, &rows.lock);
    first = rows.first;
    rows.first = NULL;
    rows.end = &rows.first;
    uv_mutex_unlock(&rows.lock);
    return first;
}

static int insert_all(const struct later *first)
{
    sqlite3 *db;
    int error = store_open(&db);

    if (error == SQLITE_OK)
        error = store_begin(db, first->task);
    if (error == SQLITE_OK)
        error = store_end(db, store_add(db, first));
    sqlite3_close(db);
    return error;
}

/** All of the transaction is written, or nothing. */
static void write_batches(void *unused)
{
    int64_t transactions = 0;
    struct later *first;

    (void)unused;
    pthread_setname_np(pthread_self(), "writer");
    idle_between_tasks();
    while ((first = take_all()) != NULL) {
        int error;

        quiet(first->number >= DRAWN_SEARCHES);
        error = is_too_late() ? STORE_TOO_LATE : insert_all(first);
        transactions += error == SQLITE_OK;
        while (first != NULL) {
            struct later *row = first;

            first = row->next;
            look(row, error);
            free(row);
        }
    }
    note("transactions", transactions);
}

void batch(const struct tasks *tasks)
{
    write_by(write_batches, tasks);
}
