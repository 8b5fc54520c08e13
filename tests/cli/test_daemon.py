# SPDX-License-Identifier: MIT
"""daemon: what is left of threads that nobody waits for.  Lines are counted, never
assumed; what is sure is what joined threads write, and what cannot have been written."""

import os
import random
import shutil
import signal
import time

import processes
import pytest
import runs
from conftest import PATIENCE

LINES = 10
#: Long enough that a busy machine does not change what main returns in the midst of.
TTLS = ("0.2", "0.4")
LEAVING = ("daemon", "detached")
ALL = ("sequential", "joined", "daemon", "daemon+join", "detached")


def report(conc, *args, **how):
    result = conc("daemon", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return runs.check(result.json)


def one_of(run, name):
    """The only run of a variant."""
    [one] = runs.variant(run, name)["runs"]
    return one


def threads_of(one):
    return [lane for lane in one["lanes"] if lane["kind"] == "thread"]


def check_counts(one, tasks):
    """What holds of every run, whoever was cut off."""
    outcome = one["outcome"]
    cleanups = len(runs.marks(one, "cleanup"))
    cut = sum(lane["cut"] for lane in threads_of(one))
    assert outcome["lines_expected"] == LINES * tasks
    assert 0 <= outcome["lines_written"] <= LINES * tasks
    assert outcome["cleanups_expected"] == tasks
    assert outcome["cleanups_run"] == cleanups
    assert outcome["threads_cut_off"] == cut
    assert tasks - cut <= cleanups <= tasks
    if tasks <= LINES:
        by_task = outcome["lines_by_task"]
        assert sum(by_task.values()) == outcome["lines_written"]
        assert all(0 <= lines <= LINES for lines in by_task.values())
        for lane in threads_of(one):
            assert lane["cut"] or by_task[lane["name"]] == LINES


def check_all(run):
    for variant in run["variants"]:
        for one in variant["runs"]:
            check_counts(one, len(run["tasks"]))
            if variant["name"] not in LEAVING:
                outcome = one["outcome"]
                assert outcome["lines_written"] == outcome["lines_expected"]
                assert outcome["cleanups_run"] == outcome["cleanups_expected"]
                assert not any(lane["cut"] for lane in one["lanes"])
    return run


# ---- the variants


def test_every_variant(conc):
    run = check_all(report(conc, *TTLS, "--with", "detached"))
    assert runs.names(run) == list(ALL)
    assert all(variant["ok"] for variant in run["variants"])
    for name in LEAVING:
        one = one_of(run, name)
        assert not one["lanes"][0]["cut"] and runs.lane(one, "darthvader")["cut"]
        assert one["ended_by"] is None
        assert one["outcome"]["lines_written"] < 2 * LINES
        assert one["outcome"]["lines_by_task"]["darthvader"] < LINES
        assert runs.variant(run, name)["speedup"] is None
    for name in ("joined", "daemon+join"):
        assert runs.variant(run, name)["verdict"].count("all 20 lines were written") == 1


def test_main_waits_where_it_joins(conc):
    run = report(conc, *TTLS)
    for name in ("joined", "daemon+join"):
        one = one_of(run, name)
        joined = {mark["object"]: mark["at_ns"] for _, mark in runs.marks(one, "join")}
        assert set(joined) == {"luke", "darthvader"}
        for lane in threads_of(one):
            assert joined[lane["name"]] >= lane["end_ns"]
    assert not runs.marks(one_of(run, "daemon"), "join")


def test_late_joining_comes_after_its_own_business(conc):
    one = one_of(report(conc, *TTLS), "daemon+join")
    [(who, done)] = runs.marks(one, "main is done")
    assert who == "main"
    assert all(mark["at_ns"] >= done["at_ns"] for _, mark in runs.marks(one, "join"))


def test_the_end_of_the_program_is_the_end_of_its_threads(conc):
    for one in runs.variant(report(conc, *TTLS, "--repeat", "3", "--only",
                                   "daemon"), "daemon")["runs"]:
        cut = [lane for lane in threads_of(one) if lane["cut"]]
        assert cut and all(lane["end_ns"] == one["wall_ns"] for lane in cut)


def test_main_returns_at_a_part_of_the_longest(conc):
    """Not before, so whoever has less to do than that and a core has it done."""
    run = report(conc, "0.02", "0.3", "0.6", "--only", "daemon")
    variant = runs.variant(run, "daemon")
    assert variant["ideal_ns"] == 330_000_000 <= variant["wall_ns"]
    assert variant["outcome"]["lines_by_task"]["luke"] == LINES


# ---- the options


def test_more_time_more_lines(conc):
    """What takes as long as the longest is in its midst; what takes a tenth is done."""
    equal = report(conc, "0.4", "0.4", "--only", "daemon")["variants"][0]["outcome"]
    unequal = report(conc, "0.04", "0.4", "--only", "daemon")["variants"][0]["outcome"]
    assert equal["lines_by_task"]["luke"] < LINES
    assert equal["threads_cut_off"] == 2
    assert unequal["lines_by_task"]["luke"] == LINES
    assert unequal["lines_written"] > equal["lines_written"]


@pytest.mark.parametrize("tasks", [1, 3, 10, 11, 200])
def test_tasks(conc, tasks):
    run = check_all(report(conc, "--tasks", str(tasks), "--ttl", "0.3", "--only",
                           "joined,daemon,daemon+join,detached"))
    for name in LEAVING:
        outcome = runs.variant(run, name)["outcome"]
        assert 0 < outcome["threads_cut_off"] <= tasks
        assert tasks > 11 or outcome["threads_cut_off"] == tasks
        assert 0 < outcome["lines_written"] < LINES * tasks
        assert ("lines_by_task" in outcome) == (tasks <= LINES)


def test_no_time_at_all(conc):
    run = check_all(report(conc, "0", "0", "--with", "detached", "--repeat", "5"))
    assert runs.variant(run, "joined")["outcome"]["lines_written"] == 5 * 2 * LINES


@pytest.mark.parametrize("cores", ["1", "2"])
def test_computing(conc, cores):
    if int(cores) > len(os.sched_getaffinity(0)):
        pytest.skip("fewer cores here")
    run = check_all(report(conc, *TTLS, "--work", "cpu", "--cores", cores, "--with",
                           "detached"))
    for name in LEAVING:
        assert runs.lane(one_of(run, name), "darthvader")["cut"]


def test_computing_on_one_core_gets_less_far(conc):
    """Of two that share a core, each has half of what main leaves them."""
    run = report(conc, "0.4", "0.4", "--work", "cpu", "--cores", "1", "--only", "daemon")
    assert run["variants"][0]["outcome"]["lines_written"] <= 6


def test_repeating_adds_up(conc):
    run = check_all(report(conc, "0.02", "0.04", "--repeat", "5", "--with", "detached"))
    joined = runs.variant(run, "joined")["outcome"]
    assert joined["lines_expected"] == joined["lines_written"] == 5 * 2 * LINES
    assert joined["lines_by_task"] == {"luke": 50, "darthvader": 50}
    assert all("5 runs" in v["verdict"] for v in run["variants"][1:])


def test_speed(conc):
    run = check_all(report(conc, "2", "4", "--speed", "10"))
    assert [task["ttl_ns"] for task in run["tasks"]] == [200_000_000, 400_000_000]
    assert runs.lane(one_of(run, "daemon"), "darthvader")["cut"]


def test_names(conc):
    names = ["Anna Maria", "日本", "%s %n", "a" * 40, "1"]
    run = check_all(report(conc, "--names", ",".join(names), "--tasks", "5",
                           "--ttl", "0.05"))
    assert runs.variant(run, "joined")["outcome"]["lines_by_task"] == dict.fromkeys(names, 10)


def test_a_limit_between_both(conc):
    """It would take too long to wait for the threads, and not to leave them."""
    run = report(conc, "0.4", "0.8", "--limit", "0.6")
    skipped = {v["name"]: v["skipped"] for v in run["variants"]}
    assert skipped == {"sequential": "limit", "joined": "limit", "daemon": None,
                       "daemon+join": "limit"}


def test_cut_off_by_the_limit(conc):
    """Its ideal is the limit itself, so it is run, and cannot be done in time."""
    run = report(conc, *TTLS, "--limit", "0.4", "--only", "daemon+join")
    [variant] = run["variants"]
    assert variant["runs"][0]["ended_by"] == "limit"
    assert variant["verdict"] == "" and not variant["ok"]
    assert variant["outcome"]["lines_written"] <= 2 * LINES


def test_interrupted(conc):
    running = conc.start("daemon", "0.2", "9", "--only", "joined", "--json")
    processes.wait_for(running.tag, "conc-stage")
    time.sleep(0.4 * PATIENCE)
    running.signal(signal.SIGINT)
    result = running.finish()
    assert result.status == 130, result
    [variant] = runs.check(result.json)["variants"]
    assert variant["verdict"] == "" and not variant["ok"]
    check_counts(variant["runs"][0], 2)
    assert runs.lane(variant["runs"][0], "darthvader")["cut"]


def test_each_variant_alone(conc):
    for name in ALL:
        run = check_all(report(conc, "0.02", "0.04", "--only", name))
        assert runs.names(run) == [name]


# ---- what is said


def verdict(conc, *args, name="daemon"):
    variant = runs.variant(report(conc, *args), name)
    return variant["outcome"], variant["verdict"]


def test_the_verdict_is_that_of_the_run(conc):
    outcome, text = verdict(conc, *TTLS)
    written, by_task = outcome["lines_written"], outcome["lines_by_task"]
    assert f"{written} of 20 lines were written" in text
    assert f"darthvader {by_task['darthvader']})" in text
    assert ("luke all 10" in text) == (by_task["luke"] == LINES)
    assert ("took darthvader with it" in text) == (outcome["threads_cut_off"] == 1)
    assert f"Cleanup ran in {outcome['cleanups_run']} of 2" in text


def test_the_verdict_on_one_task(conc):
    outcome, text = verdict(conc, "0.4")
    assert "the program took luke with it" in text
    assert f"{outcome['lines_written']} of 10 lines" in text
    assert "No cleanup ran" in text and "both" not in text


def test_the_verdict_without_time(conc):
    for _ in range(5):
        outcome, text = verdict(conc, "0", "0", "--only", "daemon")
        cut = outcome["threads_cut_off"]
        assert ("no thread happened to be cut off" in text) == (cut == 0)
        assert ("took" in text) == (cut > 0)
        assert ("all 20" in text) == (outcome["lines_written"] == 20)


def test_detached_is_compared_only_with_what_was_run(conc):
    run = report(conc, *TTLS, "--with", "detached")
    assert "Detached or not" in runs.variant(run, "detached")["verdict"]
    run = report(conc, *TTLS, "--only", "detached")
    text = runs.variant(run, "detached")["verdict"]
    assert "or not" not in text and text.startswith("With detached threads: ")


def test_the_picture_has_a_cross_where_a_lane_was_cut(conc):
    text = conc("daemon", *TTLS).out
    variants = text.split("\ndaemon  ")[1].split("\ndaemon+join")
    assert "✗" in variants[0] and "✗" not in variants[1].split("✗ cut off")[0]
    assert "✗ cut off" in text
    text = conc("daemon", *TTLS, "--ascii").out
    assert text.isascii() and "X cut off" in text


# ---- the file


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "files"
    path.mkdir()
    return path


def test_no_file_is_left(conc, folder):
    report(conc, "0.01", "0.02", "--with", "detached", env={"TMPDIR": str(folder)})
    assert not list(folder.iterdir())


def interrupt(conc, folder, number, after_s):
    """And nothing has a name meanwhile."""
    running = conc.start("daemon", *TTLS, env={"TMPDIR": str(folder)})
    time.sleep(after_s)
    named = list(folder.iterdir())
    running.signal(number)
    result = running.finish()
    assert not named and not list(folder.iterdir())
    assert not conc.left_behind()
    return result


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL],
                         ids=lambda number: number.name)
