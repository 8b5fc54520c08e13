# SPDX-License-Identifier: MIT
"""The command line: what is refused, with which words, and what it all means."""

import json
import os
import unicodedata

import pytest
import runs

#: Longer than any of these tests may take: who ran it would be found out.
LONG = "9"
#: What would show the rest of a line backwards.
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def refused(conc, *args, **how):
    """One line and status 2, and nothing was run.  The line."""
    result = conc(*args, **how)
    assert result.status == 2 and result.out == "", result
    line = result.err
    assert line.startswith("conc") and line.endswith("\n") and line.count("\n") == 1, result
    assert not any(unicodedata.category(c) in ("Cc", "Cs") or c in BIDI for c in line[:-1])
    assert len(line) < 250, result
    assert result.seconds < 5 * conc.patience
    return line


BAD_TIMES = ["-1", "+1", "nan", "inf", "infinity", "1e3", "1e308", "0x10", "5apples", "5-",
             "5 ", " 5", "5,,6", ",5", "5,", "5.", ".5", "1.5.2", "1_000", "5h", "5 s", "5S",
             "5sec", "25ms5", "s", "ms", "--", "٥", "５", "86401", "1441m", "1440.1m", "9" * 50,
             "0." + "1" * 20 + "x", "1,5s,x"]


@pytest.mark.parametrize("time", BAD_TIMES)
def test_bad_times_are_refused(conc, time):
    """In every spelling, but `--` itself, which is an option where it stands alone."""
    line = refused(conc, "threads", f"--ttl={time}")
    assert "--ttl" in line
    if time != "--":
        assert "--ttl" in refused(conc, "threads", "--ttl", time)
        refused(conc, "threads", LONG, time)
        refused(conc, "threads", LONG, "--", time)
    if "," not in time:
        for option in ("--limit", "--from", "--to"):
            assert option in refused(conc, "threads", LONG, f"{option}={time}")


