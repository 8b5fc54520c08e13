// SPDX-License-Identifier: MIT
// Threads that sleep, with nothing around them: what conc's sleepers are held against.
//
//     floor_sleepers SLACK_NS THREADS TTL_MS...
//
// Thread i sleeps for its ttl (the last one named, where there are fewer) up to a
// deadline that it counts from its own start.  SLACK_NS is the timer slack, 0 leaves
// the system's own of 50 us.  Prints how far the whole was over the longest ttl, in ns.

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

enum { STACK_BYTES = 64 * 1024 };

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void *sleeper(void *arg)
{
    int64_t until = now_ns() + *(int64_t *)arg;
    struct timespec deadline = {.tv_sec = until / 1000000000,
                                .tv_nsec = until % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) != 0)
        ;
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    unsigned long slack = strtoul(argv[1], NULL, 10);
    size_t count = strtoul(argv[2], NULL, 10);
    pthread_t *threads = calloc(count, sizeof *threads);
    int64_t *ttls = calloc(count, sizeof *ttls);
    if (!threads || !ttls || (slack && prctl(PR_SET_TIMERSLACK, slack) != 0))
        return 1;
    int64_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        int named = 3 + (int)i < argc ? 3 + (int)i : argc - 1;
        ttls[i] = strtoll(argv[named], NULL, 10) * 1000000;
        longest = ttls[i] > longest ? ttls[i] : longest;
    }
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_BYTES);

    int64_t begin = now_ns();
    for (size_t i = 0; i < count; i++) {
        if (pthread_create(&threads[i], &small, sleeper, &ttls[i]) != 0) {
            fprintf(stderr, "floor_sleepers: the system gave %zu threads\n", i);
            return 1;
        }
    }
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    printf("%lld\n", (long long)(now_ns() - begin - longest));
    free(threads);
    free(ttls);
    return 0;
}
