# SPDX-License-Identifier: MIT
"""The picture in a real terminal, while it grows and when it is done."""

import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import statistics
import termios
import time

import pytest
import runs
from processes import wait_for
from wcwidth import wcswidth

SIZES = [(80, 24), (40, 24), (20, 5), (300, 50), (100, 10)]
HIDE, SHOW = b"\x1b[?25l", b"\x1b[?25h"
SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")


def first_words(text):
    """The words at the left of the lines: what does not depend on the times."""
    words = [re.match(r" {0,2}([a-z][a-z-]*)\b", line) for line in text.splitlines()]
    return [match[1] for match in words if match]


def watch(terminal, seconds=20):
    """Read to the end; the screens that were seen while the cursor was hidden."""
    screens = []
    end = time.monotonic() + seconds
    while terminal.read(0.02):
        assert time.monotonic() < end, terminal.text
        if terminal.cursor_is_hidden and (not screens or screens[-1] != terminal.lines):
            screens.append(terminal.lines)
    return screens


def check_no_line_wraps(raw, columns):
    """Between two line ends nothing is wider than the window."""
    for line in SEQUENCE.sub(b"", raw).split(b"\n"):
        for part in line.split(b"\r"):
            assert wcswidth(part.decode()) <= columns, part.decode()


@pytest.mark.parametrize("columns, lines", SIZES)
def test_both_pictures_stay_when_it_is_done(conc, columns, lines):
    terminal = conc.terminal("threads", "0.15", "0.3", columns=columns, lines=lines)
    watch(terminal)
    assert terminal.finish() == 0
    assert terminal.is_whole(), terminal.text
    check_no_line_wraps(terminal.raw, columns)
    text = terminal.text
    words = first_words(text)
    assert words[0] == "conc" and text.startswith("conc threads"), text
    assert words.count("conc") <= 2, "the title, and the line to try next: no old frames"
    assert text.count("1 cell") == 1, "one axis for both"
    for heading in ("sequential", "threads"):
        assert words.count(heading) == 2, f"in the picture and in the table:\n{text}"
    assert words.count("main") == 2


@pytest.mark.parametrize("columns, lines", SIZES)
def test_what_stays_is_what_no_live_prints(conc, columns, lines):
    def left(*args):
        terminal = conc.terminal("threads", "0.1", "0.2", *args, columns=columns,
                                 lines=lines)
        watch(terminal)
        assert terminal.finish() == 0
        return terminal

    live, drawn_once = left(), left("--no-live")
    assert HIDE not in drawn_once.raw and SHOW not in drawn_once.raw
    assert first_words(live.text)[:8] == first_words(drawn_once.text)[:8]


