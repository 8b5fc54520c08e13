# SPDX-License-Identifier: MIT
"""spawn: programs at the same time, what they print, and how they end."""

import json
import re
import signal
import subprocess

import pytest
import runs

MS = 1_000_000
BOTH = ("sequential", "parallel")
#: Prints on both of its outputs, and ends with a status.
SPEAKER = ("sh", "-c", "echo hello; echo there >&2; printf end; exit 3")


def behind(*programs):
    return [word for program in programs for word in ("--", *program)]


def spawn(conc, *args, status=0, **how):
    result = conc("spawn", *args, **how)
    assert result.status == status, result
    return result


def report(conc, *programs, options=(), status=0, costs=False):
    """What starting one costs takes longer than most runs."""
    quiet = [] if costs else ["--quiet"]
    result = spawn(conc, "--json", *quiet, *options, *behind(*programs), status=status)
    return runs.check(result.json)


def only_run(run, name="parallel"):
    (one,) = runs.variant(run, name)["runs"]
    return one


def captured(one, name):
    return next(each for each in one["captured"] if each["name"] == name)


def programs_of(one):
    return one["lanes"][1:]


def cksum(data):
    done = subprocess.run(["cksum"], input=data, capture_output=True, check=True)
    return int(done.stdout.split()[0])


# ---- at the same time


def test_programs_run_one_after_the_other_or_at_once(conc):
    run = report(conc, options=("--ttl", "0.1", "0.2"))
    luke, darthvader = programs_of(only_run(run, "sequential"))
    assert luke["end_ns"] <= darthvader["start_ns"]
    luke, darthvader = programs_of(only_run(run))
    assert darthvader["start_ns"] < luke["end_ns"]
    assert runs.both_in_state_ns(luke, darthvader, "wait") > 50 * MS
    for name in BOTH:
        outcome = only_run(run, name)["outcome"]
        assert outcome["started"] == 2 and outcome["not_started"] == 0
        assert [end["status"] for end in outcome["ended"]] == [0, 0]
    assert runs.variant(run, "parallel")["ideal_ns"] == 200 * MS


def test_tasks_compute_in_programs_too(conc):
    run = report(conc, options=("--ttl", "0.03", "0.03", "--work", "cpu"))
    for name in BOTH:
        for lane in programs_of(only_run(run, name)):
            assert runs.state_ns(lane, "run") > 5 * MS


@pytest.mark.plain
def test_of_programs_the_system_is_asked_what_they_do(conc):
    busy = ("sh", "-c", "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done")
    run = report(conc, busy, ("sleep", "0.2"), options=("--only", "parallel"))
    computing, sleeping = programs_of(only_run(run))
    life = computing["end_ns"] - computing["start_ns"]
    assert runs.state_ns(computing, "wait") < life / 2
    assert computing["cpu_ns"] > 0
    assert runs.state_ns(sleeping, "wait") > 100 * MS
    assert sleeping["end_ns"] - sleeping["start_ns"] >= 200 * MS
    assert sleeping["os_id"] != computing["os_id"]


def test_nobody_knows_what_was_possible(conc):
    run = report(conc, ("true",), ("true",))
    for name in BOTH:
        variant = runs.variant(run, name)
        assert variant["ideal_ns"] is None and variant["possible"] is None
    assert [task["work"] for task in run["tasks"]] == ["program"] * 2
    assert "ideal" not in spawn(conc, *behind(["true"])).out


@pytest.mark.parametrize("seconds", [("0", "0"), ("0.1", "0.1"), ("0", "0.3")])
def test_who_took_longest_is_only_said_where_it_could_be_seen(conc, seconds):
    """An end is seen up to 10 ms late, and of both it may have been the other's."""
    run = report(conc, *[("sleep", each) for each in seconds],
                 options=("--only", "parallel"))
    lanes = programs_of(only_run(run))
    second, longest = sorted(lane["end_ns"] - lane["start_ns"] for lane in lanes)
    said = runs.variant(run, "parallel")["verdict"]
    assert said.startswith("Started at once, the programs took ")
    if longest - second <= 10 * MS:
        assert "the longest" not in said
    else:
        assert "the longest" not in said or "of them, sleep" in said


@pytest.mark.parametrize("name", BOTH)
def test_an_output_that_others_have_open_is_no_time_of_the_programs(conc, name):
    run = report(conc, ("sh", "-c", "sleep 0.5 & echo bye"), ("true",),
                 options=("--only", name))
    said = runs.variant(run, name)["verdict"]
    assert "main read on when no program was left: another process still had" in said
    assert "the programs took" not in said and "the longest" not in said


def test_what_flows_cost_is_measured_beside(conc):
    run = report(conc, ("true",), options=("--only", "parallel"), costs=True)
    costs = run["flows_ps"]
    assert set(costs) == {"program", "fork", "thread"}
    for spread in costs.values():
        assert 0 < spread["min"] <= spread["median"] <= spread["max"]
    assert "a forked child" in runs.variant(run, "parallel")["verdict"]


