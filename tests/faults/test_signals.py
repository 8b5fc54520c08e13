# SPDX-License-Identifier: MIT
"""Signals at any instant: what was measured is shown, and nothing stays behind."""

import concurrent.futures
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

import pytest
import runs
from conftest import wait_until
from processes import name_of, named, state_of, wait_for

ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
#: Long enough to be met at any instant, from before the first run until late in the
#: last one: 2 s, less what a busy machine may keep a signal waiting.
TTLS = ("0.4", "0.8")
RUN_S = 1.5
AT_ONCE = 6
#: From the signal to the end.
WITHIN_S = 2.0


def batches(rounds, at_once):
    return [min(at_once, rounds - first) for first in range(0, rounds, at_once)]


def check_ended(result, number, seconds, conc):
    assert result.status == 128 + number, result
    assert seconds < WITHIN_S * conc.patience, result
    assert result.err.count("\n") <= 1, result


def signal_later(run, at, number):
    """The result, and how long after the signal it came."""
    time.sleep(max(0, run.started + at - time.monotonic()))
    run.signal(number)
    sent = time.monotonic()
    return run.finish(), time.monotonic() - sent


def one_batch(conc, count, number, chance):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        endings = [pool.submit(signal_later, conc.start("threads", *TTLS),
                               chance.uniform(0, RUN_S), number) for _ in range(count)]
    for ending in endings:
        check_ended(ending.result()[0], number, ending.result()[1], conc)
    assert not conc.left_behind()
    return max(ending.result()[1] for ending in endings)


@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_a_signal_at_any_instant(conc, number):
    one_batch(conc, AT_ONCE, number, random.Random(number))


@pytest.mark.soak
@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_a_signal_at_many_instants(conc, soak, number):
    rounds = soak(50)
    chance = random.Random()
    slowest = max(one_batch(conc, count, number, chance)
                  for count in batches(rounds, AT_ONCE))
    soak.note(f"{rounds} of {rounds} ended with {128 + number}, at most {slowest:.2f} s "
              "after the signal, nothing left")


def send_later(terminal, at, number):
    time.sleep(max(0, terminal.started + at - time.monotonic()))
    terminal.signal(number)
    return time.monotonic()


