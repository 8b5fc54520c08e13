// SPDX-License-Identifier: MIT
/** The instruments of what synchronises, and of sleeping. */

#include "stage/instruments_inner.h"

#include "stage/clock.h"

#include <errno.h>

/** WAIT_IDLES in a thread that waits for work, else 0. */
static _Thread_local uint64_t idles;

void instruments_idle_between_tasks(void)
{
    idles = WAIT_IDLES;
}

static uint64_t address(const volatile void *object)
{
    return (uint64_t)(uintptr_t)object;
}

/** An object was made: its name is the text of this site. */
static int made(const struct site *site, const void *object, int error)
{
    if (error == 0)
        instruments_event(EVENT_INIT, site, address(object), 0);
    return error;
}

/** A try at a lock: got it, or not. */
static int tried(const struct site *site, const void *lock, int error)
{
    if (error == 0)
        instruments_locked(site, lock, false);
    else
        instruments_event(EVENT_LOCK_FAIL, site, address(lock), 0);
    return error;
}

int traced_uv_mutex_init(const struct site *site, uv_mutex_t *mutex)
{
    return made(site, mutex, uv_mutex_init(mutex));
}

/* First a try, so that a lock which was free is told apart from one that was not. */
void traced_uv_mutex_lock(const struct site *site, uv_mutex_t *mutex)
{
    if (uv_mutex_trylock(mutex) == 0) {
        instruments_locked(site, mutex, false);
        return;
    }
    instruments_begin_wait(EVENT_LOCK_BEGIN, site, address(mutex), 0);
    uv_mutex_lock(mutex);
    instruments_locked(site, mutex, true);
}

/** Shorter waits of a quiet lane are not told: there may be a million. */
#define LONG_WAIT_NS (50 * NS_PER_US)

/* Told when it is over, and as if it gave the lock up at once: when, is not traced. */
void quiet_uv_mutex_lock(const struct site *site, uv_mutex_t *mutex)
{
    int64_t begun_ns, now_ns;

    if (uv_mutex_trylock(mutex) == 0)
        return;
    begun_ns = wall_ns();
    uv_mutex_lock(mutex);
    now_ns = wall_ns();
    if (now_ns - begun_ns < LONG_WAIT_NS)
        return;
    instruments_event_at(begun_ns, EVENT_LOCK_BEGIN, site, address(mutex), 0);
    instruments_event_at(now_ns, EVENT_LOCK_END, site, address(mutex), 0);
    instruments_event_at(now_ns, EVENT_UNLOCK, site, address(mutex), 0);
}

/* Nobody sees who could give it: a wait that ends by itself, to who looks for
 * deadlocks.
 */
void traced_lock_wanted(const struct site *site, const void *lock)
{
    instruments_begin_limited_wait(EVENT_LOCK_BEGIN, site, address(lock), 0);
}

void traced_lock_taken(const struct site *site, const void *lock)
{
    instruments_locked(site, lock, true);
}

void traced_lock_given(const struct site *site, const void *lock)
{
    instruments_unlock(site, lock);
}

int traced_uv_mutex_trylock(const struct site *site, uv_mutex_t *mutex)
{
    return tried(site, mutex, uv_mutex_trylock(mutex));
}

void traced_uv_mutex_unlock(const struct site *site, uv_mutex_t *mutex)
{
    instruments_unlock(site, mutex);
    uv_mutex_unlock(mutex);
}

int traced_uv_rwlock_init(const struct site *site, uv_rwlock_t *lock)
{
    return made(site, lock, uv_rwlock_init(lock));
}

void traced_uv_rwlock_rdlock(const struct site *site, uv_rwlock_t *lock)
{
    if (uv_rwlock_tryrdlock(lock) == 0) {
        instruments_locked(site, lock, false);
        return;
    }
    instruments_begin_wait(EVENT_LOCK_BEGIN, site, address(lock), 0);
    uv_rwlock_rdlock(lock);
    instruments_locked(site, lock, true);
}

