// SPDX-License-Identifier: MIT
// Two pieces of computing, one after the other, then in two threads at once.
//
//     floor_compute MS
//
// Each piece is what fits in MS of CPU time.  Prints the speedup.

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t rounds;

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

// A chain of dependent steps, which no compiler folds and no cache matters to.
static uint64_t compute(uint64_t count)
{
    uint64_t x = 88172645463325252u;
    for (uint64_t i = 0; i < count; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    return x;
}

static void *worker(void *arg)
{
    *(uint64_t *)arg = compute(rounds);
    return NULL;
}

static void calibrate(int64_t ns)
{
    enum { STEP = 10000 };
    volatile uint64_t sink;
    int64_t end = now_ns(CLOCK_THREAD_CPUTIME_ID) + ns;
    while (now_ns(CLOCK_THREAD_CPUTIME_ID) < end) {
        sink = compute(STEP);
        rounds += STEP;
    }
    (void)sink;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    calibrate(strtoll(argv[1], NULL, 10) * 1000000);

    uint64_t results[2];
    int64_t begin = now_ns(CLOCK_MONOTONIC);
    worker(&results[0]);
    worker(&results[1]);
    int64_t sequential = now_ns(CLOCK_MONOTONIC) - begin;

    pthread_t threads[2];
    begin = now_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < 2; i++) {
        if (pthread_create(&threads[i], NULL, worker, &results[i]) != 0)
            return 1;
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    int64_t concurrent = now_ns(CLOCK_MONOTONIC) - begin;
    printf("%.4f\n", (double)sequential / (double)concurrent);
    return results[0] != results[1];
}
