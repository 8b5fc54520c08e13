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
 * `check-insert` are UNSAFE.  `queue` is in demos/webapp/webapp_queue.c, the database
 * in webapp_store.c, the server in webapp_site.c, what it is asked in webapp_request.c,
 * its pages in webapp_pages.c, and who searches in webapp_client.c.  Read next:
 * demos/pool.c, on what is in a queue.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "demo.h"

#include "webapp.h"

struct later *later_for(const struct task *task, const struct request *request)
{
    size_t bytes = request_bytes(request);
    struct later *later = must_alloc(1, sizeof *later + bytes);

    later->task = task;
    later->number = request->number;
    later->request = memcpy(later + 1, request, bytes);
    later->insert = store_insert;
    later->looks = true;
    return later;
}

int insert(const struct later *later)
{
    sqlite3 *own = NULL;
    int error = later->db != NULL ? SQLITE_OK : store_open(&own);

    if (error == SQLITE_OK)
        error = later->insert(later->db != NULL ? later->db : own, later->task,
                              later->request);
    sqlite3_close(own);
    return error;
}

void look(const struct later *later, int error)
{
    times_row(later->number, error);
    if (error != SQLITE_OK)
        store_lost(error);
}

void insert_and_look(const struct later *later)
{
    look(later, insert(later));
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

/** The error stays where somebody may look for it. */
static void insert_only(struct later *later)
{
    later->error = insert(later);
    times_row(later->number, later->error);
}

static void insert_in_thread(void *arg)
{
    struct later *later = arg;

    pthread_setname_np(pthread_self(), later->task->thread_name);
    quiet(later->number >= DRAWN_SEARCHES);
    insert_only(later);
    atomic_store(&later->is_done, true);
}

/** An error in a thread reaches nobody, unless somebody looks. */
static void finish(struct later *later)
{
    if (later->looks && later->error != SQLITE_OK)
        store_lost(later->error);
    free(later);
}

static void join(struct later **at)
{
    struct later *later = *at;

    *at = later->next;
    if (last == &later->next)
        last = at;
    started_count--;
    must(uv_thread_join(&later->thread), "uv_thread_join");
    finish(later);
}

/** Those that are done: from the first one on; and where there are as many as can be,
 * also behind one that is still at work. */
static void join_done(void)
{
    struct later **at = &started;

    while (*at != NULL &&
           (atomic_load(&(*at)->is_done) || started_count == MOST_THREADS))
        if (atomic_load(&(*at)->is_done))
            join(at);
        else
            at = &(*at)->next;
}

/** Where no more threads can be started, the row is written at once: a late reply is
 * better than no row.  A server that stays up joins those that are done, as it goes. */
static void start(struct later *later)
{
    join_done();
    if (started_count == MOST_THREADS ||
        uv_thread_create(&later->thread, insert_in_thread, later) != 0) {
        insert_only(later);
        finish(later);
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
        join(&started);
}

static void thread(const struct tasks *tasks)
{
    site_open(tasks);
    site_answer(tasks, log_in_thread);
    join_all();
    store_tell(tasks);
}

/* What goes wrong, a line or two from log_in_thread() ------------------------------ */

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

/** The cure: the name is a UNIQUE key, and the database does both in one step. */
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
    {"batch", "let the writer write all rows that wait in one transaction", batch,
     .shape = SHAPE_SERIAL, .extra = true, .other_work = true},
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
