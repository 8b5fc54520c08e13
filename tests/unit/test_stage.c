// SPDX-License-Identifier: MIT
// The stage, with variants that do what no demo should: the watcher learns how each
// went, and nothing of it stays behind.  CONC_SOAK=1 kills many more of them.

#include "stage/stage.h"

#include "card.h"
#include "stage/clock.h"
#include "stage/lesson.h"
#include "stage/process.h"
#include "stage/trace.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cmocka.h>

/** Far more than any variant here takes that ends by itself. */
#define LONG_NS (20 * NS_PER_S)

static struct task task_table[1] = {{.name = "one", .ttl_ns = 1000000}};
static const struct options options = {
    .tasks = {1, task_table}, .work = WORK_WAIT, .cores = 1};

static struct stage *stage;

/** Its write end is held by this process and, once they hold_on(), by its descendants.
 */
static int held[2];

/* Before and after each test ------------------------------------------------------- */

static int open_with(const struct stage_hooks *hooks)
{
    const char *what = "";

    /* In the buffer still, unless a terminal is watching: no stage is to write that. */
    printf("# a stage\n");
    return pipe(held) != 0 || stage_open(&stage, &options, hooks, &what) != 0 ? -1 : 0;
}

static int open_with_card(const struct card *card)
{
    static struct options with_card = {
        .tasks = {1, task_table}, .work = WORK_WAIT, .cores = 1};
    const char *what = "";

    with_card.card = card;
    return pipe(held) != 0 || stage_open(&stage, &with_card, NULL, &what) != 0 ? -1 : 0;
}

static int open_stage_with_file(void **state)
{
    static const struct card card = {.uses_file = true};

    (void)state;
    return open_with_card(&card);
}

static int open_stage(void **state)
{
    (void)state;
    return open_with(NULL);
}

static int open_stage_with_folder(void **state)
{
    static const struct card card = {.uses_folder = true};

    (void)state;
    return open_with_card(&card);
}

/** Nothing is left: no child of this process, and nobody who has the pipe's other end.
 */
static int close_stage(void **state)
{
    struct pollfd end = {.fd = held[0], .events = POLLIN};
    struct spared children;
    bool gone;

    (void)state;
    stage_close(stage);
    stage = NULL;
    process_children(&children);
    close(held[1]);
    gone = poll(&end, 1, 1000) == 1 && (end.revents & POLLHUP) != 0;
    close(held[0]);
    if (children.count > 0 || !gone)
        print_error("%zu children, %s\n", children.count,
                    gone ? "no others" : "others");
    return children.count == 0 && gone ? 0 : -1;
}

/** Its first child; 0: it has none. */
static pid_t child_of(pid_t pid)
{
    char path[64], text[32] = "";
    int fd;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (read(fd, text, sizeof text - 1) < 0)
            text[0] = '\0';
        close(fd);
    }
    return (pid_t)strtol(text, NULL, 10);
}

static struct stage_end run(void (*variant_run)(const struct tasks *), int64_t limit_ns)
{
    const struct variant variant = {.name = "variant", .run = variant_run};
    struct stage_end end;

    assert_int_equal(stage_run(stage, &variant, limit_ns, &end), 0);
    assert_true(end.start_ns <= end.end_ns);
    assert_true(end.end_ns <= wall_ns());
    return end;
}

static void assert_ends(void (*variant_run)(const struct tasks *), enum ending ending,
                        int number)
{
    struct stage_end end = run(variant_run, LONG_NS);

    assert_int_equal(end.ending, ending);
    assert_int_equal(end.number, number);
    assert_true(end.start_ns > 0);
    assert_true(end.cpu_ns >= 0 || ending == ENDING_KEEPER); /* it knew that alone */
    assert_null(end.printed);
}

/* Variants
 * ----------------------------------------------------------------------------- */

static void returns(const struct tasks *tasks)
{
    work(&tasks->at[0]);
}

