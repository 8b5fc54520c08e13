# SPDX-License-Identifier: MIT
"""A saved run, read back, is the run that was saved."""

import json
import re

import pytest

from conftest import CONC

RUNS = [
    ("threads", "0.05", "0.1"),
    ("threads", "0.05", "0.1", "--work", "cpu", "--cores", "1", "--with", "shared-arg",
     "--repeat", "3"),
    ("threads", "--tasks", "300", "--ttl", "0.01"),
    ("threads", "0.05", "0.1", "--from", "0.02", "--to", "0.08"),
    ("fork", "0.05", "0.1", "--with", "unflushed,no-wait"),
    ("fork", "0.3", "0.1", "--limit", "0.2"),
    ("daemon", "0.05", "0.1", "--with", "detached"),
    ("join", "0.05", "0.1", "--with", "other-order"),
    ("race", "--count", "10"),
    ("race", "--repeat", "10", "--count", "5"),
    ("race", "--story", "tickets"),
    ("deadlock",),
    ("deadlock", "--philosophers", "4", "--with", "self,abandoned"),
    ("pool", "--tasks", "5", "--ttl", "0.02", "--sweep", "1..3"),
    ("pool", "--tasks", "5", "--ttl", "0.02", "--fail", "2", "--queue", "2"),
    ("async", "--tasks", "20", "--ttl", "0.05", "--hidden"),
    ("all", "0.05", "0.1"),
]


@pytest.fixture
def saved(conc, tmp_path):
    """save(args...): the file, and what was printed."""
    def save(*args):
        path = tmp_path / "run.json"
        result = conc(*args, "-o", str(path))
        assert result.status == 0, result
        return path, result.out
    return save


def without_outputs(text):
    return re.sub(r'"outputs": \[.*\]', '"outputs": []', text)


@pytest.mark.parametrize("args", RUNS, ids=" ".join)
def test_the_text_and_the_json_are_those_of_the_run(conc, saved, args):
    path, text = saved(*args)
    again = conc("replay", str(path))
    assert again.status == 0 and not again.err, again
    assert again.out == text
    as_json = conc("replay", str(path), "--json")
    assert without_outputs(as_json.out) == without_outputs(path.read_text())


@pytest.mark.parametrize("demo, first, again", [
    ("threads", "a,20ms,x\nb,30ms\n", "a,20ms\nc,20ms\n"),
    ("race", "a,1\nb,2\n", None),
    ("deadlock", "a,ends\nb,hangs\n", "a,hangs\nb,hangs\n"),
])
def test_a_class_is_shown_again(conc, demo, first, again):
    (conc.directory / "first.txt").write_text(first)
    (conc.directory / "again.txt").write_text(again or "")
    result = conc("class", demo, "--ttl", "10ms", "20ms", "--votes", "first.txt",
                  *(("--again", "again.txt") if again else ()), "-o", "run.json")
    assert result.status == 0
    replayed = conc("replay", "run.json")
    end = replayed.out.split("What the class said of")[1]
    said = result.out.split("What the class said of")[1]
    # Who has moved is known by names, which are in no file.
    assert said.startswith(end[:end.rindex(".")]) and " who voted both" not in end
    as_json = conc("replay", "run.json", "--json").out
    assert without_outputs(as_json) == without_outputs(
        (conc.directory / "run.json").read_text())


def test_the_way_of_showing_is_that_of_the_replay(conc, saved):
    path, _ = saved("threads", "0.05", "0.1")
    plain = conc("replay", str(path), "--plain").out
    assert "luke ends" in plain and "─" not in plain
    assert conc("replay", str(path), "--ascii").out.isascii()
    assert max(map(len, conc("replay", str(path), "--width", "40").out.splitlines())) <= 40
    assert len(conc("replay", str(path), "--quiet").out.splitlines()) == 3


def test_a_file_can_come_from_standard_input(conc, saved):
    path, text = saved("threads", "0.05", "0.1")
    assert conc.shell(f"{CONC} replay - < {path}").out == text


def test_it_is_written_in_other_formats(conc, saved, tmp_path):
    path, text = saved("threads", "0.05", "0.1")
    result = conc("replay", str(path), "-o", str(tmp_path / "again.txt"))
    assert result.status == 0, result
    assert (tmp_path / "again.txt").read_text() == text


def test_steps_without_a_terminal_are_lines(conc, saved):
    path, text = saved("threads", "0.05", "0.1")
    out = conc("replay", str(path), "--step").out
    assert out.endswith(text)
    steps = out[:-len(text)]
    assert re.search(r"^threads$", steps, re.MULTILINE)
    assert re.search(r"^ *\S+ \S+  main waits here until luke ends", steps, re.MULTILINE)


