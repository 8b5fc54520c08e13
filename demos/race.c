// SPDX-License-Identifier: MIT
/**
 * Who loses an update?
 *
 * To add 1 to a count is to read it, add, and write it back.  Where two threads both
 * read before either has written, both write the same number: two were counted, one was
 * kept, and nobody is told.  With --story tickets the number is the seats left: at two
 * box offices two people ask for the last one at the same moment, both are told that it
 * is free, and both get a ticket.  Look at what each thread read, and what it wrote.
 *
 *     conc race
 *     conc race --story tickets
 *     conc race --only unsafe --natural --count 1000000 --repeat 30
 *
 * Left to luck (--natural) it may not show for years; here meet() makes it certain. Six
 * variants are UNSAFE: `unsafe`, and five that try to mend it and do not.  Go through
 * each beside `mutex`, line by line.  Read next: demos/deadlock.c, on what locks can do
 * to each other.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <uv.h>

#include "demo.h"

/**
 * What all threads share.  `count` is atomic for the sake of what is UNSAFE: a plain
 * variable that one thread writes while another reads it is a data race, and C does not
 * say what comes of that.  Each reading and each writing of it is atomic; the two
 * together are not, and that is all that an update needs in order to be lost.
 */
struct book {
    uv_mutex_t lock;       /* of `count`, in the variants that take it */
    _Atomic int64_t count; /* so many were counted; or, of tickets, are left */
    int64_t step;          /* 1, to count; or -1, to sell.  Set before threads start, */
    bool alone;            /* as is this: no thread meets another, */
    bool natural;          /* and this: --natural, nothing is arranged */
    uv_sem_t started;      /* one post for each thread that runs */
    atomic_uint came;      /* how many threads have come to the gap */
    uv_sem_t another;      /* the second to come posts it, for the first */
};

/** A thread, and what is its own. */
struct worker {
    struct book *book;
    const struct task *task;
    void (*update)(struct worker *me); /* the variant's, called --count times */
    bool first;                        /* this is the first time */
    int64_t done;                      /* how many it has counted, or sold */
    uv_thread_t thread;
};

static int64_t look(const struct worker *me)
{
    struct book *book = me->book;

    return atomic_load_explicit(&book->count, memory_order_relaxed);
}

/** Going by what was seen: one more; or one less, if any were left.  What was seen may
 * be out of date: between time of check and time of use, others were here. */
static void act(struct worker *me, int64_t seen)
{
    struct book *book = me->book;

    if (seen <= 0 && book->step < 0)
        return;
    atomic_store_explicit(&book->count, seen + book->step, memory_order_relaxed);
    me->done++;
}

/** Each task's work is done once. */
static void work_once(const struct worker *me, unsigned parts)
{
    if (me->first && !me->book->natural)
        work_part(me->task, 0, parts);
}

/**
 * The first thread to come waits for another, so that both have looked before either
 * acts: what luck may bring once in a million times is there the first time.  Under a
 * lock no other can come, and it goes on after 20 ms.
 */
static void meet(struct book *book)
{
    if (atomic_fetch_add(&book->came, 1) > 0) {
        uv_sem_post(&book->another);
        return;
    }
    uv_sem_wait(&book->started); /* this thread's own post */
    uv_sem_wait(&book->started); /* another runs too, and comes here, if it can */
    gap_wait(&book->another);
}

/** Between looking and acting, real code looks up a price, asks a server, writes a log:
 * that is the task's work, or one of so many parts of it. */
static void gap(const struct worker *me, unsigned parts)
{
    if (me->first && !me->book->natural && !me->book->alone)
        meet(me->book);
    work_once(me, parts);
}

/**
 * UNSAFE: a lost update.
 *
 *     luke                    darthvader                    count
 *     looks: 0                                              0
 *                             looks: 0                      0
 *     writes 0 + 1                                          1
 *                             writes 0 + 1                  1, and should be 2
 */
static void update_unsafe(struct worker *me)
{
    int64_t seen = look(me);

    gap(me, 1);
    act(me, seen);
}

/** From looking to acting is a critical section: one thread at a time is in it. */
static void update_mutex(struct worker *me)
{
    int64_t seen;

    uv_mutex_lock(&me->book->lock);
    seen = look(me);
    gap(me, 1);
    act(me, seen);
    uv_mutex_unlock(&me->book->lock);
}