int traced_uv_rwlock_tryrdlock(const struct site *site, uv_rwlock_t *lock)
{
    return tried(site, lock, uv_rwlock_tryrdlock(lock));
}

void traced_uv_rwlock_rdunlock(const struct site *site, uv_rwlock_t *lock)
{
    instruments_unlock(site, lock);
    uv_rwlock_rdunlock(lock);
}

void traced_uv_rwlock_wrlock(const struct site *site, uv_rwlock_t *lock)
{
    if (uv_rwlock_trywrlock(lock) == 0) {
        instruments_locked(site, lock, false);
        return;
    }
    instruments_begin_wait(EVENT_LOCK_BEGIN, site, address(lock), 0);
    uv_rwlock_wrlock(lock);
    instruments_locked(site, lock, true);
}

int traced_uv_rwlock_trywrlock(const struct site *site, uv_rwlock_t *lock)
{
    return tried(site, lock, uv_rwlock_trywrlock(lock));
}

void traced_uv_rwlock_wrunlock(const struct site *site, uv_rwlock_t *lock)
{
    instruments_unlock(site, lock);
    uv_rwlock_wrunlock(lock);
}

int traced_uv_sem_init(const struct site *site, uv_sem_t *sem, unsigned value)
{
    return made(site, sem, uv_sem_init(sem, value));
}

void traced_uv_sem_post(const struct site *site, uv_sem_t *sem)
{
    if (!instruments_measuring)
        instruments_event(EVENT_SEM_POST, site, address(sem), 0);
    uv_sem_post(sem);
}

void traced_uv_sem_wait(const struct site *site, uv_sem_t *sem)
{
    int before = errno;

    if (instruments_measuring) {
        uv_sem_wait(sem);
        return;
    }
    if (uv_sem_trywait(sem) == 0) {
        instruments_event(EVENT_SEM_END, site, address(sem), 0);
        return;
    }
    errno = before; /* waiting leaves it alone, only the try has set it */
    instruments_begin_wait(EVENT_SEM_BEGIN, site, address(sem), idles);
    uv_sem_wait(sem);
    instruments_end_wait(EVENT_SEM_END, site, address(sem), 0);
}

int traced_uv_sem_trywait(const struct site *site, uv_sem_t *sem)
{
    int error = uv_sem_trywait(sem);

    if (error == 0)
        instruments_event(EVENT_SEM_END, site, address(sem), 0);
    return error;
}

/** The longest that a gap may last, and how often it looks. */
#define GAP_NS      (20 * NS_PER_MS)
#define GAP_LOOK_NS (20 * NS_PER_US)

/* libuv's semaphores know no wait with a limit, so it looks again and again. */
bool traced_gap_wait(const struct site *site, uv_sem_t *sem)
{
    const struct timespec pause = timespec_of(GAP_LOOK_NS);
    int64_t end_ns = wall_ns() + GAP_NS;
    bool taken;

    instruments_begin_limited_wait(EVENT_SEM_BEGIN, site, address(sem), 0);
    while (!(taken = uv_sem_trywait(sem) == 0) && wall_ns() < end_ns)
        nanosleep(&pause, NULL);
    instruments_end_wait(EVENT_SEM_END, site, address(sem), taken ? 0 : 1);
    return taken;
}

int traced_uv_cond_init(const struct site *site, uv_cond_t *cond)
{
    return made(site, cond, uv_cond_init(cond));
}

void traced_uv_cond_signal(const struct site *site, uv_cond_t *cond)
{
    instruments_event(EVENT_COND_SIGNAL, site, address(cond), 0);
    uv_cond_signal(cond);
}

void traced_uv_cond_broadcast(const struct site *site, uv_cond_t *cond)
{
    instruments_event(EVENT_COND_BROADCAST, site, address(cond), 0);
    uv_cond_broadcast(cond);
}

/** A wait for a condition, which gives the mutex up and has it again at the end: that
 * is told as well, unless the lane is quiet. */
struct cond_wait {
    const struct site *site;
    uv_cond_t *cond;
    uv_mutex_t *mutex;
    bool gave_up;
};