static void segfaults(const struct tasks *tasks)
{
    volatile char *page =
        mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)tasks;
    *page = 1;
}

static void aborts(const struct tasks *tasks)
{
    (void)tasks;
    abort();
}

static void kills_itself(const struct tasks *tasks)
{
    (void)tasks;
    kill(getpid(), SIGKILL);
}

static void exits_with_3(const struct tasks *tasks)
{
    (void)tasks;
    exit(3);
}

static void exits_with_0(const struct tasks *tasks)
{
    (void)tasks;
    _exit(0);
}

/** A stage inherits no descriptors, so it gets that one from its keeper. */
static void hold_on(void)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getppid(), held[1]);
    if (open(path, O_WRONLY) < 0 && getppid() != 1)
        return; /* it is killed already */
}

static void loops(const struct tasks *tasks)
{
    hold_on();
    for (const struct tasks *volatile same = tasks; same == tasks;)
        continue;
}

static void sleeps(const struct tasks *tasks)
{
    (void)tasks;
    hold_on();
    for (;;)
        pause();
}

static void stops(const struct tasks *tasks)
{
    raise(SIGSTOP);
    sleeps(tasks);
}

static void prints(const struct tasks *tasks)
{
    (void)tasks;
    printf("to stdout\n");
    fflush(stdout);
    fprintf(stderr, "to stderr\n");
    printf("at the end");
}

enum { MUCH = 200 * 1000 };

static void prints_much(const struct tasks *tasks)
{
    (void)tasks;
    for (int i = 0; i < MUCH; i++)
        putchar('a' + i % 26);
}

static void prints_for_ever(const struct tasks *tasks)
{
    (void)tasks;
    hold_on();
    fork();
    fork(); /* four of them: more than one reader can take */
    for (;;)
        puts("and on, and on, and on, and on, and on, and on, and on, and on, and on");
}

enum { AT_ONCE = 900 * 1000 };

/** More than its watcher takes in one go, in a pipe that has room for it. */
static void prints_at_once(const struct tasks *tasks)
{
    (void)tasks;
    must_posix(fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 1 << 20), "fcntl");
    for (int i = 0; i < AT_ONCE; i++)
        putchar('a' + i % 26);
}

static void writes_to_wild_descriptors(const struct tasks *tasks)
{
    int written = 0;

    (void)tasks;
    for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
        written += fd != stage_file() && write(fd, "wild", 4) >= 0;
    exit(written == 0 ? 7 : 8);
}

static void reads(const struct tasks *tasks)
{
    (void)tasks;
    exit(getchar() == EOF ? 5 : 6);
}

/** In a session of its own, stopped, an orphan, deaf to signals: all that can be. */
static void starts_family(const struct tasks *tasks)
{
    hold_on();
    for (int i = 0; i < 3; i++) {
        if (fork() != 0)
            continue;
        if (i > 0)
            setsid();
        if (i > 1 && fork() != 0)
            _exit(0);
        for (int number = 1; number < NSIG; number++)
            signal(number, SIG_IGN);
        if (fork() == 0)
            stops(tasks);
        sleeps(tasks);
    }
}

static void loops_with_family(const struct tasks *tasks)
{
    starts_family(tasks);
    loops(tasks);
}

/** Each lives just long enough to start the next. */
static void runs_away(const struct tasks *tasks)
{
    (void)tasks;
    hold_on();
    if (fork() != 0)
        return;
    for (;;) {
        setsid();
        if (fork() != 0)
            _exit(0);
    }
}

static void leaves_its_group(const struct tasks *tasks)
{
    if (setpgid(0, getpgid(getppid())) == 0)
        sleeps(tasks);
}

static void closes_all_files(const struct tasks *tasks)
{
    (void)tasks;
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
}

static void kills_its_keeper(const struct tasks *tasks)
{
    kill(getppid(), SIGKILL);
    sleeps(tasks);
}

static void stops_its_keeper(const struct tasks *tasks)
{
    kill(getppid(), SIGSTOP);
    loops_with_family(tasks);
}

