// SPDX-License-Identifier: MIT
/**
 * Who has to wait for the log?
 *
 * A small site takes a search, a phrase and letters, and answers which of the letters
 * are in the phrase.  Each search is logged, by an INSERT that is slow.  Whoever called
 * for an INSERT needs nothing back, so that it can be done later, by another thread:
 * the reply is there at once.  Whoever called for a SELECT, to look at the log, needs
 * its rows, and must wait.  Look at when the client has its replies, and at when the
 * rows are written; and count both.
 *
 *     conc webapp
 *     conc webapp --only thread,lost-context
 *     conc webapp --only thread --fault locked
 *     conc webapp --serve
 *
 * The last one stays up for a browser.  `lost-context`, `shared-connection` and
 * `check-insert` are UNSAFE.  The database is in demos/webapp/webapp_store.c, the
 * server in webapp_site.c, its pages in webapp_pages.c, and who searches in
 * webapp_client.c. Read next: demos/pool.c, where a few threads take what is in a
 * queue.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

#include "webapp.h"

/** A row to write, and all that it takes. */
struct later {
    const struct task *task; /* how long it takes */
    const struct request *request;
    struct request copy;
    webapp_insert *insert;
    sqlite3 *db; /* NULL: a connection of its own */
    uv_thread_t thread;
    bool looks; /* somebody will look for its error */
    int error;  /* written by the thread; read when it has been joined */
    atomic_bool is_done;
    struct later *next;
};

/** With a copy of the request: the handler returns, and its own is used again, for the
 * next search. */
static struct later *later_for(const struct task *task, const struct request *request)
{
    struct later *later = must_alloc(1, sizeof *later);

    later->task = task;
    later->copy = *request;
    later->request = &later->copy;
    later->insert = store_insert;
    later->looks = true;
    return later;
}

/** The job: all variants call it, so what differs is only who, and when. */
static int insert(const struct later *later)
{
    bool is_drawn = later->copy.number < DRAWN_SEARCHES;
    sqlite3 *own = NULL;
    int error;

    quiet(!is_drawn);
    error = later->db != NULL ? SQLITE_OK : store_open(&own);

    if (error == SQLITE_OK)
        error = later->insert(later->db != NULL ? later->db : own, later->task,
                              later->request);
    sqlite3_close(own);
    if (error == SQLITE_OK) {
        if (is_drawn)
            beat("row written");
        times_written(later->copy.number);
    }
    return error;
}

/** The reply does not depend on it: what is lost is counted. */
static void insert_and_look(const struct later *later)
{
    int error = insert(later);

    if (error != SQLITE_OK)
        store_lost(error);
}

/* inline: log, and then reply ------------------------------------------------------ */

static void log_inline(const struct task *task, const struct request *request)
{
    struct later *now = later_for(task, request);

    insert_and_look(now);
    free(now);
}

static void inline_(const struct tasks *tasks)
{
    site_open(tasks);
    site_answer(tasks, log_inline);
    store_tell(tasks);
}

/* thread: start a thread that logs, and reply -------------------------------------- */

/** So many at once: each has a connection, which takes three descriptors. */
#define MOST_THREADS 250

/** Those that are not joined yet, the first one first; main's alone. */
static struct later *started, **last = &started;
static unsigned started_count;

static void insert_in_thread(void *arg)
{
    struct later *later = arg;

    pthread_setname_np(pthread_self(), later->task->thread_name);
    later->error = insert(later);
    atomic_store(&later->is_done, true);
}

/** An error in a thread reaches nobody, unless somebody looks. */
static void join_first(void)
{
    struct later *later = started;

    started = later->next;
    if (started == NULL)
        last = &started;
    started_count--;
    must(uv_thread_join(&later->thread), "uv_thread_join");
    if (later->looks && later->error != SQLITE_OK)
        store_lost(later->error);
    free(later);
}

/** Where no more threads can be started, the row is written at once: a late reply is
 * better than no row.  A server that stays up joins those that are done, as it goes. */
static void start(struct later *later)
{
    while (started != NULL && atomic_load(&started->is_done))
        join_first();
    if (started_count == MOST_THREADS ||
        uv_thread_create(&later->thread, insert_in_thread, later) != 0) {
        insert_and_look(later);
        free(later);
        return;
    }
    started_count++;
    *last = later;
    last = &later->next;
}

