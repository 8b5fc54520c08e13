// SPDX-License-Identifier: MIT
/**
 * How is a thread ended?
 *
 * By asking it.  No call ends another thread on the spot and leaves things as they
 * should be: it may hold a lock, or be in the midst of what only makes sense as a
 * whole.  So it is asked, and ends itself where it can: cancellation is cooperative.
 * How soon it does depends on how it is asked: a flag is seen when the thread looks, a
 * condition wakes who sleeps, and pthread_cancel() ends who waits, if it is not for a
 * mutex, so that cleanup handlers must put in order what it was about.  Look at the
 * time from main's asking to the end of each lane, and at what is left: records half
 * written, locks still held.
 *
 *     conc stop
 *     conc stop --with cancel-bare,kill
 *     conc stop --work cpu
 *
 * `never`, `cancel-bare` and `kill` are UNSAFE: they end what nobody tidies up after.
 * Read before: demos/daemon.c; next: demos/context.c.
 */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

/** What one thread works on.  Main fills it in before the thread starts. */
struct worker {
    const struct task *task;
    void (*how)(struct worker *worker);
    uv_mutex_t lock;   /* held while a record is half written */
    unsigned record;   /* which one it is at: the thread's own */
    uint64_t start_ns; /* `wakeup`: when it began; likewise */
    uv_thread_t thread;
    pid_t process;
};

/** Not freed: a lock that is still held may not be destroyed. */
static struct worker *workers;

/* The job: records, each a line when it begins and a line when it ends.  A real one
 * goes on until it is asked to stop; here it ends by itself when its task's time is
 * over. */

static unsigned records(void)
{
    return (unsigned)option("--records");
}

/**
 * One write(2) to a file opened for appending, so a line is never in pieces, nor, as
 * exit() in the midst of a dprintf() may have it, there twice.  It is a cancellation
 * point; a thread that is cancelled in it could not tell whether the line stands there,
 * so that has to wait.
 */
static void write_line(const struct worker *worker, const char *what)
{
    char *line;
    int before, length;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    length =
        asprintf(&line, "%s %u %s\n", what, worker->record + 1, worker->task->name);
    must_posix(length, "asprintf");
    must_posix(write(stage_file(), line, (size_t)length), "write");
    free(line);
    pthread_setcancelstate(before, NULL);
}

/** With its lock held.  Who is ended in the midst of it leaves it half written. */
static void write_record(const struct worker *worker)
{
    write_line(worker, "begins");
    work_part(worker->task, worker->record, records());
    write_line(worker, "ends");
}

/** What a record that cannot be finished leaves in order. */
static void undo_record(void *arg)
{
    struct worker *worker = arg;

    write_line(worker, "undoes");
    uv_mutex_unlock(&worker->lock);
    beat("cleanup");
}

/* Ways to be asked ----------------------------------------------------------------- */

/** Nobody asks. */
static void write_all(struct worker *worker)
{
    for (; worker->record < records(); worker->record++) {
        uv_mutex_lock(&worker->lock);
        write_record(worker);
        uv_mutex_unlock(&worker->lock);
    }
}

/** Atomic, since main writes it while others read.  No data goes with it: relaxed. */
static atomic_bool is_asked;

/** Looks before each record, and so is in the midst of none when it ends. */
static void write_until_flag(struct worker *worker)
{
    for (; worker->record < records(); worker->record++) {
        if (atomic_load_explicit(&is_asked, memory_order_relaxed))
            return;
        uv_mutex_lock(&worker->lock);
        write_record(worker);
        uv_mutex_unlock(&worker->lock);
    }
}

/** The flag again, now under a lock, and a condition that wakes those who sleep.  (Who
 * sleeps in an event loop is woken by uv_async_send().) */
static struct {
    uv_mutex_t lock;
    uv_cond_t asked;
    bool is_asked;
} stop;

static bool has_asked(void)
{
    bool has;

    uv_mutex_lock(&stop.lock);
    has = stop.is_asked;
    uv_mutex_unlock(&stop.lock);
    return has;
}