@pytest.mark.plain
def test_the_first_of_many_is_seen_to_end_while_others_are_started(conc):
    one = only_run(report(conc, *[("true",)] * 200, options=("--only", "parallel")))
    first, *_, last = programs_of(one)
    assert first["end_ns"] < last["start_ns"]


# ---- what they print


def test_output_is_captured_with_how_it_ended(conc):
    run = report(conc, SPEAKER, ("sleep", "0.02"))
    for name in BOTH:
        one = only_run(run, name)
        (speaker,) = one["captured"]
        assert speaker["name"] == "sh" and speaker["task"] == 0
        assert speaker["text"] == "hello\nthere\nend"
        assert (speaker["bytes"], speaker["lines"]) == (15, 3)
        assert speaker["cksum"] == cksum(b"hello\nthere\nend")
        assert [(end["name"], end["status"]) for end in one["outcome"]["ended"]] == [
            ("sh", 3), ("sleep", 0)]
        assert (one["outcome"]["failed"], one["outcome"]["bytes"]) == (1, 15)
    assert "sh ended with status 3." in runs.variant(run, "parallel")["verdict"]


def test_output_is_shown_below_and_status_on_the_lane(conc):
    out = spawn(conc, *behind(["sh", "-c", "echo hello; sleep 0.2; exit 3"])).out
    assert re.search(r"^ *sh +├.* status 3 .*┤$", out, re.MULTILINE), out
    assert "sh printed 1 line, 6 bytes:\n  │ hello\n" in out
    assert out.count("printed 1 line") == 1, "what is the same in all variants, once"


def test_variants_that_print_differently_are_shown_apart(conc):
    out = spawn(conc, *behind(["sh", "-c", "echo $$"])).out
    assert "sequential: sh printed 1 line" in out and "parallel: sh printed 1 line" in out


SIZES = [65_536, 1_000_003, pytest.param(100_000_000, marks=pytest.mark.soak)]


