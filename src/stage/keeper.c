// SPDX-License-Identifier: MIT

#include "stage/keeper.h"

#include "stage/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/** What the keeper knows while it runs. */
struct keeping {
    const struct staging *staging;
    int socket, output;
    pid_t stage;               /**< 0: none runs, and nothing of one is left */
    bool lingers;              /**< what it leaves on its return may end by itself */
    struct keeper_reply ended; /**< how it ended, once it has; else all 0 */
    bool released;             /**< the watcher left by itself: it was not killed */
};

static const struct spared nobody;

static void wake_up(int signal_number)
{
    (void)signal_number;
}

/**
 * What a terminal or a stray kill sends must not end the keeper before its work is
 * done. SIGCHLD is let in only while it waits in ppoll(2), so that none is missed.
 */
static void arrange_signals(sigset_t *while_waiting)
{
    struct sigaction on_child = {.sa_handler = wake_up};

    sigfillset(while_waiting);
    sigprocmask(SIG_SETMASK, while_waiting, NULL);
    sigdelset(while_waiting, SIGCHLD);
    sigaction(SIGCHLD, &on_child, NULL);
}

static void reply(const struct keeping *keeping, const struct keeper_reply *message)
{
    /* The watcher may be gone; then the next look at the socket says so. */
    send(keeping->socket, message, sizeof *message, MSG_NOSIGNAL);
}

static void start(struct keeping *keeping, const struct keeper_request *request)
{
    struct staging staging = *keeping->staging;
    pid_t keeper = getpid(), pid = fork();

    if (pid == 0) {
        staging.work = request->work;
        staging.varied = request->varied;
        staging.varied_value = request->varied_value;
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != keeper)
            _exit(EXIT_FAILURE); /* the keeper died before it could be told */
        close(keeping->socket);
        stage_main(&staging, request, keeping->output);
    }
    if (pid < 0) {
        reply(keeping, &(struct keeper_reply){.kind = KEEPER_REFUSED, .error = errno});
        return;
    }
    setpgid(pid, pid);
    keeping->stage = pid;
    reply(keeping, &(struct keeper_reply){.kind = KEEPER_STARTED, .pid = pid});
}

/** Whether what the stage leaves behind may end by itself. */
static bool may_leave(const struct keeping *keeping, bool exited, int exit_status)
{
    return keeping->lingers && exited && exit_status == 0;
}

static void note_end(struct keeping *keeping, int status, const struct rusage *usage)
{
    keeping->ended = (struct keeper_reply){.kind = KEEPER_ENDED,
                                           .pid = keeping->stage,
                                           .status = status,
                                           .ended_ns = wall_ns(),
                                           .cpu_ns = rusage_cpu_ns(usage)};
    if (!may_leave(keeping, WIFEXITED(status), WEXITSTATUS(status)))
        process_end_all(keeping->stage, &nobody);
}

static void note_stop(const struct keeping *keeping)
{
    siginfo_t info = {0};

    if (keeping->stage > 0 && keeping->ended.pid == 0 &&
        waitid(P_PID, (id_t)keeping->stage, &info, WSTOPPED | WNOHANG) == 0 &&
        info.si_pid == keeping->stage)
        reply(keeping,
              &(struct keeper_reply){.kind = KEEPER_STOPPED, .pid = keeping->stage});
}

/**
 * A child that is dead and not reaped yet; 0: all live; -1: there is none.  The number
 * of the stage's group is certain to be the stage's only before it is reaped.
 */
static pid_t next_dead(const struct keeping *keeping)
{
    siginfo_t info = {0};

    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return -1;
    if (info.si_pid == keeping->stage && info.si_pid > 0 &&
        !may_leave(keeping, info.si_code == CLD_EXITED, info.si_status))
        kill(-keeping->stage, SIGKILL);
    return info.si_pid;
}

/** See whether the stage has ended or stopped, and what else there is to reap. */
static void look_after_children(struct keeping *keeping)
{
    struct rusage usage;
    int status;
    pid_t pid;

    note_stop(keeping);
    while ((pid = next_dead(keeping)) > 0)
        if (wait4(pid, &status, WNOHANG, &usage) == keeping->stage)
            note_end(keeping, status, &usage);
    if (pid < 0 && keeping->ended.pid != 0) {
        keeping->ended.gone_ns = wall_ns();
        reply(keeping, &keeping->ended);
        keeping->ended = (struct keeper_reply){0};
        keeping->stage = 0;
    }
}

static void end_stage(struct keeping *keeping)
{
    if (keeping->ended.pid != 0) {
        process_end_all(keeping->stage, &nobody);
    } else if (keeping->stage > 0) {
        process_signal_group(keeping->stage, SIGKILL);
        kill(keeping->stage, SIGKILL); /* it may have left its group */
    }
}

/** @return false when the watcher has gone. */
static bool take_request(struct keeping *keeping)
{
    struct keeper_request request;
    ssize_t got = recv(keeping->socket, &request, sizeof request, 0);

    if (got < 0 && errno == EINTR)
        return true;
    if (got != sizeof request)
        return false;
    switch (request.kind) {
    case KEEPER_START:
        keeping->lingers = request.lingers;
        start(keeping, &request);
        break;
    case KEEPER_ASK:
        if (keeping->stage > 0 && keeping->ended.pid == 0)
            kill(keeping->stage, SIGTERM);
        break;
    case KEEPER_END:
        end_stage(keeping);
        break;
    case KEEPER_PAUSE:
        process_signal_group(keeping->stage, SIGSTOP);
        break;
    case KEEPER_GO_ON:
        process_signal_group(keeping->stage, SIGCONT);
        break;
    case KEEPER_LEAVE:
        keeping->released = true;
        break;
    }
    return true;
}

static _Noreturn void keeper_main(struct keeping *keeping)
{
    struct pollfd poll_socket = {.fd = keeping->socket, .events = POLLIN};
    sigset_t while_waiting;
    bool watched = true;

    setpgid(0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "conc-keeper");
    arrange_signals(&while_waiting);
    while (watched) {
        if (ppoll(&poll_socket, 1, NULL, &while_waiting) > 0)
            watched = take_request(keeping);
        look_after_children(keeping);
    }
    process_end_all(keeping->stage, &nobody);
    folder_remove(keeping->staging->folder);
    /* SIGTTOU is blocked here: a background process may write to its terminal. */
    if (!keeping->released && keeping->staging->farewell != NULL)
        keeping->staging->farewell(keeping->staging->farewell_data);
    _exit(EXIT_SUCCESS);
}

static void close_pair(int pair[2])
{
    close(pair[0]);
    close(pair[1]);
}

int keeper_fork(struct keeper *keeper, const struct staging *staging)
{
    int sockets[2], output[2];
    pid_t pid;
    int error;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
        return -errno;
    if (pipe2(output, O_CLOEXEC) != 0) {
        error = -errno;
        goto no_pipe;
    }
    pid = fork();
    if (pid < 0) {
        error = -errno;
        goto no_fork;
    }
    if (pid == 0) {
        struct keeping keeping = {
            .staging = staging, .socket = sockets[1], .output = output[1]};

        close(sockets[0]);
        close(output[0]);
        keeper_main(&keeping);
    }
    close(sockets[1]);
    close(output[1]);
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    *keeper = (struct keeper){pid, sockets[0], output[0]};
    return 0;

no_fork:
    close_pair(output);
no_pipe:
    close_pair(sockets);
    return error;
}
