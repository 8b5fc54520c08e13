# SPDX-License-Identifier: MIT
"""A system that gives less than is asked for: one clear line, status 1, nothing left."""

import os
import re
import resource
import shutil
import signal
import subprocess

import pytest
import runs

pytestmark = pytest.mark.plain

WITHIN_S = 2.0


def refused_or_done(result, conc):
    """Done, or one clear line and status 1: never a crash.  Whether it was done."""
    assert result.status in (0, 1), result
    assert result.seconds < WITHIN_S * conc.patience, result
    if result.status == 0:
        assert not result.err, result
        assert runs.check(result.json)["complete"]
        return True
    assert result.err.startswith("conc") and result.err.count("\n") == 1, result
    return False


# ---- descriptors


@pytest.mark.parametrize("args", [(), ("--plain",), ("-o", "run.json")], ids=str)
def test_few_descriptors(conc, args):
    done = []
    for limit in range(4, 33):
        result = conc("threads", "--ttl", "0.01", "0.02", *(args or ("--json",)),
                      limits={resource.RLIMIT_NOFILE: limit})
        if args:
            assert result.status in (0, 1), (limit, result)
            assert result.err.count("\n") == result.status, (limit, result)
        elif refused_or_done(result, conc):
            done.append(limit)
        assert not conc.left_behind()
    if not args:
        assert done and done == list(range(done[0], 33)), "enough is enough"
        assert done[0] <= 20, f"it needs {done[0]}"


def test_few_descriptors_in_a_terminal(conc):
    for limit in (5, 8, 12, 16, 20):
        argv = ["/bin/bash", "-c", f"ulimit -n {limit}; exec conc threads 0.1 0.2"]
        terminal = conc.terminal(argv=argv)
        assert terminal.finish() in (0, 1), terminal.text
        assert terminal.is_whole(), terminal.text


# ---- threads and processes


def run_as(conc, stranger, limit, *args):
    user, program = stranger
    return conc(argv=[program, "threads", *args], user=user,
                limits={resource.RLIMIT_NPROC: limit})


def test_fewer_threads_than_asked_for(conc, stranger):
    """conc, its keeper, the stage: then the threads, as many as are left."""
    for limit in range(1, 10):
        result = run_as(conc, stranger, limit, "--only", "threads", "--json", "0.05", "0.05",
                        "0.05", "0.05", "0.05")
        assert refused_or_done(result, conc) == (limit >= 8), (limit, result)
        if 3 <= limit < 8:
            assert f"{limit - 3} of 5 threads" in result.err, (limit, result)
        assert not conc.left_behind()


def test_fewer_threads_than_thousands(conc, stranger):
    result = run_as(conc, stranger, 100, "--tasks", "1000", "--ttl", "0.5", "--only",
                    "threads", "--json")
    assert not refused_or_done(result, conc)
    assert "97 of 1000 threads" in result.err or "97 of 1,000 threads" in result.err, result
    one = runs.check(result.json)["variants"][0]["runs"][0]
    assert one["ended_by"] == "refused"


@pytest.mark.parametrize("args", [("--tasks", "5", "--ttl", "0.05"),
                                  ("--", "sleep", "0.05") * 5], ids=["tasks", "programs"])
def test_fewer_programs_than_asked_for(conc, stranger, args):
    """A run without some of them is none to be compared with one of all."""
    user, program = stranger
    for limit in (3, 5, 8):
        result = conc(argv=[program, "spawn", "--only", "parallel", "--json", *args],
                      user=user, limits={resource.RLIMIT_NPROC: limit})
        assert refused_or_done(result, conc) == (limit == 8), (limit, result)
        if limit < 8:
            assert "posix_spawn: resource temporarily unavailable" in result.err, result
            assert not runs.check(result.json)["variants"][0]["ok"]
        assert not conc.left_behind()


