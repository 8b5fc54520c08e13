// SPDX-License-Identifier: MIT
// The instruments of threads, processes and time.  Calls here are traced as a lesson's
// are; a name in parentheses is the primitive itself.

#include "stage/clock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <cmocka.h>

#define CONC_INSTRUMENTS
#include "demo.h"

#include "lane_events.h"

static void count_up(void *data)
{
    ++*(int *)data;
}

static void *count_up_posix(void *data)
{
    ++*(int *)data;
    return data;
}

/* Runs first: later there is a trace. */
static void without_a_trace_all_works(void **state)
{
    const struct timespec short_while = {.tv_nsec = 1000};
    uv_thread_t thread;
    pthread_t posix;
    uv_sem_t sem;
    int count = 0, status = 0;
    void *result = NULL;
    pid_t pid;

    (void)state;
    assert_int_equal(uv_thread_create(&thread, count_up, &count), 0);
    assert_int_equal(uv_thread_join(&thread), 0);
    assert_int_equal(pthread_create(&posix, NULL, count_up_posix, &count), 0);
    assert_int_equal(pthread_join(posix, &result), 0);
    assert_ptr_equal(result, &count);
    assert_int_equal(count, 2);
    assert_int_equal(uv_sem_init(&sem, 1), 0);
    uv_sem_wait(&sem);
    assert_false(gap_wait(&sem));
    uv_sem_destroy(&sem);
    beat("unheard");
    assert_int_equal(nanosleep(&short_while, NULL), 0);
    pid = fork();
    if (pid == 0)
        _exit(7);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void a_site_names_file_line_and_text(void **state)
{
    struct lane_events events = events_of(0);
    struct event_view event;
    const struct site *sites;
    size_t count;
    int line;

    (void)state;
    line = __LINE__ + 1;
    beat("here");
    event = expect(&events, EVENT_MARK, "here", "", NULL);
    sites = instruments_sites(&count);
    assert_string_equal(sites[event.site].file, __FILE__);
    assert_int_equal(sites[event.site].line, line);
    expect_none(&events);
}

static void a_thread_is_a_lane(void **state)
{
    struct lane_events main_events = events_of(0), events;
    struct event_view create, start, end, join;
    struct lane_view record;
    uv_thread_t thread;
    int count = 0;

    (void)state;
    assert_int_equal(uv_thread_create(&thread, count_up, &count), 0);
    assert_int_equal(uv_thread_join(&thread), 0);
    assert_int_equal(count, 1);
    create = expect(&main_events, EVENT_CREATE, "uv_thread_create",
                    "&thread, count_up, &count", (void *)1);
    expect(&main_events, EVENT_JOIN_BEGIN, "uv_thread_join", "&thread", (void *)1);
    join = expect(&main_events, EVENT_JOIN_END, "uv_thread_join", "&thread", (void *)1);
    expect_none(&main_events);

    events = events_of(1);
    start = expect_own(&events, EVENT_START);
    end = expect_own(&events, EVENT_END);
    expect_none(&events);
    assert_true(create.time_ns <= start.time_ns && end.time_ns <= join.time_ns);

    record = lane_record(1);
    assert_int_equal(record.kind, LANE_THREAD);
    assert_int_equal(record.parent, 0);
    assert_true(record.ended);
    assert_true(record.os_id > 0 && record.os_id != getpid());
    assert_int_equal(trace_lane_count(the_trace), 2);
}

static void spend_time(void *unused)
{
    int64_t end_ns = wall_ns() + NS_PER_MS;

    (void)unused;
    while (wall_ns() < end_ns)
        continue;
}

static void what_a_thread_spends_is_told(void **state)
{
    struct lane_view record;
    uv_thread_t thread;

    (void)state;
    assert_int_equal(uv_thread_create(&thread, spend_time, NULL), 0);
    assert_int_equal(uv_thread_join(&thread), 0);
    record = lane_record(1);
    assert_in_range(record.cpu_ns, 1, NS_PER_S);
    assert_true(record.switches_voluntary >= 0 && record.switches_involuntary >= 0);
}

static void a_posix_thread_gives_its_result(void **state)
{
    struct lane_events main_events = events_of(0), events;
    pthread_t thread;
    void *result = NULL;
    int count = 0;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, count_up_posix, &count), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &count);
    expect(&main_events, EVENT_CREATE, "pthread_create",
           "&thread, NULL, count_up_posix, &count", (void *)1);
    expect(&main_events, EVENT_JOIN_BEGIN, "pthread_join", "thread, &result",
           (void *)1);
    expect(&main_events, EVENT_JOIN_END, "pthread_join", "thread, &result", (void *)1);
    events = events_of(1);
    expect_own(&events, EVENT_START);
    expect_own(&events, EVENT_END);
}

