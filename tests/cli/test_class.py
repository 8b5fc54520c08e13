# SPDX-License-Identifier: MIT
"""conc class: a class votes, talks, votes again, and sees the run."""

import json
import os
import random
import re
import signal
import xml.etree.ElementTree

import pytest
import runs

VOTES = """\
ann, 30ms, one after the other
ben, 20ms, both wait at once
cat, 25 ms, the average, more or less
dan, soon, no idea
eve, 30ms
ann, 20ms, again
, 1, nobody
fay, 20ms, waiting needs no core
"""
AGAIN = VOTES.replace("eve, 30ms", "eve, 20ms").replace("ann, 30ms", "ann, 20ms")
QUICK = ("--ttl", "10ms", "20ms")


@pytest.fixture
def files(conc):
    (conc.directory / "votes.txt").write_text(VOTES)
    (conc.directory / "again.txt").write_text(AGAIN)
    return ("--votes", "votes.txt", "--again", "again.txt")


def words(text):
    return " ".join(text.split())


def after_the_run(result):
    return result.out.split("What the class said of")[1]


def ten_times(votes):
    return re.sub(r"(\d+) ?ms", lambda found: f"{int(found[1]) * 10}ms", votes)


def test_both_votes_stand_around_the_run(conc):
    """So long that nobody comes closer to it by its being 5 ms late."""
    (conc.directory / "votes.txt").write_text(ten_times(VOTES))
    (conc.directory / "again.txt").write_text(ten_times(AGAIN))
    result = conc("class", "threads", "--ttl", "100ms", "200ms", "--votes", "votes.txt",
                  "--again", "again.txt")
    assert result.status == 0
    before, run_and_after = result.out.split("\nconc threads    two tasks", 1)
    assert "threads: start a thread for each task" in before
    assert "How long will it take?" in before
    assert "both wait at once" in before and "measured:" not in before
    assert before.count("about 200 ms") == 2
    assert "5 votes: the median is 250 ms" in before
    assert "1 cell = " in run_and_after  # the demo's own picture
    end = words(after_the_run(result))
    assert "First vote (5): the median is 250 ms" in end
    assert "Second vote (5): the median is 200 ms" in end
    assert re.search(r"threads took 2[0-4]\d ms\. The median was \S+ \S+ away", end)
    assert "Of 5 who voted both times, 2 came closer, 3 stayed as far away" in end
    assert re.search(r"◀ measured: 2\S+ ms", end)


def test_bad_lines_are_named_with_their_numbers(conc, files):
    result = conc("class", "threads", *QUICK, *files[:2])
    assert result.err.splitlines() == [
        'conc class: votes.txt, line 4: "soon" is not a time such as 2 (seconds), 0.5, '
        '300ms or 2m, up to 24 hours',
        'conc class: votes.txt, line 7: a name is missing in "name, time, reason"',
        'conc class: votes.txt, line 6: that name has voted on line 1 already']


def test_names_are_never_shown(conc, files):
    for view in (), ("--plain",), ("--json",):
        result = conc("class", "threads", *QUICK, *files, *view)
        for name in ("ann", "ben", "cat", "eve", "fay"):
            assert not re.search(rf"\b{name}\b", result.out + result.err)


def test_votes_from_standard_input(conc):
    result = conc.shell("printf 'a,20ms\\nb,10ms,x\\n' | conc class threads --ttl 10ms 20ms")
    assert result.status == 0 and "2 votes: " in result.out
    result = conc.shell("printf 'a,20ms' | conc class threads --votes - --ttl 10ms 20ms")
    assert result.status == 0 and "1 vote: 20 ms" in result.out


def test_counts_and_ends(conc):
    result = conc.shell("printf 'a,1\\nb,2\\nc,2\\n' | conc class race --ttl 10ms 10ms")
    assert result.status == 0
    end = words(after_the_run(result))
    assert "◀ measured: 1" in end and "unsafe came to 1. The median was 1 away." in end
    result = conc.shell("printf 'a,ends\\nb,hangs\\nc,ends\\n' | "
                        "conc class deadlock --ttl 10ms 10ms")
    assert result.status == 0
    end = words(after_the_run(result))
    assert "2 say that it ends, 1 that it hangs. opposite hung." in end
    assert "◀ it hung" in end


def test_of_chooses_the_variant(conc):
    def of(*options, votes="a,1"):
        result = conc.shell(f"printf '{votes}\\n' | conc class {' '.join(options)} "
                            "--ttl 10ms 10ms")
        assert result.status == 0, result
        return re.search(r"said of (\S+):", result.out)[1]

    assert of("race") == "unsafe" and of("race", "--of", "mutex") == "mutex"
    assert of("async") == "loop" and of("pool") == "pool" and of("fork") == "fork"
    assert of("all") == "fork" and of("daemon") == "daemon"
    assert of("race", "--only", "mutex,atomic") == "mutex"
    assert of("race", "--with", "faster", "--of=faster") == "faster"


