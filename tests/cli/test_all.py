# SPDX-License-Identifier: MIT
"""all: the same tasks in seven ways, and what is said of their differences."""

import os
import re
import resource
import signal

import processes
import pytest
import runs
from conftest import wait_until

ALL = ("sequential", "fork", "spawn", "threads", "pool", "processes", "loop")
#: What a variant has besides its first process: of which kind, and by how many tasks.
FLOWS = {"sequential": None, "fork": "process", "spawn": "process", "threads": "thread",
         "pool": "thread", "processes": "process", "loop": "task"}
WORKERS = ("pool", "processes")
KEYS = {"process": "processes", "thread": "threads", "task": "timers"}
MS = 1_000_000


def report(conc, *args, **how):
    result = conc("all", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return check(runs.check(result.json))


def flows_of(one):
    return one["lanes"][1:]


def check_one(one, name, tasks, cores):
    """What holds of every run: each task is done once, on the flows that the way has."""
    flows, outcome = flows_of(one), one["outcome"]
    wanted = min(cores, tasks) if name in WORKERS else tasks if FLOWS[name] else 0
    assert len(flows) == wanted and {lane["kind"] for lane in flows} <= {FLOWS[name]}
    for kind, key in KEYS.items():
        assert outcome[key] == (wanted if kind == FLOWS[name] else 0)
    assert len(outcome["start_ns"]) == (1 if wanted and name != "loop" else 0)
    assert all(ns > 0 for ns in outcome["start_ns"])
    begun = [mark["object"] for _, mark in runs.marks(one, "begin")]
    done = [mark["object"] for _, mark in runs.marks(one, "done")]
    assert len(set(begun)) == tasks and sorted(begun) == sorted(done)
    assert not any(lane["cut"] for lane in one["lanes"])
    ids = {lane["os_id"] for lane in one["lanes"]}
    assert len(ids) == (1 if name == "loop" else wanted + 1)
    if FLOWS[name] == "process":
        assert len(runs.marks(one, "join")) == wanted


def check(run):
    cores, tasks = run["machine"]["cores_used"], run["tasks"]
    total = sum(task["ttl_ns"] for task in tasks)
    longest = max(task["ttl_ns"] for task in tasks)
    computes = tasks[0]["work"] == "cpu"
    for variant in run["variants"]:
        name = variant["name"]
        for one in variant["runs"]:
            check_one(one, name, len(tasks), cores)
        serial = name == "sequential" or (name == "loop" and computes)
        ideal = total if serial else max(longest, total // cores) if computes else longest
        if name in WORKERS:
            ideal = runs.in_order_ns([task["ttl_ns"] for task in tasks], cores)
        assert variant["ideal_ns"] == ideal, name
        if not computes:
            assert variant["wall_ns"] >= ideal
    return run


def verdict(run):
    """It is said once, of all."""
    *others, last = run["variants"]
    assert not any(variant["verdict"] for variant in others)
    return last["verdict"]


# ---- the ways


@pytest.mark.parametrize("work", ["wait", "cpu"])
@pytest.mark.parametrize("cores", ["1", "2"])
def test_every_way_does_every_task(conc, work, cores):
    run = report(conc, "0.02", "0.01", "0.03", "--work", work, "--cores", cores,
                 "--repeat", "1")
    assert runs.names(run) == list(ALL)
    assert all(variant["ok"] for variant in run["variants"])


def test_one_task_and_none_that_takes_time(conc):
    for args in (("--tasks", "1", "--ttl", "0.01"), ("--tasks", "3", "--ttl", "0")):
        run = report(conc, *args, "--repeat", "1")
        assert "nothing that could overlap" in verdict(run)


def test_waits_overlap_wherever_there_is_a_flow_for_each(conc):
    """Two cores are two workers, so these too."""
    run = report(conc, "0.2", "0.2", "--repeat", "1", "--cores", "2")
    for name in ALL[1:]:
        [one] = runs.variant(run, name)["runs"]
        first, second = runs.tasks_done(one).values()
        assert max(first[0], second[0]) < min(first[1], second[1]), name


def test_one_worker_waits_for_one_task_after_the_other(conc):
    run = report(conc, "0.05", "0.05", "--repeat", "1", "--cores", "1")
    for name in WORKERS:
        [one] = runs.variant(run, name)["runs"]
        (_, done), (begun, _) = sorted(runs.tasks_done(one).values())
        assert done <= begun, name
    assert "pool has 1 worker for 2 tasks" in verdict(run)


def test_a_loop_computes_one_task_after_the_other(conc):
    run = report(conc, "0.02", "0.02", "--work", "cpu", "--only", "loop", "--repeat", "1")
    [one] = runs.variant(run, "loop")["runs"]
    assert one["lanes"][0]["kind"] == "process"
    (_, done), (begun, _) = sorted(runs.tasks_done(one).values())
    assert done <= begun
    assert "loop has one thread" in verdict(run)


def test_spawned_programs_are_processes_with_a_name_of_their_own(conc):
    run = report(conc, "0.02", "0.02", "--names", "ada,a name that is too long",
                 "--only", "spawn", "--repeat", "1")
    [one] = runs.variant(run, "spawn")["runs"]
    assert [lane["name"] for lane in flows_of(one)] == ["ada", "a name that is too long"]
    for lane in flows_of(one):
        [span] = [span for span in lane["spans"] if span["state"] == "wait"]
        assert span["end_ns"] - span["start_ns"] >= 20 * MS


def test_many_tasks(conc):
    run = report(conc, "--tasks", "100", "--ttl", "0.01", "--repeat", "1")
    assert all(variant["ok"] for variant in run["variants"])


def test_programs_end_with_the_run_that_started_them(conc):
    result = conc("all", "--only", "spawn", "9", "9", "--limit", "0.3", "--repeat", "1")
    assert result.status == 0 and "not run" in result.out, result
    running = conc.start("all", "--only", "spawn", "9", "9", "--repeat", "1")
    programs = wait_until(lambda: [pid for pid, line in running.others().items()
                                   if line.startswith("conc-task ")][1:])
    assert programs
    running.signal(signal.SIGINT)
    assert running.finish().status == 130
    assert not conc.left_behind()


@pytest.mark.parametrize("name", ["fork", "processes"])
def test_a_process_that_is_killed_leaves_its_task_undone(conc, name):
    """What is left of the others is no run to be compared."""
    running = conc.start("all", "--only", name, "0.5", "0.5", "--repeat", "1", "--json")
    child = {"fork": "luke", "processes": "worker 2"}[name]
    os.kill(processes.wait_for(running.tag, child), signal.SIGKILL)
    result = running.finish()
    assert result.status == 1 and result.err.count("\n") == 1, result
    assert "a process: operation canceled" in result.err
    assert not runs.variant(runs.check(result.json), name)["ok"]
    assert not conc.left_behind()


# ---- how often


@pytest.mark.parametrize("args, repeat", [
    ((), 5),
    (("--only", "threads"), 5),
    (("--only", "threads", "0.9", "1"), 4),
    (("--only", "threads", "2", "2.4"), 1),
    (("--only", "threads", "2", "2.4", "--speed", "100"), 5),
    (("--only", "loop", "0", "--repeat", "2"), 2),
], ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value))
def test_short_tasks_are_repeated(conc, args, repeat):
    """As often as there is time for, and five times at most."""
    run = report(conc, *args)
    assert run["options"]["repeat"] == repeat
    assert all(len(variant["runs"]) == repeat for variant in run["variants"])


# ---- what is said of differences


def ranges(run, name):
    return runs.variant(run, name)["spread_ns"]


def starts(run, name):
    return sorted(runs.variant(run, name)["outcome"]["start_ns"])


def check_words(run):
    """No difference is named that is not larger than the noise of these runs."""
    text = verdict(run)
    if re.search(r"loop was .*?slower", text):
        assert ranges(run, "loop")[0] > ranges(run, "threads")[1], text
    elif "faster than threads:" in text and "no faster" not in text:
        assert ranges(run, "loop")[1] < ranges(run, "threads")[0], text
    if "Worker processes took" in text:
        assert ranges(run, "processes")[0] > ranges(run, "pool")[1], text
    if "in this order in every run" in text:
        thread, fork, spawn = (starts(run, name) for name in ("threads", "fork", "spawn"))
        assert thread[-1] < fork[0] and fork[-1] < spawn[0], text
    elif "From the call" in text:
        assert "do not tell" in text
    return text


def test_differences_are_larger_than_the_noise(conc):
    run = report(conc, "0.02", "0.04", "--cores", "2")
    text = check_words(run)
    assert runs.variant(run, "loop")["outcome"]["start_ns"] == []
    assert "From the call to its first act" in text
    for name in ("threads", "fork", "spawn"):
        assert len(starts(run, name)) == run["options"]["repeat"] >= 3
    check_words(report(conc, "0.02", "0.04", "--work", "cpu", "--cores", "2"))


def test_one_run_tells_no_small_difference(conc):
    text = verdict(report(conc, "0.1", "0.2", "--repeat", "1", "--cores", "2"))
    assert "From the call" not in text and "noise" not in text


def test_computing_on_one_core_gains_nothing(conc):
    text = verdict(report(conc, "0.01", "0.02", "--work", "cpu", "--cores", "1"))
    assert "One core computes one thing at a time" in text


# ---- a system that gives less


@pytest.mark.plain
def test_spawn_without_room_for_the_traces_file(conc):
    """Under a limit on files' sizes the programs still run, on no lane."""
    result = conc("all", "0.01", "0.02", "--only", "spawn", "--repeat", "1", "--json",
                  limits={resource.RLIMIT_FSIZE: 1 << 20})
    assert result.status == 0 and not result.err, result
    [one] = runs.variant(result.json, "spawn")["runs"]
    assert one["ended_by"] is None and one["wall_ns"] >= 20 * MS
