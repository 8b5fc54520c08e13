// SPDX-License-Identifier: MIT
// One task as a program of its own, and the instrument that starts it.  The program is
// this test program, under another name.

#include "stage/clock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CONC_INSTRUMENTS
#include "demo.h"

#include "lane_events.h"
#include "stage/spawned.h"
#include "stage/work.h"

#define THIS "/proc/self/exe"

static struct task the_tasks[2] = {
    {.name = "luke", .thread_name = "luke", .ttl_ns = 2 * NS_PER_MS},
    {.name = "darth vader", .thread_name = "darth vader", .number = 1},
};

static const struct tasks tasks = {.count = 2, .at = the_tasks};
static _Atomic uint64_t amounts[2] = {7, 1000};
static _Atomic int amounts_known = 1;

static struct staging staging = {
    .tasks = &tasks, .amounts = amounts, .amounts_known = &amounts_known};

#define WORDS 8

/** As posix_spawn() wants them, which does not change them. */
struct words {
    char *at[WORDS];
};

static struct words words_of(const char *const *from)
{
    struct words words = {{NULL}};
    size_t count = 0;

    while (from[count] != NULL)
        count++;
    assert_true(count < WORDS);
    memcpy(words.at, from, count * sizeof *from);
    return words;
}

/** Start it, and wait for its end.  @return its exit status. */
static int run(char *const argv[], char *const environment[])
{
    pid_t pid = 0;
    int status = 0;

    assert_int_equal(posix_spawn(&pid, THIS, NULL, NULL, argv, environment), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Runs first: later there is a trace. */
static void without_a_trace_all_works(void **state)
{
    static const char *const words[] = {"conc-task", "3", "leia", "wait", "1000", NULL};
    struct words argv = words_of(words);

    (void)state;
    assert_int_equal(run(argv.at, environ), 0);
    assert_int_equal(run(argv.at, NULL), 0);
}

static void run_task(const struct task *task, enum work_kind work)
{
    char **argv;

    staging.work = work;
    spawned_begin(&staging);
    argv = task_program(task);
    assert_int_equal(run(argv, environ), 0);
    free(argv);
}

/** What the program wrote on its lane, and what its parent knows of it. */
static void check_lane(const struct task *task, int64_t *began_ns, int64_t *done_ns)
{
    struct lane_events events = events_of(1);
    struct lane_view record = lane_record(1);
    struct event_view event;

    expect_own(&events, EVENT_START);
    expect_own(&events, EVENT_NAME);
    event = expect_own(&events, EVENT_TASK_BEGIN);
    assert_int_equal(event.object, task->number);
    assert_int_equal(event.value, staging.work);
    *began_ns = event.time_ns;
    while ((event = next_event(&events)).kind == EVENT_READY)
        continue;
    assert_int_equal(event.kind, EVENT_TASK_END);
    assert_int_equal(event.object, task->number);
    *done_ns = event.time_ns;
    expect_own(&events, EVENT_END);
    expect_none(&events);
    assert_int_equal(record.kind, LANE_PROCESS);
    assert_int_equal(record.parent, 0);
    assert_true(record.started && record.ended);
    assert_true(record.os_id > 0 && record.os_id != getpid());
    assert_string_equal(record.name, task->thread_name);
}

static void a_program_has_a_lane(void **state)
{
    struct lane_events events = events_of(0);
    struct event_view create, join;
    int64_t began_ns, done_ns;

    (void)state;
    run_task(&the_tasks[0], WORK_WAIT);
    check_lane(&the_tasks[0], &began_ns, &done_ns);
    assert_true(done_ns >= began_ns + the_tasks[0].ttl_ns);

    create = expect(&events, EVENT_CREATE, "posix_spawn",
                    "&pid, THIS, NULL, NULL, argv, environment", (void *)1);
    assert_true(create.value > 0);
    expect(&events, EVENT_JOIN_BEGIN, "waitpid", "pid, &status, 0", (void *)1);
    join = expect(&events, EVENT_JOIN_END, "waitpid", "pid, &status, 0", (void *)1);
    assert_int_equal(join.value, 0);
    expect_none(&events);
    assert_true(create.time_ns <= began_ns && done_ns <= join.time_ns);
    assert_int_equal(trace_lane_count(the_trace), 2);
}

static void it_computes_its_amount(void **state)
{
    int64_t began_ns, done_ns;

    (void)state;
    run_task(&the_tasks[1], WORK_CPU);
    check_lane(&the_tasks[1], &began_ns, &done_ns);
    assert_true(done_ns > began_ns);
}

static void its_arguments_say_what_it_does(void **state)
{
    static const char *const wanted[] = {"conc-task", "1", "darth vader", "cpu",
                                         "1000"};
    char **argv;

    (void)state;
    staging.work = WORK_CPU;
    spawned_begin(&staging);
    argv = task_program(&the_tasks[1]);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(argv[i], wanted[i]);
    assert_null(argv[5]);
    assert_true(spawned_is_wanted(5, argv));
    free(argv);
}

static void the_descriptor_is_given_to_nobody_else(void **state)
{
    static const char *const look[] = {
        "sh", "-c",
        "for fd in /proc/self/fd/*; do readlink $fd; done | grep -q conc-trace", NULL};
    struct words argv = words_of(look);
    pid_t pid;
    int status;

    (void)state;
    run_task(&the_tasks[0], WORK_WAIT);
    assert_int_equal(fcntl(trace_file(the_trace), F_GETFD), FD_CLOEXEC);
    assert_int_equal((posix_spawn)(&pid, "/bin/sh", NULL, NULL, argv.at, environ), 0);
    assert_int_equal((waitpid)(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 1);
}

static void a_program_that_is_not_there(void **state)
{
    static const char *const nobody[] = {"nobody", NULL};
    struct lane_events events = events_of(0);
    struct words argv = words_of(nobody);
    pid_t pid;

    (void)state;
    assert_int_equal(posix_spawn(&pid, "/nonexistent", NULL, NULL, argv.at, environ),
                     ENOENT);
    expect_none(&events);
    assert_int_equal(fcntl(trace_file(the_trace), F_GETFD), FD_CLOEXEC);
}

static void nonsense_is_refused(void **state)
{
    static const char *const wrong[][6] = {
        {"conc-task", NULL},
        {"conc-task", "0", "luke", "wait", NULL},
        {"conc-task", "0", "luke", "sing", "1", NULL},
        {"conc-task", "-1", "luke", "wait", "1", NULL},
        {"conc-task", "99999999999", "luke", "wait", "1", NULL},
        {"conc-task", "0", "luke", "wait", "1x", NULL},
        {"conc-task", "0", "luke", "cpu", "99999999999999999999", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(run(words_of(wrong[i]).at, environ), 2);
}

/** Whoever sets it by hand: what is not a trace is not written to. */
static void a_wild_word_does_no_harm(void **state)
{
    static const char *const words[][2] = {
        {"CONC_LANE=0:0"}, {"CONC_LANE=77:1"}, {"CONC_LANE=-1:1"},
        {"CONC_LANE=x"},   {"CONC_LANE="},
    };
    static const char *const nothing[] = {"conc-task", "0", "luke", "wait", "0", NULL};
    struct words argv = words_of(nothing);

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct words environment = words_of(words[i]);
        pid_t pid;
        int status;

        assert_int_equal((posix_spawn)(&pid, THIS, NULL, NULL, argv.at, environment.at),
                         0);
        assert_int_equal((waitpid)(pid, &status, 0), pid);
        assert_int_equal(status, 0);
    }
}

static void a_file_that_is_no_trace_is_left_alone(void **state)
{
    struct trace *trace;
    int file = open("/tmp", O_TMPFILE | O_RDWR, 0600);

    (void)state;
    if (file < 0)
        skip(); /* a file system that has no such files */
    assert_int_equal(ftruncate(file, 1 << 20), 0);
    assert_true(trace_attach(&trace, file) < 0);
    close(file);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_trace_all_works),
        cmocka_unit_test_setup(a_program_has_a_lane, begin_trace),
        cmocka_unit_test_setup(it_computes_its_amount, begin_trace),
        cmocka_unit_test_setup(its_arguments_say_what_it_does, begin_trace),
        cmocka_unit_test_setup(the_descriptor_is_given_to_nobody_else, begin_trace),
        cmocka_unit_test_setup(a_program_that_is_not_there, begin_trace),
        cmocka_unit_test_setup(nonsense_is_refused, begin_trace),
        cmocka_unit_test_setup(a_wild_word_does_no_harm, begin_trace),
        cmocka_unit_test(a_file_that_is_no_trace_is_left_alone),
    };

    if (spawned_is_wanted(argc, argv))
        return spawned_main(argc, argv);
    return cmocka_run_group_tests(tests, NULL, destroy_trace);
}
