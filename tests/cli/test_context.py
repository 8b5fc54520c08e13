# SPDX-License-Identifier: MIT
"""context: a thread with a pointer to its request logs somebody else's words, every time;
one with a copy never does; and the caller waits for neither."""

import re
import signal
import time

import processes
import pytest
import runs
from conftest import PATIENCE, ROOT

MS = 1_000_000
THREADS = ("pointer", "copy", "owned")
ALL = ("inline", *THREADS)
RIGHT = ("inline", "copy", "owned")
PRINTED = re.compile(r"asked  (.+?) +logged  (.+)")


def report(conc, *args, **how):
    result = conc("context", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return check(runs.check(result.json))


def rows(one):
    """When each request came, had its reply, and had its row: [(ns, ns, ns)], of rows that
    are in the order of the tasks where each has a thread of its own."""
    replies = [mark["at_ns"] for _, mark in runs.marks(one, "replies")]
    written = [mark["at_ns"] for _, mark in runs.marks(one, "row written")]
    return list(zip([0, *replies], replies, written))


def check(run):
    """What holds of every run, whatever the machine was doing."""
    tasks = len(run["tasks"])
    for variant in run["variants"]:
        for one in variant["runs"]:
            outcome, found = one["outcome"], rows(one)
            assert outcome["requests"] == outcome["replies"] == tasks == len(found)
            assert outcome["rows_written"] == tasks and outcome["runs"] == 1
            assert outcome["runs_with_wrong"] == (outcome["rows_wrong"] > 0)
            assert outcome["replied_ns"] == sum(reply - came for came, reply, _ in found)
            assert outcome["written_ns"] == sum(row - came for came, _, row in found)
            assert not any(lane["cut"] for lane in one["lanes"])
            check_printed(one, tasks)
        if variant["name"] in RIGHT:
            assert variant["outcome"]["rows_wrong"] == 0
            assert variant["interleaving"] is None
        assert variant["name"] != "pointer" or variant["speedup"] is None
    return run


def check_printed(one, tasks):
    """Each row that is wrong was printed, up to ten: with words that another had asked."""
    found = PRINTED.findall(one["printed"] or "")
    assert len(found) == min(one["outcome"]["rows_wrong"], 10)
    assert all(asked != logged for asked, logged in found)
    assert one["outcome"]["rows_wrong"] < tasks, "nobody comes after the last one"


def check_steps(variant, names):
    """The steps are those of the run, and end with a look into the slot."""
    shown = variant["interleaving"]
    *asks, look = shown["steps"]
    owner, found = look["lane"], look["value"]
    assert look["what"] == "logs it" and owner in names and found != owner
    assert look["remark"] == f"{owner}'s row, {found}'s words"
    assert all(step["what"] == "receives" and step["lane"] == "main" for step in asks)
    assert asks[0]["value"] == owner and asks[-1]["value"] == found
    times = [step["at_ns"] for step in shown["steps"]]
    assert times == sorted(times)
    return [step["value"] for step in asks]


# ---- the variants


def test_the_default_run(conc):
    run = report(conc, "--speed", "5")
    assert runs.names(run) == list(ALL)
    assert [task["ttl_ns"] for task in run["tasks"]] == [100 * MS] * 3
    pointer = runs.variant(run, "pointer")
    assert pointer["outcome"]["rows_wrong"] == 2
    assert check_steps(pointer, ["luke"]) == ["luke", "darthvader", "leia"]
    assert PRINTED.findall(pointer["runs"][0]["printed"]) == [
        ("1: luke wants a lightsaber", "3: leia wants help"),
        ("2: darthvader wants the plans", "3: leia wants help")]


def test_the_caller_waits_for_the_row_only_inline(conc):
    run = report(conc, "0.15", "0.15", "0.15")
    for variant in run["variants"]:
        for came, reply, row in rows(variant["runs"][0]):
            assert row >= came + 150 * MS
            assert (reply >= row) == (variant["name"] == "inline")
            assert variant["name"] == "inline" or reply < came + 100 * MS
    assert runs.variant(run, "inline")["ideal_ns"] == 450 * MS
    assert runs.variant(run, "copy")["ideal_ns"] == 150 * MS


@pytest.mark.parametrize("where", [(), ("--cores", "1"), ("--work", "cpu", "--cores", "1")],
                         ids=lambda where: " ".join(where) or "default")
def test_pointer_is_wrong_in_every_run_and_the_others_in_none(conc, where):
    run = report(conc, "0.02", "0.02", "--repeat", "4", *where)
    assert [one["outcome"]["rows_wrong"] for one in runs.variant(run, "pointer")["runs"]] \
        == [1] * 4


@pytest.mark.soak
@pytest.mark.parametrize("where", [(), ("--cores", "1"), ("--work", "cpu", "--cores", "1")],
                         ids=lambda where: " ".join(where) or "default")
def test_pointer_is_wrong_in_all_of_many_runs(conc, soak, where):
    rounds = soak(300)
    run = report(conc, "--ttl", "10ms", "--tasks", "5", "--repeat", str(rounds), *where,
                 timeout=600)
    wrong = runs.variant(run, "pointer")["outcome"]["runs_with_wrong"]
    assert wrong == rounds
    soak.note(f"{' '.join(where) or 'default'}: pointer was wrong in {wrong} of {rounds} runs, "
              f"{', '.join(RIGHT)} in none")


def test_a_thread_writes_each_row(conc):
    run = report(conc, "--tasks", "12", "--ttl", "10ms")
    for name in THREADS:
        [one] = runs.variant(run, name)["runs"]
        writers = {lane for lane, _ in runs.marks(one, "row written")}
        assert writers == {task["name"] for task in run["tasks"]}
    assert {lane for lane, _ in runs.marks(runs.variant(run, "inline")["runs"][0],
                                           "row written")} == {"main"}


def test_what_is_wrong_came_later(conc):
    """Left to luck: whatever was logged had come after."""
    run = report(conc, "0", "0", "0", "--only", "pointer", "--repeat", "20")
    for one in run["variants"][0]["runs"]:
        for asked, logged in PRINTED.findall(one["printed"] or ""):
            assert logged > asked and logged in ("2: darthvader wants the plans",
                                                 "3: leia wants help")


# ---- the command line


def test_one_request_is_right(conc):
    run = report(conc, "0.01")
    assert all(variant["outcome"]["rows_wrong"] == 0 for variant in run["variants"])
    assert "one request alone shows nothing" in runs.variant(run, "pointer")["verdict"]


@pytest.mark.parametrize("args", [
    ("0", "0"), ("0.02", "0.01", "--work", "cpu"), ("--tasks", "300", "--ttl", "1ms"),
    ("1", "1", "--speed", "50"), ("0.1", "0.1", "--limit", "0.15"),
    ("0.01", "0.01", "--names", "日本,%s %n"),
    ("0.02", "0.02", "--names", f"{'a' * 300},{'a' * 299}é"),
], ids=lambda args: " ".join(args)[:60])
def test_any_command_line(conc, args):
    run = runs.check(conc("context", *args, "--json").json)
    for variant in run["variants"]:
        assert variant["ok"] or not variant["verdict"]
        for one in variant["runs"]:
            wrong = one["outcome"]["rows_wrong"]
            if variant["name"] != "pointer":
                assert wrong == 0
            elif variant["ok"] and "0" not in args:
                assert wrong > 0
    assert conc("context", *args, "--width", "40").status == 0


def test_what_was_cut_off_claims_nothing(conc):
    running = conc.start("context", "9", "9", "--only", "pointer", "--json")
    processes.wait_for(running.tag, "conc-stage")
    time.sleep(0.4 * PATIENCE)
    running.signal(signal.SIGINT)
    [variant] = runs.check(running.finish().json)["variants"]
    assert not variant["ok"] and not variant["verdict"] and not variant["interleaving"]
    assert "written_ns" not in variant["outcome"]
    assert variant["outcome"]["runs"] == variant["outcome"]["rows_wrong"] == 0


@pytest.mark.plain
def test_a_guess_is_a_number_of_rows(conc):
    result = conc("context", "0.02", "0.02", "0.02", "--predict=pointer=3,copy=0")
    assert result.status == 0, result
    assert "you: 3" in result.out and "2" in result.out


# ---- what is shown


def said(conc, *args):
    result = conc("context", *args, "--width", "300", "--color", "never")
    assert result.status == 0 and not result.err, result
    return re.sub(r"\s+", " ", result.out)


@pytest.mark.plain
def test_the_words_of_the_verdicts(conc):
    text = said(conc, "--ttl", "20ms", "--tasks", "3")
    for words in ("all 3 rows are right; each caller waited", "2 of 3 rows are wrong",
                  "a test with one request would pass", "leia's words",
                  "a copy does not change", "and freed it", "to reply"):
        assert words in text, words
    text = said(conc, "0.02", "0.02", "--repeat", "4")
    assert "in 4 of 4 runs rows are wrong, 4 of 8 in all" in text


@pytest.mark.plain
def test_many_requests_in_between(conc):
    run = report(conc, "--tasks", "40", "--ttl", "50ms", "--only", "pointer")
    assert run["variants"][0]["outcome"]["rows_wrong"] == 39
    shown = run["variants"][0]["interleaving"]["steps"]
    assert [step["value"] for step in shown] == [
        "luke", "task37", "task38", "task39", "task40", "task40"]
    assert shown[1]["remark"] == "after 35 others"


@pytest.mark.plain
def test_sources_of_steps_are_where_the_slot_is_used(conc):
    lesson = (ROOT / "demos" / "context.c").read_text().splitlines()
    run = report(conc, "0.02", "0.02", "--only", "pointer")
    *asks, look = run["variants"][0]["interleaving"]["steps"]
    for steps, access in ((asks, "slot = "), ([look], "*row->request")):
        for step in steps:
            path, _, line = step["source"].partition(":")
            assert path == "demos/context.c" and "uv_mutex_lock" in lesson[int(line) - 1]
            assert access in lesson[int(line)]


@pytest.mark.plain
@pytest.mark.parametrize("args", [
    (), ("--work", "cpu"), ("--tasks", "1"), ("--limit", "1us")], ids=" ".join)
def test_the_line_to_try_next_can_be_run(conc, args):
    text = said(conc, "--ttl", "10ms", *args)
    words = text.rpartition(" conc ")[2].split()
    result = conc(*words, "--speed", "1000", "--json")
    assert result.status == 0, (words, result)