static void *waits_for_sem(void *sem)
{
    (uv_sem_wait)(sem);
    return sem;
}

/** The next event must tell of a wait that came to nothing. */
static void expect_fail(struct lane_events *events, const char *call, const char *text,
                        uint32_t lane, int error)
{
    struct event_view event =
        expect(events, EVENT_JOIN_FAIL, call, text, (void *)(uintptr_t)lane);

    assert_int_equal(event.value, error);
}

/** Here a thread that waits for itself. */
static void a_join_that_fails_joins_nothing(void **state)
{
    struct lane_events events = events_of(0);
    uv_thread_t uv_self = uv_thread_self();
    pthread_t self = pthread_self();

    (void)state;
    assert_int_equal(pthread_join(self, NULL), EDEADLK);
    assert_int_equal(uv_thread_join(&uv_self), -EDEADLK);
    expect(&events, EVENT_JOIN_BEGIN, "pthread_join", "self, NULL",
           (void *)(uintptr_t)LANE_NONE);
    expect_fail(&events, "pthread_join", "self, NULL", LANE_NONE, EDEADLK);
    expect(&events, EVENT_JOIN_BEGIN, "uv_thread_join", "&uv_self",
           (void *)(uintptr_t)LANE_NONE);
    expect_fail(&events, "uv_thread_join", "&uv_self", LANE_NONE, EDEADLK);
    expect_none(&events);
    assert_int_equal(lane_record(0).doing, EVENT_NONE);
}

/** Whatever a process did before it was a stage is not its lane's, nor its child's. */
static void what_was_spent_before_does_not_count(void **state)
{
    struct timespec spent = {0};
    pid_t pid;

    (void)state;
    while (spent.tv_sec == 0 && spent.tv_nsec < 50000000)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    instruments_lane_start();
    pid = fork();
    if (pid == 0) {
        (uv_sleep)(1);
        _exit(0);
    }
    (waitpid)(pid, NULL, 0);
    (uv_sleep)(1);
    instruments_lane_end(0);
    for (uint32_t lane = 0; lane < 2; lane++) {
        struct lane_view record = lane_record(lane);

        assert_in_range(record.cpu_ns, 1, 40000000);
        assert_in_range(record.switches_voluntary, 1, 10);
    }
}

