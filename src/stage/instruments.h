// SPDX-License-Identifier: MIT
/**
 * The instruments: where CONC_INSTRUMENTS is defined, as for all lessons, the
 * primitives are macros from here on, over functions that do the same and write down
 * that they did, when, and where in the source.  A lesson needs no tracing call for
 * what a primitive already tells.
 *
 * Each traced function returns what the primitive returns, with errno as it left it.
 * Arguments are evaluated once.  All may be called from any thread of the stage and
 * from processes forked there; threads that came about in other ways get a lane at
 * their first event.  A function pointer, or a name in parentheses such as
 * (uv_mutex_lock)(&m), is not traced; `./dev check` looks for those in demos/.
 */

#ifndef CONC_STAGE_INSTRUMENTS_H
#define CONC_STAGE_INSTRUMENTS_H

#include "stage/trace.h"

#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <uv.h>

/**
 * The place of a call: kept in a section of the program, so that an event can name it
 * by a number of 16 bits that holds in every process forked from here.
 */
#define CONC_SITE(called, argument)                                      \
    (__extension__({                                                     \
        static const struct site site_here                               \
            __attribute__((section("conc_sites"), used, aligned(8))) = { \
                __FILE__, __LINE__, (called), (argument)};               \
        &site_here;                                                      \
    }))

/** All sites of this program. */
const struct site *instruments_sites(size_t *count);

/**
 * Begin to trace in this process; the calling thread writes `lane`.  Once a stage,
 * before other threads.  The trace must outlive the process.
 */
void instruments_begin(struct trace *trace, uint32_t lane);

/** Write an event of the engine's own on the calling thread's lane, now or at a time.
 */
void instruments_event(enum event_kind kind, const struct site *site, uint64_t object,
                       uint64_t value);
void instruments_event_at(int64_t time_ns, enum event_kind kind,
                          const struct site *site, uint64_t object, uint64_t value);

/** What the lane does now, for its record, which tells it where events are dropped. */
void instruments_doing(enum event_kind kind, uint64_t object);

/**
 * The calling thread's lane has begun; or ends, with its CPU time and its switches
 * since then.
 */
void instruments_lane_start(void);
void instruments_lane_end(uint64_t status);

/** quiet() of demo.h: the calling thread's locks, reads and writes are not traced. */
extern _Thread_local bool instruments_quiet;
/** What operations cost is being measured in this process: nothing may be added to
 * them; nor to what flows cost, so that traced_fork() and its like do not trace.  Set
 * before there are other threads. */
extern bool instruments_measuring;

/** idle_between_tasks() of demo.h. */
void instruments_idle_between_tasks(void);

int traced_uv_thread_create(const struct site *site, uv_thread_t *thread,
                            uv_thread_cb entry, void *arg);
int traced_uv_thread_create_ex(const struct site *site, uv_thread_t *thread,
                               const uv_thread_options_t *options, uv_thread_cb entry,
                               void *arg);
int traced_uv_thread_join(const struct site *site, uv_thread_t *thread);
int traced_pthread_create(const struct site *site, pthread_t *thread,
                          const pthread_attr_t *attr, void *(*entry)(void *),
                          void *arg);
int traced_pthread_join(const struct site *site, pthread_t thread, void **result);
int traced_pthread_tryjoin_np(const struct site *site, pthread_t thread, void **result);
int traced_pthread_clockjoin_np(const struct site *site, pthread_t thread,
                                void **result, clockid_t clock,
                                const struct timespec *until);
/** libgcc_s, which the first one of a process loads, may be refused: that is told as
 * what it is, where the C library would abort. */
int traced_pthread_cancel(const struct site *site, pthread_t thread);
int traced_pthread_setname_np(const struct site *site, pthread_t thread,
                              const char *name);

int traced_uv_mutex_init(const struct site *site, uv_mutex_t *mutex);
void traced_uv_mutex_lock(const struct site *site, uv_mutex_t *mutex);
void quiet_uv_mutex_lock(const struct site *site, uv_mutex_t *mutex);
int traced_uv_mutex_trylock(const struct site *site, uv_mutex_t *mutex);
void traced_uv_mutex_unlock(const struct site *site, uv_mutex_t *mutex);

