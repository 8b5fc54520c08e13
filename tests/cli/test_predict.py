# SPDX-License-Identifier: MIT
"""Predictions: given on the command line, or asked for on a terminal."""

import re
import signal

import pytest
import runs

#: Of each demo a variant that can be predicted, and what of it.
DEMOS = {"fork": ("fork", "1s"), "threads": ("threads", "1s"), "daemon": ("daemon", "1s"),
         "join": ("one-by-one", "1s"), "race": ("unsafe", "3"),
         "deadlock": ("opposite", "ends"), "pool": ("pool", "1s"), "async": ("loop", "1s"),
         "all": ("spawn", "1s"), "stop": ("flag", "3")}
QUICK = ("--ttl", "0.02", "0.05")


@pytest.mark.parametrize("demo", DEMOS)
def test_every_demo_keeps_a_prediction_and_compares(conc, demo):
    variant, value = DEMOS[demo]
    options = (demo, *QUICK, f"--predict={variant}={value}", "--reason", "so, it is")
    run = runs.check(conc(*options, "--json").json)
    [kept] = run["prediction"]
    assert kept.pop("variant") == variant and kept.pop("reason") == "so, it is"
    assert kept == {"1s": {"value_ns": 10**9}, "3": {"count": 3},
                    "ends": {"ends": True}}[value]
    for view in (), ("--plain",):
        result = conc(*options, *view)
        assert result.status == 0 and not result.err
        said = re.search(rf"You said .*{variant}.*; it .*\.", " ".join(result.out.split()))
        assert said, result.out


def test_nothing_predicted_is_null(conc):
    assert conc("threads", *QUICK, "--json").json["prediction"] is None


def test_the_sentence_is_true(conc):
    run = conc("threads", *QUICK, "--predict=threads=30ms", "--json").json
    wall = runs.variant(run, "threads")["wall_ns"]
    text = " ".join(conc("threads", *QUICK, "--predict=threads=10s").out.split())
    assert re.search(r"You said 10 s for threads; it took [\d.]+ ms: 9\.\d\d s less\.", text)
    assert wall > 30_000_000
    text = " ".join(conc("threads", *QUICK, "--predict=threads=0").out.split())
    took, more = re.search(r"it took (\S+ ms): (\S+ ms) more", text).groups()
    assert took == more


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
@pytest.mark.parametrize("more", [(), ("--ascii",), ("--from", "30ms"), ("--to", "30ms")])
def test_the_mark_stands_in_the_picture(conc, width, more):
    result = conc("threads", *QUICK, "--predict=threads=60ms", "--reason", "why not",
                  "--width", str(width), *more)
    text = " ".join(result.out.split())
    assert "you: 60 ms" in text and '"why not"' in text
    assert max(map(len, result.out.splitlines())) <= width
    mark = "^" if "--ascii" in more else "▶" if "--to" in more else "▲"
    assert mark in text.split("wall")[0]


def test_several_marks_each_below_its_own(conc):
    lines = conc("join", *QUICK, "--predict=join=60ms,no-join=1ms").out.splitlines()
    heads = [next(i for i, line in enumerate(lines) if re.match(rf"{name} .* m?s$", line))
             for name in ("join", "one-by-one", "no-join", "timeout")]
    marks = [i for i, line in enumerate(lines) if "you: " in line]
    assert len(marks) == 2
    assert heads[0] < marks[0] < heads[1] and heads[2] < marks[1] < heads[3]


def test_two_marks_are_never_without_their_pictures(conc):
    lines = conc("join", *QUICK, "--only", "join,timeout",
                 "--predict=join=60ms,timeout=1ms").out.splitlines()
    axis = next(i for i, line in enumerate(lines) if line.endswith(" ms") and "0  " in line
                and not re.match(r"\w", line))
    assert [i < axis for i, line in enumerate(lines) if "you: " in line] == [True, True]