static void log_in_thread(const struct task *task, const struct request *request)
{
    start(later_for(task, request));
}

static void join_all(void)
{
    while (started != NULL)
        join_first();
}

static void thread(const struct tasks *tasks)
{
    site_open(tasks);
    site_answer(tasks, log_in_thread);
    join_all();
    store_tell(tasks);
}

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
        if (is_too_late())
            store_lost(STORE_TOO_LATE);
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

static void queue(const struct tasks *tasks)
{
    uv_thread_t writer;

    site_open(tasks);
    rows.end = &rows.first;
    must(uv_mutex_init(&rows.lock), "uv_mutex_init");
    must(uv_cond_init(&rows.filled), "uv_cond_init");
    must(uv_thread_create(&writer, write_rows, NULL), "uv_thread_create");
    site_answer(tasks, log_in_queue);
    close_queue(&writer);
    store_tell(tasks);
}

/* What goes wrong, each a line or two from log_in_thread() --------------------------
 */

/** UNSAFE: the thread gets no copy, but the handler's own request.  When it comes to
 * write the row, another's words stand there.  And nobody looks for its error. */
static void log_without_context(const struct task *task, const struct request *request)
{
    struct later *later = later_for(task, request);

    later->request = request;
    later->looks = false;
    start(later);
}

static void lost_context(const struct tasks *tasks)
{
    site_open(tasks);
    site_answer(tasks, log_without_context);
    join_all();
    store_tell(tasks);
}

static sqlite3 *shared;

/** UNSAFE: one connection for all threads.  It has one transaction at a time, and
 * whoever begins another is refused. */
static void log_by_shared(const struct task *task, const struct request *request)
{
    struct later *later = later_for(task, request);

    later->db = shared;
    start(later);
}

static void shared_connection(const struct tasks *tasks)
{
    site_open(tasks);
    store_open(&shared);
    site_answer(tasks, log_by_shared);
    join_all();
    sqlite3_close(shared);
    store_tell(tasks);
}

/** UNSAFE: and the visitor is added by a check, and then an INSERT. */
static void log_check_insert(const struct task *task, const struct request *request)
{
    struct later *later = later_for(task, request);

    later->insert = store_check_insert;
    start(later);
}

static void check_insert(const struct tasks *tasks)
{
    site_open(tasks);
    site_answer(tasks, log_check_insert);
    join_all();
    store_tell(tasks);
    store_tell_visitors();
}

static void log_insert_once(const struct task *task, const struct request *request)
{
    struct later *later = later_for(task, request);

    later->insert = store_insert_once;
    start(later);
}

/** The cure: the database does both in one step, as the name is a key that is UNIQUE.
 */
static void unique_key(const struct tasks *tasks)
{
    site_open(tasks);
    store_make_unique();
    site_answer(tasks, log_insert_once);
    join_all();
    store_tell(tasks);
    store_tell_visitors();
}

static const struct variant variants[] = {
    {"inline", "log each search, then reply", inline_, .shape = SHAPE_SERIAL},
    {"thread", "start a thread that logs, and reply", thread,
     .shape = SHAPE_CONCURRENT},
    {"queue", "give the row to one writing thread, and reply", queue,
     .shape = SHAPE_SERIAL},
    {"lost-context", "UNSAFE: the thread gets the handler's request, not a copy",
     lost_context, .shape = SHAPE_CONCURRENT, .extra = true, .other_work = true},
    {"shared-connection", "UNSAFE: all threads share one connection to the database",
     shared_connection, .shape = SHAPE_CONCURRENT, .extra = true, .other_work = true},
    {"check-insert", "UNSAFE: look whether a visitor is known, then INSERT",
     check_insert, .shape = SHAPE_CONCURRENT, .extra = true, .other_work = true},
    {"unique-key", "INSERT a visitor whose name is a unique key", unique_key,
     .shape = SHAPE_CONCURRENT, .extra = true},
    {0},
};

const struct demo webapp_demo = {.name = "webapp", .variants = variants};