def test_no_file_is_left_by_a_signal(conc, folder, number):
    chance = random.Random(number)
    for _ in range(4):
        result = interrupt(conc, folder, number, chance.uniform(0.02, 0.9) * PATIENCE)
        assert result.status in (0, 128 + number), result


@pytest.mark.soak
def test_no_file_is_left_by_many_signals(conc, folder, soak):
    rounds, chance = soak(100), random.Random()
    for _ in range(rounds):
        number = chance.choice([signal.SIGINT, signal.SIGKILL])
        interrupt(conc, folder, number, chance.uniform(0, 1.6))
    soak.note(f"{rounds} of {rounds} left no file")


def test_interrupted_in_a_terminal(conc, folder):
    terminal = conc.terminal("daemon", "2", "9", env={"TMPDIR": str(folder)})
    processes.wait_for(conc.tag, "conc-stage")
    terminal.read(0.2)
    terminal.send("\x03")
    assert terminal.finish() == 130
    assert terminal.is_whole() and not list(folder.iterdir())


def test_no_folder_for_the_file(conc, folder):
    result = conc("daemon", "0.01", env={"TMPDIR": str(folder / "none")})
    assert result.status == 1, result
    assert result.err == ("conc daemon: cannot make a file for the run in $TMPDIR: "
                          "no such file or directory\n")


