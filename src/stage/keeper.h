// SPDX-License-Identifier: MIT
/**
 * The keeper: a small process between the watcher and the stages.  It forks a stage
 * when asked to, and whatever happens, to the stage, to the watcher or to itself,
 * nothing of the stage stays behind:
 *
 *     watcher ──socket──▶ keeper ──fork──▶ stage ──▶ its threads and processes
 *
 * The stage ends: the keeper kills and reaps what it left.  The watcher ends, by
 * whatever means: the socket does too, and the keeper kills the stage, then itself. The
 * keeper is killed: the stage gets PR_SET_PDEATHSIG, and its orphans come to the
 * watcher, which is a subreaper as well and ends them (process.h).
 */

#ifndef CONC_STAGE_KEEPER_H
#define CONC_STAGE_KEEPER_H

#include "stage/process.h"
#include "stage/shared.h"

#include <stdint.h>
#include <sys/types.h>

enum keeper_request_kind {
    KEEPER_START, /**< fork a stage that runs this variant */
    KEEPER_ASK,   /**< ask it to end: SIGTERM */
    KEEPER_END,   /**< kill the stage */
    KEEPER_PAUSE, /**< stop it and what it has started: SIGSTOP */
    KEEPER_GO_ON, /**< SIGCONT */
    KEEPER_LEAVE  /**< the watcher is about to leave: all is well */
};

struct keeper_request {
    enum keeper_request_kind kind;
    /** The same address in every process here. */
    void (*run)(const struct tasks *tasks);
    enum work_kind work; /**< this and the next two as in struct staging */
    size_t varied;
    int64_t varied_value;
    bool forks;   /**< it makes processes, no threads */
    bool lingers; /**< when it returns, wait for the processes that it leaves behind */
};

enum keeper_reply_kind {
    KEEPER_STARTED, /**< [pid] */
    KEEPER_REFUSED, /**< could not fork [error: an errno] */
    KEEPER_STOPPED, /**< the stage was stopped by a signal */
    KEEPER_ENDED    /**< it and all its descendants are gone */
};

struct keeper_reply {
    enum keeper_reply_kind kind;
    pid_t pid;
    int error;
    int status;       /**< of waitpid(2) */
    int64_t ended_ns; /**< CLOCK_MONOTONIC: of the stage's first process */
    int64_t gone_ns;  /**< and of the last of its descendants */
    int64_t cpu_ns;   /**< of the stage and its reaped children, from wait4(2) */
};

struct keeper {
    pid_t pid;
    int socket; /**< SOCK_SEQPACKET: a request or a reply is a message */
    int output; /**< what stages print, on stdout and stderr; non-blocking */
};

/**
 * Fork the keeper.  Single-threaded processes only.  The caller owns the descriptors,
 * and ends the keeper by closing its socket, then reaping `pid`.
 * @return 0 or a negative errno.
 */
int keeper_fork(struct keeper *keeper, const struct staging *staging);

/** The main function of a stage: never returns.  @output: its stdout and stderr. */
_Noreturn void stage_main(const struct staging *staging,
                          const struct keeper_request *request, int output);

#endif
