# SPDX-License-Identifier: MIT
"""conc gil: whoever has the lock computes, everybody waits at once, and what it is not for."""

import re
import resource
import subprocess

import pytest
from conftest import PATIENCE, ROOT

#: The first of that name on PATH in these tests.
PYTHON = "/usr/bin/python3"


def variants(conc, *args, **how):
    result = conc("gil", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return {variant["name"]: variant for variant in result.json["variants"]}


def workers(variant):
    return [lane for lane in variant["runs"][0]["lanes"] if lane["kind"] == "thread"]


def holds(lane, lock="gil"):
    """When it had the global lock: [(from, to), ...]."""
    found, since = [], None
    for mark in lane["marks"]:
        if mark.get("object") != lock:
            continue
        if mark["what"] == "lock":
            assert since is None
            since = mark["at_ns"]
        elif mark["what"] == "unlock":
            found.append((since, mark["at_ns"]))
            since = None
    assert since is None
    return found


def work_of(lane):
    """When its task began and was done."""
    return tuple(next(mark["at_ns"] for mark in lane["marks"] if mark["what"] == what)
                 for what in ("begin", "done"))


def overlap(one, other):
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


# ---- the lock


def test_one_thread_has_the_lock_and_it_goes_round(conc):
    gil = variants(conc, "--only", "gil", "--tasks", "8", "--ttl", "0.02")["gil"]
    turns = sorted(hold for lane in workers(gil) for hold in holds(lane))
    assert all(one[1] <= other[0] for one, other in zip(turns, turns[1:]))
    assert gil["outcome"]["turns"] == len(turns)
    # Each of them works longer than a turn lasts while others want the lock.
    assert all(len(holds(lane)) > 1 for lane in workers(gil))
    assert gil["outcome"]["handovers"] >= 15
    assert gil["ideal_ns"] == 8 * 20_000_000


def test_what_computes_has_the_lock(conc):
    gil = variants(conc, "--only", "gil", "--ttl", "0.03", "0.03")["gil"]
    for lane in workers(gil):
        begin, done = work_of(lane)
        held = sum(overlap((begin, done), hold) for hold in holds(lane))
        blocked = sum(overlap((begin, done), (span["start_ns"], span["end_ns"]))
                      for span in lane["spans"] if span["state"] == "blocked")
        # Between giving it up and wanting it there is no time to speak of.
        assert 0.9 * (done - begin) < held + blocked <= done - begin


@pytest.mark.parametrize("variant, work", [("gil", "wait"), ("released", "wait"),
                                           ("released", "cpu")])
def test_the_lock_is_given_up_meanwhile(conc, variant, work):
    ms = 200 * PATIENCE if work == "wait" else 200
    found = variants(conc, "--only", variant, "--tasks", "4", "--ttl", f"{ms}ms", "--work", work)
    times = []
    for lane in workers(found[variant]):
        begin, done = work_of(lane)
        assert not any(overlap((begin, done), hold) for hold in holds(lane))
        assert len(holds(lane)) == 2
        times.append((begin, done))
    if work == "wait":
        assert max(begin for begin, _ in times) < min(done for _, done in times)
        assert found[variant]["ideal_ns"] == ms * 1_000_000


def test_threads_have_no_lock(conc):
    found = variants(conc, "--only", "sequential,threads", "--ttl", "0.01", "0.01")
    for variant in found.values():
        assert not any(holds(lane) for lane in variant["runs"][0]["lanes"])
        assert variant["outcome"]["turns"] == 0
    assert found["sequential"]["outcome"]["together_ns"] == 0


@pytest.mark.plain
def test_eight_threads_are_no_faster_than_one(conc):
    """On however many cores; that of a busy machine both are slower is no matter."""
    found = variants(conc, "--only", "sequential,gil", "--tasks", "8", "--ttl", "0.02")
    assert found["gil"]["outcome"]["together_ns"] < found["gil"]["wall_ns"] / 10
    assert found["gil"]["cpu_ns"] > 0.9 * 8 * 20_000_000
    assert found["gil"]["wall_ns"] > 0.9 * 8 * 20_000_000


# ---- what it does not protect


@pytest.mark.parametrize("how", [("--tasks", "2", "--ttl", "0"),
                                 ("--tasks", "2", "--ttl", "0.004", "--cores", "1"),
                                 ("--tasks", "5", "--ttl", "0.01", "--work", "wait")], ids=str)
def test_an_update_is_lost_in_every_run(conc, how):
    found = variants(conc, "--only", "race,own-lock", *how, "--repeat", "4")
    race, own = found["race"]["outcome"], found["own-lock"]["outcome"]
    assert race["runs"] == race["runs_with_loss"] == 4
    assert race["lost"] == race["expected"] - race["actual"] >= 4
    assert own["runs"] == 4 and own["lost"] == own["runs_with_loss"] == 0


@pytest.mark.soak
@pytest.mark.parametrize("how", [(), ("--cores", "1"), ("--work", "wait")], ids=str)
def test_every_run_of_many_loses(conc, soak, how):
    rounds = soak(30)
    found = variants(conc, "--only", "race,own-lock", "--tasks", "3", "--ttl", "0.005", *how,
                     "--repeat", str(rounds))
    assert found["race"]["outcome"]["runs_with_loss"] == rounds
    assert found["own-lock"]["outcome"]["runs_with_loss"] == 0
    soak.note(f"{rounds} runs: race lost in all of them, own-lock in none")


def test_the_update_that_was_lost_is_shown(conc):
    result = conc("gil", "--only", "race", "--tasks", "2", "--ttl", "0.01")
    rows = re.findall(r"^ +\d +(?:reads|writes) (\d) ", result.out, re.MULTILINE)
    assert rows == ["0", "0", "1", "1"], result
    assert "race: 1 of 2 additions was lost." in result.out


def test_one_task_races_with_nobody(conc):
    found = variants(conc, "--only", "race,own-lock", "--tasks", "1", "--ttl", "0.01")
    assert [variant["outcome"]["lost"] for variant in found.values()] == [0, 0]
    assert found["race"]["verdict"] == "One task has nobody to share a lock with."
    assert not found["own-lock"]["verdict"]


# ---- what is said


def test_tasks_compute_unless_told_to_wait(conc):
    result = conc("gil", "--ttl", "0.01", "0.01", "--only", "gil", "--json")
    assert result.json["options"]["work"] == "cpu"
    assert "default: cpu" in conc("gil", "--help").out
    assert "default: wait" in conc("threads", "--help").out
    result = conc("gil", "--ttl", "0.01", "0.01", "--work", "wait", "--only", "gil", "--json")
    assert result.json["options"]["work"] == "wait"
    assert result.json["variants"][0]["ideal_ns"] == 10_000_000


def test_the_verdict_has_the_figures_of_the_run(conc):
    gil = variants(conc, "--only", "gil", "--tasks", "3", "--ttl", "0.02")["gil"]
    assert f"The lock changed hands {gil['outcome']['handovers']} times;" in gil["verdict"]
    median = re.search(r"a turn lasted ([0-9.]+) (ms|s|µs), at the median", gil["verdict"])
    turns = sorted(to - since for lane in workers(gil) for since, to in holds(lane))
    unit = {"µs": 1e3, "ms": 1e6, "s": 1e9}[median[2]]
    assert float(median[1]) * unit == pytest.approx(turns[(len(turns) - 1) // 2], rel=0.01)


def test_with_nothing_to_do_nothing_is_claimed(conc):
    found = variants(conc, "--tasks", "3", "--ttl", "0")
    said = [variant["verdict"] for variant in found.values() if variant["verdict"]]
    assert said == ["The tasks take no time: what was measured is what threads and a lock cost."]


# ---- the real thing


def python(code, *args):
    done = subprocess.run([PYTHON, *code, *args], capture_output=True, text=True, timeout=60,
                          check=True)
    return done.stdout


def program(tmp_path, text):
    """A folder with a python3 of that text, for PATH."""
    path = tmp_path / "bin" / "python3"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path.parent)


def test_python_itself_takes_turns(conc):
    found = variants(conc, "--only", "gil", "--python", "--tasks", "3", "--ttl", "0.03")
    run, outcome = found["python"]["runs"][0], found["python"]["outcome"]
    threads = workers(found["python"])
    process = next(lane for lane in run["lanes"] if lane["name"] == "python3")
    assert [lane["name"] for lane in threads] == ["luke", "darthvader", "leia"]
    assert len({lane["os_id"] for lane in [process, *threads]}) == 4
    assert all(lane["parent"] == process["id"] for lane in threads)
    version = python(["-c", "import sys; print(*sys.version_info[:3], sep='.')"]).strip()
    assert outcome["python_version"] == version and f"in Python {version}," in \
        found["python"]["verdict"]
    for lane in threads:
        begin, done = work_of(lane)
        assert process["start_ns"] < begin < done < process["end_ns"] <= run["wall_ns"]
        assert lane["cpu_ns"] >= 30_000_000
        assert {mark["object"] for mark in lane["marks"]
                if mark["what"] in ("begin", "done")} == {lane["name"]}
    if not outcome["python_has_lock"]:
        pytest.skip("this python3 has no global lock")
    turns = sorted(hold for lane in run["lanes"] for hold in holds(lane, "python_lock"))
    both = sum(overlap(one, other) for one, other in zip(turns, turns[1:]))
    # Who has no core just after it gave the lock up, and need not wait then, was not seen
    # to be without it: a turn or two, where other programs have the cores.
    assert both < 0.2 * sum(done - begin for begin, done in turns)
    assert all(len(holds(lane, "python_lock")) > 1 for lane in threads)
    assert outcome["turns"] == len(turns) and outcome["handovers"] >= 5
    assert outcome["together_ns"] < 0.05 * sum(done - begin for begin, done in turns)


def test_python_waits_at_once(conc):
    found = variants(conc, "--only", "python", "--tasks", "3", "--ttl", "0.3", "--work", "wait")
    times = [work_of(lane) for lane in workers(found["python"])]
    assert len(times) == 3
    assert max(begin for begin, _ in times) < min(done for _, done in times)
    assert all(done - begin >= 300_000_000 for begin, done in times)


@pytest.mark.parametrize("text, said", [
    (None, "python3, looked for on PATH: no such file or directory"),
    ("echo there is none; exit 127", "ended itself with status 127"),
    ("echo hello; echo 0 1 have", "python3 printed something else than what it was to tell:"),
    ("exit 0", "python3 ended without telling what it measured:"),
    ("kill -9 $$", "ended itself with status 137"),
], ids=str)
def test_no_python_is_one_line(conc, tmp_path, text, said):
    folder = program(tmp_path, text) if text else str(tmp_path)
    result = conc("gil", "--only", "gil", "--python", "--ttl", "0.01", "0.01", "--json",
                  env={"PATH": folder})
    assert result.status == 1 and result.err.count("\n") == 1, result
    assert result.err.startswith("conc gil: python: ") and said in result.err
    gil, absent = result.json["variants"]
    assert gil["ok"] and not absent["ok"] and not absent["verdict"]


def test_a_python_that_is_killed_is_said_to_be(conc, tmp_path):
    result = conc("gil", "--only", "python", env={"PATH": program(tmp_path, "kill -9 $$")})
    assert "python printed:\n  │ python3 was killed by signal 9 (Killed)\n" in result.out


@pytest.mark.plain
def test_a_line_without_an_end_takes_no_memory(conc, tmp_path):
    folder = program(tmp_path, "exec head -c 400000000 /dev/zero")
    result = conc("gil", "--only", "python", env={"PATH": f"{folder}:/usr/bin:/bin"},
                  limits={resource.RLIMIT_AS: 500_000_000})
    assert result.err.endswith("protocol error\n"), result


def other_python(tmp_path, line):
    """This Python, after a line that makes it look like another one."""
    return program(tmp_path, f"""script=$6; shift 6
exec {PYTHON} -c "import sys; {line}
$script" "$@\"""") + ":/usr/bin:/bin"


def test_a_python_without_a_lock_is_said_to_be_one(conc, tmp_path):
    path = other_python(tmp_path, "sys._is_gil_enabled = lambda: False")
    found = variants(conc, "--only", "python", "--ttl", "0.01", "0.01", env={"PATH": path})
    assert found["python"]["outcome"]["python_has_lock"] is False
    assert found["python"]["outcome"]["turns"] == 0
    assert "It runs without a global lock." in found["python"]["verdict"]
    assert "hands" not in found["python"]["verdict"]
    assert not any(span["state"] == "blocked" for lane in workers(found["python"])
                   for span in lane["spans"])


def test_a_python_that_is_too_old_says_so(conc, tmp_path):
    path = other_python(tmp_path, "sys.version_info = (3, 7, 9); sys.version = '3.7.9 (old)'")
    result = conc("gil", "--only", "python", "--ttl", "0.01", "0.01", env={"PATH": path})
    assert result.status == 1 and result.err.count("\n") == 1
    assert "conc gil --python: needs Python 3.8, and this is 3.7.9\n" in result.out


def test_wild_lines_are_passed_over(conc, tmp_path):
    """It may print anything, also lines that begin like those that are told."""
    lines = ["", "x", "0", "0 1", "-1 5 have", "99999999999999999999 1 have",
             "0 $NOW create 0", "0 $NOW create 9", "0 $NOW create 1", "0 $NOW create 1",
             "1 $NOW start 7 luke", "2 $NOW start 8 nobody", "1 $NOW give", "1 $NOW want",
             "1 $NOW task 77", "1 $NOW done -1", "1 $NOW join 5", "1 $NOW joined 1",
             "1 $NOW lack 99999999999999", "1 $NOW figure", "1 $NOW figure python_versio 3",
             "1 $NOW end 1", "1 $NOW end -5 -5 -5", "1 $NOW loaded 0 0",
             "0 $NOW loaded 9999999999999 1", "0 $NOW loaded -1 99999999999999999999", "0 $NOW figure python_version 31102",
             "0 99999999999999999 have", "1 0 have"]
    clock = f"NOW=$({PYTHON} -c 'import time; print(time.monotonic_ns())')"
    echoes = "\n".join(f'echo "{line}"' for line in lines)
    folder = program(tmp_path, f"{clock}\n{echoes}")
    result = conc("gil", "--only", "python", "--ttl", "0.01", "0.01", "--json",
                  env={"PATH": f"{folder}:/usr/bin:/bin"})
    assert result.status == 0 and not result.err, result
    run = result.json["variants"][0]["runs"][0]
    assert [lane["name"] for lane in run["lanes"]] == ["main", "python3", "luke"]
    assert result.json["variants"][0]["outcome"]["python_version"] == "3.11.2"


def test_the_program_in_python_runs_by_itself():
    out = python([ROOT / "demos" / "gil_python.py"], "cpu", "luke", "1000000", "han", "2000000")
    assert all(re.fullmatch(r"[012] \d+ [a-z]+( \S+)*", line) for line in out.splitlines())
    spent = [int(ns) for ns in re.findall(r"done \d (\d+)", out)]
    assert len(spent) == 2 and spent[0] >= 1_000_000 and spent[1] >= 2_000_000
