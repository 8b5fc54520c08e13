// SPDX-License-Identifier: MIT
// A task's work, and what ends a stage early.  Times are only compared where one is a
// bound that holds on a busy machine too.

#include "stage/lesson.h"
#include "stage/work.h"

#include "stage/clock.h"
#include "stage/cores.h"
#include "stage/instruments.h"
#include "stage/trace.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <cmocka.h>

enum { TASKS = 3 };

static struct task task_table[TASKS] = {
    {.name = "a", .number = 0}, {.name = "b", .number = 1}, {.name = "c", .number = 2}};
static const struct tasks tasks = {TASKS, task_table};

/** What a stage shares with its watcher. */
struct sharing {
    struct shared shared;
    _Atomic uint64_t amounts[TASKS];
    _Atomic int amounts_known;
};

static struct sharing *sharing;
static struct staging staging = {.tasks = &tasks, .cores = 1};

static int open_staging(void **state)
{
    (void)state;
    sharing = mmap(NULL, sizeof *sharing, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sharing == MAP_FAILED || trace_create(&staging.trace, (size_t)8 << 20) != 0)
        return -1;
    staging.shared = &sharing->shared;
    staging.amounts = sharing->amounts;
    staging.amounts_known = &sharing->amounts_known;
    return 0;
}

static int close_staging(void **state)
{
    (void)state;
    trace_destroy(staging.trace);
    return munmap(sharing, sizeof *sharing);
}

static int begin_staging(void **state)
{
    (void)state;
    memset((void *)sharing, 0, sizeof *sharing);
    trace_reset(staging.trace);
    instruments_begin(staging.trace,
                      trace_add_lane(staging.trace, LANE_PROCESS, LANE_NONE));
    work_begin(&staging);
    return 0;
}

/** The work of task `number` on the calling thread's lane, from its two events. */
struct stretch {
    int64_t wall_ns, cpu_ns, ready_ns;
};

static struct stretch read_stretch(struct trace_cursor *cursor, uint64_t number)
{
    struct event_view begin, end;
    int64_t ready_ns = 0;

    assert_true(trace_next(cursor, &begin));
    assert_int_equal(begin.kind, EVENT_TASK_BEGIN);
    assert_int_equal(begin.object, number);
    assert_int_equal(begin.value, staging.work);
    while (trace_next(cursor, &end) && end.kind == EVENT_READY)
        ready_ns += (int64_t)end.value;
    assert_int_equal(end.kind, EVENT_TASK_END);
    assert_int_equal(end.object, number);
    return (struct stretch){end.time_ns - begin.time_ns, (int64_t)end.value, ready_ns};
}

static void a_wait_never_ends_early(void **state)
{
    struct trace_cursor cursor = trace_first(staging.trace, 0);

    (void)state;
    staging.work = WORK_WAIT;
    for (int i = 0; i < 40; i++) {
        struct stretch stretch;

        task_table[0].ttl_ns = i * NS_PER_MS / 4;
        work(&task_table[0]);
        stretch = read_stretch(&cursor, 0);
        assert_true(stretch.wall_ns >= task_table[0].ttl_ns);
        assert_int_equal(stretch.cpu_ns, 0);
    }
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

static void signals_do_not_shorten_a_wait(void **state)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct trace_cursor cursor = trace_first(staging.trace, 0);

    (void)state;
    staging.work = WORK_WAIT;
    task_table[0].ttl_ns = 30 * NS_PER_MS;
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &often, NULL);
    work(&task_table[0]);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_true(alarms > 0);
    assert_true(read_stretch(&cursor, 0).wall_ns >= 30 * NS_PER_MS);
}

static void no_ttl_is_no_work(void **state)
{
    struct trace_cursor cursor = trace_first(staging.trace, 0);

    (void)state;
    task_table[0].ttl_ns = 0;
    for (int known = 0; known < 2; known++) {
        staging.work = WORK_WAIT;
        work(&task_table[0]);
        assert_int_equal(read_stretch(&cursor, 0).cpu_ns, 0);
        staging.work = WORK_CPU;
        work(&task_table[0]);
        assert_true(read_stretch(&cursor, 0).cpu_ns >= 0);
        assert_int_equal(atomic_load(&sharing->amounts[0]), 0);
        atomic_store(&sharing->amounts_known, 1);
    }
}