int traced_uv_rwlock_init(const struct site *site, uv_rwlock_t *lock);
void traced_uv_rwlock_rdlock(const struct site *site, uv_rwlock_t *lock);
int traced_uv_rwlock_tryrdlock(const struct site *site, uv_rwlock_t *lock);
void traced_uv_rwlock_rdunlock(const struct site *site, uv_rwlock_t *lock);
void traced_uv_rwlock_wrlock(const struct site *site, uv_rwlock_t *lock);
int traced_uv_rwlock_trywrlock(const struct site *site, uv_rwlock_t *lock);
void traced_uv_rwlock_wrunlock(const struct site *site, uv_rwlock_t *lock);

int traced_uv_sem_init(const struct site *site, uv_sem_t *sem, unsigned value);
void traced_uv_sem_post(const struct site *site, uv_sem_t *sem);
void traced_uv_sem_wait(const struct site *site, uv_sem_t *sem);
int traced_uv_sem_trywait(const struct site *site, uv_sem_t *sem);

int traced_uv_cond_init(const struct site *site, uv_cond_t *cond);
void traced_uv_cond_signal(const struct site *site, uv_cond_t *cond);
void traced_uv_cond_broadcast(const struct site *site, uv_cond_t *cond);
/** A thread that is cancelled while it waits has the mutex again, as its cleanup
 * handlers expect. */
void traced_uv_cond_wait(const struct site *site, uv_cond_t *cond, uv_mutex_t *mutex);
int traced_uv_cond_timedwait(const struct site *site, uv_cond_t *cond,
                             uv_mutex_t *mutex, uint64_t timeout);

int traced_uv_barrier_init(const struct site *site, uv_barrier_t *barrier,
                           unsigned count);
int traced_uv_barrier_wait(const struct site *site, uv_barrier_t *barrier);

pid_t traced_fork(const struct site *site);
/** A program that is not conc's own gets a lane that tells nothing but its end. */
int traced_posix_spawn(const struct site *site, pid_t *pid, const char *path,
                       const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const argv[],
                       char *const environment[]);
int traced_posix_spawnp(const struct site *site, pid_t *pid, const char *file,
                        const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[],
                        char *const environment[]);
pid_t traced_waitpid(const struct site *site, pid_t pid, int *status, int options);
int traced_waitid(const struct site *site, idtype_t type, id_t id, siginfo_t *info,
                  int options);
int traced_kill(const struct site *site, pid_t pid, int number);
_Noreturn void traced__exit(const struct site *site, int status);
_Noreturn void traced_exit(const struct site *site, int status);

void traced_uv_sleep(const struct site *site, unsigned ms);
int traced_nanosleep(const struct site *site, const struct timespec *request,
                     struct timespec *rest);
void traced_pause_ns(const struct site *site, int64_t ns);

/** A task on an event loop, of so many; @due_ns: when its callback is to be called. */
struct loop_task_facts {
    size_t number, count;
    const char *name;
    uint64_t work; /**< enum work_kind */
    int64_t start_ns, due_ns;
};

/** It begins, on a lane of its own; its callback is called; it is done. */
void instruments_loop_task_begin(const struct site *site,
                                 const struct loop_task_facts *facts);
void instruments_loop_task_run(size_t number, bool has_waited);
void instruments_loop_task_end(size_t number);

/** Of a quiet lane too: where its loop had nothing to do, it would seem to lack a core.
 */
int traced_uv_run(const struct site *site, uv_loop_t *loop, uv_run_mode mode);

/**
 * The threads of libuv's pool are seen from their first task on, and are idle when they
 * have none.  libuv aborts where one of them cannot be started: that is told as what it
 * is.
 */
int traced_uv_queue_work(const struct site *site, uv_loop_t *loop, uv_work_t *request,
                         uv_work_cb work, uv_after_work_cb after);

/** Waiting for input, the lane is idle; but where it polls one descriptor for a limited
 * time, it waits for somebody who is to send something, and has nothing else to do. */
ssize_t traced_recv(const struct site *site, int socket, void *to, size_t bytes,
                    int flags);