static void a_join_may_be_tried_or_given_up(void **state)
{
    const struct timespec past = {.tv_sec = 0}, *until = &past;
    struct lane_events events = events_of(0);
    unsigned alive = 0;
    pthread_t thread;
    void *result = NULL;
    uv_sem_t sem;

    (void)state;
    assert_int_equal((uv_sem_init)(&sem, 0), 0);
    assert_int_equal(pthread_create(&thread, NULL, waits_for_sem, &sem), 0);
    assert_int_equal(pthread_tryjoin_np(thread, NULL), EBUSY);
    assert_int_equal(pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, until),
                     ETIMEDOUT);
    (uv_sem_post)(&sem);
    for (; pthread_tryjoin_np(thread, &result) == EBUSY; alive++)
        sched_yield();
    assert_ptr_equal(result, &sem);
    expect(&events, EVENT_CREATE, "pthread_create",
           "&thread, NULL, waits_for_sem, &sem", (void *)1);
    expect(&events, EVENT_JOIN_FAIL, "pthread_tryjoin_np", "thread, NULL", (void *)1);
    expect(&events, EVENT_JOIN_BEGIN, "pthread_clockjoin_np",
           "thread, NULL, CLOCK_MONOTONIC, until", (void *)1);
    expect(&events, EVENT_JOIN_FAIL, "pthread_clockjoin_np",
           "thread, NULL, CLOCK_MONOTONIC, until", (void *)1);
    for (; alive > 0; alive--)
        expect(&events, EVENT_JOIN_FAIL, "pthread_tryjoin_np", "thread, &result",
               (void *)1);
    expect(&events, EVENT_JOIN_BEGIN, "pthread_tryjoin_np", "thread, &result",
           (void *)1);
    expect(&events, EVENT_JOIN_END, "pthread_tryjoin_np", "thread, &result", (void *)1);
    expect_none(&events);
    uv_sem_destroy(&sem);
}

static void a_figure_is_told(void **state)
{
    struct lane_events events = events_of(0);

    (void)state;
    note("answer", -42);
    assert_int_equal((int64_t)expect(&events, EVENT_VALUE, "answer", "", NULL).value,
                     -42);
}

static void a_thread_that_was_refused_never_was(void **state)
{
    const uv_thread_options_t silly = {.flags = UV_THREAD_HAS_STACK_SIZE,
                                       .stack_size = (size_t)1 << 46};
    struct lane_events main_events = events_of(0), events;
    pthread_attr_t attributes;
    uv_thread_t thread;
    pthread_t posix;
    int count = 0;

    (void)state;
    assert_int_equal(uv_thread_create_ex(&thread, &silly, count_up, &count), UV_EAGAIN);
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, silly.stack_size), 0);
    assert_int_equal(pthread_create(&posix, &attributes, count_up_posix, &count),
                     EAGAIN);
    pthread_attr_destroy(&attributes);
    assert_int_equal(count, 0);
    expect_none(&main_events);
    for (uint32_t lane = 1; lane <= 2; lane++) {
        events = events_of(lane);
        expect_none(&events);
        assert_false(lane_record(lane).started);
    }
    /* And the next that is granted is one. */
    assert_int_equal(uv_thread_create(&thread, count_up, &count), 0);
    assert_int_equal(uv_thread_join(&thread), 0);
    expect(&main_events, EVENT_CREATE, "uv_thread_create", "&thread, count_up, &count",
           (void *)3);
}

static void without_lanes_threads_start_all_the_same(void **state)
{
    uv_thread_t thread;
    pthread_t posix;
    void *result = NULL;
    int count = 0;
    uint64_t dropped;

    (void)state;
    while (trace_add_lane(the_trace, LANE_THREAD, 0) != LANE_NONE)
        continue;
    dropped = trace_dropped(the_trace);
    assert_int_equal(uv_thread_create(&thread, count_up, &count), 0);
    assert_int_equal(uv_thread_join(&thread), 0);
    assert_int_equal(pthread_create(&posix, NULL, count_up_posix, &count), 0);
    assert_int_equal(pthread_join(posix, &result), 0);
    assert_ptr_equal(result, &count);
    assert_int_equal(count, 2);
    assert_true(trace_dropped(the_trace) > dropped);
}

static void *named(void *unused)
{
    (void)unused;
    assert_int_equal(pthread_setname_np(pthread_self(), "luke"), 0);
    assert_int_equal(pthread_setname_np(pthread_self(), "a name too long for it"),
                     ERANGE);
    return NULL;
}

static void a_name_is_told(void **state)
{
    struct lane_events events;
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, named, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    events = events_of(1);
    expect_own(&events, EVENT_START);
    expect(&events, EVENT_NAME, "pthread_setname_np", "pthread_self(), \"luke\"", NULL);
    expect_own(&events, EVENT_END);
    assert_string_equal(lane_record(1).name, "luke");
}

