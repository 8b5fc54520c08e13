# SPDX-License-Identifier: MIT
"""Saved runs on a terminal: live, and step by step."""

import os
import signal
import time

import pytest


@pytest.fixture
def saved(conc, tmp_path):
    def save(*args):
        path = tmp_path / "run.json"
        assert conc(*args, "-o", str(path)).status == 0
        return str(path)
    return save


def test_it_grows_and_ends_as_the_run_did(conc, saved):
    path = saved("threads", "0.1", "0.2")
    text = conc("replay", path).out
    terminal = conc.terminal("replay", path, "--speed", "0.25", lines=40)
    terminal.wait_for(lambda t: "luke" in t.text and "speedup" not in t.text)
    terminal.wait_for(lambda t: "░" in t.text and "speedup" not in t.text)
    assert terminal.finish() == 0
    assert terminal.text == text
    assert terminal.is_whole()


def test_its_speed_is_what_was_asked_for(conc, saved):
    path = saved("threads", "0.1", "0.2")
    begun = time.monotonic()
    assert conc.terminal("replay", path, "--speed", "100", lines=40).finish() == 0
    quick = time.monotonic() - begun
    begun = time.monotonic()
    assert conc.terminal("replay", path, "--speed", "0.25", lines=40).finish() == 0
    assert time.monotonic() - begun > quick + 1  # 0.5 s of run, at a quarter of its speed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("mode", [["--speed", "0.01"], ["--step"]], ids=" ".join)
def test_a_signal_leaves_the_terminal_whole(conc, saved, number, mode):
    path = saved("threads", "0.02", "0.04")
    terminal = conc.terminal("replay", path, *mode)
    terminal.wait_for("sequential")
    terminal.signal(number)
    assert terminal.finish() == 128 + number
    assert terminal.is_whole()


def test_ctrl_c_is_a_signal_while_keys_are_read(conc, saved):
    terminal = conc.terminal("replay", saved("threads", "0.1", "0.2"), "--step")
    terminal.wait_for("event 1 of")
    terminal.send("\x03")
    assert terminal.finish() == 130
    assert terminal.is_whole()


def test_steps_go_on_and_back(conc, saved):
    path = saved("threads", "0.1", "0.2")
    terminal = conc.terminal("replay", path, "--step", lines=40)
    terminal.wait_for("event 1 of")
    first = terminal.text
    terminal.send(" ")
    terminal.wait_for("event 2 of")
    terminal.send("b")
    terminal.wait_for("event 1 of")
    assert terminal.text == first
    terminal.send("b")  # there is none before the first
    terminal.send(" " * 200)
    assert terminal.finish() == 0
    assert terminal.text == conc("replay", path).out
    assert terminal.is_whole()


def test_each_step_says_what_the_event_means(conc, saved):
    terminal = conc.terminal("replay", saved("threads", "0.1", "0.2"), "--step",
                             lines=40)
    for event in range(1, 200):
        terminal.wait_for(f"event {event} of")
        if "main waits here until luke ends" in " ".join(terminal.text.split()):
            break
        terminal.send(" ")
    assert "main waits here until luke ends" in " ".join(terminal.text.split())
    terminal.send("q")
    assert terminal.finish() == 0


@pytest.mark.parametrize("columns, lines", [(40, 24), (20, 10), (80, 5), (10, 3)])
def test_small_windows(conc, saved, columns, lines):
    terminal = conc.terminal("replay", saved("threads", "0.1", "0.2"), "--step",
                             columns=columns, lines=lines)
    terminal.read(0.5)
    terminal.send(" " * 200)
    assert terminal.finish() == 0
    assert terminal.is_whole()


def test_it_goes_on_after_ctrl_z(conc, saved):
    terminal = conc.terminal("replay", saved("threads", "0.1", "0.2"), "--speed", "0.25",
                             lines=40)
    terminal.wait_for("luke")
    terminal.signal(signal.SIGTSTP)
    time.sleep(0.3)
    assert not terminal.cursor_is_hidden or terminal.read(0.3)
    os.kill(terminal.pid, signal.SIGCONT)
    assert terminal.finish() == 0
    assert terminal.is_whole() and "speedup" in terminal.text


def test_the_shells_terminal_is_not_made_non_blocking(conc, saved):
    """The flag would be that of all who share the open file: output would be lost."""
    path = saved("threads", "0.02", "0.04")
    line = f"{conc.path} replay {path} --step; grep flags /proc/self/fdinfo/0"
    terminal = conc.terminal(argv=["/bin/sh", "-c", line], lines=60)
    terminal.wait_for("event 1 of")
    terminal.send("q")
    assert terminal.finish() == 0
    [flags] = [text.split()[1] for text in terminal.lines if text.startswith("flags:")]
    assert not int(flags, 8) & os.O_NONBLOCK