@pytest.mark.parametrize("args, words", [
    # numbers
    (["--tasks", "0"], ["--tasks", '"0"', "1 to 1,000,000"]),
    (["--tasks", "1000000000"], ["--tasks", '"1000000000"', "1,000,000"]),
    (["--tasks", "1000001"], ["--tasks", "1,000,000"]),
    (["--tasks", "-1"], ["--tasks", '"-1"']),
    (["--tasks", "1.5"], ["--tasks", '"1.5"']),
    (["--tasks", ""], ["--tasks", '""']),
    (["--tasks", "0x10"], ["--tasks", '"0x10"']),
    (["--tasks", "18446744073709551618"], ["--tasks"]),
    (["--cores", "0"], ["--cores", '"0"']),
    (["--cores", "1000000"], ["--cores", "cores that conc may use"]),
    (["--width", "0"], ["--width", '"0"', "1 to 300"]),
    (["--width", "301"], ["--width", "300"]),
    (["--repeat", "0"], ["--repeat", '"0"']),
    (["--repeat", "-3"], ["--repeat", '"-3"']),
    (["--seed", "-1"], ["--seed", '"-1"']),
    (["--seed", "4294967296"], ["--seed"]),
    (["--speed", "0"], ["--speed", "0.01 to 1000"]),
    (["--speed", "0.009"], ["--speed"]),
    (["--speed", "1000.1"], ["--speed"]),
    (["--speed", "nan"], ["--speed", '"nan"']),
    (["--speed", "2x"], ["--speed", '"2x"']),
    (["--speed", "-2"], ["--speed", '"-2"']),
    # words
    (["--color", "pink"], ["--color", '"pink"', "auto, always, never"]),
    (["--color", "Always"], ["--color", '"Always"']),
    (["--color", ""], ["--color", '""']),
    (["--work", "both"], ["--work", '"both"', "wait, cpu"]),
    (["--work", "wait|cpu"], ["--work"]),
    (["--only", "nosuch"], ["--only", '"nosuch"', "sequential, threads, shared-arg"]),
    (["--only", "thread"], ["--only", '"thread"', 'did you mean "threads"']),
    (["--only", ""], ["--only"]),
    (["--only", "threads,"], ["--only"]),
    (["--with", "sharedarg"], ["--with", 'did you mean "shared-arg"']),
    (["--only", "threads", "--with", "shared-arg"], ["--only", "--with"]),
    # one value, or none
    (["--json=yes"], ["--json", '"yes"', "no value"]),
    (["--plain="], ["--plain", "no value"]),
    (["--tasks"], ["--tasks", "needs a value"]),
    (["--tasks", "--json"], ["--tasks", "needs a value"]),
    (["--limit"], ["--limit", "needs a value"]),
    (["--ttl"], ["--ttl", "needs a value"]),
    (["--ttl", "--json"], ["--ttl", "needs a value"]),
    (["-o"], ["-o", "needs a value"]),
    # which exclude each other
    (["--ttl", LONG, "--ttl", LONG], ["--ttl", "twice"]),
    ([LONG, "--ttl", LONG], ["--ttl"]),
    (["--ttl", LONG, "--json", LONG], ["--ttl"]),
    (["--ttl", LONG, "--", LONG], ["--ttl"]),
    (["--tasks", "3", "--ttl", LONG, LONG], ["--tasks", "3", "2"]),
    (["--from", "2", "--to", "1"], ["--to 1 s", "--from 2 s"]),
    (["--from", "1", "--to", "1"], ["--from", "--to"]),
    (["--to", "0"], ["--to"]),
    (["--live", "--plain"], ["--live", "--plain"]),
    (["--plain", "--quiet"], ["--plain", "--quiet"]),
    (["--plain", "--json"], ["--plain", "--json"]),
    (["--live", "--json"], ["--live", "--json"]),
    (["--json", "--format", "text"], ["--json", "--format"]),
    # names
    (["--names", ""], ["--names", "empty"]),
    (["--names", "ann,,bob"], ["--names", "empty"]),
    (["--names", "ann,ann"], ["--names", '"ann"', "twice"]),
    (["--names", " ann,bob"], ["--names", "space"]),
    (["--names", "ann,bob,cid", "--ttl", LONG, LONG], ["--names", "3", "2"]),
    (["--names", "leia", "--tasks", "3"], ["--names", '"leia"']),
    (["--names", "a\x1b[31m,b"], ["--names", "cannot be printed"]),
    (["--names", "a\n,b"], ["--names", "cannot be printed"]),
    (["--names", "a\x7f,b"], ["--names", "cannot be printed"]),
    (["--names", b"a\xff,b"], ["--names", "cannot be printed"]),
    (["--names", "a\u009b1m,b"], ["--names", "cannot be printed"]),
    (["--names", "\u200b,b"], ["--names"]),
    # files
    (["-o", "x.nosuch"], ["-o", '"x.nosuch"', "--format"]),
    (["-o", "x"], ["-o", '"x"', "--format"]),
    (["-o", "-"], ["-o", '"-"', "--format"]),
    (["-o", ""], ["-o", '""']),
    (["--format", "nosuch"], ["--format", '"nosuch"', "text, plain, json"]),
    (["-o", "a.json", "-o", "a.json"], ["-o", '"a.json"', "twice"]),
    (["-o", "a.json", "--format", "text"], ["--format"]),
    # unknown
    (["--tasksx", "3"], ['"--tasksx"', 'did you mean "--tasks"']),
    (["--tas", "3"], ['"--tas"']),
    (["--TTL", "3"], ['"--TTL"', 'did you mean "--ttl"']),
    (["--colour", "never"], ['"--colour"', 'did you mean "--color"']),
    (["--jason"], ['"--jason"', 'did you mean "--json"']),
    (["--nothing-like-it"], ['"--nothing-like-it"', "--help"]),
    (["-x"], ['"-x"']),
    (["-oa.json"], ['"-oa.json"']),
    (["---"], ['"---"']),
    (["--=3"], ['"--"']),
    (["sequential"], ['"sequential"', "--only sequential"]),
    (["tasks", "3"], ['"tasks"', "--tasks"]),
    (["--", "--json"], ['"--json"']),
    ([""], ['""']),
], ids=lambda value: repr(value)[:60] if isinstance(value, list) else "")
def test_bad_values_are_refused_with_what_is_allowed(conc, args, words):
    line = refused(conc, "threads", *args)
    assert line.startswith("conc threads: ")
    for word in words:
        assert word in line
    assert list(conc.directory.iterdir()) == [], "a file was made"