def test_it_grows_lane_by_lane(conc):
    terminal = conc.terminal("threads", "0.4", "0.8")
    screens = watch(terminal)
    assert terminal.finish() == 0
    assert len(screens) > 4, "frames were drawn"
    words = [first_words("\n".join(screen)) for screen in screens]
    assert any("sequential" in w and "luke" not in w for w in words), "sequential alone"
    assert any("luke" in w and "darthvader" in w for w in words), "the threads' lanes"
    assert max(w.count("conc") for w in words) == 1, "each frame over the one before"

    def bars(screen):
        return sum(line.count(glyph) for line in screen for glyph in "─░")

    # A frame may be half read: what counts is that it grows over several.
    sizes = [bars(screen) for screen in screens]
    assert sizes[-1] > sizes[len(sizes) // 2] > sizes[0]


def test_nothing_flickers(conc):
    """No frame clears the screen or a line before it is written anew."""
    terminal = conc.terminal("threads", "0.3", "0.5")
    watch(terminal)
    terminal.finish()
    assert terminal.raw.count(HIDE) == terminal.raw.count(SHOW) == 1
    live = terminal.raw.split(SHOW)[0]
    assert b"\x1b[2J" not in live and b"\x1b[2K" not in live and b"\x1bc" not in live
    assert b"\x1b[?1049h" not in live, "what is above stays in sight"
    for line in live.split(b"\n"):
        erased = re.search(rb"\x1b\[K(.*)", line)
        assert not erased or not SEQUENCE.sub(b"", erased[1]).strip(), "erased, then written"


def test_what_was_there_before_stays(conc):
    script = "printf 'one\\ntwo\\n'; conc threads 0.2 0.4; printf 'status=%s\\n' $?"
    terminal = conc.terminal(argv=["/bin/bash", "-c", script], lines=50)
    screens = watch(terminal)
    assert terminal.finish() == 0
    for screen in [*screens, terminal.lines]:
        assert screen[:2] == ["one", "two"]
    assert terminal.lines[2].startswith("conc threads")
    assert [line for line in terminal.lines if line][-1] == "status=0"


def test_more_lanes_than_fit_are_folded_with_a_count(conc):
    terminal = conc.terminal("threads", "--tasks", "300", "--ttl", "0.3", "--only",
                             "threads", lines=16)
    screens = watch(terminal)
    assert terminal.finish() == 0
    assert screens and all(len(screen) == 16 for screen in screens)
    folded = [line for screen in screens for line in screen if " more" in line]
    assert folded and all(re.search(r"\b\d+ more", line) for line in folded), screens[-1]
    assert terminal.text.startswith("conc threads")


@pytest.mark.parametrize("columns, lines", [(1, 24), (2, 24), (80, 1), (80, 2), (1, 1),
                                            (300, 3), (7, 7)])
def test_tiny_windows(conc, columns, lines):
    terminal = conc.terminal("threads", "0.1", "0.2", columns=columns, lines=lines)
    watch(terminal)
    assert terminal.finish() == 0
    assert terminal.is_whole(), terminal.lines
    check_no_line_wraps(terminal.raw, columns)


def test_a_window_without_a_size_is_taken_as_80_by_24(conc):
    script = "stty cols 0 rows 0; exec conc threads 0.1 0.2"
    terminal = conc.terminal(argv=["/bin/bash", "-c", script])
    watch(terminal)
    assert terminal.finish() == 0
    assert terminal.is_whole()
    check_no_line_wraps(terminal.raw, 80)
    assert max(map(len, terminal.lines)) > 70


@pytest.mark.parametrize("sizes", [
    [(40, 24), (100, 24)], [(100, 30), (80, 24)], [(80, 5), (80, 24)], [(20, 5), (300, 50)],
    [(0, 0), (80, 24)], [(1, 1), (80, 24)], [(0, 0)], [(1, 24)], [(80, 1)],
    [(n, 24) for n in range(79, 40, -3)], [(n, n // 3) for n in range(10, 120, 9)],
], ids=lambda sizes: "-".join(f"{c}x{r}" for c, r in sizes)[:40])
def test_the_window_changes_its_size(conc, sizes):
    terminal = conc.terminal("threads", "0.4", "0.6")
    terminal.wait_for(lambda t: t.cursor_is_hidden)
    for columns, lines in sizes:
        terminal.read(0.03)
        terminal.resize(columns, lines)
    before = len(terminal.raw)
    watch(terminal)
    assert terminal.finish() == 0
    assert terminal.is_whole(), terminal.text
    columns = sizes[-1][0] or 80
    final = terminal.raw[before:].split(SHOW)[-1]
    check_no_line_wraps(final, columns)
    plain = SEQUENCE.sub(b"", final).decode()
    if columns >= 40:
        assert plain.count("1 cell") == 1 and "main" in plain and "darthvader" in plain


def test_frames_keep_within_a_window_that_became_narrow(conc):
    terminal = conc.terminal("threads", "0.2", "0.5")
    terminal.wait_for(lambda t: t.cursor_is_hidden)
    terminal.read(0.2)
    terminal.resize(50, 24)
    terminal.read(0.15)
    before = len(terminal.raw)
    watch(terminal)
    assert terminal.finish() == 0
    check_no_line_wraps(terminal.raw[before:], 50)


def test_a_run_that_cannot_be_watched(conc):
    argv = ["/bin/bash", "-c", "ulimit -n 12; exec conc threads 0.1 0.2"]
    terminal = conc.terminal(argv=argv)
    assert terminal.finish() == 1
    assert terminal.is_whole(), terminal.text
    assert "cannot watch the run: too many open files" in terminal.text


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": None}, {"TERM": ""}], ids=str)
def test_a_terminal_that_can_do_nothing(conc, env):
    terminal = conc.terminal("threads", "0.1", "0.2", env=env)
    watch(terminal)
    assert terminal.finish() == 0
    assert b"\x1b" not in terminal.raw
    assert b"1 cell" in terminal.raw


@pytest.mark.parametrize("args, env", [((), {"NO_COLOR": "1"}), (("--color", "never"), {})],
                         ids=str)
def test_no_colours_but_live(conc, args, env):
    terminal = conc.terminal("threads", "0.1", "0.2", *args, env=env)
    watch(terminal)
    assert terminal.finish() == 0
    assert HIDE in terminal.raw
    assert not re.search(rb"\x1b\[[0-9;]*m", terminal.raw)


@pytest.mark.parametrize("env, many", [({}, True), ({"TERM": "xterm"}, False),
                                       ({"TERM": "xterm", "COLORTERM": "truecolor"}, True),
                                       ({"NO_COLOR": ""}, True)], ids=str)
def test_colours(conc, env, many):
    terminal = conc.terminal("threads", "0.1", "0.2", env=env)
    watch(terminal)
    assert terminal.finish() == 0
    assert re.search(rb"\x1b\[[0-9;]+m", terminal.raw)
    assert (b"38;5;" in terminal.raw) == many
    assert terminal.is_whole()


@pytest.mark.parametrize("args", [("--plain",), ("--json",), ("--quiet", "-o", "/dev/null",
                                                              "--format", "json"),
                                  ("--no-live",)], ids=" ".join)
def test_what_is_not_a_picture_is_not_live(conc, args):
    terminal = conc.terminal("threads", "0.1", "0.2", *args, lines=200)
    watch(terminal)
    assert terminal.finish() == 0
    assert HIDE not in terminal.raw
    if args == ("--json",):
        runs.check(json.loads(terminal.raw))


def test_wide_characters_in_names(conc):
    terminal = conc.terminal("threads", "0.2", "0.4", "--names", "日本語,ok", columns=60)
    screens = watch(terminal)
    assert terminal.finish() == 0
    check_no_line_wraps(terminal.raw, 60)
    rows = [line for line in terminal.lines if re.match(r"  (日本語|ok|main) +├", line)]
    starts = {wcswidth(line.split("├")[0]) for line in rows}
    assert len(starts) == 1, "bars begin below each other"
    assert screens


def test_an_ascii_terminal(conc):
    terminal = conc.terminal("threads", "0.1", "0.2", env={"LC_ALL": "C"})
    watch(terminal)
    assert terminal.finish() == 0
    assert terminal.raw.isascii()


@pytest.mark.parametrize("text", ["typed\r", "x" * 300, "\x1b[A\x1b[6n"], ids=repr)
def test_typing_meanwhile_harms_nothing(conc, text):
    terminal = conc.terminal("threads", "0.2", "0.4")
    wait_for(conc.tag, "conc-stage")
    terminal.send(text)
    watch(terminal)
    assert terminal.finish() == 0
    assert not terminal.cursor_is_hidden


def test_a_terminal_that_takes_nothing_for_a_while(conc):
    """Ctrl-S: the run goes on, and so do its figures."""
    terminal = conc.terminal("threads", "0.2", "0.4", "-o", str(conc.directory / "run.json"))
    wait_for(conc.tag, "conc-stage")
    terminal.send("\x13")
    terminal.read(1.5)
    terminal.send("\x11")
    watch(terminal)
    assert terminal.finish() == 0
    assert terminal.is_whole()
    run = runs.check(json.loads((conc.directory / "run.json").read_text()))
    assert run["complete"] and not run["disturbed"]


@pytest.mark.plain
def test_ten_thousand_threads(conc):
    terminal = conc.terminal("threads", "--tasks", "10000", "--ttl", "1",
                             "-o", str(conc.directory / "run.json"))
    watch(terminal, seconds=60)
    assert terminal.finish() == 0
    assert terminal.is_whole()
    check_no_line_wraps(terminal.raw, 80)
    assert "sequential: not run: would take 2 h 46 min" in terminal.text
    assert re.search(r"9,9\d\d more", terminal.text)
    run = runs.check(json.loads((conc.directory / "run.json").read_text()))
    threads = runs.variant(run, "threads")
    assert threads["ok"] and len(threads["runs"][0]["lanes"]) == 10001
    assert run["dropped_events"] == 0


def drain(terminal):
    """Read to the end and look at nothing, which would take a core from what is measured."""
    with contextlib.suppress(OSError):
        while os.read(terminal.child.child_fd, 65536):
            time.sleep(0.03)


@pytest.mark.soak
@pytest.mark.parametrize("args", [("0.2", "0.4"), ("0.2", "0.2", "--work", "cpu")],
                         ids=" ".join)
def test_drawing_leaves_the_figures_alone(conc, soak, args):
    """Wall times, live and not, alternating: the least of each within a hundredth.

    What drawing takes it takes from every run; what others take, only from some.
    """
    rounds = soak(15)
    walls = {True: [], False: []}
    for _, live in itertools.product(range(rounds), (True, False)):
        terminal = conc.terminal("threads", *args, "--only", "sequential,threads",
                                 "-o", str(conc.directory / "run.json"),
                                 *([] if live else ["--no-live"]))
        drain(terminal)
        assert terminal.finish() == 0
        terminal.close()
        run = runs.check(json.loads((conc.directory / "run.json").read_text()))
        walls[live].append(runs.variant(run, "threads")["wall_ns"])
    least = {live: min(walls[live]) / 1e6 for live in walls}
    median = {live: statistics.median(walls[live]) / 1e6 for live in walls}
    soak.note(f"threads {' '.join(args)}, {rounds} times: at least {least[True]:.2f} ms live, "
              f"{least[False]:.2f} ms not ({100 * (least[True] / least[False] - 1):+.2f} %); "
              f"medians {median[True]:.2f} and {median[False]:.2f} ms")
    if median[False] > 1.01 * least[False]:
        pytest.skip("too much else goes on here to tell")
    assert least[True] < 1.01 * least[False]


@pytest.mark.parametrize("end", ["done", "interrupted"])
def test_what_is_typed_meanwhile_does_not_move_the_picture(conc, end):
    terminal = conc.terminal("threads", "0.3", "0.6" if end == "done" else "9")
    terminal.wait_for(lambda screen: screen.cursor_is_hidden)
    for _ in range(4):
        terminal.send("typed\r")
        terminal.read(0.1)
    if end == "interrupted":
        terminal.signal(signal.SIGINT)
    watch(terminal)
    assert terminal.is_whole(), "what is typed is shown again"
    assert terminal.finish() == (0 if end == "done" else 130)
    assert "typed" not in terminal.text
    assert first_words(terminal.text).count("sequential") == 2, terminal.text
    assert terminal.text.startswith("conc threads"), "no rest of a frame above"


@pytest.mark.skipif(not shutil.which("dash"), reason="there is no dash here")
def test_modes_changed_while_it_was_stopped_stay(conc):
    terminal = conc.terminal(argv=["/usr/bin/env", "dash", "-i"])
    terminal.send("conc threads 0.1 1.5 --only threads\n")
    terminal.wait_for(lambda t: t.cursor_is_hidden)
    terminal.send("\x1a")
    terminal.wait_for(lambda t: not t.cursor_is_hidden and "Stopped" in t.text)
    terminal.send("stty -onlcr; echo ch''anged\n")
    terminal.wait_for("changed")
    terminal.send("fg\n")
    terminal.wait_for(lambda t: t.cursor_is_hidden)
    # What is typed is shown again a moment after the cursor is.
    terminal.wait_for(lambda t: not t.cursor_is_hidden and t.echoes)
    assert not terminal.modes()[1] & termios.ONLCR
    terminal.send("exit 7\n")
    assert terminal.finish() == 7
