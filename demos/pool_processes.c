// SPDX-License-Identifier: MIT
/**
 * The pool of demos/pool.c, with processes for workers.
 *
 * They share no memory, so that what they are to do, and what came of it, has to be
 * sent: over a socket each, on which main gives a worker one task at a time.  So it is
 * always known who has what.  A process can die alone, where a thread takes its program
 * with it; the task that it had is not lost: another one gets it, once.
 *
 *     conc pool --only processes --ttl 5 --tasks 4
 *
 * and, meanwhile, `kill -9` to one of its workers, which `ps -e | grep worker` lists.
 */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#include "pool.h"

/** What a worker sends back. */
struct answer {
    int error;
    int64_t value;
};

/** A worker, as main knows it. */
struct process {
    char name[24];
    pid_t pid;
    struct future *at; /* what it was given; NULL: nothing to do */
};

/** All of them.  Only main's: a worker has a copy, of which it uses the futures. */
struct crew {
    struct future *futures;
    struct future *first, **end; /* the queue */
    size_t queued, unfinished, limit;
    unsigned count;
    struct process *workers;
    struct pollfd *sockets; /* one a worker, in the same order */
};

/** What a worker does, until main hangs up. */
static _Noreturn void serve(const struct crew *crew, const char *name, int socket)
{
    size_t number;

    pthread_setname_np(pthread_self(), name);
    while (recv(socket, &number, sizeof number, 0) == (ssize_t)sizeof number) {
        struct future *future = &crew->futures[number];
        struct answer answer;

        job(future);
        answer = (struct answer){future->error, future->value};
        if (send(socket, &answer, sizeof answer, MSG_NOSIGNAL) < 0)
            break;
    }
    _exit(EXIT_SUCCESS);
}

static void start_worker(struct crew *crew, unsigned i)
{
    struct process *worker = &crew->workers[i];
    int pair[2];

    must_posix(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair),
               "socketpair");
    worker->pid = fork();
    must_posix(worker->pid, "a worker's fork");
    if (worker->pid == 0) {
        /* Else it would keep the others' lines to main open, and its own. */
        for (unsigned other = 0; other < crew->count; other++)
            if (other != i && crew->sockets[other].fd >= 0)
                close(crew->sockets[other].fd);
        close(pair[0]);
        serve(crew, worker->name, pair[1]);
    }
    close(pair[1]);
    crew->sockets[i] = (struct pollfd){.fd = pair[0], .events = POLLIN};
}

static void put(struct crew *crew, struct future *future)
{
    future->next = NULL;
    *crew->end = future;
    crew->end = &future->next;
    crew->queued++;
}

static struct future *take(struct crew *crew)
{
    struct future *future = crew->first;

    crew->first = future->next;
    if (crew->first == NULL)
        crew->end = &crew->first;
    crew->queued--;
    return future;
}

/** A worker that has died meanwhile is seen when it is asked for its answer. */
static void give(struct crew *crew, unsigned i)
{
    struct process *worker = &crew->workers[i];
    size_t number;

    worker->at = take(crew);
    number = (size_t)(worker->at - crew->futures);
    if (send(crew->sockets[i].fd, &number, sizeof number, MSG_NOSIGNAL) < 0 &&
        errno != EPIPE && errno != ECONNRESET)
        must_posix(-1, "send");
}

static void finish(struct crew *crew, struct process *worker, struct answer answer)
{
    worker->at->error = answer.error;
    worker->at->value = answer.value;
    worker->at = NULL;
    crew->unfinished--;
}

/** Say how a worker ended, and what becomes of its task: it may be what the worker died
 * of, so that it is tried a second time, and not a third. */
static void bury(struct crew *crew, unsigned i)
{
    struct process *worker = &crew->workers[i];
    struct future *future = worker->at;
    int status;

    must_posix(waitpid(worker->pid, &status, 0), "waitpid");
    note("workers_lost", 1);
    if (WIFSIGNALED(status))
        printf("%s was killed by signal %d (%s)", worker->name, WTERMSIG(status),
               strsignal(WTERMSIG(status)));
    else
        printf("%s ended by itself, with status %d", worker->name, WEXITSTATUS(status));
    if (future == NULL) {
        printf(", with nothing to do\n");
    } else if (future->is_retried) {
        printf(", at work on %s, as one before: it counts as failed\n",
               future->task->name);
        finish(crew, worker, (struct answer){.error = UV_ECANCELED});
    } else {
        printf(", at work on %s: another one gets it\n", future->task->name);
        note("tasks_retried", 1);
        future->is_retried = true;
        worker->at = NULL;
        put(crew, future);
    }
    fflush(stdout);
    close(crew->sockets[i].fd);
    start_worker(crew, i);
}

/** Give a task to everyone who has nothing to do. */
static void hand_out(struct crew *crew)
{
    for (unsigned i = 0; i < crew->count && crew->first != NULL; i++)
        if (crew->workers[i].at == NULL)
            give(crew, i);
}

/** Wait until somebody has answered, or died; then there may be more to hand out. */
static void attend(struct crew *crew)
{
    must_posix(poll(crew->sockets, crew->count, -1), "poll");
    for (unsigned i = 0; i < crew->count; i++) {
        struct answer answer;

        if (crew->sockets[i].revents == 0)
            continue;
        if (crew->workers[i].at != NULL &&
            recv(crew->sockets[i].fd, &answer, sizeof answer, 0) ==
                (ssize_t)sizeof answer)
            finish(crew, &crew->workers[i], answer);
        else
            bury(crew, i);
    }
    hand_out(crew);
}

/** It is main who attends to the workers: while the queue is full, it does only that.
 */
static void submit(struct crew *crew, struct future *future)
{
    while (crew->limit > 0 && crew->queued >= crew->limit)
        attend(crew);
    queued(future->task);
    put(crew, future);
    crew->unfinished++;
    hand_out(crew);
}

static void open_crew(struct crew *crew, struct future *futures)
{
    *crew = (struct crew){.futures = futures,
                          .end = &crew->first,
                          .limit = (size_t)option("--queue"),
                          .count = workers_wanted()};
    crew->workers = must_alloc(crew->count, sizeof *crew->workers);
    crew->sockets = must_alloc(crew->count, sizeof *crew->sockets);
    for (unsigned i = 0; i < crew->count; i++)
        crew->sockets[i].fd = -1;
    for (unsigned i = 0; i < crew->count; i++) {
        snprintf(crew->workers[i].name, sizeof crew->workers->name, "worker %u", i + 1);
        start_worker(crew, i);
    }
}

/** Hang up; each worker sees it, and ends. */
static void close_crew(struct crew *crew)
{
    for (unsigned i = 0; i < crew->count; i++)
        close(crew->sockets[i].fd);
    for (unsigned i = 0; i < crew->count; i++)
        must_posix(waitpid(crew->workers[i].pid, NULL, 0), "waitpid");
    free(crew->workers);
    free(crew->sockets);
}

void processes(const struct tasks *tasks)
{
    struct future *futures = futures_for(tasks);
    struct crew crew;

    open_crew(&crew, futures);
    quiet(futures->is_quiet);
    for (size_t i = 0; i < tasks->count; i++)
        submit(&crew, &futures[i]);
    if (crew.limit > 0)
        beat("has submitted all");
    while (crew.unfinished > 0)
        attend(&crew);
    take_all(futures, tasks->count);
    close_crew(&crew);
    free(futures);
}