def test_control_characters_are_shown_as_such(conc):
    for bad in ("\x1b[2J", "a\rb", "a\tb", "\x01", "\x7f", "\u009b", "\u202e1"):
        line = refused(conc, "threads", "--ttl", bad)
        assert "--ttl" in line
        line = refused(conc, "threads", f"--{bad}")
        line = refused(conc, bad)


def test_what_is_refused_is_ascii_where_the_locale_is(conc):
    line = refused(conc, "threads", "--ttl", "fünf", env={"LC_ALL": "C"})
    assert line.isascii()
    line = refused(conc, "threads", "--ttl", b"f\xfcnf")
    assert "\ufffd" not in line or line.isprintable()


def test_a_long_value_is_cut(conc):
    line = refused(conc, "threads", "--ttl", "1" + "x" * 100_000)
    assert '..."' in line
    refused(conc, "threads", "--" + "y" * 100_000)
    refused(conc, "z" * 100_000)


def test_the_same_in_every_locale(conc):
    """A comma separates, also where it is the decimal point."""
    for locale in ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"):
        run = conc("threads", "0.01,0.02", "--json", env={"LC_ALL": locale}).json
        assert [task["ttl_ns"] for task in run["tasks"]] == [10_000_000, 20_000_000]


@pytest.mark.parametrize("word, meant", [
    ("thread", "threads"), ("Threads", "threads"), ("treads", "threads"),
    ("completions", "completion"), ("hepl", "help"),
])
def test_a_near_miss_is_named_and_never_run(conc, word, meant):
    for args in ([word], [word, "--ttl", LONG], ["help", word]):
        assert f'did you mean "{meant}"?' in refused(conc, *args)


@pytest.mark.parametrize("args", [
    ["nosuch"], [""], ["-x"], ["--nosuch"], ["help", "nosuch"], ["help", "threads", "more"],
    ["completion"], ["completion", "tcsh"], ["completion", "bash", "zsh"],
    ["--", "threads"], ["--ttl", "1"],
])
def test_there_is_no_such_command(conc, args):
    refused(conc, *args)


# ---- what is accepted


def ttls(conc, *args):
    run = conc("threads", "--limit", "1us", "--json", *args).json
    return [task["ttl_ns"] for task in run["tasks"]]


@pytest.mark.parametrize("text, ns", [
    ("0", 0), ("00", 0), ("0.0", 0), ("5", 5_000_000_000), ("5s", 5_000_000_000),
    ("0.5", 500_000_000), ("20ms", 20_000_000), ("0.25ms", 250_000), ("500us", 500_000),
    ("2m", 120_000_000_000), ("1.5m", 90_000_000_000), ("86400", 86_400_000_000_000),
    ("1440m", 86_400_000_000_000), ("0.000000001", 1), ("0.0000000019", 1),
    ("0.1", 100_000_000), ("0.3", 300_000_000), ("1.1", 1_100_000_000),
    ("0." + "3" * 60, 333_333_333), ("0" * 60 + "7", 7_000_000_000),
])
def test_times_are_read_exactly(conc, text, ns):
    assert ttls(conc, text) == [ns]


