// SPDX-License-Identifier: MIT
/** The instruments of processes: forking and spawning them, waiting for them, their
 * ends. */

#include "stage/instruments_inner.h"

#include "demo.h"
#include "stage/clock.h"
#include "stage/flows.h"
#include "stage/programs.h"
#include "stage/spawned.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/**
 * All that can be got ready is, before the call: the child has few pages, and each that
 * it needs besides costs it a fault.
 */
IN_CHILD pid_t traced_fork(const struct site *site)
{
    struct trace_writer childs = {.trace = NULL};
    uint32_t lane;
    int64_t called_ns;
    pid_t pid;

    if (instruments_measuring)
        return fork();
    lane = instruments_add_lane(LANE_PROCESS, instruments_writer()->lane);
    if (instruments_trace() != NULL)
        trace_open(&childs, instruments_trace(), lane);
    called_ns = wall_ns();
    pid = fork();
    if (pid == 0) {
        instruments_adopt(&childs);
        instruments_start_lane();
    } else if (pid > 0) {
        uint64_t took_ns = (uint64_t)(wall_ns() - called_ns);

        flows_add_process(pid, lane);
        instruments_event_at(called_ns, EVENT_CREATE, site, lane, took_ns);
    }
    return pid;
}

/** The environment and one word more, in one block; NULL: out of memory. */
static char **with_word(char *const *environment, char *word)
{
    size_t count = 0;
    char **longer;

    while (environment != NULL && environment[count] != NULL)
        count++;
    longer = calloc(count + 2, sizeof *longer);
    if (longer == NULL)
        return NULL;
    longer[0] = word;
    if (count > 0)
        memcpy(longer + 1, environment, count * sizeof *longer);
    return longer;
}

/** What a call of either function was given. */
struct spawn {
    int (*call)(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const argv[],
                char *const environment[]);
    const char *file;
    const posix_spawn_file_actions_t *actions;
    const posix_spawnattr_t *attributes;
    char *const *argv, *const *environment;
};

static int call_spawn(const struct spawn *spawn, pid_t *pid, char *const environment[])
{
    return spawn->call(pid, spawn->file, spawn->actions, spawn->attributes, spawn->argv,
                       environment);
}

/**
 * The new program, if it is spawned_main(), writes its lane itself: it inherits the
 * trace's descriptor, and finds both numbers in its environment.
 */
static int spawn_task(const struct spawn *spawn, pid_t *pid, uint32_t lane)
{
    int file = trace_file(instruments_trace()), error;
    char word[SPAWNED_WORD_BYTES], **longer;

    spawned_word(word, file, lane);
    longer = with_word(spawn->environment, word);
    if (longer == NULL)
        return ENOMEM;
    fcntl(file, F_SETFD, 0);
    error = call_spawn(spawn, pid, longer);
    fcntl(file, F_SETFD, FD_CLOEXEC);
    free(longer);
    return error;
}

/** Any other knows nothing of a trace, and is given none. */
static int spawn_other(const struct spawn *spawn, const struct task *task, pid_t *pid,
                       const struct site *site, uint32_t lane)
{
    int64_t called_ns = wall_ns();
    int error = call_spawn(spawn, pid, spawn->environment);

    if (error == 0 && lane != LANE_NONE)
        programs_add(instruments_trace(),
                     &(struct program_facts){.pid = *pid,
                                             .called_ns = called_ns,
                                             .lane = lane,
                                             .task = task->number,
                                             .name = task->name,
                                             .site = instruments_site_number(site)});
    return error;
}

static int traced_spawn(const struct site *site, pid_t *pid, const struct spawn *spawn)
{
    const struct task *other = spawned_other(spawn->argv);
    struct trace *trace = instruments_trace();
    uint32_t lane;
    int64_t called_ns;
    int error;

    if (trace == NULL || trace_file(trace) < 0 || instruments_measuring)
        return call_spawn(spawn, pid, spawn->environment);
    lane = instruments_add_lane(LANE_PROCESS, instruments_writer()->lane);
    called_ns = wall_ns();
    error = other != NULL ? spawn_other(spawn, other, pid, site, lane)
                          : spawn_task(spawn, pid, lane);
    if (error == 0) {
        uint64_t took_ns = (uint64_t)(wall_ns() - called_ns);

        flows_add_process(*pid, lane);
        instruments_event_at(called_ns, EVENT_CREATE, site, lane, took_ns);
    }
    if (other != NULL) /* where many are started, the first may have ended by now */
        programs_look();
    return error;
}

int traced_posix_spawn(const struct site *site, pid_t *pid, const char *path,
                       const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const argv[],
                       char *const environment[])
{
    return traced_spawn(
        site, pid,
        &(struct spawn){posix_spawn, path, actions, attributes, argv, environment});
}

int traced_posix_spawnp(const struct site *site, pid_t *pid, const char *file,
                        const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[],
                        char *const environment[])
{
    return traced_spawn(
        site, pid,
        &(struct spawn){posix_spawnp, file, actions, attributes, argv, environment});
}

