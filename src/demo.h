// SPDX-License-Identifier: MIT
/**
 * All that a demo includes: the contract between a lesson and conc, and, at the end,
 * the instruments, which turn the primitives that a lesson calls into traced ones.
 *
 * How to add a demo `foo`, in an order in which conc builds after each step:
 *
 *   1. demos/foo.c, the lesson.  Plain libuv and POSIX C.  From top to bottom: a
 *      paragraph (the question, the claim, what to look for), the system's headers,
 *      "demo.h", shared state, the job that all variants call, the variants, and last
 *      `const struct demo foo_demo`.  demos/threads.c is the one to look at.
 *   2. demos/foo_card.c, its card: what the command line and the report must know of
 *      it.  card.h says which fields every card has, tests/unit/test_card.c begins with
 *      the least one, and card_words.h has the sums and words that cards share.  A
 *      long verdict stands in a file of its own, as demos/threads_verdict.c.
 *   3. What conc is not built without: demos/python/foo.py, the same in Python, which
 *      runs by itself; and man/conc-foo.1, a copy of man/conc-threads.1, which has the
 *      card's question after .Nd, under "Variants" those of `--list` in their order,
 *      and under OPTIONS every option of `--help`.  An example is a display with
 *      `$ conc foo ...` and below it a line TODO.
 *   4. `foo` in the list of demos/meson.build, and two lines in src/commands.c: the
 *      card's `extern`, and its line in the table, at its place in the course.  Now
 *      `./dev run foo` runs it, and `man/examples.py build/conc man/conc-foo.1` puts
 *      what the examples print where TODO stands.
 *   5. Its place in the course: in man/conc.1 under "Commands" and, in the alphabet's
 *      order, SEE ALSO; in README.md a row, and how many demos there are, above; in
 *      man/conc-patterns.7 under SEE ALSO, and a row of WHAT PYTHON CALLS IT or an
 *      example of it; in src/classroom/source/python.c what the calls that no lesson
 *      had before are in Python; and "Read next" in the lesson before.
 *   6. tests/cli/test_foo.py: what its outcome must be; test_daemon.py there is one to
 *      look at.  A variant that gets stuck needs a line in STUCK in
 *      tests/faults/test_every_demo.py.
 *
 * Whether help, table, completions, manual and course agree, in a minute; each test
 * says what is missing where:
 *
 *     ninja -C build conc tests/unit/test_card && build/tests/unit/test_card
 *     cd tests/cli
 *     /usr/bin/python3 -m pytest -q test_manual.py test_source.py test_foo.py
 *
 * `./dev test` does all that, and runs the faults (interrupts, limits, full disks) over
 * the new demo as over all others.
 *
 * In the picture, a lane is one flow of execution, a process or a thread; a mark is a
 * moment on it.
 *
 * A lesson runs in a process of its own, the stage, which nothing else runs in.  It may
 * print, crash, hang or leak: conc watches from outside.  All functions below may be
 * called from any thread of the stage, and from processes forked there.
 *
 * To copy a lesson into a program of your own: copy `struct task` and `struct tasks`,
 * leave out the table of variants, call one of them in main(), and write
 *
 *   - for work(), work_part() and pause_ns() a sleep, or some work;
 *   - for must(), must_posix(), must_pthread() an `if`; for must_alloc() calloc();
 *   - for option() and limit_ns() a constant, for random_seed() the task's number;
 *   - for note() dprintf();
 *   - for stage_file() a file opened with O_APPEND, for stage_folder() ".";
 *   - for run_told() posix_spawnp(3) and waitpid(2);
 *   - for clients_begin() a pipe that nobody writes to;
 *   - for gap_wait() sem_timedwait(3) with 20 ms: it makes certain what is luck
 *     otherwise;
 *   - for program_file() and task_program() what you want to start;
 *   - for captured() fwrite(), for not_started() strerror();
 *   - for loop_task_begin() uv_hrtime() plus the ttl, rounded up to milliseconds;
 *   - for what is only drawn, such as beat(), mark_state(), queued(), quiet(),
 *     lock_wanted(), lock_taken(), lock_given(), idle_between_tasks(), loop_task_run()
 *     and loop_task_end(), nothing.
 *
 * Build it with `cc -D_GNU_SOURCE -pthread program.c -luv`.  conc's own build defines
 * _GNU_SOURCE too: calls that end in _np and a few others are not in POSIX.  On Unix a
 * uv_thread_t is a pthread_t, and a uv_mutex_t a pthread_mutex_t.
 */

