// SPDX-License-Identifier: MIT
// Ending processes, so that none is left but those that were there before.

#include "stage/process.h"

#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct spared nobody;

/** Its write end is held by this process and all its descendants. */
static int held[2];

static int hold(void **state)
{
    (void)state;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return pipe(held);
}

static int let_go(void **state)
{
    (void)state;
    process_end_all(0, &nobody); /* nothing, unless the test has failed */
    close(held[0]);
    return 0;
}

/** Whoever has the write end has to be gone within a second; this process lets go now.
 */
static bool all_are_gone(void)
{
    struct pollfd end = {.fd = held[0], .events = POLLIN};

    close(held[1]);
    return poll(&end, 1, 1000) == 1 && (end.revents & POLLHUP) != 0;
}

static _Noreturn void live_for_ever(void)
{
    for (;;)
        pause();
}

static pid_t start(void (*child)(void))
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        child();
        live_for_ever();
    }
    return pid;
}

static void ignore_signals(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_IGN);
}

static void stop(void)
{
    raise(SIGSTOP);
}

static void orphan(void)
{
    if (fork() == 0 && setsid() > 0 && fork() == 0)
        stop();
}

static void die(void)
{
    _exit(1);
}

/** As hard to catch as processes get: each lives just long enough to start the next. */
static void run_away(void)
{
    for (;;) {
        setsid();
        if (fork() != 0)
            _exit(0);
    }
}

static void (*const children[])(void) = {ignore_signals, stop, orphan, die,
                                         live_for_ever};
enum { CHILDREN = sizeof children / sizeof *children };

static void children_are_listed(void **state)
{
    pid_t pids[CHILDREN];
    struct spared list;

    (void)state;
    process_children(&list);
    assert_int_equal(list.count, 0);
    for (size_t i = 0; i < CHILDREN; i++)
        pids[i] = start(children[i]);
    process_children(&list);
    assert_true(list.count >= CHILDREN);
    for (size_t i = 0; i < CHILDREN; i++) {
        bool found = false;

        for (size_t j = 0; j < list.count; j++)
            found = found || list.pids[j] == pids[i];
        assert_true(found);
    }
    process_forget(&list);
    process_end_all(0, &nobody);
    process_children(&list);
    assert_int_equal(list.count, 0);
    assert_true(all_are_gone());
}

static void all_kinds_are_ended(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++)
        for (size_t i = 0; i < CHILDREN; i++)
            start(children[i]);
    process_end_all(0, &nobody);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_true(all_are_gone());
}

static void runaways_are_caught(void **state)
{
    (void)state;
    start(run_away);
    start(run_away);
    process_end_all(0, &nobody);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_true(all_are_gone());
}

static void the_spared_live_on(void **state)
{
    pid_t before[2] = {start(stop), start(live_for_ever)}, after;
    struct spared spared, left;

    (void)state;
    process_children(&spared);
    assert_int_equal(spared.count, 2);
    after = start(orphan);
    process_end_all(after, &spared);
    process_children(&left);
    assert_int_equal(left.count, 2);
    assert_int_equal(waitpid(after, NULL, WNOHANG), -1);
    for (int i = 0; i < 2; i++)
        assert_int_equal(waitpid(before[i], NULL, WNOHANG), 0);
    process_forget(&spared);
    process_forget(&left);
    process_end_all(0, &nobody);
    assert_true(all_are_gone());
}

static void lead_a_group(void)
{
    setpgid(0, 0);
    if (fork() == 0)
        live_for_ever();
    _exit(0);
}

/* Once nobody of it is a child to be reaped, its number may be anybody's. */
static void a_group_is_signalled_while_it_is_ours(void **state)
{
    siginfo_t info;
    pid_t leader;

    (void)state;
    assert_false(process_signal_group(0, 0));
    assert_false(process_signal_group(getpgrp(), 0)); /* no child is in it */
    leader = start(lead_a_group);
    assert_int_equal(waitid(P_PID, (id_t)leader, &info, WEXITED | WNOWAIT), 0);
    assert_true(process_signal_group(leader, 0)); /* dead, not reaped */
    assert_int_equal(waitpid(leader, NULL, 0), leader);
    assert_true(process_signal_group(leader, 0)); /* reaped, but its child is ours */
    process_end_all(leader, &nobody);
    assert_false(process_signal_group(leader, 0));
    assert_true(all_are_gone());
}

static void more_children_than_a_page_has_room_for(void **state)
{
    enum { MANY = 700 };
    struct spared spared, list;

    (void)state;
    for (int i = 0; i < MANY; i++)
        start(live_for_ever);
    process_children(&spared);
    assert_int_equal(spared.count, MANY);
    start(live_for_ever);
    process_end_all(0, &spared);
    process_children(&list);
    assert_int_equal(list.count, MANY);
    process_forget(&spared);
    process_forget(&list);
    process_end_all(0, &nobody);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_true(all_are_gone());
}

static void burn(void)
{
    for (volatile unsigned i = 0;; i++)
        continue;
}

/** One that is asleep, at last; one that never is; one that is stopped; and none. */
static void who_is_asleep_is_told(void **state)
{
    pid_t asleep = start(live_for_ever), awake = start(burn), gone = start(burn);
    siginfo_t info;

    (void)state;
    while (!process_is_asleep(asleep))
        sched_yield();
    assert_int_equal(process_state(asleep), 'S');
    assert_in_range(process_threads(asleep), 1, 2); /* TSan has one of its own */
    for (int i = 0; i < 100; i++)
        assert_false(process_is_asleep(awake));
    kill(asleep, SIGSTOP);
    assert_int_equal(waitpid(asleep, NULL, WUNTRACED), asleep);
    assert_int_equal(process_state(asleep), 'T');
    assert_false(process_is_asleep(asleep));
    kill(gone, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)gone, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(process_state(gone), 'Z');
    assert_int_equal(waitpid(gone, NULL, 0), gone);
    assert_false(process_is_asleep(gone));
    assert_int_equal(process_threads(gone), 0);
    assert_int_equal(process_state(gone), '\0');
    process_end_all(0, &nobody);
    assert_true(all_are_gone());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(children_are_listed, hold, let_go),
        cmocka_unit_test_setup_teardown(all_kinds_are_ended, hold, let_go),
        cmocka_unit_test_setup_teardown(runaways_are_caught, hold, let_go),
        cmocka_unit_test_setup_teardown(the_spared_live_on, hold, let_go),
        cmocka_unit_test_setup_teardown(a_group_is_signalled_while_it_is_ours, hold,
                                        let_go),
        cmocka_unit_test_setup_teardown(more_children_than_a_page_has_room_for, hold,
                                        let_go),
        cmocka_unit_test_setup_teardown(who_is_asleep_is_told, hold, let_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