@pytest.mark.parametrize("size", SIZES)
def test_nothing_of_much_output_is_lost(conc, size):
    """Two that print at the same time, more than a pipe holds, each its own bytes."""
    shell = "yes {} | head -c %d" % size
    run = report(conc, ("sh", "-c", shell.format("a")), ("sh", "-c", shell.format("bc")),
                 options=("--names", "a,bc"))
    for word in ("a", "bc"):
        line = f"{word}\n".encode()
        data = (line * (size // len(line) + 1))[:size]
        for name in BOTH:
            found = captured(only_run(run, name), word)
            assert found["bytes"] == size
            assert found["lines"] == -(-size // len(line))
            assert found["cksum"] == cksum(data)
            assert found["text"].encode() == data[:4096]
    said = "a pipe holds 65,536" in runs.variant(run, "parallel")["verdict"]
    assert said == (size > 65_536)


def test_long_output_is_cut_and_counted(conc):
    long = conc("spawn", "--only", "parallel", *behind(["seq", "100000"],
                ["sh", "-c", "head -c 5000 /dev/zero"]))
    assert "seq printed 100,000 lines, 588,895 bytes:\n  │ 1\n" in long.out
    assert "  │ 10\n  and 99,990 more lines\n" in long.out and "│ 11\n" not in long.out
    assert "sh printed 1 line, 5,000 bytes:" in long.out
    assert "│ \\0\\0\\0" in long.out and "and 4,600 more bytes" in long.out


def test_many_programs_are_added_up(conc):
    out = spawn(conc, "--only", "parallel", *behind(*[["echo", "x"]] * 23)).out
    assert out.count("printed 1 line, 2 bytes:\n  │ x\n") == 20
    assert "3 more programs printed 3 lines, 6 bytes\n" in out


NASTY = r"printf '\033[31m<b>&\n\000\177\r\n'"


def test_output_is_harmless_in_every_view_and_kept_in_a_file(conc):
    files = [word for end in ("json", "html", "svg", "csv", "trace.json")
             for word in ("-o", f"run.{end}")]
    out = spawn(conc, "--only", "parallel", *files, *behind(["sh", "-c", NASTY])).out
    assert "\x1b[31m" not in out and "│ \\x1b[31m<b>&\n  │ \\0\\x7f\\r\n" in out
    for end in ("html", "svg"):
        text = (conc.directory / f"run.{end}").read_text()
        assert "sh printed 2 lines" in text and "\x1b" not in text and "<b>&" not in text
        assert "x1b[31m&lt;b&gt;&amp;" in text
    saved = json.loads((conc.directory / "run.json").read_text())
    assert only_run(saved)["captured"][0]["text"].startswith("\x1b[31m<b>&\n\0")
    assert conc("replay", "run.json", "--no-live").out == out
    assert conc("replay", "run.json", "--json").json["flows_ps"] == saved["flows_ps"]
    plain = conc("replay", "run.json", "--plain").out
    assert "sh printed 2 lines, 14 bytes:\nprinted: \\x1b[31m<b>&\n" in plain


def test_what_closes_its_output_early_holds_nobody_up(conc):
    early = ("sh", "-c", "exec >&- 2>&-; sleep 0.2; exit 4")
    late = ("sh", "-c", "sleep 0.1; seq 30000")
    one = only_run(report(conc, early, late, options=("--only", "parallel")))
    first, second = programs_of(one)
    assert [end["status"] for end in one["outcome"]["ended"]] == [4, 0]
    assert second["end_ns"] < first["end_ns"]
    assert captured(one, "sh 2")["lines"] == 30_000


# ---- programs that go wrong


@pytest.mark.parametrize("options, said", [
    (["0"], "The program does nothing:"),
    (["0", "0"], "The programs do nothing:"),
    (["1us", "1us"], "posix_spawn does not wait for the end of what it starts, so both programs "
     "waited at the same time, and gained nothing by it:"),
    (["0", "0", "--only", "sequential"],
     "Each program was started when the one before had ended:"),
], ids=str)
def test_what_is_said_of_the_time(conc, options, said):
    run = report(conc, options=options)
    assert run["variants"][-1]["verdict"].startswith(said)
    assert "A call of posix_spawn took" in run["variants"][-1]["verdict"]


def test_a_signal_ends_a_program_and_is_named(conc):
    run = report(conc, ("sh", "-c", "kill -9 $$"), ("sleep", "0.05"))
    for name in BOTH:
        one = only_run(run, name)
        killed, asleep = programs_of(one)
        assert killed["signal"] == signal.SIGKILL and killed["cut"] and not asleep["cut"]
        assert one["outcome"]["ended"][0]["signal"] == signal.SIGKILL
        assert (one["outcome"]["signaled"], one["outcome"]["failed"]) == (1, 0)
    assert "sh was ended by signal 9 (Killed)" in runs.variant(run, "parallel")["verdict"]
    assert "sh is killed by signal 9" in spawn(
        conc, "--plain", *behind(["sh", "-c", "kill -9 $$"])).out


@pytest.mark.parametrize("program, error, words", [
    ("nosuchprogram", 2, "No such file or directory"),
    ("./plain", 13, "Permission denied"),
    ("/", 13, "Permission denied"),
    ("./plain/in", 20, "Not a directory"),
    ("./words", 8, "Exec format error"),
])
def test_what_cannot_be_started_is_said_and_the_others_run(conc, program, error, words):
    (conc.directory / "plain").write_text("")
    (conc.directory / "words").write_bytes(b"\x7fELF nonsense")
    (conc.directory / "words").chmod(0o755)
    result = spawn(conc, "--json", *behind([program], ["echo", "hello"]), status=1)
    name = program.rsplit("/", 1)[-1] or "/"
    assert result.err == f"conc spawn: cannot start {program}: {words}\n"
    run = runs.check(result.json)
    for variant in BOTH:
        one = only_run(run, variant)
        assert captured(one, name)["error"] == error
        assert captured(one, "echo")["text"] == "hello\n"
        assert (one["outcome"]["started"], one["outcome"]["not_started"]) == (1, 1)
        assert len(programs_of(one)) == 1
    assert words in runs.variant(run, "parallel")["verdict"]


def test_what_cannot_be_started_is_said_once_of_all_runs(conc):
    result = spawn(conc, "--repeat", "3", *behind(["nosuch"], ["true"]), status=1)
    assert result.err.count("\n") == 1, result.err


@pytest.mark.parametrize("program, path", [
    ("./uninterpreted", None), ("uninterpreted", ".:/usr/bin"),
    ("uninterpreted", "/usr/bin:"),
])
def test_an_interpreter_that_is_not_there_is_not_the_program(conc, program, path):
    script = conc.directory / "uninterpreted"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    env = {"PATH": path} if path else {}
    result = spawn(conc, *behind([program], ["true"]), status=1, env=env)
    assert result.err == (f"conc spawn: cannot start {program}: the file is there, but not "
                          "the interpreter that it names\n")


def test_what_cannot_be_started_is_named_as_it_was_given(conc):
    err = spawn(conc, *behind(["./no\x1b[31m"], ["/tmp"], ["nosuch"]), status=1).err
    assert err == ("conc spawn: cannot start ./no\\x1b[31m: No such file or directory\n"
                   "conc spawn: cannot start /tmp: Permission denied\n"
                   "conc spawn: cannot start nosuch: No such file or directory\n")


#: Of three runs the first finds no file; then there is one.
ONCE = "[ -e {0} ] && exit 0; : > {0}; {1}"


def test_what_goes_wrong_in_some_runs_is_said(conc):
    programs = [("sh", "-c", ONCE.format("a", "exit 1")),
                ("sh", "-c", ONCE.format("b", "kill -9 $$")), ("sh", "-c", "exit 3")]
    run = report(conc, *programs, options=("--only", "parallel", "--repeat", "3"))
    said = runs.variant(run, "parallel")["verdict"]
    assert "sh ended with status 1 in 1 of 3 runs: so it says that it failed." in said
    assert "sh 2 was ended by signal 9 (Killed) in 1 of 3 runs," in said
    assert "sh 3 ended with status 3 in all 3 runs." in said


def test_what_ends_in_several_ways_is_said(conc):
    shell = "[ -e d ] && exit 0; [ -e c ] && : > d && exit 6; : > c; exit 5"
    run = report(conc, ("sh", "-c", shell), options=("--only", "parallel", "--repeat", "3"))
    assert "sh did not end with status 0 in 2 of 3 runs, and not always in the same way." \
        in runs.variant(run, "parallel")["verdict"]


def test_what_is_started_in_some_runs_is_said(conc):
    plain = conc.directory / "plain"
    plain.write_text("#!/bin/sh\n")
    run = report(conc, ("./plain",), ("sh", "-c", "chmod +x plain"),
                 options=("--only", "sequential", "--repeat", "3"), status=1)
    assert "plain was not started in 1 of 3 runs: posix_spawn returned error 13" in \
        runs.variant(run, "sequential")["verdict"]


def test_many_that_go_wrong_are_added_up(conc):
    run = report(conc, *[("false",)] * 4, *[("nosuch",)] * 5,
                 options=("--only", "parallel", "--repeat", "2"), status=1)
    said = runs.variant(run, "parallel")["verdict"]
    assert "In 2 runs, 8 of 8 programs ended with another status than 0" in said
    assert "In 2 runs, 10 of 18 programs were not started: " in said


def test_what_never_ends_is_ended(conc):
    endless = ("sh", "-c", "sleep 1000 & sleep 1000")
    result = spawn(conc, "--limit", "0.3", "--only", "parallel", "--json",
                   *behind(endless, ["sleep", "0.05"]))
    one = only_run(runs.check(result.json))
    assert one["ended_by"] == "limit"
    assert [lane["cut"] for lane in programs_of(one)] == [True, False]
    assert not conc.left_behind()


# ---- the command line


@pytest.mark.parametrize("args, said", [
    (["--"], "a program must follow \"--\""),
    (["--", "--", "true"], "a program must follow \"--\""),
    (["--", "true", "--"], "a program must follow \"--\""),
    (["--", ""], "is empty"),
    (["--ttl", "1", "--", "true"], "--ttl says what tasks do"),
    (["1", "--", "true"], "--ttl says what tasks do"),
    (["--tasks", "1", "--", "true"], "--tasks says what tasks do"),
    (["--work", "cpu", "--", "true"], "--work says what tasks do"),
    (["--speed", "2", "--", "true"], "--speed says what tasks do"),
    (["--names", "a,b", "--", "true"], "2 names for 1 task"),
    (["sleep", "1"], "\"sleep\" is not a time; a program stands behind \"--\""),
    (["--", *["true", "--"] * 1000, "true"], "1,001 programs are too many"),
])
def test_bad_uses_are_one_line(conc, args, said):
    result = conc("spawn", *args)
    assert result.status == 2 and not result.out
    assert said in result.err and result.err.count("\n") == 1, result.err


def test_programs_are_lanes_under_their_names(conc):
    odd = conc.directory / "a\nb"
    odd.write_text("#!/bin/sh\n")
    odd.chmod(0o755)
    run = report(conc, ("/bin/true",), ("true",), ("./a\nb",),
                 options=("--only", "parallel"))
    names = [lane["name"] for lane in programs_of(only_run(run))]
    assert names == ["true", "true 2", "program 3"]


def test_runs_of_other_programs_are_not_alike(conc):
    for name, seconds in (("a.json", "0.01"), ("b.json", "0.02")):
        spawn(conc, "--quiet", "-o", name, *behind(["sleep", seconds], ["true"]))
    out = conc("compare", "a.json", "b.json").out
    assert "programs: sleep 0.01, true in a; sleep 0.02, true in b" in out, out
    assert "ideal" not in out


def test_a_class_takes_programs_too(conc):
    (conc.directory / "votes.txt").write_text("ann, 0.1\n")
    result = conc("class", "spawn", "--votes", "votes.txt", "--", "sleep", "0.05", "--",
                  "sleep", "0.1")
    assert result.status == 0 and not result.err, result
    assert "two programs: sleep 0.05, sleep 0.1" in result.out