#ifndef CONC_DEMO_H
#define CONC_DEMO_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

/** A lesson has so many gauges at most. */
#define GAUGES_MAX 32

/** A unit of work: it waits, or computes, for its time to live. */
struct task {
    /** Its name, as the user gave it; if not: "luke", "darthvader", "leia", ... */
    const char *name;
    /** The same, cut to the 15 bytes that Linux allows for the name of a thread. */
    char thread_name[16];
    /** How long it waits; or how much CPU time its computing takes.  `--ttl 1 2` makes
     * two tasks, of 1 s and 2 s. */
    int64_t ttl_ns;
    /** Its number, from 0, in the order of the command line. */
    size_t number;
};

/** What a variant has to do. */
struct tasks {
    size_t count;
    struct task *at;
};

/** What the shortest time is that a variant's work allows (timeline/figures.h). */
enum shape {
    /** One after the other: the sum. */
    SHAPE_SERIAL,
    /** All at once: the longest wait; for computing no less than total / cores. */
    SHAPE_CONCURRENT,
};

/**
 * One way of doing the work, in a demo's table:
 *
 *     {"threads", "start a thread for each task, then join them all", threads,
 *      .shape = SHAPE_CONCURRENT},
 */
struct variant {
    const char *name;
    /** One line for help and lists. */
    const char *about;
    /** Runs in the stage, on its main thread.  Its return is the end of the program. */
    void (*run)(const struct tasks *tasks);
    enum shape shape;
    /** A hazard or an extra: only run when named by --with or --only. */
    bool extra;
    /** So many of the operations that it is about, as the calling thread does them:
     * conc measures what one costs, alone and with all tasks' threads at it.  NULL:
     * none. */
    void (*operations)(uint64_t times);
    /** It is a server, with clients_begin(), and runs once more without being drawn, so
     * that its clients can measure it, where --load asks for that. */
    bool is_loaded;
    /** Its flows are processes made by fork(): none but its first thread may have been
     * there before, as fork() takes half as long again in a process that had others. */
    bool forks;
    /** Processes that it leaves behind belong to the run, which lasts until they end.
     */
    bool leaves_processes;
    /** Its card's OWN_RANGE, --sweep, tells how its time depends on a number. */
    bool is_swept;
    /** May do other work than was asked for (that is its bug): no speedup is printed.
     */
    bool other_work;
    /** Returns at this part of the longest ttl, whatever its tasks have done by then;
     * 0: when they are done. */
    double returns_at;
};

/**
 * What conc measures for a lesson besides its runs, apart from them and untraced: a bar
 * of a chart.  Either so many operations are timed, as variants have them, or what
 * takes memory says how much it was.  Each is measured a dozen times and more, in a
 * process that does nothing else, on one core.
 */
struct gauge {
    /** Its chart: "to start and end one".  Those of a chart stand together. */
    const char *chart;
    /** The variant that it is of, and without which it is not measured; or, of a floor,
     * what is done there. */
    const char *name;
    /** What the first call sets up is to stay there for the others: each is short. */
    void (*operations)(uint64_t times);
    /** Bytes; 0: not known.  Each time in a process of its own. */
    int64_t (*bytes)(void);
    /** It is of no variant, but what the machine itself takes for something that they
     * are made of. */
    bool is_floor;
};

/** A lesson.  `variants` ends with an entry that has no name. */
struct demo {
    const char *name;
    const struct variant *variants;
    /** In the order of their charts, GAUGES_MAX at most; ends with one that has no
     * chart; NULL: none. */
    const struct gauge *gauges;
    /** Its tasks compute something besides, by checksum(), which no ttl tells of: what
     * speedup was possible cannot be said. */
    bool computes_besides;
};

/**
 * Do the task's work: sleep until its own start plus its ttl (--work wait), or compute
 * a fixed amount that takes ttl of CPU time (--work cpu).  Never ends early.  The
 * stretch is drawn on the calling thread's lane under the task's name.
 */
void work(const struct task *task);

