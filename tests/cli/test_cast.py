# SPDX-License-Identifier: MIT
"""The recording of the live view, by a terminal of our own, and by asciinema."""

import json
import shutil

import pyte
import pytest


@pytest.fixture
def recording(conc, tmp_path):
    """record(args...): the head, the pieces of output, what was printed, the file."""
    def record(*args):
        path = tmp_path / "run.cast"
        result = conc(*args, "-o", str(path))
        assert result.status == 0, result
        head, *pieces = [json.loads(line) for line in path.read_text().splitlines()]
        return head, pieces, result.out, path
    return record


def screens(head, pieces):
    """The screen after each piece of output."""
    screen = pyte.Screen(head["width"], 200)
    stream = pyte.Stream(screen)
    for _, kind, text in pieces:
        assert kind == "o"
        stream.feed(text)
        yield [line.rstrip() for line in screen.display]


RUNS = [("threads", "0.3", "0.6"), ("deadlock", "--only", "opposite"),
        ("async", "--tasks", "50", "--ttl", "0.05"), ("threads", "0", "0")]


@pytest.mark.parametrize("args", RUNS, ids=" ".join)
def test_it_ends_with_what_the_run_printed(recording, args):
    head, pieces, out, _ = recording(*args)
    assert (head["version"], head["width"], head["height"]) == (2, 80, 24)
    times = [piece[0] for piece in pieces]
    assert times == sorted(times) and times[0] == 0
    *_, last = screens(head, pieces)
    wanted = [line.rstrip() for line in out.splitlines()]
    assert last[:len(wanted)] == wanted
    assert not any(last[len(wanted):])


def test_its_frames_show_the_picture_growing(recording):
    head, pieces, _, _ = recording("threads", "0.3", "0.6")
    seen = list(screens(head, pieces))
    lengths = [max(len(line) for line in screen if line.startswith("  main"))
               for screen in seen]
    growing = lengths[:len(lengths) // 2]
    assert growing == sorted(growing) and growing[-1] > growing[0]
    assert 20 < len(pieces) < 100
    assert pieces[-1][0] == pytest.approx(1.5 + 0.5, abs=0.3)
    hidden = "".join(text for _, _, text in pieces)
    assert hidden.count("\x1b[?25l") == 1 and hidden.rstrip().endswith("\x1b[?25h")


def test_its_head_has_machine_options_and_verdict(recording):
    head, _, out, _ = recording("threads", "0.1", "0.2")
    about = head["conc"]
    assert about["options"]["ttl_ns"] == [100000000, 200000000]
    assert about["machine"]["cores"] >= 1
    words = " ".join(out.split())
    assert all(verdict in words for verdict in about["verdict"])
    assert head["title"].startswith("conc threads 0.1 0.2")


def test_asciinema_plays_it(conc, recording):
    if shutil.which("asciinema") is None:
        pytest.skip("there is no asciinema here")
    *_, path = recording("threads", "0.1", "0.2")
    terminal = conc.terminal(argv=["asciinema", "play", "-s", "4", str(path)])
    terminal.wait_for("speedup")
    assert terminal.finish() == 0