/* The CPU clock is the thread's own: others that are busy do not change what it says.
 */
static void computing_is_measured_then_repeated(void **state)
{
    struct trace_cursor cursor = trace_first(staging.trace, 0);
    struct stretch measured, repeated;
    uint64_t amount;

    (void)state;
    staging.work = WORK_CPU;
    task_table[1].ttl_ns = 60 * NS_PER_MS;
    work(&task_table[1]);
    measured = read_stretch(&cursor, 1);
    amount = atomic_load(&sharing->amounts[1]);
    assert_true(amount > 0);
    assert_true(measured.cpu_ns >= 60 * NS_PER_MS);
    assert_true(measured.wall_ns >= measured.cpu_ns);

    atomic_store(&sharing->amounts_known, 1);
    task_table[1].ttl_ns = 1; /* from here on the amount says how much */
    work(&task_table[1]);
    repeated = read_stretch(&cursor, 1);
    assert_int_equal(atomic_load(&sharing->amounts[1]), amount);
    assert_in_range(repeated.cpu_ns, 20 * NS_PER_MS, 180 * NS_PER_MS);
    print_message("# asked for 60 ms, measured %.2f, repeated %.2f\n",
                  (double)measured.cpu_ns / 1e6, (double)repeated.cpu_ns / 1e6);
}

static void sleep_on_alarm(int number)
{
    const struct timespec pause = timespec_of(NS_PER_MS);

    (void)number;
    nanosleep(&pause, NULL);
}

/* Too little for the clock to be read in between: all the same it is told whatever was
 * not computing, here a signal's handler that sleeps. */
static void the_shortest_computing_tells_of_a_lost_core(void **state)
{
    const struct itimerval never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = sleep_on_alarm}, before;
    struct trace_cursor cursor = trace_first(staging.trace, 0);
    int interrupted = 0;

    (void)state;
    staging.work = WORK_CPU;
    atomic_store(&sharing->amounts[0], 100);
    atomic_store(&sharing->amounts_known, 1);
    sigaction(SIGALRM, &action, &before);
    for (int i = 0; i < 20000 && interrupted < 10; i++) {
        const struct itimerval soon = {{0, 0}, {0, 1 + i % 50}};
        struct stretch stretch;

        setitimer(ITIMER_REAL, &soon, NULL);
        work(&task_table[0]);
        stretch = read_stretch(&cursor, 0);
        assert_true(stretch.wall_ns - stretch.cpu_ns - stretch.ready_ns <
                    NS_PER_MS / 2);
        interrupted += stretch.ready_ns >= NS_PER_MS;
    }
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_int_equal(interrupted, 10);
}

static void parts_are_the_whole(void **state)
{
    enum { PARTS = 7 };
    struct trace_cursor cursor = trace_first(staging.trace, 0);
    int64_t start_ns = wall_ns();

    (void)state;
    staging.work = WORK_WAIT;
    task_table[0].ttl_ns = 14 * NS_PER_MS;
    for (unsigned part = 0; part < PARTS; part++) {
        work_part(&task_table[0], part, PARTS);
        assert_true(wall_ns() - start_ns >= (part + 1) * 2 * NS_PER_MS);
    }
    assert_true(read_stretch(&cursor, 0).wall_ns >= task_table[0].ttl_ns);

    staging.work = WORK_CPU;
    for (unsigned part = 0; part < PARTS; part++)
        work_part(&task_table[0], part, PARTS);
    assert_true(read_stretch(&cursor, 0).cpu_ns >= task_table[0].ttl_ns);
    assert_true(atomic_load(&sharing->amounts[0]) > 0);
}

static long sleeps(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_THREAD, &usage), 0);
    return usage.ru_nvcsw;
}

/* Held up between two parts until the ttl is over: there is nothing left to wait for.
 */
