// SPDX-License-Identifier: MIT

#include "stage/work.h"

#include "demo.h"
#include "stage/clock.h"
#include "stage/instruments.h"

/**
 * A unit is some 0.3 µs of computing; a chunk, after which the clock is read, is about
 * 50 µs on a machine of 2020 and less on a faster one.
 */
#define UNIT_STEPS  256
#define CHUNK_UNITS 128

/** A gap between two chunks that is longer than a chunk by this may be a lost core. */
#define GAP_NS (50 * NS_PER_US)

/** Time without a core below this is not worth an event. */
#define READY_NS (20 * NS_PER_US)

/** One slice of calibration; the median of five is taken. */
#define SLICE_NS (12 * NS_PER_MS)
#define SLICES   5

static const struct staging *the_staging;

void work_begin(const struct staging *staging)
{
    the_staging = staging;
}

/** Each step needs the one before, so that nothing can be left out or done at once. */
static void compute(uint64_t units)
{
    static _Thread_local uint64_t number = 1;
    uint64_t n = number;

    for (uint64_t step = 0; step < units * UNIT_STEPS; step++)
        n = n * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    number = n;
}

/** How a stretch of computing has gone so far, to tell computing from waiting for a
 * core. */
struct progress {
    int64_t wall_ns, cpu_ns; /**< where both clocks stood when last read together */
    int64_t last_ns;         /**< the wall clock after the last chunk */
    int64_t chunk_ns;        /**< how long a chunk takes when nothing comes between */
};

/** Computing that began at `now_ns`: a core lost since then counts as lost. */
static struct progress progress_start(int64_t now_ns)
{
    int64_t cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);

    return (struct progress){now_ns, cpu_ns, now_ns, INT64_MAX / 2};
}

/**
 * The clocks stand at `now_ns` and `cpu_ns`: wall time that was not CPU time had no
 * core.  That is most likely what held the last chunk up, and else time before it.
 */
static void tell_ready(struct progress *progress, int64_t now_ns, int64_t cpu_ns)
{
    int64_t lost_ns = (now_ns - progress->wall_ns) - (cpu_ns - progress->cpu_ns);
    int64_t since_ns = progress->last_ns;

    if (lost_ns > now_ns - since_ns)
        since_ns = now_ns - lost_ns;
    if (lost_ns >= READY_NS)
        instruments_event_at(since_ns, EVENT_READY, NULL, 0, (uint64_t)lost_ns);
    progress->wall_ns = now_ns;
    progress->cpu_ns = cpu_ns;
}

/**
 * After each chunk.  The wall clock costs 23 ns and is always read; the CPU clock costs
 * 500 ns and is read only after a gap.  It is read last: a core lost between the two is
 * seen after the next chunk.
 */
static void note_gap(struct progress *progress)
{
    int64_t now_ns = wall_ns();
    int64_t took_ns = now_ns - progress->last_ns;

    if (took_ns < progress->chunk_ns)
        progress->chunk_ns = took_ns;
    if (took_ns > progress->chunk_ns + GAP_NS)
        tell_ready(progress, now_ns, clock_ns(CLOCK_THREAD_CPUTIME_ID));
    progress->last_ns = now_ns;
}

/**
 * After the last chunk, which may be a short one, whatever it took.  Here the CPU clock
 * is read first, so that up to the wall clock's time nothing is left untold.
 */
static void settle(struct progress *progress)
{
    int64_t cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    int64_t now_ns = wall_ns();

    tell_ready(progress, now_ns, cpu_ns);
    progress->last_ns = now_ns;
}

/**
 * Compute until the thread has spent `ttl_ns` of CPU time, and settle.
 * @return how many units.
 */
static uint64_t compute_for(struct progress *progress, int64_t ttl_ns)
{
    const int64_t end_cpu_ns = progress->cpu_ns + ttl_ns;
    /* Earlier, the CPU clock cannot be there yet. */
    int64_t ask_at_ns = progress->last_ns + ttl_ns;
    uint64_t units = 0, chunk = CHUNK_UNITS;

    while (progress->cpu_ns < end_cpu_ns) {
        int64_t left_ns;

        compute(chunk);
        units += chunk;
        note_gap(progress);
        left_ns = ask_at_ns - progress->last_ns;
        if (left_ns <= 0) {
            settle(progress);
            left_ns = end_cpu_ns - progress->cpu_ns;
            ask_at_ns = progress->last_ns + left_ns;
        }
        if (left_ns < 2 * progress->chunk_ns && chunk == CHUNK_UNITS)
            chunk = 8;
    }
    return units;
}

static void compute_amount(struct progress *progress, uint64_t units)
{
    while (units > 0) {
        uint64_t chunk = units < CHUNK_UNITS ? units : CHUNK_UNITS;

        compute(chunk);
        units -= chunk;
        if (chunk == CHUNK_UNITS)
            note_gap(progress);
    }
    settle(progress);
}

/** A task that the thread works on: the same from its first part to its last. */
struct task_work {
    const struct task *task; /**< the one begun last on this thread */
    unsigned next;           /**< which part of it comes next */
    int64_t start_ns, cpu_ns;
    uint64_t units; /**< done so far, where they are measured */
};

/** What belongs to the parts before `part` of `parts`, of something that is `whole`. */
static uint64_t share(uint64_t whole, unsigned part, unsigned parts)
{
    return whole / parts * part + whole % parts * part / parts;
}