static void *exits(void *result)
{
    pthread_exit(result);
}

static void *waits_for_ever(void *unused)
{
    beat("waits");
    for (;;)
        pause();
    return unused;
}

static void pthread_exit_ends_the_lane(void **state)
{
    struct lane_events events;
    pthread_t thread;
    void *result = NULL;

    assert_int_equal(pthread_create(&thread, NULL, exits, state), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, state);
    events = events_of(1);
    expect_own(&events, EVENT_START);
    expect_own(&events, EVENT_END);
    expect_none(&events);
    assert_true(lane_record(1).ended);
}

static void cancellation_ends_the_lane(void **state)
{
    struct lane_events events;
    pthread_t thread;
    void *result = NULL;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, waits_for_ever, NULL), 0);
    assert_int_equal(pthread_cancel(thread), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, PTHREAD_CANCELED);
    events = events_of(1);
    expect_own(&events, EVENT_START);
    expect(&events, EVENT_MARK, "waits", "", NULL);
    expect_own(&events, EVENT_END);
    expect_none(&events);
}

static void *unannounced(void *id)
{
    beat("who?");
    *(int64_t *)id = syscall(SYS_gettid);
    return NULL;
}

static void a_thread_nobody_announced_gets_a_lane(void **state)
{
    struct lane_events events;
    struct lane_view record;
    pthread_t thread;
    int64_t id = 0;

    (void)state;
    assert_int_equal((pthread_create)(&thread, NULL, unannounced, &id), 0);
    assert_int_equal((pthread_join)(thread, NULL), 0);
    assert_int_equal(trace_lane_count(the_trace), 2);
    events = events_of(1);
    expect(&events, EVENT_MARK, "who?", "", NULL);
    record = lane_record(1);
    assert_int_equal(record.kind, LANE_THREAD);
    assert_true(record.started);
    assert_int_equal(record.os_id, id);
}

static void a_child_process_is_a_lane(void **state)
{
    struct lane_events main_events = events_of(0), events;
    struct event_view create, start, end, join;
    struct lane_view record;
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        beat("child");
        _exit(3);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 3);
    create = expect(&main_events, EVENT_CREATE, "fork", "", (void *)1);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitpid", "pid, &status, 0", (void *)1);
    join =
        expect(&main_events, EVENT_JOIN_END, "waitpid", "pid, &status, 0", (void *)1);
    assert_int_equal(join.value, status);
    expect_none(&main_events);

    events = events_of(1);
    start = expect_own(&events, EVENT_START);
    expect(&events, EVENT_MARK, "child", "", NULL);
    end = expect_own(&events, EVENT_END);
    assert_int_equal(end.value, 3);
    assert_true(create.time_ns <= start.time_ns && end.time_ns <= join.time_ns);
    record = lane_record(1);
    assert_int_equal(record.kind, LANE_PROCESS);
    assert_int_equal(record.parent, 0);
    assert_int_equal(record.os_id, pid);
    assert_true(record.ended);
}

/** Seen by one call, waited for by the next: in between it is a zombie. */
static void an_end_is_seen_before_it_is_waited_for(void **state)
{
    struct lane_events main_events = events_of(0);
    struct event_view join;
    siginfo_t info;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        exit(5);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(info.si_pid, pid);
    assert_int_equal(info.si_status, 5);
    assert_int_equal(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    expect(&main_events, EVENT_CREATE, "fork", "", (void *)1);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitid",
           "P_PID, (id_t)pid, &info, WEXITED | WNOWAIT", (void *)1);
    expect(&main_events, EVENT_JOIN_SEEN, "waitid",
           "P_PID, (id_t)pid, &info, WEXITED | WNOWAIT", (void *)1);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitid", "P_PID, (id_t)pid, NULL, WEXITED",
           (void *)1);
    join = expect(&main_events, EVENT_JOIN_END, "waitid",
                  "P_PID, (id_t)pid, NULL, WEXITED", (void *)1);
    assert_int_equal(WEXITSTATUS((int)join.value), 5);
    expect_none(&main_events);
    assert_true(lane_record(1).ended);
}