int traced_poll(const struct site *site, struct pollfd *fds, nfds_t count,
                int timeout_ms);
ssize_t traced_read_file(const struct site *site, int file, void *to, size_t bytes);

/** Whoever runs a program that tells of itself. */
int traced_run_told(const struct site *site, const void *lock, char *const argv[]);

void traced_note(const struct site *site, int64_t value);
void traced_beat(const struct site *site);
bool traced_gap_wait(const struct site *site, uv_sem_t *sem);

/** demo.h's work(), work_part() and loop_task_begin(): where in the lesson a task is at
 * work. */
struct task;
void traced_work(const struct site *site, const struct task *task);
void traced_work_part(const struct site *site, const struct task *task, unsigned part,
                      unsigned parts);
int64_t traced_loop_task_begin(const struct site *site, const struct task *task);

/** A variable was read: `value` stood there; or is to be written; or was added to. */
void traced_read(const struct site *site, const volatile void *variable, int64_t value);
void traced_write(const struct site *site, const volatile void *variable,
                  int64_t value);
void traced_add(const struct site *site, const volatile void *variable, int64_t value);

/** demo.h's lock_wanted() and so on. */
void traced_lock_wanted(const struct site *site, const void *lock);
void traced_lock_taken(const struct site *site, const void *lock);
void traced_lock_given(const struct site *site, const void *lock);

/* Also in files that are not instrumented, where these stand after their declarations.
 */
#ifdef CONC_DEMO_H
#define lock_wanted(lock) traced_lock_wanted(CONC_SITE("lock_wanted", #lock), lock)
#define lock_taken(lock)  traced_lock_taken(CONC_SITE("lock_taken", #lock), lock)
#define lock_given(lock)  traced_lock_given(CONC_SITE("lock_given", #lock), lock)
#endif

#ifdef CONC_INSTRUMENTS

/* The text is taken before the arguments' own macros are replaced: NULL stays NULL. */
#define CONC_TRACED(name, text, ...) traced_##name(CONC_SITE(#name, text), __VA_ARGS__)

