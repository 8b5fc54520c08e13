# SPDX-License-Identifier: MIT
"""deadlock: what gets stuck is caught and told, and what only takes long is left alone."""

import contextlib
import os
import re
import signal
import subprocess
import time

import pytest
import runs
from conftest import PATIENCE

MS = 1_000_000
#: From the last wait's beginning until it is seen; sanitizers and their machine are slower.
SEEN_NS = 100 * MS * PATIENCE
TTLS = ("0.02", "0.03")
DEFAULT = ("sequential", "opposite", "ordered", "trylock", "one-lock")
EXTRA = ("no-backoff", "self", "abandoned")
#: They never get stuck.
RIGHT = ("sequential", "ordered", "trylock", "one-lock", "no-backoff")
#: They always do, and in this way; `opposite` only where its meeting is arranged.
STUCK = {"opposite": "cycle", "self": "self", "abandoned": "abandoned"}


def report(conc, *args, **how):
    result = conc("deadlock", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return runs.check(result.json)


def said(conc, *args):
    result = conc("deadlock", *args, "--width", "300")
    assert result.status == 0 and not result.err, result
    return result.out


def one_of(run, name):
    """The only run of a variant."""
    [one] = runs.variant(run, name)["runs"]
    return one


def check_cycle(one, kind):
    """It leads back to its beginning, and says what was held and wanted, and where."""
    outcome = one["outcome"]
    cycle = outcome["cycle"]
    assert one["ended_by"] == "deadlock" and outcome["kinds"] == {kind: 1}
    for link in cycle:
        assert link["lane"] in [lane["name"] for lane in one["lanes"]]
        for at in ("source", "holds_source"):
            assert link[at] is None or re.fullmatch(r"demos/deadlock\.c:\d+", link[at])
    if kind == "abandoned":
        waiting, gone = cycle
        assert waiting["wants"] == gone["holds"] and gone["wants"] is None
        assert not runs.lane(one, gone["lane"])["cut"]
        assert runs.lane(one, waiting["lane"])["cut"]
        return
    for link, following in zip(cycle, cycle[1:] + cycle[:1], strict=True):
        assert link["wants"] == following["holds"]
        assert runs.lane(one, link["lane"])["cut"]
    assert len({link["lane"] for link in cycle}) == len(cycle)


def check_one(one, name, natural):
    outcome = one["outcome"]
    stuck = outcome["deadlocked"]
    assert outcome["runs"] == 1 and outcome["runs_deadlocked"] == stuck
    assert stuck == (one["ended_by"] == "deadlock")
    assert len(outcome["detected_after_ns"]) == stuck
    if stuck:
        [after] = outcome["detected_after_ns"]
        assert 0 < after < SEEN_NS
        check_cycle(one, STUCK[name])
    else:
        assert one["ended_by"] is None and outcome["cycle"] == []
        assert not any(lane["cut"] for lane in one["lanes"])
    if name in RIGHT:
        assert not stuck, name
    elif not (natural and name == "opposite"):
        assert stuck, name
    if name not in ("trylock", "no-backoff"):
        assert outcome["retries"] == 0


def check(run):
    """What holds of every run, whatever the machine was doing."""
    for variant in run["variants"]:
        assert variant["ok"], variant["error"]
        for one in variant["runs"]:
            check_one(one, variant["name"], run["options"]["natural"])
            check_alone(one, variant["name"], run)
    return run


def check_alone(one, name, run):
    """Those who share a lock are never at work together."""
    done = runs.tasks_done(one)
    tasks = [task["name"] for task in run["tasks"]]
    if one["ended_by"] is None:
        assert sorted(done) == sorted(tasks)
    times = sorted(done.values())
    if not run["options"]["philosophers"] or name in ("sequential", "one-lock"):
        assert all(end <= begin for (_, end), (begin, _) in zip(times, times[1:]))
        return
    for task, beside in zip(tasks, tasks[1:] + tasks[:1], strict=True):
        if task in done and beside in done:
            (begin, end), (other_begin, other_end) = done[task], done[beside]
            assert end <= other_begin or other_end <= begin, (task, beside)


# ---- the variants


def test_every_variant(conc):
    run = check(report(conc, *TTLS, "--with", ",".join(EXTRA)))
    assert runs.names(run) == list(DEFAULT + EXTRA)


def test_the_default_run_leaves_the_extras_out(conc):
    assert runs.names(check(report(conc, "0", "0"))) == list(DEFAULT)


def test_luke_and_darthvader(conc):
    """Who holds what, since when, and wants what: they wait for each other."""
    one = one_of(check(report(conc, *TTLS, "--only", "opposite")), "opposite")
    luke, darthvader = one["outcome"]["cycle"]
    assert (luke["lane"], luke["holds"], luke["wants"]) == ("luke", "left", "right")
    assert (darthvader["lane"], darthvader["holds"], darthvader["wants"]) == \
        ("darthvader", "right", "left")
    # The lines that are named are those that lock.
    source = open(os.path.join(os.path.dirname(__file__), "../../demos/deadlock.c")).readlines()
    for key, text in (("holds_source", "uv_mutex_lock(job->first);"),
                      ("source", "uv_mutex_lock(job->second);")):
        line = int(luke[key].rpartition(":")[2])
        assert source[line - 1].strip() == text


def test_the_prompt_is_back_soon(conc):
    result = conc("deadlock", "9", "9", "--only", "opposite")
    assert result.status == 0 and result.seconds < 0.5 * PATIENCE, result
    assert "luke" in result.out and "stuck" in result.out


@pytest.mark.parametrize("seats", ["2", "3", "5", "50"])
def test_philosophers(conc, seats):
    run = check(report(conc, "--philosophers", seats, "--ttl", "5ms"))
    count = int(seats)
    assert len(run["tasks"]) == count
    assert run["options"]["philosophers"] == count
    cycle = one_of(run, "opposite")["outcome"]["cycle"]
    assert len(cycle) == count
    for place, link in enumerate(cycle):
        assert link["holds"] == f"forks[{place}]"
        assert link["wants"] == f"forks[{(place + 1) % count}]"


@pytest.mark.plain  # 200 threads have 20 ms to meet
def test_many_philosophers(conc):
    run = check(report(conc, "--philosophers", "200", "--ttl", "1ms",
                       "--only", "opposite,one-lock"))
    assert len(one_of(run, "opposite")["outcome"]["cycle"]) == 200


def test_more_tasks_than_two_at_two_locks(conc):
    run = check(report(conc, "--tasks", "7", "--ttl", "3ms", "--with", ",".join(EXTRA)))
    assert len(one_of(run, "opposite")["outcome"]["cycle"]) == 2


@pytest.mark.parametrize("options", [
    (), ("--cores", "1"), ("--work", "cpu"), ("--work", "cpu", "--cores", "1"),
    ("--names", "ann,bob"), ("--speed", "10"),
], ids=lambda options: " ".join(options) or "default")
def test_opposite_is_stuck_in_every_run(conc, options):
    run = check(report(conc, *TTLS, "--only", "opposite", "--repeat", "20", *options))
    outcome = runs.variant(run, "opposite")["outcome"]
    assert outcome["runs"] == outcome["deadlocked"] == outcome["runs_deadlocked"] == 20
    assert len(outcome["detected_after_ns"]) == 20 and len(outcome["cycle"]) == 40
    assert outcome["kinds"] == {"cycle": 20}


# ---- what only takes long


@pytest.mark.parametrize("options", [
    ("--tasks", "8", "--ttl", "30ms"), ("--tasks", "40", "--ttl", "1ms"),
    ("--philosophers", "6", "--ttl", "30ms"), ("0.3", "0.3"),
    ("--tasks", "5", "--ttl", "5ms", "--natural"), ("--tasks", "5", "--work", "cpu", "10ms"),
], ids=" ".join)
def test_a_wait_that_is_only_long_is_no_deadlock(conc, options):
    check(report(conc, *options, "--only", "ordered,trylock,one-lock", "--repeat", "3"))


@contextlib.contextmanager
def busy_processes(count):
    """So many that only compute, beside whatever runs meanwhile."""
    busy = [subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def check_patience(conc, rounds):
    """Who waits for long since there is no core for the holder, or for who was woken."""
    with busy_processes(2 * len(os.sched_getaffinity(0))):
        result = conc(argv=["/usr/bin/nice", "-n", "19", conc.path, "deadlock", "--tasks", "8",
                            "--ttl", "1ms", "--only", "ordered,trylock,one-lock", "--natural",
                            "--repeat", str(rounds), "--json"])
    assert result.status == 0, result
    run = runs.check(result.json)
    for variant in run["variants"]:
        assert variant["outcome"]["kinds"] == {}, variant["name"]


def test_a_busy_machine_gets_nobody_stuck(conc):
    check_patience(conc, 5)


def test_abandoned_is_stuck_from_the_holders_end_on(conc):
    """While the holder is at work, the same wait is only long."""
    one = one_of(check(report(conc, "0.3", "0.3", "--only", "abandoned")), "abandoned")
    waiting, gone = one["outcome"]["cycle"]
    ended = [mark["at_ns"] for lane, mark in runs.marks(one, "end") if lane == gone["lane"]]
    assert ended and ended[0] >= 300 * MS
    assert ended[0] < one["wall_ns"] < ended[0] + SEEN_NS
    assert waiting["lane"] != gone["lane"]


# ---- trying again


def test_trylock_backs_off_and_gets_on(conc):
    run = check(report(conc, "0.01", "0.01", "--only", "trylock", "--repeat", "20"))
    variant = runs.variant(run, "trylock")
    for one in variant["runs"]:
        failed = runs.marks(one, "lock-failed")
        assert one["outcome"]["retries"] == len(failed)
    assert variant["outcome"]["retries"] >= 20, "they met in every run"
    assert "retries in all" in variant["verdict"]


def test_trying_again_at_once_is_a_livelock(conc):
    """All run, and none gets on: many retries before the first one has both locks."""
    run = check(report(conc, "0.01", "0.01", "--only", "trylock,no-backoff"))
    one = one_of(run, "no-backoff")
    begun = min(begin for begin, _ in runs.tasks_done(one).values())
    before = [mark for _, mark in runs.marks(one, "lock-failed") if mark["at_ns"] < begun]
    assert len(before) > 10
    assert one["outcome"]["retries"] > one_of(run, "trylock")["outcome"]["retries"]
    assert "livelock" in runs.variant(run, "no-backoff")["verdict"]


# ---- luck


def test_luck_is_counted(conc):
    run = check(report(conc, "0", "0", "--natural", "--only", "opposite", "--repeat", "200"))
    variant = runs.variant(run, "opposite")
    stuck = variant["outcome"]["runs_deadlocked"]
    assert variant["outcome"]["runs"] == 200
    assert stuck == sum(one["ended_by"] == "deadlock" for one in variant["runs"])
    how_many = str(stuck) if stuck else "none"
    assert f"opposite: {how_many} of 200 runs got stuck, by luck." in variant["verdict"]
    assert stuck == 200 or "prove nothing" in variant["verdict"]


def test_natural_arranges_nothing(conc):
    run = check(report(conc, "0.05", "0.05", "--natural"))
    for variant in run["variants"]:
        for one in variant["runs"]:
            assert not runs.marks(one, "post") and not runs.marks(one, "timeout")
    assert run["options"]["natural"]
    assert "with --natural" in said(conc, *TTLS, "--natural")


# ---- the shortest times


@pytest.mark.parametrize("ttls, ideal", [
    (("10", "20"), 30), (("10", "20", "30"), 60), (("10", "20", "30", "40"), 70),
    (("20",) * 4, 40), (("20",) * 5, 60), (("40", "1", "1", "1", "40"), 80),
    (("30", "1", "1", "1", "1"), 31),
], ids=str)
def test_the_shortest_time_at_a_table(conc, ttls, ideal):
    """Neighbours take turns; of an odd number, three in a row come one after another."""
    args = [f"{ttl}ms" for ttl in ttls]
    run = check(report(conc, *args, "--philosophers", str(len(ttls)), "--repeat", "2"))
    total = sum(map(int, ttls))
    for variant in run["variants"]:
        alone = variant["name"] in ("sequential", "one-lock")
        assert variant["ideal_ns"] == (total if alone else ideal) * MS, variant["name"]
        if variant["wall_ns"] is not None:
            assert variant["wall_ns"] >= variant["ideal_ns"]


def test_the_shortest_time_of_two_locks_is_the_sum(conc):
    run = check(report(conc, "--tasks", "3", "--ttl", "10ms"))
    assert {variant["ideal_ns"] for variant in run["variants"]} == {30 * MS}


def test_computing_needs_cores_besides(conc):
    run = check(report(conc, "--philosophers", "8", "--ttl", "5ms", "--work", "cpu",
                       "--cores", "1", "--only", "sequential,ordered"))
    assert runs.variant(run, "ordered")["ideal_ns"] == 40 * MS


# ---- what is said


def test_the_four_conditions_are_named_and_which_one_each_breaks(conc):
    run = check(report(conc, *TTLS))
    for name, condition in (("ordered", "circular wait"), ("trylock", "no preemption"),
                            ("one-lock", "hold and wait")):
        text = runs.variant(run, name)["verdict"]
        assert text.startswith(f'{name} breaks "{condition}"')
        assert condition in runs.variant(run, "opposite")["verdict"]
    assert "mutual exclusion" in runs.variant(run, "opposite")["verdict"]


def test_the_meeting_is_no_secret(conc):
    """What it costs those who do not get stuck is said, and left out on request."""
    assert "--natural leaves them out" in said(conc, *TTLS, "--only", "ordered")
    text = said(conc, *TTLS, "--only", "ordered", "--natural")
    assert "meeting" not in text


def test_self_and_abandoned_are_told_apart(conc):
    run = check(report(conc, *TTLS, "--only", "self,abandoned"))
    assert "itself" in runs.variant(run, "self")["verdict"]
    assert "no circle" in runs.variant(run, "abandoned")["verdict"]
    [itself] = one_of(run, "self")["outcome"]["cycle"]
    assert itself["holds"] == itself["wants"] == "one_lock"


@pytest.mark.parametrize("args", [
    ("0", "0"), ("0.01", "0.01"), ("0.005", "0.01", "--work", "cpu"),
    ("5ms", "5ms", "--work", "cpu", "--cores", "1"), ("1ms", "2ms", "--repeat", "3"),
    ("--tasks", "40", "--ttl", "1ms", "--limit", "1"), ("1", "2", "--speed", "100"),
    ("--philosophers", "2", "1ms"), ("--philosophers", "7", "--natural", "--ttl", "1ms"),
    ("0.1", "0.1", "--limit", "0.15"), ("0", "0.02", "--natural", "--repeat", "2"),
], ids=" ".join)
def test_any_command_line(conc, args):
    result = conc("deadlock", *args, "--with", ",".join(EXTRA), "--json")
    assert result.status == 0, result
    run = runs.check(result.json)
    for variant in run["variants"]:
        assert "never stuck" not in variant["verdict"] or variant["outcome"]["deadlocked"] == 0
        if variant["name"] in RIGHT and variant["outcome"]:
            assert variant["outcome"]["deadlocked"] == 0
        if not variant["ok"]:
            assert not variant["verdict"]
    assert "disturbed" not in said(conc, *args, "--with", ",".join(EXTRA))


@pytest.mark.parametrize("args, why", [
    (("--philosophers", "1"), "from 2 to 1,000"), (("--philosophers", "1001"), "from 2 to 1,000"),
    (("--philosophers", "3", "--tasks", "3"), "exclude"), (("0.1",), "2 tasks at least"),
    (("--tasks", "1"), "from 2"), (("--philosophers", "3", "1", "2"), "3 tasks"),
    (("--philosophers", "x"), "from 2"), (("--natural=1",), "takes no value"),
], ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_what_is_wrong_is_said_at_once(conc, args, why):
    result = conc("deadlock", *args)
    assert result.status == 2 and not result.out and result.err.count("\n") == 1
    assert why in result.err, result


@pytest.mark.plain
@pytest.mark.parametrize("args", [
    (), ("--only", "self"), ("--natural",), ("--philosophers", "3"), ("--limit", "1us")],
    ids=lambda args: " ".join(args) or "default")
def test_the_line_to_try_next_can_be_run(conc, args):
    ttls = () if "--philosophers" in args else ("10ms", "10ms")
    text = said(conc, *ttls, *args, "--color", "never")
    words = text.rpartition(" conc ")[2].split()
    result = conc(*words, "--json")
    assert result.status == 0, (words, result)


# ---- in the midst of it


def interrupt_at(conc, name, instants):
    for at in instants:
        running = conc.start("deadlock", "9", "9", "--only", name)
        time.sleep(at)
        running.signal(signal.SIGINT)
        sent = time.monotonic()
        result = running.finish()
        assert time.monotonic() - sent < 0.2 * PATIENCE, result
        assert result.status in (0, 130), result
        assert not conc.left_behind()


@pytest.mark.parametrize("name", ["opposite", "self"])
def test_who_is_stuck_dies_by_control_c(conc, name):
    interrupt_at(conc, name, [0.002 * i for i in range(15)])


@pytest.mark.plain
def test_interrupted_in_a_terminal_while_stuck(conc):
    for at in (0.01, 0.02, 0.03):
        terminal = conc.terminal("deadlock", "9", "9", "--only", "opposite")
        time.sleep(at)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(terminal.pid, signal.SIGINT)
        assert terminal.finish() in (0, 130), terminal.text
        assert terminal.is_whole(), terminal.text


def test_the_live_view_shows_who_is_stuck(conc):
    terminal = conc.terminal("deadlock", *TTLS, "--only", "opposite", "--live")
    assert terminal.finish() == 0
    assert terminal.is_whole(), terminal.text
    assert "wants right" in terminal.text and "stuck" in terminal.text


# ---- a thousand times


def seen_after(run, name):
    return sorted(runs.variant(run, name)["outcome"]["detected_after_ns"])


@pytest.mark.soak
@pytest.mark.parametrize("options", [
    (), ("--cores", "1"), ("--philosophers", "5"), ("--philosophers", "50"),
    ("--work", "cpu")], ids=lambda options: " ".join(options) or "default")
def test_opposite_is_caught_in_every_one_of_many_runs(conc, soak, options):
    rounds = soak(1000)
    ttls = ("--ttl", "10ms") if "--philosophers" in options else TTLS
    run = check(report(conc, *ttls, "--only", "opposite", "--repeat", str(rounds), *options))
    after = seen_after(run, "opposite")
    soak.note(f"{len(after)} of {rounds} runs {' '.join(options)} caught, "
              f"{after[len(after) // 2] / MS:.1f} ms after the circle had closed at the median, "
              f"{after[-1] / MS:.1f} at most")
    assert len(after) == rounds


@pytest.mark.soak
@pytest.mark.parametrize("options", [
    ("0.005", "0.005"), ("--philosophers", "5", "2ms"), ("0", "0", "--natural"),
    ("--tasks", "8", "1ms", "--natural", "--cores", "1")], ids=" ".join)
def test_the_right_ones_are_never_stuck(conc, soak, options):
    rounds = soak(1000)
    run = check(report(conc, *options, "--only", "ordered,trylock,one-lock",
                       "--repeat", str(rounds)))
    soak.note(f"{' '.join(options)}: none of {3 * rounds} runs got stuck, "
              f"{runs.variant(run, 'trylock')['outcome']['retries']} retries")


@pytest.mark.soak
def test_slow_holders_are_left_alone(conc, soak):
    rounds = soak(1000)
    check(report(conc, "60ms", "60ms", "60ms", "--only", "one-lock", "--natural",
                 "--repeat", str(rounds), timeout=900))
    soak.note(f"{rounds} runs with slow holders: no false alarm")


@pytest.mark.soak
def test_a_busy_machine_gets_nobody_stuck_in_many_runs(conc, soak):
    rounds = soak(300)
    check_patience(conc, rounds)
    soak.note(f"{3 * rounds} runs at nice 19 beside busy processes: no false alarm")


@pytest.mark.soak
@pytest.mark.parametrize("tasks", ["2", "3", "10"])
def test_how_often_luck_strikes(conc, soak, tasks):
    rounds = soak(1000)
    run = check(report(conc, "--tasks", tasks, "--ttl", "1ms", "--natural", "--only", "opposite",
                       "--repeat", str(rounds)))
    stuck = runs.variant(run, "opposite")["outcome"]["runs_deadlocked"]
    soak.note(f"{tasks} tasks: {stuck} of {rounds} runs got stuck by luck")


@pytest.mark.soak
@pytest.mark.parametrize("name", ["opposite", "self"])
def test_who_is_stuck_dies_by_control_c_at_any_instant(conc, soak, name):
    rounds = soak(200)
    interrupt_at(conc, name, [0.04 * i / rounds for i in range(rounds)])
    soak.note(f"{rounds} interrupts of {name}: ended within 200 ms, nothing left")