@pytest.mark.parametrize("variant", ["pool", "processes", "uv"])
def test_fewer_workers_than_asked_for(conc, stranger, variant):
    """libuv aborts where it cannot start a thread of its pool: that is no crash of conc's."""
    user, program = stranger
    for limit in (3, 5, 10, 40):
        result = conc(argv=[program, "pool", "--only", variant, "--workers", "8", "--json",
                            "0.05", "0.05"], user=user, limits={resource.RLIMIT_NPROC: limit})
        assert refused_or_done(result, conc) == (limit == 40), (limit, result)
        if limit < 40:
            assert "resource temporarily unavailable" in result.err, result
            assert "signal" not in result.err, result
        assert not conc.left_behind()


@pytest.mark.parametrize("variant", ["pool", "processes"])
def test_workers_are_not_counted_as_a_thread_for_each_task(conc, stranger, variant):
    """Two were asked for, for five tasks: "1 of 5 threads" would not be true."""
    user, program = stranger
    result = conc(argv=[program, "all", "--only", variant, "--cores", "1", "--tasks", "5",
                        "--ttl", "0.01", "--json"], user=user, limits={resource.RLIMIT_NPROC: 3})
    assert not refused_or_done(result, conc), result
    assert "a worker's " in result.err and "of 5" not in result.err, result


def test_a_sweep_with_fewer_workers_than_asked_for(conc, stranger):
    """The points before are kept, and one line says which could not be had."""
    user, program = stranger
    for limit in (7, 12):
        result = conc(argv=[program, "pool", "--only", "pool", "--workers", "2", "--sweep",
                            "1..6", "--tasks", "6", "--ttl", "0.01", "--work", "wait", "--json"],
                      user=user, limits={resource.RLIMIT_NPROC: limit})
        # One more line: six threads at once submit tasks, where a round trip is measured.
        assert result.status == (limit < 9), result
        assert result.err.count("\n") == 2 * (limit < 9), result
        run = runs.check(result.json)
        numbers = [point["n"] for point in run["variants"][0]["sweep"]]
        assert numbers == ([1, 2, 3, 4] if limit < 9 else [1, 2, 3, 4, 5, 6])
        assert run["complete"] == (limit >= 9)
        if limit < 9:
            assert "with --workers 5: " in result.err, result
        assert not conc.left_behind()


def test_what_is_measured_besides_is_said_to_be_missing(conc, stranger):
    """Runs for which there is enough are kept; and so is what was measured of others."""
    user, program = stranger
    server = conc(argv=[program, "server", "--tasks", "1", "--ttl", "0.01", "--load", "0.1",
                        "--only", "thread-per-connection,loop", "--json"],
                  user=user, limits={resource.RLIMIT_NPROC: 6})
    assert server.status == 1 and server.err.count("\n") == 1, server
    assert "thread-per-connection: the load is not measured: given up after" in server.err
    run = runs.check(server.json)
    assert not run["complete"] and all(variant["ok"] for variant in run["variants"])
    assert ["load" in variant["outcome"] for variant in run["variants"]] == [False, True]

    cost = conc(argv=[program, "cost", "--only", "thread", "--json"], user=user,
                limits={resource.RLIMIT_NPROC: 8})
    assert cost.status == 1 and cost.err.count("\n") == 1, cost
    assert "thread: memory that one has while it waits is not measured" in cost.err
    assert not runs.check(cost.json)["complete"]


def test_sequential_needs_no_threads(conc, stranger):
    result = run_as(conc, stranger, 3, "0.05", "0.05", "--json")
    assert result.status == 1 and result.err.count("\n") == 1, result
    first, second = runs.check(result.json)["variants"]
    assert first["ok"] and not second["ok"]
    assert "0 of 2 threads" in second["error"]


@pytest.mark.parametrize("args, threads", [(("async", "--only", "offload"), 4),
                                           (("pool", "--only", "uv", "--workers", "3"), 3)])