static void kills_its_keeper_with_family(const struct tasks *tasks)
{
    starts_family(tasks);
    kill(getppid(), SIGKILL);
    sleeps(tasks);
}

/** Write over all memory that it shares with its watcher. */
static void scribbles(const struct tasks *tasks)
{
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "re");
    uint64_t seed = 88172645463325252u;

    (void)tasks;
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        char *rest;
        unsigned long start = strtoul(line, &rest, 16), end;

        if (*rest != '-')
            continue;
        end = strtoul(rest + 1, &rest, 16);
        if (strncmp(rest, " rw-s ", 6) != 0)
            continue;
        if (end - start > (8UL << 20)) /* of the trace: all records, some events */
            end = start + (8UL << 20);
        for (; start < end; start += 8) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            memcpy((void *)start, &seed, 8);
        }
    }
}

static void scribbles_then_crashes(const struct tasks *tasks)
{
    scribbles(tasks);
    abort();
}

static void is_refused(const struct tasks *tasks)
{
    (void)tasks;
    must(UV_EMFILE, "uv_pipe");
}

static void pauses(void *unused)
{
    (void)unused;
    for (;;)
        pause();
}

/** The first cancellation loads a library, for which it needs a descriptor. */
static void may_not_cancel(const struct tasks *tasks)
{
    struct rlimit none = {0, 0};
    uv_thread_t thread;

    (void)tasks;
    must(uv_thread_create(&thread, pauses, NULL), "uv_thread_create");
    setrlimit(RLIMIT_NOFILE, &none);
    traced_pthread_cancel(NULL, thread);
    uv_thread_join(&thread);
}

static void is_refused_in_a_child(const struct tasks *tasks)
{
    if (fork() == 0)
        must(UV_EAGAIN, "uv_thread_create");
    sleeps(tasks);
}

/* Tests
 * ------------------------------------------------------------------------------------
 */

static void a_variant_returns(void **state)
{
    struct stage_end end = run(returns, LONG_NS);
    struct trace_cursor cursor = trace_first(stage_trace(stage), 0);
    static const enum event_kind kinds[] = {EVENT_START, EVENT_TASK_BEGIN,
                                            EVENT_TASK_END, EVENT_END};
    struct event_view event;

    (void)state;
    assert_int_equal(end.ending, ENDING_RETURN);
    assert_true(end.end_ns - end.start_ns >= task_table[0].ttl_ns);
    assert_in_range(end.cpu_ns, 1, NS_PER_S);
    assert_false(end.disturbed);
    assert_null(end.printed);
    assert_int_equal(stage_interrupted(stage), 0);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_true(trace_next(&cursor, &event));
        assert_int_equal(event.kind, kinds[i]);
        assert_in_range(event.time_ns, end.start_ns, end.end_ns);
    }
    assert_false(trace_next(&cursor, &event));
}

static void endings_are_told_apart(void **state)
{
    (void)state;
    assert_ends(segfaults, ENDING_SIGNAL, SIGSEGV);
    assert_ends(aborts, ENDING_SIGNAL, SIGABRT);
    assert_ends(kills_itself, ENDING_SIGNAL, SIGKILL);
    assert_ends(exits_with_3, ENDING_EXIT, 3);
    assert_ends(exits_with_0, ENDING_EXIT, 0);
    assert_ends(reads, ENDING_EXIT, 5);
    assert_ends(closes_all_files, ENDING_RETURN, 0);
    assert_ends(returns, ENDING_RETURN, 0);
}