/** UNSAFE: what was seen is out of date when the lock is taken. */
static void update_lock_writes(struct worker *me)
{
    int64_t seen = look(me);

    gap(me, 1);
    uv_mutex_lock(&me->book->lock);
    act(me, seen);
    uv_mutex_unlock(&me->book->lock);
}

/** The same as `mutex`, and nothing in between: the others need not wait while it
 * works. For work that the acting does not depend on; other work belongs under the
 * lock. */
static void update_one_step(struct worker *me)
{
    uv_mutex_lock(&me->book->lock);
    act(me, look(me));
    uv_mutex_unlock(&me->book->lock);
    work_once(me, 1);
}

/** Reads and writes in one step, which nothing comes between.  Who finds no seat has
 * made the count negative: no harm, as long as no seat is ever given back. */
static void update_atomic(struct worker *me)
{
    struct book *book = me->book;
    int64_t seen =
        atomic_fetch_add_explicit(&book->count, book->step, memory_order_relaxed);

    me->done += book->step > 0 || seen > 0;
    work_once(me, 1);
}

/** UNSAFE: each comes a millisecond after the one before, which is not done by then. */
static void update_sleep(struct worker *me)
{
    int64_t seen;

    if (me->first)
        pause_ns((int64_t)(me->task->number % 10) * 1000000);
    seen = look(me);
    gap(me, 1);
    act(me, seen);
}

/** UNSAFE: what was seen twice can change as easily as what was seen once. */
static void update_check_twice(struct worker *me)
{
    int64_t seen = look(me);

    if (look(me) != seen)
        seen = look(me);
    gap(me, 1);
    act(me, seen);
}

/** UNSAFE: a lock keeps out those who take the same one.  Here each call has its own.
 */
static void update_wrong_lock(struct worker *me)
{
    uv_mutex_t own_lock = PTHREAD_MUTEX_INITIALIZER;
    int64_t seen;

    uv_mutex_lock(&own_lock);
    seen = look(me);
    gap(me, 1);
    act(me, seen);
    uv_mutex_unlock(&own_lock);
}

/** UNSAFE: a gap with a tenth of the work in it is a gap.  (The rest is left out, as by
 * a machine ten times as fast.) */
static void update_faster(struct worker *me)
{
    int64_t seen = look(me);

    gap(me, 10);
    act(me, seen);
}

/** Only the first time is traced, and without luck in play: there may be a million. */
static void update_often(struct worker *me)
{
    if (me->book->natural)
        work(me->task);
    quiet(me->book->natural);
    me->first = true;
    for (int64_t left = option("--count"); left > 0; left--) {
        me->update(me);
        me->first = false;
        quiet(true);
    }
    quiet(false);
}

static struct worker *open_book(struct book *book, const struct tasks *tasks,
                                void (*update)(struct worker *me))
{
    struct worker *workers = must_alloc(tasks->count, sizeof *workers);
    bool sells = option("--story") == 1; /* tickets */

    *book = (struct book){
        .step = sells ? -1 : 1,
        .alone = tasks->count == 1,
        .natural = option("--natural"),
    };
    atomic_store(&book->count, sells ? option("--count") : 0);
    must(uv_mutex_init(&book->lock), "uv_mutex_init");
    must(uv_sem_init(&book->started, 0), "uv_sem_init");
    must(uv_sem_init(&book->another, 0), "uv_sem_init");
    for (size_t i = 0; i < tasks->count; i++)
        workers[i] = (struct worker){book, &tasks->at[i], .update = update};
    if (option("--load"))
        load_cores(2);
    return workers;
}

/** Of the counter: how many were counted, and what the count is.  Of tickets: how many
 * seats there were, and how many were sold. */
static void close_book(struct book *book, struct worker *workers, size_t count)
{
    int64_t done = 0;

    for (size_t i = 0; i < count; i++)
        done += workers[i].done;
    note("expected", book->step > 0 ? done : option("--count"));
    note("actual", book->step > 0 ? atomic_load(&book->count) : done);
    uv_sem_destroy(&book->another);
    uv_sem_destroy(&book->started);
    uv_mutex_destroy(&book->lock);
    free(workers);
}