@pytest.mark.parametrize("line, said", [
    ((), "name a demo first"),
    (("--ttl", "1"), "name a demo first"),
    (("thread",), 'did you mean "threads"'),
    (("completion",), 'no demo "completion"'),
    (("threads", "--of", "thread"), 'did you mean "threads"'),
    (("threads", "--of", "sequential"), "no variant"),
    (("threads", "--of", "shared-arg"), "no variant"),
    (("threads", "--of="), "is no variant"),
    (("threads", "--votes="), "is no file"),
    (("threads", "--votes"), "--votes needs a value"),
    (("threads", "--again", "--votes"), "--again needs a value"),
    (("threads", "--again", "-"), "both votes cannot come from standard input"),
    (("threads", "--predict"), "--predict asks one person"),
    (("threads", "--only", "sequential"), "nothing is run that can be voted on"),
    (("threads", "--ttl", "soon"), "is not a time"),
    (("threads", "--bogus"), "unknown option"),
    (("threads", "--vots", "F", "--bogus"), 'did you mean "--votes"?'),
    (("threads", "--agian=F", "--bogus"), 'did you mean "--again"?'),
    (("race", "--cuont", "5", "--bogus"), 'did you mean "--count"?'),
    (("--vots", "F", "threads", "--bogus"), 'did you mean "--votes"?'),
])
def test_a_bad_command_line_is_one_line(conc, line, said):
    kept = conc.directory / "kept.json"
    kept.write_text("kept")
    result = conc("class", *line, *(("-o", str(kept)) if "--bogus" not in line else ()))
    assert (result.status, result.out) == (2, ""), result
    assert result.err.count("\n") == 1 and said in result.err
    assert kept.read_text() == "kept"


def test_files_that_cannot_be_read(conc, files):
    for line in (("--votes", "nix"), ("--votes", "/"), ("--votes", "votes.txt", "--again",
                                                       "nix")):
        result = conc("class", "threads", *QUICK, *line)
        assert result.status == 1 and "conc class: cannot read" in result.err
        assert "wall" not in result.out
    (conc.directory / "empty").write_text("nobody\n")
    result = conc("class", "threads", *QUICK, "--votes", "empty")
    assert result.status == 1 and "no line of it is a vote" in result.err


def test_the_run_as_json_has_the_votes(conc, files):
    result = conc("class", "threads", *QUICK, *files, "--json")
    run = runs.check(result.json)
    assert run["argv"] == ["threads", *QUICK, "--json"]
    found = run["class"]
    assert found["variant"] == "threads" and len(found["votes"]) == 5
    assert {"value_ns": 25_000_000, "reason": "the average, more or less"} in found["votes"]
    assert sorted(vote["value_ns"] for vote in found["again"]) == [
        20_000_000] * 4 + [25_000_000]
    conc("class", "threads", *QUICK, *files[:2], "-o", "run.json")
    kept = json.loads((conc.directory / "run.json").read_text())["class"]
    assert kept["again"] is None


@pytest.mark.parametrize("width", [1, 12, 20, 40, 60, 80, 200])
@pytest.mark.parametrize("more", [(), ("--ascii",), ("--plain",)])
def test_it_fits_any_width(conc, files, width, more):
    result = conc("class", "threads", *QUICK, *files, "--width", str(width), *more)
    assert result.status == 0
    lines = result.out.splitlines()
    assert max(map(len, lines)) <= width
    if "--ascii" in more:
        assert result.out.isascii()


def test_the_demos_own_options_are_taken(conc):
    result = conc.shell("printf 'a,7\\n' | conc class race --story tickets --count 2 "
                        "--only sequential,unsafe --ttl 10ms 10ms --quiet")
    assert result.status == 0
    assert "How many tickets will be sold in the end?" in result.out
    assert "one-step" not in result.out


def test_a_slide_has_the_votes(conc, files):
    result = conc("class", "threads", *QUICK, *files, "-o", "x.svg", "-o", "x.html")
    assert result.status == 0
    for name in "x.svg", "x.html":
        text = (conc.directory / name).read_text()
        if name == "x.svg":
            assert xml.etree.ElementTree.fromstring(text).tag.endswith("svg")
        for said in ("What the class said of threads", "first vote", "second vote",
                     "about 20 ms", "measured: 2", "the median is 25 ms"):
            assert said in text, (name, said)
        for person in "ann", "ben", "cat", "eve", "fay":
            assert not re.search(rf">{person}<", text)
    alone = conc("threads", *QUICK, "-o", "y.svg")
    assert alone.status == 0
    assert "class said" not in (conc.directory / "y.svg").read_text()


# ---- votes that mean harm