static void what_is_printed_is_kept(void **state)
{
    static const char all[] = "to stdout\nto stderr\nat the end";
    struct stage_end end;

    (void)state;
    end = run(prints, LONG_NS);
    assert_int_equal(end.ending, ENDING_RETURN);
    assert_int_equal(end.printed_bytes, sizeof all - 1);
    assert_memory_equal(end.printed, all, sizeof all - 1);
    assert_int_equal(end.printed_lost, 0);
    free(end.printed);

    end = run(prints_much, LONG_NS);
    assert_int_equal(end.ending, ENDING_RETURN);
    assert_int_equal(end.printed_bytes, 64 * 1024);
    assert_int_equal(end.printed_bytes + end.printed_lost, MUCH);
    for (size_t i = 0; i < end.printed_bytes; i++)
        assert_int_equal(end.printed[i], 'a' + (int)i % 26);
    free(end.printed);
}

static void the_limit_ends_what_does_not_end(void **state)
{
    static void (*const endless[])(const struct tasks *) = {
        loops, sleeps, stops, prints_for_ever, loops_with_family, leaves_its_group};

    (void)state;
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
        struct stage_end end = run(endless[i], 100 * NS_PER_MS);

        assert_int_equal(end.ending, ENDING_LIMIT);
        assert_int_equal(end.disturbed, endless[i] == stops);
        assert_in_range(end.end_ns - end.start_ns, 1, LONG_NS);
        free(end.printed);
    }
    assert_ends(returns, ENDING_RETURN, 0); /* the keeper is there still */
}

/** Prints its folder's name, and leaves two files there, unless there are some. */
static void makes_files(const struct tasks *tasks)
{
    static const char *const names[] = {"one", "two"};
    char path[4200];

    (void)tasks;
    printf("%s", stage_folder());
    for (int i = 0; i < 2; i++) {
        int fd;

        snprintf(path, sizeof path, "%s/%s", stage_folder(), names[i]);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        must_posix(fd, "open");
        close(fd);
    }
}

static void makes_files_and_dies(const struct tasks *tasks)
{
    makes_files(tasks);
    fflush(stdout);
    raise(SIGKILL);
}

static void a_folder_is_empty_at_first_and_does_not_stay(void **state)
{
    struct stage_end end;
    char folder[4200];

    (void)state;
    for (int i = 0; i < 4; i++) {
        end = run(i % 2 == 0 ? makes_files : makes_files_and_dies, LONG_NS);
        assert_int_equal(end.ending, i % 2 == 0 ? ENDING_RETURN : ENDING_SIGNAL);
        assert_in_range(end.printed_bytes, 1, sizeof folder - 1);
        memcpy(folder, end.printed, end.printed_bytes);
        folder[end.printed_bytes] = '\0';
        stage_end_free(&end);
    }
    assert_int_equal(access(folder, F_OK), 0);
    stage_close(stage);
    stage = NULL;
    assert_int_equal(access(folder, F_OK), -1);
}

/** Whoever writes it, and wherever that was when the stage ended. */
static void writes_lines(const struct tasks *tasks)
{
    (void)tasks;
    for (int line = 0; line < 20000; line++)
        must_posix(dprintf(stage_file(), "a line\n"), "dprintf");
    must_posix(dprintf(stage_file(), "half a line"), "dprintf");
}

static void what_is_written_is_counted(void **state)
{
    struct stage_end end = run(writes_lines, LONG_NS);

    (void)state;
    assert_int_equal(end.file_lines, 20000);
    assert_in_range(end.file_bytes, 7, 7 * 20000 - 1);
    for (size_t at = 0; at + 7 <= end.file_bytes; at += 7)
        assert_memory_equal(end.file_text + at, "a line\n", 7);
    free(end.file_text);
    end = run(returns, LONG_NS); /* each run begins with nothing */
    assert_int_equal(end.file_lines, 0);
    assert_int_equal(end.file_bytes, 0);
    free(end.file_text);
}

static void writes_too_much(const struct tasks *tasks)
{
    (void)tasks;
    must_posix(dprintf(stage_file(), "a line\n"), "dprintf");
    must_posix(ftruncate(stage_file(), (off_t)65 << 20), "ftruncate");
}

