// SPDX-License-Identifier: MIT

#include "stage/stage.h"

#include "stage/clock.h"
#include "stage/keeper.h"
#include "stage/work.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

/** Address space, not memory: what is not written to costs nothing. */
#define TRACE_BYTES ((size_t)1 << 30)

#define PRINTED_BYTES ((size_t)64 * 1024)

/** How long the keeper may take to end a stage before it is taken for dead itself. */
#define END_MS 2000

enum { SIGNAL_INT, SIGNAL_TERM, SIGNAL_HUP, SIGNAL_TSTP, SIGNAL_CONT, SIGNAL_WINCH, SIGNALS };

static const int signal_numbers[SIGNALS] = {SIGINT,  SIGTERM, SIGHUP,
                                            SIGTSTP, SIGCONT, SIGWINCH};

struct stage {
    struct scene scene;
    struct stage_hooks hooks;
    struct keeper keeper;
    struct spared spared;
    void *shared_memory;
    size_t shared_bytes;

    uv_loop_t loop;
    bool loop_open;
    uv_poll_t socket, output;
    uv_timer_t limit, frame;
    uv_signal_t signals[SIGNALS];

    /* of the run that goes on */
    pid_t pid; /* 0: none */
    int64_t limit_at_ns;
    struct stage_end *end;
    bool running;
    int refused; /* an errno: the keeper could not fork */

    int interrupted;
};

/* Memory ------------------------------------------------------------------ */

static int map_shared(struct stage *stage, const struct options *options)
{
    size_t amounts_at = (sizeof(struct shared) + 63) & ~(size_t)63;
    size_t known_at = amounts_at + options->tasks.count * sizeof(uint64_t);
    size_t bytes = known_at + 64;
    char *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (base == MAP_FAILED)
        return -errno;
    stage->shared_memory = base;
    stage->shared_bytes = bytes;
    stage->scene.shared = (struct shared *)(void *)base;
    stage->scene.amounts = (_Atomic uint64_t *)(void *)(base + amounts_at);
    stage->scene.amounts_known = (_Atomic int *)(void *)(base + known_at);
    return 0;
}

/* What the keeper says ------------------------------------------------------ */

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

static void on_ended(struct stage *stage, const struct keeper_reply *reply)
{
    struct shared *shared = stage->scene.shared;
    struct stage_end *end = stage->end;
    int64_t returned_ns = atomic_load(&shared->end_ns);
    int status = reply->status;

    if (end->end_ns == 0)
        end->end_ns = returned_ns != 0 ? returned_ns : reply->ended_ns;
    end->cpu_ns = returned_ns != 0 ? atomic_load(&shared->cpu_ns)
                                   : reply->cpu_ns - atomic_load(&shared->start_cpu_ns);
    if (atomic_load(&shared->refused) != 0) {
        end->error = atomic_load(&shared->refused);
        memcpy(end->call, shared->call, sizeof end->call - 1);
        finish(stage, ENDING_REFUSED, 0);
    } else if (WIFSIGNALED(status)) {
        finish(stage, ENDING_SIGNAL, WTERMSIG(status));
    } else if (returned_ns == 0 || WEXITSTATUS(status) != 0) {
        finish(stage, ENDING_EXIT, WEXITSTATUS(status));
    } else {
        finish(stage, ENDING_RETURN, 0);
    }
}

static void on_keeper_gone(struct stage *stage)
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

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct stage *stage = poll->data;
    struct keeper_reply reply;
    ssize_t got;

    (void)events;
    if (status < 0) {
        on_keeper_gone(stage);
        return;
    }
    got = recv(stage->keeper.socket, &reply, sizeof reply, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got != sizeof reply) {
        on_keeper_gone(stage);
        return;
    }
    switch (reply.kind) {
    case KEEPER_STARTED:
        stage->pid = reply.pid;
        break;
    case KEEPER_REFUSED:
        stage->refused = reply.error;
        finish(stage, ENDING_REFUSED, 0);
        break;
    case KEEPER_STOPPED:
        stage->end->disturbed = true;
        break;
    case KEEPER_ENDED:
        on_ended(stage, &reply);
        break;
    }
}

static bool ask_keeper(struct stage *stage, enum keeper_request_kind kind,
                       const struct variant *variant)
{
    struct keeper_request request = {.kind = kind,
                                     .run = variant != NULL ? variant->run : NULL};

    return send(stage->keeper.socket, &request, sizeof request, MSG_NOSIGNAL) ==
           sizeof request;
}

/* What the stage prints ----------------------------------------------------- */