/** It may also be told of a process that it has stopped, or goes on: that is alive. */
static void end_wait_for(const struct site *site, uint32_t lane, int status)
{
    bool has_ended = WIFEXITED(status) || WIFSIGNALED(status);

    instruments_end_wait(has_ended ? EVENT_JOIN_END : EVENT_JOIN_FAIL, site, lane,
                         has_ended ? (uint64_t)status : 0);
}

/** Until a program of whose lane the stage takes care has ended, see what it does. */
static void watch_program(pid_t pid)
{
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};

    while (end.fd >= 0 && poll(&end, 1, programs_pause_ms(pid)) == 0)
        programs_look();
    if (end.fd >= 0)
        close(end.fd);
    programs_look();
    programs_last_look(pid);
}

/** As waitpid(), for such a program. */
static pid_t wait_for_program(pid_t pid, int *status, int options)
{
    struct rusage usage;
    pid_t ended;

    if ((options & WNOHANG) == 0)
        watch_program(pid);
    ended = wait4(pid, status, options, &usage);
    if (ended == pid && (WIFEXITED(*status) || WIFSIGNALED(*status)))
        programs_end(pid, &(struct program_spent){rusage_cpu_ns(&usage), usage.ru_nvcsw,
                                                  usage.ru_nivcsw});
    return ended;
}

pid_t traced_waitpid(const struct site *site, pid_t pid, int *status, int options)
{
    int unasked_for = 0, *told = status != NULL ? status : &unasked_for;
    bool waits = (options & WNOHANG) == 0;
    uint32_t lane;
    pid_t ended;

    if (instruments_measuring)
        return waitpid(pid, status, options);
    lane = pid > 0 ? flows_process(pid) : LANE_NONE;
    if (waits)
        instruments_begin_wait(EVENT_JOIN_BEGIN, site, lane, 0);
    ended = pid > 0 && programs_has(pid) ? wait_for_program(pid, told, options)
                                         : waitpid(pid, told, options);
    if (ended > 0)
        end_wait_for(site, flows_process(ended), *told);
    else if (waits)
        instruments_end_wait(EVENT_JOIN_FAIL, site, lane, (uint64_t)errno);
    return ended;
}

/** What waitpid() would have told, of what waitid() did. */
static int status_of(const siginfo_t *info)
{
    int status = info->si_status;

    switch (info->si_code) {
    case CLD_EXITED:
        return W_EXITCODE(status & 0xff, 0);
    case CLD_KILLED:
        return W_EXITCODE(0, status);
    case CLD_DUMPED:
        return W_EXITCODE(0, status) | WCOREFLAG;
    default:
        return W_STOPCODE(status);
    }
}

/** With WNOWAIT it sees that a process has ended, and leaves it to be waited for. */
int traced_waitid(const struct site *site, idtype_t type, id_t id, siginfo_t *info,
                  int options)
{
    siginfo_t unasked_for, *told = info != NULL ? info : &unasked_for;
    bool waits = (options & WNOHANG) == 0;
    uint32_t lane = type == P_PID ? flows_process((pid_t)id) : LANE_NONE;
    int result, status;

    told->si_pid = 0;
    if (waits)
        instruments_begin_wait(EVENT_JOIN_BEGIN, site, lane, 0);
    result = waitid(type, id, told, options);
    if (result == 0 && told->si_pid != 0) {
        lane = flows_process(told->si_pid);
        status = status_of(told);
        if ((options & WNOWAIT) != 0 && !WIFSTOPPED(status))
            instruments_end_wait(EVENT_JOIN_SEEN, site, lane, (uint64_t)status);
        else
            end_wait_for(site, lane, status);
    } else if (waits) {
        instruments_end_wait(EVENT_JOIN_FAIL, site, lane, (uint64_t)errno);
    }
    return result;
}

/** Signal 0 is a question, not a signal; and groups of processes are no lane. */
int traced_kill(const struct site *site, pid_t pid, int number)
{
    if (number != 0 && pid > 0)
        instruments_event(EVENT_KILL, site, flows_process(pid), (uint64_t)number);
    return kill(pid, number);
}

/**
 * What only children call is looked up by name in each of them, which costs 20 us and
 * ten page faults, unless it is found when the program starts, as what is pointed at.
 */
static void (*const volatile end_at_once)(int status) = _exit;
static void (*const volatile end_tidily)(int status) = exit;

IN_CHILD void traced__exit(const struct site *site, int status)
{
    (void)site;
    if (instruments_measuring)
        _exit(status); /* as programs do, looked up */
    instruments_lane_end((uint64_t)status);
    end_at_once(status);
    abort(); /* never reached: a pointer cannot say so */
}

/** Unlike _exit(), it writes what waits in stdio's buffers, and calls atexit()'s. */
void traced_exit(const struct site *site, int status)
{
    (void)site;
    instruments_lane_end((uint64_t)status);
    end_tidily(status);
    abort();
}