def test_a_whole_city_votes(conc):
    lines = [f"name{i}, {i % 50}ms, reason {i}" for i in range(100_000)]
    lines[::2] = ["bad"] * 50_000
    (conc.directory / "votes.txt").write_text("\n".join(lines))
    result = conc("class", "threads", *QUICK, "--votes", "votes.txt")
    assert result.status == 0 and "50,000 votes" in result.out
    assert result.err.count("\n") == 21
    assert "votes.txt: 49,980 more lines are no votes" in result.err
    assert result.seconds < 10 * conc.patience


def test_bytes_from_anywhere_are_safe(conc):
    rng = random.Random(6)
    lines = [bytes(rng.randrange(256) for _ in range(rng.randrange(80))) for _ in range(300)]
    lines += [b"a,\x1b]0;x\x07,y", b"b,1ms,\x1b[2J\x9b5n\xff\xfe", b"c,1e308", b"d,nan,x",
              b"\x1b[31me,2ms,\xe2\x80\xae", b"f,3ms\0,x", b"g," + b"9" * 5000]
    (conc.directory / "votes.txt").write_bytes(b"\n".join(lines))
    for more in (), ("--plain",), ("--json",):
        result = conc("class", "threads", *QUICK, "--votes", "votes.txt", *more)
        assert result.status == 0, result
        for stream in result.out_bytes, result.err_bytes:
            text = stream.decode("utf-8")
            found = "[\x00-\x09\x0b-\x1f]" if more == ("--json",) else (
                "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
            assert not re.search(found, text)


def test_a_file_without_end(conc):
    result = conc("class", "threads", *QUICK, "--votes", "/dev/zero")
    assert result.status == 1 and "more than 64 MiB" in result.err


def test_lost_output_ends_it_before_the_run(conc, files):
    line = ("class", "threads", "--ttl", "1m", "1m", *files)
    with open("/dev/full", "wb") as full:
        result = conc(*line, stdout=full)
    assert result.status == 1
    assert result.err.endswith("output is lost: No space left on device\n")
    reader, writer = os.pipe()
    os.close(reader)
    assert conc(*line, stdout=writer).status == 141
    os.close(writer)


# ---- on a terminal


def test_a_key_starts_each_step(conc, files):
    terminal = conc.terminal("class", "threads", *QUICK, *files, "--no-live", lines=100,
                             argv=["/bin/sh", "-c", f"cd {conc.directory}; exec {conc.path} "
                                   f"class threads --ttl 10ms 20ms {' '.join(files)}"])
    terminal.wait_for("A key opens the second vote.")
    terminal.read(0.3)
    assert "second vote " not in terminal.text
    terminal.send("x")
    terminal.wait_for("A key starts the run.")
    terminal.read(0.3)
    assert "wall" not in terminal.text
    terminal.send(" ")
    assert terminal.finish() == 0 and terminal.is_whole()
    assert "What the class said of threads:" in terminal.text
    assert "\nx" not in terminal.text


def test_votes_may_be_typed_and_keys_come_from_the_terminal(conc):
    terminal = conc.terminal("class", "threads", *QUICK, "--no-live", "--again", "-",
                             lines=100)
    terminal.wait_for("Ctrl-D ends.")
    terminal.send("ann, 20ms, so\nben, 1\n")
    terminal.send("\x04")
    terminal.wait_for("A key opens the second vote.")
    terminal.send("k")
    terminal.wait_for(lambda t: t.text.count("Ctrl-D ends.") == 2)
    terminal.send("ann, 1\nben, 20ms\n\x04")
    terminal.wait_for("A key starts the run.")
    terminal.send("k")
    assert terminal.finish() == 0 and terminal.is_whole()
    assert "1 came closer, 1 moved away" in words(terminal.text)


def test_a_second_file_may_come_late(conc, files):
    (conc.directory / "again.txt").unlink()
    terminal = conc.terminal(argv=["/bin/sh", "-c", f"cd {conc.directory}; {conc.path} class "
                                   f"threads --ttl 10ms 20ms --no-live {files[2]} {files[3]} "
                                   "<votes.txt"], lines=100)
    terminal.wait_for("A key opens the second vote.")
    terminal.send("x")
    terminal.wait_for("A key tries again.")
    (conc.directory / "again.txt").write_text(AGAIN)
    terminal.send("x")
    terminal.wait_for("A key starts the run.")
    terminal.send("x")
    assert terminal.finish() == 0 and terminal.is_whole()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(conc, number):
    (conc.directory / "votes.txt").write_text(VOTES)
    terminal = conc.terminal("class", "threads", *QUICK, "--votes",
                             str(conc.directory / "votes.txt"), lines=100)
    terminal.wait_for("A key starts the run.")
    terminal.read(0.2)
    if number == signal.SIGINT:
        terminal.send("\x03")
    else:
        terminal.signal(number)
    assert terminal.finish() == 128 + number and terminal.is_whole()
    assert "wall" not in terminal.text
