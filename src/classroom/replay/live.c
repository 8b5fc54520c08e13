// SPDX-License-Identifier: MIT
#include "classroom/replay/inner.h"

#include "classroom/replay/loop.h"
#include "stage/clock.h"
#include "view/moment.h"

/** As often as the live view of a run draws. */
#define FRAME_MS 33

/** How long the end of a variant stays before the next one begins. */
#define REST_NS (300 * NS_PER_MS)

struct replay {
    struct replay_loop loop;
    const struct report *report;
    double speed;
    size_t variant;   /**< the one that is shown */
    int64_t shown_ns; /**< how far it is, on its own clock */
    int64_t last_ns;  /**< when that was, on the wall */
};

/** The next variant that has a picture. */
static bool find_variant(struct replay *replay)
{
    while (replay->variant < replay->report->variant_count &&
           moment_length_ns(replay->report, replay->variant) < 0)
        replay->variant++;
    return replay->variant < replay->report->variant_count;
}

static int draw(struct replay *replay)
{
    struct moment moment;
    int result =
        moment_create(&moment, replay->report, replay->variant, replay->shown_ns);
    if (result != 0)
        return result;
    live_draw(replay->loop.live, &moment.report);
    moment_destroy(&moment);
    return 0;
}

/** Time goes on only while it is looked at: not while conc was stopped. */
static void move_on(struct replay *replay)
{
    int64_t now_ns = wall_ns(), passed_ns = now_ns - replay->last_ns;
    if (passed_ns > NS_PER_S)
        passed_ns = FRAME_MS * NS_PER_MS;
    replay->last_ns = now_ns;
    replay->shown_ns += (int64_t)((double)passed_ns * replay->speed);
}

static void on_frame(void *data)
{
    struct replay *replay = data;
    move_on(replay);
    int64_t length_ns = moment_length_ns(replay->report, replay->variant);
    int64_t rest_ns = (int64_t)((double)REST_NS * replay->speed);
    if (replay->shown_ns >= length_ns + rest_ns) {
        replay->variant++;
        replay->shown_ns = 0;
    }
    if (!find_variant(replay) || draw(replay) != 0)
        replay_loop_stop(&replay->loop);
}

static void on_resized(void *data)
{
    (void)data; /* the next frame is soon */
}

int replay_live(const struct report *report, double speed)
{
    struct replay replay = {.report = report, .speed = speed, .last_ns = wall_ns()};
    const struct replay_hooks hooks = {
        .data = &replay, .frame = on_frame, .resized = on_resized};
    if (!find_variant(&replay))
        return 0;
    return replay_loop_run(&replay.loop, report->options, &hooks, FRAME_MS);
}
