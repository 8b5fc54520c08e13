# SPDX-License-Identifier: MIT
"""join: whether results are there when main reads them.  Where that is a matter of time,
what is said must be what happened; where it is not, it must be so in every run."""

import itertools
import os
import re
import resource
import signal
import time

import processes
import pytest
import runs
from conftest import PATIENCE

MS = 1_000_000
#: Long enough for main to read before them on a busy machine.
TTLS = ("0.2", "0.4")
ALL = ("sequential", "join", "one-by-one", "no-join", "timeout", "sleep", "other-order")
#: Those that read after they have joined.
RIGHT = ("sequential", "join", "one-by-one", "timeout", "other-order")
CONCURRENT = ("join", "no-join", "timeout", "sleep", "other-order")


def report(conc, *args, **how):
    result = conc("join", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return runs.check(result.json)


def said(conc, *args):
    result = conc("join", *args, "--width", "300")
    assert result.status == 0 and not result.err, result
    return result.out


def one_of(run, name):
    """The only run of a variant."""
    [one] = runs.variant(run, name)["runs"]
    return one


def read_at(one):
    [(lane, mark)] = runs.marks(one, "reads")
    assert lane == "main"
    return mark["at_ns"]


def ends(one):
    return {name: mark["at_ns"] for name, mark in runs.marks(one, "end") if name != "main"}


def threads_of(one):
    return [lane for lane in one["lanes"] if lane["kind"] == "thread"]


def ready(run, name):
    """Of each run of a variant: how many results were there."""
    return [one["outcome"]["results_ready"] for one in runs.variant(run, name)["runs"]]


def check(run, fails=0):
    """What holds of every run, whatever the machine was doing."""
    tasks = len(run["tasks"])
    for variant in run["variants"]:
        assert variant["ok"]
        for one in variant["runs"]:
            outcome = one["outcome"]
            assert outcome["results_expected"] == tasks
            assert not any(lane["cut"] for lane in one["lanes"])
            assert len(threads_of(one)) == (0 if variant["name"] == "sequential" else tasks)
            ended = sum(at <= read_at(one) for at in ends(one).values())
            assert 0 <= outcome["failed"] <= fails
            # A thread leaves its result a moment before it ends.
            assert ended <= outcome["results_ready"] + outcome["failed"] or \
                variant["name"] == "sequential"
            if variant["name"] in RIGHT:
                assert outcome["results_ready"] == tasks - fails
                assert outcome["failed"] == fails
            if variant["name"] != "timeout":
                assert outcome["timed_out"] == outcome["alive_after"] == 0
            assert sum(outcome["totals"].values()) == 1
    return run


# ---- the variants


def test_every_variant(conc):
    run = check(report(conc, *TTLS, "--with", "sleep,other-order"))
    assert runs.names(run) == list(ALL)
    assert ready(run, "no-join") == [0]
    totals = [one_of(run, name)["outcome"]["totals"] for name in RIGHT]
    assert totals == totals[:1] * len(RIGHT)


def test_the_default_run_leaves_the_extras_out(conc):
    assert runs.names(report(conc, "0", "0")) == list(ALL[:5])


def test_main_reads_after_all_have_ended(conc):
    run = check(report(conc, *TTLS, "--only", "join,other-order,one-by-one"))
    for name in ("join", "other-order", "one-by-one"):
        one = one_of(run, name)
        assert max(ends(one).values()) <= read_at(one)
        joined = [mark["object"] for _, mark in runs.marks(one, "join")]
        order = ["luke", "darthvader"]
        assert joined == (order[::-1] if name == "other-order" else order)


def test_threads_overlap_but_for_one_by_one(conc):
    run = check(report(conc, "0.1", "0.1", "0.1", "--with", "sleep,other-order"))
    for name in CONCURRENT:
        threads = threads_of(one_of(run, name))
        assert max(t["start_ns"] for t in threads) < min(t["end_ns"] for t in threads), name
    for before, after in itertools.pairwise(threads_of(one_of(run, "one-by-one"))):
        assert before["end_ns"] <= after["start_ns"]
    for name in ("sequential", "one-by-one"):
        variant = runs.variant(run, name)
        assert variant["ideal_ns"] == 300 * MS <= variant["wall_ns"]


def test_no_join_reads_before_anything_is_there(conc):
    run = check(report(conc, *TTLS, "--only", "no-join"))
    one = one_of(run, "no-join")
    assert read_at(one) < min(ends(one).values())
    assert one["outcome"]["results_ready"] == 0
    assert len(runs.marks(one, "join")) == 2, "a thread was left behind"


@pytest.mark.parametrize("options", [(), ("--cores", "1"), ("--load",), ("--work", "cpu")],
                         ids=lambda options: " ".join(options) or "default")
def test_no_join_finds_no_result_in_many_runs(conc, options):
    run = check(report(conc, "0.1", "0.1", "--only", "no-join", "--repeat", "10", *options))
    assert ready(run, "no-join") == [0] * 10


def test_no_join_with_nothing_to_wait_for_says_what_it_found(conc):
    """With a ttl of 0 a thread may be done before main reads: then it is there."""
    for tasks in ("1", "200"):
        args = ("--ttl", "0", "--tasks", tasks, "--only", "no-join")
        run = check(report(conc, *args))
        text = runs.variant(run, "no-join")["verdict"]
        assert ("by luck" in text) == (ready(run, "no-join")[0] > 0)


# ---- waiting for a time


def test_timeout_goes_on_with_the_thread_alive_and_joins_it_later(conc):
    run = check(report(conc, "0.05", "0.6", "--only", "timeout", "--timeout", "0.3"))
    one = one_of(run, "timeout")
    outcome = one["outcome"]
    assert (outcome["timed_out"], outcome["alive_after"]) == (1, 1)
    alive = runs.marks(one, "alive")
    assert len(alive) == 2, "the join that was given up, and the question"
    assert {(lane, mark["object"]) for lane, mark in alive} == {("main", "darthvader")}
    last = max(mark["at_ns"] for _, mark in alive)
    assert 300 * MS <= last < ends(one)["darthvader"]
    joined = {mark["object"]: mark["at_ns"] for _, mark in runs.marks(one, "join")}
    assert joined["luke"] < last < joined["darthvader"]
    spans = [span for span in runs.lane(one, "main")["spans"] if span["start_ns"] >= last]
    assert [span["label"] for span in spans if span["state"] == "wait"] == ["sleeps"]
    assert outcome["results_ready"] == 2


def test_timeout_of_its_own_accord_is_past_the_half(conc):
    run = report(conc, *TTLS, "--only", "timeout")
    assert run["options"]["timeout_ns"] == 220 * MS
    run = report(conc, *TTLS, "--only", "timeout", "--speed", "2")
    assert run["options"]["timeout_ns"] == 110 * MS
    run = report(conc, *TTLS, "--only", "timeout", "--timeout", "0.2", "--speed", "2")
    assert run["options"]["timeout_ns"] == 100 * MS


def test_timeout_of_nothing_and_of_much(conc):
    none = one_of(check(report(conc, *TTLS, "--only", "timeout", "--timeout", "0")), "timeout")
    assert (none["outcome"]["timed_out"], none["outcome"]["alive_after"]) == (2, 2)
    much = one_of(check(report(conc, *TTLS, "--only", "timeout", "--timeout", "9")), "timeout")
    assert (much["outcome"]["timed_out"], much["outcome"]["alive_after"]) == (0, 0)
    assert not runs.marks(much, "alive")
    text = said(conc, *TTLS, "--only", "timeout", "--timeout", "9")
    assert "had ended within 9 s" in text and "alive" not in text


# ---- sleeping


def test_sleep_beside_a_load_is_wrong(conc):
    for options in ((), ("--cores", "1")):
        run = check(report(conc, *TTLS, "--only", "join,sleep", "--load", *options))
        assert ready(run, "join") == [2]
        [found] = ready(run, "sleep")
        assert found < 2
        assert "busy processes" in runs.variant(run, "sleep")["verdict"]


@pytest.mark.parametrize("args", [
    TTLS, ("0",), ("0", "0"), ("0.1", "0.1"), ("0.1", "0.1", "0.1", "--load"),
    ("0.05", "0.1", "--work", "cpu", "--cores", "1"), ("0.1", "0.1", "--fail", "2"),
    ("--tasks", "50", "--ttl", "10ms"), ("10ms", "20ms", "--repeat", "5", "--load"),
], ids=" ".join)
def test_what_is_said_of_sleep_is_what_happened(conc, args):
    run = check(report(conc, *args, "--only", "sleep"), fails=1 if "--fail" in args else 0)
    variant = runs.variant(run, "sleep")
    outcome, text = variant["outcome"], variant["verdict"]
    whole = outcome["results_ready"] + outcome["failed"] == outcome["results_expected"]
    assert ("long enough" in text) == whole
    assert ("time has passed" in text) == (not whole)


def sleeps_rightly(run, tasks):
    return sum(found == tasks for found in ready(run, "sleep"))


@pytest.mark.soak
@pytest.mark.parametrize("ttls", [("0.2", "0.4"), ("0.3",), ("0.3", "0.3")], ids=" ".join)
@pytest.mark.parametrize("cores", ["1", "2"])
def test_sleep_is_right_alone_and_wrong_beside_a_load(conc, soak, ttls, cores):
    if int(cores) > len(os.sched_getaffinity(0)):
        pytest.skip("needs 2 cores")
    rounds = soak(20)
    args = (*ttls, "--only", "sleep", "--repeat", str(rounds), "--cores", cores)
    alone = sleeps_rightly(check(report(conc, *args)), len(ttls))
    beside = sleeps_rightly(check(report(conc, *args, "--load")), len(ttls))
    soak.note(f"{' '.join(ttls)} on {cores}: right in {alone} of {rounds} runs alone, in "
              f"{beside} of {rounds} beside a load")
    assert beside == 0


@pytest.mark.soak
@pytest.mark.parametrize("options", [(), ("--cores", "1"), ("--load",), ("--work", "cpu")],
                         ids=lambda options: " ".join(options) or "default")
def test_no_join_finds_no_result_in_any_of_many_runs(conc, soak, options):
    rounds = soak(100)
    run = report(conc, "0.05", "0.05", "--only", "no-join", "--repeat", str(rounds), *options)
    none = ready(run, "no-join").count(0)
    soak.note(f"no result in {none} of {rounds} runs {' '.join(options)}")
    assert none == rounds


# ---- the load


def test_the_load_is_beside_the_run_and_not_of_it(conc):
    run = check(report(conc, "0.1", "0.1", "--load"))
    for variant in run["variants"]:
        [one] = variant["runs"]
        assert [lane["kind"] for lane in one["lanes"]].count("process") == 1
        spent = sum(lane["cpu_ns"] or 0 for lane in one["lanes"])
        assert variant["cpu_ns"] < spent + 50 * MS, "the load's CPU time was counted"
    assert run["options"]["load"]
    assert "with --load" in said(conc, "0.1", "0.1", "--load")
    assert "With --load." in said(conc, "0.1", "0.1", "--load", "--plain")


def test_the_load_is_two_processes_a_core_and_leaves_with_the_run(conc):
    for cores in {1, len(os.sched_getaffinity(0))}:
        running = conc.start("join", "--only", "join", "--ttl", "30", "--load",
                             "--cores", str(cores))
        processes.wait_for(conc.tag, "conc-load")
        end = time.monotonic() + 5 * PATIENCE
        while len(processes.named(conc.tag, "conc-load")) < 2 * cores:
            assert time.monotonic() < end
            time.sleep(0.01)
        allowed = [os.sched_getaffinity(pid) for pid in processes.named(conc.tag, "conc-load")]
        assert len(allowed) == 2 * cores
        running.signal(signal.SIGINT)
        assert running.finish().status == 130
        assert not conc.left_behind()


def test_a_load_that_the_system_refuses(conc, stranger):
    user, program = stranger
    result = conc(argv=[program, "join", *TTLS, "--load", "--only", "join"], user=user,
                  limits={resource.RLIMIT_NPROC: 4})
    assert result.status in (0, 1)
    if result.status == 1:
        assert re.search(r"for the load|cannot|gave", result.err), result
    assert result.err.count("\n") <= 1


# ---- a thread that fails


def test_a_join_does_not_tell_that_a_thread_failed(conc):
    run = check(report(conc, *TTLS, "--fail", "2", "--with", "other-order"), fails=1)
    joined = [mark for _, mark in runs.marks(one_of(run, "join"), "join")]
    assert [mark["value"] for mark in joined] == [0, 0]
    text = runs.variant(run, "join")["verdict"]
    assert "darthvader had left the error" in text and "1 of 2 results" in text
    assert "error" not in runs.variant(run, "no-join")["verdict"]


def test_who_fails_is_one_of_the_tasks(conc):
    for wrong, why in (("3", "there is no task 3, only 2"), ("0", "from 1 to 1,000,000"),
                       ("-1", "from 1"), ("", "from 1")):
        result = conc("join", "0", "0", "--fail", wrong)
        assert result.status == 2 and result.err.count("\n") == 1
        assert "--fail" in result.err and why in result.err, result
    assert conc("join", "0", "0", "--fail", "2", "--quiet").status == 0


# ---- every option


@pytest.mark.parametrize("args", [
    ("0.1",), ("0",), ("0", "0"), ("0.1", "0.1"), ("0.05", "0.1", "--work", "cpu"),
    ("0.05", "0.05", "--work", "cpu", "--cores", "1"), ("10ms", "20ms", "--repeat", "3"),
    ("--tasks", "40", "--ttl", "20ms"), ("1", "2", "--speed", "20"),
    ("0.1", "0.2", "--names", "ann,bob", "--cores", "1"), ("0.1", "0.1", "--limit", "0.15"),
], ids=" ".join)
def test_any_command_line(conc, args):
    result = conc("join", *args, "--with", "sleep,other-order", "--json")
    assert result.status == 0, result
    run = runs.check(result.json)
    for variant in run["variants"]:
        if not variant["ok"]:
            assert not variant["verdict"]
        elif variant["name"] in RIGHT:
            outcome = variant["outcome"]
            assert outcome["results_ready"] == outcome["results_expected"] > 0
        assert variant.get("possible") in (None, 0), "nobody knows what is possible here"
    text = said(conc, *args, "--with", "sleep,other-order")
    assert "possible" not in text and "disturbed" not in text


def test_one_task(conc):
    run = check(report(conc, "0.05", "--with", "sleep,other-order"))
    text = " ".join(variant["verdict"] for variant in run["variants"])
    assert "the result was there" in text
    assert not re.search(r"[Bb]oth| all |results|threads", text), text
    assert "one-by-one does what join does" in text


def test_what_was_cut_off_claims_nothing(conc):
    run = runs.check(conc("join", "0.2", "0.2", "--only", "join,no-join", "--limit", "0.2",
                          "--json").json)
    for variant in run["variants"]:
        assert not variant["ok"] and not variant["verdict"]
    # Both, where main had looked before its end came, which may take a moment.
    assert runs.variant(run, "join")["outcome"]["results_expected"] in (0, 2)


@pytest.mark.parametrize("args", [
    (), ("--only", "sleep"), ("--only", "sleep", "--load"), ("--fail", "1"),
    ("--limit", "1us")], ids=lambda args: " ".join(args) or "default")
def test_the_line_to_try_next_can_be_run(conc, args):
    text = said(conc, "10ms", "20ms", *args, "--color", "never")
    words = text.rpartition(" conc ")[2].split()
    result = conc(*words, "--json")
    assert result.status == 0, (words, result)


def test_thousands_of_threads(conc):
    run = runs.check(conc("join", "--tasks", "2000", "--ttl", "0.5", "--only", "join,no-join",
                          "--json", timeout=60 * PATIENCE).json)
    assert ready(run, "join") == [2000]