/**
 * Sleep until the record's time is over; @return false: main asked before.  The flag is
 * looked at under the lock, which the wait gives up as it begins: in between, main can
 * neither set it nor wake anybody, so that no call is missed.
 */
static bool sleep_unless_asked(const struct worker *worker)
{
    uint64_t ttl_ns = (uint64_t)worker->task->ttl_ns, now_ns;
    uint64_t end_ns = worker->start_ns + ttl_ns * (worker->record + 1) / records();

    uv_mutex_lock(&stop.lock);
    while ((now_ns = uv_hrtime()) < end_ns && !stop.is_asked)
        uv_cond_timedwait(&stop.asked, &stop.lock, end_ns - now_ns);
    uv_mutex_unlock(&stop.lock);
    return now_ns >= end_ns;
}

/** Woken in the midst of a record, it undoes it itself.  Who computes does not sleep,
 * and cannot be woken: it has to look, as with the flag. */
static void write_until_woken(struct worker *worker)
{
    worker->start_ns = uv_hrtime();
    for (; worker->record < records() && !has_asked(); worker->record++) {
        uv_mutex_lock(&worker->lock);
        write_line(worker, "begins");
        if (tasks_compute()) {
            work_part(worker->task, worker->record, records());
        } else if (!sleep_unless_asked(worker)) {
            undo_record(worker);
            return;
        }
        write_line(worker, "ends");
        uv_mutex_unlock(&worker->lock);
    }
}

/**
 * Cancelled between push and pop, the thread runs the cleanup handler and ends.  With
 * --work wait that is in the midst of the work: to sleep is a cancellation point.  To
 * compute is none; pthread_testcancel() is one that does nothing else.
 */
static void write_until_cancelled(struct worker *worker)
{
    for (; worker->record < records(); worker->record++) {
        pthread_testcancel();
        uv_mutex_lock(&worker->lock);
        pthread_cleanup_push(undo_record, worker);
        write_record(worker);
        pthread_cleanup_pop(0);
        uv_mutex_unlock(&worker->lock);
    }
}

/** UNSAFE: the same, without the handler.  Nobody gives back what it holds. */
static void write_until_cancelled_bare(struct worker *worker)
{
    for (; worker->record < records(); worker->record++) {
        pthread_testcancel();
        uv_mutex_lock(&worker->lock);
        write_record(worker);
        uv_mutex_unlock(&worker->lock);
    }
}

/* Starting, asking, joining -------------------------------------------------------- */

static void begin(void *arg)
{
    struct worker *worker = arg;

    pthread_setname_np(pthread_self(), worker->task->thread_name);
    worker->how(worker);
}

static void make_workers(const struct tasks *tasks, void (*how)(struct worker *worker))
{
    workers = must_alloc(tasks->count, sizeof *workers);
    for (size_t i = 0; i < tasks->count; i++) {
        workers[i] = (struct worker){.task = &tasks->at[i], .how = how};
        must(uv_mutex_init(&workers[i].lock), "uv_mutex_init");
    }
    must(uv_mutex_init(&stop.lock), "uv_mutex_init");
    must(uv_cond_init(&stop.asked), "uv_cond_init");
}

static void start_threads(const struct tasks *tasks, void (*how)(struct worker *worker))
{
    make_workers(tasks, how);
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_create(&workers[i].thread, begin, &workers[i]),
             "uv_thread_create");
}

/** What main does meanwhile: for a third of the longest ttl. */
static void own_business(const struct tasks *tasks)
{
    pause_ns(longest_ttl_ns(tasks) / 3);
}

/** A lock that nobody holds can be taken; whoever held it has ended by now. */
static void look_at_locks(const struct tasks *tasks)
{
    int64_t locked = 0;

    for (size_t i = 0; i < tasks->count; i++)
        if (uv_mutex_trylock(&workers[i].lock) == 0)
            uv_mutex_unlock(&workers[i].lock);
        else
            locked++;
    note("locked", locked);
}