static void what_is_too_much_is_not_counted(void **state)
{
    struct stage_end end = run(writes_too_much, LONG_NS);

    (void)state;
    assert_int_equal(end.ending, ENDING_RETURN);
    assert_int_equal(end.file_lines, -1);
    assert_memory_equal(end.file_text, "a line\n", 7);
    free(end.file_text);
}

static void the_file_is_all_that_a_stage_has_open(void **state)
{
    struct stage_end end = run(writes_to_wild_descriptors, LONG_NS);

    (void)state;
    assert_int_equal(end.ending, ENDING_EXIT);
    assert_int_equal(end.number, 7);
    free(end.file_text);
    end = run(writes_lines, LONG_NS);
    assert_int_equal(end.file_lines, 20000);
    free(end.file_text);
}

static void without_a_file_there_are_no_lines(void **state)
{
    struct stage_end end = run(returns, LONG_NS);

    (void)state;
    assert_int_equal(end.file_lines, -1);
    assert_null(end.file_text);
}

static void families_are_ended(void **state)
{
    pid_t keeper = child_of(getpid());

    (void)state;
    assert_ends(starts_family, ENDING_RETURN, 0);
    assert_int_equal(child_of(keeper), 0);
    assert_ends(runs_away, ENDING_RETURN, 0);
    assert_int_equal(child_of(keeper), 0);
    assert_int_equal(run(loops_with_family, 50 * NS_PER_MS).ending, ENDING_LIMIT);
    assert_int_equal(child_of(keeper), 0);
}

static void a_killed_keeper_is_told(void **state)
{
    (void)state;
    assert_ends(kills_its_keeper, ENDING_KEEPER, 0);
    assert_int_equal(run(returns, LONG_NS).ending, ENDING_KEEPER);
}

static void a_killed_keeper_takes_all_with_it(void **state)
{
    (void)state;
    assert_ends(kills_its_keeper_with_family, ENDING_KEEPER, 0);
}

static void a_stopped_keeper_is_ended_too(void **state)
{
    (void)state;
    kill(child_of(getpid()), SIGSTOP);
    assert_int_equal(close_stage(NULL), 0);
    assert_int_equal(open_stage(NULL), 0);
    assert_int_equal(run(stops_its_keeper, 50 * NS_PER_MS).ending, ENDING_LIMIT);
}

/** Read all that a wild stage has left. */
static void read_trace(void)
{
    const struct trace *trace = stage_trace(stage);
    uint32_t count = trace_lane_count(trace);

    for (uint32_t lane = 0; lane < count; lane++) {
        struct trace_cursor cursor = trace_first(trace, lane);
        struct event_view event;
        struct lane_view view;

        trace_read_lane(trace, lane, &view);
        while (trace_next(&cursor, &event))
            assert_in_range(event.kind, 0, EVENT_KINDS - 1);
    }
}

static void scribbling_hurts_nobody_else(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct stage_end end =
            run(i == 0 ? scribbles : scribbles_then_crashes, LONG_NS);

        /* What became of it cannot be told; that it did no harm, can. */
        assert_int_not_equal(end.ending, ENDING_RUNNING);
        assert_true(end.cpu_ns >= 0);
        assert_true(memchr(end.call, '\0', sizeof end.call) != NULL);
        read_trace();
        a_variant_returns(NULL);
    }
}

static void what_was_refused_is_told(void **state)
{
    struct stage_end end = run(is_refused, LONG_NS);

    (void)state;
    assert_int_equal(end.ending, ENDING_REFUSED);
    assert_int_equal(end.error, UV_EMFILE);
    assert_string_equal(end.call, "uv_pipe");
    end = run(is_refused_in_a_child, LONG_NS);
    assert_int_equal(end.ending, ENDING_REFUSED);
    assert_int_equal(end.error, UV_EAGAIN);
    assert_string_equal(end.call, "uv_thread_create");
    assert_ends(returns, ENDING_RETURN, 0);
}