static void take_output(struct stage *stage)
{
    struct stage_end *end = stage->end;
    char text[4096];
    ssize_t got;

    while ((got = read(stage->keeper.output, text, sizeof text)) > 0) {
        size_t room = PRINTED_BYTES - end->printed_bytes, taken = (size_t)got;

        if (end->printed_bytes >= PRINTED_BYTES)
            room = 0;
        if (end->printed == NULL)
            end->printed = calloc(1, PRINTED_BYTES + 1);
        if (end->printed != NULL)
            memcpy(end->printed + (PRINTED_BYTES - room), text,
                   taken < room ? taken : room);
        end->printed_bytes += taken;
    }
}

static void on_output(uv_poll_t *poll, int status, int events)
{
    struct stage *stage = poll->data;

    (void)events;
    if (status == 0 && stage->end != NULL)
        take_output(stage);
}

/* Limits and frames ----------------------------------------------------------- */

static void on_keeper_stuck(uv_timer_t *timer)
{
    struct stage *stage = timer->data;

    kill(stage->keeper.pid, SIGKILL);
    on_keeper_gone(stage);
}

/** End the stage for `ending`: its time is taken now, then the keeper is asked to kill. */
static void end_stage(struct stage *stage, enum ending ending, int number)
{
    if (stage->end == NULL || stage->end->ending != ENDING_RUNNING)
        return;
    stage->end->ending = ending;
    stage->end->number = number;
    stage->end->end_ns = wall_ns();
    uv_timer_start(&stage->limit, on_keeper_stuck, END_MS, 0);
    if (!ask_keeper(stage, KEEPER_END, NULL))
        on_keeper_gone(stage);
}

static void on_limit(uv_timer_t *timer)
{
    end_stage(timer->data, ENDING_LIMIT, 0);
}

static void set_limit(struct stage *stage)
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

/* Signals ----------------------------------------------------------------------- */

static void hook(void (*function)(void *), void *data)
{
    if (function != NULL)
        function(data);
}

static void on_interrupt(struct stage *stage, int number)
{
    if (stage->interrupted != 0) {
        hook(stage->hooks.suspend, stage->hooks.data);
        _exit(128 + number); /* the keeper sees it, and ends the stage */
    }
    stage->interrupted = number;
    end_stage(stage, ENDING_INTERRUPT, number);
}

/** Stop as a program does that does not catch SIGTSTP, with the stage stopped before. */
static void stop_with_stage(struct stage *stage)
{
    struct sigaction default_action = {.sa_handler = SIG_DFL}, ours;
    int64_t stopped_ns = wall_ns();

    hook(stage->hooks.suspend, stage->hooks.data);
    if (stage->pid > 0)
        kill(-stage->pid, SIGSTOP);
    sigaction(SIGTSTP, &default_action, &ours);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    if (stage->pid > 0)
        kill(-stage->pid, SIGCONT);
    if (stage->end != NULL && stage->end->ending == ENDING_RUNNING) {
        stage->end->disturbed = true;
        stage->limit_at_ns += wall_ns() - stopped_ns;
        set_limit(stage);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct stage *stage = handle->data;

    switch (number) {
    case SIGTSTP:
        stop_with_stage(stage);
        break;
    case SIGCONT:
        if (stage->end != NULL)
            stage->end->disturbed = true;
        hook(stage->hooks.resized, stage->hooks.data);
        break;
    case SIGWINCH:
        hook(stage->hooks.resized, stage->hooks.data);
        break;
    default:
        on_interrupt(stage, number);
    }
}

static int watch_signals(struct stage *stage)
{
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction before;
        int error = uv_signal_init(&stage->loop, &stage->signals[i]);

        if (error != 0)
            return error;
        stage->signals[i].data = stage;
        if (sigaction(signal_numbers[i], NULL, &before) == 0 &&
            before.sa_handler == SIG_IGN)
            continue;
        error = uv_signal_start(&stage->signals[i], on_signal, signal_numbers[i]);
        if (error != 0)
            return error;
    }
    return 0;
}

/**
 * libuv aborts where it finds too few descriptors left, so see beforehand: the loop and
 * its signals take 6, the keeper's socket and pipe 4 while it is forked, a file of /proc 1.
 */
#define DESCRIPTORS 14

static bool enough_descriptors(void)
{
    int taken[DESCRIPTORS], count = 0;

    while (count < DESCRIPTORS) {
        taken[count] = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        if (taken[count] < 0)
            break;
        count++;
    }
    for (int i = 0; i < count; i++)
        close(taken[i]);
    return count == DESCRIPTORS;
}

/* Opening and closing --------------------------------------------------------------- */

