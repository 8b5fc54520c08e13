// SPDX-License-Identifier: MIT
/** The watcher's loop: the keeper's replies, what the stage prints, limits and frames.
 */

#include "stage/stage_inner.h"

#include "card.h"
#include "stage/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/** What is kept of what a stage prints. */
#define PRINTED_BYTES ((size_t)64 * 1024)

/** Reads in a row while a stage runs, which may print faster than this reads. */
#define OUTPUT_ROUNDS 32

/** And after its end: far more than a full pipe holds, whatever its size. */
#define LAST_ROUNDS 16384

/** How long the keeper may take to end a stage before it is taken for dead itself. */
#define END_MS 2000

static void finish(struct stage *stage, enum ending ending, int number)
{
    /* The first reason counts: the kill that follows a limit is not the stage's end. */
    if (stage->end->ending == ENDING_RUNNING) {
        stage->end->ending = ending;
        stage->end->number = number;
    }
    stage->running = false;
    stage->pid = 0;
}

/** When the variant returned; 0: it has not, or what stands there cannot be. */
static int64_t returned_at(const struct stage *stage, const struct keeper_reply *reply)
{
    int64_t start_ns = stage_start_ns(stage);
    int64_t end_ns = atomic_load(&stage->staging.shared->end_ns);

    return start_ns != 0 && end_ns >= start_ns && end_ns <= reply->ended_ns ? end_ns
                                                                            : 0;
}

/** What the kernel counted is the most that the variant can have spent. */
static int64_t cpu_spent(const struct stage *stage, const struct keeper_reply *reply,
                         bool returned)
{
    const struct shared *shared = stage->staging.shared;
    int64_t cpu_ns = returned ? atomic_load(&shared->cpu_ns)
                              : reply->cpu_ns - atomic_load(&shared->start_cpu_ns);

    return cpu_ns >= 0 && cpu_ns <= reply->cpu_ns ? cpu_ns : reply->cpu_ns;
}

static void on_ended(struct stage *stage, const struct keeper_reply *reply)
{
    struct shared *shared = stage->staging.shared;
    struct stage_end *end = stage->end;
    int64_t returned_ns = returned_at(stage, reply);
    int status = reply->status;

    if (end->end_ns == 0) {
        end->end_ns = returned_ns != 0 ? returned_ns : reply->ended_ns;
        end->gone_ns = reply->gone_ns;
    }
    end->cpu_ns = cpu_spent(stage, reply, returned_ns != 0);
    if (atomic_load(&shared->refused) != 0) {
        end->error = atomic_load(&shared->refused);
        memcpy(end->call, shared->call, sizeof end->call - 1);
        finish(stage, ENDING_REFUSED, 0);
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM &&
               stage->interrupted != 0) { /* asked before it could listen */
        finish(stage, ENDING_INTERRUPT, stage->interrupted);
    } else if (WIFSIGNALED(status)) {
        finish(stage, ENDING_SIGNAL, WTERMSIG(status));
    } else if (returned_ns == 0 || WEXITSTATUS(status) != 0) {
        finish(stage, ENDING_EXIT, WEXITSTATUS(status));
    } else {
        if (end->ending == ENDING_RUNNING && serving(stage->staging.options) != NULL)
            stage->interrupted = 0; /* it was asked to return, and has */
        finish(stage, ENDING_RETURN, 0);
    }
}

void stage_keeper_gone(struct stage *stage)
{
    uv_poll_stop(&stage->socket);
    process_end_all(stage->pid, &stage->spared);
    stage->keeper.pid = 0;
    if (stage->end != NULL) {
        if (stage->end->end_ns == 0)
            stage->end->end_ns = wall_ns();
        finish(stage, ENDING_KEEPER, 0);
    }
}

static void on_reply(struct stage *stage, const struct keeper_reply *reply)
{
    switch (reply->kind) {
    case KEEPER_STARTED:
        stage->pid = reply->pid;
        break;
    case KEEPER_REFUSED:
        stage->refused = reply->error;
        finish(stage, ENDING_REFUSED, 0);
        break;
    case KEEPER_STOPPED:
        stage->end->disturbed = true;
        break;
    case KEEPER_ENDED:
        on_ended(stage, reply);
        break;
    }
}