static void a_cancellation_that_is_refused_is_told(void **state)
{
    struct stage_end end;

    (void)state;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    skip(); /* they have that library loaded */
#endif
    end = run(may_not_cancel, LONG_NS);
    assert_int_equal(end.ending, ENDING_REFUSED);
    assert_int_equal(end.error, UV_EAGAIN);
    assert_string_equal(end.call, "loading libgcc_s for pthread_cancel");
    stage_end_free(&end);
}

/** As when the one that had begun to leave word was killed in the midst of it. */
static void a_refusal_does_not_wait_for_ever(void **state)
{
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct staging staging = {.shared = shared};
    int status;
    pid_t pid;

    (void)state;
    assert_true(shared != MAP_FAILED);
    atomic_store(&shared->refusing, 1);
    pid = fork();
    if (pid == 0) {
        alarm(10);
        lesson_begin(&staging);
        must(UV_EAGAIN, "uv_thread_create");
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE);
    assert_int_equal(atomic_load(&shared->refused), UV_EAGAIN);
    assert_string_equal(shared->call, "uv_thread_create");
    munmap(shared, sizeof *shared);
}

static void amounts_are_measured_once(void **state)
{
    struct stage_end end;

    (void)state;
    assert_int_equal(stage_calibrate(stage, &end), 0);
    assert_int_equal(end.ending, ENDING_RETURN);
    assert_ends(returns, ENDING_RETURN, 0);
}

/* Signals and kills
 * ---------------------------------------------------------------------- */

/** A hook that does something to a run at a time. */
struct mischief {
    void (*act)(pid_t keeper);
    int64_t after_ns; /**< from the variant's first act on */
    int frames;
    bool done;
};

static int64_t on_frame(void *data)
{
    struct mischief *mischief = data;
    int64_t start_ns = stage_start_ns(stage);

    mischief->frames++;
    if (!mischief->done && start_ns > 0 && wall_ns() - start_ns >= mischief->after_ns) {
        mischief->done = true;
        mischief->act(child_of(getpid()));
    }
    return NS_PER_MS;
}

/** While this process looks elsewhere, the stage prints, and ends. */
static int64_t look_elsewhere(void *data)
{
    const struct timespec a_while = timespec_of(20 * NS_PER_MS);
    pid_t keeper = child_of(getpid());

    (void)data;
    do
        nanosleep(&a_while, NULL);
    while (child_of(keeper) != 0);
    return LONG_NS;
}

static void what_is_printed_last_is_of_that_run(void **state)
{
    const struct stage_hooks hooks = {.frame = look_elsewhere};
    struct stage_end end;

    (void)state;
    assert_int_equal(open_with(&hooks), 0);
    end = run(prints_at_once, LONG_NS);
    assert_int_equal(end.printed_bytes + end.printed_lost, AT_ONCE);
    free(end.printed);
    assert_ends(returns, ENDING_RETURN, 0);
    assert_int_equal(close_stage(NULL), 0);
}

static void interrupt(pid_t keeper)
{
    (void)keeper;
    kill(getpid(), SIGINT);
}

static void kill_keeper(pid_t keeper)
{
    kill(keeper, SIGKILL);
}

static void kill_stage(pid_t keeper)
{
    pid_t pid = child_of(keeper);

    if (pid > 0)
        kill(pid, SIGKILL);
}

static struct stage_end run_with(struct mischief *mischief,
                                 void (*variant_run)(const struct tasks *))
{
    const struct stage_hooks hooks = {.data = mischief, .frame = on_frame};
    struct stage_end end;

    assert_int_equal(open_with(&hooks), 0);
    end = run(variant_run, LONG_NS);
    return end;
}

static void a_signal_interrupts(void **state)
{
    struct mischief mischief = {.act = interrupt, .after_ns = 5 * NS_PER_MS};
    struct stage_end end = run_with(&mischief, loops_with_family);

    (void)state;
    assert_int_equal(end.ending, ENDING_INTERRUPT);
    assert_int_equal(end.number, SIGINT);
    assert_int_equal(stage_interrupted(stage), SIGINT);
    assert_true(mischief.frames > 1);
    assert_int_equal(close_stage(NULL), 0);
}