static void a_wait_goes_on_between_parts(void **state)
{
    struct timespec end;
    long before;

    (void)state;
    staging.work = WORK_WAIT;
    task_table[0].ttl_ns = 40 * NS_PER_MS;
    before = sleeps();
    work_part(&task_table[0], 0, 2);
    assert_true(sleeps() > before);
    end = deadline_in(task_table[0].ttl_ns / 2);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
    before = sleeps();
    work_part(&task_table[0], 1, 2);
    assert_int_equal(sleeps(), before);
}

static void a_checksum_depends_on_its_task_alone(void **state)
{
    uint32_t of_a = checksum(&task_table[0]);

    (void)state;
    task_table[0].ttl_ns++;
    assert_int_equal(checksum(&task_table[0]), of_a);
    assert_int_not_equal(checksum(&task_table[1]), of_a);
}

/* Both are CPU time, so whatever else the machine does is in neither. */
static void a_checksum_is_measured_by_computing_it(void **state)
{
    int64_t cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID), told_ns = checksum_ns();

    (void)state;
    cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_ns;
    assert_true(told_ns > cpu_ns / 2 && told_ns <= cpu_ns);
}

static void there_is_a_longest_ttl(void **state)
{
    const struct tasks none = {.count = 0};

    (void)state;
    task_table[0].ttl_ns = 3;
    task_table[1].ttl_ns = 5;
    task_table[2].ttl_ns = 4;
    assert_int_equal(longest_ttl_ns(&tasks), 5);
    assert_int_equal(longest_ttl_ns(&none), 0);
}

static void a_deadline_is_so_far_from_now(void **state)
{
    int64_t before_ns = wall_ns();
    struct timespec time = deadline_in(3 * NS_PER_S / 2);
    int64_t time_ns = time.tv_sec * NS_PER_S + time.tv_nsec;

    (void)state;
    assert_in_range(time.tv_nsec, 0, NS_PER_S - 1);
    assert_in_range(time_ns - 3 * NS_PER_S / 2, before_ns, wall_ns());
}

static void calibration_sets_amounts_in_proportion(void **state)
{
    uint64_t one;

    (void)state;
    task_table[0].ttl_ns = 10 * NS_PER_MS;
    task_table[1].ttl_ns = 0;
    task_table[2].ttl_ns = 30 * NS_PER_MS;
    work_calibrate(&tasks);
    assert_int_equal(atomic_load(&sharing->amounts_known), 1);
    one = atomic_load(&sharing->amounts[0]);
    assert_true(one > 100);
    assert_int_equal(atomic_load(&sharing->amounts[1]), 0);
    assert_in_range(atomic_load(&sharing->amounts[2]), 3 * one - 3, 3 * one + 3);
}

static void *compute_task(void *data)
{
    work(data);
    return NULL;
}

static void *compete_for_one_core(void *unused)
{
    pthread_t threads[2];

    assert_int_equal(cores_restrict(1), 0);
    assert_int_equal(cores_allowed(), 1);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, compute_task, &task_table[i]), 0);
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return unused;
}

/** How long a lane was ready while it computed, all its events being as they should. */
static int64_t ready_ns(uint32_t lane)
{
    struct trace_cursor cursor = trace_first(staging.trace, lane);
    struct event_view event;
    int64_t sum_ns = 0, begun_ns = 0, last_ns = 0;

    while (trace_next(&cursor, &event)) {
        assert_true(event.time_ns >= last_ns);
        last_ns = event.time_ns;
        if (event.kind == EVENT_TASK_BEGIN)
            begun_ns = event.time_ns;
        if (event.kind == EVENT_READY) {
            assert_true(begun_ns > 0 && event.value > 0);
            sum_ns += (int64_t)event.value;
        }
        if (event.kind == EVENT_TASK_END)
            assert_true(sum_ns + (int64_t)event.value <=
                        event.time_ns - begun_ns + NS_PER_MS);
    }
    return sum_ns;
}

