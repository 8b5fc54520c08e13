// SPDX-License-Identifier: MIT
#include "frames.h"

#include "record.h"
#include "stage/clock.h"
#include "view/live.h"
#include "view/style.h"

#include <time.h>
#include <unistd.h>

/**
 * Between frames: 30 a second, and about a hundredth of the time for drawing.  What
 * costs more comes 16 times a second still, as long as that takes no more than a sixth
 * of the time, and is never so seldom that the picture seems to stand still.
 */
#define FRAME_NS         (33 * NS_PER_MS)
#define FRAME_PART       100
#define FLUID_NS         (60 * NS_PER_MS)
#define FLUID_PART       5
#define LONGEST_PAUSE_NS (250 * NS_PER_MS)

/** In the background the terminal is somebody else's to write on. */
static bool in_foreground(void)
{
    pid_t foreground = tcgetpgrp(STDOUT_FILENO);

    return foreground < 0 || foreground == getpgrp();
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** What it cost, not what it waited: that is the demo's and the terminal's. */
static int64_t pause_after(int64_t cpu_begun_ns)
{
    int64_t cost_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_begun_ns;
    int64_t fluid_ns = most(cost_ns * FLUID_PART, FLUID_NS);
    int64_t pause_ns = least(least(cost_ns * FRAME_PART, fluid_ns), LONGEST_PAUSE_NS);

    return most(pause_ns, FRAME_NS);
}

static int64_t draw_frame(void *data)
{
    struct frames *frames = data;
    int64_t cpu_begun_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID), now_ns = wall_ns();
    struct run *run = &frames->variant->runs[frames->variant->shown];

    if (stage_start_ns(frames->stage) == 0 || run->ending != ENDING_RUNNING ||
        !in_foreground())
        return FRAME_NS;
    if (record_frame(frames->report, frames->stage, run, now_ns) != 0)
        return FRAME_NS;
    live_draw(frames->live, frames->report);
    return pause_after(cpu_begun_ns);
}

static void on_resized(void *data)
{
    const struct frames *frames = data;

    live_resized(frames->live);
}

static void on_suspend(void *data)
{
    frames_suspend(data);
}

static void on_farewell(void *data)
{
    const struct frames *frames = data;

    live_farewell(frames->live);
}

void frames_open(struct frames *frames)
{
    const struct options *options = frames->report->options;
    struct style style = style_for(options, STDOUT_FILENO);

    if (live_open(&frames->live, STDOUT_FILENO, &style, options->width) != 0)
        frames->live = NULL;
}

struct stage_hooks frames_hooks(struct frames *frames)
{
    if (frames->live == NULL)
        return (struct stage_hooks){.data = NULL};
    return (struct stage_hooks){.data = frames,
                                .frame = draw_frame,
                                .resized = on_resized,
                                .suspend = on_suspend,
                                .farewell = on_farewell};
}

void frames_suspend(const struct frames *frames)
{
    if (frames->live != NULL)
        live_suspend(frames->live);
}

char *frames_close(struct frames *frames)
{
    char *rest = live_close(frames->live);

    frames->live = NULL;
    return rest;
}
