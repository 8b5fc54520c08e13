// SPDX-License-Identifier: MIT
// The cores that there are, and how much of them a cgroup lets a process have.

#include "stage/cores.h"
#include "view/title.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/** In place of "/". */
static char root[] = "/tmp/test_cores-XXXXXX";

static int make_root(void **state)
{
    (void)state;
    strcpy(root + sizeof root - 7, "XXXXXX");
    return mkdtemp(root) != NULL ? 0 : -1;
}

static int remove_root(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

/** With all the folders above it. */
static void put(const char *path, const char *text)
{
    char whole[512];
    FILE *file;

    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *at = whole + strlen(root) + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        assert_true(mkdir(whole, 0700) == 0 || errno == EEXIST);
        *at = '/';
    }
    file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_quota(int thousandths)
{
    assert_int_equal((int)(cores_quota(root) * 1000 + 0.5), thousandths);
}

static void without_cgroups_there_is_no_quota(void **state)
{
    (void)state;
    assert_quota(0);
    put("proc/self/cgroup", "");
    assert_quota(0);
    put("proc/self/cgroup", "nonsense\n1:\n0::no/path\n:::\n\n0::/../../a\n");
    assert_quota(0);
}

static void the_second_version_is_read(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/user.slice/one\n");
    put("sys/fs/cgroup/user.slice/one/cpu.max", "max 100000\n");
    assert_quota(0);
    put("sys/fs/cgroup/user.slice/one/cpu.max", "150000 100000\n");
    assert_quota(1500);
    put("sys/fs/cgroup/user.slice/one/cpu.max", "5000 20000\n");
    assert_quota(250);
}

static void the_least_of_those_above_counts(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/a/b/c\n");
    put("sys/fs/cgroup/a/b/c/cpu.max", "300000 100000\n");
    put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/a/cpu.max", "120000 100000\n");
    assert_quota(1200);
    put("sys/fs/cgroup/a/b/cpu.max", "40000 100000\n");
    assert_quota(400);
}

/* The path is the one outside of the container, where only its own top is to be seen.
 */
static void in_a_container_the_top_counts(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/docker/0123456789abcdef\n");
    put("sys/fs/cgroup/cpu.max", "50000 100000\n");
    assert_quota(500);
}

static void the_first_version_is_read(void **state)
{
    (void)state;
    put("proc/self/cgroup", "5:memory:/m\n4:cpu,cpuacct:/a/b\n3:cpuset:/c\n0::/\n");
    put("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
    assert_quota(0);
    put("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "250000\n");
    assert_quota(0); /* of what period? */
    put("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    assert_quota(2500);
    put("sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "30000\n");
    put("sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "50000\n");
    assert_quota(600);
    /* of no controller that counts */
    put("sys/fs/cgroup/cpuset/c/cpu.cfs_quota_us", "1000\n");
    put("sys/fs/cgroup/cpuset/c/cpu.cfs_period_us", "100000\n");
    assert_quota(600);
}

static void nonsense_is_no_quota(void **state)
{
    static const char *const texts[] = {
        "",      "max",  "0 100000", "-5 100000",  "100000",    "100000 0",
        "max 0", "1 -1", "x y",      "100000 max", "\x80\xff\n"};

    (void)state;
    put("proc/self/cgroup", "0::/\n");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put("sys/fs/cgroup/cpu.max", texts[i]);
        assert_quota(0);
    }
}

static void a_path_of_any_length(void **state)
{
    char *line = calloc(1, 20002);

    (void)state;
    strcpy(line, "0::");
    for (int i = 3; i < 20000; i += 2)
        strcpy(line + i, "/a");
    put("proc/self/cgroup", line);
    assert_quota(0);
    free(line);
}

/** How many cores a child counts that may use only the first `count`. */
static unsigned counted_with(unsigned count)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(cores_restrict(count) == 0 ? (int)cores_allowed() : 255);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return (unsigned)WEXITSTATUS(status);
}

static void cores_can_be_fewer_not_more(void **state)
{
    unsigned cores = cores_allowed();

    (void)state;
    assert_in_range(cores, 1, 8192);
    assert_int_equal(counted_with(1), 1);
    assert_int_equal(counted_with(cores), cores);
    assert_int_equal(counted_with(100000), cores);
}

static void assert_said(unsigned used, unsigned cores, double quota, const char *words)
{
    const struct options options = {.cores = used};
    const struct report report = {.options = &options,
                                  .machine = {.cores = cores, .cpu_quota = quota}};
    char *said = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&said, &bytes);

    assert_non_null(out);
    put_cores(&report, out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(said, words);
    free(said);
}

static void a_quota_is_told_where_it_limits(void **state)
{
    (void)state;
    assert_said(2, 2, 0, "2 of 2 cores");
    assert_said(1, 1, 0, "1 of 1 core");
    assert_said(2, 2, 1.5, "2 of 2 cores, limited to 1.5 by a cgroup");
    assert_said(1, 1, 0.25, "1 of 1 core, limited to 0.25 by a cgroup");
    assert_said(1, 2, 1.5, "1 of 2 cores");
    assert_said(1, 1, 1, "1 of 1 core");
    assert_said(2, 2, 2.5, "2 of 2 cores");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_cgroups_there_is_no_quota, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(the_second_version_is_read, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(the_least_of_those_above_counts, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(in_a_container_the_top_counts, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(the_first_version_is_read, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(nonsense_is_no_quota, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_path_of_any_length, make_root, remove_root),
        cmocka_unit_test(cores_can_be_fewer_not_more),
        cmocka_unit_test(a_quota_is_told_where_it_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