/* Two times 100 ms of computing on one core: the scheduler has to let both on it. */
static void two_on_one_core_tell_when_they_were_ready(void **state)
{
    pthread_t thread;
    int64_t sum_ns;

    (void)state;
    staging.work = WORK_CPU;
    task_table[0].ttl_ns = task_table[1].ttl_ns = 100 * NS_PER_MS;
    assert_int_equal(pthread_create(&thread, NULL, compete_for_one_core, NULL), 0);
    pthread_join(thread, NULL);
    assert_int_equal(trace_lane_count(staging.trace), 3);
    sum_ns = ready_ns(1) + ready_ns(2);
    assert_true(sum_ns > 0);
    print_message("# 2 x 100 ms on one core: ready for %.1f ms\n",
                  (double)sum_ns / 1e6);
}

/* What must() does to a stage -------------------------------------------------- */

static void *insist(void *call)
{
    must(UV_EAGAIN, call);
    return NULL;
}

static void refused_in_a_call(void)
{
    must(0, "this works");
    must(5, "so does this");
    must_posix(0, "and this");
    must(UV_EAGAIN, "uv_thread_create");
}

static void refused_by_posix(void)
{
    errno = EMFILE;
    must_posix(
        -1, "a call with a name that is much longer than the sixty-three bytes kept");
}

static void refused_by_pthreads(void)
{
    must_pthread(0, "this works");
    must_pthread(ESRCH, "pthread_detach");
}

/* Sanitizers end the process where memory is asked for that cannot be. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define REFUSES_MEMORY
static void refused_memory(void)
{
    free(must_alloc(10, 10));
    free(must_alloc(SIZE_MAX / 4, 8));
}
#endif

static void refused_in_many_threads(void)
{
    static char calls[8][16];
    pthread_t threads[8];

    for (size_t i = 0; i < 8; i++) {
        snprintf(calls[i], sizeof calls[i], "call %zu", i);
        if (pthread_create(&threads[i], NULL, insist, calls[i]) != 0)
            _exit(77);
    }
    for (;;)
        pause();
}

static void refused_in_a_child(void)
{
    if (fork() == 0)
        must(UV_ENOMEM, "child");
    for (;;)
        pause(); /* it never hears of that: it must be ended */
}

static void begin_three_parts(void)
{
    staging.work = WORK_WAIT;
    task_table[0].ttl_ns = task_table[1].ttl_ns = 0;
    work_part(&task_table[0], 0, 3);
    work_part(&task_table[0], 1, 3);
}

static void part_left_out(void)
{
    staging.work = WORK_WAIT;
    task_table[0].ttl_ns = 0;
    work_part(&task_table[0], 0, 3);
    work_part(&task_table[0], 2, 3);
}

static void part_done_twice(void)
{
    begin_three_parts();
    work_part(&task_table[0], 1, 3);
}

static void part_too_many(void)
{
    begin_three_parts();
    work_part(&task_table[0], 2, 3);
    work_part(&task_table[0], 3, 3);
}

static void part_after_another_task(void)
{
    begin_three_parts();
    work(&task_table[1]);
    work_part(&task_table[0], 2, 3);
}

static void *do_last_part(void *task)
{
    work_part(task, 2, 3);
    return NULL;
}

static void part_by_another_thread(void)
{
    pthread_t thread;

    begin_three_parts();
    if (pthread_create(&thread, NULL, do_last_part, &task_table[0]) == 0)
        pthread_join(thread, NULL);
}

static void refused_in_parent_and_child(void)
{
    if (fork() < 0)
        return;
    must(UV_ENOMEM, "one of them");
}

/** Run `stage` as the stage is run: a process of its own.  @return its status. */
static int status_of(void (*stage)(void))
{
    int status = -1;
    pid_t pid;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        work_begin(&staging);
        lesson_begin(&staging);
        stage();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    /* A child of it may still have its say, on the page that the next test uses. */
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    return status;
}

static void assert_refused(void (*stage)(void), int error, const char *call)
{
    begin_staging(NULL);
    assert_int_not_equal(status_of(stage), 0);
    assert_int_equal(atomic_load(&sharing->shared.refused), error);
    assert_string_equal(sharing->shared.call, call);
}