/** What waitid() tells of a signal is what waitpid() would have told. */
static void a_killed_child_is_told_of_alike(void **state)
{
    struct lane_events main_events = events_of(0);
    struct event_view join;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        waits_for_ever(NULL);
    assert_int_equal(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOHANG), 0);
    (kill)(pid, SIGTERM);
    assert_int_equal(waitid(P_ALL, 0, NULL, WEXITED), 0);
    expect(&main_events, EVENT_CREATE, "fork", "", (void *)1);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitid", "P_ALL, 0, NULL, WEXITED",
           (void *)(uintptr_t)LANE_NONE);
    join = expect(&main_events, EVENT_JOIN_END, "waitid", "P_ALL, 0, NULL, WEXITED",
                  (void *)1);
    assert_true(WIFSIGNALED((int)join.value));
    assert_int_equal(WTERMSIG((int)join.value), SIGTERM);
    expect_none(&main_events);
}

/** A child that forks again: both are lanes, and each parent knows its own. */
static void a_grandchild_is_a_lane(void **state)
{
    struct lane_events events;
    pid_t pid = fork();
    int status = 0;

    (void)state;
    if (pid == 0) {
        pid_t grandchild = fork();

        if (grandchild == 0)
            _exit(7);
        waitpid(grandchild, &status, 0);
        _exit(WEXITSTATUS(status) + 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 8);
    assert_int_equal(lane_record(2).parent, 1);
    assert_int_equal(lane_record(2).kind, LANE_PROCESS);
    assert_true(lane_record(2).ended);
    events = events_of(1);
    expect_own(&events, EVENT_START);
    expect(&events, EVENT_CREATE, "fork", "", (void *)2);
    expect(&events, EVENT_JOIN_BEGIN, "waitpid", "grandchild, &status, 0", (void *)2);
    expect(&events, EVENT_JOIN_END, "waitpid", "grandchild, &status, 0", (void *)2);
    expect_own(&events, EVENT_END);
}

static void a_killed_child_leaves_no_end(void **state)
{
    struct lane_events main_events = events_of(0), events;
    struct event_view join;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        waits_for_ever(NULL);
    (kill)(pid, SIGKILL);
    assert_int_equal(waitpid(-1, NULL, 0), pid);
    expect(&main_events, EVENT_CREATE, "fork", "", (void *)1);
    /* Whom it waits for is known at the end only. */
    expect(&main_events, EVENT_JOIN_BEGIN, "waitpid", "-1, NULL, 0",
           (void *)(uintptr_t)LANE_NONE);
    join = expect(&main_events, EVENT_JOIN_END, "waitpid", "-1, NULL, 0", (void *)1);
    assert_int_equal(WTERMSIG((int)join.value), SIGKILL);
    assert_false(lane_record(1).ended);
    events = events_of(1);
    for (struct event_view event; trace_next(&events.cursor, &event);)
        assert_int_not_equal(event.kind, EVENT_END);
}

static void a_wait_in_vain_changes_nothing(void **state)
{
    struct lane_events main_events = events_of(0);
    int status = 4711;
    siginfo_t info;
    pid_t pid;

    (void)state;
    errno = 0;
    assert_int_equal(waitpid(-1, &status, 0), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(status, 4711);
    errno = 0;
    assert_int_equal(waitid(P_ALL, 0, &info, WEXITED), -1);
    assert_int_equal(errno, ECHILD);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitpid", "-1, &status, 0",
           (void *)(uintptr_t)LANE_NONE);
    expect_fail(&main_events, "waitpid", "-1, &status, 0", LANE_NONE, ECHILD);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitid", "P_ALL, 0, &info, WEXITED",
           (void *)(uintptr_t)LANE_NONE);
    expect_fail(&main_events, "waitid", "P_ALL, 0, &info, WEXITED", LANE_NONE, ECHILD);
    expect_none(&main_events);
    pid = fork();
    if (pid == 0)
        waits_for_ever(NULL);
    assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
    assert_int_equal(status, 4711);
    (kill)(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

/** A process that has stopped has not ended. */
static void a_stop_is_no_end(void **state)
{
    struct lane_events main_events = events_of(0);
    siginfo_t info;
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        waits_for_ever(NULL);
    (kill)(pid, SIGSTOP);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    (kill)(pid, SIGCONT);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WCONTINUED), 0);
    assert_int_equal(info.si_code, CLD_CONTINUED);
    (kill)(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    expect(&main_events, EVENT_CREATE, "fork", "", (void *)1);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitpid", "pid, &status, WUNTRACED",
           (void *)1);
    expect_fail(&main_events, "waitpid", "pid, &status, WUNTRACED", 1, 0);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitid",
           "P_PID, (id_t)pid, &info, WCONTINUED", (void *)1);
    expect_fail(&main_events, "waitid", "P_PID, (id_t)pid, &info, WCONTINUED", 1, 0);
    expect(&main_events, EVENT_JOIN_BEGIN, "waitpid", "pid, &status, 0", (void *)1);
    expect(&main_events, EVENT_JOIN_END, "waitpid", "pid, &status, 0", (void *)1);
    expect_none(&main_events);
}

