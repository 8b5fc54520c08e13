# SPDX-License-Identifier: MIT
"""Processes that are killed, or die: all others end too, and the terminal comes back."""

import contextlib
import os
import random
import shutil
import signal
import termios
import time

import pytest
import runs
from conftest import processes_tagged, wait_until
from processes import name_of, named, wait_for

WITHIN_S = 2.0
KEEPER, STAGE = "conc-keeper", "conc-stage"


def start_long(conc, *args):
    run = conc.start("threads", "0.1", "9", "--only", "threads", *args)
    return run, wait_for(run.tag, STAGE)


def victim_of(run, name):
    return run.pid if name == "conc" else wait_for(run.tag, name)


def finish_soon(conc, run):
    began = time.monotonic()
    result = run.finish(timeout=10 * conc.patience)
    assert time.monotonic() - began < WITHIN_S * conc.patience, result
    assert not conc.left_behind()
    return result


def test_they_have_names(conc):
    run, stage = start_long(conc)
    names = sorted(name_of(pid) for pid in processes_tagged(run.tag))
    assert names == ["conc", KEEPER, STAGE]
    assert os.getpgid(stage) == stage, "the stage has a group of its own"
    assert os.getpgid(stage) != os.getpgid(run.pid) != os.getpgid(named(run.tag, KEEPER)[0])
    run.signal(signal.SIGTERM)
    run.finish()


def test_the_watcher_is_killed(conc):
    run, _ = start_long(conc)
    os.kill(run.pid, signal.SIGKILL)
    assert finish_soon(conc, run).status == 137


def test_the_keeper_is_killed(conc):
    run, _ = start_long(conc)
    os.kill(wait_for(run.tag, KEEPER), signal.SIGKILL)
    result = finish_soon(conc, run)
    assert result.status == 1, result
    assert result.err.count("\n") == 1 and "killed" in result.err, result
    assert "threads" in result.out


def test_the_stage_is_killed(conc):
    run, stage = start_long(conc, "--json")
    time.sleep(0.3)
    os.kill(stage, signal.SIGKILL)
    result = finish_soon(conc, run)
    assert result.status == 1, result
    assert result.err.count("\n") == 1 and "signal 9" in result.err, result
    report = runs.check(result.json)
    variant = report["variants"][0]
    assert not variant["ok"] and "signal 9" in variant["error"]
    one = variant["runs"][0]
    assert one["ended_by"] == "signal 9"
    assert "luke" in runs.tasks_done(one), "what was measured before is there"
    assert runs.lane(one, "darthvader")["cut"]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS,
                                    signal.SIGTERM, signal.SIGUSR1, signal.SIGPIPE],
                         ids=lambda number: number.name)
def test_the_stage_crashes(conc, number):
    """And it is said what it was doing."""
    run, stage = start_long(conc)
    time.sleep(0.3)
    os.kill(stage, number)
    result = finish_soon(conc, run)
    assert result.status == 1, result
    assert result.err.count("\n") == 1, result
    assert f"signal {int(number)}" in result.err and "darthvader" in result.err, result


def test_the_stage_is_killed_the_other_variants_run(conc):
    run = conc.start("threads", "0.3", "--json")
    os.kill(wait_for(run.tag, STAGE), signal.SIGKILL)
    result = run.finish()
    assert result.status == 1, result
    first, second = runs.check(result.json)["variants"]
    assert not first["ok"] and second["ok"]
    assert second["speedup"] is None, "there is nothing to compare with"


@pytest.mark.parametrize("names", [("conc", KEEPER), (KEEPER, "conc"), (KEEPER, STAGE),
                                   (STAGE, KEEPER), ("conc", STAGE), (STAGE, "conc")],
                         ids=" then ".join)
def test_two_are_killed(conc, names):
    run, _ = start_long(conc)
    for pid in [victim_of(run, name) for name in names]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    result = finish_soon(conc, run)
    # Once another is dead, conc may have ended by itself before its turn comes.
    allowed = {137} if names[0] == "conc" else {137, 1} if "conc" in names else {1}
    assert result.status in allowed, result


def test_the_watcher_is_killed_while_the_others_are_stopped(conc):
    run, stage = start_long(conc)
    os.kill(stage, signal.SIGSTOP)
    os.kill(run.pid, signal.SIGKILL)
    assert finish_soon(conc, run).status == 137


def kill_at_an_instant(conc, name, chance):
    run = conc.start("threads", "0.1", "0.2", "--repeat", "3")
    time.sleep(chance.uniform(0, 0.8))
    for pid in [run.pid] if name == "conc" else named(run.tag, name):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return finish_soon(conc, run)


@pytest.mark.parametrize("name", ["conc", KEEPER, STAGE])
def test_a_kill_at_any_instant(conc, name):
    for seed in range(3):
        result = kill_at_an_instant(conc, name, random.Random(f"{name}{seed}"))
        assert result.status in ((137,) if name == "conc" else (0, 1)), result
        assert result.err.count("\n") <= 1, result


@pytest.mark.soak
@pytest.mark.parametrize("name", ["conc", KEEPER, STAGE])
def test_a_kill_at_many_instants(conc, soak, name):
    rounds = soak(50)
    chance = random.Random()
    for _ in range(rounds):
        result = kill_at_an_instant(conc, name, chance)
        assert result.status in ((137,) if name == "conc" else (0, 1)), result
        assert result.err.count("\n") <= 1, result
    soak.note(f"{rounds} of {rounds} ended within {WITHIN_S:.0f} s, nothing left")