/**
 * Do one part of the task's work, of so many; 0 is the first.  One thread does them in
 * order, and no other task's between them; in any other order the stage ends, and conc
 * says so.  All parts are the whole: work() is work_part(task, 0, 1).
 *
 * A wait goes on between the parts: part k ends when (k + 1) / parts of the ttl are
 * over since part 0 began, however long the thread was blocked meanwhile, and at once
 * where they already are.  Where a wait is to begin anew, pause_ns() stands before the
 * last part, unless tasks_compute(): computing begins anew by itself.
 */
void work_part(const struct task *task, unsigned part, unsigned parts);

/** Whether tasks compute (--work cpu), and do not wait. */
bool tasks_compute(void);

/** The longest and the shortest of the tasks' ttls. */
int64_t longest_ttl_ns(const struct tasks *tasks);
int64_t shortest_ttl_ns(const struct tasks *tasks);

/**
 * The arguments of a program that does the task's work: the one that was given on the
 * command line; or else conc itself, which as "conc-task" does what work() does, and
 * ends: its path is /proc/self/exe.  One block of memory, which the caller frees when
 * it has started the program.
 */
char **task_program(const struct task *task);

/** The file of that program: a path, or a name that stands in a folder of PATH. */
const char *program_file(const struct task *task);

/**
 * A part of what the task's program has printed: conc counts it, and keeps the
 * beginning of it all to show it.  Of one task, on one thread at a time.
 */
void captured(const struct task *task, const char *text, size_t bytes);

/** The task's program could not be started; `error` is an errno.  On any thread.  Where
 * it is conc's own, or the system has too little, that ends the stage, as must() does.
 */
void not_started(const struct task *task, int error);

/**
 * Run a program, found on PATH, and wait for its end.  It tells of its threads on its
 * standard output, in lines that stage/told.h explains, and they are drawn as lanes of
 * their own, below it.  The lock that it tells of is called as `lock` is here.
 * @return its status, as waitpid(2) has it; or a negative error: it was not started,
 * or told nothing: UV_EOF, it printed nothing; UV_EPROTO, it printed something else.
 */
int run_told(const void *lock, char *const argv[]);

/** Sleep for so long, by nanosleep(2), which a signal does not end early here. */
void pause_ns(int64_t ns);

/**
 * A lock that a lesson makes itself, of others: it is drawn as the one lock that it is.
 * The calling thread wants it, since another has it; has it from now on; is about to
 * give it up.  The file that it is made in is not instrumented (demos/meson.build), or
 * all that it is made of would be drawn as well.
 */
void lock_wanted(const void *lock);
void lock_taken(const void *lock);
void lock_given(const void *lock);

/** The time `ns` from now, on CLOCK_MONOTONIC, for calls that wait until a time. */
struct timespec deadline_in(int64_t ns);

/**
 * Compute something besides: a checksum of the task's own.  It takes 15 to 30 ms of CPU
 * time, and less where there are more than 16 tasks; where there was no core for it,
 * the thread's lane is drawn as ready.
 */
uint32_t checksum(const struct task *task);

/** How long checksum() takes on a core that is free.  It computes one to find out. */
int64_t checksum_ns(void);

/**
 * Wait for `sem`, but 20 ms at most.  It stands where real code would do something else
 * for a while (open a file, parse a request), and makes certain, openly, that a hazard
 * meets what it is in danger of.  @return whether the semaphore was taken.
 */
bool gap_wait(uv_sem_t *sem);

/**
 * The calling thread lives for work that others bring: from now on, while it waits for
 * a condition or a semaphore, it is drawn as idle, not as blocked.
 */
void idle_between_tasks(void);

/**
 * The calling thread is about to put the task where others take tasks from: until its
 * work begins, it waits in a queue.
 */
void queued(const struct task *task);

/**
 * A task on an event loop, which the calling thread runs: it gets a lane of its own.
 * From now on it waits, with --work wait, until its ttl is over; @return that moment,
 * in ns on the clock of uv_hrtime(), rounded up to whole milliseconds, as libuv's
 * timers are.  With --work cpu it is due at once.
 */
int64_t loop_task_begin(const struct task *task);

/** Its callback is called.  Since it was due it had no turn: it is drawn as ready. */
void loop_task_run(const struct task *task);

/**
 * It is done, and its callback about to return.  What is read and written between this
 * and loop_task_run(), or from loop_task_begin() on until the loop goes on, is drawn on
 * the task's lane.
 */
void loop_task_end(const struct task *task);