/* Instants are random, so that each run of the test tries others. */
static void kills_leave_nothing(void **state)
{
    static void (*const acts[])(pid_t) = {kill_keeper, kill_stage, interrupt};
    static const enum ending endings[] = {ENDING_KEEPER, ENDING_SIGNAL,
                                          ENDING_INTERRUPT};
    int rounds = getenv("CONC_SOAK") != NULL ? 300 : 5;
    uint64_t random = (uint64_t)wall_ns();

    (void)state;
    for (int i = 0; i < rounds * 3; i++) {
        struct mischief mischief = {.act = acts[i % 3]};

        random = random * 6364136223846793005u + 1442695040888963407u;
        mischief.after_ns = (int64_t)(random >> 33) % (3 * NS_PER_MS);
        assert_int_equal(run_with(&mischief, loops_with_family).ending, endings[i % 3]);
        assert_int_equal(close_stage(NULL), 0);
    }
}

static void kill_watcher(pid_t keeper)
{
    (void)keeper;
    kill(getpid(), SIGKILL);
}

/* A watcher that is killed can end nothing: its keeper sees that it is gone. */
static void a_killed_watcher_leaves_nothing(void **state)
{
    int rounds = getenv("CONC_SOAK") != NULL ? 300 : 5;
    const struct spared nobody = {.count = 0};

    (void)state;
    for (int i = 0; i < rounds; i++) {
        struct mischief mischief = {.act = kill_watcher,
                                    .after_ns = i * 10 * NS_PER_US};
        const struct stage_hooks hooks = {.data = &mischief, .frame = on_frame};
        struct pollfd end;
        int status = 0;
        pid_t watcher;

        fflush(stdout);
        assert_int_equal(pipe(held), 0);
        watcher = fork();
        if (watcher == 0) {
            const char *what;

            if (stage_open(&stage, &options, &hooks, &what) == 0)
                run(loops_with_family, LONG_NS);
            _exit(1);
        }
        close(held[1]);
        assert_int_equal(waitpid(watcher, &status, 0), watcher);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        end = (struct pollfd){.fd = held[0], .events = POLLIN};
        assert_int_equal(poll(&end, 1, 2000), 1);
        assert_true((end.revents & POLLHUP) != 0);
        close(held[0]);
        process_end_all(0, &nobody); /* what is dead already, to be reaped */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_variant_returns, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(endings_are_told_apart, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(what_is_printed_is_kept, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(the_limit_ends_what_does_not_end, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(a_folder_is_empty_at_first_and_does_not_stay,
                                        open_stage_with_folder, close_stage),
        cmocka_unit_test_setup_teardown(what_is_written_is_counted,
                                        open_stage_with_file, close_stage),
        cmocka_unit_test_setup_teardown(what_is_too_much_is_not_counted,
                                        open_stage_with_file, close_stage),
        cmocka_unit_test_setup_teardown(the_file_is_all_that_a_stage_has_open,
                                        open_stage_with_file, close_stage),
        cmocka_unit_test_setup_teardown(without_a_file_there_are_no_lines, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(families_are_ended, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(a_killed_keeper_is_told, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(a_killed_keeper_takes_all_with_it, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(a_stopped_keeper_is_ended_too, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(scribbling_hurts_nobody_else, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(what_was_refused_is_told, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(a_cancellation_that_is_refused_is_told,
                                        open_stage, close_stage),
        cmocka_unit_test_setup_teardown(amounts_are_measured_once, open_stage,
                                        close_stage),
        cmocka_unit_test(a_refusal_does_not_wait_for_ever),
        cmocka_unit_test(what_is_printed_last_is_of_that_run),
        cmocka_unit_test(a_signal_interrupts),
        cmocka_unit_test(kills_leave_nothing),
        cmocka_unit_test(a_killed_watcher_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
