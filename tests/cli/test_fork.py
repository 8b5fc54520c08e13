# SPDX-License-Identifier: MIT
"""fork: two processes after one call, each with a memory of its own, and what is left of
those that nobody waits for."""

import os
import pathlib
import re
import resource
import shutil
import signal
import time

import processes
import pytest
import runs
from conftest import CONC, PATIENCE, wait_until

ALL = ("sequential", "fork", "unflushed", "no-wait")
#: Long enough that a busy machine does not change who outlives whom.
TTLS = ("0.1", "0.6")


def report(conc, *args, **how):
    result = conc("fork", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return runs.check(result.json)


def one_of(run, name):
    """The only run of a variant."""
    [one] = runs.variant(run, name)["runs"]
    return one


def children_of(one):
    return [lane for lane in one["lanes"] if lane["parent"] is not None]


def told(lane, key):
    """What a lane noted under a key; of several times, the last; None: never."""
    values = [mark["value"] for mark in lane["marks"] if mark["what"] == key]
    return values[-1] if values else None


def check_one(one, name, tasks):
    """What holds of every run in which nobody was killed."""
    outcome, children = one["outcome"], children_of(one)
    parent = one["lanes"][0]
    assert parent["kind"] == "process"
    if name == "sequential":
        assert not children and outcome["children"] == 0
        assert outcome["parent_value"] == tasks and "child_value" not in outcome
        assert told(parent, "address")
        return
    assert parent["name"] == "darthvader" and told(parent, "address")
    assert len(children) == outcome["children"] == tasks
    assert outcome["parent_value"] == 0 and outcome["child_value"] == 1
    assert outcome["same_address"] == tasks
    assert len({lane["os_id"] for lane in one["lanes"]}) == tasks + 1
    for lane in children:
        assert lane["kind"] == "process" and lane["parent"] == 0 and not lane["cut"]
        assert told(lane, "address") == told(parent, "address")
        own, other = parent["os_id"], told(parent, "ppid")
        assert told(lane, "ppid") in ((own, other) if name == "no-wait" else (own,))
        assert told(lane, "ppid_after") in (own, other)
        assert told(lane, "child_value") == 1
    calls = [mark["value"] for mark in parent["marks"] if mark["what"] == "create"]
    assert len(calls) == tasks and min(calls) > 0
    assert outcome["fork_ns"] == sum(calls)
    if name == "no-wait":
        assert outcome["exited"] == []
        assert outcome["orphans"] == sum(told(lane, "ppid_after") != parent["os_id"]
                                         for lane in children)
    else:
        assert outcome["exited"] == [
            {"pid": lane["os_id"], "status": (number + 1) % 256, "signal": None}
            for number, lane in enumerate(children)]
        assert all(lane["reaped_ns"] >= lane["start_ns"] for lane in children)
        assert outcome["orphans"] == 0
    if name in ("fork", "unflushed"):
        assert outcome["zombie_seen"] == tasks
        assert all(lane["zombie_seen"] for lane in children)
    if name == "unflushed":
        assert outcome["waiting_bytes"] == len("darthvader prints this once\n")
        assert outcome["printed_times"] == tasks + 1


def check_all(run):
    for variant in run["variants"]:
        for one in variant["runs"]:
            check_one(one, variant["name"], len(run["tasks"]))
    return run


def check_quickly(conc, *args):
    return check_all(report(conc, *args))


# ---- the variants


def test_every_variant(conc):
    run = check_quickly(conc, *TTLS, "--with", "unflushed,no-wait")
    assert runs.names(run) == list(ALL)
    assert all(variant["ok"] for variant in run["variants"])
    assert runs.variant(run, "no-wait")["speedup"] is None


def test_hazards_are_asked_for(conc):
    assert runs.names(report(conc, "0.01", "0.01")) == ["sequential", "fork"]


def test_the_cast(conc):
    run = report(conc, "--tasks", "11", "--ttl", "0.01", "--only", "fork")
    names = [task["name"] for task in run["tasks"]]
    assert names[:3] == ["luke", "leia", "han"] and names[-2:] == ["task10", "task11"]
    assert "darthvader" not in names
    assert [lane["name"] for lane in children_of(one_of(run, "fork"))] == names


def test_children_are_at_work_at_the_same_time(conc):
    one = one_of(report(conc, "0.2", "0.3", "--only", "fork"), "fork")
    luke, leia = children_of(one)
    assert runs.both_in_state_ns(luke, leia, "wait") > 0


def test_the_return_value_tells_who_is_who(conc):
    one = one_of(report(conc, "0.05", "0.1", "--only", "fork"), "fork")
    parent, *children = one["lanes"]
    lines = one["printed"].splitlines()
    for number, lane in enumerate(children):
        assert lines.count(f"fork() returned {lane['os_id']}: I am darthvader, "
                           f"pid {parent['os_id']}, child of {told(parent, 'ppid')}") == 1
        assert lines.count(f"fork() returned 0: I am {lane['name']}, "
                           f"pid {lane['os_id']}, child of {parent['os_id']}") == 1
        assert lines.count(f"darthvader: {lane['name']} ended with status "
                           f"{number + 1}") == 1
    assert len(lines) == 6


def test_a_zombie_from_its_end_until_it_is_waited_for(conc):
    one = one_of(report(conc, "0.5", "0.1", "--only", "fork"), "fork")
    for lane in children_of(one):
        [end] = [mark["at_ns"] for mark in lane["marks"] if mark["what"] == "end"]
        last = lane["spans"][-1]
        assert last["state"] == "zombie" and last["start_ns"] == end
        assert last["end_ns"] == lane["end_ns"] == lane["reaped_ns"]
    luke, leia = children_of(one)
    assert leia["spans"][-1]["start_ns"] < luke["spans"][-1]["start_ns"]
    assert runs.state_ns(leia, "zombie") > runs.state_ns(luke, "zombie")


def test_its_state_is_read_between_its_end_and_the_wait(conc):
    one = one_of(report(conc, "0.05", "0.1", "0.01", "--only", "fork"), "fork")
    parent, *children = one["lanes"]
    for lane in children:
        words = [(mark["what"], mark.get("state")) for mark in parent["marks"]
                 if mark["object"] == lane["name"]]
        assert words == [("create", None), ("see-end", None), ("state", "Z"),
                         ("join", None)]


@pytest.mark.parametrize("tasks", [1, 2, 7])
def test_what_is_in_the_buffer_comes_out_of_every_process(conc, tasks):
    run = check_quickly(conc, "--tasks", str(tasks), "--ttl", "0.01", "--only",
                        "unflushed,fork")
    lines = one_of(run, "unflushed")["printed"].splitlines()
    assert lines.count("darthvader prints this once") == tasks + 1
    assert len(lines) == (tasks + 1) + 3 * tasks, "what was not in the buffer came once"
    assert f"came out {tasks + 1} times" in runs.variant(run, "unflushed")["verdict"]
    once = one_of(run, "fork")["printed"].splitlines()
    assert len(once) == len(set(once)) == 3 * tasks


def test_nobody_waits(conc):
    run = check_quickly(conc, *TTLS, "--only", "no-wait")
    one = one_of(run, "no-wait")
    parent, luke, leia = one["lanes"]
    assert parent["end_ns"] == one["wall_ns"] == luke["end_ns"] < leia["end_ns"]
    assert luke["spans"][-1]["state"] == "zombie" and luke["reaped_ns"] is None
    states = {mark["object"]: mark["state"] for mark in parent["marks"]
              if mark["what"] == "state"}
    assert states["luke"] == "Z" and states["leia"] in ("S", "R", "D")
    assert told(luke, "ppid_after") == parent["os_id"]
    assert told(leia, "ppid_after") == told(parent, "ppid") != parent["os_id"]
    assert one["outcome"]["zombie_seen"] == one["outcome"]["orphans"] == 1
    verdict = runs.variant(run, "no-wait")["verdict"]
    assert "luke ended and stayed a zombie" in verdict
    assert "darthvader ended before leia" in verdict


def test_nothing_is_left_of_those_nobody_waits_for(conc):
    began = time.monotonic()
    report(conc, "0.2", "0.8", "--only", "no-wait")
    assert time.monotonic() - began > 0.8, "the run lasts until they have ended"
    assert not processes.processes_tagged(conc.tag)


def test_orphans_do_not_outlast_the_limit(conc):
    result = conc("fork", "0.2", "1", "--only", "no-wait", "--limit", "1", "--json")
    runs.check(result.json)
    assert not processes.processes_tagged(conc.tag)


# ---- a child that is killed


def killed(conc, *args):
    """Run it, and kill luke and leia from outside."""
    run = conc.start("fork", "30", "30", "0.1", "--only", "fork", *args)
    luke = processes.wait_for(run.tag, "luke")
    leia = processes.wait_for(run.tag, "leia")
    os.kill(leia, signal.SIGTERM)
    assert wait_until(lambda: processes.state_of(leia) == "Z")
    os.kill(luke, signal.SIGKILL)
    result = run.finish()
    assert result.status == 0 and not result.err, result
    return result, luke, leia


def test_a_killed_child_is_named_with_its_signal(conc):
    result, luke, leia = killed(conc, "--json")
    run = runs.check(result.json)
    one = one_of(run, "fork")
    han = runs.lane(one, "han")["os_id"]
    assert one["outcome"]["exited"] == [
        {"pid": luke, "status": None, "signal": 9},
        {"pid": leia, "status": None, "signal": 15},
        {"pid": han, "status": 3, "signal": None}]
    assert one["outcome"]["zombie_seen"] == 3
    for name, number in (("luke", 9), ("leia", 15)):
        lane = runs.lane(one, name)
        assert lane["cut"] and lane["signal"] == number and lane["exit_status"] is None
    verdict = runs.variant(run, "fork")["verdict"]
    assert "2 of 3 children were killed: luke by signal 9 (Killed), " \
           "leia by signal 15 (Terminated)" in verdict
    assert "went on at once" not in verdict


def test_a_killed_child_in_words(conc):
    result, _, _ = killed(conc, "--plain")
    assert "luke is killed by signal 9 (Killed)" in result.out
    assert "leia is killed by signal 15 (Terminated)" in result.out
    assert "han ends with status 3" in result.out


def test_a_killed_child_in_the_picture(conc):
    result, _, _ = killed(conc)
    assert re.search(r"^  luke +├.*✗$", result.out, re.MULTILINE), result
    assert "luke by signal 9 (Killed)" in result.out
    assert "darthvader: luke was killed by signal 9" in result.out


# ---- options


@pytest.mark.parametrize("args", [
    ("0",), ("0", "0"), ("0.02",), ("0.03", "0.01"), ("1us", "2us"),
    ("--tasks", "5", "--ttl", "0.01"), ("--tasks", "21", "--ttl", "0.01"),
    ("0.02", "0.04", "--work", "cpu"), ("0.02", "0.04", "--work", "cpu", "--cores", "1"),
    ("0.02", "0.04", "--cores", "1"), ("5", "10", "--speed", "200"),
    ("0.02", "--repeat", "3"), ("0.01", "0.02", "--names", "é,two words"),
    ("0.01", "0.02", "--names", "a name longer than the 15 bytes of Linux,b"),
    ("--only", "no-wait", "0.01", "0.05"), ("--only", "unflushed", "0"),
    ("--only", "fork", "0.02", "0.02", "--work", "cpu"),
], ids=" ".join)
def test_it_is_true_with_every_option(conc, args):
    if "--only" not in args:
        args += ("--with", "unflushed,no-wait")
    run = check_quickly(conc, *args)
    for variant in run["variants"]:
        assert variant["ok"]
        assert "nan" not in variant["verdict"] and "  " not in variant["verdict"]
        assert not variant["verdict"].endswith(" ")
    if conc.sanitizer:
        return  # how the same is drawn is seen elsewhere
    for view in ((), ("--plain",), ("--ascii", "--width", "40"), ("--quiet",)):
        result = conc("fork", *args, *view)
        assert result.status == 0 and not result.err and result.out, result


def test_figures_add_up_over_runs(conc):
    run = check_quickly(conc, "0.01", "0.02", "--repeat", "4", "--with", "unflushed")
    outcome = runs.variant(run, "fork")["outcome"]
    assert outcome["children"] == outcome["zombie_seen"] == 8
    assert outcome["same_address"] == 8 and len(outcome["exited"]) == 8
    assert runs.variant(run, "sequential")["outcome"]["parent_value"] == 8
    assert "came out 3 times" in runs.variant(run, "unflushed")["verdict"]


def test_computing_on_one_core_takes_turns(conc):
    run = check_quickly(conc, "0.2", "0.2", "--work", "cpu", "--cores", "1")
    one = one_of(run, "fork")
    assert all(runs.state_ns(lane, "ready") > 0 for lane in children_of(one))
    assert "turns" in runs.variant(run, "fork")["verdict"]


def test_one_task_has_nothing_to_overlap_with(conc):
    run = report(conc, "0.05")
    assert "nothing to overlap with" in runs.variant(run, "fork")["verdict"]


def test_a_limit_ends_the_children_too(conc):
    """The ideal is within the limit; what forking and waiting cost goes past it."""
    result = conc("fork", "0.2", "0.5", "--only", "fork", "--limit", "0.5", "--json")
    assert result.status == 0, result
    [variant] = runs.check(result.json)["variants"]
    one = variant["runs"][0]
    assert (one["ended_by"] is None) == variant["ok"] == (variant["verdict"] != "")
    assert one["ended_by"] in ("limit", None)
    assert not processes.processes_tagged(conc.tag)


def test_children_are_seen_from_outside_by_their_names(conc):
    run = conc.start("fork", "30", "30", "--only", "fork")
    for name in ("darthvader", "luke", "leia"):
        assert processes.wait_for(run.tag, name)
    run.signal(signal.SIGINT)
    assert run.finish().status == 130


# ---- many, and fewer than asked for


def test_500_children(conc):
    run = check_quickly(conc, "--tasks", "500", "--ttl", "0.5", "--only", "fork")
    assert run["dropped_events"] == 0


def test_500_children_nobody_waits_for(conc):
    check_quickly(conc, "--tasks", "500", "--ttl", "0.2", "--only", "no-wait")
    assert not processes.processes_tagged(conc.tag)


def check_refused(result, conc):
    assert result.status == 1 and result.err.count("\n") == 1, result
    match = re.search(r"the system gave ([\d,]+) of ([\d,]+) processes", result.err)
    assert match and "fork" in result.err, result
    given, asked = (int(count.replace(",", "")) for count in match.groups())
    run = runs.check(result.json)
    [variant] = run["variants"]
    one = variant["runs"][0]
    assert not variant["ok"] and one["ended_by"] == "refused"
    assert len(run["tasks"]) == asked > given == len(children_of(one))
    assert variant["verdict"] == ""
    assert not conc.left_behind()
    return given


@pytest.mark.plain
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")
@pytest.mark.parametrize("variant", ALL[1:])
def test_a_limit_on_processes(conc, variant):
    user = 300_000 + os.getpid() % 100_000
    program = conc.directory / "conc"
    shutil.copy(CONC, program)
    for folder in [conc.directory, *conc.directory.parents][:3]:
        folder.chmod(0o755)
    for limit in (3, 4, 7):
        result = conc(argv=[str(program), "fork", "--tasks", "9", "--ttl", "0.3", "--only",
                            variant, "--json"], user=user,
                      limits={resource.RLIMIT_NPROC: limit})
        assert check_refused(result, conc) == limit - 3, "conc, its keeper, the stage"


@pytest.fixture
def cgroup():
    """A cgroup of its own that may have 20 processes, where one can be made."""
    for base in ("/sys/fs/cgroup/pids", "/sys/fs/cgroup"):
        path = pathlib.Path(base, f"conc-test-{os.getpid()}")
        try:
            path.mkdir()
        except OSError:
            continue
        if (path / "pids.max").exists():
            (path / "pids.max").write_text("20")
            break
        path.rmdir()
    else:
        pytest.skip("no cgroup that limits processes can be made here")
    yield path
    wait_until(lambda: not (path / "cgroup.procs").read_text())
    path.rmdir()


@pytest.mark.plain
def test_a_limit_of_the_cgroup(conc, cgroup):
    result = conc(argv=["/bin/sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"',
                        str(cgroup), CONC, "fork", "--tasks", "100", "--ttl", "0.3",
                        "--only", "fork", "--json"])
    assert check_refused(result, conc) == 17


# ---- over and over


@pytest.mark.soak
def test_it_holds_in_many_runs(conc, soak):
    rounds = soak(300)
    run = check_all(report(conc, "0.002", "0.001", "0.003", "--repeat", str(rounds),
                           "--with", "unflushed", timeout=600))
    outcome = runs.variant(run, "fork")["outcome"]
    assert outcome["zombie_seen"] == outcome["children"] == 3 * rounds
    soak.note(f"{rounds} runs: {3 * rounds} children, each seen as a zombie")


@pytest.mark.soak
def test_orphans_in_many_runs(conc, soak):
    rounds = soak(100)
    run = check_all(report(conc, "0.01", "0.1", "--repeat", str(rounds), "--only",
                           "no-wait", timeout=600))
    outcome = runs.variant(run, "no-wait")["outcome"]
    assert not processes.processes_tagged(conc.tag)
    soak.note(f"{rounds} runs: {outcome['zombie_seen']} zombies, "
              f"{outcome['orphans']} orphans")