def test_what_is_no_time_stands_beside_what_came_out(conc):
    text = conc("race", *QUICK, "--predict=unsafe=2", "--reason", "1 + 1").out
    assert '  you: 2, "1 + 1"; it was 1: 1 less\n' in text
    text = conc("deadlock", *QUICK, "--predict=opposite=hangs,ordered=ends").out
    assert "  you: it hangs; it hung\n" in text and "  you: it ends; it ended\n" in text


def test_over_many_runs(conc):
    text = " ".join(conc("deadlock", *QUICK, "--only", "opposite,ordered", "--repeat", "3",
                         "--predict=opposite=ends,ordered=ends").out.split())
    assert "You said of opposite that it ends; it hung in all 3 runs." in text
    assert "You said of ordered that it ends; it ended in all 3 runs." in text
    text = " ".join(conc("race", *QUICK, "--only", "mutex", "--repeat", "3",
                         "--predict=mutex=7").out.split())
    assert "You said 7 for mutex; it was 2 in 3 runs: 5 less." in text


def test_of_what_is_not_run_that_is_said(conc):
    text = " ".join(conc("threads", "--ttl", "60", "--limit", "1ms",
                         "--predict=threads=1").out.split())
    assert "You said 1 s for threads; it was not run: would take" in text


def test_a_reason_from_outside_is_safe(conc):
    reason = "\x1b[2J\x07é\n" + "x" * 5000
    result = conc("threads", *QUICK, "--predict=threads=60ms", f"--reason={reason}")
    assert result.status == 0 and "\x1b" not in result.out and "\x07" not in result.out
    run = conc("threads", *QUICK, "--predict=threads=60ms", f"--reason={reason}", "--json")
    assert run.json["prediction"][0]["reason"] == reason


def test_without_a_terminal_it_needs_values(conc):
    result = conc("threads", *QUICK, "--predict")
    assert result.status == 2 and not result.out
    assert re.fullmatch(r"conc threads: --predict asks on a terminal; .*=VALUE\n", result.err)
    # There is nothing to ask for.
    assert conc("threads", *QUICK, "--predict", "--predict=threads=1").status == 0
    assert conc("threads", *QUICK, "--predict", "--only", "sequential").status == 0


def test_nothing_is_opened_where_nobody_can_be_asked(conc):
    kept = conc.directory / "kept.json"
    kept.write_text("kept")
    assert conc("threads", "--predict", "-o", str(kept)).status == 2
    assert kept.read_text() == "kept"


# ---- on a terminal


def test_it_asks_each_concurrent_variant_and_then_runs(conc):
    terminal = conc.terminal("join", *QUICK, "--predict", "--no-live", lines=60)
    for variant, value in (("join", "0.06"), ("one-by-one", "70 ms")):
        terminal.wait_for(f"{variant}: ")
        terminal.wait_for(lambda t: t.lines[t.screen.cursor.y].endswith("take?"))
        assert "two tasks that wait: luke 20 ms, darthvader 50 ms" in terminal.text
        assert "sequential, one after the other, takes 70 ms at the least" in terminal.text
        terminal.send(value + "\n")
        terminal.wait_for(lambda t: t.lines[t.screen.cursor.y].endswith("Why?"))
        terminal.send(f"because {variant}\n")
    terminal.wait_for("no-join: ")
    terminal.send("\n")  # no prediction
    terminal.wait_for("timeout: ")
    terminal.send("\n")
    assert terminal.finish() == 0 and terminal.is_whole()
    text = terminal.text
    assert 'you: 60 ms, "because join"' in text
    assert 'you: 70 ms, "because one-by-one"' in text
    assert text.count("you: ") == 2


