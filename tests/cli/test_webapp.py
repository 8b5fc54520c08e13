# SPDX-License-Identifier: MIT
"""webapp: replies and rows are counted, and compared with what was searched for."""

import os
import shutil
import signal
import time

import pytest
import runs
from conftest import PATIENCE

#: So long that all replies are there, and the log seen, before the first row is due.
TTL = "0.4"
RIGHT = ("inline", "thread", "queue", "check-insert", "unique-key")
ALL = ("inline", "thread", "queue", "lost-context", "shared-connection", "check-insert",
       "unique-key")
LATER = ALL[1:]
LOCKED = "the database is locked"
READ_ONLY = "the database is read-only"
DELETED = "the database cannot be opened"


def report(conc, *args, **how):
    result = conc("webapp", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return runs.check(result.json)


def outcome(run, name):
    return runs.variant(run, name)["outcome"]


def verdict(run, name):
    return runs.variant(run, name)["verdict"]


def check(run):
    """What holds of every run, whatever was slow: a right reply to every search; and of
    every row it is known whether it is there, or lost."""
    for variant in run["variants"]:
        figures, count = variant["outcome"], len(run["tasks"]) * len(variant["runs"])
        assert figures["searches"] == count == figures["replies"]
        assert figures["replies_right"] == count
        assert figures["rows_lost"] == sum(figures["lost"].values())
        if variant["name"] != "lost-context":
            assert figures["rows_wrong"] == 0
            assert figures["rows_right"] + figures["rows_lost"] == count
        if variant["name"] in RIGHT and not figures["lost"]:
            assert figures["rows"] == figures["rows_right"] == count
    return run


# ---- the variants


def test_every_variant(conc):
    run = check(report(conc, "--tasks", "3", "--ttl", TTL, "--only", ",".join(ALL)))
    assert runs.names(run) == list(ALL)
    assert all(variant["ok"] for variant in run["variants"])
    ttl_ns = run["tasks"][0]["ttl_ns"]
    assert outcome(run, "inline")["replies_ns"] >= 3 * ttl_ns
    assert outcome(run, "inline")["rows_seen"] == 3
    for name in LATER:
        assert outcome(run, name)["replies_ns"] < 3 * ttl_ns
        assert max(outcome(run, name)["longest_reply_ns"]) < ttl_ns
    for name in ("thread", "queue"):
        assert outcome(run, name)["rows_seen"] == 0
    assert "showed 0 of 3" in verdict(run, "thread")
    for name in RIGHT:
        assert "every row is in the log" in verdict(run, name)
    figures = outcome(run, "lost-context")
    assert figures["rows"] == 3 and figures["rows_wrong"] == 2 and not figures["lost"]
    figures = outcome(run, "shared-connection")
    assert figures["rows_right"] == 1
    assert figures["lost"] == {"a transaction is refused": 2}
    assert outcome(run, "check-insert")["visitors"] == 3
    assert outcome(run, "unique-key")["visitors"] == 1
    assert "in the table 3 times" in verdict(run, "check-insert")
    assert "in the table once" in verdict(run, "unique-key")


def test_who_writes_a_row_and_when(conc):
    """With `queue` one thread, one after the other; else each a thread of its own; and
    the client has gone by then."""
    run = report(conc, "--tasks", "3", "--ttl", "0.2", "--only", "thread,queue")
    for name, lanes in (("thread", ["darthvader", "leia", "luke"]), ("queue", ["writer"])):
        [one] = runs.variant(run, name)["runs"]
        written = runs.marks(one, "row written")
        assert len(written) == 3
        assert sorted({lane for lane, _ in written}) == lanes
        assert len(runs.marks(one, "reply")) == 3
        client = runs.lane(one, "client")
        assert client["kind"] == "process" and client["os_id"] != one["lanes"][0]["os_id"]


def test_computing_rows(conc):
    check(report(conc, "--tasks", "2", "--ttl", "0.02", "--work", "cpu", "--with",
                 "unique-key"))


def test_figures_of_repeated_runs_are_sums(conc):
    run = check(report(conc, "--tasks", "2", "--ttl", "0.02", "--repeat", "3", "--with",
                       "unique-key"))
    assert outcome(run, "thread")["rows"] == 6
    assert len(outcome(run, "thread")["longest_reply_ns"]) == 3
    assert outcome(run, "unique-key")["visitors"] == 3
    assert "once, in each run" in verdict(run, "unique-key")


def test_many_searches(conc):
    run = check(report(conc, "--tasks", "300", "--ttl", "0.01", "--only", "thread,queue"))
    assert outcome(run, "queue")["rows"] == 300


# ---- what is typed in


def test_what_is_typed_is_only_text(conc):
    names = ("'); DROP TABLE log; --", '" OR ""="', "<script>alert(1)</script>", "50% & é",
             "a+b=c?d#e")
    run = check(report(conc, "--names", ",".join(names), "--tasks", "5", "--ttl", "0.02"))
    assert outcome(run, "thread")["rows_right"] == len(names)


# ---- what is wrong with the database


@pytest.mark.parametrize("fault, why", [("locked", LOCKED), ("read-only", READ_ONLY),
                                        ("deleted", DELETED)])
def test_replies_are_right_and_losses_counted(conc, fault, why):
    run = check(report(conc, "--tasks", "3", "--ttl", "0.05", "--fault", fault, "--with",
                       "lost-context"))
    for name in ("inline", "thread", "queue"):
        figures = outcome(run, name)
        assert figures["lost"] == {why: 3} and figures["rows_right"] == 0
        assert f"3 rows were lost, and counted: {why}." in verdict(run, name)
    assert outcome(run, "lost-context")["lost"] == {}
    if fault != "deleted":
        assert "3 rows are missing, and nobody knows" in verdict(run, "lost-context")


def test_a_database_that_is_only_busy_loses_nothing(conc):
    """Threads that want to write at the same moment wait for each other."""
    run = check(report(conc, "--tasks", "40", "--ttl", "0.1", "--only", "thread"))
    assert outcome(run, "thread")["rows"] == 40


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "files"
    path.mkdir()
    return path


@pytest.mark.plain  # ThreadSanitizer has a file of its own in TMPDIR
@pytest.mark.parametrize("size", ["64k", "4k"])
def test_a_full_disk(conc, folder, size):
    """There is room for some rows; or not for the database."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root, to mount a small file system")
    mount = f"mount -t tmpfs -o size={size} none {folder}"
    if conc(argv=["unshare", "-m", "sh", "-c", mount]).status != 0:
        pytest.skip("may not mount a file system here")
    result = conc(argv=["unshare", "-m", "sh", "-c", f'{mount} && exec "$0" webapp "$@"',
                        conc.path, "--tasks", "600", "--ttl", "100us", "--only",
                        "inline,queue", "--json"], env={"TMPDIR": str(folder)})
    if size == "4k":
        assert result.status == 1 and result.err.count("\n") == 2, result
        assert result.err.count("no space left on device") == 2, result
        return
    assert result.status == 0 and not result.err, result
    run = check(runs.check(result.json))
    for name in ("inline", "queue"):
        figures = outcome(run, name)
        assert 0 < figures["rows_right"] < 600 and set(figures["lost"]) == {"the disk is full"}


# ---- what stays behind


def test_nothing_is_left(conc, folder):
    report(conc, "--ttl", "0.02", "--with", "unique-key", env={"TMPDIR": str(folder)})
    assert not list(folder.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL],
                         ids=lambda number: number.name)
def test_nothing_is_left_by_a_signal(conc, folder, number):
    running = conc.start("webapp", "--ttl", "0.5", env={"TMPDIR": str(folder)})
    time.sleep(0.3 * PATIENCE)
    made = list(folder.glob("*/webapp.db"))
    running.signal(number)
    result = running.finish()
    assert result.status == 128 + number and len(made) == 1, (result, made)
    assert not conc.left_behind()
    deadline = time.monotonic() + 2 * PATIENCE
    while list(folder.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)  # of a conc that was killed, the keeper clears up
    assert not list(folder.iterdir())


def test_no_folder_for_the_database(conc, folder):
    result = conc("webapp", "--ttl", "0.01", env={"TMPDIR": str(folder / "none")})
    assert result.status == 1, result
    assert result.err == ("conc webapp: cannot make a file for the run in $TMPDIR: "
                          "no such file or directory\n")


# ---- the command line


@pytest.mark.parametrize("args, words", [
    (["--tasks", "1001", "--ttl", "0.1"], "1,000 searches at most"),
    (["--names", "x" * 128, "--ttl", "0.1"], "127 bytes at most"),
    (["--fault", "broken"], "--fault"),
])
def test_bad_command_lines(conc, args, words):
    result = conc("webapp", *args)
    assert result.status == 2 and not result.out
    assert result.err.count("\n") == 1 and words in result.err, result


# ---- many times


@pytest.mark.soak
def test_hazards_show_and_their_cures_hold_many_times(conc, soak):
    rounds = soak(100)
    run = check(report(conc, "--tasks", "3", "--ttl", "0.05", "--repeat", str(rounds),
                       "--with", "lost-context,shared-connection,check-insert,unique-key",
                       timeout=600))
    for one in runs.variant(run, "unique-key")["runs"]:
        assert one["outcome"]["visitors"] == 1
    doubled = sum(one["outcome"]["visitors"] > 1
                  for one in runs.variant(run, "check-insert")["runs"])
    wrong = sum(one["outcome"]["rows_wrong"] > 0
                for one in runs.variant(run, "lost-context")["runs"])
    assert doubled == wrong == rounds
    soak.note(f"{rounds} runs: a row for every reply, inline, thread and queue; the name "
              f"doubled in {doubled}, never with a unique key; rows wrong in {wrong}")