static int open_loop(struct stage *stage)
{
    int error = uv_loop_init(&stage->loop);

    if (error != 0)
        return error;
    stage->loop_open = true;
    uv_timer_init(&stage->loop, &stage->limit);
    uv_timer_init(&stage->loop, &stage->frame);
    stage->limit.data = stage->frame.data = stage;
    stage->socket.data = stage->output.data = stage;
    if ((error = uv_poll_init(&stage->loop, &stage->socket, stage->keeper.socket)) != 0 ||
        (error = uv_poll_start(&stage->socket, UV_READABLE, on_socket)) != 0 ||
        (error = uv_poll_init(&stage->loop, &stage->output, stage->keeper.output)) != 0 ||
        (error = uv_poll_start(&stage->output, UV_READABLE, on_output)) != 0)
        return error;
    return watch_signals(stage);
}

int stage_open(struct stage **result, const struct options *options,
               const struct stage_hooks *hooks, const char **what)
{
    struct stage *stage = calloc(1, sizeof *stage);
    int error;

    *what = "no memory";
    if (stage == NULL)
        return -ENOMEM;
    if (hooks != NULL)
        stage->hooks = *hooks;
    stage->scene.tasks = &options->tasks;
    stage->scene.work = options->work;
    stage->scene.cores = options->cores;
    if ((error = trace_create(&stage->scene.trace, TRACE_BYTES)) != 0 ||
        (error = map_shared(stage, options)) != 0)
        goto failed;

    *what = "cannot watch the run";
    if (!enough_descriptors()) {
        error = UV_EMFILE;
        goto failed;
    }
    process_children(&stage->spared);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    *what = "cannot start a process";
    if ((error = keeper_fork(&stage->keeper, &stage->scene)) != 0)
        goto failed;
    *what = "cannot watch the run";
    if ((error = open_loop(stage)) != 0)
        goto failed;
    *result = stage;
    return 0;

failed:
    stage_close(stage);
    return error;
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void stage_close(struct stage *stage)
{
    if (stage == NULL)
        return;
    if (stage->loop_open) {
        uv_walk(&stage->loop, close_handle, NULL);
        uv_run(&stage->loop, UV_RUN_DEFAULT);
        uv_loop_close(&stage->loop);
    }
    if (stage->keeper.socket > 0) {
        close(stage->keeper.socket);
        close(stage->keeper.output);
    }
    if (stage->keeper.pid > 0)
        waitpid(stage->keeper.pid, NULL, 0);
    trace_destroy(stage->scene.trace);
    if (stage->shared_memory != NULL)
        munmap(stage->shared_memory, stage->shared_bytes);
    free(stage);
}

/* Running ----------------------------------------------------------------------------- */

static void prepare(struct stage *stage, int64_t limit_ns, struct stage_end *end)
{
    *end = (struct stage_end){.ending = ENDING_RUNNING, .cpu_ns = -1};
    trace_reset(stage->scene.trace);
    memset(stage->scene.shared, 0, sizeof *stage->scene.shared);
    stage->end = end;
    stage->running = true;
    stage->refused = 0;
    stage->limit_at_ns = wall_ns() + limit_ns;
    set_limit(stage);
    if (stage->hooks.frame != NULL)
        uv_timer_start(&stage->frame, on_frame, 0, 0);
}

int stage_run(struct stage *stage, const struct variant *variant, int64_t limit_ns,
              struct stage_end *end)
{
    prepare(stage, limit_ns, end);
    if (stage->keeper.pid == 0 || !ask_keeper(stage, KEEPER_START, variant))
        on_keeper_gone(stage);
    while (stage->running)
        uv_run(&stage->loop, UV_RUN_ONCE);
    uv_timer_stop(&stage->limit);
    uv_timer_stop(&stage->frame);
    take_output(stage);
    stage->end = NULL;
    end->start_ns = atomic_load(&stage->scene.shared->start_ns);
    return stage->refused != 0 ? -stage->refused : 0;
}

int stage_calibrate(struct stage *stage, struct stage_end *end)
{
    static const struct variant calibrate = {.name = "calibrate", .run = work_calibrate};

    return stage_run(stage, &calibrate, 10 * NS_PER_S, end);
}

void stage_amounts_known(struct stage *stage)
{
    atomic_store(stage->scene.amounts_known, 1);
}

int64_t stage_start_ns(const struct stage *stage)
{
    return atomic_load(&stage->scene.shared->start_ns);
}

const struct trace *stage_trace(const struct stage *stage)
{
    return stage->scene.trace;
}

int stage_interrupted(const struct stage *stage)
{
    return stage->interrupted;
}