@pytest.mark.parametrize("args", [
    ["3", "4", "5"], ["--ttl", "3", "4", "5"], ["--ttl", "3,4,5"], ["--ttl=3,4,5"],
    ["3,4", "5"], ["--ttl", "3,4", "5"], ["--cores", "1", "3", "4", "5"],
    ["--ttl", "3", "4", "5", "--cores", "1"], ["3", "--cores", "1", "4", "--seed=2", "5"],
    ["--seed", "2", "--", "3", "4", "5"], ["3", "4", "--", "5"],
])
def test_times_stand_anywhere(conc, args):
    assert ttls(conc, *args) == [3_000_000_000, 4_000_000_000, 5_000_000_000]


@pytest.mark.parametrize("args, count, each_ns", [
    ([], 2, None),
    (["--tasks", "2"], 2, None),
    (["--tasks", "1"], 1, 1_000_000_000),
    (["--tasks", "4"], 4, 1_000_000_000),
    (["--tasks", "3", "--ttl", "7"], 3, 7_000_000_000),
    (["--ttl", "7", "--tasks", "3"], 3, 7_000_000_000),
    (["--tasks", "2", "--ttl", "7", "7"], 2, 7_000_000_000),
    (["--tasks", "9", "--tasks", "3", "--ttl", "7"], 3, 7_000_000_000),
])
def test_how_many_tasks_and_how_long(conc, args, count, each_ns):
    if each_ns is None:
        assert ttls(conc, *args) == [1_000_000_000, 2_000_000_000]
    else:
        assert ttls(conc, *args) == [each_ns] * count


def test_many_tasks_by_default_take_a_few_seconds_in_all(conc):
    for count in (3, 10, 100, 1000):
        times = ttls(conc, "--tasks", str(count))
        assert len(times) == count and len(set(times)) == 1
        assert 0 < sum(times) <= 5_000_000_000


def test_names_of_tasks_in_order(conc):
    run = conc("threads", "--tasks", "12", "--ttl", "0", "--limit", "1us", "--json").json
    assert [task["name"] for task in run["tasks"]] == [
        "luke", "darthvader", "leia", "han", "yoda", "chewbacca", "lando", "obiwan", "r2d2",
        "c3po", "task11", "task12"]


def test_the_last_one_wins(conc):
    run = conc("threads", "--ttl", "0", "0", "--seed", "1", "--cores", "1", "--color",
               "never", "--seed=5", "--color", "always", "--live", "--no-live", "--only",
               "sequential", "--only", "threads", "--json").json
    assert run["seed"] == 5 and run["options"]["color"] == "always"
    assert runs.names(run) == ["threads"]


def test_limits_of_values(conc):
    """The last value on either side that is allowed."""
    for args in (["--width", "1"], ["--width", "300"], ["--speed", "0.01"],
                 ["--speed", "1000"], ["--seed", "0"], ["--seed", "4294967295"],
                 ["--cores", str(len(os.sched_getaffinity(0)))], ["--limit", "86400"],
                 ["--limit", "0"]):
        result = conc("threads", "--ttl", "0", *args)
        assert result.status == 0 and not result.err, result


@pytest.mark.plain
def test_a_million_tasks_are_understood(conc):
    """Not run: in sequence they would take more than a day."""
    result = conc("threads", "--tasks", "1000000", "--ttl", "1", "--only", "sequential")
    assert result.status == 0 and "not run" in result.out, result


# ---- asking


def test_bare_conc_shows_a_short_page_examples_first(conc):
    result = conc()
    assert result.status == 0 and not result.err, result
    lines = result.out.splitlines()
    assert len(lines) < 24, "with the prompt it does not fit a terminal of 24 lines"
    assert max(map(len, lines)) <= 80
    assert 0 < result.out.index("conc threads --ttl 5 10") < result.out.index("Demos:")


def test_version(conc):
    assert conc("--version").out.startswith("conc 0.")


@pytest.mark.parametrize("args", [["--help"], ["-h"], ["help"], ["help", "threads"],
                                  ["threads", "--help"], ["threads", "-h"],
                                  ["threads", "--list"], ["threads", "--ttl", LONG, "-h"]])