static void what_was_refused_is_told(void **state)
{
    (void)state;
    assert_refused(refused_in_a_call, UV_EAGAIN, "uv_thread_create");
    assert_refused(refused_by_posix, UV_EMFILE,
                   "a call with a name that is much longer than the sixty-three byt");
    assert_refused(refused_by_pthreads, UV_ESRCH, "pthread_detach");
#ifdef REFUSES_MEMORY
    assert_refused(refused_memory, UV_ENOMEM, "calloc");
#endif
    assert_refused(refused_in_a_child, UV_ENOMEM, "child");
    assert_refused(refused_in_parent_and_child, UV_ENOMEM, "one of them");
}

static void parts_out_of_order_end_the_stage(void **state)
{
    void (*const stages[])(void) = {part_left_out, part_done_twice, part_too_many,
                                    part_after_another_task, part_by_another_thread};

    (void)state;
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        assert_refused(stages[i], UV_EINVAL, "work_part, parts out of order");
    begin_staging(NULL);
    assert_int_equal(status_of(begin_three_parts), 0); /* and may be left there */
}

#ifdef __SANITIZE_THREAD__ /* it takes a second to end a process with threads */
enum { ROUNDS = 2 };
#else
enum { ROUNDS = 50 };
#endif

static void of_many_refused_one_has_its_say(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        begin_staging(NULL);
        assert_int_equal(WEXITSTATUS(status_of(refused_in_many_threads)), EXIT_FAILURE);
        assert_int_equal(atomic_load(&sharing->shared.refused), UV_EAGAIN);
        assert_memory_equal(sharing->shared.call, "call ", 5);
        assert_in_range(sharing->shared.call[5], '0', '7');
        assert_int_equal(sharing->shared.call[6], '\0');
    }
}

static void memory_is_zeroed(void **state)
{
    char *memory = must_alloc(1000, 3);
    void *none = must_alloc(0, 8);

    (void)state;
    assert_non_null(none);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(memory[i], 0);
    free(memory);
    free(none);
}

static void random_numbers_begin_elsewhere(void **state)
{
    static struct options options;
    struct staging seeded = {.tasks = &tasks, .options = &options};
    unsigned first[2];

    (void)state;
    lesson_begin(&seeded);
    for (options.seed = 1; options.seed <= 2; options.seed++) {
        struct task luke = {.number = 0}, leia = {.number = 1};

        first[options.seed - 1] = random_seed(&luke);
        assert_int_equal(random_seed(&luke), first[options.seed - 1]);
        assert_int_not_equal(random_seed(&leia), first[options.seed - 1]);
    }
    assert_int_not_equal(first[0], first[1]);
    lesson_begin(&staging);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_wait_never_ends_early, begin_staging),
        cmocka_unit_test_setup(signals_do_not_shorten_a_wait, begin_staging),
        cmocka_unit_test_setup(no_ttl_is_no_work, begin_staging),
        cmocka_unit_test_setup(computing_is_measured_then_repeated, begin_staging),
        cmocka_unit_test_setup(the_shortest_computing_tells_of_a_lost_core,
                               begin_staging),
        cmocka_unit_test_setup(parts_are_the_whole, begin_staging),
        cmocka_unit_test_setup(a_wait_goes_on_between_parts, begin_staging),
        cmocka_unit_test_setup(a_checksum_depends_on_its_task_alone, begin_staging),
        cmocka_unit_test_setup(a_checksum_is_measured_by_computing_it, begin_staging),
        cmocka_unit_test_setup(there_is_a_longest_ttl, begin_staging),
        cmocka_unit_test_setup(a_deadline_is_so_far_from_now, begin_staging),
        cmocka_unit_test_setup(calibration_sets_amounts_in_proportion, begin_staging),
        cmocka_unit_test_setup(what_was_refused_is_told, begin_staging),
        cmocka_unit_test_setup(parts_out_of_order_end_the_stage, begin_staging),
        cmocka_unit_test_setup(of_many_refused_one_has_its_say, begin_staging),
        cmocka_unit_test_setup(memory_is_zeroed, begin_staging),
        cmocka_unit_test_setup(random_numbers_begin_elsewhere, begin_staging),
        /* Last: ThreadSanitizer allows no threads in children once there were some. */
        cmocka_unit_test_setup(two_on_one_core_tell_when_they_were_ready,
                               begin_staging),
    };

    return cmocka_run_group_tests(tests, open_staging, close_staging);
}