/**
 * How much memory this process has for itself, in bytes: whole pages, and only those
 * that were used.  What conc keeps of tasks on a loop is not counted.  0: not known.
 */
int64_t memory_bytes(void);

/**
 * How much memory another process has for itself, in bytes: whole pages that it has
 * written to, and shares with nobody.  0: not known, or it has ended.
 */
int64_t memory_bytes_of(pid_t pid);

/** Print how many threads this process has, and their ids and names as the system knows
 * them, of 100 at most.  `when` stands above: "at first". */
void print_threads(const char *when);

/** A moment worth a mark on the calling thread's lane.  `what` must be a literal. */
void beat(const char *what);

/**
 * Tell conc a figure, for the card: told_figure() of card_words.h adds up what was told
 * under that key, and the card's outcome() gives the sum a key of its own.  `key` must
 * be a literal: note("left", 3).  With --plain and --json it is also a mark on the
 * calling thread's lane; in the picture it is not: that is what beat() is for.
 */
void note(const char *key, int64_t value);

/**
 * From now on, what the calling thread locks, unlocks, signals, puts in a queue, reads
 * and writes is not traced, nor is what it computes, and costs next to no more than
 * without conc: for loops of a million.  Or it is again.  Tasks that wait are traced
 * all the same, waits for conditions, and long ones for a mutex.  A deadlock among
 * untraced locks is not seen; the time limit ends it.
 */
void quiet(bool is_quiet);

/** Where a task's random numbers begin, for rand_r(3): elsewhere for each task, and for
 * each --seed; where all else is equal, they are the same again. */
unsigned random_seed(const struct task *task);

/** The value of one of the demo's own options: "--timeout" in ns, a number, 0 or 1. */
int64_t option(const char *name);

/** How long the variant may take, --limit; where it stays up, 24 hours, if none was
 * given. */
int64_t limit_ns(void);

/**
 * A file of this run, empty at its start, open for appending, whose lines conc counts
 * when the stage is gone.  It has no name, so nothing of it stays.  The descriptor is
 * conc's; do not close it.
 */
int stage_file(void);

/**
 * A folder of this run, empty at its start: for files that others open by their names.
 * It holds no folders.  When the stage is gone, whatever ended it, so is all of it.
 */
const char *stage_folder(void);

/**
 * Other programs want the cores too, from now on until the variant ends: on each core
 * that it may use, so many processes that only compute.  They are on no lane, and their
 * CPU time is not the variant's.  Before other threads are started.
 */
void load_cores(unsigned processes_each);

/**
 * Let clients come to a server on 127.0.0.1 that listens on that port.  They are a
 * process of their own, on no lane, and their CPU time is not the variant's.  All tasks
 * are asked for at once, by "GET /0" and so on, over a connection each; where conc
 * measures, --connections of them ask again and again, for as long as --load says.
 * Before these, --idle others connect, and send nothing, and --slow that send a byte
 * now and then.  Before other threads are started.
 *
 * @return a descriptor that is at its end, and so readable for poll(2), when all of
 * them have gone.  It is conc's; do not close it.
 */
int clients_begin(unsigned port);

/** Wait until they have gone. */
void clients_end(void);

/**
 * Ask the system what a process is doing, and mark the answer on the calling thread's
 * lane: the letter of proc(5), 'R' running, 'S' asleep, 'Z' a zombie, ...  No mark
 * where there is no such process, or no /proc.
 */
void mark_state(pid_t pid);

/**
 * Insist that a call of libuv (0 or more: done; negative: UV_E…) has worked.  If not,
 * the whole stage ends there, and conc reports what was refused, after how much.
 *
 *     must(uv_thread_join(&thread), "uv_thread_join");
 */
void must(int result, const char *call);

/** The same for a call of POSIX that returns -1 and sets errno. */
void must_posix(long result, const char *call);

/** The same for a call that returns the error: 0, or an errno; as POSIX threads do, and
 * posix_spawn(). */
void must_pthread(int error, const char *call);

/** Zeroed memory for `count` items, or the end of the stage.  The caller frees it. */
void *must_alloc(size_t count, size_t size);

/**
 * Lessons are compiled with CONC_INSTRUMENTS: what they call from here on is traced.
 * The rest of conc includes this header for its types alone.
 */
#include "stage/instruments.h"

#endif