def test_an_answer_that_cannot_be_read_is_asked_again(conc):
    terminal = conc.terminal("race", *QUICK, "--predict", "--only", "unsafe", lines=60)
    for answer in ("two", "1.5", "-1", "\x01\x1f", "x" * 300):
        terminal.wait_for(lambda t: t.lines[t.screen.cursor.y].endswith("end?"))
        terminal.send(answer + "\n")
        terminal.wait_for("is not a whole number")
    terminal.wait_for(lambda t: t.lines[t.screen.cursor.y].endswith("end?"))
    terminal.send("  1 \nit is lost\n")
    assert terminal.finish() == 0 and terminal.is_whole()
    assert 'you: 1, "it is lost"; it was 1: the same' in terminal.text


def test_any_bytes_may_be_typed(conc):
    """But for those that the terminal itself takes: ^C, ^D, ^V and the like."""
    taken = b"\x03\x04\x0d\x0a\x0f\x11\x12\x13\x15\x16\x17\x1a\x1c\x7f"
    noise = bytes(b for b in range(256) if b not in taken)
    terminal = conc.terminal("threads", *QUICK, "--predict", "--no-live", lines=60)
    terminal.wait_for("take?")
    terminal.send(noise + b"\n")
    terminal.wait_for("is not a time")
    terminal.send(b"1\n")
    terminal.wait_for("Why?")
    terminal.send(noise + b"\n")
    assert terminal.finish() == 0 and terminal.is_whole()
    assert "you: 1 s" in terminal.text


def test_the_end_of_the_input_ends_the_questions(conc):
    terminal = conc.terminal("join", *QUICK, "--predict", "--no-live", lines=60)
    terminal.wait_for("take?")
    terminal.send("1\n")
    terminal.wait_for("Why?")
    terminal.send("\x04")
    assert terminal.finish() == 0 and terminal.is_whole()
    assert "you: 1 s" in terminal.text and "one-by-one: start" not in terminal.text


def test_a_value_apart_from_its_option_is_explained(conc):
    result = conc("threads", "--predict", "threads=2", "--reason", "so")
    assert (result.status, result.out) == (2, "")
    assert result.err.count("\n") == 1 and '--predict="threads=2"' in result.err


def test_what_is_asked_does_not_give_the_answer_away(conc):
    terminal = conc.terminal("race", "--count", "10", "--predict", "--only",
                             "sequential,unsafe", lines=60)
    terminal.wait_for("show at the end?")
    asked = " ".join(terminal.text.split())
    assert "A counter is 0, and each of 2 tasks adds 1, 10 times." in asked
    assert "unsafe: look, work, act" in asked and "UNSAFE" not in asked
    terminal.send("18\nsome are lost\n")
    assert terminal.finish() == 0 and "You said 18 for unsafe" in " ".join(
        terminal.text.split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(conc, number):
    kept = conc.directory / "kept.json"
    kept.write_text("kept")
    terminal = conc.terminal("threads", *QUICK, "--predict", "-o", str(kept))
    terminal.wait_for("take?")
    if number == signal.SIGINT:
        terminal.send("\x03")
    else:
        terminal.signal(number)
    assert terminal.finish() == 128 + number and terminal.is_whole()
    assert "wall" not in terminal.text and kept.read_text() == "kept"


def test_the_mark_stands_in_frames_of_the_live_view(conc):
    terminal = conc.terminal("threads", "--ttl", "0.5", "1", "--predict=threads=1.2")
    terminal.wait_for("you: 1.2 s")
    terminal.wait_for(lambda t: "▲" in t.text and "wall" not in t.text)
    assert terminal.finish() == 0 and terminal.is_whole()


def test_a_narrow_terminal_has_room_to_type(conc):
    terminal = conc.terminal("race", *QUICK, "--predict", "--only", "unsafe", "--no-live",
                             columns=28, lines=60)
    terminal.wait_for(lambda t: t.lines[t.screen.cursor.y] == "  >")
    assert "at the end?" in terminal.text
    terminal.send("1\n")
    terminal.wait_for(lambda t: t.lines[t.screen.cursor.y] == "  Why?")
    terminal.send("\n")
    assert terminal.finish() == 0 and terminal.is_whole()
    assert "you: 1; it was 1: the same" in " ".join(terminal.text.split())