/** Unsafe updates are safe where nobody else is at the book. */
static void sequential(const struct tasks *tasks)
{
    struct book book;
    struct worker *workers = open_book(&book, tasks, update_unsafe);

    book.alone = true;
    for (size_t i = 0; i < tasks->count; i++)
        update_often(&workers[i]);
    close_book(&book, workers, tasks->count);
}

static void run_worker(void *arg)
{
    struct worker *me = arg;

    pthread_setname_np(pthread_self(), me->task->thread_name);
    uv_sem_post(&me->book->started);
    update_often(me);
}

/** A thread for each task, all of them at one book. */
static void together(const struct tasks *tasks, void (*update)(struct worker *me))
{
    struct book book;
    struct worker *workers = open_book(&book, tasks, update);

    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_create(&workers[i].thread, run_worker, &workers[i]),
             "uv_thread_create");
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&workers[i].thread), "uv_thread_join");
    close_book(&book, workers, tasks->count);
}

static void unsafe(const struct tasks *tasks)
{
    together(tasks, update_unsafe);
}

static void mutex(const struct tasks *tasks)
{
    together(tasks, update_mutex);
}

static void one_step(const struct tasks *tasks)
{
    together(tasks, update_one_step);
}

static void atomic(const struct tasks *tasks)
{
    together(tasks, update_atomic);
}

static void sleep_first(const struct tasks *tasks)
{
    together(tasks, update_sleep);
}

static void check_twice(const struct tasks *tasks)
{
    together(tasks, update_check_twice);
}

static void wrong_lock(const struct tasks *tasks)
{
    together(tasks, update_wrong_lock);
}

static void lock_writes(const struct tasks *tasks)
{
    together(tasks, update_lock_writes);
}

static void faster(const struct tasks *tasks)
{
    together(tasks, update_faster);
}

/** A book for updates that only are to be timed.  Lock and count lie in one cache line,
 * as in most programs: where chance puts the count in the next, two threads at once
 * take less than half the time. */
static _Alignas(64) struct book spare = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void unsafe_updates(uint64_t times)
{
    for (; times > 0; times--) {
        int64_t seen = atomic_load_explicit(&spare.count, memory_order_relaxed);

        atomic_store_explicit(&spare.count, seen + 1, memory_order_relaxed);
    }
}

static void locked_updates(uint64_t times)
{
    for (; times > 0; times--) {
        uv_mutex_lock(&spare.lock);
        unsafe_updates(1);
        uv_mutex_unlock(&spare.lock);
    }
}

static void atomic_updates(uint64_t times)
{
    for (; times > 0; times--)
        atomic_fetch_add_explicit(&spare.count, 1, memory_order_relaxed);
}

static const struct variant variants[] = {
    {"sequential", "one task after the other, in one thread", sequential,
     .shape = SHAPE_SERIAL},
    {"unsafe", "UNSAFE: look, work, act on what was seen", unsafe,
     .shape = SHAPE_CONCURRENT, .operations = unsafe_updates},
    {"mutex", "all of that under one lock", mutex, .shape = SHAPE_SERIAL,
     .operations = locked_updates},
    {"one-step", "look and act under one lock, then work", one_step,
     .shape = SHAPE_CONCURRENT, .operations = locked_updates},
    {"atomic", "look and act in one operation, then work", atomic,
     .shape = SHAPE_CONCURRENT, .operations = atomic_updates},
    {"sleep", "UNSAFE: sleep first, each thread for longer", sleep_first,
     .shape = SHAPE_CONCURRENT, .extra = true},
    {"check-twice", "UNSAFE: look a second time, and then go on", check_twice,
     .shape = SHAPE_CONCURRENT, .extra = true},
    {"wrong-lock", "UNSAFE: under a lock, but each thread has one of its own",
     wrong_lock, .shape = SHAPE_CONCURRENT, .extra = true},
    {"lock-writes", "UNSAFE: look without the lock, act with it", lock_writes,
     .shape = SHAPE_CONCURRENT, .extra = true},
    {"faster", "UNSAFE: do a tenth of the work in between", faster,
     .shape = SHAPE_CONCURRENT, .extra = true, .other_work = true,
     .returns_at = 1.0 / 10},
    {0},
};

const struct demo race_demo = {.name = "race", .variants = variants};
