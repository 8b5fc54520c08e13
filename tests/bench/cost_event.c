// SPDX-License-Identifier: MIT
// What it costs to record an event, beside the one clock reading that it needs anyhow.
//
//     cost_event ROUNDS
//
// Each round prints three figures in ns a call: the clock alone, an event in memory
// that was written before ("warm"), and an event in fresh chunks of the populated part.

#include "stage/clock.h"
#include "stage/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

enum { EVENTS = 8000, TRACE_BYTES = 64 << 20 };

static double clock_alone(void)
{
    int64_t sum = 0;
    int64_t begin = wall_ns();
    for (int i = 0; i < EVENTS; i++)
        sum += wall_ns();
    int64_t end = wall_ns();
    // The sum must be used, or the loop might go.
    return sum == 1 ? 0 : (double)(end - begin) / EVENTS;
}

static double events(struct trace *trace)
{
    struct trace_writer writer;
    trace_open(&writer, trace, trace_add_lane(trace, LANE_THREAD, LANE_NONE));
    int64_t begin = wall_ns();
    for (uint64_t i = 0; i < EVENTS; i++)
        trace_write(&writer, wall_ns(), EVENT_VALUE, SITE_NONE, 0, i);
    return (double)(wall_ns() - begin) / EVENTS;
}

static int round_of_three(void)
{
    struct trace *trace;
    if (trace_create(&trace, TRACE_BYTES) != 0)
        return 1;
    double alone = clock_alone();
    double fresh = events(trace);
    trace_reset(trace);
    double warm = events(trace);
    uint64_t dropped = trace_dropped(trace);
    trace_destroy(trace);
    printf("%.3f %.3f %.3f\n", alone, warm, fresh);
    return dropped != 0;
}

int main(int argc, char **argv)
{
    long rounds = argc == 2 ? strtol(argv[1], NULL, 10) : 1;
    for (long i = 0; i < rounds; i++) {
        if (round_of_three() != 0) {
            fprintf(stderr, "cost_event: no memory for the trace, or events dropped\n");
            return 1;
        }
    }
    return 0;
}