static void join_threads(const struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        must(uv_thread_join(&workers[i].thread), "uv_thread_join");
    look_at_locks(tasks);
}

/* The variants --------------------------------------------------------------------- */

/** UNSAFE: the end of the program is the end of its threads, wherever they are. */
static void never(const struct tasks *tasks)
{
    start_threads(tasks, write_all);
    own_business(tasks);
    beat("main is done");
}

static void flag(const struct tasks *tasks)
{
    start_threads(tasks, write_until_flag);
    own_business(tasks);
    beat("main asks");
    atomic_store_explicit(&is_asked, true, memory_order_relaxed);
    join_threads(tasks);
}

static void wakeup(const struct tasks *tasks)
{
    start_threads(tasks, write_until_woken);
    own_business(tasks);
    beat("main asks");
    uv_mutex_lock(&stop.lock);
    stop.is_asked = true;
    uv_cond_broadcast(&stop.asked);
    uv_mutex_unlock(&stop.lock);
    join_threads(tasks);
}

/** To cancel is to ask: pthread_join() waits until the thread has ended. */
static void cancel_threads(const struct tasks *tasks)
{
    beat("main asks");
    for (size_t i = 0; i < tasks->count; i++)
        must_pthread(pthread_cancel(workers[i].thread), "pthread_cancel");
    join_threads(tasks);
}

static void cancel(const struct tasks *tasks)
{
    start_threads(tasks, write_until_cancelled);
    own_business(tasks);
    cancel_threads(tasks);
}

/** UNSAFE, and no faster. */
static void cancel_bare(const struct tasks *tasks)
{
    start_threads(tasks, write_until_cancelled_bare);
    own_business(tasks);
    cancel_threads(tasks);
}

/**
 * UNSAFE: what can be ended from outside is a process.  Its memory goes with it, and
 * the locks in there; what it has written to files stays as it is.
 */
static void kill_processes(const struct tasks *tasks)
{
    make_workers(tasks, write_all);
    for (size_t i = 0; i < tasks->count; i++) {
        workers[i].process = fork();
        must_posix(workers[i].process, "fork");
        if (workers[i].process == 0) {
            begin(&workers[i]);
            _exit(EXIT_SUCCESS);
        }
    }
    own_business(tasks);
    beat("main asks");
    for (size_t i = 0; i < tasks->count; i++)
        must_posix(kill(workers[i].process, SIGKILL), "kill");
    for (size_t i = 0; i < tasks->count; i++)
        must_posix(waitpid(workers[i].process, NULL, 0), "waitpid");
    look_at_locks(tasks);
}

static const struct variant variants[] = {
    {"never", "UNSAFE: nobody asks; the threads end with the program", never,
     .shape = SHAPE_CONCURRENT, .other_work = true, .returns_at = 1.0 / 3},
    {"flag", "they look at an atomic flag, before each record", flag,
     .shape = SHAPE_CONCURRENT, .other_work = true, .returns_at = 1.0 / 3},
    {"wakeup", "they sleep on a condition, by which main wakes them", wakeup,
     .shape = SHAPE_CONCURRENT, .other_work = true, .returns_at = 1.0 / 3},
    {"cancel", "pthread_cancel, with cleanup handlers", cancel,
     .shape = SHAPE_CONCURRENT, .other_work = true, .returns_at = 1.0 / 3},
    {"cancel-bare", "UNSAFE: pthread_cancel, without cleanup handlers", cancel_bare,
     .shape = SHAPE_CONCURRENT, .extra = true, .other_work = true,
     .returns_at = 1.0 / 3},
    {"kill", "UNSAFE: a process for each task, ended by a signal", kill_processes,
     .shape = SHAPE_CONCURRENT, .extra = true, .forks = true, .other_work = true,
     .returns_at = 1.0 / 3},
    {0},
};

const struct demo stop_demo = {.name = "stop", .variants = variants};