static void a_child_by_plain_fork_gets_a_lane_of_its_own(void **state)
{
    struct lane_events main_events = events_of(0), events;
    pid_t pid;

    (void)state;
    beat("before");
    pid = (fork)();
    if (pid == 0) {
        beat("child");
        (_exit)(0);
    }
    assert_int_equal((waitpid)(pid, NULL, 0), pid);
    beat("after");
    expect(&main_events, EVENT_MARK, "before", "", NULL);
    expect(&main_events, EVENT_MARK, "after", "", NULL);
    expect_none(&main_events);
    events = events_of(1);
    expect(&events, EVENT_MARK, "child", "", NULL);
    assert_int_equal(lane_record(1).os_id, pid);
}

#ifndef __SANITIZE_THREAD__ /* it allows no threads in children of threads */
static void *forks(void *unused)
{
    pid_t pid = fork();

    if (pid == 0) {
        uv_thread_t thread;
        int count = 0;

        if (uv_thread_create(&thread, count_up, &count) == 0)
            uv_thread_join(&thread);
        _exit(count);
    }
    waitpid(pid, NULL, 0);
    return unused;
}

static void families_keep_their_lanes(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, forks, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(trace_lane_count(the_trace), 4);
    assert_int_equal(lane_record(1).kind, LANE_THREAD);
    assert_int_equal(lane_record(2).kind, LANE_PROCESS);
    assert_int_equal(lane_record(2).parent, 1);
    assert_int_equal(lane_record(3).kind, LANE_THREAD);
    assert_int_equal(lane_record(3).parent, 2);
    for (uint32_t lane = 1; lane <= 3; lane++)
        assert_true(lane_record(lane).ended);
}
#endif

/* With either compiler: gcc makes the one of the other. */
static void a_read_is_told_where_it_names_its_order(void **state)
{
    struct lane_events events = events_of(0);
    atomic_int number = 0;

    (void)state;
    atomic_store(&number, 1);
    assert_int_equal(atomic_load(&number), 1);
    assert_int_equal(atomic_load_explicit(&number, memory_order_relaxed), 1);
    expect(&events, EVENT_READ, "atomic_load_explicit", "&number", &number);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

static void a_pause_is_not_shortened_by_signals(void **state)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct lane_events events = events_of(0);
    struct event_view begin, end;

    (void)state;
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &often, NULL);
    pause_ns(20 * NS_PER_MS);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_true(alarms > 0);
    begin = expect(&events, EVENT_SLEEP_BEGIN, "pause_ns", "20 * NS_PER_MS", NULL);
    end = expect(&events, EVENT_SLEEP_END, "pause_ns", "20 * NS_PER_MS", NULL);
    assert_int_equal(begin.value, 20 * NS_PER_MS);
    assert_true(end.time_ns - begin.time_ns >= 20 * NS_PER_MS);
}