@pytest.mark.parametrize("args, what", [
    ([], "name the file"), (["a", "b"], "one file"), (["a", "--speed", "0"], "0.01 to 1000"),
    (["a", "--speed", "x"], '"x"'), (["a", "--step", "--speed", "2"], "exclude"),
    (["a", "--step", "--plain"], "exclude"), (["a", "--spede", "2"], "--speed"),
    (["a", "--plain", "--quiet"], "exclude"), (["a", "--ttl", "2"], "--ttl"),
    (["a", "-o", "x.xyz"], "x.xyz"),
], ids=str)
def test_bad_command_lines(conc, args, what):
    result = conc("replay", *args)
    assert result.status == 2 and not result.out
    assert len(result.err.splitlines()) == 1 and what in result.err


def damaged(run, change):
    run = json.loads(run)
    change(run)
    return json.dumps(run)


def lane(run):
    return run["variants"][1]["runs"][0]["lanes"][1]


@pytest.mark.parametrize("change, where", [
    (lambda r: r.update(demo="nothing"), "demo"),
    (lambda r: r.update(demo=3), "demo is not a text"),
    (lambda r: r.update(variants={}), "variants is not an array"),
    (lambda r: r["variants"][0].update(name="\x1b[31m"), "variants[0].name"),
    (lambda r: r["variants"].append(r["variants"][0]), "variants[2].name is there twice"),
    (lambda r: r["variants"][1].update(wall_ns=-1), "variants[1].wall_ns"),
    (lambda r: r["variants"][1].update(shown=9), "variants[1].shown"),
    (lambda r: r["variants"][1]["runs"][0].update(ended_by="magic"), "ended_by"),
    (lambda r: r["variants"][1]["runs"][0].update(dropped_events=2**63 - 1), "dropped_events"),
    (lambda r: r["sites"][0].update(source="x" * 401 + ":1"), "sites[0].source"),
    (lambda r: lane(r).update(name="a\nb"), "lanes[1].name"),
    (lambda r: lane(r).update(parent=7), "lanes[1].parent"),
    (lambda r: lane(r)["spans"][0].update(start_ns=5), "spans[0].start_ns"),
    (lambda r: lane(r)["spans"][0].update(state="odd"), "spans[0].state"),
    (lambda r: lane(r)["spans"].pop(), "lanes[1].spans do not end"),
    (lambda r: lane(r)["marks"][0].update(event="odd"), "marks[0].event"),
    (lambda r: lane(r)["marks"][0].update(site=60000), "marks[0].site"),
    (lambda r: r["options"].update(work="odd"), "options.work"),
    (lambda r: r["tasks"][0].update(ttl_ns=1e99), "tasks[0].ttl_ns"),
    (lambda r: r.update({"class": 3}), "class is not an object"),
    (lambda r: r.update({"class": {"variant": "no", "votes": []}}), "class.variant is none"),
    (lambda r: r.update({"class": {"variant": "threads", "votes": []}}),
     "class.votes is empty"),
    (lambda r: r.update({"class": {"variant": "threads", "votes": [{"value_ns": 1}, 7]}}),
     "class.votes[1] is not an object"),
    (lambda r: r.update({"class": {"variant": "threads", "votes": [{"value_ns": 1}],
                                   "again": [{"value_ns": -1}]}}),
     "class.again[0].value_ns is not a time"),
    (lambda r: r.update(schema="other/1"), "conc"),
], ids=lambda v: v if isinstance(v, str) else "")
def test_what_makes_no_sense_is_refused_with_its_place(conc, saved, tmp_path, change, where):
    path, _ = saved("threads", "0.02", "0.02")
    bad = tmp_path / "bad.json"
    bad.write_text(damaged(path.read_text(), change))
    result = conc("replay", str(bad))
    assert result.status == 1 and not result.out
    assert len(result.err.splitlines()) == 1 and where in result.err, result.err
    assert "\x1b" not in result.err


def test_a_file_cut_off_is_refused_with_line_and_column(conc, saved, tmp_path):
    path, _ = saved("threads", "0.02", "0.02")
    text = path.read_text()
    bad = tmp_path / "bad.json"
    for end in (0, 1, 100, len(text) // 2, len(text) - 3):
        bad.write_text(text[:end])
        result = conc("replay", str(bad))
        assert result.status == 1 and not result.out, end
        assert re.search(r"line \d+, column \d+", result.err), result.err


def test_a_missing_file_is_one_line(conc):
    result = conc("replay", "/nonexistent/run.json")
    assert result.status == 1 and len(result.err.splitlines()) == 1
