// SPDX-License-Identifier: MIT
// Waits on a loop of libuv's, with nothing around them: what conc's are held against.
//
//     floor_loop SLACK_NS TASKS TTL_MS
//
// Each timer is due its ttl after its own start, rounded up to a whole millisecond.
// SLACK_NS is the timer slack, 0 leaves the system's own of 50 us.  Prints how far the
// whole was over the ttl, in ns, from getting the memory to giving it back, as in conc.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <uv.h>

static const uint64_t ms = 1000000;

static void on_due(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, NULL);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    unsigned long slack = strtoul(argv[1], NULL, 10);
    size_t count = strtoul(argv[2], NULL, 10);
    uint64_t ttl = strtoull(argv[3], NULL, 10) * ms;
    uv_loop_t loop;
    if (slack && prctl(PR_SET_TIMERSLACK, slack) != 0)
        return 1;

    uint64_t begin = uv_hrtime();
    uv_timer_t *timers = calloc(count, sizeof *timers);
    if (!timers || uv_loop_init(&loop) != 0)
        return 1;
    for (size_t i = 0; i < count; i++) {
        uint64_t due = (uv_hrtime() + ttl + ms - 1) / ms;
        uv_timer_init(&loop, &timers[i]);
        uv_timer_start(&timers[i], on_due, due - uv_now(&loop), 0);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    free(timers);
    printf("%lld\n", (long long)(uv_hrtime() - begin - ttl));
    return 0;
}