/** Take the next reply, if there is one.  @return false when there is none to come. */
static bool take_reply(struct stage *stage)
{
    struct keeper_reply reply;
    ssize_t got = recv(stage->keeper.socket, &reply, sizeof reply, MSG_DONTWAIT);

    if (got < 0 && errno == EINTR)
        return true;
    if (got < 0 && errno == EAGAIN)
        return false;
    if (got != sizeof reply) {
        stage_keeper_gone(stage);
        return false;
    }
    on_reply(stage, &reply);
    return true;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct stage *stage = poll->data;

    (void)events;
    if (status < 0)
        stage_keeper_gone(stage);
    else
        take_reply(stage);
}

/**
 * libuv runs timers before it polls: after a stop of this process, a run may have ended
 * before the limit that fires now.
 */
static bool has_ended_meanwhile(struct stage *stage)
{
    while (stage->running && take_reply(stage))
        continue;
    return !stage->running;
}

bool stage_ask_keeper(struct stage *stage, enum keeper_request_kind kind,
                      const struct variant *variant)
{
    struct keeper_request request = {.kind = kind,
                                     .run = variant != NULL ? variant->run : NULL,
                                     .work = stage->staging.work,
                                     .varied = stage->staging.varied,
                                     .varied_value = stage->staging.varied_value,
                                     .forks = variant != NULL && variant->forks,
                                     .lingers =
                                         variant != NULL && variant->leaves_processes};

    return send(stage->keeper.socket, &request, sizeof request, MSG_NOSIGNAL) ==
           sizeof request;
}

static void keep_output(struct stage_end *end, const char *text, size_t bytes)
{
    size_t room, kept;

    if (end->printed == NULL)
        end->printed = malloc(PRINTED_BYTES);
    room = end->printed != NULL ? PRINTED_BYTES - end->printed_bytes : 0;
    kept = bytes < room ? bytes : room;
    if (kept > 0)
        memcpy(end->printed + end->printed_bytes, text, kept);
    end->printed_bytes += kept;
    end->printed_lost += bytes - kept;
}

/** To whoever reads it; a live picture is drawn anew below it. */
static void pass_on(const struct stage *stage, const char *text, size_t bytes)
{
    if (stage->hooks.suspend != NULL)
        stage->hooks.suspend(stage->hooks.data);
    (void)!write(STDERR_FILENO, text, bytes);
}

static void take_output(struct stage *stage, int rounds)
{
    char text[4096];
    ssize_t got;

    while (rounds-- > 0 && (got = read(stage->keeper.output, text, sizeof text)) > 0)
        if (heard_at_once(stage->staging.options))
            pass_on(stage, text, (size_t)got);
        else
            keep_output(stage->end, text, (size_t)got);
}

void stage_take_all_output(struct stage *stage)
{
    take_output(stage, LAST_ROUNDS);
}

static void on_output(uv_poll_t *poll, int status, int events)
{
    struct stage *stage = poll->data;

    (void)events;
    if (status == 0 && stage->end != NULL)
        take_output(stage, OUTPUT_ROUNDS);
}

static void on_keeper_stuck(uv_timer_t *timer)
{
    struct stage *stage = timer->data;

    if (has_ended_meanwhile(stage))
        return;
    kill(stage->keeper.pid, SIGKILL);
    stage_keeper_gone(stage);
}

void stage_end_run(struct stage *stage, enum ending ending, int number)
{
    if (stage->end == NULL || stage->end->ending != ENDING_RUNNING)
        return;
    stage->end->ending = ending;
    stage->end->number = number;
    stage->end->end_ns = wall_ns();
    uv_timer_start(&stage->limit, on_keeper_stuck, END_MS, 0);
    if (!stage_ask_keeper(stage, KEEPER_END, NULL))
        stage_keeper_gone(stage);
}

/** How long a variant that stays up may take to return, once it was asked to. */
#define RETURN_MS 60000