/** @return when it was done. */
static int64_t work_cpu(const struct task *task, struct task_work *now, unsigned part,
                        unsigned parts)
{
    struct progress progress = progress_start(part == 0 ? now->start_ns : wall_ns());
    const int64_t start_cpu_ns = progress.cpu_ns;
    _Atomic uint64_t *amount = &the_staging->amounts[task->number];

    if (atomic_load(the_staging->amounts_known)) {
        uint64_t units = atomic_load(amount);

        compute_amount(&progress,
                       share(units, part + 1, parts) - share(units, part, parts));
    } else {
        uint64_t ttl_ns = (uint64_t)task->ttl_ns;

        now->units += compute_for(&progress, (int64_t)(share(ttl_ns, part + 1, parts) -
                                                       share(ttl_ns, part, parts)));
        atomic_store(amount, now->units);
    }
    now->cpu_ns += progress.cpu_ns - start_cpu_ns;
    return progress.last_ns;
}

/** Deadlines count from the task's own start, so none is shortened to look good. */
static int64_t work_wait(const struct task *task, const struct task_work *now,
                         unsigned part, unsigned parts)
{
    int64_t end_ns =
        now->start_ns + (int64_t)share((uint64_t)task->ttl_ns, part + 1, parts);
    struct timespec deadline = timespec_of(end_ns);
    int64_t now_ns;

    /* To sleep until a time that is over takes tens of microseconds. */
    while ((now_ns = wall_ns()) < end_ns)
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL);
    return now_ns;
}

void traced_work_part(const struct site *site, const struct task *task, unsigned part,
                      unsigned parts)
{
    static _Thread_local struct task_work now;
    int64_t done_ns;

    if (part == 0) {
        now = (struct task_work){.task = task, .start_ns = wall_ns()};
        instruments_event_at(now.start_ns, EVENT_TASK_BEGIN, site, task->number,
                             (uint64_t)the_staging->work);
        instruments_doing(EVENT_TASK_BEGIN, task->number);
    } else if (task != now.task || part != now.next || part >= parts) {
        must(UV_EINVAL, "work_part, parts out of order");
    }
    now.next = part + 1;
    if (the_staging->work == WORK_CPU)
        done_ns = work_cpu(task, &now, part, parts);
    else
        done_ns = work_wait(task, &now, part, parts);
    if (part + 1 == parts) {
        instruments_event_at(done_ns, EVENT_TASK_END, site, task->number,
                             (uint64_t)now.cpu_ns);
        instruments_doing(EVENT_NONE, 0);
    }
}

void work_part(const struct task *task, unsigned part, unsigned parts)
{
    traced_work_part(NULL, task, part, parts);
}

/** Nothing but the computing, where it is known how much that is. */
static bool compute_quietly(const struct task *task)
{
    if (!instruments_quiet || the_staging->work != WORK_CPU ||
        !atomic_load_explicit(the_staging->amounts_known, memory_order_acquire))
        return false;
    compute(atomic_load_explicit(&the_staging->amounts[task->number],
                                 memory_order_relaxed));
    return true;
}

void traced_work(const struct site *site, const struct task *task)
{
    if (!compute_quietly(task))
        traced_work_part(site, task, 0, 1);
}

void work(const struct task *task)
{
    traced_work(NULL, task);
}

/** Of one checksum; with thousands of tasks, all of theirs would take minutes. */
static uint32_t checksum_steps(void)
{
    return (UINT32_C(1) << 24) / (1 + (uint32_t)(the_staging->tasks->count / 16));
}

/** FNV-1a, with the numbers' lowest bytes.  In chunks, as all computing here. */
static uint32_t sum_of(uint32_t seed, struct progress *progress)
{
    uint32_t sum = UINT32_C(2166136261) ^ seed, steps = checksum_steps();

    while (steps > 0) {
        const uint32_t most = UNIT_STEPS * CHUNK_UNITS;
        uint32_t chunk = steps < most ? steps : most;

        for (uint32_t step = 0; step < chunk; step++)
            sum = (sum ^ ((seed + step) & 0xff)) * UINT32_C(16777619);
        steps -= chunk;
        if (chunk == most)
            note_gap(progress);
    }
    settle(progress);
    return sum;
}

uint32_t checksum(const struct task *task)
{
    struct progress progress = progress_start(wall_ns());

    return sum_of((uint32_t)task->number, &progress);
}

int64_t checksum_ns(void)
{
    static _Atomic uint32_t unused;
    struct progress progress = progress_start(wall_ns());
    int64_t start_cpu_ns = progress.cpu_ns;

    atomic_store(&unused, sum_of(0, &progress));
    return progress.cpu_ns - start_cpu_ns;
}

static int by_size(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static uint64_t compute_slice(void)
{
    struct progress progress = progress_start(wall_ns());

    return compute_for(&progress, SLICE_NS);
}

void work_calibrate(const struct tasks *tasks)
{
    uint64_t units[SLICES], median;
    double per_ns;

    compute_slice(); /* lets the core come up to speed */
    for (size_t slice = 0; slice < SLICES; slice++)
        units[slice] = compute_slice();
    qsort(units, SLICES, sizeof *units, by_size);
    median = units[SLICES / 2];
    per_ns = (double)median / (double)SLICE_NS;
    for (size_t i = 0; i < tasks->count; i++)
        atomic_store(&the_staging->amounts[i],
                     (uint64_t)(per_ns * (double)tasks->at[i].ttl_ns + 0.5));
    atomic_store(the_staging->amounts_known, 1);
}