static void sleeping_is_told(void **state)
{
    const struct timespec millisecond = {.tv_nsec = 1000000}, wrong = {.tv_nsec = -1};
    struct lane_events events = events_of(0);
    struct event_view begin, end;

    (void)state;
    uv_sleep(2);
    begin = expect(&events, EVENT_SLEEP_BEGIN, "uv_sleep", "2", NULL);
    end = expect(&events, EVENT_SLEEP_END, "uv_sleep", "2", NULL);
    assert_int_equal(begin.value, 2000000);
    assert_true(end.time_ns - begin.time_ns >= 2000000);

    assert_int_equal(nanosleep(&millisecond, NULL), 0);
    begin = expect(&events, EVENT_SLEEP_BEGIN, "nanosleep", "&millisecond, NULL", NULL);
    end = expect(&events, EVENT_SLEEP_END, "nanosleep", "&millisecond, NULL", NULL);
    assert_int_equal(begin.value, 1000000);
    assert_true(end.time_ns - begin.time_ns >= 1000000);

    errno = 0;
    assert_int_equal(nanosleep(&wrong, NULL), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(lane_record(0).doing, EVENT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_trace_all_works),
        cmocka_unit_test_setup(a_site_names_file_line_and_text, begin_trace),
        cmocka_unit_test_setup(a_thread_is_a_lane, begin_trace),
        cmocka_unit_test_setup(what_a_thread_spends_is_told, begin_trace),
        cmocka_unit_test_setup(a_posix_thread_gives_its_result, begin_trace),
        cmocka_unit_test_setup(what_was_spent_before_does_not_count, begin_trace),
        cmocka_unit_test_setup(a_join_may_be_tried_or_given_up, begin_trace),
        cmocka_unit_test_setup(a_join_that_fails_joins_nothing, begin_trace),
        cmocka_unit_test_setup(a_figure_is_told, begin_trace),
        cmocka_unit_test_setup(a_thread_that_was_refused_never_was, begin_trace),
        cmocka_unit_test_setup(without_lanes_threads_start_all_the_same, begin_trace),
        cmocka_unit_test_setup(a_name_is_told, begin_trace),
        cmocka_unit_test_setup(pthread_exit_ends_the_lane, begin_trace),
        cmocka_unit_test_setup(cancellation_ends_the_lane, begin_trace),
        cmocka_unit_test_setup(a_thread_nobody_announced_gets_a_lane, begin_trace),
        cmocka_unit_test_setup(a_child_process_is_a_lane, begin_trace),
        cmocka_unit_test_setup(an_end_is_seen_before_it_is_waited_for, begin_trace),
        cmocka_unit_test_setup(a_killed_child_is_told_of_alike, begin_trace),
        cmocka_unit_test_setup(a_grandchild_is_a_lane, begin_trace),
        cmocka_unit_test_setup(a_killed_child_leaves_no_end, begin_trace),
        cmocka_unit_test_setup(a_wait_in_vain_changes_nothing, begin_trace),
        cmocka_unit_test_setup(a_stop_is_no_end, begin_trace),
        cmocka_unit_test_setup(a_child_by_plain_fork_gets_a_lane_of_its_own,
                               begin_trace),
#ifndef __SANITIZE_THREAD__
        cmocka_unit_test_setup(families_keep_their_lanes, begin_trace),
#endif
        cmocka_unit_test_setup(sleeping_is_told, begin_trace),
        cmocka_unit_test_setup(a_read_is_told_where_it_names_its_order, begin_trace),
        cmocka_unit_test_setup(a_pause_is_not_shortened_by_signals, begin_trace),
    };

    return cmocka_run_group_tests(tests, NULL, destroy_trace);
}