static void on_no_return(uv_timer_t *timer)
{
    struct stage *stage = timer->data;
    int number = stage->interrupted;

    if (!has_ended_meanwhile(stage))
        stage_end_run(stage, number != 0 ? ENDING_INTERRUPT : ENDING_LIMIT, number);
}

void stage_ask_to_end(struct stage *stage)
{
    if (stage->end == NULL || stage->end->ending != ENDING_RUNNING)
        return;
    uv_timer_start(&stage->limit, on_no_return, RETURN_MS, 0);
    if (!stage_ask_keeper(stage, KEEPER_ASK, NULL))
        stage_keeper_gone(stage);
}

static void on_limit(uv_timer_t *timer)
{
    struct stage *stage = timer->data;

    if (has_ended_meanwhile(stage))
        return;
    if (serving(stage->staging.options) != NULL)
        stage_ask_to_end(stage);
    else
        stage_end_run(stage, ENDING_LIMIT, 0);
}

void stage_set_limit(struct stage *stage)
{
    int64_t left_ns = stage->limit_at_ns - wall_ns();

    /* libuv's timers count whole milliseconds from the loop's own idea of now. */
    uv_update_time(&stage->loop);
    uv_timer_start(&stage->limit, on_limit,
                   left_ns > 0 ? (uint64_t)(left_ns / NS_PER_MS + 1) : 0, 0);
}

static void on_frame(uv_timer_t *timer)
{
    struct stage *stage = timer->data;
    int64_t next_ns = stage->hooks.frame(stage->hooks.data);

    uv_timer_start(timer, on_frame, (uint64_t)(next_ns / NS_PER_MS), 0);
}

void stage_set_frames(struct stage *stage)
{
    if (stage->hooks.frame != NULL)
        uv_timer_start(&stage->frame, on_frame, 0, 0);
}

/** Two looks find a deadlock: it is seen 10 to 20 ms after it has closed. */
#define LOOK_MS 10

/** Where there are many lanes, a look takes a hundredth of a core at most. */
#define LOOK_PART    100
#define LONGEST_LOOK (40 * NS_PER_MS)

static void on_look(uv_timer_t *timer)
{
    struct stage *stage = timer->data;
    int64_t begun_ns = wall_ns(), pause_ns;
    const struct trace *trace = stage->staging.trace;
    unsigned threads = trace_has_contention(trace) ? process_threads(stage->pid) : 0;
    struct deadlock *found;

    if (waits_may_stall(stage->waits) && !process_is_asleep(stage->pid))
        threads = 0;
    found = waits_look(stage->waits, trace, threads, begun_ns);
    if (found != NULL && !has_ended_meanwhile(stage) &&
        stage->end->ending == ENDING_RUNNING) {
        stage->end->deadlock = found;
        stage_end_run(stage, ENDING_DEADLOCK, 0);
        return;
    }
    deadlock_destroy(found);
    pause_ns = (wall_ns() - begun_ns) * LOOK_PART;
    if (pause_ns > LONGEST_LOOK)
        pause_ns = LONGEST_LOOK;
    uv_timer_start(
        timer, on_look,
        pause_ns > LOOK_MS * NS_PER_MS ? (uint64_t)(pause_ns / NS_PER_MS) : LOOK_MS, 0);
}

void stage_set_looks(struct stage *stage)
{
    waits_forget(stage->waits);
    uv_timer_start(&stage->look, on_look, LOOK_MS, 0);
}

int stage_watch_start(struct stage *stage)
{
    int error;

    uv_timer_init(&stage->loop, &stage->limit);
    uv_timer_init(&stage->loop, &stage->frame);
    uv_timer_init(&stage->loop, &stage->look);
    stage->limit.data = stage->frame.data = stage->look.data = stage;
    stage->socket.data = stage->output.data = stage;
    if ((error = uv_poll_init(&stage->loop, &stage->socket, stage->keeper.socket)) !=
            0 ||
        (error = uv_poll_start(&stage->socket, UV_READABLE, on_socket)) != 0 ||
        (error = uv_poll_init(&stage->loop, &stage->output, stage->keeper.output)) != 0)
        return error;
    return uv_poll_start(&stage->output, UV_READABLE, on_output);
}