@pytest.mark.parametrize("name, status", [("conc", 137), (KEEPER, 1), (STAGE, 1)])
def test_the_terminal_comes_back(conc, name, status):
    """Started by a shell that stays: the end of who leads the session closes the terminal."""
    script = "conc threads 0.2 9 --only threads; status=$?; sleep 1; exit $status"
    terminal = conc.terminal(argv=["/bin/bash", "-c", script])
    wait_for(conc.tag, STAGE)
    terminal.wait_for(lambda t: t.cursor_is_hidden)
    terminal.read(0.2)
    os.kill(wait_for(conc.tag, name), signal.SIGKILL)
    began = time.monotonic()
    terminal.wait_for(lambda t: not t.cursor_is_hidden, timeout=WITHIN_S)
    assert terminal.finish() == status
    assert time.monotonic() - began < WITHIN_S * conc.patience
    assert terminal.is_whole(), terminal.text
    assert wait_until(lambda: not processes_tagged(conc.tag), WITHIN_S * conc.patience)


@pytest.mark.parametrize("modes", ["", "stty -onlcr;"], ids=["as-it-is", "changed-before"])
def test_the_terminal_comes_back_in_a_shell_with_jobs(conc, modes):
    """dash takes the terminal back first, and does not care for its modes."""
    if not shutil.which("dash"):
        pytest.skip("there is no dash here")
    terminal = conc.terminal(argv=["/usr/bin/env", "dash", "-i"])
    terminal.send(f"{modes} conc threads 0.2 9 --only threads\n")
    stage = wait_for(conc.tag, STAGE)
    terminal.wait_for(lambda t: t.cursor_is_hidden)
    assert not terminal.echoes
    os.kill(named(conc.tag, "conc")[0], signal.SIGKILL)
    terminal.wait_for(lambda t: not t.cursor_is_hidden, timeout=WITHIN_S)
    terminal.wait_for(lambda t: t.echoes, timeout=WITHIN_S)
    changed = not terminal.modes()[1] & termios.ONLCR
    assert changed == bool(modes), "what was found is put back, all of it"
    terminal.send("exit 7\n")
    assert terminal.finish() == 7
    assert wait_until(lambda: stage not in processes_tagged(conc.tag))


def test_modes_that_somebody_has_set_stay(conc):
    """A shell that has the terminal again may have set modes of its own."""
    script = ("conc threads 0.2 9 --only threads & sleep 0.1; while read -r line; do :; done;"
              "exit 7")
    terminal = conc.terminal(argv=["/bin/bash", "-c", script])
    wait_for(conc.tag, STAGE)
    terminal.wait_for(lambda t: t.cursor_is_hidden)
    terminal.read(0.2)
    fd = terminal.child.child_fd
    modes = terminal.modes()
    modes[3] &= ~termios.ICANON
    termios.tcsetattr(fd, termios.TCSANOW, modes)
    os.kill(named(conc.tag, "conc")[0], signal.SIGKILL)
    terminal.wait_for(lambda t: not t.cursor_is_hidden, timeout=WITHIN_S)
    assert wait_until(lambda: not named(conc.tag, KEEPER), WITHIN_S * conc.patience)
    assert terminal.modes()[:4] == modes[:4]
    terminal.signal(signal.SIGKILL)
    terminal.finish()


# ---- what is not ours


def with_a_stranger(conc, *args):
    """A process that the shell had started before it became conc.  (run, its pid)"""
    run = conc.start(argv=["/bin/sh", "-c", "sleep 60 <&- >&- 2>&- & exec \"$0\" \"$@\"",
                           conc.path, *args])
    return run, wait_for(run.tag, "sleep")


def end_stranger(pid):
    assert name_of(pid) == "sleep", "it did not survive"
    os.kill(pid, signal.SIGKILL)


def test_children_from_before_survive(conc):
    run, stranger = with_a_stranger(conc, "threads", "0.1", "0.2", "--json")
    result = run.finish()
    assert result.status == 0, result
    assert runs.check(result.json)["complete"]
    end_stranger(stranger)


def test_children_from_before_survive_the_limit(conc):
    run, stranger = with_a_stranger(conc, "threads", "0.2", "--limit", "0.2", "--only",
                                    "threads")
    assert run.finish().status == 0
    end_stranger(stranger)


def test_any_number_of_children_from_before_survive(conc):
    many = 80
    script = (f"for i in $(seq {many}); do sleep 60 <&- >&- 2>&- & done; "
              "exec conc threads 9 9 --only threads")
    run = conc.start(argv=["/bin/sh", "-c", script])
    wait_for(run.tag, STAGE)
    os.kill(wait_for(run.tag, KEEPER), signal.SIGKILL)
    assert run.finish(timeout=10 * conc.patience).status == 1
    left = named(run.tag, "sleep")
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert len(left) == many


@pytest.mark.parametrize("name, status", [(KEEPER, 1), (STAGE, 1), ("conc", 137)])
def test_children_from_before_survive_a_kill(conc, name, status):
    run, stranger = with_a_stranger(conc, "threads", "9", "9", "--only", "threads")
    wait_for(run.tag, STAGE)
    os.kill(victim_of(run, name), signal.SIGKILL)
    assert run.finish(timeout=10).status == status
    assert wait_until(lambda: set(processes_tagged(run.tag)) <= {stranger})
    end_stranger(stranger)


def test_a_child_from_before_that_ends_meanwhile(conc):
    run = conc.start(argv=["/bin/sh", "-c", "sleep 0.2 & exec \"$0\" \"$@\"", conc.path,
                           "threads", "0.2", "0.4", "--json"])
    result = run.finish()
    assert result.status == 0, result
    assert runs.check(result.json)["complete"]
