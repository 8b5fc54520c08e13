// SPDX-License-Identifier: MIT
#include "stage/measure.h"

#include "demo.h"
#include "stage/clock.h"
#include "stage/cores.h"
#include "stage/cost.h"
#include "stage/instruments.h"
#include "timeline/figures.h"

#include <sys/wait.h>
#include <unistd.h>

/** Next to this, reading the clock is nothing; and most batches are over before another
 * program takes the core: what the median says is what it takes undisturbed. */
#define BATCH_NS (100 * NS_PER_US)

#define WHOLE_NS     (50 * NS_PER_MS)
#define MOST_BATCHES 1000
#define LEAST        11 /**< values, however long they take */

/** How often a size is tried: a batch may seem long because it was disturbed. */
#define TRIES 3

static const struct staging *the_staging;

void measure_begin(const struct staging *staging)
{
    the_staging = staging;
}

/** Before there are other threads and processes. */
static void prepare(void)
{
    instruments_quiet = instruments_measuring = true;
    must(cores_stay(), "sched_setaffinity");
}

static void leave(int64_t *values, size_t count)
{
    _Atomic int64_t *measured = the_staging->shared->measured;
    struct spread spread = spread_of(values, count); /* which sorts them */

    atomic_store(&measured[0], values[count / 4]);
    atomic_store(&measured[1], spread.median);
    atomic_store(&measured[2], values[3 * count / 4]);
}

static bool is_batch(void (*operations)(uint64_t times), uint64_t times)
{
    for (int i = 0; i < TRIES; i++)
        if (cost_all_ns(operations, times) < BATCH_NS)
            return false;
    return true;
}

void measure_time(const struct tasks *tasks)
{
    void (*operations)(uint64_t times) = atomic_load(&the_staging->shared->operations);
    static int64_t ps[MOST_BATCHES];
    uint64_t times = 1;
    size_t count = 0;
    int64_t end_ns;

    (void)tasks;
    prepare();
    operations(times); /* the first time, things are set up */
    while (!is_batch(operations, times))
        times *= 2;
    end_ns = wall_ns() + WHOLE_NS;
    while (count < MOST_BATCHES && (count < LEAST || wall_ns() < end_ns))
        ps[count++] = cost_each_ps(cost_all_ns(operations, times), times);
    leave(ps, count);
}

/** In a process of its own; what it finds is handed over in the shared page. */
static int64_t bytes_in_child(void)
{
    _Atomic int64_t *bytes = &the_staging->shared->measured[0];
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        atomic_store(bytes, atomic_load(&the_staging->shared->bytes)());
        _exit(EXIT_SUCCESS);
    }
    must_posix(pid, "fork");
    must_posix(waitpid(pid, &status, 0), "waitpid");
    return status == 0 ? atomic_load(bytes) : 0;
}

void measure_bytes(const struct tasks *tasks)
{
    int64_t bytes[LEAST];

    (void)tasks;
    prepare();
    for (int i = 0; i < LEAST; i++)
        bytes[i] = bytes_in_child();
    leave(bytes, LEAST);
}
