// SPDX-License-Identifier: MIT
// What is measured for a demo besides its runs: on a stage, and nothing of what cannot
// be measured.

#include "stage/clock.h"
#include "stage/instruments.h"
#include "stage/trace.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "one_stage.h"

/** Of two, where there are two: that all is measured on one is to be seen. */
static int open_stage(void **state)
{
    (void)state;
    return open_one_stage(2);
}

static struct spread measured(const struct gauge *gauge)
{
    struct stage_end end = {.ending = ENDING_RUNNING};
    struct spread value;

    assert_int_equal(stage_measure(stage, gauge, &value, &end), 0);
    stage_end_free(&end);
    return value;
}

static struct spread timed(void (*operations)(uint64_t times))
{
    return measured(&(struct gauge){.chart = "time", .operations = operations});
}

static struct spread asked(int64_t (*bytes)(void))
{
    return measured(&(struct gauge){.chart = "memory", .bytes = bytes});
}

static void sleep_200_us(uint64_t times)
{
    for (; times > 0; times--)
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

static volatile uint64_t sum;

static void add(uint64_t times)
{
    for (; times > 0; times--)
        sum += times;
}

/** An addition is no tenth of a microsecond on any machine that conc runs on. */
static void times_are_of_one_operation(void **state)
{
    struct spread asleep = timed(sleep_200_us), adding = timed(add);

    (void)state;
    assert_true(asleep.min >= 200 * 1000 * 1000);
    assert_true(asleep.min <= asleep.median && asleep.median <= asleep.max);
    assert_true(adding.min > 0 && adding.median < 100 * 1000);
}

static bool is_on_one_core(void)
{
    cpu_set_t cores;

    return sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) == 1;
}

/** A child tells whether it is on one core; as its parent is on the same, that waits.
 */
static void fork_and_read(uint64_t times)
{
    int ends[2];

    must_posix(pipe(ends), "pipe");
    for (; times > 0; times--) {
        bool answer = false;
        pid_t pid = traced_fork(CONC_SITE("fork", ""));

        if (pid == 0) {
            answer = is_on_one_core();
            must_posix(write(ends[1], &answer, sizeof answer), "write");
            traced__exit(CONC_SITE("_exit", "0"), 0);
        }
        must_posix(traced_read_file(CONC_SITE("read", "ends"), ends[0], &answer,
                                    sizeof answer),
                   "read");
        traced_waitpid(CONC_SITE("waitpid", "pid"), pid, NULL, 0);
        if (!answer)
            abort();
    }
    close(ends[0]);
    close(ends[1]);
}

/** Everything else that flows are measured with. */
static void wake(uint64_t times)
{
    uv_sem_t sem;

    must(traced_uv_sem_init(CONC_SITE("uv_sem_init", "sem"), &sem, 0), "uv_sem_init");
    for (; times > 0; times--) {
        traced_uv_sem_post(CONC_SITE("uv_sem_post", "sem"), &sem);
        traced_uv_sem_wait(CONC_SITE("uv_sem_wait", "sem"), &sem);
    }
}

static void nothing(void *arg)
{
    (void)arg;
}

static void start_and_join(uint64_t times)
{
    uv_thread_t thread;

    for (; times > 0; times--) {
        must(traced_uv_thread_create(CONC_SITE("uv_thread_create", "thread"), &thread,
                                     nothing, NULL),
             "uv_thread_create");
        must(traced_uv_thread_join(CONC_SITE("uv_thread_join", "thread"), &thread),
             "uv_thread_join");
    }
}

/** Each batch makes a semaphore; for that there may be an event. */
static size_t events(void)
{
    struct trace_cursor cursor = trace_first(stage_trace(stage), 0);
    struct event_view event;
    size_t count = 0;

    assert_int_equal(trace_lane_count(stage_trace(stage)), 1);
    while (trace_next(&cursor, &event))
        count += event.kind != EVENT_INIT;
    return count;
}

/** The lane's start and its end. */
static void what_is_measured_is_not_traced(void **state)
{
    void (*const all[])(uint64_t) = {add, fork_and_read, wake, start_and_join};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_true(timed(all[i]).median > 0);
        assert_int_equal(events(), 2);
    }
}

static int64_t calls;

/** Each time in a process of its own: what one leaves behind, the next does not see. */
static int64_t count_calls(void)
{
    return ++calls;
}

static void bytes_are_of_a_fresh_process(void **state)
{
    struct spread value = asked(count_calls);

    (void)state;
    assert_int_equal(value.min, 1);
    assert_int_equal(value.median, 1);
    assert_int_equal(value.max, 1);
    assert_int_equal(calls, 0);
}

static void crash(uint64_t times)
{
    (void)times;
    raise(SIGSEGV);
}

static void be_refused(uint64_t times)
{
    (void)times;
    must(UV_ENOMEM, "a call");
}

static int64_t crash_in_child(void)
{
    raise(SIGSEGV);
    return 1;
}

static int64_t know_nothing(void)
{
    return 0;
}

static void what_cannot_be_measured_is_not_known(void **state)
{
    (void)state;
    assert_int_equal(timed(crash).median, 0);
    assert_int_equal(timed(be_refused).median, 0);
    assert_int_equal(asked(crash_in_child).median, 0);
    assert_int_equal(asked(know_nothing).median, 0);
    assert_true(timed(add).median > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_of_one_operation),
        cmocka_unit_test(what_is_measured_is_not_traced),
        cmocka_unit_test(bytes_are_of_a_fresh_process),
        cmocka_unit_test(what_cannot_be_measured_is_not_known),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