def test_fewer_threads_than_libuv_wants(conc, stranger, args, threads):
    """libuv aborts then: one clear line says what it was that it did not get."""
    user, program = stranger
    for limit in range(3, 10):
        result = conc(argv=[program, *args, "--json", "0.02", "0.04"], user=user,
                      limits={resource.RLIMIT_NPROC: limit})
        is_enough = limit >= 3 + threads
        is_done = refused_or_done(result, conc)
        assert is_done == is_enough or "is not measured" in result.err, (limit, result)
        assert ("starting a thread for libuv's pool" in result.err) != is_enough, (limit, result)
        if not is_enough:
            assert runs.check(result.json)["variants"][0]["runs"][0]["ended_by"] == "refused"
        assert not conc.left_behind()


def test_refused_in_a_terminal(conc, stranger):
    user, program = stranger
    terminal = conc.terminal(argv=["/usr/bin/setpriv", f"--reuid={user}", "--clear-groups",
                                   "/bin/bash", "-c",
                                   f"ulimit -u 5; exec {program} threads 0.1 0.2 0.3 0.4"])
    assert terminal.finish() == 1
    assert terminal.is_whole(), terminal.text
    assert "of 4 threads" in terminal.text


# ---- memory


@pytest.mark.parametrize("mib", [12, 24, 48, 96, 200, 500, 900, 1000, 1100, 1300, 2000, 4000])
def test_little_memory(conc, mib):
    result = conc("threads", "0.02", "0.04", "--json",
                  limits={resource.RLIMIT_AS: mib * 1024 * 1024})
    done = refused_or_done(result, conc)
    assert done or mib < 96, "enough for two threads, whatever a trace could hold"


def test_little_memory_and_many_tasks(conc):
    for mib in (20, 40, 80, 160, 1100, 1200):
        result = conc("threads", "--tasks", "100000", "--ttl", "1us", "--only", "sequential",
                      "--limit", "0.2", "--json",
                      limits={resource.RLIMIT_AS: mib * 1024 * 1024})
        assert result.status in (0, 1), (mib, result)
        assert result.err.count("\n") == result.status, (mib, result)


def test_no_room_for_files(conc):
    """RLIMIT_FSIZE: the kernel sends SIGXFSZ to who writes more."""
    result = conc("threads", "0.02", "0.04", "-o", "run.json",
                  limits={resource.RLIMIT_FSIZE: 100})
    assert result.status in (1, 128 + signal.SIGXFSZ), result
    assert "sequential" in result.out or result.status != 1, result


@pytest.mark.parametrize("demo, variant, size", [("daemon", "joined", 50),
                                                 ("stop", "cancel", 20)])
def test_no_room_for_what_a_lesson_writes(conc, demo, variant, size):
    """The stage is what writes, so it is what the kernel ends."""
    result = conc(demo, "0.05", "0.1", "--only", variant, "--json",
                  limits={resource.RLIMIT_FSIZE: size})
    assert result.status == 1 and result.err.count("\n") == 1, result
    assert "SIGXFSZ" in result.err, result
    [cut] = runs.check(result.json)["variants"]
    assert not cut["ok"] and cut["runs"][0]["ended_by"] == f"signal {signal.SIGXFSZ:d}"


def test_a_limit_on_cpu_time(conc):
    """The stage is what computes, so it is what the kernel ends."""
    result = conc("threads", "3", "3", "--work", "cpu", "--only", "sequential", "--json",
                  limits={resource.RLIMIT_CPU: 1})
    assert result.status == 1, result
    assert "signal" in result.err and result.err.count("\n") == 1, result
    assert runs.check(result.json)["variants"][0]["runs"][0]["ended_by"].startswith("signal")


# ---- calls that fail, one by one


def injects(call):
    """Whether strace(1) can make a call fail here."""
    if not shutil.which("strace"):
        return False
    done = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e",
                           f"inject={call}:error=EAGAIN:when=1000", "true"],
                          capture_output=True)
    return done.returncode == 0


def failing(conc, inject, *args):
    if not injects(inject.split(":")[0]):
        pytest.skip("there is no strace here, or it may not trace")
    calls = inject.split(":")[0]
    result = conc(argv=["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}",
                        "-e", f"inject={inject}", conc.path, "threads", *args])
    assert not conc.left_behind()
    return result