/** It goes on; or it is cancelled, and its cleanup handlers begin with this one. */
static void end_cond_wait(void *data)
{
    const struct cond_wait *wait = data;

    instruments_end_wait(EVENT_COND_END, wait->site, address(wait->cond),
                         wait->gave_up ? 1 : 0);
    if (!instruments_quiet)
        instruments_locked(wait->site, wait->mutex, false);
}

void traced_uv_cond_wait(const struct site *site, uv_cond_t *cond, uv_mutex_t *mutex)
{
    struct cond_wait wait = {.site = site, .cond = cond, .mutex = mutex};

    if (!instruments_quiet)
        instruments_unlock(site, mutex);
    instruments_begin_wait(EVENT_COND_BEGIN, site, address(cond), idles);
    pthread_cleanup_push(end_cond_wait, &wait);
    uv_cond_wait(cond, mutex);
    pthread_cleanup_pop(1);
}

int traced_uv_cond_timedwait(const struct site *site, uv_cond_t *cond,
                             uv_mutex_t *mutex, uint64_t timeout)
{
    struct cond_wait wait = {.site = site, .cond = cond, .mutex = mutex};
    int error;

    if (!instruments_quiet)
        instruments_unlock(site, mutex);
    instruments_begin_limited_wait(EVENT_COND_BEGIN, site, address(cond),
                                   idles | WAIT_LIMITED);
    pthread_cleanup_push(end_cond_wait, &wait);
    error = uv_cond_timedwait(cond, mutex, timeout);
    wait.gave_up = error != 0;
    pthread_cleanup_pop(1);
    return error;
}

int traced_uv_barrier_init(const struct site *site, uv_barrier_t *barrier,
                           unsigned count)
{
    return made(site, barrier, uv_barrier_init(barrier, count));
}

int traced_uv_barrier_wait(const struct site *site, uv_barrier_t *barrier)
{
    int last;

    instruments_begin_wait(EVENT_BARRIER_BEGIN, site, address(barrier), 0);
    last = uv_barrier_wait(barrier);
    instruments_end_wait(EVENT_BARRIER_END, site, address(barrier), 0);
    return last;
}

void traced_uv_sleep(const struct site *site, unsigned ms)
{
    instruments_begin_wait(EVENT_SLEEP_BEGIN, site, 0, (uint64_t)ms * NS_PER_MS);
    uv_sleep(ms);
    instruments_end_wait(EVENT_SLEEP_END, site, 0, 0);
}

int traced_nanosleep(const struct site *site, const struct timespec *request,
                     struct timespec *rest)
{
    int64_t asked_ns = request->tv_sec * NS_PER_S + request->tv_nsec;
    int error;

    instruments_begin_wait(EVENT_SLEEP_BEGIN, site, 0, (uint64_t)asked_ns);
    error = nanosleep(request, rest);
    instruments_end_wait(EVENT_SLEEP_END, site, 0, 0);
    return error;
}

void traced_read(const struct site *site, const volatile void *variable, int64_t value)
{
    instruments_access(EVENT_READ, site, variable, value);
}

void traced_write(const struct site *site, const volatile void *variable, int64_t value)
{
    instruments_access(EVENT_WRITE, site, variable, value);
}

void traced_add(const struct site *site, const volatile void *variable, int64_t value)
{
    instruments_access(EVENT_ADD, site, variable, value);
}

void traced_pause_ns(const struct site *site, int64_t ns)
{
    struct timespec left = timespec_of(ns);

    instruments_begin_wait(EVENT_SLEEP_BEGIN, site, 0, (uint64_t)ns);
    while (nanosleep(&left, &left) == -1 && errno == EINTR)
        continue;
    instruments_end_wait(EVENT_SLEEP_END, site, 0, 0);
}

void traced_note(const struct site *site, int64_t value)
{
    instruments_event(EVENT_VALUE, site, 0, (uint64_t)value);
}

void traced_beat(const struct site *site)
{
    instruments_event(EVENT_MARK, site, 0, 0);
}