#define uv_thread_create(...) CONC_TRACED(uv_thread_create, #__VA_ARGS__, __VA_ARGS__)
#define uv_thread_create_ex(...) \
    CONC_TRACED(uv_thread_create_ex, #__VA_ARGS__, __VA_ARGS__)
#define uv_thread_join(...) CONC_TRACED(uv_thread_join, #__VA_ARGS__, __VA_ARGS__)
#define pthread_create(...) CONC_TRACED(pthread_create, #__VA_ARGS__, __VA_ARGS__)
#define pthread_join(...)   CONC_TRACED(pthread_join, #__VA_ARGS__, __VA_ARGS__)
#define pthread_tryjoin_np(...) \
    CONC_TRACED(pthread_tryjoin_np, #__VA_ARGS__, __VA_ARGS__)
#define pthread_clockjoin_np(...) \
    CONC_TRACED(pthread_clockjoin_np, #__VA_ARGS__, __VA_ARGS__)
#define pthread_cancel(...) CONC_TRACED(pthread_cancel, #__VA_ARGS__, __VA_ARGS__)
#define pthread_setname_np(...) \
    CONC_TRACED(pthread_setname_np, #__VA_ARGS__, __VA_ARGS__)

#define uv_mutex_init(...) CONC_TRACED(uv_mutex_init, #__VA_ARGS__, __VA_ARGS__)

/* What may be called a million times a second can be had untraced, at its own price. */
#define CONC_UNLESS_QUIET(name, text, ...) \
    (instruments_quiet ? name(__VA_ARGS__) : CONC_TRACED(name, text, __VA_ARGS__))

/* Where a quiet lane was blocked for long is told, or it would seem to lack a core. */
#define uv_mutex_lock(...)                                                     \
    (instruments_quiet                                                         \
         ? instruments_measuring                                               \
               ? uv_mutex_lock(__VA_ARGS__)                                    \
               : quiet_uv_mutex_lock(CONC_SITE("uv_mutex_lock", #__VA_ARGS__), \
                                     __VA_ARGS__)                              \
         : CONC_TRACED(uv_mutex_lock, #__VA_ARGS__, __VA_ARGS__))
#define uv_mutex_trylock(...) \
    CONC_UNLESS_QUIET(uv_mutex_trylock, #__VA_ARGS__, __VA_ARGS__)
#define uv_mutex_unlock(...) \
    CONC_UNLESS_QUIET(uv_mutex_unlock, #__VA_ARGS__, __VA_ARGS__)

/**
 * Of C11's atomic operations those are traced that name their memory order: a lesson
 * uses them where who reads what, and when, is the point.  Told after a read, and
 * before a write, so that a value is never read before it was written.
 */
#ifdef __clang__
#define CONC_LOAD(at, order)         __c11_atomic_load(at, order)
#define CONC_STORE(at, value, order) __c11_atomic_store(at, value, order)
#define CONC_ADD(at, value, order)   __c11_atomic_fetch_add(at, value, order)
#else
#define CONC_LOAD(at, order)         __atomic_load_n(at, order)
#define CONC_STORE(at, value, order) __atomic_store_n(at, value, order)
#define CONC_ADD(at, value, order)   __atomic_fetch_add(at, value, order)
#endif

/* gcc's are made of the ones that are traced here. */
#undef atomic_init
#define atomic_init(object, value) CONC_STORE(object, value, memory_order_relaxed)
#undef atomic_load
#define atomic_load(object) CONC_LOAD(object, memory_order_seq_cst)
#undef atomic_store
#define atomic_store(object, value) CONC_STORE(object, value, memory_order_seq_cst)
#undef atomic_fetch_add
#define atomic_fetch_add(object, value) CONC_ADD(object, value, memory_order_seq_cst)

#undef atomic_load_explicit
#define atomic_load_explicit(object, order)                                       \
    (__extension__({                                                              \
        __auto_type conc_read_at = (object);                                      \
        __auto_type conc_read = CONC_LOAD(conc_read_at, order);                   \
        if (!instruments_quiet)                                                   \
            traced_read(CONC_SITE("atomic_load_explicit", #object), conc_read_at, \
                        (int64_t)conc_read);                                      \
        conc_read;                                                                \
    }))

#undef atomic_store_explicit
#define atomic_store_explicit(object, value, order)                                  \
    (__extension__({                                                                 \
        __auto_type conc_write_at = (object);                                        \
        __typeof__(CONC_LOAD(conc_write_at, order)) conc_written = (value);          \
        if (!instruments_quiet)                                                      \
            traced_write(CONC_SITE("atomic_store_explicit", #object), conc_write_at, \
                         (int64_t)conc_written);                                     \
        CONC_STORE(conc_write_at, conc_written, order);                              \
    }))

#undef atomic_fetch_add_explicit
#define atomic_fetch_add_explicit(object, operand, order)                            \
    (__extension__({                                                                 \
        __auto_type conc_add_at = (object);                                          \
        __auto_type conc_added_to = CONC_ADD(conc_add_at, operand, order);           \
        if (!instruments_quiet)                                                      \
            traced_add(CONC_SITE("atomic_fetch_add_explicit", #object), conc_add_at, \
                       (int64_t)conc_added_to);                                      \
        conc_added_to;                                                               \
    }))

#define uv_rwlock_init(...)   CONC_TRACED(uv_rwlock_init, #__VA_ARGS__, __VA_ARGS__)
#define uv_rwlock_rdlock(...) CONC_TRACED(uv_rwlock_rdlock, #__VA_ARGS__, __VA_ARGS__)
#define uv_rwlock_tryrdlock(...) \
    CONC_TRACED(uv_rwlock_tryrdlock, #__VA_ARGS__, __VA_ARGS__)
#define uv_rwlock_rdunlock(...) \
    CONC_TRACED(uv_rwlock_rdunlock, #__VA_ARGS__, __VA_ARGS__)
#define uv_rwlock_wrlock(...) CONC_TRACED(uv_rwlock_wrlock, #__VA_ARGS__, __VA_ARGS__)
#define uv_rwlock_trywrlock(...) \
    CONC_TRACED(uv_rwlock_trywrlock, #__VA_ARGS__, __VA_ARGS__)
#define uv_rwlock_wrunlock(...) \
    CONC_TRACED(uv_rwlock_wrunlock, #__VA_ARGS__, __VA_ARGS__)

#define uv_sem_init(...)    CONC_TRACED(uv_sem_init, #__VA_ARGS__, __VA_ARGS__)
#define uv_sem_post(...)    CONC_TRACED(uv_sem_post, #__VA_ARGS__, __VA_ARGS__)
#define uv_sem_wait(...)    CONC_TRACED(uv_sem_wait, #__VA_ARGS__, __VA_ARGS__)
#define uv_sem_trywait(...) CONC_TRACED(uv_sem_trywait, #__VA_ARGS__, __VA_ARGS__)

#define uv_cond_init(...)   CONC_TRACED(uv_cond_init, #__VA_ARGS__, __VA_ARGS__)
#define uv_cond_signal(...) CONC_UNLESS_QUIET(uv_cond_signal, #__VA_ARGS__, __VA_ARGS__)
#define uv_cond_broadcast(...) \
    CONC_UNLESS_QUIET(uv_cond_broadcast, #__VA_ARGS__, __VA_ARGS__)
#define uv_cond_wait(...)      CONC_TRACED(uv_cond_wait, #__VA_ARGS__, __VA_ARGS__)
#define uv_cond_timedwait(...) CONC_TRACED(uv_cond_timedwait, #__VA_ARGS__, __VA_ARGS__)

#define uv_barrier_init(...) CONC_TRACED(uv_barrier_init, #__VA_ARGS__, __VA_ARGS__)
#define uv_barrier_wait(...) CONC_TRACED(uv_barrier_wait, #__VA_ARGS__, __VA_ARGS__)

#define fork()            traced_fork(CONC_SITE("fork", ""))
#define posix_spawn(...)  CONC_TRACED(posix_spawn, #__VA_ARGS__, __VA_ARGS__)
#define posix_spawnp(...) CONC_TRACED(posix_spawnp, #__VA_ARGS__, __VA_ARGS__)
#define waitpid(...)      CONC_TRACED(waitpid, #__VA_ARGS__, __VA_ARGS__)
#define waitid(...)       CONC_TRACED(waitid, #__VA_ARGS__, __VA_ARGS__)
#define kill(...)         CONC_TRACED(kill, #__VA_ARGS__, __VA_ARGS__)
#define _exit(...)        CONC_TRACED(_exit, #__VA_ARGS__, __VA_ARGS__)
#define exit(...)         CONC_TRACED(exit, #__VA_ARGS__, __VA_ARGS__)

#define uv_run(...)        CONC_TRACED(uv_run, #__VA_ARGS__, __VA_ARGS__)
#define uv_queue_work(...) CONC_TRACED(uv_queue_work, #__VA_ARGS__, __VA_ARGS__)
#define recv(...)          CONC_TRACED(recv, #__VA_ARGS__, __VA_ARGS__)
#define poll(...)          CONC_TRACED(poll, #__VA_ARGS__, __VA_ARGS__)
#define read(...)          traced_read_file(CONC_SITE("read", #__VA_ARGS__), __VA_ARGS__)

#define uv_sleep(...)  CONC_TRACED(uv_sleep, #__VA_ARGS__, __VA_ARGS__)
#define nanosleep(...) CONC_TRACED(nanosleep, #__VA_ARGS__, __VA_ARGS__)
#define pause_ns(...)  CONC_TRACED(pause_ns, #__VA_ARGS__, __VA_ARGS__)

#define run_told(...) CONC_TRACED(run_told, #__VA_ARGS__, __VA_ARGS__)

#define note(key, value) traced_note(CONC_SITE(key, ""), value)
#define beat(what)       traced_beat(CONC_SITE(what, ""))
#define gap_wait(...)    CONC_TRACED(gap_wait, #__VA_ARGS__, __VA_ARGS__)

#define work(...)            CONC_TRACED(work, #__VA_ARGS__, __VA_ARGS__)
#define work_part(...)       CONC_TRACED(work_part, #__VA_ARGS__, __VA_ARGS__)
#define loop_task_begin(...) CONC_TRACED(loop_task_begin, #__VA_ARGS__, __VA_ARGS__)

#endif
#endif
