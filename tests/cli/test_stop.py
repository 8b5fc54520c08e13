# SPDX-License-Identifier: MIT
"""stop: how long threads go on after they were asked to end, and what they leave."""

import re

import pytest
import runs

RECORDS = 4
#: Main asks at 0.2 s: in the midst of a record of each.
TTLS = ("0.3", "0.6")
ALL = ("never", "flag", "wakeup", "cancel", "cancel-bare", "kill")
LEAVING = ("never", "cancel-bare", "kill")
ASKING = ALL[1:]
COUNTS = ("tasks", "asked", "cut_off", "cleanups_run", "records_begun", "records_ended",
          "records_undone", "records_half", "locks_left")


def report(conc, *args, **how):
    result = conc("stop", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    run = runs.check(result.json)
    for variant in run["variants"]:
        for one in variant["runs"]:
            check_counts(variant["name"], one, len(run["tasks"]))
    return run


def outcome(run, name):
    return runs.variant(run, name)["outcome"]


def one_of(run, name):
    [one] = runs.variant(run, name)["runs"]
    return one


def workers(one):
    return [lane for lane in one["lanes"] if lane["id"] != 0]


def asked_at(one):
    found = runs.marks(one, "main asks")
    return found[0][1]["at_ns"] if found else None


def check_counts(name, one, tasks):
    """What holds of every run, however it went."""
    found, at = one["outcome"], asked_at(one)
    assert found["tasks"] == tasks and one["ended_by"] is None
    assert (at is None) == (name == "never")
    late = [lane["end_ns"] - at for lane in workers(one) if lane["end_ns"] > at] \
        if name != "never" else []
    assert found["asked"] == len(late)
    assert found.get("stopped_max_ns", []) == ([max(late)] if late else [])
    cut = [lane for lane in workers(one) if lane["cut"]]
    assert found["cut_off"] == (len(cut) if name == "never" else 0)
    assert name in ("never", "kill") or not cut
    begun = found["records_begun"]
    assert begun == found["records_ended"] + found["records_undone"] + found["records_half"]
    assert 0 <= found["records_half"] <= tasks
    assert found["cleanups_run"] == found["records_undone"] == len(runs.marks(one, "cleanup"))
    assert ("locks_left" in found) == (name != "never")
    if name not in LEAVING:
        assert found["records_half"] == found["locks_left"] == 0
    if name == "kill":
        assert found["locks_left"] == 0
    if name == "cancel-bare":
        assert found["locks_left"] == found["records_half"]


# ---- the variants


def test_every_variant(conc):
    """Records of 600 ms, and main asks after 200: in the midst of them, however busy the
    machine is."""
    run = report(conc, "0.6", "0.6", "--records", "1", "--with", "cancel-bare,kill")
    assert runs.names(run) == list(ALL)
    assert all(variant["ok"] and variant["speedup"] is None for variant in run["variants"])
    assert all(outcome(run, name)["asked"] == 2 for name in ASKING)
    for name in LEAVING:
        assert outcome(run, name)["records_half"] == 2
        assert "2 records that were being written are left half done" in \
            runs.variant(run, name)["verdict"]
    for name in ("wakeup", "cancel"):
        assert outcome(run, name)["records_undone"] == 2
        assert "Nothing is left half done" in runs.variant(run, name)["verdict"]
    assert outcome(run, "flag")["records_undone"] == 0
    assert outcome(run, "cancel-bare")["locks_left"] == 2
    assert "2 locks stay locked for ever" in runs.variant(run, "cancel-bare")["verdict"]


def test_who_looks_stops_later_than_who_is_woken(conc):
    """A record of 600 ms, and main asks after 200."""
    run = report(conc, "0.6", "--only", "flag,wakeup,cancel", "--records", "1")
    [flag] = outcome(run, "flag")["stopped_max_ns"]
    assert outcome(run, "flag")["records_ended"] == 1
    for name in ("wakeup", "cancel"):
        assert outcome(run, name)["stopped_max_ns"][0] < flag
        assert runs.variant(run, name)["wall_ns"] < runs.variant(run, "flag")["wall_ns"]


def test_the_more_often_it_looks_the_sooner(conc):
    seldom = report(conc, "0.6", "--only", "flag", "--records", "1")
    often = report(conc, "0.6", "--only", "flag", "--records", "100")
    assert outcome(often, "flag")["stopped_max_ns"] < outcome(seldom, "flag")["stopped_max_ns"]
    assert outcome(often, "flag")["records_ended"] > 1


def test_main_asks_after_a_third_of_the_longest(conc):
    for variant in report(conc, *TTLS)["variants"]:
        assert variant["ideal_ns"] == 200_000_000 <= variant["wall_ns"]


def test_who_is_asked_is_told(conc):
    run = report(conc, *TTLS, "--only", "cancel,kill")
    for name, what in (("cancel", "cancel"), ("kill", "kill")):
        one = one_of(run, name)
        told = [mark for who, mark in runs.marks(one, what) if who == "main"]
        assert [mark["object"] for mark in told] == ["luke", "darthvader"]
        assert all(mark["at_ns"] >= asked_at(one) for mark in told)
    killed = workers(one_of(run, "kill"))
    assert all(lane["cut"] and lane["kind"] == "process" for lane in killed)


def test_who_computes_cannot_be_woken(conc):
    """Nor is it cancelled: it comes to the end of its record."""
    run = report(conc, *TTLS, "--work", "cpu", "--with", "cancel-bare,kill")
    for name in ("flag", "wakeup", "cancel", "cancel-bare"):
        found = outcome(run, name)
        assert found["records_half"] == found["records_undone"] == found["locks_left"] == 0
        assert found["records_begun"] == found["records_ended"]
    assert outcome(run, "never")["records_half"] == 2
    assert outcome(run, "kill")["records_half"] == 2
    assert "cannot be woken" in runs.variant(run, "wakeup")["verdict"]
    assert "no cancellation point" in runs.variant(run, "cancel")["verdict"]


def test_who_has_ended_before_is_not_asked(conc):
    run = report(conc, "0.02", "0.6", "--with", "cancel-bare,kill")
    for name in ASKING:
        assert outcome(run, name)["asked"] == 1
        one = "process" if name == "kill" else "thread"
        assert f"{name}: 1 {one} had ended by itself; darthvader had ended" in \
            runs.variant(run, name)["verdict"]
    assert "wherever it was; its lock" in runs.variant(run, "kill")["verdict"]
    assert outcome(run, "never")["cut_off"] == 1
    assert "took darthvader with it" in runs.variant(run, "never")["verdict"]


def test_who_has_ended_by_itself_is_not_among_those_that_end(conc):
    """The last were asked a second before they would have ended."""
    run = report(conc, "0", "0", "0", "0", "1.5", "1.5", "1.5", "--only", "flag,kill",
                 "--records", "1")
    for name, many in (("flag", "threads"), ("kill", "processes")):
        assert f"{name}: 4 {many} had ended by themselves; the other 3 had ended " in \
            runs.variant(run, name)["verdict"]
    run = report(conc, "0", "0.6", "--only", "cancel", "--repeat", "2", "--records", "1")
    assert "in 2 runs, 2 threads had ended by themselves; the other 2 had ended at most " in \
        runs.variant(run, "cancel")["verdict"]


# ---- the options


@pytest.mark.parametrize("tasks", [1, 5, 40])
def test_tasks(conc, tasks):
    run = report(conc, "--tasks", str(tasks), "--ttl", "0.3", "--only", ",".join(ALL))
    for name in LEAVING:
        assert outcome(run, name)["records_half"] > 0
    assert outcome(run, "cancel")["records_undone"] > 0


def test_no_time_at_all(conc):
    run = report(conc, "0", "0", "--only", ",".join(ALL), "--repeat", "3")
    assert not any("sleep" in variant["verdict"] for variant in run["variants"])


@pytest.mark.parametrize("ttls, hint", [
    (["0", "0", "0", "0", "0.01"], "conc stop --ttl 0 0 0 0 0.01 --with cancel-bare,kill"),
    (["0"] * 5, "conc stop --tasks 5 --ttl 0 --with cancel-bare,kill"),
    (["0"] * 4, "conc stop --ttl 0 0 0 0 --with cancel-bare,kill"),
])
def test_what_to_try_next_has_the_same_times(conc, ttls, hint):
    out = conc("stop", "--ttl", *ttls, "--only", "flag").out
    assert out.splitlines()[-1].endswith(hint), out


def test_a_file_too_long_to_count(conc):
    """Of such a one, how many records there are is not said."""
    result = conc("stop", "--tasks", "20", "--ttl", "0.03", "--records", "1000", "--only",
                  "flag", "--json")
    assert result.status == 0 and not result.err, result
    [variant] = runs.check(result.json)["variants"]
    assert ("records_half" in variant["outcome"]) == ("half" in variant["verdict"])


def test_locks_that_stay_locked_are_said_of_such_a_one_too(conc):
    result = conc("stop", "--tasks", "300", "--ttl", "0.3", "--records", "1000", "--only",
                  "cancel-bare", "--json")
    assert result.status == 0 and not result.err, result
    [variant] = runs.check(result.json)["variants"]
    locked = variant["outcome"]["locks_left"]
    assert (f"{locked} lock" in variant["verdict"]) == (locked > 0), variant["verdict"]


def test_repeating_adds_up(conc):
    # None has ended by itself when main asks, even where it asks late.
    run = report(conc, "0.3", "0.3", "--repeat", "3", "--only", "cancel,cancel-bare")
    assert outcome(run, "cancel")["records_undone"] == 6
    assert outcome(run, "cancel-bare")["locks_left"] == 6
    assert len(outcome(run, "cancel")["stopped_max_ns"]) == 3
    assert "in 3 runs, all threads had ended at most" in runs.variant(run, "cancel")["verdict"]


def test_one_core(conc):
    report(conc, *TTLS, "--work", "cpu", "--cores", "1", "--only", "flag,cancel")


@pytest.mark.parametrize("value", ["0", "1001", "x"])
def test_records_that_cannot_be(conc, value):
    result = conc("stop", "--records", value)
    assert result.status == 2 and result.err.count("\n") == 1 and "--records" in result.err


def test_predicted_in_milliseconds(conc):
    text = " ".join(conc("stop", "0.6", "--only", "flag", "--records", "1",
                         "--predict=flag=0").out.split())
    assert re.search(r"You said 0 for flag; it was (\d+): \1 more", text), text


def test_each_variant_alone(conc):
    for name in ALL:
        assert runs.names(report(conc, "0.03", "0.06", "--only", name)) == [name]


# ---- many times


@pytest.mark.soak
def test_cleanup_runs_many_times(conc, soak):
    rounds = soak(300)
    run = report(conc, "0.03", "0.06", "--repeat", str(rounds), "--only",
                 "flag,wakeup,cancel,cancel-bare,kill", timeout=300)
    asked = outcome(run, "cancel")["asked"]
    assert outcome(run, "cancel")["records_undone"] <= asked == 2 * rounds
    soak.note(f"{rounds} runs: nothing left by flag, wakeup, cancel; by cancel-bare "
              f"{outcome(run, 'cancel-bare')['locks_left']} locks of {2 * rounds}")