def test_the_creation_of_each_thread_fails_once(conc):
    """The first one that a stage makes is to warm up, and may fail unseen."""
    tasks = 4
    for k in range(1, tasks + 3):
        result = failing(conc, f"clone3:error=EAGAIN:when={k}", "--tasks", str(tasks),
                         "--ttl", "0.05", "--only", "threads", "--json")
        made = k - 2
        if 0 <= made < tasks:
            assert result.status == 1, (k, result)
            assert f"{made} of {tasks} threads" in result.err, (k, result)
            assert result.err.count("\n") == 1, (k, result)
        else:
            assert result.status == 0, (k, result)
        runs.check(result.json)


@pytest.mark.parametrize("call, error", [
    ("clone", "EAGAIN"), ("clone", "ENOMEM"), ("memfd_create", "EMFILE"),
    ("memfd_create", "ENOSYS"), ("socketpair", "EMFILE"), ("pipe2", "EMFILE"),
    ("epoll_create1", "EMFILE"), ("ftruncate", "ENOMEM"), ("setpgid", "EPERM"),
    ("prctl", "EINVAL"), ("sched_setaffinity", "EPERM"), ("sched_getaffinity", "EINVAL"),
    ("eventfd2", "EMFILE"), ("madvise", "EINVAL"), ("recvfrom", "EINTR"),
    ("ppoll", "EINTR"), ("epoll_wait", "EINTR"), ("clock_nanosleep", "EINTR"),
])
def test_a_call_fails(conc, call, error):
    """The first one of each process: done, or one line and status 1.

    Not the later ones: libuv aborts where a pipe of its own cannot be made.
    """
    result = failing(conc, f"{call}:error={error}:when=1", "0.02", "0.04", "--cores", "1",
                     "--json")
    assert result.status in (0, 1), result
    assert result.err.count("\n") == result.status, result
    assert result.seconds < 5 * conc.patience
    if result.out:
        runs.check(result.json)


@pytest.mark.parametrize("cores", ["1", None])
def test_cores_that_cannot_be_taken_away(conc, cores):
    """A run on all of them is not to be drawn as one on fewer."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores")
    result = failing(conc, "sched_setaffinity:error=EPERM", "0.02", "0.04", "--json",
                     *(("--cores", cores) if cores else ()))
    if not cores:
        assert result.status == 0, "nothing is taken away"
        return
    assert result.status == 1, result
    for line in result.err.splitlines():
        assert "sched_setaffinity" in line and "not permitted" in line, result
    assert all(not v["ok"] for v in runs.check(result.json)["variants"])


@pytest.mark.parametrize("closed, line", [((), "open of /dev/null"), ((0,), "/dev/null"),
                                          ((1,), "/dev/null"), ((2,), "")], ids=str)
def test_without_dev_null(conc, closed, line):
    if not injects("openat"):
        pytest.skip("there is no strace here, or it may not trace")
    redirect = " ".join(f"{fd}>&-" for fd in closed)
    result = conc(argv=["strace", "-f", "-qq", "-o", "/dev/null", "-P", "/dev/null", "-e",
                        "inject=openat:error=ENOENT", "/bin/bash", "-c",
                        f"exec conc threads 0.02 --only threads --json {redirect}"])
    assert result.status == 1, result
    assert line in result.err and result.err.count("\n") == (1 if line else 0), result


@pytest.mark.parametrize("errors", [1, 20])
def test_memory_runs_out(conc, errors):
    """mmap(2) fails from the k-th on; the loader's are the first."""
    for k in (3, 20, 30, 33, 36, 39, 42, 45, 50):
        result = failing(conc, f"mmap:error=ENOMEM:when={k}..{k + errors - 1}", "0.02",
                         "0.04", "--json")
        loader = re.search(r"error while loading|cannot (allocate|map|apply)", result.err)
        assert result.status in (0, 1) or loader, (k, result)
        assert result.err.count("\n") <= 1, (k, result)
