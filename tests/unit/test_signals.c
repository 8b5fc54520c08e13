// SPDX-License-Identifier: MIT
// How conc leaves on a signal where no loop watches: in a child, with a pipe for its
// standard output.

#include "signals.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void fill(int fd)
{
    char text[4096];

    memset(text, 'x', sizeof text);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, text, sizeof text) > 0)
        continue;
    fcntl(fd, F_SETFL, 0);
}

/** A child that leaves by that signal.  @return its status; what it said is in `said`.
 */
static int leave_by(int number, const char *words, bool is_full, char *said,
                    size_t size)
{
    int ends[2], status = 0;
    ssize_t got = 0, more;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        if (is_full)
            fill(STDOUT_FILENO);
        leave_on_signals();
        leave_saying(words);
        raise(number);
        _exit(1);
    }
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    memset(said, 0, size);
    while ((more = read(ends[0], said, size - 1)) > 0)
        got = more;
    said[got] = '\0';
    close(ends[0]);
    return status;
}

static void last_words_are_said(void **state)
{
    char said[8192];
    int status = leave_by(SIGINT, "bye", false, said, sizeof said);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGINT);
    assert_string_equal(said, "bye");
}

static void without_any_it_leaves_in_silence(void **state)
{
    char said[8192];
    int status = leave_by(SIGTERM, NULL, false, said, sizeof said);

    (void)state;
    assert_int_equal(WEXITSTATUS(status), 128 + SIGTERM);
    assert_string_equal(said, "");
}

static void nobody_waits_for_who_does_not_read(void **state)
{
    char said[8192];
    int status = leave_by(SIGHUP, "bye", true, said, sizeof said);

    (void)state;
    assert_int_equal(WEXITSTATUS(status), 128 + SIGHUP);
    assert_int_equal(said[0], 'x');
    assert_null(strstr(said, "bye"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_words_are_said),
        cmocka_unit_test(without_any_it_leaves_in_silence),
        cmocka_unit_test(nobody_waits_for_who_does_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
