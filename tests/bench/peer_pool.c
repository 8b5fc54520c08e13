// SPDX-License-Identifier: MIT
// What other pools of threads do, without conc: libuv's, and GLib's where it is.
//
//     peer_pool uv|glib WORKERS TASKS US
//
// Each task computes for US microseconds.  Prints the share of the ideal, which is the
// time of all tasks shared out among the workers: how much of it the pool reaches; and
// what one round trip takes, from submitting a task that does nothing until it is done,
// in ns: the median of some rounds.

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#ifdef HAVE_GLIB
#include <glib.h>
#endif

enum { ROUNDS = 11, TRIPS = 500, SLICES = 5 };

// Set before there are threads.
static uint64_t steps_of_a_task;

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int by_value(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static int64_t median(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

// A chain of dependent steps, which no compiler folds and no cache matters to.
static void compute(uint64_t steps)
{
    static _Thread_local volatile uint64_t sink = 1;
    uint64_t x = sink;
    for (uint64_t i = 0; i < steps; i++)
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    sink = x;
}

// The steps that fit into a microsecond of CPU time.
static double steps_per_us(void)
{
    enum { STEPS = 10000000 };
    int64_t took[SLICES + 1];
    for (int slice = 0; slice <= SLICES; slice++) {
        int64_t begin = now_ns(CLOCK_THREAD_CPUTIME_ID);
        compute(STEPS);
        took[slice] = now_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
    }
    // The first one let the core come up to speed.
    return STEPS * 1000.0 / (double)median(took + 1, SLICES);
}

// ---- libuv

struct uv {
    uv_loop_t loop;
    uv_work_t *requests;
};

static void uv_job(uv_work_t *request)
{
    (void)request;
    compute(steps_of_a_task);
}

static void uv_done(uv_work_t *request, int status)
{
    (void)request;
    (void)status;
}

static void *uv_open(unsigned workers, size_t tasks)
{
    static struct uv uv;
    char text[16];
    snprintf(text, sizeof text, "%u", workers);
    setenv("UV_THREADPOOL_SIZE", text, 1);
    uv.requests = calloc(tasks, sizeof *uv.requests);
    if (uv.requests == NULL || uv_loop_init(&uv.loop) != 0)
        exit(1);
    return &uv;
}

static void uv_all(void *pool, size_t tasks)
{
    struct uv *uv = pool;
    for (size_t i = 0; i < tasks; i++)
        uv_queue_work(&uv->loop, &uv->requests[i], uv_job, uv_done);
    uv_run(&uv->loop, UV_RUN_DEFAULT);
}

// ---- GLib

#ifdef HAVE_GLIB
struct glib {
    GThreadPool *pool;
    atomic_size_t left;
    GMutex lock;
    GCond done;
    gboolean is_done;
};

// Whoever does the last one says so.
static void glib_job(void *task, void *data)
{
    struct glib *glib = data;
    (void)task;
    compute(steps_of_a_task);
    if (atomic_fetch_sub(&glib->left, 1) > 1)
        return;
    g_mutex_lock(&glib->lock);
    glib->is_done = TRUE;
    g_cond_signal(&glib->done);
    g_mutex_unlock(&glib->lock);
}

static void *glib_open(unsigned workers, size_t tasks)
{
    static struct glib glib;
    (void)tasks;
    g_mutex_init(&glib.lock);
    g_cond_init(&glib.done);
    glib.pool = g_thread_pool_new(glib_job, &glib, (gint)workers, TRUE, NULL);
    if (glib.pool == NULL)
        exit(1);
    return &glib;
}

static void glib_all(void *pool, size_t tasks)
{
    struct glib *glib = pool;
    glib->is_done = FALSE;
    atomic_store(&glib->left, tasks);
    for (size_t i = 0; i < tasks; i++)
        g_thread_pool_push(glib->pool, glib, NULL);
    g_mutex_lock(&glib->lock);
    while (!glib->is_done)
        g_cond_wait(&glib->done, &glib->lock);
    g_mutex_unlock(&glib->lock);
}
#endif

// ---- any

static const struct peer {
    const char *name;
    void *(*open)(unsigned workers, size_t tasks);
    void (*all)(void *pool,
                size_t tasks); // submit so many, and wait until all are done
} peers[] = {
    {"uv", uv_open, uv_all},
#ifdef HAVE_GLIB
    {"glib", glib_open, glib_all},
#endif
};

static int64_t round_trip_ns(const struct peer *peer, void *pool)
{
    int64_t times[ROUNDS];
    steps_of_a_task = 0;
    peer->all(pool, 1);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = now_ns(CLOCK_MONOTONIC);
        for (int trip = 0; trip < TRIPS; trip++)
            peer->all(pool, 1);
        times[round] = (now_ns(CLOCK_MONOTONIC) - begin) / TRIPS;
    }
    return median(times, ROUNDS);
}

int main(int argc, char **argv)
{
    const struct peer *peer = peers, *end = peers + sizeof peers / sizeof *peers;
    if (argc != 5)
        return 2;
    while (peer < end && strcmp(peer->name, argv[1]) != 0)
        peer++;
    if (peer == end)
        return 77; // it was built without
    unsigned workers = (unsigned)strtoul(argv[2], NULL, 10);
    size_t tasks = strtoul(argv[3], NULL, 10);
    double us = strtod(argv[4], NULL);

    double steps = steps_per_us();
    void *pool = peer->open(workers, tasks);
    int64_t trip_ns = round_trip_ns(peer, pool);
    steps_of_a_task = (uint64_t)(steps * us);
    int64_t begin = now_ns(CLOCK_MONOTONIC);
    peer->all(pool, tasks);
    double wall_ns = (double)(now_ns(CLOCK_MONOTONIC) - begin);
    printf("%.4f %lld\n", (double)tasks * us * 1000 / workers / wall_ns,
           (long long)trip_ns);
    return 0;
}