def test_help_fits_a_terminal_and_runs_nothing(conc, args):
    result = conc(*args)
    assert result.status == 0 and not result.err, result
    assert max(map(len, result.out.splitlines())) <= 80
    assert result.out.isascii()
    assert result.seconds < 5 * conc.patience


def test_list_names_every_variant(conc):
    out = conc("threads", "--list").out
    for name in ("sequential", "threads", "shared-arg"):
        assert f"  {name}" in out


# ---- where it is written


def test_a_file_for_each_format_and_the_text_too(conc):
    result = conc("threads", "--ttl", "0.01", "0.02", "-o", "a.json", "-o", "a.txt",
                  "--output", "b.json")
    assert result.status == 0 and not result.err, result
    assert "sequential" in result.out
    first, second = (json.loads((conc.directory / name).read_text())
                     for name in ("a.json", "b.json"))
    assert first == second
    runs.check(first)
    assert "sequential" in (conc.directory / "a.txt").read_text()
    assert "\x1b" not in (conc.directory / "a.txt").read_text()


def test_format_names_what_an_extension_does_not(conc):
    for args, name in ((["--format", "json", "-o", "run"], "run"),
                       (["--format=json", "-o", "run.data"], "run.data"),
                       (["-o", "run.x", "--format", "json"], "run.x")):
        assert conc("threads", "--ttl", "0", *args).status == 0
        runs.check(json.loads((conc.directory / name).read_text()))


@pytest.mark.parametrize("args", [["--json"], ["--format", "json"], ["-o", "-", "--json"],
                                  ["--format", "json", "-o", "-"],
                                  ["-o", "-", "--format", "json"]])
def test_what_goes_to_standard_output_replaces_the_text(conc, args):
    result = conc("threads", "--ttl", "0", *args)
    assert result.status == 0 and not result.err, result
    runs.check(result.json)


def test_standard_output_and_a_file(conc):
    result = conc("threads", "--ttl", "0", "-o", "a.txt", "--json")
    runs.check(result.json)
    assert "threads" in (conc.directory / "a.txt").read_text()


def test_quiet_prints_the_table_of_figures_only(conc):
    result = conc("threads", "--ttl", "0.01", "0.02", "--quiet", "-o", "a.json")
    assert result.status == 0 and not result.err, result
    heads = [line.split()[0] for line in result.out.splitlines()]
    assert heads == ["wall", "sequential", "threads"], result
    runs.check(json.loads((conc.directory / "a.json").read_text()))


def test_a_file_is_written_anew(conc):
    path = conc.directory / "a.json"
    path.write_text("x" * 1_000_000)
    assert conc("threads", "--ttl", "0", "-o", "a.json").status == 0
    runs.check(json.loads(path.read_text()))


@pytest.mark.parametrize("path, why", [
    ("nosuch/a.json", "No such file"), ("folder.json", "Is a directory"),
    ("/proc/nosuch.json", ""), ("loop.json", "Too many levels"),
    ("x" * 300 + ".json", "too long"),
])
def test_a_file_that_cannot_be_written_fails_before_the_run(conc, path, why):
    (conc.directory / "folder.json").mkdir()
    (conc.directory / "loop.json").symlink_to("loop.json")
    result = conc("threads", "--ttl", LONG, LONG, "-o", path)
    assert result.status == 1 and not result.out, result
    assert result.err.count("\n") == 1 and why in result.err, result
    assert result.seconds < 5 * conc.patience


def test_a_file_that_is_full_is_lost_output(conc):
    (conc.directory / "full.json").symlink_to("/dev/full")
    result = conc("threads", "--ttl", "0", "-o", "full.json")
    assert result.status == 1, result
    assert "full.json" in result.err and result.err.count("\n") == 1, result
    assert "sequential" in result.out, "the text has a place to go to"