def terminal_batch(conc, count, number, chance):
    """The same in terminals, all of them read meanwhile.  To understand what is drawn takes
    its time: so others see to it that the signals come in theirs."""
    begun = [(conc.terminal("threads", *TTLS), chance.uniform(0.05, RUN_S))
             for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        sent = [pool.submit(send_later, terminal, at, number) for terminal, at in begun]
        while not all(one.done() for one in sent):
            for terminal, _ in begun:
                terminal.read(0.01)
    for (terminal, _), sent_at in zip(begun, sent):
        status = terminal.finish()
        # Read one after the other: only the whole is bounded.
        assert time.monotonic() - sent_at.result() < (WITHIN_S + RUN_S) * conc.patience
        assert status == 128 + number, terminal.text
        assert terminal.is_whole(), terminal.text
        terminal.close()
    assert not conc.left_behind()


@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_a_signal_at_any_instant_in_a_terminal(conc, number):
    terminal_batch(conc, AT_ONCE, number, random.Random(number))


@pytest.mark.soak
@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_a_signal_at_many_instants_in_a_terminal(conc, soak, number):
    rounds = soak(50)
    chance = random.Random()
    for count in batches(rounds, AT_ONCE):
        terminal_batch(conc, count, number, chance)
    soak.note(f"{rounds} of {rounds} ended with {128 + number}, the terminal whole, "
              "nothing left")


@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_what_was_measured_is_shown(conc, number):
    run = conc.start("threads", "--ttl", "0.05", "9", "--limit", "9.05")
    wait_for(run.tag, "conc-stage")
    time.sleep(0.2 * conc.patience)
    run.signal(number)
    result = run.finish()
    assert result.returncode == 128 + number, "it ends itself"
    assert "interrupted" in result.out and "sequential" in result.out, result
    assert re.search(r"^  main +├", result.out, re.MULTILINE), result


def test_what_was_measured_is_written(conc):
    path = conc.directory / "run.json"
    run = conc.start("threads", "--ttl", "0.1", "9", "-o", "run.json")
    wait_for(run.tag, "conc-stage")
    time.sleep(0.4)
    run.signal(signal.SIGTERM)
    check_ended(run.finish(), signal.SIGTERM, 0, conc)
    report = runs.check(json.loads(path.read_text()))
    assert not report["complete"]
    first, second = report["variants"]
    assert first["runs"][0]["ended_by"] == "interrupt" and not first["ok"]
    begin, done = runs.tasks_done(first["runs"][0])["luke"]
    assert done - begin >= 100_000_000
    assert second["runs"] == [] and second["wall_ns"] is None


def test_repeated_runs_before_the_signal_count(conc):
    run = conc.start("threads", "--ttl", "0.01", "--repeat", "1000", "--json")
    wait_for(run.tag, "conc-stage")
    time.sleep(0.5)
    run.signal(signal.SIGINT)
    result = run.finish()
    assert result.status == 130, result
    report = runs.check(result.json)
    assert not report["complete"]
    assert all(variant["wall_ns"] >= 10_000_000 for variant in report["variants"])


@pytest.mark.parametrize("first, second", [
    (signal.SIGINT, signal.SIGINT), (signal.SIGINT, signal.SIGTERM),
    (signal.SIGHUP, signal.SIGTERM)])
def test_a_second_signal_leaves_at_once(conc, first, second):
    """At once or a moment later: whichever of the two it is that ends it."""
    run = conc.start("threads", "9", "9")
    wait_for(run.tag, "conc-stage")
    run.signal(first)
    run.signal(second)
    result = run.finish()
    assert result.status in (128 + first, 128 + second), result
    assert not conc.left_behind()


def test_a_second_signal_while_nobody_reads_what_is_written(conc):
    """The first one cannot end it: the pipe that it writes to is full."""
    read, write = os.pipe()
    run = conc.start("threads", "--tasks", "2000", "--ttl", "0", "--repeat", "3", "--json",
                     stdout=write)
    os.close(write)
    keeper = wait_for(run.tag, "conc-keeper")
    assert wait_until(lambda: not name_of(keeper), 20 * conc.patience), "still running"
    wait_until(lambda: state_of(run.pid) == "S")
    run.signal(signal.SIGINT)
    wait_until(lambda: state_of(run.pid) in ("Z", ""), 1)
    run.signal(signal.SIGINT)
    result = run.finish(timeout=5 * conc.patience)
    assert result.status == 130, result
    os.close(read)


def test_the_whole_group_gets_the_signal(conc):
    """As Ctrl-C in a terminal does: keeper and stage get nothing of it."""
    run = conc.start("threads", "--ttl", "0.1", "9", "--json")
    wait_for(run.tag, "conc-stage")
    time.sleep(0.3)
    os.killpg(run.pid, signal.SIGINT)
    result = run.finish()
    assert result.status == 130, result
    assert runs.check(result.json)["variants"][0]["runs"][0]["ended_by"] == "interrupt"


def test_control_c_in_a_terminal(conc):
    terminal = conc.terminal("threads", "0.2", "9")
    wait_for(conc.tag, "conc-stage")
    terminal.read(0.4)
    sent = time.monotonic()
    terminal.send("\x03")
    assert terminal.finish() == 130
    assert time.monotonic() - sent < WITHIN_S * conc.patience
    assert terminal.is_whole(), terminal.text
    assert "sequential" in terminal.text and "luke" in terminal.text


def test_a_terminal_that_goes_away(conc):
    """The window is closed: SIGHUP, and nowhere to write to."""
    terminal = conc.terminal("threads", "0.2", "9")
    wait_for(conc.tag, "conc-stage")
    terminal.read(0.3)
    os.close(terminal.child.child_fd)
    terminal.child.child_fd = -1
    assert wait_until(lambda: not named(conc.tag, "conc"), WITHIN_S * conc.patience)
    terminal.child.ptyproc.fd = -1
    terminal.child.closed = terminal.child.ptyproc.closed = True
    assert not conc.left_behind()


def with_signals(conc, change, *args, **how):
    """Start it from a parent that has changed how signals are taken."""
    code = (f"import os, signal, sys\n{change}\n"
            "os.execv(sys.argv[1], sys.argv[1:])")
    return conc.start(argv=[sys.executable, "-c", code, conc.path, *args], **how)


@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_a_signal_that_was_ignored_stays_so(conc, number):
    """As under nohup(1), and as a shell starts what is in the background."""
    change = f"signal.signal({int(number)}, signal.SIG_IGN)"
    run = with_signals(conc, change, "threads", "0.2", "0.4", "--json")
    wait_for(run.tag, "conc-stage")
    run.signal(number)
    result = run.finish()
    assert result.status == 0, result
    assert runs.check(result.json)["complete"]


@pytest.mark.parametrize("change", [
    "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    "signal.signal(signal.SIGPIPE, signal.SIG_IGN)",
    "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])",
    "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())",
    "[signal.signal(n, signal.SIG_IGN) for n in signal.valid_signals() - {9, 19}]",
], ids=["CHLD ignored", "PIPE ignored", "CHLD blocked", "all blocked", "all ignored"])
def test_whatever_the_parent_did_with_signals(conc, change):
    result = with_signals(conc, change, "threads", "0.05", "0.1", "--json").finish()
    assert result.status == 0, result
    assert runs.check(result.json)["complete"]
    result = with_signals(conc, change, "threads", "0.05", "9", "--only", "threads",
                          "--limit", "9.5", "--json")
    keeper = wait_for(result.tag, "conc-keeper")
    os.kill(keeper, signal.SIGKILL)
    assert result.finish().status == 1


def test_signals_are_as_usual_for_the_stage(conc):
    """What its parents ignore or block is no business of a demo."""
    change = ("signal.signal(signal.SIGINT, signal.SIG_IGN);"
              "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])")
    run = with_signals(conc, change, "threads", "0.5", "--only", "threads")
    stage = wait_for(run.tag, "conc-stage")

    def sets():
        with open(f"/proc/{stage}/status") as lines:
            pairs = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        return [int(pairs[key], 16) for key in ("SigBlk", "SigIgn")]

    assert wait_until(lambda: sets() == [0, 0], 0.4), sets()
    assert run.finish().status == 0


# ---- stopped and continued


@pytest.fixture
def shell(conc):
    """A shell with job control in a terminal, as people have it."""
    terminal = conc.terminal(argv=["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"],
                             env={"PS1": "ready> ", "HISTFILE": "/dev/null"})
    terminal.wait_for("ready>")
    yield terminal
    terminal.close()


def say_status(terminal):
    terminal.send("echo status=$?.\n")
    terminal.wait_for(lambda t: any(line.startswith("status=") for line in t.lines))
    return next(line for line in terminal.lines if line.startswith("status="))


@pytest.mark.parametrize("ttl", ["0.6"])
def test_stopped_in_a_terminal_and_continued(conc, shell, ttl):
    path = conc.directory / "run.json"
    shell.send(f"conc threads {ttl} {ttl} --only threads -o {path}\n")
    stage = wait_for(conc.tag, "conc-stage")
    watcher = next(pid for pid in named(conc.tag, "conc"))
    shell.read(0.25)
    shell.send("\x1a")
    shell.wait_for("Stopped")
    shell.wait_for(lambda t: t.lines[t.screen.cursor.y].startswith("ready>"))
    assert not shell.cursor_is_hidden
    assert state_of(watcher) == "T"
    assert wait_until(lambda: state_of(stage) == "T", 1), "the stage goes on"
    time.sleep(0.3)
    shell.send("fg\n")
    shell.wait_for(lambda t: not named(conc.tag, "conc-stage"))
    shell.wait_for(lambda t: t.lines[t.screen.cursor.y].startswith("ready>"))
    assert say_status(shell) == "status=0."
    assert not shell.cursor_is_hidden
    report = runs.check(json.loads(path.read_text()))
    assert report["disturbed"] and report["complete"]
    one = report["variants"][0]["runs"][0]
    assert one["disturbed"] and one["ended_by"] is None
    assert report["variants"][0]["wall_ns"] is None, "no figure to compare"


def test_stopped_and_ended(conc, shell):
    shell.send("conc threads 9 9\n")
    wait_for(conc.tag, "conc-stage")
    shell.read(0.2)
    shell.send("\x1a")
    shell.wait_for("Stopped")
    shell.send("kill %1; fg\n")
    shell.wait_for(lambda t: not named(conc.tag, "conc-stage"))
    shell.wait_for(lambda t: t.lines[t.screen.cursor.y].startswith("ready>"))
    assert not shell.cursor_is_hidden


def test_in_the_background_of_a_terminal(conc, shell):
    shell.send("conc threads 0.2 0.4 & wait $!; echo status=$?.\n")
    shell.wait_for(lambda t: "status=0." in t.lines)
    assert not shell.cursor_is_hidden
    assert "1 cell" in shell.text
    assert b"\x1b[?25l" not in shell.raw, "it draws over what is typed meanwhile"


def test_in_the_background_of_a_terminal_that_stops_writers(conc, shell):
    """It is stopped when it writes, as any program, and goes on in the foreground."""
    shell.send("stty tostop; conc threads 0.1 0.2 &\n")
    shell.wait_for("ready> ")
    wait_until(lambda: any(state_of(p) == "T" for p in named(conc.tag, "conc")), 3)
    shell.send("fg\n")
    shell.wait_for("1 cell")
    shell.wait_for(lambda t: t.lines[t.screen.cursor.y].startswith("ready>"))
    assert say_status(shell) == "status=0."


def stop_for_a_while(pids, seconds):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def test_a_stage_that_is_stopped_for_a_while_disturbs_the_run(conc):
    run = conc.start("threads", "0.4", "0.4", "--only", "threads", "--json")
    stage = wait_for(run.tag, "conc-stage")
    time.sleep(0.1)
    stop_for_a_while([stage], 0.2)
    result = run.finish()
    assert result.status == 0, result
    assert runs.check(result.json)["disturbed"]


def test_all_stopped_for_a_while_disturbs_the_run(conc):
    run = conc.start("threads", "0.4", "0.4", "--only", "threads", "--json")
    stage = wait_for(run.tag, "conc-stage")
    time.sleep(0.1)
    stop_for_a_while([run.pid, *named(run.tag, "conc-keeper"), stage], 0.2)
    result = run.finish()
    assert result.status == 0, result
    assert runs.check(result.json)["disturbed"]


def test_a_stage_that_stays_stopped_is_ended_at_the_limit(conc):
    run = conc.start("threads", "0.2", "--only", "threads", "--limit", "0.8", "--json")
    os.kill(wait_for(run.tag, "conc-stage"), signal.SIGSTOP)
    result = run.finish(timeout=5 * conc.patience)
    assert result.status == 0, result
    assert runs.check(result.json)["variants"][0]["runs"][0]["ended_by"] == "limit"


def test_a_keeper_that_stays_stopped_does_not_hold_up_the_end(conc):
    run = conc.start("threads", "0.2", "9", "--only", "threads", "--limit", "9.5")
    wait_for(run.tag, "conc-stage")
    os.kill(wait_for(run.tag, "conc-keeper"), signal.SIGSTOP)
    run.signal(signal.SIGINT)
    result = run.finish(timeout=5 * conc.patience)
    assert result.status == 130, result


@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_a_signal_before_anything_began(conc, number):
    """While the program is being loaded nobody can catch it: the status is the same."""
    run = conc.start("threads", "9")
    run.signal(number)
    result = run.finish()
    assert result.status == 128 + number and result.seconds < WITHIN_S * conc.patience


def test_help_into_a_pipe_that_nobody_reads_can_be_interrupted(conc):
    """Where no run goes on, signals do as they always do."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(write, b"x" * 4096)
    os.set_blocking(write, True)
    run = conc.start("threads", "--help", stdout=write, stderr=subprocess.DEVNULL)
    os.close(write)
    time.sleep(0.1)
    run.signal(signal.SIGINT)
    assert run.finish(timeout=3).status == 130
    os.close(read)