def on_a_small_disk(conc, folder, *args):
    """With a file system of one page, in a name space of its own."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root, to mount a small file system")
    mount = f"mount -t tmpfs -o size=4k none {folder}"
    if conc(argv=["unshare", "-m", "sh", "-c", mount]).status != 0:
        pytest.skip("may not mount a file system here")
    return conc(argv=["unshare", "-m", "sh", "-c", f'{mount} && exec "$0" daemon "$@"',
                      conc.path, *args], env={"TMPDIR": str(folder)})


FULL = "write: no space left on device"


@pytest.mark.plain  # ThreadSanitizer has a file of its own in TMPDIR
@pytest.mark.parametrize("name", ALL)
def test_a_full_disk(conc, folder, name):
    result = on_a_small_disk(conc, folder, "--tasks", "300", "--ttl", "0.01", "--only",
                             name, "--json")
    assert result.status == 1, result
    assert result.err.count("\n") == 1 and FULL in result.err, result
    [variant] = runs.check(result.json)["variants"]
    assert not variant["ok"] and FULL in variant["error"] and not variant["verdict"]
    assert variant["runs"][0]["ended_by"] == "refused"
    assert 0 < variant["outcome"]["lines_written"] < 3000


@pytest.mark.plain
def test_a_disk_that_is_just_large_enough(conc, folder):
    """Each run begins with an empty file."""
    result = on_a_small_disk(conc, folder, "--tasks", "30", "--ttl", "0.01", "--repeat", "3")
    assert result.status == 0 and not result.err, result


# ---- many times


@pytest.mark.soak
def test_joined_threads_write_all_many_times(conc, soak):
    rounds = soak(300)
    run = check_all(report(conc, "0.005", "0.01", "--repeat", str(rounds), "--with",
                           "detached", timeout=300))
    for name in ("joined", "daemon+join"):
        assert runs.variant(run, name)["outcome"]["lines_written"] == rounds * 2 * LINES
    left = runs.variant(run, "daemon")["outcome"]
    assert left["threads_cut_off"] >= rounds // 2
    soak.note(f"{rounds} runs: joined all lines, left alone {left['lines_written']} of "
              f"{left['lines_expected']}")
