// SPDX-License-Identifier: MIT
// What is drawn of a program that knows nothing of conc, against what the scheduler has
// counted of it.

#include "stage/clock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "demo.h"

#include "lane_events.h"
#include "stage/proc.h"
#include "stage/process.h"
#include "stage/programs.h"

/** Longer than it is from one look to the next. */
static const struct timespec longer = {.tv_nsec = 30 * NS_PER_MS};

/** Half of an odd number, at each look. */
#define ROUNDING_NS 10

/** The program sleeps until it reads, and computes until it may end. */
static int wake[2];
static _Atomic int *may_end;

static int begin(void **state)
{
    may_end = mmap(NULL, sizeof *may_end, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return may_end == MAP_FAILED || pipe(wake) != 0 ? -1 : begin_trace(state);
}

static pid_t start(void)
{
    int64_t called_ns = wall_ns();
    pid_t pid = fork();
    char byte;

    assert_true(pid >= 0);
    if (pid == 0) {
        if (read(wake[0], &byte, 1) != 1)
            _exit(1);
        while (atomic_load(may_end) == 0)
            continue;
        _exit(0);
    }
    programs_add(the_trace, &(struct program_facts){
                                .pid = pid,
                                .called_ns = called_ns,
                                .lane = trace_add_lane(the_trace, LANE_PROCESS, 0),
                                .name = "program",
                                .site = SITE_NONE});
    return pid;
}

static void await_state(pid_t pid, char state)
{
    while (process_state(pid) != state)
        sched_yield();
}

/** For how long it had a core, or wanted one; also of a zombie. */
static int64_t counted_ns(pid_t pid)
{
    char path[40], text[96], *end;
    int64_t run_ns;

    snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    assert_true(proc_read(path, text, sizeof text));
    run_ns = strtoll(text, &end, 10);
    return run_ns + strtoll(end, NULL, 10);
}

/** For how long its lane says so. */
static int64_t drawn_ns(uint32_t lane)
{
    struct lane_events events = events_of(lane);
    int64_t since_ns = expect_own(&events, EVENT_START).time_ns, sum_ns = 0;
    bool is_busy = true;
    struct event_view event;

    do {
        event = next_event(&events);
        if (is_busy)
            sum_ns += event.time_ns - since_ns;
        if (event.kind == EVENT_SLEEP_BEGIN || event.kind == EVENT_SLEEP_END)
            is_busy = event.kind == EVENT_SLEEP_END;
        since_ns = event.time_ns;
    } while (event.kind != EVENT_END);
    return sum_ns;
}

/** However long anything takes: a stretch is not drawn as busy that for its greater
 * part was not. */
static void who_was_just_woken_has_waited(void **state)
{
    siginfo_t info;
    char text[96];
    pid_t pid;

    (void)state;
    if (!proc_read("/proc/self/schedstat", text, sizeof text))
        skip();
    pid = start();
    await_state(pid, 'S');
    nanosleep(&longer, NULL);
    assert_int_equal(write(wake[1], "", 1), 1);
    await_state(pid, 'R');
    programs_look();
    atomic_store(may_end, 1);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    programs_last_look(pid);
    assert_true(drawn_ns(1) <= 2 * counted_ns(pid) + ROUNDING_NS);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    programs_end(pid, &(struct program_spent){0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_just_woken_has_waited),
    };

    return cmocka_run_group_tests_name("programs", tests, begin, destroy_trace);
}
